"""Scenario documents: building back on a JSON file, without a database.

A document describes a key date, its steps, the working calendar and today; unknown keys, ids that
stand twice or point at nothing and nulls where none is allowed are refused with one sentence that
names the place.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from plancraft.lib import documents as doc
from plancraft.lib.dates import WorkingCalendar
from plancraft.lib.documents import Field, Refused
from plans.backschedule import Cycle, KeyDate, Schedule, Step, TooFar, build_back

KEY_DATE = {"id": Field(doc.text), "date": Field(doc.day)}
STEP = {
    "id": Field(doc.text),
    "lead": Field(doc.whole(0)),
    "before": Field(doc.many(doc.text)),
    "done": Field(doc.truth),
    "pinned": Field(doc.day, default=None, nullable=True),
}
DOCUMENT = {
    "today": Field(doc.day),
    "working_weekdays": Field(doc.weekdays, default=frozenset(range(5))),
    "closed": Field(doc.set_of(doc.day), default=frozenset()),
    "key_date": Field(doc.nested(KEY_DATE)),
    "steps": Field(doc.many(doc.nested(STEP)), default=()),
}


class Scenario(NamedTuple):
    """A valid document: the words of a question to ``build_back``."""

    key_date: KeyDate
    steps: Sequence[Step]
    today: date
    calendar: WorkingCalendar


def read_scenario(value: object) -> Scenario:
    """The question that one document asks; ``Refused`` with a sentence that names the place."""
    record = doc.read_record(value, "", DOCUMENT)
    key_date = KeyDate(**record["key_date"])
    _check_ids(record["steps"], key_date.id)
    for n, row in enumerate(record["steps"]):
        if row["done"] and row["pinned"] is None:
            raise Refused(f"steps[{n}].pinned", "must be the date on which the done step stood")
    return Scenario(
        key_date=key_date,
        steps=[Step(**row) for row in record["steps"]],
        today=record["today"],
        calendar=WorkingCalendar(record["working_weekdays"], record["closed"]),
    )


def _check_ids(rows: Sequence[Mapping[str, Any]], key_date: str) -> None:
    ids = doc.without_repeats([row["id"] for row in rows], "steps")
    for n, row in enumerate(rows):
        if row["id"] == key_date:
            raise Refused(f"steps[{n}].id", f"{key_date} is the key date's")
        if not row["before"]:
            raise Refused(f"steps[{n}].before", "must name a step or the key date")
        for m, other in enumerate(row["before"]):
            if other not in ids and other != key_date:
                raise Refused(f"steps[{n}].before[{m}]", f"there is no {other} in steps")


def answer(value: object) -> dict[str, Any]:
    """What building back says to one document; ``Refused`` if it is not valid.

    A cycle is an answer too, and means that the document was not (`is_acyclic`).
    """
    scenario = read_scenario(value)
    try:
        return _as_json(build_back(*scenario))
    except Cycle as cycle:
        return {"steps": [], "earliest_feasible": None, "cycle": list(cycle.steps)}
    except TooFar as far:
        n = [step.id for step in scenario.steps].index(far.step)
        raise Refused(f"steps[{n}].lead", "leads to before the year 1") from None


def is_acyclic(said: Mapping[str, Any]) -> bool:
    """Whether the answer is a schedule."""
    return said.get("cycle") is None


def _as_json(schedule: Schedule) -> dict[str, Any]:
    earliest = schedule.earliest_feasible
    return {
        "steps": [
            {
                "id": step.id,
                "due": step.due.isoformat(),
                "late_by": step.late_by,
                "conflict": list(step.conflict),
            }
            for step in schedule.steps
        ],
        "earliest_feasible": earliest.isoformat() if earliest else None,
        "cycle": None,
    }
