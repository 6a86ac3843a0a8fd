"""A real browser for what only a browser shows; skipped, and said so, where none is found."""

from __future__ import annotations

import os
from typing import Any

import pytest

from plancraft.runtime.quality import find_chromium

# Playwright's own event loop runs beside the tests, which Django would otherwise take for async.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's chromium, not one that Playwright would download."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    return {"executable_path": chromium, "args": SWITCHES}
