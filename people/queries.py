"""Reads about people and organizations."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower

from people import registry
from people.models import (
    Activity,
    ActivitySeal,
    ClosureDay,
    Department,
    Invitation,
    Membership,
    Organization,
    User,
)
from people.models.organizations import Role
from plancraft.lib.gathered import gathered, made


def memberships_of(user: User) -> list[Membership]:
    """The person's active memberships, by name of the organization."""
    return list(
        Membership.objects.active()
        .filter(user=user)
        .select_related("organization", "user")
        .order_by(Lower("organization__name"))
    )


def members(organization: Organization) -> QuerySet[Membership]:
    """Everyone who can act in the organization, by name."""
    return (
        Membership.objects.active()
        .filter(organization=organization)
        .select_related("user", "department")
        .order_by(Lower("user__name"), "id")
    )


def can_own(organization: Organization) -> QuerySet[Membership]:
    """Members who may be accountable for something: administrators, managers and members."""
    return members(organization).filter(role__in=[Role.ADMIN, Role.MANAGER, Role.MEMBER])


def managers(organization: Organization) -> QuerySet[Membership]:
    """The managers, or the administrators where there is none: the last fallback of rule 2."""
    leaders = members(organization).filter(role=Role.MANAGER)
    return leaders if leaders.exists() else members(organization).filter(role=Role.ADMIN)


def departments(organization: Organization) -> QuerySet[Department]:
    """The departments, by name."""
    return Department.objects.filter(organization=organization).order_by(Lower("name"))


def activity_of(
    organization: Organization, subject_type: str, subject_id: int
) -> QuerySet[Activity]:
    """What happened to one thing, newest first, with who did it and the words."""
    return (
        Activity.objects.filter(
            organization=organization, subject_type=subject_type, subject_id=subject_id
        )
        .select_related("actor__user", "text")
        .order_by("-id")
    )


def activity_of_plan(organization: Organization, plan_id: int) -> QuerySet[Activity]:
    """What happened in one plan, newest first."""
    return (
        Activity.objects.filter(Q(plan_id=plan_id), organization=organization)
        .select_related("actor__user", "text")
        .order_by("-id")
    )


def organizations(slug: str | None = None) -> list[Organization]:
    """Every organization of the installation, or the one of that slug. For commands only."""
    every = Organization.objects.order_by("id")
    return list(every.filter(slug=slug) if slug else every)


def get_member(organization: Organization, member_id: int) -> Membership | None:
    """A member of the organization, deactivated ones too; None for anyone else's."""
    return _member(organization, member_id).first()


def get_member_page(
    organization: Organization, member_id: int
) -> tuple[Membership | None, list[Department]]:
    """The same, and the departments of the organization by name; one query."""
    rows = gathered(departments(organization))
    member: Any = _member(organization, member_id).annotate(department_rows=rows).first()
    found = member.department_rows if member else ()
    return member, [made(Department, row) for row in found]


def _member(organization: Organization, member_id: int) -> QuerySet[Membership]:
    return Membership.objects.filter(organization=organization, pk=member_id).select_related(
        "user", "department", "organization"
    )


def member_by_email(organization: Organization, email: str) -> Membership | None:
    """The member with that address, deactivated ones too."""
    return (
        Membership.objects.filter(organization=organization, user__email__iexact=email)
        .select_related("user")
        .first()
    )


def deactivated(organization: Organization) -> QuerySet[Membership]:
    """Who was a member and can no longer act, by name."""
    return (
        Membership.objects.filter(organization=organization)
        .filter(Q(deactivated_at__isnull=False) | Q(user__is_active=False))
        .select_related("user", "department")
        .order_by(Lower("user__name"), "id")
    )


def get_department(organization: Organization, department_id: int) -> Department | None:
    """A department of the organization."""
    return Department.objects.filter(organization=organization, pk=department_id).first()


def departments_with_sizes(organization: Organization) -> list[Department]:
    """The departments, each with `size`, the number of its active members."""
    active = Q(memberships__deactivated_at=None, memberships__user__is_active=True)
    return list(
        departments(organization).annotate(
            size=Count("memberships", filter=active & Q(memberships__isnull=False))
        )
    )


def department_size(department: Department) -> int:
    """How many active members it has."""
    return Membership.objects.active().filter(department=department).count()


def closure_days(organization: Organization, since: date) -> list[ClosureDay]:
    """The closure days from that day on, in order."""
    return list(ClosureDay.objects.filter(organization=organization, date__gte=since))


