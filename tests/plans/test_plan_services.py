"""Plans through their services: who may, what is refused, and what stays on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from people import queries as people
from people.activity import sentence
from people.errors import NotAllowed, Refused, Stale
from plans import queries, services
from plans.models import Objective, Plan, PlanReader
from plans.records import PlanFields, StreamFields
from plans.rules import PlanState
from plans.services.plans import fields_now
from tests import factories
from workflow import ownership

FIELDS = PlanFields(
    name="Home Buyer Spring",
    starts_on=date(2027, 1, 4),
    ends_on=date(2027, 3, 14),
    objectives=("More bookings", "More readers"),
)


def create(cast: Any, by: Any = None, champion: Any = None, **changes: Any) -> Plan:
    return services.create_plan(
        organization=cast.organization,
        by=by or cast.manager,
        champion=champion,
        fields=replace(FIELDS, **changes),
    )


def told(plan: Plan) -> list[str]:
    rows = people.activity_of_plan(plan.organization, plan.pk)
    return [sentence(row) for row in rows]


# Creating ----------------------------------------------------------------------------------------
def test_a_plan_without_champion_is_unowned_from_its_first_moment(cast: Any) -> None:
    plan = create(cast)
    assert plan.owner is None and plan.unowned_since is not None
    assert [o.title for o in plan.objectives.all()] == ["More bookings", "More readers"]
    assert told(plan) == ["created this plan, which has no champion yet"]


def test_a_member_champions_their_own_plan_but_names_nobody_else(cast: Any) -> None:
    plan = create(cast, by=cast.member, champion=cast.member)
    assert plan.owner == cast.member
    with pytest.raises(NotAllowed, match="leave it open"):
        create(cast, by=cast.member, champion=cast.colleague, name="Another")
    assert create(cast, champion=cast.colleague, name="Third").owner == cast.colleague


@pytest.mark.parametrize("who", ["expert", "viewer"])
def test_readers_create_no_plan(cast: Any, who: str) -> None:
    with pytest.raises(NotAllowed):
        create(cast, by=getattr(cast, who))


@pytest.mark.parametrize("who", ["deactivated", "viewer", "outsider"])
def test_nobody_who_cannot_answer_becomes_champion(cast: Any, who: str) -> None:
    with pytest.raises(Refused, match="cannot be made accountable"):
        create(cast, champion=getattr(cast, who))
    assert not Plan.objects.exists()


def test_a_name_is_taken_whatever_its_case_and_free_in_another_organization(cast: Any) -> None:
    create(cast)
    with pytest.raises(Refused, match="taken"):
        create(cast, name="HOME buyer spring")
    factories.make_plan(cast.other_organization, name=FIELDS.name)


def test_an_impossible_period_is_refused(cast: Any) -> None:
    with pytest.raises(Refused, match="before it begins"):
        create(cast, ends_on=date(2027, 1, 3))
    with pytest.raises(Refused, match="five years"):
        create(cast, ends_on=date(2072, 1, 3))


# Editing -----------------------------------------------------------------------------------------
def test_an_edit_is_recorded_by_its_fields(cast: Any) -> None:
    plan = create(cast, champion=cast.member)
    fields = replace(FIELDS, summary="For buyers", objectives=("More bookings", "Many readers"))
    services.edit_plan(plan=plan, by=cast.member, version=1, fields=fields)
    plan.refresh_from_db()
    assert plan.version == 2
    assert told(plan)[0] == "changed the plan: what it is for, objectives"


def test_an_edit_that_changes_nothing_leaves_no_trace(cast: Any) -> None:
    plan = create(cast)
    services.edit_plan(plan=plan, by=cast.manager, version=1, fields=FIELDS)
    plan.refresh_from_db()
    assert plan.version == 1 and len(told(plan)) == 1


def test_a_reworded_objective_keeps_its_streams(cast: Any) -> None:
    plan = create(cast)
    objective = Objective.objects.get(title="More readers")
    stream = factories.make_stream(plan, objective=objective)
    fields = replace(FIELDS, objectives=("Many more readers", "More bookings", "A third"))
    services.edit_plan(plan=plan, by=cast.manager, version=1, fields=fields)
    stream.refresh_from_db()
    assert stream.objective_id == objective.pk
    assert [o.title for o in plan.objectives.all()] == list(fields.objectives)


def test_the_second_of_two_editors_is_told_and_changes_nothing(cast: Any) -> None:
    plan = create(cast, champion=cast.member)
    services.edit_plan(
        plan=plan, by=cast.member, version=1, fields=replace(FIELDS, summary="First")
    )
    with pytest.raises(Stale, match="Maya Member changed this") as caught:
        services.edit_plan(
            plan=plan, by=cast.manager, version=1, fields=replace(FIELDS, summary="Second")
        )
    assert caught.value.current.summary == "First"
    plan.refresh_from_db()
    assert plan.summary == "First"


def test_only_champion_and_leaders_edit(cast: Any) -> None:
    plan = create(cast, champion=cast.member)
    fields = replace(FIELDS, summary="Changed")
    for who in (cast.colleague, cast.expert, cast.viewer, cast.deactivated, cast.outsider):
        with pytest.raises(NotAllowed):
            services.edit_plan(plan=plan, by=who, version=1, fields=fields)
    services.edit_plan(plan=plan, by=cast.member, version=1, fields=fields)


# Starting, closing, reopening --------------------------------------------------------------------
def test_a_draft_is_started_closed_and_reopened(cast: Any) -> None:
    plan = services.create_plan(
        organization=cast.organization, by=cast.manager, fields=FIELDS, start=False
    )
    for to in (PlanState.RUNNING, PlanState.CLOSED, PlanState.RUNNING):
        plan = services.change_state(plan=plan, by=cast.manager, to=to)
        assert plan.state == to
    assert told(plan)[:3] == ["reopened the plan", "closed the plan", "started the plan"]


def test_a_second_click_changes_nothing_and_no_plan_becomes_a_draft_again(cast: Any) -> None:
    plan = create(cast)
    services.change_state(plan=plan, by=cast.manager, to=PlanState.CLOSED)
    services.change_state(plan=plan, by=cast.manager, to=PlanState.CLOSED)
    assert told(plan).count("closed the plan") == 1
    with pytest.raises(Refused, match="draft again"):
        services.change_state(plan=plan, by=cast.manager, to=PlanState.DRAFT)


def test_a_closed_plan_is_history(cast: Any) -> None:
    plan = create(cast)
    services.change_state(plan=plan, by=cast.manager, to=PlanState.CLOSED)
    with pytest.raises(Refused, match="Reopen it"):
        services.edit_plan(plan=plan, by=cast.manager, version=2, fields=FIELDS)
    with pytest.raises(Refused, match="Reopen it"):
        services.create_stream(plan=plan, by=cast.manager, fields=StreamFields("Press"))
    with pytest.raises(NotAllowed):
        services.change_state(plan=plan, by=cast.member, to=PlanState.RUNNING)


# Confidential ------------------------------------------------------------------------------------
def secret(cast: Any, **kw: Any) -> Plan:
    return services.create_plan(
        organization=cast.organization,
        by=cast.member,
        champion=cast.member,
        fields=replace(FIELDS, name="Merger", is_confidential=True, **kw),
    )


def test_a_confidential_plan_is_seen_by_champion_and_readers_only(cast: Any) -> None:
    plan = secret(cast, readers=(cast.viewer,))
    for who in (cast.member, cast.viewer):
        assert plan in queries.visible_plans(cast.organization, who)
        assert queries.may_see(who, plan)
    for who in (cast.admin, cast.manager, cast.colleague, cast.expert, cast.outsider):
        assert plan not in queries.visible_plans(cast.organization, who)
        assert not queries.may_see(who, plan)
    assert plan in queries.visible_plans(cast.organization, None)
    assert plan not in queries.visible_plans(cast.other_organization, None)


def test_who_does_not_see_a_plan_changes_nothing_in_it(cast: Any) -> None:
    plan = secret(cast)
    with pytest.raises(NotAllowed):
        services.edit_plan(plan=plan, by=cast.manager, version=1, fields=FIELDS)
    with pytest.raises(NotAllowed):
        services.change_state(plan=plan, by=cast.admin, to=PlanState.CLOSED)


def test_nobody_hides_a_plan_from_themselves_or_from_who_works_on_it(cast: Any) -> None:
    plan = create(cast, champion=cast.member)
    factories.make_stream(plan, owner=cast.colleague, name="Branches")
    hide = replace(FIELDS, is_confidential=True)
    with pytest.raises(Refused, match="lose sight of this plan yourself"):
        services.edit_plan(plan=plan, by=cast.manager, version=1, fields=hide)
    with pytest.raises(Refused, match="Cole Colleague owns the stream “Branches”"):
        services.edit_plan(plan=plan, by=cast.member, version=1, fields=hide)
    hide = replace(hide, readers=(cast.colleague,))
    plan = services.edit_plan(plan=plan, by=cast.member, version=1, fields=hide)
    assert queries.readers(cast.organization, plan) == [cast.colleague]


def test_opening_a_plan_to_everyone_forgets_its_readers(cast: Any) -> None:
    plan = secret(cast, readers=(cast.viewer,))
    open_again = replace(fields_now(plan), is_confidential=False)
    services.edit_plan(plan=plan, by=cast.member, version=1, fields=open_again)
    assert not PlanReader.objects.filter(plan=plan).exists()


def test_a_stream_of_a_confidential_plan_goes_to_nobody_who_cannot_see_it(cast: Any) -> None:
    plan = secret(cast)
    fields = StreamFields("Press")
    with pytest.raises(Refused, match="cannot see this confidential plan"):
        services.create_stream(plan=plan, by=cast.member, fields=fields, owner=cast.colleague)
    services.create_stream(plan=plan, by=cast.member, fields=fields, owner=cast.member)


def test_an_administrator_takes_over_on_record_and_the_champion_can_read_why(cast: Any) -> None:
    plan = secret(cast, readers=(cast.viewer,))
    assert list(queries.hidden_plans(cast.organization, cast.admin)) == [plan]
    plan = services.take_over(plan=plan, by=cast.admin, reason="Maya is on leave")
    assert plan.owner == cast.admin
    assert queries.readers(cast.organization, plan) == [cast.member, cast.viewer]
    assert told(plan)[0] == "took over this confidential plan: “Maya is on leave”"
    assert not queries.hidden_plans(cast.organization, cast.admin).exists()


def test_taking_over_needs_a_reason_the_right_and_a_plan_that_is_hidden(cast: Any) -> None:
    plan = secret(cast)
    with pytest.raises(Refused, match="Say why"):
        services.take_over(plan=plan, by=cast.admin, reason="  ")
    for who in (cast.manager, cast.member, cast.viewer, cast.outsider):
        with pytest.raises(Refused):
            services.take_over(plan=plan, by=who, reason="Because")
    with pytest.raises(Refused, match="already"):
        services.take_over(plan=create(cast), by=cast.admin, reason="Because")
    plan.refresh_from_db()
    assert plan.owner == cast.member


def test_a_closed_plan_taken_over_keeps_its_champion_as_history(cast: Any) -> None:
    plan = secret(cast)
    services.change_state(plan=plan, by=cast.member, to=PlanState.CLOSED)
    plan = services.take_over(plan=plan, by=cast.admin, reason="An audit")
    assert plan.owner == cast.member
    assert queries.may_see(cast.admin, plan)


def test_only_administrators_learn_that_a_hidden_plan_exists(cast: Any) -> None:
    secret(cast)
    for who in (cast.manager, cast.colleague, cast.viewer):
        assert not queries.hidden_plans(cast.organization, who).exists()


# Streams -----------------------------------------------------------------------------------------
def test_a_stream_owner_edits_their_stream_and_nothing_else(cast: Any) -> None:
    plan = create(cast)
    stream = services.create_stream(
        plan=plan, by=cast.manager, fields=StreamFields("Press"), owner=cast.member
    )
    from plancraft.lib.changes import fingerprint
    from plans.records import stream_fields

    seen = fingerprint(stream_fields(stream).words())
    services.edit_stream(
        stream=stream, by=cast.member, seen=seen, fields=StreamFields("Press room")
    )
    stream.refresh_from_db()
    assert stream.name == "Press room"
    with pytest.raises(Stale):
        services.edit_stream(
            stream=stream, by=cast.manager, seen=seen, fields=StreamFields("Press desk")
        )
    with pytest.raises(NotAllowed):
        services.create_stream(plan=plan, by=cast.member, fields=StreamFields("More"))


def test_an_objective_of_another_plan_is_refused(cast: Any) -> None:
    plan, other = create(cast), create(cast, name="Other")
    foreign = other.objectives.first()
    with pytest.raises(Refused, match="another plan"):
        services.create_stream(plan=plan, by=cast.manager, fields=StreamFields("Press", foreign))


def test_a_stream_comes_back_from_the_archive_without_an_owner_who_left(cast: Any) -> None:
    plan, now = create(cast), timezone.now()
    stream = factories.make_stream(plan, owner=cast.colleague)
    services.archive_stream(stream=stream, by=cast.manager, at=now)
    cast.colleague.deactivated_at = now
    cast.colleague.save()
    stream = services.restore_stream(stream=stream, by=cast.manager, at=now)
    stream.refresh_from_db()
    assert stream.owner is None and stream.unowned_since == now


def test_the_champions_role_is_handed_over_and_taken_by_the_ownership_services(cast: Any) -> None:
    plan = create(cast)
    plan = ownership.claim(row=plan, by=cast.member)
    handover = ownership.offer(row=plan, to=cast.colleague, by=cast.member)
    ownership.answer_offer(handover=handover, accept=True, by=cast.colleague)
    plan.refresh_from_db()
    assert plan.owner == cast.colleague
    with pytest.raises(NotAllowed):
        ownership.assign(row=plan, to=cast.member, by=cast.member)
