"""Finding the channels and people that a cell names, among those that exist.

Nothing is invented: what is not found, or could be two, is said. One cell may name several
(``FB/IG``, ``Facebook & LinkedIn``, ``OB+AG``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from calendar_app.imports.folding import fold
from calendar_app.imports.words import AND_WORDS, NETWORKS

_ANDS = "|".join(sorted(AND_WORDS))
_SEPARATORS = re.compile(rf"\s*[/,;&+|\n•·]\s*|\s+(?:{_ANDS})\s+", re.IGNORECASE)
_KIND_OF: dict[str, str] = {
    fold(name): kind for kind, names in NETWORKS.items() for name in (*names, kind)
}
_NEVER_INSIDE = frozenset({"x", "li", "tt", "pin", "web", "mail", "press", "event", "google", "ig"})


@dataclass(frozen=True, slots=True)
class KnownChannel:
    """A channel of the organization. `zone` is its IANA time zone, empty for the organization's."""

    key: str
    name: str
    kind: str
    short_name: str = ""
    zone: str = ""


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


def network_of(word: str) -> str | None:
    """The kind of channel a word stands for, also inside it (``"IG" -> "instagram"``)."""
    folded = fold(word)
    if folded in _KIND_OF:
        return _KIND_OF[folded]
    kinds = {
        _KIND_OF[token]
        for token in folded.split()
        if token in _KIND_OF and token not in _NEVER_INSIDE
    }
    if len(kinds) == 1:
        return kinds.pop()
    short = {_KIND_OF[token] for token in folded.split()[:1] if token in _KIND_OF}
    return short.pop() if short and not kinds else None


class ChannelFinder:
    """Finds channels by name, short name, or as the only one of their kind.

    `choices` are answers given for words before: word -> channel key, or None to leave it out.
    """

    def __init__(
        self, channels: Iterable[KnownChannel], choices: Mapping[str, str | None] | None = None
    ) -> None:
        self.channels = tuple(channels)
        self.choices = {fold(word): key for word, key in (choices or {}).items()}
        self._by_name = _unique((fold(channel.name), channel.key) for channel in self.channels)
        self._by_short = _unique(
            (fold(channel.short_name), channel.key) for channel in self.channels
        )
        self._by_kind = _unique((channel.kind, channel.key) for channel in self.channels)
        self._cache: dict[str, Found] = {}

    def find(self, cell: str) -> Found:
        """Return the channels that `cell` names; first as a whole, then part by part."""
        if cell not in self._cache:
            self._cache[cell] = self._find(cell)
        return self._cache[cell]

    def _find(self, cell: str) -> Found:
        whole = self._exact(cell)
        if whole is not None:
            return Found((whole,) if whole else ())
        keys: list[str] = []
        unknown: list[str] = []
        for part in parts_of(cell):
            key = self._one(part)
            if key is None:
                unknown.append(part)
            elif key and key not in keys:
                keys.append(key)
        return Found(tuple(keys), tuple(dict.fromkeys(unknown)))

    def _exact(self, word: str) -> str | None:
        """The key, "" where the answer is to leave it out, None where nothing is known."""
        folded = fold(word)
        if folded in self.choices:
            return self.choices[folded] or ""
        return self._by_name.get(folded) or self._by_short.get(folded)

    def _one(self, word: str) -> str | None:
        exact = self._exact(word)
        if exact is not None:
            return exact
        kind = network_of(word)
        return self._by_kind.get(kind) if kind else None


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
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
            _unique((fold(person.name), person.key) for person in people),
            _unique((person.email.strip().lower(), person.key) for person in people),
            _unique((fold(person.initials), person.key) for person in people),
            _unique((_first_name(person.name), person.key) for person in people),
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
