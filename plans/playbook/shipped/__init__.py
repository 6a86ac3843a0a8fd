"""The playbook that every organization begins with: one text file for each entry.

A file holds the title on its first line, the topics on its second, and after an empty line the text
in the playbook's markup (`plans.playbook.markup`). Its name without the ending is the key by which
an organization's copy of it is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Shipped:
    """One entry as it is shipped."""

    key: str
    title: str
    topics: str
    body: str


def _read(path: Path) -> Shipped:
    title, topics, _blank, *lines = path.read_text(encoding="utf-8").splitlines()
    return Shipped(path.stem, title.strip(), topics.strip(), "\n".join(lines).strip())


@lru_cache(maxsize=1)
def entries() -> tuple[Shipped, ...]:
    """Every shipped entry, by key."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.txt")))
