"""Pages of back-schedules: list, one with its versions, new, change, copy, archive, restore."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.errors import NotAllowed, Refused, Stale
from people.http import MemberRequest, member_view
from people.models import Membership
from people.permissions import Perm
from plans.models import BackScheduleStep, BackScheduleTemplate, BackScheduleVersion
from plans.models.keydates import KEY_DATE
from plans.schedule import queries, services
from plans.schedule.editor import MOST_ROWS, Editor, first_row, steps_words
from plans.schedule.forms import CopyForm
from plans.schedule.records import TEMPLATE_LABELS, step_fields
from plans.views import _shared
from plans.views._shared import Attempt, opened, page, tried


@require_safe
@member_view(Perm.WORKFLOW_EDIT)
def back_schedules(request: MemberRequest) -> HttpResponse:
    """The back-schedules in use, and those that were put away."""
    return _list(request)


def _list(request: MemberRequest) -> HttpResponse:
    return page(
        request,
        "plans/schedule/templates.html",
        rows=list(queries.templates(request.organization)),
        archived=list(queries.templates(request.organization, archived=True)),
    )


@require_safe
@member_view(Perm.WORKFLOW_EDIT)
def back_schedule(request: MemberRequest, template_id: int) -> HttpResponse:
    """A back-schedule with its steps; of an older version, if the address asks for it."""
    return _show(request, queries.get_template(request.organization, template_id))


def _show(
    request: MemberRequest, template: BackScheduleTemplate, problem: str = "", form: Any = None
) -> HttpResponse:
    editions = list(queries.versions(request.organization).filter(template=template))
    version = _asked_for(request, editions)
    attempt = opened(form or CopyForm(initial={"name": _copy_name(template)}))
    response = page(
        request,
        "plans/schedule/template.html",
        attempt,
        schedule=template,
        version=version,
        editions=editions,
        is_newest=version == editions[0],
        steps=_lines(version),
        is_editable=len(editions[0].steps.all()) <= MOST_ROWS,
        problem=problem,
    )
    if problem:
        response.status_code = 409
    return response


def _asked_for(request: MemberRequest, editions: list[BackScheduleVersion]) -> BackScheduleVersion:
    number = request.GET.get("version", "")
    if not number:
        return editions[0]
    for edition in editions:
        if str(edition.number) == number:
            return edition
    raise Http404


def _lines(version: BackScheduleVersion) -> list[tuple[BackScheduleStep, str]]:
    """Each step, and what it comes before in words."""
    steps = list(version.steps.all())
    titles = {step.key: f"“{step.title}”" for step in steps} | {KEY_DATE: _("the key date")}
    return [(step, ", ".join(titles.get(other, other) for other in step.before)) for step in steps]


def _copy_name(template: BackScheduleTemplate) -> str:
    return (_("%(name)s, our way") % {"name": template.name})[:120]


# Changing ----------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.WORKFLOW_EDIT)
def back_schedule_new(request: MemberRequest) -> HttpResponse:
    """A back-schedule of one's own."""
    editor = Editor(_posted(request), members=_members(request), steps=first_row())
    attempt = Attempt(editor.form)
    if editor.is_valid():
        template = tried(
            attempt,
            lambda: services.create_template(
                organization=request.organization,
                by=request.membership,
                steps=editor.record(),
                **_named(editor),
            ),
        )
        if template is not None:
            messages.success(request, _("The back-schedule stands. Build it back from a key date."))
            return redirect("back-schedule", request.organization.slug, template.pk)
    return _editor_page(request, attempt, editor)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.WORKFLOW_EDIT)
