"""Edits, withdrawals and releases: what an approval is worth afterwards (rule 6)."""

from __future__ import annotations

from typing import Any

import pytest

from people.errors import NotAllowed, Refused, Stale
from tests import factories
from tests.workflow.conftest import NOON, content_hash, decide, edit, state, submit, verbs
from workflow import queries, reviews
from workflow.models import Approval, Decision, Review


class TestEdit:
    def test_it_voids_the_open_review(self, cast: Any, story: Any, template: Any) -> None:
        review = submit(story, cast.member)
        edit(story, cast.colleague, copy="Other words.")
        review.refresh_from_db()
        assert review.state == Review.State.SUPERSEDED
        assert state(story) == "draft"
        assert verbs(story) == ["review.submitted", "review.superseded"]

    def test_decisions_stay_on_record(self, cast: Any, story: Any) -> None:
        factories.make_template(
            cast.organization,
            stage={"approvers": "people", "people": [cast.manager, cast.admin], "quorum": 2},
        )
        review = submit(story, cast.member)
        decide(review, cast.manager)
        edit(story, cast.member, copy="Other words.")
        assert Decision.objects.get().review == review
        second = submit(story, cast.member)
        assert second.revision.number == 2
        decide(second, cast.admin)
        assert state(story) == "in_review"  # the first yes was to other words

    def test_what_changes_nothing_voids_nothing(self, cast: Any, story: Any, template: Any) -> None:
        review = submit(story, cast.member)
        reviews.note_edit(subject=story.subject, by=cast.manager)
        review.refresh_from_db()
        assert review.state == Review.State.OPEN
        decide(review, cast.manager)
        assert state(story) == "approved"

    def test_after_approval_it_needs_approval_again(
        self, cast: Any, story: Any, template: Any
    ) -> None:
        decide(submit(story, cast.member), cast.manager)
        edit(story, cast.member, copy="Other words.")
        assert state(story) == "draft"
        assert queries.standing_approval(story.subject) is None
        assert queries.last_approval(story.subject) is not None

    def test_back_to_what_was_approved_is_approved(
        self, cast: Any, story: Any, template: Any
    ) -> None:
        decide(submit(story, cast.member), cast.manager)
        edit(story, cast.member, copy="Other words.")
        edit(story, cast.member, copy="First home.")
        assert state(story) == "approved"
        with pytest.raises(Refused, match="approved already"):
            submit(story, cast.member)

    def test_moving_the_time_keeps_the_approval(self, cast: Any, story: Any, template: Any) -> None:
        channel = factories.make_channel(cast.organization)
        post = factories.make_post(story, channel)
        decide(submit(story, cast.member), cast.manager)
        type(post).objects.filter(pk=post.pk).update(scheduled_at=NOON)
        assert queries.standing_approval(story.subject) is not None


