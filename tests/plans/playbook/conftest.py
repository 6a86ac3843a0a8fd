"""A question of Maya's to Emil, the expert, and a playbook of four entries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from plans.models import PlaybookEntry, Question
from plans.playbook import services
from plans.playbook.records import NOTHING, About, EntryFields, QuestionFields
from tests import factories

MONDAY = datetime(2027, 3, 8, 12, tzinfo=UTC)
"""Noon of a working day, three hours into it (the bank works from 9 to 17, UTC)."""


def ask(cast: Any, title: str = "May we post during the quiet period?", **kw: Any) -> Question:
    fields = QuestionFields(
        title=title,
        hours=kw.pop("hours", 8.0),
        body=kw.pop("body", "A branch opens next week."),
        asked=kw.pop("asked", cast.expert),
    )
    return services.ask(
        organization=cast.organization,
        by=kw.pop("by", cast.member),
        fields=fields,
        about=kw.pop("about", NOTHING),
        now=kw.pop("now", MONDAY),
    )


def publish(cast: Any, title: str, body: str = "Words.", topics: str = "", **kw: Any) -> Any:
    return services.create_entry(
        organization=kw.pop("organization", cast.organization),
        by=kw.pop("by", cast.manager),
        fields=EntryFields(title, body, topics),
        now=kw.pop("now", MONDAY),
        **kw,
    )


@pytest.fixture
def question(cast: Any) -> Question:
    return ask(cast)


@pytest.fixture
def secret(cast: Any) -> About:
    """About a confidential plan that Maya champions; nobody else is listed."""
    plan = factories.make_plan(
        cast.organization, name="Project Harbor", owner=cast.member, is_confidential=True
    )
    return About(plan=plan, title=plan.name, snapshot="Running.")


@pytest.fixture
def shelf(cast: Any) -> dict[str, PlaybookEntry]:
    return {
        "title": publish(cast, "Working with an embargo", "Promise one instant."),
        "topic": publish(cast, "News for reporters", "They hear it first.", "embargo, media"),
        "text": publish(cast, "Launch days", "Keep the embargo; nobody posted early."),
        "other": publish(cast, "Alt text", "Describe the image.", "accessibility"),
    }
