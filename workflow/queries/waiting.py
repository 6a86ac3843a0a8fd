"""Every decision that waits, by a constant number of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from people import queries as people
from people.models import Membership, Organization
from people.models.organizations import Role
from workflow.models import Decision, Review, ReviewStage, Stage, SubjectEdit
from workflow.queries.reviews import approvers_of
from workflow.rules import StageProgress, current_stage


@dataclass(frozen=True, slots=True)
class WaitingStage:
    """The stage of an open review that waits: who may still decide, and until when.

    `deciders` are those who are named by the stage, are no contributors and have not decided.
    """

    review: Review
    stage: Stage
    asked_at: datetime
    due_at: datetime
    deciders: frozenset[int]


def waiting_stages(
    organization: Organization, champions: dict[int, Membership | None]
) -> list[WaitingStage]:
    """The stages that wait for a decision, oldest first, by five queries.

    `champions` says who champions the plan of each subject, by the subject's key: this room does
    not know plans. Subjects that it leaves out have none.
    """
    members = list(people.members(organization).exclude(role=Role.VIEWER))
    found = []
    for review in _open_reviews(organization):
        champion = champions.get(review.subject_id)
        stage = _waiting_stage(review, members, champion)
        if stage is not None:
            found.append(stage)
    return found


def _open_reviews(organization: Organization) -> QuerySet[Review]:
    stages = ReviewStage.objects.order_by("position").select_related("stage")
    return (
        Review.objects.filter(organization=organization, state=Review.State.OPEN)
        .select_related("subject", "revision", "opened_by__user")
        .prefetch_related(
            Prefetch("stages", stages.prefetch_related("stage__people"), to_attr="run"),
            Prefetch("decisions", Decision.objects.order_by("id"), to_attr="made"),
            Prefetch("subject__edits", SubjectEdit.objects.only("subject", "member", "id")),
        )
        .order_by("opened_at", "pk")
    )


def _waiting_stage(
    review: Review, members: Sequence[Membership], champion: Membership | None
) -> WaitingStage | None:
    run: list[ReviewStage] = review.run  # type: ignore[attr-defined]
    made: list[Decision] = review.made  # type: ignore[attr-defined]
    waiting = current_stage(_progress(run, made))
    if waiting is None:
        return None
    row = next(stage for stage in run if stage.stage_id == waiting.id)
    decided = {d.member_id for d in made if d.stage_id == waiting.id}
    named = approvers_of(row.stage, members, champion)
    return WaitingStage(
        review=review,
        stage=row.stage,
        asked_at=review.opened_at,
        due_at=row.due_at,
        deciders=named - decided - _contributors(review),
    )


def _progress(run: Iterable[ReviewStage], made: Iterable[Decision]) -> list[StageProgress]:
    approvals = Counter(d.stage_id for d in made if d.choice == Decision.Choice.APPROVE)
    return [
        StageProgress(
            id=stage.stage_id,
            position=stage.position,
            needed=stage.needed,
            approvals=approvals[stage.stage_id],
        )
        for stage in run
    ]


def _contributors(review: Review) -> frozenset[int]:
    """Who had a hand in the revision, or edited since it was cut."""
    later = {
        edit.member_id
        for edit in review.subject.edits.all()
        if edit.pk > review.revision.edits_through
    }
    return frozenset({*review.revision.contributors, *later})


def by_decider(stages: Iterable[WaitingStage]) -> dict[int, list[WaitingStage]]:
    """Membership id -> the decisions that wait for that person, in the given order."""
    waiting: dict[int, list[WaitingStage]] = defaultdict(list)
    for stage in stages:
        for member in stage.deciders:
            waiting[member].append(stage)
    return waiting
