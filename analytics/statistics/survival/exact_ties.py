"""The exact partial likelihood of tied events: which of those at risk had the event."""

import numpy as np

from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.observations import FloatArray
from analytics.statistics.survival.risk_sets import Likelihood, RiskSets


def exact_likelihood(sets: RiskSets, coefficients: FloatArray) -> Likelihood:
    """Partial log likelihood with every possible set of tied events in the denominator.

    The denominators are elementary symmetric polynomials of the risks. Because risk sets are nested, one
    recursion over the patients in order of descending time gives those of all event times at once.

    Parameters
    ----------
    sets : RiskSets
        Without entry times and case weights; its design should be centred.
    coefficients : ndarray of shape (n_terms,)

    Returns
    -------
    Likelihood

    Raises
    ------
    NotEstimable
        ``too_many_ties`` when the number of possible sets cannot be represented.

    References
    ----------
    Gail MH, Lubin JH, Rubinstein LV. Biometrika 1981;68:703-707.
    """
    parts = [_one_stratum(sets, coefficients, stratum) for stratum in range(sets.n_strata)]
    return Likelihood(
        sum(part.value for part in parts),
        np.sum([part.score for part in parts], axis=0),
        np.sum([part.information for part in parts], axis=0),
    )


def _one_stratum(sets: RiskSets, coefficients: FloatArray, stratum: int) -> Likelihood:
    n_terms = coefficients.size
    rows = np.flatnonzero(sets.stratum == stratum)
    rows = rows[np.argsort(-sets.time[rows], kind="stable")]
    event, time, design = sets.event[rows], sets.time[rows], sets.design[rows]
    if not event.any():
        return Likelihood(0.0, np.zeros(n_terms), np.zeros((n_terms, n_terms)))

    block_time, n_tied = np.unique(time[event], return_counts=True)
    n_at_risk = np.searchsorted(-time, -block_time, side="right")
    predictor = design @ coefficients
    shift = float(predictor.max())
    # The scale keeps the polynomials near 1; it cancels.
    risk = np.exp(predictor - shift)
    scale = float(n_tied.max() / risk.sum())
    risk *= scale

    value = float(predictor[event].sum() - event.sum() * (shift - np.log(scale)))
    score = design[event].sum(axis=0)
    information = np.zeros((n_terms, n_terms))
    # Polynomial of each degree over the first j patients, with its first and second derivatives.
    polynomial = np.ones(rows.size + 1)
    gradient = np.zeros((rows.size + 1, n_terms))
    hessian = np.zeros((rows.size + 1, n_terms, n_terms))
    for degree in range(1, int(n_tied.max()) + 1):
        cross = design[:, :, None] * gradient[:-1, None, :]
        inner = (
            design[:, :, None] * design[:, None, :] * polynomial[:-1, None, None]
            + cross
            + cross.transpose(0, 2, 1)
            + hessian[:-1]
        )
        hessian = _cumulated(risk[:, None, None] * inner)
        gradient = _cumulated(risk[:, None] * (design * polynomial[:-1, None] + gradient[:-1]))
        polynomial = _cumulated(risk * polynomial[:-1])
        here = n_at_risk[n_tied == degree]
        total = polynomial[here]
        if not (np.isfinite(total).all() and (total > 0).all()):
            raise NotEstimable("too_many_ties", n_tied=int(n_tied.max()))
        mean = gradient[here] / total[:, None]
        value -= float(np.log(total).sum())
        score -= mean.sum(axis=0)
        information += (hessian[here] / total[:, None, None]).sum(axis=0) - mean.T @ mean
    return Likelihood(value, score, information)


def _cumulated(increments: FloatArray) -> FloatArray:
    return np.concatenate([np.zeros((1, *increments.shape[1:])), np.cumsum(increments, axis=0)])
