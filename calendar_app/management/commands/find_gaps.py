"""``manage.py find_gaps``: where the promises have holes."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from calendar_app.scenario import answer_all
from plancraft.lib.documents import Refused

INVALID = 2


class Command(BaseCommand):
    """Prints findings; a scenario needs neither database nor settings checks."""

    help = "Print the gaps and conflicts of a scenario document."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument(
            "--scenario", metavar="FILE", help="a JSON document, or an array of documents"
        )
        parser.add_argument(
            "--json", action="store_true", help="print JSON (a scenario is always answered so)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["scenario"] is not None:
            self.answer_scenario(Path(options["scenario"]))

    def answer_scenario(self, file: Path) -> None:
        """Answer the document or documents of ``file``; exit status 2 if one is not valid."""
        try:
            answers, all_valid = answer_all(file.read_bytes())
        except OSError as error:
            self.refuse(f"{file}: cannot be read ({error.strerror})")
        except Refused as refused:
            self.refuse(str(refused))
        self.stdout.write(json.dumps(answers, indent=1))
        if not all_valid:
            sys.exit(INVALID)

    def refuse(self, sentence: str) -> NoReturn:
        """One sentence on standard error, and the exit status for what is not valid."""
        self.stderr.write(sentence)
        sys.exit(INVALID)
