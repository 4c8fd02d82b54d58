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
