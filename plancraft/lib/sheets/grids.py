"""Bytes to rows: what a CSV or Excel file holds, cell by cell, with the rows' own numbers.

A :class:`Grid` is the file as it stands; :func:`read_grid` makes one. Row numbers are those that
a spreadsheet program shows (records, not physical lines, so a cell of several lines is one row).
Nothing here knows what the columns mean. Limits hold for every file (reliability.md, "Uploads"):
what exceeds them is refused in one sentence, before memory is spent on it.
"""

from __future__ import annotations

import time as monotonic_time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from plancraft.lib.sheets.messages import Message, SheetError, gettext_noop, say

CellValue = str | int | float | date | datetime | time | None

OLD_EXCEL = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. Sizes in bytes, time in seconds of `clock`, which only runs on."""

    size: int = 5_000_000
    decompressed: int = 50_000_000
    entries: int = 2_000
    tags: int = 3_000_000
    rows: int = 20_000
    columns: int = 200
    cells: int = 400_000
    cell_text: int = 32_767
    seconds: float = 20.0
    clock: Callable[[], float] = monotonic_time.monotonic


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file (from 1), and of each cell its text and typed value.

    In a CSV file text and value are the same; in an Excel file the value may be a date, a time
    or a number. `notes` are things to know about its cells.
    """

    number: int
    texts: tuple[str, ...]
    values: tuple[CellValue, ...]
    hidden: bool = False
    notes: tuple[Message, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no cell holds anything."""
        return not any(self.texts)


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as it stands in the file, title rows and header included."""

    rows: tuple[Row, ...]
    kind: str
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    epoch: date = field(default=date(1899, 12, 30))

    @property
    def width(self) -> int:
        """The number of columns of the widest row."""
        return max((len(row.texts) for row in self.rows), default=0)


class Watch:
    """Refuses a file that takes too long; asked now and then while reading."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.started = limits.clock()

    def check(self) -> None:
        """Raise SheetError when the time is over."""
        if self.limits.clock() - self.started > self.limits.seconds:
            raise SheetError(
                say(gettext_noop("Reading this file takes too long. Split it into smaller ones."))
            )


def read_grid(
    data: bytes,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits | None = None,
    choose_sheet: Callable[[Sequence[Grid]], int] | None = None,
) -> Grid:
    """Read a file's bytes; its kind is told by its content, never by its name.

    `sheet` names the sheet of a workbook; without it `choose_sheet` picks among the first rows
    of each visible one (the first, if that is missing). `encoding` and `delimiter` overrule what
    is detected in a CSV file. Raises SheetError with a sentence where the file cannot be read.
    """
    # Imported here because both need the records above.
    from plancraft.lib.sheets.csvfiles import read_csv
    from plancraft.lib.sheets.xlsxfiles import read_xlsx

    limits = limits or Limits()
    _refuse_at_sight(data, limits)
    if data.startswith(ZIP):
        return read_xlsx(data, sheet=sheet, limits=limits, choose_sheet=choose_sheet)
    return read_csv(data, encoding=encoding, delimiter=delimiter, limits=limits)


def _refuse_at_sight(data: bytes, limits: Limits) -> None:
    if not data.strip():
        raise SheetError(say(gettext_noop("This file is empty.")))
    if len(data) > limits.size:
        megabytes = max(1, limits.size // 1_000_000)
        raise SheetError(
            say(gettext_noop("This file is larger than %(limit)s MB."), limit=megabytes)
        )
    if data.startswith(OLD_EXCEL):
        raise SheetError(
            say(
                gettext_noop(
                    "This is an old Excel file (.xls) or one with a password. "
                    "Save it as .xlsx without a password, or as CSV."
                )
            )
        )
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"GIF8")):
        raise SheetError(say(gettext_noop("This is no table. Choose a CSV or Excel (.xlsx) file.")))


def too_many_rows(limits: Limits) -> SheetError:
    """The refusal of a file with too many rows."""
    template = gettext_noop("This file has more than %(limit)s rows. Split it into smaller ones.")
    return SheetError(say(template, limit=limits.rows))


def too_many_columns(limits: Limits) -> SheetError:
    """The refusal of a file with too many columns."""
    return SheetError(
        say(gettext_noop("This file has more than %(limit)s columns."), limit=limits.columns)
    )


def too_many_cells(limits: Limits) -> SheetError:
    """The refusal of a file with too many cells."""
    template = gettext_noop("This file has more than %(limit)s cells. Split it into smaller ones.")
    return SheetError(say(template, limit=limits.cells))


def cell_too_long(number: int, limits: Limits) -> SheetError:
    """The refusal of a cell no spreadsheet program could hold."""
    template = gettext_noop(
        "Row %(row)s has a cell of more than %(limit)s characters. "
        "Perhaps a quotation mark is not closed there."
    )
    return SheetError(say(template, row=number, limit=limits.cell_text))
