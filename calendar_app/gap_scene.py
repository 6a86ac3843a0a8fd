"""A world made ready for the detectors: every placement looked at once, then only looked up.

A placement's *day* is its local date in its channel's zone (None: the organization's). It is
*live* unless idea or cancelled. *Today* is the local date of ``now`` in the same zone; without a
channel, in the organization's. A commitment's *own* placements are the live ones on its channel
whose item belongs to its plan, whose day is effective and on an allowed weekday.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

from calendar_app.gap_records import (
    NEWS_RELEASE,
    NOT_LIVE,
    SECURED,
    Channel,
    Commitment,
    Coverage,
    Finding,
    Id,
    Item,
    Kind,
    Placement,
    Severity,
    World,
)
from plancraft.lib.dates import ONE_DAY, Period, WorkingCalendar, local_day, periods_in

Key = TypeVar("Key")
Value = TypeVar("Value")


class Live(NamedTuple):
    """A live placement with its item, its channel and its day."""

    placement: Placement
    item: Item
    channel: Channel
    day: date


@dataclass(slots=True)
class Tally:
    """How many live posts of one plan stand on one channel on one day."""

    scheduled: int = 0
    secured: int = 0
    delivered: int = 0
    historical: int = 0

    def add(self, other: "Tally") -> None:
        """Count the other's posts too."""
        self.scheduled += other.scheduled
        self.secured += other.secured
        self.delivered += other.delivered
        self.historical += other.historical


class Survey:
    """The world and the window, with the indexes that coverage and detectors share."""

    def __init__(self, world: World, window: Period) -> None:
        self.world = world
        self.window = window
        self.channels = {channel.id: channel for channel in world.channels}
        self.plans = {plan.id: plan for plan in world.plans}
        self.items = {item.id: item for item in world.items}

    @cached_property
    def live(self) -> list[Live]:
        """Every live placement."""
        items, channels = self.items, self.channels
        zones = {channel.id: self.zone(channel.id) for channel in channels.values()}
        return [
            Live(
                placement,
                items[placement.item],
                channels[placement.channel],
                local_day(placement.at, zones[placement.channel]),
            )
            for placement in self.world.placements
            if placement.state not in NOT_LIVE
        ]

    @cached_property
    def shown(self) -> list[Live]:
        """The live placements whose day is in the window."""
        first, last = self.window.start, self.window.end
        return [live for live in self.live if first <= live.day <= last]

    @cached_property
    def live_by_channel(self) -> dict[Id, list[Live]]:
        """The live placements of each channel."""
        return _grouped((live.channel.id, live) for live in self.live)

    @cached_property
    def live_by_item(self) -> dict[Id, list[Live]]:
        """The live placements of each item."""
        return _grouped((live.item.id, live) for live in self.live)

    @cached_property
    def _linked(self) -> dict[Id, set[Id]]:
        """The items that each item is directly linked with, in either direction."""
        linked: dict[Id, set[Id]] = defaultdict(set)
        for item in self.world.items:
            for other in item.linked:
                linked[item.id].add(other)
                linked[other].add(item.id)
        return linked

    def siblings(self, item: Id) -> Iterator[Live]:
        """The live placements of the item and of those directly linked with it."""
        for sibling in {item, *self._linked.get(item, ())}:
            yield from self.live_by_item.get(sibling, ())

    @cached_property
    def first_release(self) -> dict[Id, datetime]:
        """The instant of each item's earliest live news release."""
        first: dict[Id, datetime] = {}
        for placement, item, channel, _ in self.live:
            if channel.kind == NEWS_RELEASE:
                first[item.id] = min(placement.at, first.get(item.id, placement.at))
        return first

    @cached_property
    def days_by_stream(self) -> dict[Id, list[date]]:
        """The days with live placements of each stream, in order."""
        days = _grouped(
            (live.item.stream, live.day) for live in self.live if live.item.stream is not None
        )
        return {stream: sorted(set(found)) for stream, found in days.items()}

    @cached_property
    def _tallies(self) -> dict[tuple[Id, Id], dict[date, Tally]]:
        """(plan, channel) -> day -> how many; only where something is promised."""
        tolerance = self.world.organization.tolerance
        tallies: dict[tuple[Id, Id], dict[date, Tally]] = {
            (commitment.plan, commitment.channel): defaultdict(Tally)
            for commitment in self.world.commitments
        }
        for placement, item, channel, day in self.live:
            days = tallies.get((item.plan, channel.id))
            if days is None:
                continue
            tally = days[day]
            tally.scheduled += 1
            tally.secured += placement.state in SECURED
            tally.historical += placement.historical
            tally.delivered += (
                placement.published_at is not None
                and placement.state == "published"
                and placement.published_at <= placement.at + tolerance
                and not placement.historical
            )
        return tallies

    def own_days(self, commitment: Commitment) -> dict[date, Tally]:
        """The days on which the commitment has own placements, in order, and how many."""
        effective = self.effective(commitment)
        if effective is None:
            return {}
        days = self._tallies[commitment.plan, commitment.channel]
        return {
            day: days[day] for day in sorted(days) if day in effective and commitment.allows(day)
        }

    def effective(self, commitment: Commitment) -> Period | None:
        """Its effective days, taken as given; None where it begins after its end."""
        plan = self.plans[commitment.plan].period
        start, end = commitment.start or plan.start, commitment.end or plan.end
        return Period(start, end) if start <= end else None

    def zone(self, channel: Id | None) -> tzinfo:
        """The zone in which this channel's days are counted."""
        own = self.channels[channel].timezone if channel is not None else None
        return own or self.world.organization.timezone

    def blackouts(self, channel: Channel) -> frozenset[date]:
        """The days that ask for no posts on this channel."""
        return channel.blackouts | self.world.organization.blackouts


