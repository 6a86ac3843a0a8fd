"""Scenario documents: gap detection on a JSON file, without a database.

For what-if questions, bug reports and tests written apart from the code. A document describes one
world, the moment and the window; unknown keys, ids that stand twice or point at nothing, instants
without zone and nulls where none is allowed are refused with one sentence that names the place.
Ids are text and compare as text. Instants become UTC.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from calendar_app.gaps import (
    Channel,
    Commitment,
    CompanionRule,
    Event,
    Finding,
    Item,
    Organization,
    Placement,
    Plan,
    Stream,
    World,
    find_gaps,
)
from plancraft.lib import documents as doc
from plancraft.lib.dates import Period, WorkingCalendar
from plancraft.lib.documents import Field, Refused

Record = dict[str, Any]

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
#: Minutes up to what the bound on hours allows.
MOST_MINUTES = 60_000_000
STATES = (
    "idea",
    "draft",
    "in_review",
    "changes_requested",
    "approved",
    "published",
    "cancelled",
)

ORGANIZATION = {
    "timezone": Field(doc.zone),
    "week_start": Field(doc.weekday, default=0),
    "working_weekdays": Field(doc.weekdays, default=frozenset(range(5))),
    "working_hours": Field(doc.many(doc.clock), default=()),
    "closed": Field(doc.set_of(doc.day), default=frozenset()),
    "tolerance_hours": Field(doc.duration(HOUR), default=24 * HOUR),
    "blackouts": Field(doc.set_of(doc.day), default=frozenset()),
}
WINDOW = {"from": Field(doc.day), "to": Field(doc.day)}
PLAN = {"id": Field(doc.text), **WINDOW}
STREAM = {
    "id": Field(doc.text),
    "plan": Field(doc.text),
    "rhythm_days": Field(doc.whole(0)),
    "department": Field(doc.text),
}
CHANNEL = {
    "id": Field(doc.text),
    "kind": Field(doc.text),
    "public": Field(doc.truth, default=True),
    "timezone": Field(doc.zone, default=None, nullable=True),
    "min_spacing_minutes": Field(doc.duration(MINUTE, MOST_MINUTES), default=timedelta(0)),
    "blackouts": Field(doc.set_of(doc.day), default=frozenset()),
}
COMMITMENT = {
    "id": Field(doc.text),
    "plan": Field(doc.text),
    "channel": Field(doc.text),
    "count": Field(doc.whole(1)),
    "per": Field(doc.one_of("day", "week", "month")),
    "weekdays": Field(doc.weekdays, default=None, nullable=True),
    "max_silence": Field(doc.whole(0), default=None, nullable=True),
    "from": Field(doc.day, default=None, nullable=True),
    "to": Field(doc.day, default=None, nullable=True),
}
COMPANION_RULE = {
    "id": Field(doc.text),
    "from_kind": Field(doc.text),
    "to_channel": Field(doc.text),
    "hours_before": Field(doc.duration(HOUR)),
    "hours_after": Field(doc.duration(HOUR)),
}
MEDIA_FIRST = {"hours": Field(doc.duration(HOUR))}
ITEM = {
    "id": Field(doc.text),
    "plan": Field(doc.text),
    "stream": Field(doc.text, default=None, nullable=True),
    "embargo_until": Field(doc.instant, default=None, nullable=True),
    "linked": Field(doc.many(doc.text), default=()),
}
PLACEMENT = {
    "id": Field(doc.text),
    "item": Field(doc.text),
    "channel": Field(doc.text),
    "at": Field(doc.instant),
    "state": Field(doc.one_of(*STATES)),
    "hand_in_by": Field(doc.instant, default=None, nullable=True),
    "published_at": Field(doc.instant, default=None, nullable=True),
}
EVENT = {
    "id": Field(doc.text),
    "department": Field(doc.text),
    "date": Field(doc.day),
    "names": Field(doc.set_of(doc.text), default=frozenset()),
}


def _list_of(spec: doc.Spec) -> Field:
    return Field(doc.many(doc.nested(spec)), default=())


LISTS = {
    "plans": _list_of(PLAN),
    "streams": _list_of(STREAM),
    "channels": _list_of(CHANNEL),
    "commitments": _list_of(COMMITMENT),
    "companion_rules": _list_of(COMPANION_RULE),
    "items": _list_of(ITEM),
    "placements": _list_of(PLACEMENT),
    "events": _list_of(EVENT),
}
DOCUMENT = {
    "organization": Field(doc.nested(ORGANIZATION)),
    "now": Field(doc.instant),
    "window": Field(doc.nested(WINDOW)),
    "media_first": Field(doc.nested(MEDIA_FIRST), default=None, nullable=True),
    **LISTS,
}

#: (list, key, list that the key's ids stand in); an event may name what is in another system.
REFERENCES = (
    ("streams", "plan", "plans"),
    ("commitments", "plan", "plans"),
    ("commitments", "channel", "channels"),
    ("companion_rules", "to_channel", "channels"),
    ("items", "plan", "plans"),
    ("items", "stream", "streams"),
    ("items", "linked", "items"),
    ("placements", "item", "items"),
    ("placements", "channel", "channels"),
)


class Scenario(NamedTuple):
    """A valid document: a question to ``find_gaps``."""

    world: World
    now: datetime
    window: Period


def read_scenario(value: object) -> Scenario:
    """The question that one document asks; ``Refused`` with a sentence that names the place."""
    record = doc.read_record(value, "", DOCUMENT)
    _check_working_hours(record["organization"]["working_hours"])
    window = doc.period(record["window"], "window")
    for n, plan in enumerate(record["plans"]):
        doc.period(plan, f"plans[{n}]")
    _check_references(record)
    return Scenario(_world(record), record["now"], window)


def _check_working_hours(hours: Sequence[Any]) -> None:
    """Two times of day in order; no gap depends on them, but a document says only what is so."""
    if hours and (len(hours) != 2 or hours[0] >= hours[1]):
        raise Refused("organization.working_hours", "must be two times of day, the earlier first")


def _check_references(record: Record) -> None:
    ids = {name: doc.without_repeats([row["id"] for row in record[name]], name) for name in LISTS}
    for name, key, target in REFERENCES:
        for n, row in enumerate(record[name]):
            for place, wanted in _mentions(row[key], f"{name}[{n}].{key}"):
                if wanted not in ids[target]:
                    raise Refused(place, f"there is no {wanted} in {target}")
    _check_streams_of_items(record)


def _mentions(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Each id that a key holds (none, one or several) with its place."""
    if isinstance(value, tuple):
        yield from ((f"{place}[{n}]", wanted) for n, wanted in enumerate(value))
    elif value is not None:
        yield place, value


