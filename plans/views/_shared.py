"""What the pages share: the day it is, edits that cross, and refusals that lose nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render

from people import queries as people
from people.errors import NotAllowed, Refused, Stale
from people.http import MemberRequest
from people.models import Organization
from plancraft.lib.changes import Change, differences
from plans.forms import PlainForm

Answer = TypeVar("Answer")


@dataclass
class Attempt:
    """A form that was submitted: what became of it."""

    form: PlainForm
    status: int = 200
    conflict: str = ""
    changes: list[Change] = field(default_factory=list)


def opened(form: PlainForm) -> Attempt:
    """A form that was opened, or submitted with something to correct."""
    return Attempt(form, 422 if form.is_bound and not form.is_valid() else 200)


def tried(attempt: Attempt, act: Callable[[], Answer]) -> Answer | None:
    """What the service answers; where it refuses, its sentence stands on the form (None then).

    `Stale` is left to the caller, who knows what is there now.
    """
    try:
        return act()
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except Stale:
        raise
    except Refused as error:
        attempt.form.add_error(None, str(error))
        attempt.status = 422
        return None


def crossed(
    attempt: Attempt,
    error: Stale,
    labels: Mapping[str, Any],
    *,
    current: Mapping[str, str],
    typed: Mapping[str, str],
    **carry: Any,
) -> None:
    """Tell the second of two editors what differs; saving again then replaces it knowingly."""
    attempt.conflict = str(error)
    words = {name: str(label) for name, label in labels.items()}
    attempt.changes = differences(words, current=current, typed=typed)
    attempt.form.carry(**carry)
    attempt.status = 409


def page(
    request: MemberRequest, template: str, attempt: Attempt | None = None, **context: Any
) -> HttpResponse:
    """The page, with what became of its form."""
    if attempt is None:
        return render(request, template, context)
    context |= {"form": attempt.form, "attempt": attempt}
    return render(request, template, context, status=attempt.status)


def owners(organization: Organization) -> list[Any]:
    """Who can be accountable here, by name; one query."""
    return list(people.can_own(organization))


def departments(organization: Organization) -> list[Any]:
    """The departments, by name; one query."""
    return list(people.departments(organization))
