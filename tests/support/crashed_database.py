"""Delivers through crashes of the database, as ticks of a worker do; see `test_crash.py`.

    python -m tests.support.crashed_database prepare NAME PEOPLE   plan one mail for each
    python -m tests.support.crashed_database drain NAME [careless] until nothing waits any more

The database and the mail server stand in the environment. `drain` prints Message-ID -> state and
repeats. `careless` is the control: a worker that does not store that the data begin.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta

import django

django.setup()

from django.db import DatabaseError, InterfaceError, connection  # noqa: E402

from people.models import Organization  # noqa: E402
from reminders import delivery, planner  # noqa: E402
from reminders.models import Message  # noqa: E402
from tests import factories  # noqa: E402

NOW = datetime(2027, 3, 8, 10, tzinfo=UTC)
DatabaseGone = (DatabaseError, InterfaceError)
UNFINISHED = ("waiting", "claimed")


def prepare(name: str, people: int) -> None:
    organization = factories.make_organization(name=name, slug=name)
    champion = factories.make_member(organization, user_fields={"email": f"c@{name}.org"})
    plan = factories.make_plan(organization, owner=champion)
    channel = factories.make_channel(organization, owner=champion)
    for n in range(people):
        owner = factories.make_member(organization, user_fields={"email": f"p{n}@{name}.org"})
        story = factories.make_story(plan, owner=owner)
        factories.make_post(story, channel, scheduled_at=NOW + timedelta(hours=24))
    planner.plan(organization, NOW)


def drain(name: str) -> None:
    """Tick after tick; after each that failed so much time passes that its leases are over."""
    now, end = NOW, time.monotonic() + 100
    while time.monotonic() < end:
        try:
            delivery.drain(lambda moment=now: moment)  # type: ignore[misc]
            if not Message.objects.filter(state__in=UNFINISHED).exists():
                print(json.dumps(stored(name)))  # noqa: T201
                return
        except DatabaseGone:
            connection.close()
            time.sleep(0.1)
        now += delivery.LEASE + timedelta(seconds=1)


def stored(name: str) -> dict[str, tuple[str, int]]:
    organization = Organization.objects.get(slug=name)
    rows = Message.objects.filter(organization=organization)
    return {row.message_id: (row.state, row.repeats) for row in rows}


if __name__ == "__main__":
    task, name, *rest = sys.argv[1:]
    if "careless" in rest:
        delivery.begin_data = lambda held: None
    if task == "prepare":
        prepare(name, int(rest[0]))
    else:
        drain(name)
