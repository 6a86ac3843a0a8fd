"""Channels, what is promised on them, and the days that ask for silence."""

from __future__ import annotations

import zoneinfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Department, Organization
from people.models.users import validate_time_zone
from plancraft.lib.models import one_of, tenant_constraints
from plans.models.plans import Plan
from workflow.models import Owned
from workflow.models.ownership import owned_constraints


class ChannelKind(models.TextChoices):
    """Where something can be said."""

    X = "x", "X"
    FACEBOOK = "facebook", "Facebook"
    INSTAGRAM = "instagram", "Instagram"
    LINKEDIN = "linkedin", "LinkedIn"
    THREADS = "threads", "Threads"
    BLUESKY = "bluesky", "Bluesky"
    MASTODON = "mastodon", "Mastodon"
    TIKTOK = "tiktok", "TikTok"
    YOUTUBE = "youtube", "YouTube"
    PINTEREST = "pinterest", "Pinterest"
    GOOGLE_BUSINESS = "google_business", "Google Business"
    BLOG = "blog", _("Blog")
    NEWSLETTER = "newsletter", _("Newsletter")
    NEWS_RELEASE = "news_release", _("News release")
    EVENT = "event", _("Event")
    OTHER = "other", _("Other")


class Channel(Owned):
    """A place where the organization speaks. `time_zone` empty means the organization's.

    `short_name` is what narrow places show ("Fdn IG"). `min_spacing_minutes` keeps two posts apart.
    """

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="channels", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=20, choices=ChannelKind.choices)
    name = models.CharField(_("name"), max_length=80)
    short_name = models.CharField(_("short name"), max_length=12, blank=True)
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, validators=[validate_time_zone]
    )
    is_public = models.BooleanField(_("seen by the public"), default=True)
    min_spacing_minutes = models.PositiveSmallIntegerField(
        _("minutes between two posts"), default=0
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *tenant_constraints("plans_channel", "owner", "department"),
            *owned_constraints("plans_channel"),
            models.UniqueConstraint("organization", Lower("name"), name="plans_channel_name"),
            one_of("kind", [str(v) for v in ChannelKind.values], "plans_channel_kind"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The short name, or the name where there is none."""
        return self.short_name or self.name

    def zone(self, organization: Organization) -> zoneinfo.ZoneInfo:
        """The zone in which this channel's days are counted (rule 1)."""
        return zoneinfo.ZoneInfo(self.time_zone or organization.time_zone)


class Commitment(models.Model):
    """A promise: `count` posts a `per`, of a plan, on a channel (rule 4).

    `weekdays` (Monday = 0) null means any day; `effective_from`/`effective_to` null mean the plan's
    period; `max_silence` is in days.
    """

    class Per(models.TextChoices):
        DAY = "day", _("a day")
        WEEK = "week", _("a week")
        MONTH = "month", _("a month")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="commitments")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="commitments")
    count = models.PositiveSmallIntegerField(_("how many"))
    per = models.CharField(_("per"), max_length=5, choices=Per.choices, default=Per.WEEK)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), null=True, blank=True)
    max_silence = models.PositiveSmallIntegerField(_("longest silence"), null=True, blank=True)
    effective_from = models.DateField(_("from"), null=True, blank=True)
    effective_to = models.DateField(_("to"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *tenant_constraints("plans_commitment", "plan", "channel"),
            models.CheckConstraint(condition=Q(count__gte=1), name="plans_commitment_count"),
            models.CheckConstraint(
                condition=Q(effective_from=None)
                | Q(effective_to=None)
                | Q(effective_to__gte=F("effective_from")),
                name="plans_commitment_period",
            ),
            one_of("per", ["day", "week", "month"], "plans_commitment_per"),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.get_per_display()}"


class Blackout(models.Model):
    """Days (both included) that ask for no posts, on one channel or, without one, everywhere."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="blackouts", db_index=False
    )
    channel = models.ForeignKey(
        Channel, models.CASCADE, null=True, blank=True, related_name="blackouts"
    )
    name = models.CharField(_("reason"), max_length=120)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))

    class Meta:
        constraints = [
            *tenant_constraints("plans_blackout", "channel"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="plans_blackout_period"
            ),
        ]
        ordering = ["starts_on"]

    def __str__(self) -> str:
        return self.name
