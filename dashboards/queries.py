"""Reads of this room: what lies on a desk, and what an organization looks like from above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from dashboards import sql
from people.models import Membership, Organization
from people.registry import titles_of
from plancraft.lib.dates import local_day
from workflow.queries import nobody
from workflow.queries.owned import Nobodys
from workflow.registry import Found

SOON = timedelta(hours=2)
WEEK = timedelta(days=7)
MONTH = timedelta(days=31)
NOBODYS = 6
"""How many things without owner stand beside the desk."""


class Person(NamedTuple):
    """A member as marks draw them."""

    pk: int
    name: str
    initials: str
    tone: int


@dataclass(frozen=True, slots=True)
class PostFacts:
    """The next post of a story: `at` an instant, None in the tray; `day` in its channel's zone."""

    kind: str
    channel: str
    at: datetime | None
    day: date | None


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A stage that waits for a decision; `deciders` are memberships."""

    review: int
    item: int
    title: str
    plan: int
    plan_name: str
    team: int | None
    stage: str
    revision: int
    hash: str
    opened_at: datetime
    due_at: datetime
    opened_by: int
    deciders: tuple[int, ...]
    post: PostFacts | None = None

    @property
    def plans(self) -> tuple[int, ...]:
        """The plans that it concerns: its own."""
        return (self.plan,)


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One post of a story on someone's desk, or a story without posts (`post` None)."""

    item: int
    title: str
    owner: int | None
    plan_name: str
    kind: str
    channel: str
    post: int | None
    at: datetime | None
    day: date | None
    state: str
    historical: bool


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task that is still to be done; `due` and `decide_by` are days of the organization."""

    pk: int
    title: str
    due: date | None
    state: str
    owner: int | None
    decide_by: date | None
    plan: int
    plan_name: str
    team: int | None
    key_date: str

    @property
    def plans(self) -> tuple[int, ...]:
        """The plans that it concerns: its own."""
        return (self.plan,)


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A question whether the member takes a thing."""

    pk: int
    label: str
    thing: int
    title: str
    url: str
    note: str
    offered_by: int
    offered_at: datetime


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question that the member was asked and has not answered; `answer_by` an instant."""

    pk: int
    title: str
    asked_by: int
    plan_name: str
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class FinishedRow:
    """A post that went out in the last seven days."""

    item: int
    title: str
    kind: str
    channel: str
    at: datetime


@dataclass(frozen=True)
class Desk:
    """Everything that lies on one member's desk."""

    people: dict[int, Person]
    waiting: list[WaitingRow]
    offers: list[OfferRow]
    questions: list[QuestionRow]
    rows: list[DeskRow]
    finished: list[FinishedRow]
    nobody: Nobodys
    handed: int
    first_run: dict[str, int]
    tasks: list[TaskRow]
    undecided: list[TaskRow]


@dataclass(frozen=True)
class Overview:
    """What waits for decisions and what nobody owns, everywhere that the viewer may look."""

    people: dict[int, Person]
    waiting: list[WaitingRow]
    nobody: list[Found]
    late_tasks: list[TaskRow]


@dataclass(frozen=True, slots=True)
class Counts:
    """What presses on a member, as the sidebar counts it."""

    decisions: int = 0
    decisions_late: int = 0
    overdue: int = 0
    unconfirmed: int = 0
    offers: int = 0
    champions: int = 0
    questions: int = 0
    questions_late: int = 0
    undecided: int = 0

    @property
    def waiting(self) -> int:
        """Everything that waits for them."""
        asked = self.offers + self.questions + self.undecided
        return self.decisions + self.overdue + self.unconfirmed + asked

    @property
    def is_late(self) -> bool:
        """Whether something of it is past its time."""
        return bool(self.decisions_late or self.overdue or self.questions_late)


def _parameters(
    organization: Organization, viewer: Membership | None, now: datetime, only: int
) -> dict[str, Any]:
    return {
        "org": organization.pk,
        "me": viewer.pk if viewer else 0,
        "only": only,
        "now": now,
        "today": local_day(now, ZoneInfo(organization.time_zone)),
        "latest": now - timedelta(hours=organization.tolerance_hours),
        "week_ago": now - WEEK,
        "month_ago": now - MONTH,
    }


