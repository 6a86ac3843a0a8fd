"""What is on record about one subject, all of it read at once: for one page or one transition."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q, QuerySet

from people import queries as people
from people.models import ClosureDay, Membership, Organization, User
from people.models.organizations import Role
from people.rules import WorkingCalendar
from people.working_calendar import calendar_with
from plancraft.lib.gathered import gathered, made
from workflow.models import (
    Approval,
    ApprovalWithdrawal,
    Decision,
    Review,
    ReviewStage,
    Revision,
    Stage,
    Subject,
    WorkflowTemplate,
)
from workflow.queries.reviews import StateFacts, choose, named_at, rules_of, went_out, wrote_at
from workflow.rules import StageProgress, StageRule, current_stage

REVIEWS_SHOWN = 20


class Record:
    """The reviews, approvals and decisions of a subject, and who may decide; by one statement.

    It does not see what is written after it was first asked: services make one under the subject's
    lock and ask it before they write.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.organization: Organization = subject.organization

    @cached_property
    def _read(self) -> tuple[dict[str, Any], list[Membership]]:
        """Of one moment, so that nobody of whom the record speaks can be missing."""
        found = _read(self.subject)
        return found, [
            made(Membership, row, user=made(User, row["user"])) for row in found["people"]
        ]

    @property
    def _found(self) -> dict[str, Any]:
        return self._read[0]

    @property
    def everyone(self) -> list[Membership]:
        """Everyone in the organization, deactivated members too, by name."""
        return self._read[1]

    @cached_property
    def members(self) -> list[Membership]:
        """Everyone who can act in the organization, by name."""
        return [member for member in self.everyone if member.is_active]

    @cached_property
    def _person(self) -> dict[int | None, Membership]:
        return {member.pk: member for member in self.everyone}

    @cached_property
    def reviews(self) -> list[Review]:
        """The latest reviews, newest first."""
        return [
            made(
                Review,
                row,
                organization=self.organization,
                subject=self.subject,
                revision=made(Revision, row["revision"]),
                opened_by=self._person[row["opened_by_id"]],
            )
            for row in self._found["review_rows"]
        ]

    @cached_property
    def approvals(self) -> list[Approval]:
        """Every approval, withdrawn ones too, newest first."""
        return [
            made(
                Approval,
                row,
                revision=made(Revision, row["revision"]),
                released_by=self._person.get(row["released_by_id"]),
                went_out=row["went_out"],
            )
            for row in self._found["approval_rows"]
        ]

    @cached_property
    def withdrawals(self) -> list[ApprovalWithdrawal]:
        """Every withdrawal of one of its approvals."""
        return [
            made(ApprovalWithdrawal, row, by=self._person[row["by_id"]])
            for row in self._found["withdrawal_rows"]
        ]

    @cached_property
    def decisions(self) -> list[Decision]:
        """Everything that was decided on any of its revisions, in order."""
        return [
            made(Decision, row, member=self._person[row["member_id"]])
            for row in self._found["decision_rows"]
        ]

    @cached_property
    def stages(self) -> list[ReviewStage]:
        """The stages of the open review, in order."""
        return [made(ReviewStage, row) for row in self._found["review_stage_rows"]]

    @cached_property
    def templates(self) -> list[WorkflowTemplate]:
        """The workflows in force and the one that its latest review began with."""
        return [made(WorkflowTemplate, row) for row in self._found["template_rows"]]

    @cached_property
    def template_stages(self) -> list[Stage]:
        """The stages of `templates`, in order, each with whom it names."""
        return [made(Stage, row, named=row["named"]) for row in self._found["stage_rows"]]

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """When the organization works: the clock of the stage that waits."""
        return calendar_with(self.organization, self._found["closed_days"])

    @property
    def contributors(self) -> frozenset[int]:
        """Everyone who wrote or edited since the last revision that a review approved."""
        return frozenset(self._found["wrote"])

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
        return max(self.withdrawals, key=lambda w: w.pk, default=None)

    def _standing(self) -> Iterable[Approval]:
        withdrawn = {withdrawal.approval_id for withdrawal in self.withdrawals}
        return (approval for approval in self.approvals if approval.pk not in withdrawn)

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
        return choose([(t, self._stages_of(t.pk)) for t in in_force], channel_kinds)

    def _stages_of(self, template_id: int) -> list[Stage]:
        return [stage for stage in self.template_stages if stage.template_id == template_id]

    def stage_rules(self, template_id: int, champion: Membership | None) -> list[StageRule]:
        """The stages of one of `templates` with the people who may decide at each now."""
        members = [m for m in self.members if m.role != Role.VIEWER]
        return rules_of(self._stages_of(template_id), members, champion)

    def said_in(self, review_id: int | None) -> list[Decision]:
        """What was decided in that review, in order."""
        return [decision for decision in self.decisions if decision.review_id == review_id]

    def givers(self, approval: Approval) -> frozenset[int]:
        """Who gave that approval: by releasing it, or by approving in its review."""
        if approval.released_by_id is not None:
            return frozenset({approval.released_by_id})
        said = self.said_in(approval.review_id)
        return frozenset(d.member_id for d in said if d.choice == Decision.Choice.APPROVE)

    def progress(self) -> list[StageProgress]:
        """How far each stage of the open review has come, in order."""
        review = self.open_review
        said = self.said_in(review.pk) if review else []
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
        decided = {d.member_id for d in self.said_in(review.pk) if d.stage_id == waiting.id}
        return rules[waiting.id].eligible(barred) - decided


