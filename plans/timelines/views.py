"""Pages of imported dates: the file, its questions with the preview, its rows, taking it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.errors import NotAllowed, Refused
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from plancraft.lib.dates import local_day
from plancraft.lib.sheets.wording import sentence
from plans.models import TimelineImport, TimelineImportRow
from plans.timelines import pages, queries, services
from plans.timelines.forms import AnswersForm, UploadForm
from plans.timelines.preparing import Outcome

PER_PAGE = 50


def _address(request: MemberRequest, timeline: TimelineImport) -> str:
    return reverse("timeline", args=[request.organization.slug, timeline.pk])


@require_safe
@member_view(Perm.IMPORT)
def timelines(request: MemberRequest) -> HttpResponse:
    """The files of dates so far."""
    found = queries.timelines(request.organization, request.membership)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "plans/timelines/list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.IMPORT)
def timeline_new(request: MemberRequest) -> HttpResponse:
    """Choose a plan and a file, or paste the dates."""
    plans = queries.plans_to_fill(request.organization, request.membership)
    if request.method != "POST":
        form = UploadForm(plans=plans, initial={"plan": request.GET.get("plan")})
        return _upload_page(request, form)
    form = UploadForm(request.POST, request.FILES, plans=plans)
    if not form.is_valid():
        return _upload_page(request, form)
    name, content = form.content()
    try:
        made = services.upload(
            plan=form.cleaned_data["plan"], file_name=name, content=content, by=request.membership
        )
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except Refused as error:
        form.add_error("file" if form.cleaned_data["file"] else "text", str(error))
        return _upload_page(request, form)
    return redirect(_address(request, made))


def _upload_page(request: MemberRequest, form: UploadForm) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "plans/timelines/new.html", {"form": form}, status=status)


def _timeline(request: MemberRequest, timeline_id: int) -> TimelineImport:
    """The import; 404 unless its plan is visible, 403 for who may not change that plan."""
    found = queries.get_timeline(request.organization, request.membership, timeline_id)
    if not can(request.membership, Perm.PLAN_EDIT, found.plan):
        raise PermissionDenied
    return found


@require_safe
@member_view(Perm.IMPORT)
def timeline(request: MemberRequest, timeline_id: int) -> HttpResponse:
    """Questions and preview, or what it became."""
    found = _timeline(request, timeline_id)
    if found.state == TimelineImport.State.UPLOADED:
        return _or_say(request, lambda: _review(request, found))
    return _result(request, found)


def _or_say(request: MemberRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer; where the file can no longer be read, the list with the sentence that says so."""
    try:
        return answer()
    except Refused as error:
        messages.error(request, str(error))
        return redirect("timelines", request.organization.slug)


# Questions and preview ---------------------------------------------------------------------------
def _review(
    request: MemberRequest, timeline: TimelineImport, form: AnswersForm | None = None
) -> HttpResponse:
    form = form or AnswersForm(prepared=services.look(timeline=timeline))
    prepared = form.prepared
    context = {
        "timeline": timeline,
        "form": form,
        "prepared": prepared,
        "blockers": [sentence(message) for message in prepared.blockers],
        "figures": pages.figures(prepared),
        "lines": pages.lines(prepared, form),
        "new": prepared.count(Outcome.CREATE),
        "total": len(prepared.rows),
    }
    status = 422 if form.errors else 200
    return render(request, "plans/timelines/review.html", context, status=status)


@require_POST
@member_view(Perm.IMPORT)
def timeline_answer(request: MemberRequest, timeline_id: int) -> HttpResponse:
    """Keep the answers and show the preview that they make."""
    found = _timeline(request, timeline_id)
    if found.state != TimelineImport.State.UPLOADED:
        return redirect(_address(request, found))
    there = redirect(f"{_address(request, found)}#preview")
    return _or_say(request, lambda: _kept(request, found) or there)


def _kept(request: MemberRequest, timeline: TimelineImport) -> HttpResponse | None:
    """Keep what the form says; the page again, with everything chosen, where that cannot be."""
    form = AnswersForm(request.POST, prepared=services.look(timeline=timeline))
    if not form.is_valid():
        return _review(request, timeline, form)
    try:
        services.answer(timeline=timeline, answers=form.to_answers(), by=request.membership)
    except Refused as error:
        form.add_error(None, str(error))
        return _review(request, timeline, form)
    if form.has_changed() and "start" in request.POST:
        text = _("Your last changes are in the preview now. Look at it once more, then import.")
        messages.info(request, text)
        return redirect(f"{_address(request, timeline)}#preview")
    return None


