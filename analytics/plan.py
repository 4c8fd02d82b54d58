"""The statistical analysis plan as data: which variables, which questions, asked of whom."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from analytics.estimands import wrong_with

PLANS = Path(__file__).parent / "plans"
KNOTS = {3, 4, 5}

Definition = dict[str, Any]
Variables = dict[str, dict[str, Any]]

READS = {"agreement": "readings", "longitudinal": "draws"}
"""What a kind of question reads beside the table of patients."""


MADE_FROM = {
    "auc": ("marker",),
    "correlation": ("x", "y"),
    "hazard_ratio": ("outcome", "variable"),
    "log_hazard_ratio": ("outcome", "variable"),
    "log_odds_ratio": ("variable",),
    "odds_ratio": ("variable",),
    "proportion": (),
}
"""What a number of a plan must name, beside the outcome of its question."""


SURVIVAL_OPTIONS = {
    "interval": ("log", "log-log", "plain"),
    "ties": ("efron", "breslow"),
    "risk": ("higher", "lower"),
}
"""What a survival question takes for each of its options."""


class PlanError(ValueError):
    """A plan that cannot be carried out as written, naming the entry at fault."""


@dataclass(frozen=True)
class Plan:
    """One analysis plan: its variables by code, its questions in reading order."""

    name: str
    version: int
    title: str
    variables: Variables
    questions: tuple[Definition, ...]
    sha256: str

    def question(self, slug: str) -> Definition:
        """The question of this name."""
        for question in self.questions:
            if question["slug"] == slug:
                return question
        raise PlanError(f"plan {self.name} has no question {slug!r}")


def plan_names() -> tuple[str, ...]:
    """The plans that are shipped."""
    return tuple(sorted(path.stem for path in PLANS.glob("*.json")))


@cache
def load_plan(name: str) -> Plan:
    """Read one shipped plan; a plan that names what it does not declare is refused."""
    if name not in plan_names():
        raise PlanError(f"there is no plan {name!r}; the plans are {', '.join(plan_names())}")
    content = (PLANS / f"{name}.json").read_bytes()
    return read_plan(json.loads(content), sha256=hashlib.sha256(content).hexdigest())


def read_plan(content: dict[str, Any], *, sha256: str = "") -> Plan:
    """A plan from its JSON content, checked."""
    plan = Plan(
        name=content["name"],
        version=content["version"],
        title=content["title"],
        variables=content["variables"],
        questions=tuple(content["questions"]),
        sha256=sha256,
    )
    slugs = [question["slug"] for question in plan.questions]
    for slug in slugs:
        if slugs.count(slug) > 1:
            raise PlanError(f"plan {plan.name} asks {slug!r} twice")
    for question in plan.questions:
        undeclared = sorted(set(named_variables(question)) - set(plan.variables))
        if undeclared:
            raise PlanError(
                f"question {question['slug']} of plan {plan.name} names {', '.join(undeclared)}, "
                "which the plan does not declare"
            )
        _require_consistent_models(question)
        _require_two(question)
        _require_known_options(question)
    return plan


def tables_read(questions: Iterable[Definition]) -> set[str]:
    """The tables that questions read beside that of patients."""
    return {READS[question["kind"]] for question in questions if question["kind"] in READS}


def followed_questions(looks: Definition) -> set[str]:
    """The questions whose numbers a question of looks follows, however often they are asked."""
    return {slug for entry in looks.get("estimates", []) for slug in entry.get("for", [])}


def _require_consistent_models(question: Definition) -> None:
    """Refuse a model that bends or multiplies what it does not hold, or that is added to what it does not."""
    models = {model["name"]: model for model in question.get("models", []) if "covariates" in model}
    for name, model in models.items():
        where, covariates = f"model {name} of question {question['slug']}", set(model["covariates"])
        shaped = {*model.get("splines", {}), *chain.from_iterable(model.get("interactions", []))}
        if shaped - covariates:
            named = ", ".join(sorted(shaped - covariates))
            raise PlanError(f"{where} bends or multiplies {named}, which it does not hold")
        if set(model.get("splines", {}).values()) - KNOTS:
            raise PlanError(f"{where} asks for a spline with other than 3, 4 or 5 knots")
        smaller = model.get("added_to")
        if smaller is not None and (
            smaller not in models or not set(models[smaller]["covariates"]) < covariates
        ):
            raise PlanError(f"{where} is added to {smaller}, which is no smaller model of the question")


def _require_two(question: Definition) -> None:
    """Refuse a comparison of fewer than two groups, or of other than two correlations."""
    if question["kind"] == "comparison" and len(set(question["groups"])) < 2:
        raise PlanError(f"question {question['slug']} compares fewer than two groups")
    for entry in question.get("compare", []) if question["kind"] == "correlation" else ():
        n_others = len(entry["y"]) if isinstance(entry["y"], list) else 1
        if n_others != (1 if "between" in entry else 2):
            raise PlanError(
                f"question {question['slug']} compares correlations of {entry['x']} with {n_others} others; "
                "between groups it takes one, in the same patients two"
            )


def _require_known_options(question: Definition) -> None:
    """Refuse a scale, a rule for ties or a direction of risk that a survival question does not know."""
    if question["kind"] != "survival":
        return
    models, areas = question.get("models", []), question.get("areas", {})
    given = [("interval", question.get("interval", "log"))]
    given += [("ties", model.get("ties", "efron")) for model in models]
    given += [("risk", risk) for risk in areas.get("markers", {}).values()]
    for option, value in given:
        if value not in SURVIVAL_OPTIONS[option]:
            known = ", ".join(SURVIVAL_OPTIONS[option])
            raise PlanError(f"question {question['slug']} has {option} {value!r}; it takes {known}")
    absent = set(areas.get("models", [])) - {model["name"] for model in models}
    if absent:
        raise PlanError(
            f"question {question['slug']} asks for areas of {min(absent)}, which is none of its models"
        )


def named_variables(question: Definition) -> list[str]:
    """Every variable that a question definition names."""
    kind = question["kind"]
    if kind not in NAMED_IN:
        raise PlanError(f"question {question['slug']} is of an unknown kind, {kind!r}")
    return NAMED_IN[kind](question)


def _in_comparison(question: Definition) -> list[str]:
    return [question["by"], *question["variables"]]


def _in_correlation(question: Definition) -> list[str]:
    return [
        *question["variables"],
        *question.get("strata", []),
        *question.get("given", []),
        *[code for entry in question.get("compare", []) for code in _in_compared(entry)],
    ]


def _in_compared(entry: Definition) -> list[str]:
    others = entry["y"] if isinstance(entry["y"], list) else [entry["y"]]
    return [entry["x"], *others, *([entry["between"]] if "between" in entry else [])]


def _in_logistic(question: Definition) -> list[str]:
    models = question.get("models", [])
    return [
        question["outcome"],
        *question.get("univariable", []),
        *_in_models(models),
        *[model["outcome"] for model in models if "outcome" in model],
    ]


def _in_roc(question: Definition) -> list[str]:
    combined = question.get("combined", [])
    return [
        question["outcome"],
        *question["markers"],
        *question.get("report_by", []),
        *[marker for entry in combined for marker in entry["markers"]],
        *[code for entry in question.get("added", []) for code in (*entry["base"], *entry["markers"])],
    ]


def _in_calibration(question: Definition) -> list[str]:
    return [question["outcome"], *_in_models(question["models"])]


def _in_missingness(question: Definition) -> list[str]:
    return [question["outcome"], *question["variables"]]


def _in_looks(question: Definition) -> list[str]:
    _require_computable(question)
    asked = [*question.get("estimates", []), *question.get("hypotheses", [])]
    named = [code for entry in asked for code in _in_quantity(entry)]
    return [*([question["outcome"]] if "outcome" in question else []), *named]


def _in_planning(question: Definition) -> list[str]:
    _require_computable(question)
    asked = [*question.get("models", []), *question.get("precision", [])]
    return [question["outcome"], *[code for entry in asked for code in _in_quantity(entry)]]


def _in_quantity(entry: Definition) -> list[str]:
    """The variables that one model or one number of a plan is made from."""
    named = [entry[key] for key in ("outcome", "x", "y", "marker", "variable") if key in entry]
    return [*named, *entry.get("covariates", [])]


def _require_computable(question: Definition) -> None:
    """Refuse numbers that could not be followed or foretold as they are asked for."""
    wrong = wrong_with(question)
    if wrong:
        raise PlanError(f"question {question['slug']}: {'; '.join(wrong)}")


def _in_sensitivity(question: Definition) -> list[str]:
    return [
        question["outcome"],
        *question["covariates"],
        *question.get("auxiliary", []),
        *question.get("below_detection", []),
        *question.get("given", []),
        *([question["by"]] if "by" in question else []),
    ]


def _in_survival(question: Definition) -> list[str]:
    models = question.get("models", [])
    return [
        *question["outcomes"],
        *([question["by"]] if "by" in question else []),
        *[model["outcome"] for model in models],
        *_in_models(models),
        *[stratum for model in models for stratum in model.get("strata", [])],
        *question.get("areas", {}).get("markers", {}),
    ]


def _in_validation(question: Definition) -> list[str]:
    timed = [question["follow_up"]] if "follow_up" in question else []
    return [question["outcome"], *question["model"]["covariates"], *timed]


def _in_models(models: list[Definition]) -> list[str]:
    return [covariate for model in models for covariate in model["covariates"]]


def _in_agreement(question: Definition) -> list[str]:
    graded = [question[part] for part in ("presence", "classes") if part in question]
    return [question["score"], *graded, *question.get("parts", [])]


def _in_longitudinal(question: Definition) -> list[str]:
    by = [question["by"]] if "by" in question else []
    return [question["lab"], question["outcome"], *by, *question.get("covariates", [])]


NAMED_IN: dict[str, Callable[[Definition], list[str]]] = {
    "agreement": _in_agreement,
    "calibration": _in_calibration,
    "comparison": _in_comparison,
    "correlation": _in_correlation,
    "logistic": _in_logistic,
    "longitudinal": _in_longitudinal,
    "looks": _in_looks,
    "missingness": _in_missingness,
    "planning": _in_planning,
    "roc": _in_roc,
    "sensitivity": _in_sensitivity,
    "survival": _in_survival,
    "validation": _in_validation,
}
