"""What one odd row, one odd title or one odd hour must not do to reminders."""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from people.errors import NotAllowed
from people.models import Organization
from reminders import delivery, planner, services
from reminders.models import Message, Obligation
from reminders.relay import Letter, Relay, Unreachable
from tests import factories

NOW = datetime(2027, 3, 8, 10, tzinfo=UTC)  # a Monday


@pytest.fixture
def plan(cast: Any) -> Any:
    return factories.make_plan(cast.organization, owner=cast.manager)


@pytest.fixture
def channel(cast: Any) -> Any:
    return factories.make_channel(cast.organization, owner=cast.colleague)


def make_due(plan: Any, channel: Any, owner: Any, hours: float = 24, **kw: Any) -> Any:
    story = factories.make_story(plan, owner=owner, **kw)
    return factories.make_post(story, channel, scheduled_at=NOW + timedelta(hours=hours))


def test_the_longest_title_there_can_be_is_told_too(cast: Any, plan: Any, channel: Any) -> None:
    make_due(plan, channel, cast.member, title="Wörter " * 42 + "ending")
    make_due(plan, channel, cast.member, title="Short")
    factories.make_story(plan, unowned_since=NOW, title="x" * 300)
    assert planner.plan(cast.organization, NOW).messages == 2
    message = Message.objects.get(recipient=cast.member)
    assert len(message.subject) <= 200
    assert "ending" in message.text


def test_what_cannot_be_planned_in_one_organization_is_planned_in_the_others(
    cast: Any, plan: Any, channel: Any
) -> None:
    make_due(plan, channel, cast.member)
    Organization.objects.create(pk=-1, name="Odd", slug="odd", time_zone="Mars/Olympus")
    with pytest.raises(KeyError):
        services.plan_all(NOW)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("host", ["", "127.0.0.1"])
def test_a_message_that_nobody_can_judge_stands_in_nobodys_way(
    cast: Any, plan: Any, channel: Any, settings: Any, host: str
) -> None:
    settings.EMAIL_HOST = host
    make_due(plan, channel, cast.member)
    make_due(plan, channel, cast.colleague, 25)
    planner.plan(cast.organization, NOW)
    poison = Message.objects.get(recipient=cast.member)
    Message.objects.filter(pk=poison.pk).update(next_attempt_at=NOW - timedelta(minutes=1))
    # Nothing can be said of when it is, on a clock that nobody knows.
    type(channel).objects.update(time_zone="Mars/Olympus")
    other = factories.make_channel(cast.organization, owner=cast.colleague)
    sound = Obligation.objects.get(recipient=cast.colleague).subject_id
    factories.Placement.objects.filter(pk=sound).update(channel=other)
    if host:
        held = delivery.claim(NOW)
        assert held is not None
        assert held.letter.to == cast.colleague.user.email
    else:
        assert delivery.keep(NOW) == 1
    poison.refresh_from_db()
    assert (poison.state, poison.attempts) == ("waiting", 1)
    assert poison.next_attempt_at > NOW
    assert "Mars/Olympus" in poison.problem


def test_a_post_that_was_moved_away_is_no_longer_due_soon(
    cast: Any, plan: Any, channel: Any, settings: Any
) -> None:
    settings.EMAIL_HOST = ""
    post = make_due(plan, channel, cast.member)
    planner.plan(cast.organization, NOW)
    type(post).objects.update(scheduled_at=NOW + timedelta(days=40))
    assert delivery.keep(NOW) == 0
    assert Message.objects.get().state == "cancelled"


def test_what_was_cancelled_meanwhile_needs_no_owner(cast: Any, plan: Any, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    story = factories.make_story(plan, unowned_since=NOW)
    planner.plan(cast.organization, NOW)
    assert Obligation.objects.filter(subject_id=story.pk).exists()
    type(story).objects.filter(pk=story.pk).update(state="cancelled", cancelled_at=NOW)
    assert delivery.keep(NOW) == 0


def test_a_day_without_owner_is_a_day_of_the_organization(cast: Any, plan: Any) -> None:
    """23:30 in UTC is still the afternoon in Los Angeles, and no day has passed at 00:30."""
    Organization.objects.filter(pk=cast.organization.pk).update(time_zone="America/Los_Angeles")
    cast.organization.refresh_from_db()
    since = datetime(2027, 3, 8, 23, 30, tzinfo=UTC)
    factories.make_story(plan, unowned_since=since)
    planner.plan(cast.organization, since + timedelta(hours=1))
    assert "No one owns this since today." in Message.objects.get().text


def test_with_ssl_the_conversation_begins_encrypted(settings: Any) -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.EMAIL_HOST, settings.EMAIL_PORT = listener.getsockname()
        settings.EMAIL_USE_SSL, settings.EMAIL_USE_TLS = True, False

        def listen() -> None:
            link, _address = listener.accept()
            with link:
                heard.append(link.recv(3))

        thread = threading.Thread(target=listen)
        thread.start()
        with Relay(timeout=5) as relay, pytest.raises(Unreachable):
            relay.send(Letter("<a@b>", "x@example.org", "s", "t", "h"), lambda: None)
        thread.join()
    assert heard[0][:2] == b"\x16\x03", "a TLS handshake"


def test_an_administrator_of_another_organization_sends_nothing_again(
    cast: Any, plan: Any, channel: Any
) -> None:
    make_due(plan, channel, cast.member)
    planner.plan(cast.organization, NOW)
    Message.objects.update(state="failed")
    message = Message.objects.get()
    with pytest.raises(NotAllowed):
        services.send_again(message=message, by=cast.outsider, now=NOW)
    services.send_again(message=message, by=cast.admin, now=NOW)
    message.refresh_from_db()
    assert message.state == "waiting"


def test_a_second_pass_at_the_same_moment_tells_what_is_new_since(
    cast: Any, plan: Any, channel: Any
) -> None:
    make_due(plan, channel, cast.member)
    planner.plan(cast.organization, NOW)
    make_due(plan, channel, cast.member, 25)
    again = planner.plan(cast.organization, NOW)
    assert (again.written, again.messages) == (1, 1)
    assert planner.plan(cast.organization, NOW).messages == 0
