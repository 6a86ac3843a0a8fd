"""Pages of a plan's life: the version that was approved, a copy for a new period, and on paper."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from people.errors import Stale
from people.http import MemberRequest, member_view
from people.permissions import Perm
from people.views.shared import now_and_today
from plans.life import paper, queries, services
from plans.life.copying import Copy, Source
from plans.life.forms import CopyForm
from plans.life.snapshot import content_at_hand
from plans.queries import get_plan_page
from plans.registry import Occasion
from plans.views._shared import Attempt, opened, page, tried
from plans.views.plans import plan_frame


@require_safe
@member_view(Perm.READ)
def approved_page(request: MemberRequest, plan_id: int) -> HttpResponse:
    """What was approved, exactly as it was, and what reads otherwise now."""
    plan: Any = get_plan_page(request.organization, request.membership, plan_id)
    plan.content = content_at_hand(plan)
    occasion = Occasion(request.membership, plan, timezone.now())
    return page(
        request,
        "plans/life/approved.html",
        **plan_frame(occasion, "approved"),
        version=queries.approved_version(plan),
    )


@require_safe
@member_view(Perm.READ)
def print_page(request: MemberRequest, plan_id: int) -> HttpResponse:
    """The whole plan on paper: A4 or letter, without navigation."""
    plan: Any = get_plan_page(request.organization, request.membership, plan_id)
    plan.content = content_at_hand(plan)
    now, today = now_and_today(request.organization)
    size = request.GET.get("size", "")
    return page(
        request,
        "plans/life/print.html",
        **paper.printed(plan, request.membership, today),
        size=size if size in paper.SIZES else paper.SIZES[0],
        sizes=paper.SIZES,
        now=now,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PLAN_CREATE)
def copy_page(request: MemberRequest, plan_id: int) -> HttpResponse:
    """Copy a plan: first every date, old and new; then, if so wished, the copy."""
    plan: Any = get_plan_page(request.organization, request.membership, plan_id)
    source = queries.copied_from(plan)
    asked: Any = request.POST if request.method == "POST" else request.GET
    asked = asked if "day" in asked else None
    form = CopyForm(asked, key_dates=source.key_dates, initial={"name": _copy_name(plan.name)})
    attempt, copy = opened(form), None
    if form.is_bound and form.is_valid():
        copy = tried(attempt, lambda: _computed(request, source, form))
        if request.method == "POST" and copy is not None:
            try:
                made = tried(attempt, lambda: _copied(request, source, form))
            except Stale as error:
                copy, attempt.conflict, attempt.status = error.current, str(error), 409
            else:
                if made is not None:
                    messages.success(request, _("The copy stands, as a draft."))
                    return redirect("plan", request.organization.slug, made.pk)
    if request.method != "POST" and attempt.status == 422:
        attempt.status = 400  # an address, and no form that was sent
    return _copy_shown(request, source, attempt, copy)


def _copy_name(name: str) -> str:
    return (_("%(name)s, again") % {"name": name[:100]})[:120]


def _computed(request: MemberRequest, source: Source, form: CopyForm) -> Copy:
    today = now_and_today(request.organization)[1]
    chosen = form.cleaned_data
    return services.plan_of_copy(source, chosen["anchor"], chosen["day"], today)


def _copied(request: MemberRequest, source: Source, form: CopyForm) -> Any:
    chosen = form.cleaned_data
    return services.copy_plan(
        plan=source.plan,
        by=request.membership,
        name=chosen["name"],
        anchor=chosen["anchor"],
        day=chosen["day"],
        today=now_and_today(request.organization)[1],
        token=request.POST.get("token", ""),
    )


def _copy_shown(
    request: MemberRequest, source: Source, attempt: Attempt, copy: Copy | None
) -> HttpResponse:
    occasion = Occasion(request.membership, source.plan, timezone.now())
    return page(
        request,
        "plans/life/copy.html",
        attempt,
        **plan_frame(occasion, "overview"),
        copy=copy,
        gone=sorted({line.gone for line in copy.lines if line.gone}) if copy else [],
    )
