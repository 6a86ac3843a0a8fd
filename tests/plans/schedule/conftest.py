"""A plan with a launch that is built back, seen from a Monday in February 2027."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from plans.models import BackScheduleVersion, KeyDate, Plan
from plans.schedule import queries
from tests import factories

TODAY = date(2027, 2, 1)
LAUNCH = date(2027, 3, 1)


@pytest.fixture
def plan(cast: Any) -> Plan:
    return factories.make_plan(cast.organization, owner=cast.colleague, ends_on=date(2027, 12, 31))


@pytest.fixture
def key_date(plan: Plan, cast: Any) -> KeyDate:
    return factories.make_key_date(plan, title="Launch", date=LAUNCH, owner=cast.colleague)


@pytest.fixture
def version(cast: Any) -> BackScheduleVersion:
    made = factories.make_back_schedule(cast.organization)
    made.steps.filter(key="design").update(member=cast.member)
    return queries.get_version(cast.organization, made.pk)
