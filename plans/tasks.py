"""What workers do for this room."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from plans.meetings import services as meetings


@shared_task(ignore_result=True)
def draw_agendas() -> None:
    """Every five minutes: draw up the agendas of the next 24 hours that were not drawn yet."""
    meetings.draw_all_due(timezone.now())
