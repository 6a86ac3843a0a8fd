"""The matrix of responsibilities: derived from the records, and editing the same ones."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from people.errors import NotAllowed, Refused, Stale
from people.models import Activity
from plancraft.lib.changes import fingerprint
from plans.models import Involvement, Plan, Task, TaskCollaborator
from plans.responsibilities import services
from plans.responsibilities.queries import Line, get_matrix
from plans.responsibilities.rules import Letter, row_letters
from plans.rules import PlanState
from tests import factories
from tests.plans.kit import at

A, R, C, I = Letter  # noqa: E741


@pytest.fixture
def task(cast: Any, plan: Plan) -> Task:
    task = factories.make_task(plan, title="Write the invitation", owner=cast.member)
    TaskCollaborator.objects.create(
        organization=plan.organization, task=task, member=cast.colleague
    )
    return task


def line_of(plan: Plan, slug: str, thing: Any) -> Line:
    line = get_matrix(plan.organization, None, plan.pk).line(slug, thing.pk)
    assert line is not None
    return line


def change(plan: Plan, slug: str, thing: Any, by: Any, letters: dict[Any, Letter]) -> None:
    line = line_of(plan, slug, thing)
    services.set_responsibilities(
        plan=plan,
        slug=slug,
        pk=thing.pk,
        by=by,
        letters={member.pk: letter for member, letter in letters.items()},
        seen=fingerprint(services.words(line.letters)),
    )


# Rules -------------------------------------------------------------------------------------------
def test_each_person_stands_once_by_the_weightiest_letter() -> None:
    assert row_letters(1, [(1, R), (2, I), (2, C), (3, I)]) == {1: A, 2: C, 3: I}
    assert row_letters(None, [(2, I), (2, R)]) == {2: R}


# Reading -----------------------------------------------------------------------------------------
def test_the_matrix_is_the_records(cast: Any, plan: Plan, task: Task) -> None:
    launch = factories.make_key_date(plan, title="Launch", owner=cast.manager)
    step = factories.make_task(plan, title="Design", key_date=launch, owner=cast.colleague)
    done = factories.make_task(plan, title="Over", state="done", owner=cast.colleague)
    stream = factories.make_stream(plan, name="Branches")
    channel = factories.make_channel(cast.organization, owner=cast.admin, name="Instagram")
    factories.make_commitment(plan, channel)
    factories.make_channel(cast.organization, name="Elsewhere")
    matrix = get_matrix(cast.organization, cast.viewer, plan.pk)
    assert [(x.slug, x.name, x.depth) for x in matrix.lines] == [
        ("stream", "Branches", 0),
        ("key_date", "Launch", 0),
        ("task", "Design", 1),
        ("task", task.title, 0),
        ("channel", "Instagram", 0),
    ]
    assert matrix.line("task", done.pk) is None
    assert line_of(plan, "task", task).letters == {cast.member.pk: A, cast.colleague.pk: R}
    assert line_of(plan, "task", step).letters == {cast.colleague.pk: A}
    assert line_of(plan, "stream", stream).letters == {}
    assert matrix.involved[0] == cast.member, "the champion stands first"


def test_the_page_hatches_what_nobody_owns(
    cast: Any, client_of: Any, plan: Plan, task: Task
) -> None:
    factories.make_stream(plan, name="Branches")
    page = client_of(cast.member).get(at("responsibilities", plan_id=plan.pk)).content.decode()
    assert "raci-unowned" in page and "I’ll take it" in page
    assert "In 1 row no one answers yet" in page
    viewer = client_of(cast.viewer).get(at("responsibilities", plan_id=plan.pk)).content.decode()
    assert "I’ll take it" not in viewer


def test_an_empty_plan_says_so_and_a_confidential_one_is_not_there(
    cast: Any, client_of: Any, plan: Plan
) -> None:
    page = client_of(cast.manager).get(at("responsibilities", plan_id=plan.pk))
    assert "This plan has no work yet" in page.content.decode()
    Plan.objects.filter(pk=plan.pk).update(is_confidential=True)
    hidden = client_of(cast.manager).get(at("responsibilities", plan_id=plan.pk))
    assert hidden.status_code == 404


def test_fifty_rows_cost_what_one_costs(cast: Any, client_of: Any, plan: Plan, task: Task) -> None:
    client, go = client_of(cast.manager), at("responsibilities", plan_id=plan.pk)

    def cost() -> int:
        client.get(go)
        with CaptureQueriesContext(connection) as made:
            assert client.get(go).status_code == 200
        return len(made)

    one = cost()
    for _ in range(50):
        owner = factories.make_member(cast.organization)
        date_of = factories.make_key_date(plan, owner=owner)
        factories.make_task(plan, key_date=date_of)
        factories.make_stream(plan, owner=owner)
        channel = factories.make_channel(cast.organization)
        factories.make_commitment(plan, channel)
    assert cost() == one <= 12


# Changing ----------------------------------------------------------------------------------------
def test_a_row_edits_owner_collaborators_and_who_is_asked(
    cast: Any, plan: Plan, task: Task
) -> None:
    change(
        plan,
        "task",
        task,
        cast.manager,
        {cast.colleague: A, cast.member: R, cast.expert: C, cast.viewer: I},
    )
    task.refresh_from_db()
    assert task.owner == cast.colleague and task.version == 2
    assert [row.member for row in task.collaborations.all()] == [cast.member]
    kinds = dict(Involvement.objects.values_list("member", "kind"))
    assert kinds == {cast.expert.pk: "consulted", cast.viewer.pk: "informed"}
    verbs = set(Activity.objects.values_list("verb", flat=True))
    assert {"ownership.assigned", "responsibilities.changed"} <= verbs
    change(plan, "task", task, cast.manager, {cast.colleague: A})
    assert not Involvement.objects.exists() and not task.collaborations.exists()


@pytest.mark.parametrize("slug", ["stream", "key_date", "channel"])
def test_other_work_keeps_who_does_it_beside_its_owner(cast: Any, plan: Plan, slug: str) -> None:
    make = {
        "stream": lambda: factories.make_stream(plan),
        "key_date": lambda: factories.make_key_date(plan, date=date(2027, 3, 1)),
        "channel": lambda: factories.make_channel(cast.organization),
    }
    thing = make[slug]()
    if slug == "channel":
        factories.make_commitment(plan, thing)
    change(plan, slug, thing, cast.manager, {cast.manager: A, cast.colleague: R})
    thing.refresh_from_db()
    assert thing.owner == cast.manager, "who takes what nobody owns claims it"
    assert line_of(plan, slug, thing).letters == {cast.manager.pk: A, cast.colleague.pk: R}


def test_two_accountable_or_none_any_more_is_refused(cast: Any, plan: Plan, task: Task) -> None:
    for letters in (
        {cast.member: A, cast.colleague: A},
        {cast.colleague: R},
        {cast.viewer: A},
        {cast.member: A, cast.expert: R},
        {cast.member: A, cast.deactivated: I},
        {cast.member: A, cast.outsider: C},
    ):
        with pytest.raises(Refused):
            change(plan, "task", task, cast.manager, letters)
    assert line_of(plan, "task", task).letters == {cast.member.pk: A, cast.colleague.pk: R}


def test_only_who_may_changes_a_row(cast: Any, plan: Plan, task: Task) -> None:
    for by in (cast.expert, cast.viewer, factories.make_member(cast.organization)):
        with pytest.raises(NotAllowed):
            change(plan, "task", task, by, {cast.member: A})
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.CLOSED)
    with pytest.raises(Refused, match="closed"):
        change(plan, "task", task, cast.manager, {cast.member: A})


def test_a_row_that_changed_since_is_stale(cast: Any, plan: Plan, task: Task) -> None:
    with pytest.raises(Stale):
        services.set_responsibilities(
            plan=plan,
            slug="task",
            pk=task.pk,
            by=cast.manager,
            letters={cast.member.pk: A},
            seen="older",
        )


def test_the_database_keeps_one_subject_and_one_letter(cast: Any, plan: Plan, task: Task) -> None:
    stream = factories.make_stream(plan)
    row = {"organization": plan.organization, "plan": plan, "member": cast.member}
    for wrong in (
        {"kind": "informed"},
        {"kind": "informed", "task": task, "stream": stream},
        {"kind": "responsible", "task": task},
        {"kind": "accountable", "stream": stream},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Involvement.objects.create(**row, **wrong)
    Involvement.objects.create(**row, kind="informed", task=task)
    with pytest.raises(IntegrityError), transaction.atomic():
        Involvement.objects.create(**row, kind="consulted", task=task)


# The form ----------------------------------------------------------------------------------------
def edit_url(plan: Plan, slug: str, thing: Any) -> str:
    return at("responsibility-edit", plan_id=plan.pk, slug=slug, pk=thing.pk)


def test_a_plain_form_changes_a_row(cast: Any, client_of: Any, plan: Plan, task: Task) -> None:
    client, go = client_of(cast.manager), edit_url(plan, "task", task)
    seen = client.get(go).context["form"]["seen"].value()
    data = {f"m{cast.member.pk}": "A", f"m{cast.viewer.pk}": "I", "seen": seen}
    assert client.post(go, data).status_code == 302
    assert line_of(plan, "task", task).letters == {cast.member.pk: A, cast.viewer.pk: I}
    crossed = client.post(go, {**data, f"m{cast.colleague.pk}": "C"})
    page = crossed.content.decode()
    assert crossed.status_code == 409 and "Save mine over it" in page
    fresh = crossed.context["form"]["seen"].value()
    assert client.post(go, {**data, f"m{cast.colleague.pk}": "C", "seen": fresh}).status_code == 302


def test_two_as_are_refused_and_what_was_chosen_stays(
    cast: Any, client_of: Any, plan: Plan, task: Task
) -> None:
    client, go = client_of(cast.manager), edit_url(plan, "task", task)
    data = {f"m{cast.member.pk}": "A", f"m{cast.colleague.pk}": "A", f"m{cast.viewer.pk}": "C"}
    answer = client.post(go, data)
    assert answer.status_code == 422
    assert "choose one A, not two" in answer.content.decode()
    assert answer.context["form"][f"m{cast.viewer.pk}"].value() == "C"
    nonsense = client.post(go, {f"m{cast.viewer.pk}": "A"})
    assert nonsense.status_code == 422, "a viewer cannot be accountable"


def test_a_champion_may_not_say_who_owns_a_channel(cast: Any, client_of: Any, plan: Plan) -> None:
    channel = factories.make_channel(cast.organization, owner=cast.colleague)
    factories.make_commitment(plan, channel)
    client, go = client_of(cast.member), edit_url(plan, "channel", channel)
    page = client.get(go)
    assert f"m{cast.colleague.pk}" not in page.context["form"].fields
    seen = page.context["form"]["seen"].value()
    assert client.post(go, {f"m{cast.viewer.pk}": "I", "seen": seen}).status_code == 302
    letters = line_of(plan, "channel", channel).letters
    assert letters == {cast.colleague.pk: A, cast.viewer.pk: I}
