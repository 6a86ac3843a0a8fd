"""Sent mail and one's own settings, as people meet them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reminders import delivery, planner
from reminders.models import Message, Preference
from tests import factories

NOW = datetime(2027, 3, 8, 10, tzinfo=UTC)


@pytest.fixture
def message(cast: Any, settings: Any) -> Message:
    """One reminder about a story that nobody owns, kept because there is no mail server."""
    settings.EMAIL_HOST = ""
    plan = factories.make_plan(cast.organization, owner=cast.manager)
    channel = factories.make_channel(cast.organization, owner=cast.colleague)
    story = factories.make_story(plan, title="Branch hours at Easter", unowned_since=NOW)
    factories.make_post(story, channel, scheduled_at=NOW + timedelta(days=30))
    planner.plan(cast.organization, NOW)
    delivery.drain(lambda: NOW)
    return Message.objects.get()


def test_an_administrator_reads_what_was_kept(cast: Any, client_of: Any, message: Message) -> None:
    client = client_of(cast.admin)
    listed = client.get("/o/northlake/sent-mail/").content.decode()
    assert "No one owns this: Branch hours at Easter" in listed
    assert "No mail server is configured" in listed
    page = client.get(f"/o/northlake/sent-mail/{message.pk}/").content.decode()
    assert "Branch hours at Easter" in page
    assert "No one owns this since today." in page


def test_nothing_written_yet_says_what_comes_next(cast: Any, client_of: Any) -> None:
    page = client_of(cast.admin).get("/o/northlake/sent-mail/").content.decode()
    assert "No reminder has been written yet" in page


def test_the_filter_keeps_to_one_state_and_ignores_nonsense(
    cast: Any, client_of: Any, message: Message
) -> None:
    client = client_of(cast.admin)
    assert "Branch hours" in client.get("/o/northlake/sent-mail/?state=kept").content.decode()
    none = client.get("/o/northlake/sent-mail/?state=failed").content.decode()
    assert "Branch hours" not in none
    assert "No message is in this state." in none
    assert "Branch hours" in client.get("/o/northlake/sent-mail/?state=zzz").content.decode()


def test_messages_of_another_organization_are_not_found(
    cast: Any, client_of: Any, message: Message
) -> None:
    client = client_of(cast.outsider)
    assert client.get(f"/o/juniper/sent-mail/{message.pk}/").status_code == 404
    assert client.post(f"/o/juniper/sent-mail/{message.pk}/again/").status_code == 404


def test_a_refused_message_is_sent_again_and_a_sent_one_is_not(
    cast: Any, client_of: Any, message: Message
) -> None:
    client = client_of(cast.admin)
    again = f"/o/northlake/sent-mail/{message.pk}/again/"
    client.post(again)
    message.refresh_from_db()
    assert message.state == "waiting"
    Message.objects.update(state="sent")
    told = client.post(again, follow=True).content.decode()
    assert "not waiting to be sent again" in told
    message.refresh_from_db()
    assert message.state == "sent"


def test_each_person_chooses_what_is_mailed_and_when_not(cast: Any, client_of: Any) -> None:
    client = client_of(cast.member)
    page = client.get("/o/northlake/reminders/").content.decode()
    assert "Nobody can switch off being told that they answer for something late." in page
    form = {"mailed": ["no_owner"], "quiet_from": "20:00", "quiet_to": "07:30"}
    assert client.post("/o/northlake/reminders/", form).status_code == 302
    chosen = Preference.objects.get(member=cast.member)
    assert "due_soon" in chosen.in_app_only
    assert {"no_owner", "overdue"}.isdisjoint(chosen.in_app_only)
    assert f"{chosen.quiet_from:%H:%M}" == "20:00"


def test_a_wrong_time_is_said_and_what_was_chosen_stays(cast: Any, client_of: Any) -> None:
    form = {"mailed": ["no_owner"], "quiet_from": "25:99", "quiet_to": "07:30"}
    answer = client_of(cast.member).post("/o/northlake/reminders/", form)
    assert answer.status_code == 422
    assert "25:99" in answer.content.decode()
    assert not Preference.objects.exists()
