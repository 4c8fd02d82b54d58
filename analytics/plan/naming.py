"""Which variables and tables a question names."""

from collections.abc import Callable, Iterable

from analytics.plan.definition import Definition, PlanError

READS = {"agreement": "readings", "longitudinal": "draws"}
"""What a kind of question reads beside the table of patients."""


def tables_read(questions: Iterable[Definition]) -> set[str]:
    """The tables that questions read beside that of patients."""
    return {READS[question["kind"]] for question in questions if question["kind"] in READS}


def followed_questions(looks: Definition) -> set[str]:
    """The questions whose numbers a question of looks follows, however often they are asked."""
    return {slug for entry in looks.get("estimates", []) for slug in entry.get("for", [])}


def named_variables(question: Definition) -> list[str]:
    """Every variable that a question definition names."""
    kind = question["kind"]
    if kind not in NAMED_IN:
        raise PlanError(f"question {question['slug']} is of an unknown kind, {kind!r}")
    return NAMED_IN[kind](question)


def _in_agreement(question: Definition) -> list[str]:
    graded = [question[part] for part in ("presence", "classes") if part in question]
    return [question["score"], *graded, *question.get("parts", [])]


def _in_calibration(question: Definition) -> list[str]:
    return [question["outcome"], *_in_models(question["models"])]


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


def _in_longitudinal(question: Definition) -> list[str]:
    by = [question["by"]] if "by" in question else []
    return [question["lab"], question["outcome"], *by, *question.get("covariates", [])]


def _in_looks(question: Definition) -> list[str]:
    asked = [*question.get("estimates", []), *question.get("hypotheses", [])]
    named = [code for entry in asked for code in _in_quantity(entry)]
    return [*([question["outcome"]] if "outcome" in question else []), *named]


def _in_missingness(question: Definition) -> list[str]:
    return [question["outcome"], *question["variables"]]


def _in_planning(question: Definition) -> list[str]:
    asked = [*question.get("models", []), *question.get("precision", [])]
    return [question["outcome"], *[code for entry in asked for code in _in_quantity(entry)]]


def _in_quantity(entry: Definition) -> list[str]:
    """The variables that one model or one number of a plan is made from."""
    named = [entry[key] for key in ("outcome", "x", "y", "marker", "variable") if key in entry]
    return [*named, *entry.get("covariates", [])]


def _in_roc(question: Definition) -> list[str]:
    combined = question.get("combined", [])
    return [
        question["outcome"],
        *question["markers"],
        *question.get("report_by", []),
        *[marker for entry in combined for marker in entry["markers"]],
        *[code for entry in question.get("added", []) for code in (*entry["base"], *entry["markers"])],
    ]


def _in_sensitivity(question: Definition) -> list[str]:
    return [
        *([question["outcome"], *question["covariates"]] if "outcome" in question else []),
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
