"""What calendar programs get, read back by the library that others read it with."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from icalendar import Calendar

from plans.meetings import ics, queries, recurrence, services
from plans.meetings.records import rule_of
from plans.models import MeetingMail, MeetingSeries
from tests import factories
from tests.plans.meetings.test_recurrence import monthly_rules, weekly_rules

NOW = datetime(2027, 3, 1, 8, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2027, 3, 22)
WEEK = timedelta(days=7)


@pytest.fixture
def series(cast: Any) -> MeetingSeries:
    return factories.make_series(
        cast.organization,
        owner=cast.member,
        invited=[cast.member, cast.colleague],
        time_zone="Europe/Berlin",
        first_day=MONDAY,
        place="Room 2",
        count=6,
    )


def events(document: bytes) -> list[Any]:
    return list(Calendar.from_ical(document).walk("VEVENT"))


def starts_as_read(event: Any) -> list[datetime]:
    """As a calendar program expands it: rule, exceptions, its own time zone; in UTC."""
    start = event["dtstart"].dt
    rule = rrulestr(event["rrule"].to_ical().decode(), dtstart=start.replace(tzinfo=None)) if (
        event["rrule"].get("UNTIL") is None
    ) else rrulestr(event["rrule"].to_ical().decode(), dtstart=start)  # fmt: skip
    out = event.get("exdate")
    missing = {d.dt for entry in ([out] if out and not isinstance(out, list) else out or [])
               for d in entry.dts}  # fmt: skip
    found = [at if at.tzinfo else at.replace(tzinfo=start.tzinfo) for at in rule]
    return [at.astimezone(UTC) for at in found if at not in missing]


def test_a_program_expands_it_as_we_do_over_the_change_of_clocks(cast: Any, series: Any) -> None:
    services.cancel_one(series=series, day=MONDAY + 2 * WEEK, by=cast.member, reason="", now=NOW)
    series.refresh_from_db()
    (event,) = events(ics.whole_series(series, NOW))
    expected = [o.starts_at for o in queries.next_days(series, NOW, 10)]
    assert starts_as_read(event) == expected
    assert [at.astimezone(BERLIN).time() for at in expected] == [time(9, 30)] * 5
    assert {at.hour for at in expected} == {7, 8}


def test_it_carries_the_rules_of_its_time_zone(series: Any) -> None:
    calendar = Calendar.from_ical(ics.whole_series(series, NOW))
    (zone,) = calendar.walk("VTIMEZONE")
    assert str(zone["tzid"]) == "Europe/Berlin"
    assert {part.name for part in zone.subcomponents} == {"STANDARD", "DAYLIGHT"}
    assert calendar["method"] == "PUBLISH" and calendar["version"] == "2.0"


def test_a_moved_one_names_the_one_that_it_replaces(cast: Any, series: Any) -> None:
    at = datetime(2027, 3, 30, 12, tzinfo=UTC)
    services.change_one(
        series=series, day=MONDAY + WEEK, by=cast.member, starts_at=at, duration_minutes=30,
        place="Room 9", now=NOW,
    )  # fmt: skip
    series.refresh_from_db()
    master, moved = events(ics.whole_series(series, NOW))
    assert master["uid"] == moved["uid"] == series.uid
    assert moved["recurrence-id"].dt.astimezone(UTC) == datetime(2027, 3, 29, 7, 30, tzinfo=UTC)
    assert moved["dtstart"].dt.astimezone(UTC) == at
    assert moved["dtend"].dt - moved["dtstart"].dt == timedelta(minutes=30)
    assert str(moved["location"]) == "Room 9" and str(master["location"]) == "Room 2"


def mail_to(member: Any, series: MeetingSeries, kind: str) -> MeetingMail:
    rows = MeetingMail.objects.filter(series=series, member=member, kind=kind)
    return rows.select_related("series__organization", "series__owner__user", "meeting").latest(
        "pk"
    )


def test_who_is_invited_is_asked_and_the_organizer_is_only_told(cast: Any, series: Any) -> None:
    services.cancel_one(series=series, day=MONDAY + WEEK, by=cast.member, reason="", now=NOW)
    mail = mail_to(cast.colleague, series, "cancellation")
    method, document = ics.of_mail(mail, NOW)
    (event,) = events(document)
    assert (method, str(Calendar.from_ical(document)["method"])) == ("CANCEL", "CANCEL")
    assert str(event["status"]) == "CANCELLED"
    assert event["recurrence-id"].dt.astimezone(UTC) == datetime(2027, 3, 29, 7, 30, tzinfo=UTC)
    assert int(event["sequence"]) == 1
    assert ics.of_mail(mail_to(cast.member, series, "cancellation"), NOW)[0] == "PUBLISH"


def test_an_invitation_names_organizer_and_attendees(cast: Any, series: Any) -> None:
    row = MeetingMail.objects.create(
        organization=cast.organization, series=series, member=cast.colleague, kind="invitation",
        at=NOW,
    )  # fmt: skip
    method, document = ics.of_mail(mail_to(cast.colleague, series, "invitation"), NOW)
    (event,) = events(document)
    assert method == "REQUEST" and row.pk
    assert str(event["organizer"]) == "mailto:maya@example.org"
    assert str(event["attendee"]) == "mailto:cole@example.org"
    assert event["attendee"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert all(len(line) <= 75 for line in document.split(b"\r\n"))


def test_a_person_left_out_is_told_to_take_it_off(cast: Any, series: Any) -> None:
    MeetingMail.objects.create(
        organization=cast.organization, series=series, member=cast.viewer, kind="cancellation",
        at=NOW,
    )  # fmt: skip
    method, document = ics.of_mail(mail_to(cast.viewer, series, "cancellation"), NOW)
    (event,) = events(document)
    assert method == "CANCEL" and "rrule" not in event


def test_ended_meetings_keep_what_took_place(cast: Any, series: Any) -> None:
    now = datetime(2027, 3, 31, tzinfo=UTC)
    services.end_series(series=series, by=cast.member, now=now)
    series.refresh_from_db()
    method, document = ics.of_mail(mail_to(cast.colleague, series, "cancellation"), now)
    (event,) = events(document)
    assert method == "REQUEST"
    assert len(starts_as_read(event)) == 2


@settings(max_examples=60)
@given(weekly_rules())
def test_every_weekly_rule_is_read_as_it_is_meant(rule: recurrence.Rule) -> None:
    read_as_meant(rule)


@settings(max_examples=60)
@given(monthly_rules())
def test_every_monthly_rule_is_read_as_it_is_meant(rule: recurrence.Rule) -> None:
    read_as_meant(rule)


def read_as_meant(rule: recurrence.Rule) -> None:
    """Our RRULE, expanded by dateutil from our DTSTART, gives our days."""
    series = MeetingSeries(
        frequency=rule.frequency,
        interval=rule.interval,
        weekdays=list(rule.weekdays),
        nth=rule.nth,
        first_day=rule.first,
        until=rule.until,
        count=rule.count,
        week_start=rule.week_start,
        clock=time(9, 30),
        time_zone="Europe/Berlin",
    )
    first = recurrence.first_day(rule_of(series))
    if first is None:
        return
    start = datetime.combine(first, time(9, 30), tzinfo=BERLIN)
    words = ics.rrule_of(rule, series).to_ical().decode()
    start = start if "UNTIL" in words else start.replace(tzinfo=None)
    read = [at.date() for _, at in zip(range(40), rrulestr(words, dtstart=start), strict=False)]
    assert read == recurrence.upcoming(rule, rule.first, 40)
