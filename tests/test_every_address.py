"""What holds for every address alike: nonsense is no crash, reading changes nothing, foreign ids
open nothing. The addresses come from the permission matrix, so a new one is held at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.matrix import Row
from tests.matrix.world import make_world
from tests.test_permission_matrix import ROWS

READS = [row for row in ROWS if row.method == "GET" and row.expect["admin"] == 200]
WRITES = [row for row in ROWS if row.method == "POST"]
NONSENSE = [
    "date=9999-12-31&month=9999-12&from=0000-00-00&to=99999-01-01&day=2027-02-30",
    "author=abc&owner=abc&plan=abc&channel=abc&team=abc&person=abc&id=abc&key=abc",
    "page=-1&before=99999999999999999999&plan=99999999999999999999&owner=-5&channel=0",
    "status=nonsense&state=%00&fold=x&days=1e9&weeks=-3&view=%F0%9F%98%80&month=2027-13",
    "date=&month=&plan=&owner=&plan=1&plan=2&q=%27%22%3C%3E%25&sort=__class__&key=a:b:c:d",
]
WRITE_SQL = re.compile(r'^\s*(INSERT INTO|UPDATE|DELETE FROM|TRUNCATE)\s+"?(\w+)', re.I)
ROOMS = ("people_", "workflow_", "plans_", "calendar_app_", "reminders_")


def url(row: Row, kwargs: dict[str, Any]) -> str:
    return reverse(row.name, kwargs={"organization": "northlake", **kwargs})


@pytest.mark.parametrize("row", READS, ids=[row.name for row in READS])
def test_nonsense_in_the_address_is_a_page_or_a_404(row: Row, cast: Any, client_of: Any) -> None:
    world, client = make_world(cast), client_of(cast.admin)
    page = url(row, row.kwargs(world))
    joiner = "&" if "?" in page else "?"
    statuses = {query: client.get(page + joiner + query).status_code for query in NONSENSE}
    assert {q: s for q, s in statuses.items() if s not in {200, 302, 400, 404}} == {}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.method}-{row.name}" for row in ROWS])
def test_an_unknown_id_is_a_404(row: Row, cast: Any, client_of: Any) -> None:
    world, client = make_world(cast), client_of(cast.admin)
    kwargs = row.kwargs(world)
    numbers = [name for name, value in kwargs.items() if isinstance(value, int)]
    for name in numbers:
        for number in (0, 2**31, 2**63, 10**30):
            page = url(row, {**kwargs, name: number})
            answer = client.get(page) if row.method == "GET" else client.post(page, row.data(world))
            assert answer.status_code == 404, f"{name}={number}"


@pytest.mark.parametrize("row", READS, ids=[row.name for row in READS])
def test_reading_changes_nothing(row: Row, cast: Any, client_of: Any) -> None:
    world, client = make_world(cast), client_of(cast.admin)
    page, data = url(row, row.kwargs(world)), row.data(world)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page, data).status_code == 200
    written = [m.group(2) for q in queries if (m := WRITE_SQL.match(q["sql"]))]
    assert [table for table in written if table.startswith(ROOMS)] == []


def swapped(data: dict[str, Any], world: Any, foreign: Any) -> Iterator[dict[str, Any]]:
    """The form once for each field that names a row of ours, with a foreign row's key instead."""
    twins = {
        str(thing.pk): str(getattr(foreign, name).pk)
        for name, thing in vars(world).items()
        if isinstance(thing, models.Model) and name != "organization"
    }
    for field, value in data.items():
        values = value if isinstance(value, list) else [value]
        if any(str(one) in twins for one in values):
            yield {**data, field: [twins.get(str(one), one) for one in values]}


@pytest.mark.parametrize("row", WRITES, ids=[row.name for row in WRITES])
def test_a_foreign_id_in_a_form_is_refused_in_words(row: Row, cast: Any, client_of: Any) -> None:
    world, client = make_world(cast), client_of(cast.admin)
    twins = SimpleNamespace(
        **{
            **vars(cast),
            "organization": cast.other_organization,
            "admin": cast.outsider,
            "manager": cast.outsider,
        }
    )
    foreign = make_world(twins)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for data in swapped(row.data(world), world, foreign):
        answer = client.post(url(row, row.kwargs(world)), data)
        assert answer.status_code < 500
