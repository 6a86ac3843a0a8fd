"""Planning: everything due and not written yet becomes obligations, bundled into messages.

Safe to run at any time, as often as you like, in as many processes as you like: the unique keys
of the outbox decide, and a second pass at the same moment writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from psycopg2.extras import execute_values

from people.models import Organization
from people.scope import organization_scope
from plancraft.lib.dates import local_day
from reminders import meetings, queries, rules, words, work_rules
from reminders.models import Message, Obligation, Preference
from reminders.queries import Facts
from reminders.rules import Due

LOCK_SPACE = 8_702
PRIORITY = [
    rules.TAKEN_OVER,
    work_rules.ASSIGNED,
    rules.OVERDUE,
    work_rules.DECIDE_BY,
    work_rules.ANSWER_LATE,
    work_rules.SCHEDULE_CHANGED,
    rules.NO_OWNER,
    rules.DID_IT_GO_OUT,
    rules.TIME_TO_POST,
    rules.DUE_SOON,
    rules.APPROVAL_WAITING,
    rules.MEETING_INVITATION,
    rules.MEETING_TOMORROW,
    rules.MEETING_MINUTES,
    work_rules.EVENT_UNANSWERED,
    work_rules.QUESTION_ASKED,
    work_rules.QUESTION_ANSWERED,
    work_rules.MENTIONED,
    work_rules.KEY_DATE_AHEAD,
    work_rules.LAPSED_STAKEHOLDER,
]
ALWAYS_MAILED = frozenset({rules.OVERDUE, rules.TAKEN_OVER})
"""Nobody can switch off being told that they are accountable for something overdue (rule 7), or
that their confidential plan was taken over (rule 6)."""

AT_ONCE = frozenset({rules.TIME_TO_POST})
"""Quiet hours do not hold back the post that the person set for this very hour."""


@dataclass(frozen=True)
class Pass:
    """What one planning pass of an organization found and wrote."""

    organization: str
    due: int
    written: int
    messages: int
    rows: list[dict[str, str]] = field(default_factory=list)


def plan(organization: Organization, now: datetime, *, dry_run: bool = False) -> Pass:
    """One pass at `now`: write what is due and not written yet. A dry run writes nothing."""
    with organization_scope(organization), transaction.atomic():
        _lock(organization)
        facts = queries.facts(organization, now)
        wanted = _wanted(facts, now)
        write = _unwritten if dry_run else _write
        new = write(organization, wanted, facts, now)
        made = 0 if dry_run else _bundle(organization, new, facts, now)
        return Pass(organization.slug, len(wanted), len(new), made, _rows(new, facts))


def _lock(organization: Organization) -> None:
    """One planner for an organization at a time; the others wait and then find nothing new."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, organization.pk])


def _wanted(facts: Facts, now: datetime) -> list[Due]:
    """What is due to people who can act, may see the thing, and want the mail."""
    found = rules.due_now(
        facts.posts,
        facts.unowned,
        facts.reviews,
        facts.setting,
        now,
        facts.taken_over,
        facts.meetings,
        facts.meeting_mails,
    )
    found += work_rules.due_now(facts.work.facts, facts.setting, now)
    kept = [due for due in found if _is_for(due, facts)]
    return sorted(kept, key=lambda due: PRIORITY.index(due.rule))


def _is_for(due: Due, facts: Facts) -> bool:
    if due.recipient not in facts.members:
        return False
    plan_id = facts.about(due).plan_id
    listed = facts.hidden_from_all_but.get(plan_id) if plan_id is not None else None
    if listed is not None and due.recipient not in listed:
        return False
    preference = facts.preferences.get(due.recipient)
    muted = preference.in_app_only if preference is not None else ()
    return due.rule in ALWAYS_MAILED or due.rule not in muted


def _local_date(due: Due, facts: Facts, now: datetime) -> date:
    zone = queries.zone_of(facts.members[due.recipient].user.time_zone)
    return local_day(now, zone)


def _write(
    organization: Organization, wanted: Sequence[Due], facts: Facts, now: datetime
) -> dict[Due, int]:
    """Insert the obligations; those that were new, with their keys. The rest was told already."""
    if not wanted:
        return {}
    rows = [
        (
            organization.pk,
            due.rule,
            due.subject.type,
            due.subject.id,
            due.recipient,
            due.occasion,
            _local_date(due, facts, now),
            due.due_at,
            now,
        )
        for due in wanted
    ]
    with connection.cursor() as cursor:
        written = execute_values(cursor.cursor, INSERT, rows, page_size=1000, fetch=True)
    by_key = {tuple(row[1:]): row[0] for row in written}
    return {due: by_key[_key(due)] for due in wanted if _key(due) in by_key}


