"""Every kind of question, on plain tables: no database, no Django."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.plan import load_plan
from analytics.questions import Answer, answer
from analytics.questions.columns import Columns
from tests.analytics.tables import mhd, nhanes, paper_like

TABLES = {"mhd": mhd(), "nhanes-aac": nhanes(), "paper-roc": paper_like()}
QUESTIONS = [(name, question["slug"]) for name in TABLES for question in load_plan(name).questions]


def ask(plan: str, slug: str, frame: pd.DataFrame | None = None, **memory: Any) -> Answer:
    loaded = load_plan(plan)
    table = TABLES[plan] if frame is None else frame
    return answer(loaded.question(slug), loaded.variables, table, memory=memory)


def curves(given: Answer) -> dict[str, dict[str, Any]]:
    return {curve["marker"]: curve for curve in given.payload["curves"]}


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
        assert_close(given.payload, again.payload)

    def test_survives_a_table_without_values(self, plan: str, slug: str) -> None:
        empty = TABLES[plan].assign(**dict.fromkeys(("mg", "ca", "p", "aac24", "age"), np.nan))
        given = ask(plan, slug, empty.assign(terminal_status=None))
        json.dumps([given.payload, given.guards, given.reason], allow_nan=False)

    def test_says_why_without_patients(self, plan: str, slug: str) -> None:
        given = ask(plan, slug, TABLES[plan].head(0))
        assert (given.status, given.reason) == ("not_estimable", {"code": "no_patients"})


def assert_close(one: Any, other: Any) -> None:
    """Equal, but for the last bits of sums taken in another order."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            assert_close(one[key], other[key])
    elif isinstance(one, list):
        assert len(one) == len(other)
        for left, right in zip(one, other, strict=True):
            assert_close(left, right)
    elif isinstance(one, float):
        assert other == pytest.approx(one, rel=1e-7, abs=1e-12)
    else:
        assert one == other


class TestPaperRoc:
    """The printed areas, and the only counts that the printed percentages allow."""

    @pytest.mark.parametrize(
        ("marker", "auc", "counts"),
        [
            ("mg", 0.895, (42, 6, 2, 150)),
            ("ca", 0.802, (32, 16, 14, 138)),
            ("p", 0.851, (35, 13, 0, 152)),
            ("combined", 0.921, (39, 9, 10, 142)),
        ],
    )
    def test_printed_row(self, marker: str, auc: float, counts: tuple[int, ...]) -> None:
        curve = curves(ask("paper-roc", "cvd-death-roc"))[marker]
        assert round(curve["auc"], 3) == auc
        assert (curve["tp"], curve["fn"], curve["fp"], curve["tn"]) == counts
        assert (curve["n"], curve["n_events"]) == (200, 48)


class TestRoc:
    def test_points_begin_and_end_in_the_corners_and_keep_the_area(self) -> None:
        curve = curves(ask("paper-roc", "cvd-death-roc"))["mg"]
        across = [1 - point["specificity"] for point in curve["points"]]
        up = [point["sensitivity"] for point in curve["points"]]
        assert (across[0], up[0], across[-1], up[-1]) == (1, 1, 0, 0)
        assert -np.trapezoid(up, across) == pytest.approx(curve["auc"], abs=1e-12)

    def test_the_direction_is_decided_once_and_then_kept(self) -> None:
        first = ask("paper-roc", "cvd-death-roc")
        assert first.memory["directions"]["mg"] == ">"
        turned = paper_like().assign(mg=lambda table: -table["mg"])
        later = ask("paper-roc", "cvd-death-roc", turned, **first.memory)
        assert curves(later)["mg"]["direction"] == ">"
        assert curves(later)["mg"]["auc"] == pytest.approx(1 - curves(first)["mg"]["auc"])
        assert later.memory == first.memory
        assert [guard["found"]["marker"] for guard in later.guards if guard["code"] == "G11"] == ["mg"]

    def test_each_marker_on_its_own_complete_cases(self) -> None:
        frame = paper_like()
        frame.loc[:9, "mg"] = np.nan
        found = curves(ask("paper-roc", "cvd-death-roc", frame))
        assert {name: (curve["n"], curve["n_missing"]) for name, curve in found.items()} == {
            "mg": (190, 10),
            "ca": (200, 0),
            "p": (200, 0),
            "combined": (190, 10),
        }

    def test_too_few_events(self) -> None:
        frame = paper_like()
        events = frame.index[frame["terminal_status"] == "death_cv"]
        frame.loc[events[9:], "terminal_status"] = "admin_end"
        given = ask("paper-roc", "cvd-death-roc", frame)
        assert given.status == "not_estimable"
        assert given.reason == {"code": "too_few_events", "n_events": 9, "n_others": 191, "needed": 10}

    def test_the_area_is_followed_over_time(self) -> None:
        [area] = [
            entry
            for entry in ask("paper-roc", "cvd-death-roc").estimates
            if (entry["term"], entry["quantity"]) == ("mg", "auc")
        ]
        assert area["ci_low"] < area["value"] < area["ci_high"]
        assert (area["n"], area["n_events"]) == (200, 48)


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
