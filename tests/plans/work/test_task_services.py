"""Tasks: create, edit, and the way through their states."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from people.errors import NotAllowed, Refused, Stale
from people.models import Activity
from plans.models import Plan, Task
from plans.rules import PlanState
from plans.services import change_state as change_plan_state
from plans.work import services
from plans.work.rules import TRANSITIONS, State
from tests import factories

DAY = date(2027, 2, 1)


@pytest.fixture
def plan(cast: Any) -> Plan:
    return factories.make_plan(cast.organization, owner=cast.colleague)


def create(cast: Any, plan: Plan, **kw: Any) -> Task:
    kw.setdefault("by", cast.member)
    kw.setdefault("title", "Write the invitation")
    return services.create_task(organization=cast.organization, plan=plan, **kw)


# Creating ----------------------------------------------------------------------------------------
def test_a_task_has_its_owner_from_the_start(cast: Any, plan: Plan) -> None:
    task = create(cast, plan, owner=cast.colleague, due=DAY, collaborators=[cast.manager])
    task.refresh_from_db()
    assert (task.owner, task.due, task.created_by) == (cast.colleague, DAY, cast.member)
    assert [c.member for c in task.collaborations.all()] == [cast.manager]
    assert Activity.objects.get(verb="task.created").payload["owner"] == cast.colleague.pk


def test_without_owner_it_is_visibly_nobodys(cast: Any, plan: Plan) -> None:
    task = create(cast, plan, role="Legal")
    assert task.owner is None and task.unowned_since is not None


def test_an_unclear_task_names_candidates_and_a_day(cast: Any, plan: Plan) -> None:
    task = create(cast, plan, candidates=[cast.member, cast.manager], decide_by=DAY)
    assert {c.member for c in task.candidacies.all()} == {cast.member, cast.manager}
    for wrong in (
        {"candidates": [cast.member], "decide_by": DAY},
        {"candidates": [cast.member, cast.manager]},
        {"decide_by": DAY},
        {"candidates": [cast.member, cast.manager], "decide_by": DAY, "owner": cast.member},
    ):
        with pytest.raises(Refused):
            create(cast, plan, **wrong)


@pytest.mark.parametrize("role", ["expert", "viewer", "outsider", "deactivated"])
def test_who_does_no_work_here_creates_no_task(cast: Any, plan: Plan, role: str) -> None:
    with pytest.raises(NotAllowed):
        create(cast, plan, by=getattr(cast, role))
    assert not Task.objects.exists()


def test_a_confidential_plan_is_closed_to_who_is_not_listed(cast: Any, plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(is_confidential=True)
    with pytest.raises(NotAllowed):
        create(cast, plan, by=cast.manager)
    with pytest.raises(Refused, match="cannot see this confidential plan"):
        create(cast, plan, by=cast.colleague, owner=cast.member)
    with pytest.raises(Refused, match="cannot see this confidential plan"):
        create(cast, plan, by=cast.colleague, collaborators=[cast.member])


@pytest.mark.parametrize("who", ["viewer", "expert", "deactivated", "outsider"])
def test_only_who_can_act_is_named(cast: Any, plan: Plan, who: str) -> None:
    for field in ({"owner": getattr(cast, who)}, {"collaborators": [getattr(cast, who)]}):
        with pytest.raises(Refused):
            create(cast, plan, **field)


def test_what_belongs_to_another_plan_is_refused(cast: Any, plan: Plan) -> None:
    other = factories.make_plan(cast.organization)
    with pytest.raises(Refused, match="stream"):
        create(cast, plan, stream=factories.make_stream(other))
    with pytest.raises(Refused, match="key date"):
        create(cast, plan, key_date=factories.make_key_date(other))


def test_a_closed_plan_takes_no_task(cast: Any, plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(state="closed")
    with pytest.raises(Refused, match="closed"):
        create(cast, plan)


# Editing -----------------------------------------------------------------------------------------
def test_editing_changes_counts_and_records(cast: Any, plan: Plan) -> None:
    task = create(cast, plan)
    fields = replace(services.fields_now(task), title="Write it", collaborators=(cast.manager,))
    task = services.edit_task(task=task, by=cast.member, version=1, fields=fields)
    assert (task.title, task.version) == ("Write it", 2)
    assert Activity.objects.get(verb="task.edited").payload["fields"] == [
        "title",
        "collaborators",
    ]
    again = services.edit_task(task=task, by=cast.member, version=2, fields=fields)
    assert again.version == 2


def test_an_edit_that_crosses_is_told_and_loses_nothing(cast: Any, plan: Plan) -> None:
    task = create(cast, plan)
    fields = services.fields_now(task)
    services.edit_task(task=task, by=cast.manager, version=1, fields=replace(fields, title="First"))
    with pytest.raises(Stale, match="Ines Manager changed this") as stale:
        services.edit_task(
            task=task, by=cast.member, version=1, fields=replace(fields, title="Second")
        )
    assert stale.value.current.title == "First"


def test_owner_author_champion_and_leaders_edit_and_nobody_else(cast: Any, plan: Plan) -> None:
    writer = factories.make_member(cast.organization)
    task = create(cast, plan, by=writer, owner=cast.member)
    for n, by in enumerate((writer, cast.member, cast.colleague, cast.manager, cast.admin), 1):
        fields = replace(services.fields_now(task), title=f"Title {n}")
        task = services.edit_task(task=task, by=by, version=n, fields=fields)
    stranger = factories.make_member(cast.organization)
    for by in (stranger, cast.expert, cast.viewer, cast.outsider):
        with pytest.raises(NotAllowed):
            services.edit_task(task=task, by=by, version=6, fields=replace(fields, title="No"))


def test_a_day_set_by_hand_pins_a_step(cast: Any, plan: Plan) -> None:
    key_date = factories.make_key_date(plan)
    step = factories.make_task(plan, key_date=key_date, lead=3, due=DAY, before=[key_date])
    fields = replace(services.fields_now(step), due=date(2027, 2, 3))
    assert services.edit_task(task=step, by=cast.manager, version=1, fields=fields).pinned
    plain = create(cast, plan, due=DAY)
    fields = replace(services.fields_now(plain), due=date(2027, 2, 3))
    assert not services.edit_task(task=plain, by=cast.manager, version=1, fields=fields).pinned


def test_a_done_step_keeps_its_day(cast: Any, plan: Plan) -> None:
    key_date = factories.make_key_date(plan)
    step = factories.make_task(plan, key_date=key_date, lead=3, due=DAY, state="done")
    fields = replace(services.fields_now(step), due=date(2027, 2, 3))
    with pytest.raises(Refused, match="never moves"):
        services.edit_task(task=step, by=cast.manager, version=1, fields=fields)


def test_a_helper_who_left_may_stay_as_history(cast: Any, plan: Plan) -> None:
    task = factories.make_task(plan)
    task.collaborations.create(organization=cast.organization, member=cast.deactivated)
    fields = replace(services.fields_now(task), title="Reworded")
    assert cast.deactivated in fields.collaborators
    assert services.edit_task(task=task, by=cast.manager, version=1, fields=fields)


# States ------------------------------------------------------------------------------------------
def test_every_way_of_the_table_is_open_and_no_other(cast: Any, plan: Plan) -> None:
    for before in State:
        for after in State:
            task = factories.make_task(plan, owner=cast.member, state=before)
            if after == before or after in TRANSITIONS[before]:
                task = services.change_state(task=task, to=after, by=cast.member)
                task.refresh_from_db()
                assert task.state == after
                assert (task.done_at is not None) == (after == State.DONE)
            else:
                with pytest.raises(Refused):
                    services.change_state(task=task, to=after, by=cast.member)


def test_finishing_twice_changes_nothing(cast: Any, plan: Plan) -> None:
    task = create(cast, plan, owner=cast.member)
    done = services.finish_task(task=task, by=cast.member)
    assert done.done_at is not None
    assert services.finish_task(task=task, by=cast.member).version == done.version
    assert Activity.objects.filter(verb="task.finished").count() == 1


def test_who_finishes_what_nobody_owns_has_owned_it(cast: Any, plan: Plan) -> None:
    done = services.finish_task(task=create(cast, plan), by=cast.member)
    assert done.owner == cast.member
    assert Activity.objects.filter(verb="ownership.claimed").exists()


def test_reopened_it_is_nobodys_if_its_owner_has_left(cast: Any, plan: Plan) -> None:
    task = factories.make_task(plan, owner=cast.deactivated, state="done")
    task = services.reopen_task(task=task, by=cast.manager)
    assert task.owner is None and task.state == "open"


def test_a_stranger_finishes_nothing(cast: Any, plan: Plan) -> None:
    task = create(cast, plan, by=cast.manager, owner=cast.colleague)
    with pytest.raises(NotAllowed):
        services.finish_task(task=task, by=cast.member)
    task.refresh_from_db()
    assert task.state == "open"


def test_in_a_reopened_plan_nothing_open_belongs_to_who_has_left(cast: Any, plan: Plan) -> None:
    gone = cast.deactivated
    task = factories.make_task(plan, owner=gone)
    done = factories.make_task(plan, owner=gone, state="done")
    key_date = factories.make_key_date(plan, owner=gone)
    Plan.objects.filter(pk=plan.pk).update(state="closed")
    change_plan_state(plan=plan, by=cast.manager, to=PlanState.RUNNING)
    for row in (task, done, key_date):
        row.refresh_from_db()
    assert (task.owner, key_date.owner, done.owner) == (None, None, gone)
