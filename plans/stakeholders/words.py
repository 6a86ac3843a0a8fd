"""Stakeholders in words: how long ago, how often, and how their record reads."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.activity import describes, words
from people.models import Activity
from plans.models import Touchpoint
from plans.stakeholders.records import LABELS
from plans.stakeholders.rules import Contact


def days_ago(days: int) -> str:
    """Today, yesterday, 41 days ago."""
    if days <= 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}


def every_words(rhythm_days: int | None) -> str:
    """Like "every 30 days"; "no rhythm" where none is kept."""
    if rhythm_days is None:
        return _("no rhythm")
    return ngettext("every day", "every %(days)d days", rhythm_days) % {"days": rhythm_days}


def last_words(contact: Contact, today: date) -> str:
    """Like "last spoken 41 days ago, every 30"; where nobody spoke yet, when it was added."""
    spoken = contact.last is not None
    ago = days_ago((today - contact.since).days)
    words = {"ago": ago, "rhythm": contact.rhythm_days}
    if contact.rhythm_days is None:
        plain = _("last spoken %(ago)s") if spoken else _("not spoken to yet, added %(ago)s")
        return plain % words
    if spoken:
        return _("last spoken %(ago)s, every %(rhythm)d") % words
    return _("not spoken to yet, added %(ago)s, every %(rhythm)d") % words


def due_words(contact: Contact, today: date) -> str:
    """Like "11 days past the rhythm", "by Thu 26 November, 4 days left"; empty without a rhythm."""
    if contact.due is None:
        return ""
    left = (contact.due - today).days
    if left < 0:
        return ngettext("%(days)d day past the rhythm", "%(days)d days past the rhythm", -left) % {
            "days": -left
        }
    if left == 0:
        return _("today is the last day")
    return ngettext("by %(day)s, %(days)d day left", "by %(day)s, %(days)d days left", left) % {
        "day": date_format(contact.due, _("D j F")),
        "days": left,
    }


def _named(pattern: str, activity: Activity) -> str:
    return pattern % {"name": words(activity)}


@describes("stakeholder.created")
def _created(activity: Activity) -> str:
    return _named(_("added the stakeholder %(name)s"), activity)


@describes("stakeholder.edited")
def _edited(activity: Activity) -> str:
    names = [str(LABELS[f]).lower() for f in activity.payload.get("fields", []) if f in LABELS]
    pattern = _("changed the stakeholder %(name)s: %(fields)s")
    return pattern % {"name": words(activity), "fields": ", ".join(names)}


@describes("stakeholder.archived")
def _archived(activity: Activity) -> str:
    return _named(_("archived the stakeholder %(name)s"), activity)


@describes("stakeholder.restored")
def _restored(activity: Activity) -> str:
    return _named(_("restored the stakeholder %(name)s"), activity)


@describes("stakeholder.exported")
def _exported(activity: Activity) -> str:
    return _("exported what is held about this stakeholder")


@describes("stakeholders.exported")
def _list_exported(activity: Activity) -> str:
    count = activity.payload.get("count", 0)
    return ngettext(
        "exported a list of %(n)d stakeholder", "exported a list of %(n)d stakeholders", count
    ) % {"n": count}


@describes("stakeholder.erased")
def _erased(activity: Activity) -> str:
    count = activity.payload.get("touchpoints", 0)
    return ngettext(
        "erased what was held about a stakeholder; %(n)d touchpoint stays counted",
        "erased what was held about a stakeholder; %(n)d touchpoints stay counted",
        count,
    ) % {"n": count}


def _contact(activity: Activity) -> dict[str, str]:
    means, day = activity.payload["means"], date.fromisoformat(activity.payload["day"])
    known = dict(Touchpoint.Means.choices)
    return {"means": str(known.get(means, means)).lower(), "day": date_format(day, _("D j F"))}


@describes("touchpoint.recorded")
def _touched(activity: Activity) -> str:
    if activity.payload.get("is_briefing"):
        return _("recorded that the media were briefed, %(means)s on %(day)s") % _contact(activity)
    return _("recorded a touchpoint, %(means)s on %(day)s") % _contact(activity)


@describes("touchpoint.removed")
def _untouched(activity: Activity) -> str:
    return _("removed a touchpoint, %(means)s on %(day)s") % _contact(activity)
