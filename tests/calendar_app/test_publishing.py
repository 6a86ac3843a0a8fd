"""Recording that a post went out: only what is approved, once, or past approval on the record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from calendar_app import publishing, services
from calendar_app.models import Placement, Publication
from calendar_app.publishing import Answer, Then
from calendar_app.publishing_queries import publish_lines, time_to_post_of, unconfirmed_of
from calendar_app.services import NewPost
from people.errors import NotAllowed, Refused
from people.models import Activity
from tests import factories
from workflow import reviews
from workflow.queries import hash_now

HOUR = timedelta(hours=1)


@pytest.fixture
def plan(cast: Any) -> Any:
    return factories.make_plan(cast.organization, name="Front Door", owner=cast.colleague)


@pytest.fixture
def now() -> datetime:
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def post(cast: Any, plan: Any, now: datetime) -> Placement:
    """A post of Maya's story, due an hour ago, not approved."""
    factories.make_template(cast.organization)
    channel = factories.make_channel(cast.organization, name="Instagram", kind="instagram")
    story = services.create_story(
        organization=cast.organization,
        plan=plan,
        title="The doors open",
        by=cast.member,
        owner=cast.member,
        copy="Come in.",
        posts=[NewPost(channel, now - HOUR)],
    )
    return story.posts.get()


@pytest.fixture
def approved(cast: Any, post: Placement) -> Placement:
    """The same, approved by the manager as it is."""
    subject = post.item.subject
    seen = hash_now(subject)
    review = reviews.submit(
        subject=subject, by=cast.member, expected_hash=seen, key=uuid4(), now=timezone.now()
    )
    reviews.decide(
        review=review, by=cast.manager, choice="approve", expected_hash=seen, key=uuid4()
    )
    return Placement.objects.select_related("item__organization", "channel").get(pk=post.pk)


def verbs(post: Placement) -> list[str]:
    rows = Activity.objects.filter(subject_id=post.item_id, verb__startswith="post.")
    return list(rows.order_by("pk").values_list("verb", flat=True))


# Recording ----------------------------------------------------------------------------------------
def test_an_approved_post_goes_out(cast: Any, approved: Placement, now: datetime):
    fact = publishing.record_publication(
        post=approved, by=cast.member, published_at=now, address="https://example.org/p/1"
    )
    approved.refresh_from_db()
    approved.item.refresh_from_db()
    assert (approved.state, approved.item.state) == ("published", "published")
    assert (fact.approval_id is not None, fact.bypass_reason) == (True, "")
    assert verbs(approved) == ["post.published"]


def test_what_is_not_approved_does_not_go_out(cast: Any, post: Placement, now: datetime):
    with pytest.raises(Refused, match="not approved"):
        publishing.record_publication(post=post, by=cast.member, published_at=now)
    assert not Publication.objects.exists()


def test_an_edit_after_approval_stops_it(cast: Any, approved: Placement, now: datetime):
    services.edit_story(
        item=approved.item,
        by=cast.member,
        version=approved.item.version,
        changes={"copy": "Come in, all."},
    )
    with pytest.raises(Refused, match="not approved"):
        publishing.record_publication(post=approved, by=cast.member, published_at=now)


def test_only_an_administrator_bypasses_and_only_with_a_reason(
    cast: Any, post: Placement, now: datetime
):
    for person, reason, problem in (
        (cast.manager, "The press has it.", NotAllowed),
        (cast.member, "The press has it.", NotAllowed),
        (cast.admin, "  ", Refused),
    ):
        with pytest.raises(problem):
            publishing.record_publication(
                post=post, by=person, published_at=now, bypass_reason=reason
            )
    fact = publishing.record_publication(
        post=post, by=cast.admin, published_at=now, bypass_reason="The press has it."
    )
    assert (fact.approval, fact.bypass_reason) == (None, "The press has it.")
    assert verbs(post) == ["post.bypassed"]


def test_the_database_refuses_what_the_service_would(cast: Any, post: Placement, now: datetime):
    with pytest.raises(DatabaseError), transaction.atomic():
        Publication.objects.create(
            organization=post.organization,
            placement=post,
            bypass_reason="Because.",
            published_at=now,
            recorded_by=cast.manager,
        )


def test_not_by_someone_else_and_not_in_the_future(cast: Any, approved: Placement, now: datetime):
    for stranger in (cast.colleague, cast.expert, cast.viewer, cast.outsider):
        with pytest.raises(NotAllowed):
            publishing.record_publication(post=approved, by=stranger, published_at=now)
    with pytest.raises(Refused, match="not come yet"):
        publishing.record_publication(post=approved, by=cast.member, published_at=now + HOUR)
    assert not Publication.objects.exists()


