"""Reads of the calendar, a constant number of statements however much there is.

A month is two: `calendar_frame` fetches every short list that the page names (plans, channels,
people, closed days, the tray) as one row of JSON arrays, and `posts_between` the posts themselves,
by a range over the indexed instant. Local days are taken afterwards, in Python.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce, JSONObject, Lower
from django.shortcuts import get_object_or_404

from calendar_app import flags
from calendar_app.filters import NOBODY, Filters, Known
from calendar_app.flags import FlagRow, flag_rows
from calendar_app.models import Collaborator, ContentItem, ItemState, Placement
from people.models import ClosureDay, Department, Membership, Organization
from plancraft.lib.dates import Period
from plans.models import Blackout, Channel, Plan, Stream
from plans.queries import listed_at, visible_plans
from workflow.queries import offer_at

TRAY_SHOWN = 6
UNSECURED = (ItemState.DRAFT, ItemState.IN_REVIEW, ItemState.CHANGES_REQUESTED)


class PlanRow(NamedTuple):
    """A plan that the member sees."""

    pk: int
    name: str
    team: int | None
    open: bool


class ChannelRow(NamedTuple):
    """A channel; `zone` is the name of the one in which its days are counted."""

    pk: int
    kind: str
    name: str
    short: str
    zone: str
    team: int | None
    archived: bool


class PersonRow(NamedTuple):
    """A member, as avatars and filters show them; also those who left, for what they owned."""

    pk: int
    name: str
    initials: str
    tone: int
    active: bool


class ClosedRow(NamedTuple):
    """Days (both included) without posts (`channel` None: on all of them) or without work."""

    name: str
    starts_on: date
    ends_on: date
    channel: int | None


class PostRow(NamedTuple):
    """A post of the calendar. `owner` is the story's; `at` is None only in the tray."""

    pk: int
    item: int
    at: datetime | None
    state: str
    historical: bool
    channel: int
    title: str
    owner: int | None
    plan: int


POST_FIELDS = (
    "pk",
    "item_id",
    "scheduled_at",
    "state",
    "historical",
    "channel_id",
    "item__title",
    "item__owner_id",
    "item__plan_id",
)


@dataclass(frozen=True)
class Frame:
    """Every short list around the calendar's rows."""

    plans: dict[int, PlanRow]
    channels: dict[int, ChannelRow]
    teams: dict[int, str]
    people: dict[int, PersonRow]
    blackouts: list[ClosedRow]
    closures: dict[date, str]
    tray: list[PostRow]
    tray_count: int
    flags: list[FlagRow]

    def known(self, me: int) -> Known:
        """What an address may ask for."""
        return Known(
            frozenset(self.plans),
            frozenset(self.channels),
            frozenset(self.teams),
            frozenset(self.people),
            me,
        )


# The frame
def calendar_frame(organization: Organization, viewer: Membership | None, days: Period) -> Frame:
    """The lists around the calendar of these days, by one statement."""
    row = (
        Organization.objects.filter(pk=organization.pk)
        .annotate(
            plan_rows=_plans(organization, viewer),
            channel_rows=_channels(),
            team_rows=_teams(),
            people_rows=_people(),
            blackout_rows=_blackouts(days),
            closure_rows=_closures(days),
            tray_rows=_tray(organization, viewer),
            tray_count=_tray_count(organization, viewer),
            flag_rows=flag_rows(organization, viewer, days),
        )
        .values(
            "plan_rows",
            "channel_rows",
            "team_rows",
            "people_rows",
            "blackout_rows",
            "closure_rows",
            "tray_rows",
            "tray_count",
            "flag_rows",
        )
        .get()
    )
    return _frame(organization, row)


def _rows(rows: QuerySet[Any], **names: Any) -> ArraySubquery:
    return ArraySubquery(rows.annotate(json=JSONObject(**names)).values("json"))


