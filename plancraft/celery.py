"""The Celery application; each room's `tasks.py` enters its tasks."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plancraft.settings")

app = Celery("plancraft")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
