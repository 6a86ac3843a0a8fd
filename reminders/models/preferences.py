"""What a person wants to be mailed at once, and when not."""

from __future__ import annotations

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Organization
from plancraft.lib.models import tenant_constraints


class Preference(models.Model):
    """A member's own reminder settings. Nobody can switch off being told of something overdue.

    Quiet hours are in the person's time zone; a mail due within them waits for their end.
    `in_app_only` names the rules that are shown in PlanCraft and not mailed.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    member = models.OneToOneField(Membership, models.CASCADE, related_name="reminder_preference")
    in_app_only = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    quiet_from = models.TimeField(_("quiet from"), default=time(19))
    quiet_to = models.TimeField(_("quiet to"), default=time(8))

    class Meta:
        constraints = tenant_constraints("reminders_preference", "member")

    def __str__(self) -> str:
        return str(self.member_id)
