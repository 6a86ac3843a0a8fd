"""Exactly one accountable owner, or visibly none (rule 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Organization
from plancraft.lib.models import tenant_constraints


class Owned(models.Model):
    """A thing with one accountable owner, or none since a stored moment (rule 2).

    Written only by `workflow.ownership` (claim, assign, hand on, vacate) and by the service that
    creates the thing. `unowned_reason` keeps why nobody owns it ("new", "deactivated" ...).
    """

    owner = models.ForeignKey(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    unowned_since = models.DateTimeField(null=True, blank=True, default=timezone.now)
    unowned_reason = models.CharField(max_length=200, blank=True)

    if TYPE_CHECKING:  # every owned model belongs to an organization
        organization: models.ForeignKey[Organization, Organization]

    class Meta:
        abstract = True

    @property
    def is_unowned(self) -> bool:
        """Whether no one answers for this."""
        return self.owner_id is None


def owned_constraints(table: str) -> list[models.BaseConstraint]:
    """Exactly one of owner and `unowned_since` is set."""
    return [
        models.CheckConstraint(
            condition=(
                Q(owner__isnull=False, unowned_since__isnull=True)
                | Q(owner__isnull=True, unowned_since__isnull=False)
            ),
            name=f"{table}_owned_or_not",
        )
    ]


class Handover(models.Model):
    """An offer of a thing from its owner to someone, who accepts or declines.

    Until then the first owner stays accountable. At most one offer of a thing is open.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    offered_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    to = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=500, blank=True)
    offered_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    accepted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            *tenant_constraints("workflow_handover", "offered_by", "to"),
            models.UniqueConstraint(
                fields=["organization", "subject_type", "subject_id"],
                condition=Q(answered_at=None),
                name="workflow_handover_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(offered_by=F("to")), name="workflow_handover_to_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} to {self.to_id}"
