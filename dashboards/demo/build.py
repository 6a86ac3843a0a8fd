"""Builds the demo, and puts an old one away.

A reset never deletes: what happened stays on record (`reliability.md`), the application role could
not delete it, and a command that could would be one slip away from someone's real evidence. So the
old demo is renamed, gets another address, and everyone in it is deactivated; nobody can reach it,
and nothing of it is sent. A demo is known by a fact that only this module writes: its first
activity says so. An organization without that fact is never touched, whatever it is called.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.formats import date_format
from django.utils.text import slugify

from calendar_app.models import GapAssignment, GapWaiver, Placement
from dashboards.demo import (
    history,
    key_dates,
    life,
    meetings,
    playbook,
    present,
    stakeholders,
    trail,
    work,
)
from dashboards.demo.cast import JUNIPER, NORTHLAKE, make_people
from dashboards.demo.days import Days
from dashboards.demo.facts import Written, write
from dashboards.demo.juniper import furnish
from dashboards.demo.stage import EVERYDAY, HOME, World, set_up
from people import sealing
from people.activity import record
from people.models import Activity, Invitation, Membership, Organization
from people.working_calendar import calendar_of
from plans.playbook.services import give_shipped
from reminders import planner
from workflow import ownership

ZONE = "America/New_York"
FIRST_VERB = "organization.created"


def standing() -> list[Organization]:
    """The demo's organizations that people can sign in to, in the order of their making."""
    marked = Activity.objects.filter(verb=FIRST_VERB, payload__demo=True)
    return list(
        Organization.objects.filter(
            pk__in=marked.values("organization"), memberships__deactivated_at=None
        )
        .distinct()
        .order_by("pk")
    )


@transaction.atomic
def put_away(now: datetime) -> list[Organization]:
    """Rename what stands of the demo and deactivate everyone in it. Nothing is deleted."""
    found = standing()
    for organization in found:
        made = date_format(organization.created_at, "j M Y")
        Organization.objects.filter(pk=organization.pk).update(
            name=f"{organization.name[:90]} (demo until {made})",
            slug=f"{organization.slug[:30]}-until-{now:%Y%m%d-%H%M%S}-{organization.pk}",
        )
        for member in Membership.objects.filter(organization=organization, deactivated_at=None):
            _deactivate(member, now)
        Invitation.objects.filter(
            organization=organization, accepted_at=None, revoked_at=None
        ).update(revoked_at=now)
    sealing.seal(now=now, everywhere=True)
    return found


def _deactivate(member: Membership, now: datetime) -> None:
    """As `people` does it, but without keeping one administrator: nobody is to be left."""
    member.deactivated_at = now
    member.save(update_fields=["deactivated_at"])
    ownership.vacate_everything_of(member, "the demo was reset", None, now=now)
    record(
        organization=member.organization,
        actor=None,
        verb="member.deactivated",
        subject=member,
        text=member.name,
    )


@transaction.atomic
def build(now: datetime) -> Organization:
    """Northlake Bank and Juniper Home as they are at `now`, complete with their record."""
    days = Days(now, ZoneInfo(ZONE))
    bank = _northlake(days)
    _juniper(days)
    sealing.seal(now=now, everywhere=True)
    planner.plan(bank.organization, now)
    return bank.organization


def _organization(name: str, days: Days, zone: str, country: str) -> Organization:
    slug = slugify(name)
    taken = set(Organization.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    free = next(s for s in (slug, f"{slug}-demo", f"{slug}-demo-2") if s not in taken)
    return Organization.objects.create(
        name=name,
        slug=free,
        time_zone=zone,
        country=country,
        created_at=days.at(-28, 0, "09:00"),
    )


def _northlake(days: Days) -> World:
    organization = _organization("Northlake Bank", days, ZONE, "US")
    cast = make_people(organization, NORTHLAKE, joined=organization.created_at, left=days.ago(36))
    world = World(organization, cast, days)
    set_up(world)
    calendar = calendar_of(organization)
    told = write(world, [*history.past(days), *history.ahead(days)])
    by_hand = write(world, present.present(days, calendar))
    trail.write(world, told, by_hand, stakeholders.write(world, by_hand))
    work.furnish(world)
    _desks(world, by_hand)
    meetings.furnish(world)
    playbook.write(world, by_hand)
    key_dates.write(world)
    life.write(world)
    return world


def _desks(world: World, by_hand: list[Written]) -> None:
    """Two questions that wait for an answer, a gap handed on, a gap that was accepted."""
    cast, days = world.cast, world.days
    items = {written.item.title: written.item for written in by_hand}
    ownership.offer(
        row=items["Front Door: the spring number"],
        to=cast["maya"],
        by=cast["daniel"],
        note="You know the Harlow people. Would you see it through?",
    )
    ownership.offer(
        row=world.channels["figfb"],
        to=cast["hanna"],
        by=cast["amara"],
        note="Until a foundation person joins.",
    )
    slot = world.promises[EVERYDAY, "li"]
    GapAssignment.objects.create(
        organization=world.organization,
        key=f"empty_slot:{slot.pk}:{_open_slot(world).isoformat()}",
        to=cast["maya"],
        by=cast["daniel"],
        note="Something about the branch telephones, perhaps.",
        at=days.ago(1),
    )
    thin = world.promises[HOME, "ig"]
    GapWaiver.objects.create(
        organization=world.organization,
        key=f"shortfall:{thin.pk}:{days.day(3).isoformat()}",
        reason="The quiet period takes two days out of that week; two posts are enough.",
        expires_on=days.day(3, 6),
        by=cast["hanna"],
        at=days.ago(2),
    )


def _open_slot(world: World) -> date:
    """The first promised LinkedIn day ahead on which nothing stands."""
    zone = world.days.zone
    taken = {
        at.astimezone(zone).date()
        for at in Placement.objects.filter(
            channel=world.channels["li"],
            item__plan=world.plans[EVERYDAY],
            cancelled_at=None,
            scheduled_at__gt=world.days.now,
        ).values_list("scheduled_at", flat=True)
        if at is not None
    }
    slots = (world.days.day(week, weekday) for week in range(1, 20) for weekday in (1, 3))
    return next(day for day in slots if day not in taken)


def _juniper(days: Days) -> None:
    organization = _organization("Juniper Home", days, "Europe/London", "GB")
    cast = make_people(
        organization, JUNIPER, joined=organization.created_at, left=organization.created_at
    )
    world = World(organization, cast, Days(days.now, ZoneInfo("Europe/London")))
    furnish(world)
    give_shipped(organization)
    trail.begin(world, cast["bea"])
