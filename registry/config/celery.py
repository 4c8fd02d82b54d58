"""The Celery application; the record announces a change by a task's name, analytics answers to it."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.config.settings")

app = Celery("calcis")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
