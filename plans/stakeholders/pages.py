"""What the pages of stakeholders show of each row, in words before a template sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from people.models import Membership
from plans.models import Plan, Stakeholder, Touchpoint
from plans.models.stakeholders import StakeholderKind
from plans.stakeholders import words
from plans.stakeholders.queries import Story, Wanted, contact_of
from plans.stakeholders.rules import AHEAD, is_lapsed
from plans.stakeholders.services import may_remove

ICONS = {
    "journalist": "newspaper",
    "blogger": "pencil-square",
    "partner": "people",
    "customer": "person",
    "investor": "graph-up",
    "authority": "building",
    "other": "person-lines-fill",
}
STANDINGS = ("lapsed", "archived")


@dataclass(frozen=True)
class Line:
    """A stakeholder in a list or a head. `tone`: late (lapsed), risk (soon), else empty."""

    row: Stakeholder
    icon: str
    last: str
    due: str
    tone: str
    next_step: Touchpoint | None = None
    is_late_step: bool = False


def line(row: Any, today: date, step: Touchpoint | None = None) -> Line:
    """The stakeholder in words; the row is one of `queries.with_last`."""
    contact = contact_of(row)
    lapsed = is_lapsed(contact, today)
    soon = contact.due is not None and not lapsed and (contact.due - today).days <= AHEAD
    return Line(
        row=row,
        icon=ICONS[row.kind],
        last=words.last_words(contact, today),
        due=words.due_words(contact, today),
        tone="late" if lapsed else "risk" if soon else "",
        next_step=step,
        is_late_step=bool(step and step.next_on and step.next_on < today),
    )


@dataclass(frozen=True)
class Spoken:
    """A touchpoint in the timeline, with its story in words if the reader may see it."""

    touchpoint: Touchpoint
    story: Story | None
    may_remove: bool


def timeline(
    touchpoints: Sequence[Touchpoint], stories: Mapping[int, Story], viewer: Membership, edits: bool
) -> list[Spoken]:
    """The touchpoints as the page shows them."""
    return [
        Spoken(
            one,
            stories.get(one.subject_id) if one.subject_id else None,
            edits and may_remove(viewer, one),
        )
        for one in touchpoints
    ]


# The list's filters -------------------------------------------------------------------------------
@dataclass(frozen=True)
class Select:
    """One select of the filter bar (`components/filter_bar.html`)."""

    name: str
    label: str
    value: str
    choices: list[tuple[Any, Any]]


NOBODY, ME = "none", "me"


def read(
    params: Mapping[str, str], me: Membership, owners: Sequence[Membership], plans: Sequence[Plan]
) -> tuple[Wanted, dict[str, str]]:
    """What the address narrows the list to, and those of its parameters that say something."""
    given = {name: params.get(name, "") for name in ("kind", "owner", "plan", "standing")}
    if given["kind"] not in StakeholderKind.values:
        given["kind"] = ""
    if given["standing"] not in STANDINGS:
        given["standing"] = ""
    known = {NOBODY: 0, ME: me.pk} | {str(member.pk): member.pk for member in owners}
    owner = known.get(given["owner"])
    plan = {str(plan.pk): plan.pk for plan in plans}.get(given["plan"])
    given["owner"] = given["owner"] if owner is not None else ""
    given["plan"] = given["plan"] if plan is not None else ""
    given["q"] = params.get("q", "").replace("\x00", "").strip()[:100]
    wanted = Wanted(given["kind"], owner, plan, given["standing"], given["q"])
    return wanted, {name: value for name, value in given.items() if value}


def selects(
    given: Mapping[str, str], owners: Sequence[Membership], plans: Sequence[Plan]
) -> list[Select]:
    """The selects of the filter bar."""
    people = [(member.pk, member.name) for member in owners]
    bar: list[tuple[str, str, list[tuple[Any, Any]]]] = [
        ("kind", _("All kinds"), list(StakeholderKind.choices)),
        ("owner", _("All owners"), [(NOBODY, _("No one")), (ME, _("Me")), *people]),
        ("standing", _("In use"), [("lapsed", _("Lapsed")), ("archived", _("Archived"))]),
        ("plan", _("All plans"), [(plan.pk, plan.name) for plan in plans]),
    ]
    return [
        Select(name, label, given.get(name, ""), choices) for name, label, choices in bar if choices
    ]
