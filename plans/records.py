"""What a form of this room carries, as plain records: the same for creating, editing, comparing.

Each has `words()`, what a person would read in each field, for showing what differs when two people
edit the same thing (`plancraft.lib.changes`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import Department, Membership
from plans.models import Channel, ChannelKind, Commitment, Objective, Plan, Stream
from plans.rules import Terms
from plans.wording import promise_words, weekday

PLAN_LABELS = {
    "name": _("Name"),
    "starts_on": _("First day"),
    "ends_on": _("Last day"),
    "summary": _("What it is for"),
    "department": _("Department"),
    "objectives": _("Objectives"),
    "is_confidential": _("Confidential"),
    "readers": _("Who may see it"),
}
STREAM_LABELS = {
    "name": _("Name"),
    "objective": _("Objective"),
    "department": _("Department"),
    "rhythm_days": _("Longest silence in days"),
}
CHANNEL_LABELS = {
    "kind": _("Kind"),
    "name": _("Name"),
    "short_name": _("Short name"),
    "department": _("Department"),
    "time_zone": _("Time zone"),
    "is_public": _("Seen by the public"),
    "min_spacing_minutes": _("Minutes between two posts"),
}
PROMISE_LABELS = {
    "count": _("How many"),
    "weekdays": _("On these days only"),
    "max_silence": _("Longest silence in days"),
    "effective_from": _("From"),
    "effective_to": _("To"),
}


@dataclass(frozen=True, slots=True)
class PlanFields:
    """A plan as its form shows it; `readers` matter only while it is confidential."""

    name: str
    starts_on: date
    ends_on: date
    summary: str = ""
    department: Department | None = None
    objectives: tuple[str, ...] = ()
    is_confidential: bool = False
    readers: tuple[Membership, ...] = ()

    def words(self) -> dict[str, str]:
        """What stands in each field."""
        return {
            "name": self.name,
            "starts_on": _day(self.starts_on),
            "ends_on": _day(self.ends_on),
            "summary": self.summary,
            "department": _name(self.department),
            "objectives": "\n".join(self.objectives),
            "is_confidential": _yes(self.is_confidential),
            "readers": ", ".join(sorted(member.name for member in self.readers)),
        }


def plan_fields(
    plan: Plan, objectives: Iterable[Objective], readers: Iterable[Membership]
) -> PlanFields:
    """What the form of this plan would show now."""
    return PlanFields(
        name=plan.name,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        summary=plan.summary,
        department=plan.department,
        objectives=tuple(objective.title for objective in objectives),
        is_confidential=plan.is_confidential,
        readers=tuple(readers),
    )


@dataclass(frozen=True, slots=True)
class StreamFields:
    """A stream as its form shows it."""

    name: str
    objective: Objective | None = None
    department: Department | None = None
    rhythm_days: int = 14

    def words(self) -> dict[str, str]:
        """What stands in each field."""
        return {
            "name": self.name,
            "objective": _name(self.objective),
            "department": _name(self.department),
            "rhythm_days": str(self.rhythm_days),
        }


def stream_fields(stream: Stream) -> StreamFields:
    """What the form of this stream would show now."""
    return StreamFields(stream.name, stream.objective, stream.department, stream.rhythm_days)


@dataclass(frozen=True, slots=True)
class ChannelFields:
    """A channel as its form shows it; `time_zone` empty means the organization's."""

    kind: str
    name: str
    short_name: str = ""
    department: Department | None = None
    time_zone: str = ""
    is_public: bool = True
    min_spacing_minutes: int = 0

    def words(self) -> dict[str, str]:
        """What stands in each field."""
        return {
            "kind": str(ChannelKind(self.kind).label),
            "name": self.name,
            "short_name": self.short_name,
            "department": _name(self.department),
            "time_zone": self.time_zone,
            "is_public": _yes(self.is_public),
            "min_spacing_minutes": str(self.min_spacing_minutes),
        }


def channel_fields(channel: Channel) -> ChannelFields:
    """What the form of this channel would show now."""
    return ChannelFields(
        kind=channel.kind,
        name=channel.name,
        short_name=channel.short_name,
        department=channel.department,
        time_zone=channel.time_zone,
        is_public=channel.is_public,
        min_spacing_minutes=channel.min_spacing_minutes,
    )


def terms_of(promise: Commitment) -> Terms:
    """The promise as plain facts."""
    return Terms(
        count=promise.count,
        per=promise.per,
        weekdays=tuple(sorted(promise.weekdays)) if promise.weekdays else None,
        max_silence=promise.max_silence,
        effective_from=promise.effective_from,
        effective_to=promise.effective_to,
    )


def terms_in_words(terms: Terms) -> dict[str, str]:
    """What stands in each field of a promise's form."""
    silence = "" if terms.max_silence is None else str(terms.max_silence)
    return {
        "count": promise_words(Terms(terms.count, terms.per)),
        "weekdays": ", ".join(weekday(day) for day in sorted(terms.weekdays or ())),
        "max_silence": silence,
        "effective_from": _day(terms.effective_from),
        "effective_to": _day(terms.effective_to),
    }


def terms_as_facts(terms: Terms) -> dict[str, Any]:
    """The promise for the record: plain JSON facts."""
    return {
        "count": terms.count,
        "per": terms.per,
        "weekdays": list(terms.weekdays) if terms.weekdays else None,
        "max_silence": terms.max_silence,
        "effective_from": terms.effective_from.isoformat() if terms.effective_from else None,
        "effective_to": terms.effective_to.isoformat() if terms.effective_to else None,
    }


def terms_from_facts(facts: dict[str, Any]) -> Terms:
    """A promise read back from the record."""
    start, end = facts.get("effective_from"), facts.get("effective_to")
    return Terms(
        count=facts["count"],
        per=facts["per"],
        weekdays=tuple(facts["weekdays"]) if facts.get("weekdays") else None,
        max_silence=facts.get("max_silence"),
        effective_from=date.fromisoformat(start) if start else None,
        effective_to=date.fromisoformat(end) if end else None,
    )


def _day(value: date | None) -> str:
    return date_format(value, gettext("D j F Y")) if value else ""


def _name(row: Any) -> str:
    return "" if row is None else str(row)


def _yes(value: bool) -> str:
    return gettext("yes") if value else gettext("no")
