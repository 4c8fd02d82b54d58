"""The Celery application; the record announces a change by a task's name, analytics answers to it."""

import os
import signal

from celery import Celery
from celery.signals import worker_process_init

from registry.config.embedded.process import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.config.settings")

app = Celery("calcis")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def end_with_the_worker(**_: object) -> None:
    """A killed worker takes the task it was running with it; the ledger's sweep takes that up again."""
    die_with_parent(signal.SIGKILL)
