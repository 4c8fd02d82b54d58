"""What many scores of the same patients are worth: their areas and calibration slopes, computed together."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]

_MOST_STEPS = 100

# Numbers of one array at a time.
_CACHED = 1 << 15

# Squared Newton decrement whose step leaves ten digits right.
_SETTLED = 1e-10


def slopes(scores: Floats, cases: Floats, controls: Floats) -> Floats:
    """Calibration slope of each row of scores: the coefficient of a logistic model on that score alone.

    Parameters
    ----------
    scores : ndarray of shape (n_batch, n_patterns)
        Linear predictors.
    cases, controls : ndarray of shape (n_patterns,)
        Patients with and without the outcome.

    Returns
    -------
    ndarray of shape (n_batch,)
        NaN for a constant score, and for one that separates the classes; the caller leaves it out.
    """
    centre = scores.mean(axis=1, keepdims=True)
    spread = scores.std(axis=1, keepdims=True)
    found = np.full(len(scores), np.nan)
    # A few rows at a time stay in the processor's cache from one pass over them to the next.
    few = max(1, _CACHED // scores.shape[1])
    varying = np.flatnonzero(spread[:, 0] > 0)
    for first in range(0, varying.size, few):
        rows = varying[first : first + few]
        found[rows] = _slopes(scores[rows], centre[rows], spread[rows], cases, controls)
    return found


def _slopes(scores: Floats, centre: Floats, spread: Floats, cases: Floats, controls: Floats) -> Floats:
    """Of scores that vary, whose mean and spread stand in a column beside them."""
    found = np.full(len(scores), np.nan)
    running = np.arange(len(scores))
    scaled = (scores - centre) / spread
    # A slope of 1 is where a fair score ends; the search begins no further out than an ordinary one.
    a, b = np.clip(centre, -2, 2), np.minimum(spread, 2)
    total = cases + controls
    for _ in range(_MOST_STEPS):
        risk = expit(a + b * scaled)
        expected = total * risk
        residual = cases - expected
        weight = expected * (1 - risk)
        weighted = weight * scaled
        g0, g1 = residual.sum(axis=1), np.einsum("ij,ij->i", residual, scaled)
        i00, i01 = weight.sum(axis=1), weighted.sum(axis=1)
        i11 = np.einsum("ij,ij->i", weighted, scaled)
        determinant = np.maximum(i00 * i11 - i01 * i01, np.finfo(float).tiny)
        da, db = (i11 * g0 - i01 * g1) / determinant, (i00 * g1 - i01 * g0) / determinant
        # No step longer than this in standardised units: Newton's method may overshoot on a skewed score.
        part = np.minimum(1.0, 3 / np.maximum(np.maximum(np.abs(da), np.abs(db)), 3))
        a, b = a + (part * da)[:, None], b + (part * db)[:, None]
        going = ~(g0 * da + g1 * db < _SETTLED)
        if not going.all():
            settled = running[~going]
            found[settled] = b[~going, 0] / spread[settled, 0]
            running, scaled, a, b = running[going], scaled[going], a[going], b[going]
        if running.size == 0:
            break
    return found


def areas(scores: Floats, *weights: tuple[Floats, Floats]) -> tuple[Floats, ...]:
    """Weighted area under the ROC curve of each row of scores, ties one half.

    Parameters
    ----------
    scores : ndarray of shape (n_batch, n_patterns)
        Higher means more risk.
    *weights : tuple of two ndarray of shape (n_batch, n_patterns) or (n_patterns,)
        Cases and controls; whole numbers keep the count exact. Several pairs share one sort.

    Returns
    -------
    tuple of ndarray of shape (n_batch,)
        One for each pair of weights; NaN where a class is absent, which the caller leaves out.

    Examples
    --------
    >>> areas(np.array([[0.1, 0.2, 0.2, 0.4]]), (np.array([0.0, 0, 1, 1]), np.array([1.0, 1, 0, 0])))
    (array([0.875]),)
    """
    order = np.argsort(scores, axis=1)
    ordered = np.take_along_axis(scores, order, axis=1)
    starts = np.ones(scores.shape, dtype=bool)
    starts[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    tied = None if starts.all() else _tied(starts)
    found = []
    for cases, controls in weights:
        case = np.take_along_axis(np.broadcast_to(cases, scores.shape), order, axis=1)
        control = np.take_along_axis(np.broadcast_to(controls, scores.shape), order, axis=1)
        through = np.cumsum(control, axis=1)
        before = through - control
        if tied is not None:
            before = np.take_along_axis(before, tied[0], axis=1)
            through = np.take_along_axis(through, tied[1], axis=1)
        pairs = np.einsum("ij,ij->i", case, before + through) / 2
        possible = case.sum(axis=1) * control.sum(axis=1)
        absent = np.full(len(scores), np.nan)
        found.append(np.asarray(np.divide(pairs, possible, out=absent, where=possible > 0)))
    return tuple(found)


def _tied(starts: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and last position of the run of equal scores that each position belongs to."""
    position = np.arange(starts.shape[1])
    ends = np.ones_like(starts)
    ends[:, :-1] = starts[:, 1:]
    first = np.maximum.accumulate(np.where(starts, position, 0), axis=1)
    last = np.minimum.accumulate(np.where(ends, position, position.size)[:, ::-1], axis=1)[:, ::-1]
    return first, last
