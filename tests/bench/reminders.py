"""Reminders: planning what is due, and draining it to a local mail server over one connection."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse

from calendar_app.models import ContentItem, Placement
from people.models import Membership, Organization, User
from reminders import delivery, planner
from tests import factories
from tests.bench.report import Report
from tests.bench.sink import sink
from workflow.models import Subject

NOW = datetime(2027, 3, 8, 10, tzinfo=UTC)  # a Monday
SEED = 2027


def run(report: Report) -> None:
    """Many things due to some people, and one thing to each of many."""
    with report.timed() as first:
        reverse("story", args=["bench", 1])
    report.figure("once in a process: reading the addresses", f"{first.wall:.2f} s")
    _burst(report, people=200, each=50)
    _burst(report, people=1000, each=1)


def _burst(report: Report, *, people: int, each: int) -> None:
    organization = make_due(people, each)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    due = f"{people * each:,} due to {people:,} people"
    with report.timed() as took:
        written = planner.plan(organization, NOW)
    report.figure(f"planning {due}", _seconds(took), "under 2 s")
    with report.timed() as again:
        planner.plan(organization, NOW)
    report.figure("planning again, nothing new", _seconds(again))
    with report.timed() as took:
        sent = _drain()
    assert sent == written.messages, (sent, written.messages)
    rate = f"{sent / took.wall:.0f} mails/s, {1000 * took.cpu / sent:.1f} ms CPU a mail"
    report.figure(f"draining {sent:,} mails", f"{rate}, {took.wall:.1f} s", "150 mails/s")


def _drain() -> int:
    """Everything due goes out; how many mails the server took. The clock stands at `NOW`."""
    begun = time.monotonic()
    with sink() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = False, ""
        delivery.drain(lambda: NOW + timedelta(seconds=time.monotonic() - begun))
    return server.mails


def _seconds(took: Any) -> str:
    return f"{took.wall:.2f} s ({took.cpu:.2f} s CPU)"


def make_due(people: int, each: int) -> Organization:
    """An organization in which so many posts each of so many people are due soon at `NOW`."""
    chance = random.Random(SEED)
    name = f"Bench {people} x {each}"
    organization = factories.make_organization(name=name, slug=f"bench-{people}-{each}")
    users = User.objects.bulk_create(
        User(email=f"p{n}-of-{people}@example.org", name=f"Person {n}") for n in range(people)
    )
    members = Membership.objects.bulk_create(
        Membership(organization=organization, user=user, role="member") for user in users
    )
    plan = factories.make_plan(organization, owner=members[0])
    channels = [factories.make_channel(organization, owner=members[0]) for _ in range(8)]
    count = people * each
    subjects = Subject.objects.bulk_create(Subject(organization=organization) for _ in range(count))
    items = ContentItem.objects.bulk_create(
        ContentItem(
            organization=organization,
            plan=plan,
            subject=subject,
            title=f"Story {n}",
            copy="Open on Saturday from nine. " * 8,
            owner=members[n % people],
            unowned_since=None,
        )
        for n, subject in enumerate(subjects)
    )
    Placement.objects.bulk_create(
        Placement(
            organization=organization,
            item=item,
            channel=chance.choice(channels),
            scheduled_at=NOW + timedelta(hours=2, seconds=chance.randrange(30 * 3600)),
        )
        for item in items
    )
    return organization
