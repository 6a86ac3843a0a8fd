"""What people do with approval: submit, decide, withdraw, release (rule 6).

Every transition locks the subject first, reads the facts under that lock, writes insert-only facts
and an activity, and lets the subject's room recompute its state, in one transaction. The database
refuses again what these services refuse (`migrations/0003_guards.py`).
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.activity import record
from people.errors import NotAllowed, Refused, Stale
from people.models import Membership, Organization
from people.permissions import Perm, can
from people.rules import add_working_hours
from people.working_calendar import calendar_of
from workflow import queries, rules
from workflow.models import (
    Approval,
    ApprovalWithdrawal,
    Decision,
    Review,
    ReviewStage,
    Revision,
    Subject,
    SubjectEdit,
    WorkflowTemplate,
)
from workflow.registry import SubjectFacts, SubjectKind, kind_of
from workflow.rules import Action, Phase


class Held:
    """A subject under its lock, with what is there now: what every transition decides on."""

    def __init__(self, subject: Subject) -> None:
        self.subject = lock(subject)
        self.organization: Organization = self.subject.organization
        self.kind: SubjectKind = kind_of(self.subject)
        self.thing: Any = self.kind.load(self.subject)
        self.facts: SubjectFacts = self.kind.facts(self.thing)
        self.snapshot: dict[str, Any] = self.kind.snapshot(self.thing)
        self.hash: str = rules.content_hash(self.snapshot)

    def phase(self) -> Phase:
        """Where the present content stands."""
        facts = queries.current_state_facts(self.subject, self.hash)
        return rules.phase_of(
            has_open_review=facts.open_review is not None,
            has_standing_approval=facts.standing_approval is not None,
            last_outcome=facts.last_outcome,
        )

    def finish(self, by: Membership | None, verb: str, text: str = "", **payload: Any) -> None:
        """Write the record and have the state recomputed."""
        record(
            organization=self.organization,
            actor=by,
            verb=verb,
            subject=self.thing,
            plan_id=self.facts.plan_id,
            text=text,
            **payload,
        )
        self.kind.refresh(self.thing)


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
def submit(
    *, subject: Subject, by: Membership, expected_hash: str, key: uuid.UUID, now: datetime
) -> Review:
    """Cut a revision of exactly what `by` saw and open its review; time limits run from `now`.

    `Stale` if it is other content by now; `Refused` with the reason if a stage has fewer eligible
    approvers than its quorum; `NotAllowed` without the right. The same key again gives the same
    review.
    """
    held = Held(subject)
    _demand_submitter(held, by)
    done = Review.objects.filter(key=key, subject=held.subject, opened_by=by).first()
    if done is not None:
        return done
    _refuse_unless(held.phase(), Action.SUBMIT)
    _refuse_closed(held)
    _refuse_stale(held, expected_hash)
    template = _template(held)
    if not template.needs_approval:
        raise Refused(_("No approval is needed here. Its owner releases it."))
    stages = queries.stage_rules(template, held.facts.champion)
    contributors = queries.contributors(held.subject)
    _refuse_shortage(stages, contributors)
    revision = _cut_revision(held, by, contributors)
    review = Review.objects.create(
        organization=held.organization,
        subject=held.subject,
        revision=revision,
        template=template,
        opened_by=by,
        opened_at=now,
        key=key,
    )
    _open_stages(review, stages, now)
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
    held = Held(review.subject)
    review = _reloaded(review)
    done = Decision.objects.filter(key=key).first()
    if done is not None:
        return _first_answer(done, review, by, choice)
    if not held.kind.visible(by, held.thing):
        raise NotAllowed(_("You cannot see this."))
    _refuse_decided_elsewhere(held, review, expected_hash)
    _demand_decider(review, by)
    comment = comment.strip()
    if choice not in Decision.Choice.values:
        raise Refused(_("Choose whether to approve, to request changes or to reject."))
    if choice != Decision.Choice.APPROVE and not comment:
        raise Refused(_("Say what should change, so that the owner can act on it."))
    stage = rules.current_stage(queries.progress_of(review))
    if stage is None:
        raise Refused(_("There is nothing left to decide here."))
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
    held = Held(review.subject)
    review = _reloaded(review)
    _demand_submitter(held, by)
    if review.state == Review.State.WITHDRAWN:
        return review
    if review.state != Review.State.OPEN:
        raise Refused(_("This review is over already; there is nothing to take back."))
    _close(review, Review.State.WITHDRAWN)
    held.finish(by, "review.withdrawn", review=review.pk)
    return review


@transaction.atomic
def withdraw_approval(*, approval: Approval, by: Membership, reason: str) -> ApprovalWithdrawal:
    """The approval no longer stands; after publication the same is recorded as a recall.

    Who gave it may, and a manager or administrator; a reason is required.
    """
    held = Held(approval.subject)
    if not can(by, Perm.WITHDRAW_APPROVAL, approval):
        raise NotAllowed(_("Who gave an approval takes it back, or a manager."))
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
    held = Held(subject)
    if held.facts.owner is None:
        raise Refused(_("No one owns this. Take it first; then you can release it."))
    if held.facts.owner.pk != by.pk or not by.is_active:
        raise NotAllowed(_("Only its owner releases it."))
    _refuse_stale(held, expected_hash)
    standing = queries.standing_approval(held.subject, held.hash)
    if standing is not None:
        return standing
    _refuse_unless(held.phase(), Action.RELEASE)
    _refuse_closed(held)
    template = _template(held)
    if template.needs_approval:
        raise Refused(_("This needs someone else's approval. Submit it instead."))
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


# What they check --------------------------------------------------------------------------------
def _demand_submitter(held: Held, by: Membership) -> None:
    if not can(by, Perm.SUBMIT, held.thing) or not held.kind.visible(by, held.thing):
        raise NotAllowed(_("Its owner, a helper, the champion or a manager submits it."))


def _demand_decider(review: Review, by: Membership) -> None:
    """Each refusal says which rule stands in the way."""
    if by.pk in {*review.revision.contributors, *queries.contributors(review.subject)}:
        raise NotAllowed(_("You wrote or edited this, so someone else has to decide on it."))
    if Decision.objects.filter(review=review, member=by).exists() and not can(
        by, Perm.DECIDE, review
    ):
        raise Refused(_("You have decided on this revision already."))
    if not can(by, Perm.DECIDE, review):
        raise NotAllowed(_("You are not one of those who decide at this stage."))


def _refuse_unless(phase: Phase, action: Action) -> None:
    if rules.allowed(phase, action):
        return
    if phase == Phase.IN_REVIEW:
        raise Refused(_("It is in review already."))
    raise Refused(_("Exactly this content is approved already."))


def _refuse_closed(held: Held) -> None:
    if held.facts.closed_because:
        raise Refused(held.facts.closed_because)


def _refuse_stale(held: Held, expected_hash: str) -> None:
    if held.hash != expected_hash:
        raise Stale(
            _("It was edited since you opened this page. Look at it again; nothing was done."),
            held.snapshot,
        )


def _refuse_decided_elsewhere(held: Held, review: Review, expected_hash: str) -> None:
    """What they saw must be what is under review, and what is there now."""
    if expected_hash != review.revision.hash or held.hash != review.revision.hash:
        raise Stale(
            _("It was edited since you opened this page. Your decision was not recorded."),
            held.snapshot,
        )
    if review.state == Review.State.SUPERSEDED:
        raise Stale(
            _("It was submitted anew since you opened this page. Nothing was recorded."),
            held.snapshot,
        )
    if review.state == Review.State.WITHDRAWN:
        raise Refused(_("The submission was taken back; there is nothing to decide any more."))
    if review.state != Review.State.OPEN:
        raise Refused(_("This was decided in the meantime; your click changed nothing."))


def _refuse_shortage(stages: list[rules.StageRule], contributors: frozenset[int]) -> None:
    if not stages:
        raise Refused(_("This workflow has no stage, so nobody could approve. Ask a manager."))
    for stage in stages:
        if stage.lacks(contributors):
            raise Refused(shortage(stage, contributors))


def shortage(stage: rules.StageRule, contributors: frozenset[int]) -> str:
    """Why a stage cannot be passed: too few of its approvers had no hand in the content."""
    eligible = len(stage.eligible(contributors))
    needed = ngettext(
        "“%(stage)s” needs %(needed)d approval",
        "“%(stage)s” needs %(needed)d approvals",
        stage.needed,
    ) % {"stage": stage.name, "needed": stage.needed}
    if eligible:
        can_give = ngettext(
            "only %(count)d person can give it", "only %(count)d people can give them", eligible
        ) % {"count": eligible}
    else:
        can_give = _("nobody can give it")
    why = _("whoever wrote or edited this cannot approve it")
    if not stage.approvers & contributors:
        why = _("too few active people are named there")
    return _("%(needed)s and %(can_give)s: %(why)s. Name more approvers in the settings.") % {
        "needed": needed,
        "can_give": can_give,
        "why": why,
    }


def _template(held: Held) -> WorkflowTemplate:
    template = queries.template_for(held.organization, held.subject.kind, held.facts.channel_kinds)
    if template is None:
        raise Refused(
            _("Nobody has set who approves this yet. A manager does that in the settings.")
        )
    return template


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
