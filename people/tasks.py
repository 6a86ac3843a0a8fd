"""Background work about people and their record."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from people import sealing


@shared_task(ignore_result=True)
def seal_activities() -> None:
    """Every few seconds: seal what was recorded since."""
    sealing.seal(now=timezone.now())


@shared_task(ignore_result=True)
def sweep_unsealed() -> None:
    """Every minute: seal whatever the quick passes did not reach."""
    sealing.seal(now=timezone.now(), everywhere=True)
