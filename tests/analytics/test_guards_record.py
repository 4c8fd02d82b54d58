"""What the record behind a result gives rise to remark on: provenance, late values, units, digits."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics import guards
from analytics.plan import load_plan
from analytics.questions import answer
from analytics.questions.columns import Columns
from analytics.questions.oddities import mixed_units, preferred_digits
from analytics.questions.survival.predictors import measured_predictors
from registry.dictionary.shipped import other_units
from registry.presentation.guards import remark
from registry.presentation.suppression import withhold_guards
from tests.analytics.tables import mhd, nhanes

VARIABLES: dict[str, Any] = {
    "mg": {"label": "Magnesium", "decimals": 2},
    "p": {"label": "Phosphorus", "decimals": 2},
    "age": {"label": "Age", "decimals": 1},
    "ferritin": {"label": "Ferritin", "decimals": 1},
    "sbp_pre": {"label": "Systolic blood pressure", "decimals": 0},
    "aac24": {"label": "AAC-24", "decimals": 1},
    "ca_x_p": {"label": "Ca×P", "decimals": 2, "derived_from": ["ca", "p"]},
}
RNG = np.random.default_rng(7)
MG = RNG.normal(1.0, 0.12, 300).round(2)


def columns(**values: Any) -> Columns:
    return Columns(pd.DataFrame(values), VARIABLES, {})


class TestNotFrozen:
    @pytest.mark.parametrize(
        ("sha256", "version", "lacking"),
        [
            (None, "commit 34cd", ["table"]),
            ("", "commit 34cd", ["table"]),
            ("ab12", "source 34cd", ["code"]),
            ("ab12", "unknown", ["code"]),
            (None, None, ["table", "code"]),
        ],
    )
    def test_what_is_lacking_is_named(
        self, sha256: str | None, version: str | None, lacking: list[str]
    ) -> None:
        fired = guards.not_frozen({"dataset_sha256": sha256, "code_version": version})
        assert fired is not None
        assert fired["found"]["lacking"] == lacking
        assert ("the code" in remark(fired, str).text) == ("code" in lacking)


class TestMeasuredLate:
    def test_a_window_past_the_index_date(self) -> None:
        fired = guards.may_be_measured_late(["mg", "p"], 30)
        assert fired is not None
        assert "up to 30 days after" in remark(fired, str).text
        assert guards.may_be_measured_late([], 30) is None
        assert guards.may_be_measured_late(["mg"], None) is None

    def test_what_is_told_at_enrolment_is_not_late(self) -> None:
        plan = load_plan("nhanes-aac")
        named = measured_predictors(plan.question("mortality-survival"), plan.variables)
        assert named == ["aac24_class", "p", "aac24"]


class TestTimeIgnored:
    def test_how_long_patients_were_followed_stands_beside(self) -> None:
        plan = load_plan("mhd")
        given = answer(plan.question("cvd-death-multivariable"), plan.variables, mhd())
        [said] = [guard for guard in given.guards if guard["code"] == "G1"]
        survival = answer(plan.question("cvd-death-survival") | {"by": None}, plan.variables, mhd())
        [everyone] = survival.payload["outcomes"][0]["by_group"]
        assert said["found"]["median_follow_up"] == everyone["median_follow_up"]
        assert f"median follow-up is {everyone['median_follow_up']:.1f} months" in remark(said, str).text

    def test_an_outcome_without_time_in_the_plan_has_no_follow_up(self) -> None:
        fired = guards.time_ignored("died", {"died": {"from": "terminal_status"}})
        assert fired is not None
        assert "median" not in remark(fired, str).text
        assert "not the primary analysis" in remark(fired, str).advice

    def test_an_outcome_accrues_wherever_its_time_is_told(self) -> None:
        died = {"from": "ended", "in": ["dead"]}
        timed = {"from": "ended", "time": "months", "event": ["dead"]}
        assert guards.time_ignored("died", {"died": died, "time_to_death": timed}) is not None
        assert guards.time_ignored("died", {"died": died}) is None

    @pytest.mark.parametrize(("n_lost", "is_said"), [(0, False), (1, True)])
    def test_silent_where_nobody_was_lost_before_the_last_event(self, n_lost: int, is_said: bool) -> None:
        frame, plan = mhd(), load_plan("mhd")
        died = frame["terminal_status"] == "death_cv"
        frame["follow_up_months"] = np.where(died, 0.8, 1.0) * 36
        frame.loc[frame.index[~died & (frame["group"] == "mhd")][:n_lost], "follow_up_months"] = 12.0
        frame["terminal_status"] = frame["terminal_status"].where(died, "")
        given = answer(plan.question("cvd-death-univariable"), plan.variables, frame)
        assert ("G1" in {guard["code"] for guard in given.guards}) == is_said


class TestMixedUnits:
    def test_some_values_typed_in_the_other_unit(self) -> None:
        typed = MG.copy()
        typed[:12] /= other_units()["mg"]["mg/dL"]
        found = mixed_units(columns(mg=typed), ["mg"])
        assert found == {"mg": {"unit": "mg/dL", "count": 12, "n": 300}}

    def test_the_unit_that_comes_nearest_is_named(self) -> None:
        typed = MG.copy()
        typed[:12] /= other_units()["mg"]["meq/L"]
        assert mixed_units(columns(mg=typed), ["mg"])["mg"]["unit"] == "meq/L"

    @pytest.mark.parametrize("n", [0, 2])
    def test_silent_on_one_unit_and_on_a_stray_value_or_two(self, n: int) -> None:
        typed = MG.copy()
        typed[:n] *= 2.43
        assert mixed_units(columns(mg=typed), ["mg"]) == {}

    def test_silent_on_a_skewed_measurement(self) -> None:
        found = mixed_units(columns(p=1.8 * np.exp(0.6 * RNG.standard_normal(400))), ["p"])
        assert found == {}


class TestPreferredDigits:
    def test_values_rounded_by_hand(self) -> None:
        rounded = np.where(RNG.random(300) < 0.4, (MG * 20).round() / 20, MG)
        found = preferred_digits(columns(mg=rounded), ["mg"])
        assert found["mg"]["proportion"] > 0.4
        assert found["mg"]["n"] == 300

    def test_silent_where_the_last_digit_is_free(self) -> None:
        assert preferred_digits(columns(mg=MG), ["mg"]) == {}

    def test_whole_numbers_are_judged_by_their_units(self) -> None:
        whole = RNG.integers(40, 90, 400).astype(float)
        assert preferred_digits(columns(ferritin=whole), ["ferritin"]) == {}
        assert set(preferred_digits(columns(ferritin=whole // 5 * 5), ["ferritin"])) == {"ferritin"}

    def test_silent_on_what_no_laboratory_reports(self) -> None:
        rounded = RNG.integers(8, 18, 400) * 10.0
        found = columns(age=rounded, aac24=rounded, sbp_pre=rounded)
        assert preferred_digits(found, ["age", "aac24", "sbp_pre"]) == {}

    @pytest.mark.parametrize("size", [1e18, 2.0**60])
    def test_silent_on_numbers_without_a_last_digit(self, size: float) -> None:
        assert preferred_digits(columns(mg=MG * size), ["mg"]) == {}

    def test_silent_on_a_score_and_on_what_is_converted_or_computed(self) -> None:
        score = RNG.poisson(3, 300).astype(float)
        converted = RNG.normal(4.2, 1.0, 300).round(1) * 0.322854
        found = preferred_digits(
            columns(aac24=score, p=converted, ca_x_p=np.full(300, 4.5)), ["aac24", "p", "ca_x_p"]
        )
        assert found == {}


class TestSaid:
    @staticmethod
    def remarks(frame: pd.DataFrame) -> list[dict[str, Any]]:
        plan = load_plan("mhd")
        given = answer(plan.question("groups"), plan.variables, frame)
        return [guard for guard in given.guards if guard["code"] == "G29"]

    def test_beside_the_table_of_the_groups(self) -> None:
        frame = mhd()
        frame.loc[:11, "mg"] /= other_units()["mg"]["mg/dL"]
        [said] = self.remarks(frame)
        assert (said["found"]["place"], said["severity"]) == ("units", "warn")
        assert "mg/dL" in remark(said, str).text

    def test_not_of_what_is_written_down_well(self) -> None:
        assert self.remarks(mhd()) == []
        plan = load_plan("nhanes-aac")
        given = answer(plan.question("groups"), plan.variables, nhanes())
        assert "G29" not in {guard["code"] for guard in given.guards}

    def test_a_small_number_of_odd_values_is_withheld(self) -> None:
        fired = guards.mixed_units({"mg": {"unit": "mg/dL", "count": 3, "n": 200}})
        [told] = withhold_guards([fired], {"n": 200}, 5)
        assert told["found"]["variables"]["mg"]["count"] is None
        assert "mg/dL" in remark(told, str).text
