"""What a person answered about a file of dates, as it is kept with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Answers:
    """`main` is the number of the key date's row (None: as suggested, 0: there is none).

    `chosen` says by row what it becomes otherwise than suggested; `roles` gives a member's key for
    a folded role, or nothing for a role that stays without a person. `day_first` None: not asked.
    """

    day_first: bool | None = None
    main: int | None = None
    chosen: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "day_first": self.day_first,
            "main": self.main,
            "chosen": {str(number): word for number, word in self.chosen.items()},
            "roles": dict(self.roles),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Answers:
        """As it was stored; what is missing was not answered."""
        return cls(
            day_first=data.get("day_first"),
            main=data.get("main"),
            chosen={int(number): word for number, word in data.get("chosen", {}).items()},
            roles=dict(data.get("roles", {})),
        )
