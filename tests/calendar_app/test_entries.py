"""A story as the rooms below see it: something owned, something approved."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from calendar_app import services
from calendar_app.entries import CONTENT_ITEM, STORY
from calendar_app.models import ContentItem
from calendar_app.services import NewPost
from calendar_app.snapshot import snapshot
from people.errors import Refused
from tests import factories
from tests.calendar_app.test_states import release, review_of
from workflow import ownership, queries
from workflow.models import Review
from workflow.registry import UnownedRow

MARCH = datetime(2027, 3, 12, 20, tzinfo=UTC)


@pytest.fixture
def story(cast: Any, plan: Any, channel: Any) -> ContentItem:
    return services.create_story(
        organization=cast.organization,
        plan=plan,
        title="First keys",
        copy="Five costs.",
        by=cast.member,
        posts=[NewPost(channel, MARCH)],
    )


# Owned
def _unowned(organization: Any, viewer: Any) -> list[UnownedRow]:
    rows = queries.unowned(organization, viewer)
    return [row for row in rows if row.label == STORY.label]


def test_the_unowned_story_names_its_channel_its_day_and_who_is_chased(
    cast: Any, story: ContentItem, channel: Any
) -> None:
    channel.time_zone = "Asia/Tokyo"
    channel.owner, channel.unowned_since = cast.colleague, None
    channel.save()
    (row,) = _unowned(cast.organization, cast.member)
    assert (row.title, row.due, row.responsible) == (
        "First keys",
        date(2027, 3, 13),
        cast.colleague,
    )
    assert "Instagram" in row.detail and row.url == f"/o/northlake/stories/{story.pk}/"


def test_what_is_finished_or_not_seen_is_in_no_list_of_the_unowned(
    cast: Any, story: ContentItem, channel: Any
) -> None:
    secret = factories.make_plan(cast.organization, owner=cast.colleague, is_confidential=True)
    hidden = factories.make_story(secret)
    cancelled = factories.make_story(story.plan)
    services.cancel_story(item=cancelled, by=cast.manager)
    seen = {row.pk for row in _unowned(cast.organization, cast.member)}
    assert seen == {story.pk}
    assert {row.pk for row in _unowned(cast.organization, None)} == {story.pk, hidden.pk}
    assert STORY.get(cast.organization, cast.member, hidden.pk) is None


def test_the_list_of_the_unowned_asks_two_queries_however_long_it_is(
    cast: Any, story: ContentItem, channel: Any, django_assert_num_queries: Any
) -> None:
    for _ in range(5):
        factories.make_post(factories.make_story(story.plan), channel)
    with django_assert_num_queries(2):
        assert len(_unowned(cast.organization, cast.member)) == 6


def test_a_story_is_claimed_through_the_door(cast: Any, story: ContentItem) -> None:
    ownership.claim(row=story, by=cast.colleague)
    assert ContentItem.objects.get(pk=story.pk).owner == cast.colleague
    assert list(STORY.unfinished_of(cast.colleague)) == [story]


# Approved
def test_a_submission_shows_in_the_state_and_an_edit_closes_it(
    cast: Any, story: ContentItem
) -> None:
    review = review_of(story, cast.manager)
    assert ContentItem.objects.get(pk=story.pk).state == "in_review"
    services.edit_story(item=story, by=cast.colleague, version=1, changes={"copy": "Six costs."})
    assert Review.objects.get(pk=review.pk).state == "superseded"
    assert ContentItem.objects.get(pk=story.pk).state == "draft"


def test_a_move_leaves_the_review_open(cast: Any, story: ContentItem) -> None:
    review = review_of(story, cast.manager)
    services.move_post(post=story.posts.get(), to=None, by=cast.manager)
    assert Review.objects.get(pk=review.pk).state == "open"


def test_cancelling_a_story_closes_its_review(cast: Any, story: ContentItem) -> None:
    review = review_of(story, cast.manager)
    services.cancel_story(item=story, by=cast.manager)
    assert Review.objects.get(pk=review.pk).state == "superseded"


def test_facts_of_many_are_those_of_each_and_only_of_what_is_seen(
    cast: Any, story: ContentItem, channel: Any, django_assert_num_queries: Any
) -> None:
    secret = factories.make_plan(cast.organization, owner=cast.colleague, is_confidential=True)
    hidden = factories.make_story(secret)
    assert CONTENT_ITEM.facts_of is not None
    with django_assert_num_queries(1):
        found = CONTENT_ITEM.facts_of(cast.member, [story.subject, hidden.subject])
    assert set(found) == {story.subject_id}
    assert found[story.subject_id].channel_kinds == {"instagram"}
    assert found[story.subject_id] == CONTENT_ITEM.facts(CONTENT_ITEM.load(story.subject))


def test_what_was_approved_reads_with_names_and_words(
    cast: Any, story: ContentItem, channel: Any
) -> None:
    services.add_post(item=story, post=NewPost(channel, None, "Short."), by=cast.member)
    (fields,) = CONTENT_ITEM.fields(cast.organization, [snapshot(story)])
    assert ("Title", "First keys") in fields
    assert ("Instagram", "Five costs.") in fields and ("Instagram (2)", "Short.") in fields


def test_renaming_a_channel_voids_no_approval(cast: Any, story: ContentItem, channel: Any) -> None:
    ownership.claim(row=story, by=cast.member)
    release(story, cast.member)
    channel.name = "Instagram Stories"
    channel.save()
    CONTENT_ITEM.refresh(story)
    assert ContentItem.objects.get(pk=story.pk).state == "approved"


def test_facts_say_when_it_is_seen_and_why_nothing_can_be_submitted(
    cast: Any, story: ContentItem, channel: Any
) -> None:
    assert CONTENT_ITEM.facts(story).goes_out_at == MARCH
    services.add_post(item=story, post=NewPost(channel, MARCH - timedelta(days=1)), by=cast.member)
    assert CONTENT_ITEM.facts(story).goes_out_at == MARCH - timedelta(days=1)
    assert CONTENT_ITEM.facts(story).closed_because == ""
    cancelled = services.cancel_story(item=story, by=cast.manager)
    assert "cancelled" in CONTENT_ITEM.facts(cancelled).closed_because


@pytest.mark.parametrize(
    ("copy", "link", "own", "kind", "something"),
    [
        ("Five costs.", "", "", "instagram", True),
        ("", "", "Short.", "instagram", True),
        ("", "https://example.org/film", "", "youtube", True),
        ("", "", "", "event", True),
        ("", "", "", "instagram", False),
        ("", "", "", "blog", False),
    ],
)
def test_what_has_nothing_to_read_is_not_submitted(
    cast: Any, plan: Any, copy: str, link: str, own: str, kind: str, something: bool
) -> None:
    """A title and notes for the team are not what a reader would see; an event is its title."""
    story = services.create_story(
        organization=cast.organization,
        plan=plan,
        title="First keys",
        copy=copy,
        link=link,
        brief="Ask Lucia for the picture.",
        by=cast.member,
        owner=cast.member,
        posts=[NewPost(factories.make_channel(cast.organization, kind=kind), MARCH, copy=own)],
    )
    if something:
        assert review_of(story, cast.member).state == "open"
        return
    with pytest.raises(Refused, match="There is nothing to read yet"):
        review_of(story, cast.member)
    story.refresh_from_db()
    assert story.state == "draft"


def test_a_cancelled_posts_words_are_nothing_to_read(
    cast: Any, story: ContentItem, channel: Any
) -> None:
    ContentItem.objects.filter(pk=story.pk).update(copy="")
    services.cancel_post(post=story.posts.get(), by=cast.manager)
    assert CONTENT_ITEM.facts(ContentItem.objects.get(pk=story.pk)).missing_because
