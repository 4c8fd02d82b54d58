"""Whether two correlations differ."""

from dataclasses import dataclass
from math import atanh, sqrt

from scipy import special

from analytics.statistics.errors import NotEstimable


@dataclass(frozen=True)
class CorrelationDifference:
    """A test that two correlations are equal.

    Attributes
    ----------
    difference : float
        First minus second.
    statistic : float
        z for independent samples, t for overlapping correlations.
    df : int or None
        None for z.
    p_value : float
        Two-sided.
    """

    difference: float
    statistic: float
    df: int | None
    p_value: float


def compare_independent(r1: float, n1: int, r2: float, n2: int) -> CorrelationDifference:
    """Compare the correlations of two separate groups of patients by Fisher's z.

    Parameters
    ----------
    r1, r2 : float
        The correlations, strictly between -1 and 1.
    n1, n2 : int
        Pairs in each group, at least four.

    Returns
    -------
    CorrelationDifference

    Raises
    ------
    NotEstimable
        ``too_few``, ``perfect_correlation``.

    References
    ----------
    Fisher RA. Metron 1921;1:3-32.

    Examples
    --------
    >>> found = compare_independent(0.5, 103, 0.3, 103)
    >>> round(found.statistic, 4), round(found.p_value, 4)
    (1.6955, 0.09)
    """
    _require(min(n1, n2), r1, r2)
    statistic = (atanh(r1) - atanh(r2)) / sqrt(1 / (n1 - 3) + 1 / (n2 - 3))
    return CorrelationDifference(r1 - r2, statistic, None, float(2 * special.ndtr(-abs(statistic))))


def compare_overlapping(r_xy: float, r_xz: float, r_yz: float, n: int) -> CorrelationDifference:
    """Compare the correlations of x with y and of x with z in the same patients by Williams's t.

    Parameters
    ----------
    r_xy, r_xz : float
        The correlations compared.
    r_yz : float
        That of the two measurements which x is correlated with.
    n : int
        Patients with all three, at least four.

    Returns
    -------
    CorrelationDifference

    Raises
    ------
    NotEstimable
        ``too_few``; ``perfect_correlation`` when y and z cannot be told apart; ``incompatible`` when no
        patients could have these three correlations.

    References
    ----------
    Williams EJ. J R Stat Soc B 1959;21:396-399. Steiger JH. Psychol Bull 1980;87:245-251.

    Examples
    --------
    >>> found = compare_overlapping(0.4, 0.5, 0.1, 103)
    >>> round(found.statistic, 4), found.df
    (-0.8913, 100)
    """
    _require(n, r_yz)
    determinant = 1 - r_xy**2 - r_xz**2 - r_yz**2 + 2 * r_xy * r_xz * r_yz
    if determinant < 0:
        raise NotEstimable("incompatible")
    mean = (r_xy + r_xz) / 2
    spread = 2 * (n - 1) / (n - 3) * determinant + mean**2 * (1 - r_yz) ** 3
    if spread == 0:
        raise NotEstimable("perfect_correlation")
    statistic = (r_xy - r_xz) * sqrt((n - 1) * (1 + r_yz) / spread)
    p_value = float(2 * special.stdtr(n - 3, -abs(statistic)))
    return CorrelationDifference(r_xy - r_xz, statistic, n - 3, p_value)


def _require(n: int, *correlations: float) -> None:
    if n < 4:
        raise NotEstimable("too_few", n=n, needed=4)
    if any(abs(r) >= 1 for r in correlations):
        raise NotEstimable("perfect_correlation")
