"""Planning meetings: the series, one meeting of it, and all that is prepared and said there."""

from __future__ import annotations

import uuid
import zoneinfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Organization
from people.models.users import validate_time_zone
from plancraft.lib.models import one_of, tenant_constraints
from plans.models.plans import Plan
from plans.models.tasks import Task
from workflow.models import Owned
from workflow.models.ownership import owned_constraints


def new_uid() -> str:
    """A name for a series that calendar programs everywhere keep apart from all others."""
    return f"{uuid.uuid4()}@plancraft"


class MeetingSeries(Owned):
    """Meetings by a rule (`plans.meetings.recurrence`). Its owner is called organizer.

    Days and `clock` are those on the wall of `time_zone`. `sequence` counts the changes that
    calendar programs must hear of; `version` every edit of the form. `follows` is the series that
    this one went on from, when a change was made for "this one and all that follow".
    `finished_at`: it was ended, or its last meeting is over; what is finished keeps its organizer.
    """

    class Frequency(models.TextChoices):
        ONCE = "once", _("Once")
        WEEKLY = "weekly", _("By weeks")
        MONTHLY = "monthly", _("By months")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    plan = models.ForeignKey(
        Plan, models.CASCADE, null=True, blank=True, related_name="meeting_series"
    )
    title = models.CharField(_("title"), max_length=120)
    place = models.CharField(_("place or link"), max_length=300, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    clock = models.TimeField(_("begins at"))
    duration_minutes = models.PositiveSmallIntegerField(_("minutes"), default=45)
    frequency = models.CharField(
        _("how often"), max_length=10, choices=Frequency.choices, default=Frequency.WEEKLY
    )
    interval = models.PositiveSmallIntegerField(_("every"), default=1)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    nth = models.SmallIntegerField(_("which one of the month"), null=True, blank=True)
    first_day = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)
    count = models.PositiveSmallIntegerField(_("how many times"), null=True, blank=True)
    week_start = models.PositiveSmallIntegerField(default=0)
    uid = models.CharField(max_length=80, default=new_uid, unique=True)
    sequence = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    follows = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="followed_by"
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("meeting")
        constraints = [
            *tenant_constraints("plans_meetingseries", "owner", "plan", "follows", "created_by"),
            *owned_constraints("plans_meetingseries"),
            one_of("frequency", ["once", "weekly", "monthly"], "plans_meetingseries_frequency"),
            models.CheckConstraint(
                condition=Q(interval__gte=1, duration_minutes__gte=5),
                name="plans_meetingseries_positive",
            ),
            models.CheckConstraint(
                condition=Q(nth=None) | Q(nth__in=[1, 2, 3, 4, -1]), name="plans_meetingseries_nth"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The zone on whose wall it is planned."""
        return zoneinfo.ZoneInfo(self.time_zone)


class MeetingAttendee(models.Model):
    """Someone who is invited to every meeting of the series."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    series = models.ForeignKey(MeetingSeries, models.CASCADE, related_name="attendees")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            *tenant_constraints("plans_meetingattendee", "series", "member"),
            models.UniqueConstraint(fields=["series", "member"], name="plans_meetingattendee_once"),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.member_id}"


class Meeting(models.Model):
    """One meeting of a series: a row from the moment that it is prepared, changed or cancelled.

    `occurrence_on` is the day that the rule gives it, and its name within the series for good, also
    where it was moved: `starts_at` says when it really begins. `is_changed`: it was given a time,
    length or place of its own. `version` counts the saved notes, for two people who write at once.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    series = models.ForeignKey(MeetingSeries, models.CASCADE, related_name="meetings")
    occurrence_on = models.DateField()
    starts_at = models.DateTimeField()
    duration_minutes = models.PositiveSmallIntegerField()
    place = models.CharField(_("place or link"), max_length=300, blank=True)
    is_changed = models.BooleanField(default=False)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(_("why"), max_length=300, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    agenda_drawn_at = models.DateTimeField(null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    version = models.PositiveIntegerField(default=1)
    minutes_sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *tenant_constraints("plans_meeting", "series"),
            models.UniqueConstraint(
                fields=["series", "occurrence_on"], name="plans_meeting_occurrence"
            ),
        ]
        indexes = [models.Index(fields=["organization", "starts_at"], name="plans_meeting_start")]

    def __str__(self) -> str:
        return f"{self.series_id} {self.occurrence_on}"


class MeetingAnswer(models.Model):
    """Whether someone comes to one meeting."""

    class Answer(models.TextChoices):
        YES = "yes", _("comes")
        NO = "no", _("cannot come")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="answers")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=3, choices=Answer.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *tenant_constraints("plans_meetinganswer", "meeting", "member"),
            models.UniqueConstraint(fields=["meeting", "member"], name="plans_meetinganswer_once"),
            one_of("answer", ["yes", "no"], "plans_meetinganswer_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.member_id} {self.answer}"


class MeetingFlag(models.Model):
    """What someone noticed between two meetings: it worked well, or it needs a tweak.

    `meeting` is the one on whose agenda it was put; until then it waits for the next.
    """

    class Kind(models.TextChoices):
        WORKED = "worked", _("Worked well")
        TWEAK = "tweak", _("Needs a tweak")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    series = models.ForeignKey(MeetingSeries, models.CASCADE, related_name="flags")
    meeting = models.ForeignKey(
        Meeting, models.SET_NULL, null=True, blank=True, related_name="flags"
    )
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    text = models.CharField(_("what you noticed"), max_length=300)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *tenant_constraints("plans_meetingflag", "series", "meeting", "by"),
            one_of("kind", ["worked", "tweak"], "plans_meetingflag_kind"),
        ]

    def __str__(self) -> str:
        return self.text


class AgendaItem(models.Model):
    """One line of an agenda: drawn up from a source under its key, or written by hand.

    What someone edited, ticked or removed by hand is left as it is when the agenda is drawn again.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    source = models.CharField(max_length=30)
    key = models.CharField(max_length=120)
    text = models.CharField(_("what to talk about"), max_length=300)
    detail = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=300, blank=True)
    owner = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    is_nobodys = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    edited_by_hand = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            *tenant_constraints("plans_agendaitem", "meeting", "owner"),
            models.UniqueConstraint(fields=["meeting", "key"], name="plans_agendaitem_once"),
        ]

    def __str__(self) -> str:
        return self.text


