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
- Stakeholders in use, for lapses and as things that may have no owner; they are of no channel, so
  narrowing to channels leaves them out.
- Latest hand-in, companions, embargoes, head start for the media, spacing, events and rhythms of
  streams are left out of the world here: their gaps are not shown yet, and a world without them
  has none. What stakeholders add to two of them can be asked for: when the media were briefed
  (`plans.stakeholders.queries.briefed_at`), which counts for the head start like a news release,
  and on which days a stream's people were spoken to (`days_by_stream`), which count like posts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    DateTimeField,
    F,
    Q,
    QuerySet,
    Value,
    When,
)

from calendar_app import gap_records as records
from calendar_app.gap_frame import (
    ChannelFacts,
    Handed,
    Known,
    Person,
    PlanFacts,
    StakeholderFacts,
    StreamFacts,
    Waiver,
    known_of,
    read_frame,
)
from calendar_app.gap_records import NOT_LIVE, Item, World
from calendar_app.models import ItemState, Placement
from people.models import Membership, Organization
from people.working_calendar import holiday_dates
from plancraft.lib.dates import ONE_DAY, Period, WorkingCalendar, local_day, period_of

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


class PostWords(NamedTuple):
    """What a gap about one post says of it."""

    item: int
    title: str
    owner: int | None


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
    contacts: dict[int, StakeholderFacts] = field(default_factory=dict)

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
    frame = read_frame(organization, viewer)
    today = local_day(now, ZoneInfo(organization.time_zone))
    known = known_of(organization, frame)
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
        contacts={} if channels is not None else contacts_of(known.contacts, plans),
    )


def contacts_of(
    contacts: dict[int, StakeholderFacts], plans: Collection[int] | None
) -> dict[int, StakeholderFacts]:
    """The stakeholders of these plans; None: all of them, also those of no plan."""
    return {pk: row for pk, row in contacts.items() if plans is None or row.plan in plans}


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


def _promise(row: dict[str, Any], known: Known) -> records.Commitment | None:
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
    known: Known,
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
