"""CSV to rows: encoding and delimiter by evidence, quotes and cells of several lines.

Encoding: a byte order mark says it; NUL bytes at every second place are UTF-16 without a mark;
what is valid UTF-8 is UTF-8; else the 8-bit code page in which most characters are letters that
people write (Windows-1252, its Turkish sister 1254, Mac Roman, or Korean EUC).
Delimiter: the one of ``, ; tab |`` by which most records have the same number of fields.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from plancraft.lib.sheets.folding import clean
from plancraft.lib.sheets.grids import (
    Grid,
    Limits,
    Row,
    Watch,
    cell_too_long,
    too_many_cells,
    too_many_columns,
    too_many_rows,
)
from plancraft.lib.sheets.messages import SheetError, gettext_noop, say

DELIMITERS = (",", ";", "\t", "|")
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WRITTEN = set("àâäáãåçéèêëíìîïñóòôöõúùûüßÿœæøÀÂÄÁÃÅÉÈÊËÇÑÓÖØÜÚÍ“”‘’„«»–—…€°·•©®™ ")
_TURKISH_ONLY = set("ðýþÝÐÞ")
_NEVER_TURKISH = set("áíóúæÁÍÓÚÆ")
SAMPLE = 60


def detect_encoding(data: bytes) -> str:
    """Return the name of the encoding; raises SheetError where the bytes are no text."""
    for mark, name in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return name
    if b"\x00" in data[:4000]:
        return _wide_encoding(data[:4000])
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _eight_bit_encoding(data)
    return "utf-8"


def _wide_encoding(sample: bytes) -> str:
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) // 8 or min(even, odd) > max(even, odd) // 4:
        raise _not_text()
    return "utf-16-le" if odd > even else "utf-16-be"


def _eight_bit_encoding(data: bytes) -> str:
    if _is_korean(data):
        return "cp949"
    western = data.decode("cp1252", errors="replace")
    macintosh = data.decode("mac_roman")
    if _share_written(macintosh) > _share_written(western):
        return "mac_roman"
    letters = set(western)
    if letters & _TURKISH_ONLY and not letters & _NEVER_TURKISH:
        return "cp1254"
    return "latin-1" if "\ufffd" in western else "cp1252"


def _is_korean(data: bytes) -> bool:
    try:
        wide = [char for char in data.decode("cp949") if ord(char) > 127]
    except UnicodeDecodeError:
        return False
    hangul = sum("\uac00" <= char <= "\ud7a3" for char in wide)
    return hangul > 0.8 * len(wide)


def _share_written(text: str) -> float:
    """The share of non-ASCII characters that people write where they stand (no ``cafÈ``)."""
    wide = written = 0
    for before, char in pairwise(" " + text):
        if ord(char) > 127:
            wide += 1
            written += char in _WRITTEN and not (char.isupper() and before.islower())
    return written / max(1, wide)


def _not_text() -> SheetError:
    return SheetError(
        say(gettext_noop("This is no text file. Choose a CSV or Excel (.xlsx) file."))
    )


def detect_delimiter(text: str) -> str:
    """Return the delimiter under which most of the first records have equally many fields."""
    scores = {delimiter: _consistency(text, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > 0 else ","


def _consistency(text: str, delimiter: str) -> float:
    widths: Counter[int] = Counter()
    try:
        for index, record in enumerate(_records(text, delimiter)):
            if index >= SAMPLE:
                break
            if record:
                widths[len(record)] += 1
    except csv.Error:
        return 0.0
    columns, times = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
    return times / max(1, widths.total()) * min(columns, 8) if columns > 1 else 0.0


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def read_csv(data: bytes, *, encoding: str | None, delimiter: str | None, limits: Limits) -> Grid:
    """Read a CSV file; raises SheetError where it cannot be read or exceeds `limits`."""
    encoding = encoding or detect_encoding(data)
    text = _decode(data, encoding).lstrip("\ufeff")
    text, announced = _announced_delimiter(text)
    delimiter = delimiter or announced or detect_delimiter(text)
    rows = _trim(_rows(text, delimiter, limits))
    if not rows:
        raise SheetError(say(gettext_noop("This file is empty.")))
    return Grid(rows=tuple(rows), kind="csv", encoding=encoding, delimiter=delimiter)


def _decode(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        template = gettext_noop("This file is not written in the encoding %(encoding)s.")
        raise SheetError(say(template, encoding=encoding)) from error
    if "\x00" in text:
        raise _not_text()
    return text


def _announced_delimiter(text: str) -> tuple[str, str | None]:
    """Take Excel's ``sep=;`` line, which spreadsheet programs read and do not show, off the top."""
    first, _, rest = text.partition("\n")
    word = first.strip('\r" ')
    if word.lower().startswith("sep=") and len(word) == 5:
        return rest, word[4]
    return text, None


def _rows(text: str, delimiter: str, limits: Limits) -> list[Row]:
    rows: list[Row] = []
    cells, watch = 0, Watch(limits)
    try:
        for number, record in enumerate(_records(text, delimiter), start=1):
            if number > limits.rows + 1:
                raise too_many_rows(limits)
            if len(record) > limits.columns and any(record[limits.columns :]):
                raise too_many_columns(limits)
            cells += len(record)
            if cells > limits.cells:
                raise too_many_cells(limits)
            rows.append(_row(number, record[: limits.columns], limits))
            if number % 500 == 0:
                watch.check()
    except csv.Error as error:
        raise cell_too_long(len(rows) + 1, limits) from error
    return rows


def _row(number: int, record: list[str], limits: Limits) -> Row:
    texts = tuple(clean(cell) for cell in record)
    if any(len(text) > limits.cell_text for text in texts):
        raise cell_too_long(number, limits)
    return Row(number=number, texts=texts, values=texts)


def _trim(rows: list[Row]) -> list[Row]:
    """Drop the blank lines at the end of a file: nobody calls them rows."""
    while rows and not rows[-1].texts:
        rows.pop()
    return rows
