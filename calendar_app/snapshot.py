"""What a reader would see of a story: the exact content that an approval is bound to (rule 6).

    title, link, embargo, and for each live post its channel and the copy that stands there;
    that it is cancelled, where it is

Times are left out on purpose: a change that only moves the time keeps approvals. Names of channels
are left out too, so that renaming a channel voids nothing. Two posts on one channel with the same
words count once: repeating what was approved needs no new approval.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import Any

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


def effective_copy(item: ContentItem, post: Placement) -> str:
    """The post's own words, or the story's where it has none."""
    return post.copy or item.copy


def is_live(post: Placement) -> bool:
    """Whether the post is meant to go out or did; only a cancellation takes it away."""
    return post.cancelled_at is None
