"""What the terminal shows, and computing without a worker."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from analytics.management.commands import show_results
from analytics.models import Question, Run
from analytics.plan import load_plan
from analytics.questions import answer
from registry.models import Cohort
from tests.analytics.ledger import a_dataset, a_question, a_run
from tests.analytics.tables import nhanes
from tests.registry.record import a_cohort, a_patient, drew

ROC = {
    "kind": "roc",
    "slug": "cvd-death-roc",
    "title": "Telling death apart",
    "outcome": "cvd_death",
    "markers": ["mg"],
}
CURVE = {
    "marker": "mg",
    "direction": ">",
    "n": 200,
    "n_events": 48,
    "auc": 0.8951,
    "ci_low": 0.831,
    "ci_high": 0.959,
    "threshold": 0.985,
    "tied_thresholds": [],
    "sensitivity": 0.875,
    "sensitivity_ci": [0.748, 0.953],
    "specificity": 0.98684,
    "specificity_ci": [0.953, 0.998],
    "tp": 42,
    "fp": 2,
    "tn": 150,
    "fn": 6,
    "points": [],
    "reason": None,
}


def shown(**options: Any) -> str:
    out = StringIO()
    call_command("show_results", stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db
class TestShowResults:
    @pytest.fixture
    def cohort(self) -> Cohort:
        return a_cohort("mhd", is_simulated=True)

    @pytest.fixture
    def question(self, cohort: Cohort) -> Question:
        return a_question(cohort, "roc", kind="roc", title="Telling death apart", definition=ROC)

    def test_a_roc_row_stands_with_its_counts_under_its_columns(self, cohort, question):
        a_run(cohort, {question: {"payload": {"n": 200, "curves": [CURVE]}}})
        lines = shown().splitlines()
        _area, head = (line for line in lines if line.startswith("Marker"))
        area, row = (line for line in lines if line.startswith("Magnesium"))
        assert "0.895 (0.831 to 0.959)" in area
        for column, counts in (("TP\u00a0/\u00a0FN", "42 / 6"), ("FP\u00a0/\u00a0TN", "2 / 150")):
            end = head.index(column) + len(column)
            assert row[:end].endswith(counts)
            assert row[end : end + 1] in ("", " ")

    def test_several_tables_of_one_question_are_told_apart(self, cohort):
        plan = load_plan("nhanes-aac")
        asked = plan.question("mortality-survival")
        given = answer(asked, plan.variables, nhanes(300))
        over_time = a_question(
            cohort, "mortality-survival", kind="survival", definition=asked, variables=plan.variables
        )
        a_run(cohort, {over_time: {"payload": given.payload, "guards": given.guards}})
        assert "Hazard ratios" not in shown().splitlines()
        lines = shown(all=True).splitlines()
        first, second = (
            lines.index(f"Incidence: {outcome}")
            for outcome in ("death from any cause", "cardiovascular death")
        )
        assert first < second < lines.index("Hazard ratios")
        assert any(line.startswith("! Not shown: One minus Kaplan–Meier") for line in lines)

    def test_it_says_of_whom_and_when(self, cohort, question):
        dataset = a_dataset(cohort)
        a_run(cohort, {question: {"payload": {"n": 200, "curves": [CURVE]}}}, dataset)
        text = shown()
        assert "Simulated data" in text
        assert f"400 of 410 patients, as of {dataset.read_at:%Y-%m-%d %H:%M} UTC" in text
        assert "10: no consent on file" in text

    def test_what_cannot_be_estimated_says_why(self, cohort, question):
        reason = {"code": "too_few_events", "n_events": 6, "n_others": 50, "needed": 10}
        a_run(cohort, {question: {"status": "not_estimable", "reason": reason}})
        assert "there are 6 patients with the outcome" in shown()

    def test_grave_remarks_stand_below_the_numbers(self, cohort, question):
        guard = {
            "code": "G11",
            "severity": "block",
            "source": "",
            "found": {"marker": "mg", "kept": ">", "suggested": "<"},
        }
        a_run(cohort, {question: {"payload": {"n": 200, "curves": [CURVE]}, "guards": [guard]}})
        assert "! Do not rely on this: " in shown()

    def test_without_a_result_it_says_so(self, cohort, question):
        text = shown()
        assert "No result yet." in text
        assert "mhd is still being computed" in text

    def test_it_shows_one_cohort_when_asked(self, cohort, question):
        a_question(a_cohort("other"), "roc", kind="roc", definition=ROC)
        assert "other – " not in shown(cohort="mhd")
        assert "mhd – " not in shown(cohort="other")
        with pytest.raises(CommandError, match="No cohort “none”"):
            shown(cohort="none")

    def test_a_failed_run_is_told(self, cohort, question):
        Run.objects.create(
            cohort=cohort, status="failed", failure={"code": "plan"}, finished_at=question.created_at
        )
        text = shown(wait=60)
        assert "The last run failed" in text
        assert "still being computed" not in text

    def test_waiting_ends_when_the_cohort_is_computed(self, cohort, question, monkeypatch):
        waits = iter([lambda: None, lambda: a_run(cohort, {question: {"payload": {"n": 1, "curves": []}}})])
        monkeypatch.setattr(show_results.time, "sleep", lambda seconds: next(waits)())
        assert "still being computed" not in shown(wait=60)

    def test_one_stratum_s_strongest_pairs_come_first_and_bring_their_others(self):
        def pair(x: str, r: float | None, stratum: str = "all") -> dict[str, Any]:
            return {"x": x, "y": "p", "r": r, "stratum": stratum, "method": "pearson"}

        pairs = [pair("weak", 0.1), pair("none", None), pair("strong", -0.9), pair("strong", 0.2, "mhd")]
        top = show_results._top({"strata": ["all", "mhd"], "methods": ["pearson"], "pairs": pairs})
        assert [(each["x"], each["stratum"]) for each in top] == [
            ("strong", "all"),
            ("strong", "mhd"),
            ("weak", "all"),
        ]


@pytest.mark.django_db(transaction=True)
class TestRecompute:
    def compute(self, **options: Any) -> str:
        out = StringIO()
        call_command("recompute", stdout=out, **options)
        return out.getvalue()

    def test_a_cohort_is_computed_here_with_the_real_statistics(self):
        cohort = a_cohort()
        for number in range(12):
            group = "mhd" if number % 2 else "control"
            drew(a_patient(cohort, f"ND-{number}", group=group), 0, mg=f"1.{number:02d}")
        question = a_question(cohort)
        assert "mhd: 1 questions answered, 0 failed." in self.compute(cohort="mhd")
        [row] = question.results.get().payload["rows"]
        assert (row["n"], row["groups"]["mhd"]["mean"]) == (12, pytest.approx(1.06))

    def test_a_cohort_of_which_nothing_is_asked_is_named_with_those_that_have_questions(self):
        a_question(a_cohort())
        with pytest.raises(CommandError, match=r"No questions are asked of “x”.*mhd"):
            self.compute(cohort="x")

    def test_a_run_that_fails_fails_the_command(self):
        a_cohort(plan="nonsense")
        with pytest.raises(CommandError, match="nonsense"):
            self.compute()
