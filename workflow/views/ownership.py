"""Who owns it: take it, ask someone, hand it on, give it up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people import activity
from people import queries as people
from people.errors import NotAllowed, Refused
from people.http import MemberRequest, member_view
from people.models import Membership
from people.permissions import Perm, can
from people.views.shared import found
from workflow import filters as narrowing
from workflow import ownership, queries, registry
from workflow.ages import days_since
from workflow.forms import HandOnForm, ReasonForm
from workflow.models import Owned
from workflow.registry import OWNABLES, Ownable, UnownedRow, ownable_of
from workflow.views._shared import back, demand, next_url, owned_thing


@require_POST
@member_view(Perm.CLAIM)
def own_claim(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """I'll take it. htmx gets the row that takes the place of the claimed one."""
    ownable, row = owned_thing(request, slug, pk)
    try:
        row = ownership.claim(row=row, by=request.membership)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        if request.htmx:
            return _claimed(request, ownable, found(_again(request, ownable, pk)))
        messages.warning(request, str(refusal))
        return back(request, ownable.url(row))
    if request.htmx:
        return _claimed(request, ownable, row)
    messages.success(request, _("Yours now: %(title)s") % {"title": ownable.title(row)})
    return back(request, ownable.url(row))


@require_POST
@member_view(Perm.CLAIM)
def own_undo(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """Give back at once what one has just taken."""
    ownable, row = owned_thing(request, slug, pk)
    try:
        row = ownership.undo_claim(row=row, by=request.membership, now=timezone.now())
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return back(request, ownable.url(row))
    if request.htmx:
        context = {"row": claim_row(_row_of(request, ownable, row), request, timezone.now())}
        return render(request, "workflow/_unowned_row.html", context)
    messages.info(request, _("Given back: %(title)s") % {"title": ownable.title(row)})
    return back(request, ownable.url(row))


@require_http_methods(["GET", "POST"])
@member_view(Perm.ASSIGN)
def own_hand_on(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """Ask someone to take it: until they accept, nothing changes hands."""
    ownable, row = owned_thing(request, slug, pk)
    demand(ownership.may_offer(request.membership, row))
    form = HandOnForm(request.POST or None, members=_who_else(request, row))
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                asked = ownership.offer(row=row, by=request.membership, **form.cleaned_data)
                messages.success(request, _("%(name)s has been asked.") % {"name": asked.to.name})
                return back(request, ownable.url(row))
            except Refused as refusal:
                form.add_error(None, str(refusal))
        status = 422
    return _hand_on_page(request, ownable, row, form, status)


@require_POST
@member_view(Perm.ASSIGN)
def own_assign(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """Give it to someone at once."""
    ownable, row = owned_thing(request, slug, pk)
    demand(can(request.membership, Perm.ASSIGN, row))
    form = HandOnForm(request.POST, members=_who_else(request, row))
    if form.is_valid():
        try:
            to: Membership = form.cleaned_data["to"]
            ownership.assign(row=row, to=to, by=request.membership)
            messages.success(request, _("%(name)s owns it now.") % {"name": to.name})
            return back(request, ownable.url(row))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _hand_on_page(request, ownable, row, form, 422)


@require_http_methods(["GET", "POST"])
@member_view(Perm.ASSIGN)
def own_vacate(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """Give it up, or take it from someone who cannot do it, with the reason."""
    ownable, row = owned_thing(request, slug, pk)
    demand(can(request.membership, Perm.ASSIGN, row))
    form = ReasonForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                ownership.vacate(
                    row=row,
                    by=request.membership,
                    reason=form.cleaned_data["reason"],
                    now=timezone.now(),
                )
                messages.info(
                    request, _("No one owns it now: %(title)s") % {"title": ownable.title(row)}
                )
                return back(request, ownable.url(row))
            except Refused as refusal:
                form.add_error(None, str(refusal))
        status = 422
    context = {"form": form, "row": row, "cancel_url": next_url(request, ownable.url(row))}
    return render(request, "workflow/vacate.html", context | _head(ownable, row), status=status)


@require_safe
@member_view(Perm.READ)
def own_history(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """Who owned it since when, who was asked, and why it was given up."""
    ownable, row = owned_thing(request, slug, pk)
    me = request.membership
    context = {
        "row": row,
        "slug": slug,
        "rows": activity.feed(queries.ownership_history(request.organization, row)),
        "offer": queries.open_offer(row),
        "responsible": queries.responsible_for(row) if row.is_unowned else [],
        "may_claim": row.is_unowned and can(me, ownable.claim) and not ownable.is_finished(row),
        "may_hand_on": ownership.may_offer(me, row) and not ownable.is_finished(row),
        "may_vacate": not row.is_unowned and can(me, Perm.ASSIGN, row),
        "now": timezone.now(),
    }
    return render(request, "workflow/history.html", context | _head(ownable, row))


@require_POST
@member_view(Perm.CLAIM)
def handover_answer(request: MemberRequest, handover_id: int) -> HttpResponse:
    """Who was asked accepts (`answer=accept`) or declines."""
    handover = found(queries.get_offer(request.organization, handover_id))
    accept = request.POST.get("answer") == "accept"
    default = reverse("unowned", args=[request.organization.slug])
    try:
        row = ownership.thing_of(handover, request.membership)
        default = ownable_of(row).url(row)
        ownership.answer_offer(handover=handover, accept=accept, by=request.membership)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return back(request, default)
    if accept:
        messages.success(request, _("Yours now."))
    else:
        messages.info(request, _("Declined. It stays where it was."))
    return back(request, default)


@require_POST
@member_view(Perm.CLAIM)
def handover_withdraw(request: MemberRequest, handover_id: int) -> HttpResponse:
    """Take the question back before it is answered."""
    handover = found(queries.get_offer(request.organization, handover_id))
    default = reverse("unowned", args=[request.organization.slug])
    try:
        row = ownership.thing_of(handover, request.membership)
        default = ownable_of(row).url(row)
        ownership.withdraw_offer(handover=handover, by=request.membership)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return back(request, default)


@require_safe
@member_view(Perm.READ)
def unowned(request: MemberRequest) -> HttpResponse:
    """Everything that nobody owns, the oldest first; the address narrows it."""
    now, me = timezone.now(), request.membership
    everything = queries.unowned(request.organization, me)
    places = registry.places(request.organization, me)
    known = narrowing.Known(places, me.pk)
    filters, ignored = narrowing.read(request.GET, known, narrowing.UNOWNED_NAMES)
    rows = [claim_row(row, request, now) for row in everything if filters.keeps(row, now)]
    offers = [
        {"offer": offer, "title": _title(request, offer.subject_type, offer.subject_id)}
        for offer in queries.offers_waiting_for(request.organization, me)
    ]
    page = reverse("unowned", args=[request.organization.slug])
    context = {
        "rows": rows,
        "everything": len(everything),
        "offers": offers,
        "oldest": rows[0]["days"] if rows else 0,
        "notices": ignored if everything else [],
        "filters": narrowing.unowned_bar(filters, places),
        "narrowed": len(filters.given),
        "clear_url": page if filters.any else "",
        "may_claim": can(me, Perm.CLAIM),
    }
    return render(request, "workflow/unowned.html", context)


def claim_row(row: UnownedRow, request: MemberRequest, now: datetime) -> dict[str, Any]:
    """One unowned thing as `components/claim_row.html` takes it."""
    ownable = next(o for o in OWNABLES.values() if o.label == row.label)
    where = [request.organization.slug, ownable.slug, row.pk]
    may = can(request.membership, Perm.CLAIM)
    meta = [row.detail] if row.detail else [str(ownable.noun).capitalize()]
    if row.responsible is not None:
        meta.append(_("%(name)s is reminded instead") % {"name": row.responsible.name})
    return {
        "id": f"claim-{ownable.slug}-{row.pk}",
        "title": row.title,
        "url": row.url,
        "meta": meta,
        "due": row.due,
        "days": days_since(row.since, now),
        "claim_url": reverse("own-claim", args=where),
        "suggest_url": reverse("own-hand-on", args=where) if may else "",
        "may_claim": may,
        "reason": "" if may else _("Your role reads and advises."),
    }


def _claimed(request: MemberRequest, ownable: Ownable, row: Owned) -> HttpResponse:
    yours = row.owner_id == request.membership.pk
    where = [request.organization.slug, ownable.slug, row.pk]
    context = {
        "id": f"claim-{ownable.slug}-{row.pk}",
        "title": ownable.title(row),
        "membership": row.owner,
        "yours": yours,
        "undo_url": reverse("own-undo", args=where),
    }
    return render(request, "components/claimed_row.html", context)


def _row_of(request: MemberRequest, ownable: Ownable, row: Owned) -> UnownedRow:
    """The row as the list shows it."""
    rows = queries.unowned(request.organization, request.membership)
    return found(next((r for r in rows if (r.label, r.pk) == (ownable.label, row.pk)), None))


def _again(request: MemberRequest, ownable: Ownable, pk: int) -> Owned | None:
    return ownable.get(request.organization, request.membership, pk)


def _who_else(request: MemberRequest, row: Owned) -> list[Membership]:
    """Who could own it instead."""
    able = people.can_own(request.organization)
    return [m for m in able if m.pk not in (row.owner_id, request.membership.pk)]


def _head(ownable: Ownable, row: Owned) -> dict[str, Any]:
    return {"title": ownable.title(row), "noun": ownable.noun, "thing_url": ownable.url(row)}


def _hand_on_page(
    request: MemberRequest, ownable: Ownable, row: Owned, form: HandOnForm, status: int
) -> HttpResponse:
    where = [request.organization.slug, ownable.slug, row.pk]
    context = {
        "form": form,
        "row": row,
        "next": next_url(request, ownable.url(row)),
        "offer": queries.open_offer(row),
        "assign_url": reverse("own-assign", args=where)
        if can(request.membership, Perm.ASSIGN, row)
        else "",
        "ask_url": reverse("own-hand-on", args=where),
    }
    template = "workflow/hand_on.html"
    return render(request, template, context | _head(ownable, row), status=status)


def _title(request: MemberRequest, label: str, pk: int) -> tuple[str, str]:
    """Title and address of a thing that was offered; empty where it is gone."""
    ownable = next((o for o in OWNABLES.values() if o.label == label), None)
    row = ownable.get(request.organization, request.membership, pk) if ownable else None
    return (ownable.title(row), ownable.url(row)) if ownable and row else ("", "")
