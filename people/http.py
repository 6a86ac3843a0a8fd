"""The one decorator that every page of an organization carries, and the public one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from people import queries
from people.models import Membership, Organization, User
from people.permissions import Perm, could
from people.scope import organization_scope

View = Callable[..., HttpResponse]


class MemberRequest(HttpRequest):
    """A request inside an organization: what `member_view` resolved. For annotations."""

    organization: Organization
    membership: Membership
    memberships: list[Membership]
    user: User
    htmx: Any


def public_view(view: View) -> View:
    """Marks a view that asks for no right: sign-in, health checks, an invitation."""
    view.perm = None  # type: ignore[attr-defined]
    view.is_public = True  # type: ignore[attr-defined]
    return view


def person_view(view: View) -> View:
    """A page of the person, outside any organization: signed in is enough."""

    @wraps(view)
    def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    wrapper.perm = Perm.OWN_SETTINGS  # type: ignore[attr-defined]
    wrapper.is_personal = True  # type: ignore[attr-defined]
    return wrapper


def member_view(perm: Perm) -> Callable[[View], View]:
    """A page under `/o/<organization>/`: stranger to sign-in, outsider 404, without the right 403.

    Resolves organization and membership in one query and leaves them on the request, with the
    person's other memberships for the frame. Rights by relation are asked again, with the object,
    by `can()` in the view and in the service.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: Any, organization: str, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
            request.memberships = queries.memberships_of(request.user)
            membership = _membership(request, organization)
            if not could(membership, perm):
                raise PermissionDenied
            request.organization = membership.organization
            request.membership = membership
            with organization_scope(membership.organization):
                response = view(request, *args, **kwargs)
            add_never_cache_headers(response)
            return response

        wrapper.perm = perm  # type: ignore[attr-defined]
        return wrapper

    return decorate


def _membership(request: MemberRequest, slug: str) -> Membership:
    """The person's active membership of that organization; 404 for outsiders."""
    for membership in request.memberships:
        if membership.organization.slug == slug:
            return membership
    raise Http404
