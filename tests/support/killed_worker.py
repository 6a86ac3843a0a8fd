"""A process that delivers and is killed with SIGKILL at the point named on its command line.

Run by `tests/reminders/test_kill.py`, with the database and the mail server in the environment.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import django

django.setup()

from reminders import delivery  # noqa: E402
from reminders.relay import Relay  # noqa: E402


def die(*args: Any, **kwargs: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def then_die(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        function(*args, **kwargs)
        return die()

    return run


POINTS: dict[str, Callable[[], None]] = {
    "before the claim": lambda: setattr(delivery, "_next_due", die),
    "claimed, not committed": lambda: setattr(
        delivery, "_claim_locked", then_die(delivery._claim_locked)
    ),
    "claimed": lambda: setattr(delivery, "claim_some", then_die(delivery.claim_some)),
    "connected": lambda: setattr(Relay, "_connected", then_die(Relay._connected)),
    "before the data is stored": lambda: setattr(delivery, "begin_data", die),
    "data stored, not sent": lambda: setattr(Relay, "_data", die),
    "sent, outcome not stored": lambda: setattr(Relay, "_data", then_die(Relay._data)),
    "outcome stored": lambda: setattr(delivery, "_finished", then_die(delivery._finished)),
}


if __name__ == "__main__":
    now = datetime.fromisoformat(sys.argv[2])
    POINTS[sys.argv[1]]()
    delivery.drain(lambda: now)
