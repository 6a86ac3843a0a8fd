"""What differs between what someone typed and what is there now: pure helpers for edits that cross.

Two ways to notice that a thing changed since a form was opened:

- rows with a `version` column compare the number that the form carried;
- rows without one compare `fingerprint(values)`, a short digest of what the form showed.

Either way the second person is told, sees `differences(...)`, and loses nothing that was typed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from re import findall
from typing import Any


class PieceKind(StrEnum):
    """Whether words stand in both texts, only in the first, or only in the second."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words of a comparison."""

    kind: PieceKind
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: what is there now, what was typed, and the words that changed."""

    field: str
    label: str
    current: str
    typed: str

    @property
    def pieces(self) -> Sequence[Piece]:
        """From what is there now to what was typed, word by word."""
        return compare_words(self.current, self.typed)


def differences(
    labels: Mapping[str, str], *, current: Mapping[str, str], typed: Mapping[str, str]
) -> list[Change]:
    """The fields, in the order of `labels`, whose words differ; a field missing on one side is "".

    Values are words as a person reads them. Line endings and outer space are no difference.
    """
    return [
        Change(field, label, current.get(field, ""), typed.get(field, ""))
        for field, label in labels.items()
        if _tidy(current.get(field, "")) != _tidy(typed.get(field, ""))
    ]


def fingerprint(values: Mapping[str, Any]) -> str:
    """A short digest of plain values (text, numbers, dates, lists): equal values, equal digest."""
    words = json.dumps(values, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(words.encode()).hexdigest()[:20]


def compare_words(before: str, after: str) -> list[Piece]:
    """How `before` became `after`; joining all but GONE gives `after`, all but NEW `before`."""
    old, new = _words(before), _words(after)
    pieces: list[Piece] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(PieceKind.SAME, "".join(old[old_from:old_to])))
            continue
        if old_to > old_from:
            pieces.append(Piece(PieceKind.GONE, "".join(old[old_from:old_to])))
        if new_to > new_from:
            pieces.append(Piece(PieceKind.NEW, "".join(new[new_from:new_to])))
    return pieces


def _words(text: str) -> list[str]:
    return findall(r"\s+|[^\s]+", text)


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
