"""Working days, periods, clocks and what people type as dates."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plancraft.lib.dates import (
    EARLIEST,
    LATEST,
    Period,
    WorkingCalendar,
    at_wall_clock,
    local_day,
    month_of,
    parse_day,
    parse_instant,
    period_of,
    periods_in,
    week_of,
)

NEW_YORK, LORD_HOWE = ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
KIRITIMATI, PAGO_PAGO = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Pago_Pago")
APIA = ZoneInfo("Pacific/Apia")

GOOD_FRIDAY, EASTER_MONDAY = date(2027, 3, 26), date(2027, 3, 29)
EASTER = WorkingCalendar(closed=frozenset({GOOD_FRIDAY, EASTER_MONDAY}))

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
zones = st.sampled_from([NEW_YORK, LORD_HOWE, KIRITIMATI, PAGO_PAGO, APIA, ZoneInfo("UTC")])
calendars = st.builds(
    WorkingCalendar,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.frozensets(st.dates(date(2027, 1, 1), date(2027, 2, 28)), max_size=30),
)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2027, 3, 25), True),
        (GOOD_FRIDAY, False),
        (date(2027, 3, 27), False),
        (date(2027, 3, 28), False),
        (EASTER_MONDAY, False),
        (date(2027, 3, 30), True),
    ],
)
def test_weekends_and_closed_days_are_no_working_days(day, working):
    assert EASTER.is_working_day(day) is working


@pytest.mark.parametrize(
    ("day", "by", "expected"),
    [
        (date(2027, 3, 31), -1, date(2027, 3, 30)),
        (date(2027, 3, 31), -2, date(2027, 3, 25)),
        (date(2027, 3, 31), 0, date(2027, 3, 31)),
        (EASTER_MONDAY, 0, date(2027, 3, 25)),
        (EASTER_MONDAY, -1, date(2027, 3, 25)),
        (date(2027, 3, 25), 1, date(2027, 3, 30)),
        (date(2027, 3, 28), 3, date(2027, 4, 1)),
    ],
)
def test_shift_counts_working_days(day, by, expected):
    assert EASTER.shift(day, by) == expected


def test_a_calendar_without_working_weekdays_is_refused():
    with pytest.raises(ValueError, match="at least one working weekday"):
        WorkingCalendar(weekdays=frozenset())


@given(calendars, st.dates(date(2027, 1, 1), date(2027, 3, 31)), st.integers(1, 30))
def test_shift_lands_on_the_nth_working_day(calendar, day, n):
    before, after = calendar.shift(day, -n), calendar.shift(day, n)
    assert calendar.is_working_day(before)
    assert calendar.is_working_day(after)
    assert sum(map(calendar.is_working_day, Period(before, day - timedelta(1)).days())) == n
    assert sum(map(calendar.is_working_day, Period(day + timedelta(1), after).days())) == n


@given(calendars, st.dates(date(2027, 1, 1), date(2027, 3, 31)))
def test_shift_by_nothing_stays_or_steps_back(calendar, day):
    landed = calendar.shift(day, 0)
    assert calendar.is_working_day(landed)
    assert landed <= day
    assert not any(
        calendar.is_working_day(landed + timedelta(n)) for n in range(1, (day - landed).days + 1)
    )


@pytest.mark.parametrize(
    ("zone", "day"),
    [(KIRITIMATI, date(2027, 3, 2)), (PAGO_PAGO, date(2027, 2, 28)), (UTC, date(2027, 3, 1))],
)
def test_one_instant_is_another_day_across_the_date_line(zone, day):
    instant = datetime(2027, 3, 1, 10, 30, tzinfo=UTC)
    assert local_day(instant, zone) == day


def test_an_instant_without_zone_has_no_day():
    with pytest.raises(ValueError, match="needs a time zone"):
        local_day(datetime(2027, 3, 1, 12), UTC)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "utc"),
    [
        # An ordinary morning.
        (NEW_YORK, date(2027, 3, 1), time(9), datetime(2027, 3, 1, 14, tzinfo=UTC)),
        # 02:30 does not exist on this day: 03:30 in summer time.
        (NEW_YORK, date(2027, 3, 14), time(2, 30), datetime(2027, 3, 14, 7, 30, tzinfo=UTC)),
        (NEW_YORK, date(2027, 3, 14), time(3, 30), datetime(2027, 3, 14, 7, 30, tzinfo=UTC)),
        # 01:30 comes twice: the first, still in summer time.
        (NEW_YORK, date(2027, 11, 7), time(1, 30), datetime(2027, 11, 7, 5, 30, tzinfo=UTC)),
        (
            NEW_YORK,
            date(2027, 11, 7),
            time(1, 30, fold=1),
            datetime(2027, 11, 7, 5, 30, tzinfo=UTC),
        ),
        # Clocks that move by half an hour: 02:15 becomes 02:45.
        (LORD_HOWE, date(2027, 10, 3), time(2, 15), datetime(2027, 10, 2, 15, 45, tzinfo=UTC)),
        # A whole day was skipped: noon of it is noon of the next.
        (APIA, date(2011, 12, 30), time(12), datetime(2011, 12, 30, 22, tzinfo=UTC)),
    ],
)
def test_wall_clock_to_utc(zone, day, clock, utc):
    instant = at_wall_clock(day, clock, zone)
    assert instant == utc
    assert instant.tzinfo is UTC


@given(days, st.times(), zones)
def test_wall_clock_comes_back_or_moves_forward(day, clock, zone):
    shown = at_wall_clock(day, clock, zone).astimezone(zone).replace(tzinfo=None)
    wanted = datetime.combine(day, clock)
    assert wanted <= shown <= wanted + timedelta(hours=1)


@given(days, st.times(), zones)
def test_of_two_equal_clocks_the_first_is_meant(day, clock, zone):
    instant = at_wall_clock(day, clock, zone)
    for minutes in (30, 60):
        earlier = (instant - timedelta(minutes=minutes)).astimezone(zone)
        assert earlier.replace(tzinfo=None) != datetime.combine(day, clock)


@given(days, zones)
def test_a_day_has_23_to_25_hours_and_belongs_to_itself(day, zone):
    start, end = (at_wall_clock(d, time(), zone) for d in (day, day + timedelta(1)))
    assert timedelta(hours=23) <= end - start <= timedelta(hours=25)
    assert local_day(start, zone) == day
    assert local_day(end - timedelta(microseconds=1), zone) == day


@given(days, st.integers(0, 6))
def test_a_week_has_seven_days_and_begins_where_it_should(day, week_start):
    week = week_of(day, week_start)
    assert day in week
    assert len(week) == 7
    assert week.start.weekday() == week_start


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2027, 2, 10), date(2027, 2, 28)),
        (date(2028, 2, 29), date(2028, 2, 29)),
        (date(2027, 12, 31), date(2027, 12, 31)),
    ],
)
def test_a_month_is_a_calendar_month(day, last):
    assert month_of(day) == Period(day.replace(day=1), last)


@given(days, st.integers(0, 400), st.sampled_from(["day", "week", "month"]), st.integers(0, 6))
def test_periods_tile_the_span(start, length, per, week_start):
    span = Period(start, start + timedelta(days=length))
    periods = list(periods_in(span, per, week_start))
    assert span.start in periods[0]
    assert span.end in periods[-1]
    for before, after in pairwise(periods):
        assert after.start - before.end == timedelta(days=1)


@pytest.mark.parametrize("day", [EARLIEST, LATEST])
@pytest.mark.parametrize("per", ["day", "week", "month"])
def test_no_period_overflows_within_what_may_be_asked(day, per):
    assert day in period_of(day, per)
    assert list(periods_in(Period(day, day), per)) == [period_of(day, per)]


def test_an_unknown_kind_of_period_is_refused():
    with pytest.raises(ValueError, match="fortnight"):
        period_of(date(2027, 3, 1), "fortnight")


def test_a_period_must_not_end_before_it_begins():
    assert len(Period(date(2027, 3, 1), date(2027, 3, 1))) == 1
    with pytest.raises(ValueError, match="before it begins"):
        Period(date(2027, 3, 2), date(2027, 3, 1))


@given(days, st.integers(0, 9), days, st.integers(0, 9))
def test_clipped_holds_exactly_the_common_days(first, n, second, m):
    one = Period(first, first + timedelta(n))
    other = Period(second, second + timedelta(m))
    common = set(one.days()) & set(other.days())
    clipped = one.clipped(other)
    assert (set(clipped.days()) if clipped else set()) == common
    assert one.overlaps(other) is bool(common)


@pytest.mark.parametrize("text", ["2027-03-01", "1900-01-01", "2200-12-31", "2028-02-29"])
def test_a_date_is_read(text):
    assert parse_day(text) == date.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    [
        "9999-12-31",
        "0001-01-01",
        "1899-12-31",
        "2201-01-01",
        "2027-02-29",
        "2027-13-01",
        "20270301",
        "2027-W09-1",
        "2027-3-1",
        " 2027-03-01",
        "2027-03-01\n",
        "2027-03-01T00:00:00Z",
        "२०२७-०३-०१",
        "tomorrow",
        "",
        None,
        20270301,
    ],
)
def test_what_is_no_date_is_none(text):
    assert parse_day(text) is None


@given(st.text() | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True))
def test_any_text_is_a_date_within_bounds_or_none(text):
    day = parse_day(text)
    assert day is None or EARLIEST <= day <= LATEST
    if day is not None:
        assert month_of(day).start <= week_of(day).end


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2027-03-01T12:00:00Z", datetime(2027, 3, 1, 12, tzinfo=UTC)),
        ("2027-03-01T12:00Z", datetime(2027, 3, 1, 12, tzinfo=UTC)),
        ("2027-03-01T12:00:00.25+05:30", datetime(2027, 3, 1, 6, 30, 0, 250000, tzinfo=UTC)),
        ("2027-03-01T00:30:00+14:00", datetime(2027, 2, 28, 10, 30, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_as_utc(text, utc):
    assert parse_instant(text) == utc


@pytest.mark.parametrize(
    "text",
    [
        "2027-03-01T12:00:00",
        "2027-03-01",
        "2027-03-01 12:00:00Z",
        "2027-03-01T25:00:00Z",
        "2027-03-01T12:00:00+25:00",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
        "now",
        None,
        1,
    ],
)
def test_what_is_no_instant_with_a_zone_is_none(text):
    assert parse_instant(text) is None
