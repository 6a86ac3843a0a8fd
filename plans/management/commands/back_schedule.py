"""``manage.py back_schedule``: which step is due when, for a key date."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from plancraft.lib.documents import Refused
from plancraft.lib.scenarios import ScenarioCommand
from plans.scenario import answer, is_acyclic


class Command(ScenarioCommand):
    """Prints the schedule of a scenario; needs neither database nor settings checks."""

    help = "Build the steps of a scenario document back from its key date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scenario",
            metavar="FILE",
            required=True,
            help="a JSON document, or an array of documents",
        )
        parser.add_argument("--json", action="store_true", help="print JSON, as is always done")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.answer_file(Path(options["scenario"]), answer, is_acyclic)
        except Refused as refused:
            self.refuse(str(refused))
