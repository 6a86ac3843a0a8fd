"""Agendas: from the real state, 24 h before, once, in a constant number of queries; hands win."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from plans.meetings import queries, services
from plans.meetings.agenda import Line, Standing, redraw
from plans.models import AgendaItem, Meeting, MeetingFlag
from plans.tasks import draw_agendas
from tests import factories

MONDAY = date(2027, 3, 1)
START = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
BEFORE = START - timedelta(hours=23)


@pytest.fixture
def plan(cast: Any) -> Any:
    return factories.make_plan(cast.organization, owner=cast.manager, ends_on=date(2027, 12, 31))


@pytest.fixture
def series(cast: Any, plan: Any) -> Any:
    return factories.make_series(
        cast.organization, plan=plan, owner=cast.member, invited=[cast.member]
    )


def texts(meeting: Meeting) -> list[str]:
    return [item.text for item in queries.agenda(meeting)]


def the_meeting() -> Meeting:
    return Meeting.objects.select_related("series__organization", "organization").get(
        occurrence_on=MONDAY
    )


def test_a_day_before_it_says_what_is_late_unowned_and_near(
    cast: Any, plan: Any, series: Any
) -> None:
    factories.make_task(plan, title="Late one", due=date(2027, 2, 20), owner=cast.member)
    factories.make_task(plan, title="In time", due=date(2027, 3, 20), owner=cast.member)
    factories.make_stream(plan, name="Branch stories")
    factories.make_key_date(plan, title="Launch", date=date(2027, 3, 10), owner=cast.member)
    other = factories.make_plan(cast.organization, owner=cast.manager)
    factories.make_task(other, title="Elsewhere", due=date(2027, 2, 20), owner=cast.member)
    assert services.draw_all_due(BEFORE) == 1
    meeting = the_meeting()
    assert meeting.agenda_drawn_at == BEFORE
    assert texts(meeting) == ["Late one", "Branch stories", "Launch"]


def test_not_earlier_and_only_once(cast: Any, series: Any) -> None:
    assert services.draw_all_due(START - timedelta(hours=25)) == 0
    assert services.draw_all_due(BEFORE) == 1
    assert services.draw_all_due(BEFORE) == 0
    assert Meeting.objects.count() == 1


def test_a_tick_that_came_late_still_draws(cast: Any, series: Any) -> None:
    assert services.draw_all_due(START + timedelta(minutes=30)) == 1


def test_cancelled_and_ended_meetings_have_none(cast: Any, series: Any) -> None:
    services.cancel_one(
        series=series, day=MONDAY, by=cast.member, reason="", now=START - timedelta(days=5)
    )
    assert services.draw_all_due(BEFORE) == 0


def test_however_many_meetings_the_queries_are_as_many(cast: Any, plan: Any, series: Any) -> None:
    def count() -> int:
        AgendaItem.objects.all().delete()
        Meeting.objects.all().delete()
        with CaptureQueriesContext(connection) as found:
            services.draw_all_due(BEFORE)
        return len(found)

    for n in range(3):
        factories.make_task(plan, title=f"Late {n}", due=date(2027, 2, 20), owner=cast.member)
    count()
    one = count()
    for _ in range(10):
        factories.make_series(
            cast.organization, plan=plan, owner=cast.member, invited=[cast.member]
        )
    assert count() == one


def test_what_hands_did_survives_drawing_up_again(cast: Any, plan: Any, series: Any) -> None:
    first = factories.make_task(plan, title="Late one", due=date(2027, 2, 20), owner=cast.member)
    factories.make_task(plan, title="Late two", due=date(2027, 2, 21), owner=cast.member)
    services.draw_all_due(BEFORE)
    meeting = the_meeting()
    one, two = queries.agenda(meeting)
    services.edit_item(item=one, by=cast.member, text="Why is it late?")
    services.remove_item(item=two, by=cast.member, now=BEFORE)
    services.add_item(meeting=meeting, by=cast.member, text="The booth")
    type(first).objects.update(state="done", done_at=BEFORE)
    services.draw(meeting=meeting, by=cast.member, now=BEFORE)
    assert texts(meeting) == ["Why is it late?", "The booth"]


def test_untouched_lines_follow_the_state(cast: Any, plan: Any, series: Any) -> None:
    task = factories.make_task(plan, title="Late one", due=date(2027, 2, 20), owner=cast.member)
    services.draw_all_due(BEFORE)
    task.title = "Late, and renamed"
    task.save()
    meeting = the_meeting()
    services.draw(meeting=meeting, by=cast.member, now=BEFORE)
    assert texts(meeting) == ["Late, and renamed"]
    task.state, task.done_at = "done", BEFORE
    task.save()
    services.draw(meeting=meeting, by=cast.member, now=BEFORE)
    assert texts(meeting) == []


def test_what_people_noticed_stands_on_the_next_agenda_and_on_no_other(
    cast: Any, series: Any
) -> None:
    early = START - timedelta(days=3)
    services.flag(series=series, by=cast.colleague, kind="tweak", text="Shorter", now=early)
    services.draw_all_due(BEFORE)
    services.flag(series=series, by=cast.member, kind="worked", text="The brief", now=BEFORE)
    assert texts(the_meeting()) == ["Shorter", "The brief"]
    services.draw_all_due(BEFORE + timedelta(days=7))
    later = Meeting.objects.get(occurrence_on=MONDAY + timedelta(days=7))
    assert texts(later) == []
    assert not MeetingFlag.objects.filter(meeting=None).exists()


def test_what_the_last_meeting_left_comes_back(cast: Any, series: Any) -> None:
    last = factories.make_meeting(series, occurrence_on=date(2027, 2, 22))
    kw = {"meeting": last, "by": cast.member}
    services.add_action(**kw, text="A note")
    services.add_action(**kw, text="A task", owner=cast.colleague, due=date(2027, 3, 20))
    services.draw_all_due(BEFORE)
    meeting = the_meeting()
    assert texts(meeting) == ["A note", "A task"]
    note = queries.agenda(meeting)[0]
    assert note.is_nobodys and "stayed a note" in note.detail


def test_a_meeting_of_no_plan_never_speaks_of_a_confidential_one(cast: Any, plan: Any) -> None:
    secret = factories.make_plan(cast.organization, owner=cast.manager, is_confidential=True)
    factories.make_task(secret, title="Zephyr", due=date(2027, 2, 20), owner=cast.manager)
    factories.make_task(plan, title="Open one", due=date(2027, 2, 20), owner=cast.manager)
    factories.make_series(cast.organization, owner=cast.member, invited=[cast.member])
    services.draw_all_due(BEFORE)
    assert texts(the_meeting()) == ["Open one"]


def test_a_long_list_is_told_short(cast: Any, plan: Any, series: Any) -> None:
    for n in range(11):
        factories.make_task(plan, title=f"Late {n:02}", due=date(2027, 2, 20), owner=cast.member)
    services.draw_all_due(BEFORE)
    assert texts(the_meeting())[-1] == "And 3 more"
    assert len(texts(the_meeting())) == 9


def test_the_worker_draws_and_twice_has_one_effect(cast: Any) -> None:
    soon = timezone.now() + timedelta(hours=3)
    factories.make_series(
        cast.organization,
        owner=cast.member,
        invited=[cast.member],
        frequency="once",
        weekdays=[],
        first_day=soon.date(),
        clock=time(soon.hour, soon.minute),
    )
    draw_agendas()
    draw_agendas()
    assert Meeting.objects.exclude(agenda_drawn_at=None).count() == 1


def test_a_series_whose_last_meeting_is_over_is_finished(cast: Any, series: Any) -> None:
    type(series).objects.filter(pk=series.pk).update(until=MONDAY)
    services.draw_all_due(START + timedelta(hours=12))
    series.refresh_from_db()
    assert series.finished_at is None
    services.draw_all_due(START + timedelta(days=2))
    series.refresh_from_db()
    assert series.finished_at is not None


def test_redrawing_what_stands_changes_nothing() -> None:
    lines = [Line("late", f"late:{n}", f"Line {n}") for n in range(3)]
    again = redraw({line.key: Standing(line) for line in lines}, lines)
    assert (again.add, again.change, again.drop) == ([], [], [])
    kept = redraw({"own:1": Standing(Line("own", "own:1", "Mine"), by_hand=True)}, lines)
    assert kept.add == lines and kept.drop == []
