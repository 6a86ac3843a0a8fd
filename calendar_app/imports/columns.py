"""Which column holds what: by its name in several languages, and by what stands in it.

A suggestion, never a decision: the person sees it and may change it. Names count more than
content, but a name that the content contradicts does not hold (a column "Day" with dates is a
date column, a "PillarLink" without addresses is no link). Columns that nothing recognises are kept
as notes under their own name, so that nothing in the file is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING

from calendar_app.imports.words import NETWORKS, ONLY_ONCE, SYNONYMS, Field
from plancraft.lib.sheets.datecells import (
    DateStyle,
    looks_like_date,
    read_clock,
    read_moment,
    read_weekday,
)
from plancraft.lib.sheets.folding import fold, fold_name
from plancraft.lib.sheets.grids import CellValue
from plancraft.lib.sheets.messages import Message, SheetError, gettext_noop, say

if TYPE_CHECKING:
    from calendar_app.imports.header import Table

Mapped = dict[int, Field]
SAMPLE = 300
_URL = re.compile(
    r"^(?:https?://|www\.)\S+$|^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/\S*)?$", re.I
)
_PARENTHESES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_PREFERENCE = (
    *(Field.DATETIME, Field.DATE, Field.TIME, Field.WEEKDAY, Field.HASHTAGS, Field.CHANNEL),
    *(Field.STATUS, Field.TITLE, Field.OWNER, Field.LINK, Field.SLUG, Field.KIND, Field.COPY),
    *(Field.TAGS, Field.NOTES),
)
_BY_NAME: dict[str, Field] = {}
for _field in reversed(_PREFERENCE):
    _BY_NAME.update({fold(_word): _field for _word in SYNONYMS[_field]})
_NETWORK_NAMES = frozenset(fold(name) for names in NETWORKS.values() for name in names)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What each column seems to hold, and why: ``name``, ``content`` or ``unknown``."""

    fields: Mapped
    reasons: dict[int, str]


@lru_cache(maxsize=4_000)
def named_field(name: str) -> Field | None:
    """Return the field that a column of this name usually holds, by exact or leading words."""
    strength = _strength(name)
    return strength[0] if strength else None


def _strength(name: str) -> tuple[Field, int] | None:
    """The field a name means, and how surely: 3 the word, 2 one of its parts, 1 among others."""
    bare = fold_name(_PARENTHESES.sub("", name)) or fold_name(name)
    if bare in _BY_NAME:
        return _BY_NAME[bare], 3
    for part in re.split(r"[/|:,]|\s[-–—]\s", _PARENTHESES.sub("", name)):
        if fold_name(part) in _BY_NAME:
            return _BY_NAME[fold_name(part)], 2
    return _among_words(bare)


def _among_words(bare: str) -> tuple[Field, int] | None:
    words = bare.split()
    if not 1 < len(words) <= 6:
        return None
    for size in (3, 2, 1):
        for start in range(len(words) - size, -1, -1):
            phrase = " ".join(words[start : start + size])
            if phrase in _BY_NAME and (len(phrase) > 3 or size > 1 or phrase == "url"):
                return _BY_NAME[phrase], 1
    return None


def suggest(table: Table) -> Suggestion:
    """Suggest a field for every column of `table`."""
    columns = {index: _sample(table.column(index)) for index in range(len(table.header))}
    claims: list[tuple[int, int, Field, str]] = []
    for index, values in columns.items():
        claims += [
            (-score, index, found, why) for score, found, why in _claims(table, index, values)
        ]
    fields: Mapped = {}
    reasons: dict[int, str] = {}
    for _score, index, found, why in sorted(claims):
        if index in fields or (found in ONLY_ONCE and found in fields.values()):
            continue
        if found in (Field.DATE, Field.DATETIME) and _has_day(fields.values()):
            continue
        fields[index], reasons[index] = found, why
    for index, values in columns.items():
        if index not in fields:
            fields[index] = Field.NOTES if values else Field.IGNORE
            reasons[index] = "unknown"
    return Suggestion(dict(sorted(fields.items())), reasons)


def _has_day(fields: Iterable[Field]) -> bool:
    return any(found in (Field.DATE, Field.DATETIME) for found in fields)


def _sample(values: Sequence[CellValue]) -> list[CellValue]:
    held: list[CellValue] = [value for value in values if value not in (None, "")]
    return held[:SAMPLE]


def _claims(table: Table, index: int, values: list[CellValue]) -> Iterable[tuple[int, Field, str]]:
    """Every field this column might hold, with a score: name 10 to 30, content below that."""
    named = _strength(table.header[index]) if table.header_row else None
    if named:
        found = _by_content_of_name(named[0], values)
        if found is not None:
            yield named[1] * 10 + _earlier(found), found, "name"
    for score, found in _by_content(values):
        yield score, found, "content"


def _earlier(found: Field) -> int:
    return 1 if found in (Field.DATE, Field.DATETIME) else 0


def _by_content_of_name(found: Field, values: list[CellValue]) -> Field | None:
    """Correct a field found by name where the column's content says otherwise."""
    if not values:
        return found
    if found in (Field.DATE, Field.DATETIME, Field.TIME, Field.WEEKDAY):
        return _temporal(found, values)
    if found is Field.LINK and _share(values, is_link) < 0.3:
        return None
    if found is Field.CHANNEL and _share(values, lambda value: str(value).isdecimal()) > 0.9:
        return Field.CHANNEL
    return found


