import numpy as np
from scipy.stats import norm

from analytics.statistics.normal import normal_interval


def test_the_interval_covers_its_level() -> None:
    low, high = normal_interval(2.0, 0.5, level=0.9)
    np.testing.assert_allclose(norm.cdf([low, high], 2.0, 0.5), [0.05, 0.95], rtol=1e-12)


def test_every_estimate_has_its_own() -> None:
    low, high = normal_interval(np.array([0.0, 1.0]), np.array([1.0, 2.0]))
    np.testing.assert_allclose(low, [-1.959963984540054, -2.919927969080108], rtol=1e-12)
    np.testing.assert_allclose(low + high, [0.0, 2.0], atol=1e-12)
