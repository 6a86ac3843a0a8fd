"""The settings as production reads them: from the environment, and strict where it is https."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.test import Client

from plancraft.runtime.places import ROOT
from plancraft.settings import broker, database

PRODUCTION = {
    "SECRET_KEY": "a-long-and-random-text-of-more-than-fifty-characters-0123456789",
    "BASE_URL": "https://plan.example.org",
    "DATABASE_URL": "postgresql://plancraft_app:a%2Fb@db:5433/plancraft",
    "DATABASE_OWNER_URL": "postgresql://plancraft_owner@db:5433/plancraft",
    "REDIS_URL": "redis://redis:6379/0",
}
NAMES = [
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "DEBUG",
    "CELERY_BROKER_URL",
    "X_FRAME_OPTIONS",
]


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Our Python with this environment and nothing of the suite's."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


def read(**variables: str) -> dict[str, object]:
    """Some settings under an environment."""
    code = (
        "import json, plancraft.settings as s; "
        f"print(json.dumps({{n: getattr(s, n) for n in {NAMES}}}))"
    )
    done = run("-c", code, **variables)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_https_makes_them_strict() -> None:
    found = read(**PRODUCTION)
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_HSTS_SECONDS"] == 31536000
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["CSRF_COOKIE_SECURE"] is True
    assert found["DEBUG"] is False
    assert found["ALLOWED_HOSTS"] == ["plan.example.org", "localhost", "127.0.0.1", "[::1]"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://plan.example.org"]


def test_http_on_ones_own_machine_stays_usable() -> None:
    found = read(SECRET_KEY="x")
    assert found["SECURE_SSL_REDIRECT"] is False
    assert found["SESSION_COOKIE_SECURE"] is False


def test_without_a_secret_nothing_starts() -> None:
    done = run("-c", "import plancraft.settings")
    assert done.returncode != 0
    assert "Set SECRET_KEY" in done.stderr


def test_the_deployment_check_passes_in_production() -> None:
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


def test_the_deployment_check_refuses_one_role_for_all() -> None:
    same = PRODUCTION | {"DATABASE_OWNER_URL": PRODUCTION["DATABASE_URL"]}
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **same)
    assert done.returncode != 0
    assert "plancraft.W001" in done.stderr


@pytest.mark.parametrize(
    ("url", "host", "user", "password", "name", "port"),
    [
        ("postgresql://app:a%2Fb@db:5433/plan", "db", "app", "a/b", "plan", "5433"),
        ("postgresql://app@/plan?host=%2Ftmp%2Fa", "/tmp/a", "app", "", "plan", ""),
        ("postgresql:///plan", "", "", "", "plan", ""),
    ],
)
def test_database_addresses(
    url: str, host: str, user: str, password: str, name: str, port: str
) -> None:
    found = database(url)
    wanted = {"HOST": host, "USER": user, "PASSWORD": password, "NAME": name, "PORT": port}
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://redis:6379/0", "redis://redis:6379/0"),
        ("unix:///tmp/a/redis.sock?db=3", "redis+socket:///tmp/a/redis.sock?virtual_host=3"),
    ],
)
def test_broker_addresses(url: str, expected: str) -> None:
    assert broker(url) == expected


def test_every_page_carries_the_security_headers(client: Client, db: None) -> None:
    response = client.get("/accounts/login/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
