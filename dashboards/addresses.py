"""Addresses of pages with their query."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse


def to(name: str, slug: str, *args: Any, **query: Any) -> str:
    """The address of a page with its query; parameters that are None are left out."""
    url = reverse(name, args=[slug, *args])
    given = {key: value for key, value in query.items() if value is not None}
    return f"{url}?{urlencode(given)}" if given else url
