"""Pages of stakeholders: the list, each one, touchpoints, and what is held and why."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people import activity
from people import queries as people
from people.errors import NotAllowed, Stale
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from people.registry import hidden_plans
from people.views.shared import now_and_today
from plancraft.lib.changes import fingerprint
from plancraft.lib.dates import parse_day
from plans.models import Stakeholder
from plans.stakeholders import exports, pages, queries, services
from plans.stakeholders.forms import (
    Choices,
    EraseForm,
    StakeholderForm,
    TouchpointForm,
    stakeholder_initial,
)
from plans.stakeholders.queries import Story
from plans.stakeholders.records import LABELS, stakeholder_fields
from plans.views import _shared
from plans.views._shared import Attempt, opened, page, tried

PER_PAGE = 50
SPOKEN_SHOWN = 50
FEED = 12
EXPORT_MOST = 5000


# The list -----------------------------------------------------------------------------------------
@require_safe
@member_view(Perm.READ)
def stakeholder_list(request: MemberRequest) -> HttpResponse:
    """Everyone the team keeps in touch with, the lapsed first."""
    organization, me = request.organization, request.membership
    today = now_and_today(organization)[1]
    owners = _shared.owners(organization)
    plans = queries.plans_to_choose(organization, me)
    wanted, given = pages.read(request.GET, me, owners, plans)
    found = Paginator(queries.listed(organization, me, wanted, today), PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = list(found)
    steps = queries.next_steps(organization, me, [row.pk for row in rows])
    return page(
        request,
        "plans/stakeholders/list.html",
        page=found,
        lines=[pages.line(row, today, steps.get(row.pk)) for row in rows],
        figures=queries.figures(organization, me, today),
        filters=pages.selects(given, owners, plans),
        keep={"q": given["q"]} if "q" in given else {},
        given=given,
        clear_url=request.path if given else "",
        may_edit=can(me, Perm.STAKEHOLDER_EDIT),
        may_claim=can(me, Perm.CLAIM),
    )


@require_POST
@member_view(Perm.STAKEHOLDER_EDIT)
def stakeholders_export(request: MemberRequest) -> HttpResponse:
    """The list as CSV, narrowed as its page was; that it was taken out stands on record."""
    organization, me = request.organization, request.membership
    today = now_and_today(organization)[1]
    owners = _shared.owners(organization)
    wanted, _given = pages.read(request.POST, me, owners, queries.plans_to_choose(organization, me))
    rows = list(queries.listed(organization, me, wanted, today)[:EXPORT_MOST])
    services.record_list_export(organization=organization, by=me, count=len(rows))
    return _download(exports.as_csv(rows), "text/csv", "stakeholders.csv")


def _download(text: str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{content_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# Add and change -----------------------------------------------------------------------------------
def _choices(
    request: MemberRequest, row: Stakeholder | None = None, *, ask_owner: bool = False
) -> Choices:
    """The rows to choose among; what the stakeholder has already stays among them."""
    organization, me = request.organization, request.membership
    plans = queries.plans_to_choose(organization, me)
    streams = queries.streams_to_choose(organization, me)
    if row is not None and row.plan is not None and row.plan not in plans:
        plans.append(row.plan)
    if row is not None and row.stream is not None and row.stream not in streams:
        streams.append(row.stream)
    owners = _shared.owners(organization) if ask_owner else None
    return Choices(plans, streams, _shared.departments(organization), owners)


def _form(request: MemberRequest, choices: Choices, initial: dict[str, Any]) -> StakeholderForm:
    data = request.POST if request.method == "POST" else None
    return StakeholderForm(data, choices=choices, initial=initial)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.STAKEHOLDER_EDIT)
def stakeholder_new(request: MemberRequest) -> HttpResponse:
    """Add a stakeholder; the one who adds them is offered as owner."""
    today = now_and_today(request.organization)[1]
    initial = {"held_since": today, "owner": str(request.membership.pk)}
    form = _form(request, _choices(request, ask_owner=True), initial)
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        row = tried(
            attempt,
            lambda: services.create(
                organization=request.organization,
                by=request.membership,
                fields=form.record(),
                owner=form.cleaned_data["owner"],
            ),
        )
        if row is not None:
            messages.success(request, _("Added. Record a touchpoint once you have spoken."))
            return redirect("stakeholder", request.organization.slug, row.pk)
    return page(request, "plans/stakeholders/form.html", attempt)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.STAKEHOLDER_EDIT)
def stakeholder_edit(request: MemberRequest, stakeholder_id: int) -> HttpResponse:
    """Change what is held; the second of two editors is shown what differs."""
    row = _present(request, stakeholder_id)
    current = stakeholder_fields(row)
    initial = stakeholder_initial(current, fingerprint(current.words()))
    form = _form(request, _choices(request, row), initial)
    attempt = opened(form)
    if form.is_bound and form.is_valid() and _saved(request, attempt, form, row):
        messages.success(request, _("Saved."))
        return redirect("stakeholder", request.organization.slug, row.pk)
    return page(request, "plans/stakeholders/form.html", attempt, stakeholder=row)


def _saved(
    request: MemberRequest, attempt: Attempt, form: StakeholderForm, row: Stakeholder
) -> bool:
    """Whether the change was saved; else the attempt says why not."""
    fields = form.record()
    try:
        saved = tried(
            attempt,
            lambda: services.edit(
                stakeholder=row,
                by=request.membership,
                seen=form.cleaned_data["seen"],
                fields=fields,
            ),
        )
    except Stale as error:
        now = error.current.words()
        _shared.crossed(
            attempt, error, LABELS, current=now, typed=fields.words(), seen=fingerprint(now)
        )
        return False
    return saved is not None


def _present(request: MemberRequest, stakeholder_id: int) -> Stakeholder:
    """One that can still be changed: 404 for one that was erased."""
    row = queries.get(request.organization, request.membership, stakeholder_id)
    if row.erased_at is not None:
        raise Http404
    return row


# One stakeholder ----------------------------------------------------------------------------------
@require_safe
@member_view(Perm.READ)
def stakeholder_page(request: MemberRequest, stakeholder_id: int) -> HttpResponse:
    """Who it is, who answers for it, what was said when, and what is held and why."""
    organization, me = request.organization, request.membership
    row = queries.get(organization, me, stakeholder_id)
    if row.erased_at is not None:
        return _erased_page(request, row)
    today = now_and_today(organization)[1]
    may_edit = can(me, Perm.STAKEHOLDER_EDIT, row)
    is_open = row.archived_at is None
    spoken = list(queries.touchpoints(organization, me, row)[: SPOKEN_SHOWN + 1])
    about = {one.subject_id for one in spoken if one.subject_id is not None}
    stories: dict[int, Any] = {}
    form = None
    if may_edit and is_open:
        form, stories = _touchpoint_form(request, row, today, about=about)
    elif about:
        stories = queries.stories(organization, me, about)
    return page(
        request,
        "plans/stakeholders/page.html",
        stakeholder=row,
        line=pages.line(row, today),
        spoken=pages.timeline(spoken[:SPOKEN_SHOWN], stories, me, may_edit),
        has_more=len(spoken) > SPOKEN_SHOWN,
        today=today,
        feed=_feed(request, row),
        form=form,
        may_edit=may_edit,
        may_claim=can(me, Perm.CLAIM, row) and is_open,
        may_assign=can(me, Perm.ASSIGN, row) and is_open,
    )


def _feed(request: MemberRequest, row: Stakeholder) -> list[activity.FeedRow]:
    """Its record, without what happened in plans that the reader may not see."""
    told = people.activity_of(request.organization, row._meta.label, row.pk)
    return activity.feed(told.exclude(plan_id__in=hidden_plans(request.membership))[:FEED])


def _erased_page(request: MemberRequest, row: Stakeholder) -> HttpResponse:
    spoken = queries.touchpoints(request.organization, request.membership, row)
    return page(
        request,
        "plans/stakeholders/erased.html",
        stakeholder=row,
        count=spoken.count(),
        feed=_feed(request, row),
    )


@require_POST
@member_view(Perm.STAKEHOLDER_EDIT)
def stakeholder_archive(request: MemberRequest, stakeholder_id: int) -> HttpResponse:
    """Put a stakeholder away."""
    row = _present(request, stakeholder_id)
    services.archive(stakeholder=row, by=request.membership, at=timezone.now())
    messages.success(request, _("Archived. No rhythm is asked any more."))
    return redirect("stakeholder", request.organization.slug, row.pk)


@require_POST
@member_view(Perm.STAKEHOLDER_EDIT)
def stakeholder_restore(request: MemberRequest, stakeholder_id: int) -> HttpResponse:
    """Take a stakeholder out of the archive."""
    row = _present(request, stakeholder_id)
    services.restore(stakeholder=row, by=request.membership)
    messages.success(request, _("Back in use. The rhythm counts from the last touchpoint."))
    return redirect("stakeholder", request.organization.slug, row.pk)


# Touchpoints --------------------------------------------------------------------------------------
def _touchpoint_form(
    request: MemberRequest,
    row: Stakeholder,
    today: date,
    data: Any = None,
    about: Collection[int] = (),
) -> tuple[TouchpointForm, dict[int, Story]]:
    """The form, and the stories among which it chooses by their subject: also those of `about`."""
    organization, me = request.organization, request.membership
    named = request.GET.get("subject", "") or request.POST.get("subject", "")
    subject = int(named) if named.isascii() and named.isdigit() and len(named) < 19 else None
    also = {*about, *([] if subject is None else [subject])}
    stories = queries.stories_to_choose(organization, me, also)
    form = TouchpointForm(
        data,
        organization=organization,
        stories=stories,
        plans=queries.plans_to_choose(organization, me),
        initial={
            "day": parse_day(request.GET.get("day", "")) or today,
            "plan": str(row.plan_id or ""),
            "subject": str(subject or ""),
        },
    )
    return form, {story.pk: story for story in stories}


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.STAKEHOLDER_EDIT)
def touchpoint_new(request: MemberRequest, stakeholder_id: int) -> HttpResponse:
    """Record that someone spoke with them."""
    row = _present(request, stakeholder_id)
    today = now_and_today(request.organization)[1]
    data = request.POST if request.method == "POST" else None
    form, _stories = _touchpoint_form(request, row, today, data)
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        done = tried(
            attempt,
            lambda: services.record_touchpoint(
                stakeholder=row, by=request.membership, fields=form.record(), today=today
            ),
        )
        if done is not None:
            messages.success(request, _("Recorded. The rhythm counts from that day."))
            return redirect("stakeholder", request.organization.slug, row.pk)
    return page(
        request,
        "plans/stakeholders/touchpoint.html",
        attempt,
        stakeholder=row,
        line=pages.line(row, today),
    )


@require_POST
@member_view(Perm.STAKEHOLDER_EDIT)
def touchpoint_remove(
    request: MemberRequest, stakeholder_id: int, touchpoint_id: int
) -> HttpResponse:
    """Take back one that was recorded wrongly."""
    organization, me = request.organization, request.membership
    row = _present(request, stakeholder_id)
    one = queries.get_touchpoint(organization, me, row, touchpoint_id)
    try:
        services.remove_touchpoint(touchpoint=one, by=me)
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    messages.success(request, _("Removed. The rhythm counts from the touchpoint before it."))
    return redirect("stakeholder", organization.slug, row.pk)


# Personal data ------------------------------------------------------------------------------------
@require_POST
@member_view(Perm.STAKEHOLDER_EDIT)
def stakeholder_export(request: MemberRequest, stakeholder_id: int) -> HttpResponse:
    """Everything that is held about one stakeholder, as JSON."""
    organization, me = request.organization, request.membership
    row = _present(request, stakeholder_id)
    services.record_export(stakeholder=row, by=me)
    spoken = list(queries.touchpoints(organization, me, row))
    about = {one.subject_id for one in spoken if one.subject_id is not None}
    text = exports.as_json(row, spoken, queries.stories(organization, me, about), timezone.now())
    return _download(text, "application/json", f"stakeholder-{row.pk}.json")


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.STAKEHOLDER_EDIT)
def stakeholder_erase(request: MemberRequest, stakeholder_id: int) -> HttpResponse:
    """Erase for good what is held, after a page that says what goes and what stays."""
    organization, me = request.organization, request.membership
    row = _present(request, stakeholder_id)
    form = EraseForm(request.POST if request.method == "POST" else None)
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        services.erase(stakeholder=row, by=me, at=timezone.now())
        messages.success(request, _("Erased. What is left names nobody."))
        return redirect("stakeholder", organization.slug, row.pk)
    count = queries.touchpoints(organization, me, row).count()
    return page(
        request, "plans/stakeholders/erase.html", attempt, stakeholder=row, touchpoint_count=count
    )
