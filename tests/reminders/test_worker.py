"""Reminders end to end through a real Celery worker, a real Redis and a real mail server."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.utils import timezone

from reminders.models import Message
from reminders.tasks import deliver_messages, plan_reminders
from tests import factories
from tests.support.smtp import Ledger, smtp_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ledger(settings: Any) -> Any:
    with smtp_server(settings) as server:
        yield server


@pytest.fixture
def unowned(cast: Any) -> Any:
    """A story that lost its owner: its channel's owner is to be told at once."""
    today = timezone.localdate()
    plan = factories.make_plan(
        cast.organization, owner=cast.manager, starts_on=today, ends_on=today + timedelta(days=90)
    )
    channel = factories.make_channel(cast.organization, owner=cast.colleague)
    story = factories.make_story(plan, title="Branch hours at Easter")
    factories.make_post(story, channel, scheduled_at=timezone.now() + timedelta(days=40))
    factories.make_plan(cast.organization, owner=cast.manager)
    return story


def wait_for(sentence: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not sentence():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def no_quiet_hours(cast: Any) -> None:
    """Whatever the time of day is while the tests run."""
    from datetime import time as clock

    from reminders.models import Preference

    Preference.objects.create(
        organization=cast.organization,
        member=cast.colleague,
        quiet_from=clock(8),
        quiet_to=clock(8),
    )


def test_a_tick_reaches_the_inbox_once_even_when_it_rings_three_times(
    cast: Any, unowned: Any, ledger: Ledger, settings: Any, start_celery_worker: Any
) -> None:
    no_quiet_hours(cast)
    start_celery_worker(
        EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(settings.EMAIL_PORT), EMAIL_USE_TLS="0"
    )
    for _ in range(3):
        plan_reminders.delay()
    wait_for(lambda: Message.objects.filter(state="sent").count() == 1)
    deliver_messages.delay()
    time.sleep(1)
    assert [mail["To"] for mail in ledger.mails] == ["cole@example.org"]


def test_a_flushed_redis_loses_nothing(
    cast: Any, unowned: Any, ledger: Ledger, settings: Any, start_celery_worker: Any
) -> None:
    no_quiet_hours(cast)
    plan_reminders.delay()
    redis.Redis.from_url(django_settings.REDIS_URL.replace("redis+socket://", "unix://")).flushall()
    start_celery_worker(
        EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(settings.EMAIL_PORT), EMAIL_USE_TLS="0"
    )
    time.sleep(1)
    assert ledger.mails == [], "the ring is lost, as it should be in this test"
    plan_reminders.delay()
    wait_for(lambda: len(ledger.mails) == 1)
