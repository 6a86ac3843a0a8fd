"""What a mail says about a thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Moved:
    """A step of the reader's with the day it had (None: it is new) and the one it has now."""

    title: str
    was: date | None
    day: date | None


@dataclass(frozen=True, slots=True)
class Described:
    """What a mail says about a thing: its name, its page, when and where.

    `at` is shown in `zone`; `day` is a local day of the organization, `was` the one before it
    moved, `steps` what moved with it.
    """

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
    day: date | None = None
    was: date | None = None
    steps: tuple[Moved, ...] = ()
    count: int = 0
