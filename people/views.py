"""Pages about people and organizations."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from people import queries
from people.http import MemberRequest, member_view, person_view
from people.permissions import Perm


@person_view
def home(request: Any) -> HttpResponse:
    """The person's organization, or the choice between several, or the way to a first one."""
    memberships = queries.memberships_of(request.user)
    if len(memberships) == 1:
        return redirect("organization-home", memberships[0].organization.slug)
    return render(request, "people/home.html", {"memberships": memberships})


@member_view(Perm.READ)
def organization_home(request: MemberRequest) -> HttpResponse:
    """Where a member begins: my work."""
    return redirect("my-work", request.organization.slug)
