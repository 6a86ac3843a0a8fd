"""Northlake's plans, channels and promises, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dashboards.demo.cast import CORPORATE, FOUNDATION, RETAIL, Cast
from dashboards.demo.days import Days
from people.models import ClosureDay, Department, Membership, Organization
from plans.models import Blackout, Channel, Commitment, Objective, Plan, PlanReader, Stream
from workflow import reviews
from workflow.models import Stage, WorkflowTemplate

HOME, EVERYDAY, GRANTS, HARBOR = "home", "everyday", "grants", "harbor"
CHECKED_KINDS = ["news_release", "newsletter", "blog"]
"""What compliance reads before it goes out; everything else is for the brand to decide."""


@dataclass
class World:
    """One organization of the demo with everything that later steps name by a short key."""

    organization: Organization
    cast: Cast
    days: Days
    plans: dict[str, Plan] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    streams: dict[str, Stream] = field(default_factory=dict)
    templates: dict[str, WorkflowTemplate] = field(default_factory=dict)
    stages: dict[int, Stage] = field(default_factory=dict)
    promises: dict[tuple[str, str], Commitment] = field(default_factory=dict)

    def who(self, key: str) -> Membership | None:
        """The member of that key; "" is nobody."""
        return self.cast[key] if key else None

    def team(self, name: str) -> Department | None:
        """The department of that name."""
        return Department.objects.filter(organization=self.organization, name=name).first()


@dataclass(frozen=True)
class ChannelSpec:
    """A channel of the demo; `unowned_days` where its owner is nobody."""

    key: str
    kind: str
    name: str
    short: str
    team: str
    owner: str
    unowned_days: int = 0
    reason: str = ""


CHANNELS = (
    ChannelSpec("fb", "facebook", "Facebook", "FB", RETAIL, "daniel"),
    ChannelSpec("ig", "instagram", "Instagram", "IG", RETAIL, "lucia"),
    ChannelSpec("li", "linkedin", "LinkedIn", "LI", CORPORATE, "jonas"),
    ChannelSpec("x", "x", "X", "X", CORPORATE, "amara"),
    ChannelSpec("news", "news_release", "Newsroom", "News", CORPORATE, "jonas"),
    ChannelSpec("mail", "newsletter", "Front Door newsletter", "Front Door", RETAIL, "maya"),
    ChannelSpec("blog", "blog", "Plain Words blog", "Blog", RETAIL, "tom"),
    ChannelSpec("yt", "youtube", "YouTube", "YT", RETAIL, "", 36, "Ben Hollis left"),
    ChannelSpec(
        "figig", "instagram", "Foundation Instagram", "Fdn IG", FOUNDATION, "", 21, "new tasks"
    ),
    ChannelSpec("figfb", "facebook", "Foundation Facebook", "Fdn FB", FOUNDATION, "amara"),
)


def owned(owner: Membership | None, days: Days, unowned_days: int, reason: str) -> dict[str, Any]:
    """The three fields of a thing that has an owner, or has had none for so many days."""
    if owner is not None:
        return {"owner": owner, "unowned_since": None}
    return {"owner": None, "unowned_since": days.ago(unowned_days), "unowned_reason": reason}


def set_up(world: World) -> None:
    """Channels, plans, promises, quiet days and who approves what."""
    _channels(world)
    _plans(world)
    _streams(world)
    _promises(world)
    _quiet_days(world)
    _workflows(world)


def _channels(world: World) -> None:
    for spec in CHANNELS:
        world.channels[spec.key] = Channel.objects.create(
            organization=world.organization,
            kind=spec.kind,
            name=spec.name,
            short_name=spec.short,
            department=world.team(spec.team),
            created_at=world.organization.created_at,
            **owned(world.who(spec.owner), world.days, spec.unowned_days, spec.reason),
        )


def _plans(world: World) -> None:
    _plan(
        world,
        HOME,
        name="Home Buyer Spring",
        summary="Bring first-time buyers into a branch conversation before they sign anything.",
        weeks=(-14, 6),
        champion="hanna",
        team=RETAIL,
        objectives=(
            "400 first conversations in branches by the end of the plan",
            "Every question we are asked twice is answered in public",
        ),
    )
    _plan(
        world,
        EVERYDAY,
        name="Everyday Banking",
        summary="Be the bank that explains itself: what things cost, and who to talk to.",
        weeks=(-26, 26),
        champion="daniel",
        team=RETAIL,
        objectives=("Reply within one working day", "Half of all posts show a person by name"),
    )
    _plan(
        world,
        GRANTS,
        name="Foundation Grants",
        summary="Small grants for local groups, told by the people who receive them.",
        weeks=(-10, 20),
        champion="",
        team=FOUNDATION,
        objectives=("60 applications from towns that never applied",),
        unowned_days=34,
    )
    _plan(
        world,
        HARBOR,
        name="Project Harbor",
        summary="What is said, to whom and in which order, when the Eastport branches combine.",
        weeks=(-2, 8),
        champion="jonas",
        team=CORPORATE,
        objectives=("Staff hear it from us first",),
        readers=("priya",),
    )


def _plan(
    world: World,
    key: str,
    *,
    name: str,
    summary: str,
    weeks: tuple[int, int],
    champion: str,
    team: str,
    objectives: tuple[str, ...],
    unowned_days: int = 0,
    readers: tuple[str, ...] = (),
) -> None:
    days = world.days
    plan = Plan.objects.create(
        subject=reviews.create_subject(
            organization=world.organization, kind="plan", by=world.cast["ines"]
        ),
        organization=world.organization,
        name=name,
        summary=summary,
        starts_on=days.day(weeks[0]),
        ends_on=days.day(weeks[1], 6),
        department=world.team(team),
        is_confidential=bool(readers),
        created_at=min(days.at(weeks[0] - 1, 1, "14:00"), days.now),
        created_by=world.cast["ines"],
        **owned(world.who(champion), days, unowned_days, "the former champion moved on"),
    )
    Objective.objects.bulk_create(
        Objective(organization=world.organization, plan=plan, title=title, position=n)
        for n, title in enumerate(objectives, 1)
    )
    PlanReader.objects.bulk_create(
        PlanReader(organization=world.organization, plan=plan, member=world.cast[reader])
        for reader in readers
    )
    world.plans[key] = plan


STREAMS = (
    ("keys", HOME, "First keys", "lucia", 7, 0),
    ("answers", HOME, "Asked and answered", "tom", 10, 0),
    ("branches", EVERYDAY, "People of our branches", "daniel", 14, 0),
    ("schools", GRANTS, "Money talk in schools", "", 21, 9),
)


def _streams(world: World) -> None:
    for key, plan_key, name, owner, rhythm, unowned_days in STREAMS:
        plan = world.plans[plan_key]
        world.streams[key] = Stream.objects.create(
            organization=world.organization,
            plan=plan,
            objective=plan.objectives.first(),
            name=name,
            department=plan.department,
            rhythm_days=rhythm,
            **owned(world.who(owner), world.days, unowned_days, "new"),
        )


def _promises(world: World) -> None:
    days = world.days
    for plan, channel, terms in (
        (EVERYDAY, "fb", {"count": 3}),
        (EVERYDAY, "li", {"count": 2, "weekdays": [1, 3]}),
        (EVERYDAY, "x", {"count": 3, "weekdays": [0, 2, 4]}),
        (EVERYDAY, "mail", {"count": 1, "weekdays": [4]}),
        (EVERYDAY, "yt", {"count": 1, "effective_from": days.day(-12)}),
        (HOME, "ig", {"count": 4, "max_silence": 3}),
        (HOME, "blog", {"count": 1, "weekdays": [2]}),
        (HOME, "fb", {"count": 1}),
        (HOME, "news", {"count": 1, "per": "month", "effective_from": _month_start(days)}),
        (GRANTS, "figig", {"count": 2}),
        (GRANTS, "figfb", {"count": 1}),
        (HARBOR, "li", {"count": 1, "effective_from": days.day(1)}),
    ):
        world.promises[plan, channel] = Commitment.objects.create(
            organization=world.organization,
            plan=world.plans[plan],
            channel=world.channels[channel],
            created_at=world.plans[plan].created_at,
            **terms,
        )


def _month_start(days: Days) -> date:
    """The first day of the coming month, so that no month of the past is judged."""
    first = days.today.replace(day=28)
    while first.day != 1:
        first = date.fromordinal(first.toordinal() + 1)
    return first


def _quiet_days(world: World) -> None:
    days, organization = world.days, world.organization
    Blackout.objects.create(
        organization=organization,
        name="Quiet period before the results",
        starts_on=days.day(3, 2),
        ends_on=days.day(3, 3),
    )
    Blackout.objects.create(
        organization=organization,
        channel=world.channels["figig"],
        name="Grant jury meets",
        starts_on=days.day(2, 1),
        ends_on=days.day(2, 1),
    )
    ClosureDay.objects.create(organization=organization, date=days.day(5, 4), name="Founders’ Day")


def _workflows(world: World) -> None:
    _workflow(world, "compliance", "Compliance", CHECKED_KINDS, ("priya", "ines"))
    _workflow(world, "brand", "Brand", [], ("maya", "hanna"))


def _workflow(
    world: World, key: str, name: str, kinds: list[str], approvers: tuple[str, ...]
) -> None:
    template = WorkflowTemplate.objects.create(
        organization=world.organization,
        name=name,
        channel_kinds=kinds,
        created_at=world.organization.created_at,
        created_by=world.cast["ruth"],
    )
    stage = Stage.objects.create(
        organization=world.organization, template=template, name=name, approvers="people"
    )
    stage.people.set([world.cast[person] for person in approvers])
    world.templates[key] = template
    world.stages[template.pk] = stage
