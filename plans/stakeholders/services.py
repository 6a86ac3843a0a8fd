"""What a person does with stakeholders: keep them, speak with them, take them out, erase them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people.activity import erase_words, record
from people.errors import NotAllowed, Refused
from people.models import Membership, Organization
from people.permissions import Perm, can
from plancraft.lib.changes import fingerprint
from plans import queries as plan_queries
from plans.models import Plan, Stakeholder, Touchpoint
from plans.models.stakeholders import PERSONAL
from plans.registry import ON_STAKEHOLDER_ERASED
from plans.services._shared import (
    can_here,
    changed_fields,
    check_owner,
    lock_plan,
    refuse_if_closed,
    stale,
)
from plans.stakeholders import queries
from plans.stakeholders.records import StakeholderFields, TouchpointFields, stakeholder_fields
from workflow import ownership
from workflow.models import Handover

LABEL = "plans.Stakeholder"
VERBS_WITH_WORDS = (
    "stakeholder.created",
    "stakeholder.edited",
    "stakeholder.archived",
    "stakeholder.restored",
    "ownership.vacated",
)
"""The activities whose words may speak of the stakeholder; who owned them stays on record."""


# Keeping them -------------------------------------------------------------------------------------
@transaction.atomic
def create(
    *,
    organization: Organization,
    by: Membership,
    fields: StakeholderFields,
    owner: Membership | None = None,
) -> Stakeholder:
    """A new stakeholder; without an owner it is unowned from now on (rule 2)."""
    if not can_here(by, Perm.STAKEHOLDER_EDIT, organization):
        raise NotAllowed(_("Your role reads and advises; it does not keep contacts."))
    _check(organization, by, fields, owner, None)
    row = Stakeholder(organization=organization, created_by=by, owner=owner)
    if owner is not None:
        row.unowned_since = None
    else:
        row.unowned_reason = _("new")
    _write(row, fields)
    _record(row, by, "stakeholder.created", text=row.name, owner=owner.pk if owner else None)
    return row


@transaction.atomic
def edit(
    *, stakeholder: Stakeholder, by: Membership, seen: str, fields: StakeholderFields
) -> Stakeholder:
    """Change what is held. `Stale` if it is no longer what `seen` (a fingerprint) stands for."""
    row = _lock(stakeholder, by)
    current = stakeholder_fields(row)
    if seen != fingerprint(current.words()):
        raise stale(row, row.organization, current)
    changed = changed_fields(current.words(), fields.words())
    if not changed:
        return row
    _check(row.organization, by, fields, row.owner, row)
    _write(row, fields)
    _record(row, by, "stakeholder.edited", text=row.name, fields=changed)
    return row


@transaction.atomic
def archive(*, stakeholder: Stakeholder, by: Membership, at: datetime) -> Stakeholder:
    """Put the stakeholder away: no rhythm is asked any more. Done already: nothing changes."""
    row = _lock(stakeholder, by)
    if row.archived_at is None:
        row.archived_at = at
        row.save(update_fields=["archived_at"])
        _record(row, by, "stakeholder.archived", text=row.name)
    return row


@transaction.atomic
def restore(*, stakeholder: Stakeholder, by: Membership) -> Stakeholder:
    """Take the stakeholder out of the archive; an owner who has left is owner no more."""
    row = _lock(stakeholder, by)
    if row.archived_at is not None:
        row.archived_at = None
        row.save(update_fields=["archived_at"])
        ownership.release_if_gone(row=row)
        _record(row, by, "stakeholder.restored", text=row.name)
    return row


def _check(
    organization: Organization,
    by: Membership,
    fields: StakeholderFields,
    owner: Membership | None,
    row: Stakeholder | None,
) -> None:
    """`Refused` unless plan and stream fit together and everyone concerned may see them."""
    plan = fields.plan
    if plan is not None:
        plan = lock_plan(plan)
        if not plan_queries.may_see(by, plan):
            raise Refused(_("That plan is not there."))
        if row is None or row.plan_id != plan.pk:
            refuse_if_closed(plan)
    if fields.stream is not None and (plan is None or fields.stream.plan_id != plan.pk):
        raise Refused(_("That stream belongs to another plan."))
    if row is None or owner is not None:
        check_owner(organization, owner, plan)


def _write(row: Stakeholder, fields: StakeholderFields) -> None:
    for name, value in fields.values().items():
        setattr(row, name, value)
    row.save()


# Speaking with them -------------------------------------------------------------------------------
@transaction.atomic
def record_touchpoint(
    *, stakeholder: Stakeholder, by: Membership, fields: TouchpointFields, today: date
) -> Touchpoint:
    """Note that `by` or a colleague spoke with them. The very same note twice is one touchpoint.

    `today` is the organization's day: what is yet to come is no touchpoint. A touchpoint about a
    story takes that story's plan. `Refused` for a briefing about nothing in particular.
    """
    row = _lock(stakeholder, by)
    fields = _placed(row.organization, by, fields)
    if fields.day > today:
        raise Refused(_("That day is yet to come. Record it once you have spoken."))
    if fields.is_briefing and fields.plan is None:
        raise Refused(_("Say what the media were briefed about: choose a story or a plan."))
    if fields.next_on is not None and not fields.next_step:
        raise Refused(_("Say what is to be done by then."))
    values = _values(fields)
    found = Touchpoint.objects.filter(stakeholder=row, by=by, **values).first()
    if found is not None:
        return found
    touchpoint = Touchpoint.objects.create(
        organization=row.organization, stakeholder=row, by=by, **values
    )
    _record(
        row,
        by,
        "touchpoint.recorded",
        plan_id=fields.plan.pk if fields.plan else row.plan_id,
        touchpoint=touchpoint.pk,
        day=str(fields.day),
        means=fields.means,
        is_briefing=fields.is_briefing,
        about=fields.subject,
    )
    return touchpoint


def _values(fields: TouchpointFields) -> dict[str, Any]:
    return {
        "day": fields.day,
        "at": fields.at,
        "means": fields.means,
        "said": fields.said,
        "plan": fields.plan,
        "subject_id": fields.subject,
        "is_briefing": fields.is_briefing,
        "next_step": fields.next_step,
        "next_on": fields.next_on,
    }


def _placed(
    organization: Organization, by: Membership, fields: TouchpointFields
) -> TouchpointFields:
    """The fields with the story's own plan; `Refused` for a story or plan that `by` cannot see."""
    gone = Refused(_("That story or plan is not there."))
    plan_id = fields.plan.pk if fields.plan else None
    if fields.subject is not None:
        story = queries.stories(organization, by, [fields.subject]).get(fields.subject)
        if story is None:
            raise gone
        plan_id = story.plan_id
    if plan_id is None:
        return replace(fields, plan=None)
    plan: Plan | None = plan_queries.visible_plans(organization, by).filter(pk=plan_id).first()
    if plan is None:
        raise gone
    return replace(fields, plan=plan)


