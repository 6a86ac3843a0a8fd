"""The fields that people edit, as words: what a crossed edit compares and shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from calendar_app.models import ContentItem, ItemState, Placement
from people.models import Organization
from plancraft.lib.changes import Change, differences, fingerprint

STORY_LABELS: dict[str, Any] = {
    "title": _("Title"),
    "stream": _("Stream"),
    "copy": _("Copy"),
    "link": _("Link"),
    "embargo_until": _("Embargo lifts"),
    "brief": _("Notes for the team"),
}
POST_LABELS: dict[str, Any] = {"channel": _("Channel"), "copy": _("Copy for this channel")}


def story_fingerprint(item: ContentItem) -> str:
    """A digest of everything that the story's form shows."""
    return fingerprint({name: _plain(item, name) for name in STORY_LABELS})


def post_fingerprint(post: Placement) -> str:
    """A digest of everything that the post's form shows."""
    return fingerprint({name: _plain(post, name) for name in POST_LABELS})


def when_seen(post: Placement) -> str:
    """The time and state that a form which moves the post showed."""
    at = post.scheduled_at.astimezone(UTC).isoformat() if post.scheduled_at else "tray"
    return f"{post.state} {at}"


def state_seen(seen: str) -> str:
    """The state in what `when_seen` gave, as a person reads it; empty if it is none."""
    state = seen.partition(" ")[0]
    return str(dict(ItemState.choices).get(state, ""))


def time_seen(seen: str) -> datetime | None:
    """The time in what `when_seen` gave; None for the tray, or if it is none."""
    try:
        return datetime.fromisoformat(seen.partition(" ")[2])
    except ValueError:
        return None


def when_differences(post: Placement, to: datetime | None) -> list[Change]:
    """The post's time now beside the one that was chosen, on its channel's wall clock."""
    zone = post.channel.zone(post.organization)
    return differences(
        {"day": str(_("Time"))},
        current={"day": _when(post.scheduled_at, zone)},
        typed={"day": _when(to, zone)},
    )


def _when(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else str(_("No date yet"))


def story_differences(item: ContentItem, changes: Mapping[str, Any]) -> list[Change]:
    """Where what was typed differs from what is there now."""
    return _differences(item, changes, STORY_LABELS)


def post_differences(post: Placement, changes: Mapping[str, Any]) -> list[Change]:
    """Where what was typed differs from what is there now."""
    return _differences(post, changes, POST_LABELS)


def _plain(row: Any, name: str) -> Any:
    value = getattr(row, f"{name}_id", None) if name in ("stream", "channel") else None
    return value if value is not None else str(getattr(row, name) or "")


def _differences(
    row: ContentItem | Placement, changes: Mapping[str, Any], labels: Mapping[str, Any]
) -> list[Change]:
    organization = row.organization
    return differences(
        {name: str(label) for name, label in labels.items() if name in changes},
        current={name: _words(getattr(row, name), organization) for name in changes},
        typed={name: _words(value, organization) for name, value in changes.items()},
    )


def _words(value: Any, organization: Organization) -> str:
    """As a person reads it; instants on the organization's wall clock."""
    if isinstance(value, datetime):
        return f"{value.astimezone(ZoneInfo(organization.time_zone)):%Y-%m-%d %H:%M}"
    return str(value or "")
