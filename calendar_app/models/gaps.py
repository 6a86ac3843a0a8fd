"""What people decided about a gap. The gaps themselves are computed, never stored."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Organization
from plancraft.lib.models import tenant_constraints


class GapWaiver(models.Model):
    """That a gap is accepted, by whom, why and until when. It stays in the record (rule 5)."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=120)
    reason = models.CharField(_("reason"), max_length=500)
    expires_on = models.DateField(_("until"))
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *tenant_constraints("calendar_gapwaiver", "by"),
            models.UniqueConstraint(
                fields=["organization", "key"],
                condition=Q(ended_at=None),
                name="calendar_gapwaiver_one",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="calendar_gapwaiver_reason"),
        ]

    def __str__(self) -> str:
        return self.key


class GapAssignment(models.Model):
    """That a gap was handed to someone, who answers for filling it instead of the fallback."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=120)
    to = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *tenant_constraints("calendar_gapassignment", "to", "by"),
            models.UniqueConstraint(
                fields=["organization", "key"], name="calendar_gapassignment_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} to {self.to_id}"
