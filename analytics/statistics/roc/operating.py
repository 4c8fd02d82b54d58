"""What a cut-off does: its 2 x 2 counts, and the proportions and intervals that follow from them."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import betaincinv, ndtri

from analytics.statistics.errors import NotEstimable

Interval = tuple[float, float]


def clopper_pearson(count: int, n: int, *, level: float = 0.95) -> Interval:
    """Exact interval of a proportion.

    Parameters
    ----------
    count : int
        Patients with the property, between 0 and `n`.
    n : int
        Patients.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Lower and upper limit, within [0, 1].

    Raises
    ------
    NotEstimable
        ``too_few`` if there are no patients.

    References
    ----------
    Clopper CJ, Pearson ES. Biometrika 1934;26:404-413.

    Examples
    --------
    >>> low, high = clopper_pearson(42, 48)
    >>> round(low, 4), round(high, 4)
    (0.7475, 0.9527)
    """
    if n < 1:
        raise NotEstimable("too_few", n=n, needed=1)
    tail = (1 - level) / 2
    low = float(betaincinv(count, n - count + 1, tail)) if count > 0 else 0.0
    high = float(betaincinv(count + 1, n - count, 1 - tail)) if count < n else 1.0
    return low, high


def wilson(count: int, n: int, *, level: float = 0.95) -> Interval:
    """Score interval of a proportion.

    Parameters
    ----------
    count : int
        Patients with the property, between 0 and `n`.
    n : int
        Patients.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Lower and upper limit, within [0, 1].

    Raises
    ------
    NotEstimable
        ``too_few`` if there are no patients.

    References
    ----------
    Wilson EB. J Am Stat Assoc 1927;22:209-212.

    Examples
    --------
    >>> low, high = wilson(42, 48)
    >>> round(low, 4), round(high, 4)
    (0.753, 0.9414)
    """
    if n < 1:
        raise NotEstimable("too_few", n=n, needed=1)
    z2 = float(ndtri(0.5 + level / 2)) ** 2
    proportion = count / n
    centre = (proportion + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (proportion * (1 - proportion) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


def proportion_error(count: int, n: int) -> float:
    """Standard error of a proportion.

    Parameters
    ----------
    count : int
        Patients with the property, between 0 and `n`.
    n : int
        Patients, at least one.

    Returns
    -------
    float

    References
    ----------
    Agresti A. Categorical data analysis. 3rd ed. Wiley 2013, section 1.3.

    Examples
    --------
    >>> round(proportion_error(42, 48), 4)
    0.0477
    """
    proportion = count / n
    return sqrt(proportion * (1 - proportion) / n)


@dataclass(frozen=True)
class OperatingPoint:
    """One cut-off and the counts it gives; everything else follows from the counts.

    A proportion or ratio without patients in its denominator is None; a likelihood ratio may be infinite.

    Attributes
    ----------
    threshold : float
        In the unit of the marker; infinite when all or none are called positive.
    tp, fp, tn, fn : int
        True and false positives, true and false negatives.
    """

    threshold: float
    tp: int
    fp: int
    tn: int
    fn: int

    @property
    def sensitivity(self) -> float:
        """Share of the cases called positive."""
        return self.tp / (self.tp + self.fn)

    @property
    def specificity(self) -> float:
        """Share of the controls called negative."""
        return self.tn / (self.tn + self.fp)

    @property
    def youden(self) -> float:
        """Sensitivity + specificity - 1, rounded once."""
        cases, controls = self.tp + self.fn, self.tn + self.fp
        return (self.tp * controls + self.tn * cases - cases * controls) / (cases * controls)

    @property
    def accuracy(self) -> float:
        """Share of all patients classified rightly."""
        return (self.tp + self.tn) / (self.tp + self.fp + self.tn + self.fn)

    @property
    def ppv(self) -> float | None:
        """Positive predictive value at the prevalence of this sample; None when nobody is positive."""
        return _ratio(self.tp, self.tp + self.fp)

    @property
    def npv(self) -> float | None:
        """Negative predictive value at the prevalence of this sample; None when nobody is negative."""
        return _ratio(self.tn, self.tn + self.fn)

    @property
    def lr_positive(self) -> float | None:
        """Sensitivity over 1 - specificity; infinite without false positives, None when 0/0."""
        return _likelihood_ratio(self.tp * (self.tn + self.fp), self.fp * (self.tp + self.fn))

    @property
    def lr_negative(self) -> float | None:
        """1 - sensitivity over specificity; infinite without true negatives, None when 0/0."""
        return _likelihood_ratio(self.fn * (self.tn + self.fp), self.tn * (self.tp + self.fn))

    def sensitivity_interval(self, *, method: str = "clopper_pearson", level: float = 0.95) -> Interval:
        """Interval of the sensitivity, the cut-off taken as fixed; `method` as in `proportion_interval`."""
        return proportion_interval(self.tp, self.tp + self.fn, method=method, level=level)

    def specificity_interval(self, *, method: str = "clopper_pearson", level: float = 0.95) -> Interval:
        """Interval of the specificity, the cut-off taken as fixed; `method` as in `proportion_interval`."""
        return proportion_interval(self.tn, self.tn + self.fp, method=method, level=level)

    def ppv_interval(self, *, method: str = "clopper_pearson", level: float = 0.95) -> Interval:
        """Interval of the positive predictive value; refused (``too_few``) when nobody is positive."""
        return proportion_interval(self.tp, self.tp + self.fp, method=method, level=level)

    def npv_interval(self, *, method: str = "clopper_pearson", level: float = 0.95) -> Interval:
        """Interval of the negative predictive value; refused (``too_few``) when nobody is negative."""
        return proportion_interval(self.tn, self.tn + self.fn, method=method, level=level)


def proportion_interval(count: int, n: int, *, method: str, level: float = 0.95) -> Interval:
    """Interval of a proportion by the method that is named.

    Parameters
    ----------
    count, n : int
        Patients counted, of so many.
    method : {"clopper_pearson", "wilson"}
    level : float
        Coverage.

    Returns
    -------
    Interval
    """
    return {"clopper_pearson": clopper_pearson, "wilson": wilson}[method](count, n, level=level)


def _ratio(numerator: int, denominator: int) -> float | None:
    return numerator / denominator if denominator else None


def _likelihood_ratio(numerator: int, denominator: int) -> float | None:
    if denominator:
        return numerator / denominator
    return float("inf") if numerator else None
