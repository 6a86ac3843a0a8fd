"""Kinds of things for the engine to work on, so that these tests need no room above `workflow`."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from calendar_app import states
from calendar_app.models import ContentItem
from calendar_app.snapshot import snapshot
from people.models import Activity
from plans.models import Channel
from tests import factories
from workflow import registry, reviews
from workflow.models import SubjectEdit
from workflow.registry import Columns, Ownable, SubjectFacts, SubjectKind

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
"""A Monday, within working hours."""


def ownable_for(model: Any, slug: str, noun: str, **kw: Any) -> Ownable:
    """An entry that looks at nothing but the row; finished where its name says so."""

    def rows(organization: Any) -> Any:
        return model.objects.filter(organization=organization)

    def title(row: Any) -> str:
        return str(row)

    name = "name" if hasattr(model, "name") else "title"
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
        "plan_id": lambda row: getattr(row, "plan_id", None),
        "address": lambda where, pk, plan: f"/{slug}/{pk}/",
        "is_finished": lambda row: "finished" in str(row),
        "unfinished": lambda organization, viewer: rows(organization).exclude(
            **{f"{name}__contains": "finished"}
        ),
        "columns": Columns(name, plan=None, plan_name=None),
        "detail": lambda found: "",
        "fallbacks": lambda row: [],
    }
    return Ownable(**{**entry, **kw})


@pytest.fixture(autouse=True)
def ownables() -> Iterator[dict[str, Ownable]]:
    """Channels and stories can be owned, by entries of these tests; the rooms get theirs back."""
    known = dict(registry.OWNABLES)
    registry.OWNABLES.clear()
    registry.OWNABLES["channel"] = ownable_for(Channel, "channel", "channel")
    registry.OWNABLES["story"] = ownable_for(ContentItem, "story", "story")
    yield registry.OWNABLES
    registry.OWNABLES.clear()
    registry.OWNABLES.update(known)


@pytest.fixture
def channel(cast: Any) -> Any:
    """A channel that nobody owns."""
    return factories.make_channel(cast.organization, name="Foundation Instagram")


@pytest.fixture
def owned(cast: Any) -> Any:
    """A channel that Maya owns."""
    return factories.make_channel(cast.organization, name="Bank blog", owner=cast.member)


# Approval ---------------------------------------------------------------------------------------
HIDDEN_FROM: set[int] = set()
CLOSED: dict[int, str] = {}


def story_facts(item: ContentItem) -> SubjectFacts:
    kinds = item.posts.filter(cancelled_at=None).values_list("channel__kind", flat=True)
    return SubjectFacts(
        title=item.title,
        url=f"/story/{item.pk}/",
        plan_id=item.plan_id,
        champion=item.plan.owner,
        owner=item.owner,
        channel_kinds=frozenset(kinds),
        closed_because=CLOSED.get(item.pk, ""),
    )


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> SubjectKind:
    """Stories are what is approved; who is in `HIDDEN_FROM` does not see them."""
    HIDDEN_FROM.clear()
    CLOSED.clear()
    entry = SubjectKind(
        kind="content_item",
        load=lambda subject: ContentItem.objects.select_related(
            "owner__user", "plan__owner__user", "organization"
        ).get(subject=subject),
        snapshot=snapshot,
        facts=story_facts,
        refresh=lambda item: states.refresh(item) and None,
        visible=lambda member, item: member.pk not in HIDDEN_FROM,
        differences=states.differences,
    )
    monkeypatch.setitem(registry.SUBJECT_KINDS, "content_item", entry)
    return entry


@pytest.fixture
def story(cast: Any) -> Any:
    """A story that Maya wrote and owns, with nobody's approval."""
    plan = factories.make_plan(cast.organization, owner=cast.colleague)
    item = factories.make_story(plan, owner=cast.member, title="Five costs", copy="First home.")
    SubjectEdit.objects.create(
        organization=cast.organization, subject=item.subject, member=cast.member
    )
    return item


@pytest.fixture
def template(cast: Any) -> Any:
    """The usual workflow: any one manager."""
    return factories.make_template(cast.organization)


def content_hash(item: Any) -> str:
    """The hash that a form opened now would carry."""
    from workflow import queries

    return queries.hash_now(item.subject)


def submit(item: Any, by: Any, **kw: Any) -> Any:
    """`by` submits what is there now."""
    kw.setdefault("expected_hash", content_hash(item))
    kw.setdefault("key", uuid.uuid4())
    return reviews.submit(subject=item.subject, by=by, now=NOON, **kw)


def decide(review: Any, by: Any, choice: str = "approve", **kw: Any) -> Any:
    """`by` decides on exactly the revision under review."""
    kw.setdefault("expected_hash", review.revision.hash)
    kw.setdefault("key", uuid.uuid4())
    if choice != "approve":
        kw.setdefault("comment", "Please say it more plainly.")
    return reviews.decide(review=review, by=by, choice=choice, **kw)


def edit(item: Any, by: Any, **changes: Any) -> None:
    """As the story's own service does it: lock the subject, change, tell the approvals."""
    from django.db import transaction

    with transaction.atomic():
        reviews.lock(item.subject)
        type(item).objects.filter(pk=item.pk).update(**changes)
        item.refresh_from_db()
        reviews.note_edit(subject=item.subject, by=by)
        states.refresh(item)


def state(item: Any) -> str:
    """The copy of the state that is stored."""
    item.refresh_from_db()
    return str(item.state)


def verbs(item: Any) -> list[str]:
    """What stands in the record of it, oldest first."""
    found = Activity.objects.filter(subject_type=item._meta.label, subject_id=item.pk)
    return list(found.order_by("id").values_list("verb", flat=True))
