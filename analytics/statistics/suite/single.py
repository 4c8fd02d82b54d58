"""Logistic models of one measurement each, from counts: many small models are climbed together."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.design import INTERCEPT, both_classes
from analytics.statistics.errors import NotEstimable, attempt
from analytics.statistics.logistic.newton import Optimum
from analytics.statistics.samples import Floats, Moments
from analytics.statistics.suite.models import CONVERGED, Model, model_of
from analytics.statistics.summaries import ValueCounts
from analytics.statistics.summaries.counts import Codes

_SINGULAR = 1e-14
_MOST_STEPS = 200
_MOST_HALVINGS = 40


@dataclass(frozen=True, eq=False)
class _Problem:
    """One measurement, centred and scaled, and where to begin."""

    terms: tuple[str, str]
    n: int
    n_events: int
    values: Floats
    cases: Codes
    patients: Codes
    start: tuple[float, float]
    back: Floats


def fit_each(
    tables: Mapping[str, ValueCounts],
    event: str,
    without: str,
    *,
    last: Mapping[str, Model | NotEstimable] | None = None,
) -> dict[str, Model | NotEstimable]:
    """A logistic model of each measurement alone, from its counts.

    Parameters
    ----------
    tables : mapping of str to ValueCounts
        By the name of the term.
    event, without : str
        Classes with and without the outcome.
    last : mapping of str to Model or NotEstimable, optional
        Earlier models of the same measurements, to begin with.

    Returns
    -------
    dict of str to Model or NotEstimable
        Refused with ``no_patients``, ``one_class``; ``constant``; ``separated``; ``not_converged``.

    Examples
    --------
    >>> from analytics.statistics.summaries import Coded
    >>> age = Coded.of([50, 54, 57, 61, 64, 66, 71, 75], 0)
    >>> table = ValueCounts.of(age, [0, 0, 1, 0, 0, 1, 1, 1], ["alive", "dead"])
    >>> fit_each({"age": table}, "dead", "alive")["age"].coefficients.round(4)
    array([-14.3055,   0.2301])
    """
    known = last or {}
    posed = {
        name: attempt(_posed, table, name, event, without, known.get(name)) for name, table in tables.items()
    }
    problems = [problem for problem in posed.values() if isinstance(problem, _Problem)]
    optima = iter(_climb(problems) if problems else ())
    return {
        name: problem
        if isinstance(problem, NotEstimable)
        else attempt(model_of, problem.terms, problem.n, problem.n_events, next(optima), problem.back)
        for name, problem in posed.items()
    }


def _posed(
    table: ValueCounts, variable: str, event: str, without: str, last: Model | NotEstimable | None
) -> _Problem:
    cases, controls = table.of_class(event), table.of_class(without)
    among_cases, among_controls = table.moments_of(event), table.moments_of(without)
    both_classes(among_cases.n, among_controls.n)
    terms = (INTERCEPT, variable)
    _refuse_separated(cases, controls, terms)
    patients = cases + controls
    held = patients.nonzero()[0]
    together = table.moments_of(event, without)
    centre, spread = together.mean, float((together.squares / together.n) ** 0.5)
    location = table.scale.location(centre)
    if isinstance(last, Model):
        intercept, slope = last.coefficients.tolist()
        start = intercept + slope * location, slope * spread
    else:
        start = _discriminant(among_cases, among_controls, centre, spread)
    return _Problem(
        terms=terms,
        n=together.n,
        n_events=among_cases.n,
        values=(table.distances[held] - centre) / spread,
        cases=cases[held],
        patients=patients[held],
        start=start,
        back=np.array([[1.0, -location / spread], [0.0, 1 / spread]]),
    )


def _discriminant(cases: Moments, controls: Moments, centre: float, spread: float) -> tuple[float, float]:
    """The model that normal distributions of equal spread would have: near the logistic one."""
    a, b = (cases.mean - centre) / spread, (controls.mean - centre) / spread
    within = (cases.squares + controls.squares) / (cases.n + controls.n) / spread**2
    slope = (a - b) / within if within else 0.0
    return float(np.log(cases.n / controls.n)) - slope * (a + b) / 2, slope


def _refuse_separated(cases: Codes, controls: Codes, terms: tuple[str, str]) -> None:
    (first, last), (low, high) = (counts.nonzero()[0][[0, -1]].tolist() for counts in (cases, controls))
    if first == last == low == high:
        raise NotEstimable("constant", variable=terms[1])
    if last <= low or high <= first:
        raise NotEstimable("separated", terms=terms)


class _Together:
    """The likelihoods of all problems, one after the other in long columns."""

    def __init__(self, problems: list[_Problem]) -> None:
        self.values = np.concatenate([problem.values for problem in problems])
        self.cases = np.concatenate([problem.cases for problem in problems]).astype(np.float64)
        self.patients = np.concatenate([problem.patients for problem in problems]).astype(np.float64)
        self.sizes = [problem.values.size for problem in problems]
        self.starts = np.concatenate([[0], np.cumsum(self.sizes)[:-1]])

    def at(self, theta: Floats) -> Floats:
        """Log likelihood, the two entries of the gradient, and the three of the information, as rows."""
        intercept, slope = np.repeat(theta, self.sizes, axis=1)
        margin = slope * self.values + intercept
        above = np.maximum(margin, 0.0)
        small = np.exp(margin - 2 * above)
        one = 1 + small
        # The smaller of risk and its complement is exact in both tails.
        commoner = 1 / one
        rarer = small * commoner
        # No branch: the processor could not guess it.
        risk = rarer + (commoner - rarer) * (margin > 0)
        rows = np.empty((6, margin.size))
        rows[0] = self.cases * margin - self.patients * (above + np.log(one))
        rows[1] = self.cases - self.patients * risk
        rows[2] = rows[1] * self.values
        rows[3] = self.patients * rarer * commoner
        rows[4] = rows[3] * self.values
        rows[5] = rows[4] * self.values
        return np.asarray(np.add.reduceat(rows, self.starts, axis=1))


def _climb(problems: list[_Problem]) -> list[Optimum]:
    """Newton's method with step halving, as `analytics.statistics.logistic.newton.climb` for each."""
    together = _Together(problems)
    enough = CONVERGED * np.array([problem.n for problem in problems])
    theta = np.array([problem.start for problem in problems]).T
    found = together.at(theta)
    failed = np.zeros(len(problems), dtype=np.bool_)
    for _ in range(_MOST_STEPS):
        step, singular = _steps(found)
        failed |= singular
        resting = failed | ((found[1:3] * step).sum(axis=0) <= enough)
        if resting.all():
            break
        moved = np.where(resting, 0.0, step)
        tried = together.at(theta + moved)
        for _ in range(_MOST_HALVINGS):
            worse = ~(tried[0] >= found[0] - 1e-12 * np.abs(found[0]))
            if not worse.any():
                break
            moved[:, worse] /= 2
            tried = together.at(theta + moved)
        else:
            failed |= worse
        theta, found = theta + moved, tried
    else:
        failed |= ~resting
    return [
        Optimum(
            theta[:, k] + (0.0 if failed[k] else step[:, k]),
            float(found[0, k]),
            found[[3, 4, 4, 5], k].reshape(2, 2),
            not failed[k],
        )
        for k in range(len(problems))
    ]


def _steps(found: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Each problem's Newton step, and whether its information is singular to working precision."""
    _, first, second, a, b, c = found
    determinant = a * c - b * b
    singular = ~(determinant > _SINGULAR * a * c)
    safe = np.where(singular, 1.0, determinant)
    return np.array([c * first - b * second, a * second - b * first]) / safe, singular
