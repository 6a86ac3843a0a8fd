"""Reads of meetings. Every one begins at `visible_series`: a confidential plan's stay hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.shortcuts import get_object_or_404

from people import queries as people
from people.models import Activity, Membership, Organization
from plancraft.lib.dates import local_day
from plans import queries as plans
from plans.meetings import recurrence
from plans.meetings.records import rule_of
from plans.models import (
    ActionItem,
    AgendaItem,
    Meeting,
    MeetingAnswer,
    MeetingAttendee,
    MeetingDecision,
    MeetingFlag,
    MeetingSeries,
    Plan,
)

ONE_DAY = timedelta(days=1)
Row = TypeVar("Row", AgendaItem, MeetingDecision, ActionItem)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a series meets, whether there is a row for it yet or not."""

    series: MeetingSeries
    day: date
    starts_at: datetime
    duration_minutes: int
    place: str
    meeting: Meeting | None = None

    @property
    def ends_at(self) -> datetime:
        """When it is over, an instant."""
        return self.starts_at + timedelta(minutes=self.duration_minutes)

    @property
    def is_cancelled(self) -> bool:
        """Whether this one does not take place."""
        return self.meeting is not None and self.meeting.cancelled_at is not None


# Series --------------------------------------------------------------------------------------
def visible_series(
    organization: Organization, membership: Membership | None
) -> QuerySet[MeetingSeries]:
    """The series the member may know of (None: PlanCraft, all), with plan and organizer."""
    rows = MeetingSeries.objects.filter(organization=organization).select_related(
        "organization", "owner__user", "plan__owner__user"
    )
    if membership is None:
        return rows
    if membership.organization_id != organization.pk:
        return rows.none()
    seen = plans.visible_plans(organization, membership).values("pk")
    return rows.filter(Q(plan=None) | Q(plan__in=seen))


def open_series(
    organization: Organization, membership: Membership | None, plan: Plan | None = None
) -> QuerySet[MeetingSeries]:
    """Those that go on, by title; with a plan, that plan's."""
    rows = visible_series(organization, membership).filter(finished_at=None)
    return (rows.filter(plan=plan) if plan else rows).order_by(Lower("title"), "pk")


def get_series(organization: Organization, membership: Membership, pk: int) -> MeetingSeries:
    """One of them, else 404."""
    return get_object_or_404(visible_series(organization, membership), pk=pk)


def followers(series: MeetingSeries) -> list[MeetingSeries]:
    """The series that go on from this one."""
    return list(MeetingSeries.objects.filter(organization=series.organization, follows=series))


def attendees(series: MeetingSeries) -> list[Membership]:
    """Who is invited and can still act, by name."""
    rows = MeetingAttendee.objects.filter(series=series).select_related("member__user")
    members = [row.member for row in rows.order_by(Lower("member__user__name"), "pk")]
    return [member for member in members if member.is_active]


# Occurrences ---------------------------------------------------------------------------------
def start_of(series: MeetingSeries, day: date) -> datetime:
    """When the rule lets it begin on that day, an instant."""
    return recurrence.instant(day, series.clock, series.zone)


def on_the_wall(instant: datetime, series: MeetingSeries) -> datetime:
    """What the clock on the series' own wall shows, without zone, so that no page converts it."""
    return instant.astimezone(series.zone).replace(tzinfo=None)


def occurrence(series: MeetingSeries, day: date, meeting: Meeting | None = None) -> Occurrence:
    """The occurrence of that day, as its own row has it, else as the rule says."""
    if meeting is None:
        start, minutes, place = start_of(series, day), series.duration_minutes, series.place
        return Occurrence(series, day, start, minutes, place)
    return Occurrence(
        series, day, meeting.starts_at, meeting.duration_minutes, meeting.place, meeting
    )


def between(series: Iterable[MeetingSeries], start: datetime, end: datetime) -> list[Occurrence]:
    """Every occurrence that ends after `start` and begins before `end`, in order; one query.

    Cancelled ones are among them.
    """
    by_key = {row.pk: row for row in series}
    margin = ONE_DAY * 2
    rows = Meeting.objects.filter(series__in=by_key).filter(
        Q(starts_at__range=(start - margin, end))
        | Q(occurrence_on__range=((start - margin).date(), (end + margin).date()))
    )
    own = {(row.series_id, row.occurrence_on): row for row in rows}
    found = [occurrence(by_key[key], day, row) for (key, day), row in own.items()]
    for key, one in by_key.items():
        first = local_day(start, one.zone) - ONE_DAY
        days = recurrence.between(rule_of(one), first, local_day(end, one.zone))
        found += [occurrence(one, day) for day in days if (key, day) not in own]
    seen = [o for o in found if o.ends_at > start and o.starts_at < end]
    return sorted(seen, key=lambda o: (o.starts_at, o.series.pk))


