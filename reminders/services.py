"""What can be done with reminders: plan, deliver, send again, choose what one is mailed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, time

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from people.activity import record
from people.errors import NotAllowed, Refused
from people.models import Membership, Organization
from people.permissions import Perm, can
from reminders import delivery, planner
from reminders.models import Message, Preference
from reminders.planner import ALWAYS_MAILED, Pass

logger = logging.getLogger(__name__)

RESENDABLE = [
    Message.State.UNKNOWN,
    Message.State.FAILED,
    Message.State.DEAD,
    Message.State.KEPT,
]


def has_mail_server() -> bool:
    """Whether reminders are mailed, or kept to be read under *Sent mail*."""
    return bool(settings.EMAIL_HOST)


def plan_all(now: datetime, *, dry_run: bool = False) -> list[Pass]:
    """One planning pass over every organization, each in a transaction of its own.

    What goes wrong in one of them is raised after all the others had their turn.
    """
    passes, failures = [], []
    for organization in Organization.objects.order_by("pk"):
        try:
            passes.append(planner.plan(organization, now, dry_run=dry_run))
        except Exception as failure:
            logger.exception("the reminders of %s could not be planned", organization.slug)
            failures.append(failure)
    if failures:
        raise failures[0]
    return passes


def plan_one(organization_id: int, now: datetime) -> Pass | None:
    """A pass for one organization; None where it is gone."""
    organization = Organization.objects.filter(pk=organization_id).first()
    return planner.plan(organization, now) if organization is not None else None


def deliver_due(clock: Callable[[], datetime]) -> dict[str, int]:
    """Send everything that is due; counts by outcome."""
    return delivery.drain(clock)


@transaction.atomic
def send_again(*, message: Message, by: Membership, now: datetime) -> None:
    """An administrator sends a message again that was refused, given up, kept, or perhaps sent."""
    if not can(by, Perm.SENT_MAIL, message):
        raise NotAllowed(_("Only an administrator may send a reminder again."))
    row = Message.objects.select_for_update().get(pk=message.pk)
    if row.state not in RESENDABLE:
        raise Refused(_("This message is not waiting to be sent again."))
    row.state, row.phase = Message.State.WAITING, Message.Phase.NONE
    row.next_attempt_at, row.finished_at, row.problem = now, None, ""
    row.save()
    record(organization=by.organization, actor=by, verb="message.sent_again", subject=row)


@transaction.atomic
def choose(
    *, member: Membership, in_app_only: Sequence[str], quiet_from: time, quiet_to: time
) -> Preference:
    """Store what a person wants to be mailed; what they must always hear cannot be switched off."""
    wanted = sorted(set(in_app_only) - ALWAYS_MAILED)
    preference, _new = Preference.objects.update_or_create(
        organization=member.organization,
        member=member,
        defaults={"in_app_only": wanted, "quiet_from": quiet_from, "quiet_to": quiet_to},
    )
    return preference
