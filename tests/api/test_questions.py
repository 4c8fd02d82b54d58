"""Questions, answers with their provenance, estimates over time, and runs: who sees what of them."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from analytics.models import FrozenTable, Question
from analytics.plan import load_plan
from analytics.questions import Answer, answer
from registry.models import Cohort
from tests.analytics.ledger import a_dataset, a_question, a_run, an_estimate
from tests.analytics.tables import mhd
from tests.builders import a_client, a_cohort, a_coordinator, a_patient, a_site, a_user

pytestmark = pytest.mark.django_db

PAYLOAD = {"n": 200, "curves": [{"marker": "mg", "n": 200, "n_events": 48, "auc": 0.895, "tp": 42, "fn": 3}]}
FOUND = {"by": "marker", "refused": {"mg": {"code": "constant"}}}
GUARD = {"code": "G30", "severity": "note", "source": "", "found": FOUND}


PAPER = {
    "name": "paper",
    "title": "As published",
    "is_replication": True,
    "covariates": ["age", "mg", "ca", "p", "ca_x_p", "vit_d25"],
}


def published(**fields: Any) -> Answer:
    """The model study's covariates, Ca×P beside calcium and phosphorus."""
    plan = load_plan("mhd")
    question = plan.question("cvd-death-multivariable") | {"models": [PAPER | fields]}
    return answer(question, plan.variables, mhd())


@pytest.fixture
def cohort() -> Cohort:
    return a_cohort(a_site("OWN"), a_site("OTHER"), slug="mhd")


@pytest.fixture
def question(cohort: Cohort) -> Question:
    return a_question(cohort, "roc", why="To see.")


@pytest.fixture
def administrator() -> APIClient:
    return a_client(a_user("administrator"))


@pytest.fixture
def analyst() -> APIClient:
    return a_client(a_user("analyst"))


