"""The page of a new story: what the address fills in, and what is wrong said without loss."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from calendar_app.models import ContentItem, Placement
from tests import factories
from tests.calendar_app.kit import BASE, new_story

pytestmark = pytest.mark.usefixtures("in_march")


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


def test_the_summary_counts_what_is_wrong_in_every_row(
    cast: Any, client_of: Any, plan: Any
) -> None:
    data = new_story(plan, title="", **{"posts-0-day": "2027-03-12"})
    html = client_of(cast.member).post(f"{BASE}/stories/new/", data).content.decode()
    assert "2 things to correct" in html
    assert 'href="#id_posts-0-channel"' in html and 'href="#id_title"' in html


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
