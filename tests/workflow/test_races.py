"""The same moment on real connections: threads at a barrier, each with a connection of its own.

RACES=1000 runs each race that often; the default keeps the suite quick. Beside the races stands
what they are worth: with the lock taken away, the same race is lost.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from calendar_app.models import Publication
from people.errors import Refused
from people.models import Activity, Membership
from plans.models import Channel
from tests import factories
from tests.workflow.conftest import NOON, content_hash, decide, edit, submit
from workflow import ownership, queries, reviews
from workflow.models import Approval, ApprovalWithdrawal, Decision, Review, Revision

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = int(os.environ.get("RACES", "5"))
Run = Callable[[], Any]


def race(*runs: Run) -> list[Any]:
    """All at once; what each gave back, or the refusal it raised. Anything else is a failure."""
    barrier = threading.Barrier(len(runs))
    results: list[Any] = [None] * len(runs)

    def go(number: int, run: Run) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(30)
            results[number] = run()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=pair) for pair in enumerate(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def tidy(results: list[Any]) -> tuple[list[Any], list[Refused]]:
    """What worked and what was refused; raises anything that is neither."""
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, Refused):
            raise result
    refused = [r for r in results if isinstance(r, Refused)]
    return [r for r in results if not isinstance(r, Refused)], refused


@pytest.fixture
def approvers(cast: Any) -> list[Any]:
    return [cast.manager, cast.admin, cast.colleague, cast.expert]


def new_story(cast: Any) -> Any:
    plan = factories.make_plan(cast.organization)
    item = factories.make_story(plan, owner=cast.member, copy="start")
    edit(item, cast.member, copy="First home.")
    return item


def consistent(item: Any) -> None:
    """The stored state is what the facts say, and every approval has its quorum."""
    item.refresh_from_db()
    facts = queries.current_state_facts(item.subject)
    assert (item.state == "approved") == (facts.standing_approval is not None)
    assert (item.state == "in_review") == (
        facts.open_review is not None and facts.standing_approval is None
    )
    for approval in Approval.objects.filter(subject=item.subject, review__isnull=False):
        yes = Decision.objects.filter(review=approval.review, choice="approve")
        assert yes.count() >= approval.review.stages.get().needed
        assert all(d.revision_hash == approval.revision.hash for d in yes)


@pytest.mark.parametrize("quorum", [1, 2, 4])
def test_all_approvers_at_once(cast: Any, approvers: list[Any], quorum: int) -> None:
    factories.make_template(
        cast.organization, stage={"approvers": "people", "people": approvers, "quorum": quorum}
    )
    for _ in range(ROUNDS):
        item = new_story(cast)
        review = submit(item, cast.member)
        clicks = [partial(decide, review, member) for member in approvers]
        done, refused = tidy(race(*clicks))
        assert (len(done), len(refused)) == (quorum, 4 - quorum)
        assert Approval.objects.filter(subject=item.subject).count() == 1
        consistent(item)


def test_one_says_yes_and_one_says_no(cast: Any, approvers: list[Any]) -> None:
    factories.make_template(cast.organization, stage={"approvers": "people", "people": approvers})
    for _ in range(ROUNDS):
        item = new_story(cast)
        review = submit(item, cast.member)
        done, _refused = tidy(
            race(
                lambda: decide(review, cast.manager),  # noqa: B023
                lambda: decide(review, cast.admin, "changes"),  # noqa: B023
            )
        )
        assert len(done) == 1
        consistent(item)


def test_a_double_click_is_one_decision(cast: Any, template: Any) -> None:
    for _ in range(ROUNDS):
        item = new_story(cast)
        review, key = submit(item, cast.member), uuid.uuid4()
        done, refused = tidy(race(*[lambda: decide(review, cast.manager, key=key)] * 4))  # noqa: B023
        assert len({d.pk for d in done}) == 1
        assert refused == []
        assert Decision.objects.filter(review=review).count() == 1
        consistent(item)


def test_a_double_click_is_one_submission(cast: Any, template: Any) -> None:
    for _ in range(ROUNDS):
        item, key = new_story(cast), uuid.uuid4()
        done, refused = tidy(race(*[lambda: submit(item, cast.member, key=key)] * 4))  # noqa: B023
        assert len({r.pk for r in done}) == 1
        assert refused == []
        assert Revision.objects.filter(subject=item.subject).count() == 1
        consistent(item)


def test_two_people_submit(cast: Any, template: Any) -> None:
    for _ in range(ROUNDS):
        item = new_story(cast)
        done, refused = tidy(
            race(lambda: submit(item, cast.member), lambda: submit(item, cast.manager))  # noqa: B023
        )
        assert (len(done), len(refused)) == (1, 1)
        consistent(item)


def test_approved_while_it_is_edited(cast: Any, template: Any) -> None:
    """Either the yes was first and is to the words of before, or it is refused; never to others."""
    for _ in range(ROUNDS):
        item = new_story(cast)
        review = submit(item, cast.member)
        results = race(
            lambda: decide(review, cast.manager),  # noqa: B023
            lambda: edit(item, cast.colleague, copy="Other words."),  # noqa: B023
        )
        tidy(results)
        consistent(item)
        assert item.state == "draft"
        assert queries.standing_approval(item.subject) is None
        yes = Approval.objects.filter(subject=item.subject).exists()
        assert yes is not isinstance(results[0], Refused)


def test_approved_while_it_is_withdrawn(cast: Any, template: Any) -> None:
    for _ in range(ROUNDS):
        item = new_story(cast)
        review = submit(item, cast.member)
        done, refused = tidy(
            race(
                lambda: decide(review, cast.manager),  # noqa: B023
                lambda: reviews.withdraw_submission(review=review, by=cast.member),  # noqa: B023
            )
        )
        assert (len(done), len(refused)) == (1, 1)
        consistent(item)


def test_submitted_while_it_is_edited(cast: Any, template: Any) -> None:
    for _ in range(ROUNDS):
        item = new_story(cast)
        seen = content_hash(item)
        tidy(
            race(
                lambda: submit(item, cast.member, expected_hash=seen),  # noqa: B023
                lambda: edit(item, cast.colleague, copy="Other words."),  # noqa: B023
            )
        )
        consistent(item)
        assert not Review.objects.filter(subject=item.subject, state="open").exists()


def test_published_while_the_approval_is_withdrawn(cast: Any, template: Any) -> None:
    """Nothing goes out on a withdrawn approval: either it is a recall, or it is refused."""
    for _ in range(ROUNDS):
        item = new_story(cast)
        post = factories.make_post(item, factories.make_channel(cast.organization))
        decide(submit(item, cast.member), cast.manager)
        approval = Approval.objects.get(subject=item.subject)

        def publish() -> None:
            with transaction.atomic():
                Publication.objects.create(
                    organization=cast.organization,
                    placement=post,  # noqa: B023
                    approval=approval,  # noqa: B023
                    published_at=NOON,
                    recorded_by=cast.member,
                )

        race(
            publish,
            lambda: reviews.withdraw_approval(approval=approval, by=cast.manager, reason="No"),  # noqa: B023
        )
        went_out = Publication.objects.filter(placement=post).exists()
        assert ApprovalWithdrawal.objects.get(approval=approval).is_recall == went_out


def test_everyone_takes_it(cast: Any) -> None:
    people = [cast.member, cast.colleague, cast.manager, cast.admin]
    for _ in range(ROUNDS):
        row = factories.make_channel(cast.organization)
        done, refused = tidy(race(*[partial(ownership.claim, row=row, by=m) for m in people]))
        assert (len(done), len(refused)) == (1, 3)
        row.refresh_from_db()
        assert row.owner == done[0].owner
        assert Activity.objects.filter(subject_id=row.pk, verb="ownership.claimed").count() == 1


def test_taken_by_someone_who_is_being_deactivated(cast: Any) -> None:
    """Nothing unfinished points at a person who cannot act, whoever is first."""
    for _ in range(ROUNDS):
        row = factories.make_channel(cast.organization)
        leaver = factories.make_member(cast.organization)

        def deactivate() -> None:
            with transaction.atomic():
                member = Membership.objects.select_for_update().get(pk=leaver.pk)  # noqa: B023
                member.deactivated_at = NOON
                member.save()
                ownership.vacate_everything_of(member, "Left", cast.admin)

        tidy(race(deactivate, lambda: ownership.claim(row=row, by=leaver)))  # noqa: B023
        row.refresh_from_db()
        assert row.owner is None


# The negative controls ----------------------------------------------------------------------------
def test_without_the_lock_two_would_own_it(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def unlocked(row: Any) -> Any:
        row = Channel.objects.select_related("owner__user").get(pk=row.pk)
        time.sleep(0.2)
        return row

    monkeypatch.setattr(ownership, "_lock", unlocked)
    row = factories.make_channel(cast.organization)
    done, _refused = tidy(
        race(*[partial(ownership.claim, row=row, by=m) for m in (cast.member, cast.colleague)])
    )
    assert len(done) == 2  # the violation that the lock prevents


def test_without_the_lock_the_database_still_refuses(
    cast: Any, approvers: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two at once, both past the checks: the guard stops what the service no longer does."""
    factories.make_template(cast.organization, stage={"approvers": "people", "people": approvers})
    item = new_story(cast)
    review = submit(item, cast.member)

    def unlocked(subject: Any) -> Any:
        return type(subject).objects.select_related("organization").get(pk=subject.pk)

    monkeypatch.setattr(reviews, "lock", unlocked)
    slow = reviews.checks.check_decide

    def slowly(*args: Any) -> Any:
        stage = slow(*args)
        time.sleep(0.3)
        return stage

    monkeypatch.setattr(reviews.checks, "check_decide", slowly)
    results = race(lambda: decide(review, cast.manager), lambda: decide(review, cast.admin))
    errors = [r for r in results if isinstance(r, Exception)]
    assert len(errors) == 1
    assert not isinstance(errors[0], Refused)
    assert Approval.objects.filter(subject=item.subject).count() == 1
