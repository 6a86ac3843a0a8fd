"""Juniper Home: the consultant's other client, small, so that switching shows something else."""

from __future__ import annotations

from dashboards.demo.facts import PostSpec, StorySpec, write
from dashboards.demo.stage import World
from plans.models import Channel, Commitment, Plan
from workflow import reviews
from workflow.models import WorkflowTemplate

CATALOGUE = "catalogue"
STORIES = (
    ("A shelf that fits the wall", "Measure once, cut twice, or let us.", "owen", 2, 1),
    ("Oak, oiled or waxed", "Both are right. One is right for a kitchen.", "bea", 4, 1),
    ("Saturday in the workshop", "Come and sand something.", "owen", 5, 2),
)


def furnish(world: World) -> None:
    """One plan, two channels, a promise, three stories; released by their owner, as a shop does."""
    organization, days, owner = world.organization, world.days, world.cast["owen"]
    for key, kind, name in (
        ("ig", "instagram", "Instagram"),
        ("shop", "newsletter", "Shop letter"),
    ):
        world.channels[key] = Channel.objects.create(
            organization=organization,
            kind=kind,
            name=name,
            owner=owner if key == "ig" else None,
            unowned_since=None if key == "ig" else days.ago(5),
            unowned_reason="" if key == "ig" else "new",
        )
    plan = Plan.objects.create(
        subject=reviews.create_subject(organization=organization, kind="plan", by=owner),
        organization=organization,
        name="Autumn Catalogue",
        summary="Forty pages, told one at a time.",
        starts_on=days.day(-1),
        ends_on=days.day(8, 6),
        owner=owner,
        unowned_since=None,
        created_by=owner,
    )
    world.plans[CATALOGUE] = plan
    Commitment.objects.create(
        organization=organization, plan=plan, channel=world.channels["ig"], count=2
    )
    WorkflowTemplate.objects.create(
        organization=organization, name="No approval", needs_approval=False
    )
    write(
        world,
        [
            StorySpec(
                CATALOGUE,
                title,
                copy,
                writer,
                days.ago(3),
                (PostSpec("ig", days.at(week, weekday, "17:00")),),
            )
            for title, copy, writer, weekday, week in STORIES
        ],
    )
