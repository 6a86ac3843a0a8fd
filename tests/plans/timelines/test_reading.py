"""Files of every kind to the rows of a timeline."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plancraft.lib.sheets.grids import Limits
from plancraft.lib.sheets.messages import SheetError
from plans.timelines import rules
from plans.timelines.markdown import read_cell
from plans.timelines.records import MOST_ROWS, TimelineRow
from tests.plans.timelines.kit import GARDEN, ROWS, read

SAMPLE = Path(__file__).parents[4] / "shared" / "data" / "software-release-timeline.md"


def by_what(timeline: Any) -> dict[str, TimelineRow]:
    return {row.what: row for row in timeline.rows}


# Markdown ----------------------------------------------------------------------------------------
def test_a_markdown_table_is_read_row_by_row() -> None:
    timeline = read(GARDEN)
    rows = by_what(timeline)
    assert (timeline.kind, len(timeline.rows)) == ("markdown", ROWS)
    first = timeline.rows[0]
    assert (first.number, first.what, first.who) == (7, "Kick-off with growers", "Lead")
    assert first.note == "Week: week 1\nLinks: agenda\nagenda: https://x.test/a"
    freeze = rows["Begin Wording freeze"]
    assert freeze.strong and freeze.when.at == datetime(2026, 9, 18, 12, tzinfo=UTC)
    assert rows["Draft the leaflet | poster text"].when.day == date(2026, 9, 22)
    assert "local papers: https://example.org/papers" in rows["Call the local papers"].note
    assert rows["Harvest fair"].when.until == date(2026, 9, 26)
    assert str(rows["Photo call"].when.reason) == "“week 4” names a week and no day."


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("**Begin [Code Freeze]**", "Begin Code Freeze"),
        ("[text](https://x.test 'title') and `code`", "text and code"),
        ("*slanted* and __bold__ and ~~gone~~", "slanted and bold and gone"),
        (r"2 \* 3 \[not a link\]", "2 * 3 [not a link]"),
        ("a<br>b &amp; c", "a\nb & c"),
        ("[x] Ship it", "Ship it"),
        ("snake_case_name stays", "snake_case_name stays"),
        ("<https://x.test/a_b>", "https://x.test/a_b"),
        ("![logo](x.png) Name", "logo Name"),
    ],
)
def test_markup_is_taken_off_cells(source: str, text: str) -> None:
    assert read_cell(source, {}).text == text


def test_only_tables_that_say_what_and_when_are_read() -> None:
    other = "| Name | Phone |\n|---|---|\n| Ana | 1 |\n\n"
    assert len(read(other + GARDEN).rows) == ROWS
    with pytest.raises(SheetError, match="Name its columns What, Who and When"):
        read(other)


def test_a_table_without_outer_pipes_and_in_german() -> None:
    rows = read("Was | Wer | Wann\n---|---|---\nFreigabe | Recht | 3. März 2027\n").rows
    assert [(r.number, r.what, r.who, r.when.day) for r in rows] == [
        (3, "Freigabe", "Recht", date(2027, 3, 3))
    ]


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample of a release timeline is not here")
def test_every_row_of_the_sample_is_accounted_for() -> None:
    data = SAMPLE.read_bytes()
    lines = [line for line in data.decode().splitlines() if line.startswith("|")]
    rows = read(data).rows
    assert len(rows) == len(lines) - 2 >= 30  # without the header and the dashes
    assert all(row.when.day is not None and row.what for row in rows)
    problems = [str(problem) for row in rows for problem in row.problems]
    assert problems == ["“23th” was read as 23rd."]
    assert sum(row.when.at is not None for row in rows) == data.decode().count("AoE)")
    main = rules.suggested_key_date(rows)
    [chosen] = [row for row in rows if row.number == main]
    assert chosen.strong and chosen.what.endswith("released")


# CSV and Excel -----------------------------------------------------------------------------------
def test_csv_by_other_names_with_semicolons_in_windows_code() -> None:
    text = "Aufgabe;Zuständig;Fällig am;Notiz\nPrüfen;Büro;3. März 2027;laut Plan\n"
    [row] = read(text.encode("cp1252")).rows
    assert (row.what, row.who, row.when.day) == ("Prüfen", "Büro", date(2027, 3, 3))
    assert row.note == "laut Plan"


def test_csv_with_a_title_above_time_and_end() -> None:
    text = "Our dates\n\nTask,Owner,Date,Time,End date\nFair,Ana,2027-03-03,10:30,2027-03-05\n"
    [row] = read(text).rows
    assert row.when.at == datetime(2027, 3, 3, 9, 30, tzinfo=UTC)
    assert (row.number, row.when.until) == (4, date(2027, 3, 5))


def test_columns_without_names_are_known_by_what_they_hold() -> None:
    rows = read("2027-03-03,Write the release note\n2027-03-04,Publish it\n").rows
    assert [(r.what, r.when.day) for r in rows] == [
        ("Write the release note", date(2027, 3, 3)),
        ("Publish it", date(2027, 3, 4)),
    ]


def test_bare_numbers_ask_which_comes_first() -> None:
    text = "What,When\nA,03/04/2027\nB,05/06/2027\n"
    asked = read(text)
    assert (asked.asks_order, asked.order_example) == (True, "03/04/2027")
    assert [row.when.day for row in read(text, day_first=True).rows] == [
        date(2027, 4, 3),
        date(2027, 6, 5),
    ]
    assert read(text, day_first=False).rows[0].when.day == date(2027, 3, 4)
    assert not read("What,When\nA,03/04/2027\nB,25/06/2027\n").asks_order


def workbook(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_an_excel_sheet_with_real_dates() -> None:
    data = workbook(
        [
            ["Milestone", "Role", "Deadline"],
            ["Go live", "Web", datetime(2027, 3, 3, 14)],
            ["Print", "Shop", datetime(2027, 3, 1)],
            ["Think", "", "TBD"],
        ]
    )
    timeline = read(data)
    assert timeline.kind == "xlsx"
    live, printed, think = timeline.rows
    assert live.when.at == datetime(2027, 3, 3, 13, tzinfo=UTC)
    assert (printed.when.day, printed.when.at) == (date(2027, 3, 1), None)
    assert str(think.when.reason) == "The date is still open: “TBD”."


# Calendars ---------------------------------------------------------------------------------------
ICS = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//x//y//EN\r
BEGIN:VEVENT\r
UID:a@x.test\r
SUMMARY:Harvest fair\\, day one\r
DTSTART;VALUE=DATE:20260924\r
DTEND;VALUE=DATE:20260927\r
DESCRIPTION:Bring baskets\\nand gloves\r
LOCATION:Market\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:b@x.test\r
SUMMARY:Launch call\r
DTSTART;TZID=America/New_York:20261013T200000\r
DTEND;TZID=America/New_York:20261013T210000\r
ATTENDEE;CN="Maya Member":mailto:maya@example.org\r
RRULE:FREQ=WEEKLY\r
END:VEVENT\r
BEGIN:VTODO\r
UID:c@x.test\r
SUMMARY:Proofread\r
DUE:20261001T100000Z\r
END:VTODO\r
BEGIN:VTODO\r
UID:d@x.test\r
SUMMARY:Some day\r
END:VTODO\r
END:VCALENDAR\r
"""


