"""Whether chains of imputations have come to the same place: what they lack in common, and in memory."""

from itertools import pairwise

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats, is_constant

FEWEST_ITERATIONS = 4
"""Iterations of which each half can vary."""


def potential_scale_reduction(trace: Floats) -> float:
    """R-hat of chains split in halves, on normal scores: the larger of location and of spread.

    Parameters
    ----------
    trace : ndarray of shape (n_iterations, n_chains)
        One number of each chain, such as the mean of its imputed values, after each iteration.

    Returns
    -------
    float
        1 where the chains agree; the larger, the farther they lie apart for what each of them moves.

    Raises
    ------
    NotEstimable
        ``too_few_iterations`` below four, ``constant`` where no chain moves.

    References
    ----------
    Vehtari A, Gelman A, Simpson D, Carpenter B, Bürkner PC. Bayesian Anal 2021;16:667-718.

    Examples
    --------
    >>> apart = np.array([[0.1, 5.2], [0.3, 5.1], [0.2, 5.4], [0.4, 5.3]])
    >>> round(potential_scale_reduction(apart), 4)
    2.0468
    """
    n = len(trace)
    if n < FEWEST_ITERATIONS:
        raise NotEstimable("too_few_iterations", n=n, needed=FEWEST_ITERATIONS)
    half = n // 2
    split = np.concatenate([trace[:half], trace[n - half :]], axis=1)
    folded = np.abs(split - np.median(split))
    return max(_reduction(_normal_scores(values)) for values in (split, folded))


def autocorrelation(trace: Floats) -> float:
    """How far the order of the chains lasts from one iteration to the next, on average.

    Parameters
    ----------
    trace : ndarray of shape (n_iterations, n_chains)
        As in `potential_scale_reduction`.

    Returns
    -------
    float
        Mean correlation of the chains with themselves an iteration before, 0 where they do not vary.

    References
    ----------
    Van Buuren S. Flexible imputation of missing data, 2nd ed. CRC 2018, section 6.5.2. The convention of
    mice::convergence.

    Examples
    --------
    >>> autocorrelation(np.array([[0.0, 1.0, 2.0], [0.0, 2.0, 1.0], [2.0, 0.0, 1.0]]))
    -0.25
    """
    return float(np.mean([_correlation(before, after) for before, after in pairwise(trace)] or [0.0]))


def _correlation(before: Floats, after: Floats) -> float:
    if is_constant(before) or is_constant(after):
        return 0.0
    return float(np.corrcoef(before, after)[0, 1])


def _normal_scores(values: Floats) -> Floats:
    """Blom's scores of all values together."""
    scores: Floats = ndtri((rankdata(values) - 3 / 8) / (values.size + 1 / 4)).reshape(values.shape)
    return scores


def _reduction(chains: Floats) -> float:
    """The square root of the variance of all over that within chains."""
    n = len(chains)
    within = float(chains.var(axis=0, ddof=1).mean())
    if within == 0:
        raise NotEstimable("constant")
    between = float(n * chains.mean(axis=0).var(ddof=1))
    return float(np.sqrt((between / within + n - 1) / n))
