"""Edits that cross: what differs is found, and nothing else."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from plancraft.lib.changes import PieceKind, compare_words, differences, fingerprint

LABELS = {"name": "Name", "summary": "What it is for"}


def test_only_fields_that_differ_are_told_in_the_order_of_the_labels() -> None:
    found = differences(
        LABELS,
        current={"name": "Spring", "summary": "For buyers", "other": "x"},
        typed={"summary": "For first-time buyers", "name": "Home Buyer Spring"},
    )
    assert [(c.field, c.label, c.current, c.typed) for c in found] == [
        ("name", "Name", "Spring", "Home Buyer Spring"),
        ("summary", "What it is for", "For buyers", "For first-time buyers"),
    ]


def test_line_endings_and_outer_space_are_no_difference() -> None:
    assert not differences(LABELS, current={"summary": "a\nb"}, typed={"summary": " a\r\nb\n"})


def test_a_field_that_one_side_lacks_counts_as_empty() -> None:
    assert [c.current for c in differences(LABELS, current={}, typed={"name": "New"})] == [""]


def test_words_that_changed_are_marked() -> None:
    pieces = compare_words("Four posts a week", "Three posts a week")
    assert [(p.kind, p.text) for p in pieces] == [
        (PieceKind.GONE, "Four"),
        (PieceKind.NEW, "Three"),
        (PieceKind.SAME, " posts a week"),
    ]


@given(st.text(max_size=80), st.text(max_size=80))
def test_both_texts_can_be_read_back(before: str, after: str) -> None:
    pieces = compare_words(before, after)
    assert "".join(p.text for p in pieces if p.kind != PieceKind.NEW) == before
    assert "".join(p.text for p in pieces if p.kind != PieceKind.GONE) == after


def test_a_fingerprint_follows_the_values_and_not_their_order() -> None:
    one = fingerprint({"count": 3, "from": date(2027, 1, 4), "weekdays": [0, 2]})
    assert one == fingerprint({"weekdays": [0, 2], "from": date(2027, 1, 4), "count": 3})
    assert one != fingerprint({"count": 4, "from": date(2027, 1, 4), "weekdays": [0, 2]})