def _plans(organization: Organization, viewer: Membership | None) -> ArraySubquery:
    plans = visible_plans(organization, viewer).order_by(Lower("name"))
    return _rows(plans, pk="pk", name="name", team="department_id", state="state")


def _channels() -> ArraySubquery:
    channels = Channel.objects.filter(organization=OuterRef("pk")).order_by(Lower("name"))
    return _rows(
        channels,
        pk="pk",
        kind="kind",
        name="name",
        short="short_name",
        zone="time_zone",
        team="department_id",
        archived="archived_at",
    )


def _teams() -> ArraySubquery:
    teams = Department.objects.filter(organization=OuterRef("pk")).order_by(Lower("name"))
    return _rows(teams, pk="pk", name="name")


def _people() -> ArraySubquery:
    people = Membership.objects.filter(organization=OuterRef("pk")).order_by(Lower("user__name"))
    return _rows(
        people,
        pk="pk",
        name="user__name",
        email="user__email",
        initials="user__initials",
        tone="user__tone",
        left="deactivated_at",
    )


def _blackouts(days: Period) -> ArraySubquery:
    blackouts = Blackout.objects.filter(
        organization=OuterRef("pk"), starts_on__lte=days.end, ends_on__gte=days.start
    ).order_by("starts_on", "pk")
    return _rows(blackouts, name="name", first="starts_on", last="ends_on", channel="channel_id")


def _closures(days: Period) -> ArraySubquery:
    closures = ClosureDay.objects.filter(
        organization=OuterRef("pk"), date__range=(days.start, days.end)
    )
    return _rows(closures, name="name", day="date")


def _tray_posts(organization: Organization, viewer: Membership | None) -> QuerySet[Placement]:
    return Placement.objects.filter(
        organization=organization,
        scheduled_at=None,
        item__plan__in=visible_plans(organization, viewer),
    ).exclude(state__in=[ItemState.CANCELLED, ItemState.PUBLISHED])


def _tray(organization: Organization, viewer: Membership | None) -> ArraySubquery:
    names = {field.split("__")[-1]: F(field) for field in POST_FIELDS}
    return _rows(_tray_posts(organization, viewer).order_by("-pk")[:TRAY_SHOWN], **names)


def _tray_count(organization: Organization, viewer: Membership | None) -> Coalesce:
    counted = (
        _tray_posts(organization, viewer)
        .order_by()
        .values("organization")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(counted), 0)


def _frame(organization: Organization, row: Mapping[str, Any]) -> Frame:
    return Frame(
        plans={
            r["pk"]: PlanRow(r["pk"], r["name"], r["team"], r["state"] != Plan.State.CLOSED)
            for r in row["plan_rows"]
        },
        channels={r["pk"]: _channel(organization, r) for r in row["channel_rows"]},
        teams={r["pk"]: r["name"] for r in row["team_rows"]},
        people={r["pk"]: _person(r) for r in row["people_rows"]},
        blackouts=[
            ClosedRow(
                r["name"],
                date.fromisoformat(r["first"]),
                date.fromisoformat(r["last"]),
                r["channel"],
            )
            for r in row["blackout_rows"]
        ],
        closures={date.fromisoformat(r["day"]): r["name"] for r in row["closure_rows"]},
        tray=[_tray_row(r) for r in row["tray_rows"]],
        tray_count=row["tray_count"],
        flags=flags.read(row["flag_rows"]),
    )


def _channel(organization: Organization, r: dict[str, Any]) -> ChannelRow:
    zone = r["zone"] or organization.time_zone
    return ChannelRow(
        r["pk"], r["kind"], r["name"], r["short"], zone, r["team"], r["archived"] is not None
    )


def _person(r: dict[str, Any]) -> PersonRow:
    name = r["name"] or r["email"]
    words = name.split()
    initials = r["initials"] or words[0][:1] + (words[-1][:1] if len(words) > 1 else "")
    return PersonRow(r["pk"], name, initials.upper(), r["tone"], r["left"] is None)