def _one(statement: str, parameters: dict[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()


def counts(membership: Membership, now: datetime) -> Counts:
    """What waits for the member; one statement."""
    organization = membership.organization
    return Counts(*_one(sql.COUNT, _parameters(organization, membership, now, membership.pk)))


def desk(membership: Membership, now: datetime) -> Desk:
    """What lies on the member's desk and what nobody owns: two statements however much it is.

    A third names what is offered, where something is.
    """
    organization = membership.organization
    (found,) = _one(sql.MY_DESK, _parameters(organization, membership, now, membership.pk))
    return Desk(
        people=_people(found["people"]),
        waiting=[_waiting(row) for row in found["waiting"]],
        offers=_offers(membership, found["offers"]),
        questions=[_question(row) for row in found["questions"]],
        rows=[_desk_row(row) for row in found["desk"]],
        finished=[_finished(row) for row in found["finished"]],
        nobody=nobody(organization, membership, first=NOBODYS, nearest=membership),
        handed=found["handed"],
        first_run=found["first_run"],
        tasks=[_to_do(row) for row in found["tasks"]],
        undecided=[_to_do(row) for row in found["undecided"]],
    )


def overview(organization: Organization, viewer: Membership | None, now: datetime) -> Overview:
    """Everything that waits for a decision and everything nobody owns; two statements."""
    (found,) = _one(sql.OVERVIEW, _parameters(organization, viewer, now, 0))
    return Overview(
        people=_people(found["people"]),
        waiting=[_waiting(row) for row in found["waiting"]],
        nobody=nobody(organization, viewer).rows,
        late_tasks=[_to_do(row) for row in found["late_tasks"]],
    )


# From JSON ------------------------------------------------------------------------------------
def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(text: str | None, zone: str | None) -> date | None:
    at = _instant(text)
    return local_day(at, ZoneInfo(zone)) if at and zone else None


def _people(found: list[dict[str, Any]]) -> dict[int, Person]:
    return {
        row["id"]: Person(
            row["id"], row["name"], row["initials"] or _initials(row["name"]), row["tone"]
        )
        for row in found
    }


def _initials(name: str) -> str:
    words = name.split() or ["?"]
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


def _waiting(row: dict[str, Any]) -> WaitingRow:
    post = row.get("post")
    return WaitingRow(
        review=row["review"],
        item=row["item"],
        title=row["title"],
        plan=row["plan"],
        plan_name=row["plan_name"],
        team=row["team"],
        stage=row["stage"],
        revision=row["revision"],
        hash=row["hash"],
        opened_at=datetime.fromisoformat(row["opened_at"]),
        due_at=datetime.fromisoformat(row["due_at"]),
        opened_by=row["opened_by"],
        deciders=tuple(row["deciders"]),
        post=PostFacts(
            post["kind"], post["channel"], _instant(post["at"]), _day(post["at"], post["zone"])
        )
        if post
        else None,
    )


def _offers(membership: Membership, rows: list[dict[str, Any]]) -> list[OfferRow]:
    """The questions about what the member may see."""
    titles = titles_of(membership, {(row["label"], row["thing"]) for row in rows})
    return [
        OfferRow(
            row["id"],
            row["label"],
            row["thing"],
            title.text,
            title.url,
            row["note"],
            row["offered_by"],
            datetime.fromisoformat(row["offered_at"]),
        )
        for row in rows
        if (title := titles.get((row["label"], row["thing"]))) is not None
    ]


def _question(row: dict[str, Any]) -> QuestionRow:
    answer_by = datetime.fromisoformat(row["answer_by"])
    return QuestionRow(row["id"], row["title"], row["asked_by"], row["plan_name"], answer_by)


def _desk_row(row: dict[str, Any]) -> DeskRow:
    return DeskRow(
        item=row["item"],
        title=row["title"],
        owner=row["owner"],
        plan_name=row["plan_name"],
        kind=row["kind"] or "",
        channel=row["channel"] or "",
        post=row["post"],
        at=_instant(row["at"]),
        day=_day(row["at"], row["zone"]),
        state=row["state"],
        historical=row["historical"],
    )


def _to_do(row: dict[str, Any]) -> TaskRow:
    return TaskRow(
        pk=row["task"],
        title=row["title"],
        due=date.fromisoformat(row["due"]) if row["due"] else None,
        state=row["state"],
        owner=row["owner"],
        decide_by=date.fromisoformat(row["decide_by"]) if row["decide_by"] else None,
        plan=row["plan"],
        plan_name=row["plan_name"],
        team=row["team"],
        key_date=row["key_date"] or "",
    )


def _finished(row: dict[str, Any]) -> FinishedRow:
    at = datetime.fromisoformat(row["at"])
    return FinishedRow(row["item"], row["title"], row["kind"], row["channel"], at)
