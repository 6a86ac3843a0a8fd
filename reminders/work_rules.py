"""Who must be told what of the work of a plan, now (rules 2, 3 and 7): pure, as `rules`.

- task due soon: its owner, from the beginning of work two working days before its day until that
  day is over; overdue: from the day after, again each week, as for posts.
- decide by: each candidate once; where the day has passed, the champion from the beginning of the
  next day, after two more working days the managers.
- key date ahead: its owner, from five working days before it until it, while steps are undone.
- news: something that others did and that a person must know (a key date moved, a task given to
  them, a mention, a question, its answer), at once and once, as long as it is less than a week ago.
- answer late: whom a question was put to, from its time on (that is overdue), again each week; on
  the next working day the champion of its plan, on the one after that the managers.
- lapsed stakeholder: the owner of a contact whose rhythm is broken, from the day after the last on
  which it was kept, again each week for a while.
- event unanswered: a department that was asked, after two working days its leading members (all of
  them where none leads, the managers where it has no one), after two more the managers.

Of a confidential plan only who may see it is told; where nobody else may, its champion is.
An occasion is a stem, then a level: `2027-03-08:managers`. The stem stays while the matter does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from plancraft.lib.dates import local_day
from reminders.rules import (
    DUE_SOON,
    LEAD_DAYS,
    OVERDUE,
    REPEATS,
    WEEK,
    Due,
    Setting,
    Subject,
    latest_of,
    leaders_of,
    work_begins,
)

DECIDE_BY, KEY_DATE_AHEAD = "decide_by", "key_date_ahead"
SCHEDULE_CHANGED, ASSIGNED, MENTIONED = "schedule_changed", "assigned", "mentioned"
QUESTION_ASKED, QUESTION_ANSWERED = "question_asked", "question_answered"
ANSWER_LATE, EVENT_UNANSWERED = "answer_late", "event_unanswered"
LAPSED_STAKEHOLDER = "lapsed_stakeholder"
RULES = frozenset(
    {
        DECIDE_BY,
        KEY_DATE_AHEAD,
        SCHEDULE_CHANGED,
        ASSIGNED,
        MENTIONED,
        QUESTION_ASKED,
        QUESTION_ANSWERED,
        ANSWER_LATE,
        EVENT_UNANSWERED,
        LAPSED_STAKEHOLDER,
    }
)
"""The rules that speak of nothing but the work of a plan."""

ONE_DAY = timedelta(days=1)
MANAGERS_DECIDE_AFTER = 2
KEY_DATE_LEAD = 5
DEPARTMENT_HAS, MANAGERS_CHASE_AFTER = 2, 4


@dataclass(frozen=True, slots=True)
class TaskFact:
    """An open task with an owner and a day."""

    subject: Subject
    due: date
    owner: int


@dataclass(frozen=True, slots=True)
class UndecidedFact:
    """A task without owner since an instant, for which candidates stand until a day."""

    subject: Subject
    since: datetime
    decide_by: date
    candidates: frozenset[int]
    champion: int | None
    listed: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class KeyDateFact:
    """A key date ahead with an owner and steps that are not done."""

    subject: Subject
    day: date
    owner: int


@dataclass(frozen=True, slots=True)
class NewsFact:
    """What one member must know since an instant; the occasion names it."""

    rule: str
    subject: Subject
    member: int
    occasion: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AnswerFact:
    """A question that waits for an answer of its owner's until an instant."""

    subject: Subject
    limit: datetime
    owner: int
    champion: int | None


@dataclass(frozen=True, slots=True)
class EventFact:
    """That a department was asked at an instant how it stands to a key date on a day.

    `members` are who can answer for it.
    """

    subject: Subject
    asked_at: datetime
    day: date
    members: frozenset[int]
    champion: int | None
    listed: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class ContactFact:
    """A stakeholder with an owner, last spoken to `since`, `due` the last day in the rhythm."""

    subject: Subject
    since: date
    due: date
    owner: int


@dataclass(slots=True)
class WorkFacts:
    """Everything that the rules of this module decide on."""

    tasks: list[TaskFact] = field(default_factory=list)
    undecided: list[UndecidedFact] = field(default_factory=list)
    key_dates: list[KeyDateFact] = field(default_factory=list)
    news: list[NewsFact] = field(default_factory=list)
    answers: list[AnswerFact] = field(default_factory=list)
    events: list[EventFact] = field(default_factory=list)
    contacts: list[ContactFact] = field(default_factory=list)


def due_now(facts: WorkFacts, setting: Setting, now: datetime) -> list[Due]:
    """Everything to be told at `now`, in a stable order. `now` is aware."""
    found = [due for task in facts.tasks for due in of_task(task, setting, now)]
    found += [due for task in facts.undecided for due in of_undecided(task, setting, now)]
    found += [due for day in facts.key_dates for due in of_key_date(day, setting, now)]
    found += [due for news in facts.news for due in of_news(news, now)]
    found += [due for question in facts.answers for due in of_answer(question, setting, now)]
    found += [due for event in facts.events for due in of_event(event, setting, now)]
    found += [due for contact in facts.contacts for due in of_contact(contact, setting, now)]
    return sorted(
        found, key=lambda d: (d.recipient, d.rule, d.due_at, d.subject.type, d.subject.id)
    )