def _read(subject: Subject) -> dict[str, Any]:
    """Everything on record about the subject, by one statement."""
    decisions = Decision.objects.filter(review__subject=subject).order_by("id")
    withdrawals = ApprovalWithdrawal.objects.filter(approval__subject=subject).order_by("id")
    lists = {
        "review_rows": gathered(_reviews(subject), revision=Revision),
        "review_stage_rows": gathered(_review_stages(subject)),
        "decision_rows": gathered(decisions),
        "approval_rows": gathered(_approvals(subject), "went_out", revision=Revision),
        "withdrawal_rows": gathered(withdrawals),
        "template_rows": gathered(_templates(subject).order_by("-channel_kinds", "name", "id")),
        "stage_rows": gathered(_stages(subject), "named"),
        "wrote": wrote_at("pk"),
        "closed_days": _closed_days(subject),
        "people": gathered(people.actors(subject.organization), user=User),
    }
    row = Subject.objects.filter(pk=subject.pk).annotate(**lists).values(*lists).get()
    return dict(row)


def _reviews(subject: Subject) -> QuerySet[Review]:
    return Review.objects.filter(subject=subject).order_by("-id")[:REVIEWS_SHOWN]


def _review_stages(subject: Subject) -> QuerySet[ReviewStage]:
    waits = Review.objects.filter(subject=subject, state=Review.State.OPEN)
    return ReviewStage.objects.filter(review__in=waits).order_by("position")


def _approvals(subject: Subject) -> QuerySet[Approval]:
    return Approval.objects.filter(subject=subject).annotate(went_out=went_out()).order_by("-id")


def _templates(subject: Subject) -> QuerySet[WorkflowTemplate]:
    in_force = Q(is_current=True, subject_kind=subject.kind)
    kept = Review.objects.filter(subject=subject).order_by("-id").values("template")[:1]
    return WorkflowTemplate.objects.filter(in_force | Q(pk__in=kept)).filter(
        organization=subject.organization_id
    )


def _stages(subject: Subject) -> QuerySet[Stage]:
    stages = Stage.objects.filter(template__in=_templates(subject).values("pk"))
    return stages.annotate(named=named_at("pk")).order_by("position")


def _closed_days(subject: Subject) -> ArraySubquery:
    days = ClosureDay.objects.filter(organization=subject.organization_id)
    return ArraySubquery(days.order_by("date").values("date"))
