"""The only writers of who owns a thing: claim, assign, offer and answer, vacate (rule 2).

Every service locks first the membership that would become accountable (so that nobody is made
owner while being deactivated) and then the thing itself, asks `can`, changes it and records an
activity, in one transaction. A second click finds the work done and changes nothing.

`unowned_reason` outlives a claim on purpose: taking a claim back restores since when and why
nobody owned the thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from people.activity import record
from people.errors import NotAllowed, Refused
from people.models import Activity, Membership
from people.permissions import Perm, can
from workflow.models import Handover, Owned, Subject
from workflow.queries import last_ownership_activity, open_offer
from workflow.registry import OWNABLES, Ownable, ownable_of

UNDO_WITHIN = timedelta(minutes=10)
"""How long one may take one's own claim back as if it had not been."""

Thing = TypeVar("Thing", bound=Owned)


@transaction.atomic
def claim(*, row: Thing, by: Membership) -> Thing:
    """`by` takes what nobody owns.

    Done already: nothing changes. Someone was faster: `Refused` with their name.
    """
    _lock_new_owner(row, by)
    row = _lock(row)
    if row.owner_id == by.pk:
        return row
    if row.owner is not None:
        raise Refused(_("%(name)s took it a moment ago.") % {"name": row.owner})
    if not can(by, _ownable(row).claim, row):
        raise NotAllowed(_("You may read this, but not take it."))
    _refuse_if_finished(row)
    since = row.unowned_since.isoformat() if row.unowned_since else ""
    _give(row, by)
    _record(row, by, "ownership.claimed", to=by, since=since)
    return row


@transaction.atomic
def undo_claim(*, row: Thing, by: Membership, now: datetime) -> Thing:
    """`by` gives back what they claimed within `UNDO_WITHIN`: unowned since when it was before.

    Done already: nothing changes.
    """
    row = _lock(row)
    last = last_ownership_activity(row)
    if last is not None and last.verb == "ownership.claim_undone" and last.actor_id == by.pk:
        return row
    if row.owner_id != by.pk or last is None or last.verb != "ownership.claimed":
        raise Refused(_("There is no claim of yours to take back here."))
    if now - last.at > UNDO_WITHIN:
        raise Refused(_("That was a while ago. Hand it on, or give it up with a reason."))
    row.owner = None
    row.unowned_since = datetime.fromisoformat(last.payload["since"])
    _save(row)
    _record(row, by, "ownership.claim_undone", previous=by.pk)
    return row


@transaction.atomic
def assign(*, row: Thing, to: Membership, by: Membership) -> Thing:
    """`by` makes `to` the owner at once. `Refused` if `to` cannot own or cannot see it."""
    _lock_new_owner(row, to)
    row = _lock(row)
    if not can(by, Perm.ASSIGN, row) or not _sees(by, row):
        raise NotAllowed(_("Only its owner, the champion or a manager can give this to someone."))
    if row.owner_id == to.pk:
        return row
    _refuse_if_finished(row)
    previous = row.owner_id
    since = row.unowned_since.isoformat() if row.unowned_since else ""
    _give(row, to)
    _record(row, by, "ownership.assigned", to=to, previous=previous, since=since)
    return row


@transaction.atomic
def undo_assign(*, row: Thing, by: Membership, now: datetime) -> Thing:
    """`by` takes back what they assigned within `UNDO_WITHIN`: its owner is who it was before.

    Nobody's again since when it was, if nobody owned it or that person can no longer act.
    """
    row = _lock(row)
    last = last_ownership_activity(row)
    if last is None or last.verb != "ownership.assigned" or last.actor_id != by.pk:
        raise Refused(_("Someone else changed who owns this in the meantime."))
    if row.owner_id != last.payload["to"] or not _sees(by, row):
        raise Refused(_("Someone else changed who owns this in the meantime."))
    if now - last.at > UNDO_WITHIN:
        raise Refused(_("That was a while ago. Hand it on, or give it up with a reason."))
    _refuse_if_finished(row)
    former = _ownable(row).owners(row.organization).filter(pk=last.payload["previous"] or 0).first()
    if former is not None:
        _lock_new_owner(row, former)
        _give(row, former)
    else:
        since = last.payload.get("since")
        row.owner, row.unowned_since = None, datetime.fromisoformat(since) if since else now
        row.unowned_reason = row.unowned_reason if since else _("its owner has left")
        _save(row)
    _record(row, by, "ownership.assign_undone", to=former, previous=last.payload["to"])
    return row


