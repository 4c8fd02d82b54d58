"""Validation questions: a model frozen once, scored on patients enrolled since."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics import guards
from analytics.figures import draw
from analytics.questions import answer
from analytics.tables import tables
from registry.presentation.guards import remark
from registry.presentation.reasons import because
from registry.presentation.suppression import withhold, withhold_guards
from tests.analytics.validation import ANSWER, OPEN, PLAN, QUESTION, TABLE, WORDS, ask, parts, until


class TestFreezing:
    def test_developed_on_the_patients_of_the_time(self) -> None:
        development, _later = parts(ANSWER)
        model = {"name": "m", "title": "", "covariates": ["age", "mg", "p"]}
        calibration = PLAN.question("cvd-death-calibration") | {"models": [model], "resamples": 100}
        [same] = answer(calibration, PLAN.variables, until("2023-12-31")).payload["models"]
        assert (development["n"], development["n_events"]) == (same["n"], same["n_events"])
        assert development["auc"] == pytest.approx(same["auc"])
        assert development["brier"] == pytest.approx(same["brier"])
        assert (development["intercept"], development["slope"]) == (
            pytest.approx(0, abs=1e-8),
            pytest.approx(1),
        )

    def test_what_is_frozen_stays_though_the_data_change(self) -> None:
        changed = TABLE.assign(
            mg=TABLE["mg"] + 0.5, terminal_status=TABLE["terminal_status"].iloc[::-1].to_numpy()
        )
        again = ask(changed, ANSWER.memory)
        assert again.payload["frozen"] == ANSWER.payload["frozen"]
        assert parts(again)[0] == parts(ANSWER)[0]
        assert again.memory == ANSWER.memory
        assert parts(again)[1]["auc"] != parts(ANSWER)[1]["auc"]

    def test_the_same_memory_and_table_give_the_same_answer(self) -> None:
        again = ask(memory=ANSWER.memory)
        assert (again.payload, again.guards, again.memory) == (ANSWER.payload, ANSWER.guards, ANSWER.memory)

    def test_without_a_day_it_freezes_at_the_first_run(self) -> None:
        first = ask(until("2023-09-15"), question=OPEN)
        assert first.status == "done"
        assert first.payload["frozen"]["through"] == "2023-09"
        assert parts(first)[1]["n"] == 0
        second = ask(TABLE, first.memory, question=OPEN)
        assert second.payload["frozen"] == first.payload["frozen"]
        assert parts(second)[1]["n"] > 0

    def test_too_few_events_to_freeze(self) -> None:
        few = ask(until("2023-01-20"), question=OPEN)
        assert few.reason is not None
        assert (few.status, few.reason["code"], few.memory) == ("not_estimable", "too_few_events", {})

    def test_the_day_of_freezing_must_be_past(self) -> None:
        waiting = ask(until("2023-12-31"))
        assert waiting.reason == {"code": "awaiting_freeze", "freeze_on": "2023-12-31"}
        assert because(waiting.reason)
        assert waiting.memory == {}

    @pytest.mark.parametrize(
        "change",
        [
            {"model": {"name": "frozen", "title": "", "covariates": ["age", "mg"]}},
            {"threshold": 0.2},
            {"outcome": "calcified"},
            {"population": {"group": ["mhd", "control"]}},
            {"freeze_on": "2024-03-31"},
        ],
    )
    def test_another_model_is_not_scored_under_its_name(self, change: dict[str, Any]) -> None:
        changed = ask(TABLE, ANSWER.memory, **change)
        assert (changed.status, changed.reason) == ("not_estimable", {"code": "model_changed"})
        assert changed.memory == ANSWER.memory

    def test_a_stated_cut_off(self) -> None:
        development, later = parts(ask(threshold=0.3))
        assert development["threshold"] == later["threshold"] == 0.3

    def test_without_dates(self) -> None:
        for frame in (TABLE.drop(columns="enrolled_on"), TABLE.assign(enrolled_on=pd.NaT)):
            given = ask(frame)
            assert (given.status, given.reason) == ("not_estimable", {"code": "no_enrolment_dates"})


class TestLater:
    def test_scored_by_hand(self) -> None:
        """Area by pairs and four counts, from the frozen coefficients alone."""
        later = parts(ANSWER)[1]
        held = {term["term"]: term["coefficient"] for term in parts(ANSWER)[0]["terms"]}
        since = TABLE[
            (TABLE["enrolled_on"] > pd.Timestamp("2023-12-31")) & (TABLE["terminal_status"] != "lost")
        ]
        odds = held["(Intercept)"] + sum(held[code] * since[code] for code in ("age", "mg", "p"))
        risk, died = 1 / (1 + np.exp(-odds)), (since["terminal_status"] == "death_cv").to_numpy()
        beyond = np.subtract.outer(risk[died].to_numpy(), risk[~died].to_numpy())
        assert (later["n"], later["n_events"]) == (len(since), died.sum())
        assert later["auc"] == pytest.approx(((beyond > 0) + 0.5 * (beyond == 0)).mean())
        assert later["tp"] == (died & (risk >= later["threshold"])).sum()
        assert later["fp"] == (~died & (risk >= later["threshold"])).sum()
        assert later["brier"] == pytest.approx(((risk - died) ** 2).mean())
        assert later["sensitivity"] == later["tp"] / (later["tp"] + later["fn"])

    def test_against_the_apparent_area(self) -> None:
        development, later = parts(ANSWER)
        assert later["auc_difference"] == pytest.approx(later["auc"] - development["auc"])
        half = 1.959964 * np.hypot(later["standard_error"], development["standard_error"])
        assert later["auc_difference_ci_high"] - later["auc_difference"] == pytest.approx(half, rel=1e-6)

    def test_a_model_of_noise_is_worth_nothing_later(self) -> None:
        rng = np.random.default_rng(12)
        frame = TABLE.assign(**{code: rng.normal(size=600) for code in ("age", "mg", "p", "ca", "ipth")})
        covariates = ["age", "mg", "p", "ca", "ipth"]
        given = ask(frame, model={"name": "noise", "title": "Noise", "covariates": covariates})
        development, later = parts(given)
        assert development["auc"] > 0.55
        assert later["auc_ci_low"] < 0.5 < later["auc_ci_high"]
        assert later["slope"] < 0.9

    def test_who_lacks_a_covariate_is_counted_and_not_filled_in(self) -> None:
        frame = TABLE.copy()
        since = frame.index[frame["enrolled_on"] > pd.Timestamp("2023-12-31")]
        frame.loc[since[:40], "mg"] = np.nan
        later = parts(ask(frame))[1]
        assert later["n_missing"] == parts(ANSWER)[1]["n_missing"] + 40 - _unknown(frame.loc[since[:40]])
        assert "G22" in {each["code"] for each in ask(frame).guards}

    def test_who_has_no_day_of_enrolment_is_in_neither_part(self) -> None:
        frame = TABLE.copy()
        frame.loc[frame.index[:7], "enrolled_on"] = pd.NaT
        payload = ask(frame).payload
        assert payload["undated"] == {"count": 7}
        assert sum(part["n"] + part["n_missing"] for part in payload["within"]) == 593

    def test_waiting_for_events(self) -> None:
        frame = until("2024-01-20")
        waiting = ask(frame)
        development, later = parts(waiting)
        assert waiting.status == "done"
        assert later["reason"]["code"] == "too_few_events"
        assert later["n_awaited"] == 10 - later["n_events"] > 0
        assert development["auc"] == parts(ANSWER)[0]["auc"]
        assert waiting.estimates == []
        assert {"G12", "G30"} <= {each["code"] for each in waiting.guards}
        assert "G12" not in {each["code"] for each in ANSWER.guards}

    def test_followed_over_time(self) -> None:
        later = parts(ANSWER)[1]
        followed = {entry["quantity"]: entry for entry in ANSWER.estimates}
        assert followed.keys() == {"auc", "intercept", "slope", "brier", "sensitivity", "specificity"}
        assert (followed["slope"]["value"], followed["slope"]["ci_low"]) == (
            later["slope"],
            later["slope_ci_low"],
        )


def _unknown(frame: pd.DataFrame) -> int:
    """Patients whose outcome is not known, who are left out already."""
    return int((frame["terminal_status"] == "lost").sum())


def _halves() -> pd.Series:
    """Half of the patients enrolled by the day of freezing, in the table's order."""
    return pd.Series(np.repeat(np.array(["2023-06-01", "2024-06-01"], dtype="datetime64[s]"), 300))


