"""Reads about people and organizations."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from people.models import Activity, Department, Membership, Organization, User
from people.models.organizations import Role


def active_membership(user: User, slug: str) -> Membership | None:
    """The person's active membership of that organization, with both; None for outsiders."""
    return (
        Membership.objects.active()
        .select_related("organization", "user")
        .filter(user=user, organization__slug=slug)
        .first()
    )


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
