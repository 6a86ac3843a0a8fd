"""The state of a story and of its posts follows from facts (rule 6)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from calendar_app import states
from calendar_app.models import ContentItem, Placement, Publication
from calendar_app.states import ContentFacts, ItemFacts, PostFacts, item_state, post_state
from tests import factories
from workflow import reviews
from workflow.models import Approval, Review, WorkflowTemplate
from workflow.queries import hash_now

OUT = PostFacts(is_published=True)
OFF = PostFacts(is_cancelled=True)
LIVE = PostFacts()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (ItemFacts(content=ContentFacts(is_bare=True)), "idea"),
        (ItemFacts(), "draft"),
        (ItemFacts(posts=(LIVE,)), "draft"),
        (ItemFacts(content=ContentFacts(has_open_review=True), posts=(LIVE,)), "in_review"),
        (ItemFacts(content=ContentFacts(last_outcome="changes")), "changes_requested"),
        (ItemFacts(content=ContentFacts(has_standing_approval=True)), "approved"),
        (
            ItemFacts(content=ContentFacts(has_standing_approval=True, last_outcome="changes")),
            "approved",
        ),
        (ItemFacts(posts=(OUT, OUT)), "published"),
        (ItemFacts(posts=(OUT, OFF)), "published"),
        (
            ItemFacts(content=ContentFacts(has_standing_approval=True), posts=(OUT, LIVE)),
            "approved",
        ),
        (ItemFacts(posts=(OFF,)), "draft"),
        (ItemFacts(is_cancelled=True, posts=(OUT,)), "cancelled"),
    ],
)
def test_the_story_follows_from_its_facts(facts: ItemFacts, expected: str) -> None:
    assert item_state(facts) == expected


def test_a_post_has_its_own_end_and_otherwise_the_state_of_the_content() -> None:
    facts = ItemFacts(content=ContentFacts(has_standing_approval=True))
    assert post_state(facts, LIVE) == "approved"
    assert post_state(facts, OFF) == "cancelled"
    assert post_state(facts, OUT) == "published"
    cancelled = ItemFacts(is_cancelled=True)
    assert post_state(cancelled, LIVE) == "cancelled"
    assert post_state(cancelled, OUT) == "published"


@pytest.fixture
def story(cast: Any) -> ContentItem:
    plan = factories.make_plan(cast.organization, owner=cast.manager)
    story = factories.make_story(plan, owner=cast.member, copy="Open on Saturday.")
    factories.make_post(story, factories.make_channel(cast.organization, kind="instagram"))
    factories.make_post(story, factories.make_channel(cast.organization, kind="facebook"))
    return story


def review_of(story: ContentItem, by: Any) -> Review:
    """`by` submitted what is there now."""
    if not WorkflowTemplate.objects.filter(organization=story.organization).exists():
        factories.make_template(story.organization)
    return reviews.submit(
        subject=story.subject,
        by=by,
        expected_hash=hash_now(story.subject),
        key=uuid.uuid4(),
        now=timezone.now(),
    )


def release(story: ContentItem, by: Any) -> Approval:
    """An approval of what is there now: its owner `by` releases it, none being needed."""
    if not WorkflowTemplate.objects.filter(organization=story.organization).exists():
        factories.make_template(story.organization, needs_approval=False)
    return reviews.release(subject=story.subject, by=by, expected_hash=hash_now(story.subject))


def stored(story: ContentItem) -> tuple[str, list[str]]:
    story = ContentItem.objects.get(pk=story.pk)
    return story.state, list(story.posts.order_by("pk").values_list("state", flat=True))


def test_refresh_writes_what_an_open_review_says(story: ContentItem, cast: Any) -> None:
    review_of(story, cast.member)
    states.refresh(story)
    assert stored(story) == ("in_review", ["in_review", "in_review"])


def test_an_approval_counts_only_for_exactly_what_is_there(story: ContentItem, cast: Any) -> None:
    release(story, cast.member)
    states.refresh(story)
    assert stored(story) == ("approved", ["approved", "approved"])
    ContentItem.objects.filter(pk=story.pk).update(copy="Open on Sunday.")
    story.refresh_from_db()
    states.refresh(story)
    assert stored(story) == ("draft", ["draft", "draft"])
    ContentItem.objects.filter(pk=story.pk).update(copy="Open on Saturday.")
    story.refresh_from_db()
    states.refresh(story)
    assert stored(story)[0] == "approved"


def test_another_time_is_the_same_content(story: ContentItem, cast: Any) -> None:
    release(story, cast.member)
    Placement.objects.filter(item=story).update(scheduled_at=datetime(2027, 2, 1, 8, tzinfo=UTC))
    states.refresh(story)
    assert stored(story)[0] == "approved"


def test_a_withdrawn_approval_no_longer_stands(story: ContentItem, cast: Any) -> None:
    approval = release(story, cast.member)
    reviews.withdraw_approval(approval=approval, by=cast.manager, reason="Wrong date")
    assert stored(story)[0] == "draft"


def test_a_publication_makes_its_post_published_and_all_of_them_the_story(
    story: ContentItem, cast: Any
) -> None:
    approval = release(story, cast.member)
    first, second = story.posts.order_by("pk")
    for post, expected in ((first, "approved"), (second, "published")):
        Publication.objects.create(
            organization=story.organization,
            placement=post,
            approval=approval,
            published_at=timezone.now(),
            recorded_by=cast.member,
        )
        states.refresh(story)
        post.refresh_from_db()
        assert (post.state, stored(story)[0]) == ("published", expected)


def test_differences_name_what_was_written_past_the_one_writer(
    story: ContentItem, cast: Any
) -> None:
    assert states.differences(cast.organization) == []
    Placement.objects.filter(pk=story.posts.first().pk).update(state="published")
    ContentItem.objects.filter(pk=story.pk).update(state="approved")
    found = states.differences(cast.organization)
    assert len(found) == 2
    assert f"story {story.pk} is stored as approved, its facts say draft" in found


def test_differences_ask_the_same_queries_for_many(
    story: ContentItem, cast: Any, django_assert_num_queries: Any
) -> None:
    for _ in range(5):
        factories.make_post(factories.make_story(story.plan, copy="x"), story.posts.first().channel)
    with django_assert_num_queries(6):
        assert states.differences(cast.organization) == []
