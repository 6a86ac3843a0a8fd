"""What people write under "When" in a timeline, as a day or an instant. Pure.

Besides all that `plancraft.lib.sheets.datecells` reads:

- "Thursday 9th October 2025 (AoE) / Friday 10th October 2025, 12:00 UTC": the same moment twice.
  AoE ("anywhere on earth") is UTC-12, and a deadline without a time there is the end of that day,
  so noon UTC of the next. The second half gives the instant; `day` is the organization's local day
  of it. The halves agree if the instant lies within the first half's day, its end included; a first
  half without a zone may be the day of any zone from UTC+14 to UTC-12.
- A range ("Monday 10th - Thursday 13th November 2025"): `day` is its first, `until` its last.
- Ordinals, wrong ones too ("23th"), weekdays, and names of months in several languages.
- Zones behind a time: UTC, UTC+2, CET and other usual names, "Europe/Berlin". Without one the time
  is that of the organization. Noon and midnight are times.

What names no single day ("week 7", "TBD", "Q3 2027", "October 2025") stays undated, and `reason`
says why. `problems` are what a person should look at: a weekday that is another day's, halves that
differ, a year that was not written, an ordinal that was wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from plancraft.lib.dates import EARLIEST, LATEST, ONE_DAY, at_wall_clock, local_day
from plancraft.lib.sheets.calendarwords import MONTHS, WEEKDAYS
from plancraft.lib.sheets.datecells import DateStyle, Moment, read_moment
from plancraft.lib.sheets.folding import fold
from plancraft.lib.sheets.grids import CellValue
from plancraft.lib.sheets.messages import Message, gettext_noop, say

AOE = timezone(timedelta(hours=-12))
FURTHEST_EAST = timezone(timedelta(hours=14))
LONGEST = 200
"""Characters; what is longer is prose and no date."""

DAY_NAMES = (
    *(gettext_noop("Monday"), gettext_noop("Tuesday"), gettext_noop("Wednesday")),
    *(gettext_noop("Thursday"), gettext_noop("Friday"), gettext_noop("Saturday")),
    gettext_noop("Sunday"),
)
_ZONES = {
    "utc": 0,
    "gmt": 0,
    "wet": 0,
    "west": 1,
    "bst": 1,
    "cet": 1,
    "cest": 2,
    "mez": 1,
    "mesz": 2,
    "eet": 2,
    "eest": 3,
    "est": -5,
    "edt": -4,
    "cdt": -5,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
    "jst": 9,
}
"""Hours east of UTC of the zones that people abbreviate, as far as they mean one thing."""

_AOE = re.compile(r"\(?\s*\b(?:aoe|anywhere on earth)\b\s*\)?", re.IGNORECASE)
_HALVES = re.compile(r"\s+/\s+|\s*\n\s*")
_CLOCK_ZONE = re.compile(
    r"(?<=[\dm])\s*\(?(?P<zone>[A-Za-z]+/[A-Za-z_/]+|[A-Za-z]{3,4})\)?\s*$", re.IGNORECASE
)
_HOURS_OFF = re.compile(r"\b(?:utc|gmt)\s*([+\-−])\s*(\d{1,2})(?::?(\d{2}))?\b", re.IGNORECASE)
_NOON = (
    (re.compile(r"\b(12\s+)?noon\b", re.I), "12:00"),
    (re.compile(r"\bmidnight\b", re.I), "00:00"),
)
_ORDINAL = re.compile(r"\b(\d{1,2})(st|nd|rd|th)\b", re.IGNORECASE)
_BEGIN = re.compile(r"^(?:from|vom|von|du|del|desde|dal|between)\s+", re.IGNORECASE)
_TO = re.compile(
    r"\s*[–—−]\s*|\s+-+\s+|(?<=[\d.])-(?=\s*\d)"
    r"|\s+(?:to|until|till|through|bis|au|al|hasta)\s+|(?<=[a-z\d])\s*\.{2,3}\s*(?=\w)",
    re.IGNORECASE,
)
_OPEN_WORDS = frozenset(
    {"tbd", "tba", "tbc", "open", "offen", "unknown", "unbekannt", "asap", "soon", "later", "n a"}
    | {"na", "none", "ausstehend", "pendiente", "to be decided", "to be confirmed", "noch offen"}
    | {"to be announced", "a definir", "por definir", "a confirmer", "por confirmar", "not yet"}
    | {"when ready", "wird noch bekannt gegeben"}
)
_WEEK = re.compile(
    r"^(?:(?:calendar )?week|wk|cw|kw|kalenderwoche|woche|semaine|sem|semana)s? ?\d{1,2}\b"
)
_QUARTER = re.compile(r"^(?:q[1-4]|[1-4] ?q|t[1-4]|quarter [1-4]|h[12])\b")
_PART = re.compile(
    r"^(?:early|mid|middle of|late|end of|beginning of|start of|anfang|mitte|ende|debut|mi|fin|"
    r"principios de|mediados de|finales de|spring|summer|autumn|fall|winter)\b"
)


@dataclass(frozen=True, slots=True)
class When:
    """A day, perhaps an instant (`at`, UTC) of which it is the local day; see the module."""

    day: date | None = None
    at: datetime | None = None
    until: date | None = None
    problems: tuple[Message, ...] = ()
    reason: Message | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one column of dates: in which zone times are, and how bare numbers are meant."""

    zone: tzinfo
    style: DateStyle

    def read(self, value: CellValue) -> When:
        """What the cell says; an undated answer has a `reason`."""
        if isinstance(value, str):
            return self._checked(value, self._read_text(" ".join(value.split("\n\n")).strip()))
        if isinstance(value, datetime) and value.tzinfo is not None:
            return self._at(value)
        if value is None:
            return _undated(gettext_noop("There is no date."))
        found = self._when(read_moment(value, self.style))
        return found or _unreadable(str(value))

    def _checked(self, text: str, found: When) -> When:
        """What lies beyond any plan is no date; wrong ordinals are told."""
        if found.day is None:
            return found
        if not EARLIEST <= found.day <= LATEST:
            return _unreadable(text)
        return replace(found, problems=(*found.problems, *_wrong_ordinals(text)))

    def _read_text(self, text: str) -> When:
        if len(text) > LONGEST:
            return _undated(gettext_noop("What stands under “When” is too long to be a date."))
        if not fold(text):
            return _undated(gettext_noop("There is no date."))
        return self._one(text) or self._halves(text) or self._range(text) or _vague(text)

    # One moment ----------------------------------------------------------------------------------
    def _one(self, text: str) -> When | None:
        bare = _AOE.sub(" ", text).strip(" ,;")
        if not bare:
            return None
        moment, zone = self._moment(bare)
        if bare != text.strip(" ,;"):
            return self._aoe(moment)
        return self._when(moment if zone is None else replace(moment, zone=zone))

    def _moment(self, text: str) -> tuple[Moment, tzinfo | None]:
        """The moment, and the zone that stands behind its time under another name than UTC."""
        for pattern, clock in _NOON:
            text = pattern.sub(clock, text)
        text, zone = _without_zone(text)
        moment = read_moment(text, self.style)
        if zone is not None and moment.clock is None:
            return Moment(), None
        return moment, zone

    def _aoe(self, moment: Moment) -> When | None:
        if moment.day is None:
            return None
        day = moment.day + (ONE_DAY if moment.clock is None else timedelta(0))
        at = datetime.combine(day, moment.clock or time(0), tzinfo=AOE)
        return self._at(at, _moment_problems(moment))

    def _when(self, moment: Moment) -> When | None:
        if moment.day is None or moment.is_relative:
            return None
        problems = _moment_problems(moment)
        if moment.clock is None:
            return When(moment.day, problems=problems)
        return self._at(at_wall_clock(moment.day, moment.clock, moment.zone or self.zone), problems)

    def _at(self, instant: datetime, problems: tuple[Message, ...] = ()) -> When:
        at = instant.astimezone(UTC)
        return When(local_day(at, self.zone), at, problems=problems)

    # The same moment twice -----------------------------------------------------------------------
    def _halves(self, text: str) -> When | None:
        parts = _HALVES.split(text)
        if len(parts) != 2:
            return None
        first, second = (self._one(part) for part in parts)
        if first is None or second is None:
            return None
        given = second if second.at is not None or first.at is None else first
        problems = (*first.problems, *second.problems)
        if not self._agree(parts[0], first, second):
            template = gettext_noop(
                "“%(first)s” and “%(second)s” are not the same moment. The second was taken."
            )
            given = second
            problems = (*problems, say(template, first=parts[0], second=parts[1]))
        return replace(given, problems=problems)

    def _agree(self, text: str, first: When, second: When) -> bool:
        if second.at is None or first.day is None:
            return first.day == second.day
        stripped = _AOE.sub(" ", text)
        moment, zone = self._moment(stripped.strip(" ,;"))
        day = moment.day
        if day is None:
            return False
        if moment.clock is not None:
            named = zone or moment.zone or (AOE if stripped != text else None)
            return named is None or at_wall_clock(day, moment.clock, named) == second.at
        east = AOE if stripped != text else FURTHEST_EAST
        begin = datetime.combine(day, time(0), tzinfo=east)
        end = datetime.combine(day + ONE_DAY, time(0), tzinfo=AOE)
        return begin <= second.at <= end

    # Ranges --------------------------------------------------------------------------------------
    def _range(self, text: str) -> When | None:
        text = _BEGIN.sub("", text)
        for left, right in _splits(text):
            found = self._from_to(left, right)
            if found is not None:
                return found
        return None

    def _from_to(self, left: str, right: str) -> When | None:
        """Either end may leave out what the other says: month, year, both."""
        end = self._moment(right)[0]
        begin = self._moment(left)[0]
        if end.day is None and begin.day is not None and not begin.is_relative:
            end = self._end_after(begin.day, right)
        elif begin.day is None or begin.guessed_year:
            begin = self._begin_before(left, begin, end.day)
        if end.day is None or begin.is_relative or end.is_relative:
            return self._month_first(left, right)
        if begin.day is None or begin.day > end.day:
            return None
        last = end.day
        problems = (*_moment_problems(begin), *_moment_problems(end))
        if begin.day == last:
            return When(begin.day, problems=problems)
        return When(begin.day, until=last, problems=problems)

    def _end_after(self, begin: date, right: str) -> Moment:
        """The last day, where it leaves out the year, or the year and the month."""
        if (number := _bare_day(right)) is not None:
            return _same_month(begin, number, right)
        return self._moment(f"{right} {begin:%Y}")[0]

    def _begin_before(self, left: str, begin: Moment, end: date | None) -> Moment:
        """The first day, where it leaves out the year, or the year and the month."""
        if end is None:
            return begin
        number = _bare_day(left)
        if begin.day is None and number is not None:
            return _same_month(end, number, left)
        style = replace(self.style, near=end)
        near = read_moment(left, style)
        if near.day is not None and near.guessed_year:
            day = near.day if near.day <= end else _year_before(near.day)
            return replace(near, day=day, guessed_year=False)
        return begin

    def _month_first(self, left: str, right: str) -> When | None:
        """``November 10-13, 2025``: the year stands behind the last day."""
        match = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", right.strip())
        if match is None:
            return None
        begin = self._moment(f"{left}, {match[2]}")[0]
        if begin.day is None:
            return None
        end = _same_month(begin.day, int(match[1]), "")
        if end.day is None or end.day < begin.day:
            return None
        return When(begin.day, until=end.day, problems=_moment_problems(begin))


