"""What the pages share: refusals that lose nothing that was typed."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest

from calendar_app.forms import ReasonForm
from people.errors import NotAllowed, Refused, Stale

Answer = TypeVar("Answer")


def attempt(form: forms.Form, act: Callable[[], Answer]) -> tuple[Answer | None, int]:
    """What the service answers; where it refuses, its sentence stands on the form, with the status.

    `Stale` carries its differences on `form.crossed`, for the page that shows them.
    """
    try:
        return act(), 200
    except Stale as error:
        form.crossed = error  # type: ignore[attr-defined]
        return None, 409
    except NotAllowed as error:
        form.add_error(None, str(error))
        return None, 403
    except Refused as error:
        form.add_error(None, str(error))
        return None, 409


def asked_why(request: HttpRequest, act: Callable[[str], Any]) -> tuple[ReasonForm, int]:
    """Asks for a reason and does it; the status is 302 (FOUND) once it is done."""
    if request.method != "POST":
        return ReasonForm(), HTTPStatus.OK
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return form, HTTPStatus.UNPROCESSABLE_ENTITY
    done, status = attempt(form, lambda: act(form.cleaned_data["reason"]))
    return form, status if done is None else HTTPStatus.FOUND


def carry(form: forms.Form, **values: Any) -> None:
    """Put fresh values into the hidden fields of a form that was submitted."""
    data: Any = form.data
    data = data.copy()
    for name, value in values.items():
        data[form.add_prefix(name)] = str(value)
    form.data = data
