"""What the tests of the calendar share."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories


@pytest.fixture
def plan(cast: Any) -> Any:
    return factories.make_plan(cast.organization, owner=cast.manager, name="Home Buyer Spring")


@pytest.fixture
def channel(cast: Any) -> Any:
    return factories.make_channel(cast.organization, kind="instagram", name="Instagram")
