"""Writes stories with all that became of them, in bulk and with times of the past.

The services write what happens now; a history needs rows that happened then. So the same rows are
written here, table by table, in the order in which the services would: subject, story, posts,
edit, revision, review, stages, decision, approval, publication. The guards of the database stand
as always and refuse what could not have happened; `calendar_app.states` alone computes the states.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from calendar_app import states
from calendar_app.models import ContentItem, Placement, Publication
from calendar_app.snapshot import snapshot_of
from dashboards.demo.stage import CHECKED_KINDS, World
from people.models import Membership
from people.rules import WorkingCalendar, add_working_hours
from people.working_calendar import calendar_of
from workflow.models import (
    Approval,
    Decision,
    Review,
    ReviewStage,
    Revision,
    Stage,
    Subject,
    SubjectEdit,
)
from workflow.rules import content_hash


@dataclass(frozen=True)
class PostSpec:
    """One post: `at` None is the tray; `out_at` is when it went out."""

    channel: str
    at: datetime | None
    out_at: datetime | None = None
    copy: str = ""
    cancelled_at: datetime | None = None


@dataclass(frozen=True)
class Round:
    """One review: asked, and perhaps answered by `by` with approve or changes."""

    asked_at: datetime
    choice: str = ""
    by: str = ""
    at: datetime | None = None
    comment: str = ""
    copy: str | None = None

    @property
    def answered_at(self) -> datetime:
        """When it was answered."""
        return self.at or self.asked_at


@dataclass(frozen=True)
class StorySpec:
    """One story and its life. `edited_at`: someone changed it after the last round."""

    plan: str
    title: str
    copy: str
    owner: str
    created_at: datetime
    posts: tuple[PostSpec, ...] = ()
    rounds: tuple[Round, ...] = ()
    stream: str = ""
    link: str = ""
    brief: str = ""
    author: str = ""
    unowned_days: int = 0
    unowned_reason: str = "new"
    edited_at: datetime | None = None
    embargo_until: datetime | None = None
    cancelled_at: datetime | None = None

    @property
    def written_by(self) -> str:
        """Who wrote it: the owner, or the author named where nobody owns it."""
        return self.author or self.owner


@dataclass
class Written:
    """A story as it was written, with the rows that hang on it."""

    spec: StorySpec
    item: ContentItem
    posts: list[Placement]
    edits: list[SubjectEdit] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    approval: Approval | None = None


def write(world: World, specs: Sequence[StorySpec]) -> list[Written]:
    """The stories in the given order, with every fact of their lives."""
    found = _stories(world, specs)
    calendar = calendar_of(world.organization)
    for number in range(1, 1 + max((len(spec.rounds) for spec in specs), default=0)):
        _write_round(world, [w for w in found if len(w.spec.rounds) >= number], number, calendar)
    _note_edits(world, [w for w in found if w.spec.edited_at], lambda w: w.spec.edited_at)
    _publications(world, found)
    states.refresh_all([written.item for written in found])
    return found


def _stories(world: World, specs: Sequence[StorySpec]) -> list[Written]:
    organization = world.organization
    subjects = Subject.objects.bulk_create(Subject(organization=organization) for _ in specs)
    items = ContentItem.objects.bulk_create(
        _item(world, spec, subject) for spec, subject in zip(specs, subjects, strict=True)
    )
    found = [Written(spec, item, []) for spec, item in zip(specs, items, strict=True)]
    for written in found:
        written.posts = [_post(world, written.item, post) for post in written.spec.posts]
    Placement.objects.bulk_create(post for written in found for post in written.posts)
    _note_edits(world, found, lambda w: w.spec.created_at)
    return found


def _item(world: World, spec: StorySpec, subject: Subject) -> ContentItem:
    owner = world.who(spec.owner)
    unowned = None if owner else world.days.ago(spec.unowned_days, "09:10")
    return ContentItem(
        organization=world.organization,
        plan=world.plans[spec.plan],
        stream=world.streams.get(spec.stream),
        subject=subject,
        title=spec.title,
        brief=spec.brief,
        copy=spec.copy,
        link=spec.link,
        owner=owner,
        unowned_since=unowned,
        unowned_reason="" if owner else spec.unowned_reason,
        embargo_until=spec.embargo_until,
        cancelled_at=spec.cancelled_at,
        created_at=spec.created_at,
        created_by=world.who(spec.written_by),
        updated_at=spec.edited_at or spec.created_at,
        version=1 + len(spec.rounds),
    )


def _post(world: World, item: ContentItem, spec: PostSpec) -> Placement:
    return Placement(
        organization=world.organization,
        item=item,
        channel=world.channels[spec.channel],
        scheduled_at=spec.at,
        copy=spec.copy,
        cancelled_at=spec.cancelled_at,
        created_at=item.created_at,
    )


def _note_edits(world: World, found: Sequence[Written], when: Any) -> None:
    edits = SubjectEdit.objects.bulk_create(
        SubjectEdit(
            organization=world.organization,
            subject=written.item.subject,
            member=_author(world, written),
            at=when(written),
        )
        for written in found
    )
    for written, edit in zip(found, edits, strict=True):
        written.edits.append(edit)


def _author(world: World, written: Written) -> Membership:
    return world.cast[written.spec.written_by]


# One round of review ----------------------------------------------------------------------------
def _write_round(
    world: World, found: list[Written], number: int, calendar: WorkingCalendar
) -> None:
    if number > 1:
        _note_edits(world, found, lambda w: w.spec.rounds[number - 1].asked_at)
    revisions = Revision.objects.bulk_create(_revision(world, w, number) for w in found)
    reviews = Review.objects.bulk_create(
        _review(world, w, revision, number) for w, revision in zip(found, revisions, strict=True)
    )
    stages = ReviewStage.objects.bulk_create(
        _review_stage(world, review, calendar) for review in reviews
    )
    closed = []
    for written, review, run in zip(found, reviews, stages, strict=True):
        written.reviews.append(review)
        if written.spec.rounds[number - 1].choice:
            closed.append((written, review, run.stage))
    _decide(world, closed, number)


def _revision(world: World, written: Written, number: int) -> Revision:
    turn, item = written.spec.rounds[number - 1], written.item
    now_there = item.copy
    item.copy = now_there if turn.copy is None else turn.copy
    content = snapshot_of(item, written.posts)
    item.copy = now_there
    author = _author(world, written)
    return Revision(
        organization=world.organization,
        subject=item.subject,
        number=number,
        snapshot=content,
        hash=content_hash(content),
        contributors=[author.pk],
        edits_through=written.edits[-1].pk,
        created_by=author,
        created_at=turn.asked_at,
    )


def _review(world: World, written: Written, revision: Revision, number: int) -> Review:
    kinds = {post.channel.kind for post in written.posts}
    key = "compliance" if kinds & set(CHECKED_KINDS) else "brand"
    return Review(
        organization=world.organization,
        subject=written.item.subject,
        revision=revision,
        template=world.templates[key],
        opened_by=_author(world, written),
        opened_at=written.spec.rounds[number - 1].asked_at,
        key=uuid.uuid4(),
    )


def _review_stage(world: World, review: Review, calendar: WorkingCalendar) -> ReviewStage:
    stage = world.stages[review.template_id]
    return ReviewStage(
        organization=review.organization,
        review=review,
        stage=stage,
        needed=1,
        due_at=add_working_hours(review.opened_at, stage.limit_hours, calendar),
    )


def _decide(world: World, closed: list[tuple[Written, Review, Stage]], number: int) -> None:
    """The decisions, the approvals that they make, and the end of their reviews."""
    organization = world.organization
    Decision.objects.bulk_create(
        Decision(
            organization=organization,
            review=review,
            stage=stage,
            revision=review.revision,
            revision_hash=review.revision.hash,
            member=world.cast[written.spec.rounds[number - 1].by],
            choice=written.spec.rounds[number - 1].choice,
            comment=written.spec.rounds[number - 1].comment,
            at=written.spec.rounds[number - 1].answered_at,
        )
        for written, review, stage in closed
    )
    approved = [
        (w, review) for w, review, _ in closed if w.spec.rounds[number - 1].choice == "approve"
    ]
    approvals = Approval.objects.bulk_create(
        Approval(
            organization=organization,
            subject=review.subject,
            revision=review.revision,
            review=review,
            template=review.template,
            at=written.spec.rounds[number - 1].answered_at,
        )
        for written, review in approved
    )
    for (written, _), approval in zip(approved, approvals, strict=True):
        written.approval = approval
    for written, review, _stage in closed:
        turn = written.spec.rounds[number - 1]
        review.state = "approved" if turn.choice == "approve" else "changes"
        review.closed_at = turn.answered_at
    Review.objects.bulk_update([review for _, review, _ in closed], ["state", "closed_at"])


def _publications(world: World, found: Sequence[Written]) -> None:
    Publication.objects.bulk_create(
        Publication(
            organization=world.organization,
            placement=post,
            approval=written.approval,
            published_at=spec.out_at,
            address=f"https://social.northlake.example/{post.channel.kind}/{post.pk}",
            recorded_by=_author(world, written),
            recorded_at=spec.out_at,
        )
        for written in found
        for post, spec in zip(written.posts, written.spec.posts, strict=True)
        if spec.out_at is not None
    )
