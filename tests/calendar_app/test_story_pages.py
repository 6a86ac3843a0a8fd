"""Pages of a story: reading, editing, two people at once, helpers, approval."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calendar_app import services, states
from calendar_app.models import ContentItem, Publication
from calendar_app.services import NewPost
from people.models import Organization
from tests import factories
from tests.calendar_app.kit import BASE, MARCH, fresh, hidden
from tests.calendar_app.test_states import release, review_of
from workflow.models import ApprovalWithdrawal

pytestmark = pytest.mark.usefixtures("in_march")


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


def test_a_submission_without_version_is_treated_as_stale(
    cast: Any, client_of: Any, story: ContentItem
) -> None:
    url = f"{BASE}/stories/{story.pk}/edit/"
    assert client_of(cast.member).post(url, {"title": "Blind"}).status_code == 409
    assert fresh(story).title == "First keys"


# Cancelling and helpers
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


@pytest.mark.parametrize("needs_approval", [True, False])
def test_a_title_alone_cannot_be_submitted_and_is_warned_of_where_it_is_released(
    cast: Any, client_of: Any, story: ContentItem, needs_approval: bool
) -> None:
    factories.make_template(cast.organization, needs_approval=needs_approval)
    client = client_of(cast.member)
    page = client.get(f"{BASE}/stories/{story.pk}/").content.decode()
    assert "nothing to read yet" not in page and "it would be a title alone" not in page
    ContentItem.objects.filter(pk=story.pk).update(copy="", link="")
    page = client.get(f"{BASE}/stories/{story.pk}/").content.decode()
    assert ("There is nothing to read yet. Write the copy" in page) is needs_approval
    assert ("it would be a title alone" in page) is not needs_approval
    assert "/approvals/submit/" not in page
    assert ("/approvals/release/" in page) is not needs_approval


def test_the_history_names_what_was_changed_in_the_story(
    cast: Any, client_of: Any, story: ContentItem
) -> None:
    changes = {"copy": "Six costs people forget."}
    services.edit_story(item=story, by=cast.member, version=story.version, changes=changes)
    html = client_of(cast.member).get(f"{BASE}/stories/{story.pk}/").content.decode()
    assert "changed copy" in html and "copy for this channel" not in html