def _tray_row(r: dict[str, Any]) -> PostRow:
    return PostRow(*(r[field.split("__")[-1]] for field in POST_FIELDS))


# Posts
def posts_between(
    organization: Organization,
    viewer: Membership | None,
    days: Period,
    filters: Filters,
    now: datetime,
) -> list[PostRow]:
    """The posts whose local day may lie in `days`, by time: the instants of those days in UTC,
    widened by a day on both sides. The caller takes the local day and drops what lies outside."""
    first = datetime.combine(days.start, time(), UTC) - timedelta(days=1)
    last = datetime.combine(days.end, time(), UTC) + timedelta(days=2)
    posts = _filtered(organization, viewer, filters, now).filter(
        scheduled_at__gte=first, scheduled_at__lt=last
    )
    return [PostRow(*r) for r in posts.order_by("scheduled_at", "pk").values_list(*POST_FIELDS)]


def posts_page(
    organization: Organization,
    viewer: Membership | None,
    days: Period,
    filters: Filters,
    now: datetime,
    after: tuple[datetime, int] | None,
    limit: int,
) -> list[PostRow]:
    """The first `limit` posts by time in `days` (widened as in `posts_between`), after the cursor:
    instant and id of the last row of the page before. No offset is counted off."""
    first = datetime.combine(days.start, time(), UTC) - timedelta(days=1)
    last = datetime.combine(days.end, time(), UTC) + timedelta(days=2)
    posts = _filtered(organization, viewer, filters, now).filter(scheduled_at__lt=last)
    if after is None:
        posts = posts.filter(scheduled_at__gte=first)
    else:
        at, pk = max(after[0], first), after[1]
        posts = posts.filter(scheduled_at__gte=at).exclude(scheduled_at=at, pk__lte=pk)
    rows = posts.order_by("scheduled_at", "pk").values_list(*POST_FIELDS)[:limit]
    return [PostRow(*r) for r in rows]


def undated_posts(
    organization: Organization,
    viewer: Membership | None,
    filters: Filters,
    now: datetime,
    *,
    before: int | None = None,
    limit: int,
) -> list[PostRow]:
    """A page of the tray, newest first; `before` is the last id of the page before."""
    posts = _filtered(organization, viewer, filters, now).filter(scheduled_at=None)
    posts = posts.exclude(state=ItemState.PUBLISHED)
    if before is not None:
        posts = posts.filter(pk__lt=before)
    return [PostRow(*r) for r in posts.order_by("-pk").values_list(*POST_FIELDS)[:limit]]


def stories_without_post(
    organization: Organization, viewer: Membership | None, plan_id: int | None, limit: int
) -> list[ContentItem]:
    """Open stories that never stood on a channel, newest first: no date leads to them."""
    posts = Placement.objects.filter(item=OuterRef("pk"))
    stories = (
        ContentItem.objects.filter(
            ~Exists(posts), organization=organization, plan__in=visible_plans(organization, viewer)
        )
        .exclude(state__in=[ItemState.CANCELLED, ItemState.PUBLISHED])
        .select_related("plan", "owner__user")
        .order_by("-pk")
    )
    return list((stories if plan_id is None else stories.filter(plan=plan_id))[:limit])


def _filtered(
    organization: Organization, viewer: Membership | None, filters: Filters, now: datetime
) -> QuerySet[Placement]:
    posts = Placement.objects.filter(
        organization=organization, item__plan__in=visible_plans(organization, viewer)
    )
    if filters.plan is not None:
        posts = posts.filter(item__plan=filters.plan)
    if filters.channel is not None:
        posts = posts.filter(channel=filters.channel)
    if filters.team is not None:
        posts = posts.filter(_of_team(filters.team))
    if filters.owner is not None:
        nobody = filters.owner == NOBODY
        posts = posts.filter(Q(item__owner=None) if nobody else Q(item__owner_id=filters.owner))
    return posts.filter(_of_status(filters.status, organization, now))


