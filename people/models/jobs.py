"""Long work is a row before it is a message in the queue."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models.organizations import Membership, Organization
from plancraft.lib.models import one_of, tenant_constraints


class Job(models.Model):
    """One piece of long work (an import, an export): its state and how far it has come."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="jobs", db_index=False
    )
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    started_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *tenant_constraints("people_job", "started_by"),
            one_of("state", ["waiting", "running", "done", "failed"], "people_job_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"