def _without_zone(text: str) -> tuple[str, tzinfo | None]:
    """The text without the zone behind its time, and that zone; UTC itself is left to the cells."""
    off = _HOURS_OFF.search(text)
    if off:
        minutes = int(off[2]) * 60 + int(off[3] or 0)
        if minutes <= 14 * 60:
            sign = 1 if off[1] == "+" else -1
            bare = (text[: off.start()] + text[off.end() :]).replace("()", "").strip(" ,")
            return bare, timezone(timedelta(minutes=sign * minutes))
    match = _CLOCK_ZONE.search(text)
    if match is None:
        return text, None
    zone = _zone_named(match["zone"])
    return (text[: match.start()].strip(" ,("), zone) if zone else (text, None)


def _zone_named(name: str) -> tzinfo | None:
    if "/" in name:
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            return None
    hours = _ZONES.get(name.lower())
    return None if hours is None else timezone(timedelta(hours=hours))


def _splits(text: str) -> Iterator[tuple[str, str]]:
    """Every way to take the text for a range."""
    for match in _TO.finditer(text):
        left, right = text[: match.start()].strip(" ,"), text[match.end() :].strip(" ,")
        if left and right:
            yield left, right


def _bare_day(text: str) -> int | None:
    """The number of a day beside which stands a weekday at most."""
    words = fold(re.sub(r"(?<=\d)(?:st|nd|rd|th|er|e|º)\b", "", text)).split()
    numbers = [word for word in words if word.isdecimal() and len(word) <= 2]
    rest = [word for word in words if word not in numbers and word not in WEEKDAYS]
    return int(numbers[0]) if len(numbers) == 1 and not rest else None


