"""`manage.py check_invariants`: recompute what is stored as a copy and report each difference."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from people.models import Organization
from people.scope import organization_scope
from workflow.invariants import differences


class Command(BaseCommand):
    """Exit status 1 if anything differs."""

    help = "Recomputes the stored states from the facts and reports every difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="only this one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each difference with its organization, then how many there are."""
        organizations = Organization.objects.order_by("slug")
        if options["organization"]:
            organizations = organizations.filter(slug=options["organization"])
            if not organizations:
                raise CommandError(f"There is no organization “{options['organization']}”.")
        found = 0
        for organization in organizations:
            with organization_scope(organization):
                for sentence in differences(organization):
                    self.stdout.write(f"{organization.slug}: {sentence}")
                    found += 1
        count = len(organizations)
        self.stdout.write(f"{found} differences in {count} organizations.")
        if found:
            sys.exit(1)
