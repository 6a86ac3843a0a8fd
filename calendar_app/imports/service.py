"""What a person can do with an import: upload, answer, start, undo, discard; and running it.

The file lies in the database until its import is done or a day has passed. Running is all or
nothing, once: the job is claimed under a lease, the rows are written in one transaction together
with the job's end, and a run whose job was taken over writes nothing. Progress is told beside that
transaction, since nothing inside it shows before its end.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from calendar_app.imports import bulk, queries, undoing
from calendar_app.imports.answers import Answers
from calendar_app.imports.header import choose_sheet
from calendar_app.imports.preparing import Prepared, prepare
from calendar_app.imports.preview import Preview
from calendar_app.models import ImportBatch
from people import activity
from people.errors import NotAllowed, Refused
from people.models import Job, Membership
from people.permissions import Perm, can
from people.scope import organization_scope
from plancraft.lib.sheets.grids import Limits, read_grid
from plancraft.lib.sheets.messages import SheetError
from plancraft.lib.sheets.wording import sentence
from plans import queries as plans
from plans.models import Plan
from plans.timelines import services as timelines

JOB_KIND = "import"
LEASE = timedelta(minutes=16)
"""Longer than any task may run (CELERY_TASK_TIME_LIMIT): a lapsed lease means a dead worker."""
KEPT_FOR = timedelta(days=1)
OPEN = (ImportBatch.State.UPLOADED, ImportBatch.State.FAILED)

logger = logging.getLogger(__name__)


@transaction.atomic
def upload(*, plan: Plan, file_name: str, content: bytes, by: Membership) -> ImportBatch:
    """Take a file in. Refused, with the sentence, if it cannot be read at all."""
    _demand_importer(by, plan)
    limits = Limits()
    if len(content) > limits.size:
        raise Refused(_("This file is larger than %(limit)s MB.") % {"limit": 5})
    try:
        read_grid(content, limits=limits, choose_sheet=choose_sheet)
    except SheetError as error:
        raise Refused(sentence(error.message)) from error
    return ImportBatch.objects.create(
        organization=plan.organization,
        plan=plan,
        file_name=_bare_name(file_name),
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        options=Answers().to_json(),
        imported_by=by,
    )


def _bare_name(name: str) -> str:
    """The last part of what the browser calls the file; it is shown and never used as a path."""
    bare = name.replace("\\", "/").rpartition("/")[2].strip()
    return "".join(char for char in bare if char.isprintable())[-200:] or _("Unnamed file")


def _demand_importer(by: Membership, plan: Plan) -> None:
    if not can(by, Perm.IMPORT) or not _sees(by, plan):
        raise NotAllowed(_("You may read here, but not import."))
    if plan.state == Plan.State.CLOSED:
        raise Refused(
            _("%(plan)s is closed. Choose a plan that is still running.") % {"plan": plan.name}
        )


def _sees(by: Membership, plan: Plan) -> bool:
    return by.organization_id == plan.organization_id and plans.may_see(by, plan)


def look(*, batch: ImportBatch, now: datetime) -> Prepared:
    """Read the file under its answers. Refused with a sentence where that cannot be done."""
    return look_with(batch=batch, answers=Answers.from_json(batch.options), now=now)


def look_with(*, batch: ImportBatch, answers: Answers, now: datetime) -> Prepared:
    """Read the file under other answers than those that are kept."""
    if batch.content is None:
        raise Refused(_("The file is no longer kept. Upload it again."))
    try:
        return prepare(content=bytes(batch.content), answers=answers, plan=batch.plan, now=now)
    except SheetError as error:
        raise Refused(sentence(error.message)) from error


@transaction.atomic
def answer(*, batch: ImportBatch, answers: Answers, by: Membership) -> ImportBatch:
    """Keep what was answered about the file."""
    batch = _locked(batch)
    _demand_importer(by, batch.plan)
    _demand_open(batch)
    if _creates_channels(answers) and not can(by, Perm.CHANNEL_CREATE):
        raise NotAllowed(_("Only managers and administrators create channels. Choose another."))
    batch.options = answers.to_json()
    batch.save(update_fields=["options"])
    return batch


def _creates_channels(answers: Answers) -> bool:
    created = [*answers.channels.values(), answers.default_channel.partition(":")[0]]
    return "create" in created


def _locked(batch: ImportBatch) -> ImportBatch:
    return (
        ImportBatch.objects.select_for_update(of=("self",))
        .select_related("plan__organization", "job", "imported_by__user")
        .get(pk=batch.pk)
    )


def _demand_open(batch: ImportBatch) -> None:
    if batch.state not in OPEN:
        raise Refused(
            _("This file is %(state)s already.") % {"state": batch.get_state_display().lower()}
        )


@transaction.atomic
def start(*, batch: ImportBatch, by: Membership, now: datetime, wake: bool = True) -> Job:
    """Begin the import as a job. A second click finds it begun and gets the same job.

    `wake` False leaves the workers asleep, for a caller that runs it itself.
    """
    batch = _locked(batch)
    _demand_importer(by, batch.plan)
    if batch.state == ImportBatch.State.RUNNING and batch.job is not None:
        return batch.job
    _demand_open(batch)
    prepared = look(batch=batch, now=now)
    _demand_answered(prepared)
    batch.job = Job.objects.create(
        organization=batch.plan.organization,
        kind=JOB_KIND,
        total=len(prepared.preview.rows),
        started_by=by,
    )
    batch.state = ImportBatch.State.RUNNING
    batch.imported_by = by
    batch.save(update_fields=["job", "state", "imported_by"])
    if wake:
        batch_id = batch.pk
        transaction.on_commit(lambda: _nudge(batch_id))
    return batch.job


def _demand_answered(prepared: Prepared) -> None:
    if prepared.blockers:
        raise Refused(" ".join(sentence(message) for message in prepared.blockers))
    if not prepared.preview.created:
        raise Refused(_("There is nothing new in this file, so there is nothing to import."))


def _nudge(batch_id: int) -> None:
    """Wake a worker; a nudge that is lost loses nothing, the sweep finds the job."""
    from calendar_app.tasks import run_import

    try:
        run_import.delay(batch_id)
    except Exception:  # whatever the broker's client raises when it is away
        logger.warning("import %s waits for the sweep: no worker could be woken", batch_id)


# Running ----------------------------------------------------------------------------------------
def run(*, batch_id: int, now: datetime) -> None:
    """Run a waiting import; does nothing if it runs, is done or was never started."""
    claimed = _claim(batch_id, now)
    if claimed is None:
        return
    batch, job = claimed
    with organization_scope(batch.plan.organization):
        try:
            _import(batch, job, now)
        except Refused as refused:
            _fail(batch, job, str(refused))
        except Exception:
            _fail(batch, job, _("PlanCraft stopped while importing. Nothing was imported."))
            raise


@transaction.atomic
def _claim(batch_id: int, now: datetime) -> tuple[ImportBatch, Job] | None:
    batch = (
        ImportBatch.objects.select_related("plan__organization", "job", "imported_by__user")
        .filter(pk=batch_id, state=ImportBatch.State.RUNNING)
        .first()
    )
    if batch is None or batch.job is None:
        return None
    job = batch.job
    job.lease_until = now + LEASE
    free = Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    claimed = Job.objects.filter(free, pk=job.pk).update(
        state=Job.State.RUNNING, lease_until=job.lease_until, done=0
    )
    return (batch, job) if claimed else None


@transaction.atomic
def _import(batch: ImportBatch, job: Job, now: datetime) -> None:
    """Write everything and end the job, or nothing."""
    _one_import_at_a_time(batch.plan)
    by = batch.imported_by
    batch.plan = Plan.objects.select_related("organization").get(pk=batch.plan_id)
    _demand_importer(by, batch.plan)
    prepared = look(batch=batch, now=now)
    _demand_answered(prepared)
    with Progress(job) as progress:
        bulk.write(batch=batch, prepared=prepared, by=by, progress=progress.tell)
    _finish(batch, job, prepared.preview)


def _one_import_at_a_time(plan: Plan) -> None:
    """Wait for another import into the same plan, so that no row is brought in twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('import'), %s)", [plan.pk % 2**31])


