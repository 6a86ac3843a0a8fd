"""Every address x {stranger, outsider, deactivated member, each role}: the one test of every wall.

The rows stand in `tests/matrix/<room>.py`. An address without a row fails here, and so does a row
whose address is gone.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

import tests.matrix
from tests.matrix import Row
from tests.matrix.world import make_world

ROLES = ("admin", "manager", "member", "expert", "viewer")


def rows() -> list[Row]:
    """The rows of every room."""
    found: list[Row] = []
    for module in pkgutil.iter_modules(tests.matrix.__path__):
        found += getattr(importlib.import_module(f"tests.matrix.{module.name}"), "ROWS", [])
    return found


def own_patterns(resolver: Any = None) -> Iterator[URLPattern]:
    """Every address of ours: the views that live in our own rooms."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from own_patterns(entry)
        elif not getattr(entry.callback, "__module__", "").startswith(("allauth", "django")):
            yield entry


ROWS = rows()
IDS = [f"{row.method}-{row.name}" for row in ROWS]


def address(row: Row, world: Any) -> str:
    """The row's address in the cast's organization."""
    return reverse(row.name, kwargs={"organization": "northlake", **row.kwargs(world)})


def ask(client: Client, row: Row, world: Any) -> int:
    """The status that this browser gets."""
    call = client.get if row.method == "GET" else client.post
    return call(address(row, world), row.data(world)).status_code


def test_every_address_names_its_right_or_is_public() -> None:
    missing = [
        entry.name
        for entry in own_patterns()
        if not hasattr(entry.callback, "perm") and not getattr(entry.callback, "is_public", False)
    ]
    assert missing == []


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    needing = {
        entry.name
        for entry in own_patterns()
        if getattr(entry.callback, "perm", None) is not None
        and not getattr(entry.callback, "is_personal", False)
    }
    assert {row.name for row in ROWS} == needing


def test_the_rows_name_the_right_that_the_view_asks() -> None:
    asked = {entry.name: getattr(entry.callback, "perm", None) for entry in own_patterns()}
    wrong = [(row.name, row.perm, asked[row.name]) for row in ROWS if row.perm != asked[row.name]]
    assert wrong == []


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside never happened, so that one world serves every role."""
    here = transaction.savepoint()
    yield
    transaction.savepoint_rollback(here)


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_each_role_gets_what_the_table_says(row: Row, cast: Any, client_of: Any) -> None:
    world, found = make_world(cast), {}
    for role in ROLES:
        with undone():
            found[role] = ask(client_of(cast.roles[role]), row, world)
    assert found == {role: row.expect[role] for role in ROLES}


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_outsider_deactivated_and_stranger_learn_nothing(
    row: Row, cast: Any, client_of: Any
) -> None:
    world = make_world(cast)
    assert ask(client_of(cast.outsider), row, world) == 404
    assert ask(client_of(cast.deactivated), row, world) == 404
    stranger = Client()
    assert ask(stranger, row, world) == 302
    answer = stranger.get(address(row, world)) if row.method == "GET" else None
    assert answer is None or answer["Location"].startswith("/accounts/login/")


def test_a_foreign_organization_looks_like_none(cast: Any, client_of: Any) -> None:
    client = client_of(cast.outsider)
    foreign = client.get("/o/northlake/my-work/")
    nothing = client.get("/o/no-such-organization/my-work/")
    assert (foreign.status_code, nothing.status_code) == (404, 404)
    assert foreign.content == nothing.content


# Ids of another organization, and what is confidential ------------------------------------------
OF_A_PLAN = frozenset(
    {"plan_id", "stream_id", "promise_id", "item_id", "post_id", "batch_id"}
    | {"subject_id", "review_id", "revision_id", "approval_id"}
    | {"question_id", "stakeholder_id", "touchpoint_id", "series_id", "meeting_id"}
)


def is_of_the_plan(kwargs: dict[str, Any], data: dict[str, Any]) -> bool:
    """Whether the row names the world's plan or something in it."""
    owned = ("plan", "stream", "story", "stakeholder")
    in_plan = bool(OF_A_PLAN & set(kwargs)) or kwargs.get("slug") in owned
    keys = ("shortfall:", "lapsed_stakeholder:")
    return in_plan or ("key" in data and str(data["key"]).startswith(keys))


