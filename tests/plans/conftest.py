"""What the tests of plans share."""

from __future__ import annotations

from typing import Any

import pytest

from plans.models import Channel, Plan
from tests import factories


@pytest.fixture
def plan(cast: Any) -> Plan:
    return factories.make_plan(
        cast.organization, owner=cast.member, name="Home Buyer Spring", summary="For buyers"
    )


@pytest.fixture
def channel(cast: Any) -> Channel:
    return factories.make_channel(cast.organization, owner=cast.colleague, name="Instagram")
