"""What is on record about one subject, each thing read once: for one page or one transition."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from django.db.models import Prefetch, Q

from people import queries as people
from people.models import Membership, Organization
from people.models.organizations import Role
from workflow.models import (
    Approval,
    ApprovalWithdrawal,
    Decision,
    Review,
    ReviewStage,
    Stage,
    Subject,
    SubjectEdit,
    WorkflowTemplate,
)
from workflow.queries.reviews import (
    StateFacts,
    choose,
    named_at,
    reviews_of,
    rules_of,
    went_out,
)
from workflow.rules import StageProgress, StageRule, current_stage

REVIEWS_SHOWN = 20


class Record:
    """The reviews, approvals and decisions of a subject, and who may decide; read when asked for.

    It does not see what is written after it read: services make one under the subject's lock and
    ask it before they write.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.organization: Organization = subject.organization

    @cached_property
    def reviews(self) -> list[Review]:
        """The latest reviews, newest first."""
        return list(reviews_of(self.subject)[:REVIEWS_SHOWN])

    @cached_property
    def approvals(self) -> list[Approval]:
        """Every approval, withdrawn ones too, newest first."""
        return list(
            Approval.objects.filter(subject=self.subject)
            .select_related(
                "revision", "template", "review", "released_by__user", "withdrawal__by__user"
            )
            .annotate(went_out=went_out())
            .order_by("-id")
        )

    @cached_property
    def decisions(self) -> list[Decision]:
        """Everything that was decided on any of its revisions, in order."""
        if not self.reviews:
            return []
        return list(
            Decision.objects.filter(review__subject=self.subject)
            .select_related("member__user", "revision")
            .order_by("id")
        )

    @cached_property
    def stages(self) -> list[ReviewStage]:
        """The stages of the open review, in order."""
        if self.open_review is None:
            return []
        return list(ReviewStage.objects.filter(review=self.open_review).order_by("position"))

    @cached_property
    def members(self) -> list[Membership]:
        """Everyone who can act in the organization, by name."""
        return list(people.members(self.organization))

    @cached_property
    def templates(self) -> list[WorkflowTemplate]:
        """The workflows in force and those that its reviews began with, each with its stages."""
        kept = {review.template_id for review in self.reviews[:1]}
        stages = Stage.objects.annotate(named=named_at("pk")).order_by("position")
        in_force = Q(is_current=True, subject_kind=self.subject.kind)
        return list(
            WorkflowTemplate.objects.filter(in_force | Q(pk__in=kept))
            .filter(organization=self.organization)
            .prefetch_related(Prefetch("stages", stages))
            .order_by("-channel_kinds", "name", "id")
        )

    @cached_property
    def contributors(self) -> frozenset[int]:
        """Everyone who wrote or edited since the last revision that a review approved."""
        approved = (a.revision.edits_through for a in self._standing() if a.review_id is not None)
        edits = SubjectEdit.objects.filter(subject=self.subject, pk__gt=max(approved, default=0))
        return frozenset(edits.values_list("member_id", flat=True))

    @property
    def open_review(self) -> Review | None:
        """The one review that waits for decisions."""
        latest = self.reviews[0] if self.reviews else None
        return latest if latest is not None and latest.state == Review.State.OPEN else None

    @property
    def last_approval(self) -> Approval | None:
        """The latest approval that nobody withdrew, of whatever content."""
        return next(iter(self._standing()), None)

    @property
    def last_withdrawal(self) -> ApprovalWithdrawal | None:
        """The latest withdrawal of an approval."""
        withdrawn = [a.withdrawal for a in self.approvals if hasattr(a, "withdrawal")]
        return max(withdrawn, key=lambda w: w.pk, default=None)

    def _standing(self) -> Iterable[Approval]:
        return (a for a in self.approvals if not hasattr(a, "withdrawal"))

    def state_facts(self, current_hash: str) -> StateFacts:
        """The open review, the approval of exactly this content, how the latest review ended."""
        exactly = (a for a in self._standing() if a.revision.hash == current_hash)
        return StateFacts(
            open_review=self.open_review,
            standing_approval=next(exactly, None),
            last_outcome=self.reviews[0].state if self.reviews else "",
        )

    def template_for(self, channel_kinds: frozenset[str]) -> WorkflowTemplate | None:
        """The workflow that content on these kinds of channel passes; None where nobody set one."""
        kind = self.subject.kind
        in_force = [t for t in self.templates if t.is_current and t.subject_kind == kind]
        return choose(in_force, channel_kinds)

    def stage_rules(self, template_id: int, champion: Membership | None) -> list[StageRule]:
        """The stages of one of `templates` with the people who may decide at each now."""
        template = next(t for t in self.templates if t.pk == template_id)
        members = [m for m in self.members if m.role != Role.VIEWER]
        return rules_of(template.stages.all(), members, champion)

    def said_in(self, review: Review | None) -> list[Decision]:
        """What was decided in that review, in order."""
        return [d for d in self.decisions if review is not None and d.review_id == review.pk]

    def progress(self) -> list[StageProgress]:
        """How far each stage of the open review has come, in order."""
        said = self.said_in(self.open_review)
        return [
            StageProgress(
                id=row.stage_id,
                position=row.position,
                needed=row.needed,
                approvals=sum(
                    d.stage_id == row.stage_id and d.choice == Decision.Choice.APPROVE for d in said
                ),
            )
            for row in self.stages
        ]

    def deciders(self, champion: Membership | None) -> frozenset[int]:
        """Who may decide on the open review now: eligible at the stage that waits, undecided."""
        review, waiting = self.open_review, current_stage(self.progress())
        if review is None or waiting is None:
            return frozenset()
        rules = {rule.id: rule for rule in self.stage_rules(review.template_id, champion)}
        barred = {*review.revision.contributors, *self.contributors}
        decided = {d.member_id for d in self.said_in(review) if d.stage_id == waiting.id}
        return rules[waiting.id].eligible(barred) - decided
