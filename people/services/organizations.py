"""An organization begins, and says when it works (rule 1)."""

from __future__ import annotations

import secrets
from datetime import date, datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from people import queries, registry
from people.activity import record
from people.errors import Refused, Stale
from people.models import ClosureDay, Membership, Organization, User
from people.models.organizations import Role
from people.permissions import Perm
from people.services._guards import require, require_same
from plancraft.lib.changes import fingerprint

SLUG_LENGTH = 50
SETTINGS = (
    "name",
    "time_zone",
    "country",
    "subdivision",
    "working_weekdays",
    "work_starts",
    "work_ends",
    "week_start",
    "tolerance_hours",
)


def _create(name: str, **fields: Any) -> Organization:
    """With an address made of its name; where that is taken or says nothing, random letters too."""
    base = slugify(name)[:SLUG_LENGTH].strip("-")
    if base:
        try:
            with transaction.atomic():
                return Organization.objects.create(name=name, slug=base, **fields)
        except IntegrityError:
            pass
    slug = f"{base or 'organization'}-{secrets.token_hex(4)}"
    return Organization.objects.create(name=name, slug=slug, **fields)


@transaction.atomic
def create_organization(
    *, user: User, name: str, time_zone: str, country: str = "", now: datetime
) -> Membership:
    """A new organization, with who creates it as its first administrator."""
    organization = _create(name, time_zone=time_zone, country=country, created_at=now)
    membership = Membership.objects.create(
        organization=organization, user=user, role=Role.ADMIN, joined_at=now
    )
    record(
        organization=organization,
        actor=membership,
        verb="organization.created",
        subject=organization,
        text=name,
        time_zone=time_zone,
        country=country,
    )
    for hook in registry.ON_ORGANIZATION_CREATED:
        hook(organization, membership)
    return membership


def settings_seen(organization: Organization) -> str:
    """A digest of every setting, for a form that shows them."""
    return fingerprint({name: _plain(getattr(organization, name)) for name in SETTINGS})


@transaction.atomic
def change_settings(
    *, organization: Organization, by: Membership, seen: str | None = None, **changes: Any
) -> Organization:
    """Change name or working calendar. Only what differs is written and recorded.

    `Stale`, with the organization as it is now, if the settings are others by now than in `seen`
    (`settings_seen`; None where nobody looked) and the change would replace them.
    """
    require(by, Perm.ORGANIZATION_EDIT)
    require_same(by, organization.pk)
    unknown = set(changes) - set(SETTINGS)
    if unknown:
        raise ValueError(f"no such settings: {sorted(unknown)}")
    row = Organization.objects.select_for_update().get(pk=organization.pk)
    differing = {key: value for key, value in changes.items() if getattr(row, key) != value}
    if not differing:
        return row
    if seen is not None and seen != settings_seen(row):
        raise _stale(row)
    facts = {
        key: {"from": _plain(getattr(row, key)), "to": _plain(value)}
        for key, value in differing.items()
        if key != "name"
    }
    for key, value in differing.items():
        setattr(row, key, value)
    row.save(update_fields=list(differing))
    record(
        organization=row,
        actor=by,
        verb="organization.changed",
        subject=row,
        text=differing.get("name", ""),
        fields=sorted(differing),
        changes=facts,
    )
    return row


def _stale(row: Organization) -> Stale:
    last = queries.activity_of(row, row._meta.label, row.pk).first()
    name = last.actor.name if last is not None and last.actor is not None else _("Someone else")
    return Stale(_("%(name)s saved these settings meanwhile.") % {"name": name}, row)


def _plain(value: Any) -> Any:
    """As JSON holds it."""
    return value.isoformat() if isinstance(value, date | time) else value


@transaction.atomic
def add_closure_day(
    *, organization: Organization, day: date, name: str, by: Membership
) -> ClosureDay:
    """A day on which nobody works. Refused where it stands already."""
    require(by, Perm.ORGANIZATION_EDIT)
    require_same(by, organization.pk)
    try:
        with transaction.atomic():
            closure = ClosureDay.objects.create(organization=organization, date=day, name=name)
    except IntegrityError:
        raise Refused(_("That day is a closure day already.")) from None
    record(
        organization=organization,
        actor=by,
        verb="closure_day.added",
        subject=closure,
        text=name,
        day=day.isoformat(),
    )
    return closure


@transaction.atomic
def remove_closure_day(*, closure: ClosureDay, by: Membership) -> None:
    """The day is worked again. Removing what is gone already changes nothing."""
    require(by, Perm.ORGANIZATION_EDIT)
    require_same(by, closure.organization_id)
    row = ClosureDay.objects.select_for_update().filter(pk=closure.pk).first()
    if row is None:
        return
    record(
        organization=by.organization,
        actor=by,
        verb="closure_day.removed",
        subject=row,
        text=row.name,
        day=row.date.isoformat(),
    )
    row.delete()