@transaction.atomic
def offer(*, row: Owned, to: Membership, by: Membership, note: str = "") -> Handover:
    """Ask `to` to take the thing; until they accept, nothing changes hands.

    Its owner may ask, who may assign it, and for a thing that nobody owns whoever could take it.
    """
    _lock_new_owner(row, to)
    row = _lock(row)
    if not may_offer(by, row) or not _sees(by, row):
        raise NotAllowed(_("Only its owner, the champion or a manager can hand this on."))
    if to.pk == row.owner_id:
        raise Refused(_("%(name)s owns this already.") % {"name": to})
    if to.pk == by.pk:
        raise Refused(_("Take it yourself instead of asking yourself."))
    _refuse_if_finished(row)
    waiting = open_offer(row)
    if waiting is not None:
        if waiting.to_id == to.pk:
            return waiting
        raise Refused(
            _("%(name)s has been asked already. Withdraw that question first.")
            % {"name": waiting.to}
        )
    handover = Handover.objects.create(
        organization=row.organization,
        subject_type=row._meta.label,
        subject_id=row.pk,
        offered_by=by,
        to=to,
        note=note.strip()[:500],
    )
    _record(row, by, "ownership.offered", to=to, handover=handover.pk)
    return handover


@transaction.atomic
def answer_offer(*, handover: Handover, accept: bool, by: Membership) -> Handover:
    """Who was asked takes it or declines it. The same answer twice changes nothing."""
    if handover.to_id != by.pk:
        raise NotAllowed(_("Only who was asked can answer."))
    row = thing_of(handover, by)
    if accept:
        _lock_new_owner(row, by)
    row = _lock(row)
    handover = _lock_offer(handover)
    if handover.answered_at is not None:
        if handover.accepted is accept:
            return handover
        raise Refused(_("This was settled in the meantime; there is nothing left to answer."))
    previous = row.owner_id
    _settle(handover, accepted=accept)
    if accept:
        _refuse_if_finished(row)
        _give(row, by)
    verb = "ownership.accepted" if accept else "ownership.declined"
    _record(row, by, verb, to=by if accept else None, previous=previous, handover=handover.pk)
    return handover


@transaction.atomic
def withdraw_offer(*, handover: Handover, by: Membership) -> Handover:
    """Who asked, the owner, or who may assign it takes the question back before the answer."""
    row = _lock(thing_of(handover, by))
    handover = _lock_offer(handover)
    if handover.offered_by_id != by.pk and not can(by, Perm.ASSIGN, row):
        raise NotAllowed(_("Only who asked can take the question back."))
    if handover.answered_at is not None:
        if handover.accepted is None:
            return handover
        raise Refused(_("%(name)s has answered already.") % {"name": handover.to})
    _settle(handover, accepted=None)
    _record(row, by, "ownership.offer_withdrawn", handover=handover.pk, text=str(handover.to))
    return handover


@transaction.atomic
def vacate(*, row: Thing, by: Membership, reason: str, now: datetime | None = None) -> Thing:
    """The owner gives it up, or who may assign it takes it away; nobody owns it from `now`.

    The reason is required, kept on the thing and shown. Without `now`, the database's clock.
    """
    row = _lock(row)
    if row.owner_id is None:
        return row
    if not can(by, Perm.ASSIGN, row) or not _sees(by, row):
        raise NotAllowed(_("Only its owner, the champion or a manager can give this up."))
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why, so that whoever takes it next knows."))
    _refuse_if_finished(row)
    former = row.owner
    _vacate_locked(row, by=by, reason=reason, now=now)
    _ownable(row).after_give(row, former, None)
    return row


@transaction.atomic
def vacate_everything_of(
    member: Membership,
    reason: str,
    by: Membership | None,
    hand_over: Mapping[tuple[str, int], Membership] | None = None,
    now: datetime | None = None,
) -> int:
    """Leave nothing unfinished with `member`, who can no longer act (rule 2).

    `hand_over` maps (slug of the ownable, primary key) to who takes that thing over; what is not
    in it becomes unowned for `reason`. Offers to and from the member end. Finished things keep
    their owner as history. Called in the transaction that deactivates. Returns how many changed.
    """
    hand_over = hand_over or {}
    list(Membership.objects.select_for_update().filter(pk=member.pk).order_by("pk"))
    changed = 0
    for ownable in OWNABLES.values():
        for found in ownable.unfinished_of(member):
            to = hand_over.get((ownable.slug, found.pk))
            if to is not None:
                _lock_new_owner(found, to)
            row = _lock(found)
            if row.owner_id != member.pk:
                continue
            if to is None:
                _vacate_locked(row, by=by, reason=reason, now=now)
            else:
                _give(row, to)
                _record(row, by, "ownership.assigned", to=to, previous=member.pk)
            changed += 1
    _end_offers_of(member)
    return changed


