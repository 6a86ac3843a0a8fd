"""The engine against a small pure model of rule 6, step by step (Hypothesis state machine)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from people.errors import Refused
from tests import factories
from tests.workflow.conftest import decide, edit, submit
from workflow import queries, reviews
from workflow.models import Approval, Review, SubjectEdit

PEOPLE = ("owner", "ann", "ben", "cat", "boss")
APPROVERS = frozenset({"ann", "ben", "cat"})
SUBMITTERS = frozenset({"owner", "boss"})
QUORUM = 2
EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "12"))


# The model: no database, no Django ---------------------------------------------------------------
@dataclass
class Approved:
    """An approval: of which words, covering how many edits, given by whom."""

    words: str
    edits: int
    givers: frozenset[str]
    withdrawn: bool = False


@dataclass
class Model:
    """Rule 6 in plain Python; every method says whether it is accepted."""

    words: str = "a"
    edits: list[str] = field(default_factory=lambda: ["owner"])
    under_review: tuple[str, frozenset[str]] | None = None
    yes: set[str] = field(default_factory=set)
    approvals: list[Approved] = field(default_factory=list)
    last: str = ""

    def contributors(self) -> frozenset[str]:
        since = max((a.edits for a in self.approvals if not a.withdrawn), default=0)
        return frozenset(self.edits[since:])

    def standing(self) -> bool:
        return any(a.words == self.words and not a.withdrawn for a in self.approvals)

    def state(self) -> str:
        if self.standing():
            return "approved"
        if self.under_review:
            return "in_review"
        return "changes_requested" if self.last == "changes" else "draft"

    def edit(self, who: str, words: str) -> bool:
        if words != self.words:
            self.words = words
            self.edits.append(who)
            if self.under_review:
                self.under_review, self.last = None, "superseded"
        return True

    def submit(self, who: str) -> bool:
        by = self.contributors()
        if who not in SUBMITTERS or self.state() not in ("draft", "changes_requested"):
            return False
        if len(APPROVERS - by) < QUORUM:
            return False
        self.under_review, self.yes, self.last = (self.words, by), set(), "open"
        return True

    def decide(self, who: str, choice: str) -> bool:
        if not self.under_review or who not in APPROVERS - self.under_review[1] - self.yes:
            return False
        if choice == "changes":
            self.under_review, self.last = None, "changes"
            return True
        self.yes.add(who)
        if len(self.yes) >= QUORUM:
            self.approvals.append(Approved(self.words, len(self.edits), frozenset(self.yes)))
            self.under_review, self.last = None, "approved"
        return True

    def withdraw_submission(self, who: str) -> bool:
        if not self.under_review or who not in SUBMITTERS:
            return False
        self.under_review, self.last = None, "withdrawn"
        return True

    def withdraw_approval(self, who: str) -> bool:
        standing = [a for a in self.approvals if not a.withdrawn]
        if not standing or (who not in standing[-1].givers and who != "boss"):
            return False
        standing[-1].withdrawn = True
        return True


# The machine: the same step in both ---------------------------------------------------------------
class Machine(RuleBasedStateMachine):
    """Each rule does the same in the engine and in the model and compares."""

    organization: Any = None
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.model = Model()
        self.people = {
            name: factories.make_member(
                self.organization, "manager" if name == "boss" else "member"
            )
            for name in PEOPLE
        }
        plan = factories.make_plan(self.organization)
        self.item = factories.make_story(plan, owner=self.people["owner"], copy="start")
        edit(self.item, self.people["owner"], copy="a")
        factories.make_template(
            self.organization,
            stage={
                "approvers": "people",
                "people": [self.people[name] for name in APPROVERS],
                "quorum": QUORUM,
            },
        )

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def compare(self, expected: bool, run: Any) -> None:
        type(self).steps += 1
        try:
            with transaction.atomic():
                run()
            accepted = True
        except Refused:
            accepted = False
        assert accepted == expected

    @rule(who=st.sampled_from(PEOPLE), words=st.sampled_from("abc"))
    def edit(self, who: str, words: str) -> None:
        if words != self.item.copy:
            edit(self.item, self.people[who], copy=words)
        self.model.edit(who, words)

    @rule(who=st.sampled_from(PEOPLE))
    def submit(self, who: str) -> None:
        self.compare(self.model.submit(who), lambda: submit(self.item, self.people[who]))

    @rule(who=st.sampled_from(PEOPLE), choice=st.sampled_from(["approve", "approve", "changes"]))
    def decide(self, who: str, choice: str) -> None:
        review = Review.objects.filter(subject=self.item.subject).order_by("-id").first()
        expected = self.model.decide(who, choice)
        if review is None:
            assert not expected
            return
        self.compare(expected, lambda: decide(review, self.people[who], choice))

    @rule(who=st.sampled_from(PEOPLE))
    def withdraw_submission(self, who: str) -> None:
        review = queries.open_review(self.item.subject)
        expected = self.model.withdraw_submission(who)
        if review is None:
            assert not expected
            return
        self.compare(
            expected, lambda: reviews.withdraw_submission(review=review, by=self.people[who])
        )

    @rule(who=st.sampled_from(PEOPLE))
    def withdraw_approval(self, who: str) -> None:
        approval = queries.last_approval(self.item.subject)
        expected = self.model.withdraw_approval(who)
        if approval is None:
            assert not expected
            return
        self.compare(
            expected,
            lambda: reviews.withdraw_approval(
                approval=approval, by=self.people[who], reason="Changed"
            ),
        )

    @invariant()
    def they_agree(self) -> None:
        self.item.refresh_from_db()
        assert self.item.state == self.model.state()
        assert queries.contributors(self.item.subject) == {
            self.people[name].pk for name in self.model.contributors()
        }
        kept = Approval.objects.filter(subject=self.item.subject)
        assert kept.count() == len(self.model.approvals)


def run(machine: type[Machine], organization: Any, *phases: Phase) -> None:
    machine.organization = organization
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=max(EXAMPLES, 50) if phases else EXAMPLES,
            phases=phases or tuple(Phase),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


def test_the_engine_does_what_the_model_says(cast: Any) -> None:
    """More examples by MODEL_EXAMPLES=500."""
    Machine.steps = 0
    run(Machine, cast.organization)
    assert Machine.steps > EXAMPLES


def test_a_difference_would_be_found(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: an engine in which an edit leaves the open review open."""

    def forgetful(*, subject: Any, by: Any) -> None:
        SubjectEdit.objects.create(organization=subject.organization, subject=subject, member=by)

    monkeypatch.setattr("workflow.reviews.note_edit", forgetful)
    with pytest.raises(AssertionError):
        run(Machine, cast.organization, Phase.generate)  # found is enough, no need to shrink
