"""How what happened to plans, streams, channels and promises reads in the activity feed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people.activity import describes
from people.models import Activity
from plans.records import CHANNEL_LABELS, PLAN_LABELS, STREAM_LABELS, terms_from_facts
from plans.rules import PlanState
from plans.wording import promise_words


def _words(activity: Activity) -> str:
    """The erasable words of an activity, or empty where they were erased."""
    text = getattr(activity, "text", None)
    return text.text if text is not None else ""


def _named(pattern: str, activity: Activity, **facts: Any) -> str:
    return pattern % {"name": _words(activity), **facts}


def _fields(activity: Activity, labels: dict[str, Any]) -> str:
    names = [str(labels[f]) for f in activity.payload.get("fields", []) if f in labels]
    return ", ".join(name.lower() for name in names)


def _promise(activity: Activity) -> str:
    return promise_words(terms_from_facts(activity.payload["terms"]))


@describes("plan.created")
def plan_created(activity: Activity) -> str:
    if activity.payload.get("champion") is None:
        return _("created this plan, which has no champion yet")
    return _("created this plan")


@describes("plan.copied")
def plan_copied(activity: Activity) -> str:
    return _("made this plan as a copy, with everything in it to be done again")


@describes("plan.edited")
def plan_edited(activity: Activity) -> str:
    return _("changed the plan: %(fields)s") % {"fields": _fields(activity, PLAN_LABELS)}


@describes("plan.started")
def plan_started(activity: Activity) -> str:
    if activity.payload.get("approved"):
        return _("started the plan, which is approved")
    return _("started the plan")


@describes("plan.closed")
def plan_closed(activity: Activity) -> str:
    return _("closed the plan")


@describes("plan.reopened")
def plan_reopened(activity: Activity) -> str:
    if activity.payload.get("to") == PlanState.DRAFT:
        return _("reopened the plan as a draft, to be approved")
    return _("reopened the plan")


@describes("plan.taken_over")
def plan_taken_over(activity: Activity) -> str:
    return _named(_("took over this confidential plan: “%(name)s”"), activity)


@describes("stream.created")
def stream_created(activity: Activity) -> str:
    return _named(_("added the stream “%(name)s”"), activity)


@describes("stream.edited")
def stream_edited(activity: Activity) -> str:
    pattern = _("changed the stream “%(name)s”: %(fields)s")
    return _named(pattern, activity, fields=_fields(activity, STREAM_LABELS))


@describes("stream.archived")
def stream_archived(activity: Activity) -> str:
    return _named(_("archived the stream “%(name)s”"), activity)


@describes("stream.restored")
def stream_restored(activity: Activity) -> str:
    return _named(_("restored the stream “%(name)s”"), activity)


@describes("channel.created")
def channel_created(activity: Activity) -> str:
    return _named(_("added the channel %(name)s"), activity)


@describes("channel.edited")
def channel_edited(activity: Activity) -> str:
    pattern = _("changed the channel %(name)s: %(fields)s")
    return _named(pattern, activity, fields=_fields(activity, CHANNEL_LABELS))


@describes("channel.archived")
def channel_archived(activity: Activity) -> str:
    return _named(_("archived the channel %(name)s"), activity)


@describes("channel.restored")
def channel_restored(activity: Activity) -> str:
    return _named(_("restored the channel %(name)s"), activity)


@describes("promise.made")
def promise_made(activity: Activity) -> str:
    return _named(_("promised on %(name)s: %(promise)s"), activity, promise=_promise(activity))


@describes("promise.changed")
def promise_changed(activity: Activity) -> str:
    before = promise_words(terms_from_facts(activity.payload["before"]))
    pattern = _("changed what is promised on %(name)s: %(promise)s, before %(before)s")
    return _named(pattern, activity, promise=_promise(activity), before=before)


@describes("promise.ended")
def promise_ended(activity: Activity) -> str:
    last = date_format(date.fromisoformat(activity.payload["last_day"]), _("D j F"))
    pattern = _("let the promise on %(name)s end on %(day)s: %(promise)s")
    return _named(pattern, activity, promise=_promise(activity), day=last)


@describes("promise.withdrawn")
def promise_withdrawn(activity: Activity) -> str:
    pattern = _("withdrew the promise on %(name)s before it began: %(promise)s")
    return _named(pattern, activity, promise=_promise(activity))


@describes("blackout.added")
def blackout_added(activity: Activity) -> str:
    return _named(_("asked for quiet days: %(name)s"), activity)


@describes("blackout.removed")
def blackout_removed(activity: Activity) -> str:
    return _named(_("lifted the quiet days: %(name)s"), activity)
