"""One row of a table to its outcome; see ``preview`` for the rules.

Two steps, because the shift needs every row's date before any row is finished: :meth:`parse` reads
the cells, :meth:`finish` places the posts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

from calendar_app.imports.columns import Mapped, is_link
from calendar_app.imports.header import Table
from calendar_app.imports.preview import (
    Options,
    Outcome,
    PostDraft,
    RowPreview,
    StoryDraft,
    finder_for,
)
from calendar_app.imports.words import Field
from plancraft.lib.dates import EARLIEST, LATEST, at_wall_clock
from plancraft.lib.sheets.datecells import DateStyle, Moment, read_clock, read_moment, read_weekday
from plancraft.lib.sheets.folding import fold
from plancraft.lib.sheets.grids import CellValue, Row
from plancraft.lib.sheets.messages import Message, gettext_noop, say

TITLE_LIMIT = 300
LINK_LIMIT = 2_000
TAG_LIMIT = 60
_CONTENT = (Field.TITLE, Field.COPY)
_NOTED = (Field.NOTES, Field.STATUS, Field.SLUG)
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A row read but not yet placed: `day` is not shifted yet."""

    row: Row
    import_key: str
    skip: Message | None = None
    unchanged: bool = False
    day: date | None = None
    clock: time | None = None
    zone: tzinfo | None = None
    problems: tuple[Message, ...] = ()
    kept: tuple[str, ...] = ()


