"""Hazard ratios of a survival question: what a plan can ask of a model, and what is not shown of it."""

from typing import Any

import numpy as np
import pytest

from analytics.figures import Words, draw
from analytics.plan import load_plan
from analytics.statistics.survival.cox import cox
from registry.presentation.guards import remark
from tests.analytics.survival import MHD, ask
from tests.analytics.tables import mhd


class TestModels:
    def test_the_cause_specific_and_the_subdistribution_hazard_stand_side_by_side(self) -> None:
        cause, sub, *_others = ask().payload["models"]
        assert (cause["estimand"], sub["estimand"]) == ("cause_specific", "subdistribution")
        assert cause["name"] == sub["name"] == "primary"
        assert [term["term"] for term in cause["terms"]] == [term["term"] for term in sub["terms"]]
        assert cause["n_missing"] == sub["n_missing"] > 0

    def test_where_the_two_hazard_ratios_differ_it_is_said(self) -> None:
        [said] = [guard for guard in ask().guards if guard["code"] == "G2"]
        for each in said["found"]["differing"]:
            assert not 1 / 1.1 < each["cause_specific"] / each["subdistribution"] < 1.1
        frame = mhd(400)
        old = (frame["age"] > 60) & (frame["terminal_status"] == "")
        frame.loc[old, ["terminal_status", "follow_up_months"]] = ["death_non_cv", 2.0]
        [said] = [guard for guard in ask(frame).guards if guard["code"] == "G2"]
        assert "age" in {each["variable"] for each in said["found"]["differing"]}
        assert "hazard ratio differ" in remark(said, str).text

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
        assert "mg" in remarked[0]["found"]["by_model"][0]["variables"]

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


class TestReadAsItStands:
    def test_a_coefficient_that_hangs_on_one_patient(self) -> None:
        frame = MHD.assign(mg=np.random.default_rng(3).normal(1, 0.1, len(MHD)))
        died = frame.index[(frame["terminal_status"] == "death_cv") & (frame["group"] == "mhd")]
        first = frame.loc[died, "follow_up_months"].idxmin()
        frame.loc[first, "mg"] = 1.7
        model = {"name": "m", "title": "M", "outcome": "time_to_cvd_death", "covariates": ["mg"]}
        given = ask(frame, models=[model])
        told = given.payload["models"][0]
        assert told["terms"][0]["p_value"] < 0.05
        assert told["hanging"] == ["mg"]
        left = ask(frame.drop(index=first), models=[model]).payload["models"][0]
        assert left["terms"][0]["p_value"] > 0.05
        [said] = [guard for guard in given.guards if guard["code"] == "G28"]
        assert said["source"].startswith("Cain")

    def test_a_finding_is_stated_as_a_hazard(self) -> None:
        model = {"name": "m", "title": "M", "outcome": "time_to_cvd_death", "covariates": ["age"]}
        given = ask(mhd(400), models=[model | {"is_primary": True}])
        [said] = [guard for guard in given.guards if guard["code"] == "G32"]
        assert "higher hazard of" in remark(said, str).text

    def test_the_area_of_a_model_is_an_apparent_one(self) -> None:
        [said] = [guard for guard in ask().guards if guard["code"] == "G12"]
        assert said["found"]["markers"] == ["primary"]
        assert "G12" not in {
            guard["code"] for guard in ask(areas={"times": [24], "markers": {"mg": "lower"}}).guards
        }