def stem(occasion: str) -> str:
    """The part of an occasion that stays while the matter does."""
    return occasion.split(":")[0]


def of_task(task: TaskFact, setting: Setting, now: datetime) -> Iterator[Due]:
    """Its owner, before its day and after it."""
    if local_day(now, setting.calendar.zone) > task.due:
        over = work_begins(task.due + ONE_DAY, setting.calendar)
        yield from _each_week(OVERDUE, task.subject, task.owner, task.due, over, now)
    else:
        yield from _ahead(DUE_SOON, task.subject, task.owner, task.due, LEAD_DAYS, setting, now)


def of_key_date(key_date: KeyDateFact, setting: Setting, now: datetime) -> Iterator[Due]:
    """Its owner, while it is near."""
    if local_day(now, setting.calendar.zone) <= key_date.day:
        yield from _ahead(
            KEY_DATE_AHEAD,
            key_date.subject,
            key_date.owner,
            key_date.day,
            KEY_DATE_LEAD,
            setting,
            now,
        )


def _ahead(
    rule: str,
    subject: Subject,
    owner: int,
    day: date,
    lead: int,
    setting: Setting,
    now: datetime,
) -> Iterator[Due]:
    """Once, from so many working days before the day."""
    from_ = work_begins(setting.calendar.shift(day, -lead), setting.calendar)
    if from_ <= now:
        yield Due(rule, subject, owner, day.isoformat(), from_)


def _each_week(
    rule: str, subject: Subject, owner: int, day: date, over: datetime, now: datetime
) -> Iterator[Due]:
    """From `over` on, and again each week for a while."""
    week = (now - over) // WEEK
    if 0 <= week <= REPEATS:
        yield Due(rule, subject, owner, f"{day}:{week}", over + week * WEEK)


def of_undecided(task: UndecidedFact, setting: Setting, now: datetime) -> Iterator[Due]:
    """Who is to say who owns it: its candidates, the champion, the managers (rule 2)."""
    calendar = setting.calendar
    steps = [
        task.since,
        work_begins(task.decide_by + ONE_DAY, calendar),
        work_begins(calendar.shift(task.decide_by, MANAGERS_DECIDE_AFTER) + ONE_DAY, calendar),
    ]
    level, begun = latest_of(steps, now)
    if begun is None:
        return
    word, people = "asked", tuple(sorted(task.candidates))
    if level == 1 and task.champion is not None:
        word, people = f"{task.decide_by}:champion", (task.champion,)
    elif level > 0:
        word = f"{task.decide_by}:managers"
        people = leaders_of(task.listed, task.champion, setting)
    for member in people:
        yield Due(DECIDE_BY, task.subject, member, word, begun)


def of_news(news: NewsFact, now: datetime) -> Iterator[Due]:
    """Once, within a week."""
    if news.at <= now < news.at + WEEK:
        yield Due(news.rule, news.subject, news.member, news.occasion, news.at)


def of_answer(question: AnswerFact, setting: Setting, now: datetime) -> Iterator[Due]:
    """Who owes the answer, then who can see to it that there is one."""
    if now < question.limit:
        return
    calendar = setting.calendar
    day = local_day(question.limit, calendar.zone)
    yield from _each_week(OVERDUE, question.subject, question.owner, day, question.limit, now)
    champions = () if question.champion is None else (question.champion,)
    for step, (word, people) in enumerate(
        [("champion", champions), ("managers", setting.managers)], start=1
    ):
        since = max(question.limit, work_begins(calendar.shift(day, step), calendar))
        if since <= now < since + WEEK:
            for member in people:
                if member != question.owner:
                    yield Due(ANSWER_LATE, question.subject, member, f"{day}:{word}", since)


def of_event(event: EventFact, setting: Setting, now: datetime) -> Iterator[Due]:
    """Who can answer for the department, then the managers, until the day has come."""
    calendar = setting.calendar
    if local_day(now, calendar.zone) > event.day:
        return
    day = local_day(event.asked_at, calendar.zone)
    steps = [
        work_begins(calendar.shift(day, working_days), calendar)
        for working_days in (DEPARTMENT_HAS, MANAGERS_CHASE_AFTER)
    ]
    level, begun = latest_of(steps, now)
    if begun is None:
        return
    listed = event.members if event.listed is None else event.members & event.listed
    word, people = "department", tuple(sorted(listed))
    if level > 0 or not people:
        word, people = "managers", leaders_of(event.listed, event.champion, setting)
    for member in people:
        yield Due(EVENT_UNANSWERED, event.subject, member, f"{day}:{word}", begun)


def of_contact(contact: ContactFact, setting: Setting, now: datetime) -> Iterator[Due]:
    """Its owner, once the rhythm is broken."""
    over = work_begins(contact.due + ONE_DAY, setting.calendar)
    yield from _each_week(
        LAPSED_STAKEHOLDER, contact.subject, contact.owner, contact.since, over, now
    )
