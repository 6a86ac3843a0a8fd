"""Pages of ownership and approval, through the browser's door."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from calendar_app.entries import CONTENT_ITEM
from tests import factories
from tests.workflow import conftest
from tests.workflow.conftest import content_hash, decide, edit, submit
from workflow import ownership
from workflow.models import Approval, Decision, Handover, Review, Subject, WorkflowTemplate
from workflow.registry import SUBJECT_KINDS

HTMX = {"HTTP_HX_REQUEST": "true"}


def url(name: str, **kwargs: Any) -> str:
    return reverse(name, kwargs={"organization": "northlake", **kwargs})


def own(name: str, row: Any, slug: str = "channel") -> str:
    return url(name, slug=slug, pk=row.pk)


class TestClaim:
    def test_it_works(self, cast: Any, client_of: Any, channel: Any) -> None:
        answer = client_of(cast.member).post(own("own-claim", channel), {"next": "/o/northlake/"})
        assert (answer.status_code, answer["Location"]) == (302, "/o/northlake/")
        channel.refresh_from_db()
        assert channel.owner == cast.member

    def test_htmx_gets_the_claimed_row_with_undo(
        self, cast: Any, client_of: Any, channel: Any
    ) -> None:
        answer = client_of(cast.member).post(own("own-claim", channel), **HTMX)
        page = answer.content.decode()
        assert "claimed-row" in page
        assert "Yours now." in page
        assert own("own-undo", channel) in page

    def test_htmx_is_told_who_was_faster(self, cast: Any, client_of: Any, channel: Any) -> None:
        ownership.claim(row=channel, by=cast.colleague)
        answer = client_of(cast.member).post(own("own-claim", channel), **HTMX)
        assert "Cole Colleague took it a moment ago." in answer.content.decode()

    def test_without_script_too(self, cast: Any, client_of: Any, channel: Any) -> None:
        ownership.claim(row=channel, by=cast.colleague)
        client = client_of(cast.member)
        answer = client.post(own("own-claim", channel), {"next": url("unowned")}, follow=True)
        assert "Cole Colleague took it a moment ago." in answer.content.decode()

    def test_undo(self, cast: Any, client_of: Any, channel: Any) -> None:
        client = client_of(cast.member)
        client.post(own("own-claim", channel))
        answer = client.post(own("own-undo", channel), **HTMX)
        assert own("own-claim", channel) in answer.content.decode()
        channel.refresh_from_db()
        assert channel.owner is None

    def test_it_rejects_get(self, cast: Any, client_of: Any, channel: Any) -> None:
        assert client_of(cast.member).get(own("own-claim", channel)).status_code == 405

    @pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example", "javascript:x"])
    def test_it_leads_nowhere_else(
        self, cast: Any, client_of: Any, channel: Any, where: str
    ) -> None:
        answer = client_of(cast.member).post(own("own-claim", channel), {"next": where})
        assert answer["Location"] == f"/channel/{channel.pk}/"

    @pytest.mark.parametrize(("slug", "pk"), [("spaceship", 1), ("channel", 10**20)])
    def test_what_there_is_not_is_a_404(
        self, cast: Any, client_of: Any, slug: str, pk: int
    ) -> None:
        assert client_of(cast.member).post(url("own-claim", slug=slug, pk=pk)).status_code == 404


class TestHandOn:
    def test_ask(self, cast: Any, client_of: Any, owned: Any) -> None:
        client = client_of(cast.member)
        page = client.get(own("own-hand-on", owned)).content.decode()
        assert "Cole Colleague" in page
        assert "Vera Viewer" not in page
        client.post(own("own-hand-on", owned), {"to": cast.colleague.pk, "note": "You know it."})
        assert Handover.objects.get().to == cast.colleague

    def test_nobody_chosen(self, cast: Any, client_of: Any, owned: Any) -> None:
        client = client_of(cast.member)
        answer = client.post(own("own-hand-on", owned), {"to": "", "note": "Keep this"})
        assert answer.status_code == 422
        assert "Choose one person." in answer.content.decode()
        assert "Keep this" in answer.content.decode()

    def test_a_foreign_person_is_no_choice(self, cast: Any, client_of: Any, owned: Any) -> None:
        client = client_of(cast.member)
        assert client.post(own("own-hand-on", owned), {"to": cast.outsider.pk}).status_code == 422
        assert client.post(own("own-assign", owned), {"to": cast.outsider.pk}).status_code == 422

    def test_give_now(self, cast: Any, client_of: Any, owned: Any) -> None:
        client_of(cast.manager).post(own("own-assign", owned), {"to": cast.colleague.pk})
        owned.refresh_from_db()
        assert owned.owner == cast.colleague

    def test_a_colleague_may_not(self, cast: Any, client_of: Any, owned: Any) -> None:
        client = client_of(cast.colleague)
        assert client.get(own("own-hand-on", owned)).status_code == 403
        assert client.post(own("own-assign", owned), {"to": cast.manager.pk}).status_code == 403

    def test_suggest_someone_for_what_nobody_owns(
        self, cast: Any, client_of: Any, channel: Any
    ) -> None:
        page = client_of(cast.member).get(own("own-hand-on", channel)).content.decode()
        assert "They are asked, not assigned." in page
        assert "Give it to them now" not in page

    @pytest.mark.parametrize(("answer", "owner"), [("accept", "colleague"), ("decline", "member")])
    def test_answer(self, cast: Any, client_of: Any, owned: Any, answer: str, owner: str) -> None:
        asked = ownership.offer(row=owned, to=cast.colleague, by=cast.member)
        client = client_of(cast.colleague)
        assert "You are asked" in client.get(url("unowned")).content.decode()
        client.post(url("handover-answer", handover_id=asked.pk), {"answer": answer})
        owned.refresh_from_db()
        assert owned.owner == getattr(cast, owner)

    def test_withdraw(self, cast: Any, client_of: Any, owned: Any) -> None:
        asked = ownership.offer(row=owned, to=cast.colleague, by=cast.member)
        client_of(cast.member).post(url("handover-withdraw", handover_id=asked.pk))
        asked.refresh_from_db()
        assert asked.answered_at is not None

    def test_give_up_with_a_reason(self, cast: Any, client_of: Any, owned: Any) -> None:
        client = client_of(cast.member)
        assert client.post(own("own-vacate", owned), {"reason": ""}).status_code == 422
        client.post(own("own-vacate", owned), {"reason": "On leave"})
        owned.refresh_from_db()
        assert (owned.owner, owned.unowned_reason) == (None, "On leave")

    def test_history(self, cast: Any, client_of: Any, channel: Any) -> None:
        ownership.claim(row=channel, by=cast.member)
        ownership.vacate(row=channel, by=cast.member, reason="Too much")
        page = client_of(cast.viewer).get(own("own-history", channel)).content.decode()
        assert "took it" in page
        assert "left it without an owner: Too much" in page


class TestUnowned:
    def test_oldest_first_each_with_its_button(
        self, cast: Any, client_of: Any, channel: Any
    ) -> None:
        page = client_of(cast.member).get(url("unowned")).content.decode()
        assert own("own-claim", channel) in page
        assert own("own-hand-on", channel) in page

    def test_who_reads_sees_no_button(self, cast: Any, client_of: Any, channel: Any) -> None:
        page = client_of(cast.viewer).get(url("unowned")).content.decode()
        assert "Foundation Instagram" in page
        assert own("own-claim", channel) not in page

    def test_nothing(self, cast: Any, client_of: Any) -> None:
        page = client_of(cast.member).get(url("unowned")).content.decode()
        assert "Nothing is without an owner" in page


def ticket(item: Any, **kw: Any) -> dict[str, Any]:
    return {"hash": content_hash(item), "key": str(uuid.uuid4()), **kw}


def decision(review: Any, choice: str = "approve", **kw: Any) -> dict[str, Any]:
    values = {"decision": choice, "hash": review.revision.hash, "key": str(uuid.uuid4())}
    return {**values, **kw}


class TestApproval:
    def test_from_draft_to_approved(
        self, cast: Any, client_of: Any, story: Any, template: Any
    ) -> None:
        client_of(cast.member).post(
            url("review-submit", subject_id=story.subject_id), ticket(story)
        )
        review = Review.objects.get()
        page = client_of(cast.manager).get(url("approvals")).content.decode()
        assert "Needs your decision" in page
        assert review.revision.hash in page
        answer = client_of(cast.manager).post(
            url("review-decide", review_id=review.pk), decision(review)
        )
        assert answer.status_code == 302
        story.refresh_from_db()
        assert story.state == "approved"

    def test_htmx_gets_the_decided_row(
        self, cast: Any, client_of: Any, story: Any, template: Any
    ) -> None:
        review = submit(story, cast.member)
        answer = client_of(cast.manager).post(
            url("review-decide", review_id=review.pk), decision(review), **HTMX
        )
        assert "You approved revision 1." in answer.content.decode()

    def test_not_ones_own(self, cast: Any, client_of: Any, story: Any) -> None:
        factories.make_template(
            cast.organization, stage={"approvers": "people", "people": [cast.manager, cast.member]}
        )
        review = submit(story, cast.member)
        client = client_of(cast.member)
        assert "Needs your decision" not in client.get(url("approvals")).content.decode()
        answer = client.post(url("review-decide", review_id=review.pk), decision(review))
        assert answer.status_code == 403
        assert not Decision.objects.exists()

    def test_a_stale_page_gets_the_difference_and_loses_nothing(
        self, cast: Any, client_of: Any, story: Any, template: Any
    ) -> None:
        review = submit(story, cast.member)
        edit(story, cast.colleague, copy="First house.")
        answer = client_of(cast.manager).post(
            url("review-decide", review_id=review.pk),
            decision(review, "changes", comment="Say home, please."),
        )
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "It was edited since you opened this page." in page
        assert '<del class="diff-gone">home.</del><ins class="diff-new">house.</ins>' in page
        assert "Say home, please." in page
        assert not Decision.objects.exists()

    def test_changes_need_a_comment(
        self, cast: Any, client_of: Any, story: Any, template: Any
    ) -> None:
        review = submit(story, cast.member)
        client = client_of(cast.manager)
        answer = client.post(url("review-decide", review_id=review.pk), decision(review, "changes"))
        assert answer.status_code == 409
        assert "Say what should change" in answer.content.decode()

    @pytest.mark.parametrize("broken", [{"hash": "x"}, {"key": "x"}, {"hash": ""}])
    def test_a_form_made_by_hand_is_refused(
        self, cast: Any, client_of: Any, story: Any, template: Any, broken: dict[str, str]
    ) -> None:
        review = submit(story, cast.member)
        client = client_of(cast.manager)
        sent = decision(review, **broken)
        assert client.post(url("review-decide", review_id=review.pk), sent).status_code == 409
        other = factories.make_story(story.plan, owner=cast.manager)
        address = url("review-submit", subject_id=other.subject_id)
        assert client.post(address, ticket(other, **broken)).status_code == 409
        assert Review.objects.count() == 1

    def test_hidden_is_404(self, cast: Any, client_of: Any, story: Any, template: Any) -> None:
        review = submit(story, cast.member)
        conftest.HIDDEN_FROM.add(cast.manager.pk)
        client = client_of(cast.manager)
        addresses = [
            url("review-decide", review_id=review.pk),
            url("review-withdraw", review_id=review.pk),
            url("review-submit", subject_id=story.subject_id),
            url("review-release", subject_id=story.subject_id),
        ]
        assert [client.post(a, decision(review)).status_code for a in addresses] == [404] * 4
        assert client.get(url("revision", revision_id=review.revision_id)).status_code == 404
        assert "Five costs" not in client.get(url("approvals")).content.decode()

    def test_what_was_removed_is_404(self, cast: Any, client_of: Any, template: Any) -> None:
        gone = Subject.objects.create(organization=cast.organization, kind="content_item")
        sent = {"hash": "a" * 64, "key": str(uuid.uuid4())}
        for name in ("review-submit", "review-release"):
            answer = client_of(cast.manager).post(url(name, subject_id=gone.pk), sent)
            assert answer.status_code == 404

    def test_withdraw_a_submission(
        self, cast: Any, client_of: Any, story: Any, template: Any
    ) -> None:
        review = submit(story, cast.member)
        client_of(cast.member).post(url("review-withdraw", review_id=review.pk))
        story.refresh_from_db()
        assert story.state == "draft"

    def test_withdraw_an_approval(
        self, cast: Any, client_of: Any, story: Any, template: Any
    ) -> None:
        decide(submit(story, cast.member), cast.manager)
        address = url("approval-withdraw", approval_id=Approval.objects.get().pk)
        client = client_of(cast.manager)
        assert client.post(address, {"reason": " "}).status_code == 422
        client.post(address, {"reason": "The rate changed"})
        story.refresh_from_db()
        assert story.state == "draft"

    def test_release(self, cast: Any, client_of: Any, story: Any) -> None:
        factories.make_template(cast.organization, needs_approval=False)
        address = url("review-release", subject_id=story.subject_id)
        client_of(cast.member).post(address, ticket(story))
        assert Approval.objects.get().released_by == cast.member

    def test_a_revision_is_shown_as_it_was(
        self, cast: Any, client_of: Any, story: Any, template: Any
    ) -> None:
        review = submit(story, cast.member)
        edit(story, cast.member, copy="Second home.")
        address = url("revision", revision_id=review.revision_id)
        page = client_of(cast.viewer).get(address).content.decode()
        assert "First home." in page
        assert '<ins class="diff-new">Second</ins>' in page

    def test_the_queue_asks_as_often_for_many_as_for_one(
        self, cast: Any, client_of: Any, template: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(SUBJECT_KINDS, "content_item", CONTENT_ITEM)
        plan, channel = (
            factories.make_plan(cast.organization),
            factories.make_channel(cast.organization),
        )
        client = client_of(cast.manager)

        def count(number: int) -> int:
            for _n in range(number):
                item = factories.make_story(plan, owner=cast.member, copy="Words.")
                factories.make_post(item, channel)
                edit(item, cast.member, copy="Better words.")
                submit(item, cast.member)
            with CaptureQueriesContext(connection) as seen:
                client.get(url("approvals"))
            return len(seen)

        count(1)  # the first page of a session asks more
        one = count(1)
        assert count(9) == one


class TestSettings:
    def test_a_new_one(self, cast: Any, client_of: Any, template: Any) -> None:
        client = client_of(cast.manager)
        answer = client.post(
            url("workflow-new"),
            {
                "name": "Newsroom",
                "channel_kinds": ["news_release"],
                "needs_approval": "yes",
                "approvers": "people",
                "people": [cast.manager.pk, cast.expert.pk],
                "quorum_kind": "number",
                "quorum": "2",
                "limit_hours": "16",
                "stage_name": "Legal",
            },
        )
        assert answer.status_code == 302
        made = WorkflowTemplate.objects.get(name="Newsroom")
        stage = made.stages.get()
        assert (stage.quorum, stage.limit_hours, stage.people.count()) == (2, 16, 2)
        page = client.get(url("workflow-settings")).content.decode()
        assert "Newsroom" in page
        assert "Emil Expert" in page

    def test_saving_makes_the_next_version(self, cast: Any, client_of: Any, template: Any) -> None:
        client = client_of(cast.manager)
        address = url("workflow-edit", template_id=template.pk)
        assert 'value="Standard"' in client.get(address).content.decode()
        client.post(
            address,
            {"name": "Standard", "needs_approval": "no"},
        )
        found = WorkflowTemplate.objects.filter(name="Standard").order_by("version")
        assert [(t.version, t.is_current, t.needs_approval) for t in found] == [
            (1, False, True),
            (2, True, False),
        ]
        page = client.get(url("workflow-settings")).content.decode()
        assert "no second person looks at it" in page

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"approvers": "people"}, "Choose at least one person."),
            ({"approvers": "department"}, "Choose the department."),
            ({"quorum_kind": "number"}, "Say how many must approve."),
            ({"limit_hours": "0"}, "greater than or equal to 1"),
            ({"channel_kinds": ["telegraph"]}, "telegraph"),
            ({"name": "standard"}, "of this name already"),
            ({"channel_kinds": []}, "serves every channel already"),
            ({"quorum_kind": "number", "quorum": "3"}, "needs 3 and names 1"),
        ],
    )
    def test_what_cannot_be_is_said_and_nothing_is_lost(
        self, cast: Any, client_of: Any, template: Any, change: dict[str, Any], why: str
    ) -> None:
        sent = {
            "name": "Blog posts",
            "channel_kinds": ["blog"],
            "needs_approval": "yes",
            "approvers": "role",
            "role": "manager",
            "quorum_kind": "any",
            "limit_hours": "24",
            "stage_name": "Kept",
        }
        answer = client_of(cast.manager).post(url("workflow-new"), {**sent, **change})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert why in page
        assert "Kept" in page
        assert WorkflowTemplate.objects.count() == 1

    def test_end_one(self, cast: Any, client_of: Any, template: Any) -> None:
        blog = factories.make_template(cast.organization, name="Blog", channel_kinds=["blog"])
        client = client_of(cast.manager)
        client.post(url("workflow-remove", template_id=blog.pk))
        blog.refresh_from_db()
        assert not blog.is_current
        answer = client.post(url("workflow-remove", template_id=template.pk))
        assert answer.status_code == 409
        assert "serves every channel" in answer.content.decode()
