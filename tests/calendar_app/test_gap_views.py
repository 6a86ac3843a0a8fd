"""The pages of gaps: what is shown to whom, and what filling, handing on and waiving do."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from calendar_app.models import ContentItem, GapAssignment, GapWaiver
from people.models import Activity
from tests import factories

GAPS = "/o/northlake/gaps/"


@pytest.fixture
def today() -> date:
    return timezone.now().date()


@pytest.fixture
def monday(today: date) -> date:
    """The Monday after next: a week that is wholly ahead, and less than 14 days away."""
    return today + timedelta(days=7 - today.weekday())


@pytest.fixture
def plan(cast: Any, today: date) -> Any:
    """Cole's plan, from ten weeks ago to twenty ahead."""
    return factories.make_plan(
        cast.organization,
        name="Front Door",
        owner=cast.colleague,
        starts_on=today - timedelta(weeks=10),
        ends_on=today + timedelta(weeks=20),
    )


@pytest.fixture
def blog(cast: Any) -> Any:
    return factories.make_channel(cast.organization, name="Blog", kind="blog")


@pytest.fixture
def promise(plan: Any, blog: Any, monday: date) -> Any:
    """Two posts in the one week that begins on `monday`."""
    return factories.make_commitment(
        plan, blog, count=2, effective_from=monday, effective_to=monday + timedelta(days=6)
    )


@pytest.fixture
def key(promise: Any, monday: date) -> str:
    return f"shortfall:{promise.pk}:{monday}"


def shown(response: Any) -> list[str]:
    return [line.gap.key for line in response.context["to_fill"]]


# The list -----------------------------------------------------------------------------------------
def test_it_works(cast: Any, client_of: Any, key: str):
    page = client_of(cast.member).get(GAPS)
    assert page.status_code == 200
    assert shown(page) == [key]
    assert "2 posts are promised on Blog" in page.content.decode()
    assert "Cole Colleague" in page.content.decode()


def test_nothing_promised_says_what_comes_next(cast: Any, client_of: Any):
    assert "Nothing is promised yet" in client_of(cast.member).get(GAPS).content.decode()


def test_it_narrows_by_plan_channel_team_and_who_answers(
    cast: Any, client_of: Any, plan: Any, blog: Any, key: str
):
    client = client_of(cast.member)
    other = factories.make_plan(cast.organization, name="Elsewhere")
    for query, sees in (
        (f"plan={plan.pk}", True),
        (f"plan={other.pk}", False),
        (f"channel={blog.pk}", True),
        (f"owner={cast.colleague.pk}", True),
        ("owner=me", False),
        ("owner=none", True),  # only the champion is left to ask
    ):
        assert bool(shown(client.get(f"{GAPS}?{query}"))) is sees, query


@pytest.mark.parametrize(
    "query",
    [
        "days=abc",
        "days=99999999999999999999",
        "from=9999-12-31&to=9999-12-31",
        "from=2027-02-02&to=2027-02-01",
        "from=1900-01-01&to=2200-12-31",
        "plan=abc",
        "team=0",
        "page=abc",
        "from=2200-12-31&to=2200-12-31",
        "from=1900-01-01&to=1900-01-01",
    ],
)
def test_what_an_address_cannot_mean_is_told(cast: Any, client_of: Any, key: str, query: str):
    assert client_of(cast.member).get(f"{GAPS}?{query}").status_code == 200


def test_the_same_count_on_page_drawer_and_figure(cast: Any, client_of: Any, key: str):
    client = client_of(cast.member)
    page = client.get(f"{GAPS}?days=14").context["figures"]
    month = client.get("/o/northlake/calendar/")
    assert month.context["drawer"]["count"] == page.count == 1
    assert month.context["figures"][0].value == 1
    assert "2 of 2 posts missing" in month.context["figures"][0].label


def test_the_month_shows_the_slots(cast: Any, client_of: Any, key: str, monday: date):
    page = client_of(cast.member).get(f"/o/northlake/calendar/?month={monday:%Y-%m}")
    fill_url = f"{GAPS}fill/?key={key.replace(':', '%3A')}&amp;date="
    text = page.content.decode().split('id="agenda"')[0]
    assert text.count(fill_url) == 2  # Thursday and Friday, the last two working days
    narrowed = client_of(cast.member).get(
        f"/o/northlake/calendar/?month={monday:%Y-%m}&status=draft"
    )
    assert 'class="gap-slot"' not in narrowed.content.decode()


def test_the_drawer_stays_closed_for_who_closed_it(cast: Any, client_of: Any, key: str):
    client = client_of(cast.member)
    assert 'data-drawer="open"' in client.get("/o/northlake/calendar/").content.decode()
    client.cookies["gap_drawer"] = "closed"
    assert 'data-drawer="closed"' in client.get("/o/northlake/calendar/").content.decode()
    client.cookies["gap_drawer"] = '"><script>'
    assert 'data-drawer="open"' in client.get("/o/northlake/calendar/").content.decode()


