"""The one decorator that every page of an organization carries, and the public one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

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


def to_sign_in(request: Any) -> HttpResponse:
    """To the sign-in page, and from there to a page that can be opened.

    A fragment is not answered with a whole page: its page loads again, and so leads here. An
    address that only takes forms leads back to the page that the form stood on.
    """
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Refresh": "true"})
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    return redirect_to_login(_stood_on(request) or reverse("home"), settings.LOGIN_URL)


def _stood_on(request: Any) -> str:
    """The page of ours that a form stood on, without host; empty where it is not known."""
    stood = request.headers.get("Referer", "")
    parts = urlsplit(stood)
    back = urlunsplit(("", "", parts.path, parts.query, ""))
    # Both: a path of ours may begin with two slashes, and would then name another host.
    ours = (url_has_allowed_host_and_scheme(url, {request.get_host()}) for url in (stood, back))
    return back if all(ours) else ""


def person_view(view: View) -> View:
    """A page of the person, outside any organization: signed in is enough."""

    @wraps(view)
    def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
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
                return to_sign_in(request)
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
