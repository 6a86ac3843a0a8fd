"""A way from any page to asking about what it shows: ``{% load playbook %}``."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from people.permissions import Perm, can

register = template.Library()


@register.simple_tag(takes_context=True)
def ask_url(context: Any, **about: Any) -> str:
    """The address at which to ask about ``plan=``, ``subject=`` or ``review=`` (their keys).

    Empty for those who cannot ask. No query.
    """
    membership = getattr(context.get("request"), "membership", None)
    if membership is None or not can(membership, Perm.ASK):
        return ""
    page = reverse("question-new", args=[membership.organization.slug])
    return f"{page}?{urlencode(about)}"