@transaction.atomic
def remove_touchpoint(*, touchpoint: Touchpoint, by: Membership) -> None:
    """Take back a touchpoint that was recorded wrongly: who recorded it, or a manager."""
    row = _lock(touchpoint.stakeholder, by)
    if not may_remove(by, touchpoint):
        raise NotAllowed(_("Who recorded it or a manager can remove a touchpoint."))
    found = Touchpoint.objects.filter(pk=touchpoint.pk).first()
    if found is None:
        return
    plan_id = found.plan_id or row.plan_id
    _record(
        row,
        by,
        "touchpoint.removed",
        plan_id=plan_id,
        touchpoint=found.pk,
        day=str(found.day),
        means=found.means,
    )
    found.delete()


def may_remove(by: Membership, touchpoint: Touchpoint) -> bool:
    """Whether `by` may take this touchpoint back; no query."""
    return touchpoint.by_id == by.pk or can(by, Perm.ASSIGN)


# Personal data ------------------------------------------------------------------------------------
@transaction.atomic
def record_export(*, stakeholder: Stakeholder, by: Membership) -> None:
    """Put on record that `by` took out what is held about one stakeholder."""
    row = _lock(stakeholder, by)
    _record(row, by, "stakeholder.exported")


@transaction.atomic
def record_list_export(*, organization: Organization, by: Membership, count: int) -> None:
    """Put on record that `by` took out a list of so many stakeholders."""
    if not can_here(by, Perm.STAKEHOLDER_EDIT, organization):
        raise NotAllowed(_("Your role reads and advises; it does not export contacts."))
    record(
        organization=organization,
        actor=by,
        verb="stakeholders.exported",
        subject=organization,
        count=count,
    )


@transaction.atomic
def erase(*, stakeholder: Stakeholder, by: Membership, at: datetime) -> Stakeholder:
    """Erase for good what is held about the stakeholder. Done already: nothing changes.

    Name, contact and every free text go: here, in touchpoints, in hand-overs, in the words beside
    the record, and in what the rooms above keep. Kind, days, means and counts stay, and so does
    the sealed record, which never held more than digests of those words.
    """
    row = _lock(stakeholder, by, erased=True)
    if row.erased_at is not None:
        return row
    for name in PERSONAL:
        setattr(row, name, "")
    row.rhythm_days = None
    row.unowned_reason = ""
    row.erased_at = at
    row.archived_at = row.archived_at or at
    row.save()
    spoken = Touchpoint.objects.filter(stakeholder=row)
    touchpoints = spoken.update(said="", next_step="", next_on=None)
    _erase_around(row, at)
    _record(row, by, "stakeholder.erased", touchpoints=touchpoints)
    return row


def _erase_around(row: Stakeholder, at: datetime) -> None:
    offers = Handover.objects.filter(
        organization=row.organization, subject_type=LABEL, subject_id=row.pk
    )
    offers.update(note="")
    offers.filter(answered_at=None).update(answered_at=at)
    erase_words(
        organization=row.organization,
        subject_type=LABEL,
        subject_ids=[row.pk],
        at=at,
        verbs=VERBS_WITH_WORDS,
    )
    for hook in ON_STAKEHOLDER_ERASED:
        hook(row.organization, row.pk, at)


# Shared -------------------------------------------------------------------------------------------
def _lock(stakeholder: Stakeholder, by: Membership, *, erased: bool = False) -> Stakeholder:
    """The row as it is now, locked; `NotAllowed` without the right, `Refused` once erased."""
    list(Stakeholder.objects.select_for_update(no_key=True).filter(pk=stakeholder.pk).values("pk"))
    row = Stakeholder.objects.select_related(
        "organization", "owner__user", "plan", "stream", "department"
    ).get(pk=stakeholder.pk)
    if not can(by, Perm.STAKEHOLDER_EDIT, row) or (
        row.plan is not None and not plan_queries.may_see(by, row.plan)
    ):
        raise NotAllowed(_("Your role reads and advises; it does not keep contacts."))
    if row.erased_at is not None and not erased:
        raise Refused(_("This stakeholder was erased. Nothing about them can be kept any more."))
    return row


def _record(
    row: Stakeholder,
    by: Membership,
    verb: str,
    *,
    text: str = "",
    plan_id: int | None = None,
    **facts: object,
) -> None:
    record(
        organization=row.organization,
        actor=by,
        verb=verb,
        subject=row,
        plan_id=plan_id if plan_id is not None else row.plan_id,
        text=text,
        **facts,
    )
