"""What becomes of things when the member who owns them is deactivated: this room's entry in
`people.registry`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from django.db.models import Value
from django.utils.translation import gettext as _

from people import queries as people
from people.models import Membership, Organization
from people.registry import OnDeactivate, OwnedThing
from workflow import ownership
from workflow.registry import OWNABLES, Counted, Ownable


def things(leaver: Membership, hidden: Collection[int]) -> list[OwnedThing]:
    """Everything unfinished that the member owns; what is in the `hidden` plans is not named."""
    found = []
    for ownable in _kinds_owned_by(leaver):
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


def _kinds_owned_by(leaver: Membership) -> list[Ownable]:
    """The kinds of which the member owns something unfinished, by one statement for all of them.

    A kind that cannot be counted is asked itself.
    """
    owned, asked = set(), []
    for ownable in OWNABLES.values():
        counts = ownable.owned_counts(leaver.organization) if ownable.owned_counts else None
        if isinstance(counts, Counted):
            named = counts.rows.filter(owner=leaver).annotate(of_kind=Value(ownable.slug))
            asked.append(named.values_list("of_kind").distinct())
        else:
            owned.add(ownable.slug)
    if asked:
        owned |= {slug for (slug,) in asked[0].union(*asked[1:])}
    return [ownable for ownable in OWNABLES.values() if ownable.slug in owned]


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
    """Membership key -> how many unfinished things they own; one statement for all kinds."""
    total: Counter[int] = Counter()
    together = []
    for ownable in OWNABLES.values():
        if ownable.owned_counts is not None:
            counted = ownable.owned_counts(organization)
            if isinstance(counted, Counted):
                together.append(counted.per_owner())
            else:
                total.update(counted)
            continue
        for member in people.members(organization):
            total[member.pk] += len(list(ownable.unfinished_of(organization, member)))
    if together:
        for member_id, number in together[0].union(*together[1:], all=True):
            total[member_id] += number
    return {member_id: number for member_id, number in total.items() if number}


ENTRY = OnDeactivate(name="workflow", things=things, hand_over=hand_over, counts=counts)
