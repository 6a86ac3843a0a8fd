"""A confidential plan is told of to its people only, and never to nobody (rules 2 and 6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import Activity
from plans import services as plans
from plans.models import PlanReader
from reminders import delivery, planner
from reminders.models import Message, Obligation, Preference
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


# Taken over --------------------------------------------------------------------------------------
def take_over(cast: Any, **kw: Any) -> Any:
    """Maya's confidential plan, taken over by the administrator a moment ago."""
    plan = factories.make_plan(
        cast.organization, owner=cast.member, name="Plan Merger", is_confidential=True, **kw
    )
    return plans.take_over(plan=plan, by=cast.admin, reason="Maya is on leave")


def notices() -> list[str]:
    rows = Obligation.objects.filter(rule="taken_over").select_related("recipient__user")
    return [row.recipient.user.name for row in rows]


def test_the_champion_so_far_is_mailed_once_who_took_the_plan_over_and_why(
    cast: Any, ledger: Ledger
) -> None:
    everything = ["due_soon", "taken_over"]
    Preference.objects.create(
        organization=cast.organization, member=cast.member, in_app_only=everything
    )
    plan, now = take_over(cast), timezone.now()
    for hours in (0, 1, 25, 24 * 6):
        planner.plan(cast.organization, now + timedelta(hours=hours))
    assert notices() == ["Maya Member"]
    assert delivery.drain(lambda: now + timedelta(days=1)) == {"sent": 1}
    (mail,) = ledger.mails
    assert mail["To"] == cast.member.user.email
    assert mail["Subject"] == "Taken over: Plan Merger"
    text = Message.objects.get().text
    assert f"{cast.admin} took over the plan “Plan Merger”. The reason: “Maya is on leave”" in text
    assert reverse("plan", args=["northlake", plan.pk]) in text


def test_nobody_is_told_where_there_was_no_champion_or_it_is_long_ago(cast: Any) -> None:
    plan = factories.make_plan(cast.organization, is_confidential=True, unowned_since=NOW)
    plans.take_over(plan=plan, by=cast.admin, reason="Nobody is left")
    planner.plan(cast.organization, timezone.now())
    take_over(cast)
    planner.plan(cast.organization, timezone.now() + timedelta(days=7))
    assert notices() == []


def test_two_plans_taken_over_are_one_mail_with_each_reason(cast: Any) -> None:
    take_over(cast)
    other = factories.make_plan(cast.organization, owner=cast.member, is_confidential=True)
    plans.take_over(plan=other, by=cast.admin, reason="An audit")
    planner.plan(cast.organization, timezone.now())
    text = Message.objects.get().text
    assert "“Maya is on leave”" in text
    assert "“An audit”" in text


def test_who_may_not_see_it_any_more_or_has_left_is_not_mailed(cast: Any, ledger: Ledger) -> None:
    plan, now = take_over(cast), timezone.now()
    planner.plan(cast.organization, now)
    PlanReader.objects.filter(plan=plan).delete()
    assert delivery.drain(lambda: now + timedelta(days=1)) == {}
    assert Message.objects.get().state == "cancelled"
    again = factories.make_plan(cast.organization, owner=cast.colleague, is_confidential=True)
    plans.take_over(plan=again, by=cast.admin, reason="An audit")
    type(cast.colleague).objects.filter(pk=cast.colleague.pk).update(deactivated_at=now)
    assert planner.plan(cast.organization, timezone.now()).written == 0
    assert ledger.mails == []


def test_the_notice_is_written_anew_with_its_reason_when_the_address_changes(
    cast: Any, ledger: Ledger
) -> None:
    take_over(cast)
    now = timezone.now()
    planner.plan(cast.organization, now)
    type(cast.member.user).objects.filter(pk=cast.member.user_id).update(email="maya@example.net")
    assert delivery.drain(lambda: now + timedelta(days=1)) == {"sent": 1}
    (mail,) = ledger.mails
    assert mail["To"] == "maya@example.net"
    assert "Maya is on leave" in Message.objects.get().text
    assert Activity.objects.filter(verb="plan.taken_over").count() == 1
