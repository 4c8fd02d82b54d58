"""How a measurement changes over time: its mean at planned times, and a mixed model of all its values."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.plan import Definition
from analytics.questions.answer import Reason, plain, why_not
from analytics.questions.columns import Columns, Floats, Measurements
from analytics.statistics import NotEstimable
from analytics.statistics.design import INTERCEPT
from analytics.statistics.errors import attempt
from analytics.statistics.longitudinal.course import mean_course
from analytics.statistics.longitudinal.mixed import MixedModel, mixed_model

MONTHS_IN_YEAR = 12
EVERYONE = "all"
TIME = "time"


@dataclass(frozen=True, eq=False)
class Course:
    """The measurements whose patients have a group and all covariates.

    `dummies` and `covariates` are columns by term, one value a patient of the population; the dummies tell
    the levels after the first, the covariates are centred.
    """

    measured: Measurements
    levels: tuple[str, ...]
    labels: NDArray[np.object_]
    dummies: dict[str, tuple[str, Floats]]
    covariates: dict[str, tuple[str, Floats]]

    @property
    def patients(self) -> NDArray[np.int64]:
        """Those measured at all."""
        return np.unique(self.measured.patient)


def course_of(definition: Definition, columns: Columns) -> Course:
    """The measurements that the model of the course uses."""
    by, covariates = definition.get("by"), definition.get("covariates", [])
    labels = np.full(columns.n, EVERYONE, dtype=object) if by is None else columns.labels(by)
    is_known = ~pd.isna(labels) & columns.complete(covariates)
    every = columns.measurements(definition["lab"])
    measured = every.where(is_known[every.patient])
    present = set(labels[measured.patient])
    levels = tuple(level for level in (columns.levels(by) if by else (EVERYONE,)) if level in present)
    used = np.zeros(columns.n, dtype=bool)
    used[measured.patient] = True
    return Course(
        measured=measured,
        levels=levels,
        labels=labels,
        dummies={f"{by}{level}": (level, (labels == level).astype(float)) for level in levels[1:]},
        covariates=_centred(covariates, columns, used),
    )


def _centred(
    covariates: list[str], columns: Columns, used: NDArray[np.bool_]
) -> dict[str, tuple[str, Floats]]:
    """Each covariate in the unit shown, less its mean, so that the lines are of the average patient."""
    if not covariates or not used.any():
        return {}
    design = columns.design(covariates, used)
    centred: dict[str, tuple[str, Floats]] = {}
    for k, term in enumerate(design.terms[1:], start=1):
        values = np.zeros(columns.n)
        owner = design.owners[k]
        values[used] = (design.matrix[:, k] - design.matrix[:, k].mean()) / _per(owner, columns)
        centred[term] = (owner, values)
    return centred


def fitted_course(course: Course, definition: Definition, columns: Columns) -> dict[str, Any]:
    """The mixed model: change per year in the first group, and how the others differ in level and change."""
    measured, patient = course.measured, course.measured.patient
    years = measured.months / MONTHS_IN_YEAR
    fixed = {term: values[patient] for term, (_level, values) in course.dummies.items()}
    fixed |= {f"{TIME}:{term}": values * years for term, values in fixed.items()}
    fixed |= {term: values[patient] for term, (_owner, values) in course.covariates.items()}
    found = attempt(
        mixed_model,
        measured.value,
        years,
        patient,
        covariates=fixed,
        random_slope=definition.get("random_slope", True),
    )
    n = course.patients.size
    head = {
        "name": "course",
        "title": definition["title"],
        "estimand": "mixed",
        "covariates": definition.get("covariates", []),
        "is_replication": False,
        "n": n,
        "n_measurements": measured.value.size,
        "n_missing": columns.n - n,
    }
    if isinstance(found, NotEstimable):
        # With one time for all nobody was measured twice.
        is_once = found.reason == "constant" and found.details.get("variable") == TIME
        return plain({**head, **_no_course({"code": "no_repeats"} if is_once else why_not(found))})
    return plain({**head, **_told(found, course, definition, columns)})


def _told(found: MixedModel, course: Course, definition: Definition, columns: Columns) -> dict[str, Any]:
    between = found.intercept_variance
    return {
        "terms": [
            {
                "term": term.term,
                **_about(term.term, course, definition.get("by"), columns),
                "coefficient": term.coefficient,
                "standard_error": term.standard_error,
                "coefficient_ci": (term.ci_low, term.ci_high),
                "statistic": term.statistic,
                "p_value": term.p_value,
            }
            for term in found.terms
        ],
        "intercept_variance": between,
        "slope_variance": found.slope_variance,
        "intercept_slope_covariance": found.intercept_slope_covariance,
        "residual_variance": found.residual_variance,
        "icc": between / (between + found.residual_variance),
        "log_likelihood": found.log_likelihood,
        "is_boundary": found.is_boundary,
        "reason": None,
    }


def _about(term: str, course: Course, by: str | None, columns: Columns) -> dict[str, Any]:
    """What a coefficient is of: the level at time 0, the change, or what a group or covariate adds."""
    nothing = {"variable": None, "level": None, "reference": None, "per": None}
    if term in (INTERCEPT, TIME):
        return {**nothing, "role": "level" if term == INTERCEPT else "change"}
    group = term.removeprefix(f"{TIME}:")
    if group in course.dummies:
        level = {"variable": by, "level": course.dummies[group][0], "reference": course.levels[0]}
        return {**nothing, **level, "role": "level" if group == term else "change"}
    owner = course.covariates[term][0]
    return {"variable": owner, **columns.measured(owner, term, _per(owner, columns)), "role": "covariate"}


def _per(variable: str, columns: Columns) -> float:
    """The step of a measurement that its coefficients are for."""
    return float(columns.variables[variable].get("per", 1))


def _no_course(reason: Reason) -> dict[str, Any]:
    absent = (
        "intercept_variance",
        "slope_variance",
        "intercept_slope_covariance",
        "residual_variance",
        "icc",
        "log_likelihood",
        "is_boundary",
    )
    return {"terms": [], **dict.fromkeys(absent), "reason": reason}


def described_groups(
    course: Course, model: dict[str, Any], definition: Definition, occurred: NDArray[np.bool_]
) -> list[dict[str, Any]]:
    """Each group's mean at the planned times, and what the model says of its level and change.

    The model's coefficients of a group stand with the group, so that they are withheld with it.
    """
    coefficients = {term["term"]: term["coefficient"] for term in model["terms"]}
    by = definition.get("by")
    groups = []
    for level in course.levels:
        measured = course.measured.where(course.labels[course.measured.patient] == level)
        patients = np.unique(measured.patient)
        lines = {
            "intercept": _sum(coefficients, INTERCEPT, f"{by}{level}"),
            "slope": _sum(coefficients, TIME, f"{TIME}:{by}{level}"),
        }
        at = mean_course(
            measured.patient,
            measured.months,
            measured.value,
            at=definition["times"],
            window=definition["window"],
        )
        groups.append(
            {
                "group": level,
                "n": patients.size,
                "n_events": int(occurred[patients].sum()),
                "n_measurements": measured.value.size,
                **lines,
                "terms": _of_group(model["terms"], None if level == course.levels[0] else level),
                "at": [vars(occasion) for occasion in at],
            }
        )
    return plain(groups)


def of_covariates(model: dict[str, Any]) -> dict[str, Any]:
    """The model without the coefficients that stand with their groups."""
    return {**model, "terms": [term for term in model["terms"] if term["role"] == "covariate"]}


def _of_group(terms: list[dict[str, Any]], level: str | None) -> list[dict[str, Any]]:
    return [term for term in terms if term["role"] != "covariate" and term["level"] == level]


def _sum(coefficients: dict[str, float], common: str, own: str) -> float | None:
    if common not in coefficients:
        return None
    return coefficients[common] + coefficients.get(own, 0.0)
