"""Before a mail is sent it is checked once more that it is still true and wanted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from calendar_app.models import Placement
from people.models import Membership
from plancraft.lib.dates import local_day
from plans.models import Plan
from plans.queries import visible_plans
from reminders import meetings, words
from reminders.models import Message, Obligation
from reminders.models.outbox import Rule
from reminders.queries import take_overs
from reminders.rules import TO_MAKE_READY, UNSECURED
from workflow.models import Decision, Review
from workflow.registry import OWNABLES, kind_of

WANTED: dict[str, Iterable[str]] = {
    Rule.DUE_SOON: TO_MAKE_READY,
    Rule.OVERDUE: UNSECURED,
    Rule.TIME_TO_POST: ("approved",),
    Rule.DID_IT_GO_OUT: ("approved",),
}
"""In which states a post still needs what each rule asks for."""


OF_MEETINGS = {Rule.MEETING_TOMORROW, Rule.MEETING_INVITATION, Rule.MEETING_MINUTES}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the recipient may see the thing, and whether it must still be told to them."""

    may_see: bool
    is_true: bool


HIDDEN = Verdict(may_see=False, is_true=False)


def make_true(message: Message, now: datetime) -> bool:
    """Drop from the message what is no longer true; False if nothing is left, or nobody to tell.

    The body is written anew where something was dropped, and only before the first attempt: what
    once went out under a Message-ID stays as it was. Only what the recipient may no longer see is
    taken out later too.
    """
    if not message.recipient.is_active:
        return False
    duties = list(message.obligations.order_by("id"))
    verdicts = judge(duties, message.recipient, now)
    standing = [duty for duty in duties if verdicts[duty.pk].is_true]
    if not standing:
        return False
    hidden = any(not verdict.may_see for verdict in verdicts.values())
    dropped = len(standing) < len(duties) or message.address != message.recipient.user.email
    if hidden or (dropped and not message.attempts):
        words.rewrite(message, standing, now)
    return True


def judge(duties: Sequence[Obligation], recipient: Membership, now: datetime) -> dict[int, Verdict]:
    """The verdict on each obligation of one recipient; all posts by one statement."""
    found = _of_posts([duty for duty in duties if duty.rule in WANTED], recipient, now)
    for duty in duties:
        if duty.rule == Rule.NO_OWNER:
            found[duty.pk] = _of_unowned(duty, recipient)
        elif duty.rule == Rule.APPROVAL_WAITING:
            found[duty.pk] = _of_review(duty, recipient)
        elif duty.rule == Rule.TAKEN_OVER:
            found[duty.pk] = _of_taken_over(duty, recipient)
        elif duty.rule in OF_MEETINGS:
            found[duty.pk] = Verdict(*meetings.verdict(duty, recipient, now))
    return found


def _of_unowned(duty: Obligation, recipient: Membership) -> Verdict:
    ownable = next((o for o in OWNABLES.values() if o.label == duty.subject_type), None)
    if ownable is None:
        return HIDDEN
    row = ownable.get(recipient.organization, recipient, duty.subject_id)
    if row is None:
        return HIDDEN
    since = row.unowned_since
    unowned = since is not None and since <= duty.created_at and not ownable.is_finished(row)
    return Verdict(may_see=True, is_true=unowned)


def _of_review(duty: Obligation, recipient: Membership) -> Verdict:
    review = Review.objects.select_related("subject").filter(pk=duty.subject_id).first()
    if review is None or not kind_of(review.subject).facts_for(recipient, [review.subject]):
        return HIDDEN
    decided = Decision.objects.filter(review=review, member=recipient).exists()
    return Verdict(may_see=True, is_true=review.state == Review.State.OPEN and not decided)


def _of_taken_over(duty: Obligation, recipient: Membership) -> Verdict:
    """It goes on having happened; only who may still see the plan is told."""
    organization = recipient.organization
    if not visible_plans(organization, recipient).filter(pk=duty.subject_id).exists():
        return HIDDEN
    recorded = take_overs(organization).filter(pk=int(duty.occasion)).exists()
    return Verdict(may_see=True, is_true=recorded)


def _of_posts(
    duties: Sequence[Obligation], recipient: Membership, now: datetime
) -> dict[int, Verdict]:
    if not duties:
        return {}
    plans = visible_plans(recipient.organization, recipient)
    posts = Placement.objects.filter(
        pk__in=[duty.subject_id for duty in duties], item__plan__in=plans
    ).select_related("channel", "item__plan")
    by_key = {post.pk: post for post in posts}
    return {duty.pk: _of_post(duty, by_key.get(duty.subject_id), recipient, now) for duty in duties}


def _of_post(
    duty: Obligation, post: Placement | None, recipient: Membership, now: datetime
) -> Verdict:
    if post is None:
        return HIDDEN
    item = post.item
    mine = item.owner_id == recipient.pk and item.plan.state != Plan.State.CLOSED
    needed = mine and not post.historical and post.state in WANTED[duty.rule]
    return Verdict(may_see=True, is_true=needed and _timely(duty, post, recipient, now))


def _timely(duty: Obligation, post: Placement, recipient: Membership, now: datetime) -> bool:
    """Whether the post still stands at the time that the obligation was written for."""
    at = post.scheduled_at
    if at is None:
        return False
    if duty.rule != Rule.DUE_SOON:
        return duty.occasion.startswith(at.isoformat())
    day = local_day(at, post.channel.zone(recipient.organization))
    return at > now and duty.occasion == day.isoformat()
