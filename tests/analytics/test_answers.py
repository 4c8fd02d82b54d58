"""The latest answers are the last of each question, whatever came before."""

import json
from typing import Any

import pytest

from analytics.answers import NUMBERS, latest_numbers, latest_results, numbers_of, seen_by, told_in
from analytics.models import Estimate, Question, Result
from analytics.plan import load_plan, tables_read
from analytics.questions import answer
from registry.presentation.suppression import withheld_numbers, withhold
from tests.analytics.ledger import a_dataset, a_question, a_run, an_estimate
from tests.analytics.tables import draws_of, mhd, readings_of
from tests.builders import a_cohort, a_site, a_user

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
    counted = {"outcome": "death", "n_events": 40}
    outcome = {**counted, "n": 203, "n_missing": 0, "cumulative_incidence": 0.2, "by_group": []}
    model = {**counted, "n": 200, "n_missing": 3, "hazard_ratio": 0.7}
    estimates = [an_estimate(0.2, term="incidence", n=203), an_estimate(0.7, term="model", n=200)]
    payload = {"outcomes": [outcome], "models": [model]}
    run = a_run(question.cohort, {question: {"payload": payload, "estimates": estimates}})
    result = run.results.get()
    found = [numbers_of(each, 5, told_in(result, 5)) for each in result.estimates.order_by("n")]
    seen = withhold(result.payload, 5)
    assert [each["n"] for each in found] == [seen["models"][0]["n"], seen["outcomes"][0]["n"]]
    assert None in [each["n"] for each in found]
    assert [each["value"] for each in found] == [0.7, 0.2]


def seen_of(question: Question, payload: dict[str, Any], estimate: dict[str, Any]) -> dict[str, Any]:
    """The one estimate of an answer, as it is told where counts below five are withheld."""
    a_run(question.cohort, {question: {"payload": payload, "estimates": [estimate]}})
    kept = Estimate.objects.get()
    return numbers_of(kept, 5, told_in(kept.result, 5))


class TestNumbers:
    def row(self, n: int) -> dict[str, Any]:
        groups = {group: {"n": size} for group, size in (("mild", n), ("severe", 90))}
        return {
            "variable": "mg",
            "n": 90 + n,
            "n_missing": 0,
            "groups": groups,
            "smd": -0.25,
            "smd_groups": [],
        }

    def test_an_estimate_without_its_sign_is_the_number_of_the_answer(self, question: Question) -> None:
        estimate = an_estimate(0.25, quantity="smd", n=150, n_events=None)
        assert seen_of(question, {"rows": [self.row(60)]}, estimate)["value"] == 0.25

    def test_it_goes_where_the_answer_withholds_it(self, question: Question) -> None:
        estimate = an_estimate(0.25, quantity="smd", n=93, n_events=None, p_value=0.5)
        numbers = seen_of(question, {"rows": [self.row(3)]}, estimate)
        assert (numbers["value"], numbers["p_value"], numbers["is_withheld"]) == (None, None, True)

    def test_what_the_answer_does_not_tell_is_not_told_beside_it(self, question: Question) -> None:
        estimate = an_estimate(0.25, n=150, n_events=60, p_value=0.01)
        numbers = seen_of(question, {"n": 150, "auc": 0.25}, estimate)
        assert (numbers["value"], numbers["n"], numbers["p_value"], numbers["n_events"]) == (
            0.25,
            150,
            None,
            None,
        )


@pytest.mark.parametrize("kind", ["comparison", "correlation", "agreement", "longitudinal", "planning"])
def test_every_number_that_is_followed_stands_in_its_answer(kind: str) -> None:
    """Those alone are told; a number that stood nowhere in the answer would be shown to nobody else."""
    frame, plan = mhd(200), load_plan("mhd")
    definition = next(dict(question) for question in plan.questions if question["kind"] == kind)
    read = {"draws": draws_of(frame), "readings": readings_of(frame)}
    chosen = {name: read[name] for name in tables_read([definition])}
    given = answer(definition, plan.variables, frame, **chosen)
    said = withheld_numbers(json.loads(json.dumps(given.payload)), None)
    numbers = {abs(number) for number in (*said.results, *said.counts)}
    assert given.estimates
    assert [
        (each["term"], name)
        for each in given.estimates
        for name in NUMBERS
        if each[name] is not None and abs(each[name]) not in numbers
    ] == []


class TestRows:
    """How many the table holds beside how many were analysed: 400 in all."""

    @pytest.mark.parametrize(
        ("payload", "n_rows"),
        [
            ({"n": 400}, 400),
            ({"n": 395}, 400),
            ({"n": 397}, None),
            ({"hypotheses": [{"n": 400}]}, None),
            ({"n": 390, "rows": [{"n": 397}]}, None),
            ({"n": 400, "rows": [{"n": 395}]}, 400),
        ],
    )
    def test_they_are_told_where_none_or_enough_are_left_out(
        self, payload: dict[str, Any], n_rows: int | None
    ) -> None:
        question = a_question(a_cohort(a_site("OWN"), slug="own", small_cell_minimum=5))
        run = a_run(question.cohort, {question: {"payload": payload}}, a_dataset(question.cohort))
        assert seen_by(a_user("analyst"), run.results.get()).n_rows == n_rows
        assert seen_by(a_user("administrator"), run.results.get()).n_rows == 400


