"""The walls' own test: with any one guard switched off, the tests that hold it must notice.

Each mutation takes one guard away and runs the very functions of the permission matrix, or of the
habits, and expects them to fail or to find what leaks; that they find nothing with the guard in
place is their own test.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest

import people.http
from people import queries as people_queries
from people.models import Membership, Organization
from plancraft.runtime.places import test_home as home_of_tests
from plans import queries as plan_queries
from plans.models import Plan
from tests import test_habits as habits
from tests import test_permission_matrix as matrix
from tests.plugins.servers import DATABASE_NAME

ROOMS = ("people", "workflow", "plans", "calendar_app", "reminders", "dashboards")
Off = Callable[[Any, Any], None]


def row(name: str) -> Any:
    return next(r for r in matrix.ROWS if (r.name, r.method) == (name, "GET"))


@pytest.fixture
def off(monkeypatch: pytest.MonkeyPatch) -> Off:
    """`off(function, instead)`: wherever a room has imported the function, it finds the other."""

    def switch(function: Any, instead: Any) -> None:
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] in ROOMS and vars(module).get(function.__name__) is function:
                monkeypatch.setattr(module, function.__name__, instead)

    return switch


@contextlib.contextmanager
def noticed() -> Iterator[None]:
    """The test inside must fail, by its own assertion."""
    with pytest.raises(AssertionError):
        yield


# Who is asked at all -----------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["plans", "people", "calendar", "gaps"])
def test_without_asking_whose_membership_it_is(
    name: str, cast: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def anybody(request: Any, slug: str) -> Membership | None:
        return people_queries.members(Organization.objects.get(slug=slug)).first()

    monkeypatch.setattr(people.http, "_membership", anybody)
    with noticed():
        matrix.test_outsider_deactivated_and_stranger_learn_nothing(row(name), cast, client_of)


@pytest.mark.parametrize("name", ["plans", "people"])
def test_without_asking_whether_the_member_can_still_act(
    name: str, cast: Any, client_of: Any, off: Off
) -> None:
    def ever(user: Any) -> list[Membership]:
        return list(Membership.objects.filter(user=user).select_related("organization", "user"))

    off(people_queries.memberships_of, ever)
    with noticed():
        matrix.test_outsider_deactivated_and_stranger_learn_nothing(row(name), cast, client_of)


@pytest.mark.parametrize(
    "name", ["organization-settings", "audit", "sent-mail", "story-new", "import-new"]
)
def test_without_asking_for_the_role(
    name: str, cast: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people.http, "could", lambda membership, perm: True)
    with noticed():
        matrix.test_each_role_gets_what_the_table_says(row(name), cast, client_of)


# What they are shown -----------------------------------------------------------------------------
def everything(organization: Organization, membership: Membership | None) -> Any:
    """`visible_plans` without its wall."""
    return Plan.objects.filter(organization=organization)


def test_without_hiding_confidential_plans(cast: Any, client_of: Any, off: Off) -> None:
    off(plan_queries.visible_plans, everything)
    found = matrix.confidential_rows_that_answer(cast, "manager", client_of(cast.manager))
    assert next(found, None) is not None


def test_without_hiding_them_on_other_pages(cast: Any, client_of: Any, off: Off) -> None:
    off(plan_queries.visible_plans, everything)
    found = matrix.pages_that_name_the_confidential(cast, "manager", client_of(cast.manager))
    assert next(found, None) is not None


def test_without_the_organization_in_one_query(cast: Any, client_of: Any, off: Off) -> None:
    def any_channel(organization: Organization, channel_id: int) -> Any:
        return plan_queries.Channel.objects.select_related("owner__user").get(pk=channel_id)

    off(plan_queries.get_channel, any_channel)
    found = matrix.foreign_ids_that_name_something(cast, client_of(cast.outsider))
    assert next(found, None) == ("GET", "channel", 200)


# What the database itself holds ------------------------------------------------------------------
@pytest.fixture
def owner_link() -> Iterator[Any]:
    """A connection that may change tables; whatever it does is taken back."""
    link = psycopg2.connect(
        host=str(home_of_tests().sockets), user="plancraft", dbname=DATABASE_NAME
    )
    try:
        yield link
    finally:
        link.rollback()
        link.close()


def test_without_one_composite_key(
    db: None, owner_link: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(habits, "connection", owner_link)
    habits.test_every_tenant_foreign_key_carries_the_organization(None)
    with owner_link.cursor() as cursor:
        cursor.execute("ALTER TABLE plans_stream DROP CONSTRAINT plans_stream_plan_same_org")
    with noticed():
        habits.test_every_tenant_foreign_key_carries_the_organization(None)
