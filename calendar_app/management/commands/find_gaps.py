"""``manage.py find_gaps``: where the promises have holes."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import CommandParser
from django.utils import timezone

from calendar_app.scenario import answer
from plancraft.lib.dates import Period, local_day, parse_day, parse_instant
from plancraft.lib.documents import Refused
from plancraft.lib.scenarios import ScenarioCommand

LONGEST = 400


class Command(ScenarioCommand):
    """Prints findings; a scenario needs neither database nor settings checks."""

    help = "Print the gaps of an organization, or those of a scenario document."

    def add_arguments(self, parser: CommandParser) -> None:
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument(
            "--scenario", metavar="FILE", help="a JSON document, or an array of documents"
        )
        source.add_argument("--organization", metavar="SLUG", help="print what its gaps page shows")
        parser.add_argument("--plan", metavar="NAME", help="of this plan alone")
        parser.add_argument("--from", metavar="D", dest="first", help="first day, as 2027-01-04")
        parser.add_argument("--to", metavar="D", dest="last", help="last day, as 2027-03-14")
        parser.add_argument(
            "--now", metavar="INSTANT", help="seen from then, as 2027-01-01T09:00:00Z"
        )
        parser.add_argument(
            "--json", action="store_true", help="print JSON (a scenario is always answered so)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["scenario"] is not None:
                self.answer_file(Path(options["scenario"]), answer)
            else:
                self.answer_organization(options)
        except Refused as refused:
            self.refuse(str(refused))

    def answer_organization(self, options: dict[str, Any]) -> None:
        """Print what the gaps page shows of these days; without days, of those that it shows."""
        # Here, because a scenario needs none of this, nor a database.
        from calendar_app import gap_queries, gap_report
        from people.scope import organization_scope

        organization = gap_report.organization_named(options["organization"])
        now = _instant(options["now"])
        today = local_day(now, ZoneInfo(organization.time_zone))
        window = _window(options["first"], options["last"])
        with organization_scope(organization):
            name = options["plan"]
            plans = None if name is None else [gap_report.plan_named(organization, name).pk]
            looked = window or gap_queries.around(today, gap_queries.PAGE_DAYS)
            counted = window or gap_queries.soon(today, gap_queries.PAGE_DAYS)
            loaded = gap_queries.load(organization, None, [looked], now, plans=plans)
            found = gap_queries.gaps_in(loaded, looked, now)
            figures = gap_queries.ahead(loaded, counted, found)
        if options["json"]:
            answer = gap_report.as_json(organization, figures, found)
            self.stdout.write(json.dumps(answer, indent=1, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(gap_report.as_text(figures, found, today)))


def _instant(text: str | None) -> datetime:
    if text is None:
        return timezone.now()
    instant = parse_instant(text)
    if instant is None:
        raise Refused("--now", f"“{text}” is no instant; write it as 2027-01-01T09:00:00Z")
    return instant


def _window(first: str | None, last: str | None) -> Period | None:
    if first is None and last is None:
        return None
    days = []
    for name, text in (("--from", first), ("--to", last)):
        day = parse_day(text)
        if day is None:
            said = f"“{text}” is no day" if text else "is missing"
            raise Refused(name, f"{said}; write it as 2027-01-04")
        days.append(day)
    if days[1] < days[0]:
        raise Refused("--to", f"{days[1]} is before --from {days[0]}")
    if (days[1] - days[0]).days >= LONGEST:
        raise Refused("--to", f"at most {LONGEST} days are looked at in one go")
    return Period(days[0], days[1])
