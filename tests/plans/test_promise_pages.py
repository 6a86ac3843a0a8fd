"""The pages of promises, streams, channels and quiet days, through the browser's eyes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from plans import queries
from plans.models import Blackout, Channel, Commitment, Plan, Stream
from tests import factories
from tests.plans.kit import HUGE, at


# Promises ----------------------------------------------------------------------------------------
def test_a_promise_is_made(cast: Any, client_of: Any, plan: Plan, channel: Channel) -> None:
    data = {"channel": channel.pk, "count": 3, "per": "week", "weekdays": [0, 2, 4]}
    response = client_of(cast.member).post(at("promise-new", plan_id=plan.pk), data)
    assert response.status_code == 302
    assert Commitment.objects.get().weekdays == [0, 2, 4]


def test_an_odd_promise_is_asked_about_once_and_then_kept(
    cast: Any, client_of: Any, plan: Plan, channel: Channel
) -> None:
    client, url = client_of(cast.member), at("promise-new", plan_id=plan.pk)
    data = {"channel": channel.pk, "count": 4, "per": "week", "weekdays": [0, 2]}
    response = client.post(url, data)
    page = response.content.decode()
    assert response.status_code == 422 and "Is this what you mean?" in page
    assert "more than one post on some days" in page and not Commitment.objects.exists()
    understood = response.context["form"]["understood"].value()
    other = client.post(url, {**data, "count": 5, "understood": understood})
    assert other.status_code == 422, "another oddity is asked about anew"
    assert client.post(url, {**data, "understood": understood}).status_code == 302
    assert Commitment.objects.get().count == 4


@pytest.mark.parametrize(
    "broken",
    [
        {"count": "0"},
        {"count": "many"},
        {"count": str(HUGE)},
        {"per": "year"},
        {"weekdays": ["9"]},
        {"weekdays": ["x"]},
        {"channel": str(HUGE)},
        {"channel": "abc"},
        {"max_silence": "-1"},
        {"effective_from": "9999-12-31"},
        {"effective_from": "2027-02-01", "effective_to": "2027-01-31"},
    ],
)
def test_broken_promises_are_said_so(
    cast: Any, client_of: Any, plan: Plan, channel: Channel, broken: dict[str, Any]
) -> None:
    data = {"channel": channel.pk, "count": "3", "per": "week", **broken}
    response = client_of(cast.member).post(at("promise-new", plan_id=plan.pk), data)
    assert response.status_code == 422 and response.context["form"].errors
    assert not Commitment.objects.exists()


@pytest.mark.parametrize(
    ("page", "data", "sentence"),
    [
        ("channel-new", {"name": "n" * 81}, "Make it 80 characters at most; it has 81 now."),
        ("plan-new", {"name": "n" * 121}, "Make it 120 characters at most; it has 121 now."),
        ("promise-new", {"count": "501"}, "Give a number of at most 500."),
        ("promise-new", {"count": "0"}, "Give a number of at least 1."),
        ("channel-new", {"min_spacing_minutes": "-1"}, "Give a number of at least 0."),
    ],
)
def test_a_limit_that_is_passed_is_told_in_our_words(
    cast: Any, client_of: Any, plan: Plan, page: str, data: dict[str, str], sentence: str
) -> None:
    kw = {"plan_id": plan.pk} if page == "promise-new" else {}
    answer = client_of(cast.manager).post(at(page, **kw), data)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in html and "Ensure this value" not in html


def test_a_channel_named_in_the_address_is_chosen(
    cast: Any, client_of: Any, plan: Plan, channel: Channel
) -> None:
    client = client_of(cast.member)
    for value in (channel.pk, HUGE, "abc"):
        url = at("promise-new", plan_id=plan.pk)
        assert client.get(url, {"channel": value}).status_code == 200


def test_a_running_promise_changes_from_today(cast: Any, client_of: Any, channel: Channel) -> None:
    today = timezone.now().date()
    plan = factories.make_plan(
        cast.organization,
        owner=cast.member,
        starts_on=today - timedelta(days=30),
        ends_on=today + timedelta(days=30),
    )
    promise = factories.make_commitment(plan, channel)
    client = client_of(cast.member)
    url = at("promise-edit", plan_id=plan.pk, promise_id=promise.pk)
    seen = client.get(url).context["form"]["seen"].value()
    data = {"count": 5, "per": "week", "seen": seen, "applies": "today"}
    assert client.post(url, data).status_code == 302
    assert [p.count for p in Commitment.objects.order_by("pk")] == [3, 5]
    response = client_of(cast.manager).post(url, data)
    assert response.status_code == 409
    assert "Maya Member changed this" in response.content.decode()


def test_a_promise_is_ended_on_a_day(
    cast: Any, client_of: Any, plan: Plan, channel: Channel
) -> None:
    promise = factories.make_commitment(plan, channel)
    url = at("promise-end", plan_id=plan.pk, promise_id=promise.pk)
    client = client_of(cast.member)
    assert client.post(url, {"last_day": "soon"}).status_code == 422
    assert client.post(url, {"last_day": "2027-02-01"}).status_code == 302
    promise.refresh_from_db()
    assert promise.effective_to == date(2027, 2, 1)


# Streams -----------------------------------------------------------------------------------------
def test_a_stream_is_added_archived_and_restored(cast: Any, client_of: Any, plan: Plan) -> None:
    client = client_of(cast.member)
    data = {"name": "Press", "rhythm_days": 7, "owner": cast.colleague.pk}
    assert client.post(at("stream-new", plan_id=plan.pk), data).status_code == 302
    stream = Stream.objects.get()
    assert stream.owner == cast.colleague
    ids = {"plan_id": plan.pk, "stream_id": stream.pk}
    own = client_of(cast.colleague)
    assert own.get(at("stream-edit", **ids)).status_code == 200
    assert own.get(at("stream-new", plan_id=plan.pk)).status_code == 403
    assert client.post(at("stream-archive", **ids)).status_code == 302
    assert "1 archived stream" in client.get(at("plan", plan_id=plan.pk)).content.decode()
    assert client.post(at("stream-restore", **ids)).status_code == 302
    assert Stream.objects.get().archived_at is None


# Channels and quiet days -------------------------------------------------------------------------
def test_channels_stand_under_their_departments(
    cast: Any, client_of: Any, channel: Channel
) -> None:
    retail = factories.make_department(cast.organization, name="Retail")
    factories.make_channel(cast.organization, name="Blog", department=retail)
    response = client_of(cast.viewer).get(at("channels"))
    assert [group.name for group in response.context["groups"]] == ["Retail", "No department"]
    assert "No one" in response.content.decode()


def test_a_channel_is_added_edited_archived_and_restored(cast: Any, client_of: Any) -> None:
    client = client_of(cast.manager)
    data = {"kind": "blog", "name": "Blog", "min_spacing_minutes": 60, "is_public": 1}
    assert client.post(at("channel-new"), {**data, "time_zone": "Mars/Base"}).status_code == 422
    assert client.post(at("channel-new"), {**data, "owner": cast.member.pk}).status_code == 302
    channel = Channel.objects.get()
    edit = at("channel-edit", channel_id=channel.pk)
    seen = client.get(edit).context["form"]["seen"].value()
    changed = {**data, "name": "The Blog", "seen": seen}
    assert client_of(cast.member).post(edit, changed).status_code == 302
    stale = client.post(edit, {**changed, "name": "Our Blog"})
    assert stale.status_code == 409 and "Our Blog" in stale.content.decode()
    assert client_of(cast.colleague).get(edit).status_code == 403
    assert client.post(at("channel-archive", channel_id=channel.pk)).status_code == 302
    assert not queries.channels(cast.organization).exists()
    assert client.post(at("channel-restore", channel_id=channel.pk)).status_code == 302
    assert queries.channels(cast.organization).get().name == "The Blog"


def test_quiet_days_are_set_and_lifted(cast: Any, client_of: Any, channel: Channel) -> None:
    ahead = timezone.now().date() + timedelta(days=5)
    data = {"name": "Results", "starts_on": ahead, "ends_on": ahead}
    owner = client_of(cast.colleague)
    assert owner.post(at("blackout-new"), data).status_code == 422, "an owner names the channel"
    assert owner.post(at("blackout-new"), {**data, "channel": channel.pk}).status_code == 302
    assert client_of(cast.member).post(at("blackout-new"), data).status_code == 403
    assert "Results" in client_of(cast.viewer).get(at("blackouts")).content.decode()
    blackout = Blackout.objects.get()
    lift = at("blackout-remove", blackout_id=blackout.pk)
    assert client_of(cast.member).post(lift).status_code == 403
    assert owner.post(lift).status_code == 302
    assert not Blackout.objects.exists()
