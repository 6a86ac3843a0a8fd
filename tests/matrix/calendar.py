"""Who gets which page of the calendar, of stories and of posts."""

from __future__ import annotations

from typing import Any

from calendar_app.fields import when_seen
from people.permissions import Perm
from tests.matrix import Row

READERS = {"admin": 200, "manager": 200, "member": 200, "expert": 200, "viewer": 200}
WRITERS = {"admin": 200, "manager": 200, "member": 200, "expert": 403, "viewer": 403}
LEADERS = {"admin": 200, "manager": 200, "member": 403, "expert": 403, "viewer": 403}


def saved(expect: dict[str, int]) -> dict[str, int]:
    """The same people, after whose POST the browser is sent on."""
    return {role: 302 if status == 200 else status for role, status in expect.items()}


def story(w: Any) -> dict[str, Any]:
    return {"item_id": w.story.pk}


def post(w: Any) -> dict[str, Any]:
    return {"post_id": w.post.pk}


def new_story(w: Any) -> dict[str, Any]:
    return {
        "title": "Fraud week",
        "plan": w.plan.pk,
        "posts-TOTAL_FORMS": 0,
        "posts-INITIAL_FORMS": 0,
    }


def edited_story(w: Any) -> dict[str, Any]:
    return {"title": "Fraud week", "version": w.story.version}


def new_post(w: Any) -> dict[str, Any]:
    return {"channel": w.channel.pk, "day": "2027-03-12", "clock": "09:00"}


def edited_post(w: Any) -> dict[str, Any]:
    return {"channel": w.channel.pk, "copy": "Short", "version": w.story.version}


def moved(w: Any) -> dict[str, Any]:
    return {"day": "2027-03-15", "clock": "09:00", "seen": when_seen(w.post)}


# The story and its post are drafts that the cast's member does not own: drafts are everybody's.
ROWS = [
    Row("calendar", READERS, Perm.READ),
    Row("calendar-list", READERS, Perm.READ),
    Row("tray", READERS, Perm.READ),
    Row("story", READERS, Perm.READ, kwargs=story),
    Row("story-new", WRITERS, Perm.STORY_EDIT),
    Row("story-new", saved(WRITERS), Perm.STORY_EDIT, "POST", data=new_story),
    Row("story-edit", WRITERS, Perm.STORY_EDIT, kwargs=story),
    Row("story-edit", saved(WRITERS), Perm.STORY_EDIT, "POST", kwargs=story, data=edited_story),
    Row("story-helpers", LEADERS, Perm.ASSIGN, kwargs=story),
    Row("story-helpers", saved(LEADERS), Perm.ASSIGN, "POST", kwargs=story),
    Row("story-cancel", WRITERS, Perm.POST_MOVE, kwargs=story),
    Row("story-cancel", saved(WRITERS), Perm.POST_MOVE, "POST", kwargs=story),
    Row("story-restore", saved(WRITERS), Perm.POST_MOVE, "POST", kwargs=story),
    Row("post-new", WRITERS, Perm.STORY_EDIT, kwargs=story),
    Row("post-new", saved(WRITERS), Perm.STORY_EDIT, "POST", kwargs=story, data=new_post),
    Row("post-edit", WRITERS, Perm.STORY_EDIT, kwargs=post),
    Row("post-edit", saved(WRITERS), Perm.STORY_EDIT, "POST", kwargs=post, data=edited_post),
    Row("post-move", WRITERS, Perm.POST_MOVE, kwargs=post),
    Row("post-move", saved(WRITERS), Perm.POST_MOVE, "POST", kwargs=post, data=moved),
    Row("post-cancel", WRITERS, Perm.POST_MOVE, kwargs=post),
    Row("post-cancel", saved(WRITERS), Perm.POST_MOVE, "POST", kwargs=post),
    Row("post-restore", saved(WRITERS), Perm.POST_MOVE, "POST", kwargs=post),
]
