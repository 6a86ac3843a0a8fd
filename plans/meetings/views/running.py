"""Pages of one meeting: run it live, its minutes, and bringing it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from people.errors import NotAllowed, Refused, Stale
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from people.views.shared import now_and_today
from plancraft.lib.changes import Change
from plans.meetings import queries, services
from plans.meetings.forms import ActionForm, AgendaLineForm, LineForm, NotesForm
from plans.meetings.sources import grouped
from plans.meetings.views._shared import meeting_of, open_plans, to_meeting, to_series
from plans.models import Meeting
from plans.views import _shared
from plans.views._shared import page


@require_safe
@member_view(Perm.READ)
def meeting_page(request: MemberRequest, meeting_id: int) -> HttpResponse:
    """The meeting, to prepare it, to run it and to look it up."""
    return show_meeting(request, meeting_of(request, meeting_id))


def show_meeting(
    request: MemberRequest, meeting: Meeting, status: int = 200, **trouble: Any
) -> HttpResponse:
    """The meeting's page. `trouble` names the part that was refused: `problems` by part, forms as
    they were typed, and for notes that crossed `conflict` and `changes`."""
    now, today = now_and_today(request.organization)
    series = meeting.series
    asked_plans = open_plans(request) if series.plan is None else []
    owners = _shared.owners(request.organization)
    context = {
        "notes_form": NotesForm(initial={"notes": meeting.notes, "version": meeting.version}),
        "action_form": ActionForm(owners=owners, plans=asked_plans),
        "problems": {},
        **_facts(request, meeting, now),
        "owners": owners,
        "asked_plans": asked_plans,
        "today": today,
        **trouble,
    }
    response = page(request, "plans/meetings/meeting.html", **context)
    response.status_code = status
    return response


def _facts(request: MemberRequest, meeting: Meeting, now: datetime) -> dict[str, Any]:
    """What stands in the meeting, for its page and for its minutes."""
    series, invited = meeting.series, queries.attendees(meeting.series)
    said = queries.answers(meeting)
    actions = queries.action_items(meeting)
    items = queries.agenda(meeting)
    return {
        "meeting": meeting,
        "series": series,
        "starts": queries.on_the_wall(meeting.starts_at, series),
        "yours": _yours(meeting),
        "ends": queries.on_the_wall(_ends_at(meeting), series),
        "is_over": _ends_at(meeting) <= now,
        "invited": [(member, said.get(member.pk, "")) for member in invited],
        "my_answer": said.get(request.membership.pk, ""),
        "is_invited": any(member.pk == request.membership.pk for member in invited),
        "groups": grouped(items),
        "talked_about": sum(item.done_at is not None for item in items),
        "item_count": len(items),
        "decisions": queries.decisions(meeting),
        "actions": actions,
        "notes_only": sum(action.task_id is None for action in actions),
        "has_begun": meeting.starts_at <= now,
        "is_cancelled": meeting.cancelled_at is not None,
        "may_run": can(request.membership, Perm.MEETING_RUN, series)
        and meeting.cancelled_at is None,
        "may_claim": series.owner_id is None
        and series.finished_at is None
        and can(request.membership, Perm.CLAIM, series),
    }


def _ends_at(meeting: Meeting) -> datetime:
    return queries.occurrence(meeting.series, meeting.occurrence_on, meeting).ends_at


def _yours(meeting: Meeting) -> datetime | None:
    """When it begins on the reader's own wall, where that is another hour."""
    here = meeting.starts_at.astimezone(timezone.get_current_timezone())
    there = meeting.starts_at.astimezone(meeting.series.zone)
    return None if here.utcoffset() == there.utcoffset() else meeting.starts_at


def _done(
    request: MemberRequest, meeting: Meeting, part: str, act: Callable[[], object], **typed: Any
) -> HttpResponse:
    """Do it and return to that part of the page; a refusal stands there, with what was typed.

    `Stale` is left to the caller.
    """
    try:
        act()
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except Stale:
        raise
    except Refused as error:
        return show_meeting(request, meeting, 409, problems={part: str(error)}, **typed)
    return to_meeting(meeting, part)


def _first_error(form: Any) -> str:
    return str(next(iter(form.errors.values()))[0])