def test_past_posts_stand_apart(cast: Any, client_of: Any, plan: Any, blog: Any, today: date):
    story = factories.make_story(plan, title="Nobody knows", owner=cast.member)
    factories.make_post(
        story, blog, scheduled_at=timezone.now() - timedelta(days=3), state="approved"
    )
    page = client_of(cast.member).get(GAPS)
    assert shown(page) == []
    assert [line.title for line in page.context["posts"]] == ["Nobody knows"]
    assert "Did it go out?" in page.content.decode()


def test_what_nobody_owns_stands_beside(cast: Any, client_of: Any, plan: Any, blog: Any):
    factories.make_story(plan, title="Left alone")
    text = client_of(cast.member).get(GAPS).content.decode()
    assert "Left alone" in text and "No owner" in text


# Filling ------------------------------------------------------------------------------------------
def fill(client: Any, key: str, day: date, owner: Any, title: str = "A new door") -> Any:
    return client.post(
        f"{GAPS}fill/",
        {"key": key, "title": title, "owner": owner.pk, "day": str(day), "clock": "10:30"},
    )


def test_filling_makes_a_draft_in_the_slot(cast: Any, client_of: Any, key: str, monday: date):
    client = client_of(cast.member)
    page = client.get(f"{GAPS}fill/?key={key}&date={monday + timedelta(days=1)}")
    assert f'value="{monday + timedelta(days=1)}" selected' in page.content.decode()
    answer = fill(client, key, monday, cast.member)
    item = ContentItem.objects.get()
    assert answer["Location"] == f"/o/northlake/stories/{item.pk}/"
    post = item.posts.get()
    assert (item.owner, item.state, post.channel.name) == (cast.member, "draft", "Blog")
    assert post.scheduled_at == datetime.fromisoformat(f"{monday}T10:30:00+00:00")
    assert set(Activity.objects.values_list("verb", flat=True)) >= {"story.created", "gap.filled"}


def test_nothing_typed_is_lost_and_nobody_is_no_owner(
    cast: Any, client_of: Any, key: str, monday: date
):
    answer = client_of(cast.member).post(
        f"{GAPS}fill/", {"key": key, "title": "A new door", "day": str(monday), "clock": "10:30"}
    )
    assert answer.status_code == 422
    assert "A date that belongs to everyone is posted by no one." in answer.content.decode()
    assert 'value="A new door"' in answer.content.decode()
    assert not ContentItem.objects.exists()


def test_a_gap_that_was_filled_meanwhile_says_so(cast: Any, client_of: Any, key: str, monday: date):
    for day in (0, 1):
        fill(client_of(cast.colleague), key, monday + timedelta(days=day), cast.colleague)
    answer = fill(client_of(cast.member), key, monday, cast.member)
    assert (answer.status_code, answer["Location"]) == (302, GAPS)
    assert ContentItem.objects.count() == 2


def test_a_day_outside_fills_nothing(cast: Any, client_of: Any, key: str, monday: date):
    answer = fill(client_of(cast.member), key, monday - timedelta(days=1), cast.member)
    assert answer.status_code == 422
    assert not ContentItem.objects.exists()


@pytest.mark.parametrize(
    "key", ["", "x", "shortfall:0:2027-01-04", "shortfall:9:x", "missed:1", "silence:1:9999-12-31"]
)
@pytest.mark.parametrize("door", ["fill", "hand-on", "waive"])
def test_a_key_that_never_was_is_404(cast: Any, client_of: Any, key: str, door: str):
    assert client_of(cast.manager).get(f"{GAPS}{door}/", {"key": key}).status_code == 404


def test_a_key_of_a_confidential_plan_is_404(cast: Any, client_of: Any, plan: Any, key: str):
    plan.is_confidential = True
    plan.save()
    for door in ("fill", "hand-on", "waive"):
        assert client_of(cast.manager).get(f"{GAPS}{door}/", {"key": key}).status_code == 404
    assert client_of(cast.colleague).get(f"{GAPS}fill/", {"key": key}).status_code == 200
    assert shown(client_of(cast.manager).get(GAPS)) == []


# Handing on and waiving ---------------------------------------------------------------------------
def test_handing_on_changes_who_answers(cast: Any, client_of: Any, key: str):
    client = client_of(cast.member)
    client.post(f"{GAPS}hand-on/", {"key": key, "to": cast.manager.pk, "note": "You know it best."})
    assert GapAssignment.objects.get().to == cast.manager
    (line,) = client.get(GAPS).context["to_fill"]
    assert (line.gap.answers.name, line.because) == ("Ines Manager", "handed on")
    assert Activity.objects.get(verb="gap.handed_on").text.text == "You know it best."


