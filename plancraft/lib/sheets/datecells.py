"""Dates and times as people write them, read over a whole column.

Read are: ISO dates and instants, ``dd/mm/yyyy`` and ``mm/dd/yyyy`` (with / or -), ``dd.mm.yyyy``
(dots always put the day first), ``yyyymmdd``, month names in several languages with or without
weekday and year, ``2026년 5월 5일``, spreadsheet serials, and days counted from an anchor (``T-2``,
``T0``, ``D+4``, ``Day 3``, ``T+4_Fri``: with a weekday the number counts weeks). Times: 24 and 12
hours, ``9h30``, ``9 Uhr``, ``오전 9:00``, fractions of a day; of a span (``9:00-10:00``) the start.

Order of day and month (`find_order`): one number above 12 in a column decides for the column; else
the weekdays beside the dates decide if they agree with one order only; else, unless day and month
are equal throughout, the column is ambiguous and somebody must be asked.

A year that is not written is the one that puts the date nearest to `near`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import lru_cache

from plancraft.lib.sheets.calendarwords import MONTHS, WEEKDAYS
from plancraft.lib.sheets.folding import fold
from plancraft.lib.sheets.grids import CellValue

FIRST_YEAR, LAST_YEAR = 1990, 2199
SERIALS = range(20_000, 110_000)
EPOCH_1900 = date(1899, 12, 30)


class Order(StrEnum):
    """What a column's numeric dates say about the order of day and month."""

    CLEAR = "clear"
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    AMBIGUOUS = "ambiguous"
    CONTRADICTORY = "contradictory"

    @property
    def must_ask(self) -> bool:
        """Whether somebody has to say which comes first."""
        return self in (Order.AMBIGUOUS, Order.CONTRADICTORY)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a cell says: a day, a time on the wall, both or neither.

    `zone` is set where the cell itself names one (``Z``, ``+02:00``, ``UTC``). `weekday` is the
    weekday written beside the date (0 = Monday). `guessed_year`: the year was not written.
    `offset` counts days from an anchor, `weeks` and `weekday` weeks from the anchor's week.
    """

    day: date | None = None
    clock: time | None = None
    zone: tzinfo | None = None
    weekday: int | None = None
    guessed_year: bool = False
    offset: int | None = None
    weeks: int | None = None

    @property
    def is_relative(self) -> bool:
        """Whether the day counts from an anchor."""
        return self.offset is not None or self.weeks is not None

    def counted_from(self, anchor: date) -> date | None:
        """The day of a relative moment, given the day that T0 (or Day 1) stands for."""
        if self.offset is not None:
            return anchor + timedelta(days=self.offset)
        if self.weeks is None or self.weekday is None:
            return None
        monday = anchor - timedelta(days=anchor.weekday()) + timedelta(weeks=self.weeks)
        return monday + timedelta(days=self.weekday)


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How a column is to be read."""

    day_first: bool = True
    epoch: date = EPOCH_1900
    near: date | None = None


_DIGITS = re.compile(
    r"(?<!\d)(\d{1,2})\s*([/.\-])\s*(\d{1,2})(?:\s*\2\s*(\d{4}|\d{2}))?\.?(?![\d])"
)
_ISO = re.compile(r"(?<!\d)(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})\.?(?!\d)")
_BASIC = re.compile(r"(?<!\d)((?:19|20|21)\d{2})(\d{2})(\d{2})(?!\d)")
_EAST_ASIAN = re.compile(r"(?:(\d{4})\s*[년年]\s*)?(\d{1,2})\s*[월月]\s*(\d{1,2})\s*[일日]")
_RELATIVE = re.compile(
    r"^(?:t|d|j|day|tag|jour|dia|giorno|gun)\s*(?P<sign>[+\-−–])?\s*(?P<n>\d{1,4})"
    r"(?:[\s_]+(?P<weekday>[^\W\d_]+))?$",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?<![\d:.])(?P<before>오전|오후|am|pm)?\s*(?P<h>\d{1,2})"
    r"(?:\s*[:.h]\s*(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(?P<after>[ap]\.?\s?m\b\.?|uhr|h\b|시)?(?:\s*(?P<m2>\d{2})\s*분)?",
    re.IGNORECASE,
)
_ZONE = re.compile(r"\s*(?:(?P<utc>z|utc|gmt)|(?P<sign>[+-])(?P<h>\d{2}):?(?P<m>\d{2}))$", re.I)
_IN_PARENTHESES = re.compile(r"\([^()]*\)")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|ere|eme|e|º|ª|°)\b", re.IGNORECASE)
_CONNECTORS = frozenset(
    {"de", "del", "of", "the", "den", "der", "dem", "am", "le", "la", "el", "di", "do", "du"}
    | {"at", "on", "a", "um", "alle", "as", "om", "kl", "to", "em", "il", "ore", "saat", "feira"}
)


