"""A plan over the autumn of 2026, in Berlin, that dates are brought into."""

from __future__ import annotations

from typing import Any

import pytest

from plans.models import Plan
from tests import factories
from tests.plans.timelines.kit import NEAR


@pytest.fixture
def plan(cast: Any) -> Plan:
    cast.organization.time_zone, cast.organization.country = "Europe/Berlin", "DE"
    cast.organization.save()
    return factories.make_plan(
        cast.organization,
        owner=cast.colleague,
        name="Autumn",
        starts_on=NEAR,
        ends_on=NEAR.replace(year=2027, month=12),
    )