def test_it_is_not_handed_to_who_only_reads(cast: Any, client_of: Any, key: str):
    for reader in (cast.viewer, cast.expert, cast.outsider, cast.deactivated):
        answer = client_of(cast.member).post(f"{GAPS}hand-on/", {"key": key, "to": reader.pk})
        assert answer.status_code == 422
    assert not GapAssignment.objects.exists()


def waive(client: Any, key: str, until: date, reason: str = "The branch is closed.") -> Any:
    return client.post(f"{GAPS}waive/", {"key": key, "reason": reason, "expires_on": str(until)})


@pytest.mark.parametrize(("who", "status"), [("colleague", 302), ("manager", 302), ("member", 403)])
def test_the_champion_or_a_manager_waives(
    cast: Any, client_of: Any, key: str, today: date, who: str, status: int
):
    assert (
        waive(client_of(getattr(cast, who)), key, today + timedelta(days=9)).status_code == status
    )
    assert GapWaiver.objects.exists() is (status == 302)


def test_a_waived_gap_stays_in_the_record_and_can_be_undone(
    cast: Any, client_of: Any, key: str, today: date
):
    client = client_of(cast.manager)
    waive(client, key, today + timedelta(days=9))
    page = client.get(GAPS)
    assert shown(page) == []
    assert page.context["figures"].count == 0
    assert [line.gap.waiver.reason for line in page.context["waived"]] == ["The branch is closed."]
    assert client_of(cast.member).post(f"{GAPS}unwaive/", {"key": key}).status_code == 403
    client.post(f"{GAPS}unwaive/", {"key": key})
    assert shown(client.get(GAPS)) == [key]
    assert GapWaiver.objects.get().ended_at is not None
    verbs = list(Activity.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["gap.waived", "gap.unwaived"]


def test_a_waiver_needs_reason_and_end(cast: Any, client_of: Any, key: str, today: date):
    client = client_of(cast.manager)
    assert waive(client, key, today + timedelta(days=9), reason="  ").status_code == 422
    assert waive(client, key, today - timedelta(days=1)).status_code == 409
    assert waive(client, key, today + timedelta(days=999)).status_code == 409
    assert not GapWaiver.objects.exists()


def test_a_waiver_that_ran_out_can_be_given_again(cast: Any, client_of: Any, key: str, today: date):
    GapWaiver.objects.create(
        organization=cast.organization,
        key=key,
        reason="Last year.",
        expires_on=today - timedelta(days=1),
        by=cast.manager,
    )
    client = client_of(cast.manager)
    assert shown(client.get(GAPS)) == [key]
    waive(client, key, today)
    assert shown(client.get(GAPS)) == []


def test_rows_offer_only_what_the_reader_may_do(cast: Any, client_of: Any, key: str):
    for who, fill_, waive_ in (
        (cast.manager, True, True),
        (cast.colleague, True, True),
        (cast.member, True, False),
        (cast.expert, False, False),
        (cast.viewer, False, False),
    ):
        (line,) = client_of(who).get(GAPS).context["to_fill"]
        assert (bool(line.fill_url), bool(line.waive_url)) == (fill_, waive_)


# How much it asks of the database -----------------------------------------------------------------
def statements(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", [f"{GAPS}?days=90", "/o/northlake/calendar/"])
def test_statements_do_not_grow_with_rows(
    cast: Any, client_of: Any, plan: Any, blog: Any, key: str, today: date, address: str
):
    client = client_of(cast.member)
    factories.make_post(factories.make_story(plan), blog, scheduled_at=timezone.now())
    late = timezone.now() - timedelta(days=3)
    factories.make_post(factories.make_story(plan), blog, scheduled_at=late, state="approved")
    few = statements(client, address)
    for n in range(50):
        channel = factories.make_channel(cast.organization)
        factories.make_commitment(plan, channel, count=2)
        at = timezone.now() + timedelta(days=n - 20)
        factories.make_post(factories.make_story(plan), channel, scheduled_at=at)
    assert statements(client, address) == few <= 12


def test_a_plans_promises_say_what_is_next_and_kept(
    cast: Any, client_of: Any, plan: Any, blog: Any, promise: Any, today: date
):
    kept = factories.make_commitment(plan, blog, count=1)
    page = client_of(cast.member).get(f"/o/northlake/plans/{plan.pk}/")
    text = page.content.decode()
    assert "Next 14 days" in text and "Kept, last 4 weeks" in text
    assert "0 of 2 planned" in text
    assert "0 of 4" in text and kept.count == 1
    assert "Momentum" in text and "0%" in text
