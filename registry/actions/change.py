"""One change to the record: a transaction that tells the audit trail who, through which door and why."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import KombuError

from registry.models import Cohort, User

logger = logging.getLogger(__name__)

_cohorts_changing: ContextVar[frozenset[int]] = ContextVar("cohorts_changing", default=frozenset())

DOORS = ("form", "api", "import", "command")

_SET_CONTEXT = """
SELECT current_setting('calcis.actor', true), current_setting('calcis.door', true),
    current_setting('calcis.reason', true), set_config('calcis.actor', %s, true),
    set_config('calcis.door', %s, true), set_config('calcis.reason', %s, true)
"""


@contextmanager
def change(*, by: User | None, door: str, reason: str = "", cohort: Cohort | None = None) -> Iterator[None]:
    """Run one action's writes in one transaction, and announce the cohort once they are committed.

    An action inside another one's transaction hands the audit context back as it found it, and leaves the
    announcement of the same cohort to the outer one.
    """
    if door not in DOORS:
        raise ValueError(f"{door!r} is not one of the doors {DOORS}.")
    is_nested = connection.in_atomic_block
    with transaction.atomic():
        before = _set_context("" if by is None else by.get_username(), door, reason)
        with _changing(cohort) as is_outermost:
            yield
        if is_nested:
            _set_context(*before)
        if cohort is not None and is_outermost:
            announce_once_committed(cohort)


@contextmanager
def _changing(cohort: Cohort | None) -> Iterator[bool]:
    """Whether no change around this one is to the same cohort."""
    around = _cohorts_changing.get()
    token = _cohorts_changing.set(around if cohort is None else around | {cohort.pk})
    try:
        yield cohort is None or cohort.pk not in around
    finally:
        _cohorts_changing.reset(token)


def announce_once_committed(cohort: Cohort) -> None:
    transaction.on_commit(partial(announce, cohort.pk))


def announce(cohort_id: int) -> None:
    """Tell the workers that a cohort has changed; if nobody hears it, their sweep finds the change."""
    try:
        current_app.send_task("analytics.cohort_changed", args=[cohort_id], retry=False)
    except (KombuError, OSError):
        logger.warning("The change to cohort %s waits for the sweep: no broker.", cohort_id, exc_info=True)


def _set_context(actor: str, door: str, reason: str) -> tuple[str, str, str]:
    with connection.cursor() as cursor:
        cursor.execute(_SET_CONTEXT, [actor, door, reason])
        row = cursor.fetchone()
    return row[0] or "", row[1] or "", row[2] or ""
