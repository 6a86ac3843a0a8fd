"""How what happened to planning meetings reads in the activity feed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people.activity import describes, words
from people.models import Activity
from plans.meetings.records import SERIES_LABELS


def _named(pattern: str, activity: Activity, **facts: Any) -> str:
    return pattern % {"name": words(activity), "day": _day(activity), **facts}


def _day(activity: Activity) -> str:
    said = activity.payload.get("day")
    return date_format(date.fromisoformat(said), _("D j F")) if said else ""


@describes("meeting.scheduled")
def scheduled(activity: Activity) -> str:
    return _named(_("scheduled the meetings “%(name)s”"), activity)


@describes("meeting.changed")
def changed(activity: Activity) -> str:
    names = [
        str(SERIES_LABELS[f]).lower() for f in activity.payload["fields"] if f in SERIES_LABELS
    ]
    pattern = _("changed the meetings “%(name)s”: %(fields)s")
    return _named(pattern, activity, fields=", ".join(names))


@describes("meeting.went_on")
def went_on(activity: Activity) -> str:
    return _named(_("changed the meetings “%(name)s” from %(day)s on"), activity)


@describes("meeting.ended")
def ended(activity: Activity) -> str:
    return _named(_("ended the meetings “%(name)s”"), activity)


@describes("meeting.moved_one")
def moved_one(activity: Activity) -> str:
    return _named(_("changed one meeting of “%(name)s”, now %(day)s"), activity)


@describes("meeting.cancelled_one")
def cancelled_one(activity: Activity) -> str:
    return _named(_("cancelled “%(name)s” on %(day)s"), activity)


@describes("meeting.restored_one")
def restored_one(activity: Activity) -> str:
    return _named(_("brought back “%(name)s” on %(day)s"), activity)


@describes("meeting.flagged")
def flagged(activity: Activity) -> str:
    if activity.payload.get("kind") == "worked":
        return _named(_("noted for “%(name)s” what worked well"), activity)
    return _named(_("noted for “%(name)s” what needs a tweak"), activity)


@describes("meeting.agenda_drawn")
def agenda_drawn(activity: Activity) -> str:
    return _named(_("drew up the agenda of “%(name)s” on %(day)s"), activity)


@describes("meeting.agenda_edited")
def agenda_edited(activity: Activity) -> str:
    return _named(_("edited the agenda of “%(name)s” on %(day)s"), activity)


@describes("meeting.noted")
def noted(activity: Activity) -> str:
    return _named(_("wrote notes of “%(name)s” on %(day)s"), activity)


@describes("meeting.decided")
def decided(activity: Activity) -> str:
    return _named(_("wrote down a decision: %(name)s"), activity)


@describes("meeting.undecided")
def undecided(activity: Activity) -> str:
    return _named(_("took back a decision: %(name)s"), activity)


@describes("meeting.agreed")
def agreed(activity: Activity) -> str:
    if activity.payload.get("task"):
        return _named(_("made a task of: %(name)s"), activity)
    return _named(_("noted what is to be done: %(name)s"), activity)


@describes("meeting.disagreed")
def disagreed(activity: Activity) -> str:
    return _named(_("took back what was to be done: %(name)s"), activity)


@describes("meeting.minutes_sent")
def minutes_sent(activity: Activity) -> str:
    return _named(_("mailed the minutes of “%(name)s” on %(day)s"), activity)
