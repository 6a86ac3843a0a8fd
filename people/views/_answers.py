"""How a refusal becomes a page."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import Http404

from people.errors import NotAllowed, Refused

Found = TypeVar("Found")


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
