"""Every kind of question, on plain tables: no database, no Django."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.plan import load_plan
from analytics.questions import Answer, answer
from analytics.questions.columns import Columns
from tests.analytics.tables import below_detection, draws_of, mhd, nhanes, paper_like, readings_of

TABLES = {"mhd": below_detection(mhd()), "nhanes-aac": nhanes(), "paper-roc": paper_like()}
SERIAL = {"mhd": (draws_of(TABLES["mhd"]), readings_of(TABLES["mhd"]))}
SEARCHED = {"longitudinal": 1e-5}
"""The mixed model's criterion is flat where a variance is near zero, so that other bits end elsewhere."""
QUESTIONS = [(name, question["slug"]) for name in TABLES for question in load_plan(name).questions]


def ask(plan: str, slug: str, frame: pd.DataFrame | None = None, **memory: Any) -> Answer:
    loaded = load_plan(plan)
    table = TABLES[plan] if frame is None else frame
    draws, readings = (of_patients(serial, table) for serial in SERIAL.get(plan, (None, None)))
    return answer(
        loaded.question(slug), loaded.variables, table, draws=draws, readings=readings, memory=memory
    )


def of_patients(serial: pd.DataFrame | None, frame: pd.DataFrame) -> pd.DataFrame | None:
    """The rows of a table's patients, wherever they stand in it."""
    if serial is None:
        return None
    place = frame.index.get_indexer(serial["patient"])
    return serial.assign(patient=place)[place >= 0]


@pytest.mark.parametrize(("plan", "slug"), QUESTIONS)
class TestEveryQuestion:
    def test_is_answered_in_plain_json(self, plan: str, slug: str) -> None:
        given = ask(plan, slug)
        assert given.status == "done"
        for part in (given.payload, given.guards, given.estimates, given.memory):
            assert json.loads(json.dumps(part, allow_nan=False)) == part

    def test_does_not_depend_on_the_order_of_patients(self, plan: str, slug: str) -> None:
        shuffled = TABLES[plan].sample(frac=1, random_state=1)
        given, again = ask(plan, slug), ask(plan, slug, shuffled)
        kind = load_plan(plan).question(slug)["kind"]
        assert_close(given.payload, again.payload, rel=SEARCHED.get(kind, 1e-7))

    def test_survives_a_table_without_values(self, plan: str, slug: str) -> None:
        empty = TABLES[plan].assign(**dict.fromkeys(("mg", "ca", "p", "aac24", "age"), np.nan))
        given = ask(plan, slug, empty.assign(terminal_status=None))
        json.dumps([given.payload, given.guards, given.reason], allow_nan=False)

    def test_says_why_without_patients(self, plan: str, slug: str) -> None:
        given = ask(plan, slug, TABLES[plan].head(0))
        assert (given.status, given.reason) == ("not_estimable", {"code": "no_patients"})


def assert_close(one: Any, other: Any, *, rel: float) -> None:
    """Equal, but for the last bits of sums taken in another order."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            assert_close(one[key], other[key], rel=rel)
    elif isinstance(one, list):
        assert len(one) == len(other)
        for left, right in zip(one, other, strict=True):
            assert_close(left, right, rel=rel)
    elif isinstance(one, float):
        assert other == pytest.approx(one, rel=rel, abs=1e-12)
    else:
        assert one == other


class TestColumns:
    VARIABLES: dict[str, Any] = {
        "died": {"from": "terminal_status", "in": ["death_cv"], "unknown": ["lost"]},
        "calcified": {"from": "aac24", "at_least": 1},
        "smoking": {"levels": [{"code": "never"}, {"code": "former"}, {"code": "current"}]},
        "group": {"levels": [{"code": "mhd"}, {"code": "control"}], "is_design": True},
        "mg": {},
    }
    FRAME = pd.DataFrame(
        {
            "group": ["mhd", "mhd", "control", "mhd", "mhd"],
            "terminal_status": ["death_cv", "", "", "lost", None],
            "aac24": [0.0, 1.0, 24.0, np.nan, 3.0],
            "smoking": ["never", "current", "pipe", None, "former"],
        }
    )

    def columns(self, **population: list[str]) -> Columns:
        return Columns(self.FRAME, self.VARIABLES, population)

    def test_a_status_among_some_is_yes_and_one_unknown_is_missing(self) -> None:
        assert self.columns().labels("died").tolist() == ["yes", "no", "no", None, None]

    def test_a_cut_off(self) -> None:
        np.testing.assert_array_equal(self.columns().numbers("calcified"), [0, 1, 1, np.nan, 1])

    def test_a_level_that_the_plan_does_not_know_is_missing(self) -> None:
        assert self.columns().labels("smoking").tolist() == ["never", "current", None, None, "former"]

    def test_a_column_that_was_never_recorded_is_missing_throughout(self) -> None:
        assert self.columns().is_missing("mg").all()

    def test_the_population(self) -> None:
        assert self.columns(group=["mhd"]).n == 4
        assert self.columns().design_groups() == {"mhd": 4, "control": 1}
        assert self.columns(group=["mhd"]).design_groups() == {"mhd": 4}

    def test_complete_cases(self) -> None:
        assert self.columns().complete(["died", "calcified"]).tolist() == [True, True, True, False, False]
