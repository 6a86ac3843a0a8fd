"""How imports read in the history and the feed."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.activity import describes
from people.models import Activity


def _file(activity: Activity) -> str:
    text = getattr(activity, "text", None)
    return text.text if text is not None and text.text else _("a file")


@describes("import.done")
def _done(activity: Activity) -> str:
    count = int(activity.payload.get("created", 0))
    return ngettext(
        "imported %(count)d story from %(file)s", "imported %(count)d stories from %(file)s", count
    ) % {"count": count, "file": _file(activity)}


@describes("import.undone")
def _undone(activity: Activity) -> str:
    return _("took the import of %(file)s back") % {"file": _file(activity)}