def _check_streams_of_items(record: Record) -> None:
    plan_of = {stream["id"]: stream["plan"] for stream in record["streams"]}
    for n, item in enumerate(record["items"]):
        if item["stream"] is not None and plan_of[item["stream"]] != item["plan"]:
            raise Refused(f"items[{n}].stream", f"{item['stream']} belongs to another plan")


def _world(record: Record) -> World:
    media_first = record["media_first"]
    return World(
        organization=_organization(record["organization"]),
        media_first=media_first["hours"] if media_first else None,
        **{name: [BUILDERS[name](row) for row in record[name]] for name in LISTS},
    )


def _organization(row: Record) -> Organization:
    return Organization(
        timezone=row["timezone"],
        week_start=row["week_start"],
        working=WorkingCalendar(row["working_weekdays"], row["closed"]),
        tolerance=row["tolerance_hours"],
        blackouts=row["blackouts"],
    )


def _renamed(record: Callable[..., Any], **names: str) -> Callable[[Record], Any]:
    """Build ``record`` from a row whose keys stand under other names (from -> start)."""
    return lambda row: record(**{names.get(key, key): value for key, value in row.items()})


BUILDERS: Mapping[str, Callable[[Record], Any]] = {
    "plans": lambda row: Plan(row["id"], Period(row["from"], row["to"])),
    "streams": _renamed(Stream),
    "channels": _renamed(Channel, min_spacing_minutes="min_spacing"),
    "commitments": _renamed(Commitment, **{"from": "start", "to": "end"}),
    "companion_rules": _renamed(CompanionRule, hours_before="before", hours_after="after"),
    "items": _renamed(Item),
    "placements": _renamed(Placement),
    "events": _renamed(Event, date="day"),
}


def finding_as_json(finding: Finding) -> dict[str, object]:
    """The finding as the command prints it: days as ISO dates, null where nothing is said."""
    return {
        "kind": finding.kind,
        "channel": finding.channel,
        "plan": finding.plan,
        "stream": finding.stream,
        "commitment": finding.commitment,
        "rule": finding.rule,
        "placement": finding.placement,
        "item": finding.item,
        "event": finding.event,
        "from": finding.period.start.isoformat(),
        "to": finding.period.end.isoformat(),
        "due": finding.due.isoformat(),
        "missing": finding.missing,
        "expected": finding.expected,
        "scheduled": finding.scheduled,
        "secured": finding.secured,
        "severity": finding.severity,
        "key": finding.key,
    }


def answer(value: object) -> dict[str, object]:
    """What gap detection says to one document; ``Refused`` if it is not valid."""
    found = find_gaps(*read_scenario(value))
    return {"findings": [finding_as_json(finding) for finding in found]}
