"""``manage.py import_calendar``: a team's existing calendar into a plan, from the command line."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from calendar_app.imports import queries, service
from calendar_app.imports.answers import CREATE, Answers
from calendar_app.imports.columns import mapping_from_names
from calendar_app.imports.header import choose_sheet, make_table
from calendar_app.imports.preparing import Prepared, prepare
from calendar_app.imports.preview import Preview
from calendar_app.models import ImportBatch
from people.errors import Refused
from people.models import Membership
from people.scope import organization_scope
from plancraft.lib.dates import parse_day
from plancraft.lib.sheets.folding import fold
from plancraft.lib.sheets.grids import read_grid
from plancraft.lib.sheets.messages import SheetError
from plancraft.lib.sheets.wording import sentence
from plans.models import Plan

INVALID = 2


class Command(BaseCommand):
    """Imports a CSV or XLSX file; with --dry-run only says what would become of every row."""

    help = (
        "Import a team's calendar (CSV or XLSX) into a plan, as drafts. All or nothing; the same "
        "file again changes nothing. Who brings it in is --by, else the plan's champion, else the "
        "first administrator."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--organization", metavar="SLUG", required=True)
        parser.add_argument("--plan", metavar="NAME", required=True)
        parser.add_argument(
            "--mapping", metavar="FILE", type=Path, help='JSON: {"column name": "field", ...}'
        )
        order = parser.add_mutually_exclusive_group()
        order.add_argument("--day-first", action="store_true", default=None, dest="day_first")
        order.add_argument("--month-first", action="store_false", default=None, dest="day_first")
        parser.add_argument(
            "--first-week", metavar="D", help="a day of the week that the first date moves to"
        )
        parser.add_argument("--channel", metavar="NAME", help="for rows that name no channel")
        parser.add_argument(
            "--create-channels", action="store_true", help="create channels that do not exist"
        )
        parser.add_argument("--sheet", metavar="NAME", help="of an Excel file")
        parser.add_argument("--header-row", metavar="N", type=int, help="0: no column names")
        parser.add_argument("--by", metavar="EMAIL", help="the member who brings it in")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = queries.plan_named(options["organization"], options["plan"])
            with organization_scope(plan.organization):
                self._import(plan, options)
        except Refused as refused:
            self._refuse(str(refused))
        except SheetError as error:
            self._refuse(sentence(error.message))
        except OSError as error:
            self._refuse(f"{error.filename}: cannot be read ({error.strerror})")

    def _import(self, plan: Plan, options: dict[str, Any]) -> None:
        content = options["file"].read_bytes()
        answers = _answers(content, plan, options)
        prepared = prepare(content=content, answers=answers, plan=plan, now=timezone.now())
        if options["create_channels"] and prepared.preview.unknown_channels:
            answers = _creating(answers, prepared)
            prepared = prepare(content=content, answers=answers, plan=plan, now=timezone.now())
        if options["dry_run"] or not prepared.preview.created:
            if prepared.blockers and not options["dry_run"]:
                raise Refused(" ".join(sentence(message) for message in prepared.blockers))
            self._print(prepared, options["json"], dry_run=options["dry_run"])
            return
        by = queries.importer(plan, options["by"])
        batch = self._run(plan, options["file"].name, content, answers, by)
        self._print(prepared, options["json"], batch=batch)

    def _run(
        self, plan: Plan, name: str, content: bytes, answers: Answers, by: Membership
    ) -> ImportBatch:
        batch = service.upload(plan=plan, file_name=name, content=content, by=by)
        try:
            batch = service.answer(batch=batch, answers=answers, by=by)
            service.start(batch=batch, by=by, now=timezone.now(), wake=False)
        except Refused:
            service.discard(batch=batch, by=by)
            raise
        service.run(batch_id=batch.pk, now=timezone.now())
        batch.refresh_from_db()
        if batch.state != ImportBatch.State.DONE:
            raise Refused(batch.job.problem if batch.job else str(batch.state))
        return batch

    def _print(
        self,
        prepared: Prepared,
        as_json: bool,
        *,
        batch: ImportBatch | None = None,
        dry_run: bool = False,
    ) -> None:
        summary = _summary(prepared)
        if as_json:
            summary |= {"dry_run": dry_run, "import": batch.pk if batch else None}
            self.stdout.write(json.dumps(summary, indent=1, ensure_ascii=False))
            return
        preview = prepared.preview
        for row in preview.rows:
            for said in (*((row.reason,) if row.reason else ()), *row.problems):
                self.stdout.write(f"row {row.number}: {sentence(said)}")
        for blocker in prepared.blockers:
            self.stdout.write(sentence(blocker))
        verb = "would be created" if dry_run else "created"
        self.stdout.write(
            f"{preview.created} {verb}, {preview.unchanged} unchanged, {preview.skipped} skipped, "
            f"of {len(preview.rows)} rows"
        )

    def _refuse(self, words: str) -> NoReturn:
        """One sentence on standard error; nothing was imported."""
        self.stderr.write(words)
        sys.exit(INVALID)


def _answers(content: bytes, plan: Plan, options: dict[str, Any]) -> Answers:
    answers = Answers(
        sheet=options["sheet"],
        header_row=options["header_row"],
        day_first=options["day_first"],
        first_week=_day(options["first_week"]),
        default_channel=_channel(plan, options["channel"], options["create_channels"]),
    )
    if options["mapping"] is None:
        return answers
    grid = read_grid(content, sheet=answers.sheet, choose_sheet=choose_sheet)
    header = make_table(grid, answers.header_row).header
    return replace(answers, fields=mapping_from_names(header, _names(options["mapping"])))


def _names(file: Path) -> dict[str, str]:
    try:
        names = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise Refused(f"{file}: is no JSON ({error}).") from error
    if not isinstance(names, dict) or not all(isinstance(v, str) for v in names.values()):
        raise Refused(f'{file}: must be a JSON object, {{"column name": "field", ...}}.')
    return names


def _day(text: str | None) -> Any:
    if text is None:
        return None
    day = parse_day(text)
    if day is None:
        raise Refused(f"--first-week: “{text}” is no day; write it as 2027-01-04.")
    return day


def _channel(plan: Plan, name: str | None, create: bool) -> str:
    if name is None:
        return ""
    known = queries.known_channels(plan.organization)
    for channel in known:
        if fold(name) in (fold(channel.name), fold(channel.short_name)):
            return channel.key
    if create:
        return f"{CREATE}:{name}"
    names = ", ".join(channel.name for channel in known) or "none yet"
    raise Refused(f"There is no channel “{name}”. The channels are: {names}.")


def _creating(answers: Answers, prepared: Prepared) -> Answers:
    words = dict.fromkeys(prepared.preview.unknown_channels, CREATE)
    return replace(answers, channels=words)


def _summary(prepared: Prepared) -> dict[str, Any]:
    preview = prepared.preview
    names = {channel.key: channel.name for channel in prepared.options.channels}
    posts = {names[key]: count for key, count in preview.posts_by_channel.items()}
    return {
        "rows": len(preview.rows),
        "created": preview.created,
        "unchanged": preview.unchanged,
        "skipped": preview.skipped,
        "posts": posts,
        "shift_weeks": preview.shift_weeks,
        "unknown_people": dict(preview.unknown_people),
        "unknown_channels": dict(preview.unknown_channels),
        "new_channels": [channel.name for channel in prepared.new_channels],
        "questions": [sentence(message) for message in prepared.blockers],
        "details": _details(preview, names),
    }


def _details(preview: Preview, names: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "row": row.number,
            "outcome": row.outcome.value,
            "title": row.draft.title if row.draft else None,
            "posts": [
                {
                    "channel": names[post.channel],
                    "local": post.local.isoformat(" ", "minutes") if post.local else None,
                    "historical": post.historical,
                }
                for post in (row.draft.posts if row.draft else ())
            ],
            "reason": sentence(row.reason) if row.reason else None,
            "problems": [sentence(problem) for problem in row.problems],
        }
        for row in preview.rows
    ]
