"""Cut-offs by other rules than Youden's, and the intervals of their likelihood ratios."""

from typing import Literal

import numpy as np
from scipy.special import ndtri

from analytics.statistics.errors import NotEstimable
from analytics.statistics.roc.curve import RocCurve
from analytics.statistics.roc.operating import Interval, OperatingPoint


def at_least(
    curve: RocCurve, share: float, *, of: Literal["sensitivity", "specificity"] = "sensitivity"
) -> OperatingPoint:
    """The cut-off that attains a sensitivity (or specificity) and gives up least of the other.

    Parameters
    ----------
    curve : RocCurve
        An empirical curve.
    share : float
        Wanted at least, within (0, 1].
    of : {"sensitivity", "specificity"}
        What it is wanted of.

    Returns
    -------
    OperatingPoint

    Raises
    ------
    NotEstimable
        ``no_cut_off`` if only calling everybody, or nobody, positive attains it.

    References
    ----------
    Pepe MS. The statistical evaluation of medical tests for classification and prediction. 2003, p. 71.

    Examples
    --------
    >>> from analytics.statistics.roc import roc_curve
    >>> curve = roc_curve([True, True, True, False, False, False], [5, 4, 2, 3, 1, 0])
    >>> at_least(curve, 0.9).threshold, at_least(curve, 0.9, of="specificity").threshold
    (1.5, 3.5)
    """
    # Sensitivity falls and specificity rises along the curve; of equal ones the better of the other counts.
    if of == "sensitivity":
        last = np.flatnonzero(curve.sensitivity >= share)[-1]
        index = int(np.flatnonzero(curve.fp == curve.fp[last])[0])
    else:
        first = np.flatnonzero(curve.specificity >= share)[0]
        index = int(np.flatnonzero(curve.tp == curve.tp[first])[-1])
    found = curve.operating_point(index)
    if not np.isfinite(found.threshold):
        raise NotEstimable("no_cut_off", share=share)
    return found


def likelihood_ratio_interval(
    point: OperatingPoint, *, of: Literal["positive", "negative"], level: float = 0.95
) -> Interval:
    """Interval of a likelihood ratio, normal on the log scale, the cut-off taken as fixed.

    Parameters
    ----------
    point : OperatingPoint
        The four counts of a cut-off.
    of : {"positive", "negative"}
        Which of the two likelihood ratios.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Lower and upper limit, positive.

    Raises
    ------
    NotEstimable
        ``zero_cell`` if nobody with the outcome, or nobody without it, has the test result in question.

    References
    ----------
    Simel DL, Samsa GP, Matchar DB. J Clin Epidemiol 1991;44:763-770.

    Examples
    --------
    >>> low, high = likelihood_ratio_interval(OperatingPoint(0.83, 42, 2, 150, 6), of="positive")
    >>> round(low, 2), round(high, 2)
    (16.71, 264.57)
    """
    cases, controls = (point.tp, point.fp) if of == "positive" else (point.fn, point.tn)
    n_cases, n_controls = point.tp + point.fn, point.fp + point.tn
    if not cases or not controls:
        raise NotEstimable("zero_cell", n=min(cases, controls))
    centre = np.log((cases / n_cases) / (controls / n_controls))
    error = np.sqrt(1 / cases - 1 / n_cases + 1 / controls - 1 / n_controls)
    half = float(ndtri(0.5 + level / 2)) * error
    return float(np.exp(centre - half)), float(np.exp(centre + half))
