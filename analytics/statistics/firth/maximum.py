"""The maximum of the penalised likelihood, of all coefficients or where some are held."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.firth.likelihood import Penalised, penalised
from analytics.statistics.logistic.basis import Basis
from analytics.statistics.logistic.newton import newton_step

Floats = NDArray[np.float64]

# Evaluations of the likelihood for one maximum.
MOST_EVALUATIONS = 2000

# The squared decrement of a scoring step, in units of log likelihood; a Newton step squares it, so that after
# one of a far larger decrement nothing is left to gain.
_CONVERGED = 1e-22
_SQUARED = 1e-12

# A scoring step of a smaller decrement is near enough for Newton's method, which needs far fewer steps there.
_NEAR = 0.1

# Below this decrement a likelihood far from the fit may be all rounding: when so many steps in a row have not
# made the decrement smaller, the maximum is found as exactly as it can be.
_ROUNDING = 1e-10
_IDLE_STEPS = 3

# As in logistf, a step changes no coefficient by more than this. Where units are small that never arrives, so
# after some steps it is the log odds of the patients that may not change by more.
_LONGEST_STEP = 5.0
_STEPS_BY_COEFFICIENT = 50


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where the search stopped, and after how many evaluations of the likelihood.

    Attributes
    ----------
    theta : ndarray of shape (n_columns,)
        Coefficients of the basis.
    likelihood : float
        Penalised log likelihood; not finite where it cannot be computed.
    score : ndarray of shape (n_columns,)
        Its gradient, which is zero along what was free.
    converged : bool
    evaluations : int
    """

    theta: Floats
    likelihood: float
    score: Floats
    converged: bool
    evaluations: int


def maximise(basis: Basis, sign: Floats, theta: Floats, free: Floats) -> Maximum:
    """Scoring with step halving and, near the maximum, Newton's method.

    Parameters
    ----------
    basis : Basis
        Of a design's columns.
    sign : ndarray of shape (n_patients,)
        1 where the outcome occurred, -1 where not.
    theta : ndarray of shape (n_columns,)
        Where to begin.
    free : ndarray of shape (n_columns, n_free)
        Directions to move in.

    Returns
    -------
    Maximum
    """
    here = penalised(basis.matrix, sign, theta)
    evaluations, taken, idle, smallest = 1, 0, 0, np.inf
    converged = False
    while np.isfinite(here.likelihood) and evaluations < MOST_EVALUATIONS:
        reduced = free.T @ here.score
        step = newton_step(free.T @ here.information @ free, reduced)
        if step is None:
            break
        decrement = float(reduced @ step)
        newton = _newton(here, free, reduced) if _CONVERGED < decrement <= _NEAR else None
        if newton is not None:
            step, curvature = newton
            decrement = float(reduced @ step)
            if decrement <= _SQUARED:
                step = free @ step
                score = here.score - curvature @ step
                return Maximum(theta + step, here.likelihood + decrement / 2, score, True, evaluations)
        idle = idle + 1 if decrement >= smallest else 0
        smallest = min(smallest, decrement)
        converged = decrement <= _CONVERGED or (smallest <= _ROUNDING and idle == _IDLE_STEPS)
        if converged:
            break
        # A long step from a poor start may leave the region where the information can be inverted.
        step = free @ step
        change = basis.back if taken < _STEPS_BY_COEFFICIENT else basis.matrix
        step *= min(1.0, _LONGEST_STEP / float(np.abs(change @ step).max()))
        taken += 1
        for power in range(40):
            tried = penalised(basis.matrix, sign, theta + step / 2**power)
            evaluations += 1
            if tried.likelihood >= here.likelihood - 1e-12 * abs(here.likelihood):
                break
        else:
            converged = decrement <= _ROUNDING
            break
        theta, here = theta + step / 2**power, tried
    return Maximum(theta, here.likelihood, here.score, converged, evaluations)


def _newton(here: Penalised, free: Floats, reduced: Floats) -> tuple[Floats, Floats] | None:
    """Newton's step and the curvature; None where that is not one of a maximum."""
    curvature = here.curvature()
    if curvature is None:
        return None
    within = free.T @ curvature @ free
    if not np.diagonal(within).min() > 0:
        return None
    step = newton_step(within, reduced)
    return None if step is None else (step, curvature)
