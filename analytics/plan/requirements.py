"""What a question must hold to be carried out as it is written."""

from itertools import chain

from analytics.plan.curves import wrong_with_curves
from analytics.plan.definition import Definition, PlanError, Variables
from analytics.plan.estimands import wrong_with_numbers
from analytics.plan.options import GROUPED_BY, found_at, wrong_with_options

KNOTS = {3, 4, 5}
GROUPING = {"levels", "in", "at_least"}
"""Any of them makes groups of a variable's values."""


def require_complete(question: Definition, variables: Variables) -> None:
    """Refuse a question that cannot be answered as it is written, naming the entry at fault."""
    _require_options(question)
    _require_groups(question, variables)
    _require_consistent_models(question)
    _require_two(question)
    _require_known_areas(question)
    _require_landmark(question)
    _require_computable(question)


def _require_options(question: Definition) -> None:
    """Refuse an option that is none of those that its kind takes."""
    if wrong := list(wrong_with_options(question)):
        raise PlanError(f"question {question['slug']}: {'; '.join(wrong)}")


def _require_groups(question: Definition, variables: Variables) -> None:
    """Refuse a measurement in the place of what makes groups, or strata of a model."""
    for place in GROUPED_BY:
        for code in found_at(place, question):
            if not GROUPING & set(variables[code]):
                named = place.replace(".*", "")
                raise PlanError(
                    f"question {question['slug']}: {named} is the measurement {code}; it takes categories"
                )


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


def _require_known_areas(question: Definition) -> None:
    """Refuse areas over time of a model that the question does not have."""
    if question["kind"] != "survival":
        return
    wanted, models = question.get("areas", {}).get("models", []), question.get("models", [])
    absent = set(wanted) - {model["name"] for model in models}
    if absent:
        raise PlanError(
            f"question {question['slug']} asks for areas of {min(absent)}, which is none of its models"
        )


def _require_landmark(question: Definition) -> None:
    """Refuse a use of serial measurements at a landmark that is not named."""
    if question["kind"] != "longitudinal":
        return
    names = [predictor["name"] for predictor in question.get("predictors", [])]
    needed = {"landmark", "landmark_window"} if "landmark" in names else set()
    if needed - set(question):
        raise PlanError(f"question {question['slug']} names no {min(needed - set(question))}")


def _require_computable(question: Definition) -> None:
    """Refuse numbers and curves that could not be computed as they are asked for."""
    wrong: list[str] = []
    if question["kind"] in ("looks", "planning"):
        wrong = wrong_with_numbers(question)
    elif question["kind"] == "roc":
        wrong = list(wrong_with_curves(question))
    if wrong:
        raise PlanError(f"question {question['slug']}: {'; '.join(wrong)}")
