"""Who a text addresses by @name: pure.

`@Maya Lind` names whoever is called so, whatever the case; the longest name that fits is meant. A
first name alone, `@Maya`, is understood where exactly one person bears it. The @ begins a word (an
e-mail address names nobody), and the name ends where a word ends.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_AT = re.compile(r"(?<![\w@])@(?=\w)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: words, or with `member` the name (with its @) of the one addressed."""

    text: str
    member: int | None = None


def mentioned(text: str, names: Mapping[int, str]) -> list[int]:
    """The keys of those whom the text addresses, once each, in the order of the text."""
    found = [piece.member for piece in pieces(text, names) if piece.member is not None]
    return list(dict.fromkeys(found))


def pieces(text: str, names: Mapping[int, str]) -> list[Piece]:
    """The text in parts; joined, they are the text again. `names` are full names by key."""
    known = _spellings(names)
    found: list[Piece] = []
    end = 0
    for at in _AT.finditer(text):
        if at.start() < end:
            continue
        spelled = _at_word(text, at.end(), known)
        if spelled is None:
            continue
        if at.start() > end:
            found.append(Piece(text[end : at.start()]))
        end = at.end() + len(spelled)
        found.append(Piece(text[at.start() : end], known[spelled.casefold()]))
    if end < len(text):
        found.append(Piece(text[end:]))
    return found


def _at_word(text: str, start: int, known: Mapping[str, int]) -> str | None:
    """The longest known spelling that stands at `start` and ends where a word ends."""
    for length in sorted({len(spelling) for spelling in known}, reverse=True):
        spelled = text[start : start + length]
        after = text[start + length : start + length + 1]
        if spelled.casefold() in known and not (after.isalnum() or after == "_"):
            return spelled
    return None


def _spellings(names: Mapping[int, str]) -> dict[str, int]:
    """What may stand after an @, in folded case: full names, and first names that are no other's.

    Two people of the same full name are named by nothing: who is meant cannot be known.
    """
    full = _only_ones((key, name.strip()) for key, name in names.items())
    first = _only_ones((key, name.split()[0]) for key, name in names.items() if name.strip())
    return {**first, **full}


def _only_ones(named: Iterable[tuple[int, str]]) -> dict[str, int]:
    pairs = [(name.casefold(), key) for key, name in named if name]
    often = Counter(name for name, _ in pairs)
    return {name: key for name, key in pairs if often[name] == 1}
