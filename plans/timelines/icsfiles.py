"""Calendar files (iCalendar) to rows: events and to-dos, whole days and times with their zones.

Of what repeats the first is taken. A whole-day event ends on the day before its DTEND. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar

from plancraft.lib.dates import ONE_DAY, local_day
from plancraft.lib.sheets.folding import clean
from plancraft.lib.sheets.grids import Limits
from plancraft.lib.sheets.messages import Message, SheetError, gettext_noop, say
from plans.timelines.dates import Reader, When
from plans.timelines.records import MOST_ROWS, TimelineRow

LARGEST = 2_000_000
"""Bytes; a calendar program's export of 300 entries is a tenth of that."""
_BEGIN = re.compile(rb"^BEGIN:(VEVENT|VTODO)\s*$", re.IGNORECASE | re.MULTILINE)


def is_calendar(data: bytes) -> bool:
    """Whether the bytes are a calendar file, by their content."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].upper() == b"BEGIN:VCALENDAR"


def read_calendar(data: bytes, reader: Reader, limits: Limits) -> list[TimelineRow]:
    """Every event and to-do in the file's order; raises SheetError where it cannot be read."""
    found = len(_BEGIN.findall(data))
    if not found:
        raise SheetError(say(gettext_noop("This calendar file has no events and no to-dos.")))
    if found > MOST_ROWS or len(data) > min(LARGEST, limits.size):
        template = gettext_noop(
            "This calendar file has %(found)s entries; at most %(most)s can be read. "
            "Export a shorter period."
        )
        raise SheetError(say(template, found=found, most=MOST_ROWS))
    parts = [part for part in _parsed(data) if part.name in ("VEVENT", "VTODO")]
    if not parts:
        raise _damaged()
    return [_row(number, part, reader) for number, part in enumerate(parts, 1)]


def _parsed(data: bytes) -> Iterable[Any]:
    try:
        calendars = Calendar.from_ical(_decoded(data), multiple=True)
        return [part for calendar in calendars for part in calendar.walk()]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged() from error


def _damaged() -> SheetError:
    template = gettext_noop(
        "This calendar file is damaged. Export it from your calendar program once more."
    )
    return SheetError(say(template))


def _decoded(data: bytes) -> str:
    """Calendar files are UTF-8; some old programs write their own code page."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _row(number: int, part: Any, reader: Reader) -> TimelineRow:
    said: list[Message] = []
    if "RRULE" in part:
        said.append(say(gettext_noop("It repeats; only the first one was taken.")))
    if _text(part, "STATUS").upper() == "CANCELLED":
        said.append(say(gettext_noop("The calendar says that it is cancelled.")))
    start = _value(part, "DTSTART") if part.name == "VEVENT" else _value(part, "DUE", "DTSTART")
    return TimelineRow(
        number=number,
        what=" ".join(_text(part, "SUMMARY").split()),
        who=_people(part),
        when=_when(start, _end(part, start), reader),
        note="\n".join(filter(None, (_text(part, n) for n in ("DESCRIPTION", "LOCATION", "URL")))),
        uid=" ".join(filter(None, (_text(part, "UID"), _text(part, "RECURRENCE-ID")))),
        said=tuple(said),
    )


def _text(part: Any, name: str) -> str:
    value = part.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    if value is None:
        return ""
    when = getattr(value, "dt", None)
    return clean(when.isoformat() if when is not None else str(value))


def _value(part: Any, *names: str) -> date | datetime | None:
    for name in names:
        value = part.get(name)
        value = value[0] if isinstance(value, list) and value else value
        found = getattr(value, "dt", None)
        if isinstance(found, date):
            return found
    return None


def _end(part: Any, start: date | datetime | None) -> date | datetime | None:
    """When an event ends; the last day of one of whole days."""
    if part.name != "VEVENT" or start is None:
        return None
    end = _value(part, "DTEND")
    duration = getattr(part.get("DURATION"), "dt", None)
    if end is None and isinstance(duration, timedelta):
        end = start + duration
    if end is not None and not isinstance(end, datetime):
        return end - ONE_DAY
    return end


def _when(start: date | datetime | None, end: date | datetime | None, reader: Reader) -> When:
    found = reader.read(start)
    if found.day is None or end is None:
        return found
    last = end
    if isinstance(end, datetime):
        aware = end if end.tzinfo is not None else end.replace(tzinfo=reader.zone)
        # What ends at midnight has its last day before that.
        last = local_day(aware.astimezone(UTC) - timedelta(seconds=1), reader.zone)
    return When(found.day, found.at, last if last > found.day else None, found.problems)


def _people(part: Any) -> str:
    """Who takes part, by name or address; the calendar's owner is nobody's role."""
    named = part.get("ATTENDEE", [])
    people = [_person(each) for each in (named if isinstance(named, list) else [named])]
    return " / ".join(dict.fromkeys(filter(None, people[:5])))


def _person(address: Any) -> str:
    name = str(getattr(address, "params", {}).get("CN", "")).strip('" ')
    mail = re.sub(r"^mailto:", "", str(address), flags=re.IGNORECASE)
    return clean(name or mail)
