"""The doors through which upper rooms are asked about people.

`people` knows nothing of plans and posts. A room above enters, in its `apps.py`, what a member
owns and how it passes on when that member is deactivated (rule 2).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import TextField, Value
from django.db.models.functions import Cast

from people.models import Membership, Organization
from people.permissions import Perm, can


@dataclass(frozen=True)
class OwnedThing:
    """One unfinished thing that a leaving member owns, as the hand-over page shows it.

    `key` is stable between page and answer ("plan:12"). `title` is already what the viewer may
    read: of what is `hidden` from them (a confidential plan) it says no more than that.
    """

    key: str
    noun: str
    title: str
    url: str = ""
    hidden: bool = False

    @property
    def kind(self) -> str:
        """Of what kind it is, as its key begins ("plan")."""
        return self.key.partition(":")[0]


class HandOver(Protocol):
    """Passes on what the leaver owned, inside the caller's transaction.

    Everything unfinished in `heirs` (key -> new owner, an active member who can own) goes to that
    member; everything else becomes unowned with `reason`. Finished things keep their owner.
    Nothing unfinished may point at the leaver afterwards. `by` is None when PlanCraft acts.
    """

    def __call__(
        self,
        *,
        member: Membership,
        heirs: Mapping[str, Membership],
        reason: str,
        by: Membership | None,
    ) -> None: ...


@dataclass(frozen=True)
class OnDeactivate:
    """What a room does when a member is deactivated.

    things     `(leaver, plans hidden from the viewer) -> what the leaver owns and is unfinished`,
               in a steady order; few queries
    hand_over  see `HandOver`
    counts     `(organization) -> membership id -> number of unfinished things owned`; few queries,
               the same number for 1 and for 50 members
    """

    name: str
    things: Callable[[Membership, Collection[int]], Sequence[OwnedThing]]
    hand_over: HandOver
    counts: Callable[[Organization], Mapping[int, int]]


ON_DEACTIVATE: list[OnDeactivate] = []


def register_on_deactivate(entry: OnDeactivate) -> None:
    """Enter what your room does when a member is deactivated; the name must be free."""
    if any(known.name == entry.name for known in ON_DEACTIVATE):
        raise ValueError(f"{entry.name} is registered already")
    ON_DEACTIVATE.append(entry)


def things_of(
    leaver: Membership, viewer: Membership, hidden: Collection[int] | None = None
) -> list[OwnedThing]:
    """Everything unfinished that the member owns, in the rooms' order.

    That something hidden exists is told to administrators only, who must be able to pass it on.
    `hidden` are the viewer's `hidden_plans`, where they are read already.
    """
    hidden = hidden_plans(viewer) if hidden is None else hidden
    found = [thing for entry in ON_DEACTIVATE for thing in entry.things(leaver, hidden)]
    if can(viewer, Perm.ORGANIZATION_EDIT):
        return found
    return [thing for thing in found if not thing.hidden]


def owned_counts(organization: Organization) -> dict[int, int]:
    """Membership id -> how many unfinished things that member owns; absent means none."""
    total: dict[int, int] = {}
    for entry in ON_DEACTIVATE:
        for member_id, number in entry.counts(organization).items():
            total[member_id] = total.get(member_id, 0) + number
    return total


HiddenPlans = Callable[[Membership], Collection[int]]
"""`(viewer) -> ids of the plans of their organization that they may not see`; one query."""

HIDDEN_PLANS: list[HiddenPlans] = []


def register_hidden_plans(reader: HiddenPlans) -> None:
    """Enter which plans stay hidden from a viewer, so that the record does not speak of them."""
    HIDDEN_PLANS.append(reader)


def hidden_plans(viewer: Membership) -> set[int]:
    """The plans of whose activity the viewer may learn nothing (confidential ones, rule 6)."""
    return {plan_id for reader in HIDDEN_PLANS for plan_id in reader(viewer)}


OnOrganizationCreated = Callable[[Organization, Membership], None]
"""`(organization, its first administrator)`: what a new organization begins with."""

ON_ORGANIZATION_CREATED: list[OnOrganizationCreated] = []


def register_on_organization_created(hook: OnOrganizationCreated) -> None:
    """Enter what your room gives a new organization, in the transaction that creates it."""
    ON_ORGANIZATION_CREATED.append(hook)


@dataclass(frozen=True)
class Title:
    """What a recorded thing is called now, and its page."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Titled:
    """How things of one model are called where the record speaks of them.

    rows   `(viewer) -> those that the viewer may see`, a lazy QuerySet
    text   the field that names one
    url    `(organization's slug, id, value of place) -> its page`, empty where it has none
    place  the field with what the address needs beside the id
    """

    rows: Callable[[Membership], Any]
    text: str
    url: Callable[[str, int, int], str] = lambda slug, key, place: ""
    place: str = "pk"


TITLES: dict[str, Titled] = {}


def register_titles(label: str, titled: Titled) -> None:
    """Enter how things of this model ("plans.Plan") are called."""
    if label in TITLES:
        raise ValueError(f"{label} is registered already")
    TITLES[label] = titled


def titles_of(
    viewer: Membership, things: Collection[tuple[str, int]]
) -> dict[tuple[str, int], Title]:
    """Titles of things (model's label, id) that the viewer may see; one query for all of them."""
    wanted: dict[str, set[int]] = {}
    for label, key in things:
        if label in TITLES:
            wanted.setdefault(label, set()).add(key)
    parts = [_named(viewer, label, keys) for label, keys in sorted(wanted.items())]
    if not parts:
        return {}
    slug = viewer.organization.slug
    return {
        (label, key): Title(text, TITLES[label].url(slug, key, place))
        for label, key, text, place in parts[0].union(*parts[1:], all=True)
    }


def _named(viewer: Membership, label: str, keys: Collection[int]) -> Any:
    titled = TITLES[label]
    rows = titled.rows(viewer).filter(pk__in=keys).order_by()
    kind = Value(label, output_field=TextField())
    return rows.values_list(kind, "pk", Cast(titled.text, TextField()), titled.place)
