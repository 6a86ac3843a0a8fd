"""The organization's settings: when it works (rule 1), and its departments."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from people import queries, services, working_calendar
from people.errors import Refused, Stale
from people.forms import ClosureDayForm, DepartmentForm, SettingsForm
from people.http import MemberRequest, member_view
from people.models import Department, Organization
from people.permissions import Perm
from people.views.shared import explain, found


def _today(organization: Organization) -> date:
    return timezone.localdate(timezone=ZoneInfo(organization.time_zone))


def _coming_holidays(organization: Organization) -> list[tuple[date, str]]:
    """The public holidays from today to the end of next year."""
    today = _today(organization)
    days: dict[date, str] = {}
    for year in (today.year, today.year + 1):
        days |= working_calendar.public_holidays(
            organization.country, organization.subdivision, year
        )
    return sorted((day, name) for day, name in days.items() if day >= today)


def _settings_page(
    request: MemberRequest,
    form: SettingsForm | None = None,
    closure_form: ClosureDayForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    organization = request.organization
    context = {
        "form": form or SettingsForm(organization=organization),
        "closure_form": closure_form or ClosureDayForm(),
        "closure_days": queries.closure_days(organization, _today(organization)),
        "holidays": _coming_holidays(organization),
        **more,
    }
    return render(request, "people/organization_settings.html", context, status=status)


@require_http_methods(["GET", "POST"])
@member_view(Perm.ORGANIZATION_EDIT)
def organization_settings(request: MemberRequest) -> HttpResponse:
    """Name, clock, week, holidays and working hours; who saves second is shown what differs."""
    if request.method != "POST":
        return _settings_page(request)
    form = SettingsForm(request.POST, organization=request.organization)
    if not form.is_valid():
        return _settings_page(request, form, status=422)
    try:
        services.change_settings(
            organization=request.organization, by=request.membership, **form.cleaned_data
        )
    except Stale as crossed:
        changes = form.crossed(crossed.current)
        return _settings_page(request, form, status=409, crossed=crossed, changes=changes)
    messages.success(request, _("Saved. Dates follow these settings from now on."))
    return redirect("organization-settings", request.organization.slug)


@require_POST
@member_view(Perm.ORGANIZATION_EDIT)
def closure_day_add(request: MemberRequest) -> HttpResponse:
    """One more day on which nobody works."""
    form = ClosureDayForm(request.POST)
    if not form.is_valid():
        return _settings_page(request, closure_form=form, status=422)
    try:
        services.add_closure_day(
            organization=request.organization, by=request.membership, **form.cleaned_data
        )
    except Refused as refusal:
        return _settings_page(request, closure_form=form, status=explain(form, refusal))
    return redirect("organization-settings", request.organization.slug)


@require_POST
@member_view(Perm.ORGANIZATION_EDIT)
def closure_day_remove(request: MemberRequest, closure_id: int) -> HttpResponse:
    """The day is worked again."""
    closure = found(queries.get_closure_day(request.organization, closure_id))
    services.remove_closure_day(closure=closure, by=request.membership)
    return redirect("organization-settings", request.organization.slug)


@require_http_methods(["GET", "POST"])
@member_view(Perm.ORGANIZATION_EDIT)
def departments(request: MemberRequest) -> HttpResponse:
    """The departments, and a new one."""
    form = DepartmentForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            services.create_department(
                organization=request.organization, by=request.membership, **form.cleaned_data
            )
        except Refused as refusal:
            status = explain(form, refusal)
        else:
            return redirect("departments", request.organization.slug)
    rows = queries.departments_with_sizes(request.organization)
    context = {"form": form, "departments": rows}
    return render(request, "people/departments.html", context, status=status)


def _department(request: MemberRequest, department_id: int) -> Department:
    return found(queries.get_department(request.organization, department_id))


@require_http_methods(["GET", "POST"])
@member_view(Perm.ORGANIZATION_EDIT)
def department_edit(request: MemberRequest, department_id: int) -> HttpResponse:
    """Another name for a department."""
    department = _department(request, department_id)
    form = DepartmentForm(request.POST or None, initial={"name": department.name})
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            services.rename_department(
                department=department, by=request.membership, **form.cleaned_data
            )
        except Refused as refusal:
            status = explain(form, refusal)
        else:
            return redirect("departments", request.organization.slug)
    context = {"form": form, "department": department}
    return render(request, "people/department_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@member_view(Perm.ORGANIZATION_EDIT)
def department_delete(request: MemberRequest, department_id: int) -> HttpResponse:
    """Asks before a department goes."""
    department = _department(request, department_id)
    if request.method == "POST":
        try:
            services.delete_department(department=department, by=request.membership)
        except Refused as refusal:
            messages.warning(request, str(refusal))
        else:
            text = _("%(name)s is no longer a department.") % {"name": department.name}
            messages.success(request, text)
        return redirect("departments", request.organization.slug)
    return render(request, "components/confirm_page.html", _delete_context(request, department))


def _delete_context(request: MemberRequest, department: Department) -> dict[str, Any]:
    here = reverse("departments", args=[request.organization.slug])
    size = queries.department_size(department)
    people = ngettext(
        "%(size)d person will be without a department.",
        "%(size)d people will be without a department.",
        size,
    )
    return {
        "title": _("Remove %(name)s?") % {"name": department.name},
        "text": _("Its people, plans and channels stay; they only lose the department’s name."),
        "consequences": [people % {"size": size}] if size else [],
        "action_url": request.path,
        "action_label": _("Remove the department"),
        "cancel_url": here,
        "danger": True,
    }
