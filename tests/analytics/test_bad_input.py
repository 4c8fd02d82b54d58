"""What no measurement can be, in every kind of question: a reason, never a traceback, a warning or NaN."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.plan import load_plan
from analytics.questions import Answer, answer
from registry.presentation.reasons import WORDING
from tests.analytics.tables import draws_of, mhd, nhanes, readings_of

Change = Callable[["pd.Series[Any]"], "pd.Series[Any]"]

TABLES = {"mhd": mhd(60), "nhanes-aac": nhanes(120)}
DRAWS, READINGS = draws_of(TABLES["mhd"]), readings_of(TABLES["mhd"])
SMALL = {"resamples": 2, "imputations": 2, "iterations": 2}


def of_each_kind(plan: str) -> list[tuple[str, str]]:
    """The first question of each kind."""
    first = {question["kind"]: question["slug"] for question in reversed(load_plan(plan).questions)}
    return [(plan, slug) for slug in first.values()]


every_kind = pytest.mark.parametrize(
    ("plan", "slug"), [asked for plan in TABLES for asked in of_each_kind(plan)]
)


def ask(
    plan: str,
    slug: str,
    frame: pd.DataFrame | None = None,
    draws: pd.DataFrame = DRAWS,
    readings: pd.DataFrame = READINGS,
) -> Answer:
    """An answer that is plain JSON, from few repetitions."""
    loaded, table = load_plan(plan), TABLES[plan] if frame is None else frame
    question = loaded.question(slug)
    question = question | {name: few for name, few in SMALL.items() if name in question}
    serial = {"draws": draws, "readings": readings} if plan == "mhd" else {}
    given = answer(question, loaded.variables, table, **serial, memory={"decided": 1})
    parts = [given.payload, given.guards, given.estimates, given.memory, given.reason]
    assert json.loads(json.dumps(parts, allow_nan=False)) == parts
    return given


def changed(plan: str, slug: str, change: Change) -> Answer:
    """The answer where phosphorus, and the score that was read, are changed."""
    frames = (TABLES[plan], DRAWS, READINGS)
    return ask(
        plan,
        slug,
        *(
            frame.assign(**{name: change(frame[name])})
            for frame, name in zip(frames, ("p", "p", "aac24"), strict=True)
        ),
    )


def with_fourth(value: object) -> Change:
    return lambda values: values.astype(object).where(np.arange(len(values)) != 3, value)


@every_kind
class TestOneColumn:
    @pytest.mark.parametrize(
        ("change", "code"),
        [
            (with_fourth("high"), "not_numeric"),
            (lambda values: values * 1e300, "overflow"),
            (lambda values: values * 1e-300, "overflow"),
        ],
        ids=["text", "huge", "tiny"],
    )
    def test_what_cannot_be_computed_with_is_refused_by_name(
        self, plan: str, slug: str, change: Change, code: str
    ) -> None:
        given = changed(plan, slug, change)
        variable = "aac24" if slug == "calcification-agreement" else "p"
        assert {"code": code, "variable": variable} in reasons(given.payload | {"reason": given.reason})

    @pytest.mark.parametrize(
        "change",
        [
            with_fourth(np.inf),
            lambda values: (values * 2.0**58).astype("int64"),
            with_fourth(None),
        ],
        ids=["infinite", "large", "objects"],
    )
    def test_what_can_be_computed_with_is_answered(self, plan: str, slug: str, change: Change) -> None:
        given = changed(plan, slug, change)
        assert given.reason is None or given.reason["code"] in WORDING


def reasons(entry: Any) -> list[Any]:
    """Every reason that is given anywhere."""
    if isinstance(entry, list):
        return [found for each in entry for found in reasons(each)]
    if isinstance(entry, dict):
        return [entry.get("reason"), *(found for each in entry.values() for found in reasons(each))]
    return []


@pytest.mark.parametrize(
    "change",
    [with_fourth("high"), lambda values: values * 1e300, with_fourth(np.inf)],
    ids=["text", "huge", "infinite"],
)
@pytest.mark.parametrize(
    ("slug", "listed", "spoilt"),
    [
        ("groups", "rows", {"p"}),
        ("correlations", "pairs", {"p"}),
        ("correlations-mhd", "pairs", {"p"}),
        ("calcification-univariable", "models", {"p"}),
        ("calcification-roc", "curves", {"p", "combined"}),
        ("calcification-roc", "compared", {"p"}),
        ("calcification-agreement", "rows", {"calcified", "aac24_class"}),
        ("missing-values", "rows", {"p"}),
        ("cvd-death-survival", "areas", {"p", "primary"}),
    ],
)
def test_a_column_takes_no_other_along(change: Change, slug: str, listed: str, spoilt: set[str]) -> None:
    whole, given = ask("mhd", slug), changed("mhd", slug, change)
    assert given.status == "done"
    for before, after in zip(whole.payload[listed], given.payload[listed], strict=True):
        if spoilt & {after.get(part) for part in ("variable", "x", "y", "name", "marker")}:
            is_infinite = change(pd.Series(np.ones(5)))[3] == np.inf
            assert after["reason"] is not None or (slug == "missing-values" and is_infinite)
        else:
            assert _alone(after) == _alone(before)


def _alone(entry: Any) -> Any:
    """All that is said of one entry, without what a family of tests shares and the last rounding errors."""
    if isinstance(entry, float):
        return float(f"{entry:.12g}")
    if isinstance(entry, dict):
        return {name: _alone(value) for name, value in entry.items() if name != "p_adjusted"}
    return [_alone(each) for each in entry] if isinstance(entry, list) else entry


@pytest.mark.parametrize("value", ["high", np.inf])
def test_a_covariate_spoils_only_what_is_given_it(value: object) -> None:
    whole = ask("mhd", "correlations-mhd")
    given = ask("mhd", "correlations-mhd", TABLES["mhd"].assign(age=with_fourth(value)(TABLES["mhd"]["age"])))
    for before, after in zip(whole.payload["pairs"], given.payload["pairs"], strict=True):
        assert after["r"] == before["r"]
        if "partial" in after:
            assert after["partial"]["reason"]["variable"] == "age"


def test_what_is_below_detection_spoils_no_other() -> None:
    frame = TABLES["mhd"].assign(hs_crp_limit="<", bmp7_limit="<")
    whole = ask("mhd", "cvd-death-sensitivity", frame).payload["rows"]
    given = ask("mhd", "cvd-death-sensitivity", frame.assign(hs_crp="low")).payload["rows"]
    for before, after in zip(whole, given, strict=True):
        if after["variable"] == "hs_crp":
            assert after["reason"] == {"code": "not_numeric", "variable": "hs_crp"}
        else:
            assert after == before


def test_a_level_that_cannot_be_told_spoils_no_curve() -> None:
    whole = ask("mhd", "calcification-roc")
    given = ask("mhd", "calcification-roc", TABLES["mhd"].assign(age="old"))
    assert [curve["auc"] for curve in given.payload["curves"]] == [
        curve["auc"] for curve in whole.payload["curves"]
    ]
    [classes] = [part for part in given.payload["curves"][0]["subgroups"] if part["variable"] == "age_class"]
    assert {part["reason"]["code"] for part in classes["within"]} == {"not_numeric"}


@pytest.mark.parametrize("value", ["high", np.inf, 1e300])
def test_a_model_of_several_says_which_variable(value: object) -> None:
    frame = TABLES["mhd"].assign(p=with_fourth(value)(TABLES["mhd"]["p"]))
    for model in ask("mhd", "calcification-multivariable", frame).payload["models"]:
        assert model["reason"]["variable"] == "p"


@every_kind
class TestTables:
    def test_a_column_that_stands_twice_is_refused(self, plan: str, slug: str) -> None:
        table = TABLES[plan]
        given = ask(plan, slug, pd.concat([table, table[["p"]]], axis=1))
        assert (given.status, given.reason) == ("not_estimable", {"code": "repeated_columns"})
        assert given.memory == {"decided": 1}

    def test_follow_up_without_end(self, plan: str, slug: str) -> None:
        endless = TABLES[plan].assign(follow_up_months=np.inf)
        given = ask(plan, slug, endless)
        assert given.reason is None or given.reason["code"] in WORDING


def test_a_month_without_end_is_refused() -> None:
    given = ask("mhd", "phosphorus-over-time", draws=DRAWS.assign(months=np.inf))
    assert given.reason == {"code": "infinite", "variable": "months"}
    assert given.payload == {"n": 60}


def test_a_grade_that_no_scale_has_is_not_known() -> None:
    given = ask("mhd", "calcification-agreement", readings=READINGS.assign(l1_anterior=1e18))
    [row] = [row for row in given.payload["rows"] if row["variable"] == "l1_anterior"]
    assert (row["n"], row["kappa"]) == (0, None)
