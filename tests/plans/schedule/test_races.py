"""Two people at the same moment, on real connections: one effect, and the other is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from people.errors import Refused, Stale
from people.models import Activity
from plans.models import TaskLink
from plans.schedule import queries, services
from plans.work import services as work
from tests import factories
from tests.plans.schedule.conftest import LAUNCH, TODAY
from tests.plans.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def manager() -> Any:
    return factories.make_member(factories.make_organization(), "manager")


def test_of_two_who_build_the_same_one_builds() -> None:
    by = manager()
    key_date = factories.make_key_date(factories.make_plan(by.organization), date=LAUNCH)
    made = factories.make_back_schedule(by.organization)
    version = queries.get_version(by.organization, made.pk)
    token = services.preview_build(key_date, version, LAUNCH, TODAY).token

    def build() -> Any:
        return services.apply_build(
            key_date=key_date, version=version, to=LAUNCH, by=by, token=token, today=TODAY
        )

    assert at_once(build, build, build) == [Stale.__name__] * 2 + ["done"]
    assert key_date.tasks.count() == 3 and TaskLink.objects.count() == 3
    assert Activity.objects.filter(verb="key_date.built").count() == 1


def test_of_a_move_and_a_step_that_is_finished_neither_is_lost() -> None:
    by = manager()
    plan = factories.make_plan(by.organization)
    key_date = factories.make_key_date(plan, date=LAUNCH)
    step = factories.make_task(
        plan, key_date=key_date, lead=3, due=date(2027, 2, 24), owner=by, before=[key_date]
    )
    to = date(2027, 3, 15)
    token = services.preview_move(key_date, to, TODAY).token

    def move() -> Any:
        return services.apply_move(key_date=key_date, to=to, by=by, token=token, today=TODAY)

    outcomes = at_once(move, lambda: work.finish_task(task=step, by=by))
    step.refresh_from_db()
    assert step.state == "done"
    moved = step.due == date(2027, 3, 10)
    assert outcomes == (["done", "done"] if moved else [Stale.__name__, "done"])


def test_two_links_at_once_make_no_circle() -> None:
    by = manager()
    plan = factories.make_plan(by.organization)
    one, two = (factories.make_task(plan, owner=by) for _ in range(2))

    def link(task: Any, other: Any) -> Callable[[], Any]:
        return lambda: work.set_links(task=task, by=by, before=[other])

    assert at_once(link(one, two), link(two, one)) == [Refused.__name__, "done"]
    assert TaskLink.objects.count() == 1


def test_finished_by_two_who_do_not_own_it_one_has_owned_it() -> None:
    by = manager()
    other = factories.make_member(by.organization, "manager")
    task = factories.make_task(factories.make_plan(by.organization))
    finish = [lambda who=who: work.finish_task(task=task, by=who) for who in (by, other)]
    assert at_once(*finish) == ["done", "done"]
    assert Activity.objects.filter(verb="task.finished").count() == 1
    assert Activity.objects.filter(verb="ownership.claimed").count() == 1
