"""What becomes of things when the member who owns them is deactivated: this room's entry in
`people.registry`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from people import queries as people
from people.models import Membership, Organization
from people.registry import OnDeactivate, OwnedThing
from workflow import ownership
from workflow.registry import OWNABLES


def things(leaver: Membership, hidden: Collection[int]) -> list[OwnedThing]:
    """Everything unfinished that the member owns; what is in the `hidden` plans is not named."""
    found = []
    for ownable in OWNABLES.values():
        for row in ownable.unfinished_of(leaver.organization, leaver):
            secret = ownable.plan_id(row) in hidden
            found.append(
                OwnedThing(
                    key=f"{ownable.slug}:{row.pk}",
                    noun=str(ownable.noun),
                    title=_("Part of a confidential plan") if secret else ownable.title(row),
                    url="" if secret else ownable.url(row),
                    hidden=secret,
                )
            )
    return found


def hand_over(
    *, member: Membership, heirs: Mapping[str, Membership], reason: str, by: Membership | None
) -> None:
    """To the heirs, and what nobody gets to no one, with the reason."""
    wanted: dict[tuple[str, int], Membership] = {}
    for key, heir in heirs.items():
        slug, _colon, number = key.partition(":")
        if number.isdigit():
            wanted[slug, int(number)] = heir
    ownership.vacate_everything_of(member, reason, by, wanted)


def counts(organization: Organization) -> dict[int, int]:
    """Membership key -> how many unfinished things they own; a query for each ownable thing."""
    total: Counter[int] = Counter()
    for ownable in OWNABLES.values():
        if ownable.owned_counts is not None:
            total.update(ownable.owned_counts(organization))
            continue
        for member in people.members(organization):
            total[member.pk] += len(list(ownable.unfinished_of(organization, member)))
    return {member: number for member, number in total.items() if number}


ENTRY = OnDeactivate(name="workflow", things=things, hand_over=hand_over, counts=counts)
