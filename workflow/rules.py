"""The rules of approval, pure: what may happen next, who may decide, when it is enough (rule 6).

    content hash      SHA-256 of the snapshot's canonical JSON (sorted keys, no spaces, UTF-8)
    contributors      everyone who wrote or edited since the last revision that a review approved
    approvers         the active members whom a stage names: by name, role, department, as champion
    eligible          approvers - contributors
    needed            the stage's quorum, or all of its approvers where the quorum is "all"
    refused           if a stage has fewer eligible approvers than needed
    current stage     the first, by position, with fewer approvals than needed
    approved          when no stage is left
    due of a stage    submission + the limits of it and of the stages before it, in working hours

"All" counts the approvers who wrote it too: a stage that needs everyone's yes cannot be passed by
content that one of them wrote, and says so, rather than quietly going on without them. A release
without approval frees nobody from having contributed: no second pair of eyes has seen it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Phase(StrEnum):
    """Where the content, as it is now, stands with its approval."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES = "changes_requested"
    APPROVED = "approved"


class Action(StrEnum):
    """Everything that changes the phase."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REQUEST_CHANGES = "changes"
    REJECT = "reject"
    WITHDRAW_SUBMISSION = "withdraw_submission"
    WITHDRAW_APPROVAL = "withdraw_approval"
    RELEASE = "release"
    EDIT = "edit"


ALLOWED: Mapping[Phase, frozenset[Action]] = {
    Phase.DRAFT: frozenset({Action.SUBMIT, Action.RELEASE, Action.EDIT}),
    Phase.IN_REVIEW: frozenset(
        {
            Action.APPROVE,
            Action.REQUEST_CHANGES,
            Action.REJECT,
            Action.WITHDRAW_SUBMISSION,
            Action.EDIT,
        }
    ),
    Phase.CHANGES: frozenset({Action.SUBMIT, Action.RELEASE, Action.EDIT}),
    Phase.APPROVED: frozenset({Action.WITHDRAW_APPROVAL, Action.EDIT}),
}
"""The transition table: what exists in each phase, for the buttons and for the checks.

Where an action leads follows from the facts it leaves behind (`phase_of`): an approval below the
quorum leaves the phase in review, an edit back to what was approved is approved again.
"""


def allowed(phase: Phase, action: Action) -> bool:
    """Whether the action exists in this phase, whoever asks."""
    return action in ALLOWED[phase]


def phase_of(*, has_open_review: bool, has_standing_approval: bool, last_outcome: str) -> Phase:
    """The phase that the facts say; `last_outcome` is the state of the latest review, or empty."""
    if has_standing_approval:
        return Phase.APPROVED
    if has_open_review:
        return Phase.IN_REVIEW
    return Phase.CHANGES if last_outcome in ("changes", "rejected") else Phase.DRAFT


def canonical(snapshot: Mapping[str, Any]) -> str:
    """The one way to write a snapshot down, so that equal content has an equal hash."""
    return json.dumps(snapshot, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_hash(snapshot: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(snapshot).encode()).hexdigest()


@dataclass(frozen=True)
class StageRule:
    """A stage as it applies to one subject now; the limit is in working hours.

    `quorum` None means all of its approvers.
    """

    id: int
    position: int
    name: str
    approvers: frozenset[int]
    quorum: int | None
    limit_hours: int = 0

    @property
    def needed(self) -> int:
        """How many must approve; at least one, so that an empty stage is never passed."""
        return max(1, len(self.approvers)) if self.quorum is None else self.quorum

    def eligible(self, contributors: Collection[int]) -> frozenset[int]:
        """Who may decide: approvers who had no hand in it."""
        return self.approvers - frozenset(contributors)

    def lacks(self, contributors: Collection[int]) -> int:
        """How many eligible approvers are missing for the quorum."""
        return max(0, self.needed - len(self.eligible(contributors)))


@dataclass(frozen=True)
class StageProgress:
    """How far a stage of a running review has come."""

    id: int
    position: int
    needed: int
    approvals: int = 0

    @property
    def is_passed(self) -> bool:
        """Whether enough have approved."""
        return self.approvals >= self.needed


def current_stage(stages: Iterable[StageProgress]) -> StageProgress | None:
    """The stage that waits for decisions; None once all are passed."""
    waiting = [stage for stage in stages if not stage.is_passed]
    return min(waiting, key=lambda stage: stage.position, default=None)


def cumulative_limits(stages: Sequence[StageRule]) -> dict[int, int]:
    """Stage id -> working hours from submission until its limit: its own and all before it."""
    total, limits = 0, {}
    for stage in sorted(stages, key=lambda stage: stage.position):
        total += stage.limit_hours
        limits[stage.id] = total
    return limits


@dataclass(frozen=True)
class TemplateRule:
    """A current workflow template, as choosing between them sees it."""

    id: int
    channel_kinds: frozenset[str]
    needs_approval: bool
    approvals_needed: int = 1


def choose_template(
    templates: Iterable[TemplateRule], channel_kinds: Collection[str]
) -> TemplateRule | None:
    """The template for content that goes to these kinds of channel; None where nobody set one.

    For each kind, the templates that name it, else those for every kind. Of all of them the
    strictest: one that needs approval before one that needs none, then more approvals before fewer,
    then the older. So adding a channel can only make it stricter.
    """
    known = list(templates)
    general = [t for t in known if not t.channel_kinds]
    found: list[TemplateRule] = []
    for kind in channel_kinds:
        found += [t for t in known if kind in t.channel_kinds] or general
    return min(
        found or general,
        key=lambda t: (not t.needs_approval, -t.approvals_needed, t.id),
        default=None,
    )
