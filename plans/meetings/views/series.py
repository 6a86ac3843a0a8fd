"""Pages of meetings to come: the list, a series, scheduling and changing it, one occurrence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people import activity
from people import queries as people
from people.errors import NotAllowed, Refused, Stale
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from people.views.shared import now_and_today
from plancraft.lib.dates import local_day, parse_day
from plans import queries as plans
from plans.meetings import ics, queries, recurrence, services
from plans.meetings.forms import CancelForm, FlagForm, OneForm, SeriesForm, series_initial
from plans.meetings.records import SERIES_LABELS, SeriesFields, series_fields, when_words
from plans.meetings.views._shared import (
    members,
    occurrence_of,
    open_plans,
    series_of,
    to_meeting,
    to_series,
)
from plans.models import MeetingSeries, Plan
from plans.views import _shared
from plans.views._shared import Attempt, opened, page, tried

AHEAD = timedelta(days=42)
SHOWN = 5
PER_PAGE = 30
FEED = 10


@require_safe
@member_view(Perm.READ)
def meeting_list(request: MemberRequest) -> HttpResponse:
    """What is ahead in the next six weeks, what runs without an organizer, and what was."""
    organization, membership = request.organization, request.membership
    now, today = now_and_today(organization)
    plan = _wanted_plan(request)
    series = list(queries.open_series(organization, membership, plan))
    ahead = [o for o in queries.between(series, now, now + AHEAD) if o.ends_at > now]
    past = queries.past(organization, membership, now, plan)
    found = Paginator(past, PER_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "plans/meetings/meetings.html",
        plan=plan,
        series=[(row, when_words(series_fields(row), row.week_start)) for row in series],
        unrun=[row for row in series if row.owner_id is None],
        ahead=ahead,
        found=found,
        today=today,
        may_run=can(membership, Perm.MEETING_RUN),
    )


def _wanted_plan(request: MemberRequest) -> Plan | None:
    """The plan that the address asks for, where the member may see it."""
    asked = request.GET.get("plan", "")
    if not asked.isascii() or not asked.isdigit() or len(asked) > 12:
        return None
    return plans.visible_plans(request.organization, request.membership).filter(pk=asked).first()


@require_safe
@member_view(Perm.READ)
def series_page(request: MemberRequest, series_id: int) -> HttpResponse:
    """A series: when it is, who comes, what people noticed, and what is next."""
    return show_series(request, series_of(request, series_id), FlagForm())


def show_series(
    request: MemberRequest, series: MeetingSeries, form: FlagForm, problem: str = ""
) -> HttpResponse:
    """The page of the series; with `problem`, why something was refused (409)."""
    now, today = now_and_today(request.organization)
    invited = queries.attendees(series)
    history = people.activity_of(request.organization, series._meta.label, series.pk)
    response = page(
        request,
        "plans/meetings/series.html",
        Attempt(form, 422 if form.is_bound and form.errors else 200),
        series=series,
        when=when_words(series_fields(series), series.week_start),
        invited=invited,
        followers=queries.followers(series) if series.finished_at else [],
        next_ones=queries.next_days(series, now, SHOWN),
        flags=queries.open_flags(series),
        feed=activity.feed(history[:FEED]),
        today=today,
        may_run=can(request.membership, Perm.MEETING_RUN, series),
        may_assign=can(request.membership, Perm.ASSIGN, series),
        unowned_days=(now - series.unowned_since).days if series.unowned_since else 0,
        problem=problem,
    )
    if problem:
        response.status_code = 409
    return response


# Scheduling ----------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.MEETING_RUN)
def series_new(request: MemberRequest) -> HttpResponse:
    """Schedule meetings; shows the next five before anything is saved."""
    organization, membership = request.organization, request.membership
    now, today = now_and_today(organization)
    plan = _wanted_plan(request)
    form = SeriesForm(
        request.POST if request.method == "POST" else None,
        members=members(request),
        plans=open_plans(request),
        owners=_shared.owners(organization),
        initial=_begin_with(request, plan, today),
    )
    attempt = opened(form)
    if form.is_bound and form.is_valid() and "preview" not in request.POST:
        fields, owner = form.record(), form.cleaned_data["owner"]
        series = tried(
            attempt,
            lambda: services.create_series(
                organization=organization, by=membership, fields=fields, owner=owner, now=now
            ),
        )
        if series is not None:
            messages.success(request, _("Scheduled. Everyone invited is sent an invitation."))
            return to_series(series)
    return _form_page(request, attempt, None, today)


def _begin_with(request: MemberRequest, plan: Plan | None, today: date) -> dict[str, Any]:
    tomorrow = today + timedelta(days=1)
    while tomorrow.weekday() not in request.organization.working_weekdays:
        tomorrow += timedelta(days=1)
    return {
        "title": _("Planning meeting"),
        "plan": "" if plan is None else str(plan.pk),
        "first_day": tomorrow,
        "time_zone": request.organization.time_zone,
        "clock": "09:30",
        "weekdays": [tomorrow.weekday()],
        "owner": str(request.membership.pk),
        "attendees": [str(request.membership.pk)],
    }


def _form_page(
    request: MemberRequest, attempt: Attempt, series: MeetingSeries | None, today: date
) -> HttpResponse:
    return page(
        request,
        "plans/meetings/series_form.html",
        attempt,
        series=series,
        **_preview(request, attempt.form, today),
    )


def _preview(request: MemberRequest, form: Any, today: date) -> dict[str, Any]:
    """The rule in words and the next five days, of what is typed or stood there at first."""
    bound = form if form.is_bound else _as_if_typed(request, form)
    if not bound.is_valid():
        return {"when": "", "dates": []}
    fields: SeriesFields = bound.record()
    week_start = request.organization.week_start
    zone = ZoneInfo(fields.time_zone)
    days = recurrence.upcoming(fields.rule(week_start), min(today, fields.first_day), SHOWN)
    starts = [_on_wall(day, fields.clock, zone) for day in days]
    return {"when": when_words(fields, week_start), "dates": starts, "zone": fields.time_zone}


def _on_wall(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """When it really begins there, also on a night when clocks change; without zone."""
    return recurrence.instant(day, clock, zone).astimezone(zone).replace(tzinfo=None)


def _as_if_typed(request: MemberRequest, form: Any) -> SeriesForm:
    owners = list(form.fields["owner"].rows.values()) if "owner" in form.fields else None
    return SeriesForm(
        {**form.initial, "frequency": form.initial.get("frequency", "weekly"),
         "interval": form.initial.get("interval", 1),
         "duration_minutes": form.initial.get("duration_minutes", 45)},
        members=list(form.fields["attendees"].rows.values()),
        plans=list(form.fields["plan"].rows.values()),
        owners=owners,
    )  # fmt: skip


@require_POST
@member_view(Perm.MEETING_RUN)
def series_preview(request: MemberRequest) -> HttpResponse:
    """The next five dates of what is typed, as a fragment beside the form. Saves nothing."""
    today = now_and_today(request.organization)[1]
    form = SeriesForm(request.POST, members=members(request), plans=open_plans(request))
    return page(request, "plans/meetings/_preview.html", **_preview(request, form, today))


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.MEETING_RUN)
def series_edit(request: MemberRequest, series_id: int) -> HttpResponse:
    """Change these meetings from one of them on; what was before stays."""
    series = series_of(request, series_id, to_run=True)
    now, today = now_and_today(request.organization)
    starting = _starting(request, series, today)
    current = series_fields(series, queries.attendees(series))
    shown = current if starting <= current.first_day else _from_then(current, series, starting)
    form = SeriesForm(
        request.POST if request.method == "POST" else None,
        members=members(request),
        plans=open_plans(request),
        initial=series_initial(shown, series.version, starting),
    )
    attempt = opened(form)
    if form.is_bound and form.is_valid() and "preview" not in request.POST:
        fields, version = form.record(), form.cleaned_data["version"] or 0
        kept = _as_it_was(fields, shown, current)
        try:
            saved = tried(
                attempt,
                lambda: services.edit_series(
                    series=series,
                    by=request.membership,
                    version=version,
                    fields=kept,
                    from_day=starting,
                    now=now,
                ),
            )
        except Stale as error:
            _crossed(attempt, error, series, fields)
        else:
            if saved is not None:
                messages.success(request, _("Changed. Everyone invited is told."))
                return to_series(saved)
    return _form_page(request, attempt, series, today)


def _starting(request: MemberRequest, series: MeetingSeries, today: date) -> date:
    """From which meeting on the change holds: what the address or the form says, else the next."""
    asked = parse_day(request.POST.get("starting") or request.GET.get("from") or "")
    return max(asked or today, today)


def _from_then(current: SeriesFields, series: MeetingSeries, starting: date) -> SeriesFields:
    """The meetings as they would go on from that day: what is over is not counted again."""
    rule = current.rule(series.week_start)
    ahead = recurrence.upcoming(rule, starting, 500 if current.count else 1)
    first = ahead[0] if ahead else starting
    return replace(current, first_day=first, count=len(ahead) if current.count else None)


def _as_it_was(fields: SeriesFields, shown: SeriesFields, current: SeriesFields) -> SeriesFields:
    """Where the days were not touched, those of the series itself, so that it need not part."""
    if (fields.first_day, fields.count) != (shown.first_day, shown.count):
        return fields
    return replace(fields, first_day=current.first_day, count=current.count)


def _crossed(attempt: Attempt, error: Stale, series: MeetingSeries, typed: SeriesFields) -> None:
    now_there: SeriesFields = error.current
    fresh = series_now(series)
    _shared.crossed(
        attempt,
        error,
        SERIES_LABELS,
        current=now_there.words(series.week_start),
        typed=typed.words(series.week_start),
        version=fresh.version,
    )


def series_now(series: MeetingSeries) -> MeetingSeries:
    """The series as it is stored now."""
    series.refresh_from_db(fields=["version"])
    return series


@require_POST
@member_view(Perm.MEETING_RUN)
def series_end(request: MemberRequest, series_id: int) -> HttpResponse:
    """No more of these meetings."""
    series = series_of(request, series_id, to_run=True)
    now = now_and_today(request.organization)[0]
    services.end_series(series=series, by=request.membership, now=now)
    messages.success(request, _("Ended. Everyone invited is told."))
    return to_series(series)


@require_POST
@member_view(Perm.MEETING_RUN)
def series_flag(request: MemberRequest, series_id: int) -> HttpResponse:
    """Note what worked well or needs a tweak."""
    series = series_of(request, series_id, to_run=True)
    form = FlagForm(request.POST)
    if not form.is_valid():
        return show_series(request, series, form)
    now = now_and_today(request.organization)[0]
    said = form.cleaned_data
    try:
        services.flag(
            series=series, by=request.membership, kind=said["kind"], text=said["text"], now=now
        )
    except NotAllowed:
        raise
    except Refused as error:
        form.add_error("text", str(error))
        return show_series(request, series, form)
    return to_series(series, "noticed")


@require_safe
@member_view(Perm.READ)
def series_calendar(request: MemberRequest, series_id: int) -> HttpResponse:
    """The series as a file for one's own calendar program."""
    series = series_of(request, series_id)
    now = now_and_today(request.organization)[0]
    answer = HttpResponse(ics.whole_series(series, now), content_type="text/calendar")
    answer["Content-Disposition"] = f'attachment; filename="meetings-{series.pk}.ics"'
    return answer


