"""Whether the parts of a running PlanCraft are there: pure of requests, given the instant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.connection import ConnectionProxy
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from plancraft.lib.health import OLDEST_DUE

cache = ConnectionProxy(caches, "redis")
HEARTBEAT_KEY = "worker-heartbeat"
SILENT_AFTER = timedelta(seconds=3 * settings.HEARTBEAT_SECONDS)
LATE_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Sign:
    """One line of the status page: what was looked at, whether it is well, in words."""

    name: str
    well: bool
    words: str


def database_ready() -> str:
    """Empty where the database answers and every migration has run, else what is missing."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "the database does not answer"
    return f"not every migration has run, {len(waiting)} to go" if waiting else ""


def record_heartbeat(now: datetime) -> None:
    """The worker is alive at `now`; called by its own task, so beat is alive too."""
    cache.set(HEARTBEAT_KEY, now.timestamp(), timeout=None)


def signs(now: datetime) -> list[Sign]:
    """Every line of the status page."""
    lines = [_database_sign(), _redis_sign(), _worker_sign(now)]
    return lines + [_queue_sign(name, reader, now) for name, reader in OLDEST_DUE.items()]


def _database_sign() -> Sign:
    missing = database_ready()
    return Sign(_("Database"), not missing, missing or _("answers, all migrations have run"))


def _redis_sign() -> Sign:
    try:
        cache.get(HEARTBEAT_KEY)
    except RedisError:
        return Sign(
            _("Redis"), False, _("does not answer; reminders wait and are sent when it is back")
        )
    return Sign(_("Redis"), True, _("answers"))


def _worker_sign(now: datetime) -> Sign:
    try:
        beat = cache.get(HEARTBEAT_KEY)
    except RedisError:
        beat = None
    if beat is None:
        return Sign(_("Worker and beat"), False, _("not heard of yet"))
    age = now - datetime.fromtimestamp(beat, UTC)
    words = _("last heard of %(seconds)d seconds ago") % {"seconds": age.total_seconds()}
    return Sign(_("Worker and beat"), age <= SILENT_AFTER, words)


def _queue_sign(name: str, reader: Callable[[datetime], datetime | None], now: datetime) -> Sign:
    label = _("Oldest waiting: %(queue)s") % {"queue": name}
    since = reader(now)
    if since is None:
        return Sign(label, True, _("nothing is due"))
    age = now - since
    words = _("due for %(minutes)d minutes") % {"minutes": age.total_seconds() // 60}
    return Sign(label, age <= LATE_AFTER, words)
