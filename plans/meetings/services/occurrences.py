"""One meeting of a series: prepare it, change or cancel only this one, bring it back, answer."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from people.errors import NotAllowed, Refused
from people.models import Membership
from plans.meetings import queries
from plans.meetings.services._shared import (
    Kind,
    lock_meeting,
    lock_series,
    note_one,
    sees,
    send,
)
from plans.models import Meeting, MeetingAnswer, MeetingAttendee, MeetingSeries


@transaction.atomic
def prepare(*, series: MeetingSeries, day: date, by: Membership) -> Meeting:
    """The meeting of that day with a row of its own. `Refused` where the series has none."""
    return _row(lock_series(series, by), day)


@transaction.atomic
def change_one(
    *,
    series: MeetingSeries,
    day: date,
    by: Membership,
    starts_at: datetime,
    duration_minutes: int,
    place: str,
    now: datetime,
) -> Meeting:
    """Give this one meeting a time, length and place of its own; everyone invited is told."""
    series = lock_series(series, by)
    meeting = _row(series, day)
    _refuse_if_cancelled(meeting)
    if meeting.starts_at <= now:
        raise Refused(_("This meeting has begun already. Its time is part of the record."))
    if starts_at <= now:
        raise Refused(_("Choose a time that is still to come."))
    as_it_was = (meeting.starts_at, meeting.duration_minutes, meeting.place)
    if as_it_was == (starts_at, duration_minutes, place):
        return meeting
    if starts_at != meeting.starts_at:
        MeetingAnswer.objects.filter(meeting=meeting).delete()
    meeting.starts_at, meeting.duration_minutes, meeting.place = starts_at, duration_minutes, place
    meeting.is_changed = True
    _tell(series, meeting, Kind.INVITATION, now)
    note_one(meeting, by, "meeting.moved_one", was=as_it_was[0].isoformat())
    return meeting


@transaction.atomic
def cancel_one(
    *, series: MeetingSeries, day: date, by: Membership, reason: str, now: datetime
) -> Meeting:
    """This one does not take place; what was prepared stays. Done already: nothing changes."""
    series = lock_series(series, by)
    meeting = _row(series, day)
    if meeting.cancelled_at is not None:
        return meeting
    if meeting.starts_at <= now:
        raise Refused(_("This meeting has begun already. It cannot be cancelled any more."))
    meeting.cancelled_at, meeting.cancel_reason = now, reason.strip()[:300]
    _tell(series, meeting, Kind.CANCELLATION, now)
    note_one(meeting, by, "meeting.cancelled_one")
    return meeting


@transaction.atomic
def restore_one(*, meeting: Meeting, by: Membership, now: datetime) -> Meeting:
    """It takes place after all. `Refused` once its time has passed or its series has ended."""
    meeting = lock_meeting(meeting, by)
    if meeting.cancelled_at is None:
        return meeting
    if meeting.starts_at <= now or meeting.series.finished_at is not None:
        raise Refused(_("Its time has passed, or its series has ended. Schedule another meeting."))
    meeting.cancelled_at, meeting.cancel_reason = None, ""
    _tell(meeting.series, meeting, Kind.INVITATION, now)
    note_one(meeting, by, "meeting.restored_one")
    return meeting


@transaction.atomic
def answer(*, meeting: Meeting, member: Membership, comes: bool, now: datetime) -> MeetingAnswer:
    """An invited person says whether they come; the last word counts."""
    meeting = lock_meeting(meeting, None)
    invited = MeetingAttendee.objects.filter(series=meeting.series, member=member).exists()
    if not invited or not sees(member, meeting.series.plan):
        raise NotAllowed(_("Only who is invited answers."))
    _refuse_if_cancelled(meeting)
    word = MeetingAnswer.Answer.YES if comes else MeetingAnswer.Answer.NO
    row, _new = MeetingAnswer.objects.update_or_create(
        organization=meeting.organization,
        meeting=meeting,
        member=member,
        defaults={"answer": word, "at": now},
    )
    return row


def _row(series: MeetingSeries, day: date) -> Meeting:
    found = queries.get_occurrence(series, day)
    if found is None:
        raise Refused(_("There is no meeting on that day."))
    if found.meeting is not None:
        meeting = Meeting.objects.select_for_update().get(pk=found.meeting.pk)
    else:
        meeting = Meeting.objects.create(
            organization=series.organization,
            series=series,
            occurrence_on=day,
            starts_at=found.starts_at,
            duration_minutes=found.duration_minutes,
            place=found.place,
            sequence=series.sequence,
        )
    meeting.series, meeting.organization = series, series.organization
    return meeting


def _refuse_if_cancelled(meeting: Meeting) -> None:
    if meeting.cancelled_at is not None:
        raise Refused(_("This meeting was cancelled. Bring it back first."))


def _tell(series: MeetingSeries, meeting: Meeting, kind: Kind, now: datetime) -> None:
    """Count the change for calendar programs, and ask for a mail to everyone invited."""
    series.sequence += 1
    series.save(update_fields=["sequence"])
    meeting.sequence = series.sequence
    meeting.save()
    members = queries.attendees(series)
    send(series, members, kind, now, meeting=meeting, is_update=kind == Kind.INVITATION)
