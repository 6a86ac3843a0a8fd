"""Pages of key dates: those of a plan, one of them, enter, change, done, call off, reopen."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.errors import Stale
from people.http import MemberRequest, member_view
from people.permissions import Perm
from people.views.shared import now_and_today
from people.working_calendar import calendar_of
from plans.models import KeyDate
from plans.queries import get_plan
from plans.registry import Occasion
from plans.rules import PlanState
from plans.schedule import queries, services
from plans.schedule.forms import KeyDateForm, key_date_initial
from plans.schedule.pages import date_row, plan_chart
from plans.schedule.records import KEY_DATE_LABELS, key_date_fields
from plans.schedule.views._shared import (
    acted,
    changeable,
    found,
    settled,
    show,
    to_page,
    zone_of,
)
from plans.views import _shared
from plans.views._shared import opened, page, tried
from plans.views.plans import editable_plan, plan_frame


@require_safe
@member_view(Perm.READ)
def key_dates(request: MemberRequest, plan_id: int) -> HttpResponse:
    """The key dates of a plan, with one timeline of them all."""
    organization, viewer = request.organization, request.membership
    plan = get_plan(organization, viewer, plan_id)
    now, today = now_and_today(organization)
    rows = list(queries.key_date_rows(organization, viewer, today, plan=plan))
    ahead = [row for row in rows if not row.is_over]
    tasks = queries.steps_by_key_date(organization, [row.pk for row in ahead])
    calendar = calendar_of(organization)
    moving = [row for row in ahead if row.date >= today and plan.state != PlanState.CLOSED]
    return page(
        request,
        "plans/schedule/key_dates.html",
        **plan_frame(Occasion(viewer, plan, now), "key-dates"),
        rows=[date_row(row, today) for row in ahead],
        over=[date_row(row, today) for row in rows if row.is_over],
        chart=plan_chart(organization.slug, ahead, tasks, calendar, today),
        would_move=queries.recomputed(organization, moving, tasks, calendar, today),
        today=today,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PLAN_EDIT)
def key_date_new(request: MemberRequest, plan_id: int) -> HttpResponse:
    """Enter a key date of the plan."""
    plan = editable_plan(request, plan_id)
    form = KeyDateForm(
        request.POST if request.method == "POST" else None,
        departments=_shared.departments(request.organization),
        owners=_shared.owners(request.organization),
        zone=zone_of(request),
    )
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        key_date = tried(
            attempt,
            lambda: services.create_key_date(
                plan=plan,
                by=request.membership,
                fields=form.record(),
                owner=form.cleaned_data["owner"],
                affected=form.affected,
            ),
        )
        if key_date is not None:
            messages.success(request, _("The key date stands. Next: build its steps back."))
            return to_page(request, key_date)
    return page(request, "plans/schedule/key_date_form.html", attempt, plan=plan)


@require_safe
@member_view(Perm.READ)
def key_date(request: MemberRequest, key_date_id: int) -> HttpResponse:
    """A key date with everything that is built back from it."""
    return show(request, found(request, key_date_id))


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PLAN_EDIT)
def key_date_edit(request: MemberRequest, key_date_id: int) -> HttpResponse:
    """Change what a key date says; the second of two editors is shown what differs."""
    key_date = changeable(request, key_date_id)
    if problem := settled(key_date):
        return show(request, key_date, problem)
    form = _edit_form(request, key_date)
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        fields, version = form.record(), form.cleaned_data["version"] or 0
        try:
            saved = tried(
                attempt,
                lambda: services.edit_key_date(
                    key_date=key_date,
                    by=request.membership,
                    version=version,
                    fields=fields,
                    affected=form.affected if "affected" in form.fields else None,
                ),
            )
        except Stale as error:
            _shared.crossed(
                attempt,
                error,
                KEY_DATE_LABELS,
                current=error.current.words(),
                typed=fields.words(),
                version=key_date.version,
            )
        else:
            if saved is not None:
                messages.success(request, _("Saved."))
                return to_page(request, key_date)
    template = "plans/schedule/key_date_form.html"
    return page(request, template, attempt, plan=key_date.plan, key_date=key_date)


def _edit_form(request: MemberRequest, key_date: KeyDate) -> KeyDateForm:
    zone = zone_of(request)
    asked = [answer.department_id for answer in queries.answers_of(key_date)]
    return KeyDateForm(
        request.POST if request.method == "POST" else None,
        departments=_shared.departments(request.organization),
        zone=zone,
        day=key_date.date,
        initial=key_date_initial(key_date_fields(key_date), key_date.version, asked, zone),
    )


@require_POST
@member_view(Perm.PLAN_EDIT)
def key_date_done(request: MemberRequest, key_date_id: int) -> HttpResponse:
    """The day has come and it is done."""
    key_date = changeable(request, key_date_id)
    return acted(
        request,
        key_date,
        lambda: services.finish_key_date(
            key_date=key_date, by=request.membership, at=timezone.now()
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PLAN_EDIT)
def key_date_cancel(request: MemberRequest, key_date_id: int) -> HttpResponse:
    """Call it off, after a question."""
    key_date = changeable(request, key_date_id)
    if request.method != "POST":
        if problem := settled(key_date):
            return show(request, key_date, problem)
        open_steps = [task for task in queries.steps_of(key_date) if task.is_open]
        return page(
            request,
            "plans/schedule/key_date_cancel.html",
            key_date=key_date,
            plan=key_date.plan,
            open_steps=open_steps,
        )
    return acted(
        request,
        key_date,
        lambda: services.cancel_key_date(
            key_date=key_date,
            by=request.membership,
            at=timezone.now(),
            with_tasks=request.POST.get("steps") == "cancel",
        ),
    )


@require_POST
@member_view(Perm.PLAN_EDIT)
def key_date_reopen(request: MemberRequest, key_date_id: int) -> HttpResponse:
    """It is ahead after all."""
    key_date = changeable(request, key_date_id)
    return acted(
        request,
        key_date,
        lambda: services.reopen_key_date(key_date=key_date, by=request.membership),
    )
