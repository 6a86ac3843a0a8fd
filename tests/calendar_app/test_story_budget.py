"""What the story's page costs in every state of the story, for everyone who may look at it.

It is made as costly as it can be: in a confidential plan, with a helper, two posts, a question who
takes it, a closure day, and an earlier approval on a channel that is no longer one of its own.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calendar_app import publishing, services
from calendar_app.models import ContentItem, Placement
from calendar_app.services import NewPost
from people.models import ClosureDay
from plans.models import PlanReader
from tests import factories
from tests.calendar_app.test_states import review_of
from workflow import ownership, reviews

STATEMENTS, KILOBYTES = 12, 100
NOON = datetime(2027, 3, 10, 12, tzinfo=UTC)
MARCH = datetime(2027, 3, 12, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def story(cast: Any, plan: Any, channel: Any) -> ContentItem:
    """Maya's, approved once on another channel and with other words, and edited since."""
    bank = cast.organization
    type(plan).objects.update(is_confidential=True)
    for reader in (cast.admin, cast.member, cast.colleague, cast.expert, cast.viewer):
        PlanReader.objects.create(organization=bank, plan=plan, member=reader)
    factories.make_template(
        bank, stage={"approvers": "people", "people": [cast.expert, cast.colleague]}
    )
    ClosureDay.objects.create(organization=bank, date=date(2027, 3, 11), name="Audit")
    blog = factories.make_channel(bank, kind="blog", name="Bank blog")
    item = services.create_story(
        organization=bank,
        plan=plan,
        title="First keys",
        copy="Five costs people forget.",
        by=cast.member,
        owner=cast.member,
        posts=[NewPost(channel, MARCH), NewPost(blog, MARCH)],
    )
    services.set_collaborators(item=item, members=[cast.admin], by=cast.manager)
    decided(cast, item, "approve")
    first = item.posts.get(channel=channel)
    facebook = factories.make_channel(bank, kind="facebook", name="Facebook")
    now = ContentItem.objects.get(pk=item.pk)
    services.edit_post(
        post=first, by=cast.member, version=now.version, changes={"channel": facebook}
    )
    ownership.offer(row=item, to=cast.colleague, by=cast.member)
    return ContentItem.objects.get(pk=item.pk)


def decided(cast: Any, story: ContentItem, choice: str) -> None:
    """Submitted by its owner, and decided by the expert whom the stage names."""
    review = review_of(story, cast.member)
    reviews.decide(
        review=review,
        by=cast.expert,
        choice=choice,
        expected_hash=review.revision.hash,
        key=uuid.uuid4(),
        comment="" if choice == "approve" else "Name the branch.",
    )


def edited(cast: Any, story: ContentItem) -> None:
    decided(cast, story, "approve")
    now = ContentItem.objects.get(pk=story.pk)
    services.edit_story(item=now, by=cast.member, version=now.version, changes={"copy": "Six."})


def withdrawn(cast: Any, story: ContentItem) -> None:
    decided(cast, story, "approve")
    for approval in story.subject.approvals.all():
        reviews.withdraw_approval(approval=approval, by=cast.manager, reason="The rate changed.")


def published(cast: Any, story: ContentItem) -> None:
    decided(cast, story, "approve")
    for post in Placement.objects.filter(item=story):
        publishing.record_publication(post=post, by=cast.member, published_at=NOON)


STATES: dict[str, Callable[[Any, ContentItem], Any]] = {
    "draft": lambda cast, story: None,
    "in review": lambda cast, story: review_of(story, cast.member),
    "changes requested": lambda cast, story: decided(cast, story, "changes"),
    "rejected": lambda cast, story: decided(cast, story, "reject"),
    "approved": lambda cast, story: decided(cast, story, "approve"),
    "edited after approval": edited,
    "withdrawn": withdrawn,
    "published": published,
    "cancelled": lambda cast, story: services.cancel_story(item=story, by=cast.manager),
}
VIEWERS = {
    "owner": "member",
    "approver": "expert",
    "asked to take it": "colleague",
    "champion and manager": "manager",
    "helper": "admin",
    "viewer": "viewer",
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_keeps_the_budget_for_everyone(
    cast: Any, client_of: Any, story: ContentItem, state: str
) -> None:
    STATES[state](cast, story)
    beyond = {}
    for viewer, name in VIEWERS.items():
        client, url = client_of(getattr(cast, name)), f"/o/northlake/stories/{story.pk}/"
        assert client.get(url).status_code == 200  # the session notes its use, holidays are read
        with CaptureQueriesContext(connection) as made:
            page = client.get(url)
        if len(made) > STATEMENTS or len(page.content) > 1000 * KILOBYTES:
            beyond[viewer] = len(made), len(page.content)
    assert beyond == {}
