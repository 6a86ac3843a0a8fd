"""The shell around gap detection: what it loads, who sees it, who answers, what it counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calendar_app import gap_queries, gap_services
from calendar_app.gap_queries import Gap, gaps
from calendar_app.gap_slots import slots_of
from calendar_app.models import Placement, Publication
from people.models import Activity
from plancraft.lib.dates import Period
from plans.models import Blackout, PlanReader
from tests import factories

PLAN = Period(date(2027, 1, 4), date(2027, 3, 14))
NEW_YEAR = datetime(2027, 1, 1, 9, tzinfo=UTC)
MONDAY = date(2027, 1, 4)


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def ahead(found: list[Gap]) -> list[Gap]:
    return [gap for gap in found if gap.is_ahead]


def keys(found: list[Gap]) -> list[str]:
    return [gap.key for gap in found]


@pytest.fixture
def bank(cast: Any) -> Any:
    return cast.organization


@pytest.fixture
def plan(cast: Any) -> Any:
    return factories.make_plan(cast.organization, name="Front Door", owner=cast.manager)


@pytest.fixture
def blog(bank: Any) -> Any:
    return factories.make_channel(bank, name="Blog", kind="blog")


@pytest.fixture
def instagram(bank: Any) -> Any:
    return factories.make_channel(bank, name="Instagram", kind="instagram")


def a_story_on(plan: Any, channel: Any, day: date, **kw: Any) -> Placement:
    story = factories.make_story(plan, title=f"A door opens on {day:%d %B}")
    return factories.make_post(story, channel, scheduled_at=at(day), **kw)


def a_teams_calendar(plan: Any, blog: Any, instagram: Any) -> None:
    """24 blog posts on Mondays, Wednesdays and Fridays, and 12 posts of a social calendar."""
    for week in range(8):
        for day in (0, 2, 4):
            a_story_on(plan, blog, MONDAY + timedelta(days=7 * week + day))
    for day in (0, 1, 2, 3, 7, 8, 9, 10, 11):
        a_story_on(plan, instagram, MONDAY + timedelta(days=day))
    tiktok = factories.make_channel(plan.organization, name="TikTok", kind="tiktok")
    facebook = factories.make_channel(plan.organization, name="Facebook", kind="facebook")
    for channel, day in ((tiktok, 1), (tiktok, 8), (facebook, 3)):
        a_story_on(plan, channel, MONDAY + timedelta(days=day))


# The promise that the whole is measured by ---------------------------------------------------
def test_a_teams_calendar_against_its_promises(bank: Any, plan: Any, blog: Any, instagram: Any):
    a_teams_calendar(plan, blog, instagram)
    slots = factories.make_commitment(plan, blog, count=3, weekdays=[0, 2, 4])
    weekly = factories.make_commitment(plan, instagram, count=4)

    found = gaps(bank, None, PLAN, NEW_YEAR)

    march = [date(2027, 3, day) for day in (1, 3, 5, 8, 10, 12)]
    weeks = [date(2027, 1, 18) + timedelta(days=7 * n) for n in range(8)]
    assert keys(found) == sorted(
        [f"empty_slot:{slots.pk}:{day}" for day in march]
        + [f"shortfall:{weekly.pk}:{week}" for week in weeks],
        key=lambda key: (key.rsplit(":")[-1], key),
    )
    assert {gap.missing for gap in found if gap.finding.kind == "shortfall"} == {4}
    assert len(ahead(found)) == 14


def test_the_slots_on_the_calendar_add_up_to_what_is_missing(
    bank: Any, plan: Any, blog: Any, instagram: Any
):
    a_teams_calendar(plan, blog, instagram)
    factories.make_commitment(plan, blog, count=3, weekdays=[0, 2, 4])
    factories.make_commitment(plan, instagram, count=4)
    loaded = gap_queries.load(bank, None, [PLAN], NEW_YEAR)
    found = gap_queries.gaps_in(loaded, PLAN, NEW_YEAR)
    figures = gap_queries.ahead(loaded, PLAN, found)
    slots = slots_of(loaded, found, NEW_YEAR.date(), PLAN)

    assert (figures.count, figures.missing, figures.promised) == (14, 38, 70)
    assert sum(slot.count for slot in slots) == 38
    week = Period(date(2027, 1, 18), date(2027, 1, 24))
    assert [s.day.day for s in slots if s.day in week] == [19, 20, 21, 22]  # working days first


# Who sees what --------------------------------------------------------------------------------
def test_gaps_of_a_confidential_plan_are_invisible_to_others(cast: Any, blog: Any):
    secret = factories.make_plan(cast.organization, owner=cast.manager, is_confidential=True)
    factories.make_commitment(secret, blog, count=1)
    PlanReader.objects.create(organization=cast.organization, plan=secret, member=cast.expert)

    for member, sees in (
        (cast.manager, True),
        (cast.expert, True),
        (cast.admin, False),
        (None, True),
    ):
        assert bool(gaps(cast.organization, member, PLAN, NEW_YEAR)) is sees


def test_a_confidential_plans_posts_fill_nothing_of_another_plan(cast: Any, plan: Any, blog: Any):
    factories.make_commitment(plan, blog, count=1)
    secret = factories.make_plan(cast.organization, is_confidential=True)
    a_story_on(secret, blog, MONDAY)
    assert len(gaps(cast.organization, cast.member, PLAN, NEW_YEAR)) == 10


def test_another_organization_has_none_of_it(cast: Any, plan: Any, blog: Any):
    factories.make_commitment(plan, blog, count=1)
    assert gaps(cast.other_organization, None, PLAN, NEW_YEAR) == []


# What is closed asks for nothing new ------------------------------------------------------------
def test_a_closed_plan_asks_for_nothing_new(cast: Any, bank: Any, plan: Any, blog: Any):
    factories.make_commitment(plan, blog, count=1)
    plan.state = "closed"
    plan.save(update_fields=["state"])
    Activity.objects.create(
        organization=bank,
        actor=cast.manager,
        verb="plan.closed",
        subject_type="plans.Plan",
        subject_id=plan.pk,
        at=at(date(2027, 1, 18)),
    )
    found = gaps(bank, None, PLAN, at(date(2027, 1, 20)))
    assert ahead(found) == []
    assert [gap.finding.period.start.day for gap in found] == [4, 11]  # history stays


def test_an_archived_channel_asks_for_nothing_new(bank: Any, plan: Any, blog: Any):
    factories.make_commitment(plan, blog, count=1)
    blog.archived_at = at(date(2027, 1, 11))
    blog.save(update_fields=["archived_at"])
    found = gaps(bank, None, PLAN, at(date(2027, 1, 12)))
    assert [(gap.finding.period.start.day, gap.is_ahead) for gap in found] == [(4, False)]


def test_blackouts_and_holidays_are_known(bank: Any, plan: Any, blog: Any):
    factories.make_commitment(plan, blog, count=3, weekdays=[0, 2, 4])
    Blackout.objects.create(
        organization=bank, name="Quiet", starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 8)
    )
    week = Period(MONDAY, date(2027, 1, 10))
    assert gaps(bank, None, week, NEW_YEAR) == []
    bank.country = "US"
    bank.save(update_fields=["country"])
    working = gap_queries.world_of(bank, None, PLAN, NEW_YEAR).organization.working
    assert not working.is_working_day(date(2027, 1, 18))  # Martin Luther King Day


# Posts ------------------------------------------------------------------------------------------
def test_past_posts_are_missed_or_unconfirmed_and_historical_ones_neither(
    bank: Any, plan: Any, blog: Any, cast: Any
):
    missed = a_story_on(plan, blog, MONDAY, state="draft")
    doubtful = a_story_on(plan, blog, MONDAY, state="approved")
    a_story_on(plan, blog, MONDAY, historical=True)
    doubtful.item.owner, doubtful.item.unowned_since = cast.member, None
    doubtful.item.save()

    found = {gap.key: gap for gap in gaps(bank, None, PLAN, at(date(2027, 1, 8)))}

    assert set(found) == {f"missed:{missed.pk}", f"unconfirmed:{doubtful.pk}"}
    owned = found[f"unconfirmed:{doubtful.pk}"]
    assert (owned.answers.pk, owned.because) == (cast.member.pk, "story")
    assert doubtful.item.title in owned.words
    assert found[f"missed:{missed.pk}"].answers.pk == cast.manager.pk  # the champion


def test_a_silence_looks_back_to_the_last_post(bank: Any, plan: Any, blog: Any):
    factories.make_commitment(plan, blog, count=1, per="month", max_silence=10)
    for day in (date(2027, 1, 6), date(2027, 2, 2)):
        a_story_on(plan, blog, day)
    window = Period(date(2027, 1, 20), date(2027, 2, 10))
    found = gaps(bank, None, window, at(date(2027, 1, 20)))
    assert [(g.finding.kind, g.finding.period.start.day) for g in found] == [("silence", 7)]


# Who answers --------------------------------------------------------------------------------------
def test_who_answers_goes_down_the_chain(cast: Any, bank: Any, plan: Any, blog: Any):
    factories.make_commitment(plan, blog, count=1)
    week = Period(MONDAY, date(2027, 1, 10))

    def answering() -> tuple[int | None, str]:
        (gap,) = gaps(bank, None, week, NEW_YEAR)
        return (gap.answers.pk if gap.answers else None), gap.because

    assert answering() == (cast.manager.pk, "champion")
    blog.owner, blog.unowned_since = cast.colleague, None
    blog.save()
    assert answering() == (cast.colleague.pk, "channel")
    (gap,) = gaps(bank, None, week, NEW_YEAR)
    gap_services.hand_on(
        organization=bank, key=gap.key, to=cast.member, by=cast.colleague, now=NEW_YEAR
    )
    assert answering() == (cast.member.pk, "handed")
    cast.member.deactivated_at = NEW_YEAR
    cast.member.save()
    assert answering() == (cast.colleague.pk, "channel")  # who cannot act does not answer


def test_without_champion_the_managers_answer(cast: Any, bank: Any, blog: Any):
    factories.make_commitment(factories.make_plan(bank), blog, count=1)
    (gap,) = gaps(bank, None, Period(MONDAY, MONDAY), NEW_YEAR)
    assert (gap.answers.pk, gap.because, gap.has_nobody) == (cast.manager.pk, "manager", True)


# Figures ------------------------------------------------------------------------------------------
def test_gaps_by_department(bank: Any, plan: Any, blog: Any, instagram: Any):
    retail = factories.make_department(bank, name="Retail")
    blog.department = retail
    blog.save()
    factories.make_commitment(plan, blog, count=2)
    factories.make_commitment(plan, instagram, count=1)
    week = Period(MONDAY, date(2027, 1, 10))
    loaded = gap_queries.load(bank, None, [week], NEW_YEAR)
    figures = gap_queries.by_team(gap_queries.gaps_in(loaded, week, NEW_YEAR), loaded.teams)
    assert [(f.pk, f.gaps, f.missing) for f in figures] == [(retail.pk, 1, 2), (None, 1, 1)]


def a_publication(post: Placement, by: Any, day: date) -> Publication:
    return Publication.objects.create(
        organization=post.organization,
        placement=post,
        bypass_reason="The press had it already.",
        published_at=at(day),
        recorded_by=by,
    )


def test_adherence_counts_what_went_out_on_time(cast: Any, bank: Any, plan: Any, blog: Any):
    factories.make_commitment(plan, blog, count=2)
    for day, out in ((MONDAY, MONDAY), (date(2027, 1, 5), date(2027, 1, 9))):
        post = a_story_on(plan, blog, day, state="published")
        a_publication(post, cast.admin, out)
    figures = gap_queries.adherence(bank, None, at(date(2027, 1, 19)), weeks=2)
    assert [(w.period.start.day, w.delivered, w.expected) for w in figures.weeks] == [
        (4, 1, 2),
        (11, 0, 2),
    ]
    assert figures.momentum.value is not None
    assert figures.by_team[None].percent == 25


def test_a_promise_next_and_kept(cast: Any, bank: Any, plan: Any, blog: Any):
    promise = factories.make_commitment(plan, blog, count=3, weekdays=[0, 2, 4])
    a_story_on(plan, blog, date(2027, 1, 18))
    a_story_on(plan, blog, date(2027, 1, 18))
    now = at(date(2027, 1, 18), 8)
    window = gap_queries.soon(now.date())
    loaded = gap_queries.load(bank, None, [window], now)
    assert gap_queries.next_by_promise(loaded, window, now)[promise.pk].done == 1
    assert gap_queries.next_by_promise(loaded, window, now)[promise.pk].of == 6


# How much it asks of the database -----------------------------------------------------------------
def statements(bank: Any, member: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        gaps(bank, member, PLAN, at(date(2027, 1, 12)))
    return len(captured)


def test_statements_do_not_grow_with_rows(cast: Any, bank: Any, plan: Any, blog: Any):
    factories.make_commitment(plan, blog, count=1, max_silence=9)
    a_story_on(plan, blog, MONDAY)
    few = statements(bank, cast.member)
    for n in range(49):
        channel = factories.make_channel(bank)
        factories.make_commitment(plan, channel, count=2)
        a_story_on(plan, channel, MONDAY + timedelta(days=n))
    assert statements(bank, cast.member) == few <= 3
