"""What a person can do with a file of dates: upload, answer, bring in, take back, throw away.

Bringing in is all or nothing, in one transaction, once: the plan is locked, so that two imports
into it follow each other and no row is brought in twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from people.activity import record
from people.errors import NotAllowed, Refused
from people.models import Activity, Membership
from people.permissions import Perm, can
from plancraft.lib.sheets.folding import fold
from plancraft.lib.sheets.messages import SheetError
from plancraft.lib.sheets.wording import sentence
from plans.models import KeyDate, Plan, Task, TimelineImport, TimelineImportRow
from plans.queries import may_see
from plans.services._shared import lock_plan, refuse_if_closed, require_plan_edit
from plans.timelines import queries
from plans.timelines.answers import Answers
from plans.timelines.preparing import Outcome, Prepared, prepare
from plans.timelines.reading import LIMITS
from plans.timelines.writing import Writer

KEPT_FOR = timedelta(days=1)


def _demand(by: Membership, plan: Plan) -> None:
    """`NotAllowed` unless `by` may import, and may change this plan; `Refused` for a closed one."""
    if not can(by, Perm.IMPORT):
        raise NotAllowed(_("You may read here, but not import."))
    require_plan_edit(by, plan)
    refuse_if_closed(plan)


@transaction.atomic
def upload(*, plan: Plan, file_name: str, content: bytes, by: Membership) -> TimelineImport:
    """Take a file in. `Refused`, with the sentence, if it cannot be read at all."""
    _demand(by, plan)
    if len(content) > LIMITS.size:
        raise Refused(_("This file is larger than %(limit)s MB.") % {"limit": 5})
    timeline = TimelineImport(
        organization=plan.organization,
        plan=plan,
        file_name=_bare_name(file_name),
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        options=Answers().to_json(),
        imported_by=by,
    )
    look(timeline=timeline)
    timeline.save()
    return timeline


def _bare_name(name: str) -> str:
    """The last part of what the browser calls the file; it is shown and never used as a path."""
    bare = name.replace("\\", "/").rpartition("/")[2].strip()
    return "".join(char for char in bare if char.isprintable())[-200:] or _("Pasted text")


def look(*, timeline: TimelineImport, answers: Answers | None = None) -> Prepared:
    """Read the file under its answers, or others. `Refused` with a sentence where it cannot be."""
    if timeline.content is None:
        raise Refused(_("The file is no longer kept. Upload it again."))
    try:
        return prepare(
            content=bytes(timeline.content),
            plan=timeline.plan,
            answers=answers or Answers.from_json(timeline.options),
        )
    except SheetError as error:
        raise Refused(sentence(error.message)) from error


@transaction.atomic
def answer(*, timeline: TimelineImport, answers: Answers, by: Membership) -> TimelineImport:
    """Keep what was answered about the file."""
    timeline = _locked(timeline)
    _demand(by, timeline.plan)
    _demand_open(timeline)
    timeline.options = answers.to_json()
    timeline.save(update_fields=["options"])
    return timeline


def _locked(timeline: TimelineImport) -> TimelineImport:
    """The import as it is now; its plan is locked first, as everywhere."""
    plan = lock_plan(timeline.plan)
    found = (
        TimelineImport.objects.select_for_update(of=("self",))
        .select_related("imported_by__user")
        .filter(pk=timeline.pk)
        .first()
    )
    if found is None:
        raise Refused(_("This file was thrown away."))
    found.plan, found.organization = plan, plan.organization
    return found


def _demand_open(timeline: TimelineImport) -> None:
    if timeline.state != TimelineImport.State.UPLOADED:
        raise Refused(
            _("This file is %(state)s already.") % {"state": timeline.get_state_display().lower()}
        )


@transaction.atomic
def bring_in(*, timeline: TimelineImport, by: Membership, today: date) -> TimelineImport:
    """Make everything the preview shows, or nothing. Brought in already: nothing changes.

    `today` is the organization's local day.
    """
    timeline = _locked(timeline)
    _demand(by, timeline.plan)
    if timeline.state == TimelineImport.State.DONE:
        return timeline
    _demand_open(timeline)
    prepared = look(timeline=timeline)
    if prepared.blockers:
        raise Refused(" ".join(sentence(message) for message in prepared.blockers))
    if not prepared.count(Outcome.CREATE):
        raise Refused(_("There is nothing new in this file, so there is nothing to import."))
    Writer(timeline, prepared, by, today).write()
    _finish(timeline, prepared, by)
    return timeline


def _finish(timeline: TimelineImport, prepared: Prepared, by: Membership) -> None:
    timeline.state = TimelineImport.State.DONE
    timeline.content = None
    timeline.imported_by = by
    timeline.rows = len(prepared.rows)
    timeline.created = prepared.count(Outcome.CREATE)
    timeline.unchanged = prepared.count(Outcome.UNCHANGED)
    timeline.skipped = prepared.count(Outcome.SKIP)
    timeline.recorded = _record(timeline, by, "timeline.imported", created=timeline.created).pk
    # So that the same roles go to the same people next time, also those found by their names.
    roles = {fold(role.word): role.member for role in prepared.roles}
    timeline.options = {**timeline.options, "roles": roles}
    timeline.save()


def _record(timeline: TimelineImport, by: Membership, verb: str, **facts: int) -> Activity:
    return record(
        organization=timeline.organization,
        actor=by,
        verb=verb,
        subject=timeline,
        plan_id=timeline.plan_id,
        text=timeline.file_name,
        **facts,
    )


@transaction.atomic
def discard(*, timeline: TimelineImport, by: Membership) -> None:
    """Throw away a file that was not brought in. Gone already: nothing changes."""
    plan = lock_plan(timeline.plan)
    _demand(by, plan)
    found = TimelineImport.objects.select_for_update().filter(pk=timeline.pk).first()
    if found is None:
        return
    _demand_open(found)
    found.delete()


def forget_old_files(*, now: datetime) -> int:
    """Throw away the files that nobody brought in within a day; returns how many."""
    old = TimelineImport.objects.filter(
        state=TimelineImport.State.UPLOADED, created_at__lt=now - KEPT_FOR
    )
    return old.delete()[0]


@dataclass(frozen=True)
class Undone:
    """How many key dates and tasks are gone, and how many stay since someone worked on them."""

    removed: int
    kept: int


@transaction.atomic
def undo(*, timeline: TimelineImport, by: Membership) -> Undone:
    """Take an import back: what nobody has touched since is removed, everything else stays.

    Taken back already: nothing changes.
    """
    timeline = _locked(timeline)
    if not can(by, Perm.IMPORT_UNDO, timeline) or not may_see(by, timeline.plan):
        raise NotAllowed(_("Who imported the file or a manager takes it back."))
    if timeline.state == TimelineImport.State.UPLOADED:
        raise Refused(_("This file was not imported, so there is nothing to take back."))
    if timeline.state == TimelineImport.State.UNDONE:
        return Undone(0, _kept(timeline))
    refuse_if_closed(timeline.plan)
    removed = _remove(timeline)
    timeline.state = TimelineImport.State.UNDONE
    timeline.save(update_fields=["state"])
    kept = _kept(timeline)
    _record(timeline, by, "timeline.undone", removed=removed, kept=kept)
    return Undone(removed, kept)


def _remove(timeline: TimelineImport) -> int:
    """Lock what could go, look again, and remove what is still untouched."""
    made = TimelineImportRow.objects.filter(timeline=timeline)
    _lock_rows(Task, [pk for pk in made.values_list("task", flat=True) if pk])
    _lock_rows(KeyDate, [pk for pk in made.values_list("key_date", flat=True) if pk])
    tasks = list(queries.untouched_tasks(timeline).values_list("pk", flat=True))
    key_dates = list(queries.untouched_key_dates(timeline, tasks).values_list("pk", flat=True))
    TimelineImportRow.objects.filter(task__in=tasks).update(task=None)
    TimelineImportRow.objects.filter(key_date__in=key_dates).update(key_date=None)
    Task.objects.filter(pk__in=tasks).delete()
    KeyDate.objects.filter(pk__in=key_dates).delete()
    return len(tasks) + len(key_dates)


def _lock_rows(model: type[Task] | type[KeyDate], keys: Sequence[int]) -> None:
    rows = model._default_manager.select_for_update(of=("self",)).filter(pk__in=keys)
    list(rows.order_by("pk").values_list("pk", flat=True))


def _kept(timeline: TimelineImport) -> int:
    rows = queries.results(timeline, TimelineImportRow.Outcome.CREATED)
    return rows.exclude(key_date=None, task=None).count()
