"""`python -m tests.bench [reminders ...]`: figures on servers and data of their own.

The database is made anew each time, on the embedded PostgreSQL with its defaults (durable, as
`make run` has it); the data come from a fixed seed. Absolute times mean little on a shared
machine, so its load stands above them, and the CPU seconds of this process beside them.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys

import psycopg2

from plancraft.runtime.lease import Lease, lease
from plancraft.runtime.places import OWNER, ROOT, Home
from tests.bench.report import Report

BENCHES = {"reminders": "tests.bench.reminders"}
"""Name and module of each part; a module has `run(report)`."""

NAME = "bench"


def main(names: list[str]) -> int:
    """Run the parts named, or all of them."""
    unknown = set(names) - set(BENCHES)
    if unknown:
        print(f"No such part: {', '.join(sorted(unknown))}. There is: {', '.join(BENCHES)}.")  # noqa: T201
        return 1
    with lease(Home(ROOT / "var" / "bench"), ["database", "redis"]) as held:
        _new_database(held)
        _set_up(held)
        report = Report()
        for name in names or BENCHES:
            report.part(name)
            importlib.import_module(BENCHES[name]).run(report)
    return 0


def _new_database(held: Lease) -> None:
    with contextlib.closing(psycopg2.connect(held.superuser_url())) as link:
        link.autocommit = True
        cursor = link.cursor()
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {NAME} OWNER {OWNER}")


def _set_up(held: Lease) -> None:
    """Django on that database, as in production: what the user's environment names is not used."""
    for name in ("DEBUG", "EMAIL_HOST", "HTTPS_REDIRECT", "HSTS_SECONDS", "TRUSTED_PROXIES"):
        os.environ.pop(name, None)
    os.environ.update(
        held.environment(NAME),
        DJANGO_SETTINGS_MODULE="plancraft.settings",
        SECRET_KEY="only-for-measuring",
        BASE_URL="http://localhost",
        LOG_FORMAT="plain",
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
