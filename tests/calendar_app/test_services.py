"""What people can do with stories and posts: it works, and it is refused beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from calendar_app import fields, services, states
from calendar_app.models import ContentItem, Placement, Publication
from calendar_app.services import NewPost
from people.errors import NotAllowed, Refused, Stale
from people.models import Activity
from tests import factories
from tests.calendar_app.test_states import release, review_of
from workflow.models import SubjectEdit

MARCH = datetime(2027, 3, 3, 9, tzinfo=UTC)
APRIL = datetime(2027, 4, 7, 9, tzinfo=UTC)


@pytest.fixture
def plan(cast: Any) -> Any:
    return factories.make_plan(cast.organization, owner=cast.manager)


@pytest.fixture
def channel(cast: Any) -> Any:
    return factories.make_channel(cast.organization, kind="instagram", name="Instagram")


@pytest.fixture
def story(cast: Any, plan: Any, channel: Any) -> ContentItem:
    return services.create_story(
        organization=cast.organization,
        plan=plan,
        title="First keys",
        copy="Five costs people forget.",
        by=cast.member,
        owner=cast.member,
        posts=[NewPost(channel, MARCH)],
    )


def verbs(story: ContentItem) -> list[str]:
    rows = Activity.objects.filter(subject_type="calendar_app.ContentItem", subject_id=story.pk)
    return list(rows.order_by("pk").values_list("verb", flat=True))


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


# Create ------------------------------------------------------------------------------------------
def test_a_new_story_has_posts_an_author_and_a_record(story: ContentItem, cast: Any) -> None:
    post = story.posts.get()
    assert (story.state, post.state, post.scheduled_at) == ("draft", "draft", MARCH)
    assert (story.owner, story.unowned_since, story.created_by) == (cast.member, None, cast.member)
    assert verbs(story) == ["story.created"]
    assert SubjectEdit.objects.get(subject=story.subject).member == cast.member


def test_without_owner_it_counts_as_unowned_from_the_start(
    cast: Any, plan: Any, channel: Any
) -> None:
    story = services.create_story(
        organization=cast.organization, plan=plan, title="A thought", by=cast.member
    )
    assert story.owner is None and story.unowned_since is not None
    assert fresh(story).state == "idea"


@pytest.mark.parametrize("role", ["expert", "viewer"])
def test_who_only_reads_creates_nothing(cast: Any, plan: Any, role: str) -> None:
    with pytest.raises(NotAllowed):
        services.create_story(
            organization=cast.organization, plan=plan, title="No", by=cast.roles[role]
        )
    assert not ContentItem.objects.exists()


def test_a_confidential_plan_takes_stories_only_from_those_listed(cast: Any) -> None:
    secret = factories.make_plan(cast.organization, owner=cast.colleague, is_confidential=True)
    create = {"organization": cast.organization, "plan": secret, "title": "Merger"}
    with pytest.raises(NotAllowed):
        services.create_story(by=cast.member, **create)
    assert services.create_story(by=cast.colleague, **create).pk


@pytest.mark.parametrize("who", ["expert", "deactivated", "outsider"])
def test_the_owner_must_be_someone_who_can_own(cast: Any, plan: Any, who: str) -> None:
    with pytest.raises(Refused):
        services.create_story(
            organization=cast.organization,
            plan=plan,
            title="Whose",
            by=cast.member,
            owner=getattr(cast, who),
        )


def test_an_archived_channel_and_a_closed_plan_take_nothing_new(
    cast: Any, plan: Any, channel: Any
) -> None:
    channel.archived_at = timezone.now()
    channel.save()
    create = {"organization": cast.organization, "title": "Late", "by": cast.member}
    with pytest.raises(Refused, match="archived"):
        services.create_story(plan=plan, posts=[NewPost(channel)], **create)
    plan.state = "closed"
    plan.save()
    with pytest.raises(Refused, match="closed"):
        services.create_story(plan=plan, **create)
    assert not ContentItem.objects.exists()


# Edit ------------------------------------------------------------------------------------------
def test_an_edit_is_saved_counted_and_reported_to_the_approvals(
    story: ContentItem, cast: Any
) -> None:
    services.edit_story(
        item=story, by=cast.colleague, version=1, changes={"copy": "Six costs.", "brief": "x"}
    )
    story = fresh(story)
    assert (story.copy, story.brief, story.version) == ("Six costs.", "x", 2)
    assert verbs(story)[-1] == "story.edited"
    assert SubjectEdit.objects.filter(subject=story.subject, member=cast.colleague).exists()


def test_notes_for_the_team_are_nothing_that_a_reader_sees(story: ContentItem, cast: Any) -> None:
    services.edit_story(item=story, by=cast.colleague, version=1, changes={"brief": "Ask Lucia"})
    assert not SubjectEdit.objects.filter(subject=story.subject, member=cast.colleague).exists()


def test_an_edit_that_changes_nothing_leaves_no_trace(story: ContentItem, cast: Any) -> None:
    services.edit_story(item=story, by=cast.colleague, version=1, changes={"copy": story.copy})
    assert fresh(story).version == 1
    assert verbs(story) == ["story.created"]


def test_the_second_editor_is_told_what_differs_and_nothing_is_saved(
    story: ContentItem, cast: Any
) -> None:
    services.edit_story(item=story, by=cast.member, version=1, changes={"copy": "Theirs."})
    with pytest.raises(Stale) as told:
        services.edit_story(
            item=story,
            by=cast.colleague,
            version=1,
            changes={"copy": "Mine.", "title": "First keys"},
        )
    (change,) = told.value.current
    assert (change.field, change.current, change.typed) == ("copy", "Theirs.", "Mine.")
    assert fresh(story).copy == "Theirs."


def test_a_post_moved_meanwhile_is_no_conflict_for_who_edits_the_words(
    story: ContentItem, cast: Any
) -> None:
    seen = fields.story_fingerprint(story)
    services.move_post(post=story.posts.get(), to=APRIL, by=cast.member)
    services.edit_story(
        item=story, by=cast.colleague, version=1, seen=seen, changes={"copy": "New."}
    )
    assert (fresh(story).copy, fresh(story).version) == ("New.", 3)


@pytest.mark.parametrize(
    "change",
    [
        {"copy": "New words"},
        {"title": "New"},
        {"link": "https://x.example"},
        {"embargo_until": MARCH},
    ],
)
def test_what_a_reader_would_see_voids_the_approval(
    story: ContentItem, cast: Any, change: dict[str, Any]
) -> None:
    release(story, cast.member)
    services.edit_story(item=story, by=cast.member, version=1, changes=change)
    assert fresh(story).state == "draft"


def test_readers_may_not_edit(story: ContentItem, cast: Any) -> None:
    for who in (cast.expert, cast.viewer):
        with pytest.raises(NotAllowed):
            services.edit_story(item=story, by=who, version=1, changes={"copy": "Mine"})
    assert fresh(story).copy == "Five costs people forget."


# Posts ------------------------------------------------------------------------------------------
def test_moving_keeps_the_approval_and_the_record_has_both_times(
    story: ContentItem, cast: Any
) -> None:
    release(story, cast.member)
    states.refresh(story)
    post = services.move_post(post=story.posts.get(), to=APRIL, by=cast.member)
    assert (fresh(post).scheduled_at, fresh(post).state) == (APRIL, "approved")
    record = Activity.objects.get(verb="post.moved")
    assert (record.payload["was"], record.payload["to"]) == (MARCH.isoformat(), APRIL.isoformat())
    assert record.plan_id == story.plan_id


def test_a_post_goes_into_the_tray_and_gets_a_date_again(story: ContentItem, cast: Any) -> None:
    post = services.move_post(post=story.posts.get(), to=None, by=cast.member)
    assert fresh(post).scheduled_at is None
    services.move_post(post=post, to=APRIL, by=cast.colleague)
    assert fresh(post).scheduled_at == APRIL


def test_a_row_of_the_past_that_gets_a_new_time_is_planned_again(
    story: ContentItem, cast: Any
) -> None:
    post = story.posts.get()
    Placement.objects.filter(pk=post.pk).update(historical=True)
    services.move_post(post=post, to=APRIL, by=cast.member)
    assert fresh(post).historical is False


def test_past_draft_only_who_stands_near_moves_or_cancels(
    story: ContentItem, cast: Any, plan: Any
) -> None:
    """Drafts are everybody's; then owner, helper, champion and leaders."""
    review_of(story, cast.member)
    states.refresh(story)
    post = fresh(story.posts.get())
    with pytest.raises(NotAllowed):
        services.move_post(post=post, to=APRIL, by=cast.colleague)
    with pytest.raises(NotAllowed):
        services.cancel_post(post=post, by=cast.colleague)
    services.set_collaborators(item=story, members=[cast.colleague], by=cast.member)
    services.move_post(post=post, to=APRIL, by=cast.colleague)
    assert fresh(post).scheduled_at == APRIL
    services.move_post(post=post, to=MARCH, by=cast.manager)
    assert fresh(post).scheduled_at == MARCH


