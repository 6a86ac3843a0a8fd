"""How what happened to stories and posts reads in the history and the feed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from calendar_app.fields import POST_LABELS, STORY_LABELS
from calendar_app.models import ContentItem, Placement
from people.activity import NAMES, describes
from people.activity import words as said
from people.models import Activity

NAMES[ContentItem._meta.label] = gettext_lazy("story")
NAMES[Placement._meta.label] = gettext_lazy("post")


def _channel(activity: Activity) -> str:
    return str(activity.payload.get("channel_name") or _("a channel"))


def _when(text: str | None) -> str:
    """An instant of the payload, in the reader's own zone."""
    if not text:
        return _("no date")
    local = localtime(datetime.fromisoformat(text))
    return f"{date_format(local, 'D j M')}, {local:%H:%M}"


def _fields(activity: Activity, labels: Mapping[str, Any]) -> str:
    return ", ".join(
        str(labels.get(name, name)).lower() for name in activity.payload.get("fields", ())
    )


def _with_reason(words: str, activity: Activity) -> str:
    """The deed and, where somebody gave one, the reason."""
    reason = said(activity)
    return f"{words}: {reason}" if reason else words


@describes("story.created")
def _created(activity: Activity) -> str:
    count = int(activity.payload.get("posts", 0))
    if not count:
        return _("started the story")
    return ngettext(
        "started the story with one post", "started the story with %(count)d posts", count
    ) % {"count": count}


@describes("story.edited")
def _edited(activity: Activity) -> str:
    return _("changed %(fields)s") % {"fields": _fields(activity, STORY_LABELS)}


@describes("story.collaborators")
def _collaborators(activity: Activity) -> str:
    return _("changed who helps")


@describes("story.cancelled")
def _cancelled(activity: Activity) -> str:
    return _with_reason(_("cancelled the story"), activity)


@describes("story.restored")
def _restored(activity: Activity) -> str:
    return _("brought the story back")


@describes("post.added")
def _added(activity: Activity) -> str:
    return _("added a post on %(channel)s for %(when)s") % {
        "channel": _channel(activity),
        "when": _when(activity.payload.get("at")),
    }


@describes("post.edited")
def _post_edited(activity: Activity) -> str:
    return _("changed the post on %(channel)s: %(fields)s") % {
        "channel": _channel(activity),
        "fields": _fields(activity, POST_LABELS),
    }


@describes("post.moved")
def _moved(activity: Activity) -> str:
    return _("moved the post on %(channel)s from %(was)s to %(to)s") % {
        "channel": _channel(activity),
        "was": _when(activity.payload.get("was")),
        "to": _when(activity.payload.get("to")),
    }


@describes("post.cancelled")
def _post_cancelled(activity: Activity) -> str:
    words = _("cancelled the post on %(channel)s") % {"channel": _channel(activity)}
    return _with_reason(words, activity)


@describes("post.restored")
def _post_restored(activity: Activity) -> str:
    return _("brought the post on %(channel)s back") % {"channel": _channel(activity)}


@describes("post.published")
def _published(activity: Activity) -> str:
    return _("recorded that the post on %(channel)s went out, %(when)s") % {
        "channel": _channel(activity),
        "when": _when(activity.payload.get("at")),
    }


@describes("post.bypassed")
def _bypassed(activity: Activity) -> str:
    return _("published on %(channel)s past approval, %(when)s") % {
        "channel": _channel(activity),
        "when": _when(activity.payload.get("at")),
    }


@describes("post.not_published")
def _not_published(activity: Activity) -> str:
    return _("said that the post on %(channel)s did not go out, planned for %(when)s") % {
        "channel": _channel(activity),
        "when": _when(activity.payload.get("was")),
    }


def _slot(activity: Activity) -> str:
    """The days of a gap, as they were."""
    days = [date.fromisoformat(activity.payload[name]) for name in ("first", "last")]
    said = [date_format(day, "j F Y") for day in dict.fromkeys(days)]
    return " – ".join(said)


@describes("gap.filled")
def _filled(activity: Activity) -> str:
    return _("filled the gap on %(channel)s, %(days)s") % {
        "channel": _channel(activity),
        "days": _slot(activity),
    }


@describes("gap.handed_on")
def _handed_on(activity: Activity) -> str:
    if "stakeholder" in activity.payload:
        return _("asked someone to speak with a stakeholder")
    return _("handed on the gap on %(channel)s, %(days)s") % {
        "channel": _channel(activity),
        "days": _slot(activity),
    }


@describes("gap.waived")
def _waived(activity: Activity) -> str:
    until = date_format(date.fromisoformat(activity.payload["until"]), "j F Y")
    if "stakeholder" in activity.payload:
        return _("waived a stakeholder’s rhythm until %(until)s") % {"until": until}
    return _("waived the gap on %(channel)s, %(days)s, until %(until)s") % {
        "channel": _channel(activity),
        "days": _slot(activity),
        "until": until,
    }


@describes("gap.unwaived")
def _unwaived(activity: Activity) -> str:
    if "stakeholder" in activity.payload:
        return _("took back the waiver of a stakeholder’s rhythm")
    return _("took back the waiver of a gap on %(channel)s") % {"channel": _channel(activity)}
