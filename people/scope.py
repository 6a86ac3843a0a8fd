"""Inside which organization this request, task or command works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from people.models import Organization

_current: ContextVar[Organization | None] = ContextVar("organization", default=None)


@contextmanager
def organization_scope(organization: Organization) -> Iterator[None]:
    """All work inside belongs to this organization; row-level security hangs on this later."""
    token = _current.set(organization)
    try:
        yield
    finally:
        _current.reset(token)


def current_organization() -> Organization | None:
    """The organization of the running request, task or command; None outside of one."""
    return _current.get()
