"""Forty zones, both changes of the clock, and a clock that jumps an hour: each thing told once.

The planner is run tick by tick over each change, as the beat does; what it says is kept under the
outbox's key. A planner that went by the clock on the wall is run beside it as a control.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from people.models import Organization, User
from people.rules import WorkingCalendar
from plancraft.lib.dates import local_day
from reminders import planner
from reminders.models import Message, Obligation
from reminders.rules import Due, PostFact, Setting, Subject, after_quiet, due_now
from tests import factories

ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Lagos",
    "America/Anchorage",
    "America/Asuncion",
    "America/Bogota",
    "America/Chicago",
    "America/Denver",
    "America/Halifax",
    "America/Havana",
    "America/Los_Angeles",
    "America/Lima",
    "America/New_York",
    "America/Nuuk",
    "America/Phoenix",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Brisbane",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Athens",
    "Europe/Berlin",
    "Europe/Chisinau",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Europe/London",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
]
HOUR, TICK = timedelta(hours=1), timedelta(minutes=15)
JUMPS = (timedelta(0), HOUR, -HOUR)
TOLERANCE = timedelta(hours=24)


@lru_cache(maxsize=50)
def changes(zone: ZoneInfo) -> list[datetime]:
    """The hours of 2027 before which its clock changes; two ordinary ones where it never does."""
    year = datetime(2027, 1, 1, tzinfo=UTC)
    hours = [year + n * HOUR for n in range(365 * 24)]
    found = [
        hour
        for hour in hours
        if (hour - HOUR).astimezone(zone).utcoffset() != hour.astimezone(zone).utcoffset()
    ]
    return found or [datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC)]


CASES = [(name, change) for name in ZONES for change in changes(ZoneInfo(name))]


def ticks(change: datetime, jump: timedelta, days: int = 5) -> Iterator[datetime]:
    """Moments around the change, closer near it; at the change the server's clock jumps too."""
    now = change - timedelta(days=days)
    jumped = False
    while now < change + timedelta(days=2):
        yield now
        now += TICK if abs(now - change) < 6 * HOUR else 2 * HOUR
        if now >= change and not jumped:
            now, jumped = now + jump, True


def posts_around(change: datetime, zone: ZoneInfo) -> list[PostFact]:
    """A post every three hours on both sides, every other one approved, each its owner's."""
    return [
        PostFact(
            Subject("calendar_app.Placement", n),
            change + n * HOUR,
            zone,
            "approved" if n % 2 else "draft",
            owner=n + 100,
        )
        for n in range(-12, 13, 3)
    ]


def told(posts: list[PostFact], setting: Setting, moments: Iterator[datetime]) -> set[Any]:
    """What the outbox would hold: by its two unique keys, one a day and one an occasion."""
    kept: set[Any] = set()
    days: set[Any] = set()
    for now in moments:
        for due in due_now(posts, [], [], setting, now):
            key = (due.rule, due.subject.id, due.recipient, due.occasion)
            day = (due.subject.id, due.recipient, local_day(now, setting.calendar.zone))
            if key not in kept and day not in days:
                kept.add(key)
                days.add(day)
    return kept


def wanted(post: PostFact, end: datetime) -> set[str]:
    """Each of these exactly once by the end: chased before its time, or asked at it, then after."""
    after = post.at + TOLERANCE < end
    if post.state == "draft":
        return {"due_soon", "overdue"} if after else {"due_soon"}
    return {"time_to_post", "did_it_go_out"} if after else {"time_to_post"}


@pytest.mark.parametrize("jump", JUMPS, ids=["steady", "an hour on", "an hour back"])
def test_forty_zones_both_changes_each_thing_once(jump: timedelta) -> None:
    assert len(ZONES) == 40
    wrong = []
    for name, change in CASES:
        zone = ZoneInfo(name)
        posts = posts_around(change, zone)
        setting = Setting(WorkingCalendar(zone=zone), TOLERANCE, (90,))
        found = told(posts, setting, ticks(change, jump))
        counts = Counter((subject, rule) for rule, subject, _who, _when in found)
        for post in posts:
            for rule in wanted(post, change + timedelta(days=2)):
                if counts.pop((post.subject.id, rule), 0) != 1:
                    wrong.append((name, change, post.at, rule))
        wrong += [(name, change, *key) for key in counts]
    assert wrong == []