class TestLeftOut:
    """Patients left out, as runs shown one after another tell them."""

    def shown(self, *left_out: int) -> list[int | None]:
        cohort = a_cohort(a_site("OWN"), slug="own", small_cell_minimum=5)
        question, told = a_question(cohort), []
        for number, n in enumerate(left_out):
            exclusions = [{"reason": "no_consent", "n": n}, {"reason": "no_date", "n": 20}]
            dataset = a_dataset(cohort, str(number).encode(), exclusions=exclusions, n_enrolled=420 + n)
            run = a_run(cohort, {question: {"payload": {"n": 400}}}, dataset)
            seen = seen_by(a_user("analyst", username=f"analyst-{number}"), run.results.get())
            assert (seen.n_enrolled is None) == (seen.exclusions[0]["n"] is None)
            told.append(seen.exclusions[0]["n"])
        return told

    def test_few_more_than_before_are_not_told_until_enough_are(self) -> None:
        assert self.shown(10, 12, 14, 15, 15, 16, 10) == [10, None, None, 15, 15, None, 10]

    def test_those_never_told_are_no_reason_to_withhold(self) -> None:
        assert self.shown(0, 3, 8) == [0, None, 8]


class TestLooks:
    """What a hypothesis remembers of runs that are held back."""

    def hypothesis(self, *information: int) -> dict[str, Any]:
        at = {"z": 1.0, "boundary": 3.0678123, "spent": 0.1}
        looks = [
            {"look": k + 1, "information": n, "fraction": n / 100, **at} for k, n in enumerate(information)
        ]
        last = {"boundary": 2.5123456, "at_end": 1.9661185, "spent": 0.1, "remaining": 0.4, "next_at": 60}
        counted = {"n": 300, "n_events": information[-1], "unit": "events"}
        last |= {"name": "mg", "status": "going_on", **counted}
        return {"hypotheses": [{**last, "looks": looks, "reason": None}]}

    def test_they_are_told_to_those_alone_who_are_shown_the_runs(self) -> None:
        cohort = a_cohort(a_site("OWN"), slug="own", small_cell_minimum=5)
        question = a_question(cohort, kind="looks")
        for number, (released, *information) in enumerate(((None, 30), (0, 30, 42), (None, 30, 42, 53))):
            a_run(
                cohort,
                {question: {"payload": self.hypothesis(*information)}},
                a_dataset(cohort, str(number).encode()),
                released_up_to=released,
            )
        result = Result.objects.order_by("pk").last()
        assert result is not None
        [told] = seen_by(a_user("analyst"), result).payload["hypotheses"]
        assert [look["information"] for look in told["looks"]] == [30, 53]
        assert {look["boundary"] for look in told["looks"]} == {3.07}
        assert (told["boundary"], told["at_end"], told["next_at"]) == (2.51, 1.97, 60)
        [whole] = seen_by(a_user("administrator"), result).payload["hypotheses"]
        assert [look["information"] for look in whole["looks"]] == [30, 42, 53]

    def test_where_the_last_is_not_told_nothing_that_came_of_it_is(self) -> None:
        cohort = a_cohort(a_site("OWN"), slug="own", small_cell_minimum=5)
        question = a_question(cohort, kind="looks")
        for number, (released, *information) in enumerate(((None, 30), (0, 30, 42), (None, 30, 42))):
            payload = self.hypothesis(*information)
            payload["hypotheses"][0]["n_events"] = 30 + 6 * number
            dataset = a_dataset(cohort, str(number).encode())
            a_run(cohort, {question: {"payload": payload}}, dataset, released_up_to=released)
        result = Result.objects.order_by("pk").last()
        assert result is not None
        [told] = seen_by(a_user("analyst"), result).payload["hypotheses"]
        assert [look["information"] for look in told["looks"]] == [30]
        assert [told[key] for key in ("boundary", "at_end", "spent", "remaining", "next_at")] == [None] * 5

    def test_few_events_between_two_are_not_told(self) -> None:
        [told] = withhold(self.hypothesis(30, 97, 100), 5)["hypotheses"]
        assert [look["information"] for look in told["looks"]] == [30, 100]


def test_an_estimate_is_as_short_as_its_answer_tells_it(question: Question) -> None:
    pair = {"x": "mg", "stratum": "pooled", "method": "pearson", "ci_low": 0.0754321}
    pairs = [{**pair, "y": "ca", "n": 200, "r": 0.3123456}, {**pair, "y": "p", "n": 197, "r": 0.2123456}]
    estimate = an_estimate(0.2123456, n=197, n_events=None, ci_low=0.0754321)
    payload = {"n": 200, "strata": ["pooled"], "pairs": pairs}
    numbers = seen_of(question, payload, estimate)
    assert (numbers["value"], numbers["n"], numbers["ci_low"]) == (0.212, None, None)
