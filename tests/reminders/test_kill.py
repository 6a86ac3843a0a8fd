"""A worker killed outright at each point of its work: nothing lost, nothing doubled outside the
one window that no mail system can close (after the data, before the outcome is stored)."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from reminders import delivery, planner
from reminders.models import Message
from reminders.relay import Relay
from tests import factories
from tests.support.smtp import Ledger, smtp_server

NOW = datetime(2027, 3, 8, 10, tzinfo=UTC)
AFTER = NOW + delivery.LEASE + timedelta(seconds=1)
PEOPLE = 4
RUNS = int(os.environ.get("KILL_RUNS", "1"))


def die(*args: Any, **kwargs: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def then_die(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        function(*args, **kwargs)
        return die()

    return run


POINTS: dict[str, Callable[[], None]] = {
    "before the claim": lambda: setattr(delivery, "_next_due", die),
    "claimed, not committed": lambda: setattr(
        delivery, "_claim_locked", then_die(delivery._claim_locked)
    ),
    "claimed": lambda: setattr(delivery, "claim", then_die(delivery.claim)),
    "connected": lambda: setattr(Relay, "_connected", then_die(Relay._connected)),
    "before the data is stored": lambda: setattr(delivery, "begin_data", die),
    "data stored, not sent": lambda: setattr(Relay, "_data", die),
    "sent, outcome not stored": lambda: setattr(Relay, "_data", then_die(Relay._data)),
    "outcome stored": lambda: setattr(delivery, "_finished", then_die(delivery._finished)),
}
WINDOW = {"sent, outcome not stored"}


def kill_a_worker_at(point: str) -> None:
    """A child process delivers and is killed with SIGKILL at the named point."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        POINTS[point]()
        delivery.drain(lambda: NOW)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the child was to be killed there"


@pytest.fixture
def ledger(settings: Any) -> Any:
    with smtp_server(settings) as server:
        yield server


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("run", range(RUNS))
def test_a_killed_worker_loses_nothing_and_doubles_nothing_outside_the_window(
    point: str, run: int, cast: Any, ledger: Ledger
) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.manager)
    channel = factories.make_channel(cast.organization, owner=cast.colleague)
    for _ in range(PEOPLE):
        story = factories.make_story(plan, owner=factories.make_member(cast.organization))
        factories.make_post(story, channel, scheduled_at=NOW + timedelta(hours=24))
    planner.plan(cast.organization, NOW)
    kill_a_worker_at(point)
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
