"""Pages of objectives: one with its readings and what serves it, work that serves none, drift."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.errors import NotAllowed, Refused, Stale
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from people.views.shared import found, now_and_today
from plancraft.lib.changes import fingerprint
from plans.models import Objective
from plans.objectives import queries, services
from plans.objectives.forms import ObjectiveForm, ReadingForm, objective_initial
from plans.objectives.pages import curve, drift_row, objective_row
from plans.objectives.records import OBJECTIVE_LABELS, objective_fields, readings_of, target_of
from plans.queries import get_plan
from plans.registry import SERVING, Occasion
from plans.rules import PlanState
from plans.views import _shared
from plans.views._shared import Attempt, opened, page, tried
from plans.views.plans import plan_frame

SHOWN = 30
"""So many rows of each kind of work; the rest are counted."""


@require_safe
@member_view(Perm.READ)
def objective_page(request: MemberRequest, objective_id: int) -> HttpResponse:
    """An objective: where it stands, its readings, and what serves it."""
    objective = queries.get_objective(request.organization, request.membership, objective_id)
    today = now_and_today(request.organization)[1]
    return _show(request, objective, Attempt(ReadingForm(initial={"on": today})))


def _show(
    request: MemberRequest, objective: Objective, attempt: Attempt, problem: str = ""
) -> HttpResponse:
    organization, plan = request.organization, objective.plan
    now, today = now_and_today(organization)
    occasion = Occasion(request.membership, plan, now)
    rows = list(queries.readings(organization, objective))
    target = target_of(objective, plan)
    streams = list(queries.streams_serving(organization, objective))
    response = page(
        request,
        "plans/objectives/objective.html",
        attempt,
        **plan_frame(occasion, "overview"),
        objective=objective,
        row=objective_row(objective, plan, today, readings_of(rows)),
        readings=rows,
        curve=curve(objective, target, readings_of(rows), today) if target and rows else None,
        serving=[(s.heading, s.find(occasion, objective, SHOWN)) for s in SERVING],
        may_record=target is not None
        and plan.state != PlanState.CLOSED
        and services.may_record(request.membership, objective, streams),
        problem=problem,
    )
    if problem:
        response.status_code = 409
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PLAN_EDIT)
def objective_edit(request: MemberRequest, objective_id: int) -> HttpResponse:
    """Say what an objective is and how it is measured."""
    objective = queries.get_objective(request.organization, request.membership, objective_id)
    if not can(request.membership, Perm.PLAN_EDIT, objective.plan):
        raise PermissionDenied
    current = objective_fields(objective)
    form = ObjectiveForm(
        request.POST if request.method == "POST" else None,
        initial=objective_initial(current, fingerprint(current.words())),
    )
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        fields, seen = form.record(), form.cleaned_data["seen"]
        try:
            saved = tried(
                attempt,
                lambda: services.edit_objective(
                    objective=objective, by=request.membership, seen=seen, fields=fields
                ),
            )
        except Stale as error:
            now = error.current.words()
            _shared.crossed(
                attempt,
                error,
                OBJECTIVE_LABELS,
                current=now,
                typed=fields.words(),
                seen=fingerprint(now),
            )
        else:
            if saved is not None:
                messages.success(request, _("Saved."))
                return redirect("objective", request.organization.slug, objective.pk)
    template = "plans/objectives/objective_form.html"
    return page(request, template, attempt, objective=objective, plan=objective.plan)


@require_POST
@member_view(Perm.READ)
def reading_new(request: MemberRequest, objective_id: int) -> HttpResponse:
    """Record what it stands at; who owns a stream that serves it may too."""
    objective = queries.get_objective(request.organization, request.membership, objective_id)
    today = now_and_today(request.organization)[1]
    form = ReadingForm(request.POST)
    attempt = opened(form)
    if form.is_valid():
        reading = tried(
            attempt,
            lambda: services.record_reading(
                objective=objective, by=request.membership, today=today, **form.cleaned_data
            ),
        )
        if reading is not None:
            messages.success(request, _("Recorded."))
            return redirect("objective", request.organization.slug, objective.pk)
    return _show(request, objective, attempt)


@require_POST
@member_view(Perm.READ)
def reading_remove(request: MemberRequest, objective_id: int, reading_id: int) -> HttpResponse:
    """Take a mistaken reading back; the second of two clicks finds it gone (404)."""
    objective = queries.get_objective(request.organization, request.membership, objective_id)
    reading = found(queries.get_reading(request.organization, objective, reading_id))
    try:
        services.remove_reading(reading=reading, by=request.membership)
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except Refused as error:
        today = now_and_today(request.organization)[1]
        return _show(request, objective, Attempt(ReadingForm(initial={"on": today})), str(error))
    return redirect("objective", request.organization.slug, objective.pk)


@require_safe
@member_view(Perm.READ)
def serves_none(request: MemberRequest, plan_id: int) -> HttpResponse:
    """Work of a plan that serves none of its objectives."""
    plan = get_plan(request.organization, request.membership, plan_id)
    occasion = Occasion(request.membership, plan, timezone.now())
    serving = [(s.heading, s.find(occasion, None, SHOWN)) for s in SERVING]
    return page(
        request,
        "plans/objectives/serves_none.html",
        **plan_frame(occasion, "overview"),
        serving=[(heading, found) for heading, found in serving if found.total],
        total=sum(found.total for _heading, found in serving),
    )


@require_safe
@member_view(Perm.READ)
def drifting(request: MemberRequest) -> HttpResponse:
    """Every stream that drifts: no objective, no owner, silent, or off its plan."""
    now, today = now_and_today(request.organization)
    rows = queries.drifting_streams(request.organization, request.membership, now, today)
    return page(
        request,
        "plans/objectives/drifting.html",
        rows=[drift_row(row) for row in rows],
        stream_count=queries.open_streams(request.organization, request.membership).count(),
        may_claim=can(request.membership, Perm.CLAIM),
        may_edit=can(request.membership, Perm.PLAN_EDIT),
    )
