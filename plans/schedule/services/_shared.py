"""What the services of key dates share: locking, refusing, recording."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from people.activity import record
from people.errors import NotAllowed, Refused
from people.models import Activity, Membership
from people.permissions import Perm, can
from plans import queries
from plans.models import KeyDate, Plan
from plans.services._shared import lock_plan, refuse_if_closed


def lock_key_date(key_date: KeyDate, by: Membership) -> KeyDate:
    """The key date as it is now, locked with its plan until the transaction ends.

    `NotAllowed` unless `by` may change it, which includes seeing it; `Refused` in a closed plan.
    """
    plan = lock_plan(key_date.plan)
    locked = (
        KeyDate.objects.select_for_update(of=("self",))
        .select_related("owner__user", "department", "template_version__template")
        .get(pk=key_date.pk)
    )
    locked.plan, locked.organization = plan, plan.organization
    require_key_date_edit(by, locked, plan)
    refuse_if_closed(plan)
    return locked


def require_key_date_edit(by: Membership, key_date: KeyDate | Plan, plan: Plan) -> None:
    """`NotAllowed` unless `by` may change key dates of the plan, and sees it."""
    if not can(by, Perm.PLAN_EDIT, key_date) or not queries.may_see(by, plan):
        raise NotAllowed(
            _("Only the champion, a manager or an administrator can change key dates.")
        )


def refuse_if_over(key_date: KeyDate) -> None:
    """`Refused` for a key date that is done or called off: nothing of it moves any more."""
    if key_date.done_at is not None:
        raise Refused(_("This key date is done. Reopen it to change it."))
    if key_date.cancelled_at is not None:
        raise Refused(_("This key date is called off. Reopen it to change it."))


def note(key_date: KeyDate, by: Membership | None, verb: str, **facts: Any) -> Activity:
    """Record what happened to the key date, under its title."""
    return record(
        organization=key_date.organization,
        actor=by,
        verb=verb,
        subject=key_date,
        plan_id=key_date.plan_id,
        text=key_date.title,
        **facts,
    )
