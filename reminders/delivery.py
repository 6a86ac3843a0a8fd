"""Delivery: claim one message, say so in the database, send it, finish it by token.

The claim is committed before the mail server is touched, so that a killed worker leaves a lease
that runs out, not a lost mail. A worker whose lease has passed finds its token gone and changes
nothing. What was over when the lease ran out decides what follows (`reminders.retries`).
"""

from __future__ import annotations

import logging
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from plancraft.lib.addresses import leads_nowhere
from reminders import retries, truth
from reminders.models import Attempt, Message
from reminders.relay import Deferred, Letter, Rejected, Relay, Uncertain, Unreachable

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
BREAKER_PAUSE = timedelta(minutes=1)
DEADLINE_RULES = frozenset({"due_soon", "time_to_post", "overdue"})
State, Phase = Message.State, Message.Phase


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this worker may send until its lease is over."""

    pk: int
    token: uuid.UUID
    letter: Letter


def recover(now: datetime) -> int:
    """Settle every claim whose lease is over; how many there were.

    Still connecting: waiting again. Data begun: once more for a deadline, else unknown.
    """
    settled = 0
    while _recover_one(now):
        settled += 1
    return settled


@transaction.atomic
def _recover_one(now: datetime) -> bool:
    row = (
        Message.objects.select_for_update(skip_locked=True)
        .filter(state=State.CLAIMED, lease_until__lte=now)
        .first()
    )
    if row is None:
        return False
    if row.phase == Phase.DATA:
        _settle_uncertain(row, "the worker stopped after the data had begun", now)
    else:
        _settle(row, retries.Fate("waiting", now), "the worker stopped before the data", now)
    return True


def claim(now: datetime) -> Claim | None:
    """The next message that is due and still true, claimed; None when nothing is due.

    Messages that are no longer true end as cancelled on the way; those to addresses that lead
    nowhere (the demo's) are kept.
    """
    while True:
        with transaction.atomic():
            row = _next_due(now)
            if row is None:
                return None
            if not _still_true(row, now):
                continue
            if leads_nowhere(row.address):
                _finish(row, State.KEPT, "nobody has this address", now)
            else:
                return _claim_locked(row, now)


def _next_due(now: datetime) -> Message | None:
    return (
        Message.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=State.WAITING, next_attempt_at__lte=now)
        .select_related("recipient__user", "organization")
        .order_by("next_attempt_at", "id")
        .first()
    )


def _still_true(row: Message, now: datetime) -> bool:
    """Whether it must still be told; else it has ended here, or waits because it cannot be judged.

    One that cannot be judged (its thing is of a kind that this code does not know) must not stand
    in the way of all the others.
    """
    try:
        with transaction.atomic():
            if truth.make_true(row, now):
                return True
    except Exception as failure:
        logger.exception("message %s could not be judged", row.pk)
        row.refresh_from_db()
        row.attempts += 1
        _settle_deferred(row, f"{type(failure).__name__}: {failure}", now)
    else:
        _finish(row, State.CANCELLED, "no longer true", now)
    return False


def _claim_locked(row: Message, now: datetime) -> Claim:
    row.state, row.phase, row.token = State.CLAIMED, Phase.CONNECTING, uuid.uuid4()
    row.lease_until = now + LEASE
    row.attempts += 1
    row.save()
    letter = Letter(
        row.message_id,
        row.address,
        row.subject,
        row.text,
        row.html,
        row.calendar,
        row.calendar_method,
    )
    return Claim(row.pk, row.token, letter)


def begin_data(held: Claim) -> None:
    """Store that the data begins, apart from connecting; refused to a worker without the lease."""
    mine = Message.objects.filter(pk=held.pk, token=held.token, state=State.CLAIMED)
    if not mine.update(phase=Phase.DATA):
        raise LeaseLost


class LeaseLost(Exception):
    """Another worker holds the message now: nothing may be sent."""


def deliver(held: Claim, relay: Relay, clock: Callable[[], datetime]) -> str:
    """Send a claimed message and store its fate; the word for the outcome."""
    try:
        answer = relay.send(held.letter, lambda: begin_data(held))
    except LeaseLost:
        relay.close()
        return "lease lost"
    except Deferred as refusal:
        return _finished(held, "deferred", str(refusal), clock())
    except Rejected as refusal:
        return _finished(held, "rejected", str(refusal), clock())
    except Unreachable as failure:
        return _finished(held, "unreachable", str(failure), clock())
    except Uncertain as failure:
        return _finished(held, "uncertain", str(failure), clock())
    except Exception as failure:  # whatever is wrong with one message touches only that one
        logger.exception("message %s could not be sent", held.pk)
        relay.close()
        return _finished(held, "broken", f"{type(failure).__name__}: {failure}", clock())
    return _finished(held, "sent", answer, clock())


@transaction.atomic
def _finished(held: Claim, outcome: str, answer: str, now: datetime) -> str:
    row = (
        Message.objects.select_for_update()
        .filter(pk=held.pk, token=held.token, state=State.CLAIMED)
        .first()
    )
    if row is None:
        return "lease lost"
    Attempt.objects.create(
        organization_id=row.organization_id,
        message=row,
        at=now,
        outcome=outcome,
        answer=answer[:500],
    )
    _FATES[outcome](row, answer, now)
    return outcome


def _settle_sent(row: Message, answer: str, now: datetime) -> None:
    _finish(row, State.SENT, "", now)


def _settle_deferred(row: Message, answer: str, now: datetime) -> None:
    fate = retries.after_refusal(row.created_at, row.attempts, now, random.random())
    _settle(row, fate, answer, now)


def _settle_rejected(row: Message, answer: str, now: datetime) -> None:
    _finish(row, State.FAILED, answer, now)


def _settle_unreachable(row: Message, answer: str, now: datetime) -> None:
    """The server is down: that is no fault of this message and costs it no attempt."""
    row.attempts -= 1
    _settle(row, retries.Fate("waiting", now + BREAKER_PAUSE), answer, now)


def _settle_uncertain(row: Message, answer: str, now: datetime) -> None:
    may_repeat = row.obligations.filter(rule__in=DEADLINE_RULES).exists()
    fate = retries.after_silence(may_repeat, row.repeats, now)
    row.repeats += fate.state == "waiting"
    _settle(row, fate, answer, now)


_FATES: dict[str, Callable[[Message, str, datetime], None]] = {
    "sent": _settle_sent,
    "deferred": _settle_deferred,
    "rejected": _settle_rejected,
    "unreachable": _settle_unreachable,
    "uncertain": _settle_uncertain,
    "broken": _settle_deferred,
}


def _settle(row: Message, fate: retries.Fate, problem: str, now: datetime) -> None:
    if fate.state != "waiting":
        _finish(row, State(fate.state), problem, now)
        return
    row.state, row.phase, row.lease_until = State.WAITING, Phase.NONE, None
    row.next_attempt_at = fate.again_at or now
    row.problem = problem[:500]
    row.save()


def _finish(row: Message, state: Message.State, problem: str, now: datetime) -> None:
    row.state, row.lease_until, row.finished_at = state, None, now
    row.problem = problem[:500]
    row.save()


def drain(clock: Callable[[], datetime], limit: int = 10_000) -> dict[str, int]:
    """Deliver what is due, one at a time over one connection; counts by outcome.

    Stops at the first sign that the server is down: the others keep their attempts. Without a
    configured mail server the messages are kept, for an administrator to read.
    """
    counts: dict[str, int] = {}
    recover(clock())
    if not settings.EMAIL_HOST:
        return {"kept": keep(clock())}
    with Relay() as relay:
        for _ in range(limit):
            held = claim(clock())
            if held is None:
                break
            outcome = deliver(held, relay, clock)
            counts[outcome] = counts.get(outcome, 0) + 1
            if outcome == "unreachable":
                break
    return counts


def keep(now: datetime) -> int:
    """Without a mail server: what is due is kept to be read under *Sent mail*; how many."""
    kept = 0
    while True:
        with transaction.atomic():
            row = _next_due(now)
            if row is None:
                return kept
            if _still_true(row, now):
                _finish(row, State.KEPT, "", now)
                kept += 1
