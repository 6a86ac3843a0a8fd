"""The month, the list and the tray."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from calendar_app import calendar_view as view
from calendar_app import filters as narrowing
from calendar_app import flags, gap_calendar, month_html, pages, queries
from calendar_app.calendar_view import Month, Shown
from calendar_app.filters import Filters
from calendar_app.gap_calendar import MonthGaps
from calendar_app.queries import Frame
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from people.views.shared import now_and_today
from people.working_calendar import public_holidays
from plancraft.lib.dates import Period, parse_day

LIST_DAYS = 28
LIST_ROWS = 100
TRAY_ROWS = 100


@dataclass(frozen=True)
class Asked:
    """What the address asks for, with a sentence for each part that meant nothing."""

    now: datetime
    today: date
    first: date
    day: date
    unfolded: date | None
    notices: tuple[str, ...]


@member_view(Perm.READ)
def calendar(request: MemberRequest) -> HttpResponse:
    """The month: what is scheduled, what is promised and empty, and what nobody owns."""
    asked = _asked(request)
    period = view.grid_period(asked.first, request.organization.week_start)
    frame = queries.calendar_frame(request.organization, request.membership, period)
    filters, ignored = narrowing.read(request.GET, frame.known(request.membership.pk))
    asked = replace(asked, notices=(*asked.notices, *ignored))
    found = gap_calendar.month_gaps(request.membership, period, asked.now, asked.today, filters)
    month = _month(request, asked, frame, filters, period, found)
    pens = _pens(request, frame, filters, asked)
    if request.htmx and request.GET.get("cell"):
        return _one_cell(request, month, pens)
    context = pages.month_context(request, asked, frame, filters, month, pens)
    gap_calendar.add_to_page(
        context, found, request.organization.slug, filters, request.COOKIES.get("gap_drawer", "")
    )
    return render(request, "calendar_app/month.html", context)


def _asked(request: MemberRequest) -> Asked:
    now, today = now_and_today(request.organization)
    notices = []
    first = day = None
    if text := request.GET.get("date", ""):
        day = parse_day(text)
        first = day.replace(day=1) if day else None
        if day is None:
            notices.append(_("The address names a day that no calendar has, so it shows today."))
    if text := request.GET.get("month", ""):
        first = view.parse_month(text) or first
        if view.parse_month(text) is None:
            notices.append(_("The address names a month that no calendar has; here is this one."))
    first = first or today.replace(day=1)
    return Asked(
        now,
        today,
        first,
        day or (today if (today.year, today.month) == (first.year, first.month) else first),
        parse_day(request.GET.get("fold", "")),
        tuple(notices),
    )


def _month(
    request: MemberRequest,
    asked: Asked,
    frame: Frame,
    filters: Filters,
    period: Period,
    found: MonthGaps,
) -> Month:
    rows = queries.posts_between(
        request.organization, request.membership, period, filters, asked.now
    )
    month = view.build_month(
        first=asked.first,
        today=asked.today,
        week_start=request.organization.week_start,
        posts=shown(request, frame, rows, asked.now),
        slots=found.slots,
        flags=flags.flags(frame.flags, filters, flags.mover(request.membership)),
        unfolded=asked.unfolded,
    )
    view.name_days(month, closures=_holidays(request, frame, period), blackouts=_blackouts(frame))
    return month


def shown(request: MemberRequest, frame: Frame, rows: Any, now: datetime) -> list[Shown]:
    """The rows on their local days."""
    tolerance = timedelta(hours=request.organization.tolerance_hours)
    channels = frame.channels
    return [view.shown(row, channels[row.channel].zone, now, tolerance) for row in rows]


def _holidays(request: MemberRequest, frame: Frame, period: Period) -> dict[date, str]:
    """Public holidays of the organization's country, and its own closure days over them."""
    organization = request.organization
    named: dict[date, str] = {}
    for year in range(period.start.year, period.end.year + 1):
        named |= public_holidays(organization.country, organization.subdivision, year)
    return named | frame.closures


def _blackouts(frame: Frame) -> list[tuple[str, date, date, int | None]]:
    return [(b.name, b.starts_on, b.ends_on, b.channel) for b in frame.blackouts]


def _pens(request: MemberRequest, frame: Frame, filters: Filters, asked: Asked) -> month_html.Pens:
    slug = request.organization.slug
    kept = urlencode(filters.given)
    tail = f"&{kept}" if kept else ""
    month = f"{asked.first:%Y-%m}"
    return month_html.Pens(
        slug=slug,
        frame=frame,
        day_url=f"{reverse('calendar-list', args=[slug])}?{kept}{'&' if kept else ''}date=",
        fold_url=f"{reverse('calendar', args=[slug])}?month={month}{tail}&fold=",
        may_write=can(request.membership, Perm.STORY_EDIT),
    )


def _one_cell(request: MemberRequest, month: Month, pens: month_html.Pens) -> HttpResponse:
    """The day that was folded or unfolded, alone."""
    wanted = parse_day(request.GET.get("cell", ""))
    for week in month.weeks:
        for day in week.days:
            if day.day == wanted:
                return HttpResponse(month_html.day_cell(day, pens, marks=week.is_marks))
    return HttpResponse(status=204)


# The list
@member_view(Perm.READ)
def calendar_list(request: MemberRequest) -> HttpResponse:
    """Posts by date: four weeks, or as many rows as fit a page, from the day asked for."""
    now, today = now_and_today(request.organization)
    text = request.GET.get("date", "")
    start = parse_day(text) or today
    notices = []
    if text and parse_day(text) is None:
        notices.append(_("The address names a day that no calendar has, so it begins today."))
    period = pages.window(start, LIST_DAYS)
    frame = queries.calendar_frame(request.organization, request.membership, period)
    filters, ignored = narrowing.read(request.GET, frame.known(request.membership.pk))
    after = pages.read_cursor(request.GET.get("after", ""))
    rows = queries.posts_page(
        request.organization, request.membership, period, filters, now, after, LIST_ROWS + 1
    )
    posts = [post for post in shown(request, frame, rows[:LIST_ROWS], now) if post.day in period]
    context = pages.list_context(request, frame, filters, posts, today, period)
    context |= pages.list_steps(request, filters, period, rows, LIST_ROWS)
    context["notices"] = [*notices, *ignored]
    return render(request, "calendar_app/list.html", context)


# The tray
@member_view(Perm.READ)
def tray(request: MemberRequest) -> HttpResponse:
    """What has no date yet, newest first."""
    now, today = now_and_today(request.organization)
    frame = queries.calendar_frame(request.organization, request.membership, pages.window(today, 1))
    filters, notices = narrowing.read(request.GET, frame.known(request.membership.pk))
    before = narrowing.whole_number(request.GET.get("before", ""))
    rows = queries.undated_posts(
        request.organization,
        request.membership,
        filters,
        now,
        before=before,
        limit=TRAY_ROWS + 1,
    )
    context = pages.tray_context(request, frame, filters, rows, TRAY_ROWS)
    nowhere = []
    if before is None and set(filters.given) <= {"plan"}:
        nowhere = queries.stories_without_post(
            request.organization, request.membership, filters.plan, TRAY_ROWS
        )
    context |= {"notices": notices, "nowhere": nowhere}
    return render(request, "calendar_app/tray.html", context)
