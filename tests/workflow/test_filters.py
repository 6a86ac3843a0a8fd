"""What the lists of ownership and approval are narrowed to by their address."""

from __future__ import annotations

import pytest

from workflow.filters import Filters, Known, read
from workflow.registry import Places

NAMES = ("plan", "team", "kind", "age", "stage", "late", "whom")


@pytest.fixture
def known() -> Known:
    return Known(
        Places({1: "Spring", 2: "Autumn"}, {5: "Retail"}, frozenset({2})), 9, frozenset({9, 10})
    )


# The address --------------------------------------------------------------------------------------
def test_what_is_there_narrows(known: Known) -> None:
    asked = {
        "plan": "1",
        "team": " 5 ",
        "kind": "story",
        "age": "31-",
        "stage": "Brand",
        "late": "no",
        "whom": "10",
    }
    filters, ignored = read(asked, known, NAMES)
    assert ignored == []
    assert filters == Filters(
        frozenset({1}), 5, "story", 4, "Brand", False, 10, {**asked, "team": "5"}
    )


def test_me_and_mine_are_the_reader_s(known: Known) -> None:
    filters, ignored = read({"plan": "mine", "whom": "me"}, known, NAMES)
    assert (filters.plans, filters.whom, ignored) == (frozenset({2}), 9, [])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", ["3\x00", "-1", "9" * 200, "x" * 300, "4–7", "٣"])
def test_nonsense_narrows_nothing_and_is_said(known: Known, name: str, text: str) -> None:
    filters, ignored = read({name: text}, known, NAMES)
    if name == "stage" and not (len(text) > 200 or "\x00" in text):
        assert filters.stage == text, "a stage may have any name"
        return
    assert (filters, len(ignored)) == (Filters(), 1)


def test_a_page_reads_only_its_own_names(known: Known) -> None:
    assert read({"stage": "Brand", "x": "1"}, known, ("plan",)) == (Filters(), [])