def _same_month(other: date, number: int, text: str) -> Moment:
    weekday = next((WEEKDAYS[word] for word in fold(text).split() if word in WEEKDAYS), None)
    try:
        return Moment(day=other.replace(day=number), weekday=weekday)
    except ValueError:
        return Moment()


def _year_before(day: date) -> date | None:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return None


# What is to be said ------------------------------------------------------------------------------
def _moment_problems(moment: Moment) -> tuple[Message, ...]:
    found: list[Message] = []
    if moment.day is None:
        return ()
    if moment.weekday is not None and moment.weekday != moment.day.weekday():
        template = gettext_noop("%(weekday)s is written, but %(day)s is another weekday.")
        found.append(say(template, weekday=DAY_NAMES[moment.weekday], day=moment.day))
    if moment.guessed_year:
        template = gettext_noop("No year is written: %(day)s was taken.")
        found.append(say(template, day=moment.day))
    return tuple(found)


def _wrong_ordinals(text: str) -> Iterator[Message]:
    for number, ending in _ORDINAL.findall(text):
        right = ordinal_ending(int(number))
        if ending.lower() != right:
            template = gettext_noop("“%(written)s” was read as %(meant)s.")
            yield say(template, written=f"{number}{ending}", meant=f"{number}{right}")


def ordinal_ending(number: int) -> str:
    """``st`` for 1, 21, 31; ``nd``, ``rd``, else ``th``."""
    if 10 <= number % 100 <= 20:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _vague(text: str) -> When:
    """Why there is no day in it."""
    words = fold(text)
    if words in _OPEN_WORDS or not re.search(r"\w", text):
        return _undated(gettext_noop("The date is still open: “%(text)s”."), text)
    if _WEEK.match(words):
        return _undated(gettext_noop("“%(text)s” names a week and no day."), text)
    if _QUARTER.match(words) or _PART.match(words) or _only_month(words):
        return _undated(gettext_noop("“%(text)s” names no single day."), text)
    return _unreadable(text)


def _only_month(words: str) -> bool:
    tokens = words.split()
    return any(token in MONTHS for token in tokens) and not any(
        token.isdecimal() and len(token) <= 2 for token in tokens
    )


def _unreadable(text: str) -> When:
    return _undated(gettext_noop("“%(text)s” could not be read as a date."), text)


def _undated(template: str, text: str = "") -> When:
    return When(reason=say(template, text=text) if text else say(template))


def texts_of(values: Iterable[CellValue]) -> list[str]:
    """The cells that are text, each half of those that name a moment twice."""
    return [part for value in values if isinstance(value, str) for part in _HALVES.split(value)]
