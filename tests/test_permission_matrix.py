"""Every address x {stranger, outsider, deactivated member, each role}: the one test of every wall.

The rows stand in `tests/matrix/<room>.py`. An address without a row fails here, and so does a row
whose address is gone.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

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


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_each_role_gets_what_the_table_says(row: Row, role: str, cast: Any, client_of: Any) -> None:
    world = make_world(cast)
    assert ask(client_of(cast.roles[role]), row, world) == row.expect[role]


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
