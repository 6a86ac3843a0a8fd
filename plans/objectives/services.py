"""Objectives: say how one is measured, record what it stands at, take a mistaken reading back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people.activity import record
from people.errors import NotAllowed, Refused
from people.models import Membership
from people.permissions import Perm, can
from plancraft.lib.changes import fingerprint
from plans import queries
from plans.models import Objective, ObjectiveReading, Plan, Stream
from plans.objectives.records import ObjectiveFields, figure, objective_fields
from plans.services._shared import (
    changed_fields,
    lock_plan,
    note_change,
    refuse_if_closed,
    require_plan_edit,
    stale,
)


@transaction.atomic
def edit_objective(
    *, objective: Objective, by: Membership, seen: str, fields: ObjectiveFields
) -> Objective:
    """Change what it says and how it is measured. `Stale` if it is no longer what `seen` was."""
    plan = lock_plan(objective.plan)
    require_plan_edit(by, plan)
    refuse_if_closed(plan)
    objective = Objective.objects.select_related("organization").get(pk=objective.pk)
    current = objective_fields(objective)
    if seen != fingerprint(current.words()):
        raise stale(objective, plan.organization, current)
    changed = changed_fields(current.words(), fields.words())
    if changed:
        _check(fields, plan)
        _write(objective, fields)
        note_change(plan, by)
        _record(objective, by, "objective.edited", fields.title, fields=changed)
    return objective


def _check(fields: ObjectiveFields, plan: Plan) -> None:
    if fields.target is None:
        return
    if not fields.measure:
        raise Refused(_("Say what is measured, so that everyone counts the same."))
    if fields.target == fields.baseline:
        raise Refused(_("The target is where it began: say what is to change."))
    if fields.due_on is not None and fields.due_on < plan.starts_on:
        raise Refused(_("It cannot be due before the plan begins."))


def _write(objective: Objective, fields: ObjectiveFields) -> None:
    objective.title = fields.title
    objective.measure = fields.measure
    objective.unit = fields.unit
    objective.baseline = fields.baseline
    objective.target = fields.target
    objective.due_on = fields.due_on
    objective.save()


def may_record(by: Membership, objective: Objective, streams: list[Stream]) -> bool:
    """Who edits the plan, and who owns a stream that serves the objective."""
    return can(by, Perm.PLAN_EDIT, objective.plan) or any(s.owner_id == by.pk for s in streams)


def _require_record(by: Membership, objective: Objective, plan: Plan) -> None:
    streams = Stream.objects.filter(objective=objective, archived_at=None)
    if not queries.may_see(by, plan) or not may_record(by, objective, list(streams)):
        raise NotAllowed(
            _("Only the champion, a manager, or who owns a stream that serves it can record this.")
        )


@transaction.atomic
def record_reading(
    *, objective: Objective, by: Membership, on: date, value: Decimal, today: date, note: str = ""
) -> ObjectiveReading:
    """What it stands at on a day. A second reading of the same day replaces the first, on record.

    `Refused` for a day to come or before the plan, and where the objective has no target.
    """
    plan = lock_plan(objective.plan)
    _require_record(by, objective, plan)
    refuse_if_closed(plan)
    if objective.target is None:
        raise Refused(_("Say first what is measured and where it is to stand."))
    if on > today:
        raise Refused(_("That day is still to come. A reading says what was seen."))
    if on < plan.starts_on:
        raise Refused(_("The plan had not begun on that day. It is the value at the beginning."))
    before = ObjectiveReading.objects.filter(objective=objective, on=on).first()
    if before is not None and (before.value, before.note) == (value, note):
        return before
    reading, _created = ObjectiveReading.objects.update_or_create(
        objective=objective,
        on=on,
        defaults={
            "organization": plan.organization,
            "value": value,
            "note": note,
            "recorded_by": by,
        },
    )
    facts = {"on": on.isoformat(), "value": str(value), "unit": objective.unit}
    if before is not None:
        facts["before"] = str(before.value)
    _record(objective, by, "objective.read", objective.title, **facts)
    return reading


@transaction.atomic
def remove_reading(*, reading: ObjectiveReading, by: Membership) -> None:
    """Take a mistaken reading back; the record keeps it. Gone already: nothing changes."""
    objective = reading.objective
    plan = lock_plan(objective.plan)
    _require_record(by, objective, plan)
    refuse_if_closed(plan)
    if ObjectiveReading.objects.filter(pk=reading.pk).delete()[0]:
        facts = {"on": reading.on.isoformat(), "value": str(reading.value), "unit": objective.unit}
        _record(objective, by, "objective.unread", objective.title, **facts)


def read_words(facts: dict[str, str]) -> str:
    """ "412 leads on Tue 3 March", of what the record holds."""
    day = date_format(date.fromisoformat(facts["on"]), _("D j F"))
    value = figure(Decimal(facts["value"]), facts.get("unit", ""))
    return _("%(value)s on %(day)s") % {"value": value, "day": day}


def _record(objective: Objective, by: Membership, verb: str, text: str, **facts: object) -> None:
    record(
        organization=objective.organization,
        actor=by,
        verb=verb,
        subject=objective,
        plan_id=objective.plan_id,
        text=text,
        **facts,
    )
