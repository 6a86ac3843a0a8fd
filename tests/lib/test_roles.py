"""The application's role can do its work, and cannot undo what was recorded."""

import pytest
from django.db import ProgrammingError, connection


def current_user() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def test_tests_run_as_the_application(db: None) -> None:
    assert current_user() == "plancraft_app"


def test_the_application_is_no_superuser_and_owns_nothing(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False,)
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE django_migrations",
        "DELETE FROM django_migrations",
        "CREATE TABLE mine ()",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_is_refused(db: None, statement: str) -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError):
        cursor.execute(statement)
