"""The demo organization: it builds, it holds together, it can be put away and built again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from time import process_time
from typing import Any

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.core.management import call_command

from calendar_app import states
from calendar_app.gap_queries import adherence
from calendar_app.models import ContentItem, Placement
from calendar_app.momentum import State
from dashboards.demo import build
from dashboards.demo.cast import JUNIPER, NORTHLAKE, PASSWORD, sign_ins
from people.models import Activity, ActivitySeal, Membership, Organization
from people.sealing import verify
from reminders.models import Message
from tests import factories
from tests.dashboards.conftest import NOON
from tests.support.demo_world import demo_world, pages_of
from workflow import queries as workflow
from workflow.models import Review


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def test_everyone_of_the_cast_can_sign_in(bank: Any) -> None:
    for person in (*NORTHLAKE, *JUNIPER):
        assert authenticate(None, username=person.email, password=PASSWORD) or person.is_gone
    roles = set(Membership.objects.filter(organization=bank).values_list("role", flat=True))
    assert roles == {"admin", "manager", "member", "expert", "viewer"}


def test_every_state_and_every_kind_of_absence_is_there(bank: Any) -> None:
    found = set(ContentItem.objects.filter(organization=bank).values_list("state", flat=True))
    assert found == {
        "idea",
        "draft",
        "in_review",
        "changes_requested",
        "approved",
        "published",
        "cancelled",
    }
    ages = [(NOON - row.since).days for row in workflow.unowned(bank, None)]
    assert len(ages) >= 7
    assert min(ages) <= 2
    assert max(ages) == 36
    assert Review.objects.filter(organization=bank, state="open").count() >= 6
    assert Placement.objects.filter(organization=bank, scheduled_at=None).exists()


def test_sixteen_weeks_of_history_dip_and_come_back(bank: Any) -> None:
    found = adherence(bank, None, NOON)
    values = [week.value for week in found.weeks if week.value is not None]
    assert len(values) == 16
    assert min(values) < 0.5
    assert values[0] > 0.8
    assert found.momentum.state == State.HEALTHY
    assert not found.momentum.falling


def test_what_is_stored_is_what_the_facts_say(bank: Any) -> None:
    for organization in Organization.objects.all():
        assert states.differences(organization) == []
    call_command("check_invariants", stdout=StringIO())


def test_its_record_is_sealed_and_whole(bank: Any) -> None:
    assert list(verify(bank, now=NOON + timedelta(hours=1))) == []
    written = Activity.objects.filter(organization=bank, verb__startswith="review.").count()
    assert written > 50
    assert ActivitySeal.objects.filter(organization=bank).count() >= written
    call_command("verify_audit", stdout=StringIO())


def test_reminders_stand_in_the_outbox_and_none_can_leave(bank: Any, settings: Any) -> None:
    from reminders import delivery

    assert Message.objects.filter(organization=bank).count() >= 5
    settings.EMAIL_HOST = "mail.invalid"
    assert delivery.claim(NOON + timedelta(minutes=1)) is None
    assert set(Message.objects.values_list("state", flat=True)) <= {"kept", "cancelled"}


def test_it_is_the_same_for_the_same_moment(bank: Any) -> None:
    fields = ("title", "state", "created_at", "owner__user__email", "plan__name")
    first = list(ContentItem.objects.filter(organization=bank).order_by("pk").values_list(*fields))
    build.put_away(NOON)
    again = build.build(NOON)
    second = ContentItem.objects.filter(organization=again).order_by("pk").values_list(*fields)
    assert list(second) == first


@pytest.mark.parametrize("day", range(7))
def test_it_builds_on_every_day_of_the_week_and_at_night(db: None, day: int) -> None:
    now = datetime(2026, 11, 1, 3, 30, tzinfo=UTC) + timedelta(days=day)
    with time_machine.travel(now, tick=False):
        bank = build.build(now)
    assert states.differences(bank) == []
    assert adherence(bank, None, now).momentum.state == State.HEALTHY
    late = Activity.objects.filter(organization=bank, at__gt=now)
    assert not late.exists()


def test_the_command_builds_once_prints_the_sign_ins_and_resets(db: None) -> None:
    started = process_time()
    words = run()
    assert process_time() - started < 8
    assert words.strip() == sign_ins()
    (first, juniper) = build.standing()
    assert run() == words
    assert build.standing() == [first, juniper]
    run("--reset")
    second = build.standing()[0]
    assert second.pk != first.pk
    assert (second.slug, second.name) == ("northlake-bank", "Northlake Bank")
    first.refresh_from_db()
    assert "demo until" in first.name
    assert not Membership.objects.active().filter(organization=first).exists()
    assert ContentItem.objects.filter(organization=first).exists()
    call_command("check_invariants", stdout=StringIO())
    call_command("verify_audit", stdout=StringIO())


def test_sign_ins_alone_build_nothing(db: None) -> None:
    assert PASSWORD in run("--sign-ins")
    assert build.standing() == []


def test_no_other_organization_is_touched_whatever_it_is_called(cast: Any) -> None:
    real = factories.make_organization(name="Northlake Bank", slug="northlake-bank")
    member = factories.make_member(real, "admin")
    before = Organization.objects.filter(pk__in=[real.pk, cast.organization.pk]).values()
    stored = list(before)
    run()
    run("--reset")
    assert build.standing()[0].slug == "northlake-bank-demo"
    assert list(before.all()) == stored
    member.refresh_from_db()
    assert member.is_active


def test_what_was_put_away_shows_nothing_to_anyone(bank: Any, visit: Any, who: Any) -> None:
    assert visit("maya", "my-work/").status_code == 200
    build.put_away(NOON)
    gone = Organization.objects.get(pk=bank.pk)
    assert visit("maya", f"/o/{gone.slug}/my-work/").status_code == 404


def test_the_manager_can_open_every_page_of_the_matrix(bank: Any, visit: Any) -> None:
    opened = {
        name: visit("ines", url).status_code
        for name, url in pages_of(demo_world(bank, NOON)).items()
    }
    assert {name: status for name, status in opened.items() if status != 200} == {}
    assert len(opened) > 30
