"""A file and its answers to a preview: the thin shell around the pure modules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from calendar_app.imports import queries
from calendar_app.imports.answers import CREATE, LEAVE_OUT, Answers
from calendar_app.imports.columns import Mapped, Suggestion, mapping_problem, suggest
from calendar_app.imports.header import Table, choose_sheet, make_table
from calendar_app.imports.matching import KnownChannel, network_of
from calendar_app.imports.preview import Options, Preview, make_preview
from plancraft.lib.dates import Period
from plancraft.lib.sheets.folding import fold
from plancraft.lib.sheets.grids import read_grid
from plancraft.lib.sheets.messages import Message
from plans.models import Plan
from plans.models.channels import ChannelKind

NEW = "new:"


@dataclass(frozen=True)
class Prepared:
    """Everything known about a file under its answers. `new_channels` would be created."""

    table: Table
    suggestion: Suggestion
    fields: Mapped
    options: Options
    preview: Preview
    new_channels: tuple[KnownChannel, ...]
    mapping_problem: Message | None

    @property
    def blockers(self) -> tuple[Message, ...]:
        """What must be answered before anything can be imported."""
        if self.mapping_problem:
            return (self.mapping_problem,)
        return self.preview.blockers


def prepare(*, content: bytes, answers: Answers, plan: Plan, now: datetime) -> Prepared:
    """Read the file and say what would become of every row, by a constant number of queries.

    Raises SheetError where the file, the sheet or the header row cannot be read.
    """
    organization = plan.organization
    grid = read_grid(content, sheet=answers.sheet, choose_sheet=choose_sheet)
    table = make_table(grid, answers.header_row)
    suggestion = suggest(table)
    fields = _fitting(answers.fields, table) or suggestion.fields
    known = queries.known_channels(organization)
    new, by_word = _new_channels(answers, known)
    options = Options(
        plan_key=f"plan:{plan.pk}",
        zone=organization.time_zone,
        now=now,
        channels=(*known, *new),
        people=tuple(queries.known_people(organization, plan)),
        default_channel=_default_channel(answers, known),
        channel_choices={**_choices(answers, known), **by_word},
        day_first=answers.day_first,
        default_time=answers.default_time,
        first_week=answers.first_week,
        anchor=answers.anchor,
        week_start=organization.week_start,
        include_hidden=answers.include_hidden,
        leave_out_channelless=answers.default_channel == LEAVE_OUT,
        period=Period(plan.starts_on, plan.ends_on),
    )
    preview = make_preview(table, fields, options, queries.imported_keys(organization, plan))
    problem = mapping_problem(fields, table.header)
    return Prepared(table, suggestion, fields, options, preview, new, problem)


def _fitting(fields: Mapped | None, table: Table) -> Mapped | None:
    """The answered mapping, if it is one of this table's columns."""
    if fields is None or set(fields) != set(range(len(table.header))):
        return None
    return fields


def _new_channels(
    answers: Answers, known: Iterable[KnownChannel]
) -> tuple[tuple[KnownChannel, ...], dict[str, str]]:
    """The channels to be created, and which word of the file means which of them."""
    taken = {fold(channel.name) for channel in known}
    found: dict[str, KnownChannel] = {}
    by_word: dict[str, str] = {}
    for word, choice in answers.channels.items():
        if choice == CREATE:
            name = channel_name(word)
            by_word[word] = _enter(found, word if fold(name) in taken else name)
    if answers.default_channel.startswith(f"{CREATE}:"):
        _enter(found, answers.default_channel.partition(":")[2])
    return tuple(found.values()), by_word


def _enter(found: dict[str, KnownChannel], name: str) -> str:
    """Note a channel to be created, once for all ways to write its name; returns its key."""
    key = f"{NEW}{fold(name)}"
    kind = network_of(name) or ChannelKind.OTHER.value
    found.setdefault(key, KnownChannel(key, " ".join(name.split())[:80], kind))
    return key


def channel_name(word: str) -> str:
    """What a new channel for this word would be called: ``IG`` becomes Instagram."""
    kind = network_of(word)
    if kind is not None and len(word) <= 3:
        return str(ChannelKind(kind).label)
    return " ".join(word.split())[:80]


def _default_channel(answers: Answers, known: Iterable[KnownChannel]) -> str | None:
    chosen = answers.default_channel
    if chosen.startswith(f"{CREATE}:"):
        return f"{NEW}{fold(chosen.partition(':')[2])}"
    return chosen if chosen in {channel.key for channel in known} else None


def _choices(answers: Answers, known: Iterable[KnownChannel]) -> dict[str, str | None]:
    keys = {channel.key for channel in known}
    return {
        word: None if choice == LEAVE_OUT else choice
        for word, choice in answers.channels.items()
        if choice == LEAVE_OUT or choice in keys
    }
