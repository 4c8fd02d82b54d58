"""One number with its standard error, as a plan wants it: a correlation, a ratio, an area, a share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.plan import Definition, Variables
from analytics.questions.adequacy import overlap, overlap_in_hazard, require_unblocked
from analytics.questions.columns import Columns
from analytics.questions.events import require_events, require_number_of_events
from analytics.questions.logistic.fitting import fit_as_asked
from analytics.statistics import NotEstimable
from analytics.statistics.correlation import correlate, fisher
from analytics.statistics.normal import normal_interval
from analytics.statistics.roc import Direction, proportion_error, roc_curve, wilson
from analytics.statistics.survival.cox import cox

EVENT = 1
FISHER_NEEDED = 4
"""Patients from which on Fisher's z has a standard error."""


@dataclass(frozen=True)
class Quantity:
    """An estimate on the scale on which it is followed: ratios as logarithms, per the unit that is shown.

    Attributes
    ----------
    value, standard_error, ci_low, ci_high : float
        With the interval at one look, as the other questions give it.
    z : float or None
        Standard errors from no effect, by the test of the other questions; a share has none.
    direction : {"<", ">"} or None
        Of a marker.
    """

    value: float
    standard_error: float
    ci_low: float
    ci_high: float
    z: float | None
    direction: Direction | None = None


def names_in(wanted: dict[str, Any]) -> list[str]:
    """The variables that a wanted number is computed from."""
    named = [wanted[key] for key in ("outcome", "x", "y", "marker", "variable") if key in wanted]
    return [*dict.fromkeys([*named, *wanted.get("covariates", [])])]


def subject(wanted: dict[str, Any]) -> str:
    """What a number is about: its marker or covariate, a pair as x~y, else its outcome."""
    if wanted["quantity"] == "correlation":
        return f"{wanted['x']}~{wanted['y']}"
    about: str = wanted.get("marker") or wanted.get("variable") or wanted["outcome"]
    return about


def with_outcome(wanted: dict[str, Any], definition: Definition) -> dict[str, Any]:
    """A wanted number with the outcome of its question, where it names none of its own."""
    is_of_outcome = wanted["quantity"] != "correlation"
    return (
        {"outcome": definition["outcome"], **wanted} if is_of_outcome and "outcome" in definition else wanted
    )


def counted(wanted: dict[str, Any], columns: Columns) -> dict[str, Any]:
    """The patients that a number is computed from, and those left out; its events where it has an outcome."""
    rows = _complete(wanted, columns)
    sizes = {"n": int(rows.sum()), "n_missing": int((~rows).sum())}
    if "outcome" not in wanted:
        return {**sizes, "n_events": None}
    return {**sizes, "n_events": int((_outcome(wanted, columns)[rows] == EVENT).sum())}


def estimated(
    wanted: dict[str, Any],
    columns: Columns,
    variables: Variables,
    *,
    level: float = 0.95,
    direction: Direction | None = None,
) -> Quantity:
    """The number as these patients give it; a marker's direction is kept where it was decided before."""
    columns.require(name for name in names_in(wanted) if "time" not in variables[name])
    if wanted["quantity"] == "auc":
        return _auc(wanted, columns, level, direction)
    return COMPUTED_BY[wanted["quantity"]](wanted, columns, variables, level)


def _correlation(wanted: dict[str, Any], columns: Columns, variables: Variables, level: float) -> Quantity:
    rows = _complete(wanted, columns)
    x, y = (columns.numbers(wanted[axis])[rows] for axis in ("x", "y"))
    if x.size < FISHER_NEEDED:
        raise NotEstimable("too_few", n=int(x.size), needed=FISHER_NEEDED)
    found = correlate(x, y, level=level)
    if abs(found.r) == 1 or found.ci_low is None or found.ci_high is None:
        raise NotEstimable("perfect_correlation")
    error, z = fisher(found.r, x.size)
    return Quantity(found.r, error, found.ci_low, found.ci_high, z)


