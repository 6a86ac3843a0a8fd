"""Versioned workflow templates: which stages a submission passes (rule 6)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Department, Membership, Organization
from people.models.organizations import Role
from plancraft.lib.models import one_of, tenant_constraints


class WorkflowTemplate(models.Model):
    """One version of how a kind of content is approved. Never edited once it exists: an edit makes
    the next version, and a running review keeps the version it began with.

    `channel_kinds` empty means every kind. Where `needs_approval` is false the owner releases, and
    the record says so.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=80)
    version = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    subject_kind = models.CharField(max_length=20, default="content_item")
    channel_kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    needs_approval = models.BooleanField(_("needs approval"), default=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            *tenant_constraints("workflow_workflowtemplate", "created_by"),
            models.UniqueConstraint(
                fields=["organization", "name", "version"], name="workflow_template_version"
            ),
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=Q(is_current=True),
                name="workflow_template_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class Stage(models.Model):
    """One stage: who may decide, how many must agree, and within how many working hours.

    `quorum` null means all of them.
    """

    class Approvers(models.TextChoices):
        PEOPLE = "people", _("named people")
        ROLE = "role", _("everyone with a role")
        DEPARTMENT = "department", _("a department")
        CHAMPION = "champion", _("the plan's champion")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    template = models.ForeignKey(WorkflowTemplate, models.CASCADE, related_name="stages")
    position = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(_("name"), max_length=60)
    approvers = models.CharField(max_length=10, choices=Approvers.choices)
    people = models.ManyToManyField(Membership, blank=True, related_name="+")
    role = models.CharField(max_length=10, choices=Role.choices, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True)
    quorum = models.PositiveSmallIntegerField(_("how many must approve"), null=True, default=1)
    limit_hours = models.PositiveSmallIntegerField(_("working hours to decide"), default=24)

    class Meta:
        ordering = ["position"]
        constraints = [
            *tenant_constraints("workflow_stage", "template", "department"),
            models.UniqueConstraint(fields=["template", "position"], name="workflow_stage_order"),
            models.CheckConstraint(
                condition=Q(quorum=None) | Q(quorum__gte=1), name="workflow_stage_quorum"
            ),
            one_of(
                "approvers",
                ["people", "role", "department", "champion"],
                "workflow_stage_approvers",
            ),
        ]

    def __str__(self) -> str:
        return self.name
