"""The Celery application; each room's `tasks.py` enters its tasks."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plancraft.settings")

app = Celery("plancraft")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Django has set up logging already; being connected keeps Celery from doing it again."""
