"""Conflicts of single posts, of events and of streams, by example, their limits on both sides."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from calendar_app.gaps import (
    Channel,
    CompanionRule,
    Event,
    Item,
    Organization,
    Period,
    Plan,
    Stream,
    World,
    find_gaps,
)
from tests.calendar_app.gap_worlds import MARCH, day, found, instant, post, world

HOUR = timedelta(hours=1)


# Posts past their time


@pytest.mark.parametrize(
    ("state", "kind", "missing"),
    [
        ("draft", "missed", 1),
        ("in_review", "missed", 1),
        ("changes_requested", "missed", 1),
        ("approved", "unconfirmed", None),
    ],
)
def test_past_its_tolerance_a_post_is_missed_or_unconfirmed(state, kind, missing):
    posts = [post("a", instant(9), state)]
    just_in_time = find_gaps(world(posts=posts), instant(10), MARCH)
    assert just_in_time == []
    (gap,) = find_gaps(world(posts=posts), instant(10) + timedelta(microseconds=1), MARCH)
    assert (gap.kind, gap.missing, gap.severity, gap.due) == (kind, missing, "critical", day(9))
    assert (gap.plan, gap.channel, gap.item, gap.placement) == ("p", "c", "i", "a")


@pytest.mark.parametrize("state", ["published", "idea", "cancelled"])
def test_published_and_dead_posts_are_not_chased(state):
    assert find_gaps(world(posts=[post("a", instant(2), state)]), instant(30), MARCH) == []


def test_imported_history_is_not_chased():
    posts = [
        post("a", instant(2), historical=True),
        post("b", instant(3), "approved", historical=True),
    ]
    assert find_gaps(world(posts=posts), instant(30), MARCH) == []


# The other conflicts of posts


def test_a_post_on_a_blackout_day_is_a_conflict():
    quiet = world(
        posts=[post("a", instant(9)), post("b", instant(10))],
        channel={"blackouts": frozenset({day(10)})},
    )
    (gap,) = found(quiet, "blackout")
    assert (gap.placement, gap.missing) == ("b", None)


@pytest.mark.parametrize(("minutes", "crowded"), [(59, ["b"]), (60, [])])
def test_posts_closer_than_the_minimum_spacing_collide(minutes, crowded):
    spaced = world(
        posts=[post("b", instant(9, 12, 0) + timedelta(minutes=minutes)), post("a", instant(9))],
        channel={"min_spacing": HOUR},
    )
    assert [gap.placement for gap in found(spaced, "collision")] == crowded


def test_of_two_posts_at_one_instant_the_greater_id_collides():
    posts = [post("b", instant(9)), post("a", instant(9))]
    (gap,) = found(world(posts=posts, channel={"min_spacing": HOUR}), "collision")
    assert gap.placement == "b"
    posts = [post(10, instant(9)), post(9, instant(9))]
    (gap,) = found(world(posts=posts, channel={"min_spacing": HOUR}), "collision")
    assert gap.placement == 10
    assert found(world(posts=posts), "collision") == []


@pytest.mark.parametrize(
    ("lifts", "public", "broken"),
    [(instant(9), True, False), (instant(9, 12, 1), True, True), (instant(9, 12, 1), False, False)],
)
def test_public_posts_wait_for_the_embargo(lifts, public, broken):
    embargoed = world(
        posts=[post("a", instant(9))],
        items=[Item("i", "p", embargo_until=lifts)],
        channel={"public": public},
    )
    assert bool(found(embargoed, "broken_embargo")) is broken


@pytest.mark.parametrize(("hour", "early"), [(13, True), (14, False)])
def test_the_media_have_their_head_start(hour, early):
    posts = [
        post("r", instant(9, 12), channel="n"),
        post("later", instant(20), channel="n"),
        post("a", instant(9, hour)),
    ]
    channels = [Channel("c", "facebook"), Channel("n", "news_release")]
    briefed = world(posts=posts, channels=channels, media_first=2 * HOUR)
    assert [gap.placement for gap in found(briefed, "media_not_first")] == (["a"] if early else [])
    assert found(replace(briefed, media_first=None), "media_not_first") == []


@pytest.mark.parametrize(
    ("companion", "missing"),
    [
        (post("f", instant(9, 11)), False),
        (post("f", instant(10, 12)), False),
        (post("f", instant(9, 10, 59)), True),
        (post("f", instant(10, 12, 1)), True),
        (post("f", instant(9, 12), "cancelled"), True),
        (post("f", instant(9, 12), item="linked"), False),
        (post("f", instant(9, 12), item="links"), False),
        (post("f", instant(9, 12), item="stranger"), True),
        (post("f", instant(9, 12), channel="n"), True),
    ],
)
def test_a_news_release_needs_its_companion(companion, missing):
    releases = World(
        organization=Organization(ZoneInfo("UTC")),
        plans=[Plan("p", MARCH)],
        channels=[
            Channel("c", "facebook", timezone=ZoneInfo("Pacific/Kiritimati")),
            Channel("n", "news_release"),
        ],
        companion_rules=[CompanionRule("r", "news_release", "c", 1 * HOUR, 24 * HOUR)],
        items=[
            Item("i", "p", linked=("linked",)),
            Item("linked", "p"),
            Item("links", "p", linked=("i",)),
            Item("stranger", "p"),
        ],
        placements=[post("release", instant(9), channel="n"), companion],
    )
    gaps = [gap for gap in found(releases, "missing_companion") if gap.placement == "release"]
    assert bool(gaps) is missing
    for gap in gaps:
        # Noon in London is already the next day where the companion is missing.
        assert (gap.channel, gap.rule, gap.due) == ("c", "r", day(10))


@pytest.mark.parametrize(
    ("hand_in_by", "now", "at_risk"),
    [
        (instant(8), instant(8), False),
        (instant(8), instant(8, 12, 1), True),
        (instant(8), instant(10), True),
        (instant(8), instant(10, 12, 1), False),
        (None, instant(9), False),
    ],
)
def test_a_post_is_at_risk_between_its_hand_in_and_its_time(hand_in_by, now, at_risk):
    posts = [post("a", instant(9), hand_in_by=hand_in_by)]
    gaps = found(world(posts=posts), "at_risk", now=now)
    assert [gap.missing for gap in gaps] == ([1] if at_risk else [])
    secured = [post("a", instant(9), "approved", hand_in_by=hand_in_by)]
    assert found(world(posts=secured), "at_risk", now=now) == []


# Events and streams


def test_events_of_two_departments_on_one_day_collide():
    events = [
        Event("e2", "csr", day(9)),
        Event("e1", "retail", day(9)),
        Event("e3", "retail", day(9), frozenset({"e2"})),
        Event("e4", "csr", day(10)),
    ]
    (gap,) = found(world(events=events), "collision")
    assert (gap.key, gap.event, gap.channel, gap.due) == ("collision:e1+e2", "e2", None, day(9))


def test_a_stream_past_its_rhythm_is_silent():
    stream = Stream("s", "p", rhythm_days=7)
    posts = [post("a", instant(8)), post("b", instant(20))]
    silent = world(posts=posts, streams=[stream], items=[Item("i", "p", "s")])
    runs = found(silent, "silent_stream", now=instant(1))
    assert [(run.period.start, run.period.end, run.key) for run in runs] == [
        (day(1), day(7), "silent_stream:s:2027-01-01"),
        (day(16), day(19), "silent_stream:s:2027-03-08"),
        (day(28), day(31), "silent_stream:s:2027-03-20"),
    ]
    today = found(silent, "silent_stream", now=instant(18))
    assert [run.period.start for run in today] == [day(18), day(28)]


def test_a_stream_without_rhythm_or_with_an_endless_one_is_never_silent():
    for rhythm in (None, 10**12):
        assert found(world(streams=[Stream("s", "p", rhythm)]), "silent_stream") == []


@pytest.mark.parametrize(("next_post", "silent"), [(16, []), (17, [day(16)])])
def test_a_stream_is_silent_from_the_day_after_its_rhythm(next_post, silent):
    posts = [post("a", instant(8)), post("b", instant(next_post))]
    weekly = world(posts=posts, streams=[Stream("s", "p", 7)], items=[Item("i", "p", "s")])
    runs = found(weekly, "silent_stream", now=instant(8), window=Period(day(8), day(20)))
    assert [run.period.start for run in runs] == silent
