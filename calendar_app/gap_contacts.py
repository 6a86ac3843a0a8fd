"""Lapsed stakeholders among the gaps: the rule of `plans.stakeholders.rules` on what is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from calendar_app.gap_records import Finding, Kind
from calendar_app.gap_scene import by_due_day, limits
from calendar_app.gap_world import Loaded
from plancraft.lib.dates import Period, local_day
from plans.stakeholders.rules import Lapse, lapses, shown


def lapsed(loaded: Loaded, window: Period, now: datetime) -> Iterator[Finding]:
    """Who has lapsed, or will within a week, on a day of the window.

    Further ahead nothing is found: a rhythm that is kept would fill the list with what is in order.
    """
    today = today_of(loaded, now)
    days = window.clipped(shown(today))
    if days is None:
        return
    reach = limits(today, loaded.working)
    contacts = (row.contact for row in loaded.contacts.values())
    for lapse in lapses(contacts, today, days):
        yield _finding(loaded, lapse, reach)


def today_of(loaded: Loaded, now: datetime) -> date:
    """The organization's day."""
    return local_day(now, ZoneInfo(loaded.organization.time_zone))


def _finding(loaded: Loaded, lapse: Lapse, reach: tuple[date, date]) -> Finding:
    row = loaded.contacts[lapse.contact]
    return Finding(
        Kind.LAPSED_STAKEHOLDER,
        lapse.key,
        lapse.period,
        lapse.due,
        by_due_day(lapse.due, reach),
        plan=row.plan,
        stream=row.stream,
        stakeholder=row.pk,
    )
