"""Each kind of finding by example, its limits on both sides."""

import json
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from calendar_app.gaps import (
    Channel,
    Commitment,
    Item,
    Organization,
    Period,
    Plan,
    World,
    coverage,
    find_gaps,
)
from calendar_app.scenario import answer
from plancraft.lib.dates import WorkingCalendar
from tests.calendar_app.gap_worlds import (
    MARCH,
    day,
    found,
    instant,
    post,
    promise,
    world,
)

SCENARIOS = Path(__file__).resolve().parents[3] / "shared" / "data" / "scenarios"
WEEK = Period(day(8), day(14))
HOUR = timedelta(hours=1)


# Shortfall


def test_a_week_with_too_few_posts_is_a_shortfall():
    posts = [post("a", instant(9), "approved"), post("b", instant(10))]
    (gap,) = found(world(promise(3), posts=posts), "shortfall", window=WEEK)
    assert (gap.missing, gap.expected, gap.scheduled, gap.secured) == (1, 3, 2, 1)
    assert (gap.period, gap.key) == (WEEK, "shortfall:k:2027-03-08")
    assert (gap.plan, gap.channel, gap.commitment) == ("p", "c", "k")


def test_a_week_with_enough_posts_is_none():
    posts = [post(str(n), instant(n)) for n in (8, 8, 14)]
    assert found(world(promise(3), posts=posts), "shortfall", window=WEEK) == []


@pytest.mark.parametrize("state", ["idea", "cancelled"])
def test_ideas_and_cancelled_posts_do_not_count(state):
    posts = [post("a", instant(9), state)]
    (gap,) = found(world(promise(1), posts=posts), "shortfall", window=WEEK)
    assert gap.scheduled == 0


def test_posts_of_another_plan_or_channel_do_not_count():
    one = world(promise(1), posts=[post("a", instant(9), item="j")])
    elsewhere = replace(
        one,
        plans=[*one.plans, Plan("q", Period(day(1), day(31)))],
        items=[Item("j", "q")],
    )
    assert len(found(elsewhere, "shortfall", window=WEEK)) == 1
    other_channel = world(
        promise(1),
        posts=[post("a", instant(9), channel="d")],
        channels=[Channel("c", "facebook"), Channel("d", "blog")],
    )
    assert len(found(other_channel, "shortfall", window=WEEK)) == 1


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (1, 13),  # the last day that still leaves two days for two posts
        (13, 13),
        (14, 14),  # fewer days than posts: the first that is left
        (15, 14),  # over: its last day
    ],
)
def test_a_shortfall_is_due_while_a_day_is_left_for_each_missing_post(today, due):
    posts = [post("a", instant(9))]
    (gap,) = found(world(promise(3), posts=posts), "shortfall", window=WEEK, now=instant(today))
    assert gap.due == day(due)


def test_a_shortfall_without_a_day_left_is_due_today():
    """Only Monday was promised; on Tuesday the week is not over, but nothing is left of it."""
    mondays = promise(2, weekdays=frozenset({0}))
    (gap,) = found(world(mondays), "shortfall", window=WEEK, now=instant(9))
    assert gap.due == day(9)


@pytest.mark.parametrize(
    ("count", "start", "expected"),
    [
        (7, 8, 7),
        (3, 12, 1),  # 3 * 3 / 7 = 1.29
        (7, 14, 1),
        (3, 14, 0),  # 3 / 7 = 0.43
        (4, 14, 1),  # 4 / 7 = 0.57
    ],
)
def test_a_week_cut_by_the_start_expects_its_share(count, start, expected):
    (cell,) = coverage(world(promise(count, start=day(start))), WEEK)
    assert cell.expected == expected


def test_half_a_post_is_a_post():
    """2 a month, a quarter of February's 28 days: exactly a half."""
    february = promise(2, "month", start=date(2027, 2, 22))
    (cell,) = coverage(world(february), Period(date(2027, 2, 1), date(2027, 2, 28)))
    assert cell.expected == 1