def next_days(series: MeetingSeries, now: datetime, most: int) -> list[Occurrence]:
    """The next occurrences that take place, as they stand now; one query."""
    rows = Meeting.objects.filter(series=series, occurrence_on__gte=(now - ONE_DAY * 60).date())
    own = {row.occurrence_on: row for row in rows}
    first = local_day(now, series.zone) - ONE_DAY
    days = recurrence.upcoming(rule_of(series), first, most + len(own) + 2)
    found = [occurrence(series, day, own.get(day)) for day in {*days, *own}]
    ahead = [o for o in found if o.ends_at > now and not o.is_cancelled]
    return sorted(ahead, key=lambda o: o.starts_at)[:most]


def get_occurrence(series: MeetingSeries, day: date) -> Occurrence | None:
    """The occurrence that the series has under this day, or None."""
    row = Meeting.objects.filter(series=series, occurrence_on=day).first()
    if row is not None or recurrence.is_day(rule_of(series), day):
        return occurrence(series, day, row)
    return None


# Meetings ------------------------------------------------------------------------------------
def get_meeting(organization: Organization, membership: Membership, pk: int) -> Meeting:
    """A meeting that has a row, with its series, else 404."""
    seen = visible_series(organization, membership).values("pk")
    rows = Meeting.objects.filter(organization=organization, series__in=seen).select_related(
        "organization", "series__organization", "series__owner__user", "series__plan__owner__user"
    )
    return get_object_or_404(rows, pk=pk)


def past(
    organization: Organization, membership: Membership, now: datetime, plan: Plan | None = None
) -> QuerySet[Meeting]:
    """The meetings that have begun and were not cancelled, newest first.

    Each carries `decided` and `agreed`: how many decisions and action items there are.
    """
    seen = visible_series(organization, membership)
    seen = seen.filter(plan=plan) if plan else seen
    return (
        Meeting.objects.filter(
            organization=organization,
            series__in=seen.values("pk"),
            starts_at__lte=now,
            cancelled_at=None,
        )
        .select_related("series__organization", "series__owner__user", "series__plan")
        .annotate(
            decided=Count("decisions", distinct=True), agreed=Count("action_items", distinct=True)
        )
        .order_by("-starts_at", "pk")
    )


def agenda(meeting: Meeting) -> list[AgendaItem]:
    """The agenda without what was removed, in its order."""
    return list(
        AgendaItem.objects.filter(meeting=meeting, removed_at=None).select_related("owner__user")
    )


def decisions(meeting: Meeting) -> list[MeetingDecision]:
    """What was decided, in the order of deciding."""
    return list(MeetingDecision.objects.filter(meeting=meeting).select_related("by__user"))


def action_items(meeting: Meeting) -> list[ActionItem]:
    """What somebody is to do, with the tasks that they became."""
    return list(
        ActionItem.objects.filter(meeting=meeting).select_related(
            "owner__user", "task__owner__user", "plan"
        )
    )


def last_noted(meeting: Meeting) -> Activity | None:
    """Who last saved the notes of this meeting, or None."""
    label, key = MeetingSeries._meta.label, meeting.series_id
    rows = people.activity_of(meeting.organization, label, key)
    return rows.filter(verb="meeting.noted", payload__meeting=meeting.pk).first()


def get_item(meeting: Meeting, pk: int) -> AgendaItem:
    """A line of this agenda, else 404."""
    rows = AgendaItem.objects.filter(meeting=meeting, removed_at=None)
    return _of(meeting, get_object_or_404(rows, pk=pk))


def get_decision(meeting: Meeting, pk: int) -> MeetingDecision:
    """A decision of this meeting, else 404."""
    return _of(meeting, get_object_or_404(MeetingDecision.objects.filter(meeting=meeting), pk=pk))


def get_action(meeting: Meeting, pk: int) -> ActionItem:
    """What was agreed in this meeting, else 404."""
    return _of(meeting, get_object_or_404(ActionItem.objects.filter(meeting=meeting), pk=pk))


def _of(meeting: Meeting, row: Row) -> Row:
    row.meeting = meeting
    return row


def answers(meeting: Meeting) -> dict[int, str]:
    """Member -> "yes" or "no", of those who answered."""
    rows = MeetingAnswer.objects.filter(meeting=meeting).values_list("member", "answer")
    return dict(rows)


def open_flags(series: MeetingSeries) -> list[MeetingFlag]:
    """What people noticed and no agenda has taken up yet, oldest first."""
    rows = MeetingFlag.objects.filter(series=series, meeting=None)
    return list(rows.select_related("by__user").order_by("created_at", "pk"))


def earlier_actions(series: Sequence[MeetingSeries]) -> list[ActionItem]:
    """What earlier meetings of these series, and of those they follow, left to be done; oldest
    first. A note that never became a task is left once it is older than the last meeting."""
    keys = {row.pk for row in series} | {row.follows_id for row in series if row.follows_id}
    newer = Meeting.objects.filter(
        series=OuterRef("meeting__series"),
        starts_at__gt=OuterRef("meeting__starts_at"),
        minutes_sent_at__isnull=False,
    )
    open_task = Q(task__state__in=["open", "doing"])
    return list(
        ActionItem.objects.filter(meeting__series__in=keys)
        .filter(open_task | (Q(task=None) & ~Exists(newer)))
        .select_related("organization", "meeting", "owner__user", "task__owner__user")
        .order_by("meeting__starts_at", "pk")
    )
