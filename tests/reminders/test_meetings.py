"""Mails about meetings: invitations with their file, the agenda a day before, the minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from plans.meetings import services
from plans.meetings.records import series_fields
from plans.models import MeetingMail, MeetingSeries
from reminders import delivery, planner, queries
from reminders.models import Message, Obligation
from reminders.relay import Letter
from reminders.truth import make_true
from tests import factories
from tests.plans.meetings.test_services import NOW, schedule
from tests.support.smtp import smtp_server

MONDAY = date(2027, 3, 8)
START = datetime(2027, 3, 8, 8, 30, tzinfo=UTC)


@pytest.fixture
def series(cast: Any) -> Any:
    return schedule(cast, first_day=MONDAY)


def mails(cast: Any, now: datetime) -> list[Message]:
    planner.plan(cast.organization, now)
    rows = Message.objects.filter(organization=cast.organization, created_at=now)
    return list(rows.order_by("recipient__user__name", "pk"))


def test_an_invitation_goes_once_with_its_file(cast: Any, series: Any) -> None:
    to_colleague, to_organizer = mails(cast, NOW)
    assert to_colleague.subject == "Invitation: Weekly planning"
    assert "Every Monday, at 09:30" in to_colleague.text
    assert to_colleague.calendar_method == "REQUEST"
    assert to_organizer.calendar_method == "PUBLISH"
    assert mails(cast, NOW + timedelta(minutes=1)) == []


def test_the_mail_is_understood_by_calendar_programs(cast: Any, series: Any) -> None:
    row = mails(cast, NOW)[0]
    letter = Letter(
        row.message_id, row.address, row.subject, row.text, row.html,
        row.calendar, row.calendar_method,
    )  # fmt: skip
    mail = message_from_bytes(letter.as_bytes(), policy=default)
    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/calendar", "text/calendar"]
    inline, attached = [p for p in mail.walk() if p.get_content_type() == "text/calendar"]
    assert inline.get_param("method") == "REQUEST"
    assert attached.get_filename() == "meeting.ics"
    for part in (inline, attached):
        (event,) = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
        assert str(event["uid"]) == series.uid


def test_its_file_arrives_at_the_mail_server_to_the_byte(
    cast: Any, series: Any, settings: Any
) -> None:
    """Names in any script too, and lines that the mail would otherwise fold or trim."""
    services.edit_series(
        series=series, by=cast.member, version=series.version, from_day=MONDAY, now=NOW,
        fields=replace(
            series_fields(series, [cast.member, cast.colleague]), place="Sál Žižkov. " + "=_ " * 60
        ),
    )  # fmt: skip
    rows = {row.message_id: row for row in mails(cast, NOW)}
    with smtp_server(settings) as ledger:
        assert delivery.drain(lambda: NOW) == {"sent": 2}
    assert sorted(mail["Message-ID"] for mail in ledger.mails) == sorted(rows)
    for mail in ledger.mails:
        row = rows[mail["Message-ID"]]
        parts = [part for part in mail.walk() if not part.is_multipart()]
        text, html, inline, attached = [part.get_payload(decode=True) for part in parts]
        assert inline == attached == row.calendar.encode()
        assert text.decode().splitlines() == row.text.splitlines()
        assert html.decode().splitlines() == row.html.splitlines()
        assert {p.get_param("method") for p in parts[2:]} == {row.calendar_method}
        assert mail.get_content_type() == "multipart/mixed"
        assert [part.get_filename() for part in parts] == [None, None, None, "meeting.ics"]
        assert not mail.defects


def test_each_reads_of_meetings_in_their_own_language(cast: Any, series: Any) -> None:
    type(cast.colleague.user).objects.filter(pk=cast.colleague.user_id).update(language="de")
    invited = mails(cast, NOW)
    assert ["Montag" in row.text for row in invited] == [True, False]
    meeting = services.prepare(series=series, day=MONDAY, by=cast.member)
    services.add_action(meeting=meeting, by=cast.member, text="Ask", due=date(2027, 3, 8))
    after = START + timedelta(hours=1)
    services.send_minutes(meeting=meeting, by=cast.member, now=after)
    told = [row for row in mails(cast, after) if "Ask" in row.text]
    assert ["März" in row.text for row in told] == [True, False]
    assert ["March" in row.text for row in told] == [False, True]


def test_many_are_judged_by_as_few_queries_as_one(cast: Any, series: Any) -> None:
    def count() -> int:
        rows = Message.objects.filter(state="waiting")
        rows = rows.select_related("recipient__user", "recipient__organization", "organization")
        with CaptureQueriesContext(connection) as found:
            assert make_true(list(rows), before) == {row.pk for row in rows.all()}
        return len(found)

    before = START - timedelta(hours=23)
    services.draw_all_due(before)
    mails(cast, NOW), mails(cast, before)
    one = count()
    for _ in range(3):
        schedule(cast, first_day=MONDAY)
    services.draw_all_due(before)
    mails(cast, before)
    assert Obligation.objects.count() == 16
    assert count() == one


def test_of_two_changes_only_the_last_is_mailed(cast: Any, series: Any) -> None:
    mails(cast, NOW)
    for minutes in (30, 60):
        services.change_one(
            series=series, day=MONDAY, by=cast.member, starts_at=START,
            duration_minutes=minutes, place="Room 2", now=NOW + timedelta(minutes=minutes),
        )  # fmt: skip
    found = mails(cast, NOW + timedelta(hours=2))
    assert [row.subject for row in found] == ["Changed: Weekly planning"] * 2


def test_a_change_that_a_later_one_overtook_is_not_sent(cast: Any, series: Any) -> None:
    first = mails(cast, NOW)[0]
    assert make_true([first], NOW)
    MeetingMail.objects.create(
        organization=cast.organization, series=series, member=cast.colleague,
        kind="invitation", is_update=True, at=NOW,
    )  # fmt: skip
    assert not make_true([first], NOW)


def test_a_cancellation_says_why(cast: Any, series: Any) -> None:
    mails(cast, NOW)
    later = NOW + timedelta(hours=1)
    services.cancel_one(series=series, day=MONDAY, by=cast.member, reason="Easter", now=later)
    found = mails(cast, later)[0]
    assert found.subject == "Cancelled: Weekly planning"
    assert "“Easter”" in found.text and found.calendar_method == "CANCEL"


def test_a_day_before_the_agenda_comes_and_not_twice(cast: Any, series: Any) -> None:
    mails(cast, NOW)
    before = START - timedelta(hours=23)
    assert mails(cast, before) == []  # no agenda yet
    services.flag(series=series, by=cast.member, kind="tweak", text="Shorter", now=before)
    services.draw_all_due(before)
    found = mails(cast, before)
    assert [row.subject for row in found] == ["Your next meeting: Weekly planning"] * 2
    assert "What people noticed\n- Shorter" in found[0].text
    assert mails(cast, before + timedelta(hours=1)) == []
    assert make_true([found[0]], before)
    services.cancel_one(series=series, day=MONDAY, by=cast.member, reason="", now=before)
    assert not make_true([found[0]], before)


def test_minutes_are_mailed_with_what_came_of_it(cast: Any, series: Any) -> None:
    meeting = services.prepare(series=series, day=MONDAY, by=cast.member)
    services.add_decision(meeting=meeting, by=cast.member, text="We go on.")
    services.add_action(meeting=meeting, by=cast.member, text="Ask the branch", due=MONDAY)
    services.save_notes(meeting=meeting, by=cast.member, version=1, notes="It rained.")
    after = START + timedelta(hours=1)
    services.send_minutes(meeting=meeting, by=cast.member, now=after)
    found = [row for row in mails(cast, after) if row.subject.startswith("Minutes")]
    assert len(found) == 2
    for words in ("We go on.", "Ask the branch (no one yet, by Mon 8 March)", "It rained."):
        assert words in found[0].text


def test_of_a_confidential_plan_only_who_may_see_it_is_told(cast: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.member, ends_on=date(2027, 12, 31))
    schedule(cast, plan=plan, first_day=MONDAY)
    type(plan).objects.update(is_confidential=True)
    found = mails(cast, NOW)
    assert [row.recipient for row in found] == [cast.member]
    assert queries.confidential(cast.admin, found) == {found[0].pk}


def test_who_left_is_told_nothing(cast: Any, series: Any) -> None:
    type(cast.colleague).objects.filter(pk=cast.colleague.pk).update(deactivated_at=NOW)
    assert [row.recipient for row in mails(cast, NOW)] == [cast.member]


def test_a_pass_takes_as_many_queries_for_many_meetings(cast: Any) -> None:
    before = START - timedelta(hours=20)

    def count(series: int) -> int:
        for _ in range(series):
            schedule(cast, first_day=MONDAY)
        services.draw_all_due(before)
        for model in (Obligation, Message):
            model.objects.all().delete()
        with CaptureQueriesContext(connection) as invitations:
            assert len(mails(cast, NOW)) == 2 * MeetingSeries.objects.count()
        with CaptureQueriesContext(connection) as agendas:
            assert len(mails(cast, before)) == 2
        return len(invitations) + len(agendas)

    one = count(1)
    assert count(6) == one
