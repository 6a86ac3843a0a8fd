"""Finding the people that a cell names, among those that exist.

Nothing is invented: what is not found, or could be two, is said. One cell may name several
(``Comms / Docs``, ``OB+AG``, ``Ana and Ben``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from plancraft.lib.sheets.calendarwords import AND_WORDS
from plancraft.lib.sheets.folding import fold

_ANDS = "|".join(sorted(AND_WORDS))
_SEPARATORS = re.compile(rf"\s*[/,;&+|\n•·]\s*|\s+(?:{_ANDS})\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """An active member of the organization."""

    key: str
    name: str
    email: str = ""
    initials: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a cell names: keys of what is known, and the words that are not (or not clearly)."""

    keys: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def parts_of(cell: str) -> list[str]:
    """Split a cell that names several: ``"FB/IG" -> ["FB", "IG"]``."""
    return [part.strip() for part in _SEPARATORS.split(cell) if part and part.strip()]


def unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names that mean one thing only; what two share is left out and has to be asked."""
    found: dict[str, set[str]] = {}
    for name, key in pairs:
        if name:
            found.setdefault(name, set()).add(key)
    return {name: next(iter(keys)) for name, keys in found.items() if len(keys) == 1}


class PeopleFinder:
    """Finds members by full name, e-mail address, initials, or a first name only one bears."""

    def __init__(self, people: Iterable[KnownPerson]) -> None:
        people = tuple(people)
        self._names: list[dict[str, str]] = [
            unique((fold(person.name), person.key) for person in people),
            unique((person.email.strip().lower(), person.key) for person in people),
            unique((fold(person.initials), person.key) for person in people),
            unique((_first_name(person.name), person.key) for person in people),
        ]
        self._cache: dict[str, Found] = {}

    def find(self, cell: str) -> Found:
        """Return the people that `cell` names, in its order."""
        if cell not in self._cache:
            self._cache[cell] = self._find(cell)
        return self._cache[cell]

    def _find(self, cell: str) -> Found:
        whole = self._one(cell)
        if whole:
            return Found((whole,))
        keys: list[str] = []
        unknown: list[str] = []
        for part in parts_of(cell):
            key = self._one(part)
            if key is None:
                unknown.append(part)
            elif key not in keys:
                keys.append(key)
        return Found(tuple(keys), tuple(dict.fromkeys(unknown)))

    def _one(self, word: str) -> str | None:
        bare = word.strip().lstrip("@").strip()
        for names, name in zip(
            self._names, (fold(bare), bare.lower(), fold(bare), fold(bare)), strict=True
        ):
            if name and name in names:
                return names[name]
        return None


def _first_name(name: str) -> str:
    words = fold(name).split()
    return words[0] if words else ""
