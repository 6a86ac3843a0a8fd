"""What a mail says about a thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Described:
    """What a mail says about a thing: its name, its page, when and where."""

    title: str
    url: str
    detail: str
    at: datetime | None = None
    zone: ZoneInfo | None = None
    paste: str = ""
    plan_id: int | None = None
    noun: str = ""
    slug: str = ""
    who: str = ""
    reason: str = ""
