"""The panel, what leavers owned, the first workflow, and what is recomputed."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from people import services
from people.activity import sentence
from people.errors import NotAllowed, Refused
from people.models import Activity
from tests import factories
from tests.workflow.conftest import NOON, decide, edit, submit
from workflow import leavers, ownership, queries, who_approves
from workflow.models import WorkflowTemplate


class TestPanel:
    def test_a_draft_says_who_would_be_asked(self, cast: Any, story: Any, template: Any) -> None:
        panel = queries.review_panel(cast.member, story.subject, NOON)
        assert panel.phase == "draft"
        assert [m.pk for m in panel.would_ask] == [cast.manager.pk]

    def test_why_not(self, cast: Any, story: Any, template: Any) -> None:
        edit(story, cast.manager, copy="Mine.")
        panel = queries.review_panel(cast.member, story.subject, NOON)
        assert not panel.submit
        assert "nobody can give it" in panel.submit.reason

    def test_in_review(self, cast: Any, story: Any, template: Any) -> None:
        submit(story, cast.member)
        panel = queries.review_panel(cast.manager, story.subject, NOON)
        stage = panel.waiting_stage
        assert stage is not None
        assert panel.clock is not None
        assert (stage.needed, panel.clock.total, panel.clock.left) == (1, 24, 24)

    def test_edited_after_approval_shows_the_words(
        self, cast: Any, story: Any, template: Any
    ) -> None:
        decide(submit(story, cast.member), cast.manager)
        edit(story, cast.member, copy="Second home.")
        panel = queries.review_panel(cast.member, story.subject, NOON)
        assert panel.is_edited
        assert [(p.kind, p.text) for p in panel.edited[0].pieces][:2] == [
            ("gone", "First"),
            ("new", "Second"),
        ]
        assert panel.last_approved_by[0].member == cast.manager

    def test_stuck(self, cast: Any, story: Any) -> None:
        factories.make_template(
            cast.organization,
            stage={"approvers": "people", "people": [cast.manager, cast.admin], "quorum": 2},
        )
        submit(story, cast.member)
        assert not queries.review_panel(cast.member, story.subject, NOON).is_stuck
        cast.admin.deactivated_at = NOON
        cast.admin.save()
        assert queries.review_panel(cast.member, story.subject, NOON).is_stuck
        assert queries.waiting(cast.organization, None)[0].is_stuck

    def test_the_databases_clock_where_none_is_given(
        self, cast: Any, story: Any, template: Any
    ) -> None:
        panel = queries.review_panel(cast.member, story.subject)
        assert abs((panel.now - timezone.now()).total_seconds()) < 60


class TestWaiting:
    def test_late_ones_first_and_for_whom(self, cast: Any, story: Any, template: Any) -> None:
        second = factories.make_story(story.plan, owner=cast.member, copy="Second")
        edit(second, cast.member, copy="Second story")
        later = submit(story, cast.member)
        earlier = factories.make_review(second, cast.member, NOON - timedelta(days=7))
        rows = queries.waiting(cast.organization, cast.viewer)
        assert [row.review for row in rows] == [earlier, later]
        assert all([m.pk for m in row.deciders] == [cast.manager.pk] for row in rows)
        assert len(queries.waiting_for(cast.organization, cast.manager)) == 2
        assert queries.waiting_for(cast.organization, cast.admin) == []
        assert queries.waiting(cast.other_organization, None) == []


class TestLeavers:
    def test_what_they_own_by_name(self, cast: Any, owned: Any) -> None:
        factories.make_channel(cast.organization, name="finished", owner=cast.member)
        found = leavers.things(cast.member, ())
        assert [(thing.key, thing.title) for thing in found] == [
            (f"channel:{owned.pk}", "Bank blog")
        ]
        assert leavers.ENTRY.counts(cast.organization) == {cast.member.pk: 1}

    def test_deactivated_with_a_hand_over(self, cast: Any, owned: Any, story: Any) -> None:
        services.deactivate_member(
            member=cast.member,
            heirs={f"channel:{owned.pk}": cast.colleague},
            by=cast.admin,
            now=NOON,
        )
        owned.refresh_from_db()
        story.refresh_from_db()
        assert owned.owner == cast.colleague
        assert story.owner is None
        assert story.unowned_reason != ""


class TestWhoApproves:
    def test_a_new_organization_begins_with_one(self, cast: Any) -> None:
        membership = services.create_organization(
            user=cast.admin.user, name="Juniper Bank", time_zone="UTC", now=NOON
        )
        template = WorkflowTemplate.objects.get(organization=membership.organization)
        assert template.needs_approval
        assert template.stages.get().role == "manager"

    @pytest.mark.parametrize("who", ["member", "expert", "viewer", "outsider"])
    def test_only_leaders_change_it(self, cast: Any, template: Any, who: str) -> None:
        with pytest.raises(NotAllowed):
            who_approves.save_template(
                organization=cast.organization,
                by=getattr(cast, who),
                name="Standard",
                needs_approval=False,
                previous=template,
            )
        assert WorkflowTemplate.objects.get().needs_approval

    def test_two_who_edit_it(self, cast: Any, template: Any) -> None:
        change: Any = {"organization": cast.organization, "name": "Standard", "previous": template}
        who_approves.save_template(by=cast.manager, needs_approval=False, **change)
        with pytest.raises(Refused, match="in the meantime"):
            who_approves.save_template(by=cast.admin, needs_approval=False, **change)

    def test_one_kind_in_one_workflow(self, cast: Any, template: Any) -> None:
        free: Any = {"organization": cast.organization, "by": cast.manager, "needs_approval": False}
        who_approves.save_template(name="Blog", channel_kinds=["blog"], **free)
        with pytest.raises(Refused, match="Blog: “Blog” decides on that already"):
            who_approves.save_template(name="Words", channel_kinds=["blog", "x"], **free)

    def test_a_champion_is_one_person(self, cast: Any) -> None:
        with pytest.raises(Refused, match="one champion"):
            who_approves.save_template(
                organization=cast.organization,
                by=cast.manager,
                name="Two champions",
                stages=[who_approves.StageSpec("Champion", "champion", quorum=2)],
            )


class TestInvariants:
    def run(self, *args: str) -> tuple[int, str]:
        out = StringIO()
        try:
            call_command("check_invariants", *args, stdout=out)
        except SystemExit as end:
            return int(end.code or 0), out.getvalue()
        return 0, out.getvalue()

    def test_all_is_well(self, cast: Any, story: Any, template: Any) -> None:
        decide(submit(story, cast.member), cast.manager)
        assert self.run() == (0, "0 differences in 2 organizations.\n")

    def test_a_stored_state_that_lies(self, cast: Any, story: Any, template: Any) -> None:
        type(story).objects.filter(pk=story.pk).update(state="approved")
        status, said = self.run("--organization", "northlake")
        assert status == 1
        assert f"story {story.pk} is stored as approved" in said

    def test_an_owner_who_cannot_act(self, cast: Any, owned: Any) -> None:
        cast.member.deactivated_at = NOON
        cast.member.save()
        status, said = self.run()
        assert status == 1
        assert f"plans.Channel {owned.pk} is unfinished and owned by" in said

    def test_no_such_organization(self, cast: Any) -> None:
        with pytest.raises(CommandError):
            self.run("--organization", "nowhere")


def test_every_verb_reads_as_a_sentence(cast: Any, story: Any, template: Any, channel: Any) -> None:
    ownership.claim(row=channel, by=cast.member)
    asked = ownership.offer(row=channel, to=cast.colleague, by=cast.member)
    ownership.answer_offer(handover=asked, accept=True, by=cast.colleague)
    ownership.vacate(row=channel, by=cast.colleague, reason="On leave")
    decide(submit(story, cast.member), cast.manager, "changes", comment="Shorter, please.")
    decide(submit(story, cast.member), cast.manager)
    said = [sentence(a) for a in Activity.objects.order_by("id")]
    assert said == [
        "took it",
        "asked Cole Colleague to take it",
        "accepted and owns it now",
        "left it without an owner: On leave",
        "submitted revision 1 for approval",
        "requested changes: Shorter, please.",
        "submitted revision 2 for approval",
        "approved revision 2",
    ]
