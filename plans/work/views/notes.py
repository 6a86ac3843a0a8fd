"""What people add to a task: lines to tick off, comments, files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from people.errors import NotAllowed, Refused
from people.http import MemberRequest, member_view
from people.permissions import Perm
from plans.models import ChecklistItem
from plans.work import queries, services
from plans.work.page_queries import get_task_page
from plans.work.views.task import show_task

MEGABYTE = 1024 * 1024


def _added(
    request: MemberRequest, task_id: int, place: str, act: Callable[[], Any], **typed: Any
) -> HttpResponse:
    """Back to the task; a refusal's sentence stands on its page, with everything `typed`."""
    try:
        act()
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except Refused as error:
        found = get_task_page(request.organization, request.membership, task_id)
        return show_task(request, found, str(error), **typed)
    return redirect(reverse("task", args=[request.organization.slug, task_id]) + f"#{place}")


# Checklist ---------------------------------------------------------------------------------------
@require_POST
@member_view(Perm.TASK_CREATE)
def line_new(request: MemberRequest, task_id: int) -> HttpResponse:
    """One more line to tick off."""
    task = queries.get_task(request.organization, request.membership, task_id)
    text = request.POST.get("text", "")
    return _added(
        request,
        task_id,
        "checklist",
        lambda: services.add_line(task=task, by=request.membership, text=text),
        line=text,
    )


@require_POST
@member_view(Perm.TASK_CREATE)
def line_change(request: MemberRequest, line_id: int) -> HttpResponse:
    """Tick a line off or take the tick back, reword it, move it up, take it out."""
    line = queries.get_line(request.organization, request.membership, line_id)
    return _added(request, line.task_id, "checklist", lambda: _change(request, line))


def _change(request: MemberRequest, line: ChecklistItem) -> None:
    me, do = request.membership, request.POST.get("do", "")
    if do in ("tick", "untick"):
        services.tick_line(line=line, by=me, done=do == "tick", at=timezone.now())
    elif do == "remove":
        services.remove_line(line=line, by=me)
    elif do == "reword":
        services.reword_line(line=line, by=me, text=request.POST.get("text", ""))
    elif do == "up":
        order = [row.pk for row in queries.checklist_of(line.task)]
        at = order.index(line.pk)
        order.insert(max(0, at - 1), order.pop(at))
        services.order_lines(task=line.task, by=me, order=order)
    else:
        raise Refused(_("Choose one of the buttons."))


# Comments ----------------------------------------------------------------------------------------
@require_POST
@member_view(Perm.READ)
def comment_new(request: MemberRequest, task_id: int) -> HttpResponse:
    """Say something; who is addressed by @name is told."""
    task = queries.get_task(request.organization, request.membership, task_id)
    text = request.POST.get("text", "")
    return _added(
        request,
        task_id,
        "comments",
        lambda: services.comment(task=task, by=request.membership, text=text),
        comment=text,
    )


@require_POST
@member_view(Perm.READ)
def comment_remove(request: MemberRequest, comment_id: int) -> HttpResponse:
    """Take the words away; that something was said stays to be seen."""
    row = queries.get_comment(request.organization, request.membership, comment_id)
    return _added(
        request,
        row.task_id,
        "comments",
        lambda: services.remove_comment(comment=row, by=request.membership, at=timezone.now()),
    )


# Files -------------------------------------------------------------------------------------------
@require_POST
@member_view(Perm.TASK_CREATE)
def file_new(request: MemberRequest, task_id: int) -> HttpResponse:
    """Keep a file with the task; what is too large is refused before it is read."""
    task = queries.get_task(request.organization, request.membership, task_id)
    handed = request.FILES.get("file")

    def attach() -> None:
        if handed is None:
            raise Refused(_("Choose a file first."))
        most = settings.ATTACHMENT_MEGABYTES
        if (handed.size or 0) > most * MEGABYTE:
            raise Refused(_("A file may be at most %(most)d MB.") % {"most": most})
        services.attach(
            task=task, by=request.membership, name=handed.name or "", content=handed.read()
        )

    return _added(request, task_id, "files", attach)


@require_safe
@member_view(Perm.READ)
def file_download(request: MemberRequest, file_id: int) -> HttpResponse:
    """The file itself, to who may see its task: always as a download, never shown as a page."""
    row = queries.get_attachment(request.organization, request.membership, file_id)
    response = FileResponse(
        row.file.open("rb"), as_attachment=True, filename=row.name, content_type=row.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return cast("HttpResponse", response)  # it streams, and is answered like any other


@require_POST
@member_view(Perm.TASK_CREATE)
def file_remove(request: MemberRequest, file_id: int) -> HttpResponse:
    """Take a file away for good."""
    row = queries.get_attachment(request.organization, request.membership, file_id)
    return _added(
        request,
        row.task_id,
        "files",
        lambda: services.remove_attachment(attachment=row, by=request.membership),
    )
