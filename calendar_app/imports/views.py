"""Pages of the import: the file, its questions with the preview, progress, result, undo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from calendar_app.imports import pages, queries, service
from calendar_app.imports.answers import Answers
from calendar_app.imports.forms import AnswersForm, UploadForm
from calendar_app.imports.preparing import Prepared
from calendar_app.models import ImportBatch, ImportRow
from people.errors import NotAllowed, Refused
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from plancraft.lib.sheets.wording import sentence


def address(batch: ImportBatch, organization: str) -> str:
    """The page of one import."""
    return reverse("import", args=[organization, batch.pk])


@require_GET
@member_view(Perm.IMPORT)
def imports(request: MemberRequest) -> HttpResponse:
    """The imports so far; of one plan where the address names it."""
    organization, membership = request.organization, request.membership
    found = queries.batches(organization, membership)
    plan = queries.plan_shown(organization, membership, request.GET.get("plan", ""))
    if plan is not None:
        found = found.filter(plan=plan)
    page = Paginator(found, pages.PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "calendar_app/imports/list.html", {"page": page, "plan": plan})


@require_http_methods(["GET", "POST"])
@member_view(Perm.IMPORT)
def import_new(request: MemberRequest) -> HttpResponse:
    """Choose a plan and a file."""
    plans = queries.importable_plans(request.organization, request.membership)
    if request.method == "GET":
        form = UploadForm(plans=plans, initial={"plan": request.GET.get("plan")})
        return _upload_page(request, form)
    form = UploadForm(request.POST, request.FILES, plans=plans)
    if not form.is_valid():
        return _upload_page(request, form)
    file = form.cleaned_data["file"]
    try:
        batch = service.upload(
            plan=form.cleaned_data["plan"],
            file_name=file.name or "",
            content=file.read(),
            by=request.membership,
        )
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except Refused as error:
        form.add_error("file", str(error))
        return _upload_page(request, form)
    return redirect("import", request.organization.slug, batch.pk)


def _upload_page(request: MemberRequest, form: UploadForm) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "calendar_app/imports/new.html", {"form": form}, status=status)


@require_GET
@member_view(Perm.IMPORT)
def import_detail(request: MemberRequest, batch_id: int) -> HttpResponse:
    """Questions and preview, or progress, or what it became."""
    batch = queries.get_batch(request.organization, request.membership, batch_id)
    if batch.state == ImportBatch.State.RUNNING:
        return render(request, "calendar_app/imports/running.html", {"batch": batch})
    if batch.state in service.OPEN:
        return _review(request, batch)
    return _result(request, batch)


# Questions and preview ---------------------------------------------------------------------------
def _form(request: MemberRequest, batch: ImportBatch, data: Any = None) -> AnswersForm:
    return AnswersForm(
        data,
        prepared=service.look(batch=batch, now=timezone.now()),
        answers=Answers.from_json(batch.options),
        may_create=can(request.membership, Perm.CHANNEL_CREATE),
        file_name=batch.file_name,
    )


def _review(
    request: MemberRequest, batch: ImportBatch, form: AnswersForm | None = None
) -> HttpResponse:
    try:
        form = form or _form(request, batch)
    except Refused as error:
        context = {"batch": batch, "problem": str(error)}
        return render(request, "calendar_app/imports/gone.html", context)
    context = _preview_context(request, batch, form.prepared)
    context |= {"batch": batch, "form": form}
    status = 422 if form.errors else 200
    return render(request, "calendar_app/imports/review.html", context, status=status)


def _preview_context(
    request: MemberRequest, batch: ImportBatch, prepared: Prepared
) -> dict[str, Any]:
    show = request.GET.get("show", "")
    show = show if show in pages.SHOWN else ""
    page = Paginator(pages.rows_shown(prepared, show), pages.PER_PAGE).get_page(
        request.GET.get("page")
    )
    return {
        "prepared": prepared,
        "preview": prepared.preview,
        "blockers": [sentence(message) for message in prepared.blockers],
        "figures": pages.figures(prepared, address(batch, request.organization.slug)),
        "posts_sentence": pages.posts_sentence(prepared),
        "shift_sentence": pages.shift_sentence(prepared),
        "people_sentence": pages.people_sentence(prepared),
        "lines": pages.row_lines(prepared, list(page.object_list)),
        "page": page,
        "show": show,
    }


@require_POST
@member_view(Perm.IMPORT)
def import_answer(request: MemberRequest, batch_id: int) -> HttpResponse:
    """Keep the answers and show the preview that they make."""
    batch = queries.get_batch(request.organization, request.membership, batch_id)
    if batch.state not in service.OPEN:
        return redirect("import", request.organization.slug, batch.pk)
    refused = _keep(request, batch)
    return refused or redirect(f"{address(batch, request.organization.slug)}#preview")


def _keep(request: MemberRequest, batch: ImportBatch) -> HttpResponse | None:
    """Keep what the form says; the page again, with everything typed, where that cannot be."""
    try:
        form = _form(request, batch, request.POST)
    except Refused:
        return _review(request, batch)
    if not form.is_valid():
        return _review(request, batch, form)
    try:
        answers = form.to_answers()
        service.look_with(batch=batch, answers=answers, now=timezone.now())
        service.answer(batch=batch, answers=answers, by=request.membership)
    except Refused as error:
        form.add_error(None, str(error))
        return _review(request, batch, form)
    if form.has_changed() and "start" in request.POST:
        messages.info(
            request,
            _("Your last changes are in the preview now. Look at it once more, then import."),
        )
        return redirect(f"{address(batch, request.organization.slug)}#preview")
    return None


@require_POST
@member_view(Perm.IMPORT)
def import_start(request: MemberRequest, batch_id: int) -> HttpResponse:
    """Import what the preview shows."""
    batch = queries.get_batch(request.organization, request.membership, batch_id)
    if batch.state in service.OPEN:
        if refused := _keep(request, batch):
            return refused
        try:
            service.start(batch=batch, by=request.membership, now=timezone.now())
        except Refused as error:
            batch = queries.get_batch(request.organization, request.membership, batch_id)
            form = _form(request, batch, request.POST)
            form.add_error(None, str(error))
            return _review(request, batch, form)
    return redirect("import", request.organization.slug, batch.pk)


@require_POST
@member_view(Perm.IMPORT)
def import_discard(request: MemberRequest, batch_id: int) -> HttpResponse:
    """Throw the file away."""
    batch = queries.get_batch(request.organization, request.membership, batch_id)
    try:
        service.discard(batch=batch, by=request.membership)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("import", request.organization.slug, batch.pk)
    messages.success(request, _("The file was thrown away. Nothing was imported."))
    return redirect("imports", request.organization.slug)


# Running and afterwards --------------------------------------------------------------------------
@require_GET
@member_view(Perm.IMPORT)
def import_progress(request: MemberRequest, batch_id: int) -> HttpResponse:
    """How far the import has come; leads to the result once it has ended."""
    batch = queries.get_batch(request.organization, request.membership, batch_id)
    if batch.state == ImportBatch.State.RUNNING:
        return render(request, "calendar_app/imports/_progress.html", {"batch": batch})
    here = address(batch, request.organization.slug)
    if not request.htmx:
        return redirect(here)
    response = HttpResponse()
    response["HX-Redirect"] = here
    return response


def _result(request: MemberRequest, batch: ImportBatch) -> HttpResponse:
    show = request.GET.get("show", "")
    show = show if show in ImportRow.Outcome.values else ""
    rows = queries.results(request.organization, batch, show)
    page = Paginator(rows, pages.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "batch": batch,
        "page": page,
        "rows": list(page.object_list),
        "show": show,
        "figures": _result_figures(batch, address(batch, request.organization.slug)),
        "may_undo": batch.state == ImportBatch.State.DONE
        and can(request.membership, Perm.IMPORT_UNDO, batch),
    }
    return render(request, "calendar_app/imports/result.html", context)


def _result_figures(batch: ImportBatch, url: str) -> list[pages.Figure]:
    """What the rows became; together they are the rows of the file."""
    created = ngettext("story created", "stories created", batch.created)
    unchanged = ngettext("row already there", "rows already there", batch.unchanged)
    skipped = ngettext("row left out", "rows left out", batch.skipped)
    return [
        pages.Figure(batch.created, created, f"{url}?show=created"),
        pages.Figure(batch.unchanged, unchanged, f"{url}?show=unchanged", icon="check2"),
        pages.Figure(batch.skipped, skipped, f"{url}?show=skipped", icon="slash-circle"),
    ]


@require_http_methods(["GET", "POST"])
@member_view(Perm.IMPORT_UNDO)
def import_undo(request: MemberRequest, batch_id: int) -> HttpResponse:
    """Ask, then take an import back as far as nobody has worked on it."""
    batch = queries.get_batch(request.organization, request.membership, batch_id)
    if not can(request.membership, Perm.IMPORT_UNDO, batch):
        raise PermissionDenied
    here = address(batch, request.organization.slug)
    if request.method == "GET":
        return render(request, "components/confirm_page.html", _undo_question(request, batch, here))
    try:
        undone = service.undo(batch=batch, by=request.membership)
    except Refused as error:
        messages.error(request, str(error))
        return redirect(here)
    text = ngettext("%(n)s story removed.", "%(n)s stories removed.", undone.removed)
    if undone.kept:
        stayed = ngettext(
            "%(n)s stays, because someone has worked on it.",
            "%(n)s stay, because someone has worked on them.",
            undone.kept,
        )
        text = f"{text % {'n': undone.removed}} {stayed % {'n': undone.kept}}"
    else:
        text = text % {"n": undone.removed}
    messages.success(request, text)
    return redirect(here)


def _undo_question(request: MemberRequest, batch: ImportBatch, here: str) -> dict[str, Any]:
    removable = queries.count_untouched(batch)
    kept = batch.created - removable
    consequences = [
        ngettext(
            "%(n)s story as it was imported is removed with its posts.",
            "%(n)s stories as they were imported are removed with their posts.",
            removable,
        )
        % {"n": removable}
    ]
    if kept:
        consequences.append(
            ngettext(
                "%(n)s story that someone has worked on stays.",
                "%(n)s stories that someone has worked on stay.",
                kept,
            )
            % {"n": kept}
        )
    return {
        "title": _("Take this import back"),
        "text": _("Everything from “%(file)s” that nobody has touched since goes away.")
        % {"file": batch.file_name},
        "consequences": consequences,
        "action_url": reverse("import-undo", args=[request.organization.slug, batch.pk]),
        "action_label": _("Take it back"),
        "cancel_url": here,
        "danger": True,
    }
