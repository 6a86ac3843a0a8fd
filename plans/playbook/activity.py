"""How what happened to questions and to the playbook reads in the activity feed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from people.activity import describes, words
from people.models import Activity


def _named(pattern: str, activity: Activity, **facts: Any) -> str:
    return pattern % {"name": words(activity), **facts}


@describes("question.asked")
def question_asked(activity: Activity) -> str:
    return _named(_("asked: “%(name)s”"), activity)


@describes("question.answered")
def question_answered(activity: Activity) -> str:
    return _named(_("answered “%(name)s”"), activity)


@describes("question.accepted")
def question_accepted(activity: Activity) -> str:
    return _named(_("took an answer to “%(name)s”"), activity)


@describes("question.closed")
def question_closed(activity: Activity) -> str:
    return _named(_("closed the question “%(name)s”"), activity)


@describes("question.reopened")
def question_reopened(activity: Activity) -> str:
    return _named(_("opened the question “%(name)s” again"), activity)


@describes("answer.edited")
def answer_edited(activity: Activity) -> str:
    return _("changed an answer, which read: %(name)s") % {"name": words(activity)}


@describes("playbook.published")
def playbook_published(activity: Activity) -> str:
    return _named(_("published “%(name)s” to the playbook"), activity)


@describes("playbook.edited")
def playbook_edited(activity: Activity) -> str:
    pattern = _("changed “%(name)s” in the playbook, now version %(version)s")
    return _named(pattern, activity, version=activity.payload.get("version", ""))


@describes("playbook.archived")
def playbook_archived(activity: Activity) -> str:
    return _named(_("archived “%(name)s” in the playbook"), activity)


@describes("playbook.restored")
def playbook_restored(activity: Activity) -> str:
    return _named(_("took “%(name)s” out of the archive of the playbook"), activity)
