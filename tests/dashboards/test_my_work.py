"""My work: what waits for one person, in order, and nothing of what they may not see."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from calendar_app.models import ContentItem, Placement
from calendar_app.publishing_queries import time_to_post_of, unconfirmed_of
from calendar_app.services import NewPost, create_story, edit_story
from dashboards import queries
from dashboards.queries import Counts
from dashboards.work import Task, grouped, headline
from people.models import Membership
from plans.models import Plan
from tests import factories
from tests.dashboards.conftest import NOON
from tests.workflow.conftest import decide, submit
from workflow.models import Approval, Decision, Handover
from workflow.queries import deciders as engine
from workflow.queries import offers_waiting_for, review_panel, unowned
from workflow.queries.waiting import waiting, waiting_for
from workflow.registry import OWNABLES
from workflow.reviews import withdraw_approval

WEDNESDAY = date(2027, 3, 10)


def text(answer: Any) -> str:
    """The page's words, without marks and double spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_page_says_what_waits(visit: Any) -> None:
    page = text(visit("maya", "my-work/"))
    assert "Three decisions wait on you, one of yours is late" in page
    assert "Millbrook: meet the team" in page
    assert "Send-off for the winter savers" in page
    assert "Thank you, Fenwick" in page
    assert "Service note: branch telephones" in page
    assert "A post is promised on LinkedIn" in page
    assert "Front Door: the spring number" in page
    assert "YouTube" in page


def test_a_viewer_gets_no_button(visit: Any) -> None:
    page = visit("sofia", "my-work/")
    assert page.status_code == 200
    assert b"btn-claim" not in page.content
    assert b"/decide/" not in page.content


# The one statement says what the rooms below say -----------------------------------------------
def deciders(rows: Any) -> dict[int, set[int]]:
    """Review -> who may decide, as the approvals room says."""
    return {row.review.pk: {member.pk for member in row.deciders} for row in rows}


def test_decisions_are_those_of_the_approvals_room(bank: Any, who: Any) -> None:
    everyone = queries.overview(bank, None, NOON).waiting
    expected = deciders(waiting(bank, None))
    assert {row.review: set(row.deciders) for row in everyone} == expected
    assert len(expected) >= 6
    for member in Membership.objects.active().filter(organization=bank):
        mine = {row.review for row in queries.desk(member, NOON).waiting}
        assert mine == {row.review.pk for row in waiting(bank, member) if row.waits_for(member)}


@pytest.mark.parametrize("approvers", ["role", "department", "champion"])
def test_every_way_to_name_approvers_agrees(cast: Any, approvers: str) -> None:
    bank = cast.organization
    team = factories.make_department(bank)
    cast.colleague.department = team
    cast.colleague.save()
    plan = factories.make_plan(bank, owner=cast.colleague)
    stage = {"approvers": approvers, "role": "manager" if approvers == "role" else ""}
    if approvers == "department":
        stage["department"] = team
    factories.make_template(bank, stage=stage)
    story = factories.make_story(plan, owner=cast.member, copy="Words.")
    factories.make_post(story, factories.make_channel(bank))
    factories.make_review(story, by=cast.member)
    (row,) = queries.overview(bank, None, NOON).waiting
    assert {row.review: set(row.deciders)} == deciders(waiting(bank, None))
    assert row.deciders


