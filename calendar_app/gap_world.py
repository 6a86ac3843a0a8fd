"""Loading what gap detection reads: the rows of an organization as one `World` with its names.

Two statements however much there is: the short lists (plans, promises, channels, streams, people,
blackouts, closures, what people decided about gaps) come as one row of JSON arrays, the posts by a
range over the indexed instant. A third is made only where a promise limits its silence: its posts
since it began.

What is asked for
- Plans that the viewer sees (None: PlanCraft itself, all of them), so a confidential plan's posts,
  promises and gaps are invisible to everyone else.
- A closed plan and an archived channel ask for nothing new: their promises end on the day before.
- Posts of whole periods: a promise is judged by the whole week or month that touches the window.
- Latest hand-in, companions, embargoes, head start for the media, spacing, events and rhythms of
  streams are left out of the world here: their gaps are not shown yet, and a world without them
  has none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    DateTimeField,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import JSONObject, Lower

from calendar_app import gap_records as records
from calendar_app.gap_records import NOT_LIVE, Item, World
from calendar_app.models import GapAssignment, GapWaiver, ItemState, Placement
from people.models import Activity, ClosureDay, Department, Membership, Organization
from people.working_calendar import holiday_dates
from plancraft.lib.dates import ONE_DAY, Period, WorkingCalendar, local_day, period_of
from plans.models import Blackout, Channel, Commitment, Plan, Stream
from plans.queries import visible_plans

POST_FIELDS = (
    "pk",
    "item_id",
    "channel_id",
    "scheduled_at",
    "state",
    "hand_in_by",
    "publication__published_at",
    "historical",
    "item__plan_id",
    "item__stream_id",
    "item__owner_id",
    "late_title",
)


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


class PostWords(NamedTuple):
    """What a gap about one post says of it."""

    item: int
    title: str
    owner: int | None


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


@dataclass(frozen=True)
class Loaded:
    """A world, and the people, names and decisions around it, all by primary key.

    `posts` has the posts past their time alone: no gap names another one.
    """

    organization: Organization
    world: World
    plans: dict[int, PlanFacts]
    channels: dict[int, ChannelFacts]
    streams: dict[int, StreamFacts]
    people: dict[int, Person]
    teams: dict[int, str]
    waivers: dict[str, Waiver] = field(default_factory=dict)
    handed: dict[str, Handed] = field(default_factory=dict)
    posts: dict[int, PostWords] = field(default_factory=dict)

    @cached_property
    def managers(self) -> list[Person]:
        """The managers who can act, or the administrators where there is none (rule 2)."""
        active = [person for person in self.people.values() if person.active]
        found = [person for person in active if person.role == Membership.Role.MANAGER]
        return found or [p for p in active if p.role == Membership.Role.ADMIN]

    @property
    def working(self) -> WorkingCalendar:
        """The organization's working days."""
        return self.world.organization.working

    @cached_property
    def commitments(self) -> dict[int, records.Commitment]:
        """The promises by primary key."""
        return {int(promise.id): promise for promise in self.world.commitments}


def load(
    organization: Organization,
    viewer: Membership | None,
    windows: Sequence[Period],
    now: datetime,
    *,
    plans: Collection[int] | None = None,
    channels: Collection[int] | None = None,
) -> Loaded:
    """Everything that detection over these windows reads; `plans`/`channels` narrow the promises.

    `now` is an aware instant and decides which waivers still hold and which holidays are needed.
    """
    frame = _frame(organization, viewer)
    today = local_day(now, ZoneInfo(organization.time_zone))
    known = _known(organization, frame)
    promises = [
        promise
        for row in frame["promise_rows"]
        if (plans is None or row["plan"] in plans)
        and (channels is None or row["channel"] in channels)
        and (promise := _promise(row, known)) is not None
    ]
    wanted_plans = [pk for pk in known.plans if plans is None or pk in plans]
    periods = _periods(windows, promises, organization.week_start)
    late = now - timedelta(hours=organization.tolerance_hours)
    rows = _posts(_live_posts(organization, wanted_plans, channels, late), periods)
    rows += _since_promised(organization, promises, known.plan_periods, periods, late)
    return Loaded(
        organization=organization,
        world=_world(organization, frame, known, promises, rows, (today, *_ends(windows))),
        plans=known.plans,
        channels=known.channels,
        streams=known.streams,
        people=known.people,
        teams={r["pk"]: r["name"] for r in frame["team_rows"]},
        waivers=_waivers(frame, today),
        handed={r["key"]: Handed(r["to"], r["by"], r["note"]) for r in frame["handed_rows"]},
        posts={row[0]: PostWords(row[1], row[11], row[10]) for row in rows if row[11] is not None},
    )


