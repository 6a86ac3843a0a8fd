"""The test database: migrated once by the owner, copied for each process, used as the application.

The migrated original is kept between runs under a name made from what it was made of, so most runs
begin with a copy that takes a fraction of a second.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator

import psycopg2
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase

from plancraft.runtime.locks import FileLock
from plancraft.runtime.places import OWNER, ROOT, test_home
from plancraft.runtime.process import is_alive
from tests.plugins.servers import DATABASE_NAME

# Rows that migrations made and that tests expect to find again.
KEPT_TABLES = ("django_migrations", "django_content_type", "auth_permission")
_SOURCES = (
    "*/migrations/*.py",
    "*/models.py",
    "*/models/*.py",
    "plancraft/settings.py",
    "plancraft/lib/models.py",
    "plancraft/lib/roles.py",
    "people/management/commands/migrate.py",
    "requirements.txt",
)
_EMPTY_TABLES = """
DO $$
DECLARE command text;
BEGIN
  SET LOCAL session_replication_role = replica;
  SELECT string_agg(format('DELETE FROM %%I.%%I', schemaname, tablename), '; ') INTO command
    FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL (%s);
  IF command IS NOT NULL THEN EXECUTE command; END IF;
END $$
"""


def _superuser(database: str) -> psycopg2.extensions.connection:
    link = psycopg2.connect(
        host=str(test_home().sockets), user="plancraft", dbname=database, connect_timeout=10
    )
    link.autocommit = True
    return link


def _template_name() -> str:
    digest = hashlib.sha256()
    for pattern in _SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return f"template_{digest.hexdigest()[:16]}"


def _databases(cursor: psycopg2.extensions.cursor) -> set[str]:
    cursor.execute("SELECT datname FROM pg_database")
    return {name for (name,) in cursor.fetchall()}


def _drop_leftovers(cursor: psycopg2.extensions.cursor, template: str) -> None:
    """Databases of killed runs, and originals that have had their day."""
    for name in _databases(cursor):
        process = name.removeprefix("test_").removeprefix("template_new_")
        dead = process.isdigit() and not is_alive(int(process))
        old = (
            name.startswith("template_")
            and not process.isdigit()
            and name not in (template, "template0", "template1")
        )
        if dead or old:
            with contextlib.suppress(psycopg2.Error):
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _make_template(cursor: psycopg2.extensions.cursor, template: str) -> None:
    """Migrate a fresh database and give it its name once it is whole."""
    fresh = f"template_new_{os.getpid()}"
    cursor.execute(f'DROP DATABASE IF EXISTS "{fresh}" WITH (FORCE)')
    cursor.execute(f'CREATE DATABASE "{fresh}" OWNER {OWNER}')
    connection.close()
    connection.settings_dict["NAME"] = fresh
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = DATABASE_NAME
    cursor.execute(f'ALTER DATABASE "{fresh}" RENAME TO "{template}"')


def _copy(cursor: psycopg2.extensions.cursor, template: str) -> None:
    for attempt in range(50):
        try:
            cursor.execute(f'CREATE DATABASE "{DATABASE_NAME}" TEMPLATE "{template}" OWNER {OWNER}')
            return
        except psycopg2.errors.ObjectInUse:
            time.sleep(0.05 * (attempt + 1))
    raise pytest.UsageError(f"The test database {template} stays in use; end what uses it.")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """A migrated database of this process's own, on which Django stands as the application role."""
    with contextlib.closing(_superuser("postgres")) as link, django_db_blocker.unblock():  # type: ignore[attr-defined]
        cursor = link.cursor()
        template = _template_name()
        with FileLock(test_home().lock("template")):
            _drop_leftovers(cursor, template)
            if template not in _databases(cursor):
                _make_template(cursor, template)
            cursor.execute(f'DROP DATABASE IF EXISTS "{DATABASE_NAME}" WITH (FORCE)')
            _copy(cursor, template)
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connection.close()
    with contextlib.closing(_superuser("postgres")) as link:
        link.cursor().execute(f'DROP DATABASE IF EXISTS "{DATABASE_NAME}" WITH (FORCE)')


def empty_tables() -> None:
    """Delete every row, past the triggers and rights that protect facts from the application."""
    with contextlib.closing(_superuser(DATABASE_NAME)) as link:
        link.cursor().execute(_EMPTY_TABLES, [list(KEPT_TABLES)])


def _teardown(self: TransactionTestCase) -> None:
    """Django would TRUNCATE as the application role, which may not and must not."""
    empty_tables()


# Still Argon2, at the least cost it allows: a test of signing in is no test of patience.
Argon2PasswordHasher.time_cost = 1
Argon2PasswordHasher.memory_cost = 8
Argon2PasswordHasher.parallelism = 1

TransactionTestCase._fixture_teardown = _teardown  # type: ignore[method-assign]
