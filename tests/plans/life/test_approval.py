"""Draft, in approval, running, closed: what approval does to a plan, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from people.errors import NotAllowed, Refused, Stale
from people.models import Activity
from plans import services
from plans.life import queries as life
from plans.life.approval import differences
from plans.models import Commitment, Plan
from plans.records import PlanFields, StreamFields, terms_of
from plans.rules import PlanState
from plans.services.plans import fields_now
from plans.services.promises import seen_of
from tests import factories
from tests.plans.life.kit import decided, draft, plans_need, submitted
from workflow import ownership, queries, reviews, who_approves
from workflow.models import Approval, Review, SubjectEdit
from workflow.queries import waiting_for

pytestmark = pytest.mark.django_db


def state(plan: Plan) -> str:
    plan.refresh_from_db()
    assert differences(plan.organization) == []
    return plan.state


def edit(plan: Plan, by: Any, **changes: Any) -> Plan:
    plan.refresh_from_db()
    return services.edit_plan(
        plan=plan, by=by, version=plan.version, fields=replace(fields_now(plan), **changes)
    )


# Without a workflow for plans --------------------------------------------------------------------
def test_where_no_workflow_names_plans_a_draft_just_starts(cast: Any) -> None:
    who_approves.create_default(cast.organization, cast.admin)  # it serves channels, not plans
    plan = draft(cast)
    services.change_state(plan=plan, by=cast.member, to=PlanState.RUNNING)
    assert state(plan) == "running"
    assert not Approval.objects.exists()


def test_a_new_plan_runs_at_once_only_where_none_is_asked_for_approval(cast: Any) -> None:
    from datetime import date

    fields = PlanFields("Spring", date(2027, 1, 4), date(2027, 3, 14))
    first = services.create_plan(organization=cast.organization, by=cast.manager, fields=fields)
    assert first.state == "running"
    plans_need(cast)
    later = replace(fields, name="Autumn")
    plan = services.create_plan(organization=cast.organization, by=cast.manager, fields=later)
    assert plan.state == "draft"
    assert queries.contributors(plan.subject) == {cast.manager.pk}


# Through approval --------------------------------------------------------------------------------
def test_it_goes_from_draft_through_approval_to_running(cast: Any) -> None:
    plans_need(cast)
    plan = draft(cast)
    with pytest.raises(Refused, match="Submit it for approval"):
        services.change_state(plan=plan, by=cast.member, to=PlanState.RUNNING)
    review = submitted(plan, cast.member)
    assert state(plan) == "in_approval"
    waiting = waiting_for(cast.organization, cast.manager)
    assert [row.review.pk for row in waiting] == [review.pk]
    with pytest.raises(Refused, match="Who approves it starts it"):
        services.change_state(plan=plan, by=cast.member, to=PlanState.RUNNING)
    decided(review, cast.manager)
    assert state(plan) == "running"
    started = Activity.objects.filter(verb="plan.started", subject_id=plan.pk)
    assert [row.payload["approved"] for row in started] == [True]


def test_who_wrote_it_does_not_approve_it_and_asking_for_changes_makes_it_a_draft(
    cast: Any,
) -> None:
    plans_need(cast)
    plan = draft(cast)
    second = factories.make_member(cast.organization, "manager")
    edit(plan, cast.manager, summary="Ten branches")
    review = submitted(plan, cast.member)
    with pytest.raises(NotAllowed, match="wrote or edited"):
        decided(review, cast.manager)
    decided(review, second, "changes", "Say what it costs.")
    assert state(plan) == "draft"


def test_it_is_not_submitted_without_objective_or_promise_nor_by_just_anyone(cast: Any) -> None:
    plans_need(cast)
    plan = draft(cast)
    with pytest.raises(NotAllowed):
        submitted(plan, cast.colleague)
    Commitment.objects.filter(plan=plan).delete()
    with pytest.raises(Refused, match="promises nothing yet"):
        submitted(plan, cast.member)
    plan.objectives.all().delete()
    with pytest.raises(Refused, match="no objective yet"):
        submitted(plan, cast.member)
    assert state(plan) == "draft"


@pytest.mark.parametrize("part", ["plan", "stream", "promise", "champion"])
def test_an_edit_in_approval_replaces_what_was_submitted(cast: Any, part: str) -> None:
    plans_need(cast)
    plan = draft(cast)
    review = submitted(plan, cast.member)
    if part == "plan":
        edit(plan, cast.member, name="Home Buyer Autumn")
    elif part == "stream":
        services.create_stream(plan=plan, by=cast.member, fields=StreamFields("Branches"))
    elif part == "promise":
        promise = Commitment.objects.get(plan=plan)
        terms = terms_of(promise)
        services.change_promise(
            promise=promise,
            by=cast.member,
            seen=seen_of(terms),
            terms=replace(terms, count=5),
        )
    else:
        ownership.assign(row=plan, to=cast.colleague, by=cast.manager)
    assert Review.objects.get(pk=review.pk).state == "superseded"
    assert state(plan) == "draft"
    with pytest.raises(Stale):
        decided(review, cast.manager)


def test_a_new_champion_is_no_contributor_by_that_alone(cast: Any) -> None:
    plans_need(cast)
    plan = draft(cast)
    ownership.assign(row=plan, to=cast.manager, by=cast.admin)
    wrote = set(SubjectEdit.objects.filter(subject=plan.subject).values_list("member", flat=True))
    assert wrote == {cast.member.pk}


def test_what_is_no_part_of_the_plan_leaves_the_submission_alone(cast: Any) -> None:
    plans_need(cast)
    plan = draft(cast)
    stream = factories.make_stream(plan, name="Branches", owner=cast.member)
    review = submitted(plan, cast.member)
    ownership.assign(row=stream, to=cast.colleague, by=cast.manager)
    factories.make_key_date(plan)
    assert Review.objects.get(pk=review.pk).state == "open"
    decided(review, cast.manager)
    assert state(plan) == "running"


def test_taking_the_submission_back_and_closing(cast: Any) -> None:
    plans_need(cast)
    plan = draft(cast)
    review = submitted(plan, cast.member)
    reviews.withdraw_submission(review=review, by=cast.member)
    assert state(plan) == "draft"
    review = submitted(plan, cast.member)
    services.change_state(plan=plan, by=cast.member, to=PlanState.CLOSED)
    assert state(plan) == "closed"
    assert Review.objects.get(pk=review.pk).state == "withdrawn"
    services.change_state(plan=plan, by=cast.member, to=PlanState.RUNNING)
    assert state(plan) == "draft"  # never approved, so reopening does not go around it


# Running -----------------------------------------------------------------------------------------
def approved(cast: Any) -> Plan:
    plans_need(cast)
    plan = draft(cast)
    decided(submitted(plan, cast.member), cast.manager)
    return plan


def test_an_edit_of_a_running_plan_does_not_stop_it_and_shows_beside_what_was_approved(
    cast: Any,
) -> None:
    plan = approved(cast)
    promise = Commitment.objects.get(plan=plan)
    terms = terms_of(promise)
    services.change_promise(
        promise=promise, by=cast.member, seen=seen_of(terms), terms=replace(terms, count=1)
    )
    edit(plan, cast.member, name="Home Buyer Autumn")
    assert state(plan) == "running"
    version = life.approved_version(plan)
    assert version is not None
    assert dict(version.content)["Name"] == "Home Buyer Spring"
    assert dict(version.content)["Promise on Facebook"] == "3 a week"
    assert [change.label for change in version.changes] == ["Name", "Promise on Facebook"]
    assert [d.member for d in version.approved_by] == [cast.manager]


def test_the_new_version_is_submitted_while_it_runs(cast: Any) -> None:
    plan = approved(cast)
    edit(plan, cast.member, name="Home Buyer Autumn")
    review = submitted(plan, cast.member)
    assert state(plan) == "running"
    decided(review, cast.manager, "reject", "No.")
    assert state(plan) == "running"
    decided(submitted(plan, cast.member), cast.manager)
    version = life.approved_version(plan)
    assert version is not None
    assert version.changes == []


def test_taking_back_the_approval_of_a_running_plan_is_a_recall(cast: Any) -> None:
    plan = approved(cast)
    approval = Approval.objects.get(subject=plan.subject)
    done = reviews.withdraw_approval(approval=approval, by=cast.manager, reason="Too soon")
    assert done.is_recall
    assert state(plan) == "running"
    assert life.approved_version(plan) is None


def test_an_approved_plan_is_reopened_as_running(cast: Any) -> None:
    plan = approved(cast)
    services.change_state(plan=plan, by=cast.manager, to=PlanState.CLOSED)
    services.change_state(plan=plan, by=cast.manager, to=PlanState.RUNNING)
    assert state(plan) == "running"


# No approval -------------------------------------------------------------------------------------
def test_where_none_is_needed_starting_is_a_release_by_the_champion(cast: Any) -> None:
    plans_need(cast, approval=False)
    plan = draft(cast)
    with pytest.raises(NotAllowed, match="Only its owner"):
        services.change_state(plan=plan, by=cast.manager, to=PlanState.RUNNING)
    services.change_state(plan=plan, by=cast.member, to=PlanState.RUNNING)
    assert state(plan) == "running"
    assert Approval.objects.get(subject=plan.subject).released_by == cast.member


# Settings ----------------------------------------------------------------------------------------
def test_plans_have_a_workflow_of_their_own(cast: Any) -> None:
    who_approves.create_default(cast.organization, cast.admin)
    template = plans_need(cast)
    assert (template.subject_kind, template.channel_kinds) == ("plan", [])
    common = {"organization": cast.organization, "by": cast.admin, "needs_approval": False}
    with pytest.raises(Refused, match="not both"):
        who_approves.save_template(name="Both", channel_kinds=["plan", "facebook"], **common)
    with pytest.raises(Refused, match="decides on plans already"):
        who_approves.save_template(name="Again", channel_kinds=["plan"], **common)
    with pytest.raises(Refused, match="Make a new one for channels"):
        who_approves.save_template(
            name="Plans", channel_kinds=["facebook"], previous=template, **common
        )
    who_approves.retire_template(template=template, by=cast.admin)
    assert life.workflow_of_plans(cast.organization) is None


def test_a_confidential_plan_waits_only_for_who_may_see_it(cast: Any) -> None:
    plans_need(cast)
    plan = draft(cast, is_confidential=True)
    with pytest.raises(Refused, match="may see this confidential plan"):
        submitted(plan, cast.member)
    plan.readers.create(organization=cast.organization, member=cast.manager)
    review = submitted(plan, cast.member)
    assert waiting_for(cast.organization, cast.admin) == []
    assert [row.review.pk for row in waiting_for(cast.organization, cast.manager)] == [review.pk]
