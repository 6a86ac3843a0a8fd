"""Search: in all forms of a word, title before topics before text, with typing errors mended."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans.models import PlaybookEntry
from plans.playbook import services
from plans.playbook.search import BEGIN, END, search
from tests import factories
from tests.plans.playbook.conftest import MONDAY, publish


def titles(cast: Any, asked: str) -> list[str]:
    found = search(cast.organization, asked)
    return ["".join(piece.text for piece in hit.title) for hit in found.hits]


def test_title_weighs_more_than_topic_and_topic_more_than_text(cast: Any, shelf: Any) -> None:
    expected = [shelf[key].title for key in ("title", "topic", "text")]
    assert titles(cast, "embargo") == expected


def test_every_form_of_a_word_is_found(cast: Any, shelf: Any) -> None:
    assert titles(cast, "embargoes") == titles(cast, "embargo")
    assert titles(cast, "posting early") == ["Launch days"]
    assert titles(cast, "describing images") == ["Alt text"]


def test_another_language_is_searched_as_it_is_written(cast: Any) -> None:
    entry = publish(cast, "Freigabe im Urlaub", "Vertretung benennen, die auch darf.")
    PlaybookEntry.objects.filter(pk=entry.pk).update(language="simple")
    assert titles(cast, "urlaub") == ["Freigabe im Urlaub"]
    assert titles(cast, "die Vertretung") == ["Freigabe im Urlaub"]
    assert titles(cast, "Vertretungen") == ["Freigabe im Urlaub"]  # as its nearest word


@pytest.mark.parametrize(
    ("typed", "mended"),
    [("embrago", "embargo"), ("acessibility", "accessibility"), ("reportres", "reporters")],
)
def test_a_typing_error_is_mended_and_said(cast: Any, shelf: Any, typed: str, mended: str) -> None:
    found = search(cast.organization, typed)
    assert found.mended == {typed: mended}
    assert found.hits
    assert not search(cast.organization, mended).mended


def test_what_is_like_nothing_finds_nothing(cast: Any, shelf: Any) -> None:
    found = search(cast.organization, "xylophone zebra")
    assert (found.hits, found.mended) == ([], {})
    assert found.words == ["xylophone", "zebra"]


def test_entries_with_all_words_leave_the_others_out(cast: Any, shelf: Any) -> None:
    assert titles(cast, "embargo launch") == ["Launch days"]
    some = search(cast.organization, "embargo xylophone")
    assert not some.has_all
    assert len(some.hits) == 3


def test_quotes_and_minus_mean_what_they_mean_elsewhere(cast: Any, shelf: Any) -> None:
    assert titles(cast, '"embargo reporters"') == []
    assert titles(cast, '"posted early"') == ["Launch days"]
    assert titles(cast, "embargo -launch") == ["Working with an embargo", "News for reporters"]


@pytest.mark.parametrize("asked", ["", "  ", "?!", "\x00", "'", '"', "((", "& | !", "a" * 5000])
def test_nonsense_finds_nothing_and_breaks_nothing(cast: Any, shelf: Any, asked: str) -> None:
    assert search(cast.organization, asked).hits == []


def test_matched_words_are_marked_and_nothing_else_is(cast: Any, shelf: Any) -> None:
    hit = search(cast.organization, "embargo").hits[0]
    assert [piece.text for piece in hit.title if piece.hit] == ["embargo"]
    assert "".join(piece.text for piece in hit.title) == "Working with an embargo"
    assert not any(BEGIN in piece.text or END in piece.text for piece in (*hit.title, *hit.text))


def test_another_organization_is_never_found_nor_its_words(cast: Any, shelf: Any) -> None:
    theirs = publish(
        cast, "Zeppelin embargo", organization=cast.other_organization, by=cast.outsider
    )
    assert theirs.title not in titles(cast, "embargo")
    assert titles(cast, "zeppelin") == []
    found = search(cast.organization, "zepelin")
    assert (found.mended, found.hits) == ({}, [])
    assert [hit.pk for hit in search(cast.other_organization, "embargo").hits] == [theirs.pk]


def test_what_is_archived_is_not_found(cast: Any, shelf: Any) -> None:
    services.archive_entry(entry=shelf["text"], by=cast.manager, now=MONDAY)
    assert "Launch days" not in titles(cast, "embargo")
    assert titles(cast, "launch") == []


def test_an_edit_is_found_at_once(cast: Any, shelf: Any) -> None:
    PlaybookEntry.objects.filter(pk=shelf["other"].pk).update(body="A lighthouse.")
    assert titles(cast, "lighthouses") == ["Alt text"]


def test_two_statements_whatever_the_size(cast: Any, shelf: Any) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as made:
            search(cast.organization, "embrago for reporters")
        return len(made)

    assert cost() == 2
    author = factories.make_member(cast.organization, "manager")
    for number in range(30):
        publish(cast, f"Entry {number} of the embargo", by=author)
    assert cost() == 2
    assert len(search(cast.organization, "embargo").hits) == 30


def test_the_index_serves_the_search(cast: Any) -> None:
    """With sequential scans off, the plan must use it: the expression and the column agree."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM plans_playbookentry"
            " WHERE search @@ websearch_to_tsquery('english', 'embargo')"
        )
        assert "plans_playbookentry_search" in " ".join(line for (line,) in cursor.fetchall())
