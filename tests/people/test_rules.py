"""Working hours against an independent count, minute by minute, and by properties."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.rules import WorkingCalendar, add_working_hours, working_hours_between

ZONES = ["UTC", "America/Toronto", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"]
TORONTO = WorkingCalendar(zone=ZoneInfo("America/Toronto"))


def local(text: str, zone: str = "America/Toronto") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    hours = sorted(draw(st.sets(st.integers(0, 23), min_size=2, max_size=2)))
    closed = draw(st.sets(st.dates(date(2026, 3, 1), date(2026, 11, 30)), max_size=20))
    return WorkingCalendar(
        weekdays=frozenset(draw(st.sets(st.integers(0, 6), min_size=1))),
        closed=frozenset(closed),
        opens=time(hours[0], 30),
        closes=time(hours[1], 15),
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
    )


instants = st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 30)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)
hours = st.integers(0, 60 * 90).map(lambda minutes: minutes / 60)


@pytest.mark.parametrize(
    ("start", "number", "expected"),
    [
        ("2027-01-04T10:00", 3, "2027-01-04T13:00"),  # within a Monday
        ("2027-01-04T16:00", 2, "2027-01-05T10:00"),  # over the night
        ("2027-01-08T16:00", 2, "2027-01-11T10:00"),  # over the weekend
        ("2027-01-09T12:00", 1, "2027-01-11T10:00"),  # from a Saturday
        ("2027-01-04T05:00", 1, "2027-01-04T10:00"),  # before the day begins
        ("2027-01-04T10:00", 7, "2027-01-04T17:00"),  # ends with the day, not with the next
        ("2027-01-04T10:00", 24, "2027-01-07T10:00"),  # three working days
        ("2027-01-04T10:00", 0, "2027-01-04T10:00"),
        ("2027-01-09T12:00", 0, "2027-01-09T12:00"),  # no time is no time, on a Saturday too
        ("2027-01-05T10:00", -2, "2027-01-04T16:00"),  # backwards over the night
        ("2027-01-11T09:00", -8, "2027-01-08T09:00"),  # backwards over the weekend
    ],
)
def test_adds_working_hours(start: str, number: float, expected: str) -> None:
    assert add_working_hours(local(start), number, TORONTO) == local(expected)


def test_closed_days_are_skipped() -> None:
    calendar = WorkingCalendar(closed=frozenset({date(2027, 1, 5)}))
    start = datetime(2027, 1, 4, 16, tzinfo=UTC)
    assert add_working_hours(start, 2, calendar) == datetime(2027, 1, 6, 10, tzinfo=UTC)


@pytest.mark.parametrize(("day", "elapsed"), [("2026-03-08", 23), ("2026-11-01", 25)])
def test_a_day_on_which_clocks_change_has_an_hour_more_or_less(day: str, elapsed: int) -> None:
    always = WorkingCalendar(
        weekdays=frozenset(range(7)),
        opens=time(0),
        closes=time(23, 59, 59),
        zone=ZoneInfo("America/Toronto"),
    )
    start = local(f"{day}T00:00")
    worked = working_hours_between(start, start + timedelta(days=1), always)
    assert worked == pytest.approx(elapsed - 1 / 3600, abs=1e-6)


def test_office_hours_stay_at_nine_on_the_wall_after_the_clocks_change() -> None:
    friday, monday = local("2026-03-06T16:00"), local("2026-03-09T10:00")
    assert working_hours_between(friday, monday, TORONTO) == 2
    assert monday.utcoffset() != friday.utcoffset()


def test_a_day_that_the_zone_skips_has_no_hours() -> None:
    apia = WorkingCalendar(zone=ZoneInfo("Pacific/Apia"))
    assert apia.hours_of(date(2011, 12, 29)) is not None
    assert apia.hours_of(date(2011, 12, 30)) is None


@given(instants, hours, calendars())
def test_what_was_added_lies_between(start: datetime, n: float, calendar: WorkingCalendar) -> None:
    end = add_working_hours(start, n, calendar)
    assert working_hours_between(start, end, calendar) == pytest.approx(n, abs=1e-6)
    begin = add_working_hours(start, -n, calendar)
    assert working_hours_between(begin, start, calendar) == pytest.approx(n, abs=1e-6)


@given(instants, hours, hours, calendars())
def test_adding_twice_is_adding_once(
    start: datetime, n: float, m: float, calendar: WorkingCalendar
) -> None:
    twice = add_working_hours(add_working_hours(start, n, calendar), m, calendar)
    once = add_working_hours(start, n + m, calendar)
    assert abs(twice - once) < timedelta(milliseconds=1)


@given(st.lists(instants, min_size=3, max_size=3), calendars())
def test_stretches_add_up(three: list[datetime], calendar: WorkingCalendar) -> None:
    a, b, c = sorted(three)
    parts = working_hours_between(a, b, calendar) + working_hours_between(b, c, calendar)
    assert parts == pytest.approx(working_hours_between(a, c, calendar), abs=1e-6)
    assert working_hours_between(c, a, calendar) == -working_hours_between(a, c, calendar)


@given(instants, st.integers(1, 60 * 24 * 4), calendars())
def test_agrees_with_counting_minutes(
    start: datetime, minutes: int, calendar: WorkingCalendar
) -> None:
    start = start.replace(second=0, microsecond=0)
    end = start + timedelta(minutes=minutes)

    def worked(instant: datetime) -> bool:
        there = instant.astimezone(calendar.zone)
        return (
            calendar.is_working_day(there.date())
            and calendar.opens <= there.time() < calendar.closes
        )

    counted = sum(worked(start + timedelta(minutes=n)) for n in range(minutes))
    # Opening at a time that occurs twice (or never) is the first of the two (or what follows).
    slack = 1.0 if _clocks_change(start, end, calendar) else 1e-6
    answer = working_hours_between(start, end, calendar)
    assert answer == pytest.approx(counted / 60, abs=slack)


def _clocks_change(start: datetime, end: datetime, calendar: WorkingCalendar) -> bool:
    offsets = {
        (start + timedelta(hours=n)).astimezone(calendar.zone).utcoffset()
        for n in range(int((end - start) / timedelta(hours=1)) + 2)
    }
    return len(offsets) > 1


def test_refuses_an_instant_without_zone_and_a_day_that_ends_before_it_begins() -> None:
    with pytest.raises(ValueError, match="time zone"):
        add_working_hours(datetime(2027, 1, 4, 9), 1, TORONTO)
    with pytest.raises(ValueError, match="end before"):
        WorkingCalendar(opens=time(17), closes=time(9))
