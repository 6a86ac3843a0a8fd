"""Promises: make, change, end. What was promised in the past stays measured as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from people import queries as people
from people.activity import record
from people.errors import Refused
from people.models import Membership
from plancraft.lib.changes import fingerprint
from plancraft.lib.dates import Period
from plans.models import Channel, Commitment, Plan
from plans.records import terms_as_facts, terms_of
from plans.rules import Terms, never_due
from plans.services._shared import (
    lock_plan,
    note_change,
    refuse_if_closed,
    require_plan_edit,
    stale_since,
)

ONE_DAY = timedelta(days=1)


@transaction.atomic
def make_promise(*, plan: Plan, by: Membership, channel: Channel, terms: Terms) -> Commitment:
    """The plan promises posts on the channel. `Refused` if it asks for no single day."""
    plan = lock_plan(plan)
    require_plan_edit(by, plan)
    refuse_if_closed(plan)
    # Locked, so that nobody promises on a channel while its promises are being ended.
    channel = Channel.objects.select_for_update(no_key=True).get(
        organization=plan.organization, pk=channel.pk
    )
    _check(terms, plan, channel)
    promise = Commitment(organization=plan.organization, plan=plan, channel=channel)
    _write(promise, terms)
    _record(promise, by, "promise.made")
    return promise


@transaction.atomic
def change_promise(
    *, promise: Commitment, by: Membership, seen: str, terms: Terms, from_day: date | None = None
) -> Commitment:
    """Change what is promised, from `from_day` on, or (null) as if it had always been so.

    With `from_day` inside the time for which the promise holds, it ends the day before and a new
    one begins, so that weeks already measured keep their measure. `Stale` if the promise is no
    longer what `seen` (a fingerprint) stands for. Returns the promise that now holds.
    """
    promise, plan = _lock(promise, by)
    before = terms_of(promise)
    if seen != seen_of(before):
        # The change may have split the promise, and then stands beside its successor.
        changes = people.activity_of_plan(plan.organization, plan.pk).filter(
            verb__startswith="promise.", payload__channel=promise.channel_id
        )
        raise stale_since(changes.first(), before)
    if terms == before:
        return promise
    effective = before.effective(_period(plan))
    if from_day and effective and effective.start < from_day <= effective.end:
        _check(replace(terms, effective_from=from_day), plan, promise.channel)
        return _split(promise, by, terms, from_day)
    _check(terms, plan, promise.channel)
    _write(promise, terms)
    _record(promise, by, "promise.changed", before=terms_as_facts(before))
    return promise


def seen_of(terms: Terms) -> str:
    """The fingerprint that a promise's form carries."""
    return fingerprint(terms_as_facts(terms))


@transaction.atomic
def end_promise(*, promise: Commitment, by: Membership, last_day: date) -> Commitment | None:
    """The promise holds until `last_day`, included. One that had not begun by then is withdrawn.

    Returns the promise, or None where it was withdrawn.
    """
    promise, plan = _lock(promise, by)
    return end_locked(promise, by, last_day, _period(plan))


def end_locked(
    promise: Commitment, by: Membership, last_day: date, plan: Period
) -> Commitment | None:
    """As `end_promise`, for a caller that holds the lock and has asked for the right."""
    effective = terms_of(promise).effective(plan)
    if effective is None or effective.start > last_day:
        withdrawn = promise.pk
        promise.delete()
        promise.pk = withdrawn
        _record(promise, by, "promise.withdrawn")
        return None
    if effective.end > last_day:
        promise.effective_to = last_day
        promise.save(update_fields=["effective_to"])
        _record(promise, by, "promise.ended", last_day=last_day.isoformat())
    return promise


def _split(promise: Commitment, by: Membership, terms: Terms, day: date) -> Commitment:
    before = terms_of(promise)
    promise.effective_to = day - ONE_DAY
    promise.save(update_fields=["effective_to"])
    later = Commitment(
        organization=promise.organization, plan=promise.plan, channel=promise.channel
    )
    _write(later, replace(terms, effective_from=day))
    _record(later, by, "promise.changed", before=terms_as_facts(before), replaces=promise.pk)
    return later


def _lock(promise: Commitment, by: Membership) -> tuple[Commitment, Plan]:
    plan = lock_plan(promise.plan)
    require_plan_edit(by, plan)
    refuse_if_closed(plan)
    locked = (
        Commitment.objects.select_for_update(of=("self",))
        .select_related("organization", "channel")
        .filter(pk=promise.pk)
        .first()
    )
    if locked is None:
        raise Refused(_("This promise was withdrawn in the meantime."))
    locked.plan = plan
    return locked, plan


def _period(plan: Plan) -> Period:
    return Period(plan.starts_on, plan.ends_on)


def _check(terms: Terms, plan: Plan, channel: Channel) -> None:
    if channel.archived_at is not None:
        raise Refused(_("%(channel)s is archived. Restore it first.") % {"channel": channel})
    if terms.count < 1:
        raise Refused(_("A promise is for one post at least. To promise nothing, end it."))
    if never_due(terms, _period(plan)):
        raise Refused(
            _("With these days and dates not one post would ever be due. Check them once more.")
        )


def _write(promise: Commitment, terms: Terms) -> None:
    promise.count, promise.per = terms.count, terms.per
    promise.weekdays = sorted(terms.weekdays) if terms.weekdays else None
    promise.max_silence = terms.max_silence
    promise.effective_from, promise.effective_to = terms.effective_from, terms.effective_to
    promise.save()


def _record(promise: Commitment, by: Membership, verb: str, **facts: object) -> None:
    """On record, as a change of what the plan says."""
    note_change(promise.plan, by)
    record(
        organization=promise.organization,
        actor=by,
        verb=verb,
        subject=promise,
        plan_id=promise.plan_id,
        text=promise.channel.name,
        channel=promise.channel_id,
        terms=terms_as_facts(terms_of(promise)),
        **facts,
    )
