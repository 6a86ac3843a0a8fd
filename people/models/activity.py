"""The activity row is the event and the audit record; a seal chains it (`reliability.md`)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from people.models.organizations import Membership, Organization
from plancraft.lib.models import InsertOnly, no_change_triggers, tenant_constraints


class Activity(InsertOnly):
    """Who did what to which thing, when: written in the transaction that did it.

    `payload` holds plain facts (ids, dates, states), never free text or personal data; those stand
    in `ActivityText`, bound by a salted digest in `text_digest`.
    `subject_type` is `app.Model`, `subject_id` its primary key, `plan_id` the plan concerned.
    An empty `actor` means PlanCraft itself.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    actor = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    plan_id = models.BigIntegerField(null=True)
    payload = models.JSONField(default=dict)
    text_digest = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = tenant_constraints("people_activity", "actor")
        indexes = [
            models.Index(fields=["organization", "-id"], name="people_activity_recent"),
            models.Index(
                fields=["organization", "subject_type", "subject_id", "-id"],
                name="people_activity_subject",
            ),
            models.Index(fields=["organization", "plan_id", "-id"], name="people_activity_plan"),
            models.Index(fields=["organization", "actor", "-id"], name="people_activity_actor"),
            models.Index(fields=["organization", "at"], name="people_activity_at"),
        ]
        triggers = no_change_triggers("activity")

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"


class ActivityText(models.Model):
    """The words that belong to an activity (a title, a reason, a comment): erasable, not hashed.

    `text_digest` of the activity is the SHA-256 of salt and text, so that a change is found while
    an erasure leaves the chain whole.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    activity = models.OneToOneField(Activity, models.PROTECT, related_name="text")
    salt = models.CharField(max_length=32)
    text = models.TextField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = tenant_constraints("people_activitytext", "activity")

    def __str__(self) -> str:
        return self.text


class ActivitySeal(InsertOnly):
    """One link of an organization's chain: its sequence, the previous hash, and this one."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    sequence = models.BigIntegerField()
    activity = models.OneToOneField(Activity, models.PROTECT, related_name="seal")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *tenant_constraints("people_activityseal", "activity"),
            models.UniqueConstraint(
                fields=["organization", "sequence"], name="people_activityseal_sequence"
            ),
        ]
        triggers = no_change_triggers("activityseal")

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash[:12]}"
