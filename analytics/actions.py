"""Adds questions, and revises them: a new version stands beside the old one, whose answers stay."""

from functools import partial
from typing import Any

from celery import current_app
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from analytics.models import Question
from analytics.plan import Definition, PlanError, Variables, load_plan, read_plan
from registry.models import Cohort, User
from registry.permissions import Permission, require

KEPT_IN_COLUMNS = ("title", "why", "is_replication")


@transaction.atomic
def adopt_plan(cohort: Cohort) -> list[Question]:
    """Bring a cohort's questions to its plan as shipped; the questions that are new or changed.

    A question of the plan that no longer stands in it is asked no more. What a question remembers, such as
    the direction of a marker decided once, passes on to its next version.
    """
    if not cohort.plan:
        return []
    plan = load_plan(cohort.plan)
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    current = {q.slug: q for q in Question.objects.filter(cohort=cohort, is_current=True).exclude(plan="")}
    adopted = []
    for position, definition in enumerate(plan.questions):
        standing = current.pop(definition["slug"], None)
        if standing is None or (standing.plan, standing.plan_version) != (plan.name, plan.version):
            adopted.append(
                _write(
                    cohort,
                    definition,
                    plan.variables,
                    plan=plan.name,
                    plan_version=plan.version,
                    position=position,
                )
            )
    for question in current.values():
        _retire(question)
    return adopted


@transaction.atomic
def add_question(
    *, by: User | None, cohort: Cohort, definition: Definition, variables: Variables
) -> Question:
    """Ask a cohort one more question; `variables` say what the definition's names stand for."""
    require(by, Permission.PLAN_WRITE)
    _check(cohort, definition, variables)
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    if Question.objects.filter(cohort=cohort, slug=definition["slug"], is_current=True).exists():
        raise ValidationError(
            {
                "slug": ValidationError(
                    _("The cohort already asks %(slug)s. Revise that question, or choose another name."),
                    code="duplicate",
                    params={"slug": definition["slug"]},
                )
            }
        )
    position = Question.objects.filter(cohort=cohort).count()
    question = _write(cohort, definition, variables, position=position)
    transaction.on_commit(partial(_announce, cohort))
    return question


@transaction.atomic
def revise_question(
    *, by: User | None, question: Question, definition: Definition, variables: Variables
) -> Question:
    """Ask a question in another way from now on; what it answered before stays under its old version."""
    require(by, Permission.PLAN_WRITE)
    _check(question.cohort, definition, variables)
    if definition["slug"] != question.slug:
        raise ValidationError(
            {
                "slug": ValidationError(
                    _("A revision keeps the short name %(slug)s; for another name add a question."),
                    code="not_allowed",
                    params={"slug": question.slug},
                )
            }
        )
    revised = _write(question.cohort, definition, variables, position=question.position)
    transaction.on_commit(partial(_announce, question.cohort))
    return revised


def _check(cohort: Cohort, definition: Definition, variables: Variables) -> None:
    try:
        read_plan(
            {
                "name": cohort.slug,
                "version": 0,
                "title": "",
                "variables": variables,
                "questions": [definition],
            }
        )
    except PlanError as error:
        raise ValidationError({"definition": ValidationError(str(error), code="unknown")}) from error
    except (KeyError, TypeError) as error:
        raise ValidationError(
            {
                "definition": ValidationError(
                    _("The definition is not complete: %(missing)s is missing or of the wrong form."),
                    code="required",
                    params={"missing": str(error)},
                )
            }
        ) from error


def _write(cohort: Cohort, definition: Definition, variables: Variables, **fields: Any) -> Question:
    """The next version of a question, which takes the place of the current one."""
    versions = Question.objects.select_for_update().filter(cohort=cohort, slug=definition["slug"])
    last = versions.order_by("-version").first()
    for question in versions.filter(is_current=True):
        _retire(question)
    return Question.objects.create(
        cohort=cohort,
        slug=definition["slug"],
        version=last.version + 1 if last else 1,
        kind=definition["kind"],
        definition=definition,
        variables=variables,
        memory=_remembered(last, definition) if last else {},
        **{name: definition[name] for name in KEPT_IN_COLUMNS if name in definition},
        **fields,
    )


def _remembered(last: Question, definition: Definition) -> dict[str, dict[str, Any]]:
    """What the last version decided, except where the new wording decides it."""
    return {
        name: {key: value for key, value in decided.items() if key not in definition.get(name, {})}
        for name, decided in last.memory.items()
    }


def _retire(question: Question) -> None:
    question.is_current = False
    question.save(update_fields=["is_current"])


def _announce(cohort: Cohort) -> None:
    current_app.send_task("analytics.cohort_changed", args=[cohort.pk])
