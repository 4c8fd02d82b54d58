"""Plans are data: what is shipped can be carried out, and what cannot is refused by name."""

import copy
from typing import Any

import pytest

from analytics.plan import PlanError, load_plan, plan_names, read_plan
from analytics.plan.options import OPTIONS
from analytics.questions import ANSWERED_BY

ASKED = {
    "mhd": [
        "groups",
        "cvd-death-groups",
        "calcification-groups",
        "correlations",
        "correlations-mhd",
        "calcification-univariable",
        "calcification-multivariable",
        "cvd-death-univariable",
        "cvd-death-multivariable",
        "cvd-death-roc",
        "calcification-roc",
        "cvd-death-survival",
        "cvd-death-calibration",
        "cvd-death-validation",
        "size-and-precision",
        "looks",
        "phosphorus-over-time",
        "magnesium-over-time",
        "calcification-agreement",
        "missing-values",
        "cvd-death-sensitivity",
        "detection-limits",
    ],
    "paper-roc": ["cvd-death-roc"],
}

SMALL: dict[str, Any] = {
    "name": "small",
    "version": 1,
    "title": "A small plan",
    "variables": {
        "mg": {"label": "Magnesium"},
        "died": {"label": "Death", "from": "terminal_status", "in": ["death_cv"]},
    },
    "questions": [
        {"slug": "roc", "kind": "roc", "title": "ROC", "why": "", "outcome": "died", "markers": ["mg"]}
    ],
}


def small(**question: Any) -> dict[str, Any]:
    content = copy.deepcopy(SMALL)
    content["questions"][0] |= question
    return content


def test_three_plans_are_shipped() -> None:
    assert plan_names() == ("mhd", "nhanes-aac", "paper-roc")


@pytest.mark.parametrize("name", plan_names())
def test_a_shipped_plan_says_what_and_why(name: str) -> None:
    plan = load_plan(name)
    assert plan.name == name
    assert len(plan.sha256) == 64
    for question in plan.questions:
        assert question["title"]
        assert question["why"].endswith(".")


@pytest.mark.parametrize("name", ASKED)
def test_the_questions_asked(name: str) -> None:
    assert [question["slug"] for question in load_plan(name).questions] == ASKED[name]


def test_the_primary_model_leaves_out_the_product_that_the_replication_holds() -> None:
    primary, *_further, paper = load_plan("mhd").question("cvd-death-multivariable")["models"]
    assert primary["is_primary"]
    assert paper["is_replication"]
    assert paper["covariates"] == ["age", "mg", "ca", "p", "ca_x_p", "vit_d25"]
    assert set(paper["covariates"]) - set(primary["covariates"]) == {"ca_x_p"}


def test_cut_offs_are_data() -> None:
    for name in ("mhd", "nhanes-aac"):
        variables = load_plan(name).variables
        assert (variables["calcified"]["at_least"], variables["calcified_severe"]["at_least"]) == (1, 6)


def test_an_unknown_plan_is_refused_with_those_there_are() -> None:
    with pytest.raises(PlanError, match="no plan 'paper'; the plans are mhd, nhanes-aac, paper-roc"):
        load_plan("paper")


