"""What the status page asks of rooms that it does not know.

A room with a queue enters itself at start-up: `OLDEST_DUE["reminders"] = reader`. The reader takes
the instant of asking and gives the instant since which its oldest waiting row is due, or None.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

OLDEST_DUE: dict[str, Callable[[datetime], datetime | None]] = {}
