"""The methods page: generated from the questions asked, with the software of the last run."""

import pytest
from django.test import Client
from django.urls import reverse

from analytics.actions import adopt_plan
from analytics.models import Question
from registry.models import Cohort
from tests.analytics.ledger import a_run
from tests.builders import a_cohort, a_coordinator, a_site, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    cohort = a_cohort(a_site("OWN"), slug="mhd", plan="mhd", baseline_days_before=21)
    adopt_plan(cohort)
    return cohort


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(a_user("analyst"))
    return client


def page(client: Client, slug: str = "mhd") -> str:
    return client.get(reverse("analytics:methods", args=[slug])).content.decode()


def test_the_section_says_what_the_cohort_and_its_plan_say(cohort: Cohort, client: Client) -> None:
    text = page(client)
    for expected in ("at most 21 days before", "Welch", "DeLong", "Ca×P product from calcium and phosphorus"):
        assert expected in text
    assert reverse("analytics:question", args=["mhd", "cvd-death-roc"]) in text


def test_the_software_is_that_of_the_last_run(cohort: Cohort, client: Client) -> None:
    assert "Software" not in page(client)
    a_run(
        cohort, {Question.objects.get(slug="groups"): {}}, library_versions={"scipy": "8.8", "numpy": "9.9"}
    )
    text = page(client)
    for expected in ("numpy 9.9, scipy 8.8.", "commit 1"):
        assert expected in text


def test_a_cohort_without_questions_has_nothing_to_describe(client: Client) -> None:
    assert "nothing to describe" in page(client, a_cohort(slug="own").slug)


def test_the_list_and_each_result_lead_here(cohort: Cohort, client: Client) -> None:
    address = reverse("analytics:methods", args=["mhd"])
    assert address in client.get("/cohorts/mhd/questions/").content.decode()
    assert address in client.get("/cohorts/mhd/questions/groups/").content.decode()


def test_a_coordinator_of_another_cohort_finds_nothing(cohort: Cohort) -> None:
    stranger = Client()
    stranger.force_login(a_coordinator(a_site("STRANGE")))
    assert stranger.get(reverse("analytics:methods", args=["mhd"])).status_code == 404
