"""Organizations, who belongs to them, and when they work."""

from __future__ import annotations

import hashlib
from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models.users import User, validate_time_zone
from plancraft.lib.models import tenant_constraints


def monday_to_friday() -> list[int]:
    """The default working weekdays of rule 1, Monday = 0."""
    return [0, 1, 2, 3, 4]


class Organization(models.Model):
    """A client whose data no other organization ever sees, with its calendar settings of rule 1."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_time_zone]
    )
    country = models.CharField(_("country for public holidays"), max_length=2, blank=True)
    subdivision = models.CharField(_("state or region"), max_length=20, blank=True)
    working_weekdays = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("working days"), default=monday_to_friday
    )
    work_starts = models.TimeField(_("work begins"), default=time(9))
    work_ends = models.TimeField(_("work ends"), default=time(17))
    week_start = models.PositiveSmallIntegerField(_("first day of the week"), default=0)
    tolerance_hours = models.PositiveSmallIntegerField(
        _("hours after which a post counts as missed"), default=24
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(week_start__lte=6), name="people_organization_week_start"
            ),
            models.CheckConstraint(
                condition=Q(work_starts__lt=F("work_ends")), name="people_organization_hours"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ClosureDay(models.Model):
    """A day on which the organization does not work, beside weekends and public holidays."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="closure_days", db_index=False
    )
    date = models.DateField(_("day"))
    name = models.CharField(_("reason"), max_length=120)

    class Meta:
        constraints = [
            *tenant_constraints("people_closureday"),
            models.UniqueConstraint(fields=["organization", "date"], name="people_closureday_once"),
        ]
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class Department(models.Model):
    """A part of the organization that plans and answers for its own communication."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="departments", db_index=False
    )
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        constraints = [
            *tenant_constraints("people_department"),
            models.UniqueConstraint("organization", Lower("name"), name="people_department_name"),
        ]
        ordering = [Lower("name")]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """The roles, from the one who runs the organization to the one who reads."""

    ADMIN = "admin", _("Administrator")
    MANAGER = "manager", _("Manager")
    MEMBER = "member", _("Member")
    EXPERT = "expert", _("Expert")
    VIEWER = "viewer", _("Viewer")


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads of memberships that every room needs."""

    def active(self) -> MembershipQuerySet:
        """Those who can act: neither deactivated here nor locked out of the installation."""
        return self.filter(deactivated_at=None, user__is_active=True)


class Membership(models.Model):
    """One person in one organization, with one role. Deactivated, never deleted."""

    Role = Role

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="memberships", db_index=False
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, blank=True, related_name="memberships"
    )
    joined_at = models.DateTimeField(default=timezone.now)
    deactivated_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_constraints("people_membership", "department"),
            models.UniqueConstraint(fields=["organization", "user"], name="people_membership_once"),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="people_membership_role"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def name(self) -> str:
        """What the person is called."""
        return str(self.user)

    @property
    def initials(self) -> str:
        """What stands in their avatar."""
        return self.user.short_initials

    @property
    def tone(self) -> int:
        """The colour of their avatar, 1 to 6."""
        return self.user.tone

    @property
    def is_active(self) -> bool:
        """Whether this person can act in the organization now."""
        return self.deactivated_at is None and self.user.is_active


class Invitation(models.Model):
    """An offer of membership, bound to one address, good once, revocable.

    Only a hash of the token is stored; the link is shown to who invites, once.
    """

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="invitations", db_index=False
    )
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    department = models.ForeignKey(Department, models.SET_NULL, null=True, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *tenant_constraints("people_invitation", "department", "invited_by"),
            models.UniqueConstraint(
                "organization",
                Lower("email"),
                condition=Q(accepted_at=None, revoked_at=None),
                name="people_invitation_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @staticmethod
    def hash_of(token: str) -> str:
        """What is stored of a link's token."""
        return hashlib.sha256(token.encode()).hexdigest()
