"""Locked hypotheses: declared looks, their boundaries, and what can no longer be changed."""

from typing import Any

import numpy as np
import pytest

from analytics.plan import PlanError, read_plan
from analytics.questions import answer
from analytics.statistics.sequential.group_sequential import group_sequential_design
from registry.presentation.reasons import because
from tests.analytics.looked import AREA, HAZARD, PATIENTS, PLAN, QUESTION, ask, hypothesis, run_through


class TestHypotheses:
    def test_boundaries_at_the_information_seen(self) -> None:
        found = hypothesis(run_through(100, 200, 300))
        shares = [look["fraction"] for look in found["looks"]]
        design = group_sequential_design(shares, spending="obrien_fleming")
        assert [look["boundary"] for look in found["looks"]] == design.z.tolist()
        assert found["spent"] == pytest.approx(2 * design.cumulative_spend[-1])
        assert found["spent"] + found["remaining"] == pytest.approx(0.05)

    def test_the_same_memory_and_table_give_the_same_answer(self) -> None:
        once = run_through(100, 200)
        again = ask(200, once.memory)
        assert again.payload == once.payload
        assert again.memory == once.memory

    def test_too_little_new_information_is_no_look(self) -> None:
        before = hypothesis(run_through(200))
        found = hypothesis(run_through(200, 205))
        assert len(found["looks"]) == len(before["looks"]) == 1
        assert found["next_at"] == before["looks"][0]["information"] + 10

    def test_before_the_first_look(self) -> None:
        never = {**HAZARD, "information_at_end": 10_000}
        found = hypothesis(ask(300, hypotheses=[never]))
        assert (found["status"], found["looks"], found["spent"]) == ("waiting", [], 0)
        assert found["next_at"] == 500

    def test_crossed_once_is_crossed(self) -> None:
        """Patients with the event have little magnesium at first, the others later: nothing is taken back."""
        frame = PATIENTS.copy()
        early = (np.arange(600) < 300) & (frame["terminal_status"] == "death_cv")
        frame.loc[early, "mg"] -= 0.3
        frame.loc[~early & (frame["terminal_status"] == "death_cv"), "mg"] += 0.6
        question = QUESTION | {"estimates": [], "hypotheses": [HAZARD]}
        first = answer(question, PLAN.variables, frame.head(200))
        later = answer(question, PLAN.variables, frame, memory=first.memory)
        assert (hypothesis(first)["status"], hypothesis(later)["status"]) == ("crossed", "crossed")
        assert hypothesis(later)["crossed_at"] == 1
        assert len(hypothesis(later)["looks"]) == 1

    def test_the_planned_end_spends_what_is_left_even_when_it_comes_late(self) -> None:
        noise = np.random.default_rng(5).normal(size=600)
        frame = PATIENTS.assign(mg=noise)
        kept: dict[str, Any] = {}
        for n in (100, 600, 600):
            given = answer(QUESTION, PLAN.variables, frame.head(n), memory=kept)
            kept = given.memory
        found = hypothesis(given)
        assert (found["status"], len(found["looks"])) == ("ended", 2)
        assert found["looks"][-1]["fraction"] > 1
        assert (found["spent"], found["remaining"]) == (pytest.approx(0.05), pytest.approx(0, abs=1e-12))
        assert found["next_at"] is None

    def test_withdrawn_patients_take_no_look_back(self) -> None:
        found = hypothesis(run_through(300, 200))
        assert len(found["looks"]) == 1
        assert found["information"] < found["looks"][0]["information"]

    def test_one_sided(self) -> None:
        one = {**HAZARD, "sides": 1, "alternative": "less"}
        other = one | {"alternative": "greater"}
        less, greater = (hypothesis(ask(300, hypotheses=[each])) for each in (one, other))
        design = group_sequential_design([less["fraction"]], alpha=0.1)
        assert less["boundary"] == design.z[0] == greater["boundary"]
        assert less["looks"][0]["z"] < 0
        assert greater["status"] != "crossed"

    def test_a_look_that_could_spend_nothing_is_refused_and_not_kept(self) -> None:
        strict = {**HAZARD, "alpha": 1e-6, "information_at_end": 1000}
        given = ask(300, hypotheses=[strict])
        assert hypothesis(given)["reason"] == {"code": "information_too_small"}
        assert given.memory["locked"] == {}

    @pytest.mark.parametrize(
        "wrong",
        [
            {"spending": "haybittle"},
            {"sides": 1},
            {"information_at_end": 0},
            {"quantity": "proportion"},
        ],
    )
    def test_what_cannot_be_tested_is_refused_at_writing(self, wrong: dict[str, Any]) -> None:
        asked = QUESTION | {"hypotheses": [HAZARD | wrong]}
        content = {"name": "s", "version": 1, "title": "", "variables": PLAN.variables, "questions": [asked]}
        with pytest.raises(PlanError):
            read_plan(content)

    def test_not_locked_is_not_tested(self) -> None:
        open_ = {key: value for key, value in HAZARD.items() if key != "locked_on"}
        given = ask(hypotheses=[open_])
        assert hypothesis(given)["reason"] == {"code": "not_locked"}
        assert given.memory["locked"] == {}

    @pytest.mark.parametrize(
        "change", [{"information_at_end": 80}, {"spending": "pocock"}, {"variable": "p"}, {"alpha": 0.1}]
    )
    def test_a_locked_hypothesis_cannot_be_changed(self, change: dict[str, Any]) -> None:
        first = ask(200)
        changed = hypothesis(ask(300, first.memory, hypotheses=[HAZARD | change, AREA]))
        assert changed["reason"]["code"] == "hypothesis_changed"
        assert (changed["looks"], changed["boundary"]) == ([], None)
        assert because(changed["reason"])
        kept = ask(300, first.memory, hypotheses=[HAZARD | change, AREA]).memory
        assert hypothesis(ask(300, kept))["reason"] is None

    def test_neither_can_its_outcome_or_its_population(self) -> None:
        kept = ask(200).memory
        other = {**PLAN.variables["time_to_cvd_death"], "event": ["death_cv", "death_non_cv"]}
        given = answer(
            QUESTION, PLAN.variables | {"time_to_cvd_death": other}, PATIENTS.head(300), memory=kept
        )
        assert hypothesis(given)["reason"]["code"] == "hypothesis_changed"
        smaller = ask(300, kept, population={"sex": ["male"]})
        assert hypothesis(smaller)["reason"]["code"] == "hypothesis_changed"

    def test_words_and_steps_shown_may_change(self) -> None:
        kept = ask(200).memory
        other = {**PLAN.variables["mg"], "label": "Mg", "decimals": 3}
        worded = QUESTION | {"hypotheses": [HAZARD | {"title": "Another title"}]}
        given = answer(worded, PLAN.variables | {"mg": other}, PATIENTS.head(300), memory=kept)
        assert hypothesis(given)["reason"] is None

    @pytest.mark.parametrize(
        ("locked_on", "enrolled"),
        [("2019-12-31", "nobody"), ("2020-04-30", "some"), ("2022-01-01", "everybody")],
    )
    def test_who_was_enrolled_before_the_lock_is_told(self, locked_on: str, enrolled: str) -> None:
        days = np.datetime64("2020-01-01") + np.arange(600).astype("timedelta64[D]")
        frame = PATIENTS.assign(enrolled_on=days.astype("datetime64[s]"))
        question = QUESTION | {"hypotheses": [HAZARD | {"locked_on": locked_on}]}
        assert hypothesis(answer(question, PLAN.variables, frame))["before_lock"] == enrolled
        assert hypothesis(ask())["before_lock"] is None
