"""Scheduling, changing, preparing and running meetings: what works and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from people.errors import NotAllowed, Refused, Stale
from plans.meetings import queries, services
from plans.meetings.records import SeriesFields, rule_of, series_fields, when_words
from plans.meetings.recurrence import WEEKLY, upcoming
from plans.models import (
    Meeting,
    MeetingAttendee,
    MeetingMail,
    MeetingSeries,
    PlanReader,
    Task,
)
from tests import factories
from workflow import ownership

NOW = datetime(2027, 3, 1, 8, tzinfo=UTC)  # a Monday
MONDAY = date(2027, 3, 1)
WEEK = timedelta(days=7)


@pytest.fixture
def plan(cast: Any) -> Any:
    return factories.make_plan(cast.organization, owner=cast.manager, ends_on=date(2027, 12, 31))


def fields(cast: Any, **changes: Any) -> SeriesFields:
    base = SeriesFields(
        title="Weekly planning",
        plan=None,
        place="Room 2",
        time_zone="Europe/Berlin",
        clock=time(9, 30),
        duration_minutes=45,
        frequency=WEEKLY,
        first_day=MONDAY,
        weekdays=(0,),
        attendees=(cast.member, cast.colleague),
    )
    return replace(base, **changes)


def schedule(cast: Any, **changes: Any) -> MeetingSeries:
    return services.create_series(
        organization=cast.organization,
        by=cast.member,
        fields=fields(cast, **changes),
        owner=cast.member,
        now=NOW,
    )


def change(series: MeetingSeries, cast: Any, day: date = MONDAY, **changes: Any) -> MeetingSeries:
    now = series_fields(series, queries.attendees(series))
    return services.edit_series(
        series=series,
        by=cast.member,
        version=series.version,
        fields=replace(now, **changes),
        from_day=day,
        now=NOW,
    )


def told(series: MeetingSeries) -> list[tuple[str, bool, int]]:
    rows = MeetingMail.objects.filter(series=series).order_by("pk")
    return [(row.kind, row.is_update, row.member_id) for row in rows]


# Scheduling ----------------------------------------------------------------------------------
def test_everyone_invited_is_told(cast: Any) -> None:
    series = schedule(cast)
    assert told(series) == [
        ("invitation", False, cast.member.pk),
        ("invitation", False, cast.colleague.pk),
    ]
    assert when_words(series_fields(series)) == ("Every Monday, at 09:30, 45 min (Europe/Berlin)")


def test_an_expert_cannot_schedule(cast: Any) -> None:
    with pytest.raises(NotAllowed):
        services.create_series(
            organization=cast.organization, by=cast.expert, fields=fields(cast), owner=None, now=NOW
        )
    assert not MeetingSeries.objects.exists()


def test_who_cannot_see_the_confidential_plan_is_not_invited(cast: Any, plan: Any) -> None:
    plan.is_confidential = True
    plan.save()
    PlanReader.objects.create(organization=cast.organization, plan=plan, member=cast.member)
    with pytest.raises(Refused, match="Cole Colleague cannot see"):
        schedule(cast, plan=plan)
    series = schedule(cast, plan=plan, attendees=(cast.member,))
    seen = queries.visible_series(cast.organization, cast.colleague)
    assert series not in seen and series in queries.visible_series(cast.organization, cast.member)


def test_what_would_never_take_place_is_refused(cast: Any) -> None:
    with pytest.raises(Refused, match="never take place"):
        schedule(cast, weekdays=(4,), until=MONDAY + timedelta(days=2))


def test_a_foreign_member_is_not_invited(cast: Any) -> None:
    with pytest.raises(Refused):
        schedule(cast, attendees=(cast.outsider,))


# Changing from one on ------------------------------------------------------------------------
def test_before_the_first_one_the_series_itself_changes(cast: Any) -> None:
    series = schedule(cast)
    after = change(series, cast, clock=time(11))
    assert after.pk == series.pk and after.sequence == 1
    assert [t[:2] for t in told(series)][2:] == [("invitation", True)] * 2


def test_later_it_goes_on_as_another_and_what_was_prepared_goes_along(cast: Any) -> None:
    series = schedule(cast, first_day=MONDAY - 4 * WEEK)
    past = factories.make_meeting(series, notes="Long ago")
    prepared = factories.make_meeting(series, occurrence_on=MONDAY + WEEK)
    services.add_item(meeting=prepared, by=cast.member, text="The booth")
    after = change(series, cast, MONDAY, first_day=MONDAY, weekdays=(3,), clock=time(14))
    assert after.pk != series.pk and after.follows == series
    series.refresh_from_db()
    assert series.until == MONDAY - timedelta(days=1) and series.finished_at is not None
    prepared.refresh_from_db()
    past.refresh_from_db()
    assert past.series == series
    assert (prepared.series, prepared.occurrence_on) == (after, date(2027, 3, 11))
    assert prepared.starts_at == datetime(2027, 3, 11, 13, tzinfo=UTC)
    assert [item.text for item in queries.agenda(prepared)] == ["The booth"]


def test_moving_by_a_week_never_lets_two_meetings_meet(cast: Any) -> None:
    series = schedule(cast)
    rows = [factories.make_meeting(series, occurrence_on=MONDAY + n * WEEK) for n in range(4)]
    change(series, cast, first_day=MONDAY + WEEK)
    days = [Meeting.objects.get(pk=row.pk).occurrence_on for row in rows]
    assert days == [MONDAY + n * WEEK for n in range(1, 5)]


def test_a_prepared_meeting_beyond_the_new_end_is_cancelled_not_lost(cast: Any) -> None:
    series = schedule(cast)
    row = factories.make_meeting(series, occurrence_on=MONDAY + 5 * WEEK)
    change(series, cast, until=MONDAY + WEEK)
    row.refresh_from_db()
    assert row.cancelled_at is not None


def test_new_people_are_invited_and_those_left_out_are_told(cast: Any) -> None:
    series = schedule(cast)
    MeetingMail.objects.all().delete()
    change(series, cast, attendees=(cast.member, cast.manager))
    assert told(series) == [
        ("cancellation", False, cast.colleague.pk),
        ("invitation", False, cast.manager.pk),
    ]


def test_the_second_of_two_editors_is_told_what_is_there(cast: Any) -> None:
    series = schedule(cast)
    change(series, cast, title="Monday round")
    with pytest.raises(Stale) as caught:
        change(series, cast, title="Weekly round")
    assert caught.value.current.title == "Monday round"


def test_ending_keeps_the_record_and_cannot_be_changed(cast: Any) -> None:
    series = schedule(cast, first_day=MONDAY - WEEK)
    past = factories.make_meeting(series)
    ahead = factories.make_meeting(series, occurrence_on=MONDAY + WEEK)
    services.end_series(series=series, by=cast.member, now=NOW)
    series = services.end_series(series=series, by=cast.member, now=NOW)
    past.refresh_from_db()
    ahead.refresh_from_db()
    assert past.cancelled_at is None and ahead.cancelled_at == NOW
    assert queries.next_days(series, NOW, 5) == []
    with pytest.raises(Refused, match="ended"):
        change(series, cast, title="Again")


# One of them ---------------------------------------------------------------------------------
def test_one_is_moved_and_asked_again(cast: Any) -> None:
    series = schedule(cast)
    meeting = services.prepare(series=series, day=MONDAY + WEEK, by=cast.member)
    services.answer(meeting=meeting, member=cast.colleague, comes=True, now=NOW)
    at = datetime(2027, 3, 9, 15, tzinfo=UTC)
    services.change_one(
        series=series, day=MONDAY + WEEK, by=cast.member, starts_at=at, duration_minutes=30,
        place="", now=NOW,
    )  # fmt: skip
    ahead = queries.next_days(series, NOW, 3)
    assert [o.starts_at for o in ahead][1] == at
    assert queries.answers(meeting) == {}


def test_one_is_cancelled_and_brought_back(cast: Any) -> None:
    series = schedule(cast)
    kw = {"series": series, "day": MONDAY + WEEK, "by": cast.member, "now": NOW}
    meeting = services.cancel_one(**kw, reason="Easter")
    services.cancel_one(**kw, reason="Twice")
    assert MONDAY + WEEK not in [o.day for o in queries.next_days(series, NOW, 5)]
    with pytest.raises(Refused, match="cancelled"):
        services.add_item(meeting=meeting, by=cast.member, text="Too late")
    services.restore_one(meeting=meeting, by=cast.member, now=NOW)
    assert MONDAY + WEEK in [o.day for o in queries.next_days(series, NOW, 5)]
    assert [t[0] for t in told(series)].count("cancellation") == 2


def test_a_day_that_the_rule_has_not_is_no_meeting(cast: Any) -> None:
    series = schedule(cast)
    with pytest.raises(Refused, match="no meeting on that day"):
        services.prepare(series=series, day=MONDAY + timedelta(days=1), by=cast.member)


def test_what_has_begun_is_neither_moved_nor_cancelled(cast: Any) -> None:
    series = schedule(cast, first_day=MONDAY - WEEK)
    with pytest.raises(Refused, match="begun"):
        services.cancel_one(series=series, day=MONDAY - WEEK, by=cast.member, reason="", now=NOW)


def test_only_who_is_invited_answers(cast: Any) -> None:
    meeting = services.prepare(series=schedule(cast), day=MONDAY, by=cast.member)
    with pytest.raises(NotAllowed):
        services.answer(meeting=meeting, member=cast.viewer, comes=True, now=NOW)


# Running it ----------------------------------------------------------------------------------
@pytest.fixture
def meeting(cast: Any, plan: Any) -> Meeting:
    return services.prepare(series=schedule(cast, plan=plan), day=MONDAY, by=cast.member)


def test_whoever_saves_notes_second_loses_nothing(cast: Any, meeting: Meeting) -> None:
    services.save_notes(meeting=meeting, by=cast.member, version=1, notes="First words")
    with pytest.raises(Stale, match="Maya Member changed this") as caught:
        services.save_notes(meeting=meeting, by=cast.colleague, version=1, notes="Other words")
    assert caught.value.current.notes == "First words"
    services.save_notes(meeting=meeting, by=cast.colleague, version=1, notes="First words")
    meeting.refresh_from_db()
    assert (meeting.notes, meeting.version) == ("First words", 2)


def test_with_an_owner_and_a_day_it_is_a_task(cast: Any, meeting: Meeting) -> None:
    item = services.add_action(
        meeting=meeting, by=cast.member, text="Ask the branch", owner=cast.colleague, due=MONDAY
    )
    task = Task.objects.get()
    assert item.task == task
    assert (task.owner, task.due, task.plan) == (cast.colleague, MONDAY, meeting.series.plan)
    with pytest.raises(Refused, match="task already"):
        services.remove_action(item=item, by=cast.member)


@pytest.mark.parametrize("lacking", ["owner", "due"])
def test_lacking_one_it_stays_a_note_until_it_is_complete(
    lacking: str, cast: Any, meeting: Meeting
) -> None:
    whole = {"owner": cast.colleague, "due": MONDAY}
    item = services.add_action(
        meeting=meeting, by=cast.member, text="Ask", **{**whole, lacking: None}
    )
    assert item.task is None and not Task.objects.exists()
    services.edit_action(item=item, by=cast.member, text="Ask them", **whole)
    assert Task.objects.get().title == "Ask them"


def test_without_a_plan_it_waits_for_one(cast: Any, plan: Any) -> None:
    meeting = services.prepare(series=schedule(cast), day=MONDAY, by=cast.member)
    kw = {"meeting": meeting, "by": cast.member, "text": "Ask", "due": MONDAY}
    assert services.add_action(**kw, owner=cast.colleague).task is None
    assert services.add_action(**kw, owner=cast.colleague, plan=plan).task is not None


def test_minutes_go_to_everyone_once_something_was_said(cast: Any, meeting: Meeting) -> None:
    began = meeting.starts_at + timedelta(hours=1)
    with pytest.raises(Refused, match="not begun"):
        services.send_minutes(meeting=meeting, by=cast.member, now=NOW - timedelta(days=1))
    with pytest.raises(Refused, match="Nothing was written"):
        services.send_minutes(meeting=meeting, by=cast.member, now=began)
    services.add_decision(meeting=meeting, by=cast.member, text="We go on.")
    assert services.send_minutes(meeting=meeting, by=cast.member, now=began) == 2


def test_a_viewer_writes_nothing(cast: Any, meeting: Meeting) -> None:
    for act in (
        lambda: services.save_notes(meeting=meeting, by=cast.viewer, version=1, notes="x"),
        lambda: services.add_decision(meeting=meeting, by=cast.viewer, text="x"),
        lambda: services.add_action(meeting=meeting, by=cast.viewer, text="x"),
        lambda: services.add_item(meeting=meeting, by=cast.viewer, text="x"),
        lambda: services.draw(meeting=meeting, by=cast.viewer, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()


# Its organizer -------------------------------------------------------------------------------
def test_when_the_organizer_leaves_nobody_runs_it_until_someone_does(cast: Any) -> None:
    series = schedule(cast)
    ownership.vacate_everything_of(cast.member, "left", cast.admin, now=NOW)
    series.refresh_from_db()
    assert series.owner is None and series.unowned_since == NOW
    ownership.claim(row=series, by=cast.colleague)
    series.refresh_from_db()
    assert series.owner == cast.colleague


def test_the_rule_is_kept_as_it_was_said(cast: Any) -> None:
    series = schedule(cast, interval=2, weekdays=(0, 3), count=5)
    series.refresh_from_db()
    assert rule_of(series) == fields(cast, interval=2, weekdays=(0, 3), count=5).rule(0)
    assert len(upcoming(rule_of(series), MONDAY, 50)) == 5
    assert MeetingAttendee.objects.filter(series=series).count() == 2


def test_every_second_week_stays_the_same_second_week(cast: Any) -> None:
    series = schedule(cast, first_day=MONDAY - WEEK, interval=2, count=5)
    after = change(series, cast, MONDAY, clock=time(14))
    assert [o.day for o in queries.next_days(after, NOW, 9)] == [
        MONDAY + n * WEEK for n in (1, 3, 5, 7)
    ]
