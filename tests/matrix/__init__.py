"""The permission matrix as data: each room's rows stand in a module of its own beside this one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from people.permissions import Perm


@dataclass(frozen=True)
class Row:
    """One address and what each role gets. Stranger (sign-in), outsider and deactivated (404) are
    implied for every row; `expect` names the status for each of the five roles."""

    name: str
    expect: dict[str, int]
    perm: Perm | None
    method: str = "GET"
    kwargs: Callable[[Any], dict[str, Any]] = lambda w: {}
    data: Callable[[Any], dict[str, Any]] = lambda w: {}
