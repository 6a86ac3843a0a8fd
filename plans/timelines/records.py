"""A timeline as it was read: what, who, when and what else stood in each row. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from plancraft.lib.sheets.messages import Message
from plans.timelines.dates import When

MOST_ROWS = 300
UNDATED = When()


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One row; `number` is its row or line in the file, `uid` the name that a calendar gave it.

    `strong`: its title stands out in the file. `said` are things to know about it besides its date.
    """

    number: int
    what: str
    who: str = ""
    when: When = UNDATED
    note: str = ""
    strong: bool = False
    uid: str = ""
    said: tuple[Message, ...] = ()

    @property
    def problems(self) -> tuple[Message, ...]:
        """Everything about this row that a person should look at; why it has no day comes first."""
        why = (self.when.reason,) if self.when.reason and self.what else ()
        return (*why, *self.when.problems, *self.said)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every row in the file's order; `kind` is csv, xlsx, ics or markdown.

    `asks_order`: bare numbers like 03/04/2027 leave open whether the day or the month comes first,
    and nobody has said.
    """

    rows: tuple[TimelineRow, ...]
    kind: str
    asks_order: bool = False
    order_example: str = ""
