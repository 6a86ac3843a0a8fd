"""Key dates as flags on the month."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from calendar_app.filters import NOBODY
from people.models import ClosureDay, Department
from plans.models import KeyDate, Plan
from tests import factories

URL = "/o/northlake/calendar/"
MARCH = {"month": "2027-03"}


@pytest.fixture
def plan(cast: Any) -> Plan:
    return factories.make_plan(
        cast.organization,
        owner=cast.member,
        starts_on=date(2027, 1, 4),
        ends_on=date(2027, 12, 31),
    )


@pytest.fixture
def launch(plan: Plan, cast: Any) -> KeyDate:
    return factories.make_key_date(
        plan, title="First Home launch", date=date(2027, 3, 17), owner=cast.colleague
    )


def month(client: Any, **params: str) -> str:
    return str(client.get(URL, {**MARCH, **params}).content.decode())


def cell(page: str, day: str) -> str:
    found = re.search(rf'<li class="month-day[^"]*" id="d{day}">.*?</li>', page, re.S)
    assert found
    return found[0]


def test_a_key_date_is_a_flag_on_its_day(cast: Any, client_of: Any, launch: KeyDate) -> None:
    page = month(client_of(cast.viewer))
    there = cell(page, "2027-03-17")
    assert "keydate-flag" in there and "First Home launch" in there
    assert f'href="/o/northlake/key-dates/{launch.pk}/"' in there
    assert "key dates: 1" in there
    assert page.count("keydate-flag") == 1


def test_only_who_may_move_it_can_drag_it(cast: Any, client_of: Any, launch: KeyDate) -> None:
    move = f'data-move="/o/northlake/key-dates/{launch.pk}/move/"'
    for who, may in [
        (cast.admin, True),
        (cast.manager, True),
        (cast.member, True),
        (cast.colleague, False),
        (cast.expert, False),
        (cast.viewer, False),
    ]:
        assert (move in month(client_of(who))) is may, who
    KeyDate.objects.filter(pk=launch.pk).update(done_at=timezone.now())
    assert "data-move" not in month(client_of(cast.manager))


def test_called_off_and_confidential_ones_do_not_fly(
    cast: Any, client_of: Any, launch: KeyDate, plan: Plan
) -> None:
    factories.make_key_date(
        plan,
        title="Never mind",
        date=date(2027, 3, 10),
        cancelled_at=datetime(2027, 1, 5, tzinfo=UTC),
    )
    secret = factories.make_plan(
        cast.organization, is_confidential=True, owner=cast.colleague, name="Harbor"
    )
    factories.make_key_date(secret, title="Merger day", date=date(2027, 3, 11))
    page = month(client_of(cast.manager))
    assert "Never mind" not in page and "Merger day" not in page
    assert "Merger day" in month(client_of(cast.colleague))


def test_flags_narrow_with_plan_department_and_owner(
    cast: Any, client_of: Any, launch: KeyDate
) -> None:
    client = client_of(cast.manager)
    retail = Department.objects.create(organization=cast.organization, name="Retail")
    other = factories.make_plan(cast.organization, department=retail)
    unowned = factories.make_key_date(other, title="Branch day", date=date(2027, 3, 18))
    both = month(client)
    assert "First Home launch" in both and "Branch day" in both
    for params, expected in [
        ({"plan": str(launch.plan_id)}, launch.title),
        ({"team": str(retail.pk)}, unowned.title),
        ({"owner": str(cast.colleague.pk)}, launch.title),
        ({"owner": NOBODY}, unowned.title),
    ]:
        page = month(client, **params)
        shown = [title for title in (launch.title, unowned.title) if title in page]
        assert shown == [expected], params


def test_holidays_and_closures_are_named_on_their_days(cast: Any, client_of: Any) -> None:
    cast.organization.country, cast.organization.subdivision = "GB", "SCT"
    cast.organization.save()
    ClosureDay.objects.create(
        organization=cast.organization, date=date(2027, 1, 20), name="Office closed"
    )
    page = str(client_of(cast.viewer).get(URL, {"month": "2027-01"}).content.decode())
    assert "Office closed" in cell(page, "2027-01-20")
    assert "blackout-name" in cell(page, "2027-01-04")  # 2 January on a Saturday, moved in Scotland


def test_flags_cost_no_statement_of_their_own(
    cast: Any, client_of: Any, plan: Plan, launch: KeyDate
) -> None:
    client = client_of(cast.manager)
    counts = []
    for _more in range(2):
        month(client)
        with CaptureQueriesContext(connection) as made:
            month(client)
        counts.append(len(made))
        for day in range(1, 28):
            factories.make_key_date(plan, date=date(2027, 3, day), owner=cast.member)
    assert counts[0] == counts[1] <= 12