def test_who_wrote_what_an_approval_covered_that_was_withdrawn_decides_nowhere(cast: Any) -> None:
    """The older approval goes while the next revision is in review: its author is asked no more."""
    bank, leaders = cast.organization, [cast.colleague, cast.manager]
    factories.make_template(bank, stage={"approvers": "people", "people": leaders})
    story = create_story(
        organization=bank,
        plan=factories.make_plan(bank, owner=cast.manager),
        title="First keys",
        copy="Five costs.",
        by=cast.colleague,
        owner=cast.member,
        posts=[NewPost(factories.make_channel(bank), NOON)],
    )
    decide(submit(story, cast.member), cast.manager)
    edit_story(item=story, by=cast.member, version=story.version, changes={"copy": "Six costs."})
    review = submit(story, cast.member)

    def asked() -> list[set[int]]:
        """As the engine, the queue, the overview and each person's own work say it."""
        (row,), (same,) = waiting(bank, None), queries.overview(bank, None, NOON).waiting
        mine = {m.pk for m in leaders if queries.desk(m, NOON).waiting}
        counted = {m.pk for m in leaders if queries.counts(m, NOON).decisions}
        stage = review_panel(cast.member, story.subject, NOON).waiting_stage
        assert stage is not None
        shown = {m.pk for m in stage.deciders}
        return [
            set(engine(review)),
            {m.pk for m in row.deciders},
            set(same.deciders),
            mine,
            counted,
            shown,
        ]

    assert asked() == [{m.pk for m in leaders}] * 6
    withdraw_approval(approval=Approval.objects.get(), by=cast.manager, reason="Wrong rate")
    assert asked() == [{cast.manager.pk}] * 6
    assert waiting_for(bank, cast.colleague) == []


def test_unowned_things_are_those_of_the_ownership_room(bank: Any, who: Any) -> None:
    for viewer in (None, who("maya"), who("priya"), who("sofia")):
        expected = {(row.label, row.pk) for row in unowned(bank, viewer)}
        found = queries.overview(bank, viewer, NOON).nobody
        assert {(OWNABLES[row.slug].label, row.pk) for row in found} == expected
        assert [row.since for row in found] == sorted(row.since for row in found)
    assert queries.desk(who("maya"), NOON).nobody.total == len(unowned(bank, who("maya")))


def test_responsible_for_me_comes_first(bank: Any, who: Any) -> None:
    rows = queries.desk(who("hanna"), NOON).nobody.rows
    assert rows[0].responsible == who("hanna").pk
    assert rows[0].title == "Legal line for the First Home page"


def test_posts_to_answer_for_are_those_of_publishing(bank: Any, who: Any, visit: Any) -> None:
    for name in ("maya", "lucia", "daniel", "jonas"):
        context = visit(name, "my-work/").context
        unconfirmed = {post.pk for post in unconfirmed_of(who(name), NOON)}
        soon = {post.pk for post in time_to_post_of(who(name), NOON)}
        assert {row.post for row in context["work"].unconfirmed} == unconfirmed
        assert {row.post for row in context["work"].to_post} == soon


def test_offers_are_mine_alone(bank: Any, who: Any) -> None:
    for name in ("maya", "hanna", "daniel"):
        expected = [offer.pk for offer in offers_waiting_for(bank, who(name))]
        assert [offer.pk for offer in queries.desk(who(name), NOON).offers] == expected


def test_the_sidebar_counts_what_the_page_shows(bank: Any, visit: Any, who: Any) -> None:
    for member in Membership.objects.active().filter(organization=bank):
        name = member.user.email.partition("@")[0]
        page = visit(name, "my-work/")
        counted = queries.counts(who(name), NOON)
        shown = page.context["work"].counts
        assert (counted.waiting, counted.decisions_late) == (shown.waiting, shown.decisions_late)
        (item,) = [item for item in page.context["shell"].nav if str(item.label) == "My work"]
        assert (item.count, item.count_late) == (shown.waiting, shown.is_late)


def test_a_confidential_plan_stays_invisible(bank: Any, visit: Any, who: Any) -> None:
    Placement.objects.filter(item__plan__name="Project Harbor").update(
        scheduled_at=NOON - timedelta(days=3)
    )
    ContentItem.objects.filter(plan__name="Project Harbor").update(
        owner=None, unowned_since=NOON - timedelta(days=50)
    )
    for name in ("ines", "ruth", "maya", "sofia"):
        for path in ("my-work/", "dashboard/", "dashboard/overdue/"):
            page = text(visit(name, path))
            assert "Eastport: answers" not in page
            assert "To all staff" not in page
            assert "Harbor" not in page
    assert "Eastport: answers for the counter" in text(visit("priya", "my-work/"))


