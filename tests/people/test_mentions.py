"""Who a text addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.mentions import Piece, mentioned, pieces

NAMES = {1: "Maya Lind", 2: "Maya Lindqvist", 3: "Ines O'Hara", 4: "Zoë", 5: "Cole Reed"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Maya Lind, please look", [1]),
        ("@maya lindqvist please", [2]),
        ("ask @Ines and @cole.", [3, 5]),
        ("@Zoë @ZOË", [4]),
        ("@Maya alone could be two", []),
        ("maya@Ines.example is an address", []),
        ("@Inesita is another name", []),
        ("(@Cole Reed)", [5]),
        ("@Cole Reed-Smith", [5]),
        ("@nobody @ Ines", []),
    ],
)
def test_who_is_addressed(text: str, expected: list[int]) -> None:
    assert mentioned(text, NAMES) == expected


def test_the_parts_carry_who_is_meant() -> None:
    assert pieces("Ask @Ines now", NAMES) == [Piece("Ask "), Piece("@Ines", 3), Piece(" now")]


@given(st.text(alphabet="@ MayaLindCole'ë.\n", max_size=60))
def test_the_parts_are_the_text_again(text: str) -> None:
    assert "".join(piece.text for piece in pieces(text, NAMES)) == text


def test_two_of_the_same_name_are_named_by_nothing() -> None:
    assert mentioned("@Kim Park", {1: "Kim Park", 2: "Kim Park"}) == []
    assert mentioned("@ and @x", {}) == []