def test_another_channel_is_another_content_and_the_same_words_again_are_not(
    story: ContentItem, cast: Any, channel: Any
) -> None:
    release(story, cast.member)
    services.add_post(item=story, post=NewPost(channel, APRIL), by=cast.member)
    assert fresh(story).state == "approved"
    other = factories.make_channel(cast.organization, kind="facebook")
    services.add_post(item=story, post=NewPost(other, APRIL), by=cast.member)
    assert fresh(story).state == "draft"


def test_copy_of_its_own_for_one_channel(story: ContentItem, cast: Any) -> None:
    post = services.edit_post(
        post=story.posts.get(), by=cast.colleague, version=1, changes={"copy": "Short."}
    )
    assert fresh(post).copy == "Short."
    with pytest.raises(Stale) as told:
        services.edit_post(post=post, by=cast.member, version=1, changes={"copy": "Shorter."})
    assert told.value.current[0].current == "Short."


def test_cancel_twice_is_once_and_restore_brings_the_approval_back(
    story: ContentItem, cast: Any
) -> None:
    release(story, cast.member)
    post = services.cancel_post(post=story.posts.get(), by=cast.member)
    services.cancel_post(post=post, by=cast.member)
    assert fresh(post).state == "cancelled"
    assert verbs(story).count("post.cancelled") == 1
    services.restore_post(post=post, by=cast.member)
    assert (fresh(post).state, fresh(story).state) == ("approved", "approved")


