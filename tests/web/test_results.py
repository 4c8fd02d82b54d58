"""Result pages through the web server's door: what they print, to whom, and how they stay current."""

import re
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from analytics.actions import adopt_plan
from analytics.models import Dataset, FrozenTable, Question, Result, Run
from analytics.plan import load_plan, tables_read
from analytics.questions import answer
from registry.cohort import read_cohort
from registry.models import Cohort
from tests.analytics.tables import below_detection, draws_of, mhd, readings_of
from tests.builders import a_cohort, a_site, a_user

pytestmark = pytest.mark.django_db(transaction=True)

SERIAL = {"draws": draws_of, "readings": readings_of}
SLUGS = [question["slug"] for question in load_plan("mhd").questions]
POLLS = {"HX-Request": "true"}


@pytest.fixture
def cohort() -> Cohort:
    """A simulated cohort whose plan has been answered once, on 400 rows."""
    cohort = a_cohort(slug="mhd", plan="mhd", is_simulated=True)
    adopt_plan(cohort)
    compute(cohort)
    return cohort


def compute(cohort: Cohort, n: int = 200) -> Run:
    """A finished run with the answers to a table of so many patients and as many controls."""
    frame, now = below_detection(mhd(n)), timezone.now()
    table, _is_new = FrozenTable.objects.get_or_create(sha256=f"{n:064x}", defaults={"content": b""})
    dataset = Dataset.objects.create(
        cohort=cohort,
        table=table,
        definition={},
        columns=list(frame.columns),
        n_rows=len(frame),
        n_enrolled=len(frame) + 7,
        exclusions=[{"reason": "no_consent", "n": 7}],
        snapshot=read_cohort(cohort).snapshot,
        read_at=now,
    )
    run = begun(cohort, dataset)
    for question in Question.objects.filter(cohort=cohort, is_current=True):
        read = {name: SERIAL[name](frame) for name in tables_read([question.definition])}
        given = answer(question.definition, question.variables, frame, **read)
        written(
            run,
            question,
            status=given.status,
            reason=given.reason,
            payload=given.payload,
            guards=given.guards,
        )
    finish(run)
    return run


def begun(cohort: Cohort, dataset: Dataset) -> Run:
    return Run.objects.create(
        cohort=cohort, dataset=dataset, status=Run.Status.RUNNING, plan_sha256="ab" * 32
    )


def written(run: Run, question: Question, **fields: Any) -> None:
    Result.objects.create(run=run, question=question, computed_at=timezone.now(), **fields)