def back_schedule_edit(request: MemberRequest, template_id: int) -> HttpResponse:
    """Its next version; the second of two editors is shown what differs."""
    template = queries.get_template(request.organization, template_id)
    newest = queries.newest_version(template)
    now = step_fields(newest.steps.all())
    if len(now) > MOST_ROWS:
        return _show(request, template, _("It has too many steps to be changed here."))
    editor = Editor(
        _posted(request),
        members=_members(request, newest),
        steps=now,
        initial={
            "name": template.name,
            "description": template.description,
            "seen": newest.number,
        },
    )
    attempt = Attempt(editor.form)
    if editor.is_valid() and _saved(request, template, editor, attempt):
        messages.success(request, _("Saved. What was built before stays as it is."))
        return redirect("back-schedule", request.organization.slug, template.pk)
    return _editor_page(request, attempt, editor, template)


def _saved(
    request: MemberRequest, template: BackScheduleTemplate, editor: Editor, attempt: Attempt
) -> bool:
    """Whether it was saved; else what stands in the way is on the attempt."""
    steps = editor.record()
    try:
        saved = tried(
            attempt,
            lambda: services.edit_template(
                template=template,
                by=request.membership,
                seen=editor.form.cleaned_data["seen"] or 0,
                steps=steps,
                **_named(editor),
            ),
        )
    except Stale as error:
        there = queries.get_template(request.organization, template.pk)
        _shared.crossed(
            attempt,
            error,
            TEMPLATE_LABELS,
            current={
                "name": there.name,
                "description": there.description,
                "steps": steps_words(error.current),
            },
            typed={**_named(editor), "steps": steps_words(steps)},
            seen=queries.newest_version(there).number,
        )
        return False
    return saved is not None


def _posted(request: MemberRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _members(
    request: MemberRequest, version: BackScheduleVersion | None = None
) -> list[Membership]:
    """Who may be named in a step: who can own, and who is named already."""
    able = _shared.owners(request.organization)
    named = {step.member for step in version.steps.all() if step.member} if version else set()
    return [*able, *sorted(named - set(able), key=lambda member: member.pk)]


def _named(editor: Editor) -> dict[str, str]:
    data = editor.form.cleaned_data
    return {"name": data["name"], "description": data["description"]}


def _editor_page(
    request: MemberRequest,
    attempt: Attempt,
    editor: Editor,
    template: BackScheduleTemplate | None = None,
) -> HttpResponse:
    if editor.is_saving and attempt.status == 200:
        attempt.status = 422
    return page(
        request,
        "plans/schedule/template_form.html",
        attempt,
        editor=editor,
        schedule=template,
        is_full=len(editor.steps) >= MOST_ROWS,
    )


@require_POST
@member_view(Perm.WORKFLOW_EDIT)
def back_schedule_copy(request: MemberRequest, template_id: int) -> HttpResponse:
    """One's own with the same steps."""
    template = queries.get_template(request.organization, template_id)
    form = CopyForm(request.POST)
    attempt = opened(form)
    if form.is_valid():
        name = form.cleaned_data["name"]
        copy = tried(
            attempt,
            lambda: services.copy_template(template=template, by=request.membership, name=name),
        )
        if copy is not None:
            messages.success(request, _("Copied. Change it freely."))
            return redirect("back-schedule", request.organization.slug, copy.pk)
    return _show(request, template, form=form)


@require_POST
@member_view(Perm.WORKFLOW_EDIT)
def back_schedule_archive(request: MemberRequest, template_id: int) -> HttpResponse:
    """Put it away; what was built from it stays."""
    template = queries.get_template(request.organization, template_id)
    return _acted(
        request,
        template,
        lambda: services.archive_template(
            template=template, by=request.membership, at=timezone.now()
        ),
    )


@require_POST
@member_view(Perm.WORKFLOW_EDIT)
def back_schedule_restore(request: MemberRequest, template_id: int) -> HttpResponse:
    """Offer it again."""
    template = queries.get_template(request.organization, template_id)
    return _acted(
        request,
        template,
        lambda: services.restore_template(template=template, by=request.membership),
    )


def _acted(request: MemberRequest, template: BackScheduleTemplate, act: Any) -> HttpResponse:
    try:
        act()
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except Refused as error:
        return _show(request, template, str(error))
    return redirect("back-schedule", request.organization.slug, template.pk)
