"""Planning passes over real rows: each thing told once, to the right person, bundled."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from reminders import planner
from reminders.models import Message, Obligation, Preference
from tests import factories

NOW = datetime(2027, 3, 8, 10, tzinfo=UTC)  # a Monday


@pytest.fixture
def plan(cast: Any) -> Any:
    return factories.make_plan(
        cast.organization, owner=cast.manager, ends_on=NOW.date().replace(month=12)
    )


@pytest.fixture
def channel(cast: Any) -> Any:
    return factories.make_channel(cast.organization, owner=cast.colleague)


def post_of(plan: Any, channel: Any, owner: Any, hours: float, state: str = "draft") -> Any:
    story = factories.make_story(plan, owner=owner, state=state, copy="Open on Saturday.")
    return factories.make_post(
        story, channel, scheduled_at=NOW + timedelta(hours=hours), state=state
    )


def told() -> set[tuple[str, str]]:
    rows = Obligation.objects.select_related("recipient__user")
    return {(row.rule, row.recipient.user.name) for row in rows}


def test_each_owner_is_told_once_in_one_bundled_mail(cast: Any, plan: Any, channel: Any) -> None:
    post_of(plan, channel, cast.member, 24)
    post_of(plan, channel, cast.member, -25)
    first = planner.plan(cast.organization, NOW)
    assert (first.written, first.messages) == (2, 1)
    assert told() == {("due_soon", "Maya Member"), ("overdue", "Maya Member")}
    again = planner.plan(cast.organization, NOW + timedelta(minutes=5))
    assert (again.written, again.messages) == (0, 0)
    assert Message.objects.count() == 1


def test_a_dry_run_says_what_would_be_written_and_writes_nothing(
    cast: Any, plan: Any, channel: Any
) -> None:
    post_of(plan, channel, cast.member, 24)
    dry = planner.plan(cast.organization, NOW, dry_run=True)
    assert Obligation.objects.count() == Message.objects.count() == 0
    real = planner.plan(cast.organization, NOW)
    assert dry.rows == real.rows != []
    assert planner.plan(cast.organization, NOW, dry_run=True).rows == []


def test_no_owner_is_chased_at_the_fallback_then_climbs(cast: Any, plan: Any, channel: Any) -> None:
    factories.make_post(
        factories.make_story(plan, unowned_since=NOW),
        channel,
        scheduled_at=NOW + timedelta(days=30),
    )
    planner.plan(cast.organization, NOW)
    assert told() == {("no_owner", "Cole Colleague")}
    planner.plan(cast.organization, NOW + timedelta(days=2))
    assert told() == {("no_owner", "Cole Colleague"), ("no_owner", "Ines Manager")}


def test_what_belongs_to_a_confidential_plan_is_told_to_its_people_only(
    cast: Any, channel: Any
) -> None:
    secret = factories.make_plan(cast.organization, owner=cast.member, is_confidential=True)
    story = factories.make_story(secret, unowned_since=NOW - timedelta(days=30))
    factories.make_post(story, channel, scheduled_at=NOW + timedelta(days=30))
    planner.plan(cast.organization, NOW)
    assert told() == {("no_owner", "Maya Member")}


def test_what_a_person_switched_off_is_not_mailed_but_overdue_always_is(
    cast: Any, plan: Any, channel: Any
) -> None:
    Preference.objects.create(
        organization=cast.organization,
        member=cast.member,
        in_app_only=["due_soon", "overdue"],
    )
    post_of(plan, channel, cast.member, 24)
    post_of(plan, channel, cast.member, -25)
    planner.plan(cast.organization, NOW)
    assert told() == {("overdue", "Maya Member")}


def test_quiet_hours_hold_a_mail_back_but_not_the_hour_of_the_post(
    cast: Any, plan: Any, channel: Any
) -> None:
    evening = NOW.replace(hour=20)
    post_of(plan, channel, cast.member, 34)
    post_of(plan, channel, cast.colleague, 10, "approved")
    planner.plan(cast.organization, evening)
    due_soon = Message.objects.get(recipient=cast.member)
    now_or_never = Message.objects.get(recipient=cast.colleague)
    assert due_soon.next_attempt_at == NOW.replace(day=9, hour=8)
    assert now_or_never.next_attempt_at == evening
    assert "Open on Saturday." in now_or_never.text


def test_one_mail_a_subject_and_day(cast: Any, plan: Any, channel: Any) -> None:
    post = post_of(plan, channel, cast.member, 3)
    planner.plan(cast.organization, NOW)
    type(post).objects.filter(pk=post.pk).update(state="approved")
    same_day = planner.plan(cast.organization, NOW + timedelta(hours=3))
    assert same_day.written == 0


def test_the_number_of_queries_does_not_grow(
    cast: Any, plan: Any, channel: Any, django_assert_max_num_queries: Any
) -> None:
    for n in range(60):
        post_of(plan, channel, cast.member, 1 + n / 10)
    with django_assert_max_num_queries(25):
        planner.plan(cast.organization, NOW)
    assert Message.objects.count() == 1
    assert Obligation.objects.count() == 60


@pytest.mark.django_db(transaction=True)
def test_many_planners_at_once_write_each_thing_once(cast: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.manager)
    channel = factories.make_channel(cast.organization, owner=cast.colleague)
    for n in range(20):
        post_of(plan, channel, cast.member, 1 + n / 10)
    barrier = threading.Barrier(6)

    def run() -> None:
        try:
            barrier.wait()
            planner.plan(cast.organization, NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Obligation.objects.count() == 20
    assert Message.objects.count() == 1


def test_the_command_run_twice_writes_nothing_the_second_time(
    cast: Any, plan: Any, channel: Any
) -> None:
    post_of(plan, channel, cast.member, 24)

    def run(*args: str) -> Any:
        out = StringIO()
        call_command("run_reminders", "--now", NOW.isoformat(), "--json", *args, stdout=out)
        return json.loads(out.getvalue())

    def written(document: Any) -> int:
        return sum(one["written"] for one in document["organizations"])

    assert written(run("--dry-run")) == 1
    assert written(run()) == 1
    assert written(run()) == 0


def test_the_command_refuses_a_moment_without_a_zone(db: None) -> None:
    with pytest.raises(CommandError, match="instant with its zone"):
        call_command("run_reminders", "--now", "2027-03-01 12:00")
