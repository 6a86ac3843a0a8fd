"""Strict reading of JSON documents: a record is a table of fields, a refusal names its place.

A *reader* takes (value, place) and returns the typed value or raises ``Refused``. A *spec* maps
each allowed key to its ``Field``; whatever the spec does not name is refused.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from plancraft.lib.dates import Period, parse_day, parse_instant

Reader = Callable[[object, str], Any]
REQUIRED: Any = object()


class Refused(ValueError):
    """The document is not valid; its text is one sentence that begins with the place."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")


@dataclass(frozen=True, slots=True)
class Field:
    """How one key is read: what may be missing has a default, and a nullable one may be null."""

    read: Reader
    default: Any = REQUIRED
    nullable: bool = False


Spec = Mapping[str, Field]


def parse_json(content: bytes) -> object:
    """The value that ``content`` holds; ``Refused`` if not JSON, as NaN and Infinity are not."""
    try:
        return json.loads(content, parse_constant=_no_such_number)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Refused("document", f"is not valid JSON ({where})") from None
    except (ValueError, RecursionError):
        raise Refused("document", "is not valid JSON") from None


def answer_all(
    content: bytes,
    answer: Callable[[object], dict[str, Any]],
    is_valid: Callable[[dict[str, Any]], bool] = lambda said: True,
) -> tuple[object, bool]:
    """The answer to a file's one document, or to each of its array, and whether all were valid.

    In an array an invalid document is answered by its error; alone, ``Refused`` is raised.
    ``is_valid`` says which answers mean that the document was not.
    """
    value = parse_json(content)
    if not isinstance(value, list):
        said = answer(value)
        return said, is_valid(said)
    answers = [_answer_or_error(each, answer) for each in value]
    return answers, all("error" not in each and is_valid(each) for each in answers)


def _answer_or_error(value: object, answer: Callable[[object], dict[str, Any]]) -> dict[str, Any]:
    try:
        return answer(value)
    except Refused as refused:
        return {"error": str(refused)}


def _no_such_number(name: str) -> float:
    raise ValueError(name)


def read_record(value: object, place: str, spec: Spec) -> dict[str, Any]:
    """The fields of one object, read by ``spec``; missing ones by their default."""
    if not isinstance(value, dict):
        raise Refused(place or "document", "must be an object")
    for key in value:
        if key not in spec:
            raise Refused(below(place, key), "unknown key")
    return {key: _read_field(value, place, key, field) for key, field in spec.items()}


def _read_field(record: Mapping[str, object], place: str, key: str, field: Field) -> Any:
    where = below(place, key)
    if key not in record:
        if field.default is REQUIRED:
            raise Refused(where, "is required")
        return field.default
    value = record[key]
    if value is None:
        if not field.nullable:
            raise Refused(where, "must not be null")
        return None
    return field.read(value, where)


def below(place: str, key: str) -> str:
    """The place of ``key`` inside ``place``."""
    return f"{place}.{key}" if place else key


def nested(spec: Spec) -> Reader:
    """A reader of one object by ``spec``."""
    return lambda value, place: read_record(value, place, spec)


def text(value: object, place: str) -> str:
    """Any text."""
    if not isinstance(value, str):
        raise Refused(place, "must be text")
    return value


def truth(value: object, place: str) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise Refused(place, "must be true or false")
    return value


def day(value: object, place: str) -> date:
    """A date like 2027-03-01."""
    parsed = parse_day(value)
    if parsed is None:
        raise Refused(place, "must be a date like 2027-03-01, between the years 1900 and 2200")
    return parsed


def instant(value: object, place: str) -> datetime:
    """A date and time with its zone, as UTC."""
    parsed = parse_instant(value)
    if parsed is None:
        raise Refused(place, "must be a date and time with a zone, like 2027-03-01T12:00:00Z")
    return parsed


def clock(value: object, place: str) -> time:
    """A time of day like 09:00."""
    try:
        if isinstance(value, str) and len(value) == 5 and value.isascii() and value[2] == ":":
            return time.fromisoformat(value)
    except ValueError:
        pass
    raise Refused(place, "must be a time of day like 09:00")


def zone(value: object, place: str) -> ZoneInfo:
    """An IANA time zone by its name."""
    try:
        return ZoneInfo(text(value, place))
    except (KeyError, ValueError, OSError):
        # OSError: the name of a folder of zones ("America"), or one too long for the file system.
        raise Refused(place, "must be a time zone like Europe/Paris") from None


def whole(least: int) -> Reader:
    """A whole number of at least ``least``."""

    def read(value: object, place: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise Refused(place, f"must be a whole number of at least {least}")
        return value

    return read


def duration(unit: timedelta, most: int = 1_000_000) -> Reader:
    """A number of ``unit`` from 0 to ``most`` (bounded so that adding it cannot overflow)."""

    def read(value: object, place: str) -> timedelta:
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= most:
            raise Refused(place, f"must be a number from 0 to {most}")
        return value * unit

    return read


def one_of(*choices: str) -> Reader:
    """One of these words."""

    def read(value: object, place: str) -> str:
        if not isinstance(value, str) or value not in choices:
            raise Refused(place, f"must be one of {', '.join(choices)}")
        return value

    return read


def many(read: Reader) -> Reader:
    """A list, each element read by ``read``, as a tuple."""

    def read_all(value: object, place: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Refused(place, "must be a list")
        return tuple(read(element, f"{place}[{n}]") for n, element in enumerate(value))

    return read_all


def set_of(read: Reader) -> Reader:
    """A list whose repeats mean nothing, as a set."""
    read_all = many(read)
    return lambda value, place: frozenset(read_all(value, place))


def weekday(value: object, place: str) -> int:
    """A weekday from Monday = 0 to Sunday = 6."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 6:
        raise Refused(place, "must be a weekday from 0 (Monday) to 6 (Sunday)")
    return value


def weekdays(value: object, place: str) -> frozenset[int]:
    """Weekdays, at least one, none twice."""
    read: tuple[int, ...] = many(weekday)(value, place)
    if not read:
        raise Refused(place, "must name at least one weekday")
    if len(set(read)) < len(read):
        raise Refused(place, "must not name a weekday twice")
    return frozenset(read)


def period(record: Mapping[str, Any], place: str) -> Period:
    """The period of a record's ``from`` and ``to``; ``Refused`` if it ends before it begins."""
    if record["to"] < record["from"]:
        raise Refused(below(place, "to"), "must not be before from")
    return Period(record["from"], record["to"])


def without_repeats(values: Sequence[str], place: str, key: str = "id") -> frozenset[str]:
    """These ids as a set; ``Refused`` at the first that stood there before."""
    seen: set[str] = set()
    for n, value in enumerate(values):
        if value in seen:
            raise Refused(f"{place}[{n}].{key}", f"{value} is there twice")
        seen.add(value)
    return frozenset(seen)
