"""Before a mail is sent it is checked once more that it is still true and wanted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from calendar_app.models import Placement
from plancraft.lib.dates import local_day
from plans.models import Plan
from plans.queries import visible_plans
from reminders import words
from reminders.models import Message, Obligation
from reminders.models.outbox import Rule
from reminders.rules import TO_MAKE_READY, UNSECURED
from workflow.models import Decision, Review
from workflow.registry import OWNABLES, kind_of


def make_true(message: Message, now: datetime) -> bool:
    """Drop from the message what is no longer true; False if nothing is left, or nobody to tell.

    The body is written anew where something was dropped, and only before the first attempt: what
    once went out under a Message-ID stays as it was. Only what the recipient may no longer see is
    taken out later too.
    """
    if not message.recipient.is_active:
        return False
    duties = list(message.obligations.select_related("recipient__organization").order_by("id"))
    seen = [duty for duty in duties if may_be_told(duty)]
    standing = [duty for duty in seen if is_true(duty, now)]
    if not standing:
        return False
    dropped = len(standing) < len(duties) or message.address != message.recipient.user.email
    if len(seen) < len(duties) or (dropped and not message.attempts):
        words.rewrite(message, standing, now)
    return True


def may_be_told(duty: Obligation) -> bool:
    """Whether the recipient may see what it is about: a plan may have become confidential."""
    member, organization = duty.recipient, duty.recipient.organization
    if duty.rule == Rule.NO_OWNER:
        ownable = next((o for o in OWNABLES.values() if o.label == duty.subject_type), None)
        return (
            ownable is not None and ownable.get(organization, member, duty.subject_id) is not None
        )
    if duty.rule == Rule.APPROVAL_WAITING:
        review = Review.objects.select_related("subject").filter(pk=duty.subject_id).first()
        if review is None:
            return False
        return bool(kind_of(review.subject).facts_for(member, [review.subject]))
    plans = visible_plans(organization, member)
    return Placement.objects.filter(pk=duty.subject_id, item__plan__in=plans).exists()


def is_true(duty: Obligation, now: datetime) -> bool:
    """Whether this must still be told to this person now."""
    if duty.rule == Rule.NO_OWNER:
        return _still_unowned(duty)
    if duty.rule == Rule.APPROVAL_WAITING:
        return _still_waits(duty)
    return _post_still_needs(duty, now)


def _still_unowned(duty: Obligation) -> bool:
    ownable = next(o for o in OWNABLES.values() if o.label == duty.subject_type)
    row = ownable.get(duty.recipient.organization, duty.recipient, duty.subject_id)
    if row is None or row.unowned_since is None or ownable.is_finished(row):
        return False
    return bool(row.unowned_since <= duty.created_at)


def _still_waits(duty: Obligation) -> bool:
    review = Review.objects.filter(pk=duty.subject_id, state=Review.State.OPEN)
    if not review.exists():
        return False
    decided = Decision.objects.filter(review=duty.subject_id, member=duty.recipient_id)
    return not decided.exists()


def _post_still_needs(duty: Obligation, now: datetime) -> bool:
    post = (
        Placement.objects.filter(
            pk=duty.subject_id, item__owner=duty.recipient_id, historical=False
        )
        .exclude(item__plan__state=Plan.State.CLOSED)
        .select_related("channel", "organization")
        .first()
    )
    if post is None or post.scheduled_at is None:
        return False
    at = post.scheduled_at
    wanted: dict[str, Iterable[str]] = {
        Rule.DUE_SOON: TO_MAKE_READY,
        Rule.OVERDUE: UNSECURED,
        Rule.TIME_TO_POST: ("approved",),
        Rule.DID_IT_GO_OUT: ("approved",),
    }
    if duty.rule == Rule.DUE_SOON:
        day = local_day(at, post.channel.zone(post.organization))
        timely = at > now and duty.occasion == day.isoformat()
    else:
        timely = duty.occasion.startswith(at.isoformat())
    return timely and post.state in wanted[duty.rule]