def _of_team(team: int) -> Q:
    """Posts on the team's channels, of its plans and of its streams."""
    return (
        Q(channel__department=team)
        | Q(item__plan__department=team)
        | Q(item__stream__department=team)
    )


def _of_status(status: str | None, organization: Organization, now: datetime) -> Q:
    """Cancelled posts are shown only when asked for; missed and unconfirmed follow rule 4."""
    over = Q(scheduled_at__lt=now - timedelta(hours=organization.tolerance_hours), historical=False)
    if status is None:
        return ~Q(state=ItemState.CANCELLED)
    if status == "missed":
        return over & Q(state__in=UNSECURED)
    if status == "unconfirmed":
        return over & Q(state=ItemState.APPROVED)
    return Q(state=status)


# One story, one post
def get_story(organization: Organization, viewer: Membership, item_id: int) -> ContentItem:
    """The story with whom and what it belongs to. 404 for one of a plan not seen."""
    return get_object_or_404(_stories_seen(organization, viewer), pk=item_id)


def get_story_page(organization: Organization, viewer: Membership, item_id: int) -> ContentItem:
    """The same with `offers`, who is asked to take it, and its plan with those listed for it."""
    stories = _stories_seen(organization, viewer).annotate(
        offers=offer_at(ContentItem._meta.label), listed=listed_at("plan")
    )
    item: Any = get_object_or_404(stories, pk=item_id)
    item.plan.listed = item.listed
    return cast("ContentItem", item)


def _stories_seen(organization: Organization, viewer: Membership) -> QuerySet[ContentItem]:
    return ContentItem.objects.filter(
        organization=organization, plan__in=visible_plans(organization, viewer)
    ).select_related(
        "organization", "plan__owner__user", "stream", "subject", "owner__user", "created_by__user"
    )


def get_post(organization: Organization, viewer: Membership, post_id: int) -> Placement:
    """The post with its story and channel. 404 for one of a plan not seen."""
    posts = Placement.objects.filter(
        organization=organization, item__plan__in=visible_plans(organization, viewer)
    ).select_related(
        "organization", "channel", "item__organization", "item__plan__owner", "item__subject"
    )
    return get_object_or_404(posts, pk=post_id)


def posts_of(item: ContentItem) -> list[Placement]:
    """The story's posts by time, undated ones last, with what is known of them going out.

    They stay with the story, so that whatever asks it for its posts reads nothing again.
    """
    posts = Placement.objects.select_related("channel", "publication__recorded_by__user")
    in_order = posts.order_by(F("scheduled_at").asc(nulls_last=True), "pk")
    prefetch_related_objects([item], Prefetch("posts", in_order))
    return list(item.posts.all())


def collaborators_of(item: ContentItem) -> list[Membership]:
    """Who helps with the story, by name; they stay with the story, as its posts do."""
    rows = Collaborator.objects.select_related("member__user")
    by_name = rows.order_by(Lower("member__user__name"))
    prefetch_related_objects([item], Prefetch("collaborations", by_name))
    return [row.member for row in item.collaborations.all()]


# Choices of forms
def open_plans(organization: Organization, viewer: Membership) -> QuerySet[Plan]:
    """The plans that take new stories, by name."""
    plans = visible_plans(organization, viewer).exclude(state=Plan.State.CLOSED)
    return plans.order_by(Lower("name"))


def open_channels(organization: Organization) -> QuerySet[Channel]:
    """The channels in use, by name."""
    return Channel.objects.filter(organization=organization, archived_at=None).order_by(
        Lower("name")
    )


def open_streams(organization: Organization, plans: Sequence[int]) -> QuerySet[Stream]:
    """The streams of these plans that go on, by plan and name."""
    return (
        Stream.objects.filter(organization=organization, plan__in=plans, archived_at=None)
        .select_related("plan")
        .order_by(Lower("plan__name"), Lower("name"))
    )
