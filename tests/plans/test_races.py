"""Two people at the same moment, on real connections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from people.errors import Refused, Stale
from people.models import Activity
from plans import services
from plans.models import Channel, Commitment, Plan
from plans.records import ChannelFields, PlanFields, terms_of
from plans.rules import Terms
from plans.services.promises import seen_of
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
FIELDS = PlanFields("Spring", date(2027, 1, 4), date(2027, 3, 14))


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """What became of each act: "done", or the name of its refusal."""
    barrier, outcomes = Barrier(len(acts)), [""] * len(acts)

    def run(n: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=20)
            act()
            outcomes[n] = "done"
        except Refused as error:
            outcomes[n] = type(error).__name__
        finally:
            connection.close()

    threads = [Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(outcomes)


def manager() -> Any:
    return factories.make_member(factories.make_organization(), "manager")


def test_of_two_edits_one_is_saved_and_the_other_is_told() -> None:
    by = manager()
    plan = services.create_plan(organization=by.organization, by=by, fields=FIELDS)

    def edit(summary: str) -> Callable[[], Plan]:
        fields = replace(FIELDS, summary=summary)
        return lambda: services.edit_plan(plan=plan, by=by, version=1, fields=fields)

    assert at_once(edit("One"), edit("Two"), edit("Three")) == [Stale.__name__] * 2 + ["done"]
    assert Plan.objects.get().version == 2
    assert Activity.objects.filter(verb="plan.edited").count() == 1


def test_of_two_channels_of_one_name_one_is_made() -> None:
    by = manager()
    fields = ChannelFields(kind="blog", name="Blog")

    def create() -> Channel:
        return services.create_channel(organization=by.organization, by=by, fields=fields)

    assert at_once(create, create) == ["Refused", "done"]
    assert Channel.objects.count() == 1


def test_of_two_changes_of_a_promise_one_splits_it_and_the_other_is_told() -> None:
    by = manager()
    plan = factories.make_plan(by.organization)
    promise = factories.make_commitment(plan, factories.make_channel(by.organization))
    seen = seen_of(terms_of(promise))

    def change(count: int) -> Callable[[], Commitment]:
        return lambda: services.change_promise(
            promise=promise,
            by=by,
            seen=seen,
            terms=Terms(count, "week"),
            from_day=date(2027, 2, 1),
        )

    assert at_once(change(4), change(5)) == ["Stale", "done"]
    assert Commitment.objects.count() == 2
