"""The doors through which upper rooms enter what can be owned and what can be approved.

`workflow` knows no plan and no calendar. A room above registers an `Ownable` for each of its owned
models and a `SubjectKind` for each kind of subject, in its `apps.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from people import queries as people
from people.models import Membership, Organization
from people.permissions import Perm
from workflow.models import Owned, Subject


@dataclass(frozen=True)
class UnownedRow:
    """A thing without owner, as every list of them shows it.

    `plans` are those that the viewer may see and that it concerns: its own, or, of what belongs to
    no plan, those that promise something on it. `team` is the department that it is counted for.
    """

    label: str
    pk: int
    title: str
    url: str
    detail: str
    since: Any
    plan_id: int | None
    due: date | None = None
    responsible: Membership | None = None
    plans: frozenset[int] = frozenset()
    team: int | None = None


@dataclass(frozen=True)
class Columns:
    """Where a kind of thing keeps what every list of owned things shows: paths or expressions.

    title      its name, a text
    plan       the key of its plan; None where it belongs to none
    plan_name  how that plan is called
    team       the key of the department that it is counted for
    due        the local day by which it is to be done
    note       one more text for its line, as its room needs it
    fallbacks  the keys of memberships chased in its place, in order (rule 2)
    plans      `(viewer or None) -> an array of the plans that it concerns`, where that is not its
               own plan alone; a viewer sees no other plans
    """

    title: str
    plan: str | None = "plan_id"
    plan_name: str | None = "plan__name"
    team: Any = None
    due: Any = None
    note: Any = None
    fallbacks: tuple[Any, ...] = ()
    plans: Callable[[Membership | None], Any] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One unfinished thing by its columns; `since` when it became unowned, null while owned."""

    slug: str
    pk: int
    title: str
    since: datetime | None
    plan: int | None
    plan_name: str
    team: int | None
    due: date | None
    note: str
    fallbacks: Sequence[int]
    plans: Sequence[int]

    @property
    def responsible(self) -> int | None:
        """The membership chased in its place, before the managers."""
        return next(iter(self.fallbacks), None)


@dataclass(frozen=True)
class Ownable:
    """One owned model: how workflow finds, names and finishes its rows.

    label        `app.Model`, as in `Activity.subject_type`
    slug         its word in addresses (`channel` in `/own/channel/12/claim/`)
    noun         what it is called in sentences
    get          `(organization, membership, pk) -> Owned | None`; None also for what the member may
                 not see (confidential plans)
    lock         `(organization, pk) -> the row, locked FOR UPDATE`
    title        of one row
    plan_id      the plan concerned, or None
    address      `(slug of the organization, pk, plan or None) -> its page`
    is_finished  finished things keep their owner as history (rule 2)
    unfinished   `(organization, viewer or None for all) -> rows that are unfinished`
    columns      where its rows keep what lists show: every list of owned or unowned things reads
                 all kinds by one statement
    detail       `(found) -> the line under its title`
    fallbacks    `(row) -> members chased in its place, in order`, managers excluded (rule 2)
    after_save   `(row)`, whenever its owner changed, in that transaction: where what is approved
                 names the owner
    after_give   `(row, former owner or None, new owner or None)`, in the transaction that gave it,
                 or in which it was given up: what the room does so that the former owner is left
                 with what they still need; not asked where the owner leaves the organization
    owners       `(organization) -> members who may answer for it`; a question also an expert
    claim        the right to take it where nobody owns it
    """

    label: str
    slug: str
    noun: Any
    get: Callable[[Organization, Membership, int], Owned | None]
    lock: Callable[[Organization, int], Owned]
    title: Callable[[Any], str]
    plan_id: Callable[[Any], int | None]
    address: Callable[[str, int, int | None], str]
    is_finished: Callable[[Any], bool]
    unfinished: Callable[[Organization, Membership | None], QuerySet[Any]]
    columns: Columns
    fallbacks: Callable[[Any], Sequence[Membership]]
    detail: Callable[[Found], str] = lambda found: found.plan_name
    after_save: Callable[[Any], None] = lambda row: None
    after_give: Callable[[Any, Membership | None, Membership | None], None] = (
        lambda row, former, new: None
    )
    owners: Callable[[Organization], QuerySet[Membership]] = people.can_own
    claim: Perm = Perm.CLAIM

    def url(self, row: Any) -> str:
        """The page of one row."""
        return self.address(row.organization.slug, row.pk, self.plan_id(row))

    def unfinished_of(self, member: Membership) -> QuerySet[Any]:
        """The rows that the member owns and that are unfinished, in a steady order."""
        return self.unfinished(member.organization, None).filter(owner=member).order_by("pk")


OWNABLES: dict[str, Ownable] = {}


def register_ownable(ownable: Ownable) -> None:
    """Enter an owned model; its slug must be free."""
    if ownable.slug in OWNABLES:
        raise ValueError(f"{ownable.slug} is registered already")
    OWNABLES[ownable.slug] = ownable


def ownable_labelled(label: str) -> Ownable | None:
    """The entry for a model, by its label; None where there is none."""
    return next((o for o in OWNABLES.values() if o.label == label), None)


def ownable_of(row: Owned) -> Ownable:
    """The entry for this row's model."""
    return next(o for o in OWNABLES.values() if o.label == row._meta.label)


