"""What each page costs, on the demo and on 10,000 posts: SQL statements and bytes of HTML.

Run with `-s` to see the table. The frame around every page is part of what is counted; what a
session pays once (noting that it is in use) is not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from calendar_app.models import ContentItem, Placement
from plans.models import Channel, Plan
from tests.dashboards.conftest import NOON
from tests.support.demo_world import demo_world, pages_of
from workflow.models import Subject

STATEMENTS, KILOBYTES = 12, 100
LARGER = {"calendar": 160}
"""A month of 830 items may be larger."""
POSTS = 10_000


VISITORS = {"admin": "ruth", "manager": "ines", "member": "maya", "viewer": "sofia"}


def cost(visit: Any, name: str, url: str) -> tuple[int, int]:
    """Statements, and bytes of HTML."""
    with CaptureQueriesContext(connection) as made:
        answer = visit(name, url)
    assert answer.status_code == 200, url
    return len(made), len(b"".join(answer))


def table(rows: Iterable[tuple[str, int, int]]) -> str:
    """The figures as they are read."""
    lines = [f"{'page':<24}{'statements':>12}{'kB':>8}"]
    lines += [f"{name:<24}{number:>12}{size / 1000:>8.1f}" for name, number, size in rows]
    return "\n".join(lines)


def measured(visit: Any, world: Any, role: str = "manager") -> list[tuple[str, int, int]]:
    """Every page that someone in this role may open."""
    pages, who = pages_of(world, role), VISITORS[role]
    visit(who, pages["my-work"])  # the session notes its use, holidays are read
    return [(name, *cost(visit, who, url)) for name, url in sorted(pages.items())]


def beyond(rows: list[tuple[str, int, int]]) -> dict[str, tuple[int, int]]:
    """The pages over their budget."""
    return {
        name: (number, size)
        for name, number, size in rows
        if number > STATEMENTS or size > 1000 * LARGER.get(name, KILOBYTES)
    }


def test_every_page_of_the_demo_keeps_its_budget(bank: Any, visit: Any) -> None:
    world = demo_world(bank, NOON)
    for role in VISITORS:
        rows = measured(visit, world, role)
        sys.stdout.write(f"\n{role}\n{table(rows)}\n")
        assert beyond(rows) == {}, role


def fill(bank: Any, number: int) -> None:
    """So many more posts over twelve months, spread over channels, plans and owners.

    One channel is left out, so that it keeps the gap whose pages are measured.
    """
    channels = list(Channel.objects.filter(organization=bank).exclude(name="Facebook"))
    plans = list(Plan.objects.filter(organization=bank, is_confidential=False))
    owners = [c.owner for c in channels if c.owner is not None]
    begin = NOON - timedelta(days=183)
    subjects = Subject.objects.bulk_create(
        (Subject(organization=bank) for _ in range(number)), batch_size=2000
    )
    items = ContentItem.objects.bulk_create(
        (
            ContentItem(
                organization=bank,
                plan=plans[n % len(plans)],
                subject=subject,
                title=f"Generated story {n}",
                copy="Words enough for a line or two.",
                owner=owners[n % len(owners)],
                unowned_since=None,
            )
            for n, subject in enumerate(subjects)
        ),
        batch_size=2000,
    )
    Placement.objects.bulk_create(
        (
            Placement(
                organization=bank,
                item=item,
                channel=channels[n % len(channels)],
                scheduled_at=begin + timedelta(minutes=n * 366 * 24 * 60 / number),
                historical=n * 2 < number,
            )
            for n, item in enumerate(items)
        ),
        batch_size=2000,
    )


def test_ten_thousand_posts_cost_no_more_statements(bank: Any, visit: Any) -> None:
    world = demo_world(bank, NOON)
    before = {name: number for name, number, _ in measured(visit, world)}
    fill(bank, POSTS)
    rows = measured(visit, world)
    sys.stdout.write("\n" + table(rows) + "\n")
    assert beyond(rows) == {}
    assert {name: number for name, number, _ in rows if number > before[name]} == {}