class RowReader:
    """Reads the rows of one table under one mapping and counts what it could not find."""

    def __init__(
        self,
        table: Table,
        fields: Mapped,
        options: Options,
        style: DateStyle,
        existing: Container[str],
    ) -> None:
        self.table, self.fields, self.options, self.style = table, fields, options, style
        self.existing = existing
        self.channels, self.people = finder_for(options)
        self.zones = {channel.key: channel.zone or options.zone for channel in options.channels}
        self.columns = {f: [i for i, g in fields.items() if g is f] for f in Field}
        self.header = tuple(fold(name) for name in table.header)
        self.unknown_channels: Counter[str] = Counter()
        self.unknown_people: Counter[str] = Counter()
        self.needs_channel = 0
        self.needs_anchor = 0
        self._seen: Counter[str] = Counter()
        self._only_midnights = self._are_only_midnights()

    def parse(self, row: Row) -> Parsed:
        """Read a row's identity, date and time, and whether it is to be skipped."""
        key = self._key(row)
        skip = self._skip(row)
        if skip is not None:
            return Parsed(row, key, skip=skip)
        day, clock, zone, problems, kept = self._when(row)
        if day and zone is not None:
            day, clock, zone = self._at_home(day, clock, zone)
        unchanged = key in self.existing
        return Parsed(row, key, None, unchanged, day, clock, zone, (*row.notes, *problems), kept)

    def _at_home(self, day: date, clock: time | None, zone: tzinfo) -> tuple[date, time, tzinfo]:
        """A moment whose zone is written, on the organization's wall: weeks are counted there."""
        home = ZoneInfo(self.options.zone)
        moment = datetime.combine(day, clock or self.options.default_time, zone).astimezone(home)
        return moment.date(), moment.time(), home

    def finish(self, parsed: Parsed, weeks: int) -> RowPreview:
        """Make the row's outcome, its date moved by `weeks`."""
        row = parsed.row
        if parsed.skip is not None:
            return RowPreview(row.number, Outcome.SKIP, reason=parsed.skip, cells=row.texts)
        if parsed.unchanged:
            reason = say(gettext_noop("Imported before; nothing changes."))
            return RowPreview(
                row.number, Outcome.UNCHANGED, parsed.import_key, reason=reason, cells=row.texts
            )
        problems = list(parsed.problems)
        asked = self.needs_channel + self.unknown_channels.total()
        draft = self._draft(parsed, weeks, problems)
        if isinstance(draft, Message):
            return RowPreview(
                row.number,
                Outcome.SKIP,
                reason=draft,
                problems=tuple(problems),
                cells=row.texts,
                is_open=self.needs_channel + self.unknown_channels.total() > asked,
            )
        return RowPreview(
            row.number, Outcome.CREATE, parsed.import_key, draft, None, tuple(problems), row.texts
        )

    # -- identity and skipping

    def _key(self, row: Row) -> str:
        """The row's identity; equal rows of one file are told apart by their count."""
        cells = [[name, text] for name, text in zip(self.header, row.texts, strict=False) if text]
        content = json.dumps([self.options.plan_key, sorted(cells)], ensure_ascii=False)
        self._seen[content] += 1
        if self._seen[content] > 1:
            content = f"{content}\n{self._seen[content]}"
        return hashlib.sha256(content.encode()).hexdigest()

    def _skip(self, row: Row) -> Message | None:
        if row.is_empty:
            return say(gettext_noop("Empty row."))
        if row.hidden and not self.options.include_hidden:
            return say(gettext_noop("Hidden in the sheet."))
        if self._repeats_header(row):
            return say(gettext_noop("The column names again."))
        if self._texts(row, *_CONTENT):
            return None
        if self._texts(row, Field.DATE, Field.DATETIME):
            return say(gettext_noop("There is a date, but neither a title nor a text."))
        if self._texts(row, Field.NOTES) and not self._texts(row, *(set(Field) - {Field.NOTES})):
            return say(gettext_noop("Only notes: no title, no text, no date."))
        return say(gettext_noop("Neither a title nor a text."))

    def _repeats_header(self, row: Row) -> bool:
        if not self.table.header_row:
            return False
        pairs = [(fold(t), n) for t, n in zip(row.texts, self.header, strict=False) if t]
        return len(pairs) > 1 and all(text == name for text, name in pairs)

    def _texts(self, row: Row, *fields: Field) -> list[str]:
        found = (
            row.texts[index]
            for field in fields
            for index in self.columns[field]
            if index < len(row.texts)
        )
        return [text for text in found if text]

    def _value(self, row: Row, field: Field) -> CellValue:
        index = next(iter(self.columns[field]), None)
        return None if index is None or index >= len(row.values) else row.values[index]

    # -- date and time

    def _are_only_midnights(self) -> bool:
        """Whether the date column says 00:00 throughout, as exports of mere dates do."""
        indexes = self.columns[Field.DATETIME] or self.columns[Field.DATE]
        values = self.table.column(indexes[0]) if indexes else []
        clocks = {read_moment(value, self.style).clock for value in values}
        return clocks <= {None, time(0, 0)}

    def _when(
        self, row: Row
    ) -> tuple[date | None, time | None, tzinfo | None, list[Message], tuple[str, ...]]:
        problems: list[Message] = []
        kept: list[str] = []
        field = Field.DATETIME if self.columns[Field.DATETIME] else Field.DATE
        moment = self._moment(row, field)
        day = self._day(row, field, moment, problems, kept)
        self._check_weekday(row, moment, day, problems)
        clock = moment.clock if day and not self._only_midnights else None
        if clock is None:
            clock = self._clock(row, problems, kept)
        return day, clock, moment.zone, problems, tuple(kept)

    def _moment(self, row: Row, field: Field) -> Moment:
        value = self._value(row, field)
        moment = read_moment(value, self.style)
        if moment.day is None and not moment.is_relative and isinstance(value, str):
            # In a column with both orders, what can only be read the other way is read that way.
            other = DateStyle(not self.style.day_first, self.style.epoch, self.style.near)
            return read_moment(value, other) if self.options.day_first is None else moment
        return moment

    def _day(
        self, row: Row, field: Field, moment: Moment, problems: list[Message], kept: list[str]
    ) -> date | None:
        texts = self._texts(row, field)
        if moment.is_relative:
            if self.options.anchor is not None:
                return moment.counted_from(self.options.anchor)
            self.needs_anchor += 1
            template = gettext_noop("“%(text)s” counts from a day that is not given: left undated.")
            problems.append(say(template, text=texts[0]))
        elif moment.day is None and texts:
            problems.append(
                say(gettext_noop("“%(text)s” is no date: left undated."), text=texts[0])
            )
        elif moment.guessed_year and moment.day:
            problems.append(
                say(gettext_noop("No year is given; read as %(date)s."), date=moment.day)
            )
        if moment.day is None and texts:
            kept.append(f"{self._name(field)}: {texts[0]}")
        return moment.day

    def _check_weekday(
        self, row: Row, moment: Moment, day: date | None, problems: list[Message]
    ) -> None:
        if day is None or moment.is_relative:
            return
        for weekday, word in (
            (moment.weekday, "".join(self._texts(row, Field.DATE, Field.DATETIME)[:1])),
            (
                read_weekday(self._value(row, Field.WEEKDAY)),
                "".join(self._texts(row, Field.WEEKDAY)[:1]),
            ),
        ):
            if weekday is not None and weekday != day.weekday():
                template = gettext_noop(
                    "The weekday “%(word)s” does not fit the date, %(date)s. The date is used."
                )
                problems.append(say(template, word=word, date=day))

    def _clock(self, row: Row, problems: list[Message], kept: list[str]) -> time | None:
        texts = self._texts(row, Field.TIME)
        if not texts:
            return None
        clock = read_clock(self._value(row, Field.TIME))
        if clock is None:
            template = gettext_noop("“%(text)s” is no time we can read: %(time)s is used.")
            problems.append(say(template, text=texts[0], time=f"{self.options.default_time:%H:%M}"))
            kept.append(f"{self._name(Field.TIME)}: {texts[0]}")
        return clock

    def _name(self, field: Field) -> str:
        index = next(iter(self.columns[field]), None)
        return "" if index is None else self.table.header[index]

    # -- the draft

    def _draft(self, parsed: Parsed, weeks: int, problems: list[Message]) -> StoryDraft | Message:
        row = parsed.row
        day = self._shifted(parsed, weeks, problems)
        channels = self._channels(row, day, problems)
        if isinstance(channels, Message):
            return channels
        kept = list(parsed.kept)
        title, copy = self._title_and_copy(row, problems)
        link = self._link(row, problems, kept)
        owner, others = self._owner(row, problems, kept)
        posts = tuple(self._post(key, day, parsed, problems) for key in channels)
        self._check_period(posts, problems)
        return StoryDraft(
            title=title,
            copy=copy,
            link=link,
            kind=", ".join(self._texts(row, Field.KIND))[:TAG_LIMIT],
            tags=self._tags(row),
            notes="\n".join([*self._notes(row), *kept]),
            owner=owner,
            collaborators=others,
            local_date=day,
            posts=posts,
        )

    def _shifted(self, parsed: Parsed, weeks: int, problems: list[Message]) -> date | None:
        if parsed.day is None:
            return None
        days = parsed.day.toordinal() + 7 * weeks
        if EARLIEST.toordinal() <= days <= LATEST.toordinal():
            return date.fromordinal(days)
        problems.append(say(gettext_noop("The moved date lies too far away: left undated.")))
        return None

    def _channels(
        self, row: Row, day: date | None, problems: list[Message]
    ) -> tuple[str, ...] | Message:
        """The channels a row is for, or the reason why it cannot be placed."""
        cells = self._texts(row, Field.CHANNEL)
        if not cells:
            return self._default_channel(day)
        found = self.channels.find(cells[0])
        for word in found.unknown:
            self.unknown_channels[word] += 1
        if found.unknown:
            message = say(
                gettext_noop("There is no channel “%(name)s”."), name=", ".join(found.unknown)
            )
            if not found.keys:
                return message
            problems.append(message)
        if not found.keys:
            return say(gettext_noop("“%(name)s” is left out, as chosen."), name=cells[0])
        return found.keys

    def _default_channel(self, day: date | None) -> tuple[str, ...] | Message:
        if self.options.default_channel:
            return (self.options.default_channel,)
        if day is None:
            return ()
        if self.options.leave_out_channelless:
            return say(gettext_noop("The row names no channel: left out, as chosen."))
        self.needs_channel += 1
        return say(gettext_noop("The row names no channel, and none is chosen for such rows."))

    def _title_and_copy(self, row: Row, problems: list[Message]) -> tuple[str, str]:
        title = " ".join(" ".join(self._texts(row, Field.TITLE)[:1]).split())
        copy = "\n\n".join(self._texts(row, Field.COPY)[:1])
        tags = " ".join(self._texts(row, Field.HASHTAGS))
        if tags and tags not in copy:
            copy = f"{copy}\n\n{tags}".strip()
        if not title:
            first_line = copy.strip().partition("\n")[0]
            return _shorten(first_line, 80), copy
        if len(title) > TITLE_LIMIT:
            template = gettext_noop(
                "The title is longer than %(limit)s characters; all of it is kept in the text."
            )
            problems.append(say(template, limit=TITLE_LIMIT))
            return _shorten(title, TITLE_LIMIT), f"{title}\n\n{copy}".strip()
        return title, copy

    def _link(self, row: Row, problems: list[Message], kept: list[str]) -> str:
        cells = self._texts(row, Field.LINK)
        if not cells:
            return ""
        address = _URL.search(cells[0])
        link = address.group().rstrip(".,;)") if address else ""
        if not link and is_link(cells[0]):
            link = f"https://{cells[0].strip()}"
        if not link or len(link) > LINK_LIMIT:
            problems.append(
                say(gettext_noop("“%(text)s” is no web address: kept as a note."), text=cells[0])
            )
            link = ""
        if link != cells[0]:
            kept.append(f"{self._name(Field.LINK)}: {cells[0]}")
        return link

    def _owner(
        self, row: Row, problems: list[Message], kept: list[str]
    ) -> tuple[str | None, tuple[str, ...]]:
        cells = self._texts(row, Field.OWNER)
        if not cells:
            return None, ()
        found = self.people.find(cells[0])
        for word in found.unknown:
            self.unknown_people[word] += 1
        if found.unknown:
            template = gettext_noop("“%(name)s” is nobody here who could own it.")
            problems.append(say(template, name=", ".join(found.unknown)))
            kept.append(f"{self._name(Field.OWNER)}: {cells[0]}")
        return (found.keys[0], found.keys[1:]) if found.keys else (None, ())

    def _tags(self, row: Row) -> tuple[str, ...]:
        cells = self._texts(row, Field.TAGS)
        tags = (tag.strip().lstrip("#") for cell in cells for tag in re.split(r"[,;|\n]", cell))
        return tuple(dict.fromkeys(tag[:TAG_LIMIT] for tag in tags if tag))

    def _notes(self, row: Row) -> list[str]:
        """Lines ``Column: text`` for everything that has no field of its own."""
        indexes = sorted(index for field in _NOTED for index in self.columns[field])
        return [
            row.texts[index]
            if fold(self.table.header[index]) in ("notes", "note")
            else f"{self.table.header[index]}: {row.texts[index]}"
            for index in indexes
            if index < len(row.texts) and row.texts[index]
        ]

    def _post(
        self, channel: str, day: date | None, parsed: Parsed, problems: list[Message]
    ) -> PostDraft:
        if day is None:
            return PostDraft(channel)
        zone = ZoneInfo(self.zones.get(channel, self.options.zone))
        local = datetime.combine(day, parsed.clock or self.options.default_time)
        if parsed.zone is not None:
            at = local.replace(tzinfo=parsed.zone).astimezone(UTC)
            local = at.astimezone(zone).replace(tzinfo=None)
        else:
            at = at_wall_clock(day, local.time(), zone)
            local = _existing_time(local, at, zone, problems)
        return PostDraft(channel, local, at, historical=at < self.options.now)

    def _check_period(self, posts: Sequence[PostDraft], problems: list[Message]) -> None:
        """Say once of a row that it lies outside the plan, on the wall where it goes out."""
        period = self.options.period
        days = [post.local.date() for post in posts if post.local]
        outside = [day for day in days if period is not None and day not in period]
        if period is None or not outside:
            return
        day = outside[0]
        if day < period.start:
            template = gettext_noop("%(date)s is before the plan begins, on %(edge)s.")
            problems.append(say(template, date=day, edge=period.start))
        else:
            template = gettext_noop("%(date)s is after the plan ends, on %(edge)s.")
            problems.append(say(template, date=day, edge=period.end))


def _existing_time(
    local: datetime, at: datetime, zone: ZoneInfo, problems: list[Message]
) -> datetime:
    """The time on the wall after a spring-forward gap, said in words where it had to move."""
    shown = at.astimezone(zone).replace(tzinfo=None)
    if shown != local:
        template = gettext_noop(
            "%(local)s does not exist there, the clocks go forward: %(shown)s is used."
        )
        message = say(template, local=local, shown=f"{shown:%H:%M}")
        if message not in problems:
            problems.append(message)
    return shown


def _shorten(text: str, limit: int) -> str:
    """Cut at a word, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1].rsplit(" ", 1)[0] if " " in text[: limit - 1] else text[: limit - 1]
    return f"{cut.rstrip(' ,;:.')}…"