def world_of(
    organization: Organization,
    viewer: Membership | None,
    window: Period,
    now: datetime,
    *,
    plans: Collection[int] | None = None,
    channels: Collection[int] | None = None,
) -> World:
    """The plain records that `find_gaps` and `coverage` read, for this window and this viewer."""
    return load(organization, viewer, [window], now, plans=plans, channels=channels).world


def _ends(windows: Iterable[Period]) -> list[date]:
    return [day for window in windows for day in (window.start, window.end)]


# The short lists ------------------------------------------------------------------------------
def _rows(rows: QuerySet[Any], **names: Any) -> ArraySubquery:
    return ArraySubquery(rows.annotate(json=JSONObject(**names)).values("json"))


def _frame(organization: Organization, viewer: Membership | None) -> dict[str, Any]:
    plans = visible_plans(organization, viewer)
    lists = {
        "plan_rows": _plans(plans),
        "promise_rows": _promises(organization, plans),
        "stream_rows": _streams(organization, plans),
        "channel_rows": _channels(),
        "team_rows": _rows(_of_outer(Department).order_by(Lower("name")), pk="pk", name="name"),
        "people_rows": _people(),
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
class _Known:
    plans: dict[int, PlanFacts]
    plan_periods: dict[int, Period]
    channels: dict[int, ChannelFacts]
    streams: dict[int, StreamFacts]
    people: dict[int, Person]


def _known(organization: Organization, frame: dict[str, Any]) -> _Known:
    zone = ZoneInfo(organization.time_zone)
    return _Known(
        plans={r["pk"]: _plan(r, zone) for r in frame["plan_rows"]},
        plan_periods={
            r["pk"]: Period(date.fromisoformat(r["first"]), date.fromisoformat(r["last"]))
            for r in frame["plan_rows"]
        },
        channels={r["pk"]: _channel(r, zone) for r in frame["channel_rows"]},
        streams={r["pk"]: _stream(r) for r in frame["stream_rows"]},
        people={r["pk"]: _person(r) for r in frame["people_rows"]},
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


def _promise(row: dict[str, Any], known: _Known) -> records.Commitment | None:
    """The promise, ended where its plan was closed or its channel archived."""
    plan, channel = known.plans[row["plan"]], known.channels[row["channel"]]
    ends = [date.fromisoformat(row["last"]) if row["last"] else known.plan_periods[plan.pk].end]
    ends += [day - ONE_DAY for day in (plan.closed_on, channel.archived_on) if day]
    return records.Commitment(
        id=row["pk"],
        plan=plan.pk,
        channel=channel.pk,
        count=row["count"],
        per=row["per"],
        weekdays=frozenset(row["weekdays"]) if row["weekdays"] else None,
        max_silence=row["silence"],
        start=date.fromisoformat(row["first"]) if row["first"] else None,
        end=min(ends),
    )


def _waivers(frame: dict[str, Any], today: date) -> dict[str, Waiver]:
    """The waivers that still hold: a waiver's last day is included."""
    found = {}
    for row in frame["waiver_rows"]:
        until = date.fromisoformat(row["until"])
        if until >= today:
            found[row["key"]] = Waiver(row["reason"], until, row["by"])
    return found


# The posts ------------------------------------------------------------------------------------
def _periods(
    windows: Sequence[Period], promises: Sequence[records.Commitment], week_start: int
) -> list[Period]:
    """The windows, widened to whole periods of the promises, overlapping ones made one."""
    pers = {"week", *(promise.per for promise in promises)}
    whole = sorted(
        Period(
            min(period_of(window.start, per, week_start).start for per in pers),
            max(period_of(window.end, per, week_start).end for per in pers),
        )
        for window in windows
    )
    merged: list[Period] = []
    for period in whole:
        if merged and period.start <= merged[-1].end + ONE_DAY:
            merged[-1] = Period(merged[-1].start, max(merged[-1].end, period.end))
        else:
            merged.append(period)
    return merged


def _instants(period: Period) -> tuple[datetime, datetime]:
    """From and before which instants a local day of the period may lie, in whatever zone."""
    first = datetime.combine(period.start, time(), UTC) - ONE_DAY
    return first, datetime.combine(period.end, time(), UTC) + timedelta(days=2)


def _posts(posts: QuerySet[Placement], periods: Sequence[Period]) -> list[tuple[Any, ...]]:
    within = Q()
    for period in periods:
        first, last = _instants(period)
        within |= Q(scheduled_at__gte=first, scheduled_at__lt=last)
    return list(posts.filter(within).values_list(*POST_FIELDS))


def _live_posts(
    organization: Organization,
    plans: Collection[int],
    channels: Collection[int] | None,
    late: datetime,
) -> QuerySet[Placement]:
    """Posts that count; the title comes along only with those past their time, for 100,000 rows."""
    posts = Placement.objects.filter(organization=organization, item__plan__in=plans)
    if channels is not None:
        posts = posts.filter(channel__in=channels)
    past_its_time = Q(scheduled_at__lt=late, historical=False) & ~Q(state=ItemState.PUBLISHED)
    return posts.exclude(state__in=NOT_LIVE).annotate(
        hand_in_by=Value(None, output_field=DateTimeField()),
        late_title=Case(When(past_its_time, then=F("item__title")), default=None),
    )


def _since_promised(
    organization: Organization,
    promises: Sequence[records.Commitment],
    plan_periods: dict[int, Period],
    periods: Sequence[Period],
    late: datetime,
) -> list[tuple[Any, ...]]:
    """The posts before the first period that end a silence; only where a promise limits one."""
    quiet = [promise for promise in promises if promise.max_silence is not None]
    if not quiet or not periods:
        return []
    start = min(p.start or plan_periods[int(p.plan)].start for p in quiet)
    first, before = (
        _instants(Period(start, max(start, periods[0].end)))[0],
        _instants(periods[0])[0],
    )
    posts = _live_posts(
        organization, {int(p.plan) for p in quiet}, {int(p.channel) for p in quiet}, late
    )
    rows = posts.filter(scheduled_at__gte=first, scheduled_at__lt=before)
    return list(rows.values_list(*POST_FIELDS))


# The world ------------------------------------------------------------------------------------
def _world(
    organization: Organization,
    frame: dict[str, Any],
    known: _Known,
    promises: Sequence[records.Commitment],
    rows: Sequence[tuple[Any, ...]],
    days: Iterable[date],
) -> World:
    items = {row[1]: Item(row[1], row[8], row[9]) for row in rows}
    quiet = _blackouts(frame, days)
    return World(
        organization=_organization(organization, frame, quiet[None], days),
        plans=[records.Plan(pk, period) for pk, period in known.plan_periods.items()],
        channels=[
            records.Channel(c.pk, c.kind, timezone=c.zone, blackouts=quiet.get(c.pk, frozenset()))
            for c in known.channels.values()
        ],
        commitments=promises,
        items=list(items.values()),
        placements=[records.Placement(*row[:8]) for row in rows],
    )


def _organization(
    organization: Organization,
    frame: dict[str, Any],
    blackouts: frozenset[date],
    days: Iterable[date],
) -> records.Organization:
    years = range(min(days).year - 1, max(days).year + 2)
    closures = frozenset(date.fromisoformat(r["day"]) for r in frame["closure_rows"])
    holidays = holiday_dates(organization.country, organization.subdivision, years)
    return records.Organization(
        timezone=ZoneInfo(organization.time_zone),
        week_start=organization.week_start,
        working=WorkingCalendar(frozenset(organization.working_weekdays), closures | holidays),
        tolerance=timedelta(hours=organization.tolerance_hours),
        blackouts=blackouts,
    )


def _blackouts(frame: dict[str, Any], days: Iterable[date]) -> dict[int | None, frozenset[date]]:
    """Channel (None: every one) -> its quiet days, as far as any promise or window reaches."""
    latest = max(days) + timedelta(days=40)
    begun = [
        date.fromisoformat(r["first"])
        for r in (*frame["plan_rows"], *frame["promise_rows"])
        if r["first"]
    ]
    earliest = min([*days, *begun]) - timedelta(days=40)
    found: dict[int | None, set[date]] = {None: set()}
    for row in frame["blackout_rows"]:
        first = max(date.fromisoformat(row["first"]), earliest)
        last = min(date.fromisoformat(row["last"]), latest)
        if first <= last:
            found.setdefault(row["channel"], set()).update(Period(first, last).days())
    return {channel: frozenset(quiet) for channel, quiet in found.items()}
