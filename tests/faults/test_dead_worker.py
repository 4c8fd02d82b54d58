"""A worker killed in the middle of a run: the sweep takes the run up, and nothing is lost or done twice."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from analytics import tasks
from analytics.models import Question, Run
from analytics.recompute import request_run, running, sweep
from tests.registry.record import a_cohort, a_patient, drew

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]

# Answers the first question, says so at the second, and never comes to an end.
WORKER = """
import sys, threading
import django
django.setup()
from analytics.questions import Answer
from analytics.recompute import running

def answer(definition, *args, **kwargs):
    if definition["slug"] == "second":
        print("at the second", flush=True)
        threading.Event().wait()
    return Answer("done", {"by": "the first worker"})

running.answer = answer
running.execute(int(sys.argv[1]))
"""


def test_a_killed_worker_s_run_is_taken_up_where_it_stopped(monkeypatch):
    cohort = a_cohort()
    drew(a_patient(cohort, "ND-1"), 0, mg="1.0")
    for position, slug in enumerate(("first", "second")):
        definition = {"slug": slug, "kind": "comparison"}
        Question.objects.create(
            cohort=cohort, slug=slug, kind="comparison", title=slug, definition=definition, position=position
        )
    run, _is_new = request_run(cohort, Run.Trigger.CHANGE)

    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(run.pk)],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert worker.stdout.readline() == "at the second\n"
        assert sweep() == [], "a run whose worker lives is left alone"
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
    run.refresh_from_db()
    assert run.status == "running"

    sent: list[int] = []
    monkeypatch.setattr(tasks.recompute, "apply_async", lambda args, kwargs=None: sent.append(args[0]))
    until = time.monotonic() + 30
    while not sent and time.monotonic() < until:  # the database notices the broken connection in its own time
        tasks.sweep()
    assert sent == [run.pk]

    monkeypatch.setattr(
        running, "answer", lambda *args, **kwargs: running.Answer("done", {"by": "the second"})
    )
    tasks.recompute(run.pk)
    run.refresh_from_db()
    assert (run.status, run.attempts) == ("done", 2)
    assert [result.payload["by"] for result in run.results.order_by("question__position")] == [
        "the first worker",
        "the second",
    ]