def test_blackouts_of_channel_and_organization_lower_what_is_expected():
    quiet = world(
        promise(7),
        channel={"blackouts": frozenset({day(8)})},
        organization={"blackouts": frozenset({day(8), day(9)})},
    )
    (cell,) = coverage(quiet, WEEK)
    assert (cell.expected, cell.slots[0]) == (5, day(10))


def test_a_period_of_blackouts_expects_nothing():
    silent_week = frozenset(WEEK.days())
    assert coverage(world(promise(3), channel={"blackouts": silent_week}), WEEK)[0].expected == 0


def test_a_period_is_judged_whole_beyond_the_window():
    posts = [post("a", instant(8)), post("b", instant(14))]
    thursday = Period(day(11), day(11))
    assert found(world(promise(2), posts=posts), "shortfall", window=thursday) == []
    (gap,) = found(world(promise(3), posts=posts), "shortfall", window=thursday)
    assert gap.period == WEEK


def test_a_promise_that_ends_before_the_window_is_judged_where_its_week_reaches_in():
    (gap,) = found(world(promise(7, end=day(9))), "shortfall", window=Period(day(11), day(11)))
    assert (gap.period, gap.expected) == (WEEK, 2)


def test_a_promise_that_ends_before_it_begins_is_never_effective():
    never = promise(3, start=day(9), end=day(8), max_silence=0)
    assert find_gaps(world(never), instant(1), MARCH) == []


def test_effective_days_are_taken_as_given_even_outside_the_plan():
    before_plan = promise(7, start=date(2026, 12, 28), end=date(2027, 1, 3))
    week = Period(date(2026, 12, 28), date(2027, 1, 3))
    assert coverage(world(before_plan), week)[0].expected == 7


@pytest.mark.parametrize(("week_start", "first"), [(0, 8), (6, 7), (3, 11)])
def test_weeks_begin_where_the_organization_says(week_start, first):
    (cell,) = coverage(
        world(promise(3), organization={"week_start": week_start}), Period(day(11), day(11))
    )
    assert cell.period.start == day(first)


def test_daily_promises_are_judged_day_by_day():
    weekdays_only = promise(2, "day", weekdays=frozenset(range(5)))
    gaps = found(world(weekdays_only, posts=[post("a", instant(8))]), "shortfall", window=WEEK)
    assert [(gap.period.start, gap.missing) for gap in gaps] == [
        (day(8), 1),
        (day(9), 2),
        (day(10), 2),
        (day(11), 2),
        (day(12), 2),
    ]


def test_the_leap_day_counts_in_its_month():
    plan_year = Period(date(2028, 2, 1), date(2028, 2, 29))
    (cell,) = coverage(
        world(promise(29, "month", start=date(2028, 2, 1), end=plan_year.end)), plan_year
    )
    assert (cell.expected, cell.slots[-1]) == (29, date(2028, 2, 29))


@pytest.mark.parametrize(
    ("zone", "local"),
    [
        ("Pacific/Kiritimati", day(15)),
        ("Pacific/Pago_Pago", day(14)),
        ("UTC", day(14)),
    ],
)
def test_a_post_counts_on_its_local_day(zone, local):
    """Sunday noon in London is Monday, another week, beyond the date line."""
    posts = [post("a", instant(14))]
    cells = coverage(
        world(promise(1), posts=posts, channel={"timezone": ZoneInfo(zone)}),
        Period(day(8), day(21)),
    )
    assert [cell.scheduled for cell in cells] == ([0, 1] if local == day(15) else [1, 0])


def test_the_last_hour_before_the_clocks_change_belongs_to_its_day():
    """New York, 14 March 2027: the day has 23 hours, its last one begins at 03:00 UTC."""
    posts = [
        post("a", datetime(2027, 3, 15, 3, 59, tzinfo=UTC)),
        post("b", datetime(2027, 3, 15, 4, 0, tzinfo=UTC)),
    ]
    cells = coverage(
        world(promise(1), posts=posts, channel={"timezone": ZoneInfo("America/New_York")}),
        Period(day(8), day(21)),
    )
    assert [cell.scheduled for cell in cells] == [1, 1]


