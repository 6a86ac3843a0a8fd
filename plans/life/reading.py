"""A snapshot of a plan as people read it: one label and text for each thing it says.

Each promise, each objective and each stream is a field of its own, so that two versions are
compared one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Value
from django.db.models.functions import Cast
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import Department, Membership, Organization
from plans.models import Channel
from plans.objectives.records import figure
from plans.records import terms_from_facts
from plans.wording import period_words, promise_words, when_effective
from workflow.registry import Fields

Names = dict[tuple[str, int], str]


def fields(organization: Organization, snapshots: Sequence[dict[str, Any]]) -> list[Fields]:
    """Each snapshot as label and text; one query, for the names of what stands in it by key."""
    known = [content for content in snapshots if content]
    names = _names(organization, known) if known else {}
    return [_read(content, names) if content else [] for content in snapshots]


def _names(organization: Organization, snapshots: Sequence[dict[str, Any]]) -> Names:
    wanted: dict[str, set[int]] = {"channel": set(), "department": set(), "member": set()}
    for content in snapshots:
        wanted["channel"] |= {promise["channel"] for promise in content["promises"]}
        teams = [content["department"], *(s["department"] for s in content["streams"])]
        wanted["department"] |= {team for team in teams if team}
        wanted["member"] |= {content["champion"]} - {None}
    parts = [
        _named(Channel, "channel", "name", organization, wanted),
        _named(Department, "department", "name", organization, wanted),
        _named(Membership, "member", "user__name", organization, wanted),
    ]
    rows = parts[0].union(*parts[1:], all=True)
    return {(sort, key): name for sort, key, name in rows}


def _named(
    model: Any, sort: str, name: str, organization: Organization, wanted: dict[str, set[int]]
) -> Any:
    rows = model.objects.filter(organization=organization, pk__in=wanted[sort]).order_by()
    return rows.values_list(Value(sort), "pk", Cast(name, CharField()))


def _read(content: dict[str, Any], names: Names) -> Fields:
    start, end = (date.fromisoformat(content[day]) for day in ("starts_on", "ends_on"))
    read: Fields = [
        (_("Name"), content["name"]),
        (_("What it is for"), content["summary"]),
        (_("Period"), period_words(start, end)),
        (_("Department"), _name(names, "department", content["department"])),
        (_("Champion"), _name(names, "member", content["champion"])),
        (_("Confidential"), _("yes") if content["confidential"] else ""),
    ]
    for number, objective in enumerate(content["objectives"], 1):
        read.append((_("Objective %(n)d") % {"n": number}, _objective(objective)))
    promises = [(_promise_label(p, names), _promise(p)) for p in content["promises"]]
    streams = [
        (_("Stream: %(name)s") % {"name": s["name"]}, _stream(s, names)) for s in content["streams"]
    ]
    return [(label, text) for label, text in _apart([*read, *promises, *streams]) if text]


def _apart(read: Iterable[tuple[str, str]]) -> Fields:
    """Labels that come twice are numbered, so that none hides another."""
    seen: dict[str, int] = {}
    found = []
    for label, text in read:
        seen[label] = seen.get(label, 0) + 1
        found.append((label if seen[label] == 1 else f"{label} ({seen[label]})", text))
    return found


def _name(names: Names, sort: str, key: int | None) -> str:
    return names.get((sort, key), "") if key else ""


def _objective(objective: dict[str, Any]) -> str:
    if "target" not in objective:
        return str(objective["title"])
    unit = objective["unit"]
    words = _("%(title)s: %(measure)s from %(baseline)s to %(target)s") % {
        "title": objective["title"],
        "measure": objective["measure"],
        "baseline": figure(Decimal(objective["baseline"]), unit),
        "target": figure(Decimal(objective["target"]), unit),
    }
    if not objective["due_on"]:
        return words
    day = date_format(date.fromisoformat(objective["due_on"]), "j F Y")
    return _("%(words)s by %(day)s") % {"words": words, "day": day}


def _promise_label(promise: dict[str, Any], names: Names) -> str:
    channel = names.get(("channel", promise["channel"]), _("a channel"))
    return _("Promise on %(channel)s") % {"channel": channel}


def _promise(promise: dict[str, Any]) -> str:
    terms = terms_from_facts(promise["terms"])
    when = when_effective(terms)
    return f"{promise_words(terms)}, {when}" if when else promise_words(terms)


def _stream(stream: dict[str, Any], names: Names) -> str:
    days = stream["rhythm_days"]
    words = [
        ngettext(
            "a sign of life every %(n)d day at least",
            "a sign of life every %(n)d days at least",
            days,
        )
        % {"n": days}
    ]
    if stream["objective"]:
        words.append(_("serves “%(title)s”") % {"title": stream["objective"]})
    team = _name(names, "department", stream["department"])
    return ", ".join([*words, team] if team else words)
