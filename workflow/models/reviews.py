"""Approval is of a revision: the insert-only facts and the one open review (rule 6)."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Organization
from plancraft.lib.models import InsertOnly, no_change_triggers, one_of, tenant_constraints
from workflow.models.templates import Stage, WorkflowTemplate


class Subject(models.Model):
    """What is approved: one row for each content item or plan, locked first by every transition."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, default="content_item")

    class Meta:
        constraints = tenant_constraints("workflow_subject")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class SubjectEdit(InsertOnly):
    """That someone changed what a reader would see: the ground of separation of duties."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="edits")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = tenant_constraints("workflow_subjectedit", "subject", "member")
        triggers = no_change_triggers("subjectedit")

    def __str__(self) -> str:
        return f"{self.subject_id} by {self.member_id}"


class Revision(InsertOnly):
    """The exact content at one submission: snapshot, SHA-256 over its canonical JSON, contributors.

    `contributors` are the memberships that wrote or edited this or any earlier revision since the
    last approved one.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    snapshot = models.JSONField()
    hash = models.CharField(max_length=64)
    contributors = ArrayField(models.BigIntegerField())
    edits_through = models.BigIntegerField(default=0)
    created_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *tenant_constraints("workflow_revision", "subject", "created_by"),
            models.UniqueConstraint(fields=["subject", "number"], name="workflow_revision_number"),
            models.UniqueConstraint(fields=["id", "hash"], name="workflow_revision_id_hash"),
            models.UniqueConstraint(fields=["id", "subject"], name="workflow_revision_id_subject"),
        ]
        triggers = no_change_triggers("revision")

    def __str__(self) -> str:
        return f"revision {self.number}"


class Review(models.Model):
    """One run of a workflow on one revision. At most one is open for a subject.

    `key` is the idempotency key of the form that submitted it: the same form again gives the same
    review.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        APPROVED = "approved", _("Approved")
        CHANGES = "changes", _("Changes requested")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        SUPERSEDED = "superseded", _("Replaced by a newer revision")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="reviews")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="reviews")
    template = models.ForeignKey(WorkflowTemplate, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    key = models.UUIDField(null=True, unique=True)

    class Meta:
        constraints = [
            *tenant_constraints("workflow_review", "subject", "revision", "template", "opened_by"),
            models.UniqueConstraint(
                fields=["subject"], condition=Q(state="open"), name="workflow_review_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | ~Q(state="open") & ~Q(closed_at=None),
                name="workflow_review_closed_when",
            ),
            one_of(
                "state",
                ["open", "approved", "changes", "rejected", "withdrawn", "superseded"],
                "workflow_review_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "opened_at"],
                condition=Q(state="open"),
                name="workflow_review_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"review {self.pk} {self.state}"


class ReviewStage(InsertOnly):
    """A stage as this review began with it: how many approvals it needs and when its limit ends."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    review = models.ForeignKey(Review, models.PROTECT, related_name="stages")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=1)
    needed = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()

    class Meta:
        ordering = ["position"]
        constraints = [
            *tenant_constraints("workflow_reviewstage", "review", "stage"),
            models.UniqueConstraint(fields=["review", "stage"], name="workflow_reviewstage_once"),
            models.CheckConstraint(condition=Q(needed__gte=1), name="workflow_reviewstage_needed"),
        ]
        triggers = no_change_triggers("reviewstage")

    def __str__(self) -> str:
        return f"{self.review_id} stage {self.position}"


class Decision(InsertOnly):
    """What one person decided, once per stage and review, on exactly this hash."""

    class Choice(models.TextChoices):
        APPROVE = "approve", _("Approved")
        CHANGES = "changes", _("Requested changes")
        REJECT = "reject", _("Rejected")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    review = models.ForeignKey(Review, models.PROTECT, related_name="decisions")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="decisions")
    revision_hash = models.CharField(max_length=64)
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=Choice.choices)
    comment = models.TextField(_("what should change"), blank=True)
    at = models.DateTimeField(default=timezone.now)
    key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        constraints = [
            *tenant_constraints("workflow_decision", "review", "stage", "revision", "member"),
            models.UniqueConstraint(
                fields=["review", "stage", "member"], name="workflow_decision_once"
            ),
            models.CheckConstraint(
                condition=Q(choice="approve") | ~Q(comment=""), name="workflow_decision_comment"
            ),
            one_of("choice", ["approve", "changes", "reject"], "workflow_decision_choice"),
        ]
        triggers = no_change_triggers("decision")

    def __str__(self) -> str:
        return f"{self.member_id} {self.choice} {self.revision_id}"


class Approval(InsertOnly):
    """That a revision is approved: by its review's quorum, or released where none is needed."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="approvals")
    revision = models.OneToOneField(Revision, models.PROTECT, related_name="approval")
    review = models.OneToOneField(Review, models.PROTECT, null=True, related_name="approval")
    template = models.ForeignKey(WorkflowTemplate, models.PROTECT, related_name="+")
    released_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *tenant_constraints(
                "workflow_approval", "subject", "revision", "review", "template", "released_by"
            ),
            models.CheckConstraint(
                condition=Q(review__isnull=False, released_by=None)
                | Q(review=None, released_by__isnull=False),
                name="workflow_approval_by_review_or_release",
            ),
        ]
        triggers = no_change_triggers("approval")

    def __str__(self) -> str:
        return f"approval of {self.revision_id}"


class ApprovalWithdrawal(InsertOnly):
    """That an approval no longer stands: withdrawn before publication, recalled after."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="withdrawal")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))
    is_recall = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *tenant_constraints("workflow_approvalwithdrawal", "approval", "by"),
            models.CheckConstraint(condition=~Q(reason=""), name="workflow_withdrawal_reason"),
        ]
        triggers = no_change_triggers("approvalwithdrawal")

    def __str__(self) -> str:
        return f"withdrawal of {self.approval_id}"
