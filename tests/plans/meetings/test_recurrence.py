"""The days of a meeting, held against python-dateutil's rrule, and the hours that clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import MONTHLY as R_MONTHLY
from dateutil.rrule import WEEKLY as R_WEEKLY
from dateutil.rrule import rrule, weekday
from hypothesis import given
from hypothesis import strategies as st

from plans.meetings import recurrence
from plans.meetings.recurrence import MONTHLY, ONCE, WEEKLY, Rule

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
ENDS = st.one_of(st.none(), st.builds(timedelta, days=st.integers(0, 900)), st.integers(1, 40))
SEEN = 60


def weekly_rules() -> st.SearchStrategy[Rule]:
    return st.builds(
        _ended,
        st.builds(
            Rule,
            frequency=st.just(WEEKLY),
            first=DAYS,
            interval=st.integers(1, 6),
            weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda s: tuple(sorted(s))),
            week_start=st.integers(0, 6),
        ),
        ENDS,
    )


def monthly_rules() -> st.SearchStrategy[Rule]:
    return st.builds(
        _ended,
        st.builds(
            Rule,
            frequency=st.just(MONTHLY),
            first=DAYS,
            interval=st.integers(1, 6),
            weekdays=st.integers(0, 6).map(lambda day: (day,)),
            nth=st.sampled_from([1, 2, 3, 4, -1]),
        ),
        ENDS,
    )


def _ended(rule: Rule, end: timedelta | int | None) -> Rule:
    if isinstance(end, timedelta):
        return replace(rule, until=rule.first + end)
    return replace(rule, count=end)


def by_dateutil(rule: Rule) -> list[date]:
    """The same rule asked of dateutil; it begins at the first day that fits."""
    begin = rule.first
    fits = [weekday(day, rule.nth) if rule.nth else weekday(day) for day in rule.weekdays]
    plain = rrule(
        R_MONTHLY if rule.nth else R_WEEKLY,
        dtstart=datetime.combine(begin, time()),
        byweekday=fits,
        count=1,
    )
    anchor = plain[0]
    options = {"until": datetime.combine(rule.until, time())} if rule.until else {}
    if rule.count:
        options = {"count": rule.count}
    found = rrule(
        R_MONTHLY if rule.nth else R_WEEKLY,
        dtstart=anchor,
        interval=rule.interval,
        byweekday=fits,
        wkst=rule.week_start,
        **options,
    )
    return [at.date() for _, at in zip(range(SEEN), found, strict=False)]


@given(weekly_rules())
def test_weekly_rules_are_those_of_dateutil(rule: Rule) -> None:
    assert recurrence.upcoming(rule, rule.first, SEEN) == by_dateutil(rule)


@given(monthly_rules())
def test_monthly_rules_are_those_of_dateutil(rule: Rule) -> None:
    assert recurrence.upcoming(rule, rule.first, SEEN) == by_dateutil(rule)


@given(st.one_of(weekly_rules(), monthly_rules()), st.integers(0, 400), st.sets(st.integers(0, 20)))
def test_a_window_is_the_rule_seen_through_it(rule: Rule, offset: int, missed: set[int]) -> None:
    all_days = recurrence.upcoming(rule, rule.first, SEEN)
    exceptions = {day for n, day in enumerate(all_days) if n in missed}
    start = rule.first + timedelta(days=offset)
    end = start + timedelta(days=60)
    seen = recurrence.between(rule, start, end, exceptions)
    horizon = all_days[-1] if all_days else rule.first
    assert [d for d in seen if d <= horizon] == [
        d for d in all_days if start <= d <= end and d not in exceptions
    ]
    assert all(recurrence.is_day(rule, day) for day in seen)


@given(st.one_of(weekly_rules(), monthly_rules()))
def test_it_ends_when_it_says(rule: Rule) -> None:
    last = recurrence.last_day(rule)
    if rule.until is None and rule.count is None:
        assert last is None
    elif last is not None:
        assert last == list(recurrence.days(rule))[-1]
        assert rule.until is None or last <= rule.until


def test_every_second_monday_from_a_wednesday_begins_on_the_next_monday() -> None:
    rule = Rule(WEEKLY, date(2027, 3, 3), interval=2, weekdays=(0,))
    assert recurrence.upcoming(rule, rule.first, 3) == [
        date(2027, 3, 8),
        date(2027, 3, 22),
        date(2027, 4, 5),
    ]


def test_once_is_once() -> None:
    rule = Rule(ONCE, date(2027, 3, 3))
    assert list(recurrence.days(rule)) == [date(2027, 3, 3)]
    assert recurrence.last_day(rule) == date(2027, 3, 3)


def test_a_rule_without_end_goes_on_to_the_end_of_all_calendars() -> None:
    rule = Rule(MONTHLY, date(2199, 11, 1), weekdays=(4,), nth=-1)
    assert list(recurrence.days(rule))[-1] == date(2200, 12, 26)


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("zone", "day", "clock", "utc"),
    [
        ("Europe/Berlin", date(2027, 3, 27), time(9), _utc(2027, 3, 27, 8)),
        ("Europe/Berlin", date(2027, 3, 29), time(9), _utc(2027, 3, 29, 7)),
        # 02:30 does not exist that night: held an hour later, at 03:30.
        ("Europe/Berlin", date(2027, 3, 28), time(2, 30), _utc(2027, 3, 28, 1, 30)),
        # 02:30 comes twice that night: the first is meant.
        ("Europe/Berlin", date(2027, 10, 31), time(2, 30), _utc(2027, 10, 31, 0, 30)),
        ("America/New_York", date(2027, 3, 15), time(9), _utc(2027, 3, 15, 13)),
        ("Australia/Lord_Howe", date(2027, 10, 3), time(2, 15), _utc(2027, 10, 2, 15, 45)),
    ],
)  # fmt: skip
def test_the_clock_on_the_wall_is_kept(zone: str, day: date, clock: time, utc: datetime) -> None:
    assert recurrence.instant(day, clock, ZoneInfo(zone)) == utc


@given(st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu"]), weekly_rules())
def test_nine_o_clock_stays_nine_o_clock(zone: str, rule: Rule) -> None:
    place = ZoneInfo(zone)
    for day in recurrence.upcoming(rule, rule.first, 30):
        local = recurrence.instant(day, time(9), place).astimezone(place)
        assert (local.date(), local.time()) == (day, time(9))


@pytest.mark.parametrize(
    "wrong",
    [
        {"frequency": "daily"},
        {"frequency": WEEKLY, "weekdays": ()},
        {"frequency": WEEKLY, "weekdays": (0,), "interval": 0},
        {"frequency": WEEKLY, "weekdays": (0,), "count": 0},
        {"frequency": MONTHLY, "weekdays": (0,), "nth": 5},
        {"frequency": MONTHLY, "weekdays": (0, 1), "nth": 1},
    ],
)
def test_what_no_day_could_fit_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"recurrence|interval|weekday"):
        Rule(first=date(2027, 1, 1), **wrong)  # type: ignore[arg-type]
