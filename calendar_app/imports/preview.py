"""What would become of every row of a table: the import's promise, made before anything is written.

Every row below the header gets exactly one outcome, so that

    created + unchanged + skipped = rows

holds whatever the file. *Created* is a story with its posts, always a draft; *unchanged* was
imported into this plan before; *skipped* says why: empty, only notes, hidden, the header again, or
nothing to post. A row with a title or a text but without a date goes to the undated tray.

Identity (`import_key`): a hash over the plan, the row's cells with their columns' names, and which
of several equal rows of the file this is. Rows may move, other rows may come and go.

Shift: `first_week` names a week by any of its days; then all dates move by the same number of whole
weeks, so that the earliest date of the file's posts falls into that week (rule 1's week start).

Times: a time on the wall in its channel's zone; a cell that names a zone itself (``Z``, ``+02:00``)
is converted. Without a time the default time is used. A post whose instant lies before `now` is
*historical* (rule 4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from calendar_app.imports.columns import Mapped
from calendar_app.imports.header import Table
from calendar_app.imports.matching import ChannelFinder, KnownChannel
from calendar_app.imports.words import Field
from plancraft.lib.dates import Period, week_of
from plancraft.lib.sheets.datecells import DateStyle, Order, find_order, read_weekday
from plancraft.lib.sheets.messages import Message, gettext_noop, say
from plancraft.lib.sheets.names import KnownPerson, PeopleFinder


class Outcome(StrEnum):
    """What becomes of a row."""

    CREATE = "create"
    UNCHANGED = "unchanged"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Options:
    """What somebody decided about an import.

    `plan_key` names the plan whose rows are compared. `zone` is the organization's IANA zone, `now`
    an aware instant. `day_first` is None until it is answered. `channel_choices` maps a word of the
    file to a channel's key, or to None to leave it out. `anchor` is the day that T0 or Day 1 means.
    `week_start` is the first day of the week (0 = Monday). `leave_out_channelless`: rows with a
    date that name no channel are left out instead of asked about. `period` are the plan's days: a
    row that falls outside is imported as it stands, and said to do so.
    """

    plan_key: str
    zone: str
    now: datetime
    channels: tuple[KnownChannel, ...] = ()
    people: tuple[KnownPerson, ...] = ()
    default_channel: str | None = None
    channel_choices: Mapping[str, str | None] = field(default_factory=dict)
    day_first: bool | None = None
    default_time: time = time(9, 0)
    first_week: date | None = None
    anchor: date | None = None
    week_start: int = 0
    include_hidden: bool = False
    leave_out_channelless: bool = False
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class PostDraft:
    """One post to be made: its channel, its time on the wall there and as an instant, or none."""

    channel: str
    local: datetime | None = None
    at: datetime | None = None
    historical: bool = False


@dataclass(frozen=True, slots=True)
class StoryDraft:
    """One story to be made, with a post for each channel (none: a story in the tray).

    `owner` and `collaborators` are keys of people; `local_date` is the day after the shift.
    """

    title: str
    copy: str = ""
    link: str = ""
    kind: str = ""
    tags: tuple[str, ...] = ()
    notes: str = ""
    owner: str | None = None
    collaborators: tuple[str, ...] = ()
    local_date: date | None = None
    posts: tuple[PostDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class RowPreview:
    """A row's outcome: `draft` where it is created, `reason` where it is not.

    `is_open` marks a row that is left out only as long as a question is not answered.
    """

    number: int
    outcome: Outcome
    import_key: str = ""
    draft: StoryDraft | None = None
    reason: Message | None = None
    problems: tuple[Message, ...] = ()
    cells: tuple[str, ...] = ()
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """Every row's outcome and what has to be answered first.

    `unknown_channels` and `unknown_people` count the rows that name each. `needs_channel` counts
    rows with a date that name no channel while no default is chosen.
    """

    rows: tuple[RowPreview, ...]
    order: Order = Order.CLEAR
    order_answered: bool = True
    order_examples: tuple[str, ...] = ()
    unknown_channels: Mapping[str, int] = field(default_factory=dict)
    unknown_people: Mapping[str, int] = field(default_factory=dict)
    needs_channel: int = 0
    needs_anchor: int = 0
    shift_weeks: int = 0

    def count(self, outcome: Outcome) -> int:
        """The number of rows with this outcome."""
        return sum(row.outcome is outcome for row in self.rows)

    @property
    def created(self) -> int:
        """Rows that become stories."""
        return self.count(Outcome.CREATE)

    @property
    def unchanged(self) -> int:
        """Rows that were imported before."""
        return self.count(Outcome.UNCHANGED)

    @property
    def skipped(self) -> int:
        """Rows that become nothing, each with its reason."""
        return self.count(Outcome.SKIP)

    @property
    def posts_by_channel(self) -> dict[str, int]:
        """How many posts each channel gets, by channel key."""
        drafts = (row.draft for row in self.rows if row.draft)
        return dict(Counter(post.channel for draft in drafts for post in draft.posts))

    @property
    def blockers(self) -> tuple[Message, ...]:
        """What must be answered before anything is imported, in sentences."""
        found: list[Message] = []
        if not self.order_answered:
            found.append(_order_question(self.order, self.order_examples))
        if self.unknown_channels:
            template = gettext_noop("There is no channel for: %(names)s.")
            found.append(Message(template, (("names", ", ".join(self.unknown_channels)),)))
        if self.needs_channel:
            template = gettext_noop("%(count)s rows name no channel. Choose the one they are for.")
            found.append(say(template, count=self.needs_channel))
        return tuple(found)


def _order_question(order: Order, examples: tuple[str, ...]) -> Message:
    template = gettext_noop("Which comes first in %(examples)s: the day or the month?")
    if order is Order.CONTRADICTORY:
        template = gettext_noop(
            "Some dates put the day first, some the month (%(examples)s). Say which is meant."
        )
    return say(template, examples=", ".join(examples))


def make_preview(
    table: Table, fields: Mapped, options: Options, existing: Container[str] = frozenset()
) -> Preview:
    """Say what would become of every row of `table`; `existing` are keys imported before."""
    # Imported here because it needs the records above.
    from calendar_app.imports.rows import RowReader

    order, examples = _order(table, fields, options)
    style = DateStyle(
        day_first=options.day_first
        if options.day_first is not None
        else order is not Order.MONTH_FIRST,
        epoch=table.grid.epoch,
        near=options.now.date(),
    )
    reader = RowReader(table, fields, options, style, existing)
    parsed = [reader.parse(row) for row in table.rows]
    weeks = _weeks(
        parsed_days=[row.day for row in parsed if row.day and row.skip is None], options=options
    )
    rows = tuple(reader.finish(row, weeks) for row in parsed)
    return Preview(
        rows=rows,
        order=order,
        order_answered=options.day_first is not None or not order.must_ask,
        order_examples=examples,
        unknown_channels=dict(reader.unknown_channels),
        unknown_people=dict(reader.unknown_people),
        needs_channel=reader.needs_channel,
        needs_anchor=reader.needs_anchor,
        shift_weeks=weeks,
    )


def _order(table: Table, fields: Mapped, options: Options) -> tuple[Order, tuple[str, ...]]:
    index = next((i for i, f in fields.items() if f in (Field.DATE, Field.DATETIME)), None)
    if index is None:
        return Order.CLEAR, ()
    beside = next((i for i, f in fields.items() if f is Field.WEEKDAY), None)
    weekdays = [read_weekday(value) for value in table.column(beside)] if beside is not None else []
    values = table.column(index)
    order = find_order(values, weekdays, options.now.date())
    if not order.must_ask:
        return order, ()
    examples = [
        value for value in values if isinstance(value, str) and any(c.isdigit() for c in value)
    ]
    return order, tuple(dict.fromkeys(examples))[:3]


def _weeks(parsed_days: list[date], options: Options) -> int:
    """By how many whole weeks everything moves (0 without `first_week`)."""
    if options.first_week is None or not parsed_days:
        return 0
    target = week_of(options.first_week, options.week_start)
    return (target.start - week_of(min(parsed_days), options.week_start).start).days // 7


def finder_for(options: Options) -> tuple[ChannelFinder, PeopleFinder]:
    """The two finders for what cells name."""
    return ChannelFinder(options.channels, options.channel_choices), PeopleFinder(options.people)