def _finish(batch: ImportBatch, job: Job, preview: Preview) -> None:
    ended = Job.objects.filter(
        pk=job.pk, state=Job.State.RUNNING, lease_until=job.lease_until
    ).update(state=Job.State.DONE, done=len(preview.rows), finished_at=Now(), lease_until=None)
    if not ended:
        raise Refused(_("Another worker took this import over."))
    batch.state = ImportBatch.State.DONE
    batch.content = None
    batch.rows = len(preview.rows)
    batch.created, batch.unchanged = preview.created, preview.unchanged
    batch.skipped = preview.skipped
    batch.save()
    activity.record(
        organization=batch.plan.organization,
        actor=batch.imported_by,
        verb="import.done",
        subject=batch,
        plan_id=batch.plan_id,
        text=batch.file_name,
        digest=batch.digest,
        created=preview.created,
        unchanged=preview.unchanged,
        skipped=preview.skipped,
        shift_weeks=preview.shift_weeks,
    )


@transaction.atomic
def _fail(batch: ImportBatch, job: Job, problem: str) -> None:
    """Give the file back with its answers, and say why it was not imported."""
    ended = Job.objects.filter(pk=job.pk, lease_until=job.lease_until).update(
        state=Job.State.FAILED, problem=problem, finished_at=Now(), lease_until=None, done=0
    )
    if ended:
        ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.RUNNING).update(
            state=ImportBatch.State.FAILED
        )


