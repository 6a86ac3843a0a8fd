"""What the services of meetings share: locking, refusing, recording, and asking for mails."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from people.activity import record
from people.errors import NotAllowed, Refused
from people.models import Activity, Membership, Organization
from people.permissions import Perm, can
from plans import queries as plans
from plans.models import Meeting, MeetingMail, MeetingSeries, Plan
from plans.services._shared import can_here

Kind = MeetingMail.Kind


def lock_series(series: MeetingSeries, by: Membership | None) -> MeetingSeries:
    """The series as it is now, locked; `NotAllowed` unless `by` (None: PlanCraft) may run it."""
    locked = (
        MeetingSeries.objects.select_for_update(of=("self",))
        .select_related("organization", "owner__user", "plan__owner__user")
        .get(pk=series.pk)
    )
    if by is not None:
        require_run(by, locked)
    return locked


def lock_meeting(meeting: Meeting, by: Membership | None) -> Meeting:
    """As `lock_series`, of one meeting and with its series, which is locked first."""
    series = lock_series(meeting.series, by)
    locked = Meeting.objects.select_for_update().get(pk=meeting.pk)
    locked.series, locked.organization = series, series.organization
    return locked


def lock_to_write(meeting: Meeting, by: Membership) -> Meeting:
    """As `lock_meeting`; `Refused` for one that was cancelled."""
    meeting = lock_meeting(meeting, by)
    if meeting.cancelled_at is not None:
        raise Refused(_("This meeting was cancelled. Bring it back to write in it."))
    return meeting


def require_run(by: Membership, series: MeetingSeries) -> None:
    """`NotAllowed` unless `by` may run these meetings, which includes knowing of them."""
    if not can(by, Perm.MEETING_RUN, series) or not sees(by, series.plan):
        raise NotAllowed(_("You may read these meetings, but not change them."))


def require_schedule(by: Membership, organization: Organization, plan: Plan | None) -> None:
    """`NotAllowed` unless `by` may schedule meetings here, of this plan."""
    if not can_here(by, Perm.MEETING_RUN, organization) or not sees(by, plan):
        raise NotAllowed(_("You may read meetings here, but not schedule one."))


def sees(member: Membership, plan: Plan | None) -> bool:
    """Whether the member may know of the plan's meetings."""
    return plan is None or plans.may_see(member, plan)


def check_attendees(
    organization: Organization, members: Iterable[Membership], plan: Plan | None
) -> None:
    """`Refused` for somebody who is not here any more, or may not see the confidential plan."""
    for member in members:
        if member.organization_id != organization.pk or not member.is_active:
            raise Refused(_("%(name)s is not here any more.") % {"name": member})
        if not sees(member, plan):
            raise Refused(
                _("%(name)s cannot see this confidential plan. Add them to its readers first.")
                % {"name": member}
            )


def note(
    series: MeetingSeries, by: Membership | None, verb: str, text: str = "", **facts: Any
) -> Activity:
    """Record what happened to the series or one of its meetings."""
    return record(
        organization=series.organization,
        actor=by,
        verb=verb,
        subject=series,
        plan_id=series.plan_id,
        text=text or series.title,
        **facts,
    )


def note_one(meeting: Meeting, by: Membership | None, verb: str, **facts: Any) -> Activity:
    """As `note`, of one meeting, which it names by its day."""
    facts.setdefault("day", day_of(meeting).isoformat())
    return note(meeting.series, by, verb, meeting=meeting.pk, **facts)


def day_of(meeting: Meeting) -> date:
    """The day on which the meeting takes place, on the wall of its series."""
    return meeting.starts_at.astimezone(meeting.series.zone).date()


def send(
    series: MeetingSeries,
    members: Iterable[Membership],
    kind: Kind,
    at: datetime,
    *,
    meeting: Meeting | None = None,
    is_update: bool = False,
) -> int:
    """Ask for one mail to each of them; how many. `reminders` writes and sends them."""
    rows = [
        MeetingMail(
            organization=series.organization,
            series=series,
            meeting=meeting,
            member=member,
            kind=kind,
            is_update=is_update,
            sequence=series.sequence,
            at=at,
        )
        for member in members
    ]
    return len(MeetingMail.objects.bulk_create(rows))
