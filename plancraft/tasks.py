"""PlanCraft's own background work: the sign of life."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from plancraft import health


@shared_task
def heartbeat() -> None:
    """Beat sends it, a worker runs it: both live."""
    health.record_heartbeat(timezone.now())
