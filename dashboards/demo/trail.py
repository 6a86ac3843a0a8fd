"""What the record says: the same activities as the services write, at the times of the demo."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from dashboards.demo.facts import Written
from dashboards.demo.stage import HOME, World
from people.activity import digest
from people.models import Activity, ActivityText, Membership

RECENT = timedelta(days=21)


@dataclass(frozen=True)
class Entry:
    """One activity to be written."""

    at: datetime
    actor: Membership | None
    verb: str
    subject: models.Model
    plan_id: int | None = None
    text: str = ""
    payload: dict[str, Any] = field(default_factory=dict)


def begin(world: World, founder: Membership) -> None:
    """The first activity of a demo organization, by which `build.standing` knows it."""
    organization = world.organization
    facts = {"time_zone": organization.time_zone, "country": organization.country, "demo": True}
    _insert(
        world,
        [
            Entry(
                organization.created_at,
                founder,
                "organization.created",
                organization,
                text=organization.name,
                payload=facts,
            )
        ],
    )


def write(
    world: World, told: list[Written], by_hand: list[Written], beside: Iterable[Entry] = ()
) -> None:
    """Who began what, what happened in the last three weeks, and `beside` it, oldest first."""
    begin(world, world.cast["ruth"])
    oldest = world.days.now - RECENT
    recent = [w for w in told if w.spec.created_at > oldest]
    entries = [*_beginnings(world), *_losses(world), *beside]
    for written in (*recent, *by_hand):
        entries += _life(world, written)
    _insert(world, sorted(entries, key=lambda entry: entry.at))


def _beginnings(world: World) -> Iterator[Entry]:
    ines = world.cast["ines"]
    for channel in world.channels.values():
        facts: dict[str, Any] = {"owner": channel.owner_id, "fields": []}
        yield Entry(
            world.organization.created_at,
            ines,
            "channel.created",
            channel,
            text=channel.name,
            payload=facts,
        )
    for plan in world.plans.values():
        facts = {"champion": plan.owner_id}
        yield Entry(plan.created_at, ines, "plan.created", plan, plan.pk, plan.name, facts)
    home = world.plans[HOME]
    yield Entry(
        min(home.created_at + timedelta(days=30), world.days.now),
        world.cast["hanna"],
        "plan.edited",
        home,
        home.pk,
        payload={"fields": ["summary", "objectives"]},
    )


def _losses(world: World) -> Iterator[Entry]:
    """How channels and a plan came to have no owner."""
    ruth, ben, cast = world.cast["ruth"], world.cast["ben"], world.cast
    youtube, instagram = world.channels["yt"], world.channels["figig"]
    gone = world.days.ago(36)
    yield Entry(gone, ruth, "member.deactivated", ben, text=ben.name)
    for thing, by, previous, at in (
        (youtube, ruth, ben, gone),
        (instagram, cast["amara"], cast["amara"], world.days.ago(21)),
        (world.plans["grants"], cast["amara"], cast["amara"], world.days.ago(34)),
    ):
        yield Entry(
            at,
            by,
            "ownership.vacated",
            thing,
            thing.pk if thing is world.plans["grants"] else None,
            thing.unowned_reason,
            {"previous": previous.pk},
        )


def _life(world: World, written: Written) -> Iterator[Entry]:
    spec, item = written.spec, written.item
    author = world.cast[spec.written_by]

    def entry(when: datetime, by: Membership, verb: str, text: str = "", /, **facts: Any) -> Entry:
        return Entry(when, by, verb, item, item.plan_id, text, facts)

    yield entry(
        spec.created_at,
        author,
        "story.created",
        spec.title,
        posts=len(spec.posts),
        owner=item.owner_id,
    )
    for number, (turn, review) in enumerate(zip(spec.rounds, written.reviews, strict=True), 1):
        yield entry(turn.asked_at, author, "review.submitted", review=review.pk, revision=number)
        if turn.choice and turn.at:
            verb = "review.approved" if turn.choice == "approve" else "review.changes"
            facts = {"review": review.pk, "revision": number, "closed": True}
            yield entry(turn.at, world.cast[turn.by], verb, turn.comment, **facts)
    if spec.edited_at:
        yield entry(spec.edited_at, author, "story.edited", fields=["copy"])
    if spec.cancelled_at:
        yield entry(spec.cancelled_at, author, "story.cancelled")
    for post, told in zip(written.posts, spec.posts, strict=True):
        if told.out_at:
            yield entry(
                told.out_at,
                author,
                "post.published",
                post=post.pk,
                channel=post.channel_id,
                channel_name=world.channels[told.channel].name,
                at=told.out_at.isoformat(),
            )


def tell(world: World, entries: Iterable[Entry]) -> None:
    """What else happened, oldest first."""
    _insert(world, sorted(entries, key=lambda entry: entry.at))


def _insert(world: World, entries: Iterable[Entry]) -> None:
    """Written as `people.activity.record` does, but with the time at which it happened."""
    entries = list(entries)
    salts = [_salt(world, number) for number in range(len(entries))]
    rows = Activity.objects.bulk_create(
        Activity(
            organization=world.organization,
            actor=entry.actor,
            verb=entry.verb,
            subject_type=entry.subject._meta.label,
            subject_id=entry.subject.pk,
            plan_id=entry.plan_id,
            payload=entry.payload,
            text_digest=digest(salt, entry.text) if entry.text else "",
            at=min(entry.at, world.days.now),
        )
        for entry, salt in zip(entries, salts, strict=True)
    )
    ActivityText.objects.bulk_create(
        ActivityText(organization=world.organization, activity=row, salt=salt, text=entry.text)
        for row, entry, salt in zip(rows, entries, salts, strict=True)
        if entry.text
    )


def _salt(world: World, number: int) -> str:
    """The same for the same demo: there is nothing to hide in it."""
    return hashlib.sha256(f"{world.organization.slug} {number}".encode()).hexdigest()[:32]
