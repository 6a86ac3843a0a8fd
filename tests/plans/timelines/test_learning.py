"""From dates once kept to leads, and back to the same dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plancraft.lib.dates import WorkingCalendar
from plans import backschedule
from plans.timelines.learning import KEY_DATE, Kept, Lesson, Why, learn

WEEK = WorkingCalendar()
LAUNCH = date(2027, 3, 15)  # a Monday
START = date(2027, 1, 1)


def built(lesson: Lesson, day: date, calendar: WorkingCalendar) -> dict[str, date]:
    """Where building back puts what was learned."""
    steps = [backschedule.Step(s.id, s.lead, s.before) for s in lesson.steps]
    schedule = backschedule.build_back(backschedule.KeyDate(KEY_DATE, day), steps, day, calendar)
    return {step.id: step.due for step in schedule.steps}


def test_leads_are_the_working_days_between() -> None:
    days = {"a": date(2027, 3, 1), "b": date(2027, 3, 12), "c": LAUNCH}
    lesson = learn(LAUNCH, [Kept(i, d) for i, d in days.items()], WEEK)
    assert [(s.id, s.lead) for s in lesson.steps] == [("a", 10), ("b", 1), ("c", 0)]
    assert built(lesson, LAUNCH, WEEK) == days


def test_holidays_are_no_working_days() -> None:
    closed = WorkingCalendar(closed=frozenset({date(2027, 3, 11), date(2027, 3, 12)}))
    lesson = learn(LAUNCH, [Kept("a", date(2027, 3, 10))], closed)
    assert lesson.steps[0].lead == 1


def test_links_between_steps_count_from_each_other() -> None:
    kept = [
        Kept("draft", date(2027, 3, 3), ("legal",)),
        Kept("legal", date(2027, 3, 10)),
        Kept("brief", date(2027, 3, 9), ("legal", KEY_DATE)),
    ]
    lesson = learn(LAUNCH, kept, WEEK)
    assert {s.id: (s.lead, s.before) for s in lesson.steps} == {
        "draft": (5, ("legal",)),
        "brief": (1, ("legal", KEY_DATE)),
        "legal": (3, (KEY_DATE,)),
    }


def test_a_step_on_a_weekend_comes_to_the_friday_before() -> None:
    lesson = learn(LAUNCH, [Kept("a", date(2027, 3, 13)), Kept("b", date(2027, 3, 6))], WEEK)
    assert {s.id: (s.lead, s.built, s.moved) for s in lesson.steps} == {
        "b": (6, date(2027, 3, 5), 1),
        "a": (1, date(2027, 3, 12), 1),
    }


def test_what_cannot_be_built_back_is_left_with_the_reason() -> None:
    kept = [
        Kept("undated", None),
        Kept("thanks", date(2027, 3, 16)),
        Kept("first", date(2027, 3, 1), ("undated",)),
        Kept("draft", date(2027, 3, 8), ("thanks",)),
    ]
    lesson = learn(LAUNCH, kept, WEEK)
    assert lesson.left == {"undated": Why.UNDATED, "thanks": Why.AFTER}
    assert [(s.id, s.before) for s in lesson.steps] == [
        ("first", (KEY_DATE,)),
        ("draft", (KEY_DATE,)),
    ]


def test_what_is_not_wanted_is_stepped_over() -> None:
    kept = [
        Kept("a", date(2027, 3, 1), ("b",)),
        Kept("b", date(2027, 3, 5), ("c",)),
        Kept("c", date(2027, 3, 10)),
    ]
    lesson = learn(LAUNCH, kept, WEEK, wanted={"a", "c"})
    assert {s.id: s.before for s in lesson.steps} == {"a": ("c",), "c": (KEY_DATE,)}
    assert built(lesson, LAUNCH, WEEK) == {"a": date(2027, 3, 1), "c": date(2027, 3, 10)}


def test_a_step_after_what_it_must_precede_comes_to_that_day() -> None:
    kept = [Kept("a", date(2027, 3, 11), ("b",)), Kept("b", date(2027, 3, 10))]
    lesson = learn(LAUNCH, kept, WEEK)
    assert {s.id: (s.lead, s.moved) for s in lesson.steps} == {"b": (3, 0), "a": (0, 1)}


def test_a_circle_is_no_schedule() -> None:
    kept = [Kept("a", date(2027, 3, 1), ("b",)), Kept("b", date(2027, 3, 1), ("a",))]
    with pytest.raises(ValueError, match="circle"):
        learn(LAUNCH, kept, WEEK)


calendars = st.builds(
    WorkingCalendar,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    closed=st.frozensets(st.dates(START, START + timedelta(days=200)), max_size=30),
)


@st.composite
def kept_steps(draw: st.DrawFn) -> list[Kept]:
    """Steps over half a year, each before later ones of the list, or before the key date."""
    found: list[Kept] = []
    for n in range(draw(st.integers(1, 12))):
        others = [step.id for step in found]
        before = draw(st.lists(st.sampled_from([*others, KEY_DATE]), min_size=1, unique=True))
        day = draw(st.dates(START, START + timedelta(days=150)) | st.none())
        found.append(Kept(f"s{n}", day, tuple(before)))
    return found


@given(kept_steps(), st.dates(START, START + timedelta(days=160)), calendars)
def test_what_is_learned_is_what_is_built(
    kept: list[Kept], day: date, calendar: WorkingCalendar
) -> None:
    """`built` is where building back from the same date puts each step."""
    lesson = learn(day, kept, calendar)
    assert built(lesson, day, calendar) == {step.id: step.built for step in lesson.steps}
    assert len(lesson.steps) + len(lesson.left) == len(kept)


@given(
    st.lists(st.dates(START, START + timedelta(days=150)), min_size=1, max_size=30),
    st.dates(START, START + timedelta(days=160)),
    calendars,
)
def test_building_back_from_the_same_date_gives_the_same_dates(
    days: list[date], day: date, calendar: WorkingCalendar
) -> None:
    """Exactly for steps on working days; any other comes to the last working day before."""
    kept = [Kept(str(n), each) for n, each in enumerate(days) if each <= day]
    lesson = learn(day, kept, calendar)
    assert built(lesson, day, calendar) == {
        step.id: calendar.shift(step.day, 0) for step in lesson.steps
    }


@given(kept_steps(), calendars)
def test_chains_on_working_days_come_out_the_same(
    kept: list[Kept], calendar: WorkingCalendar
) -> None:
    """With links too, where every step stands on a working day and not after what it precedes."""
    day = START + timedelta(days=170)
    placed: dict[str, date] = {KEY_DATE: day}
    ordered = []
    for step in kept:
        first = min(placed[other] for other in step.before)
        latest = min(step.day or first, first)
        placed[step.id] = calendar.shift(latest, 0)
        ordered.append(Kept(step.id, placed[step.id], step.before))
    lesson = learn(day, ordered, calendar)
    del placed[KEY_DATE]
    assert built(lesson, day, calendar) == placed
