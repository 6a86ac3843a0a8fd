"""Before a mail is sent it is checked once more that it is still true and wanted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django.apps import apps

from calendar_app.models import Placement
from reminders import words
from reminders.models import Message, Obligation
from reminders.models.outbox import Rule
from reminders.rules import TO_MAKE_READY, UNSECURED
from workflow.models import Decision, Owned, Review


def make_true(message: Message, now: datetime) -> bool:
    """Drop from the message what is no longer true; False if nothing is left, or nobody to tell.

    The body is written anew where something was dropped, and only before the first attempt: what
    once went out under a Message-ID stays as it was.
    """
    if not message.recipient.is_active:
        return False
    duties = list(message.obligations.order_by("id"))
    standing = [duty for duty in duties if is_true(duty, now)]
    if not standing or message.attempts:
        return bool(standing)
    if len(standing) < len(duties) or message.address != message.recipient.user.email:
        words.rewrite(message, standing, now)
    return True


def is_true(duty: Obligation, now: datetime) -> bool:
    """Whether this must still be told to this person now."""
    if duty.rule == Rule.NO_OWNER:
        return _still_unowned(duty)
    if duty.rule == Rule.APPROVAL_WAITING:
        return _still_waits(duty)
    return _post_still_needs(duty, now)


def _still_unowned(duty: Obligation) -> bool:
    model: Any = apps.get_model(duty.subject_type)
    if not issubclass(model, Owned):
        return False
    rows: Any = cast(Any, model)._default_manager.filter(
        pk=duty.subject_id, organization=duty.organization_id
    )
    return bool(rows.filter(owner=None, unowned_since__lte=duty.created_at).exists())


def _still_waits(duty: Obligation) -> bool:
    review = Review.objects.filter(pk=duty.subject_id, state=Review.State.OPEN)
    if not review.exists():
        return False
    decided = Decision.objects.filter(review=duty.subject_id, member=duty.recipient_id)
    return not decided.exists()


def _post_still_needs(duty: Obligation, now: datetime) -> bool:
    row = (
        Placement.objects.filter(
            pk=duty.subject_id, item__owner=duty.recipient_id, historical=False
        )
        .values_list("state", "scheduled_at")
        .first()
    )
    state, at = row if row is not None else ("", None)
    if at is None:
        return False
    wanted: dict[str, Iterable[str]] = {
        Rule.DUE_SOON: TO_MAKE_READY,
        Rule.OVERDUE: UNSECURED,
        Rule.TIME_TO_POST: ("approved",),
        Rule.DID_IT_GO_OUT: ("approved",),
    }
    timely = at > now if duty.rule == Rule.DUE_SOON else duty.occasion.startswith(at.isoformat())
    return timely and state in wanted[duty.rule]