def test_a_calendar_with_whole_days_zones_and_to_dos() -> None:
    timeline = read(ICS)
    fair, call, proof, some = timeline.rows
    assert timeline.kind == "ics" and [row.number for row in timeline.rows] == [1, 2, 3, 4]
    assert (fair.what, fair.when.day, fair.when.until) == (
        "Harvest fair, day one",
        date(2026, 9, 24),
        date(2026, 9, 26),
    )
    assert fair.note == "Bring baskets\nand gloves\nMarket" and fair.uid == "a@x.test"
    assert (call.when.day, call.when.at) == (
        date(2026, 10, 14),
        datetime(2026, 10, 14, 0, tzinfo=UTC),
    )
    assert (call.who, call.when.until) == ("Maya Member", None)
    assert [str(p) for p in call.problems] == ["It repeats; only the first one was taken."]
    assert proof.when.at == datetime(2026, 10, 1, 10, tzinfo=UTC)
    assert [str(p) for p in some.problems] == ["There is no date."]


def test_an_empty_and_a_damaged_calendar() -> None:
    with pytest.raises(SheetError, match="no events and no to-dos"):
        read("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    for rest in ("nonsense\n", "END:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n"):
        with pytest.raises(SheetError, match="is damaged"):
            read("BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + rest)


def test_a_calendar_of_years_is_refused() -> None:
    one = "BEGIN:VEVENT\nUID:1\nSUMMARY:A\nDTSTART:20270301\nEND:VEVENT\n"
    with pytest.raises(SheetError, match="301 entries; at most 300"):
        read("BEGIN:VCALENDAR\n" + one * (MOST_ROWS + 1) + "END:VCALENDAR\n")


# What is refused ---------------------------------------------------------------------------------
def zip_of(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty."),
        (b"%PDF-1.7", "This is no table"),
        (b"\x00" * 200, "This is no text file"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, "old Excel file"),
        (b"just a line of words", "No column says what is to happen and when"),
        (b"What,When\n", "There are no rows below the names of the columns."),
        (b"PK\x03\x04 and nothing", "This Excel file is damaged"),
        (zip_of(a="b"), "This is no Excel file"),
        (b"What,When\n" + b"A,2027-03-03\n" * 301, "more than 300 rows"),
        (b"x" * 5_000_001, "larger than 5 MB"),
    ],
)
def test_what_is_no_timeline_is_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(SheetError, match=sentence):
        read(data)


def test_bombs_are_refused_unopened() -> None:
    bomb = "<a>" + "<b/>" * 4_000_000
    with pytest.raises(SheetError, match="unpacks to more"):
        read(zip_of(**{"[Content_Types].xml": "<x/>", "xl/workbook.xml": bomb}))
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    with pytest.raises(SheetError):
        read(zip_of(**{"[Content_Types].xml": "<x/>", "xl/worksheets/sheet1.xml": entity}))


def test_a_line_of_many_dashes_costs_nothing() -> None:
    with pytest.raises(SheetError):
        read("a | b\n" + "-|" * 40_000 + "\n", limits=Limits(seconds=2))
    with pytest.raises(SheetError):
        read("| a | b |\n" + "|" + " - " * 9_000 + "!\n" + "[" * 9_000)


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        timeline = read("| What | When |\n|---|---|\n" + text)
    except SheetError as error:
        assert str(error.message)
    else:
        assert all(row.what or row.when or row.note for row in timeline.rows)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for start in (b"", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", b"PK\x03\x04"):
        try:
            read(start + data)
        except SheetError as error:
            assert str(error.message)
