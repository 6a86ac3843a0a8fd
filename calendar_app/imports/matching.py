"""Finding the channels that a cell names, among those that exist.

Nothing is invented: what is not found, or could be two, is said. One cell may name several
(``FB/IG``, ``Facebook & LinkedIn``, ``OB+AG``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from calendar_app.imports.words import NETWORKS
from plancraft.lib.sheets.folding import fold
from plancraft.lib.sheets.names import Found, parts_of, unique

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
        self._by_name = unique((fold(channel.name), channel.key) for channel in self.channels)
        self._by_short = unique(
            (fold(channel.short_name), channel.key) for channel in self.channels
        )
        self._by_kind = unique((channel.kind, channel.key) for channel in self.channels)
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
