"""The application's role can do its work, and cannot undo what was recorded."""

import pytest
from django.contrib.sessions.models import Session
from django.db import ProgrammingError, connection
from django.utils import timezone

from plancraft.lib.roles import as_owner, insert_only_tables


def ask(statement: str) -> object:
    """The first value of the first row."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_tests_run_as_the_application(db: None) -> None:
    assert ask("SELECT current_user") == "plancraft_app"


def test_the_application_is_no_superuser(db: None) -> None:
    rights = "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles"
    assert ask(f"{rights} WHERE rolname = current_user") is False


def test_the_application_owns_nothing(db: None) -> None:
    owned = "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = "
    assert ask(f"{owned} current_user") == 0
    assert ask(f"{owned} 'plancraft_owner'") != 0


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE django_session",
        "DELETE FROM django_migrations",
        "ALTER TABLE people_user DISABLE TRIGGER ALL",
        "CREATE TABLE mine ()",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_is_refused(db: None, statement: str) -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError):
        cursor.execute(statement)


def test_facts_can_only_be_added(db: None) -> None:
    """For every insert-only model: SELECT and INSERT, no UPDATE, DELETE or TRUNCATE."""
    tables = insert_only_tables()
    assert "people_activity" in tables
    for table in tables:
        held = {
            right
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
            if ask(f"SELECT has_table_privilege('{table}', '{right}')")
        }
        assert held == {"SELECT", "INSERT"}, table


def test_other_rows_can_be_changed(db: None) -> None:
    assert ask("SELECT has_table_privilege('people_user', 'UPDATE')") is True
    assert ask("SELECT has_table_privilege('people_user', 'TRUNCATE')") is False


def test_the_owner_stands_in_for_a_block_only(transactional_db: None) -> None:
    with as_owner():
        assert ask("SELECT current_user") == "plancraft_owner"
    assert ask("SELECT current_user") == "plancraft_app"


@pytest.mark.parametrize("time", ["first", "second"])
def test_committed_rows_are_gone_in_the_next_test(transactional_db: None, time: str) -> None:
    assert not Session.objects.exists(), f"the {time} run found what another left"
    Session.objects.create(session_key="k", session_data="", expire_date=timezone.now())