@require_POST
@member_view(Perm.IMPORT)
def timeline_start(request: MemberRequest, timeline_id: int) -> HttpResponse:
    """Bring in what the preview shows."""
    found = _timeline(request, timeline_id)
    if found.state != TimelineImport.State.UPLOADED:
        return redirect(_address(request, found))
    return _or_say(request, lambda: _kept(request, found) or _start(request, found))


def _start(request: MemberRequest, timeline: TimelineImport) -> HttpResponse:
    today = local_day(timezone.now(), ZoneInfo(request.organization.time_zone))
    try:
        services.bring_in(timeline=timeline, by=request.membership, today=today)
    except Refused as error:
        again = _timeline(request, timeline.pk)
        form = AnswersForm(request.POST, prepared=services.look(timeline=again))
        form.add_error(None, str(error))
        return _review(request, again, form)
    return redirect(_address(request, timeline))


@require_POST
@member_view(Perm.IMPORT)
def timeline_discard(request: MemberRequest, timeline_id: int) -> HttpResponse:
    """Throw the file away."""
    found = _timeline(request, timeline_id)
    try:
        services.discard(timeline=found, by=request.membership)
    except Refused as error:
        messages.error(request, str(error))
        return redirect(_address(request, found))
    messages.success(request, _("The file was thrown away. Nothing was imported."))
    return redirect("timelines", request.organization.slug)


# Afterwards --------------------------------------------------------------------------------------
def _result(request: MemberRequest, timeline: TimelineImport) -> HttpResponse:
    show = request.GET.get("show", "")
    show = show if show in TimelineImportRow.Outcome.values else ""
    rows = list(queries.results(timeline, show))
    lines = pages.result_lines(rows, timeline)
    main = next((row.key_date for row in rows if row.key_date), None)
    context = {
        "timeline": timeline,
        "lines": lines,
        "show": show,
        "figures": pages.result_figures(timeline, _address(request, timeline)),
        "may_undo": timeline.state == TimelineImport.State.DONE
        and can(request.membership, Perm.IMPORT_UNDO, timeline),
        "may_learn": can(request.membership, Perm.WORKFLOW_EDIT),
        "main": _with_most_steps(rows) or main,
    }
    return render(request, "plans/timelines/result.html", context)


def _with_most_steps(rows: list[TimelineImportRow]) -> Any:
    """The key date that most steps of the file lead to: what one learns from."""
    towards = [row.task.key_date for row in rows if row.task and row.task.key_date]
    return max(towards, key=towards.count, default=None)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.IMPORT_UNDO)
def timeline_undo(request: MemberRequest, timeline_id: int) -> HttpResponse:
    """Ask, then take an import back as far as nobody has worked on it."""
    found = queries.get_timeline(request.organization, request.membership, timeline_id)
    if not can(request.membership, Perm.IMPORT_UNDO, found):
        raise PermissionDenied
    if request.method != "POST":
        context = _undo_question(request, found)
        return render(request, "components/confirm_page.html", context)
    try:
        undone = services.undo(timeline=found, by=request.membership)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _undone_sentence(undone))
    if can(request.membership, Perm.PLAN_EDIT, found.plan):
        return redirect(_address(request, found))
    return redirect("timelines", request.organization.slug)


def _undone_sentence(undone: services.Undone) -> str:
    gone = ngettext(
        "%(n)s key date or step removed.", "%(n)s key dates and steps removed.", undone.removed
    ) % {"n": undone.removed}
    if not undone.kept:
        return gone
    stayed = ngettext(
        "%(n)s stays, because someone has worked on it.",
        "%(n)s stay, because someone has worked on them.",
        undone.kept,
    )
    return f"{gone} {stayed % {'n': undone.kept}}"


def _undo_question(request: MemberRequest, timeline: TimelineImport) -> dict[str, Any]:
    going = queries.removable(timeline)
    words = ngettext(
        "%(n)s key date or step is removed as it was imported.",
        "%(n)s key dates and steps are removed as they were imported.",
        going,
    )
    consequences = [words % {"n": going}]
    if timeline.created > going:
        stay = ngettext(
            "%(n)s that someone has worked on stays.",
            "%(n)s that someone has worked on stay.",
            timeline.created - going,
        )
        consequences.append(stay % {"n": timeline.created - going})
    return {
        "title": _("Take this import back"),
        "text": _("Everything from “%(file)s” that nobody has touched since goes away.")
        % {"file": timeline.file_name},
        "consequences": consequences,
        "action_url": reverse("timeline-undo", args=[request.organization.slug, timeline.pk]),
        "action_label": _("Take it back"),
        "cancel_url": _address(request, timeline),
        "danger": True,
    }
