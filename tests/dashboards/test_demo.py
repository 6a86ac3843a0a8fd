"""The demo organization: it builds, it holds together, it can be put away and built again."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from dashboards.demo import build
from people.models import Organization

NOON = datetime(2027, 3, 10, 17, tzinfo=UTC)


@pytest.fixture
def bank(db: None) -> Organization:
    return build.build(NOON)


def test_it_builds(bank: Any) -> None:
    assert bank.slug == "northlake-bank"