class Progress:
    """Writes how far a job has come over a connection of its own, outside the transaction."""

    def __init__(self, job: Job) -> None:
        self.job_id = job.pk
        self.connection = connection.copy()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def tell(self, done: int) -> None:
        """Note that so many rows are done."""
        with self.connection.cursor() as cursor:
            cursor.execute("UPDATE people_job SET done = %s WHERE id = %s", [done, self.job_id])


# Afterwards -------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Undone:
    """What undoing an import removed, and how many stories it kept."""

    removed: int
    kept: int


@transaction.atomic
def undo(*, batch: ImportBatch, by: Membership) -> Undone:
    """Take an import back: what nobody has touched since is removed, everything else stays.

    Undone already: nothing changes.
    """
    batch = _locked(batch)
    if not can(by, Perm.IMPORT_UNDO, batch) or not _sees(by, batch.plan):
        raise NotAllowed(_("Who imported the file or a manager takes it back."))
    if batch.state == ImportBatch.State.UNDONE:
        return Undone(0, len(queries.kept_after_undo(batch.plan.organization, batch)))
    if batch.state != ImportBatch.State.DONE:
        raise Refused(_("This file was not imported, so there is nothing to take back."))
    removed, kept = undoing.remove_untouched(batch)
    batch.state = ImportBatch.State.UNDONE
    ImportBatch.objects.filter(pk=batch.pk).update(state=batch.state, undone_at=Now())
    activity.record(
        organization=batch.plan.organization,
        actor=by,
        verb="import.undone",
        subject=batch,
        plan_id=batch.plan_id,
        text=batch.file_name,
        removed=removed,
        kept=kept,
    )
    return Undone(removed, kept)


@transaction.atomic
def discard(*, batch: ImportBatch, by: Membership) -> None:
    """Throw away a file that was not imported. Gone already: nothing changes."""
    _demand_importer(by, batch.plan)
    found = ImportBatch.objects.select_for_update().filter(pk=batch.pk).first()
    if found is None:
        return
    _demand_open(found)
    found.delete()


def forget_old_files(*, now: datetime) -> int:
    """Remove uploaded files that nobody imported within a day; returns how many."""
    old = ImportBatch.objects.filter(state__in=OPEN, created_at__lt=now - KEPT_FOR)
    return old.exclude(content=None).update(content=None)


def waiting(*, now: datetime) -> list[int]:
    """Started imports that no worker runs: their nudge was lost, or the worker died."""
    free = Q(job__state=Job.State.WAITING) | Q(
        job__state=Job.State.RUNNING, job__lease_until__lt=now
    )
    started = ImportBatch.objects.filter(free, state=ImportBatch.State.RUNNING)
    return list(started.order_by("pk").values_list("pk", flat=True))


def sweep(*, now: datetime) -> None:
    """Wake a worker for each import that waits, and forget old files."""
    for batch_id in waiting(now=now):
        _nudge(batch_id)
    forget_old_files(now=now)
    timelines.forget_old_files(now=now)
