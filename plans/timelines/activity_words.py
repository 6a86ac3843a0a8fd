"""How imports of dates read in the history and the feed."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.activity import describes, words
from people.models import Activity


@describes("timeline.imported")
def timeline_imported(activity: Activity) -> str:
    count = int(activity.payload.get("created", 0))
    pattern = ngettext(
        "brought in %(count)d key date or step from “%(file)s”",
        "brought in %(count)d key dates and steps from “%(file)s”",
        count,
    )
    return pattern % {"count": count, "file": words(activity)}


@describes("timeline.undone")
def timeline_undone(activity: Activity) -> str:
    return _("took the import of “%(file)s” back") % {"file": words(activity)}
