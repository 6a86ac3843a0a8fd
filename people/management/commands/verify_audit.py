"""Verifies the audit trail, and exports it for verification elsewhere."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import ngettext

from people import queries, sealing
from people.chain import Head, canonical
from people.models import Organization
from people.verify_export import read_heads


class Command(BaseCommand):
    """Exits with 1 when a chain is broken, naming each break."""

    help = "Verifies the audit trail of every organization, or of one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="only this one")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument("--export", metavar="FILE", type=Path, help="write the chain to FILE")
        parser.add_argument(
            "--head", metavar="FILE", type=Path, help="an earlier export: its heads must still hold"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        organizations = self._organizations(options["organization"])
        heads = self._heads(options["head"])
        report = [self._verify(organization, heads) for organization in organizations]
        if options["export"]:
            self._export(options["export"], organizations)
        self._print(report, as_json=options["json"])
        if any(entry["breaks"] for entry in report):
            raise SystemExit(1)

    def _organizations(self, slug: str | None) -> list[Organization]:
        organizations = queries.organizations(slug)
        if slug and not organizations:
            raise CommandError(f"There is no organization “{slug}”.")
        return organizations

    def _heads(self, path: Path | None) -> list[Head]:
        if path is None:
            return []
        try:
            heads = read_heads(path.read_text(encoding="utf-8").splitlines())
        except (OSError, ValueError, KeyError) as error:
            raise CommandError(f"{path} cannot be read as an export: {error}") from error
        return [head for head in heads if head.sequence]

    def _verify(self, organization: Organization, heads: list[Head]) -> dict[str, Any]:
        found = list(sealing.verify(organization, now=timezone.now(), heads=heads))
        head = sealing.head_of(organization.pk)
        return {
            "organization": organization.slug,
            "sealed": head.sequence,
            "head": head.hash,
            "breaks": [
                {"kind": each.kind, "sequence": each.sequence, "sentence": each.sentence}
                for each in found
            ],
        }

    def _export(self, path: Path, organizations: list[Organization]) -> None:
        try:
            with path.open("w", encoding="utf-8") as file:
                for organization in organizations:
                    for row in sealing.export_rows(organization):
                        file.write(canonical(row) + "\n")
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error}") from error

    def _print(self, report: list[dict[str, Any]], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"organizations": report}, indent=2))
            return
        for entry in report:
            word = "broken" if entry["breaks"] else "whole"
            entries = ngettext("%(n)d entry", "%(n)d entries", entry["sealed"])
            number = entries % {"n": entry["sealed"]}
            self.stdout.write(f"{entry['organization']}: {number}, {word}")
            for each in entry["breaks"]:
                self.stdout.write(f"  entry {each['sequence']}: {each['kind']}: {each['sentence']}")
