"""Key dates as flags on the month: which there are, which of them are shown, which may be moved.

They come with the calendar's frame, so they cost no statement of their own. A flag narrows with
plan, department and owner; channel and status say nothing about a key date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F
from django.db.models.functions import JSONObject

from calendar_app.calendar_view import Flag
from calendar_app.filters import NOBODY, Filters
from people.models import Membership, Organization
from people.permissions import Perm, can
from plancraft.lib.dates import Period
from plans.models import KeyDate, Plan
from plans.queries import visible_plans

FIELDS = {
    "pk": "pk",
    "title": "title",
    "day": "date",
    "owner": "owner_id",
    "plan": "plan_id",
    "team": "plan__department_id",
    "champion": "plan__owner_id",
    "state": "plan__state",
    "done": "done_at",
}


class FlagRow(NamedTuple):
    """A key date of the calendar; `champion` is its plan's."""

    pk: int
    title: str
    day: date
    owner: int | None
    plan: int
    team: int | None
    champion: int | None
    is_over: bool


def flag_rows(organization: Organization, viewer: Membership | None, days: Period) -> ArraySubquery:
    """The key dates of these days that the viewer may see, as a column of the frame."""
    rows = KeyDate.objects.filter(
        organization=organization,
        plan__in=visible_plans(organization, viewer).values("pk"),
        date__range=(days.start, days.end),
        cancelled_at=None,
    ).order_by("date", "pk")
    names = {name: F(field) for name, field in FIELDS.items()}
    return ArraySubquery(rows.annotate(json=JSONObject(**names)).values("json"))


def read(rows: Iterable[Mapping[str, Any]]) -> list[FlagRow]:
    """The column as rows."""
    return [
        FlagRow(
            r["pk"],
            r["title"],
            date.fromisoformat(r["day"]),
            r["owner"],
            r["plan"],
            r["team"],
            r["champion"],
            r["done"] is not None or r["state"] == Plan.State.CLOSED,
        )
        for r in rows
    ]


@dataclass(frozen=True)
class Mover:
    """Who looks: whether they may move every key date, or those of the plans they champion."""

    pk: int
    moves_all: bool

    def may_move(self, row: FlagRow) -> bool:
        """Whether this one can be dragged; what is over moves no more."""
        return not row.is_over and (self.moves_all or row.champion == self.pk)


def mover(member: Membership) -> Mover:
    """The rights of this member, asked once a page; champions have theirs from member upwards."""
    return Mover(member.pk, can(member, Perm.PLAN_EDIT))


def flags(rows: Iterable[FlagRow], filters: Filters, who: Mover) -> list[Flag]:
    """The flags that are shown."""
    return [
        Flag(row.day, row.pk, row.title, row.owner, may_move=who.may_move(row))
        for row in rows
        if _fits(row, filters)
    ]


def _fits(row: FlagRow, filters: Filters) -> bool:
    if filters.plans is not None and row.plan not in filters.plans:
        return False
    if filters.team is not None and row.team != filters.team:
        return False
    if filters.owner is None:
        return True
    return row.owner == (None if filters.owner == NOBODY else filters.owner)
