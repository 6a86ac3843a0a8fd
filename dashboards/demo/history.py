"""Sixteen weeks behind, a few ahead: what was promised, and what became of each promised post.

Each week has a share of promised posts that went out on time: good at first, a dip in the middle,
better since. Channels that nobody owns are missed first, then the others in turn; now and then a
post goes out, but two days late, which counts as not delivered on time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboards.demo.days import Days
from dashboards.demo.facts import PostSpec, Round, StorySpec
from dashboards.demo.stage import CHANNELS, CHECKED_KINDS, EVERYDAY, GRANTS, HOME
from dashboards.demo.texts import text_for

ON_TIME = (94, 92, 94, 88, 80, 72, 62, 56, 46, 44, 52, 66, 76, 86, 88, 90)
"""Per cent of each of the sixteen weeks, oldest first."""

LATE_BY = timedelta(hours=44)
STREAMS = {(HOME, "ig"): "keys", (HOME, "blog"): "answers", (EVERYDAY, "fb"): "branches"}


@dataclass(frozen=True)
class Slot:
    """A promised post of the week: weekday (Monday = 0), time, who writes it, from which week."""

    plan: str
    channel: str
    weekday: int
    clock: str
    writer: str
    since: int = -16


SLOTS = (
    Slot(EVERYDAY, "fb", 1, "09:00", "daniel"),
    Slot(EVERYDAY, "fb", 3, "12:30", "daniel"),
    Slot(EVERYDAY, "fb", 5, "10:00", "maya"),
    Slot(EVERYDAY, "li", 1, "08:30", "jonas"),
    Slot(EVERYDAY, "li", 3, "08:30", "jonas"),
    Slot(EVERYDAY, "x", 0, "08:00", "amara"),
    Slot(EVERYDAY, "x", 2, "08:00", "amara"),
    Slot(EVERYDAY, "x", 4, "08:00", "daniel"),
    Slot(EVERYDAY, "mail", 4, "07:00", "maya"),
    Slot(EVERYDAY, "yt", 3, "18:00", "tom", -12),
    Slot(HOME, "ig", 0, "10:00", "lucia", -14),
    Slot(HOME, "ig", 1, "18:00", "lucia", -14),
    Slot(HOME, "ig", 3, "10:00", "lucia", -14),
    Slot(HOME, "ig", 5, "11:00", "lucia", -14),
    Slot(HOME, "blog", 2, "09:00", "tom", -14),
    Slot(HOME, "fb", 3, "16:00", "hanna", -14),
    Slot(GRANTS, "figig", 1, "11:00", "amara", -10),
    Slot(GRANTS, "figig", 4, "11:00", "amara", -10),
    Slot(GRANTS, "figfb", 2, "15:00", "amara", -10),
)
KINDS = {spec.key: spec.kind for spec in CHANNELS}


def left_out(slot: Slot, week: int) -> bool:
    """Whether nobody posted there in that week, because nobody owned the channel."""
    if slot.channel == "yt":
        return week >= -5
    if slot.channel == "figig":
        return week >= -3
    return False


def past(days: Days) -> list[StorySpec]:
    """The stories of the sixteen weeks before this one."""
    return [
        _told(days, slot, week, late=late)
        for week in range(-16, 0)
        for slot, late in _week(week, ON_TIME[week + 16])
    ]


def _week(week: int, percent: int) -> Iterator[tuple[Slot, bool]]:
    """What went out in that week, each with whether it went out late."""
    promised = [slot for slot in SLOTS if slot.since <= week]
    missing = round(len(promised) * (100 - percent) / 100)
    there = [slot for slot in promised if not left_out(slot, week)]
    missing -= len(promised) - len(there)
    # A different place of the list each week, so that no channel carries all of the dip.
    start = (week + 16) * 5
    turn = [there[(start + 3 * n) % len(there)] for n in range(len(there) * 3)]
    dropped = list(dict.fromkeys(turn))[: max(0, missing)]
    for slot in there:
        if slot not in dropped:
            yield slot, False
        elif dropped.index(slot) % 3 == 2:
            yield slot, True


def _number(slot: Slot, week: int) -> int:
    """How many came before it on that channel for that plan: which text it is."""
    mine = [s for s in SLOTS if (s.plan, s.channel) == (slot.plan, slot.channel)]
    return (week + 16) * len(mine) + mine.index(slot)


def approver_of(channel: str, writer: str) -> str:
    """Who approves it: compliance or brand, and never who wrote it."""
    if KINDS[channel] in CHECKED_KINDS:
        return "priya" if writer != "priya" else "ines"
    return "maya" if writer != "maya" else "hanna"


def approved(channel: str, writer: str, before: datetime) -> Round:
    """A review that ended well, a working day or so before that instant."""
    return Round(
        asked_at=before - timedelta(hours=70),
        choice="approve",
        by=approver_of(channel, writer),
        at=before - timedelta(hours=43),
    )


def _told(days: Days, slot: Slot, week: int, *, late: bool) -> StorySpec:
    at = days.at(week, slot.weekday, slot.clock)
    text = text_for(slot.plan, slot.channel, _number(slot, week))
    return StorySpec(
        plan=slot.plan,
        title=text.title,
        copy=text.copy,
        link=text.link,
        owner=slot.writer,
        stream=STREAMS.get((slot.plan, slot.channel), ""),
        created_at=at - timedelta(days=8),
        rounds=(approved(slot.channel, slot.writer, at),),
        posts=(PostSpec(slot.channel, at, at + (LATE_BY if late else timedelta(minutes=4))),),
    )


# This week and the next five ---------------------------------------------------------------------
AHEAD = {0: 100, 1: 80, 2: 58, 3: 40, 4: 26, 5: 16}
"""Per cent of the promised posts that stand in the calendar of each week from this one on."""


def ahead(days: Days) -> list[StorySpec]:
    """What is planned: this week nearly whole, then thinner, as calendars are."""
    return [
        spec
        for week, percent in AHEAD.items()
        for spec in (_planned(days, slot, week) for slot in _standing(week, percent))
        if spec is not None
    ]


def _standing(week: int, percent: int) -> list[Slot]:
    there = [slot for slot in SLOTS if slot.channel not in ("yt", "figig")]
    wanted = round(len(there) * percent / 100)
    turn = [there[(week * 3 + 5 * n) % len(there)] for n in range(len(there) * 3)]
    chosen = set(list(dict.fromkeys(turn))[:wanted])
    return [slot for slot in there if slot in chosen]


def _planned(days: Days, slot: Slot, week: int) -> StorySpec | None:
    at, now = days.at(week, slot.weekday, slot.clock), days.now
    text = text_for(slot.plan, slot.channel, _number(slot, week))
    is_out = at < now - timedelta(hours=2)
    every_third = _number(slot, week) % 3 == 0
    is_ready = at < now + timedelta(days=3 if not every_third else 9)
    return StorySpec(
        plan=slot.plan,
        title=text.title,
        copy=text.copy,
        link=text.link,
        owner=slot.writer,
        stream=STREAMS.get((slot.plan, slot.channel), ""),
        created_at=min(at, now) - timedelta(days=9),
        rounds=(approved(slot.channel, slot.writer, min(at, now)),) if is_ready else (),
        posts=(PostSpec(slot.channel, at, at + timedelta(minutes=3) if is_out else None),),
    )