def asked(world: Any) -> list[tuple[Row, dict[str, Any], dict[str, Any]]]:
    """Every row with what its address and form name, made before anything is hidden."""
    return [(row, row.kwargs(world), row.data(world)) for row in ROWS]


def answer(client: Client, slug: str, row: Row, kwargs: Any, data: Any) -> Any:
    """What the browser gets for the row in that organization."""
    call = client.get if row.method == "GET" else client.post
    return call(reverse(row.name, kwargs={"organization": slug, **kwargs}), data)


Leak = tuple[str, str, int]


def foreign_ids_that_name_something(cast: Any, client: Client) -> Iterator[Leak]:
    """What the outsider's browser gets in their own organization for what belongs to the bank."""
    client.raise_request_exception = False
    for row, kwargs, data in asked(make_world(cast)):
        names = bool(kwargs) or is_of_the_plan(kwargs, data) or row.name == "story-new"
        if not names or (row.name == "story-new" and row.method == "GET"):
            continue
        status = answer(client, "juniper", row, kwargs, data).status_code
        # A form that offers only what there is answers with its page, and says what to correct.
        if status not in ((404,) if kwargs else (404, 422)):
            yield row.method, row.name, status


def confidential_rows_that_answer(cast: Any, role: str, client: Client) -> Iterator[Leak]:
    """What somebody gets for a confidential plan and all in it; nothing but 404 is in order."""
    world = make_world(cast)
    of_plan = [one for one in asked(world) if is_of_the_plan(one[1], one[2])]
    assert len(of_plan) > 40
    type(world.plan).objects.filter(pk=world.plan.pk).update(is_confidential=True)
    client.raise_request_exception = False
    for row, kwargs, data in of_plan:
        if role == "admin" and row.name in ("plan", "plan-take-over"):
            continue
        status = answer(client, "northlake", row, kwargs, data).status_code
        # Who could do this nowhere is told so before anything is looked up.
        if status != (403 if row.expect[role] == 403 and status == 403 else 404):
            yield row.method, row.name, status


def pages_that_name_the_confidential(cast: Any, role: str, client: Client) -> Iterator[Leak]:
    """The pages on which a word of a confidential plan, its stream or its stories stands."""
    world = make_world(cast)
    for thing in (world.story, world.review.subject.content_item):
        type(thing).objects.filter(pk=thing.pk).update(title="Zephyr story", copy="Zephyr copy")
    type(world.stream).objects.filter(pk=world.stream.pk).update(
        name="Zephyr stream", owner=None, unowned_since=timezone.now()
    )
    type(world.stakeholder).objects.filter(pk=world.stakeholder.pk).update(
        name="Zephyr contact", owner=None, unowned_since=timezone.now()
    )
    type(world.touchpoint).objects.filter(pk=world.touchpoint.pk).update(
        said="Zephyr words", next_step="Zephyr step"
    )
    type(world.plan).objects.filter(pk=world.plan.pk).update(
        name="Zephyr plan", is_confidential=True
    )
    for row, kwargs, data in asked(world):
        if row.method == "GET" and row.expect[role] == 200:
            page = answer(client, "northlake", row, kwargs, data)
            if b"Zephyr" in page.content:
                yield row.method, row.name, page.status_code


def test_the_ids_of_another_organization_name_nothing(cast: Any, client_of: Any) -> None:
    assert list(foreign_ids_that_name_something(cast, client_of(cast.outsider))) == []


@pytest.mark.parametrize("role", ["admin", "manager", "viewer"])
def test_what_is_confidential_looks_like_nothing(role: str, cast: Any, client_of: Any) -> None:
    """An administrator alone learns that there is one and whose it is, and may take it over."""
    assert list(confidential_rows_that_answer(cast, role, client_of(cast.roles[role]))) == []


@pytest.mark.parametrize("role", ["admin", "manager", "viewer"])
def test_what_is_confidential_is_named_nowhere(role: str, cast: Any, client_of: Any) -> None:
    assert list(pages_that_name_the_confidential(cast, role, client_of(cast.roles[role]))) == []
