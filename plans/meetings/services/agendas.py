"""Agendas: drawn up from the state of the plans 24 h before, edited by hand, drawn up again."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from people.errors import Refused
from people.models import Membership, Organization
from people.scope import organization_scope
from plans.meetings import queries
from plans.meetings.agenda import Line, Redrawn, Standing, redraw
from plans.meetings.services._shared import lock_series, lock_to_write, note, note_one
from plans.meetings.services.series import finish_over
from plans.meetings.sources import OWN, Told, lines_for, position_of, read
from plans.models import AgendaItem, Meeting, MeetingFlag, MeetingSeries

AHEAD = timedelta(hours=24)
LATE = timedelta(hours=2)
"""A meeting that has just begun still gets its agenda, where the tick came late."""


# Drawing up ----------------------------------------------------------------------------------
def draw_all_due(now: datetime) -> int:
    """Draw up every agenda that is due and was not drawn yet; how many. Twice has one effect."""
    waiting = MeetingSeries.objects.filter(finished_at=None).values("organization")
    organizations = list(Organization.objects.filter(pk__in=waiting).order_by("pk"))
    return sum(draw_due(organization, now) for organization in organizations)


@transaction.atomic
def draw_due(organization: Organization, now: datetime) -> int:
    """Those of one organization, by a constant number of queries, whatever there is to draw."""
    with organization_scope(organization):
        series = {row.pk: row for row in queries.open_series(organization, None)}
        finish_over(list(series.values()), now)
        _prepare(organization, series.values(), now)
        meetings = list(
            Meeting.objects.select_for_update()
            .filter(
                series__in=series,
                starts_at__range=(now - LATE, now + AHEAD),
                agenda_drawn_at=None,
                cancelled_at=None,
            )
            .order_by("pk")
        )
        for meeting in meetings:
            meeting.series, meeting.organization = series[meeting.series_id], organization
        _draw(organization, meetings, now)
        return len(meetings)


def _prepare(organization: Organization, series: Iterable[MeetingSeries], now: datetime) -> None:
    """A row for each meeting ahead that has none."""
    found = queries.between(series, now - LATE, now + AHEAD)
    Meeting.objects.bulk_create(
        [
            Meeting(
                organization=organization,
                series=o.series,
                occurrence_on=o.day,
                starts_at=o.starts_at,
                duration_minutes=o.duration_minutes,
                place=o.place,
                sequence=o.series.sequence,
            )
            for o in found
            if o.meeting is None and o.starts_at >= now - LATE
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def draw(*, meeting: Meeting, by: Membership, now: datetime) -> int:
    """Draw the agenda up (again); what people did by hand stays. How many lines changed.

    `Refused` once the meeting is over: what it talked about is part of the record.
    """
    meeting = lock_to_write(meeting, by)
    if meeting.starts_at + timedelta(minutes=meeting.duration_minutes) <= now:
        raise Refused(_("This meeting is over. Its agenda is part of the record."))
    first = meeting.agenda_drawn_at is None
    changed = _draw(meeting.organization, [meeting], now)
    if changed or first:
        note_one(meeting, by, "meeting.agenda_drawn")
    return changed


@dataclass
class _Writes:
    """What is to be written for all agendas at once."""

    add: list[AgendaItem]
    change: list[AgendaItem]
    drop: list[int]


def _draw(organization: Organization, meetings: Sequence[Meeting], now: datetime) -> int:
    if not meetings:
        return 0
    told = read(organization, meetings, now)
    items: dict[int, dict[str, AgendaItem]] = defaultdict(dict)
    for item in AgendaItem.objects.filter(meeting__in=meetings):
        items[item.meeting_id][item.key] = item
    writes = _Writes([], [], [])
    for meeting in meetings:
        _collect(meeting, items[meeting.pk], told, writes)
        meeting.agenda_drawn_at = now
    AgendaItem.objects.bulk_create(writes.add)
    AgendaItem.objects.bulk_update(
        writes.change, ["text", "detail", "url", "owner", "is_nobodys", "position"]
    )
    AgendaItem.objects.filter(pk__in=writes.drop).delete()
    Meeting.objects.bulk_update(meetings, ["agenda_drawn_at"])
    _take_up(meetings, told)
    return len(writes.add) + len(writes.change) + len(writes.drop)


def _collect(meeting: Meeting, items: dict[str, AgendaItem], told: Told, writes: _Writes) -> None:
    fresh = lines_for(meeting, told)
    plan: Redrawn = redraw({key: _standing(item) for key, item in items.items()}, fresh)
    places = {line.key: position_of(line.source, n) for n, line in enumerate(fresh)}
    for line in plan.add:
        item = AgendaItem(organization=meeting.organization, meeting=meeting)
        item.source, item.key = line.source, line.key
        _say(item, line, places[line.key])
        writes.add.append(item)
    for line in plan.change:
        _say(items[line.key], line, places[line.key])
        writes.change.append(items[line.key])
    writes.drop += [items[key].pk for key in plan.drop]


def _standing(item: AgendaItem) -> Standing:
    touched = item.edited_by_hand or item.removed_at is not None or item.done_at is not None
    line = Line(
        item.source, item.key, item.text, item.detail, item.url, item.owner_id, item.is_nobodys
    )
    return Standing(line, touched or item.source == OWN)


def _say(item: AgendaItem, line: Line, position: int) -> None:
    item.text, item.detail, item.url = line.text, line.detail, line.url
    item.owner_id, item.is_nobodys = line.owner, line.is_nobodys
    item.position = position


def _take_up(meetings: Sequence[Meeting], told: Told) -> None:
    """What was noticed stands on this agenda now, and waits for no other."""
    waiting = [row for row in told.flags if row.meeting_id is None]
    nearest = {m.series_id: m for m in sorted(meetings, key=lambda m: m.starts_at, reverse=True)}
    for row in waiting:
        row.meeting = nearest.get(row.series_id)
    MeetingFlag.objects.bulk_update([row for row in waiting if row.meeting_id], ["meeting"])


# By hand -------------------------------------------------------------------------------------
@transaction.atomic
def add_item(*, meeting: Meeting, by: Membership, text: str) -> AgendaItem:
    """A line of one's own, at the end."""
    meeting = lock_to_write(meeting, by)
    last = AgendaItem.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"]
    item = AgendaItem.objects.create(
        organization=meeting.organization,
        meeting=meeting,
        source=OWN,
        key=f"{OWN}:{uuid.uuid4()}",
        text=_said(text),
        edited_by_hand=True,
        position=max(last or 0, position_of(OWN, 0)) + 1,
    )
    note_one(meeting, by, "meeting.agenda_edited")
    return item


