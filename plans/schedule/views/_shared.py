"""What the pages of key dates share: which one, whether it may change, and its page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from people import activity
from people import queries as people
from people.errors import NotAllowed, Refused
from people.http import MemberRequest
from people.permissions import Perm, can
from people.views.shared import now_and_today
from people.working_calendar import calendar_of
from plancraft.lib.dates import WorkingCalendar
from plans.models import KeyDate
from plans.models.tasks import TaskState
from plans.registry import Occasion
from plans.rules import PlanState
from plans.schedule import events, queries
from plans.schedule.forms import clock_of
from plans.schedule.graph import Node, nodes_of
from plans.schedule.pages import key_date_chart, step_rows
from plans.schedule.preview import Preview, Recompute, previewed
from plans.views._shared import page
from plans.views.plans import plan_frame

FEED = 8

Answer = TypeVar("Answer")


def zone_of(request: MemberRequest) -> ZoneInfo:
    """The organization's time zone."""
    return ZoneInfo(request.organization.time_zone)


def may_change(request: MemberRequest, key_date: KeyDate) -> bool:
    """Whether the member may change key dates of this plan."""
    return can(request.membership, Perm.PLAN_EDIT, key_date)


def found(request: MemberRequest, key_date_id: int) -> KeyDate:
    """The key date; 404 for one that the member may not see."""
    return queries.get_key_date(request.organization, request.membership, key_date_id)


def changeable(request: MemberRequest, key_date_id: int) -> KeyDate:
    """The key date, for a page that changes it: 404 if hidden, 403 without the right."""
    key_date = found(request, key_date_id)
    if not may_change(request, key_date):
        raise PermissionDenied
    return key_date


def settled(key_date: KeyDate) -> str:
    """Why nothing of the key date moves any more; empty where it does."""
    if key_date.plan.state == PlanState.CLOSED:
        return _("This plan is closed. Reopen it to change it.")
    if key_date.done_at is not None:
        return _("This key date is done. Reopen it to change it.")
    if key_date.cancelled_at is not None:
        return _("This key date is called off. Reopen it to change it.")
    return ""


def acted(request: MemberRequest, key_date: KeyDate, act: Callable[[], Answer]) -> HttpResponse:
    """Do it and go to the key date; a refusal stands above its page (409)."""
    try:
        act()
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except Refused as error:
        return show(request, key_date, str(error))
    return to_page(request, key_date)


def to_page(request: MemberRequest, key_date: KeyDate) -> HttpResponse:
    """To the key date's page."""
    return redirect("key-date", request.organization.slug, key_date.pk)


def show(request: MemberRequest, key_date: KeyDate, problem: str = "") -> HttpResponse:
    """The page of a key date, with a refused action's sentence above it (409)."""
    organization, plan = request.organization, key_date.plan
    now, today = now_and_today(organization)
    tasks = queries.steps_of(key_date)
    nodes = nodes_of(key_date, tasks, queries.links_of(key_date))
    calendar = calendar_of(organization)
    standing, refused = _standing(key_date, nodes, today, calendar)
    rows = step_rows(key_date, tasks, standing, today)
    frame = plan_frame(Occasion(request.membership, plan, now), "key-dates")
    changeable = frame["may_edit"] and not settled(key_date)
    things = people.activity_of(organization, key_date._meta.label, key_date.pk)[:FEED]
    answers = queries.answers_of(key_date)
    response = page(
        request,
        "plans/schedule/key_date.html",
        **frame,
        key_date=key_date,
        rows=rows,
        chart=key_date_chart(key_date, rows, nodes, calendar, today),
        would_move=standing.moved if standing and not settled(key_date) else [],
        answers=[events.answer_row(row, request.membership, now) for row in answers],
        choices=events.CHOICES,
        feed=activity.feed(things),
        may_change=changeable,
        may_learn=bool(rows) and can(request.membership, Perm.WORKFLOW_EDIT),
        settled=settled(key_date),
        cancelled=sum(1 for task in tasks if task.state == TaskState.CANCELLED),
        clock=clock_of(key_date.at, zone_of(request)),
        today=today,
        problem=problem or refused,
    )
    response.status_code = 409 if problem else 200
    return response


def _standing(
    key_date: KeyDate, nodes: list[Node], today: date, calendar: WorkingCalendar
) -> tuple[Preview | None, str]:
    """Where everything stands; without a schedule, the sentence that says why there is none."""
    try:
        change = Recompute()
        return previewed(key_date, nodes, change, today=today, calendar=calendar), ""
    except Refused as error:
        return None, str(error)
