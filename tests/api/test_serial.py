"""What was measured more than once, by API and page: told in full, or without single patients."""

import hashlib
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analytics.models import FrozenTable, Question
from analytics.plan import load_plan, tables_read
from analytics.questions import answer
from registry.models import Cohort
from tests.analytics.ledger import a_dataset, a_question, a_run
from tests.analytics.tables import draws_of, mhd, readings_of
from tests.builders import a_client, a_cohort, a_site, a_user

pytestmark = pytest.mark.django_db

PLAN = load_plan("mhd")
FRAME = mhd()
SERIAL = {"draws": draws_of(FRAME), "readings": readings_of(FRAME)}


@pytest.fixture
def cohort() -> Cohort:
    return a_cohort(a_site("OWN"), slug="mhd", small_cell_minimum=5)


def kept(name: str) -> FrozenTable:
    return FrozenTable.objects.create(sha256=hashlib.sha256(name.encode()).hexdigest(), content=b"")


def asked(cohort: Cohort, slug: str) -> Question:
    """A question of the plan, answered as a run answers it from the tables it reads."""
    definition = PLAN.question(slug)
    [name] = tables_read([definition])
    given = answer(definition, PLAN.variables, FRAME, **{name: SERIAL[name]})
    kind = definition["kind"]
    question = a_question(cohort, slug, kind=kind, definition=definition, variables=PLAN.variables)
    fields = {"payload": given.payload, "guards": given.guards, "estimates": given.estimates}
    a_run(cohort, {question: fields}, a_dataset(cohort, **{f"{name}_table": kept(name)}))
    return question


def told(slug: str, role: str) -> dict[str, Any]:
    return a_client(a_user(role)).get(f"/api/v1/questions/mhd.{slug}/").json()["result"]


def page(slug: str, role: str) -> str:
    client = Client()
    client.force_login(a_user(role))
    return client.get(reverse("analytics:question", args=["mhd", slug])).content.decode()


@pytest.mark.parametrize(
    ("slug", "name"), [("calcification-agreement", "readings"), ("phosphorus-over-time", "draws")]
)
def test_the_hash_of_what_was_read_is_told(cohort: Cohort, slug: str, name: str) -> None:
    asked(cohort, slug)
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    assert told(slug, "administrator")["provenance"]["serial_sha256"] == {name: sha256}
    [run] = a_client(a_user("administrator")).get("/api/v1/runs/").json()["results"]
    assert run["serial_sha256"] == {name: sha256}
    text = page(slug, "administrator")
    assert f"SHA-256 of the table of {name}" in text
    assert sha256 in text


def test_two_readings_of_a_patient_are_for_those_who_see_records(cohort: Cohort) -> None:
    asked(cohort, "calcification-agreement")
    assert told("calcification-agreement", "administrator")["payload"]["patterns"]
    assert "<circle" in page("calcification-agreement", "administrator")
    seen = told("calcification-agreement", "analyst")["payload"]
    assert seen["patterns"] == []
    assert seen["outcomes"][0]["limits"]["bias"] is not None
    assert "<circle" not in page("calcification-agreement", "analyst")


def test_a_course_is_told_to_everyone_where_its_groups_are_large(cohort: Cohort) -> None:
    asked(cohort, "phosphorus-over-time")
    seen = told("phosphorus-over-time", "analyst")["payload"]
    assert [group["group"] for group in seen["by_group"]] == ["0-1", "2-5", "6-24"]
    assert seen["models"][-1]["terms"][0]["variable"] == "p"
    assert "Change per year" in page("phosphorus-over-time", "analyst")


def test_what_is_followed_is_found_by_its_name(cohort: Cohort) -> None:
    asked(cohort, "phosphorus-over-time")
    query = {"question": "mhd.phosphorus-over-time", "term": "time_updated.p"}
    [found] = a_client(a_user("analyst")).get("/api/v1/estimates/", query).json()["results"]
    assert found["quantity"] == "log_hazard_ratio"
    assert found["ci_low"] < found["value"] < found["ci_high"]
