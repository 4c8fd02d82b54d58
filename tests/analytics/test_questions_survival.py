"""Survival questions: incidence with competing events, hazard ratios, and what is withheld of them."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.figures import Words, draw
from analytics.plan import PlanError, load_plan
from analytics.questions import Answer, answer
from analytics.questions.columns import Columns
from analytics.tables import tables
from registry.presentation.reasons import WORDING
from registry.presentation.suppression import withhold
from tests.analytics.tables import mhd, nhanes

MHD, NHANES = mhd(), nhanes()


def ask(frame: pd.DataFrame = MHD, **fields: Any) -> Answer:
    plan = load_plan("mhd")
    return answer(plan.question("cvd-death-survival") | fields, plan.variables, frame)


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


class TestModels:
    def test_the_cause_specific_and_the_subdistribution_hazard_stand_side_by_side(self) -> None:
        cause, sub, *_others = ask().payload["models"]
        assert (cause["estimand"], sub["estimand"]) == ("cause_specific", "subdistribution")
        assert [term["term"] for term in cause["terms"]] == [term["term"] for term in sub["terms"]]
        assert cause["n_missing"] == sub["n_missing"] > 0

    def test_hazard_ratios_per_unit_and_per_step_shown(self) -> None:
        term = ask().payload["models"][0]["terms"][1]
        assert term["variable"] == "mg"
        assert term["scaled"]["hazard_ratio"] == pytest.approx(term["hazard_ratio"] ** 0.1)

    def test_the_score_test_is_made_for_each_covariate_and_for_all(self) -> None:
        tested = ask().payload["models"][0]["proportional_hazards"]
        assert [term["variable"] for term in tested["terms"]] == ["age", "mg", "ca", "p", "vit_d25"]
        assert tested["overall"]["df"] == 5

    def test_an_effect_that_turns_is_remarked_on(self) -> None:
        frame = mhd(400)
        died = frame["terminal_status"] == "death_cv"
        early = frame["follow_up_months"] < 24
        turned = frame["mg"] + np.where(died, np.where(early, 0.4, -0.4), 0)
        remarked = [guard for guard in ask(frame.assign(mg=turned)).guards if guard["code"] == "G23"]
        assert "mg" in remarked[0]["found"]["terms"]

    def test_too_few_events(self) -> None:
        frame = mhd()
        events = frame.index[(frame["terminal_status"] == "death_cv")]
        frame.loc[events[9:], "terminal_status"] = ""
        cause, sub, *_others = ask(frame).payload["models"]
        assert cause["reason"]["code"] == sub["reason"]["code"] == "too_few_events"
        assert cause["terms"] == []

    def test_a_constant_covariate_is_named(self) -> None:
        cause, *_others = ask(MHD.assign(mg=1.0)).payload["models"]
        assert cause["reason"] == {"code": "constant", "variable": "mg"}

    def test_what_is_followed_over_time(self) -> None:
        followed = {(entry["term"], entry["quantity"]) for entry in ask().estimates}
        assert ("time_to_cvd_death.6-24", "cumulative_incidence") in followed
        assert ("primary.mg", "log_hazard_ratio") in followed
        assert ("primary.mg", "log_subdistribution_hazard_ratio") in followed


def test_a_logistic_model_of_the_outcome_points_to_the_question_over_time() -> None:
    plan = load_plan("mhd")
    given = answer(plan.question("cvd-death-multivariable"), plan.variables, MHD)
    [pointing] = [guard for guard in given.guards if guard["code"] == "G1"]
    assert pointing["found"]["question"] == "cvd-death-survival"


class TestOptions:
    def test_errors_between_sites_that_the_table_cannot_give_leave_those_of_the_model(self) -> None:
        told = ask().payload["models"][0]
        assert told["clusters"] == {"by": "site", "n_clusters": 0, "reason": {"code": "missing"}}
        few = ask(MHD.assign(site="ND")).payload["models"][0]
        assert few["clusters"]["reason"] == {"code": "too_few_clusters", "needed": 20}
        assert few["terms"] == told["terms"]

    def test_of_strata_there_is_no_subdistribution(self) -> None:
        *_others, cause, sub = ask().payload["models"]
        assert (cause["strata"], cause["reason"]) == (["diabetes"], None)
        assert sub["reason"] == {"code": "stratified_subdistribution"}

    def test_a_measurement_is_no_stratum(self) -> None:
        model = {"name": "m", "title": "M", "outcome": "time_to_cvd_death", "covariates": ["mg"]}
        with pytest.raises(PlanError, match="age"):
            ask(models=[model | {"strata": ["age"]}])

    def test_the_course_of_each_coefficient_is_told_at_even_times(self) -> None:
        [course, *others] = ask().payload["models"][0]["proportional_hazards"]["courses"]
        assert (course["variable"], len(others)) == ("age", 4)
        assert all(point["time"] == int(point["time"]) for point in course["course"])

    def test_areas_of_markers_and_of_a_model(self) -> None:
        areas = {area["name"]: area for area in ask().payload["areas"]}
        assert list(areas) == ["aac24", "mg", "p", "primary"]
        assert [areas[name]["risk"] for name in ("mg", "p")] == ["lower", "higher"]
        assert areas["primary"]["is_apparent"]
        assert areas["primary"]["at"][-1]["auc"] > 0.5

    def test_areas_are_followed_over_time(self) -> None:
        followed = {entry["term"] for entry in ask().estimates if entry["quantity"] == "time_dependent_auc"}
        assert {"time_to_cvd_death.mg.36", "time_to_cvd_death.primary.36"} <= followed


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