def test_a_double_click_is_one_publication(cast: Any, approved: Placement, now: datetime):
    first = publishing.record_publication(post=approved, by=cast.member, published_at=now)
    again = publishing.record_publication(post=approved, by=cast.member, published_at=now)
    assert again == first
    with pytest.raises(Refused, match="already"):
        publishing.record_publication(post=approved, by=cast.manager, published_at=now)
    assert verbs(approved) == ["post.published"]


def test_a_cancelled_post_does_not_go_out(cast: Any, approved: Placement, now: datetime):
    services.cancel_post(post=approved, by=cast.member)
    with pytest.raises(Refused, match="cancelled"):
        publishing.record_publication(post=approved, by=cast.member, published_at=now)


def test_an_undated_post_stands_where_it_went_out(cast: Any, approved: Placement, now: datetime):
    services.move_post(post=approved, to=None, by=cast.member)
    publishing.record_publication(post=approved, by=cast.member, published_at=now)
    approved.refresh_from_db()
    assert approved.scheduled_at == now


# Did it go out? -----------------------------------------------------------------------------------
def test_as_planned_and_at_another_time(cast: Any, approved: Placement, now: datetime):
    fact = publishing.confirm(post=approved, by=cast.member, answer=Answer.AS_PLANNED)
    assert fact is not None and fact.published_at == approved.scheduled_at


def test_at_another_time_needs_one(cast: Any, approved: Placement, now: datetime):
    with pytest.raises(Refused, match="day and time"):
        publishing.confirm(post=approved, by=cast.member, answer=Answer.OTHER_TIME)
    at = now - HOUR / 2
    fact = publishing.confirm(
        post=approved, by=cast.member, answer=Answer.OTHER_TIME, published_at=at
    )
    assert fact is not None and fact.published_at == at


@pytest.mark.parametrize(
    ("then", "verb", "state"),
    [
        (Then.RESCHEDULE, "post.moved", "approved"),
        (Then.TRAY, "post.moved", "approved"),
        (Then.CANCEL, "post.cancelled", "cancelled"),
    ],
)
def test_no_says_what_becomes_of_it(
    cast: Any, approved: Placement, now: datetime, then: Then, verb: str, state: str
):
    to = now + 24 * HOUR
    publishing.confirm(
        post=approved, by=cast.member, answer=Answer.NO, then=then, to=to, reason="Network down"
    )
    approved.refresh_from_db()
    assert verbs(approved) == ["post.not_published", verb]
    assert approved.state == state
    if then != Then.CANCEL:
        assert approved.scheduled_at == (to if then == Then.RESCHEDULE else None)


def test_no_without_what_then_changes_nothing(cast: Any, approved: Placement):
    with pytest.raises(Refused, match="Choose"):
        publishing.confirm(post=approved, by=cast.member, answer=Answer.NO)
    assert verbs(approved) == []


# My work ------------------------------------------------------------------------------------------
def test_what_is_to_go_out_and_what_nobody_confirmed(cast: Any, approved: Placement, now: datetime):
    assert list(time_to_post_of(cast.member, now)) == [approved]
    assert list(unconfirmed_of(cast.member, now)) == []
    later = now + 48 * HOUR
    assert list(time_to_post_of(cast.member, later)) == []
    assert list(unconfirmed_of(cast.member, later)) == [approved]
    assert list(unconfirmed_of(cast.colleague, later)) == []  # champion, neither owner nor helper
    services.set_collaborators(item=approved.item, members=[cast.colleague], by=cast.member)
    assert list(unconfirmed_of(cast.colleague, later)) == [approved]


def test_the_panel_says_where_each_post_stands(cast: Any, approved: Placement, now: datetime):
    def state(moment: datetime) -> str:
        fresh = Placement.objects.select_related("item", "channel", "publication")
        (line,) = publish_lines(cast.member, [fresh.get(pk=approved.pk)], moment)
        return line.state

    assert [state(now - 24 * HOUR), state(now), state(now + 48 * HOUR)] == [
        "ready",
        "due",
        "unconfirmed",
    ]
    publishing.record_publication(post=approved, by=cast.member, published_at=now)
    assert state(now) == "published"
    assert datetime.now(UTC) > now


def test_nothing_is_recorded_of_a_cancelled_story(cast: Any, approved: Placement, now: datetime):
    services.cancel_story(item=approved.item, by=cast.manager)
    post = Placement.objects.select_related("item", "channel").get(pk=approved.pk)
    assert post.cancelled_at is None
    assert publish_lines(cast.admin, [post], now) == []
