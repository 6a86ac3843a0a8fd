"""Strategic plans, each with one champion, its objectives and its streams."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Department, Membership, Organization
from plancraft.lib.models import one_of, tenant_constraints
from workflow.models import Owned, Subject
from workflow.models.ownership import owned_constraints


class Plan(Owned):
    """A strategic plan for a period (days, both included). Its owner is called champion (rule 2).

    A confidential plan is seen only by its champion and the people listed (rule 6). `subject` is
    what its approvals hang on; `state` is a copy with two writers: `plans.life.approval.refresh`
    for what approval decides, `services.change_state` for what people do.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_APPROVAL = "in_approval", _("In approval")
        RUNNING = "running", _("Running")
        CLOSED = "closed", _("Closed")

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="plans", db_index=False
    )
    name = models.CharField(_("name"), max_length=120)
    summary = models.TextField(_("what it is for"), blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.RUNNING
    )
    subject = models.OneToOneField(Subject, models.PROTECT, related_name="plan")
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_confidential = models.BooleanField(_("confidential"), default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            *tenant_constraints("plans_plan", "owner", "department", "subject", "created_by"),
            *owned_constraints("plans_plan"),
            models.UniqueConstraint("organization", Lower("name"), name="plans_plan_name"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="plans_plan_period"
            ),
            one_of("state", ["draft", "in_approval", "running", "closed"], "plans_plan_state"),
        ]

    def __str__(self) -> str:
        return self.name


class PlanReader(models.Model):
    """Someone who may see a confidential plan."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="readers")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            *tenant_constraints("plans_planreader", "plan", "member"),
            models.UniqueConstraint(fields=["plan", "member"], name="plans_planreader_once"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.member_id}"


class Objective(models.Model):
    """What the plan is to reach; measured where it has a `target`.

    `measure` says what is counted and `unit` in what; it stood at `baseline` when the plan began
    and is to stand at `target` by `due_on` (null: the plan's last day). A target below the baseline
    is one that is to fall.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="objectives")
    title = models.CharField(_("objective"), max_length=200)
    position = models.PositiveSmallIntegerField(default=1)
    measure = models.CharField(_("what is measured"), max_length=120, blank=True)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    baseline = models.DecimalField(
        _("at the beginning"), max_digits=14, decimal_places=2, default=0
    )
    target = models.DecimalField(
        _("target"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    due_on = models.DateField(_("by"), null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            *tenant_constraints("plans_objective", "plan"),
            models.CheckConstraint(
                condition=Q(target=None) | ~Q(measure="") & ~Q(target=F("baseline")),
                name="plans_objective_target_of_a_measure",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ObjectiveReading(models.Model):
    """What the measure of an objective stood at, on a local day of the organization."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    objective = models.ForeignKey(Objective, models.CASCADE, related_name="readings")
    on = models.DateField(_("day"))
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2)
    note = models.CharField(_("where it comes from"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["on"]
        constraints = [
            *tenant_constraints("plans_objectivereading", "objective", "recorded_by"),
            models.UniqueConstraint(fields=["objective", "on"], name="plans_objectivereading_day"),
        ]

    def __str__(self) -> str:
        return f"{self.value} on {self.on}"


class Stream(Owned):
    """An initiative of a plan with its own owner; `rhythm_days` is its longest silence."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="streams")
    objective = models.ForeignKey(
        Objective, models.SET_NULL, null=True, blank=True, related_name="streams"
    )
    name = models.CharField(_("name"), max_length=120)
    department = models.ForeignKey(Department, models.SET_NULL, null=True, blank=True)
    rhythm_days = models.PositiveSmallIntegerField(_("longest silence in days"), default=14)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *tenant_constraints("plans_stream", "plan", "objective", "department", "owner"),
            *owned_constraints("plans_stream"),
            models.UniqueConstraint("plan", Lower("name"), name="plans_stream_name"),
        ]

    def __str__(self) -> str:
        return self.name