def _temporal(found: Field, values: list[CellValue]) -> Field | None:
    if _share(values, looks_like_date) >= 0.5 or _share(values, _is_serial) >= 0.5:
        return Field.DATETIME if _share(values, _has_clock) >= 0.5 else Field.DATE
    if _share(values, _is_clock) >= 0.5 and found is not Field.WEEKDAY:
        return Field.TIME
    if _share(values, lambda value: read_weekday(value) is not None) >= 0.5:
        return Field.WEEKDAY
    if _share(values, _is_relative) >= 0.5:
        return Field.DATE
    return found if found is not Field.WEEKDAY else None


def _share(values: list[CellValue], test: Callable[[CellValue], bool]) -> float:
    return sum(test(value) for value in values) / len(values) if values else 0.0


_STYLES = tuple(DateStyle(day_first=first, near=date(2024, 1, 1)) for first in (True, False))


def _is_serial(value: CellValue) -> bool:
    return not isinstance(value, date) and read_moment(value, _STYLES[0]).day is not None


def _has_clock(value: CellValue) -> bool:
    if isinstance(value, datetime):
        return True
    return any(read_moment(value, style).clock not in (None, time(0)) for style in _STYLES)


def _is_clock(value: CellValue) -> bool:
    if isinstance(value, (int, float)):
        return 0 < value < 1
    return read_clock(value) is not None and not str(value).isdecimal()


def _is_relative(value: CellValue) -> bool:
    return read_moment(value, _STYLES[0]).is_relative


def is_link(value: CellValue) -> bool:
    """Whether a cell is one web address, with or without its ``https://``."""
    return isinstance(value, str) and bool(_URL.match(value.strip())) and not value.endswith(".")


def _is_network(value: CellValue) -> bool:
    parts = re.split(r"[/,;&+\n|]", str(value))
    return all(fold(part) in _NETWORK_NAMES for part in parts if part.strip())


def _is_hashtags(value: CellValue) -> bool:
    words = str(value).split()
    return len(words) > 0 and all(word.startswith("#") and len(word) > 1 for word in words)


def _by_content(values: list[CellValue]) -> Iterable[tuple[int, Field]]:
    if not values:
        return
    if _share(values, looks_like_date) >= 0.6:
        yield 8, (Field.DATETIME if _share(values, _has_clock) >= 0.5 else Field.DATE)
    elif _share(values, _is_clock) >= 0.7:
        yield 7, Field.TIME
    elif _share(values, lambda value: read_weekday(value) is not None) >= 0.8:
        yield 7, Field.WEEKDAY
    elif _share(values, is_link) >= 0.6:
        yield 6, Field.LINK
    elif _share(values, _is_network) >= 0.6:
        yield 6, Field.CHANNEL
    elif _share(values, _is_hashtags) >= 0.6:
        yield 6, Field.HASHTAGS
    else:
        yield from _by_length(values)


def _by_length(values: list[CellValue]) -> Iterable[tuple[int, Field]]:
    """Many different texts: long ones are copy, shorter ones may be titles."""
    texts = [str(value) for value in values if isinstance(value, str)]
    if len(texts) < 0.6 * len(values) or len(set(texts)) < 0.6 * len(texts):
        return
    usual = sorted(len(text) for text in texts)[len(texts) // 2]
    if usual > 70:
        yield 3, Field.COPY
    elif usual >= 12 and _share(values, lambda value: " " in str(value)) > 0.5:
        yield 2, Field.TITLE


def mapping_from_names(header: Sequence[str], names: Mapping[str, str]) -> Mapped:
    """Turn a mapping file (column name or letter -> field) into columns; others are ignored.

    Raises SheetError naming the column or the field that does not exist.
    """
    fields: Mapped = dict.fromkeys(range(len(header)), Field.IGNORE)
    known = {fold(name): index for index, name in enumerate(header)}
    for name, wanted in names.items():
        if fold(name) not in known:
            template = gettext_noop("There is no column “%(name)s”. The columns are: %(header)s.")
            raise SheetError(Message(template, (("name", name), ("header", ", ".join(header)))))
        try:
            fields[known[fold(name)]] = Field(wanted)
        except ValueError as error:
            template = gettext_noop("“%(field)s” is no field. The fields are: %(known)s.")
            known_fields = (("field", str(wanted)), ("known", ", ".join(Field)))
            raise SheetError(Message(template, known_fields)) from error
    if message := mapping_problem(fields, header):
        raise SheetError(message)
    return fields


def mapping_problem(fields: Mapped, header: Sequence[str]) -> Message | None:
    """What is wrong with a mapping, in one sentence: a field given twice, or no text at all."""
    for found in ONLY_ONCE:
        columns = [header[index] for index, field in fields.items() if field is found]
        if len(columns) > 1:
            template = gettext_noop("Only one column can hold “%(field)s”; now it is %(columns)s.")
            return say(template, field=found.value, columns=", ".join(columns))
    if not {Field.TITLE, Field.COPY} & set(fields.values()):
        return say(gettext_noop("Say which column holds the title or the text of the posts."))
    return None
