"""Logistic models from rows in parts, begun where the last one ended."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from scipy.special import expit

from analytics.statistics.design import INTERCEPT, both_classes
from analytics.statistics.errors import NotEstimable
from analytics.statistics.logistic.model import Wald, wald
from analytics.statistics.logistic.newton import Evaluation, Optimum, climb, evaluate, inverse, newton_step
from analytics.statistics.logistic.separation import find_separation
from analytics.statistics.samples import Floats
from analytics.statistics.suite.rows import Part, Rows

# At this squared decrement for each patient the last step changes the information by 3e-10 of itself.
CONVERGED = 1e-19

_SUSPICIOUS_STEPS = 15

# Above so many patients the iteration starts from the optimum of every 16th.
_LARGE = 20_000
_STRIDE = 16
_SUSPICIOUS_PREDICTOR = 25.0


@dataclass(frozen=True, eq=False)
class Model:
    """A logistic model at its maximum of likelihood.

    Attributes
    ----------
    terms : tuple of str
        The intercept first.
    n, n_events : int
        Patients, and those of them with the outcome.
    coefficients, standard_errors : ndarray of shape (n_terms,)
        Log odds ratios per unit of each measurement.
    log_likelihood : float
    optimum : Optimum
        In the frame of the patients.
    seen : tuple of Part
        The patients that the optimum belongs to; empty for a model of counts.
    """

    terms: tuple[str, ...]
    n: int
    n_events: int
    coefficients: Floats
    standard_errors: Floats
    log_likelihood: float
    optimum: Optimum = field(repr=False)
    seen: tuple[Part, ...] = field(repr=False, default=())

    @property
    def deviance(self) -> float:
        """Minus twice the log likelihood."""
        return -2 * self.log_likelihood

    def wald(self, *, level: float = 0.95) -> Wald:
        """Wald tests and intervals of every term."""
        return wald(self.coefficients, self.standard_errors, level=level)


def fit_rows(rows: Rows, *, last: Model | None = None) -> Model:
    """A logistic model of several measurements.

    Begun at the optimum of earlier patients, only those who came and went since are read for the first step.

    Parameters
    ----------
    rows : Rows
    last : Model, optional
        Of other patients in the same frame.

    Returns
    -------
    Model

    Raises
    ------
    NotEstimable
        ``no_patients``, ``one_class``, ``too_few``; ``constant``; ``separated``; ``not_converged``, as when a
        measurement follows from the others.
    """
    n, n_events = rows.n, rows.n_events
    both_classes(n_events, n - n_events)
    terms = (INTERCEPT, *rows.variables)
    if n <= len(terms):
        raise NotEstimable("too_few", n=n, needed=len(terms) + 1)
    likelihood, enough = partial(_total, rows.parts), CONVERGED * n
    if last is not None:
        optimum = climb(likelihood, _from_last(rows, last), steps=_SUSPICIOUS_STEPS, converged=enough)
    elif n < _LARGE:
        optimum = climb(likelihood, np.zeros(len(terms)), steps=_SUSPICIOUS_STEPS, converged=enough)
    else:
        sample = _sample(rows)
        start = climb(
            partial(evaluate, sample.basis, sample.sign), np.zeros(len(terms)), converged=1e-3
        ).theta
        optimum = climb(
            likelihood, start, steps=_SUSPICIOUS_STEPS, converged=enough, bend=partial(_bend, sample)
        )
    if not optimum.converged or _largest_predictor(rows, optimum.theta) > _SUSPICIOUS_PREDICTOR:
        optimum = _examined(rows, terms, optimum)
    return model_of(terms, n, n_events, optimum, rows.back(), rows.parts)


def model_of(
    terms: tuple[str, ...],
    n: int,
    n_events: int,
    optimum: Optimum,
    back: Floats,
    seen: tuple[Part, ...] = (),
) -> Model:
    """A model in the measurements' own units.

    Parameters
    ----------
    terms : tuple of str
        The intercept first.
    n, n_events : int
        Patients, and those of them with the outcome.
    optimum : Optimum
        In the frame of the patients.
    back : ndarray of shape (n_terms, n_terms)
        Coefficients per unit of each measurement are ``back @ theta``.
    seen : tuple of Part
        The patients that the optimum belongs to.

    Returns
    -------
    Model

    Raises
    ------
    NotEstimable
        ``not_converged``
    """
    if not optimum.converged:
        raise NotEstimable("not_converged", step="likelihood")
    covariance = back @ inverse(optimum.information) @ back.T
    return Model(
        terms,
        n,
        n_events,
        back @ optimum.theta,
        np.sqrt(np.diagonal(covariance)),
        optimum.log_likelihood,
        optimum,
        seen,
    )


def _total(parts: Iterable[Part], theta: Floats) -> Evaluation:
    found = [evaluate(part.basis, part.sign, theta) for part in parts]
    k = theta.size
    return (
        sum(one[0] for one in found),
        sum((one[1] for one in found), np.zeros(k)),
        sum((one[2] for one in found), np.zeros((k, k))),
    )


def _sample(rows: Rows) -> Part:
    """Every 16th patient."""
    basis = np.concatenate([part.basis[::_STRIDE] for part in rows.parts])
    return Part(np.asfortranarray(basis), np.concatenate([part.sign[::_STRIDE] for part in rows.parts]))


def _bend(sample: Part, theta: Floats, step: Floats) -> Floats:
    """What the gradient of all patients gains by curving along a step, from a sample of them."""
    risk = expit(sample.basis @ theta)
    curve = risk * (1 - risk) * (2 * risk - 1) * (sample.basis @ step) ** 2
    return np.asarray(_STRIDE / 2 * (curve @ sample.basis))


def _from_last(rows: Rows, last: Model) -> Floats:
    """One step from an earlier optimum, where the gradient of its patients is zero."""
    before, now = {id(part) for part in last.seen}, {id(part) for part in rows.parts}
    came = _total([part for part in rows.parts if id(part) not in before], last.optimum.theta)
    went = _total([part for part in last.seen if id(part) not in now], last.optimum.theta)
    step = newton_step(last.optimum.information + came[2] - went[2], came[1] - went[1])
    return last.optimum.theta if step is None else last.optimum.theta + step


def _largest_predictor(rows: Rows, theta: Floats) -> float:
    return max(float(np.abs(part.basis @ theta).max()) for part in rows.parts if part.sign.size)


def _examined(rows: Rows, terms: tuple[str, ...], optimum: Optimum) -> Optimum:
    """Say why a likelihood has no maximum, or find the one it has far out."""
    rows.require_variation()
    basis = np.concatenate([part.basis for part in rows.parts])
    sign = np.concatenate([part.sign for part in rows.parts])
    if find_separation(basis, sign) is not None:
        raise NotEstimable("separated", terms=terms)
    return climb(partial(_total, rows.parts), optimum.theta, converged=CONVERGED * rows.n)