def test_a_planner_by_the_clock_on_the_wall_would_count_wrong() -> None:
    """The control: told when the wall shows the post's time, as a naive schedule does."""
    wrong = 0
    for name, change in CASES:
        zone = ZoneInfo(name)
        shown = Counter(
            now.astimezone(zone).replace(tzinfo=None) for now in ticks(change, JUMPS[0])
        )
        # Wall clock times of the day of the change, as a person would have written them.
        day = local_day(change, zone)
        times = [datetime(day.year, day.month, day.day, hour) for hour in range(24)]
        wrong += sum(shown[moment] != 1 for moment in times)
    assert wrong > 40, "one for nearly every change"


@pytest.mark.parametrize("name", ZONES)
def test_quiet_hours_end_once_and_on_time(name: str) -> None:
    zone = ZoneInfo(name)
    quiet_from, quiet_to = datetime(2027, 1, 1, 19).time(), datetime(2027, 1, 1, 8).time()
    for change in changes(zone):
        for now in ticks(change, JUMPS[0], days=1):
            end = after_quiet(now, zone, quiet_from, quiet_to)
            local = end.astimezone(zone)
            assert quiet_to <= local.time() < quiet_from
            assert now <= end <= now + timedelta(hours=15)


@pytest.mark.parametrize(
    ("name", "jump"),
    [
        ("America/New_York", JUMPS[0]),
        ("Australia/Lord_Howe", JUMPS[1]),
        ("Europe/Dublin", JUMPS[2]),
    ],
)
def test_through_the_database(cast: Any, name: str, jump: timedelta) -> None:
    """The same over real rows: one obligation for each thing and occasion, one mail a person."""
    Organization.objects.filter(pk=cast.organization.pk).update(time_zone=name)
    User.objects.update(time_zone=name)
    cast.organization.refresh_from_db()
    zone = ZoneInfo(name)
    for change in changes(zone):
        Obligation.objects.all().delete()
        Message.objects.all().delete()
        plan = factories.make_plan(cast.organization, owner=cast.manager)
        channel = factories.make_channel(cast.organization, owner=cast.colleague)
        keys = []
        for n in range(-2, 3):
            state = "approved" if n % 2 else "draft"
            story = factories.make_story(plan, owner=cast.member, state=state)
            at = change + n * HOUR
            post = factories.make_post(story, channel, scheduled_at=at, state=state)
            keys.append((post.pk, "time_to_post" if n % 2 else "due_soon"))
        for now in list(ticks(change, jump))[::9]:
            planner.plan(cast.organization, now)
        found = Counter(Obligation.objects.values_list("subject_id", "rule"))
        assert {key: found[key] for key in keys} == dict.fromkeys(keys, 1)
        assert max(found.values()) == 1


def test_a_jump_back_over_midnight_tells_nothing_twice() -> None:
    """The local date is part of the key, and so is the occasion: the second holds where the day
    is another one."""
    zone = ZoneInfo("Europe/Berlin")
    setting = Setting(WorkingCalendar(zone=zone), TOLERANCE, (90,))
    post = PostFact(
        Subject("calendar_app.Placement", 1),
        datetime(2027, 10, 27, 9, tzinfo=UTC),
        zone,
        "draft",
        owner=7,
    )
    midnight = datetime(2027, 10, 25, 22, tzinfo=UTC)
    moments = [midnight + HOUR, midnight - HOUR, midnight + HOUR]
    heard: list[Due] = [due for now in moments for due in due_now([post], [], [], setting, now)]
    assert len({due.occasion for due in heard}) == 1
    assert len(told([post], setting, iter(moments))) == 1
