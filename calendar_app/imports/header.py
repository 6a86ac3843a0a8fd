"""Where the columns are named: a sheet may begin with a title, or have no names at all.

Each of the first rows gets a score: three points a cell that is a known column name, one for
being filled as wide as the data below; cells that look like data (dates, numbers, addresses, long
text) speak against it. Without a convincing row the columns are called by their letters, and the
first row counts as data.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from openpyxl.utils import get_column_letter

from calendar_app.imports.columns import named_field
from plancraft.lib.sheets.datecells import looks_like_date
from plancraft.lib.sheets.grids import CellValue, Grid, Row
from plancraft.lib.sheets.messages import SheetError, gettext_noop, say

SEARCHED_ROWS = 25
LONGEST_NAME = 90
_ADDRESS = re.compile(r"https?://|www\.|@\w+\.\w", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with its columns named: `rows` are all rows below the header, empty ones too.

    `header_row` is the header's number in the file, or 0 where the file names no columns.
    """

    grid: Grid
    header_row: int
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def column(self, index: int) -> list[CellValue]:
        """The values of one column, None where a row is too short."""
        return [row.values[index] if index < len(row.values) else None for row in self.rows]


def make_table(grid: Grid, header_row: int | None = None) -> Table:
    """Name the columns of `grid`: by the row `header_row` (0: by letters; None: find it).

    Raises SheetError where that row is not in the file.
    """
    number = find_header(grid) if header_row is None else header_row
    if number == 0:
        header = tuple(get_column_letter(index + 1) for index in range(grid.width))
        return Table(grid, 0, header, grid.rows)
    found = [row for row in grid.rows if row.number == number]
    if not found or found[0].is_empty:
        template = gettext_noop("Row %(row)s of this file is empty, so it names no columns.")
        raise SheetError(say(template, row=number))
    rows = tuple(row for row in grid.rows if row.number > number)
    return Table(grid, number, _names(found[0], grid.width), rows)


def _names(row: Row, width: int) -> tuple[str, ...]:
    """The columns' names, each once: what is unnamed gets its letter, what is doubled a number."""
    names: list[str] = []
    seen: Counter[str] = Counter()
    for index in range(width):
        text = row.texts[index] if index < len(row.texts) else ""
        name = " ".join(text.split()) or get_column_letter(index + 1)
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)


def find_header(grid: Grid) -> int:
    """Return the number of the row that names the columns, 0 where none does."""
    rows = [row for row in grid.rows if not row.is_empty][:SEARCHED_ROWS]
    if not rows:
        return 0
    usual = Counter(_filled(row) for row in rows).most_common(1)[0][0]
    scores = {row.number: _score(row, usual) for row in rows}
    best = max(rows, key=lambda row: (scores[row.number], -row.number))
    return best.number if scores[best.number] >= 2 else 0


def choose_sheet(peeks: Sequence[Grid]) -> int:
    """Return which of several sheets looks most like a calendar (the first at a tie)."""
    return max(range(len(peeks)), key=lambda index: (_calendar_score(peeks[index]), -index))


def _calendar_score(grid: Grid) -> float:
    rows = [row for row in grid.rows if not row.is_empty]
    if not rows:
        return -100.0
    names = max(_known_names(row) for row in rows)
    dates = sum(any(looks_like_date(value) for value in row.values) for row in rows)
    return names + dates / len(rows)


def _filled(row: Row) -> int:
    return sum(bool(text) for text in row.texts)


def _known_names(row: Row) -> int:
    return len({field for text in row.texts if text and (field := named_field(text))})


def _score(row: Row, usual: int) -> float:
    filled = _filled(row)
    data = sum(_is_data(text, value) for text, value in zip(row.texts, row.values, strict=True))
    distinct = len(set(row.texts) - {""}) == filled
    wide = filled >= max(2, 0.6 * usual) or usual == filled
    named = sum(bool(text and named_field(text)) for text in row.texts)
    return (
        3 * named / max(1, filled) * min(named, 3) + (wide + distinct) - 4 * data / max(1, filled)
    )


def _is_data(text: str, value: CellValue) -> bool:
    if isinstance(value, (int, float, date, datetime, time)):
        return True
    if len(text) > LONGEST_NAME or "\n" in text.strip() or _ADDRESS.search(text):
        return True
    return looks_like_date(text) or text.replace(",", "").replace(".", "").isdigit()
