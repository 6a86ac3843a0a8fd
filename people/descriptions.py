"""How this room's activities read in a feed, after the actor's name."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people.activity import describes, words
from people.models import Activity
from people.models.organizations import Role
from plancraft.lib.dates import parse_day

SENTENCES = {
    "organization.created": lambda: _("founded %(words)s."),
    "closure_day.added": lambda: _("made %(day)s a closure day: %(words)s."),
    "closure_day.removed": lambda: _("made %(day)s a working day again (%(words)s)."),
    "department.created": lambda: _("added the department %(words)s."),
    "department.renamed": lambda: _("renamed a department to %(words)s."),
    "department.deleted": lambda: _("removed the department %(words)s."),
    "invitation.created": lambda: _("invited %(words)s as %(role)s."),
    "invitation.renewed": lambda: _("renewed the invitation of %(words)s."),
    "invitation.revoked": lambda: _("withdrew the invitation of %(words)s."),
    "member.joined": lambda: _("joined as %(role)s."),
    "member.role_changed": lambda: _("changed the role of %(words)s from %(from)s to %(to)s."),
    "member.department_changed": lambda: _("moved %(words)s to another department."),
    "member.handed_over": lambda: _("handed over what %(words)s owned."),
    "member.deactivated": lambda: _("deactivated %(words)s."),
    "member.reactivated": lambda: _("reactivated %(words)s."),
}
"""Verb -> its sentence, translated when it is read."""

FIELDS = {
    "name": lambda: _("name"),
    "time_zone": lambda: _("time zone"),
    "country": lambda: _("country"),
    "subdivision": lambda: _("region"),
    "working_weekdays": lambda: _("working days"),
    "work_starts": lambda: _("start of work"),
    "work_ends": lambda: _("end of work"),
    "week_start": lambda: _("first day of the week"),
    "tolerance_hours": lambda: _("tolerance"),
}


def _role(value: Any) -> str:
    """A role as the reader calls it; anything else as it stands."""
    return str(Role(value).label).lower() if value in Role.values else str(value)


def _day(value: str) -> str:
    """A day as people write it; anything else as it stands."""
    day = parse_day(value)
    return date_format(day, "D j F Y") if day else value


def _describe(activity: Activity) -> str:
    payload = activity.payload
    facts = {key: _role(payload.get(key, "")) for key in ("role", "from", "to")}
    day = _day(payload.get("day", ""))
    return SENTENCES[activity.verb]() % {**facts, "day": day, "words": words(activity)}


for _verb in SENTENCES:
    describes(_verb)(_describe)


@describes("organization.changed")
def _settings_changed(activity: Activity) -> str:
    """Which settings, in words."""
    names = [FIELDS[name]() if name in FIELDS else name for name in activity.payload["fields"]]
    return _("changed the settings: %(names)s.") % {"names": ", ".join(names)}
