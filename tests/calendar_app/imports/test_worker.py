"""An import by a real worker on a real Redis: progress shows while nothing else does yet."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from calendar_app.imports import service
from calendar_app.models import ContentItem, ImportBatch
from people.models import Job
from tests import factories
from tests.calendar_app.imports.sheetmaking import to_bytes

ROWS = 2_000


def wait_for(found: Callable[[], Any], seconds: float = 60) -> Any:
    """What `found` returns once it is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


@pytest.fixture
def begun(transactional_db: None, cast: Any) -> Callable[[], ImportBatch]:
    """`begun()`: an import of many rows that has just been started."""
    plan = factories.make_plan(cast.organization)
    factories.make_channel(cast.organization, kind="blog", name="Blog")
    rows = ([f"2027-01-{n % 28 + 1:02d}", "Blog", f"Story {n}"] for n in range(ROWS))

    def begin() -> ImportBatch:
        content = to_bytes(["Date", "Channel", "Title"], *rows)
        batch = service.upload(plan=plan, file_name="big.csv", content=content, by=cast.member)
        service.start(batch=batch, by=cast.member, now=timezone.now())
        return batch

    return begin


def test_progress_shows_before_the_end_and_rows_only_after(
    celery_worker_process: Any, begun: Callable[[], ImportBatch]
) -> None:
    batch = begun()
    jobs = Job.objects.filter(state=Job.State.RUNNING, done__gt=0, done__lt=ROWS)
    assert wait_for(jobs.first).total == ROWS
    assert ContentItem.objects.count() == 0
    wait_for(ImportBatch.objects.filter(pk=batch.pk, state="done").first)
    assert ContentItem.objects.count() == ROWS


def test_a_killed_worker_leaves_nothing_and_another_takes_over(
    start_celery_worker: Any, begun: Callable[[], ImportBatch]
) -> None:
    first = start_celery_worker()
    batch = begun()
    wait_for(Job.objects.filter(state=Job.State.RUNNING, done__gt=0).first)
    first.kill()
    first.wait(10)
    assert ContentItem.objects.count() == 0
    service.sweep(now=timezone.now())  # its lease still runs, so nobody takes it
    later = timezone.now() + service.LEASE
    assert service.waiting(now=later) == [batch.pk]
    service.run(batch_id=batch.pk, now=later)
    assert ContentItem.objects.count() == ROWS
