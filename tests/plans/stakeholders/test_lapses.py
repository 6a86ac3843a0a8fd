"""A lapsed stakeholder is a gap like any other: shown, handed on, waived, mended by speaking."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from calendar_app import gap_services
from calendar_app.gap_page import title
from calendar_app.gap_queries import Gap, ahead, around, gaps, gaps_in, load, soon
from calendar_app.gap_records import Kind, Severity
from calendar_app.models import GapAssignment, GapWaiver
from people.activity import sentence
from people.errors import NotAllowed, Refused
from people.models import Activity, ActivityText
from plancraft.lib.dates import Period
from plans.models import Stakeholder
from plans.stakeholders import services
from tests import factories
from workflow import ownership

GAPS = "/o/northlake/gaps/"


def found(cast: Any, viewer: Any, today: date) -> list[Gap]:
    rows = gaps(cast.organization, viewer, around(today), timezone.now())
    return [gap for gap in rows if gap.finding.kind == Kind.LAPSED_STAKEHOLDER]


def key_of(row: Any, since: date | None = None) -> str:
    return f"lapsed_stakeholder:{row.pk}:{since or row.held_since}"


def spoken(row: Any, by: Any, today: date, days: int) -> None:
    factories.make_touchpoint(row, by, day=today - timedelta(days=days))


def test_it_is_found_with_who_answers_and_since_when(cast: Any, rosa: Any, today: date) -> None:
    spoken(rosa, cast.member, today, 41)
    (gap,) = found(cast, cast.viewer, today)
    assert gap.words == "Rosa Lind, Harbor Times: last spoken 41 days ago, every 30."
    assert gap.key == key_of(rosa, today - timedelta(days=41))
    assert gap.finding.due == today - timedelta(days=11)
    assert gap.finding.severity == Severity.CRITICAL
    assert (gap.answers.name, gap.because) == ("Maya Member", "stakeholder")  # type: ignore[union-attr]
    assert title(gap, today) == "Rosa Lind"
    assert gap.is_ahead and not gap.is_promise and gap.missing == 0


@pytest.mark.parametrize(
    ("days", "severity"),
    [(22, None), (23, Severity.WARNING), (30, Severity.CRITICAL), (31, Severity.CRITICAL)],
)
def test_it_is_seen_a_week_before_it_begins(
    cast: Any, rosa: Any, today: date, days: int, severity: Severity | None
) -> None:
    spoken(rosa, cast.member, today, days)
    severities = [gap.finding.severity for gap in found(cast, None, today)]
    assert severities == ([severity] if severity else [])


def test_nobody_is_asked_for_once_they_are_away_or_their_plan_is_closed(
    cast: Any, rosa: Any, plan: Any, today: date
) -> None:
    assert len(found(cast, None, today)) == 1
    for changes in (
        {"rhythm_days": None},
        {"archived_at": timezone.now()},
        {"plan": factories.make_plan(cast.organization, state="closed")},
    ):
        before = Stakeholder.objects.get(pk=rosa.pk)
        Stakeholder.objects.filter(pk=rosa.pk).update(**changes)
        assert found(cast, None, today) == [], changes
        before.save()


def test_without_an_owner_stream_owner_champion_and_managers_answer(
    cast: Any, rosa: Any, plan: Any, today: date
) -> None:
    def who() -> tuple[str, str]:
        (gap,) = found(cast, None, today)
        return gap.answers.name if gap.answers else "", gap.because

    row = Stakeholder.objects.filter(pk=rosa.pk)
    row.update(owner=None, unowned_since=timezone.now())
    assert who() == ("Ines Manager", "manager")
    row.update(plan=plan)
    assert who() == ("Maya Member", "champion")
    row.update(stream=factories.make_stream(plan, owner=cast.colleague))
    assert who() == ("Cole Colleague", "stream")


def test_a_confidential_one_is_found_by_its_readers_alone(
    cast: Any, secret: Any, today: date
) -> None:
    factories.make_stakeholder(
        cast.organization, plan=secret, held_since=today - timedelta(days=99)
    )
    assert len(found(cast, cast.member, today)) == len(found(cast, None, today)) == 1
    assert found(cast, cast.manager, today) == []


def test_posts_that_are_missing_are_counted_as_before(cast: Any, rosa: Any, today: date) -> None:
    now = timezone.now()
    loaded = load(cast.organization, None, [around(today)], now)
    figures = ahead(loaded, soon(today), gaps_in(loaded, around(today), now))
    assert (figures.count, figures.missing, figures.promised) == (0, 0, 0)
    past = Period(today - timedelta(days=9), today - timedelta(days=1))
    assert gaps_in(loaded, past, now) == []


def test_it_costs_no_further_query(cast: Any, rosa: Any, today: date) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            load(cast.organization, cast.viewer, [around(today)], timezone.now())
        return len(asked)

    few = queries()
    for _ in range(30):
        row = factories.make_stakeholder(cast.organization)
        factories.make_touchpoint(row, cast.member)
    assert queries() == few


# What may be done ---------------------------------------------------------------------------------
def test_it_is_handed_on_waived_and_counts_again(cast: Any, rosa: Any, today: date) -> None:
    now, key = timezone.now(), key_of(rosa)
    kept = {"organization": cast.organization, "key": key, "now": now}
    gap_services.hand_on(**kept, to=cast.colleague, by=cast.member, note="Rosa knows you")
    (gap,) = found(cast, None, today)
    assert (gap.answers.name, gap.because) == ("Cole Colleague", "handed")  # type: ignore[union-attr]
    until = today + timedelta(days=14)
    with pytest.raises(NotAllowed):
        gap_services.waive(**kept, by=cast.member, reason="Away", expires_on=until)
    gap_services.waive(**kept, by=cast.manager, reason="Rosa is away", expires_on=until)
    (gap,) = found(cast, None, today)
    assert gap.waiver is not None and not gap.is_ahead
    gap_services.unwaive(**kept, by=cast.manager)
    assert [gap.is_ahead for gap in found(cast, None, today)] == [True]
    told = [sentence(one) for one in Activity.objects.filter(verb__startswith="gap.")]
    assert "asked someone to speak with a stakeholder" in told
    assert "Rosa" not in str(list(Activity.objects.values_list("payload")))
    services.erase(stakeholder=rosa, by=cast.member, at=now)
    kept_words = [
        *ActivityText.objects.values_list("text", flat=True),
        *GapWaiver.objects.values_list("reason", flat=True),
        *GapAssignment.objects.values_list("note", flat=True),
    ]
    assert "Rosa" not in "".join(kept_words)


def test_the_champion_waives_for_the_plans_own(
    cast: Any, rosa: Any, plan: Any, today: date
) -> None:
    Stakeholder.objects.filter(pk=rosa.pk).update(plan=plan)
    gap_services.waive(
        organization=cast.organization,
        key=key_of(rosa),
        by=cast.member,
        reason="On leave",
        expires_on=today,
        now=timezone.now(),
    )
    assert GapWaiver.objects.count() == 1


def test_once_someone_has_spoken_there_is_nothing_to_waive(
    cast: Any, rosa: Any, today: date
) -> None:
    spoken(rosa, cast.member, today, 0)
    with pytest.raises(Refused, match="not there any more"):
        gap_services.waive(
            organization=cast.organization,
            key=key_of(rosa),
            by=cast.manager,
            reason="Late",
            expires_on=today,
            now=timezone.now(),
        )


def test_no_post_fills_it(cast: Any, rosa: Any, today: date) -> None:
    with pytest.raises(Refused, match="Speak with them"):
        gap_services.fill(
            organization=cast.organization,
            key=key_of(rosa),
            by=cast.member,
            title="A post",
            owner=None,
            at=timezone.now(),
            now=timezone.now(),
        )


# The pages ----------------------------------------------------------------------------------------
def test_the_page_of_gaps_offers_to_record_it(cast: Any, client_of: Any, rosa: Any) -> None:
    touch = f"/o/northlake/stakeholders/{rosa.pk}/touchpoints/new/"
    page = client_of(cast.member).get(GAPS).content.decode()
    assert "To speak with" in page and touch in page and "owns the contact" in page
    assert "gaps/waive/" not in page
    assert "gaps/waive/" in client_of(cast.manager).get(GAPS).content.decode()
    reader = client_of(cast.viewer).get(GAPS).content.decode()
    assert "Rosa Lind" in reader and touch not in reader


def test_the_calendars_drawer_shows_it_apart(cast: Any, client_of: Any, rosa: Any) -> None:
    answer = client_of(cast.member).get("/o/northlake/calendar/")
    drawer = answer.context["drawer"]
    assert [line.title for line in drawer["contacts"]] == ["Rosa Lind"]
    assert drawer["count"] == 0 and "To speak with" in answer.content.decode()


def test_it_is_handed_on_and_waived_from_its_pages(
    cast: Any, client_of: Any, rosa: Any, today: date
) -> None:
    key = key_of(rosa)
    client = client_of(cast.manager)
    assert (
        "Who should speak with them?"
        in client.get(GAPS + "hand-on/", {"key": key}).content.decode()
    )
    data = {"key": key, "to": cast.colleague.pk}
    assert client.post(GAPS + "hand-on/", data).status_code == 302
    shown = client.get(GAPS + "waive/", {"key": key})
    assert "They are not forgotten" in shown.content.decode()
    assert shown.context["form"].initial["expires_on"] == today + timedelta(days=14)
    assert client.post(GAPS + "waive/", {"key": key, "reason": ""}).status_code == 422
    data = {"key": key, "reason": "On leave", "expires_on": str(today)}
    assert client.post(GAPS + "waive/", data).status_code == 302
    page = client.get(GAPS).content.decode()
    assert "Waived" in page and "On leave" in page
    assert client.get(GAPS + "fill/", {"key": key}).status_code == 404


@pytest.mark.parametrize(
    "key",
    [
        "lapsed_stakeholder:1",
        "lapsed_stakeholder:x:2027-01-01",
        "lapsed_stakeholder:999999:2027-01-01",
    ],
)
def test_a_key_of_nothing_is_not_found(cast: Any, client_of: Any, key: str) -> None:
    assert client_of(cast.manager).get(GAPS + "waive/", {"key": key}).status_code == 404


def test_one_without_an_owner_can_be_taken_from_the_page_of_gaps(cast: Any, client_of: Any) -> None:
    row = factories.make_stakeholder(cast.organization, rhythm_days=None, name="Ben Quiet")
    page = client_of(cast.member).get(GAPS).content.decode()
    assert "Ben Quiet" in page and f"/own/stakeholder/{row.pk}/claim/" in page


def test_who_answers_finds_it_in_their_work(cast: Any, client_of: Any, rosa: Any) -> None:
    touch = f"/o/northlake/stakeholders/{rosa.pk}/touchpoints/new/"
    work = "/o/northlake/my-work/"
    assert touch in client_of(cast.member).get(work).content.decode()
    assert touch not in client_of(cast.colleague).get(work).content.decode()
    gap_services.hand_on(
        organization=cast.organization,
        key=key_of(rosa),
        to=cast.colleague,
        by=cast.member,
        now=timezone.now(),
    )
    assert touch in client_of(cast.colleague).get(work).content.decode()
    assert touch not in client_of(cast.member).get(work).content.decode()


def test_my_work_offers_one_that_nobody_owns_and_names_one_offered(
    cast: Any, client_of: Any, rosa: Any
) -> None:
    factories.make_stakeholder(cast.organization, name="Ben Quiet", rhythm_days=None)
    ownership.offer(row=rosa, to=cast.colleague, by=cast.member)
    page = client_of(cast.colleague).get("/o/northlake/my-work/").content.decode()
    assert "Ben Quiet" in page and "Rosa Lind" in page
