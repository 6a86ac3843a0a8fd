# ruff: noqa: E501
"""Which column holds what."""

from __future__ import annotations

import pytest

from calendar_app.imports.columns import mapping_from_names, mapping_problem, named_field, suggest
from calendar_app.imports.words import Field
from plancraft.lib.sheets.messages import SheetError
from tests.calendar_app.imports.sheetmaking import BLOG, SOCIAL, table_of, to_bytes


def fields_of(*rows: list[str]) -> list[str]:
    return [field.value for field in suggest(table_of(to_bytes(*rows))).fields.values()]


def test_an_editorial_calendar() -> None:
    suggestion = suggest(table_of(BLOG.encode()))
    assert list(suggestion.fields.values()) == [
        Field.DATE, Field.WEEKDAY, Field.TITLE, Field.SLUG, Field.NOTES, Field.NOTES, Field.NOTES,
        Field.TAGS, Field.NOTES,
    ]  # fmt: skip
    assert suggestion.reasons[2] == "name"
    assert suggestion.reasons[8] == "unknown"


def test_a_french_social_calendar() -> None:
    assert list(suggest(table_of(SOCIAL.encode())).fields.values()) == [
        Field.DATE, Field.WEEKDAY, Field.CHANNEL, Field.KIND, Field.TAGS, Field.TITLE, Field.COPY,
        Field.HASHTAGS, Field.NOTES, Field.NOTES, Field.STATUS, Field.NOTES,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        (["Fecha", "Hora", "Red social", "Título", "Responsable", "Enlace", "Estado"],
         ["05/06/2026", "9:00", "IG", "Hola a todos", "Ana", "https://example.org", "listo"],
         ["date", "time", "channel", "title", "owner", "link", "status"]),
        (["Datum", "Uhrzeit", "Kanal", "Titel", "Text", "Verantwortlich", "Anmerkungen"],
         ["5.6.2026", "9 Uhr", "FB", "Hallo", "Guten Morgen", "Jana", "bald"],
         ["date", "time", "channel", "title", "copy", "owner", "notes"]),
        (["Data", "Orario", "Canale", "Titolo", "Didascalia", "Responsabile"],
         ["5/6/2026", "9:00", "FB", "Ciao", "Buongiorno a tutti", "Ugo"],
         ["date", "time", "channel", "title", "copy", "owner"]),
        (["Data", "Horário", "Rede social", "Título", "Legenda", "Responsável"],
         ["5/6/2026", "9:00", "FB", "Olá", "Bom dia a todos", "Rui"],
         ["date", "time", "channel", "title", "copy", "owner"]),
        (["Tarih", "Saat", "Platform", "Başlık", "Metin", "Sorumlu", "Durum"],
         ["5.6.2026", "9:00", "IG", "Merhaba", "Günaydın", "Ece", "taslak"],
         ["date", "time", "channel", "title", "copy", "owner", "status"]),
        (["날짜", "시간", "채널", "제목", "본문", "담당자", "상태"],
         ["2026-05-05", "9:00", "인스타그램", "봄 소식", "안녕하세요", "김", "초안"],
         ["date", "time", "channel", "title", "copy", "owner", "status"]),
        (["Text", "Image URL", "Tags", "Posting Time"],
         ["Good morning", "https://example.org/a.png", "spring", "2026-05-05 09:00"],
         ["copy", "link", "tags", "datetime"]),
        (["date", "time_24hr", "message_text"], ["05/13/2026", "09:00", "Good morning"],
         ["date", "time", "copy"]),
        (["Date - Intl. format or prompt", "Text", "Link(s) - Separated by comma for FB carousels",
          "Label(s) - Separated by comma", "Post subtype - I.e. story, reel, PDF .."],
         ["2026/05/05 09:00", "Good morning", "https://example.org", "a, b", "reel"],
         ["datetime", "copy", "link", "tags", "kind"]),
        (["postAtSpecificTime (YYYY-MM-DD HH:mm:ss)", "content", "link (OGmetaUrl)"],
         ["2026-05-05 09:00:00", "Good morning", "https://example.org"],
         ["datetime", "copy", "link"]),
        (["post", "platforms", "scheduleDate"],
         ["Good morning", "facebook, x", "2026-05-05T09:00:00Z"],
         ["copy", "channel", "datetime"]),
        (["Subject", "Start Date", "Start Time", "Description"],
         ["Good morning", "05/13/2026", "9:00 AM", "All about it"],
         ["title", "date", "time", "copy"]),
    ],
)  # fmt: skip
def test_sheets_in_many_languages(header: list[str], cells: list[str], expected: list[str]) -> None:
    assert fields_of(header, cells) == expected


def test_content_corrects_a_name() -> None:
    assert fields_of(["Day", "Title"], ["2026-05-05", "a"]) == ["date", "title"]
    assert fields_of(["Day", "Title"], ["Mon", "a"]) == ["weekday", "title"]
    assert fields_of(["Date", "Title"], ["2026-05-05 14:30", "a"]) == ["datetime", "title"]
    assert fields_of(["Title", "PillarLink"], ["a", "wool-guide"]) == ["title", "notes"]


def test_content_speaks_where_names_are_missing() -> None:
    long = "A long text that goes on for more than seventy characters, as posts of this kind do {}."
    rows = [
        [f"01/{n + 12}/2026 09:00", long.format(n), f"https://example.org/{n}"] for n in range(5)
    ]
    assert fields_of(*rows) == ["datetime", "copy", "link"]


def test_a_field_that_holds_once_is_suggested_once() -> None:
    fields = fields_of(
        ["Title", "Headline", "Date", "Due date"], ["a", "b", "2026-05-05", "2026-05-01"]
    )
    assert fields == ["title", "notes", "date", "notes"]


def test_an_empty_column_is_ignored() -> None:
    assert fields_of(["Title", "Whatever"], ["a", ""]) == ["title", "ignore"]


def test_names_are_read_without_case_accents_and_brackets() -> None:
    assert named_field("  TITRE / Hook ") is Field.TITLE
    assert named_field("Légende (FR)") is Field.COPY
    assert named_field("Weather") is None


# -- a mapping from a file


HEADER = ("Date", "Titre / Hook", "Whatever")


def test_a_mapping_file_names_columns_and_leaves_the_rest() -> None:
    assert mapping_from_names(HEADER, {"date": "date", "Titre / Hook": "title"}) == {
        0: Field.DATE, 1: Field.TITLE, 2: Field.IGNORE,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ({"Datum": "date"}, "no column “Datum”. The columns are: Date, Titre / Hook, Whatever."),
        ({"Date": "day"}, "“day” is no field. The fields are: date, time"),
        ({"Date": "date"}, "Say which column holds the title or the text"),
        ({"Date": "title", "Whatever": "title"}, "Only one column can hold “title”; now it is Date, W"),
    ],
)  # fmt: skip
def test_a_wrong_mapping_is_refused_in_one_sentence(names: dict, sentence: str) -> None:
    with pytest.raises(SheetError, match=sentence):
        mapping_from_names(HEADER, names)


def test_a_good_mapping_has_no_problem() -> None:
    assert mapping_problem({0: Field.COPY, 1: Field.NOTES, 2: Field.NOTES}, HEADER) is None
