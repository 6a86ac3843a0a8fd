"""The short lists around gaps, as one row of JSON arrays: one statement, however long they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject, Lower

from calendar_app.models import GapAssignment, GapWaiver
from people.models import Activity, ClosureDay, Department, Membership, Organization
from plancraft.lib.dates import Period, local_day
from plans.models import Blackout, Channel, Commitment, Plan, Stream
from plans.queries import visible_plans
from plans.stakeholders.queries import in_use
from plans.stakeholders.rules import Contact


class Person(NamedTuple):
    """A member as a gap names them; drawn by `{% person %}`. `pk` is the membership's."""

    pk: int
    name: str
    initials: str
    tone: int
    role: str
    active: bool


class ChannelFacts(NamedTuple):
    """What a gap tells about its channel."""

    pk: int
    name: str
    short: str
    kind: str
    zone: ZoneInfo
    owner: int | None
    team: int | None
    archived_on: date | None
    unowned_since: datetime | None


class PlanFacts(NamedTuple):
    """What a gap tells about its plan."""

    pk: int
    name: str
    owner: int | None
    team: int | None
    closed_on: date | None
    unowned_since: datetime | None


class StreamFacts(NamedTuple):
    """What a gap tells about its stream."""

    pk: int
    name: str
    owner: int | None
    team: int | None
    plan: int
    unowned_since: datetime | None


class StakeholderFacts(NamedTuple):
    """What a gap tells about a stakeholder in use; `called` is the name with the outlet."""

    pk: int
    name: str
    called: str
    owner: int | None
    team: int | None
    plan: int | None
    stream: int | None
    contact: Contact
    unowned_since: datetime | None


@dataclass(frozen=True, slots=True)
class Waiver:
    """That a gap is accepted: why, until when, by whom (a membership)."""

    reason: str
    expires_on: date
    by: int


@dataclass(frozen=True, slots=True)
class Handed:
    """That a gap was handed to someone, by whom, with what words."""

    to: int
    by: int
    note: str


# The short lists ------------------------------------------------------------------------------
def _rows(rows: QuerySet[Any], **names: Any) -> ArraySubquery:
    return ArraySubquery(rows.annotate(json=JSONObject(**names)).values("json"))


def read_frame(organization: Organization, viewer: Membership | None) -> dict[str, Any]:
    plans = visible_plans(organization, viewer)
    lists = {
        "plan_rows": _plans(plans),
        "promise_rows": _promises(organization, plans),
        "stream_rows": _streams(organization, plans),
        "channel_rows": _channels(),
        "team_rows": _rows(_of_outer(Department).order_by(Lower("name")), pk="pk", name="name"),
        "people_rows": _people(),
        "contact_rows": _contacts(plans),
        "blackout_rows": _rows(
            _of_outer(Blackout), first="starts_on", last="ends_on", channel="channel_id"
        ),
        "closure_rows": _rows(_of_outer(ClosureDay), day="date"),
        "waiver_rows": _rows(
            _of_outer(GapWaiver).filter(ended_at=None),
            key="key",
            reason="reason",
            until="expires_on",
            by="by_id",
        ),
        "handed_rows": _rows(
            _of_outer(GapAssignment), key="key", to="to_id", by="by_id", note="note"
        ),
    }
    row = Organization.objects.filter(pk=organization.pk).annotate(**lists).values(*lists).get()
    return dict(row)


