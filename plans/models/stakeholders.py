"""People and organizations outside that the team keeps in touch with, and when it did."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Department, Membership, Organization
from plancraft.lib.models import one_of, tenant_constraints
from plans.models.plans import Plan, Stream
from workflow.models import Owned, Subject
from workflow.models.ownership import owned_constraints

PERSONAL = ("name", "affiliation", "email", "phone", "language", "topics", "note", "source")
"""The fields that erasing empties: everything that was typed about the person."""


class StakeholderKind(models.TextChoices):
    """What someone is to the organization."""

    JOURNALIST = "journalist", _("Journalist")
    BLOGGER = "blogger", _("Blogger")
    PARTNER = "partner", _("Partner")
    CUSTOMER = "customer", _("Customer")
    INVESTOR = "investor", _("Investor")
    AUTHORITY = "authority", _("Authority")
    OTHER = "other", _("Other")


class Basis(models.TextChoices):
    """Why we may hold what we hold about someone."""

    PUBLIC = "public", _("They publish these details for their work")
    CONSENT = "consent", _("They agreed to it")
    CONTRACT = "contract", _("We work together under a contract")
    INTEREST = "interest", _("We have a legitimate interest, weighed against theirs")


class Stakeholder(Owned):
    """Someone outside, with one owner and a rhythm in which they want to hear from us (rule 2).

    `rhythm_days` is the longest time, in days, without a touchpoint; None: no rhythm is kept.
    `held_since` is the organization's local day from which the data are held; the rhythm counts
    from it until the first touchpoint. What belongs to a confidential plan is seen by its readers
    only. Once `erased_at` is set nothing personal is left, and the database holds it so.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=12, choices=StakeholderKind.choices)
    name = models.CharField(_("name"), max_length=120, blank=True)
    affiliation = models.CharField(_("outlet or employer"), max_length=120, blank=True)
    email = models.EmailField(_("work e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=40, blank=True)
    topics = models.CharField(_("beat or topics"), max_length=200, blank=True)
    plan = models.ForeignKey(
        Plan, models.PROTECT, null=True, blank=True, related_name="stakeholders"
    )
    stream = models.ForeignKey(Stream, models.PROTECT, null=True, blank=True, related_name="+")
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    rhythm_days = models.PositiveSmallIntegerField(_("rhythm in days"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    basis = models.CharField(
        _("why we may hold this"), max_length=10, choices=Basis.choices, default=Basis.PUBLIC
    )
    source = models.CharField(_("where it comes from"), max_length=200, blank=True)
    held_since = models.DateField(_("held since"))
    archived_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("stakeholder")
        constraints = [
            *tenant_constraints(
                "plans_stakeholder", "owner", "plan", "stream", "department", "created_by"
            ),
            *owned_constraints("plans_stakeholder"),
            one_of("kind", StakeholderKind.values, "plans_stakeholder_kind"),
            one_of("basis", Basis.values, "plans_stakeholder_basis"),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(**dict.fromkeys(PERSONAL, "")),
                name="plans_stakeholder_erased",
            ),
            models.CheckConstraint(
                condition=~Q(name="") | Q(erased_at__isnull=False), name="plans_stakeholder_named"
            ),
            models.CheckConstraint(
                condition=Q(stream=None) | Q(plan__isnull=False), name="plans_stakeholder_stream"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "archived_at"], name="plans_stakeholder_listed")
        ]

    def __str__(self) -> str:
        return self.name or str(_("Erased stakeholder"))


class Touchpoint(models.Model):
    """That we spoke with a stakeholder: when, how, and in a line what was said.

    `day` is the organization's local day; `at` the instant, where someone noted the time. With
    `is_briefing` it tells the media about a story (`subject`) or a whole plan: what rule 5's
    media-first reads. A touchpoint about a story carries that story's plan, so that a confidential
    plan hides it.
    """

    class Means(models.TextChoices):
        CALL = "call", _("Call")
        MEETING = "meeting", _("Meeting")
        MAIL = "mail", _("E-mail")
        EVENT = "event", _("Event")
        BRIEFING = "briefing", _("Press briefing")
        MESSAGE = "message", _("Message")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    stakeholder = models.ForeignKey(Stakeholder, models.CASCADE, related_name="touchpoints")
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("time"), null=True, blank=True)
    means = models.CharField(_("how"), max_length=10, choices=Means.choices)
    said = models.CharField(_("what was said"), max_length=500, blank=True)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="+")
    is_briefing = models.BooleanField(_("the media were briefed"), default=False)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_on = models.DateField(_("by"), null=True, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("touchpoint")
        constraints = [
            *tenant_constraints("plans_touchpoint", "stakeholder", "by", "plan", "subject"),
            one_of(
                "means",
                ["call", "meeting", "mail", "event", "briefing", "message"],
                "plans_touchpoint_means",
            ),
        ]
        indexes = [
            models.Index(fields=["stakeholder", "-day"], name="plans_touchpoint_latest"),
            models.Index(
                fields=["organization", "subject"],
                condition=Q(is_briefing=True),
                name="plans_touchpoint_briefings",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.means} {self.day}"