# The agenda ------------------------------------------------------------------------------------
@require_POST
@member_view(Perm.MEETING_RUN)
def agenda_draw(request: MemberRequest, meeting_id: int) -> HttpResponse:
    """Draw the agenda up (again) from the state of the plans."""
    meeting = meeting_of(request, meeting_id, to_run=True)
    now = now_and_today(request.organization)[0]

    def act() -> None:
        changed = services.draw(meeting=meeting, by=request.membership, now=now)
        pattern = ngettext("%(n)s line changed.", "%(n)s lines changed.", changed)
        said = pattern % {"n": changed} if changed else _("Nothing has changed since.")
        messages.success(request, said)

    return _done(request, meeting, "agenda", act)


@require_POST
@member_view(Perm.MEETING_RUN)
def agenda_add(request: MemberRequest, meeting_id: int) -> HttpResponse:
    """Put a line of one's own on the agenda."""
    meeting = meeting_of(request, meeting_id, to_run=True)
    form = AgendaLineForm(request.POST)
    if not form.is_valid():
        problems = {"agenda": _first_error(form)}
        typed = request.POST.get("text", "")
        return show_meeting(request, meeting, 422, problems=problems, typed_item=typed)
    text = form.cleaned_data["text"]
    return _done(
        request,
        meeting,
        "agenda",
        lambda: services.add_item(meeting=meeting, by=request.membership, text=text),
        typed_item=text,
    )


@require_POST
@member_view(Perm.MEETING_RUN)
def agenda_item(request: MemberRequest, meeting_id: int, item_id: int) -> HttpResponse:
    """Tick, reword or remove a line: `do` says which."""
    meeting = meeting_of(request, meeting_id, to_run=True)
    item = queries.get_item(meeting, item_id)
    by, now = request.membership, now_and_today(request.organization)[0]
    text = request.POST.get("text", "")
    acts: dict[str, Callable[[], object]] = {
        "tick": lambda: services.tick_item(item=item, by=by, done=True, now=now),
        "untick": lambda: services.tick_item(item=item, by=by, done=False, now=now),
        "remove": lambda: services.remove_item(item=item, by=by, now=now),
        "reword": lambda: services.edit_item(item=item, by=by, text=text),
    }
    act = acts.get(request.POST.get("do", ""))
    if act is None:
        problems = {"agenda": _("Choose what to do with the line.")}
        return show_meeting(request, meeting, 422, problems=problems)
    return _done(request, meeting, "agenda", act)


# Notes, decisions, what is to be done -----------------------------------------------------------
@require_POST
@member_view(Perm.MEETING_RUN)
def notes_save(request: MemberRequest, meeting_id: int) -> HttpResponse:
    """Save the notes; where someone was faster, both texts are shown and nothing is lost (409).

    With `both`, what was typed follows what is there.
    """
    meeting = meeting_of(request, meeting_id, to_run=True)
    form = NotesForm(request.POST)
    if not form.is_valid():
        problems = {"notes": _first_error(form)}
        return show_meeting(request, meeting, 422, problems=problems, notes_form=form)
    notes, version = form.cleaned_data["notes"], form.cleaned_data["version"]
    if "both" in request.POST:
        notes = f"{meeting.notes}\n\n{notes}"
    try:
        return _done(
            request,
            meeting,
            "notes",
            lambda: services.save_notes(
                meeting=meeting, by=request.membership, version=version, notes=notes
            ),
            notes_form=form,
        )
    except Stale as error:
        return _notes_crossed(request, error, form)


def _notes_crossed(request: MemberRequest, error: Stale, form: NotesForm) -> HttpResponse:
    there: Meeting = error.current
    typed = form.cleaned_data["notes"]
    form.carry(version=there.version)
    change = Change("notes", _("Notes"), there.notes, typed)
    return show_meeting(request, there, 409, notes_form=form, conflict=str(error), changes=[change])


@require_POST
@member_view(Perm.MEETING_RUN)
def decision_add(request: MemberRequest, meeting_id: int) -> HttpResponse:
    """Write down what was decided."""
    meeting = meeting_of(request, meeting_id, to_run=True)
    form = LineForm(request.POST)
    if not form.is_valid():
        problems = {"decisions": _first_error(form)}
        typed = request.POST.get("text", "")
        return show_meeting(request, meeting, 422, problems=problems, typed_decision=typed)
    text = form.cleaned_data["text"]
    return _done(
        request,
        meeting,
        "decisions",
        lambda: services.add_decision(meeting=meeting, by=request.membership, text=text),
        typed_decision=text,
    )


