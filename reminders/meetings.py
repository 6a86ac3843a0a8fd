"""What reminders tell of meetings: invitations and changes, the agenda a day before, the minutes.

`plans` notes whom to tell (`MeetingMail`) and draws up the agendas; here that becomes obligations.
An invitation, a change or a cancellation goes as a mail of its own, because its calendar file asks
one thing; of several about the same meetings only the latest is still true.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from people.models import Membership, Organization
from plans.meetings import ics, queries
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
) -> tuple[list[MeetingMailFact], dict[Subject, Described]]:
    """The mails asked for within the last week, without those that a later one made pointless."""
    rows = _mails(organization).filter(at__gt=now - WEEK, at__lte=now).order_by("pk")
    minutes = Prefetch(
        "meeting__action_items",
        ActionItem.objects.select_related("owner__user", "task__owner__user"),
    )
    latest: dict[tuple[object, ...], MeetingMail] = {}
    for row in rows.prefetch_related("meeting__decisions", minutes):
        latest[_thing(row)] = row
    told = {_subject(row): describe_mail(row) for row in latest.values()}
    facts = [MeetingMailFact(_subject(r), r.at, r.member_id, _rule(r)) for r in latest.values()]
    return facts, told


def _thing(row: MeetingMail) -> tuple[object, ...]:
    is_minutes = row.kind == MeetingMail.Kind.MINUTES
    return (row.series_id, row.meeting_id, row.member_id, is_minutes)


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
        paste=minutes_text(meeting) if meeting and kind == MeetingMail.Kind.MINUTES else "",
        plan_id=series.plan_id,
        noun=kind,
        reason=meeting.cancel_reason if meeting else "",
    )


def _place(place: str, series: MeetingSeries, meeting: Meeting | None) -> str:
    when = "" if meeting else when_words(series_fields(series), series.week_start)
    return " · ".join(part for part in (when, place) if part)


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
    return Described(
        title=row.series.title,
        url=reverse("meeting", args=[row.series.organization.slug, row.pk]),
        detail=row.place,
        at=row.starts_at,
        zone=row.series.zone,
        paste=agenda_text(list(row.agenda.all())),
        plan_id=row.series.plan_id,
    )


def describe(duty: Obligation) -> Described:
    """What one obligation is about, as it is now."""
    if duty.subject_type == MeetingMail._meta.label:
        return describe_mail(_mails(duty.organization).get(pk=duty.subject_id))
    return describe_meeting(_ahead(duty.organization).get(pk=duty.subject_id))


def calendar_of(organization: Organization, due: Due, now: datetime) -> tuple[str, str]:
    """(method, document) of the calendar file that goes with it; empty where there is none."""
    if due.rule != MEETING_INVITATION:
        return "", ""
    method, document = ics.of_mail(_mails(organization).get(pk=due.subject.id), now)
    return method, document.decode()


# Still true? -----------------------------------------------------------------------------------
def verdict(duty: Obligation, recipient: Membership, now: datetime) -> tuple[bool, bool]:
    """(whether the recipient may see it, whether it must still be told)."""
    seen = queries.visible_series(recipient.organization, recipient).values("pk")
    if duty.subject_type == Meeting._meta.label:
        return _meeting_verdict(duty, recipient, seen, now)
    mail = _mails(recipient.organization).filter(pk=duty.subject_id, series__in=seen).first()
    if mail is None:
        return False, False
    later = MeetingMail.objects.filter(
        series=mail.series, meeting=mail.meeting, member=recipient, pk__gt=mail.pk
    )
    minutes = MeetingMail.Kind.MINUTES
    same = later.filter(kind=minutes) if mail.kind == minutes else later.exclude(kind=minutes)
    over = mail.meeting is not None and mail.kind != minutes and mail.meeting.starts_at <= now
    return True, not over and not same.exists()


def _meeting_verdict(
    duty: Obligation, recipient: Membership, seen: object, now: datetime
) -> tuple[bool, bool]:
    row = Meeting.objects.filter(pk=duty.subject_id, series__in=seen).first()  # type: ignore[misc]
    if row is None:
        return False, False
    invited = MeetingAttendee.objects.filter(series=row.series_id, member=recipient).exists()
    stands = row.cancelled_at is None and duty.occasion == row.starts_at.isoformat()
    return True, invited and stands and row.starts_at > now
