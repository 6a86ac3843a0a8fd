"""Excel workbooks to rows.

Read in two passes. The first looks at the packed file and at the sheet's markup with defusedxml
and refuses what is too large before anything is built from it; it learns which rows are hidden,
which cells are merged and where formulas have no stored value. The second takes the values by
openpyxl, read-only, formulas as stored the last time they were computed, dates by the workbook's
own epoch (1900 or 1904).

A cell merged over several rows counts in each of them; merged over several columns, in the first.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import IO, Any, cast
from xml.etree.ElementTree import Element, ParseError

import openpyxl
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]
from openpyxl.utils import column_index_from_string, get_column_letter, range_boundaries
from openpyxl.workbook.workbook import Workbook

from plancraft.lib.sheets.folding import clean
from plancraft.lib.sheets.grids import (
    CellValue,
    Grid,
    Limits,
    Row,
    Watch,
    cell_too_long,
    too_many_cells,
    too_many_columns,
    too_many_rows,
)
from plancraft.lib.sheets.messages import Message, SheetError, gettext_noop, say

MIDNIGHT = time(0, 0)
PEEK_ROWS = 30
LAST_ROW = 1_048_576
ERROR_VALUES = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!"}
_BROKEN = (
    zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException, KeyError, ValueError,
    TypeError, IndexError, AttributeError, OSError, EOFError, NotImplementedError,
    RuntimeError, OverflowError, UnicodeError,
)  # fmt: skip


@dataclass(slots=True)
class Shape:
    """What the first pass learns about a sheet; rows and columns count from 1."""

    width: int = 0
    last_row: int = 0
    cells: int = 0
    hidden: set[int] = field(default_factory=set)
    unsaved: dict[int, list[str]] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def read_xlsx(
    data: bytes,
    *,
    sheet: str | None,
    limits: Limits,
    choose_sheet: Callable[[Sequence[Grid]], int] | None = None,
) -> Grid:
    """Read one sheet of a workbook; raises SheetError where that cannot be done within `limits`."""
    watch = Watch(limits)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_archive(archive, limits, watch)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        return _read_book(book, sheet, limits, watch, choose_sheet)
    except SheetError:
        raise
    except MemoryError as error:
        raise _too_large(limits) from error
    except _BROKEN as error:
        template = gettext_noop(
            "This Excel file is damaged. Open it in your spreadsheet program and save it again."
        )
        raise SheetError(say(template)) from error


def _check_archive(archive: zipfile.ZipFile, limits: Limits, watch: Watch) -> None:
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise _too_large(limits)
    if sum(entry.file_size for entry in entries) > limits.decompressed:
        raise _too_large(limits)
    if "xl/workbook.bin" in archive.namelist():
        raise SheetError(
            say(gettext_noop("This is a binary Excel file (.xlsb). Save it as .xlsx or as CSV."))
        )
    if "[Content_Types].xml" not in archive.namelist():
        raise SheetError(
            say(gettext_noop("This is no Excel file. Choose a CSV or Excel (.xlsx) file."))
        )
    _count_markup(archive, limits, watch)


def _count_markup(archive: zipfile.ZipFile, limits: Limits, watch: Watch) -> None:
    """Count what the XML parser would have to build: many tiny tags cost more than their bytes."""
    tags = size = 0
    for entry in archive.infolist():
        if not entry.filename.endswith((".xml", ".rels")):
            continue
        with archive.open(entry) as part:
            while block := part.read(1 << 20):
                tags += block.count(b"<")
                size += len(block)
                watch.check()
                if tags > limits.tags or size > limits.decompressed:
                    raise _too_large(limits)


def _too_large(limits: Limits) -> SheetError:
    template = gettext_noop(
        "This Excel file unpacks to more than a calendar needs, so it was not opened. "
        "Copy the calendar's sheet into a new file."
    )
    return SheetError(say(template))


def _read_book(
    book: Workbook,
    sheet: str | None,
    limits: Limits,
    watch: Watch,
    choose_sheet: Callable[[Sequence[Grid]], int] | None,
) -> Grid:
    every = list(book.worksheets)
    visible = [ws for ws in every if ws.sheet_state == "visible"] or every
    if not every:
        raise SheetError(say(gettext_noop("This Excel file has no sheet with cells.")))
    names = tuple(str(ws.title) for ws in visible)
    if sheet is not None:
        chosen = [ws for ws in every if ws.title == sheet]
        if not chosen:
            template = gettext_noop("There is no sheet “%(sheet)s” in this file: it has %(names)s.")
            raise SheetError(say(template, sheet=sheet, names=", ".join(names)))
        worksheet = chosen[0]
    else:
        worksheet = _pick(book, visible, limits, watch, choose_sheet)
    return _grid(book, worksheet, names, limits, watch)


def _pick(
    book: Workbook,
    visible: Sequence[Any],
    limits: Limits,
    watch: Watch,
    choose_sheet: Callable[[Sequence[Grid]], int] | None,
) -> Any:
    if choose_sheet is None or len(visible) == 1:
        return visible[0]
    peeks = [_grid(book, ws, (), limits, watch, peek=PEEK_ROWS) for ws in visible]
    return visible[choose_sheet(peeks)]


def _grid(
    book: Workbook,
    worksheet: Any,
    names: tuple[str, ...],
    limits: Limits,
    watch: Watch,
    peek: int | None = None,
) -> Grid:
    with _markup(book, worksheet) as source:
        shape = _shape(source, limits, watch, peek)
    if peek is None and not shape.cells:
        template = gettext_noop("The sheet “%(sheet)s” is empty.")
        raise SheetError(say(template, sheet=str(worksheet.title)))
    return Grid(
        rows=tuple(_rows(worksheet, shape, limits, watch)) if shape.cells else (),
        kind="xlsx",
        sheet=str(worksheet.title),
        sheets=names,
        epoch=book.epoch.date(),
    )


def _markup(book: Workbook, worksheet: Any) -> IO[bytes]:
    # openpyxl's read-only sheets know neither hidden rows nor merged cells; both private names
    # are those that its own reader uses, and a test holds them.
    archive: zipfile.ZipFile = book._archive  # type: ignore[attr-defined]
    return archive.open(worksheet._worksheet_path)


def _shape(source: IO[bytes], limits: Limits, watch: Watch, peek: int | None) -> Shape:
    shape, row = Shape(), 0
    for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
        tag = element.tag.rpartition("}")[2]
        if event == "start":
            if tag == "row":
                row = int(element.get("r") or row + 1)
                if peek is not None and row > peek:
                    break
            continue
        if tag == "row":
            _see_row(shape, row, element, limits)
            element.clear()
            watch.check()
        elif tag == "mergeCell":
            shape.merged.append(
                cast(tuple[int, int, int, int], range_boundaries(element.get("ref")))
            )
    return shape


def _see_row(shape: Shape, row: int, element: Element, limits: Limits) -> None:
    column = 0
    if element.get("hidden") in ("1", "true"):
        shape.hidden.add(row)
    for cell in element:
        column = _column(cell.get("r"), column + 1)
        if not _holds_something(cell):
            if any(_local(child) == "f" for child in cell):
                shape.unsaved.setdefault(row, []).append(f"{get_column_letter(column)}{row}")
            continue
        shape.cells += 1
        shape.width = max(shape.width, column)
        shape.last_row = row
    _check_shape(shape, limits)


def _check_shape(shape: Shape, limits: Limits) -> None:
    if shape.last_row > min(limits.rows + 1, LAST_ROW):
        raise too_many_rows(limits)
    if shape.width > limits.columns:
        raise too_many_columns(limits)
    if shape.cells > limits.cells:
        raise too_many_cells(limits)


def _column(reference: str | None, following: int) -> int:
    letters = re.match(r"[A-Z]{1,3}(?=\d)", reference or "")
    return column_index_from_string(letters.group()) if letters else following


def _holds_something(cell: Element) -> bool:
    return any(_local(child) in ("v", "is") and "".join(child.itertext()) for child in cell)


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _rows(worksheet: Any, shape: Shape, limits: Limits, watch: Watch) -> Iterable[Row]:
    worksheet.reset_dimensions()
    table: list[list[tuple[str, CellValue]]] = []
    for number, cells in enumerate(
        worksheet.iter_rows(max_row=shape.last_row, max_col=shape.width), start=1
    ):
        table.append([_read_cell(cell) for cell in cells])
        if any(len(text) > limits.cell_text for text, _ in table[-1]):
            raise cell_too_long(number, limits)
        if number % 500 == 0:
            watch.check()
    _fill_merged(table, shape)
    return [_row(number, cells, shape) for number, cells in enumerate(table, start=1)]


def _row(number: int, cells: list[tuple[str, CellValue]], shape: Shape) -> Row:
    return Row(
        number=number,
        texts=tuple(text for text, _ in cells),
        values=tuple(value for _, value in cells),
        hidden=number in shape.hidden,
        notes=tuple(_unsaved(reference) for reference in shape.unsaved.get(number, ())),
    )


def _unsaved(reference: str) -> Message:
    template = gettext_noop(
        "The formula in %(cell)s has no stored result. Open the file in your spreadsheet program "
        "and save it once."
    )
    return say(template, cell=reference)


def _fill_merged(table: list[list[tuple[str, CellValue]]], shape: Shape) -> None:
    for left, top, _right, bottom in shape.merged:
        if top > len(table) or left > len(table[top - 1]):
            continue
        for row in range(top, min(bottom, len(table))):
            table[row][left - 1] = table[top - 1][left - 1]


def _read_cell(cell: Any) -> tuple[str, CellValue]:
    value = cell.value
    if isinstance(value, str):
        text = "" if value in ERROR_VALUES else clean(_unescaped(value))
        return text, text or None
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), str(value).upper()
    if isinstance(value, (int, float)):
        return _number(value, cell.number_format or "General"), value
    return _moment(value)


def _unescaped(text: str) -> str:
    """Excel writes control characters as ``_x000D_``."""
    return (
        re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), text) if "_x" in text else text
    )


def _moment(value: object) -> tuple[str, CellValue]:
    if isinstance(value, datetime):
        if value.time() == MIDNIGHT:
            return value.date().isoformat(), value.date()
        # Serials are fractions of a day: what is a fraction of a second off meant the minute.
        value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        return value.isoformat(" ", "minutes"), value
    if isinstance(value, timedelta):
        if not timedelta(0) <= value < timedelta(days=1):
            return str(value), str(value)
        value = (datetime(2000, 1, 1) + value).time()  # noqa: DTZ001 (no instant is meant)
    if isinstance(value, date):
        return value.isoformat(), value
    if isinstance(value, time):
        return value.isoformat("minutes"), value.replace(microsecond=0)
    return "", None


def _number(value: float, pattern: str) -> str:
    """Show a number as its cell does where the format changes what one reads: 007, 1,400, 5%."""
    section = pattern.split(";")[0]
    if re.fullmatch(r"0{2,}", section) and float(value).is_integer():
        return f"{int(value):0{len(section)}d}"
    decimals = re.search(r"\.(0+)", section)
    places = len(decimals.group(1)) if decimals else 0
    if section.endswith("%"):
        return f"{value:.{places}%}"
    if "#,##0" in section:
        return f"{value:,.{places}f}"
    if decimals and not re.search(r"[Ee#?/]", section):
        return f"{value:.{places}f}"
    return str(int(value)) if float(value).is_integer() else repr(float(value))