def few_events(n: int = 12) -> pd.DataFrame:
    """So many who died among those enrolled by the day of freezing, the others of them alive."""
    frame = TABLE.copy()
    early = (frame["terminal_status"] == "death_cv") & (frame["enrolled_on"] <= pd.Timestamp("2023-12-31"))
    frame.loc[frame.index[early][n:], "terminal_status"] = ""
    return frame


class TestPenalised:
    FEW = ask(few_events())

    def test_few_events_freeze_the_penalised_model_of_the_logistic_question(self) -> None:
        frozen, _later = parts(self.FEW)
        asked = PLAN.question("cvd-death-multivariable") | {"models": [QUESTION["model"]]}
        early = few_events()[few_events()["enrolled_on"] <= pd.Timestamp("2023-12-31")]
        [same] = answer(asked, PLAN.variables, early).payload["models"]
        assert (frozen["method"], frozen["events_per_variable"]) == ("firth", 4.0) == (same["method"], 4.0)
        assert [term["coefficient"] for term in frozen["terms"]] == pytest.approx(
            [term["coefficient"] for term in same["terms"]]
        )

    def test_it_is_said(self) -> None:
        [said] = [each for each in self.FEW.guards if each["code"] == "G6"]
        assert said["found"]["penalised"] == ["frozen"]
        assert "Firth" in remark(said, str).advice
        assert "Firth" in tables("validation", self.FEW.payload, WORDS)[1].note
        assert "Firth" not in tables("validation", ANSWER.payload, WORDS)[1].note

    def test_what_was_frozen_before_stays_as_it_was(self) -> None:
        kept = {key: value for key, value in ANSWER.memory["frozen"].items() if "method" not in key}
        kept.pop("switched_because")
        again = ask(TABLE, {"frozen": kept})
        assert parts(again)[0] == parts(ANSWER)[0]
        assert parts(again)[0]["method"] == "maximum_likelihood"

    def test_events_a_coefficient_tell_no_small_number_of_events(self) -> None:
        seen = withhold(self.FEW.payload, 15)
        assert seen["within"][0]["events_per_variable"] is None
        told = withhold_guards(self.FEW.guards, seen, 15)
        assert "G6" not in {each["code"] for each in told}


