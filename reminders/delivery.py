"""Delivery: claim a few messages, say so in the database, send each, finish each by its token.

The claim is committed before the mail server is touched, so that a killed worker leaves leases
that run out, not lost mails. A worker whose lease has passed finds its token gone and changes
nothing. What was over when the lease ran out decides what follows (`reminders.retries`).

Messages are claimed a handful at a time, so that judging whether they are still true costs a few
statements for all of them; each has its own token, lease and outcome, and begins and ends by
itself. Those that a worker holds and can't send soon it gives back, with their attempt.
"""

from __future__ import annotations

import logging
import random
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from plancraft.lib.addresses import leads_nowhere
from reminders import retries, truth
from reminders.models import Attempt, Message
from reminders.relay import Deferred, Letter, Rejected, Relay, Uncertain, Unreachable

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
FRESH = timedelta(seconds=20)
"""How long what was claimed together may wait for its turn."""
HANDFUL = 25
"""How many messages are claimed together."""
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
    """The next message that is due and still true, claimed; None when nothing is due."""
    return next(iter(claim_some(now, 1)), None)


def claim_some(now: datetime, most: int) -> list[Claim]:
    """The next messages that are due and still true, claimed; none when nothing is due.

    Messages that are no longer true end as cancelled on the way; those to addresses that lead
    nowhere (the demo's) are kept.
    """
    claims: list[Claim] = []
    found = True
    while found and not claims:
        with transaction.atomic():
            rows = _next_due(now, most)
            found = bool(rows)
            true = _still_true(rows, now)
            for row in true:
                if leads_nowhere(row.address):
                    _finish(row, State.KEPT, "nobody has this address", now)
            claims = _claim_locked([row for row in true if row.state == State.WAITING], now)
    return claims


def _next_due(now: datetime, most: int) -> list[Message]:
    return list(
        Message.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=State.WAITING, next_attempt_at__lte=now)
        .select_related("recipient__user", "recipient__organization", "organization")
        .order_by("next_attempt_at")[:most]
    )


def _still_true(rows: Sequence[Message], now: datetime) -> list[Message]:
    """Those that must still be told; the others end here, or wait because they can't be judged.

    All are judged together. Where that fails each is judged by itself, since one that cannot be
    judged (its thing is of a kind that this code does not know) must not stand in the way of all
    the others.
    """
    if not rows:
        return []
    try:
        with transaction.atomic():
            true = truth.make_true(rows, now)
    except Exception as failure:
        if len(rows) == 1:
            _cannot_judge(rows[0], failure, now)
            return []
        fresh = _as_stored(rows)
        return [row for one in fresh for row in _still_true([one], now)]
    for row in rows:
        if row.pk not in true:
            _finish(row, State.CANCELLED, "no longer true", now)
    return [row for row in rows if row.pk in true]


def _as_stored(rows: Sequence[Message]) -> list[Message]:
    """The locked rows as they are stored: what was written anew in memory is forgotten."""
    for row in rows:
        row.refresh_from_db(fields=["subject", "text", "html", "address"])
    return list(rows)


def _cannot_judge(row: Message, failure: Exception, now: datetime) -> None:
    logger.error("message %s could not be judged", row.pk, exc_info=failure)
    row.refresh_from_db(fields=["subject", "text", "html", "address"])
    row.attempts += 1
    _settle_deferred(row, f"{type(failure).__name__}: {failure}", now)


def _claim_locked(rows: Sequence[Message], now: datetime) -> list[Claim]:
    """Store state, lease, attempt and a token of its own for each; what to send, in their order."""
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": now + LEASE, "keys": [row.pk for row in rows]})
        tokens = dict(cursor.fetchall())
    return [Claim(row.pk, tokens[row.pk], _letter(row)) for row in rows]


CLAIM = """
    UPDATE reminders_message
    SET state = 'claimed', phase = 'connecting', token = gen_random_uuid(), lease_until = %(lease)s,
        attempts = attempts + 1
    WHERE id = ANY(%(keys)s) RETURNING id, token
"""


def _letter(row: Message) -> Letter:
    return Letter(
        row.message_id,
        row.address,
        row.subject,
        row.text,
        row.html,
        row.calendar,
        row.calendar_method,
    )


