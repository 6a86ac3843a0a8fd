"""The people of an organization: who they are, what they may do, and how they go."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people import activity, owned, queries, registry, services
from people.errors import NotAllowed, Refused
from people.forms import HandOverForm, MemberForm
from people.http import MemberRequest, member_view
from people.models import Membership
from people.permissions import Perm, can
from people.views.shared import explain, found

RECENT = 15


def _by_department(members: list[Membership]) -> list[tuple[str, list[Membership]]]:
    """Members under the name of their department, those without one at the end."""

    def key(member: Membership) -> tuple[bool, str]:
        department = member.department
        return (department is None, department.name.casefold() if department else "")

    groups = groupby(sorted(members, key=key), key=lambda m: m.department)
    return [(d.name if d else "", list(group)) for d, group in groups]


@require_GET
@member_view(Perm.READ)
def people(request: MemberRequest) -> HttpResponse:
    """Everyone by department, what each owns, who is invited, and who has left."""
    organization, me = request.organization, request.membership
    leads = can(me, Perm.INVITE)
    counts = registry.owned_counts(organization)
    members = list(queries.members(organization))
    for member in members:
        member.owned = counts.get(member.pk, 0)  # type: ignore[attr-defined]
    context = {
        "groups": _by_department(members),
        "count": len(members),
        "invitations": queries.open_invitations(organization) if leads else [],
        "deactivated": list(queries.deactivated(organization)) if leads else [],
        "may_invite": leads,
        "may_edit": can(me, Perm.ORGANIZATION_EDIT),
        "now": timezone.now(),
    }
    return render(request, "people/people.html", context)


def _member(request: MemberRequest, member_id: int) -> Membership:
    return found(queries.get_member(request.organization, member_id))


def _person_page(
    request: MemberRequest, member: Membership, form: MemberForm | None, status: int = 200
) -> HttpResponse:
    me = request.membership
    hidden = registry.hidden_plans(me)
    things = registry.things_of(member, me, hidden) if member.is_active else []
    context = {
        "member": member,
        "count": len(things),
        "kinds": owned.by_kind(things),
        "found": owned.page_of_kind(things, request.GET.get("kind", ""), request.GET.get("page")),
        "form": form,
        "may_edit": can(me, Perm.ORGANIZATION_EDIT),
        "is_me": member.pk == me.pk,
        "rows": _lately(request, member, hidden),
        "may_audit": can(me, Perm.AUDIT),
        "there": timezone.now(),
    }
    return render(request, "people/person.html", context, status=status)


def _lately(request: MemberRequest, member: Membership, hidden: set[int]) -> list[activity.FeedRow]:
    """What the member did last, for those who may read the audit trail."""
    me = request.membership
    if not can(me, Perm.AUDIT):
        return []
    wanted = queries.AuditFilter(actor_id=member.pk)
    trail = queries.audit_trail(request.organization, me, wanted, hidden)
    return activity.feed(trail[:RECENT], me)


@require_GET
@member_view(Perm.READ)
def person(request: MemberRequest, member_id: int) -> HttpResponse:
    """One member: what they own, and for an administrator what they may do."""
    row, departments = queries.get_member_page(request.organization, member_id)
    member = found(row)
    may_change = member.is_active and can(request.membership, Perm.ORGANIZATION_EDIT)
    form = MemberForm(member=member, departments=departments) if may_change else None
    return _person_page(request, member, form)


@require_POST
@member_view(Perm.ORGANIZATION_EDIT)
def person_change(request: MemberRequest, member_id: int) -> HttpResponse:
    """Give a member another role or department."""
    member = _member(request, member_id)
    departments = list(queries.departments(request.organization))
    form = MemberForm(request.POST, member=member, departments=departments)
    if not form.is_valid():
        return _person_page(request, member, form, 422)
    try:
        services.change_member(member=member, by=request.membership, **form.cleaned_data)
    except Refused as refusal:
        return _person_page(request, member, form, explain(form, refusal))
    messages.success(request, _("Saved. It holds from %(name)s’s next page on.") % _names(member))
    return redirect("person", request.organization.slug, member.pk)


def _names(member: Membership) -> dict[str, str]:
    return {"name": member.name}


@require_http_methods(["GET", "POST"])
@member_view(Perm.ORGANIZATION_EDIT)
def person_hand_over(request: MemberRequest, member_id: int) -> HttpResponse:
    """Pass on what a member owns; they stay."""
    member = _member(request, member_id)
    return _hand_over(request, member, services.hand_over_things, {}, leaves=False)


@require_http_methods(["GET", "POST"])
@member_view(Perm.ORGANIZATION_EDIT)
def person_deactivate(request: MemberRequest, member_id: int) -> HttpResponse:
    """Pass on what a member owns; they can do nothing here from then on."""
    member = _member(request, member_id)
    if member.deactivated_at is not None:
        return redirect("person", request.organization.slug, member.pk)
    now = {"now": timezone.now()}
    return _hand_over(request, member, services.deactivate_member, now, leaves=True)


def _hand_over(
    request: MemberRequest, member: Membership, act: Any, more: dict[str, Any], *, leaves: bool
) -> HttpResponse:
    form = HandOverForm(
        request.POST if request.method == "POST" else None,
        things=registry.things_of(member, request.membership),
        heirs=list(queries.can_own(request.organization).exclude(pk=member.pk)),
    )
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            act(member=member, heirs=form.chosen(), by=request.membership, **more)
        except Refused as refusal:
            status = explain(form, refusal)
        else:
            text = _("%(name)s is deactivated.") if leaves else _("Handed over from %(name)s.")
            messages.success(request, text % _names(member))
            return redirect("person", request.organization.slug, member.pk)
    context = {"member": member, "form": form, "leaves": leaves}
    return render(request, "people/hand_over.html", context, status=status)


@require_POST
@member_view(Perm.ORGANIZATION_EDIT)
def person_reactivate(request: MemberRequest, member_id: int) -> HttpResponse:
    """Let a deactivated member act again."""
    member = _member(request, member_id)
    try:
        services.reactivate_member(member=member, by=request.membership)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    messages.success(request, _("%(name)s may act here again.") % _names(member))
    return redirect("person", request.organization.slug, member.pk)
