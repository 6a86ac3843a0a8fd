"""Series of meetings: schedule, change from one day on, end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from people.errors import Refused
from people.models import Membership, Organization
from plans.meetings import queries, recurrence
from plans.meetings.records import SeriesFields, rule_of, series_fields
from plans.meetings.recurrence import Rule
from plans.meetings.services._shared import (
    Kind,
    check_attendees,
    lock_series,
    note,
    require_schedule,
    send,
)
from plans.models import Meeting, MeetingAnswer, MeetingAttendee, MeetingFlag, MeetingSeries
from plans.services._shared import changed_fields, check_owner, stale

ONE_DAY = timedelta(days=1)
NEVER = gettext_noop("With these dates it would never take place. Let it end later.")
FAR = 400
"""Occurrences ahead among which a prepared meeting is looked for when its series changes."""


@transaction.atomic
def create_series(
    *,
    organization: Organization,
    by: Membership,
    fields: SeriesFields,
    owner: Membership | None,
    now: datetime,
) -> MeetingSeries:
    """Schedule meetings and invite who attends. Without an organizer nobody runs them yet."""
    require_schedule(by, organization, fields.plan)
    check_owner(organization, owner, fields.plan)
    check_attendees(organization, fields.attendees, fields.plan)
    series = MeetingSeries(organization=organization, owner=owner, created_by=by)
    series.week_start = organization.week_start
    if owner is not None:
        series.unowned_since = None
    else:
        series.unowned_since, series.unowned_reason = now, _("new")
    _write(series, fields)
    _check_takes_place(series)
    _invite(series, fields.attendees, now)
    note(series, by, "meeting.scheduled", owner=owner.pk if owner else None)
    return series


@transaction.atomic
def edit_series(
    *,
    series: MeetingSeries,
    by: Membership,
    version: int,
    fields: SeriesFields,
    from_day: date,
    now: datetime,
) -> MeetingSeries:
    """Change the meetings of `from_day` and all that follow; those before stay as they were.

    Where the time changes and there were meetings before, a new series goes on from the old one,
    which ends. What was prepared goes along: the n-th meeting from that day stays the n-th.
    `Stale`, with the fields as they are now, if `version` is past. Returns the series that goes on.
    """
    series = lock_series(series, by)
    before = series_fields(series, queries.attendees(series))
    if series.version != version:
        raise stale(series, series.organization, before)
    _refuse_if_finished(series)
    require_schedule(by, series.organization, fields.plan)
    check_attendees(series.organization, fields.attendees, fields.plan)
    changed = changed_fields(before.words(series.week_start), fields.words(series.week_start))
    if not changed and fields.first_day == before.first_day:
        return series
    series.version += 1
    moved = "when" in changed or fields.first_day != before.first_day
    began = recurrence.first_day(rule_of(series))
    if moved and began is not None and began < from_day:
        return _go_on(series, by, fields, before, from_day, now)
    old_rule = rule_of(series)
    _write(series, fields)
    _check_takes_place(series)
    _change_in_place(series, fields, before, old_rule, moved, from_day, now)
    note(series, by, "meeting.changed", fields=changed)
    return series


def _change_in_place(
    series: MeetingSeries,
    fields: SeriesFields,
    before: SeriesFields,
    old_rule: Rule,
    moved: bool,
    from_day: date,
    now: datetime,
) -> None:
    series.sequence += 1
    series.save(update_fields=["sequence"])
    if moved:
        _carry(series, series, old_rule, from_day, now)
    else:
        ahead = Meeting.objects.filter(series=series, starts_at__gt=now, is_changed=False)
        ahead.update(place=series.place, duration_minutes=series.duration_minutes)
    stay = _attendees_changed(series, fields, before, now)
    if moved or (fields.title, fields.place) != (before.title, before.place):
        send(series, stay, Kind.INVITATION, now, is_update=True)


def _attendees_changed(
    series: MeetingSeries, fields: SeriesFields, before: SeriesFields, now: datetime
) -> list[Membership]:
    """Invite who is new, tell who is no longer expected; who stays."""
    old, new = set(before.attendees), set(fields.attendees)
    gone = [member for member in before.attendees if member not in new]
    MeetingAttendee.objects.filter(series=series, member__in=gone).delete()
    send(series, gone, Kind.CANCELLATION, now)
    _invite(series, [member for member in fields.attendees if member not in old], now)
    return [member for member in fields.attendees if member in old]


def _go_on(
    series: MeetingSeries,
    by: Membership,
    fields: SeriesFields,
    before: SeriesFields,
    from_day: date,
    now: datetime,
) -> MeetingSeries:
    """End the series before that day and begin one that follows it.

    It begins with the first meeting of its rule from that day on, so that every second week stays
    the same second week; what is over is not counted again.
    """
    old_rule = rule_of(series)
    fields = _from_then(fields, series.week_start, from_day)
    after = MeetingSeries(
        organization=series.organization,
        owner=series.owner,
        unowned_since=series.unowned_since,
        unowned_reason=series.unowned_reason,
        created_by=by,
        week_start=series.week_start,
        follows=series,
    )
    _write(after, fields)
    _check_takes_place(after)
    _end_before(series, from_day, now)
    _carry(series, after, old_rule, from_day, now)
    MeetingFlag.objects.filter(series=series, meeting=None).update(series=after)
    send(series, before.attendees, Kind.INVITATION, now, is_update=True)
    _invite(after, fields.attendees, now)
    note(series, by, "meeting.went_on", day=from_day.isoformat(), after=after.pk)
    return after


def _from_then(fields: SeriesFields, week_start: int, from_day: date) -> SeriesFields:
    most = FAR if fields.count else 1
    ahead = recurrence.upcoming(fields.rule(week_start), from_day, most)
    if not ahead:
        raise Refused(_(NEVER))
    return replace(fields, first_day=ahead[0], count=len(ahead) if fields.count else None)


@transaction.atomic
def end_series(*, series: MeetingSeries, by: Membership, now: datetime) -> MeetingSeries:
    """No more meetings from now on; those that took place stay on record. Twice is once."""
    series = lock_series(series, by)
    if series.finished_at is not None:
        return series
    ahead = Meeting.objects.filter(series=series, starts_at__gt=now, cancelled_at=None)
    ahead.update(cancelled_at=now, cancel_reason=_("The meetings were ended."))
    _end_before(series, _first_ahead(series, now), now)
    series.version += 1
    series.save(update_fields=["version"])
    send(series, queries.attendees(series), Kind.CANCELLATION, now)
    note(series, by, "meeting.ended")
    return series


def _first_ahead(series: MeetingSeries, now: datetime) -> date:
    """The rule's first day whose meeting has not begun."""
    today = now.astimezone(series.zone).date()
    return today + ONE_DAY if queries.start_of(series, today) <= now else today


