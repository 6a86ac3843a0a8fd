"""What people do with approval: submit, decide, withdraw, release (rule 6).

Every transition locks the subject first, reads the facts under that lock, writes insert-only facts
and an activity, and lets the subject's room recompute its state, in one transaction. The database
refuses again what these services refuse (`migrations/0003_guards.py`).
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from people.errors import Refused
from people.models import Membership, Organization
from people.rules import add_working_hours
from people.working_calendar import calendar_of
from workflow import checks, queries, rules
from workflow.checks import Held
from workflow.models import (
    Approval,
    ApprovalWithdrawal,
    Decision,
    Review,
    ReviewStage,
    Revision,
    Subject,
    SubjectEdit,
)


def lock(subject: Subject) -> Subject:
    """The subject, locked until the transaction ends; the first thing every transition does."""
    return (
        Subject.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organization")
        .get(pk=subject.pk)
    )


@transaction.atomic
def create_subject(
    *, organization: Organization, kind: str = "content_item", by: Membership | None = None
) -> Subject:
    """A new subject; `by`, if given, is on record as its first author."""
    subject = Subject.objects.create(organization=organization, kind=kind)
    if by is not None:
        SubjectEdit.objects.create(organization=organization, subject=subject, member=by)
    return subject


@transaction.atomic
def note_edit(*, subject: Subject, by: Membership) -> None:
    """Record that `by` changed what a reader would see; call it after the change, in its
    transaction, having locked the subject before the change.

    An open review of other content is closed as superseded; its decisions stay on record. Content
    equal to what is under review is no change, and nothing is recorded.
    """
    subject = lock(subject)
    review = queries.open_review(subject)
    if review is not None and review.revision.hash == queries.hash_now(subject):
        return
    SubjectEdit.objects.create(organization=subject.organization, subject=subject, member=by)
    if review is not None:
        _close(review, Review.State.SUPERSEDED)
        Held(subject).finish(by, "review.superseded", review=review.pk)


@transaction.atomic
def note_change(*, subject: Subject) -> None:
    """What a reader would see reads otherwise, though nobody wrote in it: it has a new owner, say.

    As `note_edit`, but nobody becomes a contributor by it.
    """
    subject = lock(subject)
    review = queries.open_review(subject)
    if review is not None and review.revision.hash != queries.hash_now(subject):
        _close(review, Review.State.SUPERSEDED)
        Held(subject).finish(None, "review.superseded", review=review.pk)


@transaction.atomic
def submit(
    *, subject: Subject, by: Membership, expected_hash: str, key: uuid.UUID, now: datetime
) -> Review:
    """Cut a revision of exactly what `by` saw and open its review; time limits run from `now`.

    `Stale` if it is other content by now; `Refused` with the reason if a stage has fewer eligible
    approvers than its quorum; `NotAllowed` without the right. The same key again gives the same
    review.
    """
    held = Held(lock(subject))
    checks.demand_submitter(held, by)
    done = Review.objects.filter(key=key, subject=held.subject, opened_by=by).first()
    if done is not None:
        return done
    checks.demand_as_seen(held, expected_hash)
    submission = checks.check_submit(held, by)
    revision = _cut_revision(held, by, submission.contributors)
    review = Review.objects.create(
        organization=held.organization,
        subject=held.subject,
        revision=revision,
        template=submission.template,
        opened_by=by,
        opened_at=now,
        key=key,
    )
    _open_stages(review, submission.stages, now)
    held.finish(by, "review.submitted", review=review.pk, revision=revision.number)
    return review


@transaction.atomic
def decide(
    *,
    review: Review,
    by: Membership,
    choice: str,
    expected_hash: str,
    key: uuid.UUID,
    comment: str = "",
) -> Decision:
    """`by` approves, requests changes or rejects exactly the revision they saw.

    Whoever contributed is refused, as is who is no approver of the waiting stage. The last needed
    approval makes the `Approval`; anything but approval closes the review. `Stale` if what they saw
    is no longer under review. The same key again gives the first answer.
    """
    held = Held(lock(review.subject))
    review = _reloaded(review)
    done = Decision.objects.filter(key=key).first()
    if done is not None:
        return _first_answer(done, review, by, choice)
    checks.demand_sight(held, by)
    checks.demand_under_review(held, review, expected_hash)
    stage = checks.check_decide(held, review, by)
    comment = comment.strip()
    if choice not in Decision.Choice.values:
        raise Refused(_("Choose whether to approve, to request changes or to reject."))
    if choice != Decision.Choice.APPROVE and not comment:
        raise Refused(_("Say what should change, so that the owner can act on it."))
    decision = Decision.objects.create(
        organization=held.organization,
        review=review,
        stage_id=stage.id,
        revision=review.revision,
        revision_hash=expected_hash,
        member=by,
        choice=choice,
        comment=comment,
        key=key,
    )
    _follow(held, review, decision)
    return decision


@transaction.atomic
def withdraw_submission(*, review: Review, by: Membership) -> Review:
    """Take the submission back before it is decided; decisions made so far stay on record."""
    held = Held(lock(review.subject))
    review = _reloaded(review)
    checks.demand_submitter(held, by)
    if review.state == Review.State.WITHDRAWN:
        return review
    checks.check_withdraw_submission(held, review, by)
    _close(review, Review.State.WITHDRAWN)
    held.finish(by, "review.withdrawn", review=review.pk)
    return review


@transaction.atomic
def withdraw_approval(*, approval: Approval, by: Membership, reason: str) -> ApprovalWithdrawal:
    """The approval no longer stands; after publication the same is recorded as a recall.

    Who gave it may, and a manager or administrator; a reason is required.
    """
    held = Held(lock(approval.subject))
    checks.check_withdraw_approval(held, approval, by)
    done = ApprovalWithdrawal.objects.filter(approval=approval).first()
    if done is not None:
        return done
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why, so that the owner knows what to do."))
    withdrawal = ApprovalWithdrawal.objects.create(
        organization=held.organization, approval=approval, by=by, reason=reason
    )
    # The database says whether it went out already.
    withdrawal.refresh_from_db(fields=["is_recall"])
    verb = "approval.recalled" if withdrawal.is_recall else "approval.withdrawn"
    held.finish(by, verb, text=reason, approval=approval.pk)
    return withdrawal


@transaction.atomic
def release(*, subject: Subject, by: Membership, expected_hash: str) -> Approval:
    """The owner lets content out that by the organization's setting needs no approval.

    The record says so. `Refused` where approval is needed or nobody owns it. Done already for
    exactly this content: the same release again.
    """
    held = Held(lock(subject))
    checks.demand_releaser(held, by)
    checks.demand_as_seen(held, expected_hash)
    standing = queries.standing_approval(held.subject, held.hash)
    if standing is not None and standing.released_by_id is not None:
        return standing
    template = checks.check_release(held, by)
    revision = _cut_revision(held, by, queries.contributors(held.subject))
    approval = Approval.objects.create(
        organization=held.organization,
        subject=held.subject,
        revision=revision,
        template=template,
        released_by=by,
    )
    held.finish(by, "approval.released", approval=approval.pk, revision=revision.number)
    return approval


# What they write --------------------------------------------------------------------------------
def _cut_revision(held: Held, by: Membership, contributors: frozenset[int]) -> Revision:
    last = Revision.objects.filter(subject=held.subject).aggregate(m=Max("number"))["m"] or 0
    return Revision.objects.create(
        organization=held.organization,
        subject=held.subject,
        number=last + 1,
        snapshot=held.snapshot,
        hash=held.hash,
        contributors=sorted(contributors),
        edits_through=queries.newest_edit(held.subject),
        created_by=by,
    )


def _open_stages(review: Review, stages: list[rules.StageRule], now: datetime) -> None:
    calendar = calendar_of(review.organization)
    limits = rules.cumulative_limits(stages)
    for stage in stages:
        ReviewStage.objects.create(
            organization=review.organization,
            review=review,
            stage_id=stage.id,
            position=stage.position,
            needed=stage.needed,
            due_at=add_working_hours(now, limits[stage.id], calendar),
        )


def _reloaded(review: Review) -> Review:
    """The review as it is now; the lock on its subject keeps it so."""
    return Review.objects.select_related("revision", "template", "organization", "subject").get(
        pk=review.pk
    )


def _first_answer(done: Decision, review: Review, by: Membership, choice: str) -> Decision:
    if (done.review_id, done.member_id, done.choice) != (review.pk, by.pk, choice):
        raise Refused(_("This page was used already. Open it again to decide anew."))
    return done


def _follow(held: Held, review: Review, decision: Decision) -> None:
    """What the decision leads to: nothing yet, the approval, or the end of the review."""
    verbs = {"approve": "review.approved", "changes": "review.changes", "reject": "review.rejected"}
    if decision.choice == Decision.Choice.CHANGES:
        _close(review, Review.State.CHANGES)
    elif decision.choice == Decision.Choice.REJECT:
        _close(review, Review.State.REJECTED)
    elif rules.current_stage(queries.progress_of(review)) is None:
        Approval.objects.create(
            organization=held.organization,
            subject=held.subject,
            revision=review.revision,
            review=review,
            template=review.template,
        )
        _close(review, Review.State.APPROVED)
    held.finish(
        decision.member,
        verbs[decision.choice],
        text=decision.comment,
        review=review.pk,
        revision=review.revision.number,
        closed=review.state != Review.State.OPEN,
    )


def _close(review: Review, state: Review.State) -> None:
    review.state = state
    review.closed_at = Now()
    review.save(update_fields=["state", "closed_at"])
    review.refresh_from_db(fields=["closed_at"])
