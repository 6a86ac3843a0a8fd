"""What reminders tell of meetings: invitations and changes, the agenda a day before, the minutes.

`plans` notes whom to tell (`MeetingMail`) and draws up the agendas; here that becomes obligations.
An invitation, a change or a cancellation goes as a mail of its own, because its calendar file asks
one thing; of several about the same meetings only the latest is still true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.functional import lazy

from people.models import Organization
from plans.meetings import ics
from plans.meetings.plain import agenda_text, minutes_text
from plans.meetings.records import series_fields, when_words
from plans.models import (
    ActionItem,
    AgendaItem,
    Meeting,
    MeetingAttendee,
    MeetingMail,
    MeetingSeries,
)
from reminders.described import Described
from reminders.models import Obligation
from reminders.rules import (
    MEETING_INVITATION,
    MEETING_MINUTES,
    WEEK,
    Due,
    MeetingFact,
    MeetingMailFact,
    Subject,
)

AHEAD = timedelta(hours=24)

Same = tuple[int, int | None, int, bool]
"""Series, one meeting of it or all, whom it tells, and whether it tells of what came of it."""

_said = lazy(lambda words: words(), str)
"""Words that are looked up when they are said, so that they are in the language of the mail."""


def _mails(organization: Organization) -> QuerySet[MeetingMail]:
    return MeetingMail.objects.filter(organization=organization).select_related(
        "organization",
        "member__user",
        "meeting__organization",
        "series__organization",
        "series__owner__user",
        "series__plan",
    )


def mail_facts(
    organization: Organization, now: datetime
) -> tuple[list[MeetingMailFact], dict[Subject, Described], dict[int, MeetingMail]]:
    """The mails asked for within the last week, without those that a later one made pointless.

    The last are the mails themselves, with all that their calendar files are written from.
    """
    rows = _mails(organization).filter(at__gt=now - WEEK, at__lte=now).order_by("pk")
    minutes = Prefetch(
        "meeting__action_items",
        ActionItem.objects.select_related("owner__user", "task__owner__user"),
    )
    latest: dict[Same, MeetingMail] = {}
    invited = Prefetch("series__attendees", MeetingAttendee.objects.select_related("member__user"))
    loaded = ("meeting__decisions", minutes, invited, "series__meetings")
    for row in rows.prefetch_related(*loaded):
        latest[same_mail(row)] = row
    told = {_subject(row): describe_mail(row) for row in latest.values()}
    facts = [MeetingMailFact(_subject(r), r.at, r.member_id, _rule(r)) for r in latest.values()]
    return facts, told, {row.pk: row for row in latest.values()}


def _subject(row: MeetingMail) -> Subject:
    return Subject(MeetingMail._meta.label, row.pk)


def _rule(row: MeetingMail) -> str:
    return MEETING_MINUTES if row.kind == MeetingMail.Kind.MINUTES else MEETING_INVITATION


def describe_mail(row: MeetingMail) -> Described:
    """What the mail says of its meetings."""
    series, meeting = row.series, row.meeting
    name = "meeting-minutes" if row.kind == MeetingMail.Kind.MINUTES else "meeting-series"
    key = meeting.pk if meeting and name == "meeting-minutes" else series.pk
    kind = "update" if row.is_update and row.kind == "invitation" else row.kind
    return Described(
        title=series.title,
        url=reverse(name, args=[series.organization.slug, key]),
        detail=_place(meeting.place if meeting else series.place, series, meeting),
        at=meeting.starts_at if meeting else None,
        zone=series.zone,
        paste=_minutes(meeting) if meeting and kind == MeetingMail.Kind.MINUTES else "",
        plan_id=series.plan_id,
        noun=kind,
        reason=meeting.cancel_reason if meeting else "",
    )


def _minutes(meeting: Meeting) -> str:
    return _said(lambda: minutes_text(meeting))


def _place(place: str, series: MeetingSeries, meeting: Meeting | None) -> str:
    if meeting is not None:
        return place
    fields = series_fields(series)
    return _said(
        lambda: " · ".join(part for part in (when_words(fields, series.week_start), place) if part)
    )


def meeting_facts(
    organization: Organization, now: datetime
) -> tuple[list[MeetingFact], dict[Subject, Described]]:
    """The meetings of the next 24 hours whose agenda is drawn up, with who is invited."""
    rows = _ahead(organization).filter(starts_at__range=(now, now + AHEAD))
    facts, told = [], {}
    for row in rows:
        subject = Subject(Meeting._meta.label, row.pk)
        invited = frozenset(a.member_id for a in row.series.attendees.all())
        facts.append(MeetingFact(subject, row.starts_at, invited))
        told[subject] = describe_meeting(row)
    return facts, told


def _ahead(organization: Organization) -> QuerySet[Meeting]:
    items = AgendaItem.objects.select_related("owner__user").order_by("position", "id")
    return (
        Meeting.objects.filter(
            organization=organization, cancelled_at=None, agenda_drawn_at__isnull=False
        )
        .select_related("series__organization", "series__plan")
        .prefetch_related("series__attendees", Prefetch("agenda", items))
        .order_by("starts_at", "pk")
    )


def describe_meeting(row: Meeting) -> Described:
    """The meeting with its agenda."""
    agenda = list(row.agenda.all())
    return Described(
        title=row.series.title,
        url=reverse("meeting", args=[row.series.organization.slug, row.pk]),
        detail=row.place,
        at=row.starts_at,
        zone=row.series.zone,
        paste=_said(lambda: agenda_text(agenda)),
        plan_id=row.series.plan_id,
    )


def describe(duty: Obligation) -> Described:
    """What one obligation is about, as it is now."""
    if duty.subject_type == MeetingMail._meta.label:
        return describe_mail(_mails(duty.organization).get(pk=duty.subject_id))
    return describe_meeting(_ahead(duty.organization).get(pk=duty.subject_id))


def calendar_of(mails: Mapping[int, MeetingMail], due: Due, now: datetime) -> tuple[str, str]:
    """(method, document) of the calendar file that goes with it; empty where there is none."""
    if due.rule != MEETING_INVITATION:
        return "", ""
    method, document = ics.of_mail(mails[due.subject.id], now)
    return method, document.decode()


# Still true? -----------------------------------------------------------------------------------
def by_key(keys: Iterable[int]) -> dict[int, Meeting]:
    """Those of these meetings that there still are, with their series; one query."""
    return Meeting.objects.select_related("series").in_bulk(list(keys))


def invited_to(series: Iterable[int]) -> set[tuple[int, int]]:
    """(series, member) for everyone who is invited to one of them; one query."""
    rows = MeetingAttendee.objects.filter(series__in=list(series))
    return set(rows.values_list("series", "member"))


def mails_by_key(keys: Iterable[int]) -> dict[int, MeetingMail]:
    """What was to be told of meetings, with its meetings; one query."""
    return MeetingMail.objects.select_related("series", "meeting").in_bulk(list(keys))


def same_mail(row: MeetingMail) -> Same:
    """What a later mail to the same person must be about to make this one pointless."""
    is_minutes = row.kind == MeetingMail.Kind.MINUTES
    return (row.series_id, row.meeting_id, row.member_id, is_minutes)


def latest_mails(rows: Iterable[MeetingMail]) -> dict[Same, int]:
    """The key of the latest mail about each of what these are about; one query."""
    told = list(rows)
    known = MeetingMail.objects.filter(
        series__in={row.series_id for row in told}, member__in={row.member_id for row in told}
    )
    return {same_mail(row): row.pk for row in known.order_by("pk")}


def is_over(row: MeetingMail, now: datetime) -> bool:
    """Whether it speaks of a meeting that has begun; minutes always do."""
    if row.meeting is None or row.kind == MeetingMail.Kind.MINUTES:
        return False
    return row.meeting.starts_at <= now
