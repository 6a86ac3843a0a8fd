"""What operators look at: /healthz, /readyz, /status."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from plancraft import health
from plancraft.lib.health import OLDEST_DUE
from plancraft.lib.roles import as_owner
from plancraft.tasks import heartbeat

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def silent_worker() -> None:
    cache.delete(health.HEARTBEAT_KEY)


def sign(name: str) -> health.Sign:
    return next(s for s in health.signs(NOW) if s.name == name)


def test_healthz_asks_nothing_of_the_database(client: Client) -> None:
    """Without the `db` fixture any query would fail."""
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


def test_readyz_is_ready_once_migrated(client: Client, db: None) -> None:
    assert client.get("/readyz").status_code == 200


def test_readyz_names_migrations_that_have_not_run(client: Client, transactional_db: None) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE id = "
            "(SELECT max(id) FROM django_migrations) RETURNING app, name, applied"
        )
        taken = cursor.fetchone()
    try:
        response = client.get("/readyz")
        assert response.status_code == 503
        assert b"not every migration has run, 1 to go" in response.content
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", taken
            )


def test_the_worker_is_heard(db: None) -> None:
    assert not sign("Worker and beat").well
    heartbeat()
    beat = datetime.fromtimestamp(cache.get(health.HEARTBEAT_KEY), UTC)
    assert abs(datetime.now(UTC) - beat) < timedelta(seconds=30)


def test_a_real_worker_gives_its_sign_of_life(celery_worker_process: object) -> None:
    heartbeat.delay()
    end = time.monotonic() + 20
    while cache.get(health.HEARTBEAT_KEY) is None:
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize(("seconds", "well"), [(5, True), (59, True), (61, False), (3600, False)])
def test_a_silent_worker_is_noticed(db: None, seconds: int, well: bool) -> None:
    health.record_heartbeat(NOW - timedelta(seconds=seconds))
    found = sign("Worker and beat")
    assert found.well is well
    assert f"{seconds} seconds ago" in found.words


@pytest.mark.parametrize(
    ("minutes", "well", "words"),
    [(None, True, "nothing is due"), (1, True, "due for 1 min"), (40, False, "due for 40 min")],
)
def test_a_waiting_queue_is_noticed(
    db: None, monkeypatch: pytest.MonkeyPatch, minutes: int | None, well: bool, words: str
) -> None:
    since = None if minutes is None else NOW - timedelta(minutes=minutes)
    monkeypatch.setitem(OLDEST_DUE, "letters", lambda now: since)
    found = sign("Oldest waiting: letters")
    assert found.well is well
    assert words in found.words


def test_status_is_for_administrators(client: Client, cast) -> None:  # type: ignore[no-untyped-def]
    assert client.get("/status").status_code == 302
    for person, expected in ((cast.admin, 200), (cast.manager, 404), (cast.viewer, 404)):
        client.force_login(person.user, settings.AUTHENTICATION_BACKENDS[0])
        assert client.get("/status").status_code == expected


def test_status_says_what_was_found(client: Client, cast) -> None:  # type: ignore[no-untyped-def]
    client.force_login(cast.admin.user, settings.AUTHENTICATION_BACKENDS[0])
    page = client.get("/status").content.decode()
    assert "not heard of yet" in page
    assert "all migrations have run" in page
