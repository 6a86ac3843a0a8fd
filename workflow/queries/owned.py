"""Everything owned and everything unowned, of every kind, by one statement each.

Each kind says in its `Columns` where it keeps what lists show; here they are read in one shape.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from functools import reduce
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import (
    BigIntegerField,
    Count,
    DateField,
    F,
    Func,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from people import queries as people
from people.models import Membership, Organization
from workflow.registry import OWNABLES, Found, Ownable, UnownedRow

NAMES = [field.name for field in fields(Found)]
"""The columns of one shape, in their order."""


@dataclass(frozen=True)
class Nobodys:
    """What nobody owns, oldest first: so many in all, and the rows that were asked for."""

    total: int
    rows: list[Found]


def nobody(
    organization: Organization,
    viewer: Membership | None,
    *,
    plans: Collection[int] | None = None,
    first: int | None = None,
    nearest: Membership | None = None,
) -> Nobodys:
    """Everything unfinished that nobody owns and the viewer may see; one query.

    With `plans`, of what concerns one of them; with `first`, no more rows than that; with
    `nearest`, first those for which that member is chased.
    """
    kinds = [
        _shaped(o.unfinished(organization, viewer).filter(owner=None), o, viewer)
        for o in OWNABLES.values()
    ]
    if not kinds:
        return Nobodys(0, [])
    union, parameters = reduce(_both, kinds).query.sql_with_params()
    statement = f"""
        SELECT u.*, count(*) OVER () FROM ({union}) u({", ".join(NAMES)})
        WHERE %s::bigint[] IS NULL OR u.plans && %s::bigint[]
        ORDER BY u.fallbacks[1] IS DISTINCT FROM coalesce(%s, u.fallbacks[1]), u.since, u.slug, u.pk
        LIMIT %s
    """
    wanted = None if plans is None else list(plans)
    me = nearest.pk if nearest else None
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, wanted, wanted, me, first])
        found = cursor.fetchall()
    return Nobodys(found[0][-1] if found else 0, [Found(*row[:-1]) for row in found])


def owned_by(member: Membership) -> list[Found]:
    """Everything unfinished that the member owns, kind by kind; one query."""
    found = _read((o.unfinished_of(member), o, None) for o in OWNABLES.values())
    order = {slug: number for number, slug in enumerate(OWNABLES)}
    return sorted(found, key=lambda row: (order[row.slug], row.pk))


def owned_counts(organization: Organization) -> dict[int, int]:
    """Membership key -> how many unfinished things they own; one query, absent means none."""
    kinds = [
        o.unfinished(organization, None)
        .exclude(owner=None)
        .order_by()
        .values_list("owner")
        .annotate(n=Count("pk", distinct=True))
        for o in OWNABLES.values()
    ]
    total: dict[int, int] = {}
    for owner, number in _union(kinds):
        total[owner] = total.get(owner, 0) + number
    return total


def unowned(organization: Organization, viewer: Membership | None) -> list[UnownedRow]:
    """Everything nobody owns that the viewer may see (None: the system, all), oldest first.

    Two queries, however many kinds and things there are.
    """
    found = nobody(organization, viewer).rows
    active = {m.pk: m for m in people.members(organization)} if found else {}
    return [unowned_row(organization, row, active) for row in found]


def unowned_row(
    organization: Organization, found: Found, active: dict[int, Membership]
) -> UnownedRow:
    """As lists show it; `active` are those who can be chased."""
    ownable = OWNABLES[found.slug]
    return UnownedRow(
        label=ownable.label,
        pk=found.pk,
        title=found.title,
        url=ownable.address(organization.slug, found.pk, found.plan),
        detail=ownable.detail(found),
        since=found.since,
        plan_id=found.plan,
        due=found.due,
        responsible=next((active[key] for key in found.fallbacks if key in active), None),
        plans=frozenset(found.plans),
        team=found.team,
    )


def _read(kinds: Iterable[tuple[QuerySet[Any], Ownable, Membership | None]]) -> list[Found]:
    return [Found(*row) for row in _union([_shaped(*kind) for kind in kinds])]


def _union(kinds: list[QuerySet[Any]]) -> Iterable[Any]:
    if not kinds:
        return ()
    together: QuerySet[Any] = reduce(_both, kinds)
    return together


def _both(one: QuerySet[Any], other: QuerySet[Any]) -> QuerySet[Any]:
    return one.union(other, all=True)


def _shaped(rows: QuerySet[Any], ownable: Ownable, viewer: Membership | None) -> QuerySet[Any]:
    """The rows in the order of `Found`'s fields, each column of one type for every kind."""
    columns = ownable.columns
    own = _array([columns.plan] if columns.plan else [])
    return (
        rows.order_by()
        .select_related(None)
        .values_list(
            _text(Value(ownable.slug)),
            _key("pk"),
            _text(columns.title),
            "unowned_since",
            _key(columns.plan),
            Coalesce(_text(columns.plan_name), _text(Value(""))),
            _key(columns.team),
            Cast(_path(columns.due), DateField()),
            Coalesce(_text(columns.note), _text(Value(""))),
            _array(columns.fallbacks),
            columns.plans(viewer) if columns.plans else own,
        )
    )


def _path(column: Any) -> Any:
    """A path as an expression; nothing as NULL."""
    if column is None:
        return Value(None)
    return F(column) if isinstance(column, str) else column


def _text(column: Any) -> Cast:
    return Cast(_path(column), TextField())


def _key(column: Any) -> Cast:
    return Cast(_path(column), BigIntegerField())


def _array(columns: Iterable[Any]) -> Func:
    """The keys in their order, without those that are null."""
    listed = [_path(column) for column in columns]
    text = "array_remove(ARRAY[%(expressions)s]::bigint[], NULL)" if listed else "'{}'::bigint[]"
    return Func(*listed, template=text, output_field=ArrayField(BigIntegerField()))
