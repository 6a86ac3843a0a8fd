"""Files to rows: encodings, delimiters, workbooks, and what is refused."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time

import pytest
from openpyxl.styles import numbers
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from calendar_app.imports.header import choose_sheet
from plancraft.lib.sheets.grids import Limits, read_grid
from plancraft.lib.sheets.messages import SheetError
from tests.calendar_app.imports.sheetmaking import SOCIAL, table_of, to_bytes, to_xlsx

LINES = "Titre;Légende\nÉté à Genève;« Bientôt »\nÇa y est;déjà\n"


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
        ("mac_roman", "mac_roman"),
    ],
)
def test_encodings_are_recognised(encoding: str, expected: str) -> None:
    grid = read_grid(LINES.encode(encoding))
    assert grid.encoding == expected
    assert grid.rows[0].texts == ("Titre", "Légende")
    assert grid.rows[1].texts == ("Été à Genève", "« Bientôt »")


def test_latin_1_bytes_that_windows_does_not_know_still_read() -> None:
    assert read_grid(b"Titre,Note\ncaf\xe9 \x81,x\n").rows[1].texts[0].startswith("café")


def test_turkish_and_korean_code_pages_are_recognised() -> None:
    turkish = "Tarih;Başlık\n5 Ağustos;Işık ve gölge\n"
    assert read_grid(turkish.encode("cp1254")).rows[0].texts[1] == "Başlık"
    korean = "날짜,제목\n2026-05-05,봄 소식\n"
    assert read_grid(korean.encode("cp949")).rows[1].texts[1] == "봄 소식"


def test_an_encoding_that_is_named_is_used_and_a_wrong_one_is_said() -> None:
    assert read_grid("a,b\nı,ş\n".encode("cp1254"), encoding="cp1254").rows[1].texts == ("ı", "ş")
    with pytest.raises(SheetError, match="not written in the encoding ascii"):
        read_grid("a,é\n".encode(), encoding="ascii")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_recognised(delimiter: str) -> None:
    data = to_bytes(["Date", "Title"], ["2026-01-01", "One, two; three"], delimiter=delimiter)
    grid = read_grid(data)
    assert grid.delimiter == delimiter
    assert grid.rows[1].texts == ("2026-01-01", "One, two; three")


def test_the_line_by_which_excel_announces_its_delimiter_is_no_row() -> None:
    grid = read_grid(b"sep=;\r\nDate;Title\r\n2026-01-01;A, b, c\r\n")
    assert [row.texts for row in grid.rows] == [("Date", "Title"), ("2026-01-01", "A, b, c")]
    assert grid.rows[0].number == 1


def test_cells_of_several_lines_are_one_row_and_rows_count_as_a_spreadsheet_counts() -> None:
    grid = read_grid(SOCIAL.encode())
    assert grid.rows[1].texts[6] == "Trois rayons. Un café.\nVenez nous voir."
    assert [row.number for row in grid.rows] == [1, 2, 3, 4, 5, 6]
    assert grid.rows[4].is_empty


def test_blank_lines_count_inside_a_file_and_not_at_its_end() -> None:
    grid = read_grid(b"Title,Note\na,b\n\nc,d\n\n\n")
    assert [row.is_empty for row in grid.rows] == [False, False, True, False]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty."),
        (b"  \n\n", "This file is empty."),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "old Excel file"),
        (b"%PDF-1.7 ...", "This is no table."),
        (b"\x00\x01\x02\x03\x00\x00\x07" * 50, "This is no text file."),
        (b"PK\x03\x04 broken", "This Excel file is damaged."),
        (b'Title,Note\n"never closed,' + b"x" * 40_000, "a quotation mark is not closed"),
        (b"a,b\n" * 30, "more than 20 rows"),
        (b"," * 60 + b"x\n", "more than 50 columns"),
        (b"x" * 5_000_001, "larger than 5 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(SheetError, match=sentence):
        read_grid(data, limits=Limits(rows=20, columns=50))


def test_a_file_that_takes_too_long_is_refused() -> None:
    ticks = iter(range(0, 100_000, 10))
    with pytest.raises(SheetError, match="takes too long"):
        read_grid(b"a,b\n" * 2_000, limits=Limits(clock=lambda: float(next(ticks))))


# -- workbooks


def test_a_workbook_gives_typed_values_and_their_text() -> None:
    def edit(book) -> None:
        book.active["C2"].number_format = "000"
        book.active["D2"].number_format = numbers.FORMAT_PERCENTAGE
        book.active["E2"].number_format = "#,##0"

    data = to_xlsx(
        ["Date", "Time", "No", "Share", "Words", "When"],
        [date(2026, 5, 5), time(9, 30), 7, 0.25, 1400, datetime(2026, 5, 5, 14, 45)],
        edit=edit,
    )
    row = read_grid(data).rows[1]
    assert row.texts == ("2026-05-05", "09:30", "007", "25%", "1,400", "2026-05-05 14:45")
    assert row.values[0] == date(2026, 5, 5)
    assert row.values[1] == time(9, 30)
    assert row.values[5] == datetime(2026, 5, 5, 14, 45)


@pytest.mark.parametrize("old_mac", [False, True])
def test_serial_dates_count_from_the_workbooks_own_epoch(old_mac: bool) -> None:
    def edit(book) -> None:
        if old_mac:
            book.epoch = CALENDAR_MAC_1904
        book.active["A2"] = 45_000  # a bare serial, not formatted as a date
        book.active["A3"] = 45_000
        book.active["A3"].number_format = "yyyy-mm-dd"

    grid = read_grid(to_xlsx(["Date", "Title"], [None, "a"], [None, "b"], edit=edit))
    expected = date(2027, 3, 16) if old_mac else date(2023, 3, 15)
    assert grid.rows[2].values[0] == expected
    assert grid.epoch == (date(1904, 1, 1) if old_mac else date(1899, 12, 30))


def test_a_merged_date_counts_for_each_of_its_rows() -> None:
    data = to_xlsx(
        ["Date", "Title"],
        [date(2026, 5, 5), "one"],
        [None, "two"],
        [None, "three"],
        edit=lambda book: book.active.merge_cells("A2:A3"),
    )
    assert [row.values[0] for row in read_grid(data).rows[1:]] == [
        date(2026, 5, 5),
        date(2026, 5, 5),
        None,
    ]


def test_hidden_rows_are_marked_and_formulas_give_what_was_stored() -> None:
    def edit(book) -> None:
        book.active.row_dimensions[3].hidden = True
        book.active["B2"] = "=CONCAT(A2,A3)"

    grid = read_grid(to_xlsx(["Date", "Title"], ["2026-05-05", ""], ["2026-05-06", "b"], edit=edit))
    assert [row.hidden for row in grid.rows] == [False, False, True]
    assert "B2 has no stored result" in str(grid.rows[1].notes[0])


def test_control_characters_that_excel_spells_out_are_gone() -> None:
    assert read_grid(to_xlsx(["Title", "Note"], ["One_x000D_\nTwo", "x"])).rows[1].texts[0] == (
        "One\nTwo"
    )


def test_errors_in_cells_are_empty() -> None:
    assert read_grid(to_xlsx(["Title", "Note"], ["#REF!", "x"])).rows[1].texts == ("", "x")


def test_of_several_sheets_the_calendar_is_chosen_or_the_one_that_is_named() -> None:
    def edit(book) -> None:
        book.active.title = "Read me"
        plan = book.create_sheet("Plan 2026")
        plan.append(["Datum", "Kanal", "Titel"])
        plan.append([date(2026, 5, 5), "Instagram", "Hallo"])
        book.create_sheet("Old").sheet_state = "hidden"

    data = to_xlsx(["This file belongs to the team"], edit=edit)
    assert read_grid(data, choose_sheet=choose_sheet).sheet == "Plan 2026"
    assert read_grid(data).sheets == ("Read me", "Plan 2026")
    assert read_grid(data, sheet="Read me").rows[0].texts[0].startswith("This file")
    with pytest.raises(SheetError, match="no sheet “Nope” in this file: it has Read me, Plan 2026"):
        read_grid(data, sheet="Nope")
    with pytest.raises(SheetError, match="The sheet “Old” is empty"):
        read_grid(data, sheet="Old")


def test_rows_that_are_only_formatted_are_not_rows() -> None:
    def edit(book) -> None:
        book.active["A900000"].number_format = "0.00"

    assert len(read_grid(to_xlsx(["Title", "Note"], ["a", "b"], edit=edit)).rows) == 2


# -- bombs


def _workbook_with(name: str, content: bytes) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(to_xlsx(["Title", "Note"], ["a", "b"])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            if entry != name:
                target.writestr(entry, source.read(entry))
        target.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


def _sheet(rows: bytes) -> bytes:
    return _workbook_with(SHEET, HEAD + rows + TAIL)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        pytest.param(
            lambda: _workbook_with("xl/media/zeros.bin", b"\0" * 60_000_000),
            "unpacks to more than a calendar needs",
            id="a zip bomb",
        ),
        pytest.param(
            lambda: _workbook_with("xl/sharedStrings.xml", b"<si/>" * 4_000_000),
            "unpacks to more than a calendar needs",
            id="very many small tags",
        ),
        pytest.param(
            lambda: _workbook_with(
                SHEET,
                b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + HEAD + b"&b;" + TAIL,
            ),
            "damaged",
            id="entities that multiply",
        ),
        pytest.param(
            lambda: _sheet(b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
            "more than 20000 rows",
            id="a row far below",
        ),
        pytest.param(
            lambda: _sheet(b'<row r="1"><c r="XFD1"><v>1</v></c></row>'),
            "more than 200 columns",
            id="a column far right",
        ),
        pytest.param(
            lambda: _sheet(b'<row r="99999999999999"><c r="A1"><v>1</v></c></row>'),
            "more than 20000 rows",
            id="an impossible row",
        ),
        pytest.param(
            lambda: _sheet(b'<row r="x"><c r="A1"><v>1</v></c></row>'), "damaged", id="nonsense"
        ),
        pytest.param(lambda: to_xlsx(["a", "b"])[:900], "damaged", id="cut off"),
        pytest.param(
            lambda: _workbook_with("xl/workbook.bin", b"x"), "binary Excel file", id="xlsb"
        ),
    ],
)
def test_bombs_and_damaged_workbooks_are_refused_in_one_sentence(data, sentence: str) -> None:
    packed = data()
    assert len(packed) < 5_000_000
    with pytest.raises(SheetError, match=sentence):
        read_grid(packed)


def test_too_many_parts_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for number in range(2_100):
            target.writestr(f"xl/{number}.xml", b"")
    with pytest.raises(SheetError, match="unpacks to more"):
        read_grid(out.getvalue())


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("letter.txt", b"Dear all")
    with pytest.raises(SheetError, match="no Excel file"):
        read_grid(out.getvalue())


# -- header


def test_leading_title_rows_are_not_the_header() -> None:
    data = to_bytes(
        ["Editorial calendar 2026", "", ""],
        ["", "", ""],
        ["Date", "Channel", "Title"],
        ["2026-01-05", "Blog", "One"],
    )
    table = table_of(data)
    assert (table.header_row, table.header) == (3, ("Date", "Channel", "Title"))
    assert [row.number for row in table.rows] == [4]


def test_a_file_without_column_names_uses_letters_and_loses_no_row() -> None:
    data = to_bytes(
        ["01/13/2026 09:00", "Good morning to everyone", "https://example.org/a"],
        ["01/14/2026 09:00", "And good night", "https://example.org/b"],
    )
    table = table_of(data)
    assert (table.header_row, table.header) == (0, ("A", "B", "C"))
    assert len(table.rows) == 2


def test_the_header_row_may_be_told_and_an_empty_one_is_refused() -> None:
    data = to_bytes(["x", "y"], ["Date", "Title"], ["", ""], ["2026-01-01", "a"])
    assert table_of(data, header_row=2).header == ("Date", "Title")
    assert table_of(data, header_row=0).header == ("A", "B")
    with pytest.raises(SheetError, match="Row 3 of this file is empty"):
        table_of(data, header_row=3)


def test_unnamed_and_doubled_columns_get_names_of_their_own() -> None:
    data = to_bytes(["Title", "", "Notes", "Notes"], ["a", "b", "c", "d"])
    assert table_of(data).header == ("Title", "B", "Notes", "Notes (2)")
