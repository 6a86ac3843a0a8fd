"""What people add to a task: a checklist, comments with mentions, attachments."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from people.errors import NotAllowed, Refused
from people.mentions import mentioned
from people.models import Membership
from people.permissions import Perm, can
from plancraft.lib.files import KINDS, NotAccepted, judge
from plans import queries
from plans.models import (
    ChecklistItem,
    Task,
    TaskAttachment,
    TaskComment,
    TaskMention,
)
from plans.work.queries import may_be_mentioned
from plans.work.services._shared import lock_task, lock_to_help, note

LONGEST_COMMENT = 5000
MOST_LINES = 100
MOST_ATTACHMENTS = 50
MEGABYTE = 1024 * 1024


# Checklist ---------------------------------------------------------------------------------------
@transaction.atomic
def add_line(*, task: Task, by: Membership, text: str) -> ChecklistItem:
    """One more line to tick off, at the end."""
    task = lock_to_help(task, by)
    lines = ChecklistItem.objects.filter(task=task)
    if lines.count() >= MOST_LINES:
        raise Refused(_("A checklist holds at most %(most)d lines.") % {"most": MOST_LINES})
    last = lines.order_by("-position").first()
    line = ChecklistItem.objects.create(
        organization=task.organization,
        task=task,
        text=_line_text(text),
        position=(last.position if last else 0) + 1,
    )
    note(task, by, "task.checklist", line=line.pk)
    return line


@transaction.atomic
def reword_line(*, line: ChecklistItem, by: Membership, text: str) -> ChecklistItem:
    """Change what a line says. The same words change nothing."""
    task, line = _lock_line(line, by)
    if line.text != (text := _line_text(text)):
        line.text = text
        line.save(update_fields=["text"])
        note(task, by, "task.checklist", line=line.pk)
    return line


@transaction.atomic
def tick_line(*, line: ChecklistItem, by: Membership, done: bool, at: datetime) -> ChecklistItem:
    """Tick a line off, or take the tick back. Done already: nothing changes."""
    task, line = _lock_line(line, by)
    if (line.done_at is not None) != done:
        line.done_at, line.done_by = (at, by) if done else (None, None)
        line.save(update_fields=["done_at", "done_by"])
        verb = "task.checked" if done else "task.unchecked"
        note(task, by, verb, line=line.pk, text=line.text)
    return line


@transaction.atomic
def remove_line(*, line: ChecklistItem, by: Membership) -> None:
    """Take a line out."""
    task, line = _lock_line(line, by)
    note(task, by, "task.checklist", line=line.pk)
    line.delete()


@transaction.atomic
def order_lines(*, task: Task, by: Membership, order: Sequence[int]) -> None:
    """Put the lines in this order (primary keys); lines that are not named follow as they were."""
    task = lock_to_help(task, by)
    lines = {line.pk: line for line in ChecklistItem.objects.filter(task=task)}
    wanted = [pk for pk in dict.fromkeys(order) if pk in lines]
    wanted += [pk for pk in lines if pk not in wanted]
    if wanted == list(lines):
        return
    for position, pk in enumerate(wanted, 1):
        lines[pk].position = position
    ChecklistItem.objects.bulk_update(lines.values(), ["position"])
    note(task, by, "task.checklist")


def _lock_line(line: ChecklistItem, by: Membership) -> tuple[Task, ChecklistItem]:
    task = lock_to_help(line.task, by)
    found = ChecklistItem.objects.select_for_update(of=("self",)).filter(pk=line.pk).first()
    if found is None:
        raise Refused(_("Someone removed this line in the meantime."))
    return task, found


def _line_text(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise Refused(_("Write what is to be ticked off."))
    return text[:300]


# Comments ----------------------------------------------------------------------------------------
@transaction.atomic
def comment(*, task: Task, by: Membership, text: str) -> TaskComment:
    """Say something about the task; who is addressed by @name is told once.

    Everyone who may read the task may comment on it. Only who may see the plan can be addressed.
    """
    task = lock_task(task)
    if not can(by, Perm.READ, task) or not queries.may_see(by, task.plan):
        raise NotAllowed(_("You may not comment on this task."))
    text = text.strip()
    if not text:
        raise Refused(_("Write something first."))
    if len(text) > LONGEST_COMMENT:
        raise Refused(_("A comment holds at most %(most)d characters.") % {"most": LONGEST_COMMENT})
    names = {member.pk: member.name for member in may_be_mentioned(task)}
    addressed = [pk for pk in mentioned(text, names) if pk != by.pk]
    row = TaskComment.objects.create(
        organization=task.organization, task=task, author=by, text=text
    )
    TaskMention.objects.bulk_create(
        TaskMention(organization=task.organization, comment=row, member_id=pk) for pk in addressed
    )
    note(task, by, "task.commented", comment=row.pk, mentions=addressed)
    return row


@transaction.atomic
def remove_comment(*, comment: TaskComment, by: Membership, at: datetime) -> TaskComment:
    """Its author, or a leader, takes the words away; that something was said stays to be seen."""
    task = lock_task(comment.task)
    row = TaskComment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    leads = can(by, Perm.TASK_EDIT) and by.organization_id == task.organization_id
    if not (row.author_id == by.pk or leads) or not queries.may_see(by, task.plan):
        raise NotAllowed(_("Only who wrote a comment, or a manager, can remove it."))
    if row.removed_at is None:
        row.text, row.removed_at = "", at
        row.save(update_fields=["text", "removed_at"])
        row.mentions.all().delete()
        note(task, by, "task.comment_removed", comment=row.pk)
    return row


# Attachments -------------------------------------------------------------------------------------
@transaction.atomic
def attach(*, task: Task, by: Membership, name: str, content: bytes) -> TaskAttachment:
    """Keep a file with the task, in private storage, judged by its content.

    The same file again is the attachment that is there. `Refused` for one that is too large or of
    a kind that is not kept, with what would be.
    """
    task = lock_to_help(task, by)
    most = settings.ATTACHMENT_MEGABYTES
    if len(content) > most * MEGABYTE:
        raise Refused(_("A file may be at most %(most)d MB.") % {"most": most})
    if not content:
        raise Refused(_("This file is empty."))
    try:
        handed = judge(name, content)
    except NotAccepted:
        raise Refused(
            _("This file cannot be kept, or is not what its name says. What can: %(kinds)s.")
            % {"kinds": KINDS}
        ) from None
    rows = TaskAttachment.objects.filter(task=task)
    there = rows.filter(digest=handed.digest).first()
    if there is not None:
        return there
    if rows.count() >= MOST_ATTACHMENTS:
        raise Refused(_("A task holds at most %(most)d files.") % {"most": MOST_ATTACHMENTS})
    row = TaskAttachment(
        organization=task.organization,
        task=task,
        name=handed.name,
        size=handed.size,
        content_type=handed.content_type,
        digest=handed.digest,
        uploaded_by=by,
    )
    _keep(row, content)
    note(task, by, "task.attached", text=row.name, attachment=row.pk, digest=row.digest)
    return row


def _keep(row: TaskAttachment, content: bytes) -> None:
    """Write the file under a name that tells nothing, then the row; without a row no file stays."""
    place = f"tasks/{row.organization_id}/{uuid.uuid4().hex}"
    row.file.save(place, ContentFile(content), save=False)
    try:
        with transaction.atomic():
            row.save()
    except BaseException:
        row.file.storage.delete(str(row.file.name))
        raise


@transaction.atomic
def remove_attachment(*, attachment: TaskAttachment, by: Membership) -> None:
    """Who attached it, or who may edit the task, takes the file away for good."""
    task = lock_task(attachment.task)
    row = TaskAttachment.objects.select_for_update(of=("self",)).filter(pk=attachment.pk).first()
    if row is None:
        return
    mine = row.uploaded_by_id == by.pk and by.is_active
    if not (mine or can(by, Perm.TASK_EDIT, task)) or not queries.may_see(by, task.plan):
        raise NotAllowed(_("Only who attached a file, or who may change the task, can remove it."))
    note(task, by, "task.attachment_removed", text=row.name, digest=row.digest)
    storage, place = row.file.storage, str(row.file.name)
    row.delete()
    transaction.on_commit(lambda: storage.delete(place))
