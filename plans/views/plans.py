"""Pages of plans: list, plan, create, edit, start, close, reopen, take over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people import activity
from people import queries as people
from people.errors import NotAllowed, Refused, Stale
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from people.views.shared import now_and_today
from plans import queries, services
from plans.forms import PlanForm, TakeOverForm, plan_initial
from plans.life.pages import life_of
from plans.life.snapshot import Content
from plans.models import Plan
from plans.objectives.pages import objective_row
from plans.records import PLAN_LABELS
from plans.registry import PLAN_PANELS, Occasion
from plans.rows import plan_row, promise_rows
from plans.rules import TRANSITIONS, PlanState
from plans.services.plans import fields_now
from plans.views import _shared
from plans.views._shared import opened, page, tried

LISTS = {"open": queries.OPEN_STATES, "closed": [PlanState.CLOSED.value]}
PER_PAGE = 50
FEED = 12


@require_safe
@member_view(Perm.READ)
def plan_list(request: MemberRequest) -> HttpResponse:
    """Every plan the member may see; those without champion first."""
    organization, membership = request.organization, request.membership
    shown = request.GET.get("show", "")
    shown = shown if shown in LISTS else "open"
    today = now_and_today(organization)[1]
    rows = queries.plan_rows(organization, membership, LISTS[shown])
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    counts = queries.plan_counts(organization, membership)
    hidden = list(queries.hidden_plans(organization, membership)) if shown == "open" else []
    channel_count = queries.channels(organization).count() if not counts else 0
    return page(
        request,
        "plans/plans.html",
        rows=[plan_row(plan, today) for plan in found],
        found=found,
        shown=shown,
        hidden=hidden,
        is_first_run=not counts and not hidden,
        channel_count=channel_count,
        open_count=sum(counts.get(state, 0) for state in queries.OPEN_STATES),
        closed_count=counts.get(PlanState.CLOSED.value, 0),
        may_create=can(membership, Perm.PLAN_CREATE),
        may_champion=can(membership, Perm.PLAN_CHAMPION),
        may_add_channel=can(membership, Perm.CHANNEL_CREATE),
    )


@require_safe
@member_view(Perm.READ)
def plan_page(request: MemberRequest, plan_id: int) -> HttpResponse:
    """The plan; for an administrator who may not see it, that there is one and whose it is."""
    try:
        plan = queries.get_plan_page(request.organization, request.membership, plan_id)
    except Http404:
        return _hidden_page(request, plan_id, TakeOverForm())
    return _show_plan(request, plan)


def show_problem(request: MemberRequest, plan_id: int, problem: str) -> HttpResponse:
    """The plan's page with a refused action's sentence above it (409)."""
    plan = queries.get_plan_page(request.organization, request.membership, plan_id)
    response = _show_plan(request, plan, problem)
    response.status_code = 409
    return response


def _show_plan(request: MemberRequest, plan: Any, problem: str = "") -> HttpResponse:
    organization, membership = request.organization, request.membership
    now, today = now_and_today(organization)
    occasion = Occasion(membership, plan, now)
    promises, others = queries.promises_with_others(organization, membership, plan)
    streams = plan.shown_streams
    plan.content = Content(plan.shown_objectives, promises, streams)
    life = life_of(occasion)
    frame = plan_frame(occasion, "overview")
    return page(
        request,
        "plans/plan.html",
        **frame | {"next_states": life.next_states(frame["next_states"])},
        life=life,
        may_create=can(membership, Perm.PLAN_CREATE),
        panel=life.panel,
        row=plan_row(plan, today),
        facts=[fact for make in PLAN_PANELS.facts if (fact := make(occasion)) is not None],
        objectives=[objective_row(o, plan, today) for o in plan.shown_objectives],
        streams=[stream for stream in streams if stream.archived_at is None],
        archived_streams=[stream for stream in streams if stream.archived_at is not None],
        promises=promise_rows(promises, others, PLAN_PANELS, occasion, today),
        columns=PLAN_PANELS.columns,
        panels=_panels(occasion),
        readers=queries.readers(organization, plan) if plan.is_confidential else [],
        feed=activity.feed(people.activity_of_plan(organization, plan.pk)[:FEED]),
        unowned_days=(now - plan.unowned_since).days if plan.unowned_since else 0,
        problem=problem,
    )


def plan_frame(occasion: Occasion, current: str) -> dict[str, Any]:
    """What every page under a plan's tabs needs: the plan, its tabs and what one may do."""
    plan, membership = occasion.plan, occasion.membership
    return {
        "plan": plan,
        "tabs": [
            (tab, tab.url(plan), tab.key == current)
            for tab in PLAN_PANELS.tabs
            if tab.perm is None or can(membership, tab.perm)
        ],
        "may_edit": can(membership, Perm.PLAN_EDIT, plan),
        "may_hand_over": can(membership, Perm.PLAN_HAND_OVER, plan),
        "may_champion": can(membership, Perm.PLAN_CHAMPION),
        "is_closed": plan.state == PlanState.CLOSED,
        "next_states": [state.value for state in TRANSITIONS[PlanState(plan.state)]],
    }


