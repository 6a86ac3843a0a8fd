"""The pages and services of objectives, and the list of drifting streams."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from people.errors import NotAllowed, Refused
from plancraft.lib.changes import fingerprint
from plans.models import Objective, ObjectiveReading
from plans.objectives import services
from plans.objectives.queries import drifting_streams
from plans.objectives.records import ObjectiveFields, objective_fields
from plans.objectives.rules import Drift
from plans.services import edit_plan
from plans.services.plans import fields_now
from tests import factories

BASE = "/o/northlake"


@pytest.fixture
def plan(cast: Any) -> Any:
    today = timezone.now().date()
    return factories.make_plan(
        cast.organization,
        owner=cast.member,
        starts_on=today - timedelta(days=49),
        ends_on=today + timedelta(days=50),
    )


@pytest.fixture
def objective(plan: Any) -> Objective:
    return Objective.objects.create(
        organization=plan.organization,
        plan=plan,
        title="More first talks",
        measure="First talks in branches",
        unit="talks",
        baseline=Decimal(100),
        target=Decimal(300),
    )


def page_of(client: Any, objective: Objective) -> str:
    return str(client.get(f"{BASE}/objectives/{objective.pk}/").content.decode())


def record(client: Any, objective: Objective, value: str, on: date, note: str = "") -> Any:
    return client.post(
        f"{BASE}/objectives/{objective.pk}/readings/new/",
        {"value": value, "on": on.isoformat(), "note": note},
    )


def test_a_reading_shows_where_it_stands(cast: Any, client_of: Any, objective: Any) -> None:
    client, today = client_of(cast.member), timezone.now().date()
    assert "Nobody has looked yet" in page_of(client, objective)
    assert record(client, objective, "120", today, "Branch report").status_code == 302
    page = page_of(client, objective)
    assert "behind a steady pace" in page
    assert "10% of the way" in page
    assert "Branch report" in page
    record(client, objective, "250", today)
    assert "on course" in page_of(client, objective)
    assert ObjectiveReading.objects.get(objective=objective).value == 250


def test_nonsense_is_refused_and_stays_on_the_page(
    cast: Any, client_of: Any, objective: Any
) -> None:
    client, today = client_of(cast.member), timezone.now().date()
    for value, on, sentence in [
        ("many", today, "Write a number"),
        ("1.234", today, "Two digits behind the point"),
        ("9" * 13, today, "too long"),
        ("12", today + timedelta(days=2), "still to come"),
        ("12", objective.plan.starts_on - timedelta(days=1), "had not begun"),
    ]:
        answer = record(client, objective, value, on, "By hand")
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert "By hand" in answer.content.decode()
    assert not ObjectiveReading.objects.exists()


def test_the_owner_of_a_stream_that_serves_it_may_record(
    cast: Any, client_of: Any, objective: Any
) -> None:
    stranger = factories.make_member(cast.organization)
    today = timezone.now().date()
    assert record(client_of(stranger), objective, "120", today).status_code == 403
    factories.make_stream(objective.plan, owner=stranger, objective=objective)
    assert record(client_of(stranger), objective, "120", today).status_code == 302


def test_a_mistaken_reading_is_taken_back_once(cast: Any, client_of: Any, objective: Any) -> None:
    client, today = client_of(cast.member), timezone.now().date()
    record(client, objective, "120", today)
    reading = ObjectiveReading.objects.get()
    address = f"{BASE}/objectives/{objective.pk}/readings/{reading.pk}/remove/"
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 404
    assert not ObjectiveReading.objects.exists()
    plan = client.get(f"{BASE}/plans/{objective.plan_id}/").content.decode()
    assert "took back 120 talks" in plan


def test_how_it_is_measured_is_said_once_and_edits_that_cross_are_shown(
    cast: Any, client_of: Any, objective: Any
) -> None:
    client = client_of(cast.member)
    address = f"{BASE}/objectives/{objective.pk}/edit/"
    seen = fingerprint(objective_fields(objective).words())
    form = {"title": "Talks", "measure": "Talks", "baseline": "100", "target": "80", "seen": seen}
    assert client.post(address, form).status_code == 302
    crossed = client.post(address, form | {"title": "First talks"})
    assert crossed.status_code == 409
    assert "First talks" in crossed.content.decode()
    objective.refresh_from_db()
    assert (objective.title, objective.target) == ("Talks", Decimal(80))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title": ""}, "Say what is to be true"),
        ({"measure": ""}, "Say what is measured"),
        ({"target": "100"}, "where it began"),
        ({"due_on": "2020-01-01"}, "before the plan begins"),
    ],
)
def test_a_target_that_says_nothing_is_refused(
    cast: Any, client_of: Any, objective: Any, typed: dict[str, str], sentence: str
) -> None:
    form = {
        "title": "Talks",
        "measure": "Talks",
        "baseline": "100",
        "target": "300",
        "seen": fingerprint(objective_fields(objective).words()),
    }
    address = f"{BASE}/objectives/{objective.pk}/edit/"
    answer = client_of(cast.member).post(address, form | typed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_members_read_and_do_not_change(cast: Any, client_of: Any, objective: Any) -> None:
    client = client_of(cast.viewer)
    page = page_of(client, objective)
    assert "Record a reading" not in page
    assert client.get(f"{BASE}/objectives/{objective.pk}/edit/").status_code == 403
    with pytest.raises(NotAllowed):
        services.edit_objective(
            objective=objective, by=cast.viewer, seen="", fields=ObjectiveFields("No")
        )


def test_an_outsider_finds_no_objective(cast: Any, client_of: Any, objective: Any) -> None:
    assert client_of(cast.outsider).get(f"{BASE}/objectives/{objective.pk}/").status_code == 404
    objective.plan.is_confidential = True
    objective.plan.save()
    assert client_of(cast.viewer).get(f"{BASE}/objectives/{objective.pk}/").status_code == 404


def test_an_objective_with_readings_is_not_lost_with_its_line(cast: Any, objective: Any) -> None:
    plan = objective.plan
    services.record_reading(
        objective=objective,
        by=cast.member,
        on=plan.starts_on,
        value=Decimal(120),
        today=plan.starts_on,
    )

    without = replace(fields_now(plan), objectives=())
    with pytest.raises(Refused, match="has readings"):
        edit_plan(plan=plan, by=cast.member, version=plan.version, fields=without)
    assert ObjectiveReading.objects.filter(objective=objective).count() == 1


def test_what_serves_it_and_what_serves_none(cast: Any, client_of: Any, objective: Any) -> None:
    plan = objective.plan
    serving = factories.make_stream(plan, owner=cast.member, objective=objective, name="Press")
    adrift = factories.make_stream(plan, owner=cast.member, name="Quiz nights")
    factories.make_story(plan, stream=serving, title="A story that serves")
    factories.make_story(plan, stream=adrift, title="A story beside it")
    factories.make_task(plan, stream=serving, title="A task that serves")
    factories.make_task(plan, title="A task beside it")
    client = client_of(cast.member)
    page = page_of(client, objective)
    assert all(words in page for words in ("Press", "A story that serves", "A task that serves"))
    assert "beside it" not in page
    none = client.get(f"{BASE}/plans/{plan.pk}/serves-none/").content.decode()
    assert all(words in none for words in ("Quiz nights", "A story beside it", "A task beside it"))
    assert "that serves" not in none


def test_a_stream_leads_to_its_form_only_for_who_may_change_it(
    cast: Any, client_of: Any, objective: Any
) -> None:
    plan = objective.plan
    stream = factories.make_stream(plan, owner=cast.member, objective=objective, name="Press")
    form = f"{BASE}/plans/{plan.pk}/streams/{stream.pk}/"
    assert f'href="{form}"' in page_of(client_of(cast.member), objective)
    read = page_of(client_of(cast.viewer), objective)
    assert f'href="{form}"' not in read
    assert f'href="{BASE}/plans/{plan.pk}/#streams"' in read


def test_a_task_that_leads_to_a_key_date_is_not_adrift(
    cast: Any, client_of: Any, plan: Any
) -> None:
    factories.make_task(plan, title="Built back", key_date=factories.make_key_date(plan))
    page = client_of(cast.viewer).get(f"{BASE}/plans/{plan.pk}/serves-none/").content.decode()
    assert "Built back" not in page
    assert "Nothing is beside the objectives" in page


def test_drifting_streams_say_why(cast: Any, client_of: Any, objective: Any) -> None:
    plan, now = objective.plan, timezone.now()
    channel = factories.make_channel(cast.organization, owner=cast.member)
    alive = factories.make_stream(plan, owner=cast.member, objective=objective, name="Alive")
    factories.make_post(
        factories.make_story(plan, stream=alive), channel, scheduled_at=now - timedelta(days=2)
    )
    factories.make_stream(plan, owner=cast.member, objective=objective, name="Silent")
    beyond = factories.make_stream(plan, objective=objective, name="Beyond", rhythm_days=300)
    factories.make_post(
        factories.make_story(plan, stream=beyond), channel, scheduled_at=now + timedelta(days=80)
    )
    page = client_of(cast.viewer).get(f"{BASE}/streams/drifting/").content.decode()
    assert "Alive" not in page
    assert "Silent for 49 days, 14 at most" in page
    assert "1 post planned outside the plan’s period" in page
    assert "No one owns it" in page
    rows = drifting_streams(cast.organization, None, now, now.date())
    assert [(row.stream.name, row.reasons) for row in rows] == [
        ("Beyond", [Drift.NO_OWNER, Drift.OFF_PLAN]),
        ("Silent", [Drift.SILENT]),
    ]


def test_days_of_a_stream_are_those_of_the_channel(cast: Any) -> None:
    plan = factories.make_plan(
        cast.organization, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31)
    )
    stream = factories.make_stream(plan, rhythm_days=1)
    channel = factories.make_channel(cast.organization, time_zone="Pacific/Auckland")
    at = datetime(2027, 3, 1, 12, tzinfo=UTC)  # the second of March there
    factories.make_post(factories.make_story(plan, stream=stream), channel, scheduled_at=at)
    [row] = drifting_streams(cast.organization, None, at + timedelta(days=1), date(2027, 3, 3))
    assert row.facts.last_seen == date(2027, 3, 2)
    assert Drift.SILENT not in row.reasons


def test_the_lists_cost_the_same_for_one_and_for_many(
    cast: Any, client_of: Any, objective: Any, django_assert_max_num_queries: Any
) -> None:
    plan = objective.plan
    for number in range(40):
        stream = factories.make_stream(plan, objective=objective if number % 2 else None)
        factories.make_story(plan, stream=stream)
        factories.make_task(plan, stream=stream)
    client = client_of(cast.member)
    client.get(f"{BASE}/my-work/")
    for address in (
        f"{BASE}/objectives/{objective.pk}/",
        f"{BASE}/plans/{plan.pk}/serves-none/",
        f"{BASE}/streams/drifting/",
    ):
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200
