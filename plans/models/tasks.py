"""Tasks with one owner, what they must precede, and what people add to them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Organization
from plancraft.lib.files import private_storage
from plancraft.lib.models import one_of, tenant_constraints
from plans.models.keydates import KeyDate
from plans.models.plans import Plan, Stream
from workflow.models import Owned
from workflow.models.ownership import owned_constraints


class TaskState(models.TextChoices):
    """The states of a task; which leads to which stands in `plans.work.rules`."""

    OPEN = "open", _("To do")
    DOING = "doing", _("In progress")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_TASKS = [TaskState.OPEN.value, TaskState.DOING.value]
"""The states of a task that is still to be done."""


class Task(Owned):
    """A piece of work with one owner (rule 2), due on a local day of the organization.

    A task that was built back from `key_date` carries the `step_key` of its template's step and its
    `lead` in working days; with `lead` null it was not, and its `due` is only ever set by hand.
    `pinned`: the day was set by hand and does not move (rule 3). `role` names for whom it is meant
    while nobody owns it. With candidates and `decide_by`, who is to own it is still to be decided.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="tasks")
    key_date = models.ForeignKey(
        KeyDate, models.SET_NULL, null=True, blank=True, related_name="tasks"
    )
    stream = models.ForeignKey(Stream, models.SET_NULL, null=True, blank=True, related_name="tasks")
    step_key = models.CharField(max_length=60, blank=True)
    lead = models.PositiveSmallIntegerField(null=True, blank=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("what is to be done"), blank=True)
    role = models.CharField(_("role"), max_length=120, blank=True)
    due = models.DateField(_("due"), null=True, blank=True)
    pinned = models.BooleanField(_("date set by hand"), default=False)
    state = models.CharField(
        _("state"), max_length=10, choices=TaskState.choices, default=TaskState.OPEN
    )
    done_at = models.DateTimeField(null=True, blank=True)
    effort_minutes = models.PositiveIntegerField(_("effort in minutes"), null=True, blank=True)
    decide_by = models.DateField(_("decide by"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("task")
        constraints = [
            *tenant_constraints("plans_task", "plan", "key_date", "stream", "owner", "created_by"),
            *owned_constraints("plans_task"),
            one_of("state", [str(v) for v in TaskState.values], "plans_task_state"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False)
                | ~Q(state="done") & Q(done_at=None),
                name="plans_task_done_when",
            ),
            models.CheckConstraint(
                condition=Q(pinned=False) | Q(due__isnull=False), name="plans_task_pinned_to_a_day"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "due"], name="plans_task_due"),
            models.Index(fields=["plan", "due"], name="plans_task_of_plan"),
            models.Index(
                fields=["organization", "unowned_since"],
                condition=Q(owner=None, state__in=["open", "doing"]),
                name="plans_task_unowned",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state in OPEN_TASKS


class TaskLink(models.Model):
    """That a task must be ready before another task, or before a key date: exactly one of them."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="links")
    before_task = models.ForeignKey(
        Task, models.CASCADE, null=True, blank=True, related_name="links_before"
    )
    key_date = models.ForeignKey(
        KeyDate, models.CASCADE, null=True, blank=True, related_name="links"
    )

    class Meta:
        constraints = [
            *tenant_constraints("plans_tasklink", "task", "before_task", "key_date"),
            models.CheckConstraint(
                condition=Q(before_task=None, key_date__isnull=False)
                | Q(before_task__isnull=False, key_date=None),
                name="plans_tasklink_one_end",
            ),
            models.CheckConstraint(
                condition=Q(before_task=None) | ~Q(before_task=F("task")),
                name="plans_tasklink_not_itself",
            ),
            models.UniqueConstraint(
                fields=["task", "before_task"], name="plans_tasklink_once_before_task"
            ),
            models.UniqueConstraint(
                fields=["task", "key_date"], name="plans_tasklink_once_key_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} before {self.before_task_id or self.key_date_id}"


class TaskCollaborator(models.Model):
    """Someone who helps with a task and is not accountable for it."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="collaborations")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            *tenant_constraints("plans_taskcollaborator", "task", "member"),
            models.UniqueConstraint(fields=["task", "member"], name="plans_taskcollaborator_once"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.member_id}"


class TaskCandidate(models.Model):
    """Someone who may come to own a task whose owner is unclear (rule 2)."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="candidacies")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            *tenant_constraints("plans_taskcandidate", "task", "member"),
            models.UniqueConstraint(fields=["task", "member"], name="plans_taskcandidate_once"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.member_id}"


class ChecklistItem(models.Model):
    """One line to tick off in a task."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="checklist")
    text = models.CharField(_("line"), max_length=300)
    position = models.PositiveSmallIntegerField(default=1)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            *tenant_constraints("plans_checklistitem", "task", "done_by"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="plans_checklistitem_done_by",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class TaskComment(models.Model):
    """What someone said about a task. Written once; `text` is empty after it was taken back."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="comments")
    author = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    text = models.TextField(_("comment"), blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            *tenant_constraints("plans_taskcomment", "task", "author"),
            models.CheckConstraint(
                condition=Q(removed_at=None) & ~Q(text="") | Q(removed_at__isnull=False, text=""),
                name="plans_taskcomment_removed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.author_id}"


class TaskMention(models.Model):
    """Someone whom a comment addresses by @name."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    comment = models.ForeignKey(TaskComment, models.CASCADE, related_name="mentions")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            *tenant_constraints("plans_taskmention", "comment", "member"),
            models.UniqueConstraint(fields=["comment", "member"], name="plans_taskmention_once"),
        ]

    def __str__(self) -> str:
        return f"{self.comment_id} {self.member_id}"


class TaskAttachment(models.Model):
    """A file on a task, kept in private storage. `digest` is its SHA-256, `size` in bytes.

    `content_type` is what its content shows it to be, whatever its `name` says.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="attachments")
    file = models.FileField(storage=private_storage, max_length=200)
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveIntegerField()
    content_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            *tenant_constraints("plans_taskattachment", "task", "uploaded_by"),
            models.UniqueConstraint(
                fields=["task", "digest"], name="plans_taskattachment_same_file_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