class TestWithdraw:
    def test_a_submission(self, cast: Any, story: Any, template: Any) -> None:
        review = submit(story, cast.member)
        with pytest.raises(NotAllowed):
            reviews.withdraw_submission(review=review, by=cast.viewer)
        reviews.withdraw_submission(review=review, by=cast.member)
        reviews.withdraw_submission(review=review, by=cast.member)
        assert state(story) == "draft"
        assert verbs(story) == ["review.submitted", "review.withdrawn"]
        with pytest.raises(Refused, match="taken back"):
            decide(review, cast.manager)

    def test_not_what_is_decided(self, cast: Any, story: Any, template: Any) -> None:
        review = submit(story, cast.member)
        decide(review, cast.manager)
        with pytest.raises(Refused, match="over already"):
            reviews.withdraw_submission(review=review, by=cast.member)

    def test_then_it_can_be_submitted_again(self, cast: Any, story: Any, template: Any) -> None:
        reviews.withdraw_submission(review=submit(story, cast.member), by=cast.member)
        again = submit(story, cast.member)
        assert again.revision.number == 2
        decide(again, cast.manager)
        assert state(story) == "approved"

    @pytest.mark.parametrize("who", ["manager", "admin"])
    def test_an_approval(self, cast: Any, story: Any, template: Any, who: str) -> None:
        decide(submit(story, cast.member), cast.manager)
        approval = Approval.objects.get()
        gone = reviews.withdraw_approval(
            approval=approval, by=getattr(cast, who), reason="The rate changed"
        )
        assert not gone.is_recall
        assert state(story) == "draft"
        assert verbs(story)[-1] == "approval.withdrawn"

    def test_by_who_gave_it(self, cast: Any, story: Any) -> None:
        factories.make_template(
            cast.organization, stage={"approvers": "people", "people": [cast.colleague]}
        )
        decide(submit(story, cast.member), cast.colleague)
        approval = Approval.objects.get()
        with pytest.raises(NotAllowed):
            reviews.withdraw_approval(approval=approval, by=cast.member, reason="I want to")
        reviews.withdraw_approval(approval=approval, by=cast.colleague, reason="I was wrong")
        assert state(story) == "draft"

    def test_with_a_reason(self, cast: Any, story: Any, template: Any) -> None:
        decide(submit(story, cast.member), cast.manager)
        with pytest.raises(Refused, match="Say why"):
            reviews.withdraw_approval(approval=Approval.objects.get(), by=cast.manager, reason=" ")
        assert state(story) == "approved"

    def test_twice_is_once(self, cast: Any, story: Any, template: Any) -> None:
        decide(submit(story, cast.member), cast.manager)
        approval = Approval.objects.get()
        first = reviews.withdraw_approval(approval=approval, by=cast.manager, reason="Wrong")
        assert reviews.withdraw_approval(approval=approval, by=cast.admin, reason="Too") == first

    def test_after_publication_it_is_a_recall(self, cast: Any, story: Any, template: Any) -> None:
        from calendar_app.models import Publication

        post = factories.make_post(story, factories.make_channel(cast.organization))
        decide(submit(story, cast.member), cast.manager)
        approval = Approval.objects.get()
        Publication.objects.create(
            organization=cast.organization,
            placement=post,
            approval=approval,
            published_at=NOON,
            recorded_by=cast.member,
        )
        gone = reviews.withdraw_approval(approval=approval, by=cast.manager, reason="Wrong rate")
        assert gone.is_recall
        assert verbs(story)[-1] == "approval.recalled"


class TestRelease:
    @pytest.fixture
    def free(self, cast: Any) -> Any:
        return factories.make_template(cast.organization, name="Blog", needs_approval=False)

    def test_the_owner_releases_and_the_record_says_so(
        self, cast: Any, story: Any, free: Any
    ) -> None:
        approval = reviews.release(
            subject=story.subject, by=cast.member, expected_hash=content_hash(story)
        )
        assert (approval.review, approval.released_by) == (None, cast.member)
        assert state(story) == "approved"
        assert verbs(story) == ["approval.released"]

    def test_twice_is_once(self, cast: Any, story: Any, free: Any) -> None:
        arguments: Any = {"by": cast.member, "expected_hash": content_hash(story)}
        first = reviews.release(subject=story.subject, **arguments)
        assert reviews.release(subject=story.subject, **arguments) == first
        assert verbs(story) == ["approval.released"]

    @pytest.mark.parametrize("who", ["admin", "manager", "colleague", "viewer"])
    def test_nobody_else(self, cast: Any, story: Any, free: Any, who: str) -> None:
        with pytest.raises(NotAllowed, match="Only its owner"):
            reviews.release(
                subject=story.subject, by=getattr(cast, who), expected_hash=content_hash(story)
            )

    def test_not_where_approval_is_needed(self, cast: Any, story: Any, template: Any) -> None:
        with pytest.raises(Refused, match="someone else's approval"):
            reviews.release(
                subject=story.subject, by=cast.member, expected_hash=content_hash(story)
            )

    def test_nor_submitted_where_none_is(self, cast: Any, story: Any, free: Any) -> None:
        with pytest.raises(Refused, match="No approval is needed"):
            submit(story, cast.member)

    def test_not_what_was_edited_meanwhile(self, cast: Any, story: Any, free: Any) -> None:
        seen = content_hash(story)
        edit(story, cast.colleague, copy="Other words.")
        with pytest.raises(Stale):
            reviews.release(subject=story.subject, by=cast.member, expected_hash=seen)

    def test_not_without_an_owner(self, cast: Any, story: Any, free: Any) -> None:
        type(story).objects.filter(pk=story.pk).update(owner=None, unowned_since=NOON)
        with pytest.raises(Refused, match="No one owns this"):
            reviews.release(
                subject=story.subject, by=cast.member, expected_hash=content_hash(story)
            )

    def test_it_frees_nobody_from_having_written_it(self, cast: Any, story: Any, free: Any) -> None:
        reviews.release(subject=story.subject, by=cast.member, expected_hash=content_hash(story))
        assert queries.contributors(story.subject) == {cast.member.pk}
