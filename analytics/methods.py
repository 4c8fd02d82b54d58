"""What is computed and by which convention, as data: the Methods section that a plan implies."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics.plan import Definition, Variables, named_variables


@dataclass(frozen=True)
class Statement:
    """One thing to be said, as a code and what it is about; presentation has the words."""

    code: str
    found: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Section:
    """The statements under one heading, and the questions they hold for."""

    code: str
    statements: tuple[Statement, ...]
    questions: tuple[str, ...] = ()


def methods(
    cohort: Mapping[str, Any], questions: Sequence[Definition], variables: Variables
) -> tuple[Section, ...]:
    """The Methods section of a cohort's questions.

    Parameters
    ----------
    cohort : mapping
        The cohort's definition as its last table was read by: ``index_date``, ``baseline_days_before`` …
    questions : sequence of dict
        Question definitions in reading order.
    variables : dict
        The plan's variables by code.

    Returns
    -------
    tuple of Section
        The patients, their variables, one section for each kind of question asked, what holds for all.
    """
    by_kind: dict[str, list[Definition]] = {}
    for question in questions:
        by_kind.setdefault(question["kind"], []).append(question)
    asked = {name for question in questions for name in named_variables(question)}
    used = {code: variable for code, variable in variables.items() if code in asked}
    return (
        Section("patients", tuple(_patients(cohort, used))),
        Section("variables", tuple(_variables(used))),
        *(
            Section(kind, tuple(DESCRIBED_BY[kind](alike, variables)), tuple(each["slug"] for each in alike))
            for kind, alike in by_kind.items()
            if kind in DESCRIBED_BY
        ),
        Section("all", (Statement("missing"), Statement("looks"), Statement("p_values"))),
    )


def _patients(cohort: Mapping[str, Any], used: Variables) -> Iterable[Statement]:
    if cohort.get("is_simulated"):
        yield Statement("simulated")
    yield Statement("consent", {"basis": cohort.get("consent_basis")})
    groups = [code for code, variable in used.items() if variable.get("is_design")]
    if groups:
        yield Statement("groups", {"variable": groups[0], "levels": _levels(used[groups[0]])})
    yield Statement("index_date", {"index_date": cohort.get("index_date")})
    yield Statement(
        "baseline",
        {"before": cohort.get("baseline_days_before"), "after": cohort.get("baseline_days_after")},
    )
    yield Statement(
        "follow_up",
        {
            "time_scale": cohort.get("time_scale"),
            "lock": cohort.get("data_lock_on"),
            "months": cohort.get("follow_up_months"),
        },
    )


def _variables(used: Variables) -> Iterable[Statement]:
    derived = {
        code: variable["derived_from"] for code, variable in used.items() if "derived_from" in variable
    }
    if derived:
        yield Statement("derived", {"derived": derived})
    for code, variable in used.items():
        if "at_least" in variable:
            yield Statement(
                "at_least", {"variable": code, "from": variable["from"], "least": variable["at_least"]}
            )
        elif "cuts" in variable:
            yield Statement(
                "classes", {"variable": code, "from": variable["from"], "levels": _levels(variable)}
            )
        elif variable.get("from") == "terminal_status":
            parts = {
                "event": variable.get("in") or variable.get("event", []),
                "unknown": variable.get("unknown", []),
                "competing": variable.get("competing", []),
                "censored": variable.get("censored", []),
            }
            yield Statement("outcome", {"variable": code, "is_timed": "time" in variable, **parts})
    yield Statement("limits_of_detection")


def _comparison(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    compared = {code for question in questions for code in question["variables"]}
    skewed = [code for code, variable in variables.items() if code in compared and variable.get("is_skewed")]
    yield Statement("described", {"skewed": skewed})
    if any(len(question["groups"]) == 2 for question in questions):
        yield Statement("two_groups")
    if any(len(question["groups"]) > 2 for question in questions):
        yield Statement("many_groups")
    yield Statement("categories")
    yield Statement("standardised_difference")
    yield Statement("adjusted_in_table", {"method": "bh"})


def _correlation(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    methods = {method: None for question in questions for method in question["methods"]}
    yield Statement("coefficients", {"methods": list(methods)})
    strata = {name: None for question in questions for name in question.get("strata", [])}
    if strata:
        yield Statement("strata", {"variables": list(strata), "is_pearson": "pearson" in methods})
    for method in {question["adjust"]: None for question in questions}:
        yield Statement("adjusted_in_family", {"method": method})


def _logistic(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    yield Statement("logistic")
    scaled = {
        code: {"per": variables[code]["per"]}
        for question in questions
        for code in _covariates(question)
        if "per" in variables[code]
    }
    if scaled:
        yield Statement("per", {"scaled": scaled})
    for question in questions:
        for model in question.get("models", []):
            yield Statement(
                "model",
                {
                    "title": model["title"],
                    "outcome": model.get("outcome", question["outcome"]),
                    "covariates": model["covariates"],
                    "is_replication": model.get("is_replication", False),
                },
            )
    yield Statement("events_needed", {"needed": EVENTS_NEEDED})
    yield Statement("collinearity")
    yield Statement("separation")


def _roc(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    yield Statement("area")
    yield Statement("direction")
    yield Statement("cut_off")
    for question in questions:
        for combined in question.get("combined", []):
            yield Statement(
                "combined",
                {"title": combined["title"], "markers": combined["markers"], "outcome": question["outcome"]},
            )
    yield Statement("events_needed", {"needed": EVENTS_NEEDED})


def _survival(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    outcomes = [variables[code] for question in questions for code in question["outcomes"]]
    yield Statement("incidence", {"has_competing": any(outcome.get("competing") for outcome in outcomes)})
    for question in questions:
        yield Statement("horizon", {"slug": question["slug"], "months": question["horizon"]})
    yield Statement("restricted_mean")
    models = [model for question in questions for model in question.get("models", [])]
    if models:
        yield Statement("hazards")
    for model in models:
        yield Statement(
            "model",
            {
                "title": model["title"],
                "outcome": model["outcome"],
                "covariates": model["covariates"],
                "is_replication": model.get("is_replication", False),
            },
        )


def _calibration(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    yield Statement("calibration")
    for question in questions:
        yield Statement("optimism", {"resamples": question["resamples"], "seed": question["seed"]})
        yield Statement(
            "net_benefit", {"low": min(question["thresholds"]), "high": max(question["thresholds"])}
        )
    yield Statement("events_needed", {"needed": EVENTS_NEEDED})


def _missingness(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    yield Statement("missing_by_outcome", {"outcomes": [question["outcome"] for question in questions]})
    yield Statement("adjusted_in_table", {"method": "bh"})


EVENTS_NEEDED = 10
"""Events, and patients without one, below which no model is fitted and no curve drawn."""

DESCRIBED_BY = {
    "comparison": _comparison,
    "correlation": _correlation,
    "logistic": _logistic,
    "roc": _roc,
    "survival": _survival,
    "calibration": _calibration,
    "missingness": _missingness,
}


def _covariates(question: Definition) -> list[str]:
    models = question.get("models", [])
    return [*question.get("univariable", []), *(code for model in models for code in model["covariates"])]


def _levels(variable: Mapping[str, Any]) -> list[str]:
    return [level["code"] for level in variable["levels"]]
