"""The pages on which it is recorded that a post went out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from calendar_app import services
from calendar_app.models import Placement, Publication
from calendar_app.services import NewPost
from people.models import Activity
from tests import factories
from tests.calendar_app.kit import hidden
from workflow import reviews
from workflow.queries import hash_now


@pytest.fixture
def due() -> datetime:
    """Two days ago, so that the tolerance has passed."""
    return timezone.now().replace(second=0, microsecond=0) - timedelta(days=2)


@pytest.fixture
def draft(cast: Any, due: datetime) -> Placement:
    factories.make_template(cast.organization)
    plan = factories.make_plan(cast.organization, owner=cast.colleague)
    tokyo = factories.make_channel(
        cast.organization, name="Instagram", kind="instagram", time_zone="Asia/Tokyo"
    )
    story = services.create_story(
        organization=cast.organization,
        plan=plan,
        title="The doors open",
        by=cast.member,
        owner=cast.member,
        copy="Come in.",
        link="https://example.org/doors",
        posts=[NewPost(tokyo, due)],
    )
    return story.posts.get()


@pytest.fixture
def post(cast: Any, draft: Placement) -> Placement:
    """Approved by the manager."""
    subject = draft.item.subject
    seen = hash_now(subject)
    review = reviews.submit(
        subject=subject, by=cast.member, expected_hash=seen, key=uuid4(), now=timezone.now()
    )
    reviews.decide(
        review=review, by=cast.manager, choice="approve", expected_hash=seen, key=uuid4()
    )
    draft.refresh_from_db()
    return draft


def url(post: Placement, what: str) -> str:
    return f"/o/northlake/posts/{post.pk}/{what}/"


def in_tokyo(at: datetime) -> str:
    return f"{at + timedelta(hours=9):%Y-%m-%dT%H:%M}"


def test_words_and_link_stand_ready_and_it_is_recorded(
    cast: Any, client_of: Any, post: Placement, due: datetime
):
    client = client_of(cast.member)
    text = client.get(url(post, "publish")).content.decode()
    assert "Come in." in text and "https://example.org/doors" in text and "Asia/Tokyo" in text
    answer = client.post(
        url(post, "publish"),
        {"published_at": in_tokyo(due), "address": "https://social.example.org/p/1"},
    )
    assert answer["Location"] == f"/o/northlake/stories/{post.item_id}/"
    fact = Publication.objects.get()
    assert (fact.published_at, fact.address) == (due, "https://social.example.org/p/1")
    assert "That is recorded already" in client.get(url(post, "publish")).content.decode()
    assert "says Maya Member" in client.get(answer["Location"]).content.decode()


def test_only_owner_helper_or_leader_gets_the_page(cast: Any, client_of: Any, post: Placement):
    for who, status in (
        (cast.member, 200),
        (cast.manager, 200),
        (cast.colleague, 403),
        (cast.outsider, 404),
    ):
        for what in ("publish", "confirm"):
            assert client_of(who).get(url(post, what)).status_code == status


def test_what_is_typed_wrong_is_told_and_kept(cast: Any, client_of: Any, post: Placement):
    client = client_of(cast.member)
    answer = client.post(
        url(post, "publish"), {"published_at": "soon", "address": "javascript:alert(1)"}
    )
    assert answer.status_code == 422
    assert 'value="javascript:alert(1)"' in answer.content.decode()
    ahead = in_tokyo(timezone.now() + timedelta(days=1))
    answer = client.post(url(post, "publish"), {"published_at": ahead})
    assert answer.status_code == 409
    assert "That time has not come yet." in answer.content.decode()
    assert not Publication.objects.exists()


def test_past_approval_is_an_administrators_with_a_reason(
    cast: Any, client_of: Any, draft: Placement, due: datetime
):
    page = client_of(cast.member).get(url(draft, "publish")).content.decode()
    assert "not approved" in page and 'name="published_at"' not in page
    client = client_of(cast.admin)
    data = {"published_at": in_tokyo(due)}
    assert client.post(url(draft, "publish"), data).status_code == 422
    client.post(url(draft, "publish"), {**data, "bypass_reason": "The press had it."})
    assert Publication.objects.get().bypass_reason == "The press had it."
    story = client_of(cast.viewer).get(f"/o/northlake/stories/{draft.item_id}/").content.decode()
    assert "Past approval:" in story and "The press had it." in story


def test_it_asks_whether_it_went_out(cast: Any, client_of: Any, post: Placement, due: datetime):
    client = client_of(cast.member)
    story = client.get(f"/o/northlake/stories/{post.item_id}/").content.decode()
    assert url(post, "confirm") in story
    assert client.post(url(post, "confirm"), {}).status_code == 422
    seen = hidden(client.get(url(post, "confirm")).content.decode())
    for _click in range(2):
        answer = client.post(url(post, "confirm"), {"answer": "as_planned", **seen})
        assert answer.status_code == 302
    assert Publication.objects.get().published_at == due


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"answer": "other_time"}, "Give the day and time"),
        ({"answer": "no"}, "Choose what becomes of it."),
        ({"answer": "no", "then": "reschedule"}, "Give the new day and time."),
    ],
)
def test_an_answer_needs_its_rest(
    cast: Any, client_of: Any, post: Placement, data: dict[str, str], sentence: str
):
    answer = client_of(cast.member).post(url(post, "confirm"), {**data, "reason": "No network"})
    assert answer.status_code == 422
    assert sentence in answer.content.decode() and "No network" in answer.content.decode()


def test_no_moves_it_and_keeps_its_approval(
    cast: Any, client_of: Any, post: Placement, due: datetime
):
    to = due + timedelta(days=5)
    client = client_of(cast.member)
    seen = hidden(client.get(url(post, "confirm")).content.decode())
    data = {"answer": "no", "then": "reschedule", "to": in_tokyo(to), **seen}
    for _click in range(2):
        assert client.post(url(post, "confirm"), data).status_code == 302
    post.refresh_from_db()
    assert (post.scheduled_at, post.state) == (to, "approved")
    assert not Publication.objects.exists()
    told = Activity.objects.filter(verb="post.not_published")
    assert told.count() == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"answer": "as_planned"},
        {"answer": "no", "then": "reschedule", "to": "2027-01-15T17:30"},
        {"answer": "no", "then": "tray"},
        {"answer": "no", "then": "cancel"},
    ],
)
def test_an_answer_to_another_time_is_told_what_differs(
    cast: Any, client_of: Any, post: Placement, due: datetime, answer: dict[str, str]
):
    """Somebody moved it while the question stood open: nothing happens unseen."""
    client, later = client_of(cast.member), due + timedelta(hours=5)
    typed = {**answer, "reason": "No network"}
    seen = hidden(client.get(url(post, "confirm")).content.decode())
    services.move_post(post=post, to=later, by=cast.manager)
    told = client.post(url(post, "confirm"), {**typed, **seen})
    html = told.content.decode()
    assert told.status_code == 409
    assert "changed this post while you were choosing." in html
    assert in_tokyo(later).replace("T", " ") in html and "No network" in html
    post.refresh_from_db()
    assert (post.scheduled_at, post.state) == (later, "approved")
    assert not Publication.objects.exists()
    assert client.post(url(post, "confirm"), typed).status_code == 409
    assert client.post(url(post, "confirm"), {**typed, **hidden(html)}).status_code == 302


def test_at_another_time_does_not_ask_for_the_planned_one(
    cast: Any, client_of: Any, post: Placement, due: datetime
):
    client, at = client_of(cast.member), due + timedelta(hours=1)
    seen = hidden(client.get(url(post, "confirm")).content.decode())
    services.move_post(post=post, to=due + timedelta(hours=5), by=cast.manager)
    data = {"answer": "other_time", "published_at": in_tokyo(at), **seen}
    assert client.post(url(post, "confirm"), data).status_code == 302
    assert Publication.objects.get().published_at == at


def test_reading_records_nothing(cast: Any, client_of: Any, post: Placement):
    for what in ("publish", "confirm"):
        client_of(cast.member).get(url(post, what) + "?answer=as_planned")
    assert not Publication.objects.exists()
