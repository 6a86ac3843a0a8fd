"""Approval and edits of a plan at the same moment: whichever way they meet, the facts agree."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from people.errors import Refused, Stale
from plans import services
from plans.life.approval import differences
from plans.models import Commitment
from plans.records import terms_of
from plans.rules import PlanState
from plans.services.plans import fields_now
from plans.services.promises import seen_of
from tests.plans.life.kit import decided, draft, plans_need, submitted
from workflow import ownership, queries
from workflow.models import Approval, Review

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], Any]) -> list[BaseException | None]:
    """All at once, each over a connection of its own; what each was refused with, or None."""
    start = threading.Barrier(len(acts))
    found: list[BaseException | None] = [None] * len(acts)

    def run(n: int, act: Callable[[], Any]) -> None:
        start.wait()
        try:
            act()
        except BaseException as error:
            found[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def settled(plan: Any, refused: list[BaseException | None]) -> str:
    """The state, once nothing but a kind refusal came of it and the facts agree with it."""
    assert all(error is None or isinstance(error, Refused | Stale) for error in refused), refused
    plan.refresh_from_db()
    assert differences(plan.organization) == []
    return str(plan.state)


@pytest.mark.parametrize("part", ["plan", "promise", "champion"])
def test_an_edit_while_someone_approves(cast: Any, part: str) -> None:
    plans_need(cast)
    plan = draft(cast)
    review = submitted(plan, cast.member)

    def edit() -> None:
        if part == "plan":
            fields = replace(fields_now(plan), name="Other")
            services.edit_plan(plan=plan, by=cast.member, version=plan.version, fields=fields)
        elif part == "promise":
            promise = Commitment.objects.get(plan=plan)
            terms = terms_of(promise)
            services.change_promise(
                promise=promise,
                by=cast.member,
                seen=seen_of(terms),
                terms=replace(terms, count=5),
            )
        else:
            ownership.assign(row=plan, to=cast.colleague, by=cast.admin)

    plan.refresh_from_db()
    state = settled(plan, together(edit, lambda: decided(review, cast.manager)))
    approved = Approval.objects.filter(subject=plan.subject).exists()
    assert (state, Review.objects.get().state) == (
        ("running", "approved") if approved else ("draft", "superseded")
    )


def test_two_submissions_and_a_closing_leave_one_open_review_at_most(cast: Any) -> None:
    plans_need(cast)
    plan = draft(cast)
    refused = together(
        lambda: submitted(plan, cast.member),
        lambda: submitted(plan, cast.member),
        lambda: services.change_state(plan=plan, by=cast.member, to=PlanState.CLOSED),
    )
    assert settled(plan, refused) == "closed"
    assert queries.open_review(plan.subject) is None
