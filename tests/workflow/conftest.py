"""Kinds of things for the engine to work on, so that these tests need no room above `workflow`."""

from __future__ import annotations

from typing import Any

import pytest

from calendar_app.models import ContentItem
from plans.models import Channel
from tests import factories
from workflow import registry
from workflow.registry import Ownable, UnownedRow


def ownable_for(model: Any, slug: str, noun: str, **kw: Any) -> Ownable:
    """An entry that looks at nothing but the row; finished where its name says so."""

    def rows(organization: Any) -> Any:
        return model.objects.filter(organization=organization)

    def title(row: Any) -> str:
        return str(row)

    def unowned(organization: Any, viewer: Any) -> list[UnownedRow]:
        return [
            UnownedRow(
                label=model._meta.label,
                pk=row.pk,
                title=title(row),
                url=f"/{slug}/{row.pk}/",
                detail="",
                since=row.unowned_since,
                plan_id=None,
            )
            for row in rows(organization).filter(owner=None)
        ]

    entry: dict[str, Any] = {
        "label": model._meta.label,
        "slug": slug,
        "noun": noun,
        "get": lambda organization, member, pk: (
            rows(organization).select_related("owner__user").filter(pk=pk).first()
        ),
        "lock": lambda organization, pk: (
            rows(organization)
            .select_for_update(of=("self",))
            .select_related("owner__user")
            .get(pk=pk)
        ),
        "title": title,
        "url": lambda row: f"/{slug}/{row.pk}/",
        "plan_id": lambda row: getattr(row, "plan_id", None),
        "is_finished": lambda row: "finished" in str(row),
        "unfinished_of": lambda organization, member: [
            row for row in rows(organization).filter(owner=member) if "finished" not in str(row)
        ],
        "unowned": unowned,
        "fallbacks": lambda row: [],
    }
    return Ownable(**{**entry, **kw})


@pytest.fixture(autouse=True)
def ownables(monkeypatch: pytest.MonkeyPatch) -> dict[str, Ownable]:
    """Channels and stories can be owned, by entries of these tests' own."""
    entries = {
        "channel": ownable_for(Channel, "channel", "channel"),
        "story": ownable_for(ContentItem, "story", "story"),
    }
    monkeypatch.setattr(registry, "OWNABLES", entries)
    for module in ("workflow.ownership", "workflow.queries"):
        monkeypatch.setattr(f"{module}.OWNABLES", entries)
    return entries


@pytest.fixture
def channel(cast: Any) -> Any:
    """A channel that nobody owns."""
    return factories.make_channel(cast.organization, name="Foundation Instagram")


@pytest.fixture
def owned(cast: Any) -> Any:
    """A channel that Maya owns."""
    return factories.make_channel(cast.organization, name="Bank blog", owner=cast.member)
