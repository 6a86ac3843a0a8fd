"""What waits for a decision: by a constant number of queries, however much it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, Subquery
from django.db.models.functions import JSONObject

from people import queries as people
from people.models import Membership, Organization
from people.models.organizations import Role
from workflow.models import Approval, Decision, Review, ReviewStage, Stage, Subject
from workflow.queries.reviews import approvers_of, named_at, wrote_at
from workflow.registry import SUBJECT_KINDS, SubjectFacts
from workflow.rules import StageProgress, current_stage


@dataclass(frozen=True)
class Waiting:
    """An open review at the stage that waits.

    `deciders` are the memberships that may still decide there, by name; `approvals` of `needed`
    are given. `due_at` is an instant; `before` is the content that was approved last, if any.
    """

    review: Review
    facts: SubjectFacts
    stage_name: str
    due_at: datetime
    needed: int
    approvals: int
    deciders: Sequence[Membership] = ()
    before: dict[str, Any] | None = None

    def waits_for(self, member: Membership) -> bool:
        """Whether this member may decide now."""
        return any(m.pk == member.pk for m in self.deciders)

    def is_late(self, now: datetime) -> bool:
        """Whether the stage's limit has passed."""
        return self.due_at < now

    @property
    def is_stuck(self) -> bool:
        """Whether too few are left who could still say yes."""
        return len(self.deciders) < self.needed - self.approvals


@dataclass(frozen=True)
class Queue:
    """What waits, the most pressing first, and `members`: who could decide on anything, by name.

    Nobody is read where nothing waits.
    """

    rows: list[Waiting]
    members: list[Membership]


def queue(organization: Organization, viewer: Membership | None) -> Queue:
    """The open reviews that the viewer may see (None: the system, all), and who could decide.

    Three queries, and those of the rooms that know the subjects.
    """
    reviews = list(
        Review.objects.filter(organization=organization, state=Review.State.OPEN)
        .select_related("subject__organization", "revision", "opened_by__user", "organization")
        .annotate(wrote=wrote_at("subject"), said=_said(), before=_last_snapshot())
        .prefetch_related(
            Prefetch(
                "stages",
                ReviewStage.objects.select_related("stage").annotate(named=named_at("stage")),
            ),
        )
    )
    facts = _facts(viewer, [review.subject for review in reviews])
    members = list(people.members(organization).exclude(role=Role.VIEWER)) if reviews else []
    found = [_row(r, facts[r.subject_id], members) for r in reviews if r.subject_id in facts]
    rows = [row for row in found if row is not None]
    return Queue(sorted(rows, key=lambda row: (row.due_at, row.review.pk)), members)


def waiting(organization: Organization, viewer: Membership | None) -> list[Waiting]:
    """The open reviews that the viewer may see (None: the system, all), the most pressing first."""
    return queue(organization, viewer).rows


def _said() -> ArraySubquery:
    """To annotate reviews with their decisions: stage, choice and member of each."""
    rows = Decision.objects.filter(review=OuterRef("pk")).order_by("id")
    said = JSONObject(stage="stage_id", choice="choice", member="member_id")
    return ArraySubquery(rows.annotate(said=said).values("said"))


def _last_snapshot() -> Subquery:
    """To annotate reviews with the content of their subject's latest standing approval."""
    rows = Approval.objects.filter(subject=OuterRef("subject"), withdrawal=None)
    return Subquery(rows.order_by("-id").values("revision__snapshot")[:1])


def waiting_for(organization: Organization, member: Membership) -> list[Waiting]:
    """The open reviews that this member may decide on now, the most pressing first."""
    return [row for row in waiting(organization, member) if row.waits_for(member)]


def _facts(viewer: Membership | None, subjects: Sequence[Subject]) -> dict[int, SubjectFacts]:
    by_kind: dict[str, list[Subject]] = defaultdict(list)
    for subject in subjects:
        by_kind[subject.kind].append(subject)
    facts: dict[int, SubjectFacts] = {}
    for kind, found in by_kind.items():
        facts |= SUBJECT_KINDS[kind].facts_for(viewer, found)
    return facts


def _row(review: Review, facts: SubjectFacts, members: Sequence[Membership]) -> Waiting | None:
    decisions: list[dict[str, Any]] = review.said  # type: ignore[attr-defined]
    stages = {stage.stage_id: stage for stage in review.stages.all()}
    progress = [
        StageProgress(
            id=key,
            position=stage.position,
            needed=stage.needed,
            approvals=sum(d["stage"] == key and d["choice"] == "approve" for d in decisions),
        )
        for key, stage in stages.items()
    ]
    now = current_stage(progress)
    if now is None:
        return None
    stage: Stage = stages[now.id].stage
    barred = {
        *review.revision.contributors,
        *review.wrote,  # type: ignore[attr-defined]
        *(d["member"] for d in decisions if d["stage"] == now.id),
    }
    stage.named = stages[now.id].named  # type: ignore[attr-defined]
    able = facts.sighted(approvers_of(stage, members, facts.champion) - barred)
    return Waiting(
        review=review,
        facts=facts,
        stage_name=stage.name,
        due_at=stages[now.id].due_at,
        needed=now.needed,
        approvals=now.approvals,
        deciders=[m for m in members if m.pk in able],
        before=review.before,  # type: ignore[attr-defined]
    )
