"""A worker killed outright at each point of its work: nothing lost, nothing doubled outside the
one window that no mail system can close (after the data, before the outcome is stored)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from plancraft.runtime.places import ROOT
from reminders import delivery, planner
from reminders.models import Message
from tests import factories
from tests.support.smtp import Ledger, smtp_server

NOW = datetime(2027, 3, 8, 10, tzinfo=UTC)
AFTER = NOW + delivery.LEASE + timedelta(seconds=1)
PEOPLE = 4
RUNS = int(os.environ.get("KILL_RUNS", "1"))


POINTS = (
    "before the claim",
    "claimed, not committed",
    "claimed",
    "connected",
    "before the data is stored",
    "data stored, not sent",
    "sent, outcome not stored",
    "outcome stored",
)
WINDOW = {"sent, outcome not stored"}


def kill_a_worker_at(point: str, settings: Any) -> None:
    """A process of its own delivers and is killed with SIGKILL at the named point."""
    database = connection.settings_dict
    address = f"postgresql://{database['USER']}@/{quote(database['NAME'], safe='')}"
    variables = {
        "DATABASE_URL": f"{address}?host={quote(database['HOST'], safe='')}",
        "EMAIL_HOST": settings.EMAIL_HOST,
        "EMAIL_PORT": str(settings.EMAIL_PORT),
        "EMAIL_USE_TLS": "0",
    }
    command = [sys.executable, "-m", "tests.support.killed_worker", point, NOW.isoformat()]
    ended = subprocess.run(command, cwd=ROOT, env=os.environ | variables, check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL, "it was to be killed there"


@pytest.fixture
def ledger(settings: Any) -> Any:
    with smtp_server(settings) as server:
        yield server


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("run", range(RUNS))
def test_a_killed_worker_loses_nothing_and_doubles_nothing_outside_the_window(
    point: str, run: int, cast: Any, ledger: Ledger, settings: Any
) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.manager)
    channel = factories.make_channel(cast.organization, owner=cast.colleague)
    for _ in range(PEOPLE):
        story = factories.make_story(plan, owner=factories.make_member(cast.organization))
        factories.make_post(story, channel, scheduled_at=NOW + timedelta(hours=24))
    planner.plan(cast.organization, NOW)
    kill_a_worker_at(point, settings)
    delivery.drain(lambda: AFTER)
    delivery.drain(lambda: AFTER + timedelta(minutes=5))
    sent = [str(mail["Message-ID"]) for mail in ledger.mails]
    states = dict(Message.objects.values_list("message_id", "state"))
    assert set(sent) == set(states), "every message arrived"
    assert set(states.values()) == {"sent"}
    doubled = len(sent) - len(set(sent))
    assert doubled == (1 if point in WINDOW else 0)
    repeated = Message.objects.filter(repeats=1).count()
    assert repeated == (1 if point in {*WINDOW, "data stored, not sent"} else 0), "it is counted"
