"""Tasks on *My work* and in the dashboard's overdue, as the room of tasks knows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from dashboards import queries
from plans.models import Plan, Task, TaskCandidate
from plans.rules import PlanState
from plans.work import queries as work
from tests import factories

NOW = datetime(2027, 3, 10, 17, tzinfo=UTC)
TODAY = NOW.date()


def candidate(task: Task, *members: Any) -> None:
    for member in members:
        TaskCandidate.objects.create(organization=task.organization, task=task, member=member)


def test_a_desk_has_the_tasks_of_its_owner(cast: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.colleague)
    late = factories.make_task(plan, owner=cast.member, due=TODAY - timedelta(days=2))
    factories.make_task(plan, owner=cast.member)
    factories.make_task(plan, owner=cast.member, state="done")
    factories.make_task(plan, owner=cast.colleague, due=TODAY - timedelta(days=1))
    closed = factories.make_plan(cast.organization, state=PlanState.CLOSED)
    factories.make_task(closed, owner=cast.member, due=TODAY)
    found = [row.pk for row in queries.desk(cast.member, NOW).tasks]
    assert found == [task.pk for task in work.work_of(cast.organization, cast.member, cast.member)]
    assert found[0] == late.pk and len(found) == 2
    assert queries.counts(cast.member, NOW).overdue == 1
    everywhere = queries.overview(cast.organization, None, NOW).late_tasks
    assert everywhere[0].pk == late.pk


def test_a_task_of_today_is_not_late(cast: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.colleague)
    factories.make_task(plan, owner=cast.member, due=TODAY)
    assert queries.counts(cast.member, NOW).overdue == 0
    assert queries.overview(cast.organization, None, NOW).late_tasks == []


def test_candidates_are_asked_until_someone_owns_it(cast: Any, client_of: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.manager)
    task = factories.make_task(plan, title="Legal check", decide_by=TODAY - timedelta(days=1))
    candidate(task, cast.member, cast.colleague)
    assert [row.pk for row in queries.desk(cast.member, NOW).undecided] == [task.pk]
    assert queries.counts(cast.member, NOW).undecided == 1
    assert queries.counts(cast.manager, NOW).undecided == 0
    assert [row.task.pk for row in work.undecided(cast.organization, None, TODAY)] == [task.pk]
    page = client_of(cast.member).get("/o/northlake/my-work/").content.decode()
    assert "Who of you takes it?" in page and "Legal check" in page
    Task.objects.filter(pk=task.pk).update(owner=cast.colleague, unowned_since=None)
    assert queries.desk(cast.member, NOW).undecided == []


def test_what_one_may_not_see_is_on_no_desk(cast: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.manager)
    factories.make_task(plan, owner=cast.member, due=TODAY - timedelta(days=3))
    task = factories.make_task(plan, decide_by=TODAY)
    candidate(task, cast.member, cast.colleague)
    Plan.objects.filter(pk=plan.pk).update(is_confidential=True)
    desk = queries.desk(cast.member, NOW)
    assert (desk.tasks, desk.undecided) == ([], [])
    assert queries.counts(cast.member, NOW).overdue == 0
    assert queries.overview(cast.organization, cast.member, NOW).late_tasks == []
    assert len(queries.overview(cast.organization, cast.manager, NOW).late_tasks) == 1


def test_the_dashboard_counts_late_tasks_and_lists_exactly_those(
    bank: Any, who: Any, visit: Any
) -> None:
    tom = who("tom")
    lines = visit("ines", "dashboard/").context["owners"]
    line = next(x for x in lines if x["person"] and x["person"].pk == tom.pk)
    rows = visit("ines", line["url"]).context["rows"]
    assert len(rows) == line["count"]
    assert "Print the leaflet on closing costs" in [row[0].text for row in rows]
