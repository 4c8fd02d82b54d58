"""Intervals that stay valid however often the growing data are looked at: asymptotic confidence sequences."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, lambertw, logit

from analytics.statistics.design import numbers
from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.observations import FloatArray

Scale = Literal["identity", "fisher_z", "logit"]


@dataclass(frozen=True, eq=False)
class ConfidenceSequence:
    """An interval at each look that all hold together.

    Attributes
    ----------
    look : ndarray of shape (n_looks,), int
        1, 2, ...
    n : ndarray of shape (n_looks,)
        Patients (or events) at each look.
    estimate, ci_low, ci_high : ndarray of shape (n_looks,)
    level : float
        Probability that every interval, at every look there will ever be, covers the value that is estimated.
    tuned_at : float
        Number of patients (or events) at which the interval is narrowest for its level.
    """

    look: NDArray[np.int64]
    n: FloatArray
    estimate: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    level: float
    tuned_at: float


def confidence_sequence(
    estimate: ArrayLike,
    standard_error: ArrayLike,
    n: ArrayLike,
    *,
    tuned_at: float,
    scale: Scale = "identity",
    level: float = 0.95,
) -> ConfidenceSequence:
    """Asymptotic confidence sequence of an estimate whose error shrinks as one over the root of n.

    The half-width at n observations is the standard error times
    sqrt(2 (n r + 1) / (n r) log(sqrt(n r + 1) / alpha)), where r makes the interval narrowest at `tuned_at`.
    It suits any asymptotically linear estimate: a mean, a correlation, a log odds ratio, an AUC, a log
    hazard ratio.

    Parameters
    ----------
    estimate : array_like of shape (n_looks,)
        The estimate at each look.
    standard_error : array_like of shape (n_looks,)
        Its standard error, on the scale of the estimate.
    n : array_like of shape (n_looks,)
        Observations at each look: patients, or events for a hazard ratio; ascending, at least 2.
    tuned_at : float
        The n that matters most, declared before the first look; for instance the planned size.
    scale : {"identity", "fisher_z", "logit"}
        Scale on which the interval is symmetric: Fisher's z for a correlation, the logit for an AUC or a
        proportion, identity for logarithms of ratios.
    level : float
        Coverage over all looks together.

    Returns
    -------
    ConfidenceSequence

    Raises
    ------
    NotEstimable
        ``no_looks``, ``unequal_lengths``, ``n_not_ascending``, ``standard_error_not_positive``;
        ``outside_scale`` for a correlation of 1 or an AUC of 0 or 1.

    References
    ----------
    Waudby-Smith I, Arbour D, Sinha R, Kennedy EH, Ramdas A. Time-uniform central limit theory and asymptotic
    confidence sequences. arXiv 2103.06476 (2021).

    Examples
    --------
    >>> found = confidence_sequence([0.30], [0.07], [200], tuned_at=400)
    >>> found.ci_low.round(4), found.ci_high.round(4)
    (array([0.0845]), array([0.5155]))
    """
    values, errors, sizes = (
        numbers(estimate, "estimate"),
        numbers(standard_error, "standard_error"),
        numbers(n, "n"),
    )
    if not values.size:
        raise NotEstimable("no_looks")
    if not values.size == errors.size == sizes.size:
        raise NotEstimable("unequal_lengths", variable="standard_error")
    if sizes[0] < 2 or (np.diff(sizes) < 0).any():
        raise NotEstimable("n_not_ascending")
    if not (errors > 0).all():
        raise NotEstimable("standard_error_not_positive")
    half = boundary(sizes, tuned_at=tuned_at, level=level)
    with np.errstate(divide="ignore", invalid="ignore"):
        if scale == "fisher_z":
            centre, spread = np.arctanh(values), errors / (1 - values**2)
        elif scale == "logit":
            centre, spread = logit(values), errors / (values * (1 - values))
        else:
            centre, spread = values, errors
    if not (np.isfinite(centre) & np.isfinite(spread)).all():
        raise NotEstimable("outside_scale", scale=scale)
    ends = np.array([centre - half * spread, centre + half * spread])
    if scale == "fisher_z":
        ends = np.tanh(ends)
    elif scale == "logit":
        ends = expit(ends)
    return ConfidenceSequence(
        look=np.arange(1, values.size + 1),
        n=sizes,
        estimate=values,
        ci_low=ends[0],
        ci_high=ends[1],
        level=level,
        tuned_at=tuned_at,
    )


def boundary(n: ArrayLike, *, tuned_at: float, level: float = 0.95) -> FloatArray:
    """How many standard errors wide the sequence is on each side, in place of 1.96.

    Parameters
    ----------
    n : array_like of shape (n_looks,)
    tuned_at : float
        Where the multiple is smallest in comparison with what any other choice gives.
    level : float

    Returns
    -------
    ndarray of shape (n_looks,)

    Raises
    ------
    ValueError
        When `level` lies outside (0, 1) or `tuned_at` is not above 0.

    References
    ----------
    Waudby-Smith I, Arbour D, Sinha R, Kennedy EH, Ramdas A. Ann Stat 2024;52:2613-2640 (arXiv:2103.06476).

    Examples
    --------
    >>> boundary([100, 400, 1600], tuned_at=400).round(3)
    array([3.251, 3.035, 3.131])
    """
    if not 0 < level < 1:
        raise ValueError("level must lie between 0 and 1")
    if not tuned_at > 0:
        raise ValueError("tuned_at must be more than zero")
    alpha = 1 - level
    # The variance of the mixing distribution that minimises the width at tuned_at.
    rate = (-float(lambertw(-(alpha**2) / np.e, k=-1).real) - 1) / tuned_at
    grown = numbers(n, "n") * rate
    multiple: FloatArray = np.sqrt(2 * (grown + 1) / grown * np.log(np.sqrt(grown + 1) / alpha))
    return multiple
