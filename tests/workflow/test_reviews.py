"""Approval is of a revision: submitting and deciding, and what each refuses (rule 6)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from people.errors import NotAllowed, Refused, Stale
from tests import factories
from tests.workflow import conftest
from tests.workflow.conftest import NOON, content_hash, decide, edit, state, submit, verbs
from workflow import queries, reviews
from workflow.models import Approval, Decision, Review, Revision


class TestSubmit:
    def test_it_works(self, cast: Any, story: Any, template: Any) -> None:
        review = submit(story, cast.member)
        assert review.state == Review.State.OPEN
        assert review.revision.number == 1
        assert review.revision.contributors == [cast.member.pk]
        assert review.revision.snapshot["title"] == "Five costs"
        assert state(story) == "in_review"
        assert verbs(story) == ["review.submitted"]

    def test_the_limit_runs_in_working_hours(self, cast: Any, story: Any, template: Any) -> None:
        review = submit(story, cast.member)
        # 24 working hours from Monday noon, 8 a day: 5 left on Monday, Tuesday, Wednesday, 3 more.
        assert review.stages.get().due_at == datetime(2027, 3, 4, 12, tzinfo=UTC)

    def test_the_same_form_again_is_the_same_review(
        self, cast: Any, story: Any, template: Any
    ) -> None:
        key = uuid.uuid4()
        assert submit(story, cast.member, key=key) == submit(story, cast.member, key=key)
        assert Review.objects.count() == Revision.objects.count() == 1

    def test_one_open_review_at_a_time(self, cast: Any, story: Any, template: Any) -> None:
        submit(story, cast.member)
        with pytest.raises(Refused, match="in review already"):
            submit(story, cast.manager)

    def test_other_content_than_they_saw(self, cast: Any, story: Any, template: Any) -> None:
        seen = content_hash(story)
        edit(story, cast.colleague, copy="Second home.")
        with pytest.raises(Stale) as caught:
            submit(story, cast.member, expected_hash=seen)
        assert caught.value.current["copy"] == "Second home."
        assert Review.objects.count() == 0

    @pytest.mark.parametrize("who", ["admin", "manager", "member"])
    def test_owner_and_leaders_may(self, cast: Any, story: Any, template: Any, who: str) -> None:
        assert submit(story, getattr(cast, who)).opened_by == getattr(cast, who)

    @pytest.mark.parametrize("who", ["expert", "viewer", "deactivated"])
    def test_others_may_not(self, cast: Any, story: Any, template: Any, who: str) -> None:
        with pytest.raises(NotAllowed):
            submit(story, getattr(cast, who))

    def test_who_does_not_see_it_may_not(self, cast: Any, story: Any, template: Any) -> None:
        conftest.HIDDEN_FROM.add(cast.manager.pk)
        with pytest.raises(NotAllowed):
            submit(story, cast.manager)

    def test_nobody_left_to_approve_is_said(self, cast: Any, story: Any, template: Any) -> None:
        edit(story, cast.manager, copy="Mine now.")
        with pytest.raises(
            Refused, match="“Approval” needs 1 approval and nobody can give it: who"
        ):
            submit(story, cast.member)
        assert Revision.objects.count() == 0

    def test_too_few_are_said(self, cast: Any, story: Any) -> None:
        factories.make_template(
            cast.organization,
            stage={"approvers": "people", "people": [cast.manager, cast.member], "quorum": 2},
        )
        with pytest.raises(Refused, match="needs 2 approvals and only 1 person can give"):
            submit(story, cast.member)

    def test_all_counts_those_who_wrote_it(self, cast: Any, story: Any) -> None:
        factories.make_template(
            cast.organization,
            stage={"approvers": "people", "people": [cast.manager, cast.member], "quorum": None},
        )
        with pytest.raises(Refused, match="needs 2 approvals"):
            submit(story, cast.member)

    def test_deactivated_approvers_do_not_count(self, cast: Any, story: Any) -> None:
        factories.make_template(
            cast.organization,
            stage={"approvers": "people", "people": [cast.deactivated, cast.viewer]},
        )
        with pytest.raises(Refused, match="too few active people"):
            submit(story, cast.member)

    def test_nobody_set_who_approves(self, cast: Any, story: Any) -> None:
        with pytest.raises(Refused, match="Nobody has set who approves"):
            submit(story, cast.member)

    def test_what_is_over_is_not_submitted(self, cast: Any, story: Any, template: Any) -> None:
        conftest.CLOSED[story.pk] = "This story was cancelled."
        with pytest.raises(Refused, match="cancelled"):
            submit(story, cast.member)

    def test_administrators_stand_in_where_there_is_no_manager(
        self, cast: Any, story: Any, template: Any
    ) -> None:
        cast.manager.role = "member"
        cast.manager.save()
        review = submit(story, cast.member)
        assert queries.deciders(review) == {cast.admin.pk}
        decide(review, cast.admin)
        assert state(story) == "approved"


class TestDecide:
    def test_approved(self, cast: Any, story: Any, template: Any) -> None:
        review = submit(story, cast.member)
        decide(review, cast.manager)
        review.refresh_from_db()
        assert review.state == Review.State.APPROVED
        assert review.closed_at is not None
        assert Approval.objects.get().revision == review.revision
        assert state(story) == "approved"
        assert verbs(story) == ["review.submitted", "review.approved"]

    @pytest.mark.parametrize(("choice", "closed"), [("changes", "changes"), ("reject", "rejected")])
    def test_sent_back(
        self, cast: Any, story: Any, template: Any, choice: str, closed: str
    ) -> None:
        review = submit(story, cast.member)
        decide(review, cast.manager, choice, comment="No “guaranteed”.")
        review.refresh_from_db()
        assert review.state == closed
        assert not Approval.objects.exists()
        assert state(story) == "changes_requested"

    @pytest.mark.parametrize("choice", ["changes", "reject"])
    def test_sending_back_says_why(self, cast: Any, story: Any, template: Any, choice: str) -> None:
        review = submit(story, cast.member)
        with pytest.raises(Refused, match="Say what should change"):
            decide(review, cast.manager, choice, comment="  ")
        assert state(story) == "in_review"

    def test_not_ones_own(self, cast: Any, story: Any) -> None:
        factories.make_template(
            cast.organization,
            stage={"approvers": "people", "people": [cast.manager, cast.member]},
        )
        review = submit(story, cast.member)
        with pytest.raises(NotAllowed, match="You wrote or edited this"):
            decide(review, cast.member)
        decide(review, cast.manager)
        assert state(story) == "approved"

    def test_not_what_one_edited_in_an_earlier_revision(self, cast: Any, story: Any) -> None:
        factories.make_template(
            cast.organization,
            stage={"approvers": "people", "people": [cast.manager, cast.admin]},
        )
        edit(story, cast.admin, copy="Ada's words.")
        decide(submit(story, cast.member), cast.manager, "changes")
        edit(story, cast.member, copy="Maya's words.")
        second = submit(story, cast.member)
        with pytest.raises(NotAllowed, match="You wrote or edited this"):
            decide(second, cast.admin)

    def test_an_approved_revision_frees_who_wrote_it(self, cast: Any, story: Any) -> None:
        factories.make_template(
            cast.organization,
            stage={"approvers": "people", "people": [cast.manager, cast.admin, cast.member]},
        )
        decide(submit(story, cast.member), cast.manager)
        edit(story, cast.manager, copy="The manager's words.")
        review = submit(story, cast.manager)
        assert review.revision.contributors == [cast.manager.pk]
        decide(review, cast.member)
        assert state(story) == "approved"

    def test_a_withdrawn_approval_frees_nobody(self, cast: Any, story: Any) -> None:
        factories.make_template(
            cast.organization,
            stage={"approvers": "people", "people": [cast.manager, cast.admin, cast.member]},
        )
        decide(submit(story, cast.member), cast.manager)
        reviews.withdraw_approval(
            approval=Approval.objects.get(), by=cast.manager, reason="Legal called"
        )
        edit(story, cast.manager, copy="The manager's words.")
        assert queries.contributors(story.subject) == {cast.member.pk, cast.manager.pk}

    @pytest.mark.parametrize("who", ["admin", "colleague", "expert", "viewer", "deactivated"])
    def test_who_is_no_approver_may_not(
        self, cast: Any, story: Any, template: Any, who: str
    ) -> None:
        review = submit(story, cast.member)
        with pytest.raises(NotAllowed):
            decide(review, getattr(cast, who))
        assert not Decision.objects.exists()

    def test_an_expert_may_be_one(self, cast: Any, story: Any) -> None:
        factories.make_template(
            cast.organization, stage={"approvers": "people", "people": [cast.expert]}
        )
        decide(submit(story, cast.member), cast.expert)
        assert state(story) == "approved"

    def test_the_champion_may_be_one(self, cast: Any, story: Any) -> None:
        factories.make_template(cast.organization, stage={"approvers": "champion"})
        review = submit(story, cast.member)
        with pytest.raises(NotAllowed):
            decide(review, cast.manager)
        decide(review, cast.colleague)
        assert state(story) == "approved"

    def test_a_department_may_be_one(self, cast: Any, story: Any) -> None:
        legal = factories.make_department(cast.organization, name="Legal")
        cast.colleague.department = legal
        cast.colleague.save()
        factories.make_template(
            cast.organization, stage={"approvers": "department", "department": legal}
        )
        decide(submit(story, cast.member), cast.colleague)
        assert state(story) == "approved"

    def test_a_removed_approver_may_not(self, cast: Any, story: Any) -> None:
        factories.make_template(
            cast.organization,
            stage={"approvers": "people", "people": [cast.manager, cast.colleague]},
        )
        review = submit(story, cast.member)
        cast.manager.deactivated_at = NOON
        cast.manager.save()
        with pytest.raises(NotAllowed):
            decide(review, cast.manager)
        decide(review, cast.colleague)
        assert state(story) == "approved"

    def test_a_quorum_of_two(self, cast: Any, story: Any) -> None:
        factories.make_template(
            cast.organization,
            stage={"approvers": "people", "people": [cast.manager, cast.admin], "quorum": 2},
        )
        review = submit(story, cast.member)
        decide(review, cast.manager)
        assert state(story) == "in_review"
        with pytest.raises(Refused, match="decided on this revision already"):
            decide(review, cast.manager)
        decide(review, cast.admin)
        assert state(story) == "approved"

    def test_one_no_ends_it_whatever_others_said(self, cast: Any, story: Any) -> None:
        factories.make_template(
            cast.organization,
            stage={"approvers": "people", "people": [cast.manager, cast.admin], "quorum": 2},
        )
        review = submit(story, cast.member)
        decide(review, cast.manager)
        decide(review, cast.admin, "changes")
        with pytest.raises(Refused, match="decided in the meantime"):
            decide(review, cast.admin)
        assert state(story) == "changes_requested"

    def test_two_stages_in_order(self, cast: Any, story: Any) -> None:
        two = factories.make_template(cast.organization, stage={"limit_hours": 8})
        two.stages.create(
            organization=cast.organization,
            position=2,
            name="Legal",
            approvers="role",
            role="admin",
            limit_hours=16,
        )
        review = submit(story, cast.member)
        with pytest.raises(NotAllowed, match="at this stage"):
            decide(review, cast.admin)
        decide(review, cast.manager)
        assert state(story) == "in_review"
        decide(review, cast.admin)
        assert state(story) == "approved"

    def test_the_same_click_again_is_the_first_answer(
        self, cast: Any, story: Any, template: Any
    ) -> None:
        review, key = submit(story, cast.member), uuid.uuid4()
        first = decide(review, cast.manager, key=key)
        assert decide(review, cast.manager, key=key) == first
        assert Decision.objects.count() == 1
        with pytest.raises(Refused, match="used already"):
            decide(review, cast.manager, "changes", key=key)

    def test_what_was_edited_meanwhile_is_not_approved(
        self, cast: Any, story: Any, template: Any
    ) -> None:
        review = submit(story, cast.member)
        edit(story, cast.member, copy="Other words.")
        with pytest.raises(Stale) as caught:
            decide(review, cast.manager)
        assert caught.value.current["copy"] == "Other words."
        assert not Decision.objects.exists()

    def test_a_door_that_forgot_to_tell_is_still_no_way_round(
        self, cast: Any, story: Any, template: Any
    ) -> None:
        review = submit(story, cast.member)
        type(story).objects.filter(pk=story.pk).update(copy="Slipped in.")
        with pytest.raises(Stale):
            decide(review, cast.manager)

    def test_on_another_hash(self, cast: Any, story: Any, template: Any) -> None:
        review = submit(story, cast.member)
        with pytest.raises(Stale):
            decide(review, cast.manager, expected_hash="0" * 64)

    def test_only_known_choices(self, cast: Any, story: Any, template: Any) -> None:
        with pytest.raises(Refused, match="Choose whether"):
            decide(submit(story, cast.member), cast.manager, "maybe")

    def test_hidden(self, cast: Any, story: Any, template: Any) -> None:
        review = submit(story, cast.member)
        conftest.HIDDEN_FROM.add(cast.manager.pk)
        with pytest.raises(NotAllowed):
            decide(review, cast.manager)

    def test_a_running_review_keeps_its_workflow(
        self, cast: Any, story: Any, template: Any
    ) -> None:
        review = submit(story, cast.member)
        type(template).objects.filter(pk=template.pk).update(is_current=False)
        factories.make_template(
            cast.organization, version=2, stage={"approvers": "role", "role": "admin"}
        )
        assert queries.deciders(review) == {cast.manager.pk}