def give_back(held: Sequence[Claim]) -> None:
    """Let go of claims that were not begun: they wait again, and it cost them no attempt."""
    if held:
        keys, tokens = [claim.pk for claim in held], [str(claim.token) for claim in held]
        with connection.cursor() as cursor:
            cursor.execute(GIVE_BACK, [keys, tokens])


GIVE_BACK = """
    UPDATE reminders_message AS row
    SET state = 'waiting', phase = '', lease_until = NULL, attempts = attempts - 1
    FROM unnest(%s::bigint[], %s::uuid[]) AS held (id, token)
    WHERE row.id = held.id AND row.token = held.token
        AND row.state = 'claimed' AND row.phase = 'connecting'
"""


def begin_data(held: Claim) -> None:
    """Store that the data begins, apart from connecting; refused to a worker without the lease."""
    with connection.cursor() as cursor:
        cursor.execute(BEGIN_DATA, [held.pk, str(held.token)])
        if not cursor.rowcount:
            raise LeaseLost


BEGIN_DATA = """
    UPDATE reminders_message SET phase = 'data'
    WHERE id = %s AND token = %s::uuid AND state = 'claimed'
"""


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


def _finished(held: Claim, outcome: str, answer: str, now: datetime) -> str:
    """Store what became of it; the outcome, or that another worker has the message now."""
    finish = _finished_sent if outcome == "sent" else _finished_otherwise
    return finish(held, outcome, answer, now)


def _finished_sent(held: Claim, outcome: str, answer: str, now: datetime) -> str:
    """What nearly all of them come to, in one statement: sent, and the attempt beside it.

    It does not wait for the disk: the next message's data begin only when everything before is on
    it, so that a crash of the database can make uncertain only the one message last sent.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            FINISH_SENT,
            {"id": held.pk, "token": str(held.token), "now": now, "answer": answer[:500]},
        )
        return outcome if cursor.rowcount else "lease lost"


FINISH_SENT = """
    WITH mine AS (
        UPDATE reminders_message
        SET state = 'sent', lease_until = NULL, finished_at = %(now)s, problem = ''
        WHERE id = %(id)s AND token = %(token)s::uuid AND state = 'claimed'
        RETURNING id, organization_id
    )
    INSERT INTO reminders_attempt (organization_id, message_id, at, outcome, answer)
    SELECT organization_id, id, %(now)s, 'sent', %(answer)s FROM mine
    WHERE set_config('synchronous_commit', 'off', true) = 'off'
"""


@transaction.atomic
def _finished_otherwise(held: Claim, outcome: str, answer: str, now: datetime) -> str:
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
    """Deliver what is due, one by one over one connection; counts by outcome.

    Stops at the first sign that the server is down: the others keep their attempts. Without a
    configured mail server the messages are kept, for an administrator to read.
    """
    counts: Counter[str] = Counter()
    recover(clock())
    if not settings.EMAIL_HOST:
        return {"kept": keep(clock())}
    with Relay() as relay:
        while counts.total() < limit and not counts["unreachable"]:
            outcomes = _deliver_some(relay, clock, min(HANDFUL, limit - counts.total()))
            if not outcomes:
                break
            counts.update(outcomes)
    return dict(counts)


def _deliver_some(relay: Relay, clock: Callable[[], datetime], most: int) -> list[str]:
    """Claim a few messages and send them; what became of each that had its turn.

    The rest go back when the server is down, or slow: what was found true must not grow old, nor
    its lease run out, behind others. However this ends, nothing stays claimed that was not begun.
    """
    since = clock()
    held = claim_some(since, most)
    outcomes: list[str] = []
    try:
        while held and "unreachable" not in outcomes:
            if outcomes and clock() - since >= FRESH:
                break
            outcomes.append(deliver(held.pop(0), relay, clock))
    finally:
        give_back(held)
    return outcomes


def keep(now: datetime) -> int:
    """Without a mail server: what is due is kept to be read under *Sent mail*; how many."""
    kept = 0
    while True:
        with transaction.atomic():
            rows = _next_due(now, HANDFUL)
            if not rows:
                return kept
            for row in _still_true(rows, now):
                _finish(row, State.KEPT, "", now)
                kept += 1
