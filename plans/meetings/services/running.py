"""Running a meeting: notes, decisions, what somebody is to do, and the minutes to everyone."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from people.errors import Refused
from people.models import Membership
from plans import queries as plans
from plans.meetings import queries
from plans.meetings.services._shared import (
    Kind,
    check_attendees,
    lock_to_write,
    note_one,
    send,
)
from plans.models import ActionItem, Meeting, MeetingDecision, Plan
from plans.services._shared import check_owner, stale_since
from plans.work.services import create_task


@transaction.atomic
def save_notes(*, meeting: Meeting, by: Membership, version: int, notes: str) -> Meeting:
    """Keep what was written. `Stale`, with the notes that are there now, if somebody was faster.

    Saving what is there already changes nothing.
    """
    meeting = lock_to_write(meeting, by)
    notes = notes.replace("\r\n", "\n").strip()
    if notes == meeting.notes:
        return meeting
    if version != meeting.version:
        raise stale_since(queries.last_noted(meeting), meeting)
    meeting.notes = notes
    meeting.version += 1
    meeting.save(update_fields=["notes", "version"])
    note_one(meeting, by, "meeting.noted", version=meeting.version)
    return meeting


@transaction.atomic
def add_decision(*, meeting: Meeting, by: Membership, text: str) -> MeetingDecision:
    """Record what was decided."""
    meeting = lock_to_write(meeting, by)
    row = MeetingDecision.objects.create(
        organization=meeting.organization, meeting=meeting, text=_said(text, 500), by=by
    )
    note_one(meeting, by, "meeting.decided", text=row.text)
    return row


@transaction.atomic
def remove_decision(*, decision: MeetingDecision, by: Membership) -> None:
    """Take back what was written down wrongly; the record keeps that it was."""
    meeting = lock_to_write(decision.meeting, by)
    rows = MeetingDecision.objects.filter(meeting=meeting, pk=decision.pk)
    if rows.delete()[0]:
        note_one(meeting, by, "meeting.undecided", text=decision.text)


@transaction.atomic
def add_action(
    *,
    meeting: Meeting,
    by: Membership,
    text: str,
    owner: Membership | None = None,
    due: date | None = None,
    plan: Plan | None = None,
) -> ActionItem:
    """Note that something is to be done. With an owner, a day and a plan it becomes a task."""
    meeting = lock_to_write(meeting, by)
    item = ActionItem(
        organization=meeting.organization,
        meeting=meeting,
        text=_said(text, 200),
        created_by=by,
    )
    return _write_action(item, meeting, by, owner, due, plan)


@transaction.atomic
def edit_action(
    *,
    item: ActionItem,
    by: Membership,
    text: str,
    owner: Membership | None,
    due: date | None,
    plan: Plan | None = None,
) -> ActionItem:
    """Complete or reword what is still a note. A task is changed where tasks are: `Refused`."""
    meeting = lock_to_write(item.meeting, by)
    item = ActionItem.objects.select_for_update().get(pk=item.pk)
    if item.task_id is not None:
        raise Refused(_("This is a task already. Change it on its own page."))
    item.text = _said(text, 200)
    return _write_action(item, meeting, by, owner, due, plan)


def _write_action(
    item: ActionItem,
    meeting: Meeting,
    by: Membership,
    owner: Membership | None,
    due: date | None,
    plan: Plan | None,
) -> ActionItem:
    plan = meeting.series.plan or plan
    if plan is not None and not plans.may_see(by, plan):
        raise Refused(_("That plan is not there."))
    if owner is not None:
        check_owner(meeting.organization, owner, plan)
        check_attendees(meeting.organization, [owner], meeting.series.plan)
    item.owner, item.due, item.plan = owner, due, plan
    item.meeting = meeting
    if owner is not None and due is not None and plan is not None:
        item.task = create_task(
            organization=meeting.organization,
            plan=plan,
            title=item.text,
            by=by,
            owner=owner,
            due=due,
            description=_("Agreed in the meeting “%(title)s”.") % {"title": meeting.series.title},
        )
    item.save()
    note_one(meeting, by, "meeting.agreed", text=item.text, task=item.task_id)
    return item


@transaction.atomic
def remove_action(*, item: ActionItem, by: Membership) -> None:
    """Take a note back. What became a task stays one: it is cancelled where tasks are."""
    meeting = lock_to_write(item.meeting, by)
    found = ActionItem.objects.select_for_update().filter(meeting=meeting, pk=item.pk).first()
    if found is None:
        return
    if found.task_id is not None:
        raise Refused(_("This is a task already. Cancel it on its own page."))
    found.delete()
    note_one(meeting, by, "meeting.disagreed", text=item.text)


@transaction.atomic
def send_minutes(*, meeting: Meeting, by: Membership, now: datetime) -> int:
    """Mail the minutes, as they stand, to everyone invited; how many. Again: as they are by then.

    `Refused` before the meeting has begun, and where nothing was written down.
    """
    meeting = lock_to_write(meeting, by)
    if meeting.starts_at > now:
        raise Refused(_("The meeting has not begun yet."))
    if not (meeting.notes or queries.decisions(meeting) or queries.action_items(meeting)):
        raise Refused(_("Nothing was written down yet: no notes, no decision, nothing to do."))
    again = meeting.minutes_sent_at is not None
    meeting.minutes_sent_at = now
    meeting.save(update_fields=["minutes_sent_at"])
    members = queries.attendees(meeting.series)
    sent = send(meeting.series, members, Kind.MINUTES, now, meeting=meeting, is_update=again)
    note_one(meeting, by, "meeting.minutes_sent", count=sent)
    return sent


def _said(text: str, most: int) -> str:
    text = " ".join(text.split())
    if not text:
        raise Refused(_("Write a few words first."))
    if len(text) > most:
        raise Refused(_("Say it in at most %(n)s characters.") % {"n": most})
    return text
