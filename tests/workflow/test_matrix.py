"""Every state, action and role: what is accepted, what is refused, and that the buttons agree."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction

from people.errors import NotAllowed, Refused
from people.models import Activity
from tests import factories
from tests.workflow.conftest import NOON, content_hash, decide, edit, submit
from workflow import queries, reviews
from workflow.models import Approval, Decision, Review, Revision

WHO = (
    "admin",
    "manager",
    "approver",
    "owner",
    "member",
    "expert",
    "viewer",
    "deactivated",
    "outsider",
)
STATES = ("draft", "in_review", "changes_requested", "approved", "free", "released")
SUBMITTERS = {"admin", "manager", "owner"}

# (state, action) -> who may. Everyone else, everywhere else, is refused.
MAY: dict[tuple[str, str], set[str]] = {
    ("draft", "submit"): SUBMITTERS,
    ("changes_requested", "submit"): SUBMITTERS,
    ("in_review", "approve"): {"approver", "expert"},
    ("in_review", "changes"): {"approver", "expert"},
    ("in_review", "reject"): {"approver", "expert"},
    ("in_review", "withdraw_submission"): SUBMITTERS,
    ("approved", "withdraw_approval"): {"admin", "manager", "approver"},
    ("free", "release"): {"owner"},
    ("released", "release"): {"owner"},  # the same release again
    ("released", "withdraw_approval"): {"admin", "manager", "owner"},
}
ACTIONS = (
    "submit",
    "approve",
    "changes",
    "reject",
    "withdraw_submission",
    "withdraw_approval",
    "release",
)


@pytest.fixture
def people(cast: Any) -> dict[str, Any]:
    return {
        "admin": cast.admin,
        "manager": cast.manager,
        "approver": cast.colleague,
        "owner": cast.member,
        "member": factories.make_member(cast.organization),
        "expert": cast.expert,
        "viewer": cast.viewer,
        "deactivated": cast.deactivated,
        "outsider": cast.outsider,
    }


@pytest.fixture
def item(cast: Any, people: dict[str, Any]) -> Any:
    """A story on which the champion of its plan is nobody of the people above."""
    plan = factories.make_plan(cast.organization, owner=factories.make_member(cast.organization))
    item = factories.make_story(plan, owner=cast.member, copy="First home.")
    edit(item, cast.member, copy="First home, first keys.")
    return item


def bring_to(state: str, item: Any, cast: Any) -> None:
    if state in ("free", "released"):
        factories.make_template(cast.organization, needs_approval=False)
        if state == "released":
            reviews.release(subject=item.subject, by=cast.member, expected_hash=content_hash(item))
        return
    named = [cast.colleague, cast.expert, cast.member, cast.viewer, cast.deactivated]
    factories.make_template(cast.organization, stage={"approvers": "people", "people": named})
    if state == "draft":
        return
    review = submit(item, cast.member)
    if state == "changes_requested":
        decide(review, cast.colleague, "changes")
    if state == "approved":
        decide(review, cast.colleague)


def attempt(action: str, item: Any, by: Any) -> None:
    subject, seen = item.subject, content_hash(item)
    if action == "submit":
        reviews.submit(subject=subject, by=by, expected_hash=seen, key=uuid.uuid4(), now=NOON)
    elif action == "release":
        reviews.release(subject=subject, by=by, expected_hash=seen)
    elif action == "withdraw_approval":
        approval = Approval.objects.filter(subject=subject, withdrawal=None).first()
        if approval is None:
            raise Refused("nothing is approved")
        reviews.withdraw_approval(approval=approval, by=by, reason="The rate changed")
    else:
        review = Review.objects.filter(subject=subject).order_by("-id").first()
        if review is None:
            raise Refused("nothing is in review")
        if action == "withdraw_submission":
            reviews.withdraw_submission(review=review, by=by)
        else:
            decide(review, by, action)


def facts() -> tuple[int, ...]:
    """How much is on record; a refusal must leave it as it was."""
    return tuple(m.objects.count() for m in (Activity, Revision, Review, Decision, Approval))


class Undo(Exception):
    """Ends a trial without a trace."""


def is_accepted(run: Callable[[], None]) -> bool:
    before = facts()
    accepted = False
    try:
        with transaction.atomic():
            try:
                run()
                accepted = True
            except (Refused, NotAllowed):
                assert facts() == before
            raise Undo
    except Undo:
        assert facts() == before
    return accepted


def shown(panel: Any, action: str) -> bool:
    button = "decide" if action in ("approve", "changes", "reject") else action
    return bool(getattr(panel, button))


@pytest.mark.parametrize("state", STATES)
def test_every_action_of_everyone(cast: Any, people: dict[str, Any], item: Any, state: str) -> None:
    """What is accepted is what the table says, and what the panel offers is what is accepted."""
    bring_to(state, item, cast)
    wrong = []
    for who in WHO:
        panel = queries.review_panel(people[who], item.subject, NOON)
        for action in ACTIONS:
            found = is_accepted(lambda a=action, w=who: attempt(a, item, people[w]))  # type: ignore[misc]
            if found != (who in MAY.get((state, action), set())):
                wrong.append(f"{who} {action}: {'accepted' if found else 'refused'}")
            if (state, action) != ("released", "release") and shown(panel, action) != found:
                wrong.append(f"{who} {action}: the button says otherwise")
    assert wrong == []


@pytest.mark.parametrize("state", ["draft", "in_review", "approved"])
def test_a_stale_second_click_changes_nothing(
    cast: Any, people: dict[str, Any], item: Any, state: str
) -> None:
    """Everything that worked once, clicked again on the page of before, leaves no further fact."""
    bring_to(state, item, cast)
    for action in ACTIONS:
        who = next(iter(sorted(MAY.get((state, action), set()))), None)
        if who is None:
            continue
        with pytest.raises(Undo), transaction.atomic():
            attempt(action, item, people[who])
            once = facts()
            with suppress(Refused):
                attempt(action, item, people[who])
            assert facts() == once, action
            raise Undo
