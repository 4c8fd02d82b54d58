"""The latest answers are the last of each question, whatever came before."""

import pytest

from analytics.answers import latest_numbers, latest_results, numbers_of
from analytics.models import Estimate, Question, Result
from registry.presentation.suppression import withheld_numbers, withhold
from tests.analytics.ledger import a_question, a_run, an_estimate
from tests.builders import a_cohort, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def question() -> Question:
    return a_question(a_cohort(slug="mhd"))


class TestLatestResults:
    def test_of_each_question_the_last(self, question: Question) -> None:
        other = a_question(question.cohort, "other")
        a_run(question.cohort, {question: {"payload": {"n": 1}}, other: {"payload": {"n": 2}}})
        a_run(question.cohort, {question: {"payload": {"n": 3}}})
        latest = latest_results([question, other])
        assert {pk: result.payload["n"] for pk, result in latest.items()} == {question.pk: 3, other.pk: 2}

    def test_a_failure_is_passed_over_when_answers_are_asked_for(self, question: Question) -> None:
        a_run(question.cohort, {question: {"payload": {"n": 1}}})
        a_run(question.cohort, {question: {"status": "failed", "reason": {"code": "failed"}}})
        assert latest_results([question])[question.pk].status == Result.Status.FAILED
        assert latest_results([question], without_failures=True)[question.pk].payload == {"n": 1}

    def test_what_it_says_is_read_only_when_asked_for(self, question: Question) -> None:
        a_run(question.cohort, {question: {"payload": {"n": 1}}})
        [latest] = latest_results([question]).values()
        assert latest.get_deferred_fields() == {"payload", "guards"}


def test_the_latest_numbers_are_those_of_the_last_run(question: Question) -> None:
    a_run(question.cohort, {question: {"estimates": [an_estimate(0.7)]}})
    a_run(question.cohort, {question: {"estimates": [an_estimate(0.8)]}})
    numbers = latest_numbers(a_user("administrator"), question.cohort)
    assert numbers["groups", "mg", "auc"]["value"] == 0.8
    assert Estimate.objects.count() == 2


def test_a_count_that_a_result_does_not_tell_is_not_told_with_its_estimates(question: Question) -> None:
    a_run(question.cohort, {question: {"estimates": [an_estimate(0.7)]}})
    estimate = Estimate.objects.get()
    outcome = {"outcome": "death", "n": estimate.n + 3, "n_events": 40, "n_missing": 0, "by_group": []}
    model = {"outcome": "death", "n": estimate.n, "n_events": 40, "n_missing": 3, "hazard_ratio": 0.7}
    payload = {"outcomes": [outcome], "models": [model]}
    numbers = numbers_of(estimate, 5, withheld_numbers(payload, withhold(payload, 5)))
    assert (numbers["n"], numbers["value"]) == (None, 0.7)
