"""Browser tests run on the Chromium that the machine has, and say so where it has none."""

from __future__ import annotations

import os
from typing import Any

import pytest

from plancraft.runtime.quality import find_chromium

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
NO_BROWSER = "no Chromium was found; install one or set CHROMIUM_BIN"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    marked = [item for item in items if item.get_closest_marker("browser")]
    if not marked:
        return
    # Playwright's own loop makes Django think that it is called from asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    if find_chromium() is None:
        for item in marked:
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """For pytest-playwright: which browser to start, and how."""
    return {"executable_path": find_chromium(), "args": FLAGS}
