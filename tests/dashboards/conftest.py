"""The demo as a world to test on: a Wednesday at noon in New York, with the clock standing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from dashboards.demo import build
from people.models import Membership, Organization

NOON = datetime(2027, 3, 10, 17, tzinfo=UTC)


@pytest.fixture
def bank(db: None) -> Iterator[Organization]:
    """Northlake Bank as it is at `NOON`."""
    with time_machine.travel(NOON, tick=False):
        yield build.build(NOON)


@pytest.fixture
def who(bank: Organization) -> Any:
    """`who("maya")`: that member of the demo."""

    def find(name: str) -> Membership:
        return Membership.objects.select_related("organization", "user").get(
            organization=bank, user__email__startswith=f"{name}@"
        )

    return find


@pytest.fixture
def visit(bank: Organization, who: Any, client_of: Any) -> Any:
    """`visit("maya", "my-work/")`: the page as that person gets it."""
    clients: dict[str, Any] = {}

    def get(name: str, path: str) -> Any:
        if name not in clients:
            clients[name] = client_of(who(name))
        return clients[name].get(f"/o/{bank.slug}/{path}" if path[:1] != "/" else path)

    return get
