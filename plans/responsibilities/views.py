"""Pages of the matrix: a plan's, and the form of one row."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from people.errors import Stale
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from people.views.shared import found, now_and_today
from plancraft.lib.changes import fingerprint
from plans.registry import Occasion
from plans.responsibilities import services
from plans.responsibilities.forms import WORDS, RowForm
from plans.responsibilities.queries import MOST_TASKS, Line, Matrix, get_matrix
from plans.responsibilities.rules import Letter
from plans.rules import PlanState
from plans.views import _shared
from plans.views._shared import Attempt, opened, page, tried
from plans.views.plans import plan_frame

HEADINGS: dict[str, Any] = {
    "stream": gettext_lazy("Streams"),
    "key_date": gettext_lazy("Key dates and what leads to them"),
    "task": gettext_lazy("Other tasks"),
    "channel": gettext_lazy("Channels that the plan promises on"),
}
PAGES = {"key_date": "key-date", "task": "task", "channel": "channel"}


@require_safe
@member_view(Perm.READ)
def matrix_page(request: MemberRequest, plan_id: int) -> HttpResponse:
    """Who does what in a plan: one accountable in each row, or visibly none."""
    matrix = get_matrix(request.organization, request.membership, plan_id)
    now = now_and_today(request.organization)[0]
    people = matrix.involved
    return page(
        request,
        "plans/responsibilities/matrix.html",
        **plan_frame(Occasion(request.membership, matrix.plan, now), "responsibilities"),
        sections=[
            (HEADINGS[section.key], [_row(request, matrix, x, people) for x in section.lines])
            for section in matrix.sections
        ],
        people=people,
        unowned=sum(1 for line in matrix.lines if line.thing.owner_id is None),
        row_count=len(matrix.lines),
        is_cut=matrix.task_total >= MOST_TASKS,
        may_claim=can(request.membership, Perm.CLAIM),
    )


def _row(request: MemberRequest, matrix: Matrix, line: Line, people: Any) -> dict[str, Any]:
    slug, me = request.organization.slug, request.membership
    edit = [slug, matrix.plan.pk, line.slug, line.thing.pk]
    open_now = matrix.plan.state != PlanState.CLOSED
    return {
        "line": line,
        "url": _url(slug, line),
        "cells": [(member, line.letters.get(member.pk)) for member in people],
        "is_unowned": line.thing.owner_id is None,
        "edit_url": reverse("responsibility-edit", args=edit)
        if open_now and services.may_change(me, matrix.plan, line)
        else "",
    }


def _url(slug: str, line: Line) -> str:
    if line.slug == "stream":
        return reverse("plan", args=[slug, line.thing.plan_id]) + "#streams"
    return reverse(PAGES[line.slug], args=[slug, line.thing.pk])


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PLAN_EDIT)
def row_edit(request: MemberRequest, plan_id: int, slug: str, pk: int) -> HttpResponse:
    """Who is accountable, responsible, consulted and informed in one row."""
    matrix = get_matrix(request.organization, request.membership, plan_id)
    line: Line = found(matrix.line(slug, pk))
    if not services.may_change(request.membership, matrix.plan, line):
        raise PermissionDenied
    form = RowForm(
        request.POST if request.method == "POST" else None,
        members=matrix.may_be_named(),
        letters=line.letters,
        may_give=services.may_give(request.membership, line),
        seen=fingerprint(services.words(line.letters)),
    )
    attempt = opened(form)
    if form.is_bound and form.is_valid() and _saved(request, attempt, matrix, line):
        messages.success(request, _("Saved: %(name)s") % {"name": line.name})
        return redirect("responsibilities", request.organization.slug, plan_id)
    return page(
        request,
        "plans/responsibilities/row_form.html",
        attempt,
        plan=matrix.plan,
        line=line,
        kept=line.thing.owner if form.kept else None,
    )


def _saved(request: MemberRequest, attempt: Attempt, matrix: Matrix, line: Line) -> bool:
    form: Any = attempt.form
    letters = form.record()
    try:
        tried(
            attempt,
            lambda: services.set_responsibilities(
                plan=matrix.plan,
                slug=line.slug,
                pk=line.thing.pk,
                by=request.membership,
                letters=letters,
                seen=form.cleaned_data["seen"],
            ),
        )
    except Stale as error:
        _shared.crossed(
            attempt,
            error,
            {f"m{member.pk}": member.name for member in matrix.people},
            current=_spelled(error.current),
            typed=_spelled(letters),
            seen=fingerprint(services.words(error.current)),
        )
        return False
    return attempt.status == 200


def _spelled(letters: dict[int, Letter]) -> dict[str, str]:
    return {f"m{pk}": str(WORDS[letter]) for pk, letter in letters.items()}
