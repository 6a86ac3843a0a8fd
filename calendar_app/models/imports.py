"""The record of imported files: what each row became."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Job, Membership, Organization
from plancraft.lib.models import one_of, tenant_constraints
from plans.models import Plan


class ImportBatch(models.Model):
    """One file on its way into a plan: uploaded, answered, imported, perhaps undone.

    `content` holds the file until the import is done or a day has passed; `digest` is its SHA-256;
    `options` are the answers given (mapping, day order, channel, shift).
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        RUNNING = "running", _("Importing")
        DONE = "done", _("Imported")
        FAILED = "failed", _("Not imported")
        UNDONE = "undone", _("Undone")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="imports")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    content = models.BinaryField(null=True)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    imported_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *tenant_constraints("calendar_importbatch", "plan", "job", "imported_by"),
            one_of(
                "state",
                ["uploaded", "running", "done", "failed", "undone"],
                "calendar_importbatch_state",
            ),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """What one row of the file became; `item_id` is empty where nothing was made or it is gone."""

    class Outcome(models.TextChoices):
        CREATED = "created", _("Created")
        UNCHANGED = "unchanged", _("Already there")
        SKIPPED = "skipped", _("Left out")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="results")
    number = models.PositiveIntegerField(_("row"))
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.CharField(max_length=300, blank=True)
    item = models.ForeignKey(
        "calendar_app.ContentItem", models.SET_NULL, null=True, related_name="import_rows"
    )
    item_version = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            *tenant_constraints("calendar_importrow", "batch", "item"),
            models.UniqueConstraint(fields=["batch", "number"], name="calendar_importrow_once"),
            one_of("outcome", ["created", "unchanged", "skipped"], "calendar_importrow_outcome"),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.batch_id} row {self.number}"
