"""Two people at the same moment, on real connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from calendar_app import services, states
from calendar_app.models import ContentItem
from calendar_app.services import NewPost
from people.errors import Refused, Stale
from tests import factories
from tests.calendar_app.test_states import review_of
from tests.workflow.conftest import decide
from workflow.models import Approval

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story(cast: Any) -> ContentItem:
    plan = factories.make_plan(cast.organization, owner=cast.manager)
    channel = factories.make_channel(cast.organization)
    return services.create_story(
        organization=cast.organization,
        plan=plan,
        title="First keys",
        copy="Five costs.",
        by=cast.member,
        owner=cast.member,
        posts=[NewPost(channel, datetime(2027, 3, 12, 9, tzinfo=UTC))],
    )


def race(*acts: Callable[[], Any]) -> list[Any]:
    """All at once, each on a connection of its own: what each gave back or raised."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def go(number: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(30)
            results[number] = act()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_of_many_who_save_at_once_one_is_first_and_the_others_are_told(
    cast: Any, story: ContentItem
) -> None:
    def edit(words: str) -> Callable[[], Any]:
        return lambda: services.edit_story(
            item=story, by=cast.member, version=1, changes={"copy": words}
        )

    words = [f"Version {n}" for n in range(6)]
    results = race(*(edit(text) for text in words))
    stale = [result for result in results if isinstance(result, Stale)]
    assert len(stale) == 5
    (saved,) = (result for result in results if isinstance(result, ContentItem))
    story = ContentItem.objects.get(pk=story.pk)
    assert (story.copy, story.version) == (saved.copy, 2)


def test_an_edit_and_an_approval_at_once_never_approve_words_nobody_saw(
    cast: Any, story: ContentItem
) -> None:
    for round_ in range(4):
        review = review_of(story, cast.member)
        seen = review.revision.hash
        version = ContentItem.objects.get(pk=story.pk).version
        results = race(
            lambda review=review, seen=seen: decide(review, cast.manager, expected_hash=seen),
            lambda version=version, round_=round_: services.edit_story(
                item=story, by=cast.member, version=version, changes={"copy": f"New {round_}"}
            ),
        )
        assert all(not isinstance(r, Exception) or isinstance(r, Refused) for r in results), results
        fresh = ContentItem.objects.get(pk=story.pk)
        assert fresh.copy == f"New {round_}"
        assert fresh.state == "draft"
        assert (
            not Approval.objects.filter(subject=story.subject)
            .exclude(revision__hash=seen)
            .filter(review=review)
        )
        assert states.differences(cast.organization) == []


def test_cancelling_twice_at_once_is_recorded_once(cast: Any, story: ContentItem) -> None:
    post = story.posts.get()
    results = race(*[lambda: services.cancel_post(post=post, by=cast.member)] * 3)
    assert not any(isinstance(result, Exception) for result in results), results
    assert ContentItem.objects.get(pk=story.pk).version == 2
