"""Areas of one marker in several parts of the patients, tested for a difference."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from analytics.statistics.errors import NotEstimable
from analytics.statistics.roc.curve import RocCurve


@dataclass(frozen=True)
class Homogeneity:
    """Whether several independent areas differ at all.

    Attributes
    ----------
    statistic : float
        Sum of the squared distances from the common area, each over its variance; chi-square.
    df : int
        One less than the number of areas.
    p_value : float
        Of a statistic as large, were all areas the same.
    """

    statistic: float
    df: int
    p_value: float


def areas_homogeneous(curves: Sequence[RocCurve]) -> Homogeneity:
    """Test whether the areas of independent curves are the same, by DeLong's variances.

    Parameters
    ----------
    curves : sequence of RocCurve
        Of different patients each, two patients or more in every class.

    Returns
    -------
    Homogeneity

    Raises
    ------
    NotEstimable
        ``too_few_groups`` below two curves; ``no_variance`` if an area has none; as `RocCurve.delong`.

    Notes
    -----
    The common area weighs each by the inverse of its variance. It is the same as DeLong's contrast test of
    areas without covariance.

    References
    ----------
    DeLong ER et al. Biometrics 1988;44:837-845. Cochran WG. Biometrics 1954;10:101-129.

    Examples
    --------
    >>> from analytics.statistics.roc import roc_curve
    >>> outcome = [True, True, True, False, False]
    >>> curves = [roc_curve(outcome, marker) for marker in ([5, 4, 3, 4, 1], [2, 5, 3, 3, 2])]
    >>> found = areas_homogeneous(curves)
    >>> round(found.statistic, 4), found.df, round(found.p_value, 4)
    (0.0435, 1, 0.8348)
    """
    if len(curves) < 2:
        raise NotEstimable("too_few_groups", n=len(curves), needed=2)
    variances = np.array([curve.delong().variance for curve in curves])
    if (variances == 0).any():
        raise NotEstimable("no_variance")
    areas, weights = np.array([curve.auc for curve in curves]), 1 / variances
    distances = areas - float(weights @ areas) / float(weights.sum())
    statistic = float(weights @ (distances * distances))
    df = len(curves) - 1
    return Homogeneity(statistic, df, float(chdtrc(df, statistic)))
