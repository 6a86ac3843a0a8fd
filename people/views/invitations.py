"""Inviting people: who is invited, a new offer, sending it again, taking it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people import mail, queries, services
from people.errors import NotAllowed, Refused
from people.forms import InvitationForm
from people.http import MemberRequest, member_view
from people.models import Invitation
from people.models.organizations import Role
from people.permissions import INVITABLE, Perm
from people.views.shared import explain, found


@require_GET
@member_view(Perm.INVITE)
def invitations(request: MemberRequest) -> HttpResponse:
    """Who is invited and has not answered."""
    offered = INVITABLE[Role(request.membership.role)]
    rows = queries.open_invitations(request.organization)
    for row in rows:
        row.may_act = Role(row.role) in offered  # type: ignore[attr-defined]
    context = {"invitations": rows, "now": timezone.now()}
    return render(request, "people/invitations.html", context)


@require_http_methods(["GET", "POST"])
@member_view(Perm.INVITE)
def invitation_new(request: MemberRequest) -> HttpResponse:
    """Invite someone by address."""
    departments = list(queries.departments(request.organization))
    form = InvitationForm(request.POST or None, by=request.membership, departments=departments)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            offer = services.create_invitation(
                organization=request.organization,
                by=request.membership,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            status = explain(form, refusal)
        else:
            return _sent(request, offer, mailed=mail.send_invitation(offer, request.membership))
    return render(request, "people/invitation_new.html", {"form": form}, status=status)


def _sent(request: MemberRequest, offer: services.Offer, *, mailed: bool | None) -> HttpResponse:
    """The one page that shows the link; `mailed` is None where no mail was asked for."""
    context = {
        "invitation": offer.invitation,
        "link": mail.invitation_link(offer),
        "mailed": mailed,
        "has_mail_server": mail.has_mail_server(),
    }
    return render(request, "people/invitation_sent.html", context)


def _invitation(request: MemberRequest, invitation_id: int) -> Invitation:
    return found(queries.get_invitation(request.organization, invitation_id))


def _try(request: MemberRequest, act: Any, **what: Any) -> Any:
    """What the service answers; None after a refusal, which the next page says."""
    try:
        return act(by=request.membership, now=timezone.now(), **what)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        messages.error(request, str(refusal))
        return None


@require_POST
@member_view(Perm.INVITE)
def invitation_renew(request: MemberRequest, invitation_id: int) -> HttpResponse:
    """A fresh link, mailed again if asked for; the old one stops working."""
    invitation = _invitation(request, invitation_id)
    offer = _try(request, services.renew_invitation, invitation=invitation)
    if offer is None:
        return redirect("invitations", request.organization.slug)
    send = request.POST.get("send") == "1"
    mailed = mail.send_invitation(offer, request.membership) if send else None
    return _sent(request, offer, mailed=mailed)


@require_POST
@member_view(Perm.INVITE)
def invitation_revoke(request: MemberRequest, invitation_id: int) -> HttpResponse:
    """Take an offer back."""
    invitation = _invitation(request, invitation_id)
    if _try(request, services.revoke_invitation, invitation=invitation):
        text = _("The invitation to %(email)s is withdrawn.") % {"email": invitation.email}
        messages.success(request, text)
    return redirect("invitations", request.organization.slug)
