"""The pages of meetings, through the browser's eyes: what works, and what is refused kindly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from plans.meetings import services
from plans.models import Meeting, MeetingSeries, Task
from tests import factories

NOW = datetime(2027, 3, 1, 8, tzinfo=UTC)
MONDAY = date(2027, 3, 8)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def at(name: str, **kwargs: Any) -> str:
    return reverse(name, kwargs={"organization": "northlake", **kwargs})


@pytest.fixture
def plan(cast: Any) -> Any:
    return factories.make_plan(cast.organization, owner=cast.manager, ends_on=date(2027, 12, 31))


@pytest.fixture
def series(cast: Any, plan: Any) -> MeetingSeries:
    return factories.make_series(
        cast.organization,
        plan=plan,
        owner=cast.member,
        first_day=MONDAY - timedelta(days=14),
        invited=[cast.member, cast.expert],
    )


@pytest.fixture
def meeting(series: MeetingSeries) -> Meeting:
    return factories.make_meeting(series)


def form(cast: Any, **changes: Any) -> dict[str, Any]:
    return {
        "title": "Weekly round",
        "first_day": "2027-03-08",
        "time_zone": "Europe/Berlin",
        "clock": "09:30",
        "duration_minutes": "45",
        "frequency": "weekly",
        "interval": "1",
        "weekdays": ["0"],
        "owner": cast.member.pk,
        "attendees": [cast.member.pk, cast.colleague.pk],
        **changes,
    }


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# The list ------------------------------------------------------------------------------------
def test_without_meetings_the_page_says_what_they_are_good_for(cast: Any, client_of: Any) -> None:
    page = words(client_of(cast.member).get(at("meetings")))
    assert "No meeting is scheduled yet" in page and "Schedule meetings" in page
    assert "Schedule meetings" not in words(client_of(cast.viewer).get(at("meetings")))


def test_a_meeting_that_nobody_runs_offers_itself(cast: Any, client_of: Any) -> None:
    series = factories.make_series(cast.organization, title="Round", first_day=MONDAY)
    page = words(client_of(cast.member).get(at("meetings")))
    assert "No one runs “Round”" in page and "I’ll run it" in page
    client_of(cast.member).post(at("own-claim", slug="meeting", pk=series.pk))
    series.refresh_from_db()
    assert series.owner == cast.member


def test_the_list_takes_as_many_queries_for_one_as_for_many(
    cast: Any, client_of: Any, plan: Any
) -> None:
    client = client_of(cast.member)

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(at("meetings"))
        return len(found)

    def more(times: int) -> None:
        for _ in range(times):
            row = factories.make_series(
                cast.organization, plan=plan, owner=cast.member, first_day=date(2027, 2, 1)
            )
            factories.make_meeting(row)

    more(1)
    count()
    one = count()
    more(20)
    assert count() == one


# Scheduling ----------------------------------------------------------------------------------
def test_the_next_five_dates_are_shown_before_anything_is_saved(cast: Any, client_of: Any) -> None:
    client = client_of(cast.member)
    fragment = words(client.post(at("meeting-preview"), form(cast)))
    assert "Every Monday, at 09:30, 45 min (Europe/Berlin)" in fragment
    assert fragment.count("<li>") == 5 and "Mon 29 March 2027, 09:30" in fragment
    page = client.post(at("meeting-new"), {**form(cast), "preview": "1"})
    assert page.status_code == 200 and "Every Monday" in words(page)
    assert not MeetingSeries.objects.exists()


def test_it_is_scheduled(cast: Any, client_of: Any) -> None:
    answer = client_of(cast.member).post(at("meeting-new"), form(cast), follow=True)
    page = words(answer)
    assert "Everyone invited is sent an invitation" in page
    assert "Mon 8 March" in page and "Cole Colleague" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Give the meeting a title."),
        ({"attendees": []}, "Invite at least one person."),
        ({"clock": "half past nine"}, "Write the time as hours and minutes: 09:30."),
        ({"until": "2027-03-01"}, "It cannot end before it begins."),
        ({"until": "2027-05-01", "count": "3"}, "Choose one of the two"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    changes: dict[str, Any], sentence: str, cast: Any, client_of: Any
) -> None:
    typed = form(cast, place="Room 2", **changes)
    answer = client_of(cast.member).post(at("meeting-new"), typed)
    assert answer.status_code == 422
    assert sentence in words(answer) and "Room 2" in words(answer)
    assert not MeetingSeries.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"frequency": "once"}, "Mon 8 March 2027, at 09:30"),
        ({"frequency": "monthly", "nth": "-1", "month_weekday": "4"}, "The last Friday of every"),
        ({"frequency": "monthly", "nth": "", "month_weekday": ""}, "The second Monday of every"),
        ({"weekdays": ["3", "0"], "interval": "2"}, "Every second week on Monday and Thursday"),
        ({"weekdays": []}, "Every Monday"),
        ({"count": "4"}, "4 times"),
    ],
)
def test_the_rule_is_said_in_plain_words(
    changes: dict[str, Any], said: str, cast: Any, client_of: Any
) -> None:
    fragment = words(client_of(cast.member).post(at("meeting-preview"), form(cast, **changes)))
    assert said in fragment


def test_changing_from_the_next_on_leaves_the_past(
    cast: Any, client_of: Any, series: MeetingSeries
) -> None:
    client = client_of(cast.member)
    page = client.get(at("meeting-series-edit", series_id=series.pk))
    initial = page.context["form"].initial
    typed = {k: v for k, v in initial.items() if v is not None} | {"clock": "11:00"}
    client.post(at("meeting-series-edit", series_id=series.pk), typed)
    series.refresh_from_db()
    after = MeetingSeries.objects.get(follows=series)
    assert series.until == date(2027, 2, 28) and after.first_day == date(2027, 3, 1)


def test_a_change_of_title_needs_no_new_series(
    cast: Any, client_of: Any, series: MeetingSeries
) -> None:
    client = client_of(cast.member)
    initial = client.get(at("meeting-series-edit", series_id=series.pk)).context["form"].initial
    typed = {k: v for k, v in initial.items() if v is not None} | {"title": "The round"}
    client.post(at("meeting-series-edit", series_id=series.pk), typed)
    assert MeetingSeries.objects.get().title == "The round"
    again = client.post(at("meeting-series-edit", series_id=series.pk), typed | {"title": "Other"})
    assert again.status_code == 409 and "The round" in words(again) and "Other" in words(again)


# One meeting ---------------------------------------------------------------------------------
def test_moving_one_into_the_past_is_refused(
    cast: Any, client_of: Any, series: MeetingSeries
) -> None:
    answer = client_of(cast.member).post(
        at("meeting-change", series_id=series.pk, day="2027-03-08"),
        {"day": "2027-02-01", "clock": "09:30", "duration_minutes": "30"},
    )
    assert answer.status_code == 422 and "still to come" in words(answer)


def test_one_is_cancelled_and_brought_back(
    cast: Any, client_of: Any, series: MeetingSeries
) -> None:
    client = client_of(cast.member)
    where = {"series_id": series.pk, "day": "2027-03-08"}
    client.post(at("meeting-cancel", **where), {"reason": "Easter"})
    page = words(client.get(at("meeting-occurrence", **where)))
    assert "This meeting was cancelled" in page and "Easter" in page
    row = Meeting.objects.get()
    client.post(at("meeting-restore", meeting_id=row.pk))
    row.refresh_from_db()
    assert row.cancelled_at is None


@pytest.mark.parametrize("day", ["2027-03-09", "2027-02-30", "nonsense"])
def test_a_day_without_meeting_is_a_404(
    day: str, cast: Any, client_of: Any, series: MeetingSeries
) -> None:
    client = client_of(cast.member)
    assert client.get(at("meeting-occurrence", series_id=series.pk, day=day)).status_code == 404


def test_an_agenda_can_be_drawn_up_early_and_edited(
    cast: Any, client_of: Any, plan: Any, series: MeetingSeries
) -> None:
    factories.make_task(plan, title="Late one", due=date(2027, 2, 1), owner=cast.member)
    client = client_of(cast.member)
    page = client.post(at("meeting-open", series_id=series.pk, day="2027-03-08"), follow=True)
    assert "Late one" in words(page)
    row = Meeting.objects.get()
    client.post(at("meeting-agenda", meeting_id=row.pk), {"text": "The booth"})
    late, booth = row.agenda.all()
    for item, what in ((late, {"do": "tick"}), (booth, {"do": "reword", "text": "Our booth"})):
        client.post(at("meeting-agenda-item", meeting_id=row.pk, item_id=item.pk), what)
    page = words(client.get(at("meeting", meeting_id=row.pk)))
    assert "1 of 2" in page and "Our booth" in page
    empty = client.post(at("meeting-agenda", meeting_id=row.pk), {"text": " "})
    assert empty.status_code == 422 and "Write a few words" in words(empty)
    nothing = client.post(
        at("meeting-agenda-item", meeting_id=row.pk, item_id=late.pk), {"do": "burn"}
    )
    assert nothing.status_code == 422


def test_two_people_write_notes_and_both_texts_are_there(
    cast: Any, client_of: Any, meeting: Meeting
) -> None:
    url = at("meeting-notes", meeting_id=meeting.pk)
    first = client_of(cast.member).post(url, {"notes": "Maya heard this", "version": "1"})
    assert first.status_code == 302
    second = client_of(cast.colleague).post(url, {"notes": "Cole heard that", "version": "1"})
    page = words(second)
    assert second.status_code == 409
    assert "Maya Member changed this while you were writing" in page
    assert "Maya heard this" in page and "Cole heard that" in page
    third = client_of(cast.colleague).post(
        url, {"notes": "Cole heard that", "version": "2", "both": "1"}
    )
    meeting.refresh_from_db()
    assert third.status_code == 302
    assert meeting.notes == "Maya heard this\n\nCole heard that"


def test_what_lacks_owner_or_day_says_kindly_that_it_is_a_note(
    cast: Any, client_of: Any, meeting: Meeting
) -> None:
    client = client_of(cast.member)
    url = at("meeting-action", meeting_id=meeting.pk)
    client.post(url, {"text": "Ask the branch"})
    page = words(client.get(at("meeting", meeting_id=meeting.pk)))
    assert "A note so far: with a person and a day it becomes a task." in page
    assert not Task.objects.exists()
    note = meeting.action_items.get()
    client.post(
        at("meeting-action-item", meeting_id=meeting.pk, action_id=note.pk),
        {"text": "Ask the branch", "owner": cast.colleague.pk, "due": "2027-03-12"},
    )
    assert Task.objects.get().owner == cast.colleague
    page = words(client.get(at("meeting-minutes", meeting_id=meeting.pk)))
    assert "Ask the branch" in page and "Fri 12 March" in page


def test_an_invited_expert_answers_and_runs_nothing(
    cast: Any, client_of: Any, series: MeetingSeries
) -> None:
    row = services.prepare(series=series, day=MONDAY, by=cast.member)
    client = client_of(cast.expert)
    client.post(at("meeting-answer", meeting_id=row.pk), {"answer": "yes"})
    page = words(client.get(at("meeting", meeting_id=row.pk)))
    assert "comes" in page and "Draw it up" not in page
    assert client.post(at("meeting-draw", meeting_id=row.pk)).status_code == 403


def test_minutes_are_refused_while_there_is_nothing_in_them(
    cast: Any, client_of: Any, meeting: Meeting
) -> None:
    client = client_of(cast.member)
    url = at("meeting-minutes-send", meeting_id=meeting.pk)
    refused = client.post(url)
    assert refused.status_code == 409 and "Nothing was written down yet" in words(refused)
    client.post(at("meeting-decision", meeting_id=meeting.pk), {"text": "We go on."})
    assert "on their way to 2 people" in words(client.post(url, follow=True))


def test_what_someone_noticed_needs_words(cast: Any, client_of: Any, series: MeetingSeries) -> None:
    client = client_of(cast.member)
    url = at("meeting-flag", series_id=series.pk)
    refused = client.post(url, {"kind": "worked", "text": ""})
    assert refused.status_code == 422 and "Say in a few words what you noticed." in words(refused)
    page = words(client.post(url, {"kind": "worked", "text": "The brief"}, follow=True))
    assert "The brief" in page and "Worked well" in page


def test_the_meeting_page_takes_as_many_queries_for_one_as_for_many(
    cast: Any, client_of: Any, meeting: Meeting
) -> None:
    client = client_of(cast.member)

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(at("meeting", meeting_id=meeting.pk))
        return len(found)

    def more(times: int) -> None:
        for n in range(times):
            kw = {"meeting": meeting, "by": cast.member}
            services.add_item(**kw, text=f"Item {n}")
            services.add_decision(**kw, text=f"Decision {n}")
            services.add_action(**kw, text=f"To do {n}", owner=cast.colleague)
            services.add_action(**kw, text=f"Task {n}", owner=cast.colleague, due=MONDAY)

    more(1)
    count()
    one = count()
    more(8)
    assert count() == one


def test_the_calendar_file_can_be_downloaded(
    cast: Any, client_of: Any, series: MeetingSeries
) -> None:
    type(series).objects.update(time_zone="Europe/Berlin")
    answer = client_of(cast.viewer).get(at("meeting-ics", series_id=series.pk))
    assert answer["Content-Type"] == "text/calendar"
    assert answer.content.startswith(b"BEGIN:VCALENDAR") and b"BEGIN:VTIMEZONE" in answer.content


def test_the_page_shows_the_clock_on_the_meeting_s_own_wall(
    cast: Any, client_of: Any, series: MeetingSeries
) -> None:
    type(series).objects.update(time_zone="Asia/Tokyo")
    series.refresh_from_db()
    row = services.prepare(series=series, day=MONDAY, by=cast.member)
    page = words(client_of(cast.member).get(at("meeting", meeting_id=row.pk)))
    assert "Mon 8 March, 09:30" in page and "10:15" in page
    assert "(Mon 8 Mar, 00:30 for you)" in page


def test_the_agenda_of_a_meeting_that_is_over_is_left_alone(
    cast: Any, client_of: Any, meeting: Meeting
) -> None:
    refused = client_of(cast.member).post(at("meeting-draw", meeting_id=meeting.pk))
    assert refused.status_code == 409 and "part of the record" in words(refused)
