"""`manage.py run_reminders`: one planning pass; run twice, the second writes nothing."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from plancraft.lib.dates import parse_instant
from reminders import services


class Command(BaseCommand):
    """Plans reminders for every organization at one moment."""

    help = "Make one planning pass over all organizations. Delivery is the worker's."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", help="the moment to plan for (ISO with zone); default: now")
        parser.add_argument("--dry-run", action="store_true", help="write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        now = parse_instant(options["now"]) if options["now"] else timezone.now()
        if now is None:
            raise CommandError("--now: give an instant with its zone, like 2027-03-01T12:00:00Z.")
        passes = services.plan_all(now, dry_run=options["dry_run"])
        if options["json"]:
            rows = [vars(one) for one in passes]
            self.stdout.write(json.dumps({"now": now.isoformat(), "organizations": rows}))
            return
        word = "would be written" if options["dry_run"] else "written"
        for one in passes:
            self.stdout.write(
                f"{one.organization}: {one.due} due, {one.written} {word}, {one.messages} messages"
            )
            for row in one.rows:
                self.stdout.write(f"  {row['rule']}: {row['title']} -> {row['recipient']}")
