"""Logistic models from counts and from rows in parts, begun where the last one ended."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.design import INTERCEPT, both_classes
from analytics.statistics.errors import NotEstimable
from analytics.statistics.logistic.model import Wald, wald
from analytics.statistics.logistic.newton import Evaluation, Optimum, climb, evaluate, inverse, newton_step
from analytics.statistics.logistic.separation import find_separation
from analytics.statistics.samples import Floats, Moments
from analytics.statistics.suite.rows import Part, Rows
from analytics.statistics.summaries import ValueCounts

# At this squared decrement for each patient the last step changes the information by 1e-10 of itself.
_CONVERGED = 1e-20

_SUSPICIOUS_STEPS = 15

# Above so many patients the iteration starts from the optimum of some of them.
_LARGE = 20_000
_STRIDE = 32
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


def fit_counts(
    table: ValueCounts, variable: str, event: str, without: str, *, last: Model | None = None
) -> Model:
    """A logistic model of one measurement, from its counts.

    Parameters
    ----------
    table : ValueCounts
    variable : str
        Name of the term.
    event, without : str
        Classes with and without the outcome.
    last : Model, optional
        An earlier model of the same variable, to begin with.

    Returns
    -------
    Model

    Raises
    ------
    NotEstimable
        ``no_patients``, ``one_class``; ``constant``; ``separated``.

    Examples
    --------
    >>> from analytics.statistics.summaries import Coded
    >>> age = Coded.of([50, 54, 57, 61, 64, 66, 71, 75], 0)
    >>> table = ValueCounts.of(age, [0, 0, 1, 0, 0, 1, 1, 1], ["alive", "dead"])
    >>> fit_counts(table, "age", "dead", "alive").coefficients.round(4)
    array([-14.3055,   0.2301])
    """
    cases, controls = table.of_class(event), table.of_class(without)
    n, n_events = int((cases + controls).sum()), int(cases.sum())
    both_classes(n_events, n - n_events)
    held = np.flatnonzero(cases), np.flatnonzero(controls)
    terms = (INTERCEPT, variable)
    _refuse_separated(table, held, variable)
    moments = table.moments(cases + controls)
    centre, spread = moments.mean, float(np.sqrt(moments.squares / n))
    values = (table.codes - table.origin) / 10.0**table.decimals
    basis = np.ones((held[0].size + held[1].size, 2), order="F")
    basis[:, 1] = (np.concatenate([values[held[0]], values[held[1]]]) - centre) / spread
    sign = np.repeat([1.0, -1.0], [held[0].size, held[1].size])
    counts = np.concatenate([cases[held[0]], controls[held[1]]]).astype(np.float64)
    back = np.array([[1.0, -table.scale.location(centre) / spread], [0.0, 1 / spread]])
    if last is None:
        start = _discriminant(table.moments(cases), table.moments(controls), centre, spread)
    else:
        start = np.array(
            [last.coefficients @ [1.0, table.scale.location(centre)], last.coefficients[1] * spread]
        )
    optimum = climb(
        lambda theta: evaluate(basis, sign, theta, counts=counts), start, converged=_CONVERGED * n
    )
    return _model(terms, n, n_events, optimum, back)


def _discriminant(cases: Moments, controls: Moments, centre: float, spread: float) -> Floats:
    """The model that normal distributions of equal spread would have: near the logistic one."""
    a, b = (cases.mean - centre) / spread, (controls.mean - centre) / spread
    within = (cases.squares + controls.squares) / (cases.n + controls.n) / spread**2
    slope = (a - b) / within if within else 0.0
    return np.array([np.log(cases.n / controls.n) - slope * (a + b) / 2, slope])


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
    start = _from_sample(rows) if last is None else _from_last(rows, last)
    optimum = climb(partial(_total, rows.parts), start, steps=_SUSPICIOUS_STEPS, converged=_CONVERGED * n)
    if not optimum.converged or _largest_predictor(rows, optimum.theta) > _SUSPICIOUS_PREDICTOR:
        optimum = _examined(rows, terms, optimum)
    return _model(terms, n, n_events, optimum, rows.back(), rows.parts)


def _model(
    terms: tuple[str, ...],
    n: int,
    n_events: int,
    optimum: Optimum,
    back: Floats,
    seen: tuple[Part, ...] = (),
) -> Model:
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


def _from_sample(rows: Rows) -> Floats:
    """The optimum of every 32nd patient; zero where they are few."""
    start = np.zeros(len(rows.variables) + 1)
    if rows.n < _LARGE:
        return start
    sample = [Part(part.basis[::_STRIDE], part.sign[::_STRIDE]) for part in rows.parts]
    return climb(partial(_total, sample), start, converged=1e-3).theta


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
    return climb(partial(_total, rows.parts), optimum.theta, converged=_CONVERGED * rows.n)


def _refuse_separated(
    table: ValueCounts, held: tuple[NDArray[np.intp], NDArray[np.intp]], variable: str
) -> None:
    (first, last), (low, high) = ((one[0], one[-1]) for one in held)
    if first == last == low == high:
        raise NotEstimable("constant", variable=variable)
    if last <= low or high <= first:
        raise NotEstimable("separated", terms=(INTERCEPT, variable))
