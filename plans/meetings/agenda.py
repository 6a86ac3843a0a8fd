"""Drawing an agenda up again: pure. What people did by hand stays, the rest follows the state.

    line of a source, not on the agenda yet       added
    on the agenda, untouched, still true          its words are brought up to date
    on the agenda, untouched, no longer true      dropped
    edited, ticked, removed or written by hand    left exactly as it is

So drawing up twice at the same moment changes nothing, and nothing anybody typed is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MOST = 8
"""Lines of one source; an agenda with more is a list, and the list has a page of its own."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one agenda item says. `key` is unique in the agenda; `owner` is a membership's key."""

    source: str
    key: str
    text: str
    detail: str = ""
    url: str = ""
    owner: int | None = None
    is_nobodys: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """An item on the agenda; `by_hand`: somebody edited, ticked, removed or wrote it."""

    line: Line
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Redrawn:
    """What drawing up again does, by keys and lines."""

    add: list[Line] = field(default_factory=list)
    change: list[Line] = field(default_factory=list)
    drop: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)


def redraw(standing: Mapping[str, Standing], fresh: Sequence[Line]) -> Redrawn:
    """From what stands there (by key) to what the sources say now, in their order."""
    wanted = {line.key: line for line in fresh}
    return Redrawn(
        add=[line for key, line in wanted.items() if key not in standing],
        change=[
            line
            for key, line in wanted.items()
            if key in standing and not standing[key].by_hand and standing[key].line != line
        ],
        drop=[key for key, item in standing.items() if not item.by_hand and key not in wanted],
        order=list(wanted),
    )
