"""Reads about approval: who may decide, what is approved, what waits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Count,
    F,
    Func,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from people import queries as people
from people.models import Department, Membership, Organization
from people.models.organizations import Role
from workflow.models import (
    Approval,
    Decision,
    Review,
    ReviewStage,
    Revision,
    Stage,
    Subject,
    SubjectEdit,
    WorkflowTemplate,
)
from workflow.registry import kind_of
from workflow.rules import (
    StageProgress,
    StageRule,
    TemplateRule,
    choose_template,
    content_hash,
    current_stage,
)


def hash_now(subject: Subject) -> str:
    """The hash of what a reader would see now; what a form that submits carries along."""
    kind = kind_of(subject)
    return content_hash(kind.snapshot(kind.load(subject)))


# Templates and approvers ------------------------------------------------------------------------
def current_templates(
    organization: Organization, kind: str = "content_item"
) -> QuerySet[WorkflowTemplate]:
    """The workflows in force for this kind of subject, those for every channel last, by name."""
    return every_template(organization).filter(subject_kind=kind)


def every_template(organization: Organization) -> QuerySet[WorkflowTemplate]:
    """The workflows in force for any kind of subject, content first."""
    return (
        WorkflowTemplate.objects.filter(organization=organization, is_current=True)
        .prefetch_related("stages__people__user", "stages__department")
        .order_by("subject_kind", "-channel_kinds", "name", "id")
    )


def get_template(organization: Organization, template_id: int) -> WorkflowTemplate | None:
    """A workflow in force."""
    return (
        WorkflowTemplate.objects.filter(organization=organization, pk=template_id, is_current=True)
        .prefetch_related("stages__people__user")
        .first()
    )


def templates_with_approvers(
    organization: Organization,
) -> list[tuple[WorkflowTemplate, list[tuple[Stage, list[Membership]]]]]:
    """Each workflow in force with its stages and who could decide there now; constant queries.

    A champion's stage names nobody here: it is another person in each plan.
    """
    members = list(people.members(organization).exclude(role=Role.VIEWER))
    found = []
    for template in every_template(organization):
        stages = [
            (stage, [m for m in members if m.pk in approvers_of(stage, members, None)])
            for stage in template.stages.all()
        ]
        found.append((template, stages))
    return found


def template_for(
    organization: Organization, kind: str, channel_kinds: frozenset[str]
) -> WorkflowTemplate | None:
    """The workflow that content on these kinds of channel passes; None where nobody set one."""
    templates = current_templates(organization, kind)
    return choose([(template, template.stages.all()) for template in templates], channel_kinds)


def choose(
    templates: Sequence[tuple[WorkflowTemplate, Iterable[Stage]]], channel_kinds: frozenset[str]
) -> WorkflowTemplate | None:
    """The one of these workflows, each with its stages, that these kinds of channel pass."""
    known = {template.pk: template for template, _stages in templates}
    chosen = choose_template(
        (
            TemplateRule(
                id=template.pk,
                channel_kinds=frozenset(template.channel_kinds),
                needs_approval=template.needs_approval,
                approvals_needed=sum(_weight(stage) for stage in stages),
            )
            for template, stages in templates
        ),
        channel_kinds,
    )
    return known[chosen.id] if chosen else None


def _weight(stage: Stage) -> int:
    """How strict a stage is for choosing between workflows; "all" is as strict as its people."""
    return stage.quorum or max(1, len(_named_of(stage)))


def named_at(stage: str) -> ArraySubquery:
    """To annotate rows with `named`: whom the stage under this key names, without another query."""
    links = Stage.people.through.objects.filter(stage=OuterRef(stage))
    return ArraySubquery(links.values("membership_id"))


def _named_of(stage: Stage) -> Collection[int]:
    """The memberships that the stage names; `named_at` may have read them along with it."""
    named: Collection[int] | None = getattr(stage, "named", None)
    return named if named is not None else [m.pk for m in stage.people.all()]


def stage_rules(template: WorkflowTemplate, champion: Membership | None) -> list[StageRule]:
    """The stages with the people who may decide at each now, whatever they wrote."""
    members = list(people.members(template.organization).exclude(role=Role.VIEWER))
    stages = template.stages.prefetch_related("people").order_by("position")
    return rules_of(stages, members, champion)


def rules_of(
    stages: Iterable[Stage], members: Sequence[Membership], champion: Membership | None
) -> list[StageRule]:
    """These stages with those of the members who may decide at each."""
    return [
        StageRule(
            id=stage.pk,
            position=stage.position,
            name=stage.name,
            approvers=approvers_of(stage, members, champion),
            quorum=stage.quorum,
            limit_hours=stage.limit_hours,
        )
        for stage in stages
    ]


def approvers_of(
    stage: Stage, members: Sequence[Membership], champion: Membership | None
) -> frozenset[int]:
    """The active members, viewers aside, whom the stage names.

    Administrators stand in for managers where there is no manager, as everywhere in rule 2.
    """
    if stage.approvers == Stage.Approvers.CHAMPION:
        return frozenset(m.pk for m in members if champion is not None and m.pk == champion.pk)
    named = _named_of(stage) if stage.approvers == Stage.Approvers.PEOPLE else ()
    return _named(members, stage.approvers, named, stage.role, stage.department_id)


def able_at(
    organization: Organization,
    approvers: str,
    named: Sequence[Membership],
    role: str,
    department: Department | None,
) -> frozenset[int]:
    """Who could decide at a stage of this kind now; a champion's stage aside."""
    members = list(people.members(organization).exclude(role=Role.VIEWER))
    keys = [m.pk for m in named]
    return _named(members, approvers, keys, role, department.pk if department else None)