def _end_before(series: MeetingSeries, day: date, now: datetime) -> None:
    series.until = day - ONE_DAY
    series.sequence += 1
    series.finished_at = now
    series.save()


def _carry(
    old: MeetingSeries, new: MeetingSeries, old_rule: Rule, from_day: date, now: datetime
) -> None:
    """Give each prepared meeting from that day on the day that has its number in the new rule.

    One that was given a time of its own keeps it. One beyond the end of the rule is cancelled.
    """
    was = recurrence.upcoming(old_rule, from_day, FAR)
    becomes = recurrence.upcoming(rule_of(new), max(from_day, new.first_day), FAR)
    days = dict(zip(was, becomes, strict=False))
    rows = Meeting.objects.filter(series=old, occurrence_on__gte=from_day, starts_at__gt=now)
    prepared = list(rows.order_by("occurrence_on"))
    later = [row for row in prepared if days.get(row.occurrence_on, from_day) > row.occurrence_on]
    # In this order no meeting ever takes a day that another one still has.
    for row in [*reversed(later), *(row for row in prepared if row not in later)]:
        _move(row, new, days.get(row.occurrence_on), now)


def _move(row: Meeting, series: MeetingSeries, day: date | None, now: datetime) -> None:
    if day is None:
        row.cancelled_at = row.cancelled_at or now
        row.cancel_reason = row.cancel_reason or _("The meetings were ended.")
        row.save(update_fields=["cancelled_at", "cancel_reason"])
        return
    row.series, row.occurrence_on = series, day
    if not row.is_changed:
        starts_at = queries.start_of(series, day)
        if starts_at != row.starts_at:
            MeetingAnswer.objects.filter(meeting=row).delete()
        row.starts_at = starts_at
        row.duration_minutes, row.place = series.duration_minutes, series.place
    row.save()


def _write(series: MeetingSeries, fields: SeriesFields) -> None:
    rule = fields.rule(series.week_start)
    series.title, series.plan, series.place = fields.title, fields.plan, fields.place
    series.time_zone, series.clock = fields.time_zone, fields.clock
    series.duration_minutes = fields.duration_minutes
    series.frequency, series.interval = rule.frequency, rule.interval
    series.weekdays, series.nth = list(rule.weekdays), rule.nth
    series.first_day, series.until, series.count = rule.first, rule.until, rule.count
    series.save()


def _check_takes_place(series: MeetingSeries) -> None:
    if recurrence.first_day(rule_of(series)) is None:
        raise Refused(_(NEVER))


def _refuse_if_finished(series: MeetingSeries) -> None:
    if series.finished_at is not None:
        raise Refused(_("These meetings have ended. Schedule new ones instead."))


def _invite(series: MeetingSeries, members: Sequence[Membership], now: datetime) -> None:
    MeetingAttendee.objects.bulk_create(
        [
            MeetingAttendee(organization=series.organization, series=series, member=member)
            for member in members
        ]
    )
    send(series, members, Kind.INVITATION, now)


def finish_over(series: Sequence[MeetingSeries], now: datetime) -> int:
    """Mark as finished whose last meeting is over, so that nobody is asked to own them."""
    over = [row.pk for row in series if _is_over(row, now)]
    moved = Meeting.objects.filter(series__in=over, cancelled_at=None)
    latest = dict(moved.values_list("series").annotate(Max("starts_at")).order_by())
    done = [pk for pk in over if latest.get(pk) is None or latest[pk] < now - ONE_DAY]
    return MeetingSeries.objects.filter(pk__in=done).update(finished_at=now)


def _is_over(series: MeetingSeries, now: datetime) -> bool:
    last = recurrence.last_day(rule_of(series))
    return last is not None and queries.start_of(series, last) < now - ONE_DAY