def find_order(
    values: Iterable[CellValue], weekdays: Sequence[int | None] = (), near: date | None = None
) -> Order:
    """Say whether a column's dates put the day or the month first (see the module)."""
    pairs: list[tuple[int, int, str, int | None]] = []
    for index, value in enumerate(values):
        match = _order_digits(value)
        if match:
            beside = weekdays[index] if index < len(weekdays) else None
            written = _weekday_in(str(value))
            pairs.append(
                (
                    int(match[1]),
                    int(match[3]),
                    match[4] or "",
                    written if beside is None else beside,
                )
            )
    day_first = any(first > 12 for first, second, _, _ in pairs if second <= 12)
    month_first = any(second > 12 for first, second, _, _ in pairs if first <= 12)
    if day_first and month_first:
        return Order.CONTRADICTORY
    if day_first or month_first:
        return Order.DAY_FIRST if day_first else Order.MONTH_FIRST
    open_pairs = [pair for pair in pairs if pair[0] != pair[1]]
    return _order_by_weekdays(open_pairs, near) if open_pairs else Order.CLEAR


def _order_digits(value: CellValue) -> re.Match[str] | None:
    """The digits of a date in this cell whose order the cell itself leaves open."""
    if not isinstance(value, str) or _ISO.search(value):
        return None
    match = _DIGITS.search(value)
    if match is None or match[2] == "." or not (match[4] or match[2] == "/"):
        return None
    return match if looks_like_date(value) else None


def _order_by_weekdays(pairs: list[tuple[int, int, str, int | None]], near: date | None) -> Order:
    agree = {True: 0, False: 0}
    judged = 0
    for first, second, year, weekday in pairs:
        if weekday is None or not (year or near):
            continue
        judged += 1
        for day_first in (True, False):
            day, month = (first, second) if day_first else (second, first)
            found = _complete(day, month, year or None, near)
            agree[day_first] += found is not None and found[0].weekday() == weekday
    for day_first, order in ((True, Order.DAY_FIRST), (False, Order.MONTH_FIRST)):
        if judged and agree[day_first] == judged and agree[not day_first] < judged:
            return order
    return Order.AMBIGUOUS


def looks_like_date(value: CellValue) -> bool:
    """Whether this cell holds a date, whichever order and year it means."""
    if isinstance(value, str):
        near = date(2024, 1, 1)
        return len(value) <= 60 and any(
            read_moment(value, DateStyle(day_first=first, near=near)).day for first in (True, False)
        )
    return isinstance(value, date)


def read_moment(value: CellValue, style: DateStyle) -> Moment:
    """Read one cell of a date or date-time column; an empty Moment where it says nothing."""
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return Moment(day=value.date(), clock=None if midnight else value.time())
    if isinstance(value, date):
        return Moment(day=value)
    if isinstance(value, bool) or value is None or isinstance(value, time):
        return Moment()
    if isinstance(value, (int, float)):
        return _serial(float(value), style.epoch)
    return _read_text(value, style)