# One occurrence --------------------------------------------------------------------------------
@require_safe
@member_view(Perm.READ)
def occurrence_page(request: MemberRequest, series_id: int, day: str) -> HttpResponse:
    """One meeting ahead; once it is prepared, its own page."""
    series = series_of(request, series_id)
    found = occurrence_of(series, day)
    if found.meeting is not None and found.meeting.cancelled_at is None:
        return redirect("meeting", request.organization.slug, found.meeting.pk)
    now, today = now_and_today(request.organization)
    return page(
        request,
        "plans/meetings/occurrence.html",
        series=series,
        one=found,
        starts=queries.on_the_wall(found.starts_at, series),
        invited=queries.attendees(series),
        is_ahead=found.starts_at > now,
        may_restore=found.starts_at > now and series.finished_at is None,
        may_run=can(request.membership, Perm.MEETING_RUN, series),
        today=today,
    )


@require_POST
@member_view(Perm.MEETING_RUN)
def occurrence_open(request: MemberRequest, series_id: int, day: str) -> HttpResponse:
    """Prepare one meeting now: its own page, with the agenda drawn up."""
    series = series_of(request, series_id, to_run=True)
    found = occurrence_of(series, day)
    now = now_and_today(request.organization)[0]
    try:
        meeting = services.prepare(series=series, day=found.day, by=request.membership)
        if meeting.agenda_drawn_at is None and found.ends_at > now:
            services.draw(meeting=meeting, by=request.membership, now=now)
    except Refused as error:
        return show_series(request, series, FlagForm(), str(error))
    return to_meeting(meeting)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.MEETING_RUN)
