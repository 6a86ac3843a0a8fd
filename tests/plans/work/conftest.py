"""What the tests of tasks share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from plans.models import Plan, Task
from tests import factories


@pytest.fixture
def today() -> Any:
    return timezone.now().date()


@pytest.fixture
def task(cast: Any, plan: Plan, today: Any) -> Task:
    return factories.make_task(
        plan, title="Write the invitation", owner=cast.member, due=today + timedelta(days=30)
    )
