"""Sealing and verifying the record (`people.chain` has the arithmetic).

Activities are written unsealed by whoever acts, so that no writer waits for another. One sealer at
a time, held apart by an advisory lock, appends a seal to each a few seconds later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max, Min, Q, QuerySet

from people.activity import digest
from people.chain import GENESIS, Break, Head, Link, breaks, extend
from people.models import Activity, ActivitySeal, ActivityText, Organization

LOCK = 7_215_001
"""The advisory lock of the sealer, in the database's one number space of them."""
BATCH = 1000
LOOK_BACK = 10_000
"""How far behind the newest seal a quick pass looks for what was committed late."""
ALARM_AFTER = timedelta(minutes=1)
FACTS = (
    "activity_id",
    "organization_id",
    "activity__actor_id",
    "activity__verb",
    "activity__subject_type",
    "activity__subject_id",
    "activity__plan_id",
    "activity__payload",
    "activity__text_digest",
    "activity__at",
)


@dataclass(frozen=True)
class Alarm:
    """Activities that should have been sealed by now: how many, and since when the oldest waits."""

    count: int
    oldest: datetime | None

    def __bool__(self) -> bool:
        return self.count > 0


def facts_of(activity: Activity) -> dict[str, Any]:
    """Everything of an activity that is sealed. Words stand beside it, bound by their digest."""
    return {
        "activity": activity.pk,
        "organization": activity.organization_id,
        "actor": activity.actor_id,
        "verb": activity.verb,
        "subject_type": activity.subject_type,
        "subject_id": activity.subject_id,
        "plan_id": activity.plan_id,
        "payload": activity.payload,
        "text_digest": activity.text_digest,
        "at": _instant(activity.at),
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def head_of(organization_id: int) -> Head:
    """Where the organization's chain ends."""
    last = (
        ActivitySeal.objects.filter(organization_id=organization_id)
        .order_by("-sequence")
        .values_list("sequence", "hash")
        .first()
    )
    return Head(organization_id, *(last or (0, GENESIS)))


def unsealed(*, everywhere: bool = True) -> QuerySet[Activity]:
    """Activities without a seal; the quick way looks only near the newest seal."""
    waiting = Activity.objects.filter(seal=None)
    if everywhere:
        return waiting
    newest = ActivitySeal.objects.aggregate(newest=Max("activity_id"))["newest"] or 0
    return waiting.filter(pk__gt=newest - LOOK_BACK)


def seal(*, now: datetime, everywhere: bool = False) -> int:
    """Seal what waits; how many were sealed. Does nothing while another sealer is at work."""
    total = 0
    while sealed := _seal_batch(now, everywhere=everywhere):
        total += sealed
    return total


@transaction.atomic
def _seal_batch(now: datetime, *, everywhere: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            return 0
    batch = list(unsealed(everywhere=everywhere).order_by("id")[:BATCH])
    batch.sort(key=lambda activity: (activity.organization_id, activity.pk))
    seals: list[ActivitySeal] = []
    for organization_id, activities in groupby(batch, key=lambda a: a.organization_id):
        links = extend(head_of(organization_id), map(facts_of, activities))
        seals += [_seal_row(organization_id, link, now) for link in links]
    ActivitySeal.objects.bulk_create(seals)
    return len(seals)


def _seal_row(organization_id: int, link: Link, now: datetime) -> ActivitySeal:
    return ActivitySeal(
        organization_id=organization_id,
        sequence=link.sequence,
        activity_id=link.facts["activity"],
        previous_hash=link.previous_hash,
        hash=link.hash,
        sealed_at=now,
    )


def alarm(*, now: datetime, organization: Organization | None = None) -> Alarm:
    """What has waited for its seal longer than a minute; for the audit page and the status page.

    Looks near the newest seal only: where no sealer runs, all that waits is newer than that.
    """
    waiting = unsealed(everywhere=False).filter(at__lt=now - ALARM_AFTER)
    if organization is not None:
        waiting = waiting.filter(organization=organization)
    found = waiting.aggregate(oldest=Min("at"), number=Count("pk"))
    return Alarm(found["number"], found["oldest"])


def oldest_late(now: datetime) -> datetime | None:
    """Since when the oldest activity waits that should be sealed by now; for the status page."""
    return alarm(now=now).oldest


def links_of(organization: Organization) -> Iterator[Link]:
    """The organization's chain from its beginning, streamed."""
    rows = (
        ActivitySeal.objects.filter(organization=organization)
        .order_by("sequence")
        .values("sequence", "previous_hash", "hash", *FACTS, "activity__organization_id")
    )
    return map(_link, rows.iterator(chunk_size=2000))


def _link(row: dict[str, Any]) -> Link:
    facts = {
        "activity": row["activity_id"],
        "organization": row["activity__organization_id"],
        "actor": row["activity__actor_id"],
        "verb": row["activity__verb"],
        "subject_type": row["activity__subject_type"],
        "subject_id": row["activity__subject_id"],
        "plan_id": row["activity__plan_id"],
        "payload": row["activity__payload"],
        "text_digest": row["activity__text_digest"],
        "at": _instant(row["activity__at"]),
    }
    return Link(row["sequence"], row["previous_hash"], row["hash"], facts)


def verify(
    organization: Organization, *, now: datetime, heads: Iterable[Head] = ()
) -> Iterator[Break]:
    """Every break of the organization's chain and of the words that hang on it."""
    yield from breaks(organization.pk, links_of(organization), list(heads))
    yield from _word_breaks(organization)
    for activity in unsealed().filter(organization=organization, at__lt=now - ALARM_AFTER):
        yield Break("unsealed", 0, f"Activity {activity.pk} has waited for its seal too long.")


def _word_breaks(organization: Organization) -> Iterator[Break]:
    """Words that are not those that were recorded; erased ones leave the chain whole."""
    worded = Activity.objects.filter(
        ~Q(text_digest="") | Q(text__isnull=False), organization=organization
    ).select_related("seal", "text")
    for activity in worded.order_by("id").iterator():
        problem = _word_problem(activity)
        if problem:
            sealed: ActivitySeal | None = getattr(activity, "seal", None)
            yield Break("words", sealed.sequence if sealed else 0, problem)


def _word_problem(activity: Activity) -> str:
    words: ActivityText | None = getattr(activity, "text", None)
    if words is None:
        return f"The words of activity {activity.pk} are missing."
    if words.erased_at is not None:
        return f"Erased words of activity {activity.pk} are there again." if words.text else ""
    if digest(words.salt, words.text) != activity.text_digest:
        return f"The words of activity {activity.pk} are not those that were recorded."
    return ""


def export_rows(organization: Organization) -> Iterator[dict[str, Any]]:
    """The chain as `people.verify_export` reads it: each seal, then the head. No words in it."""
    head = Head(organization.pk, 0, GENESIS)
    for link in links_of(organization):
        head = Head(organization.pk, link.sequence, link.hash)
        yield {
            "kind": "seal",
            "organization": organization.pk,
            "sequence": link.sequence,
            "previous_hash": link.previous_hash,
            "hash": link.hash,
            "facts": link.facts,
        }
    yield {
        "kind": "head",
        "organization": organization.pk,
        "sequence": head.sequence,
        "hash": head.hash,
    }