def get(client: APIClient, path: str, **query: str) -> Any:
    response = client.get(f"/api/v1/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


class TestQuestions:
    def test_before_the_first_run_there_is_no_result(self, administrator, question):
        [listed] = get(administrator, "questions/")["results"]
        assert (listed["key"], listed["status"]) == ("mhd.roc", None)
        assert get(administrator, "questions/mhd.roc/")["result"] is None

    def test_the_latest_answer_comes_with_everything_it_depends_on(self, administrator, cohort, question):
        a_run(cohort, {question: {"payload": {"n": 1}}})
        draws = FrozenTable.objects.create(sha256="1" * 64, content=b"draws")
        dataset = a_dataset(cohort, b"newer", definition={"index_date": "enrolment"}, draws_table=draws)
        run = a_run(cohort, {question: {"payload": PAYLOAD, "guards": [GUARD]}}, dataset, seed=7)
        told = get(administrator, "questions/mhd.roc/")
        result, provenance = told["result"], told["result"]["provenance"]
        assert told["why"] == "To see."
        assert told["definition"]["slug"] == "roc"
        assert (result["status"], result["payload"]) == ("done", PAYLOAD)
        assert (result["is_stale"], result["is_simulated"]) == (False, False)
        assert provenance == {
            "run": run.pk,
            "dataset_sha256": dataset.sha256,
            "serial_sha256": {"draws": dataset.draws_table_id},
            "snapshot": "9999999:9999999:",
            "cohort_definition": {"index_date": "enrolment"},
            "n_rows": 400,
            "n_enrolled": 410,
            "exclusions": [{"reason": "no_consent", "n": 10}],
            "question_version": 1,
            "plan_sha256": "0" * 64,
            "code_version": "commit 1",
            "library_versions": {"numpy": "2"},
            "seed": 7,
        }

    def test_a_guard_speaks_in_words_beside_its_code(self, administrator, cohort, question):
        a_run(cohort, {question: {"payload": PAYLOAD, "guards": [GUARD]}})
        [guard] = get(administrator, "questions/mhd.roc/")["result"]["guards"]
        assert (guard["code"], guard["severity"], guard["found"]) == ("G30", "note", FOUND)
        assert "magnesium: all patients have the same value" in guard["text"]

    def test_what_cannot_be_estimated_says_why(self, administrator, cohort, question):
        reason = {"code": "too_few_events", "n_events": 6, "n_others": 50, "needed": 10}
        a_run(cohort, {question: {"status": "not_estimable", "reason": reason}})
        result = get(administrator, "questions/mhd.roc/")["result"]
        assert result["reason"]["code"] == "too_few_events"
        assert "6 patients" in result["reason"]["text"]

    def test_a_failed_attempt_leaves_the_answer_before_and_shows_in_the_status(
        self, administrator, cohort, question
    ):
        a_run(cohort, {question: {"payload": PAYLOAD}})
        a_run(cohort, {question: {"status": "failed", "reason": {"code": "failed", "error": "ValueError"}}})
        told = get(administrator, "questions/mhd.roc/")
        assert (told["status"], told["result"]["payload"]) == ("failed", PAYLOAD)

    def test_a_change_since_makes_the_answer_stale(self, administrator, cohort, question):
        a_run(cohort, {question: {"payload": PAYLOAD}}, a_dataset(cohort, snapshot="1:1:"))
        a_patient(cohort)
        assert get(administrator, "questions/mhd.roc/")["result"]["is_stale"] is True

    def test_only_the_current_version_is_listed(self, administrator, cohort):
        a_question(cohort, "roc", version=1, is_current=False)
        a_question(cohort, "roc", version=2)
        assert [each["version"] for each in get(administrator, "questions/")["results"]] == [2]

    def test_questions_are_found_by_cohort_and_kind(self, administrator, question):
        a_question(a_cohort(slug="nhanes"), "groups", kind="roc")
        assert [each["key"] for each in get(administrator, "questions/", cohort="mhd")["results"]] == [
            "mhd.roc"
        ]
        assert [each["cohort"] for each in get(administrator, "questions/", kind="roc")["results"]] == [
            "nhanes"
        ]

    @pytest.mark.parametrize("key", ["mhd.other", "other.roc"])
    def test_an_unknown_question_is_not_found(self, administrator, question, key):
        assert administrator.get(f"/api/v1/questions/{key}/").status_code == 404


class TestWhoSees:
    def test_nobody_without_an_account(self, question):
        for path in ("questions/", "questions/mhd.roc/", "estimates/?question=mhd.roc", "runs/"):
            assert a_client().get(f"/api/v1/{path}").status_code == 401

    def test_nobody_without_a_role(self, question):
        account = a_user("analyst")
        client = a_client(account)
        account.memberships.all().delete()
        assert client.get("/api/v1/questions/").status_code == 403

    def test_a_coordinator_sees_the_cohorts_of_his_site_alone(self, cohort, question):
        run = a_run(cohort, {question: {"payload": PAYLOAD, "estimates": [an_estimate(0.9)]}})
        own = a_client(a_coordinator(cohort.sites.get(code="OWN")))
        stranger = a_client(a_coordinator(a_site("STRANGE")))
        paths = ("questions/mhd.roc/", "estimates/?question=mhd.roc", f"runs/{run.pk}/")
        assert [own.get(f"/api/v1/{path}").status_code for path in paths] == [200, 200, 200]
        assert [stranger.get(f"/api/v1/{path}").status_code for path in paths] == [404, 404, 404]
        assert get(stranger, "questions/")["results"] == get(stranger, "runs/")["results"] == []

    @pytest.mark.parametrize(
        "definition", [{"by": "site"}, {"variables": ["mg", "site"]}, {"population": {"site": ["OWN"]}}]
    )
    def test_a_breakdown_by_site_is_not_for_one_site(self, cohort, analyst, definition):
        a_question(cohort, "by-site", definition=definition)
        coordinator = a_client(a_coordinator(cohort.sites.get(code="OWN")))
        assert coordinator.get("/api/v1/questions/mhd.by-site/").status_code == 404
        assert coordinator.get("/api/v1/estimates/?question=mhd.by-site").status_code == 404
        assert analyst.get("/api/v1/questions/mhd.by-site/").status_code == 200

    def test_a_version_that_told_sites_apart_stays_hidden_after_its_revision(self, cohort, analyst):
        old = a_question(cohort, "risk", definition={"by": "site"}, is_current=False)
        new = a_question(cohort, "risk", version=2)
        dataset = a_dataset(cohort)
        a_run(cohort, {old: {"estimates": [an_estimate(0.9)]}}, dataset)
        a_run(cohort, {new: {"estimates": [an_estimate(0.8)]}}, dataset)
        coordinator = a_client(a_coordinator(cohort.sites.get(code="OWN")))
        told = {
            client: [
                each["question_version"] for each in get(client, "estimates/", question="mhd.risk")["results"]
            ]
            for client in (coordinator, analyst)
        }
        assert told == {coordinator: [2], analyst: [1, 2]}

    def test_small_counts_are_withheld_from_who_may_not_see_every_record(self, cohort, question, analyst):
        small = a_dataset(cohort, exclusions=[{"reason": "no_consent", "n": 3}])
        a_run(cohort, {question: {"payload": PAYLOAD}}, small)
        result = get(analyst, "questions/mhd.roc/")["result"]
        [curve] = result["payload"]["curves"]
        assert (curve["auc"], curve["tp"], curve["fn"], curve["is_withheld"]) == (0.895, None, None, True)
        assert result["provenance"]["exclusions"] == [{"reason": "no_consent", "n": None}]
        assert (result["provenance"]["n_rows"], result["provenance"]["n_enrolled"]) == (400, None)

    def test_an_administrator_and_a_cohort_without_a_minimum_show_all(self, cohort, question, administrator):
        a_run(cohort, {question: {"payload": PAYLOAD}})
        assert get(administrator, "questions/mhd.roc/")["result"]["payload"] == PAYLOAD
        Cohort.objects.update(small_cell_minimum=0)
        coordinator = a_client(a_coordinator(cohort.sites.get(code="OWN")))
        assert get(coordinator, "questions/mhd.roc/")["result"]["payload"] == PAYLOAD


class TestEstimates:
    @pytest.mark.parametrize(("kind", "changed"), [("longitudinal", ["data"]), ("roc", [])])
    def test_other_draws_are_other_data_only_for_what_reads_them(self, cohort, administrator, kind, changed):
        question = a_question(cohort, "course", kind=kind)
        for sha256 in ("1" * 64, "2" * 64):
            draws = FrozenTable.objects.create(sha256=sha256, content=b"draws")
            dataset = a_dataset(cohort, draws_table=draws)
            a_run(cohort, {question: {"payload": PAYLOAD, "estimates": [an_estimate(0.9)]}}, dataset)
        found = get(administrator, "estimates/", question="mhd.course")["results"]
        assert [each["changed"] for each in found] == [[], changed]

    def test_a_number_comes_run_by_run_with_what_had_changed(self, cohort, question, administrator):
        first = a_dataset(cohort, b"one")
        a_run(cohort, {question: {"estimates": [an_estimate(0.90)]}}, first)
        a_run(cohort, {question: {"estimates": [an_estimate(0.90)]}}, first, code_version="commit 2")
        a_run(cohort, {question: {"estimates": [an_estimate(0.89)]}}, a_dataset(cohort, b"two"))
        found = get(administrator, "estimates/", question="mhd.roc", term="mg")["results"]
        assert [each["value"] for each in found] == [0.90, 0.90, 0.89]
        assert [each["changed"] for each in found] == [[], ["code"], ["data", "code"]]

    def test_a_revision_continues_the_series(self, cohort, administrator):
        old = a_question(cohort, "roc", is_current=False)
        new = a_question(cohort, "roc", version=2)
        dataset = a_dataset(cohort)
        a_run(cohort, {old: {"estimates": [an_estimate(0.90)]}}, dataset)
        a_run(cohort, {new: {"estimates": [an_estimate(0.80)]}}, dataset)
        found = get(administrator, "estimates/", question="mhd.roc")["results"]
        assert [(each["question_version"], each["changed"]) for each in found] == [(1, []), (2, ["question"])]

    def test_a_long_course_takes_no_more_queries(
        self, cohort, question, analyst, django_assert_max_num_queries
    ):
        dataset = a_dataset(cohort)
        for version in range(30):
            run = {"payload": PAYLOAD, "estimates": [an_estimate(0.9)]}
            a_run(cohort, {question: run}, dataset, code_version=f"commit {version}")
        with django_assert_max_num_queries(20):
            assert len(get(analyst, "estimates/", question="mhd.roc")["results"]) == 30

    def test_terms_and_quantities_are_told_apart(self, cohort, question, administrator):
        estimates = [an_estimate(0.9), an_estimate(0.8, term="p"), an_estimate(0.7, quantity="sensitivity")]
        a_run(cohort, {question: {"estimates": estimates}})
        found = get(administrator, "estimates/", question="mhd.roc", term="mg", quantity="auc")["results"]
        assert [each["value"] for each in found] == [0.9]

    def test_a_number_of_few_patients_is_withheld(self, cohort, question, analyst):
        a_run(cohort, {question: {"estimates": [an_estimate(0.9, n_events=3)]}})
        [found] = get(analyst, "estimates/", question="mhd.roc")["results"]
        assert (found["value"], found["n_events"], found["is_withheld"]) == (None, None, True)
        assert found["run"] is not None

    def test_a_number_that_only_replicates_stands_under_its_block(self, cohort, administrator):
        given = published()
        question = a_question(cohort, "paper", kind="logistic", definition={"models": [PAPER]})
        run = {"payload": given.payload, "estimates": given.estimates}
        a_run(cohort, {question: dict(run)})
        a_run(cohort, {question: dict(run)}, code_version="commit 2")
        found = get(administrator, "estimates/", question="mhd.paper")["results"]
        blocks = {each["term"]: each["block"] for each in found}
        assert len(found) == 2 * len(blocks)
        assert blocks["paper.age"] is None
        for term in ("ca", "p", "ca_x_p"):
            assert blocks[f"paper.{term}"]["code"] == "derived_beside_parents"
            assert "computed from" in blocks[f"paper.{term}"]["text"]

    def test_a_blocked_number_of_no_replication_is_absent(self):
        given = published(is_replication=False)
        assert {each["term"] for each in given.estimates} == {"paper.age", "paper.mg", "paper.vit_d25"}

    def test_the_question_must_be_named(self, administrator, question):
        response = administrator.get("/api/v1/estimates/")
        assert response.status_code == 400
        assert "question" in response.json()


class TestRuns:
    def test_a_run_says_when_from_what_and_by_what(self, cohort, question, administrator):
        run = a_run(cohort, {question: {}}, trigger="sweep")
        told = get(administrator, f"runs/{run.pk}/")
        assert (told["cohort"], told["status"], told["trigger"]) == ("mhd", "done", "sweep")
        assert (told["dataset_sha256"], told["code_version"]) == (run.dataset.sha256, "commit 1")

    def test_a_run_that_waits_has_no_table_yet(self, cohort, administrator):
        cohort.runs.create()
        [told] = get(administrator, "runs/", cohort="mhd", status="queued")["results"]
        assert (told["as_of"], told["dataset_sha256"], told["failure"]) == (None, None, None)

    @pytest.mark.parametrize("path", ["questions/", "estimates/", "runs/"])
    def test_the_ledger_is_not_written_through_the_api(self, administrator, path):
        assert administrator.post(f"/api/v1/{path}", {}).status_code == 405
