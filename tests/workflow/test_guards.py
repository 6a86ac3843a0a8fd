"""The database refuses by itself, to the application's own role and raw SQL (`reliability.md`).

Each refusal stands beside the same statement that is accepted, so that none passes for another
reason than the one it names.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests import factories
from tests.workflow.conftest import NOON, decide, edit, submit
from workflow import reviews
from workflow.models import Approval, Review, SubjectEdit

FACTS = [
    "workflow_subjectedit",
    "workflow_revision",
    "workflow_reviewstage",
    "workflow_decision",
    "workflow_approval",
    "workflow_approvalwithdrawal",
    "calendar_app_publication",
]


def sql(statement: str, *values: Any) -> int:
    """Run it as the role that web and workers run as; gives the number of rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def refused(run: Callable[[], Any], why: str) -> None:
    with pytest.raises(DatabaseError, match=why):
        run()


def insert(table: str, **values: Any) -> int:
    """One row by raw SQL; its key."""
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(["%s"] * len(values))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING id", list(values.values())
        )
        key = cursor.fetchone()[0]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        return int(key)


def add_decision(review: Any, member: Any, **kw: Any) -> int:
    values = {
        "organization_id": review.organization_id,
        "review_id": review.pk,
        "stage_id": review.stages.first().stage_id,
        "revision_id": review.revision_id,
        "revision_hash": review.revision.hash,
        "member_id": member.pk,
        "choice": "approve",
        "comment": "",
        "at": NOON,
        "key": str(uuid.uuid4()),
    }
    return insert("workflow_decision", **{**values, **kw})


def add_approval(review: Any, **kw: Any) -> int:
    values = {
        "organization_id": review.organization_id,
        "subject_id": review.subject_id,
        "revision_id": review.revision_id,
        "review_id": review.pk,
        "template_id": review.template_id,
        "at": NOON,
    }
    return insert("workflow_approval", **{**values, **kw})


def add_revision(story: Any, by: Any, **kw: Any) -> int:
    newest = SubjectEdit.objects.filter(subject=story.subject).order_by("-id").first()
    values = {
        "organization_id": story.organization_id,
        "subject_id": story.subject_id,
        "number": 1,
        "snapshot": json.dumps({"copy": "x"}),
        "hash": "a" * 64,
        "contributors": [by.pk],
        "edits_through": newest.pk if newest else 0,
        "created_by_id": by.pk,
        "created_at": NOON,
    }
    return insert("workflow_revision", **{**values, **kw})


@pytest.fixture
def both(cast: Any, story: Any) -> Any:
    """A review that needs the manager's and the administrator's yes."""
    factories.make_template(
        cast.organization,
        stage={
            "approvers": "people",
            "people": [cast.manager, cast.admin, cast.member, cast.deactivated, cast.viewer],
            "quorum": 2,
        },
    )
    return submit(story, cast.member)


class TestFacts:
    @pytest.mark.parametrize("table", FACTS)
    @pytest.mark.parametrize(
        "statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
    )
    def test_the_application_has_no_right_to_change_them(
        self, db: None, table: str, statement: str
    ) -> None:
        refused(lambda: sql(statement.format(table)), "permission denied")

    @pytest.mark.parametrize("table", FACTS)
    def test_who_has_the_right_is_refused_by_a_trigger(self, db: None, table: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE c.relname = %s AND NOT t.tgisinternal AND t.tgenabled = 'O' "
                "AND (t.tgname LIKE '%%append_only%%' OR t.tgname LIKE '%%no_truncate%%')",
                [table],
            )
            assert cursor.fetchone() == (2,)


class TestRevision:
    def test_accepted(self, cast: Any, story: Any) -> None:
        assert add_revision(story, cast.member)

    def test_leaving_out_an_editor(self, cast: Any, story: Any) -> None:
        edit(story, cast.colleague, copy="Other words.")
        refused(lambda: add_revision(story, cast.member), "names everyone who edited")
        both = [cast.member.pk, cast.colleague.pk]
        assert add_revision(story, cast.member, contributors=both)

    def test_leaving_out_an_edit(self, cast: Any, story: Any) -> None:
        refused(lambda: add_revision(story, cast.member, edits_through=0), "every edit up to")

    def test_out_of_order(self, cast: Any, story: Any) -> None:
        refused(lambda: add_revision(story, cast.member, number=2), "one after the other")

    def test_without_a_hash(self, cast: Any, story: Any) -> None:
        refused(lambda: add_revision(story, cast.member, hash="approved"), "SHA-256")


