"""Pages of a story and its posts: writing, dating, cancelling, two people at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calendar_app import services, states
from calendar_app.models import ContentItem, Placement, Publication
from calendar_app.services import NewPost
from people.models import Organization
from plans.models import Channel
from tests import factories
from tests.calendar_app.kit import hidden
from tests.calendar_app.test_states import release, review_of
from workflow.models import ApprovalWithdrawal

BASE = "/o/northlake"
MARCH = datetime(2027, 3, 12, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(datetime(2027, 3, 10, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def story(cast: Any, plan: Any, channel: Any) -> ContentItem:
    return services.create_story(
        organization=cast.organization,
        plan=plan,
        title="First keys",
        copy="Five costs people forget.",
        brief="Ask Lucia for the picture.",
        by=cast.member,
        owner=cast.member,
        posts=[NewPost(channel, MARCH)],
    )


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def new_story(chosen: Any, /, **kw: Any) -> dict[str, Any]:
    """A whole submission of the form."""
    data = {
        "title": "Fraud week",
        "plan": chosen.pk,
        "owner": "",
        "posts-TOTAL_FORMS": "1",
        "posts-INITIAL_FORMS": "0",
        "posts-0-clock": "09:00",
    }
    return {**data, **kw}


# Reading
def test_it_shows_words_posts_owner_notes_and_history(
    cast: Any, client_of: Any, story: ContentItem
) -> None:
    html = client_of(cast.viewer).get(f"{BASE}/stories/{story.pk}/").content.decode()
    for words in (
        "Five costs people forget.",
        "Fri 12 March 2027, 09:00",
        "Ask Lucia",
        "Maya Member",
        "started the story with one post",
    ):
        assert words in html
    assert f"/stories/{story.pk}/edit/" not in html and "/move/" not in html


def test_each_channel_has_its_words(cast: Any, client_of: Any, story: ContentItem) -> None:
    other = factories.make_channel(cast.organization, kind="x")
    post = services.add_post(item=story, post=NewPost(other, None, "Short for X."), by=cast.member)
    client = client_of(cast.member)
    assert "Short for X." not in client.get(f"{BASE}/stories/{story.pk}/").content.decode()
    html = client.get(f"{BASE}/stories/{story.pk}/", {"post": post.pk}).content.decode()
    assert "Short for X." in html and "no date yet" in html


def test_a_story_of_a_plan_not_seen_is_not_there(cast: Any, client_of: Any) -> None:
    secret = factories.make_plan(cast.organization, owner=cast.colleague, is_confidential=True)
    hidden_story = factories.make_story(secret)
    post = factories.make_post(hidden_story, factories.make_channel(cast.organization))
    paths = [
        f"stories/{hidden_story.pk}/{end}"
        for end in ("", "edit/", "cancel/", "helpers/", "posts/new/")
    ]
    paths += [f"posts/{post.pk}/{end}" for end in ("edit/", "move/", "cancel/")]
    for path in paths:
        assert client_of(cast.admin).get(f"{BASE}/{path}").status_code == 404
        assert client_of(cast.colleague).get(f"{BASE}/{path}").status_code == 200


@pytest.mark.parametrize("number", ["0", "99999999999999999999999"])
def test_a_number_that_names_nothing_is_a_404(cast: Any, client_of: Any, number: str) -> None:
    client = client_of(cast.admin)
    for path in (f"stories/{number}/", f"stories/{number}/edit/", f"posts/{number}/move/"):
        assert client.get(f"{BASE}/{path}").status_code == 404


def test_the_page_asks_the_same_statements_for_many_posts(
    cast: Any, client_of: Any, story: ContentItem, channel: Any
) -> None:
    client = client_of(cast.member)
    counts = []
    for _ in range(2):
        client.get(f"{BASE}/stories/{story.pk}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{BASE}/stories/{story.pk}/")
        counts.append(len(queries))
        for _n in range(5):
            services.add_post(item=story, post=NewPost(channel, MARCH), by=cast.member)
    assert counts[0] == counts[1]


# New
def test_the_address_fills_the_form_for_a_day_or_a_gap(
    cast: Any, client_of: Any, plan: Any, channel: Any
) -> None:
    html = (
        client_of(cast.member)
        .get(f"{BASE}/stories/new/", {"date": "2027-03-12", "channel": channel.pk, "plan": plan.pk})
        .content.decode()
    )
    assert 'value="2027-03-12"' in html
    assert f'<option value="{channel.pk}" selected>' in html
    assert f'<option value="{plan.pk}" selected>' in html


@pytest.mark.parametrize(
    "params",
    [{"date": "x", "channel": "y", "plan": "z"}, {"date": "9999-12-31"}, {"plan": "9" * 30}],
)
def test_an_address_that_means_nothing_gives_an_empty_form(
    cast: Any, client_of: Any, plan: Any, params: dict[str, str]
) -> None:
    assert client_of(cast.member).get(f"{BASE}/stories/new/", params).status_code == 200


def test_a_story_is_made_with_its_posts_on_the_clock_of_each_channel(
    cast: Any, client_of: Any, plan: Any, channel: Any
) -> None:
    tokyo = factories.make_channel(cast.organization, kind="x", time_zone="Asia/Tokyo")
    data = new_story(
        plan,
        owner=cast.member.pk,
        copy="Never tell\r\nanyone your code.",
        link="https://northlake.example/fraud",
        embargo_until="2027-03-11T08:00",
        **{
            "posts-TOTAL_FORMS": "3",
            "posts-0-channel": channel.pk,
            "posts-0-day": "2027-03-12",
            "posts-1-channel": tokyo.pk,
            "posts-1-day": "2027-03-12",
            "posts-1-clock": "09:00",
            "posts-1-copy": "Short",
            "posts-2-channel": "",
            "posts-2-clock": "09:00",
        },
    )
    answer = client_of(cast.member).post(f"{BASE}/stories/new/", data)
    story = ContentItem.objects.get(title="Fraud week")
    assert answer["Location"] == f"{BASE}/stories/{story.pk}/"
    assert story.copy == "Never tell\nanyone your code."
    assert story.embargo_until == datetime(2027, 3, 11, 8, tzinfo=UTC)
    first, second = story.posts.order_by("pk")
    assert first.scheduled_at == datetime(2027, 3, 12, 9, tzinfo=UTC)
    assert second.scheduled_at == datetime(2027, 3, 12, 0, tzinfo=UTC)
    assert (second.copy, story.owner) == ("Short", cast.member)


def test_a_time_that_the_clocks_skip_moves_forward(cast: Any, client_of: Any, plan: Any) -> None:
    york = factories.make_channel(cast.organization, time_zone="America/New_York")
    data = new_story(
        plan, **{"posts-0-channel": york.pk, "posts-0-day": "2027-03-14", "posts-0-clock": "02:30"}
    )
    client_of(cast.member).post(f"{BASE}/stories/new/", data)
    assert Placement.objects.get().scheduled_at == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)


def test_without_a_day_it_waits_in_the_tray(
    cast: Any, client_of: Any, plan: Any, channel: Any
) -> None:
    client = client_of(cast.member)
    client.post(
        f"{BASE}/stories/new/",
        new_story(plan, **{"posts-0-channel": channel.pk, "posts-0-clock": ""}),
    )
    assert Placement.objects.get().scheduled_at is None
    html = client.get(f"{BASE}/calendar/tray/").content.decode()
    assert "Fraud week" in html and "Date it" in html
    assert "Fraud week" in client.get(f"{BASE}/calendar/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "Give it a title"),
        ({"link": "javascript:alert(1)"}, "no address on the web"),
        ({"link": "ftp://x.example"}, "begins with https://"),
        ({"embargo_until": "soon"}, "Give a day and a time"),
        ({"posts-0-day": "2027-03-12"}, "Choose where it goes out"),
        ({"posts-0-day": "9999-12-31"}, "between 1900 and 2200"),
        ({"posts-0-day": "12/34/x"}, "year, month and day"),
        ({"plan": "77777"}, "valid choice"),
        ({"plan": ""}, "Choose the plan that it serves"),
        ({"owner": "77777"}, "valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    cast: Any, client_of: Any, plan: Any, wrong: dict[str, str], sentence: str
) -> None:
    data = new_story(plan, copy="Words I typed", **wrong)
    answer = client_of(cast.member).post(f"{BASE}/stories/new/", data)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in html and "Words I typed" in html
    assert not ContentItem.objects.exists()


def test_a_day_without_a_time_is_asked_about(
    cast: Any, client_of: Any, plan: Any, channel: Any
) -> None:
    data = new_story(
        plan, **{"posts-0-channel": channel.pk, "posts-0-day": "2027-03-12", "posts-0-clock": ""}
    )
    answer = client_of(cast.member).post(f"{BASE}/stories/new/", data)
    assert "Give the time of day too" in answer.content.decode()


def test_another_channel_keeps_what_was_typed(
    cast: Any, client_of: Any, plan: Any, channel: Any
) -> None:
    data = new_story(
        plan,
        title="",
        copy="Half written",
        add_row="1",
        **{"posts-0-channel": channel.pk, "posts-0-day": "2027-03-12"},
    )
    html = client_of(cast.member).post(f"{BASE}/stories/new/", data).content.decode()
    assert "Half written" in html and "posts-1-channel" in html and 'value="2027-03-12"' in html
    assert "Give it a title" not in html
    assert not ContentItem.objects.exists()


@pytest.mark.parametrize("total", ["", "x", "-1", "99999999", "5000"])
def test_a_form_that_lies_about_its_rows_is_no_500(
    cast: Any, client_of: Any, plan: Any, total: str
) -> None:
    data = new_story(plan, **{"posts-TOTAL_FORMS": total})
    assert client_of(cast.member).post(f"{BASE}/stories/new/", data).status_code in (302, 422)


def test_ids_of_another_organization_are_no_choice(cast: Any, client_of: Any, plan: Any) -> None:
    foreign_plan = factories.make_plan(cast.other_organization)
    foreign_channel = factories.make_channel(cast.other_organization)
    client = client_of(cast.member)
    for wrong in (
        {"plan": foreign_plan.pk},
        {"posts-0-channel": foreign_channel.pk},
        {"owner": cast.outsider.pk},
    ):
        data = {**new_story(plan), **wrong}
        assert client.post(f"{BASE}/stories/new/", data).status_code == 422
    assert not ContentItem.objects.exists()


# Two people at once
def test_the_second_of_two_editors_is_told_and_keeps_every_word(
    cast: Any, client_of: Any, story: ContentItem
) -> None:
    url = f"{BASE}/stories/{story.pk}/edit/"
    mine, theirs = client_of(cast.member), client_of(cast.colleague)
    looked_at = hidden(mine.get(url).content.decode())
    also = hidden(theirs.get(url).content.decode())
    typed = {"title": "First keys", "copy": "Six costs people forget.", "link": "", "brief": ""}
    assert theirs.post(url, {**typed, **also}).status_code == 302
    answer = mine.post(url, {**typed, **looked_at, "copy": "Seven costs, says Maya."})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Cole Colleague saved this story" in html
    assert "Six costs people forget." in html and "Seven" in html
    assert "Seven costs, says Maya.</textarea>" in html
    assert fresh(story).copy == "Six costs people forget."
    again = mine.post(url, {**typed, **hidden(html), "copy": "Seven costs, says Maya."})
    assert again.status_code == 302
    assert fresh(story).copy == "Seven costs, says Maya."


def test_a_move_between_is_no_conflict(cast: Any, client_of: Any, story: ContentItem) -> None:
    url = f"{BASE}/stories/{story.pk}/edit/"
    client = client_of(cast.member)
    looked_at = hidden(client.get(url).content.decode())
    services.move_post(post=story.posts.get(), to=None, by=cast.member)
    typed = {"title": "First keys", "copy": "New words", "link": "", "brief": ""}
    assert client.post(url, {**typed, **looked_at}).status_code == 302
    assert fresh(story).copy == "New words"


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


def test_a_submission_without_version_is_treated_as_stale(
    cast: Any, client_of: Any, story: ContentItem
) -> None:
    url = f"{BASE}/stories/{story.pk}/edit/"
    assert client_of(cast.member).post(url, {"title": "Blind"}).status_code == 409
    assert fresh(story).title == "First keys"


# Moving and cancelling
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


@pytest.mark.parametrize("hour", [0, 1])
def test_in_the_hour_that_comes_twice_saving_unchanged_keeps_the_embargo(
    cast: Any, client_of: Any, story: ContentItem, hour: int
) -> None:
    """As for a post's time; the embargo stands on the organization's wall clock."""
    Organization.objects.filter(pk=cast.organization.pk).update(time_zone="Europe/Berlin")
    lifts = datetime(2027, 10, 31, hour, 30, 12, tzinfo=UTC)
    ContentItem.objects.filter(pk=story.pk).update(embargo_until=lifts)
    url, client = f"{BASE}/stories/{story.pk}/edit/", client_of(cast.member)
    html = client.get(url).content.decode()
    assert 'value="2027-10-31T02:30"' in html
    typed = {"title": "First keys", "embargo_until": "2027-10-31T02:30", **hidden(html)}
    assert client.post(url, typed).status_code == 302
    assert fresh(story).embargo_until == lifts
    typed |= hidden(client.get(url).content.decode())
    assert client.post(url, {**typed, "embargo_until": "2027-10-31T02:45"}).status_code == 302
    assert fresh(story).embargo_until == datetime(2027, 10, 31, 0, 45, tzinfo=UTC)


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


def test_what_went_out_says_why_it_stays(cast: Any, client_of: Any, story: ContentItem) -> None:
    post = story.posts.get()
    Publication.objects.create(
        organization=cast.organization,
        placement=post,
        approval=release(story, cast.member),
        published_at=MARCH,
        recorded_by=cast.member,
    )
    states.refresh(story)
    client = client_of(cast.manager)
    for name, data in (("move", {"day": "2027-03-15", "clock": "17:30"}), ("cancel", {})):
        answer = client.post(f"{BASE}/posts/{post.pk}/{name}/", data)
        assert answer.status_code == 409
        assert "It went out already" in answer.content.decode()


def test_withdrawing_what_went_out_is_called_a_recall(
    cast: Any, client_of: Any, story: ContentItem, channel: Any
) -> None:
    """Also where only one of two posts went out; before that it is an approval withdrawn."""
    services.add_post(item=story, post=NewPost(channel, MARCH), by=cast.member)
    approval = release(story, cast.member)
    states.refresh(story)
    client = client_of(cast.manager)
    pages = (f"{BASE}/stories/{story.pk}/", f"{BASE}/approvals/{approval.pk}/withdraw/")
    for page in pages:
        html = client.get(page).content.decode()
        assert "Withdraw the approval" in html and "Record a recall" not in html
    Publication.objects.create(
        organization=cast.organization,
        placement=story.posts.all()[0],
        approval=approval,
        published_at=MARCH,
        recorded_by=cast.member,
    )
    states.refresh(story)
    for page in pages:
        html = client.get(page).content.decode()
        assert "Record a recall" in html and "Withdraw the approval" not in html
    client.post(pages[1], {"reason": "Wrong rate"})
    assert ApprovalWithdrawal.objects.get(approval=approval).is_recall


def test_the_whole_story_is_cancelled_and_comes_back(
    cast: Any, client_of: Any, story: ContentItem
) -> None:
    client = client_of(cast.member)
    assert client.get(f"{BASE}/stories/{story.pk}/cancel/").status_code == 200
    client.post(f"{BASE}/stories/{story.pk}/cancel/", {"reason": ""})
    html = client.get(f"{BASE}/stories/{story.pk}/").content.decode()
    assert "This story is cancelled" in html and "Bring it back" in html
    client.post(f"{BASE}/stories/{story.pk}/restore/")
    assert fresh(story).state == "draft"


def test_helpers_are_named_by_who_answers(cast: Any, client_of: Any, story: ContentItem) -> None:
    url = f"{BASE}/stories/{story.pk}/helpers/"
    client = client_of(cast.member)
    assert "Cole Colleague" in client.get(url).content.decode()
    client.post(url, {"members": [cast.colleague.pk]})
    assert story.collaborations.get().member == cast.colleague
    assert "Cole Colleague" in client.get(f"{BASE}/stories/{story.pk}/").content.decode()
    assert client_of(cast.colleague).get(url).status_code == 403
    assert client.post(url, {"members": [cast.outsider.pk]}).status_code == 422
    client.post(url, {})
    assert not story.collaborations.exists()


def test_one_more_post(cast: Any, client_of: Any, story: ContentItem, channel: Any) -> None:
    url = f"{BASE}/stories/{story.pk}/posts/new/"
    client = client_of(cast.member)
    assert client.get(url, {"date": "2027-03-19", "channel": channel.pk}).status_code == 200
    assert client.post(url, {"clock": "09:00"}).status_code == 422
    client.post(url, {"channel": channel.pk, "day": "2027-03-19", "clock": "10:00"})
    assert story.posts.filter(scheduled_at=datetime(2027, 3, 19, 10, tzinfo=UTC)).exists()


# Owner and approval
def test_nobody_owns_it_and_one_click_takes_it(
    cast: Any, client_of: Any, plan: Any, channel: Any
) -> None:
    story = factories.make_story(plan, title="A thought")
    client = client_of(cast.member)
    url = f"{BASE}/stories/{story.pk}/"
    html = client.get(url).content.decode()
    assert "No one owns this" in html and "I’ll take it" in html
    assert "I’ll take it" not in client_of(cast.viewer).get(url).content.decode()
    client.post(f"{BASE}/own/story/{story.pk}/claim/", {"next": url})
    assert fresh(story).owner == cast.member
    assert "No one owns this" not in client.get(url).content.decode()


def test_the_owner_submits_and_a_manager_finds_the_decision_here(
    cast: Any, client_of: Any, story: ContentItem
) -> None:
    factories.make_template(cast.organization)
    url = f"{BASE}/stories/{story.pk}/"
    html = client_of(cast.member).get(url).content.decode()
    assert f"/subjects/{story.subject_id}/submit/" in html or "Submit" in html
    review_of(story, cast.member)
    assert "Your decision" in client_of(cast.manager).get(url).content.decode()
    assert "Your decision" not in client_of(cast.member).get(url).content.decode()


def test_an_edit_after_approval_is_told_at_the_top(
    cast: Any, client_of: Any, story: ContentItem
) -> None:
    release(story, cast.member)
    version = fresh(story).version
    services.edit_story(item=story, by=cast.member, version=version, changes={"copy": "Six."})
    html = client_of(cast.manager).get(f"{BASE}/stories/{story.pk}/").content.decode()
    assert "Edited after approval" in html


def test_the_summary_counts_what_is_wrong_in_every_row(
    cast: Any, client_of: Any, plan: Any
) -> None:
    data = new_story(plan, title="", **{"posts-0-day": "2027-03-12"})
    html = client_of(cast.member).post(f"{BASE}/stories/new/", data).content.decode()
    assert "2 things to correct" in html
    assert 'href="#id_posts-0-channel"' in html and 'href="#id_title"' in html


# What hurt a newcomer
def test_where_there_is_no_plan_the_form_says_what_comes_first(
    cast: Any, client_of: Any, channel: Any
) -> None:
    html = client_of(cast.member).get(f"{BASE}/stories/new/").content.decode()
    assert "There is no plan yet" in html and f"{BASE}/plans/new/" in html
    assert 'name="title"' not in html


@pytest.mark.parametrize(("day", "says_so"), [("2027-03-09", True), ("2027-03-20", False)])
def test_a_time_that_has_passed_is_said_at_once(
    cast: Any, client_of: Any, plan: Any, channel: Any, day: str, says_so: bool
) -> None:
    row = {"posts-0-channel": channel.pk, "posts-0-day": day, "posts-0-clock": "09:00"}
    counts = {"posts-TOTAL_FORMS": "1", "posts-INITIAL_FORMS": "0"}
    typed = {"title": "Late", "plan": plan.pk, **row, **counts}
    client = client_of(cast.member)
    html = client.post(f"{BASE}/stories/new/", typed, follow=True).content.decode()
    assert "Late" in html
    assert ("The time you gave has passed already." in html) is says_so


def test_a_post_moved_into_the_past_does_not_go_out_then(
    cast: Any, client_of: Any, story: ContentItem
) -> None:
    post = story.posts.get()
    client, address = client_of(cast.member), f"{BASE}/posts/{post.pk}/move/"
    typed = {**hidden(client.get(address).content.decode()), "day": "2027-03-01", "clock": "09:00"}
    page = client.post(address, typed, follow=True)
    assert "It stands on Mon 1 March 2027, 09:00, which has passed." in page.content.decode()


def test_submitting_a_title_alone_is_warned_of(
    cast: Any, client_of: Any, story: ContentItem
) -> None:
    factories.make_template(cast.organization)
    warning = "it would be a title alone"
    client = client_of(cast.member)
    assert warning not in client.get(f"{BASE}/stories/{story.pk}/").content.decode()
    ContentItem.objects.filter(pk=story.pk).update(copy="", link="")
    assert warning in client.get(f"{BASE}/stories/{story.pk}/").content.decode()


def test_the_history_names_what_was_changed_in_the_story(
    cast: Any, client_of: Any, story: ContentItem
) -> None:
    changes = {"copy": "Six costs people forget."}
    services.edit_story(item=story, by=cast.member, version=story.version, changes=changes)
    html = client_of(cast.member).get(f"{BASE}/stories/{story.pk}/").content.decode()
    assert "changed copy" in html and "copy for this channel" not in html
