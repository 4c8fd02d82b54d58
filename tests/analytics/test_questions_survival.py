"""Survival questions: incidence with competing events, hazard ratios, and what is withheld of them."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.figures import Words, draw
from analytics.plan import load_plan
from analytics.questions import Answer, answer
from analytics.questions.columns import Columns
from analytics.tables import tables
from registry.presentation.reasons import WORDING
from registry.presentation.suppression import withhold
from tests.analytics.survival import MHD, ask
from tests.analytics.tables import mhd, nhanes

NHANES = nhanes()


def first(given: Answer) -> dict[str, Any]:
    outcome: dict[str, Any] = given.payload["outcomes"][0]
    return outcome


def ended(*statuses: str) -> pd.DataFrame:
    """Patients who ended so, one a month."""
    return pd.DataFrame(
        {
            "group": "mhd",
            "terminal_status": list(statuses),
            "follow_up_months": np.arange(1.0, len(statuses) + 1),
            "aac24": 0.0,
        }
    )


class TestIncidence:
    def test_by_hand_with_a_competing_event(self) -> None:
        """Of four the first dies, the second is transplanted, the third is lost, the last dies."""
        given = ask(ended("death_cv", "transplant", "lost", "death_cv"), by=None, horizon=4, times=[0, 1, 4])
        [everyone] = first(given)["by_group"]
        assert [point["cumulative_incidence"] for point in everyone["at"]] == pytest.approx([0, 0.25, 0.75])
        assert [point["n_risk"] for point in everyone["at"]] == [4, 4, 1]
        assert (everyone["n_events"], everyone["n_competing"]) == (2, 1)
        assert everyone["rate"] == pytest.approx(2 / (10 / 12) * 100)
        assert everyone["restricted_mean"] == pytest.approx(1 + 0.75 + 0.5 + 0.5)

    def test_one_minus_kaplan_meier_gives_way_to_its_reason(self) -> None:
        given = ask()
        assert first(given)["estimand"] == "aalen_johansen"
        assert first(given)["one_minus_kaplan_meier_reason"] == {"code": "competing_events"}
        [blocked] = [guard for guard in given.guards if guard["code"] == "G2"]
        assert blocked["severity"] == "block"

    def test_kaplan_meier_where_nothing_competes(self) -> None:
        plan = load_plan("nhanes-aac")
        given = answer(plan.question("mortality-survival"), plan.variables, NHANES)
        everything, cardiovascular = given.payload["outcomes"]
        assert (everything["estimand"], everything["test"]["name"]) == ("kaplan_meier", "logrank")
        assert (cardiovascular["estimand"], cardiovascular["test"]["name"]) == ("aalen_johansen", "gray")
        assert [group["group"] for group in everything["by_group"]] == ["0-1", "2-5", "6-24"]
        at = everything["by_group"][0]["at"][-1]
        assert at["ci_low"] < at["cumulative_incidence"] < at["ci_high"]

    def test_nothing_is_said_of_times_nobody_was_followed_to(self) -> None:
        given = ask(horizon=500, times=[0, 500])
        for group in first(given)["by_group"]:
            assert group["at_horizon"]["cumulative_incidence"] is None
            assert group["at_horizon"]["reason"] == {"code": "after_follow_up"}
            assert (group["restricted_mean"] is None) == (group["restricted_mean_reason"] is not None)
        assert not [entry for entry in given.estimates if entry["quantity"] == "cumulative_incidence"]

    def test_patients_without_follow_up_or_group_are_counted_as_missing(self) -> None:
        frame = mhd()
        frame.loc[:4, "terminal_status"] = None
        frame.loc[5:6, "aac24"] = np.nan
        assert (first(ask(frame))["n"], first(ask(frame))["n_missing"]) == (193, 7)

    def test_without_follow_up_it_says_so(self) -> None:
        given = ask(MHD.assign(terminal_status=None))
        assert (given.status, given.reason) == ("not_estimable", {"code": "no_follow_up"})


def test_a_logistic_model_of_the_outcome_points_to_the_question_over_time() -> None:
    plan = load_plan("mhd")
    given = answer(plan.question("cvd-death-multivariable"), plan.variables, MHD)
    [pointing] = [guard for guard in given.guards if guard["code"] == "G1"]
    assert pointing["found"]["question"] == "cvd-death-survival"


class TestTooLittle:
    """Whatever the patients are like, it is an answer and not an error."""

    @pytest.mark.parametrize(
        "frame",
        [
            MHD.assign(terminal_status=""),
            MHD.assign(terminal_status="death_cv"),
            MHD.assign(follow_up_months=12.0),
            MHD.assign(follow_up_months=0.0),
            MHD.assign(mg=np.nan),
            MHD.assign(aac24=np.nan),
            MHD.assign(aac24=1.0),
            MHD.assign(mg=(MHD["terminal_status"] == "death_cv").astype(float)),
            MHD[MHD["group"] == "mhd"].head(3),
        ],
        ids=[
            "nobody has it",
            "everybody has it",
            "one time",
            "no time",
            "a covariate is missing throughout",
            "no group",
            "one group",
            "a covariate foretells perfectly",
            "three patients",
        ],
    )
    def test_it_says_why(self, frame: pd.DataFrame) -> None:
        given = ask(frame)
        json.dumps(given.payload, allow_nan=False)
        reasons = [model["reason"] for model in given.payload["models"] if not model["terms"]]
        assert all(reason["code"] in WORDING for reason in reasons)
        assert all(
            point["reason"] for area in given.payload["areas"] for point in area["at"] if point["auc"] is None
        )
        words = Words(load_plan("mhd").variables)
        draw("survival", given.payload, words)
        tables("survival", given.payload, words)


class TestColumns:
    VARIABLES: dict[str, Any] = {
        "class": {"from": "aac24", "cuts": [2, 6], "levels": [{"code": "0"}, {"code": "2"}, {"code": "6"}]},
        "time": {
            "from": "status",
            "time": "months",
            "event": ["dead"],
            "competing": ["moved"],
            "censored": [""],
        },
    }

    def columns(self, **values: list[Any]) -> Columns:
        return Columns(pd.DataFrame(values), self.VARIABLES, {})

    def test_classes_begin_at_their_cut(self) -> None:
        columns = self.columns(aac24=[0, 1.9, 2, 6, np.nan])
        assert columns.labels("class").tolist() == ["0", "0", "2", "6", None]

    def test_how_follow_up_ended(self) -> None:
        columns = self.columns(
            status=["dead", "moved", "", None, "dead"], months=[1.0, 2.0, 3.0, 4.0, np.nan]
        )
        _time, status = columns.follow_up("time")
        np.testing.assert_array_equal(status, [1, 2, 0, np.nan, np.nan])


class TestWithheld:
    """What an account without access to records sees."""

    def test_no_step_of_a_curve_and_no_small_number_at_risk(self) -> None:
        seen = withhold(ask().payload, 5)
        for group in seen["outcomes"][0]["by_group"]:
            assert group["steps"] == []
            for point in group["at"]:
                assert point["n_risk"] is None or point["n_risk"] >= 5
                assert point["n_events"] is None or point["n_events"] == 0 or point["n_events"] >= 5
                if point["n_events"] is None:
                    assert point["cumulative_incidence"] is None

    def test_a_small_group_takes_another_with_it(self) -> None:
        frame = mhd().assign(aac24=lambda table: np.where(table.index < 5, 24.0, table["aac24"] % 6))
        groups = withhold(ask(frame).payload, 8)["outcomes"][0]["by_group"]
        assert [group["n"] is None for group in groups].count(True) == 2
        assert groups[2]["at_horizon"]["cumulative_incidence"] is None
        assert groups[2]["at"] == []


class TestShown:
    @staticmethod
    def shown(payload: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        words = Words(load_plan("mhd").variables)
        return draw("survival", payload, words), tables("survival", payload, words)

    def test_numbers_at_risk_stand_under_the_axis(self) -> None:
        payload = ask().payload
        [curves, ratios, *_others], _tables = self.shown(payload)
        assert (curves.name, ratios.name) == ("incidence-time_to_cvd_death", "hazard-ratios")
        assert "Patients at risk" in curves.svg
        for group in payload["outcomes"][0]["by_group"]:
            for point in group["at"]:
                assert f">{point['n_risk']}</text>" in curves.svg

    def test_each_band_has_the_colour_of_its_group(self) -> None:
        [curves, *_others], _tables = self.shown(ask().payload)
        assert "fig-band-1" in curves.svg
        assert "fig-band-2" in curves.svg

    def test_the_legend_counts_the_events_that_are_drawn(self) -> None:
        payload = ask(horizon=12, times=[0, 12]).payload
        [curves, *_others], _tables = self.shown(payload)
        for group in payload["outcomes"][0]["by_group"]:
            so_far = group["at_horizon"]["n_events"]
            assert so_far < group["n_events"]
            assert f">{so_far} events in {group['n']} by 12 months</text>" in curves.svg

    def test_without_steps_there_are_points_alone(self) -> None:
        payload = ask().payload
        for group in payload["outcomes"][0]["by_group"]:
            group["steps"] = []
        [curves, *_others], _tables = self.shown(payload)
        assert "<polyline" not in curves.svg
        assert curves.svg.count("<circle") == sum(
            point["cumulative_incidence"] is not None
            for group in payload["outcomes"][0]["by_group"]
            for point in group["at"]
        )

    def test_the_tables_say_how(self) -> None:
        _figures, [incidence, _event_free, models, *_areas] = self.shown(ask().payload)
        assert "Aalen and Johansen" in incidence.note
        assert "Gray's test" in incidence.note
        assert incidence.rows[0].heading == "AAC-24 0 to 1"
        assert models.rows[0].heading == "Primary model, without Ca×P: cause-specific hazard (Cox)"
        assert models.rows[2].heading == "Magnesium, per 0.1 mmol/L"

    def test_without_groups_and_models(self) -> None:
        given = ask(by=None, models=[])
        [curves, *_areas], [incidence, *_others] = self.shown(given.payload)
        assert "Everyone" in curves.svg
        assert incidence.rows[0].heading == "Everyone"
