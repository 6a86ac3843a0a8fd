"""Comparing what people type: without case, accents, punctuation and doubled spaces."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d"})
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_APART = re.compile(r"[^\w#@+]+|_+")
_INVISIBLE = re.compile("[\u200b\u200c\u2060\ufeff\u00ad]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Return `text` for comparison: ``"Titre / Hook" -> "titre hook"``."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return _APART.sub(" ", unicodedata.normalize("NFKC", bare)).strip()


def fold_name(text: str) -> str:
    """Fold a column's name, taking words apart: ``"wordCount" -> "word count"``."""
    return fold(_CAMEL.sub(" ", text))


def clean(text: str) -> str:
    """Return a cell's text without invisible and control characters and outer space."""
    text = _CONTROL.sub("", _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    return text.strip(" \t\n\u00a0\u3000\u202f")
