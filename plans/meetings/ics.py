"""Meetings as calendar programs read them (RFC 5545, and 5546 for what they are asked to do).

A series is one VEVENT with its rule and its own time zone; a cancelled occurrence is an EXDATE, one
with a time of its own a second VEVENT under the same UID with RECURRENCE-ID. SEQUENCE grows with
every change that people were told of, so that an old mail never undoes a new one.

Mailed to who is invited it is a REQUEST; to the organizer, who has nobody to answer to, PUBLISH.
Answers go by mail to the organizer; where nobody runs the meetings, to PlanCraft's own address.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event, vCalAddress, vRecur, vText

from people.models import Membership
from plans.meetings import queries, recurrence
from plans.meetings.records import rule_of
from plans.meetings.recurrence import MONTHLY, ONCE, WEEKLY, Rule
from plans.models import Meeting, MeetingMail, MeetingSeries

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


def whole_series(series: MeetingSeries, now: datetime) -> bytes:
    """The series with all that was changed in it, to be kept in one's own calendar."""
    return _calendar(PUBLISH, _series_events(series, (), now)).to_ical()


def of_mail(mail: MeetingMail, now: datetime) -> tuple[str, bytes]:
    """(method, document) of what goes with a mail; the minutes carry none (empty).

    No query where the mail was loaded with its series, and that with `attendees` and `meetings`.
    """
    if mail.kind == MeetingMail.Kind.MINUTES:
        return "", b""
    series, invited = mail.series, _invited(mail.series)
    for_organizer = mail.member_id == series.owner_id
    if mail.meeting is not None:
        mail.meeting.series = series
        events = [_one_event(mail.meeting, invited, now)]
        cancels = mail.meeting.cancelled_at is not None
    elif mail.kind == MeetingMail.Kind.CANCELLATION and not _goes_on_for(mail, invited):
        events, cancels = [_cancelled_series(series, [mail.member], now)], True
    else:
        events, cancels = _series_events(series, invited, now), False
    method = PUBLISH if for_organizer else (CANCEL if cancels else REQUEST)
    return method, _calendar(method, events).to_ical()


def _invited(series: MeetingSeries) -> list[Membership]:
    """Who is invited and can still act, by name."""
    members = [row.member for row in series.attendees.all()]
    return sorted((m for m in members if m.is_active), key=lambda m: (m.name.casefold(), m.pk))


def _goes_on_for(mail: MeetingMail, invited: Sequence[Membership]) -> bool:
    """Ended, but with meetings that took place: the calendar keeps those."""
    still = any(member.pk == mail.member_id for member in invited)
    return still and recurrence.first_day(rule_of(mail.series)) is not None


def _calendar(method: str, events: Iterable[Event]) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//PlanCraft//Planning meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for event in events:
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar


def _series_events(
    series: MeetingSeries, invited: Sequence[Membership], now: datetime
) -> list[Event]:
    rows = sorted(series.meetings.all(), key=lambda row: row.occurrence_on)
    days = {row.occurrence_on for row in rows if row.cancelled_at is not None}
    master = _event(series, invited, now)
    _begin(master, series, queries.start_of(series, _first(series)), series.duration_minutes)
    rule = rule_of(series)
    if rule.frequency != ONCE:
        master.add("rrule", rrule_of(rule, series))
    for day in sorted(day for day in days if recurrence.is_day(rule, day)):
        master.add("exdate", queries.start_of(series, day).astimezone(series.zone))
    changed = [row for row in rows if row.is_changed and row.cancelled_at is None]
    for row in changed:
        row.series = series
    return [master, *(_one_event(row, invited, now) for row in changed)]


def _one_event(meeting: Meeting, invited: Sequence[Membership], now: datetime) -> Event:
    series = meeting.series
    event = _event(series, invited, now)
    if series.frequency != ONCE:
        planned = queries.start_of(series, meeting.occurrence_on)
        event.add("recurrence-id", planned.astimezone(series.zone))
    _begin(event, series, meeting.starts_at, meeting.duration_minutes)
    if meeting.place:
        event["location"] = vText(meeting.place)
    event["sequence"] = max(meeting.sequence, 0)
    if meeting.cancelled_at is not None:
        event["status"] = vText("CANCELLED")
    return event


def _cancelled_series(series: MeetingSeries, invited: Sequence[Membership], now: datetime) -> Event:
    event = _event(series, invited, now)
    _begin(event, series, queries.start_of(series, _first(series)), series.duration_minutes)
    event["status"] = vText("CANCELLED")
    return event


def _first(series: MeetingSeries) -> date:
    """The first day, also of a series that was ended before it began."""
    rule = rule_of(series)
    found = recurrence.first_day(rule) or recurrence.first_day(replace(rule, until=None))
    return found or series.first_day


def _begin(event: Event, series: MeetingSeries, starts_at: datetime, minutes: int) -> None:
    event.add("dtstart", starts_at.astimezone(series.zone))
    ends_at = starts_at + timedelta(minutes=minutes)
    event.add("dtend", ends_at.astimezone(series.zone))


def _event(series: MeetingSeries, invited: Sequence[Membership], now: datetime) -> Event:
    event = Event()
    event.add("uid", series.uid)
    event.add("sequence", series.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("summary", series.title)
    event.add("status", "CONFIRMED")
    page = reverse("meeting-series", args=[series.organization.slug, series.pk])
    event.add("url", f"{settings.BASE_URL}{page}")
    event.add("description", f"{settings.BASE_URL}{page}")
    if series.place:
        event.add("location", series.place)
    event.add("organizer", _organizer(series), encode=False)
    for member in invited:
        if member.pk != series.owner_id:
            event.add("attendee", _attendee(member), encode=False)
    return event


def _organizer(series: MeetingSeries) -> vCalAddress:
    if series.owner is None:
        name, mail = parseaddr(settings.DEFAULT_FROM_EMAIL)
    else:
        name, mail = series.owner.name, series.owner.user.email
    return _address(name, mail)


def _attendee(member: Membership) -> vCalAddress:
    address = _address(member.name, member.user.email)
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText("NEEDS-ACTION")
    address.params["RSVP"] = vText("TRUE")
    return address


def _address(name: str, mail: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{mail}")
    address.params["CN"] = vText(name)
    return address


def rrule_of(rule: Rule, series: MeetingSeries) -> vRecur:
    """The rule in the words of RFC 5545. An end is said once: `until` where there is one."""
    words: dict[str, object] = {
        "FREQ": "MONTHLY" if rule.frequency == MONTHLY else "WEEKLY",
        "INTERVAL": rule.interval,
    }
    if rule.frequency == WEEKLY:
        words["BYDAY"] = [DAYS[day] for day in rule.weekdays]
        words["WKST"] = DAYS[rule.week_start]
    else:
        words["BYDAY"] = [f"{rule.nth}{DAYS[rule.weekdays[0]]}"]
    if rule.until is not None:
        last = recurrence.last_day(rule) or rule.until
        words["UNTIL"] = queries.start_of(series, last)
    elif rule.count is not None:
        words["COUNT"] = rule.count
    return vRecur(words)
