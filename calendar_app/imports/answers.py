"""What somebody answered about a file, as it is kept with it (`ImportBatch.options`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from calendar_app.imports.columns import Mapped
from calendar_app.imports.words import Field

CREATE = "create"
LEAVE_OUT = "leave"


@dataclass(frozen=True, slots=True)
class Answers:
    """The questions of an import and what was answered; the defaults are "not answered yet".

    `fields` None means: as suggested. `default_channel` is a channel's id as text, `create:NAME`
    or LEAVE_OUT. `channels` answers words of the file: a channel's id, CREATE or LEAVE_OUT.
    """

    sheet: str | None = None
    header_row: int | None = None
    fields: Mapped | None = None
    day_first: bool | None = None
    default_channel: str = ""
    channels: Mapping[str, str] = field(default_factory=dict)
    first_week: date | None = None
    default_time: time = time(9, 0)
    anchor: date | None = None
    include_hidden: bool = False

    def to_json(self) -> dict[str, Any]:
        """The answers as plain JSON."""
        return {
            "sheet": self.sheet,
            "header_row": self.header_row,
            "fields": None if self.fields is None else {str(i): f for i, f in self.fields.items()},
            "day_first": self.day_first,
            "default_channel": self.default_channel,
            "channels": dict(self.channels),
            "first_week": self.first_week.isoformat() if self.first_week else None,
            "default_time": self.default_time.isoformat("minutes"),
            "anchor": self.anchor.isoformat() if self.anchor else None,
            "include_hidden": self.include_hidden,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Answers:
        """The answers that `to_json` wrote."""
        fields = data.get("fields")
        return cls(
            sheet=data.get("sheet"),
            header_row=data.get("header_row"),
            fields=None if fields is None else {int(i): Field(f) for i, f in fields.items()},
            day_first=data.get("day_first"),
            default_channel=data.get("default_channel", ""),
            channels=data.get("channels", {}),
            first_week=_day(data.get("first_week")),
            default_time=time.fromisoformat(data.get("default_time", "09:00")),
            anchor=_day(data.get("anchor")),
            include_hidden=data.get("include_hidden", False),
        )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
