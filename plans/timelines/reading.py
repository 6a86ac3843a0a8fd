"""A file's bytes to a timeline; its kind is told by its content, never by its name. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, tzinfo

from plancraft.lib.sheets.csvfiles import detect_encoding
from plancraft.lib.sheets.datecells import DateStyle, Order, find_order
from plancraft.lib.sheets.grids import ZIP, Grid, Limits, read_grid, too_many_rows
from plancraft.lib.sheets.messages import SheetError, gettext_noop, say
from plans.timelines import icsfiles, markdown
from plans.timelines.dates import Reader, texts_of
from plans.timelines.records import MOST_ROWS, Timeline, TimelineRow
from plans.timelines.tables import (
    Column,
    Columns,
    TableCell,
    TableRow,
    find_header,
    guessed_columns,
    named_columns,
    read_rows,
    says_enough,
)

LIMITS = Limits(rows=2_000, columns=60, cells=60_000)
Part = tuple[Sequence[str], Sequence[TableRow], Columns]
"""The names of a table's columns, its rows below them, and what the columns say."""


def read_timeline(
    data: bytes, *, zone: tzinfo, near: date, day_first: bool | None = None, limits: Limits = LIMITS
) -> Timeline:
    """Read a file; raises SheetError with a sentence where it cannot be read.

    Times without a zone are on the wall in `zone`, and years that are not written put a day near
    `near`. `day_first` says how 03/04/2027 is meant, where the file leaves it open.
    """
    reader = Reader(zone, DateStyle(day_first=day_first is not False, near=near))
    if icsfiles.is_calendar(data):
        rows = icsfiles.read_calendar(data, reader, limits)
        return Timeline(tuple(rows), "ics")
    kind, parts = _parts(data, reader, limits)
    asks, example = False, ""
    if day_first is None:
        order, example = _order(parts, near)
        asks = order.must_ask
        reader = replace(
            reader, style=replace(reader.style, day_first=order is not Order.MONTH_FIRST)
        )
    found = [row for part in parts for row in read_rows(*part, reader)]
    return Timeline(_counted(found), kind, asks, example if asks else "")


def _counted(rows: Sequence[TimelineRow]) -> tuple[TimelineRow, ...]:
    if not rows:
        raise SheetError(say(gettext_noop("There are no rows below the names of the columns.")))
    if len(rows) > MOST_ROWS:
        raise too_many_rows(Limits(rows=MOST_ROWS))
    return tuple(rows)


def _parts(data: bytes, reader: Reader, limits: Limits) -> tuple[str, list[Part]]:
    text = _text(data, limits)
    if text is not None and markdown.is_markdown(text):
        return "markdown", _markdown(text, limits)
    grid = read_grid(data, limits=limits, choose_sheet=_most_like_a_timeline)
    return grid.kind, [_grid(grid, reader)]


def _text(data: bytes, limits: Limits) -> str | None:
    """The bytes as text; None for a workbook, or what the reader of sheets will refuse."""
    if data.startswith(ZIP) or len(data) > limits.size:
        return None
    try:
        return data.decode(detect_encoding(data))
    except (SheetError, UnicodeDecodeError):
        return None


def _markdown(text: str, limits: Limits) -> list[Part]:
    parts: list[Part] = []
    for table in markdown.read_tables(text, limits):
        header = [cell.text for cell in table.header]
        columns = named_columns(header)
        if says_enough(columns):
            rows = [TableRow(n, tuple(_cell(cell) for cell in cells)) for n, cells in table.rows]
            parts.append((header, rows, columns))
    if not parts:
        template = gettext_noop(
            "No table in this text says what is to happen and when. "
            "Name its columns What, Who and When."
        )
        raise SheetError(say(template))
    return parts


def _cell(cell: markdown.Cell) -> TableCell:
    return TableCell(cell.text, strong=cell.strong, links=cell.links)


def _grid(grid: Grid, reader: Reader) -> Part:
    rows = _table_rows(grid)
    above, columns = find_header(rows)
    header = [cell.text for cell in rows[above - 1].cells] if above else []
    return header, rows[above:], columns or guessed_columns(rows, reader)


def _table_rows(grid: Grid) -> list[TableRow]:
    return [
        TableRow(row.number, tuple(map(TableCell, row.texts, row.values)))
        for row in grid.rows
        if not row.hidden
    ]


def _most_like_a_timeline(peeks: Sequence[Grid]) -> int:
    """The first sheet whose columns say what and when; else the first."""
    likely = [i for i, peek in enumerate(peeks) if find_header(_table_rows(peek))[1]]
    return likely[0] if likely else 0


def _order(parts: Sequence[Part], near: date) -> tuple[Order, str]:
    """What the dates say about the order of day and month, and one that leaves it open."""
    values = [
        row.cell(columns[Column.WHEN]).value or row.cell(columns[Column.WHEN]).text
        for _, rows, columns in parts
        for row in rows
    ]
    texts = texts_of(values)
    order = find_order(texts, near=near)
    example = next((text for text in texts if find_order([text]).must_ask), "")
    return order, example
