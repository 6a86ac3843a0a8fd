"""Where a person arrives: their organizations, a first one, an invitation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people import queries, services
from people.errors import Refused
from people.forms import OrganizationForm
from people.http import MemberRequest, member_view, person_view, public_view
from people.models import Invitation, Membership
from people.permissions import Perm
from people.views.shared import found


@require_GET
@person_view
def home(request: Any) -> HttpResponse:
    """The person's organization, or the choice between several, or the way to a first one."""
    memberships = queries.memberships_of(request.user)
    invitations = queries.invitations_for(request.user, timezone.now())
    if len(memberships) == 1 and not invitations:
        return redirect("organization-home", memberships[0].organization.slug)
    if not memberships and not invitations:
        return redirect("organization-new")
    context = {"memberships": memberships, "invitations": invitations}
    return render(request, "people/home.html", context)


@require_GET
@member_view(Perm.READ)
def organization_home(request: MemberRequest) -> HttpResponse:
    """Where a member begins: my work."""
    return redirect("my-work", request.organization.slug)


@require_http_methods(["GET", "POST"])
@person_view
def organization_new(request: Any) -> HttpResponse:
    """A new organization, whose administrator the person becomes."""
    form = OrganizationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        membership = services.create_organization(user=request.user, now=timezone.now(), **data)
        return redirect("organization-home", membership.organization.slug)
    first = not queries.memberships_of(request.user)
    status = 422 if form.is_bound else 200
    context = {"form": form, "first": first}
    return render(request, "people/organization_new.html", context, status=status)


@public_view
@require_http_methods(["GET", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """What an invitation's link opens. Opening it changes nothing; accepting is a button."""
    invitation = queries.invitation_by_token(token)
    if invitation is None:
        return render(request, "people/invitation_unknown.html", status=404)
    if request.method == "POST" and request.user.is_authenticated:
        return _accept(request, invitation)
    return render(request, "people/invitation.html", _invitation_context(request, invitation))


def _invitation_context(request: Any, invitation: Invitation) -> dict[str, Any]:
    signed_in = request.user.is_authenticated
    yours = signed_in and invitation.email.lower() in queries.confirmed_addresses(request.user)
    over = invitation.accepted_at or invitation.revoked_at
    return {
        "invitation": invitation,
        "is_over": bool(over) or invitation.expires_at <= timezone.now(),
        "signed_in": signed_in,
        "is_yours": yours,
        "here": request.path,
    }


def _accept(request: Any, invitation: Invitation) -> HttpResponse:
    try:
        membership = services.accept_invitation(
            invitation=invitation, user=request.user, now=timezone.now()
        )
    except Refused as refusal:
        context = {**_invitation_context(request, invitation), "problem": str(refusal)}
        return render(request, "people/invitation.html", context, status=409)
    return _welcome(request, membership)


def _welcome(request: Any, membership: Membership) -> HttpResponse:
    name = membership.organization.name
    messages.success(request, _("Welcome to %(name)s.") % {"name": name})
    return redirect("organization-home", membership.organization.slug)


@require_POST
@person_view
def invitation_take(request: Any, invitation_id: int) -> HttpResponse:
    """Accept an offer that the person's own list shows."""
    offers = queries.invitations_for(request.user, timezone.now())
    invitation = found(next((i for i in offers if i.pk == invitation_id), None))
    return _accept(request, invitation)
