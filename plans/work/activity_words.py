"""How what happened to tasks reads in the activity feed."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.activity import describes, words
from people.models import Activity
from plans.work.records import TASK_LABELS


def _named(pattern: str, activity: Activity, **facts: object) -> str:
    return pattern % {"name": words(activity), **facts}


@describes("task.created")
def task_created(activity: Activity) -> str:
    return _named(_("added the task “%(name)s”"), activity)


@describes("task.edited")
def task_edited(activity: Activity) -> str:
    names = [str(TASK_LABELS[f]).lower() for f in activity.payload["fields"] if f in TASK_LABELS]
    pattern = _("changed the task “%(name)s”: %(fields)s")
    return _named(pattern, activity, fields=", ".join(names))


@describes("task.started")
def task_started(activity: Activity) -> str:
    return _named(_("started “%(name)s”"), activity)


@describes("task.paused")
def task_paused(activity: Activity) -> str:
    return _named(_("put “%(name)s” back to do"), activity)


@describes("task.finished")
def task_finished(activity: Activity) -> str:
    return _named(_("finished “%(name)s”"), activity)


@describes("task.cancelled")
def task_cancelled(activity: Activity) -> str:
    if activity.payload.get("reason"):
        return _named(_("cancelled the task: %(name)s"), activity)
    return _named(_("cancelled “%(name)s”"), activity)


@describes("task.reopened")
def task_reopened(activity: Activity) -> str:
    return _named(_("reopened “%(name)s”"), activity)


@describes("task.moved")
def task_moved(activity: Activity) -> str:
    return _named(_("moved “%(name)s” to another day"), activity)


@describes("task.linked")
def task_linked(activity: Activity) -> str:
    return _named(_("changed what “%(name)s” must precede"), activity)


@describes("task.checklist")
def task_checklist(activity: Activity) -> str:
    return _named(_("changed the checklist of “%(name)s”"), activity)


@describes("task.checked")
def task_checked(activity: Activity) -> str:
    return _named(_("ticked off “%(name)s”"), activity)


@describes("task.unchecked")
def task_unchecked(activity: Activity) -> str:
    return _named(_("took back the tick at “%(name)s”"), activity)


@describes("task.commented")
def task_commented(activity: Activity) -> str:
    return _named(_("commented on “%(name)s”"), activity)


@describes("task.comment_removed")
def task_comment_removed(activity: Activity) -> str:
    return _named(_("removed a comment on “%(name)s”"), activity)


@describes("task.attached")
def task_attached(activity: Activity) -> str:
    return _named(_("attached “%(name)s”"), activity)


@describes("task.attachment_removed")
def task_attachment_removed(activity: Activity) -> str:
    return _named(_("removed the attachment “%(name)s”"), activity)


@describes("tasks.assigned")
def tasks_assigned(activity: Activity) -> str:
    count = len(activity.payload["tasks"])
    pattern = ngettext("gave %(count)d task to %(name)s", "gave %(count)d tasks to %(name)s", count)
    return _named(pattern, activity, count=count)


@describes("tasks.moved")
def tasks_moved(activity: Activity) -> str:
    count = len(activity.payload["tasks"])
    pattern = ngettext("moved %(count)d task", "moved %(count)d tasks", count)
    return _named(pattern, activity, count=count)


@describes("tasks.undone")
def tasks_undone(activity: Activity) -> str:
    return _("took back what was done to several tasks")
