"""A confidential plan is told of to its people only, and never to nobody (rules 2 and 6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from plans.models import PlanReader
from reminders import delivery, planner
from reminders.models import Message, Obligation
from tests import factories
from tests.support.smtp import Ledger, smtp_server

NOW = datetime(2027, 3, 8, 10, tzinfo=UTC)  # a Monday
DAYS = [0, 2, 7, 14]


@pytest.fixture
def ledger(settings: Any) -> Any:
    with smtp_server(settings) as server:
        yield server


@pytest.fixture
def channel(cast: Any) -> Any:
    return factories.make_channel(cast.organization, owner=cast.colleague)


def unowned_in(plan: Any, channel: Any, **kw: Any) -> Any:
    story = factories.make_story(plan, unowned_since=NOW, title="The merger", **kw)
    return factories.make_post(story, channel, scheduled_at=NOW + timedelta(days=60))


def told_on(cast: Any) -> list[set[str]]:
    """Who is told on each of DAYS."""
    found = []
    for day in DAYS:
        before = set(Obligation.objects.values_list("pk", flat=True))
        planner.plan(cast.organization, NOW + timedelta(days=day))
        new = Obligation.objects.exclude(pk__in=before).select_related("recipient__user")
        found.append({row.recipient.user.name for row in new})
    return found


def test_a_fallback_who_may_not_see_it_is_passed_over_and_somebody_is_always_told(
    cast: Any, channel: Any
) -> None:
    secret = factories.make_plan(cast.organization, owner=cast.member, is_confidential=True)
    unowned_in(secret, channel)
    assert told_on(cast) == [{"Maya Member"}] * 4


def test_a_manager_who_is_listed_is_told_in_their_turn(cast: Any, channel: Any) -> None:
    secret = factories.make_plan(cast.organization, owner=cast.member, is_confidential=True)
    PlanReader.objects.create(organization=cast.organization, plan=secret, member=cast.manager)
    unowned_in(secret, channel)
    assert told_on(cast) == [{"Maya Member"}, {"Maya Member"}, {"Ines Manager"}, {"Ines Manager"}]


def test_without_a_champion_everyone_listed_is_told(cast: Any, channel: Any) -> None:
    secret = factories.make_plan(cast.organization, is_confidential=True, unowned_since=NOW)
    PlanReader.objects.create(organization=cast.organization, plan=secret, member=cast.member)
    unowned_in(secret, channel)
    assert told_on(cast) == [{"Maya Member"}] * 4


def make_due(cast: Any, channel: Any) -> Any:
    """A plan with a draft of the member that is due tomorrow, planned into one message."""
    plan = factories.make_plan(cast.organization, owner=cast.manager, name="Plan Merger")
    story = factories.make_story(plan, owner=cast.member, title="The merger")
    factories.make_post(story, channel, scheduled_at=NOW + timedelta(hours=24))
    planner.plan(cast.organization, NOW)
    return plan


def test_what_became_confidential_meanwhile_is_not_mailed_to_others(
    cast: Any, channel: Any, ledger: Ledger
) -> None:
    plan = make_due(cast, channel)
    type(plan).objects.filter(pk=plan.pk).update(is_confidential=True)
    assert delivery.drain(lambda: NOW) == {}
    assert ledger.mails == []
    assert Message.objects.get().state == "cancelled"


def test_nor_after_a_first_attempt_and_the_rest_is_still_told(
    cast: Any, channel: Any, ledger: Ledger
) -> None:
    open_plan = factories.make_plan(cast.organization, owner=cast.manager)
    story = factories.make_story(open_plan, owner=cast.member, title="Branch hours")
    factories.make_post(story, channel, scheduled_at=NOW + timedelta(hours=25))
    plan = make_due(cast, channel)
    ledger.rcpt = "451 later"
    delivery.drain(lambda: NOW)
    type(plan).objects.filter(pk=plan.pk).update(is_confidential=True)
    ledger.rcpt = ""
    assert delivery.drain(lambda: NOW + timedelta(minutes=2)) == {"sent": 1}
    (mail,) = ledger.mails
    assert "merger" not in mail.as_string()
    assert "Branch hours" in mail["Subject"]


def test_who_may_see_it_gets_it(cast: Any, channel: Any, ledger: Ledger) -> None:
    plan = make_due(cast, channel)
    type(plan).objects.filter(pk=plan.pk).update(is_confidential=True)
    PlanReader.objects.create(organization=cast.organization, plan=plan, member=cast.member)
    assert delivery.drain(lambda: NOW) == {"sent": 1}


def test_an_administrator_reads_that_there_was_a_mail_and_not_what_it_says(
    cast: Any, channel: Any, client_of: Any
) -> None:
    plan = make_due(cast, channel)
    message = Message.objects.get()
    pages = [
        reverse("sent-mail", args=["northlake"]),
        reverse("sent-message", args=["northlake", message.pk]),
    ]
    client = client_of(cast.admin)
    for page in pages:
        assert "The merger" in client.get(page).content.decode()
    type(plan).objects.filter(pk=plan.pk).update(is_confidential=True)
    for page in pages:
        answer = client.get(page).content.decode()
        assert "The merger" not in answer
        assert "Plan Merger" not in answer
        assert "About a confidential plan" in answer
        assert "Maya Member" in answer
