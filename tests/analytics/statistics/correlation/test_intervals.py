import numpy as np
import pytest
from scipy.stats import norm

from analytics.statistics.correlation import correlate, fisher, interval


def test_the_standard_errors_from_zero_reach_as_far_as_the_interval() -> None:
    """At the level at which the interval touches 0, it is as many errors wide."""
    r, n = 0.3, 40
    _error, z = fisher(r, n)
    low, _high = interval(r, n, level=1 - 2 * norm.sf(z))
    assert low == pytest.approx(0, abs=1e-12)


def test_the_error_is_what_the_interval_is_made_of() -> None:
    """Near the estimate the interval is linear in its standard errors."""
    error, _z = fisher(0.6, 200)
    low, high = interval(0.6, 200, level=0.001)
    assert low is not None
    assert high is not None
    assert high - low == pytest.approx(2 * norm.ppf(0.5005) * error, rel=1e-6)


def test_a_pair_has_the_interval_of_its_method() -> None:
    x = np.arange(12.0)
    y = x + np.tile([0.0, 4.0, -3.0], 4)
    found = correlate(x, y, method="kendall")
    assert (found.ci_low, found.ci_high) == interval(found.r, 12, method="fieller-kendall")
