"""The plain records that gap detection reads and the findings that it returns.

Ids are opaque: text (scenario documents) or whole numbers (rows), one sort within a world.
Instants are aware and in UTC, planned days are dates, and the shell resolves public holidays and
closures into them. What a field means is what rules 1, 4 and 5 say of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from plancraft.lib.dates import Period, WorkingCalendar

Id = str | int

NEWS_RELEASE = "news_release"
NOT_LIVE = frozenset({"idea", "cancelled"})
SECURED = frozenset({"approved", "published"})
HANDED_IN_LATER = frozenset({"draft", "in_review", "changes_requested"})


class Kind(StrEnum):
    """What a finding is about (rule 5)."""

    SHORTFALL = "shortfall"
    EMPTY_SLOT = "empty_slot"
    SILENCE = "silence"
    MISSING_COMPANION = "missing_companion"
    BROKEN_EMBARGO = "broken_embargo"
    MEDIA_NOT_FIRST = "media_not_first"
    COLLISION = "collision"
    BLACKOUT = "blackout"
    SILENT_STREAM = "silent_stream"
    AT_RISK = "at_risk"
    MISSED = "missed"
    UNCONFIRMED = "unconfirmed"
    LAPSED_STAKEHOLDER = "lapsed_stakeholder"


class Severity(StrEnum):
    """How soon a finding needs someone: by its due day, in working days (rule 5)."""

    CRITICAL = "critical"
    WARNING = "warning"
    NOTICE = "notice"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Organization:
    """The settings that all channels share; ``tolerance`` is how late a post is still on time."""

    timezone: ZoneInfo
    week_start: int = 0
    working: WorkingCalendar = field(default_factory=WorkingCalendar)
    tolerance: timedelta = timedelta(hours=24)
    blackouts: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    id: Id
    period: Period


@dataclass(frozen=True, slots=True)
class Stream:
    """An initiative of a plan; None as rhythm: it never falls silent."""

    id: Id
    plan: Id
    rhythm_days: int | None = None
    department: Id | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """Where posts appear; None as zone: the organization's."""

    id: Id
    kind: str
    public: bool = True
    timezone: ZoneInfo | None = None
    min_spacing: timedelta = timedelta(0)
    blackouts: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Commitment:
    """``count`` posts per day, week or month; ``start`` and ``end`` None: the plan's."""

    id: Id
    plan: Id
    channel: Id
    count: int
    per: str
    weekdays: frozenset[int] | None = None
    max_silence: int | None = None
    start: date | None = None
    end: date | None = None

    @property
    def has_slots(self) -> bool:
        """Whether each allowed weekday is a slot of its own: one post for each, every week."""
        return self.weekdays is not None and self.per == "week" and self.count == len(self.weekdays)

    def allows(self, day: date) -> bool:
        """Whether the promise names this weekday."""
        return self.weekdays is None or day.weekday() in self.weekdays


@dataclass(frozen=True, slots=True)
class CompanionRule:
    """A post on a channel of ``from_kind`` needs one on ``to_channel`` within the window."""

    id: Id
    from_kind: str
    to_channel: Id
    before: timedelta
    after: timedelta


class Item(NamedTuple):
    """One story. A tuple, because a world may hold 100,000 and is made for each page."""

    id: Id
    plan: Id
    stream: Id | None = None
    embargo_until: datetime | None = None
    linked: tuple[Id, ...] = ()


class Placement(NamedTuple):
    """One post; ``historical``: imported with its time already past (rule 4). A tuple like Item."""

    id: Id
    item: Id
    channel: Id
    at: datetime
    state: str
    hand_in_by: datetime | None = None
    published_at: datetime | None = None
    historical: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """A department's event; ``names`` are the ids of the events that it knows of."""

    id: Id
    department: Id
    day: date
    names: frozenset[Id] = frozenset()


@dataclass(frozen=True, slots=True)
class World:
    """All that one detection reads. ``media_first`` None: no such rule."""

    organization: Organization
    plans: Sequence[Plan] = ()
    streams: Sequence[Stream] = ()
    channels: Sequence[Channel] = ()
    commitments: Sequence[Commitment] = ()
    companion_rules: Sequence[CompanionRule] = ()
    media_first: timedelta | None = None
    items: Sequence[Item] = ()
    placements: Sequence[Placement] = ()
    events: Sequence[Event] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """One promise in one period, judged whole (rule 4). Every figure is a number of posts.

    ``slots`` are the allowed, effective days of it that are not blacked out. ``delivered``:
    published no later than planned plus the tolerance. ``historical``: imported when already past.
    """

    commitment: Commitment
    period: Period
    slots: tuple[date, ...]
    expected: int
    scheduled: int
    secured: int
    delivered: int
    historical: int

    @property
    def missing(self) -> int:
        """How many posts the promise still lacks; never negative."""
        return max(0, self.expected - self.scheduled)


@dataclass(frozen=True, slots=True)
class Finding:
    """One gap or conflict. ``period`` and ``due`` are local days; ``key`` is stable over days.

    ``due`` is the last day on which it can still be put right. None where a field says nothing.
    """

    kind: Kind
    key: str
    period: Period
    due: date
    severity: Severity
    plan: Id | None = None
    stream: Id | None = None
    channel: Id | None = None
    commitment: Id | None = None
    rule: Id | None = None
    placement: Id | None = None
    item: Id | None = None
    event: Id | None = None
    stakeholder: Id | None = None
    missing: int | None = None
    expected: int | None = None
    scheduled: int | None = None
    secured: int | None = None


def in_order(identifier: Id) -> str:
    """A sort key: text as text, numbers by size."""
    return identifier if isinstance(identifier, str) else f"{identifier:020d}"
