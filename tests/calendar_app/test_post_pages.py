"""Pages of a post: its words, its time, cancelling, two people at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from calendar_app import states
from calendar_app.models import ContentItem, Placement
from plans.models import Channel
from tests.calendar_app.kit import BASE, MARCH, fresh, hidden
from tests.calendar_app.test_states import release

pytestmark = pytest.mark.usefixtures("in_march")


def test_two_editors_of_one_post(cast: Any, client_of: Any, story: ContentItem) -> None:
    post = story.posts.get()
    url = f"{BASE}/posts/{post.pk}/edit/"
    mine, theirs = client_of(cast.member), client_of(cast.colleague)
    looked_at = hidden(mine.get(url).content.decode())
    theirs.post(url, {"channel": post.channel_id, "copy": "Theirs", **looked_at})
    answer = mine.post(url, {"channel": post.channel_id, "copy": "Mine", **looked_at})
    assert answer.status_code == 409
    assert "Theirs" in answer.content.decode() and "Mine</textarea>" in answer.content.decode()
    assert fresh(post).copy == "Theirs"


def test_a_post_is_moved_and_its_approval_stays(
    cast: Any, client_of: Any, story: ContentItem
) -> None:
    release(story, cast.member)
    states.refresh(story)
    post = story.posts.get()
    client = client_of(cast.member)
    url = f"{BASE}/posts/{post.pk}/move/"
    html = client.get(url).content.decode()
    assert "Its approval stays" in html
    client.post(url, {"day": "2027-03-15", "clock": "17:30", **hidden(html)})
    post = fresh(post)
    assert (post.scheduled_at, post.state) == (
        datetime(2027, 3, 15, 17, 30, tzinfo=UTC),
        "approved",
    )
    html = client.get(url).content.decode()
    client.post(url, {"day": "", "clock": "", **hidden(html)})
    assert fresh(post).scheduled_at is None


@pytest.mark.parametrize("first", [MARCH, None])
def test_two_people_who_move_one_post(
    cast: Any, client_of: Any, story: ContentItem, first: datetime | None
) -> None:
    """Dated or from the tray: the second is told, loses nothing, and then decides."""
    post = story.posts.get()
    Placement.objects.filter(pk=post.pk).update(scheduled_at=first)
    url = f"{BASE}/posts/{post.pk}/move/"
    mine, theirs = client_of(cast.member), client_of(cast.colleague)
    seen = hidden(mine.get(url).content.decode())
    assert theirs.post(url, {"day": "2027-03-16", "clock": "10:00", **seen}).status_code == 302
    typed = {"day": "2027-03-15", "clock": "17:30"}
    answer = mine.post(url, {**typed, **seen})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Cole Colleague changed this post while you were choosing." in html
    assert "2027-03-16 10:00" in html and 'value="2027-03-15"' in html and 'value="17:30"' in html
    assert fresh(post).scheduled_at == datetime(2027, 3, 16, 10, tzinfo=UTC)
    assert mine.post(url, {**typed, **hidden(html)}).status_code == 302
    assert fresh(post).scheduled_at == datetime(2027, 3, 15, 17, 30, tzinfo=UTC)


def test_a_post_submitted_meanwhile_is_not_moved_unseen(
    cast: Any, client_of: Any, story: ContentItem
) -> None:
    post, client = story.posts.get(), client_of(cast.member)
    url = f"{BASE}/posts/{post.pk}/move/"
    seen = hidden(client.get(url).content.decode())
    release(story, cast.member)
    states.refresh(story)
    answer = client.post(url, {"day": "2027-03-15", "clock": "17:30", **seen})
    assert answer.status_code == 409
    assert "It was “Draft”, and is “Approved” now." in answer.content.decode()
    assert fresh(post).scheduled_at == MARCH


def test_a_move_without_what_was_seen_is_treated_as_stale(
    cast: Any, client_of: Any, story: ContentItem
) -> None:
    post = story.posts.get()
    url = f"{BASE}/posts/{post.pk}/move/"
    answer = client_of(cast.member).post(url, {"day": "2027-03-15", "clock": "17:30"})
    assert answer.status_code == 409
    assert fresh(post).scheduled_at == MARCH


@pytest.mark.parametrize("hour", [0, 1])
def test_in_the_hour_that_comes_twice_saving_unchanged_moves_nothing(
    cast: Any, client_of: Any, story: ContentItem, hour: int
) -> None:
    """On 31 October 2027 the clocks of Berlin show 02:30 at 00:30 UTC and again at 01:30 UTC."""
    post = story.posts.get()
    Channel.objects.filter(pk=post.channel_id).update(time_zone="Europe/Berlin")
    at = datetime(2027, 10, 31, hour, 30, 12, tzinfo=UTC)
    Placement.objects.filter(pk=post.pk).update(scheduled_at=at)
    url, client = f"{BASE}/posts/{post.pk}/move/", client_of(cast.member)
    html = client.get(url).content.decode()
    assert 'value="02:30"' in html
    typed = {**hidden(html), "day": "2027-10-31", "clock": "02:30"}
    assert client.post(url, typed).status_code == 302
    assert fresh(post).scheduled_at == at
    client.post(url, {**typed, "clock": "02:45"})
    assert fresh(post).scheduled_at == datetime(2027, 10, 31, 0, 45, tzinfo=UTC)


@pytest.mark.parametrize("day", ["9999-12-31", "abc", "0000-01-01", "2027-02-30"])
def test_a_day_that_is_none_moves_nothing(
    cast: Any, client_of: Any, story: ContentItem, day: str
) -> None:
    post = story.posts.get()
    answer = client_of(cast.member).post(
        f"{BASE}/posts/{post.pk}/move/", {"day": day, "clock": "09:00"}
    )
    assert answer.status_code == 422
    assert fresh(post).scheduled_at == MARCH


def test_past_draft_a_colleague_neither_sees_nor_has_the_button(
    cast: Any, client_of: Any, story: ContentItem
) -> None:
    release(story, cast.member)
    states.refresh(story)
    post = story.posts.get()
    client = client_of(cast.colleague)
    assert "/move/" not in client.get(f"{BASE}/stories/{story.pk}/").content.decode()
    for name, data in (("move", {"day": "2027-03-15", "clock": "17:30"}), ("cancel", {})):
        assert client.get(f"{BASE}/posts/{post.pk}/{name}/").status_code == 403
        assert client.post(f"{BASE}/posts/{post.pk}/{name}/", data).status_code == 403
    assert fresh(post).scheduled_at == MARCH


def test_cancelling_asks_first_and_can_be_taken_back(
    cast: Any, client_of: Any, story: ContentItem
) -> None:
    post = story.posts.get()
    client = client_of(cast.member)
    url = f"{BASE}/posts/{post.pk}/cancel/"
    assert "Cancel this post on Instagram?" in client.get(url).content.decode()
    assert fresh(post).state == "draft"
    client.post(url, {"reason": "The branch opens later"})
    assert fresh(post).state == "cancelled"
    assert "The branch opens later" in client.get(f"{BASE}/stories/{story.pk}/").content.decode()
    assert "First keys" not in client.get(f"{BASE}/calendar/").content.decode()
    assert client.get(f"{BASE}/posts/{post.pk}/restore/").status_code == 405
    client.post(f"{BASE}/posts/{post.pk}/restore/")
    assert fresh(post).state == "draft"


def test_one_more_post(cast: Any, client_of: Any, story: ContentItem, channel: Any) -> None:
    url = f"{BASE}/stories/{story.pk}/posts/new/"
    client = client_of(cast.member)
    assert client.get(url, {"date": "2027-03-19", "channel": channel.pk}).status_code == 200
    assert client.post(url, {"clock": "09:00"}).status_code == 422
    client.post(url, {"channel": channel.pk, "day": "2027-03-19", "clock": "10:00"})
    assert story.posts.filter(scheduled_at=datetime(2027, 3, 19, 10, tzinfo=UTC)).exists()


def test_a_post_moved_into_the_past_does_not_go_out_then(
    cast: Any, client_of: Any, story: ContentItem
) -> None:
    post = story.posts.get()
    client, address = client_of(cast.member), f"{BASE}/posts/{post.pk}/move/"
    typed = {**hidden(client.get(address).content.decode()), "day": "2027-03-01", "clock": "09:00"}
    page = client.post(address, typed, follow=True)
    assert "It stands on Mon 1 March 2027, 09:00, which has passed." in page.content.decode()
