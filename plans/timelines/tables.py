"""Which columns of a table say what, who and when, and its rows by them. Pure.

Columns are known by their name, in several languages. Where none is named so, the column with the
most dates says when, and the one before all with the longest text says what. Every other column is
kept in the note, under its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from plancraft.lib.sheets.datecells import read_clock
from plancraft.lib.sheets.folding import fold_name
from plancraft.lib.sheets.grids import CellValue
from plancraft.lib.sheets.messages import SheetError, gettext_noop, say
from plans.timelines.dates import Reader, When
from plans.timelines.records import TimelineRow

SEARCHED = 15
FEWEST_DATES = 0.5
"""Share of a column's filled cells that must be dates, for it to say when without a name."""


class Column(StrEnum):
    """What a column says."""

    WHAT = "what"
    WHO = "who"
    WHEN = "when"
    TIME = "time"
    UNTIL = "until"
    NOTE = "note"


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split(",") if word.strip())


NAMES: dict[Column, frozenset[str]] = {
    Column.WHAT: _words(
        "what, task, tasks, step, milestone, milestones, activity, event, title, item, deliverable,"
        "subject, summary, action, name, topic, was, aufgabe, schritt, meilenstein, titel, thema,"
        "ereignis, vorgang, quoi, tache, etape, jalon, titre, action a mener, que, tarea, paso,"
        "hito, titulo, actividad, evento, key date, description of task, task name"
    ),
    Column.WHO: _words(
        "who, owner, owners, responsible, role, roles, assignee, assigned to, lead, person, people,"
        "team, by, by whom, responsibility, wer, verantwortlich, verantwortliche, zustandig, rolle,"
        "person team, qui, responsable, responsables, pilote, quien, rol, encargado, encargada,"
        "equipo, equipe, who s responsible, owner role"
    ),
    Column.WHEN: _words(
        "when, date, dates, day, due, due date, deadline, start, start date, by when, planned date,"
        "target date, begin, begins, wann, datum, tag, termin, frist, fallig, fallig am, bis wann,"
        "beginn, start datum, quand, date limite, echeance, date de debut, debut, cuando, fecha,"
        "plazo, fecha limite, inicio, fecha de inicio, date time, dtstart"
    ),
    Column.TIME: _words("time, start time, uhrzeit, zeit, heure, hora"),
    Column.UNTIL: _words(
        "end, end date, until, to, finish, finish date, ende, enddatum, bis, fin, date de fin,"
        "fecha de fin, hasta"
    ),
    Column.NOTE: _words("note, notes, comment, comments, remarks, notizen, notiz, remarque, notas"),
}


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell as the file holds it: its text, typed value, and what markup said about it."""

    text: str
    value: CellValue = None
    strong: bool = False
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row with its number in the file."""

    number: int
    cells: tuple[TableCell, ...]

    def cell(self, index: int | None) -> TableCell:
        """The cell at that place; an empty one where the row is too short."""
        if index is None or index >= len(self.cells):
            return TableCell("")
        return self.cells[index]

    @property
    def is_empty(self) -> bool:
        """Whether no cell holds anything."""
        return not any(cell.text for cell in self.cells)


Columns = dict[Column, int]


def named_columns(names: Sequence[str]) -> Columns:
    """The columns that are known by their names; the first of each kind."""
    found: Columns = {}
    for index, name in enumerate(names):
        folded = fold_name(name)
        for column, words in NAMES.items():
            if column not in found and folded in words:
                found[column] = index
                break
    return found


def says_enough(columns: Columns) -> bool:
    """Whether what and when are both known."""
    return Column.WHAT in columns and Column.WHEN in columns


def find_header(rows: Sequence[TableRow]) -> tuple[int, Columns]:
    """How many rows lie above the data, the header included, and its columns."""
    for index, row in enumerate(rows[:SEARCHED]):
        columns = named_columns([cell.text for cell in row.cells])
        if says_enough(columns):
            return index + 1, columns
    return 0, {}


def guessed_columns(rows: Sequence[TableRow], reader: Reader) -> Columns:
    """What and when by what stands in the columns; raises SheetError where that says nothing."""
    width = max((len(row.cells) for row in rows), default=0)
    dated = {index: _share_dated(rows, index, reader) for index in range(width)}
    when = max(dated, key=lambda index: (dated[index], -index), default=None)
    if when is None or dated[when] < FEWEST_DATES or width < 2:
        raise SheetError(
            say(
                gettext_noop(
                    "No column says what is to happen and when. "
                    "Name the columns What, Who and When in the first row."
                )
            )
        )
    lengths = {i: sum(len(row.cell(i).text) for row in rows) for i in range(width) if i != when}
    return {Column.WHEN: when, Column.WHAT: max(lengths, key=lambda i: (lengths[i], -i))}


def _share_dated(rows: Sequence[TableRow], index: int, reader: Reader) -> float:
    cells = [row.cell(index) for row in rows[:60]]
    filled = [cell for cell in cells if cell.text]
    dated = sum(reader.read(_value(cell)).day is not None for cell in filled)
    return dated / len(filled) if filled else 0.0


def _value(cell: TableCell) -> CellValue:
    return cell.text if cell.value is None else cell.value


def read_rows(
    header: Sequence[str], rows: Sequence[TableRow], columns: Columns, reader: Reader
) -> Iterator[TimelineRow]:
    """Each row that holds anything."""
    for row in rows:
        if row.is_empty:
            continue
        what = row.cell(columns.get(Column.WHAT))
        yield TimelineRow(
            number=row.number,
            what=" ".join(what.text.split()),
            who=" ".join(row.cell(columns.get(Column.WHO)).text.split()),
            when=_when(row, columns, reader),
            note=_note(header, row, columns),
            strong=what.strong,
        )


def _when(row: TableRow, columns: Columns, reader: Reader) -> When:
    cell = row.cell(columns.get(Column.WHEN))
    clock = (
        read_clock(_value(row.cell(columns.get(Column.TIME)))) if Column.TIME in columns else None
    )
    found = reader.read(_with_clock(_value(cell), clock))
    if Column.UNTIL not in columns or found.day is None:
        return found
    last = reader.read(_value(row.cell(columns[Column.UNTIL]))).day
    return replace(found, until=last) if last is not None and last > found.day else found


def _with_clock(value: CellValue, clock: time | None) -> CellValue:
    """The day with the time that stands in a column of its own."""
    if clock is None:
        return value
    if isinstance(value, datetime):
        return datetime.combine(value.date(), clock)
    if isinstance(value, date):
        return datetime.combine(value, clock)
    if isinstance(value, str) and value and not re.search(r"\d:\d\d", value):
        return f"{value}, {clock:%H:%M}"
    return value


def _note(header: Sequence[str], row: TableRow, columns: Columns) -> str:
    """What the other columns say, under their names, and where links lead."""
    used = {columns[c] for c in columns if c is not Column.NOTE}
    lines = []
    for index, cell in enumerate(row.cells):
        if cell.text and index not in used:
            name = header[index] if index < len(header) else ""
            plain = columns.get(Column.NOTE) == index or not name
            lines.append(cell.text if plain else f"{name}: {cell.text}")
    links = dict.fromkeys(link for cell in row.cells for link in cell.links)
    lines += [f"{word}: {address}" if word else address for word, address in links]
    return "\n".join(lines)
