"""What may be done with a subject now, and by whom: asked by the page and again by the service.

Each check raises `NotAllowed` where the person has not the right (the page shows no button) and
`Refused` with the reason where it cannot be done now (the page shows the reason). So a button that
is shown works.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.activity import record
from people.errors import NotAllowed, Refused, Stale
from people.models import Membership, Organization
from people.permissions import Perm, can
from workflow import rules
from workflow.models import Approval, Review, Subject, WorkflowTemplate
from workflow.queries.record import Record
from workflow.queries.reviews import Asked, Given
from workflow.registry import SubjectFacts, SubjectKind, kind_of
from workflow.rules import Action, Phase, StageProgress, StageRule


class Held:
    """A subject with what is there now: what every transition decides on.

    Services make it under the subject's lock, pages without; a page that has read the thing with
    its posts hands it over. `record` does not see what is written after it was asked.
    """

    def __init__(self, subject: Subject, thing: Any = None) -> None:
        self.subject = subject
        self.organization: Organization = subject.organization
        self.kind: SubjectKind = kind_of(subject)
        self.thing: Any = self.kind.load(subject) if thing is None else thing
        self.facts: SubjectFacts = self.kind.facts(self.thing)
        self.snapshot: dict[str, Any] = self.kind.snapshot(self.thing)
        self.hash: str = rules.content_hash(self.snapshot)
        self.record = Record(subject)

    def phase(self) -> Phase:
        """Where the present content stands."""
        facts = self.record.state_facts(self.hash)
        return rules.phase_of(
            has_open_review=facts.open_review is not None,
            has_standing_approval=facts.standing_approval is not None,
            last_outcome=facts.last_outcome,
        )

    def sees(self, member: Membership) -> bool:
        """Whether the member may know of it."""
        return self.kind.visible(member, self.thing)

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


@dataclass(frozen=True)
class Submission:
    """What a submission would begin with."""

    template: WorkflowTemplate
    stages: list[StageRule]
    contributors: frozenset[int]


def check_submit(held: Held, by: Membership) -> Submission:
    """Whether `by` may submit what is there now, and what it would begin with."""
    demand_submitter(held, by)
    _demand_phase(held.phase(), Action.SUBMIT)
    _demand_not_over(held)
    template = _template(held)
    if not template.needs_approval:
        raise Refused(_("No approval is needed here. Its owner releases it."))
    if held.facts.missing_because:
        raise Refused(held.facts.missing_because)
    stages = held.record.stage_rules(template.pk, held.facts.champion)
    contributors = held.record.contributors
    _demand_enough_approvers(stages, contributors)
    _demand_sighted_approvers(held, stages, contributors)
    return Submission(template, stages, contributors)


def check_release(held: Held, by: Membership) -> WorkflowTemplate:
    """Whether `by` may release what is there now without approval."""
    demand_releaser(held, by)
    _demand_phase(held.phase(), Action.RELEASE)
    _demand_not_over(held)
    template = _template(held)
    if template.needs_approval:
        raise Refused(_("This needs someone else's approval. Submit it instead."))
    return template


def check_decide(held: Held, review: Review, by: Membership) -> StageProgress:
    """Whether `by` may decide on the review now, and at which stage."""
    demand_sight(held, by)
    if review.state == Review.State.WITHDRAWN:
        raise Refused(_("The submission was taken back; there is nothing to decide any more."))
    if review.state != Review.State.OPEN:
        raise Refused(_("This was decided in the meantime; your click changed nothing."))
    record = held.record
    if by.pk in {*review.revision.contributors, *record.contributors}:
        raise NotAllowed(_("You wrote or edited this, so someone else has to decide on it."))
    if not can(by, Perm.DECIDE, Asked(review, record.deciders(held.facts.champion))):
        if any(d.member_id == by.pk for d in record.said_in(review.pk)):
            raise Refused(_("You have decided on this revision already."))
        raise NotAllowed(_("You are not one of those who decide at this stage."))
    stage = rules.current_stage(record.progress())
    if stage is None:
        raise Refused(_("There is nothing left to decide here."))
    return stage


def check_withdraw_submission(held: Held, review: Review, by: Membership) -> None:
    """Whether `by` may take the submission back."""
    demand_submitter(held, by)
    if review.state != Review.State.OPEN:
        raise Refused(_("This review is over already; there is nothing to take back."))


def check_withdraw_approval(held: Held, approval: Approval, by: Membership) -> None:
    """Whether `by` may withdraw the approval."""
    given = Given(approval, held.record.givers(approval))
    if not can(by, Perm.WITHDRAW_APPROVAL, given) or not held.sees(by):
        raise NotAllowed(_("Who gave an approval takes it back, or a manager."))


def demand_sight(held: Held, by: Membership) -> None:
    """`NotAllowed` unless `by` may know of it; asked before anything of its content is told."""
    if not held.sees(by):
        raise NotAllowed(_("You cannot see this."))


def demand_submitter(held: Held, by: Membership) -> None:
    """`NotAllowed` unless `by` may submit it and take the submission back."""
    if not can(by, Perm.SUBMIT, held.thing) or not held.sees(by):
        raise NotAllowed(_("Its owner, a helper, the champion or a manager submits it."))


def demand_releaser(held: Held, by: Membership) -> None:
    """`Refused` where nobody owns it, `NotAllowed` unless `by` does."""
    if held.facts.owner is None:
        raise Refused(_("No one owns this. Take it first; then you can release it."))
    if held.facts.owner.pk != by.pk or not by.is_active:
        raise NotAllowed(_("Only its owner releases it."))


def demand_as_seen(held: Held, expected_hash: str) -> None:
    """`Stale` unless what is there now is what the form showed."""
    if held.hash != expected_hash:
        raise Stale(
            _("It was edited since you opened this page. Look at it again; nothing was done."),
            held.snapshot,
        )


def demand_under_review(held: Held, review: Review, expected_hash: str) -> None:
    """`Stale` unless what they saw is what is under review, and what is there now."""
    superseded = review.state == Review.State.SUPERSEDED
    if superseded or not expected_hash == review.revision.hash == held.hash:
        raise Stale(
            _("It was edited since you opened this page. Your decision was not recorded."),
            held.snapshot,
        )


def shortage(stage: StageRule, contributors: frozenset[int]) -> str:
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


def _demand_phase(phase: Phase, action: Action) -> None:
    if rules.allowed(phase, action):
        return
    if phase == Phase.IN_REVIEW:
        raise Refused(_("It is in review already."))
    raise Refused(_("Exactly this content is approved already."))


def _demand_not_over(held: Held) -> None:
    if held.facts.closed_because:
        raise Refused(held.facts.closed_because)


def _demand_enough_approvers(stages: list[StageRule], contributors: frozenset[int]) -> None:
    if not stages:
        raise Refused(_("This workflow has no stage, so nobody could approve. Ask a manager."))
    for stage in stages:
        if stage.lacks(contributors):
            raise Refused(shortage(stage, contributors))


def _demand_sighted_approvers(
    held: Held, stages: list[StageRule], contributors: frozenset[int]
) -> None:
    """Who may not see a confidential plan cannot decide on what is in it: it would wait forever."""
    named = frozenset[int]().union(*(stage.approvers for stage in stages))
    blind = held.kind.blind(held.thing, named)
    for stage in stages:
        if blind and stage.lacks(contributors | blind):
            raise Refused(
                _(
                    "“%(stage)s”: too few of those who decide may see this confidential plan. "
                    "Add them to its readers first."
                )
                % {"stage": stage.name}
            )


def _template(held: Held) -> WorkflowTemplate:
    template = held.record.template_for(held.facts.channel_kinds)
    if template is None:
        raise Refused(
            _("Nobody has set who approves this yet. A manager does that in the settings.")
        )
    return template
