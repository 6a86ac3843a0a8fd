"""The two database roles: an owner that migrates, and an application that cannot rewrite facts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction

CONNECTION_KEYS = ("USER", "PASSWORD", "HOST", "PORT")


@contextmanager
def as_owner(alias: str = "default") -> Iterator[str]:
    """The connection stands as the role of DATABASE_OWNER_URL inside the block; gives its name."""
    connection = connections[alias]
    before = {key: connection.settings_dict[key] for key in CONNECTION_KEYS}
    owner = settings.DATABASE_OWNER
    connection.close()
    connection.settings_dict.update({key: owner[key] for key in CONNECTION_KEYS})
    try:
        yield str(owner["USER"])
    finally:
        connection.close()
        connection.settings_dict.update(before)


def insert_only_tables() -> list[str]:
    """The tables of all models that are marked `insert_only`, by name."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if getattr(model, "insert_only", False) and model._meta.managed
    )


def grant_application_rights(alias: str, role: str) -> None:
    """Give the application role what it needs and no more; called as the owner.

    It reads and writes rows, except that facts (`insert_only`) can only be added, and that what
    migrations have run can only be read. It owns nothing, so it can alter nothing.
    """
    quote = connections[alias].ops.quote_name
    name = quote(role)
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        existing = set(connections[alias].introspection.table_names(cursor))
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}"
        )
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
        facts = [table for table in insert_only_tables() if table in existing]
        for table in facts:
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {quote(table)} FROM {name}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {name}")