class Scene(Survey):
    """A survey at a moment: what is today, and how much a finding presses."""

    def __init__(self, world: World, window: Period, now: datetime) -> None:
        super().__init__(world, window)
        self.now = now
        self._today: dict[Id | None, date] = {}
        self._limits: dict[date, tuple[date, date]] = {}

    def today(self, channel: Id | None) -> date:
        """Today there."""
        if channel not in self._today:
            self._today[channel] = local_day(self.now, self.zone(channel))
        return self._today[channel]

    def severity(self, kind: Kind, end: date, due: date, today: date) -> Severity:
        """Missed and unconfirmed are critical, what is over is past, the rest goes by its due day.

        Critical: today or earlier, or at most 2 working days away; warning: at most 7 days away.
        """
        if kind in (Kind.MISSED, Kind.UNCONFIRMED):
            return Severity.CRITICAL
        if end < today:
            return Severity.PAST
        if today not in self._limits:
            self._limits[today] = limits(today, self.world.organization.working)
        return by_due_day(due, self._limits[today])

    def finding(
        self, kind: Kind, key: str, period: Period, *, due: date | None = None, **where: Any
    ) -> Finding:
        """A finding with its severity; ``due`` None: the first day, which is all there is."""
        due = due or period.start
        severity = self.severity(kind, period.end, due, self.today(where.get("channel")))
        return Finding(kind, f"{kind}:{key}", period, due, severity, **where)


def by_due_day(due: date, limits: tuple[date, date]) -> Severity:
    """How much something presses that has to be put right by ``due``; see ``limits``."""
    critical, warning = limits
    if due <= critical:
        return Severity.CRITICAL
    return Severity.WARNING if due <= warning else Severity.NOTICE


def limits(today: date, working: WorkingCalendar) -> tuple[date, date]:
    """The last day that is critical and the last that is a warning, seen from ``today``."""
    third_working_day = working.shift(today, 3)
    return third_working_day - ONE_DAY, today + 7 * ONE_DAY


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    groups: dict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def stretches(marks: list[date]) -> list[Period]:
    """The days strictly between each two consecutive marks, where there are any."""
    return [
        Period(before + ONE_DAY, after - ONE_DAY)
        for before, after in pairwise(marks)
        if (after - before).days > 1
    ]


def covered(survey: Survey, commitment: Commitment) -> list[Coverage]:
    """Every period of the commitment that overlaps both the window and its effective days.

    E = the period's allowed days; e = those that are effective and not blacked out; expected =
    floor(count * |e| / |E| + 1/2), 0 where E is empty.
    """
    effective = survey.effective(commitment)
    if effective is None:
        return []
    week_start = survey.world.organization.week_start
    own = survey.own_days(commitment)
    blacked_out = survey.blackouts(survey.channels[commitment.channel])
    return [
        _cover(commitment, period, effective, blacked_out, own)
        for period in periods_in(survey.window, commitment.per, week_start)
        if period.overlaps(effective)
    ]


def _cover(
    commitment: Commitment,
    period: Period,
    effective: Period,
    blacked_out: frozenset[date],
    own: dict[date, Tally],
) -> Coverage:
    allowed = [day for day in period.days() if commitment.allows(day)]
    slots = tuple(day for day in allowed if day in effective and day not in blacked_out)
    total = Tally()
    for day in allowed:
        if day in own:
            total.add(own[day])
    return Coverage(
        commitment=commitment,
        period=period,
        slots=slots,
        expected=rounded_share(commitment.count, len(slots), len(allowed)),
        scheduled=total.scheduled,
        secured=total.secured,
        delivered=total.delivered,
        historical=total.historical,
    )


def rounded_share(count: int, part: int, whole: int) -> int:
    """floor(count * part / whole + 1/2) in whole numbers, so that no half is lost; 0 of nothing."""
    return (2 * count * part + whole) // (2 * whole) if whole else 0
