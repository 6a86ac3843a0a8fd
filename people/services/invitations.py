"""Invitations: an offer of membership, bound to one address, good once, revocable."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from people import queries
from people.activity import record
from people.errors import NotAllowed, Refused
from people.models import Department, Invitation, Membership, Organization, User
from people.models.organizations import Role
from people.permissions import INVITABLE, Perm
from people.services._guards import lock_organization, require, require_same

GOOD_FOR = timedelta(days=14)


@dataclass(frozen=True)
class Offer:
    """An invitation with the token of its link, which is stored nowhere."""

    invitation: Invitation
    token: str


def _require_role(by: Membership, role: str) -> None:
    require(by, Perm.INVITE)
    if role not in INVITABLE[Role(by.role)]:
        raise NotAllowed(_("You may not offer this role. Ask an administrator."))


@transaction.atomic
def create_invitation(
    *,
    organization: Organization,
    email: str,
    role: str,
    department: Department | None,
    by: Membership,
    now: datetime,
) -> Offer:
    """Offer membership to an address.

    Refused for who belongs here already, or has an offer that is still good. The caller mails the
    link; it goes nowhere else.
    """
    require_same(by, organization.pk)
    if department is not None:
        require_same(by, department.organization_id)
    lock_organization(organization.pk)
    # Who offers is read again under the lock: they may have lost the right a moment ago.
    by.refresh_from_db(fields=["role", "deactivated_at"])
    _require_role(by, role)
    email = email.strip().lower()
    _refuse_members(organization, email)
    _clear_the_way(organization, email, now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        organization=organization,
        email=email,
        role=role,
        department=department,
        token_hash=Invitation.hash_of(token),
        invited_by=by,
        created_at=now,
        expires_at=now + GOOD_FOR,
    )
    _record(invitation, "invitation.created", by)
    return Offer(invitation, token)


def _refuse_members(organization: Organization, email: str) -> None:
    member = queries.member_by_email(organization, email)
    if member is None:
        return
    if member.deactivated_at is not None:
        raise Refused(
            _("%(name)s was a member and is deactivated. Reactivate them instead.")
            % {"name": member.name}
        )
    raise Refused(_("%(name)s is a member already.") % {"name": member.name})


def _clear_the_way(organization: Organization, email: str, now: datetime) -> None:
    """An offer that has expired makes room; one that is still good is refused."""
    open_one = (
        Invitation.objects.select_for_update()
        .filter(organization=organization, email__iexact=email, accepted_at=None, revoked_at=None)
        .first()
    )
    if open_one is None:
        return
    if open_one.expires_at > now:
        raise Refused(
            _("%(email)s is invited already. Send that invitation again instead.")
            % {"email": email}
        )
    open_one.revoked_at = now
    open_one.save(update_fields=["revoked_at"])


def _record(invitation: Invitation, verb: str, actor: Membership) -> None:
    record(
        organization=actor.organization,
        actor=actor,
        verb=verb,
        subject=invitation,
        text=invitation.email,
        role=invitation.role,
    )


def _lock(invitation: Invitation) -> Invitation:
    return (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organization", "department")
        .get(pk=invitation.pk)
    )


def _require_open(invitation: Invitation) -> None:
    if invitation.accepted_at is not None:
        raise Refused(_("This invitation was accepted already."))
    if invitation.revoked_at is not None:
        raise Refused(_("This invitation was withdrawn. Ask for a new one."))


@transaction.atomic
def renew_invitation(*, invitation: Invitation, by: Membership, now: datetime) -> Offer:
    """A fresh link, good from now; the old link stops working. For sending again and copying."""
    require_same(by, invitation.organization_id)
    row = _lock(invitation)
    _require_role(by, row.role)
    _require_open(row)
    token = secrets.token_urlsafe(32)
    row.token_hash = Invitation.hash_of(token)
    row.expires_at = now + GOOD_FOR
    row.save(update_fields=["token_hash", "expires_at"])
    _record(row, "invitation.renewed", by)
    return Offer(row, token)


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: Membership, now: datetime) -> Invitation:
    """The link stops working at once. Twice is once; an accepted one can't be taken back."""
    require_same(by, invitation.organization_id)
    row = _lock(invitation)
    _require_role(by, row.role)
    if row.revoked_at is not None:
        return row
    _require_open(row)
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    _record(row, "invitation.revoked", by)
    return row


@transaction.atomic
def revoke_beyond(
    roles: Collection[str], *, of: Membership, by: Membership, now: datetime | None = None
) -> None:
    """Revoke what `of` has offered and may offer no more: their open offers of other roles.

    Without `now`, the database's clock. `by` is who changed what `of` may do.
    """
    offers = Invitation.objects.select_for_update(of=("self",)).filter(
        organization=of.organization_id, invited_by=of, accepted_at=None, revoked_at=None
    )
    for offer in offers.exclude(role__in=roles).order_by("pk"):
        offer.revoked_at = now or Now()
        offer.save(update_fields=["revoked_at"])
        _record(offer, "invitation.revoked", by)


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User, now: datetime) -> Membership:
    """The person becomes a member, once, if the invitation is theirs and still good.

    Theirs means: it names an address that they have confirmed. That they hold its link proves
    nothing, since who invites may copy it.
    """
    row = _lock(invitation)
    _require_open(row)
    if row.expires_at <= now:
        raise Refused(_("This invitation has expired. Ask for a new one."))
    if row.email.lower() not in queries.confirmed_addresses(user):
        raise NotAllowed(
            _("This invitation is for %(email)s, which is not a confirmed address of yours.")
            % {"email": row.email}
        )
    if Membership.objects.filter(organization=row.organization, user=user).exists():
        raise Refused(
            _("You belong to %(organization)s already.") % {"organization": row.organization.name}
        )
    membership = Membership.objects.create(
        organization=row.organization,
        user=user,
        role=row.role,
        department=row.department,
        joined_at=now,
    )
    row.accepted_at = now
    row.save(update_fields=["accepted_at"])
    record(
        organization=row.organization,
        actor=membership,
        verb="member.joined",
        subject=membership,
        text=membership.name,
        invitation=row.pk,
        role=row.role,
    )
    return membership
