"""The maximum of a partial likelihood."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.exact_ties import exact_likelihood
from analytics.statistics.survival.observations import FloatArray
from analytics.statistics.survival.risk_sets import Likelihood, RiskSets

MAX_ITERATIONS = 60
STEP_TOLERANCE = 1e-9
# A log likelihood that falls by less than this share of itself has not fallen: it is rounding.
NOISE = 1e-10
# Share of a column's information that the columns before it leave; R's coxph uses eps^(3/4).
COLLINEAR = 1e-11
# Beyond this the inverse of an information matrix is rounding error.
LARGEST_CONDITION = 1e13


@dataclass(frozen=True, eq=False)
class Fit:
    """The maximum of a partial likelihood."""

    coefficients: FloatArray
    covariance: FloatArray
    log_likelihood: float
    log_likelihood_null: float
    score_statistic: float


def fit(sets: RiskSets, *, exact: bool = False) -> Fit:
    """Maximise a partial likelihood: Newton's method from 0, with step halving, on columns of unit deviation.

    Parameters
    ----------
    sets : RiskSets
        With a centred design.
    exact : bool
        The exact likelihood of tied events.

    Returns
    -------
    Fit

    Raises
    ------
    NotEstimable
        ``constant_at_risk`` or ``collinear`` with the position of the `column`; ``separated`` when a
        coefficient grows without limit; ``no_convergence``.
    """
    # In two steps, so that no square overflows.
    spread = np.ptp(sets.design, axis=0)
    scale = spread * (sets.design / spread).std(axis=0)
    scaled = replace(sets, design=sets.design / scale)

    def likelihood(coefficients: FloatArray) -> Likelihood:
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            return exact_likelihood(scaled, coefficients) if exact else scaled.likelihood(coefficients)

    start = here = likelihood(np.zeros(scale.size))
    _refuse_collinear(start.information, float(sets.weight[sets.event].sum()))
    coefficients = np.zeros(scale.size)
    for _ in range(MAX_ITERATIONS):
        step = _newton_step(here)
        length, ahead = 1.0, likelihood(coefficients + step)
        while not ahead.value >= here.value - NOISE * (1 + abs(here.value)):
            length /= 2
            if length < NOISE:
                raise NotEstimable("no_convergence")
            ahead = likelihood(coefficients + length * step)
        coefficients, here = coefficients + length * step, ahead
        if np.abs(step).max() <= STEP_TOLERANCE * (1 + np.abs(coefficients).max()):
            return Fit(
                coefficients / scale,
                _covariance(here.information) / np.outer(scale, scale),
                here.value,
                start.value,
                float(start.score @ np.linalg.solve(start.information, start.score)),
            )
    raise NotEstimable("separated")


def _covariance(information: FloatArray) -> FloatArray:
    """Inverse information, refused where the likelihood is too flat for one."""
    diagonal = np.diag(information)
    if not (diagonal > 0).all():
        raise NotEstimable("separated")
    scale = np.sqrt(np.outer(diagonal, diagonal))
    correlation = information / scale
    if not np.linalg.cond(correlation) < LARGEST_CONDITION:
        raise NotEstimable("separated")
    covariance: FloatArray = np.linalg.inv(correlation) / scale
    return covariance


def _newton_step(here: Likelihood) -> FloatArray:
    """Refused where the likelihood is flat: a coefficient has run off towards infinity."""
    try:
        step: FloatArray = cho_solve(cho_factor(here.information), here.score)
    except (np.linalg.LinAlgError, ValueError):
        raise NotEstimable("separated") from None
    return step


def _refuse_collinear(information: FloatArray, n_events: float) -> None:
    """Name the first column that does not vary among those at risk, or that earlier ones determine there."""
    diagonal = np.diag(information)
    for k in range(diagonal.size):
        if not diagonal[k] > COLLINEAR * n_events:
            raise NotEstimable("constant_at_risk", column=k)
        before = information[:k, :k]
        left = diagonal[k] - (information[k, :k] @ np.linalg.solve(before, information[:k, k]) if k else 0.0)
        if not left > COLLINEAR * diagonal[k]:
            raise NotEstimable("collinear", column=k)