class TestReview:
    def values(self, cast: Any, story: Any, template: Any, revision: int) -> dict[str, Any]:
        return {
            "organization_id": story.organization_id,
            "subject_id": story.subject_id,
            "revision_id": revision,
            "template_id": template.pk,
            "state": "open",
            "opened_by_id": cast.member.pk,
            "opened_at": NOON,
        }

    def test_of_the_newest_revision_only(self, cast: Any, story: Any, template: Any) -> None:
        old = add_revision(story, cast.member)
        edit(story, cast.member, copy="Other words.")
        values = self.values(cast, story, template, old)
        refused(lambda: insert("workflow_review", **values), "newest revision")
        new = add_revision(story, cast.member, number=2)
        assert insert("workflow_review", **{**values, "revision_id": new})

    def test_of_its_own_subject(self, cast: Any, story: Any, template: Any) -> None:
        other = factories.make_story(story.plan)
        values = self.values(cast, story, template, add_revision(other, cast.member))
        refused(lambda: insert("workflow_review", **values), "newest revision")

    def test_begins_open(self, cast: Any, story: Any, template: Any) -> None:
        values = self.values(cast, story, template, add_revision(story, cast.member))
        values |= {"state": "approved", "closed_at": NOON}
        refused(lambda: insert("workflow_review", **values), "begins open")

    def test_not_where_no_approval_is_needed(self, cast: Any, story: Any) -> None:
        free = factories.make_template(cast.organization, name="Blog", needs_approval=False)
        values = self.values(cast, story, free, add_revision(story, cast.member))
        refused(lambda: insert("workflow_review", **values), "needs no approval")

    def test_is_not_approved_by_hand(self, both: Any) -> None:
        by_hand = "UPDATE workflow_review SET state = %s, closed_at = now() WHERE id = %s"
        refused(lambda: sql(by_hand, "approved", both.pk), "approved by its approval")
        refused(lambda: sql(by_hand, "rejected", both.pk), "by the decision that says so")
        assert sql(by_hand, "withdrawn", both.pk) == 1

    def test_is_not_opened_again(self, cast: Any, both: Any) -> None:
        reviews.withdraw_submission(review=both, by=cast.member)
        again = "UPDATE workflow_review SET state = 'open', closed_at = NULL WHERE id = %s"
        refused(lambda: sql(again, both.pk), "stays closed")

    def test_keeps_what_it_is_of(self, cast: Any, both: Any) -> None:
        other = add_revision(factories.make_story(both.subject.content_item.plan), cast.member)
        change = "UPDATE workflow_review SET revision_id = %s WHERE id = %s"
        refused(lambda: sql(change, other, both.pk), "never changes")

    def test_is_not_deleted(self, both: Any) -> None:
        refused(lambda: sql("DELETE FROM workflow_review WHERE id = %s", both.pk), "on record")

    def test_stages_keep_their_quorum(self, cast: Any, story: Any) -> None:
        two = factories.make_template(cast.organization, stage={"quorum": 2})
        values = self.values(cast, story, two, add_revision(story, cast.member))
        review = insert("workflow_review", **values)
        stage = {
            "organization_id": story.organization_id,
            "review_id": review,
            "stage_id": two.stages.get().pk,
            "position": 1,
            "due_at": NOON,
        }
        refused(lambda: insert("workflow_reviewstage", **stage, needed=1), "no fewer approvals")
        assert insert("workflow_reviewstage", **stage, needed=2)