@transaction.atomic
def edit_item(*, item: AgendaItem, by: Membership, text: str) -> AgendaItem:
    """Say it in other words; they stay when the agenda is drawn up again."""
    item = _lock_item(item, by)
    text = _said(text)
    if text != item.text:
        item.text, item.edited_by_hand = text, True
        item.save(update_fields=["text", "edited_by_hand"])
        note_one(item.meeting, by, "meeting.agenda_edited")
    return item


@transaction.atomic
def remove_item(*, item: AgendaItem, by: Membership, now: datetime) -> None:
    """Take it off; it does not come back by itself. Twice is once."""
    item = _lock_item(item, by)
    if item.removed_at is None:
        item.removed_at = now
        item.save(update_fields=["removed_at"])
        note_one(item.meeting, by, "meeting.agenda_edited")


@transaction.atomic
def tick_item(*, item: AgendaItem, by: Membership, done: bool, now: datetime) -> AgendaItem:
    """Say that it was talked about, or that it was not."""
    item = _lock_item(item, by)
    item.done_at = (item.done_at or now) if done else None
    item.save(update_fields=["done_at"])
    return item


@transaction.atomic
def flag(
    *, series: MeetingSeries, by: Membership, kind: str, text: str, now: datetime
) -> MeetingFlag:
    """Note what worked well or needs a tweak, for the next meeting.

    Where the next agenda is drawn up already, it stands on it at once.
    """
    series = lock_series(series, by)
    text = _said(text)
    row = MeetingFlag.objects.create(
        organization=series.organization, series=series, kind=kind, text=text, by=by, created_at=now
    )
    note(series, by, "meeting.flagged", kind=kind)
    ahead = queries.next_days(series, now, 1)
    meeting = ahead[0].meeting if ahead else None
    if meeting is not None and meeting.agenda_drawn_at is not None:
        meeting.series, meeting.organization = series, series.organization
        _draw(series.organization, [meeting], now)
    return row


def _lock_item(item: AgendaItem, by: Membership) -> AgendaItem:
    meeting = lock_to_write(item.meeting, by)
    locked = AgendaItem.objects.select_for_update().get(pk=item.pk)
    locked.meeting = meeting
    return locked


def _said(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise Refused(_("Write a few words first."))
    return text[:300]
