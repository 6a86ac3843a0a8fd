"""The outbox: obligations under a unique key, bundled into messages that a worker claims."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Organization
from plancraft.lib.models import one_of, tenant_constraints


class Rule(models.TextChoices):
    """The reminder rules (rule 7) that PlanCraft runs."""

    DUE_SOON = "due_soon", _("due soon")
    TIME_TO_POST = "time_to_post", _("time to post")
    DID_IT_GO_OUT = "did_it_go_out", _("did it go out?")
    OVERDUE = "overdue", _("overdue")
    NO_OWNER = "no_owner", _("no one owns this")
    APPROVAL_WAITING = "approval_waiting", _("approval waiting")
    TAKEN_OVER = "taken_over", _("your confidential plan was taken over")
    MEETING_TOMORROW = "meeting_tomorrow", _("meeting tomorrow, with its agenda")
    MEETING_INVITATION = "meeting_invitation", _("invitations to meetings, and changes")
    MEETING_MINUTES = "meeting_minutes", _("minutes of meetings")
    DECIDE_BY = "decide_by", _("who owns a task is to be decided")
    KEY_DATE_AHEAD = "key_date_ahead", _("a key date is near and steps are undone")
    SCHEDULE_CHANGED = "schedule_changed", _("your dates changed")
    ASSIGNED = "assigned", _("given to you")
    MENTIONED = "mentioned", _("you were mentioned")
    QUESTION_ASKED = "question_asked", _("you were asked a question")
    QUESTION_ANSWERED = "question_answered", _("your question was answered")
    ANSWER_LATE = "answer_late", _("others are late with an answer")
    EVENT_UNANSWERED = "event_unanswered", _("an event waits for your department’s answer")
    LAPSED_STAKEHOLDER = "lapsed_stakeholder", _("a contact of yours has lapsed")


class Message(models.Model):
    """One mail to one person: what was due to them at one occasion, its frozen text, its fate.

    The life of a row: waiting -> claimed -> sent | waiting again (refused for now) | failed |
    unknown (the connection died after the data had begun) | dead (too many tries); or cancelled
    (no longer true) or kept (no mail server is configured). `message_id` is fixed before the first
    attempt; `token` names the claim, so that a worker whose lease has passed changes nothing.
    `calendar` is a file for calendar programs that goes along, asking for `calendar_method`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CLAIMED = "claimed", _("Being sent")
        SENT = "sent", _("Sent")
        KEPT = "kept", _("Kept, no mail server")
        CANCELLED = "cancelled", _("No longer true")
        FAILED = "failed", _("Refused")
        UNKNOWN = "unknown", _("Perhaps sent")
        DEAD = "dead", _("Given up")

    class Phase(models.TextChoices):
        NONE = "", _("Not begun")
        CONNECTING = "connecting", _("Connecting")
        DATA = "data", _("Data begun")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    recipient = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    occasion = models.CharField(max_length=80)
    address = models.EmailField()
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    calendar = models.TextField(blank=True, db_default="")
    calendar_method = models.CharField(max_length=10, blank=True, db_default="")
    message_id = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.NONE, blank=True)
    token = models.UUIDField(default=uuid.uuid4)
    lease_until = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    repeats = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *tenant_constraints("reminders_message", "recipient"),
            models.UniqueConstraint(
                fields=["recipient", "occasion"], name="reminders_message_occasion"
            ),
            one_of(
                "state",
                [
                    "waiting",
                    "claimed",
                    "sent",
                    "kept",
                    "cancelled",
                    "failed",
                    "unknown",
                    "dead",
                ],
                "reminders_message_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="claimed") | Q(lease_until__isnull=False),
                name="reminders_message_claimed_has_lease",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(state="waiting"),
                name="reminders_message_due",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(state="claimed"),
                name="reminders_message_leased",
            ),
            models.Index(fields=["organization", "-id"], name="reminders_message_recent"),
        ]

    def __str__(self) -> str:
        return self.subject


class Obligation(models.Model):
    """One thing that one person must be told at one occasion (a date or an escalation level).

    The unique key makes planning safe to repeat: any number of planners at any time write each
    obligation once. `local_date` is the recipient's day; at most one obligation of a subject is
    written for a person and day, a new request for a decision excepted (rule 7).
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    message = models.ForeignKey(
        Message, models.CASCADE, null=True, blank=True, related_name="obligations"
    )
    rule = models.CharField(max_length=20, choices=Rule.choices)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    recipient = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    occasion = models.CharField(max_length=80)
    local_date = models.DateField()
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *tenant_constraints("reminders_obligation", "message", "recipient"),
            models.UniqueConstraint(
                fields=["rule", "subject_type", "subject_id", "recipient", "occasion"],
                name="reminders_obligation_once",
            ),
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "recipient", "local_date"],
                condition=~Q(rule="approval_waiting"),
                name="reminders_obligation_one_a_day",
            ),
            one_of("rule", [str(v) for v in Rule.values], "reminders_obligation_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject_type} {self.subject_id} {self.occasion}"


class Attempt(models.Model):
    """One try to deliver a message, and what the mail server said."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    message = models.ForeignKey(Message, models.CASCADE, related_name="tries")
    at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=20)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = tenant_constraints("reminders_attempt", "message")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.message_id} {self.outcome}"
