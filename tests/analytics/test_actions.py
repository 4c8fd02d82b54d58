"""Questions are added and revised, never changed; a cohort's follow its plan as shipped."""

from typing import Any

import pytest
from celery import current_app
from django.core.exceptions import PermissionDenied, ValidationError

from analytics import actions
from analytics.actions import add_question, adopt_plan, revise_question
from analytics.models import Question
from analytics.plan import Plan, PlanError, load_plan
from registry.models import Cohort
from tests.analytics.ledger import DEFINITION, VARIABLES
from tests.builders import a_coordinator, a_site, a_user
from tests.registry.record import a_cohort

pytestmark = pytest.mark.django_db

GROUPS = DEFINITION | {"slug": "groups", "title": "Groups", "why": "To see."}


@pytest.fixture
def cohort() -> Cohort:
    return a_cohort()


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[int]]]:
    announced: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: announced.append((name, args)))
    return announced


def add(cohort: Cohort, **changes: Any) -> Question:
    return add_question(by=None, cohort=cohort, definition=GROUPS | changes, variables=VARIABLES)


def shipped(monkeypatch: pytest.MonkeyPatch, version: int, *definitions: dict[str, Any]) -> None:
    """Ship the plan "mhd" so."""
    plan = Plan("mhd", version, "", VARIABLES, definitions, "")
    monkeypatch.setattr(actions, "load_plan", lambda name: plan)


class TestAdd:
    def test_a_question_stands_with_its_words_and_asks_for_a_run(
        self, cohort, announced, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            question = add(cohort)
        assert (question.version, question.is_current, question.kind) == (1, True, "comparison")
        assert (question.title, question.why, question.plan) == ("Groups", "To see.", "")
        assert question.definition == GROUPS
        assert announced == [("analytics.cohort_changed", [cohort.pk])]

    def test_a_name_in_use_is_refused_with_the_way_out(self, cohort):
        add(cohort)
        with pytest.raises(ValidationError) as refusal:
            add(cohort)
        [error] = refusal.value.error_dict["slug"]
        assert error.code == "duplicate"
        assert "Revise" in refusal.value.message_dict["slug"][0]

    @pytest.mark.parametrize(
        ("changes", "code", "named"),
        [
            ({"variables": ["mg", "zinc"]}, "unknown", "zinc"),
            ({"kind": "horoscope"}, "unknown", "horoscope"),
            ({"variables": None}, "required", ""),
        ],
    )
    def test_what_cannot_be_asked_is_refused(self, cohort, changes, code, named):
        with pytest.raises(ValidationError) as refusal:
            add(cohort, **changes)
        [error] = refusal.value.error_dict["definition"]
        assert error.code == code
        assert named in refusal.value.message_dict["definition"][0]
        assert not Question.objects.exists()

    def test_who_may(self, cohort):
        add_question(by=a_user("analyst"), cohort=cohort, definition=GROUPS, variables=VARIABLES)
        with pytest.raises(PermissionDenied):
            add_question(
                by=a_coordinator(a_site()),
                cohort=cohort,
                definition=GROUPS | {"slug": "more"},
                variables=VARIABLES,
            )


class TestRevise:
    def test_the_old_version_stays_beside_the_new(self, cohort):
        first = add(cohort)
        second = revise_question(
            by=None, question=first, definition=GROUPS | {"title": "Better"}, variables=VARIABLES
        )
        first.refresh_from_db()
        assert (first.is_current, first.title) == (False, "Groups")
        assert (second.version, second.is_current, second.title) == (2, True, "Better")
        assert second.position == first.position

    def test_what_was_decided_passes_on_unless_the_new_wording_decides_it(self, cohort):
        first = add(cohort)
        Question.objects.update(memory={"directions": {"mg": "<", "p": ">"}})
        second = revise_question(
            by=None, question=first, definition=GROUPS | {"directions": {"mg": ">"}}, variables=VARIABLES
        )
        assert second.memory == {"directions": {"p": ">"}}

    def test_the_name_stays(self, cohort):
        with pytest.raises(ValidationError) as refusal:
            revise_question(
                by=None, question=add(cohort), definition=GROUPS | {"slug": "other"}, variables=VARIABLES
            )
        assert refusal.value.error_dict["slug"][0].code == "not_allowed"


class TestAdoptPlan:
    @pytest.fixture
    def cohort(self) -> Cohort:
        return a_cohort(plan="mhd")

    def test_every_question_of_the_shipped_plan_is_asked_in_its_order(self, cohort):
        adopt_plan(cohort)
        asked = Question.objects.filter(cohort=cohort, is_current=True).values_list("slug", flat=True)
        assert list(asked) == [definition["slug"] for definition in load_plan("mhd").questions]

    def test_a_second_time_changes_nothing(self, cohort):
        adopt_plan(cohort)
        assert adopt_plan(cohort) == []

    def test_a_newer_plan_revises_adds_and_retires(self, cohort, monkeypatch):
        shipped(monkeypatch, 1, GROUPS, GROUPS | {"slug": "gone"})
        adopt_plan(cohort)
        shipped(monkeypatch, 2, GROUPS, GROUPS | {"slug": "new"})
        assert [question.slug for question in adopt_plan(cohort)] == ["groups", "new"]
        current = Question.objects.filter(is_current=True).values_list("slug", "version", "plan_version")
        assert list(current) == [("groups", 2, 2), ("new", 1, 2)]
        assert Question.objects.filter(slug="gone", is_current=False).exists()

    def test_questions_of_an_analyst_are_left_alone(self, cohort, monkeypatch):
        add(cohort, slug="own")
        shipped(monkeypatch, 1, GROUPS)
        adopt_plan(cohort)
        assert Question.objects.get(slug="own").is_current

    def test_a_cohort_without_a_plan_adopts_none(self):
        assert adopt_plan(a_cohort("plain")) == []

    def test_a_plan_that_is_not_there_is_named(self):
        with pytest.raises(PlanError, match="mdh"):
            adopt_plan(a_cohort("wrong", plan="mdh"))