class TestDecision:
    def test_accepted(self, cast: Any, both: Any) -> None:
        assert add_decision(both, cast.manager)

    def test_on_another_hash(self, cast: Any, both: Any) -> None:
        refused(
            lambda: add_decision(both, cast.manager, revision_hash="b" * 64), "exactly the revision"
        )

    def test_on_another_revision(self, cast: Any, story: Any, both: Any) -> None:
        other = add_revision(factories.make_story(story.plan), cast.member)
        refused(lambda: add_decision(both, cast.manager, revision_id=other), "exactly the revision")

    def test_by_a_contributor(self, cast: Any, both: Any) -> None:
        refused(lambda: add_decision(both, cast.member), "wrote or edited")

    def test_by_who_edited_after_the_cut(self, cast: Any, story: Any, both: Any) -> None:
        SubjectEdit.objects.create(
            organization=cast.organization, subject=story.subject, member=cast.manager
        )
        refused(lambda: add_decision(both, cast.manager), "wrote or edited")

    def test_on_a_closed_review(self, cast: Any, both: Any) -> None:
        reviews.withdraw_submission(review=both, by=cast.member)
        refused(lambda: add_decision(both, cast.manager), "closed")

    @pytest.mark.parametrize("who", ["colleague", "deactivated", "viewer", "expert"])
    def test_by_who_is_no_approver(self, cast: Any, both: Any, who: str) -> None:
        refused(lambda: add_decision(both, getattr(cast, who)), "only an approver")

    def test_by_someone_locked_out_of_the_installation(self, cast: Any, both: Any) -> None:
        cast.manager.user.is_active = False
        cast.manager.user.save()
        refused(lambda: add_decision(both, cast.manager), "only an approver")

    def test_by_another_organization(self, cast: Any, both: Any) -> None:
        refused(lambda: add_decision(both, cast.outsider), "only an approver")
        other = cast.other_organization.pk
        refused(lambda: add_decision(both, cast.manager, organization_id=other), "foreign key")

    def test_twice(self, cast: Any, both: Any) -> None:
        add_decision(both, cast.manager)
        refused(lambda: add_decision(both, cast.manager), "workflow_decision_once")

    def test_without_saying_what_should_change(self, cast: Any, both: Any) -> None:
        refused(lambda: add_decision(both, cast.manager, choice="changes", comment=" "), "say what")
        assert add_decision(both, cast.manager, choice="changes", comment="Shorter.")

    def test_at_a_stage_that_does_not_wait_yet(self, cast: Any, story: Any) -> None:
        two = factories.make_template(cast.organization)
        second = two.stages.create(
            organization=cast.organization, position=2, name="Legal", approvers="role", role="admin"
        )
        review = submit(story, cast.member)
        refused(lambda: add_decision(review, cast.admin, stage_id=second.pk), "not the one")
        add_decision(review, cast.manager)
        assert add_decision(review, cast.admin, stage_id=second.pk)

    def test_at_a_stage_of_another_workflow(self, cast: Any, both: Any) -> None:
        other = factories.make_template(cast.organization, name="Other").stages.get()
        refused(lambda: add_decision(both, cast.manager, stage_id=other.pk), "not the one")


class TestApproval:
    def test_without_its_quorum(self, cast: Any, both: Any) -> None:
        refused(lambda: add_approval(both), "quorum of every stage")
        add_decision(both, cast.manager)
        refused(lambda: add_approval(both), "quorum of every stage")
        add_decision(both, cast.admin)
        assert add_approval(both)

    def test_against_a_no(self, cast: Any, story: Any) -> None:
        factories.make_template(
            cast.organization,
            stage={"approvers": "people", "people": [cast.manager, cast.admin]},
        )
        review = submit(story, cast.member)
        add_decision(review, cast.manager)
        add_decision(review, cast.admin, choice="reject", comment="No.")
        refused(lambda: add_approval(review), "said no")

    def test_of_a_revision_that_was_edited(self, cast: Any, story: Any, both: Any) -> None:
        add_decision(both, cast.manager)
        add_decision(both, cast.admin)
        SubjectEdit.objects.create(
            organization=cast.organization, subject=story.subject, member=cast.member
        )
        refused(lambda: add_approval(both), "newest revision")

    def test_of_a_closed_review(self, cast: Any, both: Any) -> None:
        add_decision(both, cast.manager)
        add_decision(both, cast.admin)
        reviews.withdraw_submission(review=both, by=cast.member)
        refused(lambda: add_approval(both), "its open review")

    def test_once(self, cast: Any, story: Any, template: Any) -> None:
        review = submit(story, cast.member)
        decide(review, cast.manager)
        refused(lambda: add_approval(review), "its open review|unique")

    def release(self, story: Any, template: Any, by: Any, revision: int) -> int:
        return insert(
            "workflow_approval",
            organization_id=story.organization_id,
            subject_id=story.subject_id,
            revision_id=revision,
            template_id=template.pk,
            released_by_id=by.pk,
            at=NOON,
        )

    def test_released_only_where_none_is_needed(self, cast: Any, story: Any, template: Any) -> None:
        revision = add_revision(story, cast.member)
        refused(lambda: self.release(story, template, cast.member, revision), "lets a member")
        free = factories.make_template(cast.organization, name="Blog", needs_approval=False)
        for who in (cast.viewer, cast.expert, cast.deactivated):
            refused(lambda w=who: self.release(story, free, w, revision), "lets a member")  # type: ignore[misc]
        assert self.release(story, free, cast.member, revision)

    def test_not_released_by_a_workflow_of_the_past(self, cast: Any, story: Any) -> None:
        past = factories.make_template(
            cast.organization, name="Blog", needs_approval=False, is_current=False
        )
        revision = add_revision(story, cast.member)
        refused(lambda: self.release(story, past, cast.member, revision), "lets a member")

    def test_not_released_around_a_review(self, cast: Any, story: Any, both: Any) -> None:
        free = factories.make_template(cast.organization, name="Blog", needs_approval=False)
        refused(lambda: self.release(story, free, cast.member, both.revision_id), "not gone around")

    def test_withdrawn_by_who_may(self, cast: Any, story: Any, template: Any) -> None:
        decide(submit(story, cast.member), cast.manager)
        values = {
            "organization_id": story.organization_id,
            "approval_id": Approval.objects.get().pk,
            "reason": "Wrong",
            "is_recall": False,
            "at": NOON,
        }
        table = "workflow_approvalwithdrawal"
        refused(lambda: insert(table, **values, by_id=cast.member.pk), "or a manager")
        refused(
            lambda: insert(table, **{**values, "reason": " "}, by_id=cast.manager.pk), "a reason"
        )
        assert insert(table, **values, by_id=cast.manager.pk)