class MeetingDecision(models.Model):
    """Something that was decided in a meeting, in one sentence."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="decisions")
    text = models.CharField(_("what was decided"), max_length=500)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = tenant_constraints("plans_meetingdecision", "meeting", "by")

    def __str__(self) -> str:
        return self.text


class ActionItem(models.Model):
    """Something that somebody is to do. With a plan, an owner and a day it is a task, and the task
    then says who answers for it and by when; lacking one of them it stays a note of the meeting.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="action_items")
    text = models.CharField(_("what is to be done"), max_length=200)
    plan = models.ForeignKey(Plan, models.SET_NULL, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    due = models.DateField(_("by when"), null=True, blank=True)
    task = models.OneToOneField(
        Task, models.SET_NULL, null=True, blank=True, related_name="action_item"
    )
    created_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = tenant_constraints(
            "plans_actionitem", "meeting", "plan", "owner", "task", "created_by"
        )

    def __str__(self) -> str:
        return self.text


class MeetingMail(models.Model):
    """That one person is to be sent word of a meeting; `reminders` reads it and writes the mail.

    Without `meeting` it speaks of the whole series. `sequence` is the series' at that time: a later
    one to the same person about the same thing makes it pointless.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("invitation")
        CANCELLATION = "cancellation", _("cancellation")
        MINUTES = "minutes", _("minutes")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    series = models.ForeignKey(MeetingSeries, models.CASCADE, related_name="mails")
    meeting = models.ForeignKey(
        Meeting, models.CASCADE, null=True, blank=True, related_name="mails"
    )
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    is_update = models.BooleanField(default=False)
    sequence = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            *tenant_constraints("plans_meetingmail", "series", "meeting", "member"),
            one_of("kind", ["invitation", "cancellation", "minutes"], "plans_meetingmail_kind"),
            models.CheckConstraint(
                condition=~Q(kind="minutes") | Q(meeting__isnull=False),
                name="plans_meetingmail_minutes_of",
            ),
        ]
        indexes = [models.Index(fields=["organization", "-at"], name="plans_meetingmail_at")]

    def __str__(self) -> str:
        return f"{self.kind} {self.series_id} {self.member_id}"
