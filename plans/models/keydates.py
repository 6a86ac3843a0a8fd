"""Key dates, and the back-schedules that are built back from them (rule 3)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Department, Membership, Organization
from plancraft.lib.models import one_of, tenant_constraints
from plans.models.plans import Plan
from workflow.models import Owned
from workflow.models.ownership import owned_constraints

KEY_DATE = "key_date"
"""The word by which a step says that it comes before the key date itself; no step may bear it."""


class KeyDateKind(models.TextChoices):
    """What kind of day it is."""

    LAUNCH = "launch", _("Launch")
    APPROVAL = "approval", _("Approval")
    DESIGN_DEADLINE = "design_deadline", _("Design deadline")
    EVENT = "event", _("Event")
    NEWS_RELEASE = "news_release", _("News release")
    REGULATORY = "regulatory", _("Regulatory date")
    OTHER = "other", _("Other")


class Answer(models.TextChoices):
    """How a department stands to another's event; empty while it has not said."""

    NOT_YET = "", _("Not answered yet")
    TAKES_PART = "takes_part", _("Takes part")
    INFORMED = "informed", _("Informed")
    NOT_AFFECTED = "not_affected", _("Not affected")


class BackScheduleTemplate(models.Model):
    """A named set of steps to build back from a key date; what they are stands in its versions.

    `shipped_key` names the one that PlanCraft came with, and is empty for the organization's own.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("what it is for"), blank=True)
    shipped_key = models.CharField(max_length=60, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("back-schedule")
        constraints = [
            *tenant_constraints("plans_backschedule"),
            models.UniqueConstraint("organization", Lower("name"), name="plans_backschedule_name"),
            models.UniqueConstraint(
                fields=["organization", "shipped_key"],
                condition=~Q(shipped_key=""),
                name="plans_backschedule_shipped_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BackScheduleVersion(models.Model):
    """One edition of a template. It never changes: an edit makes the next number."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    template = models.ForeignKey(BackScheduleTemplate, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [
            *tenant_constraints("plans_backscheduleversion", "template", "created_by"),
            models.UniqueConstraint(
                fields=["template", "number"], name="plans_backscheduleversion_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} v{self.number}"


class BackScheduleStep(models.Model):
    """A step: `lead` working days before the earliest of what it is `before` (rule 3).

    `before` holds keys of other steps of the version, and `key_date` for the key date. Meant for
    `member`, or for whoever has the `role` (free words: "Legal").
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    version = models.ForeignKey(BackScheduleVersion, models.CASCADE, related_name="steps")
    key = models.SlugField(max_length=60)
    title = models.CharField(_("step"), max_length=200)
    role = models.CharField(_("role"), max_length=120, blank=True)
    member = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    lead = models.PositiveSmallIntegerField(_("working days before"), default=0)
    before = ArrayField(models.CharField(max_length=60), default=list)
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            *tenant_constraints("plans_backschedulestep", "version", "member"),
            models.UniqueConstraint(fields=["version", "key"], name="plans_backschedulestep_key"),
            models.CheckConstraint(
                condition=~Q(key=KEY_DATE), name="plans_backschedulestep_not_key_date"
            ),
            models.CheckConstraint(
                condition=Q(before__len__gte=1), name="plans_backschedulestep_before"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class KeyDate(Owned):
    """A day on which everything else is built back: its owner answers for it being ready.

    `date` is a local day of the organization; where an instant `at` is set, it is that instant's
    day there. `template_version` is the back-schedule that its steps were built from, if any;
    `version` counts every save.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="key_dates")
    kind = models.CharField(
        _("kind"), max_length=20, choices=KeyDateKind.choices, default=KeyDateKind.LAUNCH
    )
    title = models.CharField(_("title"), max_length=200)
    date = models.DateField(_("day"))
    at = models.DateTimeField(_("at"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    template_version = models.ForeignKey(
        BackScheduleVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    done_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("key date")
        ordering = ["date", "id"]
        constraints = [
            *tenant_constraints(
                "plans_keydate", "plan", "owner", "department", "template_version", "created_by"
            ),
            *owned_constraints("plans_keydate"),
            one_of("kind", [str(v) for v in KeyDateKind.values], "plans_keydate_kind"),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(cancelled_at=None), name="plans_keydate_one_end"
            ),
        ]
        indexes = [models.Index(fields=["organization", "date"], name="plans_keydate_when")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        """Whether it is done or called off."""
        return self.done_at is not None or self.cancelled_at is not None


class KeyDateAnswer(models.Model):
    """A department that a key date names as affected, and what it answered (shared events)."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    key_date = models.ForeignKey(KeyDate, models.CASCADE, related_name="answers")
    department = models.ForeignKey(Department, models.CASCADE, related_name="+")
    answer = models.CharField(max_length=12, choices=Answer.choices, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *tenant_constraints("plans_keydateanswer", "key_date", "department", "answered_by"),
            models.UniqueConstraint(
                fields=["key_date", "department"], name="plans_keydateanswer_once"
            ),
            one_of("answer", [str(v) for v in Answer.values], "plans_keydateanswer_answer"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | ~Q(answer="") & ~Q(answered_at=None),
                name="plans_keydateanswer_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key_date_id} {self.department_id} {self.answer}"
