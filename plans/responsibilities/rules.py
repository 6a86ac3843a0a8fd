"""The matrix of responsibilities: one letter for a person in a row.

    A   accountable: the owner of the thing, exactly one, or visibly none (rule 2)
    R   responsible: does it; for a task its collaborators
    C   consulted before it is done
    I   informed after it is done

Whom several records name in one row stands there once, by the letter that weighs most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Letter(StrEnum):
    """How someone stands to a piece of work, the weightiest first."""

    ACCOUNTABLE = "A"
    RESPONSIBLE = "R"
    CONSULTED = "C"
    INFORMED = "I"


WEIGHT = list(Letter)


def row_letters(owner: int | None, named: Iterable[tuple[int, Letter]]) -> dict[int, Letter]:
    """Member -> their one letter in a row."""
    found: dict[int, Letter] = {}
    for member, letter in sorted(named, key=lambda pair: WEIGHT.index(pair[1])):
        found.setdefault(member, letter)
    if owner is not None:
        found[owner] = Letter.ACCOUNTABLE
    return found


def accountable(letters: Mapping[int, Letter]) -> list[int]:
    """Who is accountable in these letters: one, or the choice is not made well."""
    return [member for member, letter in letters.items() if letter == Letter.ACCOUNTABLE]
