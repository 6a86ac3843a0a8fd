"""How what happened to objectives reads in the activity feed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from people.activity import describes, words
from people.models import Activity
from plans.objectives.records import OBJECTIVE_LABELS
from plans.objectives.services import read_words


@describes("objective.edited")
def objective_edited(activity: Activity) -> str:
    changed = activity.payload.get("fields", [])
    names = [str(OBJECTIVE_LABELS[f]).lower() for f in changed if f in OBJECTIVE_LABELS]
    pattern = _("changed the objective “%(title)s”: %(fields)s")
    return pattern % {"title": words(activity), "fields": ", ".join(names)}


@describes("objective.read")
def objective_read(activity: Activity) -> str:
    pattern = _("recorded %(reading)s for “%(title)s”")
    return pattern % {"reading": read_words(activity.payload), "title": words(activity)}


@describes("objective.unread")
def objective_unread(activity: Activity) -> str:
    pattern = _("took back %(reading)s for “%(title)s”")
    return pattern % {"reading": read_words(activity.payload), "title": words(activity)}