def _log_odds_ratio(wanted: dict[str, Any], columns: Columns, variables: Variables, level: float) -> Quantity:
    rows, covariates = _complete(wanted, columns), _covariates(wanted, columns)
    occurred = _outcome(wanted, columns)[rows] == EVENT
    require_events(occurred)
    design = columns.design(covariates, rows)
    # As the logistic question fits it: penalised where there are too few events for so many covariates.
    found = fit_as_asked(design, occurred, {})
    found.likelihood.require_finite()
    _require_unblocked(wanted, covariates, overlap(design, found.likelihood), variables)
    fitted = found.model
    owners = fitted.estimable.owners
    if wanted["variable"] not in owners:
        raise NotEstimable("aliased", variable=wanted["variable"])
    k = owners.index(wanted["variable"])
    per = variables[wanted["variable"]].get("per", 1)
    return _normal(float(fitted.coefficients[k]) * per, float(fitted.standard_errors[k]) * per, level)


def _log_hazard_ratio(
    wanted: dict[str, Any], columns: Columns, variables: Variables, level: float
) -> Quantity:
    rows, covariates = _complete(wanted, columns), _covariates(wanted, columns)
    time, status = (values[rows] for values in columns.follow_up(wanted["outcome"]))
    require_number_of_events(int((status == EVENT).sum()), status.size)
    design = columns.design(covariates, rows)
    model = cox(time, status == EVENT, design.matrix[:, 1:])
    _require_unblocked(wanted, covariates, overlap_in_hazard(design, model), variables)
    per = variables[wanted["variable"]].get("per", 1)
    return _normal(float(model.coefficients[0]) * per, float(model.standard_error[0]) * per, level)


def _require_unblocked(
    wanted: dict[str, Any], covariates: list[str], overlapping: dict[str, Any], variables: Variables
) -> None:
    """Refuse the number of a covariate that the others of its model determine."""
    model = {"name": subject(wanted), "covariates": covariates}
    require_unblocked(model, overlapping, variables, of=[wanted["variable"]])


def _auc(wanted: dict[str, Any], columns: Columns, level: float, direction: Direction | None) -> Quantity:
    rows = _complete(wanted, columns)
    occurred = _outcome(wanted, columns)[rows] == EVENT
    require_events(occurred)
    curve = roc_curve(occurred, columns.numbers(wanted["marker"])[rows], direction=direction or "auto")
    spread = curve.delong(level=level)
    if spread.standard_error == 0:
        raise NotEstimable("no_variance")
    z = (curve.auc - 0.5) / spread.standard_error
    return Quantity(curve.auc, spread.standard_error, spread.ci_low, spread.ci_high, z, curve.direction)


def _proportion(wanted: dict[str, Any], columns: Columns, variables: Variables, level: float) -> Quantity:
    occurred = _outcome(wanted, columns)[_complete(wanted, columns)] == EVENT
    n, n_events = int(occurred.size), int(occurred.sum())
    if not 0 < n_events < n:
        raise NotEstimable("one_class")
    low, high = wilson(n_events, n, level=level)
    return Quantity(n_events / n, proportion_error(n_events, n), low, high, None)


def _normal(value: float, error: float, level: float) -> Quantity:
    return Quantity(value, error, *normal_interval(value, error, level=level), value / error)


def _covariates(wanted: dict[str, Any], columns: Columns) -> list[str]:
    """The variable of interest first, then those held equal."""
    variable = wanted["variable"]
    if columns.scale(variable) == "categorical":
        raise NotEstimable("several_terms", variable=variable)
    return [variable, *(code for code in wanted.get("covariates", []) if code != variable)]


def _outcome(wanted: dict[str, Any], columns: Columns) -> np.ndarray:
    """1 for the event; over time 0 and 2 for its absence and a competing event."""
    if wanted["quantity"] == "log_hazard_ratio":
        return columns.follow_up(wanted["outcome"])[1]
    return columns.numbers(wanted["outcome"])


def _complete(wanted: dict[str, Any], columns: Columns) -> np.ndarray:
    names = names_in(wanted)
    if wanted["quantity"] != "log_hazard_ratio":
        return columns.complete(names)
    known = ~np.isnan(_outcome(wanted, columns))
    return columns.complete([name for name in names if name != wanted["outcome"]]) & known


COMPUTED_BY: dict[str, Callable[[dict[str, Any], Columns, Variables, float], Quantity]] = {
    "correlation": _correlation,
    "log_hazard_ratio": _log_hazard_ratio,
    "log_odds_ratio": _log_odds_ratio,
    "proportion": _proportion,
}
