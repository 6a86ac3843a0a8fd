"""The month: what it shows, to whom, and at what price."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calendar_app.models import ContentItem, Placement
from plans.models import Blackout
from tests import factories
from workflow.models import Subject

URL = "/o/northlake/calendar/"
NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def story(cast: Any, plan: Any) -> Any:
    return factories.make_story(plan, title="First keys", owner=cast.member)


def at(day: int, hour: int = 9, month: int = 3) -> datetime:
    return datetime(2027, month, day, hour, tzinfo=UTC)


def page(client: Any, **params: Any) -> str:
    answer = client.get(URL, params)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def cell(html: str, day: str) -> str:
    """The HTML of one day."""
    start = html.rindex("<li ", 0, html.index(f'id="d{day}"'))
    end = html.find('<li class="month-day', start + 1)
    return html[start : end if end > 0 else None]


def test_it_works(cast: Any, client_of: Any, story: Any, channel: Any) -> None:
    post = factories.make_post(story, channel, scheduled_at=at(12))
    html = page(client_of(cast.member))
    assert "March 2027" in html
    twelfth = cell(html, "2027-03-12")
    assert "First keys" in twelfth and "09:00" in twelfth and "Draft" in twelfth
    assert f"/o/northlake/stories/{post.item_id}/" in twelfth
    assert "First keys" not in cell(html, "2027-03-11")


def test_an_empty_month_says_what_comes_next(
    cast: Any, client_of: Any, channel: Any, plan: Any
) -> None:
    assert "Nothing is scheduled in this month yet" in page(client_of(cast.member))
    html = page(client_of(cast.viewer))
    assert "Write the first story" not in html and "New story" not in html


def test_an_organization_that_has_just_begun_is_told_where_to_begin(
    cast: Any, client_of: Any
) -> None:
    assert "The calendar fills from plans and channels" in page(client_of(cast.admin))


def test_a_post_stands_on_the_day_of_its_channel_and_at_its_clock(
    cast: Any, client_of: Any, story: Any
) -> None:
    tokyo = factories.make_channel(cast.organization, kind="x", time_zone="Asia/Tokyo")
    factories.make_post(story, tokyo, scheduled_at=at(12, 20))
    html = page(client_of(cast.member))
    assert "05:00" in cell(html, "2027-03-13")
    assert "First keys" not in cell(html, "2027-03-12")


def test_days_around_the_change_of_clocks(cast: Any, client_of: Any, story: Any) -> None:
    """14 March 2027 has 23 hours in New York: 04:30 UTC is the 13th, 05:00 UTC the 14th."""
    channel = factories.make_channel(cast.organization, time_zone="America/New_York")
    for hour, minute in ((4, 30), (5, 0), (7, 0)):
        factories.make_post(
            story, channel, scheduled_at=datetime(2027, 3, 14, hour, minute, tzinfo=UTC)
        )
    html = page(client_of(cast.member))
    assert "23:30" in cell(html, "2027-03-13")
    fourteenth = cell(html, "2027-03-14")
    assert "00:00" in fourteenth and "03:00" in fourteenth


def test_weeks_begin_where_the_organization_begins_them(
    cast: Any, client_of: Any, story: Any
) -> None:
    client = client_of(cast.member)
    assert client.get(URL).context["heads"][0] == "Mon"
    cast.organization.week_start = 6
    cast.organization.save()
    assert client.get(URL).context["heads"][0] == "Sun"


def test_weeks_that_are_over_are_marks_and_late_drafts_are_missed(
    cast: Any, client_of: Any, story: Any, channel: Any
) -> None:
    factories.make_post(story, channel, scheduled_at=at(2))
    factories.make_post(story, channel, scheduled_at=at(9))
    factories.make_post(story, channel, scheduled_at=at(3), historical=True)
    html = page(client_of(cast.member))
    assert "day-mark status-missed" in cell(html, "2027-03-02")
    assert "day-mark status-draft" in cell(html, "2027-03-03")
    assert "item-missed" in cell(html, "2027-03-09")


def test_a_busy_day_folds_and_unfolds_in_place(
    cast: Any, client_of: Any, story: Any, channel: Any
) -> None:
    for hour in range(8, 15):
        factories.make_post(story, channel, scheduled_at=at(12, hour))
    client = client_of(cast.member)
    folded = cell(page(client), "2027-03-12")
    assert folded.count("month-item") == 4
    assert ">+3<" in folded
    assert page(client, fold="2027-03-12").count("month-item") == 7
    part = client.get(
        URL,
        {"month": "2027-03", "fold": "2027-03-12", "cell": "2027-03-12"},
        headers={"HX-Request": "true"},
    ).content.decode()
    assert part.startswith("<li") and part.count("month-item") == 7 and "Show fewer" in part


def test_one_entry_more_is_shown_rather_than_counted(
    cast: Any, client_of: Any, story: Any, channel: Any
) -> None:
    for hour in range(8, 13):
        factories.make_post(story, channel, scheduled_at=at(12, hour))
    html = cell(page(client_of(cast.member)), "2027-03-12")
    assert html.count("month-item") == 5 and "more" not in html


def test_blackouts_and_holidays_are_named(cast: Any, client_of: Any, channel: Any) -> None:
    cast.organization.country = "US"
    cast.organization.save()
    Blackout.objects.create(
        organization=cast.organization,
        name="Quiet period",
        starts_on=date(2027, 3, 25),
        ends_on=date(2027, 3, 26),
    )
    Blackout.objects.create(
        organization=cast.organization,
        channel=channel,
        name="Rebuild",
        starts_on=date(2027, 3, 30),
        ends_on=date(2027, 3, 30),
    )
    client = client_of(cast.viewer)
    html = page(client)
    assert "is-blackout" in cell(html, "2027-03-25") and "Quiet period" in cell(html, "2027-03-25")
    assert "is-blackout" not in cell(html, "2027-03-24")
    assert "Instagram is quiet: Rebuild" in cell(html, "2027-03-30")
    assert "Independence Day" in cell(page(client, month="2027-07"), "2027-07-04")


def test_who_may_write_begins_a_story_on_a_day_and_readers_do_not(
    cast: Any, client_of: Any, story: Any
) -> None:
    assert "/stories/new/?date=2027-03-12" in page(client_of(cast.member))
    assert "/stories/new/" not in page(client_of(cast.viewer))


def test_confidential_plans_are_seen_by_those_listed_only(
    cast: Any, client_of: Any, channel: Any
) -> None:
    secret = factories.make_plan(
        cast.organization, owner=cast.colleague, is_confidential=True, name="Merger plan"
    )
    hidden = factories.make_story(secret, title="Merger news")
    factories.make_post(hidden, channel, scheduled_at=at(12))
    factories.make_post(hidden, channel, scheduled_at=None)
    assert "Merger" in page(client_of(cast.colleague))
    for who in (cast.admin, cast.manager, cast.member, cast.viewer):
        for url in (URL, URL + "list/", URL + "tray/"):
            assert "Merger" not in client_of(who).get(url).content.decode()
    answer = client_of(cast.admin).get(URL, {"plan": secret.pk})
    assert "names a plan that is not here" in answer.content.decode()


@pytest.mark.parametrize(
    ("filters", "seen"),
    [
        ({"channel": "instagram"}, {"One"}),
        ({"plan": "other"}, {"Two"}),
        ({"owner": "none"}, {"Two"}),
        ({"owner": "me"}, {"One"}),
        ({"owner": "colleague"}, {"Three"}),
        ({"team": "retail"}, {"Three"}),
        ({"status": "in_review"}, {"Three"}),
        ({"status": "missed"}, {"Two"}),
        ({"status": "cancelled"}, {"Four"}),
        ({}, {"One", "Two", "Three"}),
    ],
)
def test_each_filter_narrows(
    cast: Any, client_of: Any, plan: Any, channel: Any, filters: dict[str, str], seen: set[str]
) -> None:
    retail = factories.make_department(cast.organization, name="Retail")
    other = factories.make_plan(cast.organization)
    facebook = factories.make_channel(cast.organization, kind="facebook")
    teamed = factories.make_channel(cast.organization, kind="x", department=retail)
    for title, of, where, owner, day, state in (
        ("One", plan, channel, cast.member, 12, "draft"),
        ("Two", other, facebook, None, 8, "draft"),
        ("Three", plan, teamed, cast.colleague, 12, "in_review"),
        ("Four", plan, facebook, cast.colleague, 12, "cancelled"),
    ):
        item = factories.make_story(of, title=title, owner=owner)
        factories.make_post(item, where, scheduled_at=at(day), state=state)
    ids = {
        "instagram": channel.pk,
        "other": other.pk,
        "retail": retail.pk,
        "colleague": cast.colleague.pk,
    }
    html = page(client_of(cast.member), **{k: ids.get(v, v) for k, v in filters.items()})
    assert {t for t in ("One", "Two", "Three", "Four") if f">{t}<" in html} == seen


@pytest.mark.parametrize(
    "params",
    [
        {"month": "9999-12"},
        {"month": "0000-00"},
        {"month": "x"},
        {"month": "2027-3"},
        {"date": "abc"},
        {"date": "9999-12-31"},
        {"date": "2027-02-30"},
        {"fold": "9999-12-31"},
        {"plan": "abc"},
        {"channel": "99999999999999999999999"},
        {"owner": "'; drop"},
        {"team": "-1"},
        {"status": "sleeping"},
        {"author": "abc"},
        {"plan": "²"},
        {"month": "2200-12"},
        {"month": "1900-01"},
        {"before": "x"},
        {"after": "x_y"},
        {"after": "9999-12-31T00:00:00Z_1"},
        {"cell": "x"},
        {"month": "\x00"},
    ],
)
@pytest.mark.parametrize("where", ["", "list/", "tray/"])
def test_an_address_that_means_nothing_is_a_clear_page(
    cast: Any, client_of: Any, plan: Any, params: dict[str, str], where: str
) -> None:
    client = client_of(cast.member)
    assert client.get(URL + where, params).status_code == 200
    assert client.get(URL + where, params, headers={"HX-Request": "true"}).status_code in (200, 204)


def test_what_could_not_be_read_of_the_address_is_said(
    cast: Any, client_of: Any, plan: Any
) -> None:
    html = page(client_of(cast.member), month="9999-12", channel="77777")
    assert "a month that no calendar has" in html
    assert "names a channel that is not here" in html
    assert "March 2027" in html


def test_markup_typed_by_people_is_text(cast: Any, client_of: Any, plan: Any) -> None:
    evil = "<script>alert(1)</script>"
    channel = factories.make_channel(cast.organization, name=evil, short_name="<b>x</b>")
    factories.make_channel(cast.organization, kind=channel.kind)
    item = factories.make_story(plan, title=evil)
    for post in (at(2), at(12), None):
        factories.make_post(item, channel, scheduled_at=post)
    for where in ("", "list/", "tray/"):
        html = client_of(cast.member).get(URL + where).content.decode()
        assert evil not in html and "<b>x</b>" not in html and "&lt;script&gt;" in html


# The price
def fill(cast: Any, posts: int) -> None:
    """So many posts in March, on twelve channels, by three owners."""
    bank = cast.organization
    plan = factories.make_plan(bank, ends_on=date(2027, 12, 31))
    channels = [factories.make_channel(bank, kind=kind) for kind in ("x", "facebook", "blog") * 4]
    for channel in channels:
        factories.make_commitment(plan, channel, count=5, max_silence=3)
    subjects = Subject.objects.bulk_create(Subject(organization=bank) for _ in range(posts))
    owners = [cast.member, cast.colleague, cast.manager]
    items = ContentItem.objects.bulk_create(
        ContentItem(
            organization=bank,
            plan=plan,
            subject=subject,
            owner=owners[n % 3],
            unowned_since=None,
            title=f"A story of the usual length, number {n}",
        )
        for n, subject in enumerate(subjects)
    )
    Placement.objects.bulk_create(
        Placement(
            organization=bank,
            item=item,
            channel=channels[n % 12],
            scheduled_at=at(1, 8) + timedelta(minutes=n * 44640 // max(posts, 1)),
        )
        for n, item in enumerate(items)
    )


@pytest.mark.parametrize("where", ["", "list/", "tray/"])
def test_as_many_statements_for_one_post_as_for_eight_hundred(
    cast: Any, client_of: Any, where: str
) -> None:
    counts = []
    for posts in (1, 829):
        fill(cast, posts)
        client = client_of(cast.member)
        client.get(URL + where)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(URL + where)
        assert answer.status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_a_month_of_830_posts_is_at_most_160_kilobytes(cast: Any, client_of: Any) -> None:
    fill(cast, 830)
    client = client_of(cast.member)
    for params in ({}, {"month": "2027-03", "fold": "2027-03-12"}):
        assert len(client.get(URL, params).content) <= 160_000
    with time_machine.travel(datetime(2027, 2, 1, tzinfo=UTC), tick=False):
        ahead = client.get(URL, {"month": "2027-03"}).content
    with time_machine.travel(datetime(2027, 6, 1, tzinfo=UTC), tick=False):
        behind = client.get(URL, {"month": "2027-03"}).content
    assert len(ahead) <= 160_000 and len(behind) <= 160_000
    assert len(client.get(URL + "list/", {"date": "2027-03-01"}).content) <= 100_000
