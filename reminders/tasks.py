"""Ticks: each reads what is due from the database, so a lost or doubled message does no harm."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from reminders import services


@shared_task(ignore_result=True)
def plan_reminders() -> None:
    """Write what is due and not written yet, then ring for delivery."""
    try:
        services.plan_all(timezone.now())
    finally:
        deliver_messages.delay()


@shared_task(ignore_result=True)
def deliver_messages() -> None:
    """Send what is due."""
    services.deliver_due(timezone.now)
