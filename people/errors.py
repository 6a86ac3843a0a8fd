"""What a service raises when it refuses; the message is one clear sentence for the person."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """The thing cannot be done now; the sentence says why and what would help. Nothing changed."""


class NotAllowed(Refused):
    """The person has not the right."""


class Stale(Refused):
    """The thing changed since the person looked. `current` holds what is there now."""

    def __init__(self, sentence: str, current: Any = None) -> None:
        super().__init__(sentence)
        self.current = current