@dataclass(frozen=True)
class SubjectFacts:
    """What choosing and running a workflow needs to know of a subject.

    `closed_because` is a sentence where nothing can be submitted any more (cancelled, all of it
    published), else empty. `missing_because` is one where whoever decides would have nothing to
    read yet; releasing without approval asks nobody, so it does not wait for that. `goes_out_at`
    is the earliest instant at which what has not gone out will be seen; `detail` says in a word or
    two where it belongs, `team` for which department it is counted. `listed` are the memberships
    that may know of it, None where all may: who is named to decide and may not see it (any more)
    cannot.
    """

    title: str
    url: str
    plan_id: int | None
    champion: Membership | None
    owner: Membership | None
    channel_kinds: frozenset[str]
    closed_because: str = ""
    missing_because: str = ""
    listed: frozenset[int] | None = None
    goes_out_at: datetime | None = None
    detail: str = ""
    team: int | None = None

    def sighted(self, members: frozenset[int]) -> frozenset[int]:
        """Those of the members who may know of it."""
        return members if self.listed is None else members & self.listed


Fields = list[tuple[str, str]]
"""A snapshot as people read it: label and text."""


def plain_fields(organization: Organization, snapshots: Sequence[dict[str, Any]]) -> list[Fields]:
    """Each snapshot as label and text, where its room says nothing better."""
    return [
        [(key.replace("_", " ").capitalize(), _listed(value)) for key, value in snapshot.items()]
        for snapshot in snapshots
    ]


def _listed(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(_listed(entry) for entry in value)
    if isinstance(value, dict):
        return ", ".join(_listed(entry) for entry in value.values())
    return str(value)


@dataclass(frozen=True)
class SubjectKind:
    """One kind of subject (content item, plan).

    choice       how settings call it where a workflow is for nothing but this kind ("Plans"); empty
                 for what is told apart by its channels
    load         `(subject) -> the thing`, locked FOR UPDATE when asked inside a transaction
    snapshot     `(thing) -> canonical JSON-able dict` of what a reader would see now
    facts        `(thing) -> SubjectFacts`
    refresh      `(thing) -> None`: recompute the state copy; called after every transition
    visible      `(membership, thing) -> bool`
    blind        `(thing, membership keys) -> those of them who may not know of it`; no query for a
                 thing that everyone may see
    differences  `(organization) -> sentences`: each stored state that is not what the facts say
    fields       `(organization, snapshots) -> (label, text) pairs` for each: as people read them
    facts_of     `(viewer or None, subjects) -> subject key -> facts`, of those the viewer may see;
                 a room with many subjects answers in a constant number of queries
    """

    kind: str
    choice: Any = field(default="", kw_only=True)
    load: Callable[[Subject], Any]
    snapshot: Callable[[Any], dict[str, Any]]
    facts: Callable[[Any], SubjectFacts]
    refresh: Callable[[Any], None]
    visible: Callable[[Membership, Any], bool]
    blind: Callable[[Any, Collection[int]], frozenset[int]] = lambda thing, members: frozenset()
    differences: Callable[[Organization], Sequence[str]] = lambda organization: ()
    fields: Callable[[Organization, Sequence[dict[str, Any]]], list[Fields]] = plain_fields
    facts_of: Callable[[Membership | None, Sequence[Subject]], dict[int, SubjectFacts]] | None = (
        None
    )

    def facts_for(
        self, viewer: Membership | None, subjects: Sequence[Subject]
    ) -> dict[int, SubjectFacts]:
        """By `facts_of`, or one by one where the room offers none."""
        if self.facts_of is not None:
            return self.facts_of(viewer, subjects)
        things = {subject.pk: self.load(subject) for subject in subjects}
        return {
            key: self.facts(thing)
            for key, thing in things.items()
            if viewer is None or self.visible(viewer, thing)
        }


SUBJECT_KINDS: dict[str, SubjectKind] = {}


def register_subject_kind(kind: SubjectKind) -> None:
    """Enter a kind of subject."""
    SUBJECT_KINDS[kind.kind] = kind


def workflow_choices() -> list[tuple[str, Any]]:
    """What a workflow can be for: kinds of channel, and kinds of subject that have their own."""
    return [*channel_kinds(), *((k.kind, k.choice) for k in SUBJECT_KINDS.values() if k.choice)]


def own_kind(chosen: Sequence[str]) -> str:
    """The kind of subject that this choice is for, where it is not for channels; else empty."""
    return next((kind for kind in chosen if getattr(SUBJECT_KINDS.get(kind), "choice", "")), "")


def kind_of(subject: Subject) -> SubjectKind:
    """The entry for this subject."""
    return SUBJECT_KINDS[subject.kind]


@dataclass(frozen=True)
class Places:
    """What lists of this room are narrowed to: the plans that a viewer may see and the departments.

    Each by key with its name, in the order of a list; `own` are the open plans they champion.
    """

    plans: Mapping[int, str]
    teams: Mapping[int, str]
    own: frozenset[int] = frozenset()


PlacesOf = Callable[[Organization, Membership], Places]
PLACES: list[PlacesOf] = []


def register_places(read: PlacesOf) -> None:
    """Say how plans and departments are read for a viewer; one query."""
    PLACES.append(read)


def places(organization: Organization, viewer: Membership) -> Places:
    """What the viewer may narrow a list to."""
    found = [read(organization, viewer) for read in PLACES]
    return Places(
        plans={key: name for each in found for key, name in each.plans.items()},
        teams={key: name for each in found for key, name in each.teams.items()},
        own=frozenset().union(*(each.own for each in found)),
    )


KindChoices = Callable[[], Sequence[tuple[str, Any]]]
CHANNEL_KINDS: list[KindChoices] = []


def register_channel_kinds(choices: KindChoices) -> None:
    """Say which kinds of channel there are, for choosing who approves what: (value, label)."""
    CHANNEL_KINDS.append(choices)


def channel_kinds() -> list[tuple[str, Any]]:
    """Every kind of channel, with its label."""
    return [choice for choices in CHANNEL_KINDS for choice in choices()]
