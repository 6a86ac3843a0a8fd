"""Delivery to a real SMTP server: each way it can end, and none that loses or doubles a mail."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from reminders import delivery, planner
from reminders.models import Message
from reminders.relay import Relay
from tests import factories
from tests.support.smtp import Ledger, free_port, smtp_server

NOW = datetime(2027, 3, 8, 10, tzinfo=UTC)


def clock() -> datetime:
    return NOW


@pytest.fixture
def ledger(settings: Any) -> Any:
    with smtp_server(settings) as server:
        yield server


@pytest.fixture
def post(cast: Any) -> Any:
    """A draft of the member that is due tomorrow, already planned into one message."""
    return make_due(cast)


def make_due(cast: Any, owner: Any = None, hours: float = 24) -> Any:
    plan = factories.make_plan(cast.organization, owner=cast.manager)
    channel = factories.make_channel(cast.organization, owner=cast.colleague)
    story = factories.make_story(plan, owner=owner or cast.member, title="Branch hours at Easter")
    made = factories.make_post(story, channel, scheduled_at=NOW + timedelta(hours=hours))
    planner.plan(cast.organization, NOW)
    return made


def test_it_is_sent_once_with_text_html_and_its_own_message_id(post: Any, ledger: Ledger) -> None:
    assert delivery.drain(clock) == {"sent": 1}
    assert delivery.drain(clock) == {}
    (mail,) = ledger.mails
    message = Message.objects.get()
    assert (message.state, message.attempts) == ("sent", 1)
    assert mail["Message-ID"] == message.message_id
    assert mail["Subject"] == "Due soon: Branch hours at Easter"
    assert [part.get_content_type() for part in mail.get_payload()] == ["text/plain", "text/html"]
    assert "Branch hours at Easter" in mail.get_payload()[0].get_payload(decode=True).decode()


def test_what_is_no_longer_true_is_not_sent(post: Any, ledger: Ledger) -> None:
    type(post).objects.update(state="published")
    assert delivery.drain(clock) == {}
    assert ledger.mails == []
    assert Message.objects.get().state == "cancelled"


def test_a_member_who_cannot_act_any_more_is_not_mailed(
    post: Any, cast: Any, ledger: Ledger
) -> None:
    type(cast.member).objects.filter(pk=cast.member.pk).update(deactivated_at=NOW)
    assert delivery.drain(clock) == {}
    assert Message.objects.get().state == "cancelled"


def test_what_fell_away_is_left_out_of_the_mail(cast: Any, ledger: Ledger) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.manager)
    channel = factories.make_channel(cast.organization, owner=cast.colleague)
    for title in ("Stays", "Falls away"):
        story = factories.make_story(plan, owner=cast.member, title=title)
        made = factories.make_post(story, channel, scheduled_at=NOW + timedelta(hours=24))
    planner.plan(cast.organization, NOW)
    type(made).objects.filter(item__title="Falls away").update(state="cancelled")
    delivery.drain(clock)
    (mail,) = ledger.mails
    text = mail.get_payload()[0].get_payload(decode=True).decode()
    assert "Stays" in text
    assert "Falls away" not in text


def test_refused_for_now_waits_and_tries_again(post: Any, ledger: Ledger) -> None:
    ledger.rcpt = "451 greylisted, come back"
    assert delivery.drain(clock) == {"deferred": 1}
    message = Message.objects.get()
    assert message.state == "waiting"
    assert NOW < message.next_attempt_at <= NOW + timedelta(minutes=1)
    assert "greylisted" in message.problem
    ledger.rcpt = ""
    assert delivery.drain(lambda: NOW + timedelta(minutes=2)) == {"sent": 1}
    assert len(ledger.mails) == 1


def test_refused_for_good_fails_at_once_and_is_shown(post: Any, ledger: Ledger) -> None:
    ledger.data = "550 no such person"
    assert delivery.drain(clock) == {"rejected": 1}
    message = Message.objects.get()
    assert (message.state, message.problem) == ("failed", "550 no such person")


def test_a_server_that_is_down_costs_no_attempt(post: Any, settings: Any) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.EMAIL_USE_TLS = False
    assert delivery.drain(clock) == {"unreachable": 1}
    message = Message.objects.get()
    assert (message.state, message.attempts) == ("waiting", 0)


def test_refusals_end_after_two_days_as_given_up(cast: Any, ledger: Ledger) -> None:
    make_due(cast, hours=-25)  # overdue, and so it stays
    ledger.rcpt = "451 later"
    now = NOW
    Message.objects.update(created_at=NOW)
    for _ in range(40):
        delivery.drain(lambda moment=now: moment)  # type: ignore[misc]
        message = Message.objects.get()
        if message.state != "waiting":
            break
        now = message.next_attempt_at
    assert message.state == "dead"
    assert now <= NOW + timedelta(hours=48)


def test_closed_after_the_dot_a_deadline_goes_once_more_under_the_same_id(
    post: Any, ledger: Ledger
) -> None:
    ledger.hang_up_after_data = True
    assert delivery.drain(clock) == {"uncertain": 1}
    assert Message.objects.get().state == "waiting"
    delivery.drain(lambda: NOW + timedelta(minutes=2))
    message = Message.objects.get()
    assert (message.state, message.repeats) == ("unknown", 1)
    assert {mail["Message-ID"] for mail in ledger.mails} == {message.message_id}
    assert len(ledger.mails) == 2


def test_a_worker_killed_while_connecting_loses_nothing(post: Any, ledger: Ledger) -> None:
    assert delivery.claim(NOW) is not None
    assert delivery.drain(clock) == {}, "its lease is not over"
    later = NOW + delivery.LEASE
    assert delivery.drain(lambda: later) == {"sent": 1}
    assert len(ledger.mails) == 1


def test_a_worker_killed_after_the_data_began_repeats_a_deadline_once(
    post: Any, ledger: Ledger
) -> None:
    held = delivery.claim(NOW)
    assert held is not None
    delivery.begin_data(held)
    delivery.recover(NOW + delivery.LEASE)
    message = Message.objects.get()
    assert (message.state, message.repeats) == ("waiting", 1)


def test_a_zombie_changes_nothing(post: Any, ledger: Ledger) -> None:
    zombie = delivery.claim(NOW)
    assert zombie is not None
    later = NOW + delivery.LEASE
    assert delivery.drain(lambda: later) == {"sent": 1}
    with Relay() as relay:
        assert delivery.deliver(zombie, relay, clock) == "lease lost"
    assert len(ledger.mails) == 1
    assert Message.objects.get().state == "sent"


def test_without_a_mail_server_the_message_is_kept(post: Any, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    assert delivery.drain(clock) == {"kept": 1}
    message = Message.objects.get()
    assert (message.state, message.attempts) == ("kept", 0)


def test_one_poison_message_touches_only_itself(cast: Any, ledger: Ledger) -> None:
    make_due(cast)
    make_due(cast, cast.colleague, 25)
    poison = "<broken@plancraft.test>\r\nBcc: x@example.org"
    Message.objects.filter(recipient=cast.member).update(message_id=poison)
    assert delivery.drain(clock) == {"broken": 1, "sent": 1}
    message = Message.objects.get(recipient=cast.member)
    assert message.state == "waiting"
    assert "ValueError" in message.problem
    assert [mail["To"] for mail in ledger.mails] == ["cole@example.org"]


@pytest.mark.django_db(transaction=True)
def test_four_workers_send_each_message_once(cast: Any, ledger: Ledger) -> None:
    people = [factories.make_member(cast.organization) for _ in range(12)]
    plan = factories.make_plan(cast.organization, owner=cast.manager)
    channel = factories.make_channel(cast.organization, owner=cast.colleague)
    for person in people:
        story = factories.make_story(plan, owner=person)
        factories.make_post(story, channel, scheduled_at=NOW + timedelta(hours=24))
    planner.plan(cast.organization, NOW)

    def work() -> None:
        try:
            delivery.drain(clock)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    recipients = sorted(mail["To"] for mail in ledger.mails)
    assert recipients == sorted(person.user.email for person in people)
