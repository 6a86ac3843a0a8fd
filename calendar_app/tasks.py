"""What workers do for this room."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from calendar_app.imports import service as imports


@shared_task
def run_import(batch_id: int) -> None:
    """Run one import; run twice it has one effect."""
    imports.run(batch_id=batch_id, now=timezone.now())


@shared_task
def sweep_imports() -> None:
    """Find imports whose nudge was lost, and forget files that nobody imported."""
    imports.sweep(now=timezone.now())
