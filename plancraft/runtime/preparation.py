"""What must be true before anything runs: tables, hashed static files, the demo organization."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from .errors import Trouble
from .lease import Lease
from .places import ROOT, user_home

Environment = Mapping[str, str]


def prepare(environment: Environment, held: Lease | None) -> None:
    """Bring database and static files up to date; each step is skipped while nothing changed."""
    embedded = held is not None and "database" in held.parts
    _reach_named_servers(environment, held)
    _migrate(environment, embedded=embedded)
    _collect_static(environment)
    if embedded:
        _load_demo(environment)


def _reach_named_servers(environment: Environment, held: Lease | None) -> None:
    """What the environment names instead of the embedded servers must answer; else Trouble."""
    named = [part for part in ("database", "redis") if held is None or part not in held.parts]
    if "database" in named:
        for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
            if environment.get(variable):
                _reach_database(variable, environment[variable])
    if "redis" in named:
        _reach_redis(environment["REDIS_URL"])


def _reach_database(variable: str, url: str) -> None:
    import psycopg2

    try:
        psycopg2.connect(url, connect_timeout=5).close()
    except psycopg2.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise Trouble(f"the database that {variable} names does not answer: {reason}") from error


def _reach_redis(url: str) -> None:
    import redis

    try:
        with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as link:
            link.ping()
    except (redis.RedisError, ValueError) as error:
        raise Trouble(f"the Redis that REDIS_URL names does not answer: {error}") from error


def _digest(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(str(path).encode() + path.read_bytes())
    return total.hexdigest()


def _listing(paths: Iterable[Path]) -> str:
    """What changes when any of the files does, without reading them."""
    total = hashlib.sha256()
    for path in sorted(paths):
        found = path.stat()
        total.update(f"{path}:{found.st_size}:{found.st_mtime_ns}".encode())
    return total.hexdigest()


def _is_done(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def _migrate(environment: Environment, *, embedded: bool) -> None:
    """An embedded database remembers which migrations it has seen; another is asked every time."""
    sources = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/models.py"), *ROOT.glob("*/models/*")]
    wanted = _digest(path for path in [*sources, ROOT / "requirements.txt"] if path.is_file())
    stamp = user_home().folder / "migrated.stamp"
    if embedded and _is_done(stamp, wanted):
        return
    manage(
        environment,
        "migrate",
        "--verbosity",
        "0",
        failure="the tables could not be brought up to date",
    )
    stamp.write_text(wanted)


def _collect_static(environment: Environment) -> None:
    folders = [ROOT / "static", ROOT / "node_modules" / "bootstrap" / "dist" / "css"]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    wanted = _listing([*files, ROOT / "requirements.txt", ROOT / "plancraft" / "settings.py"])
    target = user_home().folder / "staticfiles"
    stamp = user_home().folder / "static.stamp"
    if target.exists() and _is_done(stamp, wanted):
        return
    manage(
        environment,
        "collectstatic",
        "--no-input",
        "--clear",
        "--verbosity",
        "0",
        failure="the static files could not be collected",
    )
    stamp.write_text(wanted)


def _load_demo(environment: Environment) -> None:
    """On the very first start: the demo organization, and its sign-ins for every later start."""
    stamp = user_home().folder / "demo.txt"
    if stamp.exists() or not any(ROOT.glob("*/management/commands/demo.py")):
        return
    words = manage(environment, "demo", failure="the demo organization could not be loaded")
    stamp.write_text(words)


def demo_sign_ins() -> str:
    """What the demo said when it was loaded; empty where there is none."""
    stamp = user_home().folder / "demo.txt"
    return stamp.read_text().strip() if stamp.exists() else ""


def manage(environment: Environment, *arguments: str, failure: str) -> str:
    """Run a management command and give its words; raise Trouble with its last one on failure."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**environment, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    if done.returncode == 0:
        return done.stdout
    log = user_home().logs / f"{arguments[0]}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(done.stdout + done.stderr)
    lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    last = lines[-1].strip() if lines else "no reason was given"
    raise Trouble(f"{failure}: {last} (all of it: {os.path.relpath(log, ROOT)})")