def test_what_went_out_neither_moves_nor_changes_nor_is_cancelled(
    story: ContentItem, cast: Any
) -> None:
    post = story.posts.get()
    Publication.objects.create(
        organization=cast.organization,
        placement=post,
        approval=release(story, cast.member),
        published_at=MARCH,
        recorded_by=cast.member,
    )
    for attempt in (
        lambda: services.move_post(post=post, to=APRIL, by=cast.manager),
        lambda: services.cancel_post(post=post, by=cast.manager),
        lambda: services.edit_post(post=post, by=cast.manager, version=1, changes={"copy": "x"}),
    ):
        with pytest.raises(Refused, match="went out already"):
            attempt()
    assert fresh(post).scheduled_at == MARCH


def test_a_cancelled_story_takes_its_posts_with_it_and_comes_back(
    story: ContentItem, cast: Any, channel: Any
) -> None:
    release(story, cast.member)
    services.cancel_story(item=story, by=cast.member, reason="The branch opens later")
    assert (fresh(story).state, fresh(story.posts.get()).state) == ("cancelled", "cancelled")
    with pytest.raises(Refused, match="cancelled"):
        services.add_post(item=story, post=NewPost(channel), by=cast.member)
    services.restore_story(item=story, by=cast.member)
    assert (fresh(story).state, fresh(story.posts.get()).state) == ("approved", "approved")


# Helpers ------------------------------------------------------------------------------------------
def test_only_owner_champion_and_leaders_name_helpers(story: ContentItem, cast: Any) -> None:
    services.set_collaborators(item=story, members=[cast.colleague, cast.member], by=cast.member)
    assert list(story.collaborations.values_list("member", flat=True)) == [cast.colleague.pk]
    with pytest.raises(NotAllowed):
        services.set_collaborators(item=story, members=[], by=cast.colleague)
    for nobody in (cast.viewer, cast.deactivated, cast.outsider):
        with pytest.raises(Refused):
            services.set_collaborators(item=story, members=[nobody], by=cast.member)
    services.set_collaborators(item=story, members=[], by=cast.manager)
    assert not story.collaborations.exists()
