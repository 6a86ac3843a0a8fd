"""How what happened to key dates and back-schedules reads in the activity feed."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.activity import describes, words
from people.models import Activity
from plans.models.keydates import Answer
from plans.schedule.records import KEY_DATE_LABELS


def _named(pattern: str, activity: Activity, **facts: object) -> str:
    return pattern % {"name": words(activity), **facts}


def _day(activity: Activity, key: str) -> str:
    return date_format(date.fromisoformat(activity.payload[key]), _("D j F Y"))


def _moved(activity: Activity) -> str:
    """How many steps a change moved or made."""
    count = len(activity.payload.get("moved", [])) + len(activity.payload.get("made", []))
    return ngettext("%(count)d step", "%(count)d steps", count) % {"count": count}


@describes("key_date.created")
def key_date_created(activity: Activity) -> str:
    return _named(
        _("added the key date “%(name)s” on %(day)s"), activity, day=_day(activity, "date")
    )


@describes("key_date.edited")
def key_date_edited(activity: Activity) -> str:
    labels = {**KEY_DATE_LABELS, "affected": _("departments affected")}
    names = [str(labels[f]).lower() for f in activity.payload["fields"] if f in labels]
    pattern = _("changed the key date “%(name)s”: %(fields)s")
    return _named(pattern, activity, fields=", ".join(names))


@describes("key_date.answered")
def key_date_answered(activity: Activity) -> str:
    said = str(Answer(activity.payload["answer"]).label).lower()
    pattern = _("answered for %(team)s about “%(name)s”: %(answer)s")
    if activity.payload["before"]:
        pattern = _("changed the answer of %(team)s about “%(name)s” to: %(answer)s")
    return _named(pattern, activity, team=activity.payload["team"], answer=said)


@describes("key_date.done")
def key_date_done(activity: Activity) -> str:
    return _named(_("marked the key date “%(name)s” done"), activity)


@describes("key_date.cancelled")
def key_date_cancelled(activity: Activity) -> str:
    return _named(_("called off the key date “%(name)s”"), activity)


@describes("key_date.reopened")
def key_date_reopened(activity: Activity) -> str:
    return _named(_("reopened the key date “%(name)s”"), activity)


@describes("key_date.built")
def key_date_built(activity: Activity) -> str:
    pattern = _("built %(steps)s back from “%(name)s” on %(day)s")
    return _named(pattern, activity, steps=_moved(activity), day=_day(activity, "date"))


@describes("key_date.moved")
def key_date_moved(activity: Activity) -> str:
    pattern = _("moved “%(name)s” from %(was)s to %(day)s, and %(steps)s with it")
    return _named(
        pattern,
        activity,
        was=_day(activity, "was"),
        day=_day(activity, "date"),
        steps=_moved(activity),
    )


@describes("key_date.leads_changed")
def key_date_leads_changed(activity: Activity) -> str:
    pattern = _("changed leads before “%(name)s”, which moved %(steps)s")
    return _named(pattern, activity, steps=_moved(activity))


@describes("key_date.pinned")
def key_date_pinned(activity: Activity) -> str:
    return _named(_("set the day of a step before “%(name)s” by hand"), activity)


@describes("key_date.unpinned")
def key_date_unpinned(activity: Activity) -> str:
    return _named(_("let a step before “%(name)s” be built back again"), activity)


@describes("key_date.recomputed")
def key_date_recomputed(activity: Activity) -> str:
    pattern = _("brought %(steps)s before “%(name)s” in line with the working calendar")
    return _named(pattern, activity, steps=_moved(activity))


@describes("back_schedule.created")
def back_schedule_created(activity: Activity) -> str:
    return _named(_("made the back-schedule “%(name)s”"), activity)


@describes("back_schedule.edited")
def back_schedule_edited(activity: Activity) -> str:
    return _named(_("changed the back-schedule “%(name)s”"), activity)


@describes("back_schedule.copied")
def back_schedule_copied(activity: Activity) -> str:
    return _named(_("copied a back-schedule as “%(name)s”"), activity)


@describes("back_schedule.archived")
def back_schedule_archived(activity: Activity) -> str:
    return _named(_("archived the back-schedule “%(name)s”"), activity)


@describes("back_schedule.restored")
def back_schedule_restored(activity: Activity) -> str:
    return _named(_("restored the back-schedule “%(name)s”"), activity)