class TestOptions:
    def test_errors_between_sites_that_the_table_cannot_give_leave_those_of_the_model(self) -> None:
        told = ask().payload["models"][0]
        assert told["clusters"] == {"by": "site", "n_clusters": 0, "reason": {"code": "missing"}}
        few = ask(MHD.assign(site="ND")).payload["models"][0]
        assert few["clusters"]["reason"] == {"code": "too_few_clusters", "needed": 20}
        assert few["terms"] == told["terms"]

    def test_the_subdistribution_stands_in_the_strata_of_its_model(self) -> None:
        *_others, cause, sub = ask().payload["models"]
        assert [model["estimand"] for model in (cause, sub)] == ["cause_specific", "subdistribution"]
        for model in (cause, sub):
            assert (model["name"], model["strata"], model["reason"]) == ("stratified", ["diabetes"], None)

    def test_errors_between_sites_are_those_of_both_hazards(self) -> None:
        sites = np.random.default_rng(1).integers(0, 25, len(MHD)).astype(str)
        _cause, alone, *_others = ask().payload["models"]
        cause, sub, *_others = ask(MHD.assign(site=sites)).payload["models"]
        for model in (cause, sub):
            assert model["clusters"] == {"by": "site", "n_clusters": 25, "reason": None}
        assert alone["clusters"]["reason"] == {"code": "missing"}
        for before, after in zip(alone["terms"], sub["terms"], strict=True):
            # Another rule for an event and a censoring at one time hardly moves the coefficient.
            assert after["coefficient"] == pytest.approx(before["coefficient"], rel=0.02, abs=0.01)
            assert after["standard_error"] != pytest.approx(before["standard_error"], rel=1e-6)

    def test_strata_of_two_variables_are_those_of_their_levels_together(self) -> None:
        model = {"name": "m", "title": "M", "outcome": "time_to_cvd_death", "covariates": ["mg"]}
        found, _sub = ask(models=[model | {"strata": ["diabetes", "sex"]}]).payload["models"]
        known = MHD[MHD["group"] == "mhd"].dropna(subset=["mg", "diabetes", "sex"])
        assert found["n"] == len(known)
        expected = cox(
            known["follow_up_months"],
            known["terminal_status"] == "death_cv",
            known[["mg"]],
            strata=known["diabetes"].astype(str) + known["sex"],
        )
        assert found["terms"][0]["coefficient"] == pytest.approx(expected.coefficients[0], rel=1e-9)

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


class TestBlocked:
    """What is computed from its neighbours in a model has no hazard ratio of its own."""

    MODEL: dict[str, Any] = {
        "name": "paper",
        "title": "The study's",
        "outcome": "time_to_cvd_death",
        "covariates": ["age", "ca", "p", "ca_x_p"],
    }

    def test_the_reason_stands_in_the_place_of_the_number(self) -> None:
        given = ask(models=[self.MODEL])
        for model in given.payload["models"]:
            reasons = {term["variable"]: term["reason"] for term in model["terms"]}
            assert reasons["age"] is None
            assert reasons["ca_x_p"] == reasons["p"] == {"code": "derived_beside_parents"}
            assert {term["coefficient"] for term in model["terms"][1:]} == {None}
        assert not [entry for entry in given.estimates if entry["term"] == "paper.ca_x_p"]
        words = Words(load_plan("mhd").variables)
        _curves, ratios, *_others = draw("survival", given.payload, words)
        assert "overlaps by construction" in ratios.svg

    def test_a_replication_shows_it_under_its_label(self) -> None:
        for fields in (
            {"is_replication": True, "models": [self.MODEL]},
            {"models": [self.MODEL | {"is_replication": True}]},
        ):
            given = ask(**fields)
            assert all(term["reason"] is None for term in given.payload["models"][0]["terms"])
            words = Words(load_plan("mhd").variables)
            _curves, ratios, *_others = draw("survival", given.payload, words)
            assert "Do not rely on this" in ratios.svg

    def test_the_indicators_of_one_category_are_not_collinear(self) -> None:
        frame = MHD.assign(aac24=np.where(MHD.index % 40 == 0, 0.0, np.where(MHD.index % 2, 3.0, 9.0)))
        model = {**self.MODEL, "covariates": ["aac24_class", "age"]}
        told = ask(frame, models=[model], by=None).payload["models"][0]
        assert told["vif"]["aac24_class"] == pytest.approx(1, abs=0.2)
        assert told["block"] is None