# Empty slots


MON_WED_FRI = frozenset({0, 2, 4})


def test_each_named_day_is_a_slot_of_its_own():
    posts = [post("a", instant(10))]
    slots = promise(3, weekdays=MON_WED_FRI)
    gaps = found(world(slots, posts=posts), "empty_slot", window=WEEK)
    assert [(gap.period.start, gap.due) for gap in gaps] == [(day(8), day(8)), (day(12), day(12))]
    assert {(g.missing, g.expected, g.scheduled, g.secured) for g in gaps} == {(1, 1, 0, 0)}
    assert found(world(slots, posts=posts), "shortfall", window=WEEK) == []


def test_a_second_post_on_another_slots_day_fills_nothing():
    posts = [post("a", instant(8)), post("b", instant(8, 15)), post("c", instant(10))]
    gaps = found(world(promise(3, weekdays=MON_WED_FRI), posts=posts), "empty_slot", window=WEEK)
    assert [gap.period.start for gap in gaps] == [day(12)]


def test_slots_outside_the_window_are_left_out():
    gaps = found(
        world(promise(3, weekdays=MON_WED_FRI)), "empty_slot", window=Period(day(9), day(11))
    )
    assert [gap.period.start for gap in gaps] == [day(10)]


def test_a_blacked_out_slot_asks_for_nothing():
    quiet = {"blackouts": frozenset({day(10)})}
    gaps = found(world(promise(3, weekdays=MON_WED_FRI), channel=quiet), "empty_slot", window=WEEK)
    assert [gap.period.start for gap in gaps] == [day(8), day(12)]


@pytest.mark.parametrize(
    "commitment",
    [promise(2, weekdays=MON_WED_FRI), promise(3, "month", weekdays=MON_WED_FRI), promise(3)],
)
def test_other_promises_fall_short_instead(commitment):
    assert found(world(commitment), "empty_slot") == []
    assert found(world(commitment), "shortfall") != []


# Silence


def quiet_promise(longest, **kw):
    """Nothing is expected of the weeks, so that only the silence speaks."""
    return Commitment("k", "p", "c", 1, "month", max_silence=longest, **kw)


def monthly(posts, longest, **kw):
    """March with a post in it already."""
    return world(quiet_promise(longest, start=day(1), end=day(31)), posts=posts, **kw)


@pytest.mark.parametrize(("longest", "stretches"), [(9, [(day(11), day(20))]), (10, [])])
def test_silence_is_more_than_the_longest_allowed(longest, stretches):
    posts = [post("a", instant(10)), post("b", instant(21)), post("d", instant(5))]
    posts += [post(str(n), instant(n)) for n in (1, 26, 30)]
    gaps = found(monthly(posts, longest), "silence")
    assert [(gap.period.start, gap.period.end) for gap in gaps] == stretches


def test_silence_says_how_many_posts_would_end_it_and_by_when():
    (gap,) = found(monthly([post("a", instant(1))], 4), "silence")
    assert gap.period == Period(day(2), day(31))
    assert (gap.missing, gap.due, gap.key) == (6, day(6), "silence:k:2027-03-02")


@pytest.mark.parametrize(("longest", "dues"), [(3, []), (2, [day(14)])])
def test_blackouts_are_no_silence(longest, dues):
    """Between the 1st and the 15th only the 2nd, the 13th and the 14th are quiet."""
    blackouts = frozenset(Period(day(3), day(12)).days())
    posts = [post("a", instant(1)), post("b", instant(15))]
    quiet = monthly(posts, longest, channel={"blackouts": blackouts})
    gaps = found(quiet, "silence", window=Period(day(1), day(16)))
    assert [gap.due for gap in gaps] == dues


