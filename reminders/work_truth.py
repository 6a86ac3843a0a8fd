"""Whether what was written of tasks, key dates, questions and events still holds (see `truth`).

It is asked of the same facts and the same rules that wrote it, narrowed to the things concerned: an
obligation stands while they still give one of that rule, to that person, on that matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from people.models import Membership, Organization
from plans.queries import sights
from reminders import queries, work_rules
from reminders.rules import Subject
from reminders.work_facts import PLAN_OF
from reminders.work_rules import stem


class Duty(Protocol):
    """What is looked at of an obligation."""

    @property
    def pk(self) -> int: ...
    @property
    def organization_id(self) -> int: ...
    @property
    def rule(self) -> str: ...
    @property
    def subject_type(self) -> str: ...
    @property
    def subject_id(self) -> int: ...
    @property
    def occasion(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def recipient(self) -> Membership: ...


Key = tuple[str, Subject, int, str]


def judge(duties: Sequence[Duty], now: datetime) -> dict[int, tuple[bool, bool]]:
    """Obligation -> (whether its recipient may see the thing, whether it must still be told)."""
    seen = _seen(duties)
    found: dict[int, tuple[bool, bool]] = {}
    for organization, mine in _by_organization(duties):
        stands = _stands(organization, mine, now)
        for duty in mine:
            may_see = duty.pk in seen
            found[duty.pk] = (may_see, may_see and _key(duty) in stands)
    return found


def _by_organization(duties: Sequence[Duty]) -> list[tuple[Organization, list[Duty]]]:
    alike: dict[int, list[Duty]] = defaultdict(list)
    for duty in duties:
        alike[duty.organization_id].append(duty)
    return [(mine[0].recipient.organization, mine) for mine in alike.values()]


def _key(duty: Duty) -> Key:
    subject = Subject(duty.subject_type, duty.subject_id)
    return (duty.rule, subject, duty.recipient.pk, stem(duty.occasion))


def _stands(organization: Organization, duties: Sequence[Duty], now: datetime) -> set[Key]:
    """What the rules say now of these things. News stays news, however late it is delivered."""
    only: dict[str, set[int]] = defaultdict(set)
    for duty in duties:
        only[duty.subject_type].add(duty.subject_id)
    since = min(duty.created_at for duty in duties) - work_rules.WEEK
    work, setting = queries.work_of(organization, now, only=only, since=since)
    due = work_rules.due_now(work.facts, setting, now)
    told = {(one.rule, one.subject, one.recipient, stem(one.occasion)) for one in due}
    news = {(one.rule, one.subject, one.member, stem(one.occasion)) for one in work.facts.news}
    return told | news


def _seen(duties: Sequence[Duty]) -> set[int]:
    """Those obligations whose recipient may see what they are about."""
    plans = _plans_of(duties)
    recipients = {duty.recipient.pk: duty.recipient for duty in duties}
    pairs = sights(recipients.values(), {plan for plan in plans.values() if plan is not None})
    return {
        duty.pk
        for duty in duties
        for subject in [(duty.subject_type, duty.subject_id)]
        if subject in plans
        and (plans[subject] is None or (duty.recipient.pk, plans[subject]) in pairs)
    }


def _plans_of(duties: Sequence[Duty]) -> Mapping[tuple[str, int], int | None]:
    """Thing -> its plan, None where it has none; absent where the thing is gone."""
    ids: dict[str, set[int]] = defaultdict(set)
    for duty in duties:
        ids[duty.subject_type].add(duty.subject_id)
    found: dict[tuple[str, int], int | None] = {}
    for label, keys in ids.items():
        model, path = PLAN_OF[label]
        for pk, plan in model.objects.filter(pk__in=keys).values_list("pk", path):
            found[label, pk] = plan
    return found
