"""What the tests of stakeholders share."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests import factories


@pytest.fixture
def today() -> date:
    return timezone.now().date()


@pytest.fixture
def plan(cast: Any) -> Any:
    return factories.make_plan(cast.organization, owner=cast.member, name="Home Buyer Spring")


@pytest.fixture
def secret(cast: Any) -> Any:
    """A plan that Maya alone sees."""
    return factories.make_plan(
        cast.organization, owner=cast.member, name="Harbor", is_confidential=True
    )


@pytest.fixture
def rosa(cast: Any, today: date) -> Any:
    """Maya's journalist, every 30 days, whom nobody has spoken to since she was added."""
    return factories.make_stakeholder(
        cast.organization,
        name="Rosa Lind",
        affiliation="Harbor Times",
        email="rosa@harbortimes.example",
        phone="+1 555 0100",
        topics="housing",
        note="Prefers calls before noon",
        source="Masthead",
        owner=cast.member,
        held_since=today - timedelta(days=71),
    )