def finish(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(status=Run.Status.DONE, finished_at=timezone.now())


def signed_in(role: str = "administrator", **fields: Any) -> Client:
    client = Client()
    client.force_login(a_user(role, **fields))
    return client


def page(client: Client, slug: str) -> HttpResponse:
    return client.get(reverse("analytics:question", args=["mhd", slug]))


def text_of(slug: str) -> str:
    return page(signed_in(), slug).content.decode()


@pytest.mark.usefixtures("cohort")
class TestPage:
    def test_every_question_prints_its_answer(self) -> None:
        client = signed_in()
        for slug in SLUGS:
            text = page(client, slug).content.decode()
            for expected in ('role="img"', "<caption>", "Data as of", "Simulated data", "up to date"):
                assert expected in text, (slug, expected)
            assert "style=" not in text, slug

    def test_the_weakness_of_the_replicated_model_stands_before_its_numbers(self) -> None:
        text = text_of("cvd-death-multivariable")
        assert text.index('data-guard="G4"') < text.index("<svg")
        assert "Do not rely on this" in text

    def test_pooled_correlations_are_marked_as_replication(self) -> None:
        text = text_of("correlations")
        assert "Replication of a published analysis" in text
        assert "Groups that differ by design are pooled" in text

    def test_where_the_numbers_come_from(self) -> None:
        text = text_of("groups")
        for expected in (f"{200:064x}", "ab" * 32, "no consent on file", "407"):
            assert expected in text

    def test_unknown_question(self) -> None:
        assert page(signed_in(), "no-such").status_code == 404


class TestWithoutAnAnswer:
    def test_not_yet_computed(self) -> None:
        adopt_plan(a_cohort(slug="mhd", plan="mhd"))
        assert "not yet computed" in text_of("groups")

    def test_not_estimable_says_why(self) -> None:
        cohort = a_cohort(slug="mhd", plan="mhd")
        adopt_plan(cohort)
        compute(cohort, n=12)
        text = text_of("cvd-death-roc")
        assert "cannot be estimated" in text
        assert "at least 10 of each are needed" in text

    def test_a_failed_attempt_leaves_the_last_answer(self, cohort: Cohort) -> None:
        first = Run.objects.get(cohort=cohort)
        run = begun(cohort, first.dataset)
        written(run, Question.objects.get(slug="groups"), status="failed", reason={"code": "failed"})
        finish(run)
        text = text_of("groups")
        assert "The last attempt broke off" in text
        assert "<svg" in text


class TestWaiting:
    """A page that waits polls with the state it shows."""

    def test_nothing_new(self, cohort: Cohort) -> None:
        answered = signed_in().get(polled_by_page(), headers=POLLS)
        assert (answered.status_code, answered.content) == (204, b"")

    def test_a_page_without_news_reads_no_answer(self, cohort: Cohort) -> None:
        address = polled_by_page()
        client = signed_in()
        with CaptureQueriesContext(connection) as asked:
            client.get(address, headers=POLLS)
        assert not [query for query in asked if '"payload"' in query["sql"]]

    def test_a_newer_answer(self, cohort: Cohort) -> None:
        address = polled_by_page()
        compute(cohort)
        answered = signed_in().get(address, headers=POLLS)
        assert answered.status_code == 200
        assert answered.content.decode().lstrip().startswith('<div id="answer"')

    def test_a_change_of_the_record(self, cohort: Cohort) -> None:
        address = polled_by_page()
        Cohort.objects.filter(pk=cohort.pk).update(description="Changed")
        assert "data have changed since" in signed_in().get(address, headers=POLLS).content.decode()


def polled_by_page() -> str:
    found = re.search(r'hx-get="([^"]*state=[^"]*)"', text_of("groups"))
    assert found
    return found[1]


@pytest.mark.usefixtures("cohort")
class TestList:
    address = "/cohorts/mhd/questions/"

    def test_every_question_with_its_standing(self) -> None:
        assert signed_in().get(self.address).content.decode().count("up to date") == len(SLUGS)

    def test_fragment(self) -> None:
        fragment = signed_in().get(self.address, headers=POLLS).content.decode()
        assert "<html" not in fragment
        assert reverse("analytics:question", args=["mhd", "correlations"]) in fragment

    def test_nothing_new(self) -> None:
        found = re.search(r'hx-get="([^"]*state=[^"]*)"', signed_in().get(self.address).content.decode())
        assert signed_in().get(found[1], headers=POLLS).status_code == 204


class TestAccess:
    def test_a_coordinator_of_another_cohort_finds_nothing(self, cohort: Cohort) -> None:
        stranger = signed_in("coordinator", site=a_site())
        assert page(stranger, "groups").status_code == 404
        assert stranger.get("/cohorts/mhd/questions/").status_code == 404

    def test_a_coordinator_of_a_site_of_the_cohort_sees_the_pooled_answer(self, cohort: Cohort) -> None:
        assert page(signed_in("coordinator", site=cohort.sites.get()), "groups").status_code == 200

    def test_nobody_without_a_login(self, cohort: Cohort) -> None:
        assert page(Client(), "groups").status_code == 302

    def test_small_counts_are_withheld_from_an_analyst(self, cohort: Cohort) -> None:
        Cohort.objects.filter(pk=cohort.pk).update(small_cell_minimum=60)
        for slug in SLUGS:
            answered = page(signed_in("analyst"), slug)
            assert answered.status_code == 200, slug
        assert "are withheld" in page(signed_in("analyst"), "cvd-death-roc").content.decode()
        assert "are withheld" not in text_of("cvd-death-roc")