class TestDegenerate:
    @pytest.mark.parametrize(
        "frame",
        [
            TABLE.head(3),
            TABLE.assign(terminal_status=""),
            TABLE.assign(mg=np.nan),
            TABLE.assign(mg=1.0, age=1.0, p=1.0),
            TABLE.assign(mg=lambda t: (t["terminal_status"] == "death_cv") * 1.0),
            TABLE.assign(mg=lambda t: t["mg"].where(t["enrolled_on"] <= pd.Timestamp("2023-12-31"), 1000.0)),
        ],
    )
    def test_a_number_or_a_reason(self, frame: pd.DataFrame) -> None:
        given = ask(frame)
        json.dumps([given.payload, given.memory, given.guards], allow_nan=False)
        if given.reason is not None:
            assert because(given.reason)
        draw("validation", given.payload, WORDS)
        tables("validation", given.payload, WORDS)

    def test_a_level_that_nobody_had_later(self) -> None:
        model = {"name": "m", "title": "", "covariates": ["age", "aac24_class"]}
        frame = TABLE.copy()
        frame.loc[frame["enrolled_on"] > pd.Timestamp("2023-12-31"), "aac24"] = 0.0
        assert parts(ask(frame, model=model))[1]["auc"] is not None

    def test_no_cut_off_tells_patients_apart(self) -> None:
        given = ask(TABLE.assign(mg=1.0, age=1.0, p=1.0))
        assert given.reason == {"code": "no_covariates"}
        half = TABLE.assign(male=1, sex=np.where(np.arange(600) % 2, "male", "female"))
        status = np.where(np.arange(600) % 8 < 2, "death_cv", "admin_end")
        model = {"name": "m", "title": "", "covariates": ["male"]}
        alike = ask(half.assign(terminal_status=status, enrolled_on=_halves()), model=model)
        assert alike.reason == {"code": "no_discrimination"}


class TestGuards:
    def test_a_shorter_follow_up_is_said(self) -> None:
        frame = TABLE.copy()
        frame.loc[frame["enrolled_on"] > pd.Timestamp("2023-12-31"), "follow_up_months"] /= 4
        [said] = [each for each in ask(frame).guards if each["code"] == "G1"]
        assert said["found"]["later"] < said["found"]["development"]
        assert "too high" in remark(said, str).advice

    def test_an_equal_one_is_not(self) -> None:
        alike = {"median_follow_up": 20.0}
        assert guards.unequal_follow_up(alike, {"median_follow_up": 19.0}) is None
        assert guards.unequal_follow_up(alike, {"median_follow_up": None}) is None