@transaction.atomic
def release_if_gone(row: Thing) -> Thing:
    """What begins again and belonged to someone who can no longer act is nobody's from now on.

    Finished things keep their owner as history; nothing unfinished may (rule 2).
    """
    row = _lock(row)
    able = _ownable(row).owners(row.organization)
    if row.owner_id is None or able.filter(pk=row.owner_id).exists():
        return row
    _vacate_locked(row, by=None, reason=_("its owner has left"), now=None)
    return row


def may_offer(by: Membership, row: Owned) -> bool:
    """Whether `by` may ask someone to take the thing."""
    takes = row.owner_id is None and can(by, _ownable(row).claim, row)
    return takes or can(by, Perm.ASSIGN, row)


def thing_of(handover: Handover, member: Membership) -> Owned:
    """What is offered; `Refused` if it is gone or hidden from the member."""
    ownable = next(o for o in OWNABLES.values() if o.label == handover.subject_type)
    row = ownable.get(handover.organization, member, handover.subject_id)
    if row is None:
        raise Refused(_("What was offered is no longer there."))
    return row


def _ownable(row: Owned) -> Ownable:
    return ownable_of(row)


def _sees(by: Membership, row: Owned) -> bool:
    """Whether `by` may know of it; a right by role does not reach into a confidential plan."""
    return _ownable(row).get(row.organization, by, row.pk) is not None


def _lock(row: Thing) -> Thing:
    """The row as it is now, locked until the transaction ends.

    Locked by its key first and read afterwards: a query that joins the owner and has to wait for
    the lock gets the new row beside the owner of before, and nobody would seem to own it.
    """
    subject = getattr(row, "subject_id", None)
    if subject is not None:  # what is approved is locked by its subject first, as everywhere
        list(Subject.objects.select_for_update(no_key=True).filter(pk=subject).values("pk"))
    list(type(row)._base_manager.select_for_update(no_key=True).filter(pk=row.pk).values("pk"))
    locked: Thing = _ownable(row).lock(row.organization, row.pk)  # type: ignore[assignment]
    return locked


def _lock_offer(handover: Handover) -> Handover:
    return (
        Handover.objects.select_for_update(of=("self",))
        .select_related("to__user", "organization")
        .get(pk=handover.pk)
    )


def _lock_new_owner(row: Owned, member: Membership) -> None:
    """Hold the membership against deactivation; `Refused` unless it may own and see the thing."""
    organization = row.organization
    list(Membership.objects.select_for_update(no_key=True).filter(pk=member.pk))
    if not _ownable(row).owners(organization).filter(pk=member.pk).exists():
        raise Refused(
            _("%(name)s cannot be made accountable here: choose an active member.")
            % {"name": member}
        )
    if _ownable(row).get(organization, member, row.pk) is None:
        raise Refused(
            _("%(name)s cannot see this confidential plan. Add them to its readers first.")
            % {"name": member}
        )


def _refuse_if_finished(row: Owned) -> None:
    if _ownable(row).is_finished(row):
        raise Refused(_("This is finished; who owned it stays on record."))


def _save(row: Owned) -> None:
    row.save(update_fields=["owner", "unowned_since", "unowned_reason"])
    _ownable(row).after_save(row)


def _give(row: Owned, to: Membership) -> None:
    """Make `to` the owner; an open question about the thing has lost its ground."""
    former, row.owner, row.unowned_since = row.owner, to, None
    _save(row)
    _ownable(row).after_give(row, former, to)
    Handover.objects.filter(
        organization=row.organization,
        subject_type=row._meta.label,
        subject_id=row.pk,
        answered_at=None,
    ).update(answered_at=Now())


def _vacate_locked(row: Owned, *, by: Membership | None, reason: str, now: datetime | None) -> None:
    previous = row.owner_id
    row.owner = None
    row.unowned_since = now or Now()
    row.unowned_reason = reason[:200]
    _save(row)
    row.refresh_from_db(fields=["unowned_since"])
    _record(row, by, "ownership.vacated", previous=previous, text=reason)


def _settle(handover: Handover, *, accepted: bool | None) -> None:
    handover.accepted = accepted
    handover.answered_at = Now()
    handover.save(update_fields=["accepted", "answered_at"])
    handover.refresh_from_db(fields=["answered_at"])


def _end_offers_of(member: Membership) -> None:
    Handover.objects.filter(
        Q(to=member) | Q(offered_by=member), organization=member.organization, answered_at=None
    ).update(answered_at=Now())


def _record(
    row: Owned,
    by: Membership | None,
    verb: str,
    *,
    to: Membership | None = None,
    text: str = "",
    **payload: object,
) -> Activity:
    """Who did it stands in the row, ids in the payload, and a name only in the erasable words."""
    if to is not None:
        payload["to"] = to.pk
        text = text or str(to)
    return record(
        organization=row.organization,
        actor=by,
        verb=verb,
        subject=row,
        plan_id=_ownable(row).plan_id(row),
        text=text,
        **payload,
    )