def _panels(occasion: Occasion) -> dict[str, list[dict[str, Any]]]:
    """The panels of upper rooms by place, each with its template and its own context."""
    found: dict[str, list[dict[str, Any]]] = {"main": [], "side": []}
    for panel in PLAN_PANELS.panels:
        context = panel.context(occasion)
        if context is not None:
            found[panel.place].append({"template": panel.template, "context": context})
    return found


def _hidden_page(
    request: MemberRequest, plan_id: int, form: TakeOverForm, status: int = 200
) -> HttpResponse:
    plan = queries.get_hidden_plan(request.organization, request.membership, plan_id)
    attempt = _shared.Attempt(form, status)
    return page(request, "plans/hidden_plan.html", attempt, hidden=plan)


def _form(request: MemberRequest, plan: Plan | None, **options: Any) -> PlanForm:
    organization = request.organization
    return PlanForm(
        request.POST if request.method == "POST" else None,
        members=list(people.members(organization)),
        departments=_shared.departments(organization),
        **options,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PLAN_CREATE)
def plan_new(request: MemberRequest) -> HttpResponse:
    """A new plan, championed by whoever makes it unless they say otherwise."""
    organization, membership = request.organization, request.membership
    leads = can(membership, Perm.PLAN_HAND_OVER)
    form = _form(
        request,
        None,
        asks_champion=True,
        asks_start=can(membership, Perm.PLAN_EDIT),
        champions=_shared.owners(organization) if leads else [membership],
        initial={"champion": str(membership.pk), "readers": [str(membership.pk)]},
    )
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        plan = tried(
            attempt,
            lambda: services.create_plan(
                organization=organization,
                by=membership,
                fields=form.record(),
                champion=form.cleaned_data["champion"],
                start=form.cleaned_data.get("start", False),
            ),
        )
        if plan is not None:
            messages.success(request, _created_words(plan, form.cleaned_data.get("start", False)))
            return redirect("plan", organization.slug, plan.pk)
    return page(request, "plans/plan_form.html", attempt)


def _created_words(plan: Plan, start: bool) -> str:
    """That it stands; and, where it was to begin at once and cannot, what comes first."""
    if start and plan.state == PlanState.DRAFT:
        return _("The plan stands as a draft: it starts with its approval. Say what it promises.")
    return _("The plan stands. Next: say what it promises.")


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PLAN_EDIT)
def plan_edit(request: MemberRequest, plan_id: int) -> HttpResponse:
    """Change what a plan says; the second of two editors is shown what differs."""
    plan = editable_plan(request, plan_id)
    form = _form(request, plan, initial=plan_initial(fields_now(plan), plan.version))
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        fields, version = form.record(), form.cleaned_data["version"] or 0
        try:
            saved = tried(
                attempt,
                lambda: services.edit_plan(
                    plan=plan, by=request.membership, version=version, fields=fields
                ),
            )
        except Stale as error:
            _shared.crossed(
                attempt,
                error,
                PLAN_LABELS,
                current=error.current.words(),
                typed=fields.words(),
                version=plan.version,
            )
        else:
            if saved is not None:
                messages.success(request, _("Saved."))
                return redirect("plan", request.organization.slug, plan.pk)
    return page(request, "plans/plan_form.html", attempt, plan=plan)


def editable_plan(request: MemberRequest, plan_id: int) -> Plan:
    """The plan, for a page that changes it: 404 if hidden, 403 without the right."""
    plan = queries.get_plan(request.organization, request.membership, plan_id)
    if not can(request.membership, Perm.PLAN_EDIT, plan):
        raise PermissionDenied
    return plan


@require_POST
@member_view(Perm.PLAN_EDIT)
def plan_state(request: MemberRequest, plan_id: int) -> HttpResponse:
    """Start, close or reopen, by the button that the plan's page shows."""
    plan = editable_plan(request, plan_id)
    wanted = request.POST.get("to", "")
    if wanted not in list(PlanState):
        return show_problem(request, plan_id, _("Choose what is to become of the plan."))
    try:
        services.change_state(plan=plan, by=request.membership, to=PlanState(wanted))
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except Refused as error:
        return show_problem(request, plan_id, str(error))
    return redirect("plan", request.organization.slug, plan.pk)


@require_POST
@member_view(Perm.PLAN_TAKE_OVER)
def plan_take_over(request: MemberRequest, plan_id: int) -> HttpResponse:
    """An administrator takes over a confidential plan, with a reason."""
    hidden = queries.get_hidden_plan(request.organization, request.membership, plan_id)
    form = TakeOverForm(request.POST)
    attempt = opened(form)
    taken = None
    if form.is_valid():
        taken = tried(
            attempt,
            lambda: services.take_over(
                plan=hidden, by=request.membership, reason=form.cleaned_data["reason"]
            ),
        )
    if taken:
        messages.success(request, _("You see this plan now. Its champion so far can read why."))
        return redirect("plan", request.organization.slug, plan_id)
    return _hidden_page(request, plan_id, form, attempt.status)
