"""What the tests of the calendar share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from calendar_app import services
from calendar_app.models import ContentItem
from calendar_app.services import NewPost
from tests import factories
from tests.calendar_app.kit import MARCH


@pytest.fixture
def plan(cast: Any) -> Any:
    return factories.make_plan(cast.organization, owner=cast.manager, name="Home Buyer Spring")


@pytest.fixture
def channel(cast: Any) -> Any:
    return factories.make_channel(cast.organization, kind="instagram", name="Instagram")


@pytest.fixture
def in_march() -> Any:
    """It is noon of 10 March 2027, UTC."""
    with time_machine.travel(datetime(2027, 3, 10, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def story(cast: Any, plan: Any, channel: Any) -> ContentItem:
    return services.create_story(
        organization=cast.organization,
        plan=plan,
        title="First keys",
        copy="Five costs people forget.",
        brief="Ask Lucia for the picture.",
        by=cast.member,
        owner=cast.member,
        posts=[NewPost(channel, MARCH)],
    )
