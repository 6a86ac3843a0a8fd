"""How changes of the matrix read in the activity feed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from people.activity import describes, words
from people.models import Activity


@describes("responsibilities.changed")
def responsibilities_changed(activity: Activity) -> str:
    return _("changed who does what in “%(name)s”") % {"name": words(activity)}