def _named(
    members: Sequence[Membership],
    approvers: str,
    named: Collection[int],
    role: str,
    department_id: int | None,
) -> frozenset[int]:
    if approvers == Stage.Approvers.PEOPLE:
        return frozenset(m.pk for m in members if m.pk in named)
    if approvers == Stage.Approvers.DEPARTMENT:
        return frozenset(
            m.pk for m in members if department_id is not None and m.department_id == department_id
        )
    found = frozenset(m.pk for m in members if m.role == role)
    if not found and role == Role.MANAGER:
        return frozenset(m.pk for m in members if m.role == Role.ADMIN)
    return found


# Contributors -----------------------------------------------------------------------------------
def edits_approved(subject: Subject) -> int:
    """The newest edit that a reviewed approval which still stands covers; 0 where there is none."""
    reviewed = Approval.objects.filter(subject=subject, withdrawal=None, review__isnull=False)
    return int(reviewed.aggregate(newest=Max("revision__edits_through"))["newest"] or 0)


def contributors(subject: Subject) -> frozenset[int]:
    """Everyone who wrote or edited since the last revision that a review approved.

    `wrote_at` is the same for many subjects, `Record.contributors` for one whose record is read.
    """
    edits = SubjectEdit.objects.filter(subject=subject, pk__gt=edits_approved(subject))
    return frozenset(edits.values_list("member_id", flat=True))


def wrote_at(subject: str) -> ArraySubquery:
    """To annotate rows with the `contributors` of the subject under this key, without a query."""
    approved = (
        Approval.objects.filter(subject=OuterRef("subject"), withdrawal=None, review__isnull=False)
        .order_by("-revision__edits_through")
        .values("revision__edits_through")[:1]
    )
    edits = SubjectEdit.objects.filter(
        subject=OuterRef(subject), pk__gt=Coalesce(Subquery(approved), 0)
    )
    return ArraySubquery(edits.order_by("member_id").values("member_id").distinct())


def newest_edit(subject: Subject) -> int:
    """The latest edit's key; 0 where nobody edited."""
    return int(SubjectEdit.objects.filter(subject=subject).aggregate(m=Max("pk"))["m"] or 0)


# Approvals and reviews --------------------------------------------------------------------------
def went_out() -> Func:
    """To annotate approvals with whether something went out on them: withdrawing is a recall then.

    The same question that the database asks when it records the withdrawal.
    """
    return Func(F("pk"), function="workflow_is_published", output_field=BooleanField())


def standing_approval(subject: Subject, current_hash: str | None = None) -> Approval | None:
    """The approval of exactly the content there is now that nobody withdrew; else None.

    `current_hash` saves computing it again.
    """
    return (
        Approval.objects.filter(
            subject=subject,
            withdrawal=None,
            revision__hash=current_hash or hash_now(subject),
        )
        .select_related("revision", "template", "review", "released_by__user")
        .order_by("-id")
        .first()
    )


def last_approval(subject: Subject) -> Approval | None:
    """The latest approval that nobody withdrew, of whatever content."""
    return (
        Approval.objects.filter(subject=subject, withdrawal=None)
        .select_related("revision", "template", "review", "released_by__user")
        .order_by("-id")
        .first()
    )