def get_closure_day(organization: Organization, closure_id: int) -> ClosureDay | None:
    """A closure day of the organization."""
    return ClosureDay.objects.filter(organization=organization, pk=closure_id).first()


def open_invitations(organization: Organization) -> list[Invitation]:
    """Offers that are neither accepted nor withdrawn, expired ones too, newest first."""
    return list(
        Invitation.objects.filter(organization=organization, accepted_at=None, revoked_at=None)
        .select_related("invited_by__user", "department")
        .order_by("-created_at", "-id")
    )


def get_invitation(organization: Organization, invitation_id: int) -> Invitation | None:
    """An invitation of the organization."""
    return (
        Invitation.objects.filter(organization=organization, pk=invitation_id)
        .select_related("department", "organization")
        .first()
    )


def invitation_by_token(token: str) -> Invitation | None:
    """The invitation whose link this is, whatever became of it."""
    return (
        Invitation.objects.filter(token_hash=Invitation.hash_of(token))
        .select_related("organization", "invited_by__user", "department")
        .first()
    )


def confirmed_addresses(user: User) -> set[str]:
    """The addresses that the person has shown to be theirs, in lower case."""
    found = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return {email.lower() for email in found}


def invitations_for(user: User, now: datetime) -> list[Invitation]:
    """Offers to a confirmed address of the person that are still good, newest first."""
    return list(
        Invitation.objects.annotate(address=Lower("email"))
        .filter(
            address__in=confirmed_addresses(user),
            accepted_at=None,
            revoked_at=None,
            expires_at__gt=now,
        )
        .select_related("organization", "invited_by__user")
        .order_by("-created_at")
    )


@dataclass(frozen=True)
class AuditFilter:
    """What the audit trail is narrowed to; `before` is the id that the last page ended with."""

    actor_id: int | None = None
    subject_type: str = ""
    subject_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


def audit_trail(
    organization: Organization,
    viewer: Membership,
    wanted: AuditFilter,
    hidden: Collection[int] | None = None,
) -> QuerySet[Activity]:
    """Everything recorded that the viewer may know of, newest first, without offsets.

    `until` is exclusive. What happened in plans that are hidden from the viewer is left out;
    `hidden` are their `registry.hidden_plans`, where they are read already.
    """
    conditions = {
        "actor_id": wanted.actor_id,
        "subject_type": wanted.subject_type or None,
        "subject_id": wanted.subject_id,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
        "pk__lt": wanted.before,
    }
    rows = Activity.objects.filter(
        organization=organization, **{k: v for k, v in conditions.items() if v is not None}
    )
    hidden = registry.hidden_plans(viewer) if hidden is None else hidden
    if hidden:
        rows = rows.exclude(plan_id__in=hidden)
    seal = ActivitySeal.objects.filter(activity=OuterRef("pk"))
    return (
        rows.annotate(is_sealed=Exists(seal)).select_related("actor__user", "text").order_by("-id")
    )


KINDS_RECORDED = """
ARRAY(
    WITH RECURSIVE kinds AS (
        (SELECT subject_type FROM people_activity WHERE organization_id = %s
          ORDER BY subject_type LIMIT 1)
        UNION ALL
        SELECT (SELECT a.subject_type FROM people_activity a
                 WHERE a.organization_id = %s AND a.subject_type > kinds.subject_type
                 ORDER BY a.subject_type LIMIT 1)
          FROM kinds WHERE kinds.subject_type IS NOT NULL
    )
    SELECT subject_type FROM kinds WHERE subject_type IS NOT NULL)
"""
"""Which types of things the record speaks of; walks the index instead of the table."""


def actors(organization: Organization) -> QuerySet[Membership]:
    """Everyone who may have done something here, deactivated ones too, by name."""
    return (
        Membership.objects.filter(organization=organization)
        .select_related("user")
        .order_by(Lower("user__name"), "id")
    )


def recorded(organization: Organization) -> tuple[list[Membership], list[str]]:
    """`actors`, and to which types of things they did something; one query.

    It is what the audit trail can be narrowed to.
    """
    kinds = RawSQL(KINDS_RECORDED, [organization.pk] * 2, ArrayField(TextField()))
    everyone: list[Any] = list(actors(organization).annotate(kinds=kinds))
    return everyone, list(everyone[0].kinds) if everyone else []
