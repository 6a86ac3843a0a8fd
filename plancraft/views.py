"""Pages about PlanCraft itself, for those who run it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from people import queries
from people.http import person_view, public_view
from people.models.organizations import Role
from plancraft import health


@public_view
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@public_view
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Requests can be served: the database answers and every migration has run; else 503."""
    missing = health.database_ready()
    return HttpResponse(
        f"{missing or 'ready'}\n", content_type="text/plain", status=503 if missing else 200
    )


@person_view
def status(request: Any) -> HttpResponse:
    """Redis, worker and what waits, for administrators of any organization; 404 for others."""
    if not any(m.role == Role.ADMIN for m in queries.memberships_of(request.user)):
        raise Http404
    return render(request, "status.html", {"signs": health.signs(timezone.now())})