def test_an_undeclared_variable_is_refused_by_name() -> None:
    with pytest.raises(
        PlanError, match="question roc of plan small names ca, which the plan does not declare"
    ):
        read_plan(small(markers=["mg", "ca"]))


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"kind": "comparison", "by": "died", "groups": ["yes"], "variables": ["mg"]}, "fewer than two"),
        ({"compare": [{"x": "mg", "y": ["died"]}]}, "with 1 others"),
        ({"compare": [{"x": "mg", "y": ["died", "mg"], "between": "died"}]}, "with 2 others"),
    ],
)
def test_a_comparison_takes_two(question: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        read_plan(small(**{"kind": "correlation", "variables": ["mg"]} | question))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(PlanError, match="unknown kind, 'oracle'"):
        read_plan(small(kind="oracle"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"splines": {"p": 4}}, "bends or multiplies p, which it does not hold"),
        ({"interactions": [["mg", "ca"]]}, "bends or multiplies ca, which it does not hold"),
        ({"splines": {"mg": 9}}, "other than 3, 4 or 5 knots"),
        ({"added_to": "smaller"}, "added to smaller, which is no smaller model"),
        ({"added_to": "model"}, "added to model, which is no smaller model"),
    ],
)
def test_a_model_that_does_not_hold_together_is_refused(fields: dict[str, Any], said: str) -> None:
    model = {"name": "model", "title": "Model", "covariates": ["mg"]} | fields
    with pytest.raises(PlanError, match=f"model model of question roc .*{said}"):
        read_plan(small(kind="logistic", models=[model]))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"thresholds": {"k": [5.0]}}, "cut-offs for k, which is none of its markers"),
        ({"rules": {"best": True}}, "an unknown rule, 'best'"),
        ({"resamples": 100}, "without a seed"),
        ({"markers": ["mg"], "compare": "holm"}, "fewer than two markers"),
    ],
)
def test_what_no_curve_could_give_is_refused(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(PlanError, match=f"question roc: .*{said}"):
        read_plan(small(**asked))


@pytest.mark.parametrize(
    ("predictor", "said"),
    [
        ("peak", ": predictors.name is 'peak'; it takes baseline, landmark, time_averaged, time_updated"),
        ("landmark", " names no landmark"),
    ],
)
def test_a_use_of_measurements_that_is_not_known_is_refused(predictor: str, said: str) -> None:
    asked = {"kind": "longitudinal", "lab": "mg", "predictors": [{"name": predictor, "title": "Use"}]}
    with pytest.raises(PlanError, match=f"question roc{said}"):
        read_plan(small(**asked))


def test_areas_of_a_model_that_is_not_there_are_refused() -> None:
    areas = {"times": [12], "models": ["m"]}
    with pytest.raises(PlanError, match="areas of m, which is none of its models"):
        read_plan(small(kind="survival", outcomes=["mg"], areas=areas))


MODEL = {"name": "m", "title": "M", "outcome": "died", "covariates": ["mg"]}


@pytest.mark.parametrize(
    ("kind", "option", "said"),
    [
        ("agreement", {"tolerance": -1}, "tolerance is -1; it takes a number from 0"),
        ("calibration", {"resamples": 0}, "resamples is 0; it takes a whole number from 1"),
        ("calibration", {"thresholds": [0.1, 1]}, "thresholds is 1; it takes a number between 0 and 1"),
        ("comparison", {"adjust": "fdr"}, "adjust is 'fdr'; it takes holm, bonferroni, bh, by"),
        ("correlation", {"methods": ["foo"]}, "methods is 'foo'; it takes pearson, spearman, kendall"),
        ("correlation", {"adjust": "foo"}, "adjust is 'foo'; it takes holm"),
        ("correlation", {"strata": ["died", "mg"]}, "strata is .*; it takes one variable at most"),
        ("logistic", {"models": [MODEL | {"method": "lasso"}]}, "models.method is 'lasso'; it takes max"),
        ("longitudinal", {"times": [0, "three"]}, "times is 'three'; it takes a number from 0"),
        ("looks", {"alpha": 1.5}, "alpha is 1.5; it takes a number between 0 and 1"),
        ("looks", {"hypotheses": [{"locked_on": "May"}]}, "hypotheses.locked_on is 'May'; it takes a day"),
        ("planning", {"shrinkage": float("nan")}, "shrinkage is nan; it takes a number between 0 and 1"),
        ("roc", {"resamples": 2.5}, "resamples is 2.5; it takes a whole number from 1"),
        ("roc", {"resamples": True}, "resamples is True; it takes a whole number"),
        (
            "roc",
            {"rules": {"sensitivity_at_least": 90}},
            "rules.sensitivity_at_least is 90; it takes a share",
        ),
        ("roc", {"crossvalidation": {"folds": 20}}, "crossvalidation.folds is 20; .* from 2 to 10"),
        ("roc", {"partial": {"focus": "youden"}}, "partial.focus is 'youden'; it takes specificity"),
        ("sensitivity", {"imputations": 1}, "imputations is 1; it takes a whole number from 2"),
        ("sensitivity", {"iterations": 0}, "iterations is 0; it takes a whole number from 1"),
        ("survival", {"horizon": 0}, "horizon is 0; it takes a number above 0"),
        ("survival", {"interval": "logit"}, "interval is 'logit'; it takes log, log-log, plain"),
        ("survival", {"models": [MODEL | {"ties": "exact"}]}, "models.ties is 'exact'; it takes efron"),
        ("survival", {"areas": {"markers": {"mg": "auto"}}}, "areas.markers is 'auto'; it takes higher"),
        ("survival", {"models": [MODEL | {"strata": ["mg"]}]}, "models.strata is the measurement mg"),
        ("survival", {"by": "mg"}, "by is the measurement mg; it takes categories"),
        ("validation", {"threshold": "nonsense"}, "threshold is 'nonsense'; it takes youden, or a number"),
        ("validation", {"freeze_on": "bad"}, "freeze_on is 'bad'; it takes a day such as"),
        ("validation", {"freeze_on": 20210430}, "freeze_on is 20210430; it takes a day"),
    ],
)
def test_an_option_that_its_kind_does_not_take_is_refused(
    kind: str, option: dict[str, Any], said: str
) -> None:
    least = {"outcomes": ["died"], "variables": ["mg"], "by": "died", "groups": ["yes", "no"]}
    asked = {**least, "score": "mg", "lab": "mg", "covariates": ["mg"], "models": [], "model": MODEL}
    with pytest.raises(PlanError, match=f"question roc: {said}"):
        read_plan(small(**{"kind": kind, **asked} | option))


def test_every_kind_says_what_its_options_take() -> None:
    assert set(OPTIONS) == set(ANSWERED_BY)


def test_a_question_asked_twice_is_refused() -> None:
    content = small()
    content["questions"] *= 2
    with pytest.raises(PlanError, match="plan small asks 'roc' twice"):
        read_plan(content)


def test_a_question_is_found_by_its_name() -> None:
    plan = read_plan(small())
    assert plan.question("roc")["kind"] == "roc"
    with pytest.raises(PlanError, match="plan small has no question 'other'"):
        plan.question("other")
