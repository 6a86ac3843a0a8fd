"""What the pages of meetings share."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from people import queries as people
from people.http import MemberRequest
from people.permissions import Perm, can
from plancraft.lib.dates import parse_day
from plans import queries as plans
from plans.meetings import queries
from plans.models import Meeting, MeetingSeries


def series_of(request: MemberRequest, series_id: int, *, to_run: bool = False) -> MeetingSeries:
    """The series, else 404; to run it, 403 for who only reads."""
    series = queries.get_series(request.organization, request.membership, series_id)
    if to_run and not can(request.membership, Perm.MEETING_RUN, series):
        raise PermissionDenied
    return series


def meeting_of(request: MemberRequest, meeting_id: int, *, to_run: bool = False) -> Meeting:
    """The meeting, else 404; to run it, 403 for who only reads."""
    meeting = queries.get_meeting(request.organization, request.membership, meeting_id)
    if to_run and not can(request.membership, Perm.MEETING_RUN, meeting.series):
        raise PermissionDenied
    return meeting


def occurrence_of(series: MeetingSeries, day: str) -> queries.Occurrence:
    """The occurrence of a day that an address names, else 404."""
    parsed = parse_day(day)
    found = queries.get_occurrence(series, parsed) if parsed else None
    if found is None:
        raise Http404
    return found


def open_plans(request: MemberRequest) -> list[Any]:
    """The open plans that the member may see, by name."""
    rows = plans.visible_plans(request.organization, request.membership)
    return list(rows.filter(state__in=plans.OPEN_STATES).order_by("name"))


def members(request: MemberRequest) -> list[Any]:
    """Everyone who can be invited, by name."""
    return list(people.members(request.organization))


def to_meeting(meeting: Meeting, anchor: str = "") -> HttpResponse:
    """Back to the meeting's page, where one was."""
    return _to("meeting", meeting.series.organization.slug, meeting.pk, anchor)


def to_series(series: MeetingSeries, anchor: str = "") -> HttpResponse:
    """To the page of the series."""
    return _to("meeting-series", series.organization.slug, series.pk, anchor)


def _to(name: str, slug: str, key: int, anchor: str) -> HttpResponse:
    answer = redirect(name, slug, key)
    if anchor:
        answer["Location"] += f"#{anchor}"
    return answer
