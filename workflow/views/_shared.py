"""What the pages share: finding what is owned, and where to go back to."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from people.http import MemberRequest
from people.views.shared import found
from workflow.models import Owned
from workflow.registry import OWNABLES, Ownable


def owned_thing(request: MemberRequest, slug: str, pk: int) -> tuple[Ownable, Owned]:
    """What the address names, as far as the member may see it."""
    ownable = found(OWNABLES.get(slug))
    return ownable, found(ownable.get(request.organization, request.membership, pk))


def back(request: MemberRequest, default: str) -> HttpResponse:
    """Where the form said it stood, if that is one of our own pages; else the default."""
    return redirect(next_url(request, default))


def next_url(request: MemberRequest, default: str) -> str:
    """The address of the page that a form stood on."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe and wanted.startswith("/") else default


def demand(allowed: bool) -> None:
    """403 unless."""
    if not allowed:
        raise PermissionDenied