# What one can do from here -----------------------------------------------------------------------
def test_one_click_approves_exactly_what_was_shown(
    bank: Any, visit: Any, who: Any, client_of: Any
) -> None:
    page = visit("maya", "my-work/").content.decode()
    form = re.search(
        r'<form class="decision-actions" method="post" action="([^"]+)".*?name="hash" value="(\w+)"'
        r'.*?name="key" value="([\w-]+)"',
        page,
        re.S,
    )
    assert form is not None
    url, seen, key = form.groups()
    client = client_of(who("maya"))
    data = {"decision": "approve", "hash": seen, "key": key}
    assert client.post(url, {**data, "hash": "0" * 64}).status_code != 302
    before = Decision.objects.count()
    assert client.post(url, data).status_code == 302
    assert client.post(url, data).status_code in (302, 409)
    assert Decision.objects.count() == before + 1
    assert len(visit("maya", "my-work/").context["work"].decisions) == 2


def test_an_offer_is_answered_from_here(bank: Any, visit: Any, who: Any, client_of: Any) -> None:
    (offer,) = Handover.objects.filter(organization=bank, to=who("maya"), answered_at=None)
    url = f"/o/northlake-bank/asked/{offer.pk}/answer/"
    assert f'action="{url}"' in visit("maya", "my-work/").content.decode()
    client_of(who("maya")).post(url, {"answer": "accept"})
    assert "Would you take this" not in text(visit("maya", "my-work/"))
    assert ContentItem.objects.get(title="Front Door: the spring number").owner == who("maya")


# Empty ------------------------------------------------------------------------------------------
def test_a_new_organization_is_told_the_next_step(cast: Any, client_of: Any) -> None:
    empty = factories.make_organization()
    admin = factories.make_member(empty, "admin")
    page = text(client_of(admin).get(f"/o/{empty.slug}/my-work/"))
    assert "Nothing waits on you." in page
    assert "Name the channels" in page
    assert "Everything has an owner" in page
    viewer = factories.make_member(empty, "viewer")
    assert "Name the channels" not in text(client_of(viewer).get(f"/o/{empty.slug}/my-work/"))


def test_the_steps_end_once_something_is_promised_and_planned(visit: Any) -> None:
    assert visit("maya", "my-work/").context["first_run"] == []


# Pure -------------------------------------------------------------------------------------------
def task(day: date | None, late: int = 0, title: str = "x") -> Task:
    return Task(title, "", "", "", day, None, "draft", late)


def test_groups_stand_in_order_and_none_is_lost() -> None:
    days = {
        "overdue": task(date(2027, 3, 8), 2),
        "today": task(WEDNESDAY),
        "week": task(date(2027, 3, 14)),
        "later": task(date(2027, 3, 15)),
        "undated": task(None),
    }
    groups = grouped(reversed(days.values()), WEDNESDAY)
    assert [group.key for group in groups] == list(days)
    assert [group.tasks for group in groups] == [[found] for found in days.values()]


def test_a_week_that_begins_on_sunday_ends_on_saturday() -> None:
    groups = grouped([task(date(2027, 3, 13)), task(date(2027, 3, 14))], WEDNESDAY, 6)
    assert [group.key for group in groups] == ["week", "later"]


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (Counts(), "Nothing waits on you."),
        (Counts(decisions=1), "One decision waits on you."),
        (Counts(decisions=3, overdue=1), "Three decisions wait on you, and one of yours is late."),
        (Counts(overdue=2), "Two of yours are late."),
        (
            Counts(decisions=14, overdue=1, offers=1),
            "14 decisions wait on you, one of yours is late, "
            "and one question waits for your answer.",
        ),
        (Counts(unconfirmed=2), "Nobody has said whether two posts went out."),
    ],
)
def test_the_headline_is_a_sentence(counts: Counts, sentence: str) -> None:
    assert headline(counts) == sentence


def test_no_plan_of_another_organization_is_counted(cast: Any) -> None:
    theirs = factories.make_plan(cast.other_organization, owner=None)
    assert Plan.objects.filter(pk=theirs.pk).exists()
    assert queries.overview(cast.organization, cast.manager, NOON).nobody == []
