"""Who is told what of tasks, key dates, questions and events: tables, and what never happens."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.rules import WorkingCalendar
from reminders.rules import Due, Setting, Subject
from reminders.work_rules import (
    AnswerFact,
    ContactFact,
    EventFact,
    KeyDateFact,
    NewsFact,
    TaskFact,
    UndecidedFact,
    WorkFacts,
    due_now,
    of_answer,
    of_contact,
    of_event,
    of_key_date,
    of_news,
    of_task,
    of_undecided,
    stem,
)

SETTING = Setting(
    calendar=WorkingCalendar(zone=ZoneInfo("UTC"), closed=frozenset({date(2027, 3, 11)})),
    tolerance=timedelta(hours=24),
    managers=(90, 91),
)
THING = Subject("plans.Task", 1)
# Friday 12 March 2027; Thursday the 11th is closed.
FRIDAY = date(2027, 3, 12)


def on(day: int, hour: float = 9) -> datetime:
    return datetime(2027, 3, day, tzinfo=UTC) + timedelta(hours=hour)


def said(dues: Any) -> list[tuple[str, int, str]]:
    return [(due.rule, due.recipient, due.occasion) for due in dues]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (on(9, 8.9), []),  # the second working day before is Tuesday: Thursday is closed
        (on(9), [("due_soon", 7, "2027-03-12")]),
        (on(12, 23.9), [("due_soon", 7, "2027-03-12")]),
        (on(13, 8.9), []),
        (on(13), [("overdue", 7, "2027-03-12:0")]),
        (on(20), [("overdue", 7, "2027-03-12:1")]),
        (on(13) + timedelta(days=27), [("overdue", 7, "2027-03-12:3")]),
        (on(13) + timedelta(days=28), []),  # the pages keep it
    ],
)
def test_the_owner_of_a_task_is_told_before_and_after_its_day(
    now: datetime, expected: list[Any]
) -> None:
    assert said(of_task(TaskFact(THING, FRIDAY, 7), SETTING, now)) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (on(4, 8.9), []),  # five working days before the 12th, the 11th closed: the 4th
        (on(4), [("key_date_ahead", 7, "2027-03-12")]),
        (on(12, 23), [("key_date_ahead", 7, "2027-03-12")]),
        (on(13), []),
    ],
)
def test_the_owner_of_a_key_date_is_told_five_working_days_before(
    now: datetime, expected: list[Any]
) -> None:
    assert said(of_key_date(KeyDateFact(THING, FRIDAY, 7), SETTING, now)) == expected


def undecided(now: datetime, **kw: Any) -> list[tuple[int, str]]:
    values = {"candidates": frozenset({3, 4}), "champion": 5, **kw}
    fact = UndecidedFact(THING, on(1), FRIDAY, **values)
    return [(due.recipient, due.occasion) for due in of_undecided(fact, SETTING, now)]


def test_candidates_then_the_champion_then_the_managers_decide() -> None:
    assert undecided(on(1, 8)) == []
    assert undecided(on(1)) == [(3, "asked"), (4, "asked")]
    assert undecided(on(13, 8)) == [(3, "asked"), (4, "asked")]
    assert undecided(on(13)) == [(5, "2027-03-12:champion")]
    assert undecided(on(17, 8)) == [(5, "2027-03-12:champion")]
    assert undecided(on(17)) == [(90, "2027-03-12:managers"), (91, "2027-03-12:managers")]


def test_without_a_champion_the_managers_decide_at_once_and_of_a_secret_who_may_see_it() -> None:
    assert [member for member, _ in undecided(on(13), champion=None)] == [90, 91]
    assert [member for member, _ in undecided(on(17), listed=frozenset({5, 6}))] == [5]
    assert [member for member, _ in undecided(on(17), listed=frozenset({5, 90}))] == [90]


def test_news_is_told_once_and_not_after_a_week() -> None:
    fact = NewsFact("mentioned", THING, 7, "12", on(1))
    assert said(of_news(fact, on(1) - timedelta(seconds=1))) == []
    assert said(of_news(fact, on(1))) == said(of_news(fact, on(7))) == [("mentioned", 7, "12")]
    assert said(of_news(fact, on(8))) == []


def test_a_late_answer_is_overdue_for_whom_was_asked_then_others_see_to_it() -> None:
    fact = AnswerFact(THING, on(9, 15), 7, 5)

    def told(now: datetime) -> list[tuple[str, int, str]]:
        return said(of_answer(fact, SETTING, now))

    owner = ("overdue", 7, "2027-03-09:0")
    champion = ("answer_late", 5, "2027-03-09:champion")
    assert told(on(9, 14.9)) == []
    assert told(on(9, 15)) == [owner]
    assert told(on(10)) == [owner, champion]
    managers = [("answer_late", m, "2027-03-09:managers") for m in (90, 91)]
    assert told(on(12)) == [owner, champion, *managers]
    assert told(on(30)) == [("overdue", 7, "2027-03-09:2")]


def test_who_owes_the_answer_is_not_told_of_it_as_champion_too() -> None:
    found = said(of_answer(AnswerFact(THING, on(9), 5, 5), SETTING, on(10)))
    assert found == [("overdue", 5, "2027-03-09:0")]


def event(now: datetime, **kw: Any) -> list[tuple[int, str]]:
    values = {"members": frozenset({3, 4}), "champion": 5, **kw}
    fact = EventFact(THING, on(8), FRIDAY + timedelta(days=14), **values)
    return [(due.recipient, due.occasion) for due in of_event(fact, SETTING, now)]


def test_a_department_has_two_working_days_to_answer_then_the_managers_are_told() -> None:
    assert event(on(10, 8)) == []
    assert event(on(10)) == [(3, "2027-03-08:department"), (4, "2027-03-08:department")]
    assert event(on(15)) == [(90, "2027-03-08:managers"), (91, "2027-03-08:managers")]
    assert event(on(27)) == []  # the day has come and gone


def test_a_department_of_nobody_leaves_it_to_the_managers() -> None:
    assert [member for member, _ in event(on(10), members=frozenset())] == [90, 91]
    hidden = event(on(10), listed=frozenset({5}))
    assert hidden == [(5, "2027-03-08:managers")]


def test_the_owner_of_a_lapsed_contact_is_told_each_week_for_a_while() -> None:
    fact = ContactFact(THING, date(2027, 2, 1), FRIDAY, 7)
    assert said(of_contact(fact, SETTING, on(13, 8))) == []
    told = [said(of_contact(fact, SETTING, on(13) + timedelta(weeks=n))) for n in range(5)]
    assert told[0] == [("lapsed_stakeholder", 7, "2027-02-01:0")]
    assert [len(row) for row in told] == [1, 1, 1, 1, 0]


instants = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
days = st.dates(date(2026, 1, 1), date(2028, 1, 1))


@st.composite
def facts(draw: Any) -> WorkFacts:
    at, day = draw(instants), draw(days)
    return WorkFacts(
        tasks=[TaskFact(Subject("plans.Task", 1), day, 7)],
        undecided=[UndecidedFact(Subject("plans.Task", 2), at, day, frozenset({3, 4}), 5)],
        key_dates=[KeyDateFact(Subject("plans.KeyDate", 1), day, 7)],
        news=[NewsFact("mentioned", Subject("plans.TaskComment", 1), 7, "9", at)],
        answers=[AnswerFact(Subject("plans.Question", 1), at, 7, 5)],
        events=[EventFact(Subject("plans.KeyDateAnswer", 1), at, day, frozenset({3}), 5)],
        contacts=[ContactFact(Subject("plans.Stakeholder", 1), day, day, 7)],
    )


def keys(dues: list[Due]) -> list[Any]:
    return [(due.rule, due.subject, due.recipient, due.occasion) for due in dues]


@given(found=facts(), now=instants, opens=st.times(time(0), time(16)))
def test_the_same_moment_gives_the_same_never_the_future_and_nothing_twice(
    found: WorkFacts, now: datetime, opens: time
) -> None:
    calendar = WorkingCalendar(zone=ZoneInfo("America/New_York"), opens=opens)
    setting = Setting(calendar, timedelta(0), (90,))
    dues = due_now(found, setting, now)
    assert dues == due_now(found, setting, now)
    assert all(due.due_at <= now for due in dues)
    assert len(set(keys(dues))) == len(dues)
    assert all(len(due.occasion) <= 80 for due in dues)


@given(found=facts(), start=instants, steps=st.lists(st.integers(1, 90), max_size=12))
def test_an_occasion_never_returns_and_its_stem_stays(
    found: WorkFacts, start: datetime, steps: list[int]
) -> None:
    ended: set[Any] = set()
    before: set[Any] = set()
    stems: dict[Any, set[str]] = {}
    now = start
    for hours in steps:
        now += timedelta(hours=hours)
        dues = due_now(found, SETTING, now)
        current = set(keys(dues))
        assert not current & ended
        ended |= before - current
        before = current
        for due in dues:
            stems.setdefault((due.rule, due.subject, due.recipient), set()).add(stem(due.occasion))
    assert all(len(found) == 1 for found in stems.values())
