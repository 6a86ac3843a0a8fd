"""Dates as people write them under "When"."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plancraft.lib.sheets.datecells import DateStyle
from plans.timelines.dates import DAY_NAMES, Reader, When, ordinal_ending
from tests.plans.timelines.kit import BERLIN

READER = Reader(BERLIN, DateStyle(near=date(2027, 1, 1)))
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
}
PLACES = {
    "en": "{d} {m} {y}",
    "de": "{d}. {m} {y}",
    "fr": "le {d} {m} {y}",
    "es": "{d} de {m} de {y}",
}
AOE = timezone(timedelta(hours=-12))


def read(text: object, reader: Reader = READER) -> When:
    return reader.read(text)  # type: ignore[arg-type]


def said(found: When) -> str:
    return " ".join(str(message) for message in found.problems)


@pytest.mark.parametrize(
    "text",
    [
        *("2027-03-03", "3 March 2027", "March 3rd, 2027", "Wed 3rd of March 2027", "3.3.2027"),
        *("Mittwoch, 3. März 2027", "mercredi 3 mars 2027", "miércoles 3 de marzo de 2027"),
        *("Wednesday, March 3, 2027", "03/03/2027", "20270303", "3 Mar 27", "le 3 mars 2027"),
    ],
)
def test_a_day_is_read_without_complaint(text: str) -> None:
    assert read(text) == When(date(2027, 3, 3))


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("3 March 2027, 14:00", 13),
        ("3 March 2027, 14:00 CET", 13),
        ("3 March 2027, 2pm", 13),
        ("Wed 3 March 2027 at noon", 11),
        ("2027-03-03T13:00:00Z", 13),
        ("3 March 2027, 15:00 UTC+2", 13),
        ("3 March 2027 13:00 (UTC)", 13),
        ("3 March 2027 13:00 Europe/London", 13),
        ("3. März 2027, 14:00 Uhr", 13),
    ],
)
def test_a_time_becomes_an_instant_and_its_local_day(text: str, hour: int) -> None:
    assert read(text) == When(date(2027, 3, 3), datetime(2027, 3, 3, hour, tzinfo=UTC))


def test_the_day_is_the_local_day_of_the_instant() -> None:
    found = read("3 March 2027, 23:30 UTC")
    assert (found.day, found.at) == (date(2027, 3, 4), datetime(2027, 3, 3, 23, 30, tzinfo=UTC))


def test_a_moment_written_twice_takes_the_second_half() -> None:
    found = read("Thursday 4th March 2027 (AoE) / Friday 5th March 2027, 12:00 UTC")
    assert found == When(date(2027, 3, 5), datetime(2027, 3, 5, 12, tzinfo=UTC))


def test_halves_that_differ_are_told() -> None:
    found = read("Thursday 4th March 2027 (AoE) / Saturday 6th March 2027, 12:00 UTC")
    assert found.day == date(2027, 3, 6)
    assert "not the same moment. The second was taken." in said(found)


@pytest.mark.parametrize(
    ("zoned", "agrees"),
    [
        ("4 March 2027, 18:00 CET / 4 March 2027, 17:00 UTC", True),
        ("4 March 2027, 18:00 CET / 4 March 2027, 18:00 UTC", False),
        ("4 March 2027 / 4 March 2027, 09:00 UTC", True),
        ("4 March 2027 / 6 March 2027, 09:00 UTC", False),
        ("4 March 2027 / 5 March 2027", False),
    ],
)
def test_halves_agree_when_they_are_one_moment(zoned: str, agrees: bool) -> None:
    assert ("not the same moment" not in said(read(zoned))) is agrees


def test_aoe_alone_is_the_end_of_that_day() -> None:
    assert read("4 March 2027 AoE").at == datetime(2027, 3, 5, 12, tzinfo=UTC)
    assert read("4 March 2027, 18:00 (AoE)").at == datetime(2027, 3, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("Monday 8th - Thursday 11th March 2027", "8-11 March 2027", "8. bis 11. März 2027"),
        *("March 8–11, 2027", "du 8 au 11 mars 2027", "del 8 al 11 de marzo de 2027"),
        *("2027-03-08 - 2027-03-11", "8 March - 11 March 2027", "from 8 to 11 March 2027"),
        *("8.3.2027 – 11.3.2027", "vom 8. bis 11. März 2027"),
    ],
)
def test_a_range_begins_and_ends(text: str) -> None:
    found = read(text)
    assert (found.day, found.until) == (date(2027, 3, 8), date(2027, 3, 11))
    assert not found.problems


def test_a_range_over_the_new_year() -> None:
    found = read("28 December - 3 January 2027")
    assert (found.day, found.until) == (date(2026, 12, 28), date(2027, 1, 3))


def test_a_weekday_that_is_another_days_is_told() -> None:
    found = read("Thursday 3rd March 2027")
    assert found.day == date(2027, 3, 3)
    assert said(found) == "Thursday is written, but Wed 3 March 2027 is another weekday."
    assert "Monday is written" in said(read("Monday 9th - Thursday 11th March 2027"))


def test_a_wrong_ordinal_is_read_and_told() -> None:
    found = read("Tuesday 23th March 2027")
    assert (found.day, said(found)) == (date(2027, 3, 23), "“23th” was read as 23rd.")


def test_a_year_that_is_not_written_is_told() -> None:
    found = read("3 March")
    assert found.day == date(2027, 3, 3) and "No year is written" in said(found)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("week 7", "“week 7” names a week and no day."),
        ("KW 12", "“KW 12” names a week and no day."),
        ("TBD", "The date is still open: “TBD”."),
        ("", "There is no date."),
        ("-", "There is no date."),
        (None, "There is no date."),
        ("Q3 2027", "“Q3 2027” names no single day."),
        ("October 2027", "“October 2027” names no single day."),
        ("mid March 2027", "“mid March 2027” names no single day."),
        ("31 February 2027", "“31 February 2027” could not be read as a date."),
        ("when the bees are back", "“when the bees are back” could not be read as a date."),
        ("x" * 5000, "What stands under “When” is too long to be a date."),
    ],
)
def test_what_names_no_day_stays_undated_with_the_reason(text: str, why: str) -> None:
    found = read(text)
    assert (found.day, found.at, str(found.reason)) == (None, None, why)


days = st.dates(date(1990, 1, 1), date(2199, 12, 31))


@given(days, st.sampled_from(sorted(MONTHS)))
def test_every_day_is_read_in_four_languages(day: date, language: str) -> None:
    month = MONTHS[language].split()[day.month - 1]
    text = PLACES[language].format(d=day.day, m=month, y=day.year)
    assert read(text) == When(day)


@given(days)
def test_every_day_is_read_as_people_write_deadlines(day: date) -> None:
    month = MONTHS["en"].split()[day.month - 1]
    weekday = DAY_NAMES[day.weekday()]
    text = f"{weekday} {day.day}{ordinal_ending(day.day)} {month} {day.year}"
    assert read(text) == When(day)
    assert read(day.isoformat()) == When(day)


@given(days, st.integers(0, 28))
def test_both_halves_of_every_deadline_agree(day: date, hours: int) -> None:
    """Any instant within the first half's day at AoE agrees with it, and none beyond it does."""
    at = datetime.combine(day, time(0), tzinfo=AOE) + timedelta(hours=hours)
    utc = at.astimezone(UTC)
    month = MONTHS["en"].split()
    text = (
        f"{day.day} {month[day.month - 1]} {day.year} (AoE) / "
        f"{utc.day} {month[utc.month - 1]} {utc.year}, {utc:%H:%M} UTC"
    )
    found = read(text)
    if utc.year <= 2199:
        assert found.at == utc and found.day == utc.astimezone(BERLIN).date()
        assert (not found.problems) == (hours <= 24)


@given(days, st.integers(1, 40))
def test_every_range_is_read(day: date, length: int) -> None:
    last = day + timedelta(days=length)
    if last.year > 2199:
        return
    month = MONTHS["en"].split()
    begin = f"{day.day} {month[day.month - 1]}" if day.year == last.year else f"{day:%Y-%m-%d}"
    text = f"{begin} – {last.day} {month[last.month - 1]} {last.year}"
    found = read(text)
    assert (found.day, found.until) == (day, last)


@given(st.text(max_size=250))
def test_no_text_is_too_odd(text: str) -> None:
    found = read(text)
    assert (found.day is None) == (found.reason is not None)
    assert found.until is None or (found.day is not None and found.until > found.day)
