# ruff: noqa: E501
"""Dates and times as people write them."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plancraft.lib.sheets.datecells import (
    DateStyle,
    Order,
    find_order,
    read_clock,
    read_moment,
    read_weekday,
)

STYLE = DateStyle(day_first=True, near=date(2026, 11, 1))
MAY_5 = date(2026, 5, 5)


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-05", "2026/05/05", "2026.5.5", "2026. 5. 5.", "20260505", "05/05/2026", "5.5.26",
        "05-05-2026", "5 May 2026", "May 5, 2026", "Tuesday, 5th of May 2026", "Tue 5 May 2026",
        "Mardi 5 mai 2026", "mar. 5 mai 2026", "5. Mai 2026", "Di, 5. Mai 2026", "5 de mayo de 2026",
        "martes 5 de mayo de 2026", "5 maggio 2026", "mar 5 mag 2026", "terça-feira, 5 de maio de 2026",
        "5 Mayıs 2026 Salı", "2026년 5월 5일", "2026년 5월 5일 (화)", "5 mei 2026", "5-May-26",
        "46147", "2026-05-05 (Tue)", "  2026-05-05  ",
    ],
)  # fmt: skip
def test_one_day_in_many_hands(text: str) -> None:
    moment = read_moment(text, STYLE)
    assert (moment.day, moment.clock, moment.guessed_year) == (MAY_5, None, False)


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-05 14:30", "2026-05-05T14:30:00", "05/05/2026 à 14h30", "5.5.2026, 14.30 Uhr",
        "May 5, 2026 2:30 PM", "5 May 2026 at 2:30 pm", "2026년 5월 5일 오후 2:30", "5 mai 2026 14h30",
        "5 Mayıs 2026 saat 14:30", "Tue, 05 May 2026 14:30", "46147.6041666667",
    ],
)  # fmt: skip
def test_day_and_time_in_one_cell(text: str) -> None:
    moment = read_moment(text, STYLE)
    assert (moment.day, moment.clock) == (MAY_5, time(14, 30))


@pytest.mark.parametrize(
    "text",
    [
        "TBD", "", "May", "Monday", "Oct 2026", "Q1 2026", "2026-02-30", "32/13/2026", "23th", "1.5",
        "v1.2.3", "3-4", "3 posts", "1/2 price", "May 5-7", "5-7 May 2026", "1066-10-14",
        "Thursday 9th October 2025 (AoE) / Friday 10th October 2025, 12:00 UTC", "9:00", "2400-01-01",
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_moment(text, STYLE).day is None


def test_a_missing_year_is_the_nearest_and_said_to_be_guessed() -> None:
    for text, expected in (
        ("5 mars", date(2027, 3, 5)),
        ("20/12", date(2026, 12, 20)),
        ("5월 5일", MAY_5),
    ):
        moment = read_moment(text, STYLE)
        assert (moment.day, moment.guessed_year) == (expected, True)


def test_weekdays_and_zones_beside_a_date_are_kept() -> None:
    assert read_moment("Lundi 5 mai 2026", STYLE).weekday == 0
    moment = read_moment("2026-05-05T09:00:00+02:00", STYLE)
    assert moment.zone is not None
    assert datetime(2026, 5, 5, 9, tzinfo=moment.zone).utcoffset().total_seconds() == 7200
    assert read_moment("2026-05-05 09:00", STYLE).zone is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("T0", date(2027, 3, 3)),
        ("T-2", date(2027, 3, 1)),
        ("D+4", date(2027, 3, 7)),
        ("J-3", date(2027, 2, 28)),
        ("Day 1", date(2027, 3, 3)),
        ("day 3", date(2027, 3, 5)),
        ("T-2_Mon", date(2027, 2, 15)),
        ("T+4_Fri", date(2027, 4, 2)),
    ],
)
def test_days_counted_from_an_anchor(text: str, expected: date) -> None:
    assert read_moment(text, STYLE).counted_from(date(2027, 3, 3)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09:00", time(9)), ("9", time(9)), ("9h30", time(9, 30)), ("9 h", time(9)), ("9am", time(9)),
        ("9:00 AM", time(9)), ("12 PM", time(12)), ("12:15am", time(0, 15)), ("9 Uhr", time(9)),
        ("09.30", time(9, 30)), ("9.30 Uhr", time(9, 30)), ("오후 3:30", time(15, 30)),
        ("오전 9시", time(9)), ("9시 30분", time(9, 30)), ("14h-15h", time(14)),
        ("9:00 - 10:00 (CET)", time(9)), ("3 p.m.", time(15)), ("17:00:30", time(17)),
        ("1400", time(14)), ("0.375", time(9)), ("0:00", time(0)),
        ("25:00", None), ("21:60", None), ("13 pm", None), ("soon", None), ("", None),
        ("9:00 EST/ 14:00 GMT", None),
    ],
)  # fmt: skip
def test_times_on_the_wall(text: str, expected: time | None) -> None:
    assert read_clock(text) == expected


def test_typed_times() -> None:
    assert read_clock(0.375) == time(9)
    assert read_clock(time(9, 5, 30)) == time(9, 5)
    assert read_clock(datetime(2026, 1, 1, 8)) == time(8)
    assert read_clock(930) == time(9, 30)
    assert read_clock(None) is None


def test_weekday_cells() -> None:
    assert [read_weekday(w) for w in ("Mon", "Mardi", "MITTWOCH", "목", "cum.", "sáb", "dim.")] == [
        0, 1, 2, 3, 4, 5, 6,
    ]  # fmt: skip
    assert read_weekday("Launch day of the new shop") is None


# -- which comes first


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["03/04/2026", "13/04/2026"], Order.DAY_FIRST),
        (["03/04/2026", "04/13/2026"], Order.MONTH_FIRST),
        (["03/04/2026", "05/06/2026"], Order.AMBIGUOUS),
        (["13/04/2026", "04/13/2026"], Order.CONTRADICTORY),
        (["04/04/2026", "05/05/2026"], Order.CLEAR),
        (["2026-03-04", "2026-05-06"], Order.CLEAR),
        (["03.04.2026", "05.06.2026"], Order.CLEAR),
        (["Wed 03/04/2026", "05/06/2026"], Order.MONTH_FIRST),
        (["Sat 04/07/2026"], Order.DAY_FIRST),
        (["Sun 04/07/2026"], Order.AMBIGUOUS),
        ([date(2026, 3, 4), "TBD", None], Order.CLEAR),
        (["3/4/26 9:00", "5/6/26 9:00"], Order.AMBIGUOUS),
    ],
)
def test_the_order_is_judged_over_the_whole_column(values: list, expected: Order) -> None:
    assert find_order(values) is expected
    assert expected.must_ask == (expected in (Order.AMBIGUOUS, Order.CONTRADICTORY))


def test_weekdays_beside_decide_only_when_they_agree_with_one_order() -> None:
    dates = ["03/04/2026", "05/06/2026"]
    assert find_order(dates, [4, 4]) is Order.DAY_FIRST  # 3 April, 5 June: Fridays
    assert find_order(dates, [2, 2]) is Order.MONTH_FIRST  # 4 March, 6 May: Wednesdays
    assert find_order(dates, [2, 4]) is Order.AMBIGUOUS


days = st.dates(min_value=date(1990, 1, 1), max_value=date(2199, 12, 31))


@given(days, st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%A %d %B %Y", "%Y%m%d"]))
def test_any_day_written_out_reads_back(day: date, pattern: str) -> None:
    moment = read_moment(day.strftime(pattern), DateStyle(day_first=True))
    assert moment.day == day
    assert moment.weekday in (None, day.weekday())


@given(days)
def test_month_first_reads_back(day: date) -> None:
    assert read_moment(day.strftime("%m/%d/%Y"), DateStyle(day_first=False)).day == day


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2199, 12, 31)))
def test_any_moment_reads_back_to_the_minute(when: datetime) -> None:
    minute = when.replace(second=0, microsecond=0)
    for text in (f"{minute:%Y-%m-%d %H:%M}", f"{minute:%d/%m/%Y %I:%M %p}"):
        moment = read_moment(text, DateStyle(day_first=True))
        assert (moment.day, moment.clock) == (minute.date(), minute.time())


@given(days, st.sampled_from([date(1899, 12, 30), date(1904, 1, 1)]))
def test_serials_read_back_in_both_epochs(day: date, epoch: date) -> None:
    assert read_moment((day - epoch).days, DateStyle(epoch=epoch)).day == day


@given(st.text(max_size=40))
def test_no_text_breaks_the_readers_and_asking_twice_changes_nothing(text: str) -> None:
    def read() -> tuple[object, ...]:
        order = find_order([text, text])
        return read_moment(text, STYLE), read_clock(text), read_weekday(text), order

    assert read() == read()
