"""Checklist, comments, attachments and links of a task; what is done to several at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.errors import NotAllowed, Refused
from people.models import Activity
from plans.models import Plan, PlanReader, Task, TaskAttachment
from plans.work import queries, services
from plans.work.queries import TaskFilter
from plans.work.rules import Decider
from tests import factories
from workflow import ownership

NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
DAY = date(2027, 2, 1)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def plan(cast: Any) -> Plan:
    return factories.make_plan(cast.organization, owner=cast.colleague)


@pytest.fixture
def task(plan: Plan, cast: Any) -> Task:
    return factories.make_task(plan, owner=cast.member, title="Write it")


def hide(plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(is_confidential=True)


# Checklist ---------------------------------------------------------------------------------------
def test_lines_are_added_ticked_ordered_and_removed(task: Task, cast: Any) -> None:
    one = services.add_line(task=task, by=cast.manager, text=" Ask  Retail ")
    two = services.add_line(task=task, by=cast.member, text="Book the room")
    services.tick_line(line=one, by=cast.member, done=True, at=NOW)
    services.tick_line(line=one, by=cast.member, done=True, at=NOW)
    services.order_lines(task=task, by=cast.member, order=[two.pk, 999])
    lines = list(queries.checklist_of(task))
    assert [(line.text, line.done_by) for line in lines] == [
        ("Book the room", None),
        ("Ask Retail", cast.member),
    ]
    assert Activity.objects.filter(verb="task.checked").count() == 1
    services.tick_line(line=one, by=cast.member, done=False, at=NOW)
    services.reword_line(line=two, by=cast.member, text="Book it")
    services.remove_line(line=one, by=cast.member)
    assert [line.text for line in queries.checklist_of(task)] == ["Book it"]
    with pytest.raises(Refused, match="removed"):
        services.tick_line(line=one, by=cast.member, done=True, at=NOW)


def test_a_checklist_is_for_who_works_and_sees_the_plan(task: Task, cast: Any) -> None:
    line = services.add_line(task=task, by=cast.manager, text="One")
    for by in (cast.expert, cast.viewer, cast.deactivated, cast.outsider):
        with pytest.raises(NotAllowed):
            services.add_line(task=task, by=by, text="Two")
        with pytest.raises(NotAllowed):
            services.tick_line(line=line, by=by, done=True, at=NOW)
    hide(task.plan)
    with pytest.raises(NotAllowed):
        services.add_line(task=task, by=cast.manager, text="Two")
    with pytest.raises(Refused, match="ticked off"):
        services.add_line(task=task, by=cast.colleague, text="  ")


# Comments ----------------------------------------------------------------------------------------
def test_a_comment_addresses_by_name_once_each(task: Task, cast: Any) -> None:
    text = "@Ines and @Maya Member: @Ines, look. @Cole wrote this."
    services.comment(task=task, by=cast.colleague, text=text)
    row = queries.comments_of(task).get()
    assert {mention.member for mention in row.mentions.all()} == {cast.manager, cast.member}
    payload = Activity.objects.get(verb="task.commented").payload
    assert payload["mentions"] == [cast.manager.pk, cast.member.pk]


def test_everyone_who_reads_may_comment(task: Task, cast: Any) -> None:
    for by in (cast.viewer, cast.expert, cast.admin):
        services.comment(task=task, by=by, text="Fine")
    for by in (cast.outsider, cast.deactivated):
        with pytest.raises(NotAllowed):
            services.comment(task=task, by=by, text="Fine")
    for text in ("  ", "x" * 5001):
        with pytest.raises(Refused):
            services.comment(task=task, by=cast.member, text=text)


def test_nobody_outside_a_confidential_plan_is_addressed(task: Task, cast: Any) -> None:
    hide(task.plan)
    PlanReader.objects.create(organization=cast.organization, plan=task.plan, member=cast.member)
    task = Task.objects.get(pk=task.pk)
    row = services.comment(task=task, by=cast.colleague, text="@Ines @Maya look")
    assert [mention.member for mention in row.mentions.all()] == [cast.member]
    with pytest.raises(NotAllowed):
        services.comment(task=task, by=cast.manager, text="Hello")
    with pytest.raises(Http404):
        queries.get_comment(cast.organization, cast.manager, row.pk)


def test_a_comment_is_removed_by_its_author_or_a_leader(task: Task, cast: Any) -> None:
    row = services.comment(task=task, by=cast.viewer, text="@Maya hello")
    for by in (cast.member, cast.expert, cast.outsider):
        with pytest.raises(NotAllowed):
            services.remove_comment(comment=row, by=by, at=NOW)
    gone = services.remove_comment(comment=row, by=cast.viewer, at=NOW)
    assert (gone.text, gone.removed_at) == ("", NOW)
    other = services.comment(task=task, by=cast.member, text="Hello")
    assert services.remove_comment(comment=other, by=cast.manager, at=NOW).text == ""
    assert queries.task_rows(cast.organization, cast.member, DAY).get().comment_count == 0


# Attachments -------------------------------------------------------------------------------------
def test_a_file_is_kept_privately_and_once(task: Task, cast: Any) -> None:
    row = services.attach(task=task, by=cast.member, name="C:\\x\\plan.png", content=PNG)
    assert (row.name, row.content_type, row.size) == ("plan.png", "image/png", len(PNG))
    place = Path(row.file.path)
    assert place.is_relative_to(settings.PRIVATE_FILES_ROOT)
    assert place.read_bytes() == PNG and place.stat().st_mode & 0o077 == 0
    assert "plan" not in place.name
    with pytest.raises(ValueError):
        _ = row.file.url
    again = services.attach(task=task, by=cast.manager, name="other.png", content=PNG)
    assert again == row and TaskAttachment.objects.count() == 1
    place.unlink()


def test_files_that_are_not_kept(task: Task, cast: Any, settings: Any) -> None:
    settings.ATTACHMENT_MEGABYTES = 1
    for name, content in (
        ("page.html", b"<html></html>"),
        ("plan.html", PNG),
        ("empty.txt", b""),
        ("long.txt", b"x" * (1024 * 1024 + 1)),
    ):
        with pytest.raises(Refused):
            services.attach(task=task, by=cast.member, name=name, content=content)
    for by in (cast.viewer, cast.expert, cast.outsider, cast.deactivated):
        with pytest.raises(NotAllowed):
            services.attach(task=task, by=by, name="a.png", content=PNG)
    assert not TaskAttachment.objects.exists()


def test_removing_a_file_removes_its_content(
    task: Task, cast: Any, django_capture_on_commit_callbacks: Any
) -> None:
    row = services.attach(task=task, by=cast.manager, name="a.png", content=PNG)
    place = Path(row.file.path)
    stranger = factories.make_member(cast.organization)
    for by in (stranger, cast.viewer, cast.outsider):
        with pytest.raises(NotAllowed):
            services.remove_attachment(attachment=row, by=by)
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_attachment(attachment=row, by=cast.member)
    assert not place.exists() and not TaskAttachment.objects.exists()
    services.remove_attachment(attachment=row, by=cast.member)


# Links -------------------------------------------------------------------------------------------
def test_what_a_task_must_precede(task: Task, plan: Plan, cast: Any) -> None:
    key_date = factories.make_key_date(plan)
    other = factories.make_task(plan, title="Print it", owner=cast.member)
    services.set_links(task=task, by=cast.member, before=[other, key_date])
    assert {link.before_task or link.key_date for link in queries.links_from(task)} == {
        other,
        key_date,
    }
    assert [link.task for link in queries.links_to(other)] == [task]
    services.set_links(task=task, by=cast.member, before=[key_date, other])
    assert Activity.objects.filter(verb="task.linked").count() == 1
    with pytest.raises(Refused, match="“Write it” → “Print it” → “Write it”"):
        services.set_links(task=other, by=cast.member, before=[task])
    with pytest.raises(Refused, match="“Write it” → “Write it”"):
        services.set_links(task=task, by=cast.member, before=[task])
    foreign = factories.make_task(factories.make_plan(cast.organization))
    with pytest.raises(Refused, match="another plan"):
        services.set_links(task=task, by=cast.member, before=[foreign])
    with pytest.raises(NotAllowed):
        services.set_links(task=task, by=cast.viewer, before=[])


# Several at once ---------------------------------------------------------------------------------
def test_giving_several_to_one_and_taking_it_back(plan: Plan, cast: Any) -> None:
    mine = factories.make_task(plan, owner=cast.member)
    free = factories.make_task(plan, unowned_since=NOW)
    done = factories.make_task(plan, owner=cast.member, state="done")
    keys = [mine.pk, free.pk, done.pk, 10**6]
    call = {"organization": cast.organization, "by": cast.manager}
    result = services.assign_tasks(tasks=keys, to=cast.admin, **call)
    assert result.changed == [mine, free]
    assert [(task, words[:16]) for task, words in result.left] == [(done, "This is finished")]
    (activity,) = result.activities
    back = services.undo_bulk(activity=activity, by=cast.manager, now=timezone.now())
    assert back.changed == [mine, free] and back.left == []
    mine.refresh_from_db()
    free.refresh_from_db()
    assert mine.owner == cast.member and free.owner is None and free.unowned_since == NOW


def test_what_changed_since_is_not_taken_back(plan: Plan, cast: Any) -> None:
    one, two = (factories.make_task(plan, owner=cast.member) for _ in range(2))
    call = {"organization": cast.organization, "by": cast.manager}
    given = services.assign_tasks(tasks=[one.pk, two.pk], to=cast.admin, **call).activities[0]
    ownership.assign(row=one, to=cast.colleague, by=cast.manager)
    back = services.undo_bulk(activity=given, by=cast.manager, now=timezone.now())
    assert back.changed == [two] and [task for task, _ in back.left] == [one]
    with pytest.raises(NotAllowed):
        services.undo_bulk(activity=given, by=cast.admin, now=timezone.now())
    with pytest.raises(Refused, match="a while ago"):
        later = timezone.now() + timedelta(minutes=11)
        services.undo_bulk(activity=given, by=cast.manager, now=later)


def test_moving_several_and_taking_it_back(plan: Plan, cast: Any) -> None:
    plain = factories.make_task(plan, due=date(2027, 2, 5))
    built = factories.make_task(plan, due=date(2027, 2, 5), lead=2)
    undated = factories.make_task(plan)
    done = factories.make_task(plan, due=date(2027, 2, 5), state="done")
    keys = [plain.pk, built.pk, undated.pk, done.pk]
    call = {"organization": cast.organization, "by": cast.colleague}
    result = services.move_tasks(tasks=keys, working_days=1, **call)
    assert {(task.due, task.pinned) for task in result.changed} == {
        (date(2027, 2, 8), False),
        (date(2027, 2, 8), True),
    }
    assert {task for task, _ in result.left} == {undated, done}
    services.finish_task(task=plain, by=cast.colleague)
    back = services.undo_bulk(activity=result.activities[0], by=cast.colleague, now=timezone.now())
    built.refresh_from_db()
    assert back.changed == [built] and [task for task, _ in back.left] == [plain]
    assert (built.due, built.pinned) == (date(2027, 2, 5), False)
    moved = services.move_tasks(tasks=[undated.pk], to=DAY, **call)
    assert moved.changed[0].due == DAY
    with pytest.raises(Refused):
        services.move_tasks(tasks=keys, **call)


def test_several_at_once_reach_no_further_than_one(plan: Plan, cast: Any) -> None:
    task = factories.make_task(plan, owner=cast.member, due=DAY)
    call = {"organization": cast.organization, "tasks": [task.pk]}
    for by in (cast.viewer, cast.expert, factories.make_member(cast.organization)):
        assert services.move_tasks(to=date(2027, 3, 1), by=by, **call).changed == []
        assert services.assign_tasks(to=cast.admin, by=by, **call).changed == []
    hide(plan)
    moved = services.move_tasks(to=date(2027, 3, 1), by=cast.manager, **call)
    assert (moved.changed, moved.left) == ([], [])
    foreign = {"organization": cast.other_organization, "tasks": [task.pk]}
    assert services.assign_tasks(to=cast.outsider, by=cast.outsider, **foreign).changed == []


# Reading -----------------------------------------------------------------------------------------
def test_lists_are_narrowed(plan: Plan, cast: Any) -> None:
    stream = factories.make_stream(plan)
    late = factories.make_task(plan, due=date(2027, 1, 29), owner=cast.member, stream=stream)
    free = factories.make_task(plan, due=date(2027, 2, 3), title="Call the Printer")
    done = factories.make_task(plan, due=date(2027, 1, 1), state="done", owner=cast.member)
    later = factories.make_task(plan, owner=cast.manager)
    later.collaborations.create(organization=cast.organization, member=cast.member)

    def found(**kw: Any) -> list[Task]:
        return list(queries.task_rows(cast.organization, cast.viewer, DAY, TaskFilter(**kw)))

    assert found() == [done, late, free, later]
    assert found(late=True) == [late]
    assert found(unowned=True) == [free]
    assert found(owner=cast.member, states=("open", "doing")) == [late]
    assert found(helping=cast.member) == [later]
    assert found(stream=stream) == [late]
    assert found(text="printer") == [free]
    assert found(first=DAY, last=date(2027, 2, 28)) == [free]
    assert found(plan=factories.make_plan(cast.organization)) == []
    counts = queries.task_counts(cast.organization, cast.viewer, DAY, plan)
    assert (counts["open"], counts["done"], counts["late"], counts["unowned"]) == (3, 1, 1, 1)
    assert list(queries.work_of(cast.organization, cast.member, None)) == [late]


def test_nothing_of_a_confidential_plan_is_listed(task: Task, cast: Any) -> None:
    line = services.add_line(task=task, by=cast.member, text="One")
    row = services.attach(task=task, by=cast.member, name="a.png", content=PNG)
    hide(task.plan)
    bank, manager = cast.organization, cast.manager
    assert list(queries.task_rows(bank, manager, DAY)) == []
    for read, pk in (
        (queries.get_task, task.pk),
        (queries.get_line, line.pk),
        (queries.get_attachment, row.pk),
    ):
        assert read(bank, cast.colleague, pk)
        with pytest.raises(Http404):
            read(bank, manager, pk)
        with pytest.raises(Http404):
            read(cast.other_organization, cast.outsider, pk)
    Path(row.file.path).unlink()


def test_whose_it_is_to_decide(plan: Plan, cast: Any) -> None:
    friday = date(2027, 2, 5)
    task = factories.make_task(plan, decide_by=friday)
    for member in (cast.member, cast.manager):
        task.candidacies.create(organization=cast.organization, member=member)

    def who(today: date) -> Decider:
        (found,) = queries.undecided(cast.organization, cast.viewer, today)
        assert set(found.candidates) == {cast.member, cast.manager}
        return found.decider

    assert who(friday) == Decider.CANDIDATES
    assert who(date(2027, 2, 6)) == Decider.CHAMPION
    assert who(date(2027, 2, 9)) == Decider.CHAMPION
    assert who(date(2027, 2, 10)) == Decider.MANAGERS
    ownership.claim(row=task, by=cast.member)
    assert queries.undecided(cast.organization, cast.viewer, friday) == []


def test_the_number_of_queries_does_not_grow(plan: Plan, cast: Any) -> None:
    def ask() -> int:
        with CaptureQueriesContext(connection) as found:
            rows = list(queries.task_rows(cast.organization, cast.manager, DAY))
            assert all(row.owner is None or row.owner.name for row in rows)
            queries.undecided(cast.organization, cast.manager, DAY)
            queries.task_counts(cast.organization, cast.manager, DAY)
        return len(found)

    def more() -> None:
        for _ in range(5):
            task = factories.make_task(plan, owner=cast.member)
            services.comment(task=task, by=cast.manager, text="@Maya look")
            unclear = factories.make_task(plan, decide_by=DAY)
            unclear.candidacies.create(organization=cast.organization, member=cast.member)

    more()
    few = ask()
    more()
    assert ask() == few
