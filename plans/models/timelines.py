"""The record of imported timelines: what each row of a file became."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Organization
from plancraft.lib.models import one_of, tenant_constraints
from plans.models.keydates import KeyDate
from plans.models.plans import Plan
from plans.models.tasks import Task


class TimelineImport(models.Model):
    """A file of dates on its way into a plan: uploaded, answered, imported, perhaps taken back.

    `content` holds the file until the import is done or thrown away, `digest` is its SHA-256,
    `options` the answers given. `recorded` is the activity that ended the import: what was recorded
    about one of its rows after that is someone's work on it.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        DONE = "done", _("Imported")
        UNDONE = "undone", _("Taken back")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="timeline_imports")
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    content = models.BinaryField(null=True)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    recorded = models.PositiveBigIntegerField(null=True)
    imported_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("import of dates")
        ordering = ["-id"]
        constraints = [
            *tenant_constraints("plans_timelineimport", "plan", "imported_by"),
            one_of("state", ["uploaded", "done", "undone"], "plans_timelineimport_state"),
        ]

    def __str__(self) -> str:
        return self.file_name


class TimelineImportRow(models.Model):
    """What one row of a file became: a key date, a task, or neither, also once that is gone.

    `key` is by which the row is known again when the file comes once more. `version` is that of the
    key date or task as it was imported.
    """

    class Outcome(models.TextChoices):
        CREATED = "created", _("Created")
        UNCHANGED = "unchanged", _("Already there")
        SKIPPED = "skipped", _("Left out")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    timeline = models.ForeignKey(TimelineImport, models.CASCADE, related_name="results")
    number = models.PositiveIntegerField(_("row"))
    key = models.CharField(max_length=64)
    what = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.CharField(max_length=400, blank=True)
    key_date = models.ForeignKey(
        KeyDate, models.SET_NULL, null=True, blank=True, related_name="import_rows"
    )
    task = models.ForeignKey(
        Task, models.SET_NULL, null=True, blank=True, related_name="import_rows"
    )
    version = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            *tenant_constraints("plans_timelineimportrow", "timeline", "key_date", "task"),
            models.UniqueConstraint(
                fields=["timeline", "number"], name="plans_timelineimportrow_once"
            ),
            one_of(
                "outcome", ["created", "unchanged", "skipped"], "plans_timelineimportrow_outcome"
            ),
            models.CheckConstraint(
                condition=Q(key_date=None) | Q(task=None), name="plans_timelineimportrow_one_thing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.timeline_id} row {self.number}"
