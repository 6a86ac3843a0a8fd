"""What the services of this room share: locking, refusing, and telling who was faster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from people import queries as people
from people.errors import NotAllowed, Refused, Stale
from people.models import Activity, Membership, Organization
from people.permissions import Perm, can
from plans import queries
from plans.models import Plan
from plans.rules import PlanState
from workflow import reviews
from workflow.models import Subject


def lock_plan(plan: Plan) -> Plan:
    """The plan as it is now, locked until the transaction ends, with its champion.

    Its subject is locked first, as by every transition of its approval.
    """
    subjects = Subject.objects.select_for_update(no_key=True)
    list(subjects.filter(pk=plan.subject_id).values("pk"))
    return (
        Plan.objects.select_for_update(of=("self",))
        .select_related("organization", "owner__user", "department")
        .get(pk=plan.pk)
    )


def note_change(plan: Plan, by: Membership) -> None:
    """`by` changed what the plan says: call it after the change, in its transaction.

    They are a contributor from now on, and a review of what it said before is over (rule 6).
    """
    reviews.note_edit(subject=plan.subject, by=by)


def can_here(by: Membership, perm: Perm, organization: Organization) -> bool:
    """Whether `by` has the right by their role in this very organization."""
    return by.organization_id == organization.pk and can(by, perm)


def require_plan_edit(by: Membership, plan: Plan) -> None:
    """`NotAllowed` unless `by` may edit this plan, which includes seeing it."""
    if not can(by, Perm.PLAN_EDIT, plan) or not queries.may_see(by, plan):
        raise NotAllowed(_("Only its champion, a manager or an administrator can change a plan."))


def refuse_if_closed(plan: Plan) -> None:
    """`Refused` for a plan that is closed: it is history until it is reopened."""
    if plan.state == PlanState.CLOSED:
        raise Refused(_("This plan is closed. Reopen it to change it."))


def check_owner(organization: Organization, owner: Membership | None, plan: Plan | None) -> None:
    """`Refused` unless the member may own something here, and may see the plan it belongs to."""
    if owner is None:
        return
    # Held against deactivation, so that nobody becomes accountable while they leave.
    list(Membership.objects.select_for_update(no_key=True).filter(pk=owner.pk))
    if not people.can_own(organization).filter(pk=owner.pk).exists():
        raise Refused(
            _("%(name)s cannot be made accountable here: choose an active member.")
            % {"name": owner}
        )
    if plan is not None and not queries.may_see(owner, plan):
        raise Refused(
            _("%(name)s cannot see this confidential plan. Add them to its readers first.")
            % {"name": owner}
        )


def stale(row: models.Model, organization: Organization, current: Any) -> Stale:
    """Who changed the row since it was read, as an exception that carries what is there now."""
    last = people.activity_of(organization, row._meta.label, row.pk).first()
    return stale_since(last, current)


def stale_since(last: Activity | None, current: Any) -> Stale:
    """As `stale`, for a caller that knows which activity made the change."""
    if last is None or last.actor is None:
        return Stale(_("Someone changed this while you were writing."), current)
    sentence = _("%(name)s changed this while you were writing.") % {"name": last.actor}
    return Stale(sentence, current)


@contextmanager
def unique_name(constraint: str) -> Iterator[None]:
    """`Refused` where the name is taken, also by something that the person may not see."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if constraint not in str(error):
            raise
        raise Refused(_("This name is taken already. Choose another one.")) from None


def changed_fields(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The names of the fields whose words differ."""
    return [name for name, words in after.items() if before.get(name) != words]