class TestPublication:
    @pytest.fixture
    def post(self, cast: Any, story: Any) -> Any:
        return factories.make_post(story, factories.make_channel(cast.organization))

    def publish(self, post: Any, by: Any, **kw: Any) -> int:
        values = {
            "organization_id": post.organization_id,
            "placement_id": post.pk,
            "bypass_reason": "",
            "published_at": NOON,
            "address": "",
            "recorded_by_id": by.pk,
            "recorded_at": NOON,
        }
        return insert("calendar_app_publication", **{**values, **kw})

    def test_of_an_approval_that_stands(
        self, cast: Any, story: Any, post: Any, template: Any
    ) -> None:
        refused(lambda: self.publish(post, cast.member), "approved_or_bypassed|past approval")
        decide(submit(story, cast.member), cast.manager)
        assert self.publish(post, cast.member, approval_id=Approval.objects.get().pk)

    def test_of_one_that_was_withdrawn(
        self, cast: Any, story: Any, post: Any, template: Any
    ) -> None:
        decide(submit(story, cast.member), cast.manager)
        approval = Approval.objects.get()
        reviews.withdraw_approval(approval=approval, by=cast.manager, reason="Wrong")
        refused(
            lambda: self.publish(post, cast.member, approval_id=approval.pk),
            "its story that stands",
        )

    def test_of_another_story(self, cast: Any, story: Any, template: Any) -> None:
        other = factories.make_post(
            factories.make_story(story.plan), factories.make_channel(cast.organization)
        )
        decide(submit(story, cast.member), cast.manager)
        approval = Approval.objects.get().pk
        refused(
            lambda: self.publish(other, cast.member, approval_id=approval), "its story that stands"
        )

    def test_past_approval(self, cast: Any, post: Any) -> None:
        reason = {"bypass_reason": "The chair asked for it at midnight"}
        refused(lambda: self.publish(post, cast.manager, **reason), "only an administrator")
        refused(lambda: self.publish(post, cast.admin, bypass_reason="  "), "only an administrator")
        assert self.publish(post, cast.admin, **reason)

    def test_by_someone_who_can_act(self, cast: Any, post: Any) -> None:
        reason = {"bypass_reason": "The chair asked for it"}
        refused(lambda: self.publish(post, cast.deactivated, **reason), "an active member")


class TestTemplate:
    def test_is_changed_by_its_next_version(self, cast: Any, template: Any, story: Any) -> None:
        submit(story, cast.member)
        stage = template.stages.get()
        change = "UPDATE workflow_workflowtemplate SET {} WHERE id = %s"
        refused(lambda: sql(change.format("needs_approval = false"), template.pk), "next version")
        refused(
            lambda: sql("UPDATE workflow_stage SET quorum = 1 WHERE id = %s", stage.pk),
            "next version",
        )
        people = "INSERT INTO workflow_stage_people (stage_id, membership_id) VALUES (%s, %s)"
        refused(lambda: sql(people, stage.pk, cast.member.pk), "next version")
        assert sql(change.format("is_current = false"), template.pk) == 1
        refused(lambda: sql(change.format("is_current = true"), template.pk), "next version")


def test_no_guard_is_left_out(db: None) -> None:
    """Each table of facts that decides something carries a guard that looks at what comes in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname LIKE '%%\\_guard' AND t.tgenabled = 'O'"
        )
        guarded = {name for (name,) in cursor.fetchall()}
    assert guarded >= {*FACTS, "workflow_review", "workflow_stage", "workflow_stage_people"}


def test_reviews_are_counted_by_the_database_too(cast: Any, both: Any) -> None:
    """One open review of a subject, whatever writes it."""
    refused(
        lambda: insert(
            "workflow_review",
            organization_id=both.organization_id,
            subject_id=both.subject_id,
            revision_id=both.revision_id,
            template_id=both.template_id,
            state="open",
            opened_by_id=cast.member.pk,
            opened_at=NOON,
        ),
        "workflow_review_one_open",
    )
    assert Review.objects.count() == 1