@require_POST
@member_view(Perm.MEETING_RUN)
def decision_remove(request: MemberRequest, meeting_id: int, decision_id: int) -> HttpResponse:
    """Take back a decision that was written down wrongly."""
    meeting = meeting_of(request, meeting_id, to_run=True)
    decision = queries.get_decision(meeting, decision_id)
    return _done(
        request,
        meeting,
        "decisions",
        lambda: services.remove_decision(decision=decision, by=request.membership),
    )


def _action_form(request: MemberRequest, meeting: Meeting) -> ActionForm:
    return ActionForm(
        request.POST,
        owners=_shared.owners(request.organization),
        plans=open_plans(request) if meeting.series.plan is None else [],
    )


@require_POST
@member_view(Perm.MEETING_RUN)
def action_add(request: MemberRequest, meeting_id: int) -> HttpResponse:
    """Note what is to be done; with an owner and a day it becomes a task at once."""
    meeting = meeting_of(request, meeting_id, to_run=True)
    form = _action_form(request, meeting)
    if not form.is_valid():
        problems = {"actions": _first_error(form)}
        return show_meeting(request, meeting, 422, problems=problems, action_form=form)
    said = form.cleaned_data
    return _done(
        request,
        meeting,
        "actions",
        lambda: services.add_action(
            meeting=meeting,
            by=request.membership,
            text=said["text"],
            owner=said["owner"],
            due=said["due"],
            plan=said.get("plan"),
        ),
        action_form=form,
    )


@require_POST
@member_view(Perm.MEETING_RUN)
def action_item(request: MemberRequest, meeting_id: int, action_id: int) -> HttpResponse:
    """Complete a note so that it becomes a task, or take it back: `do` says which."""
    meeting = meeting_of(request, meeting_id, to_run=True)
    item = queries.get_action(meeting, action_id)
    by = request.membership
    if request.POST.get("do") == "remove":
        return _done(request, meeting, "actions", lambda: services.remove_action(item=item, by=by))
    form = _action_form(request, meeting)
    if not form.is_valid():
        problems = {"actions": _first_error(form)}
        return show_meeting(request, meeting, 422, problems=problems)
    said = form.cleaned_data
    return _done(
        request,
        meeting,
        "actions",
        lambda: services.edit_action(
            item=item,
            by=by,
            text=said["text"],
            owner=said["owner"],
            due=said["due"],
            plan=said.get("plan"),
        ),
    )


# Answers, minutes, bringing back ----------------------------------------------------------------
@require_POST
@member_view(Perm.READ)
def meeting_answer(request: MemberRequest, meeting_id: int) -> HttpResponse:
    """Say whether one comes."""
    meeting = meeting_of(request, meeting_id)
    comes = request.POST.get("answer") == "yes"
    now = now_and_today(request.organization)[0]
    return _done(
        request,
        meeting,
        "who",
        lambda: services.answer(meeting=meeting, member=request.membership, comes=comes, now=now),
    )


@require_safe
@member_view(Perm.READ)
def minutes_page(request: MemberRequest, meeting_id: int) -> HttpResponse:
    """What was said, decided and agreed, to read and to print."""
    meeting = meeting_of(request, meeting_id)
    now, today = now_and_today(request.organization)
    facts = _facts(request, meeting, now)
    return page(request, "plans/meetings/minutes.html", **facts, today=today)


@require_POST
@member_view(Perm.MEETING_RUN)
def minutes_send(request: MemberRequest, meeting_id: int) -> HttpResponse:
    """Mail the minutes to everyone invited."""
    meeting = meeting_of(request, meeting_id, to_run=True)
    now = now_and_today(request.organization)[0]

    def act() -> None:
        sent = services.send_minutes(meeting=meeting, by=request.membership, now=now)
        pattern = ngettext(
            "The minutes are on their way to %(n)s person.",
            "The minutes are on their way to %(n)s people.",
            sent,
        )
        messages.success(request, pattern % {"n": sent})

    return _done(request, meeting, "minutes", act)


@require_POST
@member_view(Perm.MEETING_RUN)
def meeting_restore(request: MemberRequest, meeting_id: int) -> HttpResponse:
    """Let a cancelled meeting take place after all."""
    meeting = meeting_of(request, meeting_id, to_run=True)
    now = now_and_today(request.organization)[0]
    answer = _done(
        request,
        meeting,
        "",
        lambda: services.restore_one(meeting=meeting, by=request.membership, now=now),
    )
    return to_series(meeting.series) if answer.status_code == 302 else answer