INSERT = """
    INSERT INTO reminders_obligation (organization_id, rule, subject_type, subject_id,
        recipient_id, occasion, local_date, due_at, created_at)
    VALUES %s ON CONFLICT DO NOTHING
    RETURNING id, rule, subject_type, subject_id, recipient_id, occasion
"""


def _key(due: Due) -> tuple[str, str, int, int, str]:
    return (due.rule, due.subject.type, due.subject.id, due.recipient, due.occasion)


def _unwritten(
    organization: Organization, wanted: Sequence[Due], facts: Facts, now: datetime
) -> dict[Due, int]:
    """What a pass would write, in its order: by the same two keys that the table holds."""
    known = set(
        Obligation.objects.filter(organization=organization).values_list(
            "rule", "subject_type", "subject_id", "recipient", "occasion"
        )
    )
    today = set(
        Obligation.objects.filter(organization=organization)
        .exclude(rule=rules.APPROVAL_WAITING)
        .values_list("subject_type", "subject_id", "recipient", "local_date")
    )
    new: dict[Due, int] = {}
    for due in wanted:
        day = (due.subject.type, due.subject.id, due.recipient, _local_date(due, facts, now))
        if _key(due) in known or (due.rule != rules.APPROVAL_WAITING and day in today):
            continue
        new[due] = 0
        if due.rule != rules.APPROVAL_WAITING:
            today.add(day)
    return new


def _bundle(organization: Organization, new: dict[Due, int], facts: Facts, now: datetime) -> int:
    """One message for each person (what cannot wait, and each calendar file, apart); how many."""
    bundles: dict[tuple[int, bool, int], list[Due]] = defaultdict(list)
    for due in new:
        alone = due.subject.id if due.rule == rules.MEETING_INVITATION else 0
        bundles[due.recipient, due.rule in AT_ONCE, alone].append(due)
    messages = Message.objects.bulk_create(
        [
            _message(organization, member, at_once, dues, facts, now, min(new[d] for d in dues))
            for (member, at_once, _alone), dues in bundles.items()
        ],
        batch_size=200,
    )
    pairs = [
        (new[due], message.pk)
        for message, dues in zip(messages, bundles.values(), strict=True)
        for due in dues
    ]
    if pairs:
        with connection.cursor() as cursor:
            execute_values(cursor.cursor, BIND, pairs, page_size=1000)
    return len(messages)


BIND = """
    UPDATE reminders_obligation AS duty SET message_id = pair.message
    FROM (VALUES %s) AS pair (duty, message) WHERE duty.id = pair.duty
"""


def _message(
    organization: Organization,
    member: int,
    at_once: bool,
    dues: Sequence[Due],
    facts: Facts,
    now: datetime,
    first: int,
) -> Message:
    """`first` is the key of an obligation: a later pass at the same moment writes another mail."""
    recipient = facts.members[member]
    told = [(due.rule, facts.about(due), due) for due in dues]
    body = words.compose(organization, recipient, told, now)
    method, calendar = meetings.calendar_of(facts.mails_of_meetings, dues[0], now)
    return Message(
        organization=organization,
        recipient=recipient,
        occasion=f"{now.isoformat()}{':now' if at_once else ''}:{first}",
        address=recipient.user.email,
        subject=body.subject,
        text=body.text,
        html=body.html,
        calendar=calendar,
        calendar_method=method,
        message_id=make_msgid(domain=urlsplit(settings.BASE_URL).hostname or "plancraft"),
        created_at=now,
        next_attempt_at=now if at_once else _after_quiet(recipient.pk, facts, now),
    )


def _after_quiet(member: int, facts: Facts, now: datetime) -> datetime:
    preference = facts.preferences.get(member) or Preference()
    zone = queries.zone_of(facts.members[member].user.time_zone)
    return rules.after_quiet(now, zone, preference.quiet_from, preference.quiet_to)


def _rows(new: Iterable[Due], facts: Facts) -> list[dict[str, str]]:
    """What was written, for the command's output."""
    return [
        {
            "rule": due.rule,
            "subject": f"{due.subject.type}:{due.subject.id}",
            "title": facts.about(due).title,
            "recipient": facts.members[due.recipient].user.email,
            "occasion": due.occasion,
        }
        for due in new
    ]
