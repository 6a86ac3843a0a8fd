"""*My work*, and the manager's dashboard with the rows behind its figures."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from calendar_app.gap_queries import Gap, gaps
from dashboards import dashboard_page, queries, rows_page, work_page
from dashboards.scope import Scope, scope
from dashboards.work import work
from people.http import MemberRequest, member_view
from people.models import Organization
from people.permissions import Perm
from people.working_calendar import calendar_of
from plancraft.lib.dates import Period, local_day, parse_day

HANDED_DAYS = 60


def _clock(organization: Organization) -> tuple[datetime, date]:
    now = timezone.now()
    return now, local_day(now, ZoneInfo(organization.time_zone))


@member_view(Perm.READ)
def my_work(request: MemberRequest) -> HttpResponse:
    """What to do today, in order."""
    organization, me = request.organization, request.membership
    now, today = _clock(organization)
    desk = queries.desk(me, now)
    found = work(
        desk,
        _handed(request, now, today) if desk.handed else [],
        me=me.pk,
        now=now,
        today=today,
        week_start=organization.week_start,
        tolerance=timedelta(hours=organization.tolerance_hours),
        calendar=calendar_of(organization, range(today.year - 1, today.year + 2)),
    )
    context = work_page.my_work(me, desk, found, now, today)
    return render(request, "dashboards/my_work.html", {**context, "key": uuid.uuid4})


def _handed(request: MemberRequest, now: datetime, today: date) -> list[Gap]:
    """The gaps ahead that were handed to this person, and whom of their own to speak with."""
    window = Period(today, today + timedelta(days=HANDED_DAYS))
    found = gaps(request.organization, request.membership, window, now)
    me = request.membership.pk
    return [
        gap
        for gap in found
        if gap.is_ahead
        and gap.answers
        and gap.answers.pk == me
        and (gap.handed or gap.because == "stakeholder")
    ]


@member_view(Perm.DASHBOARD)
def dashboard(request: MemberRequest) -> HttpResponse:
    """Is the plan keeping its promises?"""
    found = _scope(request, past=True, ahead=True)
    seen = queries.overview(request.organization, request.membership, found.now)
    context = dashboard_page.dashboard(found, seen)
    return render(request, "dashboards/dashboard.html", context)


@member_view(Perm.DASHBOARD)
def dashboard_week(request: MemberRequest) -> HttpResponse:
    """The promises behind one bar: what was promised in a week that is over, what went out."""
    found = _scope(request, past=True, ahead=False)
    week = _week(request, found, found.windows.past)
    return render(request, "dashboards/rows.html", rows_page.week_rows(found, week))


@member_view(Perm.DASHBOARD)
def dashboard_overdue(request: MemberRequest) -> HttpResponse:
    """The overdue posts and tasks behind one bar: one person's, nobody's, or everyone's."""
    found = _scope(request, past=True, ahead=True)
    seen = queries.overview(request.organization, request.membership, found.now)
    context = rows_page.overdue_rows(found, seen, request.GET)
    return render(request, "dashboards/rows.html", context)


def _scope(request: MemberRequest, *, past: bool, ahead: bool) -> Scope:
    now, today = _clock(request.organization)
    return scope(request.membership, request.GET, now, today, past=past, ahead=ahead)


def _week(request: Any, found: Scope, span: Period) -> Period:
    """The week that the address names by its first day; 404 for one that no figure stands for."""
    start = parse_day(request.GET.get("week", ""))
    if start is None or start not in span or (start - span.start).days % 7:
        raise Http404
    return Period(start, start + timedelta(days=6))
