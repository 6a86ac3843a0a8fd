"""What becomes of things when the member who owns them is deactivated: this room's entry in
`people.registry`."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from people.models import Membership
from people.registry import OnDeactivate, OwnedThing
from workflow import ownership
from workflow.queries.owned import owned_by, owned_counts
from workflow.registry import OWNABLES, Found


def things(leaver: Membership, hidden: Collection[int]) -> list[OwnedThing]:
    """Everything unfinished that the member owns; what is in the `hidden` plans is not named."""
    slug = leaver.organization.slug
    return [_thing(found, slug, hidden) for found in owned_by(leaver)]


def _thing(found: Found, slug: str, hidden: Collection[int]) -> OwnedThing:
    ownable, secret = OWNABLES[found.slug], found.plan in hidden
    return OwnedThing(
        key=f"{found.slug}:{found.pk}",
        noun=str(ownable.noun),
        title=_("Part of a confidential plan") if secret else found.title,
        url="" if secret else ownable.address(slug, found.pk, found.plan),
        hidden=secret,
    )


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


ENTRY = OnDeactivate(name="workflow", things=things, hand_over=hand_over, counts=owned_counts)