def reviews_of(subject: Subject) -> QuerySet[Review]:
    """Every review of the subject, newest first."""
    return (
        Review.objects.filter(subject=subject)
        .select_related("revision", "template", "opened_by__user", "organization")
        .order_by("-id")
    )


def open_review(subject: Subject) -> Review | None:
    """The one review that waits for decisions."""
    return reviews_of(subject).filter(state=Review.State.OPEN).first()


@dataclass(frozen=True)
class StateFacts:
    """What is on record about the approval of a subject's present content."""

    open_review: Review | None
    standing_approval: Approval | None
    last_outcome: str


def current_state_facts(subject: Subject, current_hash: str | None = None) -> StateFacts:
    """The open review, the approval of exactly this content, how the latest review ended."""
    latest = reviews_of(subject).first()
    is_open = latest is not None and latest.state == Review.State.OPEN
    return StateFacts(
        open_review=latest if is_open else None,
        standing_approval=standing_approval(subject, current_hash),
        last_outcome=latest.state if latest else "",
    )


def progress_of(review: Review) -> list[StageProgress]:
    """How far each stage of the review has come, in order."""
    counts = dict(
        Decision.objects.filter(review=review, choice=Decision.Choice.APPROVE)
        .values_list("stage_id")
        .annotate(n=Count("member_id", distinct=True))
    )
    return [
        StageProgress(
            id=stage.stage_id,
            position=stage.position,
            needed=stage.needed,
            approvals=counts.get(stage.stage_id, 0),
        )
        for stage in ReviewStage.objects.filter(review=review).order_by("position")
    ]


@dataclass(frozen=True)
class Asked:
    """A review with those who may decide on it now: for `can`, where they are read already."""

    review: Review
    deciders: frozenset[int]

    @property
    def organization_id(self) -> int:
        """The organization that it belongs to."""
        return self.review.organization_id


@dataclass(frozen=True)
class Given:
    """An approval with those who gave it: for `can`, where they are read already."""

    approval: Approval
    givers: frozenset[int]

    @property
    def organization_id(self) -> int:
        """The organization that it belongs to."""
        return self.approval.organization_id


def deciders(review: Review) -> frozenset[int]:
    """Who may decide on this review now: eligible at the stage that waits, undecided there."""
    if review.state != Review.State.OPEN:
        return frozenset()
    waiting = current_stage(progress_of(review))
    if waiting is None:
        return frozenset()
    champion = kind_of(review.subject).facts(thing_of(review.subject)).champion
    rules = {rule.id: rule for rule in stage_rules(review.template, champion)}
    decided = Decision.objects.filter(review=review, stage_id=waiting.id)
    barred = {*review.revision.contributors, *contributors(review.subject)}
    return rules[waiting.id].eligible(barred) - set(decided.values_list("member_id", flat=True))


def thing_of(subject: Subject) -> Any:
    """What the subject is the approval of: a story, a plan."""
    return kind_of(subject).load(subject)


def get_review(organization: Organization, review_id: int) -> Review | None:
    """One review, whatever its state."""
    return (
        Review.objects.filter(organization=organization, pk=review_id)
        .select_related("subject", "revision", "template", "opened_by__user", "organization")
        .first()
    )


def get_subject(organization: Organization, subject_id: int) -> Subject | None:
    """One subject."""
    return (
        Subject.objects.filter(organization=organization, pk=subject_id)
        .select_related("organization")
        .first()
    )


def get_approval(organization: Organization, approval_id: int) -> Approval | None:
    """One approval, withdrawn or not."""
    return (
        Approval.objects.filter(organization=organization, pk=approval_id)
        .select_related("subject", "revision", "review", "released_by__user", "organization")
        .annotate(went_out=went_out())
        .first()
    )


def gave(membership: Membership, approval: Approval) -> bool:
    """Whether the member released it, or approved in its review."""
    if approval.review_id is None:
        return approval.released_by_id == membership.pk
    return Decision.objects.filter(
        review_id=approval.review_id, member=membership, choice=Decision.Choice.APPROVE
    ).exists()


def get_revision(organization: Organization, revision_id: int) -> Revision | None:
    """One revision."""
    return (
        Revision.objects.filter(organization=organization, pk=revision_id)
        .select_related("subject__organization", "created_by__user")
        .first()
    )


def decisions_on(revision: Revision) -> QuerySet[Decision]:
    """What was decided on exactly this revision, in order."""
    return Decision.objects.filter(revision=revision).select_related("member__user").order_by("id")