def test_silence_ends_with_the_window():
    posts = [post("a", instant(1))]
    assert found(monthly(posts, 4), "silence", window=Period(day(1), day(5))) == []
    (gap,) = found(monthly(posts, 4), "silence", window=Period(day(1), day(6)))
    assert gap.period.end == day(6)


def test_silence_is_not_told_where_a_shortfall_says_it():
    gaps = find_gaps(monthly([], 4), instant(1), MARCH)
    assert [gap.kind for gap in gaps] == ["shortfall"]


# Severity


@pytest.mark.parametrize(
    ("today", "severity"),
    [
        (1, "notice"),
        (5, "critical"),  # Friday: Monday and Tuesday are two working days
        (4, "warning"),
        (2, "warning"),  # seven days
        (9, "critical"),
        (10, "past"),
    ],
)
def test_severity_goes_by_the_due_day(today, severity):
    tuesdays = promise(1, weekdays=frozenset({1}))
    (gap,) = found(world(tuesdays), "empty_slot", window=WEEK, now=instant(today))
    assert gap.severity == severity


def test_closed_days_bring_the_due_day_nearer():
    tuesdays = promise(1, weekdays=frozenset({1}))
    closed = {"working": WorkingCalendar(closed=frozenset({day(8)}))}
    (gap,) = found(world(tuesdays, organization=closed), "empty_slot", window=WEEK, now=instant(4))
    assert gap.severity == "critical"


def test_today_is_the_channels_today():
    """At noon UTC on the 9th it is the 10th beyond the date line, and Tuesday is over."""
    zone = {"timezone": ZoneInfo("Pacific/Kiritimati")}
    tuesdays = world(promise(1, weekdays=frozenset({1})), channel=zone)
    (gap,) = found(tuesdays, "empty_slot", window=WEEK, now=instant(9))
    assert gap.severity == "past"


# The whole


def test_findings_stand_by_first_day_then_kind_then_key():
    slots = promise(3, weekdays=MON_WED_FRI)
    posts = [post("z", instant(8)), post("a", instant(8, 13)), post("b", instant(12))]
    blackouts = {"blackouts": frozenset({day(8)})}
    gaps = find_gaps(world(slots, posts=posts, channel=blackouts), instant(20), WEEK)
    assert [gap.key for gap in gaps] == [
        "blackout:a",
        "blackout:z",
        "missed:a",
        "missed:z",
        "empty_slot:k:2027-03-10",
        "missed:b",
    ]


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        find_gaps(world(promise(1)), datetime(2027, 3, 1), MARCH)


@pytest.mark.skipif(not SCENARIOS.is_dir(), reason="the shared scenarios are not here")
def test_the_shared_scenarios_are_answered_as_expected():
    documents = json.loads((SCENARIOS / "gaps.json").read_text())
    expected = json.loads((SCENARIOS / "gaps.expected.json").read_text())
    assert [answer(document) for document in documents] == expected


def test_a_year_of_fifty_channels_takes_no_time():
    """100,000 posts on 50 channels over 53 weeks; a loop within a loop would take minutes."""
    channels, posts = 50, 100_000
    large = World(
        organization=Organization(ZoneInfo("America/New_York")),
        plans=[Plan("p", Period(date(2027, 1, 1), date(2027, 12, 31)))],
        channels=[
            Channel(n, "facebook", min_spacing=timedelta(minutes=1)) for n in range(channels)
        ],
        commitments=[Commitment(n, "p", n, 50, "week", max_silence=n % 3) for n in range(channels)],
        items=[Item(n, "p") for n in range(posts)],
        placements=[
            post(n, instant(-58) + timedelta(minutes=5 * n), "published", item=n, channel=n % 50)
            for n in range(posts)
        ],
    )
    window = Period(date(2027, 1, 1), date(2028, 1, 6))
    began = time.process_time()
    find_gaps(large, instant(100), window)
    assert time.process_time() - began < 5
    assert len(coverage(large, window)) == channels * 53
