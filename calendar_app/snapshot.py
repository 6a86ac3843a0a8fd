"""What a reader would see of a story: the exact content that an approval is bound to (rule 6).

    title, link, embargo, and for each live post its channel and the copy that stands there;
    that it is cancelled, where it is

Times are left out on purpose: a change that only moves the time keeps approvals. Names of channels
are left out too, so that renaming a channel voids nothing. Two posts on one channel with the same
words count once: repeating what was approved needs no new approval.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from calendar_app.models import ContentItem, Placement


def snapshot(item: ContentItem) -> dict[str, Any]:
    """The canonical, JSON-able content of the story as it is now; reads its posts once."""
    return snapshot_of(item, item.posts.all())


def snapshot_of(item: ContentItem, posts: Iterable[Placement]) -> dict[str, Any]:
    """The same from posts already at hand."""
    seen = {(post.channel_id, effective_copy(item, post)) for post in posts if is_live(post)}
    embargo = item.embargo_until
    content: dict[str, Any] = {
        "title": item.title,
        "link": item.link,
        "embargo_until": embargo.astimezone(UTC).isoformat() if embargo else None,
        "posts": [{"channel": channel, "copy": copy} for channel, copy in sorted(seen)],
    }
    if not seen:
        content["copy"] = item.copy
    if item.cancelled_at is not None:
        content["cancelled"] = True
    return content


def readable(
    content: Mapping[str, Any], channels: Mapping[int, str], zone: ZoneInfo
) -> list[tuple[str, str]]:
    """A snapshot as label and text, in a fixed order; the embargo on the wall clock of `zone`."""
    embargo = content.get("embargo_until")
    local = datetime.fromisoformat(embargo).astimezone(zone) if embargo else None
    fields = [
        (_("Title"), content.get("title", "")),
        (_("Link"), content.get("link", "")),
        (_("Embargo lifts"), f"{local:%Y-%m-%d %H:%M}" if local else ""),
    ]
    if "copy" in content:
        fields.append((_("Copy"), content["copy"]))
    if content.get("cancelled"):
        fields.append((_("Cancelled"), _("yes")))
    return fields + _words_by_channel(content, channels)


def _words_by_channel(
    content: Mapping[str, Any], channels: Mapping[int, str]
) -> list[tuple[str, str]]:
    """The words on each channel; a channel that says two things is numbered from the second on."""
    said: Counter[int] = Counter()
    fields = []
    for post in content.get("posts", ()):
        pk = post["channel"]
        said[pk] += 1
        name = channels.get(pk, _("a channel"))
        fields.append((name if said[pk] == 1 else f"{name} ({said[pk]})", post["copy"]))
    return fields


def effective_copy(item: ContentItem, post: Placement) -> str:
    """The post's own words, or the story's where it has none."""
    return post.copy or item.copy


def is_live(post: Placement) -> bool:
    """Whether the post is meant to go out or did; only a cancellation takes it away."""
    return post.cancelled_at is None
