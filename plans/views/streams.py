"""Pages of streams: add, edit, archive, restore."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from people.errors import Refused, Stale
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from plancraft.lib.changes import fingerprint
from plans import queries, services
from plans.forms import StreamForm, stream_initial
from plans.models import Plan, Stream
from plans.records import STREAM_LABELS, stream_fields
from plans.views import _shared
from plans.views._shared import opened, page, tried
from plans.views.plans import editable_plan, show_problem


def _back(request: MemberRequest, plan: Plan) -> HttpResponse:
    return redirect(reverse("plan", args=[request.organization.slug, plan.pk]) + "#streams")


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PLAN_EDIT)
def stream_new(request: MemberRequest, plan_id: int) -> HttpResponse:
    """Add a stream to the plan."""
    plan = editable_plan(request, plan_id)
    form = StreamForm(
        request.POST if request.method == "POST" else None,
        objectives=list(queries.objectives(request.organization, plan)),
        departments=_shared.departments(request.organization),
        owners=_shared.owners(request.organization),
    )
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        stream = tried(
            attempt,
            lambda: services.create_stream(
                plan=plan,
                by=request.membership,
                fields=form.record(),
                owner=form.cleaned_data["owner"],
            ),
        )
        if stream is not None:
            return _back(request, plan)
    return page(request, "plans/stream_form.html", attempt, plan=plan)


def _editable_stream(request: MemberRequest, plan_id: int, stream_id: int) -> Stream:
    plan = queries.get_plan(request.organization, request.membership, plan_id)
    stream = queries.get_stream(request.organization, plan, stream_id)
    if not can(request.membership, Perm.PLAN_EDIT, stream):
        raise PermissionDenied
    return stream


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PLAN_EDIT)
def stream_edit(request: MemberRequest, plan_id: int, stream_id: int) -> HttpResponse:
    """Change a stream; its owner may too."""
    stream = _editable_stream(request, plan_id, stream_id)
    current = stream_fields(stream)
    form = StreamForm(
        request.POST if request.method == "POST" else None,
        objectives=list(queries.objectives(request.organization, stream.plan)),
        departments=_shared.departments(request.organization),
        initial=stream_initial(current, fingerprint(current.words())),
    )
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        fields, seen = form.record(), form.cleaned_data["seen"]
        try:
            saved = tried(
                attempt,
                lambda: services.edit_stream(
                    stream=stream, by=request.membership, seen=seen, fields=fields
                ),
            )
        except Stale as error:
            now = error.current.words()
            _shared.crossed(
                attempt,
                error,
                STREAM_LABELS,
                current=now,
                typed=fields.words(),
                seen=fingerprint(now),
            )
        else:
            if saved is not None:
                return _back(request, stream.plan)
    return page(request, "plans/stream_form.html", attempt, plan=stream.plan, stream=stream)


@require_POST
@member_view(Perm.PLAN_EDIT)
def stream_archive(request: MemberRequest, plan_id: int, stream_id: int) -> HttpResponse:
    """Put a stream away."""
    stream = _editable_stream(request, plan_id, stream_id)
    try:
        services.archive_stream(stream=stream, by=request.membership, at=timezone.now())
    except Refused as error:
        return show_problem(request, plan_id, str(error))
    return _back(request, stream.plan)


@require_POST
@member_view(Perm.PLAN_EDIT)
def stream_restore(request: MemberRequest, plan_id: int, stream_id: int) -> HttpResponse:
    """Take a stream out of the archive."""
    stream = _editable_stream(request, plan_id, stream_id)
    try:
        services.restore_stream(stream=stream, by=request.membership, at=timezone.now())
    except Refused as error:
        return show_problem(request, plan_id, str(error))
    return _back(request, stream.plan)
