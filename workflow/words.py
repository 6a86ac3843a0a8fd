"""How what happened to ownership and approval reads, after the name of who did it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from people.activity import describes
from people.models import Activity


def _text(activity: Activity) -> str:
    """The words beside the record: a name, a reason or a comment; empty once erased."""
    text = getattr(activity, "text", None)
    return text.text if text is not None else ""


def _with(sentence: str, activity: Activity) -> str:
    """The sentence, with the words that belong to it where there are any."""
    words = _text(activity)
    return f"{sentence}: {words}" if words else sentence


def _to(activity: Activity) -> str:
    return _text(activity) or _("someone")


@describes("ownership.claimed")
def _claimed(activity: Activity) -> str:
    return _("took it")


@describes("ownership.assign_undone")
def _assign_undone(activity: Activity) -> str:
    return _("took that back")


@describes("ownership.claim_undone")
def _claim_undone(activity: Activity) -> str:
    return _("gave it back at once")


@describes("ownership.assigned")
def _assigned(activity: Activity) -> str:
    return _("gave it to %(name)s") % {"name": _to(activity)}


@describes("ownership.offered")
def _offered(activity: Activity) -> str:
    return _("asked %(name)s to take it") % {"name": _to(activity)}


@describes("ownership.offer_withdrawn")
def _offer_withdrawn(activity: Activity) -> str:
    return _("no longer asks %(name)s") % {"name": _to(activity)}


@describes("ownership.accepted")
def _accepted(activity: Activity) -> str:
    return _("accepted and owns it now")


@describes("ownership.declined")
def _declined(activity: Activity) -> str:
    return _("declined to take it")


@describes("ownership.vacated")
def _vacated(activity: Activity) -> str:
    return _with(_("left it without an owner"), activity)


@describes("review.submitted")
def _submitted(activity: Activity) -> str:
    return _("submitted revision %(number)s for approval") % {
        "number": activity.payload.get("revision", "")
    }


@describes("review.superseded")
def _superseded(activity: Activity) -> str:
    return _("edited it while it was in review; it has to be submitted again")


@describes("review.withdrawn")
def _withdrawn(activity: Activity) -> str:
    return _("took the submission back")


@describes("review.approved")
def _approved(activity: Activity) -> str:
    number = {"number": activity.payload.get("revision", "")}
    if activity.payload.get("closed"):
        return _("approved revision %(number)s") % number
    return _("approved revision %(number)s; others still have to") % number


@describes("review.changes")
def _changes(activity: Activity) -> str:
    return _with(_("requested changes"), activity)


@describes("review.rejected")
def _rejected(activity: Activity) -> str:
    return _with(_("rejected it"), activity)


@describes("approval.released")
def _released(activity: Activity) -> str:
    return _("released revision %(number)s; no approval is needed for it") % {
        "number": activity.payload.get("revision", "")
    }


@describes("approval.withdrawn")
def _approval_withdrawn(activity: Activity) -> str:
    return _with(_("withdrew the approval"), activity)


@describes("approval.recalled")
def _recalled(activity: Activity) -> str:
    return _with(_("recalled it after it went out"), activity)


@describes("workflow.created")
def _workflow_created(activity: Activity) -> str:
    return _("set up the workflow “%(name)s”") % {"name": _text(activity)}


@describes("workflow.changed")
def _workflow_changed(activity: Activity) -> str:
    return _("changed who approves in “%(name)s”") % {"name": _text(activity)}


@describes("workflow.retired")
def _workflow_retired(activity: Activity) -> str:
    return _("ended the workflow “%(name)s”") % {"name": _text(activity)}
