"""Who else has to do with a piece of work: who does it, who is asked, who is told.

Who is accountable is no row here: that is the owner of the thing itself. Who helps with a task is
no row here either, but its collaborator.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Organization
from plancraft.lib.models import one_of, tenant_constraints
from plans.models.channels import Channel
from plans.models.keydates import KeyDate
from plans.models.plans import Plan, Stream
from plans.models.tasks import Task

SUBJECTS = ("stream", "key_date", "task", "channel")


class InvolvementKind(models.TextChoices):
    """How someone has to do with a piece of work without being accountable for it."""

    RESPONSIBLE = "responsible", _("Responsible")
    CONSULTED = "consulted", _("Consulted")
    INFORMED = "informed", _("Informed")


def _exactly_one() -> Q:
    found = Q()
    for name in SUBJECTS:
        others: dict[str, Any] = {f"{other}__isnull": other != name for other in SUBJECTS}
        found |= Q(**others)
    return found


class Involvement(models.Model):
    """That someone has to do with a stream, key date, task or channel of a plan: exactly one.

    A channel serves several plans, so the row says for which. `responsible` is never said of a
    task: who does it with its owner is its collaborator.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="involvements")
    stream = models.ForeignKey(Stream, models.CASCADE, null=True, blank=True, related_name="+")
    key_date = models.ForeignKey(KeyDate, models.CASCADE, null=True, blank=True, related_name="+")
    task = models.ForeignKey(Task, models.CASCADE, null=True, blank=True, related_name="+")
    channel = models.ForeignKey(Channel, models.CASCADE, null=True, blank=True, related_name="+")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=InvolvementKind.choices)

    class Meta:
        constraints = [
            *tenant_constraints("plans_involvement", "plan", *SUBJECTS, "member"),
            one_of("kind", [str(v) for v in InvolvementKind.values], "plans_involvement_kind"),
            models.CheckConstraint(condition=_exactly_one(), name="plans_involvement_one_subject"),
            models.CheckConstraint(
                condition=Q(task=None) | ~Q(kind="responsible"),
                name="plans_involvement_task_has_collaborators",
            ),
            *[
                models.UniqueConstraint(
                    fields=["plan", name, "member"], name=f"plans_involvement_once_{name}"
                )
                for name in SUBJECTS
            ],
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind}"