def _serial(number: float, epoch: date) -> Moment:
    days = int(number)
    if days not in SERIALS:
        return Moment()
    minutes = round((number - days) * 1440)
    day = epoch + timedelta(days=days + minutes // 1440)
    return Moment(day=day, clock=_minutes(minutes % 1440) if minutes % 1440 else None)


def _minutes(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


@lru_cache(maxsize=20_000)
def _read_text(text: str, style: DateStyle) -> Moment:
    text = _IN_PARENTHESES.sub(_keep_weekday, text).strip().strip(",;")
    if relative := _relative(text):
        return relative
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return _serial(float(text), style.epoch)
    for pattern, read in (
        (_ISO, _from_iso),
        (_BASIC, _from_basic),
        (_EAST_ASIAN, _from_east_asian),
        (_DIGITS, _from_digits),
    ):
        match = pattern.search(text)
        if match and (found := read(match, style)):
            return _with_rest(text[: match.start()], text[match.end() :], *found)
    return _from_words(text, style)


def _keep_weekday(match: re.Match[str]) -> str:
    """Of what stands in parentheses only a weekday matters: ``5월 5일 (화)``."""
    return f" {match[0][1:-1]} " if fold(match[0]) in WEEKDAYS else " "


def _relative(text: str) -> Moment | None:
    match = _RELATIVE.match(text)
    if not match:
        return None
    number = int(match["n"]) * (-1 if match["sign"] in ("-", "−", "–") else 1)
    counted_from_one = match["sign"] is None and number > 0
    if match["weekday"]:
        weekday = WEEKDAYS.get(fold(match["weekday"]))
        return None if weekday is None else Moment(weeks=number - counted_from_one, weekday=weekday)
    return Moment(offset=number - counted_from_one)


_Found = tuple[date, bool]


def _from_iso(match: re.Match[str], style: DateStyle) -> _Found | None:
    return _complete(int(match[4]), int(match[3]), match[1], style.near)


def _from_basic(match: re.Match[str], style: DateStyle) -> _Found | None:
    return _complete(int(match[3]), int(match[2]), match[1], style.near)


def _from_east_asian(match: re.Match[str], style: DateStyle) -> _Found | None:
    return _complete(int(match[3]), int(match[2]), match[1], style.near)


def _from_digits(match: re.Match[str], style: DateStyle) -> _Found | None:
    if match[4] is None and not _is_short_date(match):
        return None
    first, second = int(match[1]), int(match[3])
    day, month = (first, second) if style.day_first or match[2] == "." else (second, first)
    return _complete(day, month, match[4], style.near)


def _is_short_date(match: re.Match[str]) -> bool:
    """Whether ``5/10``, ``10.05`` or ``5.10.`` means a date: ``3-4`` and ``1.5`` do not."""
    if match[2] == ".":
        return match[0].endswith(".") or len(match[1]) == len(match[3]) == 2
    return match[2] == "/"


def _complete(day: int, month: int, year: str | None, near: date | None) -> _Found | None:
    """The date and whether its year was guessed; None where there is no such day."""
    try:
        if year is None:
            return _nearest(day, month, near) if near else None
        number = int(year) + (0 if len(year) == 4 else 2000)
        found = date(number, month, day)
    except ValueError:
        return None
    return (found, False) if FIRST_YEAR <= number <= LAST_YEAR else None


def _nearest(day: int, month: int, near: date) -> _Found | None:
    candidates = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue  # the 29th of February exists in one of them at most
    if not candidates:
        return None
    return min(candidates, key=lambda found: abs((found - near).days)), True


def _with_rest(before: str, after: str, day: date, guessed: bool) -> Moment:
    """Judge what stands around a date: a weekday, a time and a zone; else it is no date."""
    weekday, known = _only_weekday(before)
    trailing, known_after = _only_weekday(after)
    if known_after and known:
        return Moment(
            day=day, weekday=weekday if weekday is not None else trailing, guessed_year=guessed
        )
    clock, zone = read_clock_and_zone(_after_weekday(after))
    if not known or clock is None:
        return Moment()
    return Moment(day=day, clock=clock, zone=zone, weekday=weekday, guessed_year=guessed)


def _after_weekday(text: str) -> str:
    words = text.strip(" ,T\t\n-–·@").split(" ")
    while words and (
        fold(words[0]) in WEEKDAYS or fold(words[0]) in _CONNECTORS or not fold(words[0])
    ):
        words.pop(0)
    return " ".join(words)


def _only_weekday(text: str) -> tuple[int | None, bool]:
    """The weekday in `text`, and whether nothing else stands there."""
    words = [word for word in fold(text).split() if word not in _CONNECTORS]
    if not words:
        return None, True
    return (
        (WEEKDAYS.get(words[0]), True)
        if len(words) == 1 and words[0] in WEEKDAYS
        else (None, False)
    )


def _weekday_in(text: str) -> int | None:
    return next((WEEKDAYS[word] for word in fold(text).split() if word in WEEKDAYS), None)


def _from_words(text: str, style: DateStyle) -> Moment:
    """Read ``Thursday 9th October 2025, 12:00`` and its like in several languages."""
    words, tail = _split_at_clock(text)
    tokens = [token for token in fold(_ORDINAL.sub("", words)).split() if token not in _CONNECTORS]
    month = next(
        (token for token in tokens if token in MONTHS and not _is_weekday_here(token, tokens)), None
    )
    if month is None:
        return Moment()
    split = tokens.index(month)
    before, after = tokens[:split], tokens[split + 1 :]
    weekdays = [token for token in before + after if token in WEEKDAYS]
    numbers = [[t for t in side if t.isdecimal()] for side in (before, after)]
    if len(weekdays) + len(numbers[0]) + len(numbers[1]) != len(tokens) - 1:
        return Moment()
    weekday = WEEKDAYS[weekdays[0]] if weekdays else None
    found = _day_and_year(numbers[0], numbers[1], MONTHS[month], style.near)
    if found is None:
        return Moment()
    clock, zone = read_clock_and_zone(tail) if tail else (None, None)
    if tail and clock is None:
        return Moment()
    return Moment(day=found[0], clock=clock, zone=zone, weekday=weekday, guessed_year=found[1])


def _is_weekday_here(token: str, tokens: list[str]) -> bool:
    """``mar`` is Tuesday where another word names the month (``mar 5 mai``)."""
    return token in WEEKDAYS and any(other in MONTHS and other != token for other in tokens)


def _day_and_year(
    before: list[str], after: list[str], month: int, near: date | None
) -> _Found | None:
    """Tell day and year apart by length; ``5 Oct 26`` is a year, ``May 5-7`` is no date."""
    years = [number for number in before + after if len(number) == 4]
    days = [number for number in before + after if len(number) <= 2]
    if len(days) == 2 and not years and before[:1] == days[:1] and after == days[1:]:
        years, days = days[1:], days[:1]
    if len(days) != 1 or len(years) > 1:
        return None
    return _complete(int(days[0]), month, years[0] if years else None, near)


def _split_at_clock(text: str) -> tuple[str, str]:
    match = re.search(
        r"(?:[\s,]+|(?<=\d)T)(?=(?:오전|오후)?\s*\d{1,2}(?:[:.h]\d{2}|\s*[ap]\.?m\b|\s*uhr|\s*h\b))",
        text,
        re.IGNORECASE,
    )
    return (text[: match.start()], text[match.end() :]) if match else (text, "")


def read_clock(value: CellValue) -> time | None:
    """Read one cell of a time column, None where it says no time."""
    if isinstance(value, datetime):
        return value.time().replace(second=0, microsecond=0)
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _fraction_or_hour(float(value))
    if not isinstance(value, str):
        return None
    if re.fullmatch(r"0?\.\d{3,}|\d{3,4}", value):
        return _fraction_or_hour(float(value))
    return read_clock_and_zone(value)[0]


def _fraction_or_hour(number: float) -> time | None:
    if 0 <= number < 1:
        minutes = round(number * 1440)
        return _minutes(minutes) if minutes < 1440 else None
    if number.is_integer() and number <= 23:
        return time(int(number))
    hours, minutes = divmod(int(number), 100)
    return time(hours, minutes) if number.is_integer() and hours < 24 and minutes < 60 else None


def read_clock_and_zone(text: str) -> tuple[time | None, tzinfo | None]:
    """Read a time on the wall and the zone written behind it; (None, None) for anything else."""
    text = _IN_PARENTHESES.sub(" ", text).strip(" ,")
    zone_match = _ZONE.search(text)
    body = text[: zone_match.start()] if zone_match else text
    body = re.split(
        r"(?<=[\dhHmM분시])\s*(?:[-–—]|to|bis|à)\s*(?=\d|오)", body.strip(), maxsplit=1
    )[0]
    match = _CLOCK.fullmatch(body.strip())
    clock = _clock(match) if match else None
    if clock is None:
        return None, None
    return clock, _zone(zone_match) if zone_match else None


def _zone(match: re.Match[str]) -> tzinfo:
    if match["utc"]:
        return UTC
    offset = timedelta(hours=int(match["h"]), minutes=int(match["m"]))
    return (
        timezone(-offset if match["sign"] == "-" else offset) if offset < timedelta(days=1) else UTC
    )


def _clock(match: re.Match[str]) -> time | None:
    hours, minutes = int(match["h"]), int(match["m"] or match["m2"] or 0)
    mark = (match["before"] or match["after"] or "").lower().replace(".", "").replace(" ", "")
    if not (match["m"] or mark):
        # A bare number is an hour only in a column of times: 9, 14.
        return time(hours) if hours < 24 and not match["m2"] else None
    if mark in ("am", "pm", "오전", "오후"):
        if not 1 <= hours <= 12:
            return time(hours, minutes) if hours < 24 and minutes < 60 and match["m"] else None
        hours = hours % 12 + (12 if mark in ("pm", "오후") else 0)
    return time(hours, minutes) if hours < 24 and minutes < 60 else None


def read_weekday(value: CellValue) -> int | None:
    """Read one cell of a weekday column (0 = Monday), None where it names none."""
    if not isinstance(value, str):
        return None
    words = fold(value).split()
    return WEEKDAYS.get(words[0]) if words and len(words) <= 2 else None
