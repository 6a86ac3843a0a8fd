"""Commands that run a pure core on a scenario document, without a database."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand

from plancraft.lib.documents import answer_all

INVALID = 2
"""The exit status for what is not valid."""


class ScenarioCommand(BaseCommand):
    """What such commands share; a scenario needs neither database nor settings checks."""

    requires_system_checks: list[str] = []

    def answer_file(
        self,
        file: Path,
        answer: Callable[[object], dict[str, Any]],
        is_valid: Callable[[dict[str, Any]], bool] = lambda said: True,
    ) -> None:
        """Answer the document or documents of ``file``; exit status 2 if one is not valid."""
        try:
            answers, all_valid = answer_all(file.read_bytes(), answer, is_valid)
        except OSError as error:
            self.refuse(f"{file}: cannot be read ({error.strerror})")
        self.stdout.write(json.dumps(answers, indent=1))
        if not all_valid:
            sys.exit(INVALID)

    def refuse(self, sentence: str) -> NoReturn:
        """One sentence on standard error, and the exit status for what is not valid."""
        self.stderr.write(sentence)
        sys.exit(INVALID)
