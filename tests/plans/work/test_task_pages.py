"""The pages of tasks: the list, one task, what is added to it, and doing the same with several."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import Membership
from plans.models import (
    ChecklistItem,
    Plan,
    PlanReader,
    Task,
    TaskCandidate,
    TaskCollaborator,
    TaskComment,
)
from plans.rules import PlanState
from plans.work import services
from plans.work.rules import TRANSITIONS, State
from tests import factories
from tests.plans.kit import HUGE, PNG, at


def page_of(client: Any, task: Task) -> str:
    response = client.get(at("task", task_id=task.pk))
    assert response.status_code == 200
    return str(response.content.decode())


# The list ----------------------------------------------------------------------------------------
def test_the_list_groups_by_day_with_what_is_late_on_top(
    cast: Any, client_of: Any, plan: Plan, task: Task, today: Any
) -> None:
    factories.make_task(plan, title="Late one", due=today - timedelta(days=3))
    factories.make_task(plan, title="Today’s", due=today)
    factories.make_task(plan, title="Some day")
    factories.make_task(plan, title="Finished", state="done")
    response = client_of(cast.viewer).get(at("tasks"))
    groups = {group.key: [r.task.title for r in group.rows] for group in response.context["groups"]}
    assert list(groups) == ["late", "today", "later", "undated"]
    assert groups["late"] == ["Late one"] and groups["undated"] == ["Some day"]
    assert "3 days late" in response.content.decode()
    assert "Finished" not in response.content.decode()


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("owner=me", {"Mine"}),
        ("owner=none", {"Nobody’s", "Late one"}),
        ("unowned=yes", {"Nobody’s", "Late one"}),
        ("late=yes", {"Late one"}),
        ("when=late", {"Late one"}),
        ("when=undated", {"Nobody’s"}),
        ("state=done", {"Finished"}),
        ("state=all", {"Mine", "Nobody’s", "Late one", "Finished"}),
        ("owner=999999", {"Mine", "Nobody’s", "Late one"}),
    ],
)
def test_the_address_narrows_the_list(
    cast: Any, client_of: Any, plan: Plan, today: Any, query: str, titles: set[str]
) -> None:
    factories.make_task(plan, title="Mine", owner=cast.member, due=today + timedelta(days=40))
    factories.make_task(plan, title="Nobody’s")
    factories.make_task(plan, title="Late one", due=today - timedelta(days=1))
    factories.make_task(plan, title="Finished", state="done", owner=cast.colleague)
    response = client_of(cast.member).get(at("tasks") + "?" + query)
    shown = {row.task.title for group in response.context["groups"] for row in group.rows}
    assert shown == titles
    assert bool(response.context["notices"]) == (query == "owner=999999")


def test_a_plan_s_list_stands_under_its_tabs(
    cast: Any, client_of: Any, plan: Plan, task: Task
) -> None:
    other = factories.make_task(factories.make_plan(cast.organization), title="Elsewhere")
    date = factories.make_key_date(plan, title="Launch")
    dated = factories.make_task(plan, title="For the launch", key_date=date)
    client = client_of(cast.viewer)
    page = client.get(at("tasks"), {"plan": plan.pk}).content.decode()
    assert 'aria-current="page">Tasks' in page and other.title not in page
    narrowed = client.get(at("tasks"), {"plan": plan.pk, "key_date": date.pk}).content.decode()
    assert dated.title in narrowed and task.title not in narrowed


def test_an_empty_list_says_what_comes_next(cast: Any, client_of: Any, plan: Plan) -> None:
    assert "No task is waiting" in client_of(cast.member).get(at("tasks")).content.decode()
    narrowed = client_of(cast.member).get(at("tasks"), {"when": "late"}).content.decode()
    assert "No task fits the filters" in narrowed


def test_confidential_tasks_are_nowhere(cast: Any, client_of: Any, plan: Plan, task: Task) -> None:
    Plan.objects.filter(pk=plan.pk).update(is_confidential=True, owner=cast.member)
    client = client_of(cast.manager)
    assert task.title not in client.get(at("tasks")).content.decode()
    for name in ("task", "task-edit", "task-links"):
        assert client.get(at(name, task_id=task.pk)).status_code == 404
    assert client.get(at("task-new"), {"plan": plan.pk}).status_code == 404
    PlanReader.objects.create(organization=plan.organization, plan=plan, member=cast.manager)
    assert task.title in client.get(at("tasks")).content.decode()


def test_fifty_tasks_cost_what_one_costs(cast: Any, client_of: Any, plan: Plan, task: Task) -> None:
    client = client_of(cast.manager)

    def cost(**query: Any) -> int:
        client.get(at("tasks"), query)
        with CaptureQueriesContext(connection) as made:
            assert client.get(at("tasks"), query).status_code == 200
        return len(made)

    one, one_of_plan = cost(), cost(plan=plan.pk)
    owners = [factories.make_member(cast.organization) for _ in range(6)]
    for n in range(60):
        factories.make_task(plan, owner=owners[n % 6], key_date=factories.make_key_date(plan))
    assert (cost(), cost(plan=plan.pk)) == (one, one_of_plan)
    assert one_of_plan <= 12


# One task ----------------------------------------------------------------------------------------
def test_the_page_says_everything_of_a_task(
    cast: Any, client_of: Any, plan: Plan, today: Any
) -> None:
    date = factories.make_key_date(plan, title="Launch day", date=today + timedelta(days=40))
    review = factories.make_task(plan, title="Legal review", due=today + timedelta(days=30))
    task = factories.make_task(
        plan,
        title="Design the visuals",
        due=today + timedelta(days=20),
        key_date=date,
        lead=5,
        effort_minutes=150,
        before=[review, date],
        decide_by=today - timedelta(days=1),
        role="Design",
    )
    factories.make_task(plan, title="Gather photos", before=[task])
    for member in (cast.member, cast.colleague):
        TaskCandidate.objects.create(organization=plan.organization, task=task, member=member)
    TaskCollaborator.objects.create(organization=plan.organization, task=task, member=cast.manager)
    page = page_of(client_of(cast.viewer), task)
    for words in (
        "5 working days before what it precedes",
        "Built back from",
        "Launch day",
        "Legal review",
        "Gather photos",
        "2 h 30 min",
        "Ines Manager",
        "Now the champion decides.",
        "No one owns this",
    ):
        assert words in page, words
    assert "I’ll take it" not in page
    assert "I’ll take it" in page_of(client_of(cast.member), task)


def test_the_page_costs_the_same_however_much_stands_in_it(
    cast: Any, client_of: Any, plan: Plan, task: Task
) -> None:
    client = client_of(cast.manager)

    def cost() -> int:
        page_of(client, task)
        with CaptureQueriesContext(connection) as made:
            page_of(client, task)
        return len(made)

    bare = cost()
    for n in range(50):
        services.add_line(task=task, by=cast.member, text=f"Line {n}")
        services.comment(task=task, by=cast.member, text=f"@Ines Manager and {n}")
        factories.make_task(plan, before=[task])
    for n in range(5):
        services.attach(task=task, by=cast.member, name="a.png", content=PNG + bytes([n]))
    assert cost() == bare <= 12


@pytest.mark.parametrize("state", list(State))
def test_the_buttons_are_the_table_of_states(
    cast: Any, client_of: Any, plan: Plan, state: State
) -> None:
    task = factories.make_task(plan, owner=cast.colleague, state=state.value)
    shown = client_of(cast.colleague).get(at("task", task_id=task.pk)).context["buttons"]
    assert {button.to for button in shown} == {to.value for to in TRANSITIONS[state]}
    assert client_of(cast.viewer).get(at("task", task_id=task.pk)).context["buttons"] == []


def test_a_button_that_is_shown_works_and_others_are_refused(
    cast: Any, client_of: Any, task: Task
) -> None:
    client = client_of(cast.member)
    go = at("task-state", task_id=task.pk)
    assert client.post(go, {"to": "done"}).status_code == 302
    task.refresh_from_db()
    assert task.state == "done" and task.done_at is not None
    refused = client.post(go, {"to": "cancelled", "reason": "Too late"})
    assert refused.status_code == 409 and "Reopen this task first" in refused.content.decode()
    assert client.post(go, {"to": "nonsense"}).status_code == 422
    assert client_of(cast.expert).post(go, {"to": "open"}).status_code == 403
    other = factories.make_member(cast.organization)
    assert client_of(other).post(go, {"to": "open"}).status_code == 403


def test_a_closed_plan_s_task_offers_nothing(
    cast: Any, client_of: Any, plan: Plan, task: Task
) -> None:
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.CLOSED)
    client = client_of(cast.manager)
    assert "Its plan is closed" in page_of(client, task)
    answer = client.post(at("task-state", task_id=task.pk), {"to": "done"})
    assert answer.status_code == 409 and "This plan is closed" in answer.content.decode()


# Creating and editing ----------------------------------------------------------------------------
def test_who_writes_a_task_comes_to_its_page(
    cast: Any, client_of: Any, plan: Plan, today: Any
) -> None:
    client = client_of(cast.member)
    assert plan.name in client.get(at("task-new")).content.decode()
    assert client.get(at("task-new"), {"plan": plan.pk}).status_code == 200
    date = factories.make_key_date(plan)
    data = {
        "plan": plan.pk,
        "title": "Order the cake",
        "owner": cast.colleague.pk,
        "due": today.isoformat(),
        "key_date": date.pk,
        "collaborators": [cast.manager.pk],
        "effort_minutes": "30",
    }
    answer = client.post(at("task-new"), data)
    task = Task.objects.get(title="Order the cake")
    assert answer["Location"] == at("task", task_id=task.pk)
    assert (task.owner, task.key_date, task.effort_minutes) == (cast.colleague, date, 30)
    assert [c.member for c in task.collaborations.all()] == [cast.manager]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Say in a few words what is to be done."),
        ({"due": "soon"}, "Write the day as year, month and day"),
        ({"candidates": ["MEMBER"]}, "Name at least two"),
        ({"candidates": ["MEMBER", "COLLEAGUE"]}, "Say by when they are to decide."),
        ({"decide_by": "2027-02-01"}, "Name who is to decide"),
        ({"owner": "OUTSIDER"}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    cast: Any, client_of: Any, plan: Plan, changes: dict[str, Any], sentence: str
) -> None:
    people = {"MEMBER": cast.member, "COLLEAGUE": cast.colleague, "OUTSIDER": cast.outsider}

    def filled(value: Any) -> Any:
        if isinstance(value, list):
            return [filled(one) for one in value]
        return people[value].pk if value in people else value

    data = {"plan": plan.pk, "title": "A thing", "description": "Words kept", "owner": ""}
    data |= {name: filled(value) for name, value in changes.items()}
    answer = client_of(cast.member).post(at("task-new"), data)
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and "Words kept" in page
    assert not Task.objects.exists()


def edit_form(task: Task, **changes: Any) -> dict[str, Any]:
    return {"title": task.title, "due": task.due or "", "version": task.version, **changes}


def test_editing_crossed_by_another_shows_both(cast: Any, client_of: Any, task: Task) -> None:
    client, go = client_of(cast.member), at("task-edit", task_id=task.pk)
    assert client.get(go).status_code == 200
    mine = edit_form(task, title="My title")
    theirs = client_of(cast.manager).post(go, edit_form(task, title="Their title"))
    assert theirs.status_code == 302
    crossed = client.post(go, mine)
    page = crossed.content.decode()
    assert crossed.status_code == 409
    assert "Ines Manager changed this while you were writing" in page
    assert "Their title" in page and 'value="My title"' in page
    again = client.post(go, {**mine, "version": crossed.context["form"]["version"].value()})
    task.refresh_from_db()
    assert again.status_code == 302 and task.title == "My title"


def test_only_who_may_edits(cast: Any, client_of: Any, task: Task) -> None:
    for who, status in ((cast.colleague, 403), (cast.viewer, 403), (cast.outsider, 404)):
        assert client_of(who).get(at("task-edit", task_id=task.pk)).status_code == status
    assert client_of(cast.member).get(at("task-edit", task_id=HUGE)).status_code == 404


def test_the_order_is_ticked_and_a_circle_refused(
    cast: Any, client_of: Any, plan: Plan, task: Task
) -> None:
    client, other = client_of(cast.member), factories.make_task(plan, owner=cast.member)
    go = at("task-links", task_id=task.pk)
    assert client.post(go, {"tasks": [other.pk]}).status_code == 302
    assert [link.before_task for link in task.links.all()] == [other]
    refused = client.post(at("task-links", task_id=other.pk), {"tasks": [task.pk]})
    assert refused.status_code == 422 and task.title in refused.content.decode()


# Checklist ---------------------------------------------------------------------------------------
def test_lines_are_added_ticked_moved_reworded_and_taken_out(
    cast: Any, client_of: Any, task: Task
) -> None:
    client = client_of(cast.colleague)
    for text in ("First", "Second"):
        client.post(at("task-line-new", task_id=task.pk), {"text": text})
    first, second = task.checklist.all()
    line = at("task-line", line_id=second.pk)
    for data in ({"do": "tick"}, {"do": "up"}, {"do": "reword", "text": "Another"}):
        assert client.post(line, data).status_code == 302
    assert [(row.text, bool(row.done_at)) for row in task.checklist.all()] == [
        ("Another", True),
        ("First", False),
    ]
    assert "1 of 2 ticked off" in page_of(client, task)
    client.post(line, {"do": "untick"})
    client.post(at("task-line", line_id=first.pk), {"do": "remove"})
    assert [bool(row.done_at) for row in task.checklist.all()] == [False]
    assert client.post(line, {"do": "burn"}).status_code == 422
    assert client_of(cast.viewer).post(line, {"do": "tick"}).status_code == 403
    assert client_of(cast.outsider).post(line, {"do": "tick"}).status_code == 404


def test_an_empty_line_is_refused_in_words(cast: Any, client_of: Any, task: Task) -> None:
    answer = client_of(cast.member).post(at("task-line-new", task_id=task.pk), {"text": "  "})
    assert answer.status_code == 422 and "Write what is to be ticked off" in answer.content.decode()
    assert not ChecklistItem.objects.exists()


# Comments ----------------------------------------------------------------------------------------
def test_a_comment_s_markup_is_words_and_its_names_are_links(
    cast: Any, client_of: Any, task: Task
) -> None:
    client = client_of(cast.viewer)
    text = '@Cole Colleague <script>alert("x")</script> and @Nobody Here'
    client.post(at("task-comment-new", task_id=task.pk), {"text": text})
    page = page_of(client, task)
    person = at("person", member_id=cast.colleague.pk)
    assert f'<a class="mention" href="{person}">@Cole Colleague</a>' in page
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
    assert ">@Nobody" not in page


def test_a_name_full_of_markup_stays_words(cast: Any, client_of: Any, task: Task) -> None:
    factories.make_member(cast.organization, user_fields={"name": "Eve<b>onload=x</b>"})
    client = client_of(cast.member)
    client.post(at("task-comment-new", task_id=task.pk), {"text": "@Eve<b>onload=x</b> look"})
    assert "<b>onload" not in page_of(client, task)


def test_a_refused_comment_is_not_lost(cast: Any, client_of: Any, task: Task) -> None:
    long = "word " * 1200
    answer = client_of(cast.member).post(at("task-comment-new", task_id=task.pk), {"text": long})
    assert answer.status_code == 422 and "at most 5000 characters" in answer.content.decode()
    assert "word word" in answer.content.decode() and not TaskComment.objects.exists()


def test_a_comment_is_taken_back_by_its_author_or_a_leader(
    cast: Any, client_of: Any, task: Task
) -> None:
    row = services.comment(task=task, by=cast.member, text="Never mind")
    go = at("task-comment-remove", comment_id=row.pk)
    assert client_of(cast.colleague).post(go).status_code == 403
    assert client_of(cast.member).post(go).status_code == 302
    page = page_of(client_of(cast.member), task)
    assert "These words were taken back" in page and ">Never mind<" not in page


# Several at once ---------------------------------------------------------------------------------
def test_several_are_moved_and_taken_back(
    cast: Any, client_of: Any, plan: Plan, task: Task, today: Any
) -> None:
    other = factories.make_task(plan, owner=cast.member)
    client = client_of(cast.manager)
    go = at("task-bulk") + f"?plan={plan.pk}"
    moved = client.post(go, {"task": [task.pk, other.pk], "do": "move", "days": "5"}, follow=True)
    page = moved.content.decode()
    assert "1 task changed" in page and "no day yet" in page and "undo-toast" in page
    was = task.due
    task.refresh_from_db()
    assert task.due != was
    undone = client.post(
        at("task-bulk-undo") + f"?plan={plan.pk}", {"activity": moved.context["undo"]}, follow=True
    )
    task.refresh_from_db()
    assert task.due == was and "1 task is as it was" in undone.content.decode()
    assert undone.redirect_chain[-1][0] == at("tasks") + f"?plan={plan.pk}"


def test_several_are_given_to_one_person_and_taken_back(
    cast: Any, client_of: Any, plan: Plan, task: Task
) -> None:
    client = client_of(cast.manager)
    data = {"task": [task.pk], "do": "assign", "to": cast.colleague.pk}
    given = client.post(at("task-bulk"), data, follow=True)
    assert Task.objects.get(pk=task.pk).owner == cast.colleague
    keys = given.context["undo"]
    assert client_of(cast.admin).post(at("task-bulk-undo"), {"activity": keys}).status_code == 404
    client.post(at("task-bulk-undo"), {"activity": keys})
    assert Task.objects.get(pk=task.pk).owner == cast.member


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"do": "assign"}, "Choose one person."),
        ({"do": "move"}, "Say by how many working days"),
        ({"do": "move", "days": "2", "day": "2027-03-01"}, "Say by how many working days"),
        ({"do": "move", "days": "0"}, "changes nothing"),
        ({"do": "move", "days": "99999"}, "at most 260"),
        ({"do": "burn"}, "Say what to do with them"),
    ],
)
def test_a_refused_bulk_change_keeps_the_ticks(
    cast: Any, client_of: Any, task: Task, data: dict[str, Any], sentence: str
) -> None:
    answer = client_of(cast.manager).post(at("task-bulk"), {"task": [task.pk], **data})
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert f'value="{task.pk}" form="bulk" checked' in answer.content.decode()


def test_nothing_ticked_is_said(cast: Any, client_of: Any, task: Task) -> None:
    answer = client_of(cast.manager).post(at("task-bulk"), {"do": "move", "days": "2"})
    assert answer.status_code == 422 and "Tick the tasks first" in answer.content.decode()


def test_what_one_may_not_change_stays(cast: Any, client_of: Any, task: Task) -> None:
    me = factories.make_member(cast.organization)
    data = {"task": [task.pk], "do": "move", "days": "2"}
    page = client_of(me).post(at("task-bulk"), data, follow=True).content.decode()
    assert "stayed" in page and Task.objects.get(pk=task.pk).due == task.due
    assert Membership.objects.filter(pk=me.pk).exists()
