"""What pages of every room share: the clock, finding things, how a refusal becomes a page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from people.errors import NotAllowed, Refused
from people.models import Organization
from plancraft.lib.dates import local_day

Found = TypeVar("Found")


def now_and_today(organization: Organization) -> tuple[datetime, date]:
    """This instant, and the day that it is for the organization."""
    now = timezone.now()
    return now, local_day(now, ZoneInfo(organization.time_zone))


def found(thing: Found | None) -> Found:
    """The thing, or a 404: what another organization has looks like what nobody has."""
    if thing is None:
        raise Http404
    return thing


def explain(form: Any, refusal: Refused) -> int:
    """Put the sentence on the form, which keeps all that was typed; the status to answer with.

    Without the right at all there is nothing to correct: that is a 403.
    """
    if isinstance(refusal, NotAllowed):
        raise PermissionDenied(str(refusal))
    form.add_error(None, str(refusal))
    return 409