def occurrence_change(request: MemberRequest, series_id: int, day: str) -> HttpResponse:
    """Give this one meeting another time or place."""
    series = series_of(request, series_id, to_run=True)
    found = occurrence_of(series, day)
    local = queries.on_the_wall(found.starts_at, series)
    form = OneForm(
        request.POST if request.method == "POST" else None,
        initial={
            "day": local_day(found.starts_at, series.zone),
            "clock": local.time(),
            "duration_minutes": found.duration_minutes,
            "place": found.place,
        },
    )
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        now = now_and_today(request.organization)[0]
        said = form.cleaned_data
        saved = tried(
            attempt,
            lambda: services.change_one(
                series=series,
                day=found.day,
                by=request.membership,
                starts_at=form.starts_at(series.zone),
                duration_minutes=said["duration_minutes"],
                place=said["place"],
                now=now,
            ),
        )
        if saved is not None:
            messages.success(request, _("Changed. Everyone invited is told."))
            return to_series(series)
    return page(
        request, "plans/meetings/change.html", attempt, series=series, one=found, starts=local
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.MEETING_RUN)
def occurrence_cancel(request: MemberRequest, series_id: int, day: str) -> HttpResponse:
    """Cancel this one meeting."""
    series = series_of(request, series_id, to_run=True)
    found = occurrence_of(series, day)
    form = CancelForm(request.POST if request.method == "POST" else None)
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        now = now_and_today(request.organization)[0]
        saved = tried(
            attempt,
            lambda: services.cancel_one(
                series=series,
                day=found.day,
                by=request.membership,
                reason=form.cleaned_data["reason"],
                now=now,
            ),
        )
        if saved is not None:
            messages.success(request, _("Cancelled. Everyone invited is told."))
            return to_series(series)
    local = queries.on_the_wall(found.starts_at, series)
    return page(
        request, "plans/meetings/cancel.html", attempt, series=series, one=found, starts=local
    )
