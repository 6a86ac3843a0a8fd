"""Pages of shared events: what departments are asked, and their answers."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from people.errors import NotAllowed, Refused
from people.http import MemberRequest, member_view
from people.permissions import Perm
from people.views.shared import now_and_today
from plans.schedule import events
from plans.schedule.events import CHOICES
from plans.schedule.views._shared import found, show
from plans.views._shared import page

PER_PAGE = 50
LIST = "list"


@require_safe
@member_view(Perm.READ)
def event_answers(request: MemberRequest) -> HttpResponse:
    """Events that ask your department; or every department, unanswered ones first."""
    return _list(request)


def _list(request: MemberRequest, problem: str = "") -> HttpResponse:
    organization, viewer = request.organization, request.membership
    now, today = now_and_today(organization)
    everyone = request.GET.get("show") == "all" or viewer.department_id is None
    rows = events.asked_of(organization, viewer, everyone=everyone)
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    response = page(
        request,
        "plans/schedule/event_answers.html",
        rows=[events.answer_row(answer, viewer, now) for answer in shown],
        found=shown,
        everyone=everyone,
        has_department=viewer.department_id is not None,
        choices=CHOICES,
        today=today,
        problem=problem,
    )
    response.status_code = 409 if problem else 200
    return response


@require_POST
@member_view(Perm.CLAIM)
def event_answer(request: MemberRequest, key_date_id: int, department_id: int) -> HttpResponse:
    """A department answers, from the event's page or from the list."""
    key_date = found(request, key_date_id)
    answer = events.get_answer(key_date, department_id)
    answer.key_date = key_date
    from_list = request.POST.get("from") == LIST
    try:
        events.answer_event(
            answer=answer,
            by=request.membership,
            choice=request.POST.get("answer", ""),
            seen=request.POST.get("seen", ""),
            at=timezone.now(),
        )
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except Refused as error:
        return _list(request, str(error)) if from_list else show(request, key_date, str(error))
    messages.success(request, _("Answered. It can be changed as long as the event is ahead."))
    if from_list:
        return redirect("event-answers", request.organization.slug)
    return redirect("key-date", request.organization.slug, key_date.pk)
