"""Stories (content items) and their posts (placements), and the fact that a post went out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Organization
from plancraft.lib.models import InsertOnly, no_change_triggers, one_of, tenant_constraints
from plans.models import Channel, Plan, Stream
from workflow.models import Approval, Owned, Subject
from workflow.models.ownership import owned_constraints


class ItemState(models.TextChoices):
    """The states of rule 6; a copy of the facts, written by `calendar_app.states` only."""

    IDEA = "idea", _("Idea")
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    APPROVED = "approved", _("Approved")
    PUBLISHED = "published", _("Published")
    CANCELLED = "cancelled", _("Cancelled")


STATES = [str(value) for value in ItemState.values]


class ContentItem(Owned):
    """One story, told on one or more channels. `version` counts every save (optimistic locking).

    `copy` is the text for every channel that has none of its own. `embargo_until` is an instant.
    `import_key` names the row of a file it came from, so that the same file again changes nothing.
    """

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="stories", db_index=False
    )
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="stories")
    stream = models.ForeignKey(
        Stream, models.SET_NULL, null=True, blank=True, related_name="stories"
    )
    subject = models.OneToOneField(Subject, models.PROTECT, related_name="content_item")
    title = models.CharField(_("title"), max_length=300)
    brief = models.TextField(_("notes for the team"), blank=True)
    copy = models.TextField(_("copy"), blank=True)
    link = models.URLField(_("link"), max_length=2000, blank=True)
    embargo_until = models.DateTimeField(_("embargo lifts"), null=True, blank=True)
    state = models.CharField(max_length=20, choices=ItemState.choices, default=ItemState.DRAFT)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    import_key = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *tenant_constraints(
                "calendar_contentitem", "plan", "stream", "subject", "owner", "created_by"
            ),
            *owned_constraints("calendar_contentitem"),
            models.UniqueConstraint(
                fields=["plan", "import_key"],
                condition=~Q(import_key=""),
                name="calendar_contentitem_import_once",
            ),
            one_of("state", STATES, "calendar_contentitem_state"),
        ]
        indexes = [
            models.Index(fields=["organization", "plan"], name="calendar_item_plan"),
            models.Index(
                fields=["organization", "unowned_since"],
                condition=Q(owner=None),
                name="calendar_item_unowned",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Collaborator(models.Model):
    """Someone who helps with a story and is not accountable for it."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    item = models.ForeignKey(ContentItem, models.CASCADE, related_name="collaborations")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            *tenant_constraints("calendar_collaborator", "item", "member"),
            models.UniqueConstraint(fields=["item", "member"], name="calendar_collaborator_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.member_id}"


class Placement(models.Model):
    """A post: one story on one channel at one instant (UTC), or undated and in the tray.

    Its local date is the instant in its channel's zone (rule 1). `historical` rows came from an
    import with a time already past: shown, never missed, outside momentum (rule 4).
    """

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="posts", db_index=False
    )
    item = models.ForeignKey(ContentItem, models.CASCADE, related_name="posts")
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="posts")
    scheduled_at = models.DateTimeField(_("goes out"), null=True, blank=True)
    copy = models.TextField(_("copy for this channel"), blank=True)
    state = models.CharField(max_length=20, choices=ItemState.choices, default=ItemState.DRAFT)
    historical = models.BooleanField(default=False)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *tenant_constraints("calendar_placement", "item", "channel"),
            one_of("state", STATES, "calendar_placement_state"),
        ]
        indexes = [
            models.Index(fields=["organization", "scheduled_at"], name="calendar_post_when"),
            models.Index(fields=["channel", "scheduled_at"], name="calendar_post_channel_when"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} on {self.channel_id}"


class Publication(InsertOnly):
    """That a post went out: when (UTC), where, who says so; approved, or past it with a reason."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    placement = models.OneToOneField(Placement, models.PROTECT, related_name="publication")
    approval = models.ForeignKey(Approval, models.PROTECT, null=True, related_name="publications")
    bypass_reason = models.TextField(_("why past approval"), blank=True)
    published_at = models.DateTimeField(_("went out"))
    address = models.URLField(_("where it can be seen"), max_length=2000, blank=True)
    recorded_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *tenant_constraints("calendar_publication", "placement", "approval", "recorded_by"),
            models.CheckConstraint(
                condition=Q(approval__isnull=False, bypass_reason="")
                | Q(approval=None) & ~Q(bypass_reason=""),
                name="calendar_publication_approved_or_bypassed",
            ),
        ]
        triggers = no_change_triggers("publication")

    def __str__(self) -> str:
        return f"{self.placement_id} at {self.published_at}"
