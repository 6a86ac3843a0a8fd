"""Everything the approval panel of a page shows, with the actions that would be accepted."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models.functions import Now

from people.errors import NotAllowed, Refused
from people.models import Membership, Organization
from plancraft.lib.changes import Piece, compare_words
from workflow import checks
from workflow.checks import Held
from workflow.clock import Clock, clock
from workflow.models import Approval, ApprovalWithdrawal, Decision, Review, Subject
from workflow.queries.record import Record
from workflow.queries.waiting import Waiting
from workflow.registry import SUBJECT_KINDS, Fields
from workflow.rules import Phase, current_stage


@dataclass(frozen=True)
class FieldChange:
    """One field of a snapshot that reads otherwise, word by word."""

    label: str
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class May:
    """Whether a button is shown, and why it is off. Off without reason: not for this person."""

    allowed: bool = False
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True)
class StageView:
    """A stage of the stepper: done, now or later."""

    name: str
    state: str
    approvals: int
    needed: int
    deciders: Sequence[Membership]
    decisions: Sequence[Decision]
    clock: Clock | None
    due_at: datetime


@dataclass(frozen=True)
class PastReview:
    """A review that is over, with what was said in it."""

    review: Review
    decisions: Sequence[Decision]


@dataclass(frozen=True)
class Panel:
    """The approval of one subject for one viewer.

    `hash` and `key` go into the forms: the content as shown, and this page's idempotency key.
    `edited` is what reads otherwise than the latest approval, where that is not what is there now.
    `everyone` is whom the page may speak of: all members, deactivated ones too, by name.
    """

    organization: Organization
    subject: Subject
    title: str
    url: str
    phase: Phase
    hash: str
    key: uuid.UUID
    now: datetime
    everyone: Sequence[Membership] = ()
    review: Review | None = None
    stages: Sequence[StageView] = ()
    approval: Approval | None = None
    approved_by: Sequence[Decision] = ()
    last_approval: Approval | None = None
    last_approved_by: Sequence[Decision] = ()
    last_withdrawal: ApprovalWithdrawal | None = None
    edited: Sequence[FieldChange] = ()
    past: Sequence[PastReview] = ()
    needs_approval: bool = True
    would_ask: Sequence[Membership] = ()
    submit: May = field(default_factory=May)
    release: May = field(default_factory=May)
    decide: May = field(default_factory=May)
    withdraw_submission: May = field(default_factory=May)
    withdraw_approval: May = field(default_factory=May)

    @property
    def clock(self) -> Clock | None:
        """The time of the stage that waits."""
        return next((stage.clock for stage in self.stages if stage.state == "now"), None)

    @property
    def waiting_stage(self) -> StageView | None:
        """The stage that waits."""
        return next((stage for stage in self.stages if stage.state == "now"), None)

    @property
    def is_stuck(self) -> bool:
        """Whether too few are left who could still say yes."""
        stage = self.waiting_stage
        return stage is not None and len(stage.deciders) < stage.needed - stage.approvals

    @property
    def is_edited(self) -> bool:
        """Whether something was approved and something else is there now."""
        return self.last_approval is not None and self.phase != Phase.APPROVED


def review_panel(
    membership: Membership, subject: Subject, now: datetime | None = None, thing: Any = None
) -> Panel:
    """What the panel shows this member. Without `now`, the database's clock is read.

    The buttons are computed by the same checks that the services run. `thing` is what the subject
    is the approval of, where the page has read it already.
    """
    held = Held(subject, thing)
    record = held.record
    facts = record.state_facts(held.hash)
    review, approval = facts.open_review, facts.standing_approval
    last = approval or record.last_approval
    now = now or _database_clock(subject)
    template = record.template_for(held.facts.channel_kinds)
    submit, submission = _may_submit(held, membership)
    return Panel(
        organization=held.organization,
        subject=subject,
        title=held.facts.title,
        url=held.facts.url,
        phase=held.phase(),
        hash=held.hash,
        key=uuid.uuid4(),
        now=now,
        everyone=record.everyone,
        review=review,
        stages=_stages(held, review, now) if review else (),
        approval=approval,
        approved_by=_approvals(record, approval),
        last_approval=last,
        last_approved_by=_approvals(record, last),
        last_withdrawal=record.last_withdrawal if last is None else None,
        edited=_edited(held, last) if last and not approval else (),
        past=_past(record),
        needs_approval=template.needs_approval if template else True,
        would_ask=_would_ask(held, submission),
        submit=submit,
        release=may(lambda: checks.check_release(held, membership)),
        decide=may(lambda: checks.check_decide(held, _needed(review), membership)),
        withdraw_submission=may(
            lambda: checks.check_withdraw_submission(held, _needed(review), membership)
        ),
        withdraw_approval=may(
            lambda: checks.check_withdraw_approval(held, _needed(approval), membership)
        ),
    )


def changes(
    organization: Organization, kind: str, before: dict[str, Any], after: dict[str, Any]
) -> list[FieldChange]:
    """From one snapshot to another, as people read them, field by field."""
    old, new = SUBJECT_KINDS[kind].fields(organization, [before, after])
    return field_changes(old, new)


def field_changes(old: Fields, new: Fields) -> list[FieldChange]:
    """The fields that read otherwise, in the order of the new ones, then those that are gone."""
    before, after = dict(old), dict(new)
    labels = [*after, *(label for label in before if label not in after)]
    return [
        FieldChange(label, compare_words(before.get(label, ""), after.get(label, "")))
        for label in labels
        if before.get(label, "") != after.get(label, "")
    ]


def may(check: Callable[[], Any]) -> May:
    """What a check says, as a button understands it."""
    try:
        check()
    except NotAllowed:
        return May()
    except Refused as refused:
        return May(reason=str(refused))
    return May(allowed=True)


def new_keys(count: int) -> list[uuid.UUID]:
    """An idempotency key for each form of a page."""
    return [uuid.uuid4() for _n in range(count)]


def _needed(thing: Any) -> Any:
    """There is nothing to act on: no button and no reason."""
    if thing is None:
        raise NotAllowed("")
    return thing


def _may_submit(held: Held, member: Membership) -> tuple[May, checks.Submission | None]:
    try:
        return May(allowed=True), checks.check_submit(held, member)
    except NotAllowed:
        return May(), None
    except Refused as refused:
        return May(reason=str(refused)), None


def _would_ask(held: Held, submission: checks.Submission | None) -> list[Membership]:
    """Who would be asked first, were it submitted now: only who may see it can decide."""
    if submission is None:
        return []
    first = min(submission.stages, key=lambda stage: stage.position)
    able = first.eligible(submission.contributors)
    able -= held.kind.blind(held.thing, able)
    return [m for m in held.record.members if m.pk in able]


def _database_clock(subject: Subject) -> datetime:
    row = Subject.objects.filter(pk=subject.pk).annotate(clock=Now()).values_list("clock").get()
    found: datetime = row[0]
    return found


def _stages(held: Held, review: Review, now: datetime) -> list[StageView]:
    record = held.record
    progress = record.progress()
    waiting = current_stage(progress)
    champion = held.facts.champion
    rules = {rule.id: rule for rule in record.stage_rules(review.template_id, champion)}
    barred = {*review.revision.contributors, *record.contributors}
    views = []
    for row, stage in zip(record.stages, progress, strict=True):
        is_now = waiting is not None and waiting.id == stage.id
        said = [d for d in record.said_in(review.pk) if d.stage_id == stage.id]
        able = rules[stage.id].eligible(barred) - {d.member_id for d in said}
        able = held.facts.sighted(able)
        views.append(
            StageView(
                name=rules[stage.id].name,
                state="done" if stage.is_passed else "now" if is_now else "later",
                approvals=stage.approvals,
                needed=stage.needed,
                deciders=[m for m in record.members if m.pk in able],
                decisions=said,
                clock=clock(review.opened_at, row.due_at, now, record.calendar) if is_now else None,
                due_at=row.due_at,
            )
        )
    return views


def _approvals(record: Record, approval: Approval | None) -> Sequence[Decision]:
    if approval is None or approval.review_id is None:
        return []
    return [d for d in record.said_in(approval.review_id) if d.choice == Decision.Choice.APPROVE]


def _edited(held: Held, last: Approval) -> list[FieldChange]:
    return changes(held.organization, held.subject.kind, last.revision.snapshot, held.snapshot)


def _past(record: Record) -> list[PastReview]:
    """The reviews that are over, newest first, each with what was said."""
    over = (review for review in record.reviews if review.state != Review.State.OPEN)
    return [PastReview(review, record.said_in(review.pk)) for review in over]


def read_together(
    organization: Organization, waiting: Sequence[Waiting]
) -> list[tuple[Fields, list[FieldChange]]]:
    """For each that waits, its content and what changed since the last approval, as people read
    them; a constant number of queries."""
    read: list[tuple[Fields, list[FieldChange]]] = []
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for row in waiting:
        contents = by_kind.setdefault(row.review.subject.kind, [])
        contents.append(row.review.revision.snapshot)
        contents.append(row.before or {})
    words = {
        kind: iter(SUBJECT_KINDS[kind].fields(organization, contents))
        for kind, contents in by_kind.items()
    }
    for row in waiting:
        now, old = (next(words[row.review.subject.kind]) for _n in range(2))
        read.append((now, [] if row.before is None else field_changes(old, now)))
    return read