def _of_outer(model: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(organization=OuterRef("pk"))
    return rows


def _plans(plans: QuerySet[Plan]) -> ArraySubquery:
    closed = (
        Activity.objects.filter(
            organization=OuterRef("organization"),
            subject_type=Plan._meta.label,
            subject_id=OuterRef("pk"),
            verb="plan.closed",
        )
        .order_by()
        .values("subject_id")
        .annotate(last=Max("at"))
        .values("last")
    )
    return _rows(
        plans.annotate(closed_at=Subquery(closed)).order_by(Lower("name")),
        pk="pk",
        name="name",
        first="starts_on",
        last="ends_on",
        state="state",
        owner="owner_id",
        team="department_id",
        closed_at="closed_at",
        since="unowned_since",
    )


def _promises(organization: Organization, plans: QuerySet[Plan]) -> ArraySubquery:
    promises = Commitment.objects.filter(organization=organization, plan__in=plans.values("pk"))
    return _rows(
        promises.order_by("pk"),
        pk="pk",
        plan="plan_id",
        channel="channel_id",
        count="count",
        per="per",
        weekdays="weekdays",
        silence="max_silence",
        first="effective_from",
        last="effective_to",
    )


def _streams(organization: Organization, plans: QuerySet[Plan]) -> ArraySubquery:
    streams = Stream.objects.filter(organization=organization, plan__in=plans.values("pk"))
    return _rows(
        streams,
        pk="pk",
        plan="plan_id",
        name="name",
        owner="owner_id",
        team="department_id",
        since="unowned_since",
        archived="archived_at",
    )


def _channels() -> ArraySubquery:
    return _rows(
        _of_outer(Channel).order_by(Lower("name")),
        pk="pk",
        name="name",
        short="short_name",
        kind="kind",
        zone="time_zone",
        public="is_public",
        owner="owner_id",
        team="department_id",
        archived="archived_at",
        since="unowned_since",
    )


def _contacts(plans: QuerySet[Plan]) -> ArraySubquery:
    return _rows(
        in_use(OuterRef("pk"), plans),
        pk="pk",
        name="name",
        outlet="affiliation",
        owner="owner_id",
        team="department_id",
        plan="plan_id",
        stream="stream_id",
        rhythm="asked_rhythm",
        held="held_since",
        last="last_day",
        since="unowned_since",
    )


def _people() -> ArraySubquery:
    return _rows(
        _of_outer(Membership).order_by(Lower("user__name"), "pk"),
        pk="pk",
        name="user__name",
        email="user__email",
        initials="user__initials",
        tone="user__tone",
        role="role",
        left="deactivated_at",
        signs_in="user__is_active",
    )


@dataclass(frozen=True)
class Known:
    plans: dict[int, PlanFacts]
    plan_periods: dict[int, Period]
    channels: dict[int, ChannelFacts]
    streams: dict[int, StreamFacts]
    people: dict[int, Person]
    contacts: dict[int, StakeholderFacts]


def known_of(organization: Organization, frame: dict[str, Any]) -> Known:
    zone = ZoneInfo(organization.time_zone)
    return Known(
        plans={r["pk"]: _plan(r, zone) for r in frame["plan_rows"]},
        plan_periods={
            r["pk"]: Period(date.fromisoformat(r["first"]), date.fromisoformat(r["last"]))
            for r in frame["plan_rows"]
        },
        channels={r["pk"]: _channel(r, zone) for r in frame["channel_rows"]},
        streams={r["pk"]: _stream(r) for r in frame["stream_rows"]},
        people={r["pk"]: _person(r) for r in frame["people_rows"]},
        contacts={r["pk"]: _contact(r) for r in frame["contact_rows"]},
    )


def _plan(row: dict[str, Any], zone: ZoneInfo) -> PlanFacts:
    """A plan stored as closed without a record of it has been closed since it began."""
    closed = None
    if row["state"] == Plan.State.CLOSED:
        closed = _local(row["closed_at"], zone) or date.fromisoformat(row["first"])
    since = None if closed else _instant(row["since"])
    return PlanFacts(row["pk"], row["name"], row["owner"], row["team"], closed, since)


def _stream(row: dict[str, Any]) -> StreamFacts:
    since = None if row["archived"] else _instant(row["since"])
    return StreamFacts(row["pk"], row["name"], row["owner"], row["team"], row["plan"], since)


def _channel(row: dict[str, Any], zone: ZoneInfo) -> ChannelFacts:
    own = ZoneInfo(row["zone"]) if row["zone"] else zone
    archived = _local(row["archived"], own)
    return ChannelFacts(
        row["pk"],
        row["name"],
        row["short"],
        row["kind"],
        own,
        row["owner"],
        row["team"],
        archived,
        None if archived else _instant(row["since"]),
    )


def _contact(row: dict[str, Any]) -> StakeholderFacts:
    last = date.fromisoformat(row["last"]) if row["last"] else None
    held = date.fromisoformat(row["held"])
    return StakeholderFacts(
        row["pk"],
        row["name"],
        ", ".join(part for part in (row["name"], row["outlet"]) if part),
        row["owner"],
        row["team"],
        row["plan"],
        row["stream"],
        Contact(row["pk"], row["rhythm"], held, last),
        _instant(row["since"]),
    )


def _local(text: str | None, zone: ZoneInfo) -> date | None:
    instant = _instant(text)
    return local_day(instant, zone) if instant else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _person(row: dict[str, Any]) -> Person:
    name = row["name"] or row["email"]
    words = name.split()
    initials = row["initials"] or words[0][:1] + (words[-1][:1] if len(words) > 1 else "")
    active = row["left"] is None and row["signs_in"]
    return Person(row["pk"], name, initials.upper(), row["tone"], row["role"], active)
