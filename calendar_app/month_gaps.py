"""The gaps that a month shows: its empty slots by day, and the figure that leads to them.

Where the month holds today, the figure counts the days ahead; else it counts the month itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calendar_app.calendar_view import Slot
from calendar_app.filters import NOBODY, Filters
from calendar_app.gap_queries import Ahead, Gap, ahead, gaps_in, load, soon
from calendar_app.gap_records import Kind
from calendar_app.gap_slots import EmptySlot, slots_of
from people.models import Membership, Organization
from plancraft.lib.dates import Period

DRAWER_SHOWN = 8


@dataclass(frozen=True)
class MonthGaps:
    """Slots by day; what lies ahead in `window`, most pressing first, and whether that is soon."""

    slots: dict[date, list[Slot]] = field(default_factory=dict)
    ahead: Ahead = field(default_factory=lambda: Ahead([], 0, 0))
    is_soon: bool = False


def month_gaps(
    organization: Organization,
    viewer: Membership | None,
    days: Period,
    filters: Filters,
    now: datetime,
    today: date,
) -> MonthGaps:
    """The gaps on these days, by at most four statements.

    A filter by status asks for posts in that state, and a gap has none: then there are no gaps.
    """
    if filters.status is not None:
        return MonthGaps()
    near = soon(today)
    window = Period(min(days.start, near.start), max(days.end, near.end))
    is_soon = today in days
    asked = window if is_soon else days
    loaded = load(
        organization,
        viewer,
        [asked],
        now,
        plans=None if filters.plan is None else [filters.plan],
        channels=None if filters.channel is None else [filters.channel],
    )
    found = [gap for gap in gaps_in(loaded, asked, now) if fits(gap, filters)]
    slots: dict[date, list[Slot]] = {}
    for slot in slots_of(loaded, found, today, days):
        slots.setdefault(slot.day, []).append(_slot(organization.slug, slot))
    return MonthGaps(slots, ahead(loaded, near if is_soon else days, found), is_soon)


def fits(gap: Gap, filters: Filters) -> bool:
    """Whether a gap belongs to the team and the person that the page is narrowed to."""
    if filters.team is not None and filters.team not in gap.teams:
        return False
    if filters.owner == NOBODY:
        return gap.has_nobody
    return filters.owner is None or (gap.answers is not None and gap.answers.pk == filters.owner)


def _slot(slug: str, slot: EmptySlot) -> Slot:
    return Slot(
        day=slot.day,
        channel=slot.gap.channel.pk if slot.gap.channel else 0,
        url=fill_url(slug, slot.gap, slot.day),
        words=_words(slot),
    )


def fill_url(slug: str, gap: Gap, day: date) -> str:
    """Where a story for the gap is begun, with channel, day and plan filled in."""
    asked = {
        "channel": gap.channel.pk if gap.channel else "",
        "date": day,
        "plan": gap.plan.pk if gap.plan else "",
    }
    return f"{reverse('story-new', args=[slug])}?{urlencode(asked)}"


def _words(slot: EmptySlot) -> str:
    if slot.count > 1:
        return ngettext("%(count)d slot empty", "%(count)d slots empty", slot.count) % {
            "count": slot.count
        }
    return _("silent too long") if slot.gap.finding.kind == Kind.SILENCE else _("slot empty")


@dataclass(frozen=True)
class DrawerRow:
    """One gap of the drawer: where and by when, why, who answers, and where it is put right."""

    title: str
    words: str
    severity: str
    due: date
    answers: Any
    fill_url: str


def drawer_rows(slug: str, gaps: MonthGaps) -> list[DrawerRow]:
    """The most pressing gaps, as many as fit beside the month."""
    return [_drawer_row(slug, gap) for gap in gaps.ahead.gaps[:DRAWER_SHOWN]]


def _drawer_row(slug: str, gap: Gap) -> DrawerRow:
    missing = f" ({gap.missing})" if gap.missing > 1 else ""
    return DrawerRow(
        title=f"{gap.title}, {date_format(gap.finding.due, 'D j M')}{missing}",
        words=gap.words,
        severity=gap.finding.severity.value,
        due=gap.finding.due,
        answers=gap.answers,
        fill_url=fill_url(slug, gap, gap.finding.due) if gap.is_promise else "",
    )


def figure_words(gaps: MonthGaps) -> str:
    """The words beside the count."""
    promised = {"promised": gaps.ahead.promised}
    if gaps.is_soon:
        return _("gaps in the next 14 days, of %(promised)d promised posts") % promised
    return _("gaps in these weeks, of %(promised)d promised posts") % promised
