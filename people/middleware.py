"""Each request speaks the person's language, reads in their time zone, and keeps them signed in."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.http import HttpResponse
from django.utils import timezone, translation

GetResponse = Callable[[Any], HttpResponse]
SEEN_EVERY = timedelta(minutes=10)
SEEN = "seen_at"


class PersonMiddleware:
    """Activates the signed-in person's time zone and language for the request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        with timezone.override(_zone(user.time_zone)):
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language()
            return self.get_response(request)


def _zone(name: str) -> zoneinfo.ZoneInfo:
    """UTC for a zone that this machine no longer knows, so that nobody is locked out."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")


class SessionSeenMiddleware:
    """Notes every ten minutes that a session is in use, for the person's list of sessions.

    That also moves the session's end: who comes back within thirty days stays signed in. Noting it
    at every request would cost three statements each.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if request.user.is_authenticated and request.session.session_key:
            self._note(request)
        return self.get_response(request)

    def _note(self, request: Any) -> None:
        now = timezone.now().timestamp()
        if now - request.session.get(SEEN, 0) < SEEN_EVERY.total_seconds():
            return
        UserSession.objects.create_from_request(request)
        request.session[SEEN] = now
