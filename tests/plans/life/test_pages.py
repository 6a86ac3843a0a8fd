"""The pages of a plan's life: what each reader sees, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans.models import Stream
from tests import factories
from tests.plans.kit import at
from tests.plans.life.kit import decided, draft, plans_need, submitted

pytestmark = pytest.mark.django_db


def seen(client: Any, plan: Any) -> str:
    answer = client.get(at("plan", plan_id=plan.pk))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_champion_submits_from_the_plans_page_and_the_manager_decides(
    cast: Any, client_of: Any
) -> None:
    plans_need(cast)
    plan = draft(cast)
    mine = client_of(cast.member)
    page = seen(mine, plan)
    assert "Submit for approval" in page
    assert "Start it" not in page
    assert "Ines Manager" in page  # who would be asked
    review = submitted(plan, cast.member)
    assert "Take the submission back" in seen(mine, plan)
    assert "In approval" in seen(client_of(cast.viewer), plan)
    boss = client_of(cast.manager)
    assert "Your decision" in seen(boss, plan)
    waiting = boss.get(at("approvals")).content.decode()
    assert plan.name in waiting
    decided(review, cast.manager)
    assert "Approved version" in seen(mine, plan)
    answer = mine.get(at("plan-approved", plan_id=plan.pk)).content.decode()
    assert "3 a week" in answer
    assert "exactly what was approved" in answer


def test_an_edited_running_plan_says_so_and_shows_what_differs(cast: Any, client_of: Any) -> None:
    plans_need(cast)
    plan = draft(cast)
    decided(submitted(plan, cast.member), cast.manager)
    type(plan).objects.filter(pk=plan.pk).update(summary="Twelve branches")
    mine = client_of(cast.member)
    assert "reads otherwise than what was approved" in seen(mine, plan)
    answer = mine.get(at("plan-approved", plan_id=plan.pk)).content.decode()
    assert "Twelve" in answer
    assert "1 difference" in answer


def test_nothing_approved_is_said_kindly_and_a_hidden_plan_is_not_there(
    cast: Any, client_of: Any
) -> None:
    plan = draft(cast, is_confidential=True)
    mine = client_of(cast.member).get(at("plan-approved", plan_id=plan.pk))
    assert "Nothing of this plan is approved" in mine.content.decode()
    hidden = client_of(cast.manager).get(at("plan-approved", plan_id=plan.pk))
    assert hidden.status_code == 404


def test_where_no_approval_is_needed_the_champion_starts_it(cast: Any, client_of: Any) -> None:
    plans_need(cast, approval=False)
    plan = draft(cast)
    assert "the champion starts it" in seen(client_of(cast.manager), plan)
    mine = client_of(cast.member)
    assert "Starting releases it" in seen(mine, plan)
    assert mine.post(at("plan-state", plan_id=plan.pk), {"to": "running"}).status_code == 302
    plan.refresh_from_db()
    assert plan.state == "running"
    boss = client_of(cast.manager).post(at("plan-state", plan_id=plan.pk), {"to": "draft"})
    assert boss.status_code == 409


def test_settings_offer_plans_beside_channels(cast: Any, client_of: Any) -> None:
    boss = client_of(cast.admin)
    form = {
        "name": "Plans",
        "channel_kinds": ["plan"],
        "needs_approval": "yes",
        "approvers": "role",
        "role": "manager",
        "quorum_kind": "any",
        "limit_hours": "24",
    }
    assert boss.post(at("workflow-new"), form).status_code == 302
    page = boss.get(at("workflow-settings")).content.decode()
    assert "<dd>Plans" in page
    both = {**form, "name": "Both", "channel_kinds": ["plan", "facebook"]}
    answer = boss.post(at("workflow-new"), both)
    assert answer.status_code == 422
    assert "not both" in answer.content.decode()


def test_a_plan_with_all_its_approval_takes_the_same_few_statements(
    cast: Any, client_of: Any
) -> None:
    plans_need(cast)
    plan = draft(cast)
    submitted(plan, cast.member)
    boss = client_of(cast.manager)
    seen(boss, plan)

    def cost(name: str) -> int:
        with CaptureQueriesContext(connection) as made:
            assert boss.get(at(name, plan_id=plan.pk)).status_code == 200
        return len(made)

    before = cost("plan"), cost("plan-approved")
    Stream.objects.bulk_create(
        Stream(organization=cast.organization, plan=plan, name=f"Stream {n}") for n in range(20)
    )
    channel = factories.make_channel(cast.organization, owner=cast.colleague)
    for _n in range(10):
        factories.make_commitment(plan, channel)
    assert (cost("plan"), cost("plan-approved")) == before
    assert max(before) <= 12, before
