"""`manage.py demo`: an organization to look at and to try things in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from dashboards.demo import build
from dashboards.demo.cast import sign_ins


class Command(BaseCommand):
    """Builds Northlake Bank relative to today, and prints who can sign in.

    Run again it changes nothing. `--reset` puts the old one away (renamed, everyone deactivated,
    nothing deleted: `dashboards.demo.build` says why) and builds it anew. It runs as the
    application role; no other organization is touched. The password is known to everyone: on a
    server that strangers can reach, the demo is theirs too.
    """

    help = "Build the demo organization, or print its sign-ins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="put the old one away, build anew")
        parser.add_argument("--sign-ins", action="store_true", help="only print the sign-ins")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if not options["sign_ins"] and (options["reset"] or not build.standing()):
            if options["reset"]:
                build.put_away(now)
            build.build(now)
        self.stdout.write(sign_ins())
