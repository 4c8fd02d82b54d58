"""The Methods section a plan implies: every statement has words, and says what the plan says."""

from typing import Any

import pytest

from analytics.figures import Words
from analytics.methods import Section, methods
from analytics.plan import Plan, load_plan, plan_names
from registry.presentation.methods import CONVENTIONS, HEADINGS, WORDING, sentence

COHORT: dict[str, Any] = {
    "time_scale": "calendar",
    "index_date": "enrolment",
    "baseline_days_before": 30,
    "baseline_days_after": 14,
    "data_lock_on": "2025-06-30",
    "follow_up_months": 36.0,
    "consent_basis": "written",
    "is_simulated": False,
}


def sections_of(plan: Plan, **cohort: Any) -> dict[str, Section]:
    return {each.code: each for each in methods(COHORT | cohort, plan.questions, plan.variables)}


def said(plan: str, section: str, **cohort: Any) -> str:
    loaded = load_plan(plan)
    words = Words(loaded.variables)
    found = sections_of(loaded, **cohort)[section]
    return " ".join(sentence(each.code, each.found, words) for each in found.statements)


@pytest.mark.parametrize("plan", plan_names())
class TestEveryPlan:
    def test_every_statement_can_be_said(self, plan: str) -> None:
        for code in sections_of(load_plan(plan)):
            assert HEADINGS[code]
            text = said(plan, code)
            assert text.endswith(".")
            assert "%(" not in text

    def test_every_question_of_a_kind_described_is_named_once(self, plan: str) -> None:
        sections = sections_of(load_plan(plan))
        named = [slug for section in sections.values() for slug in section.questions]
        kinds = {question["slug"]: question["kind"] for question in load_plan(plan).questions}
        assert sorted(named) == sorted(slug for slug, kind in kinds.items() if kind in sections)


class TestWhatIsSaid:
    def test_cohort_definition(self) -> None:
        text = said("mhd", "patients")
        for expected in (
            "day of enrolment",
            "30 days before",
            "14 days after",
            "2025-06-30",
            "36 months",
            "30.4375",
        ):
            assert expected in text

    @pytest.mark.parametrize(
        ("cohort", "expected"),
        [
            ({"time_scale": "relative", "index_date": "day_zero"}, "months since day 0"),
            ({"consent_basis": "public_use"}, "without identifiers"),
            ({"is_simulated": True}, "simulated"),
        ],
    )
    def test_other_cohorts(self, cohort: dict[str, Any], expected: str) -> None:
        assert expected in said("mhd", "patients", **cohort)

    def test_the_source_of_the_data_is_named(self) -> None:
        data = load_plan("nhanes-aac").data
        assert data in said("nhanes-aac", "patients", data=data)
        for expected in ("Survey weights, strata and primary sampling units are not used", "Death Index"):
            assert expected in data

    def test_nothing_is_said_of_dialysis_where_nobody_is_on_it(self) -> None:
        text = said("nhanes-aac", "patients") + said("nhanes-aac", "variables")
        assert [word for word in ("dialysis", "transplant", "recovery") if word in text] == []
        mhd = said("mhd", "patients") + said("mhd", "variables")
        assert [word for word in ("after dialysis", "peritoneal", "transplant") if word not in mhd] == []

    def test_a_score_is_per_one_of_its_points(self) -> None:
        text = said("mhd", "logistic")
        assert "AAC-24 score 1 point" in text
        assert "mmol²/L²" in text

    def test_derived_variables_and_cut_offs(self) -> None:
        text = said("mhd", "variables")
        assert "Ca×P product from calcium and phosphorus" in text
        assert "Severe aortic calcification: AAC-24 score of at least 6" in text
        assert "loss to follow-up" in text

    @pytest.mark.parametrize(
        ("section", "expected"),
        [
            ("comparison", ["Welch", "continuity correction", "type 7", "intact PTH", "Benjamini–Hochberg"]),
            ("comparison", ["Kruskal–Wallis", "Holm", "geometric means", "Newcombe", "Shapiro"]),
            ("correlation", ["Fisher's z", "mid-ranks", "Bonett", "group", "partial correlation"]),
            ("correlation", ["Kendall", "given age", "Williams", "without P", "replicated"]),
            ("logistic", ["Wald", "magnesium 0.1 mmol/L", "as published", "at least 10 patients"]),
            ("survival", ["Aalen–Johansen", "Gray's test", "Efron", "Kaplan–Meier", "36 months"]),
            ("calibration", ["slope", "ICI", "500 bootstrap", "Net benefit"]),
            ("missingness", ["Fisher", "cardiovascular death"]),
            ("sensitivity", ["20 tables", "mean matching", "intact PTH", "Rubin", "Tobit", "hs-CRP"]),
            ("roc", ["DeLong", "Youden", "Wilson", "medians", "apparent", "optimism", "Holm", "McClish"]),
        ],
    )
    def test_conventions(self, section: str, expected: list[str]) -> None:
        text = said("mhd", section)
        assert [word for word in expected if word not in text] == []

    def test_what_one_marker_adds_is_said_of_one(self) -> None:
        assert "What AAC-24 score adds to age, male sex and diabetes" in said("nhanes-aac", "roc")
        assert "What magnesium, calcium and phosphorus add to age and diabetes" in said("mhd", "roc")

    def test_a_baseline_of_one_day_has_no_window(self) -> None:
        text = said("mhd", "patients", baseline_days_before=0, baseline_days_after=0)
        assert "is the one of time zero." in text
        assert "0 days" not in text

    def test_nothing_is_said_of_what_the_plan_does_not_ask(self) -> None:
        assert sections_of(load_plan("paper-roc")).keys() == {"patients", "variables", "roc", "all"}

    def test_no_words_are_left_over(self) -> None:
        used = {
            each.code
            for plan in plan_names()
            for cohort in ({}, {"is_simulated": True, "data": "As given."})
            for section in methods(COHORT | cohort, load_plan(plan).questions, load_plan(plan).variables)
            for each in section.statements
        }
        assert (CONVENTIONS | WORDING).keys() - used == set()
