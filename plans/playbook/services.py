"""What a person can do with questions, answers and the playbook; one function for each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from people.activity import record
from people.errors import NotAllowed, Refused
from people.models import Membership, Organization
from people.permissions import Perm, can
from people.rules import add_working_hours
from people.working_calendar import calendar_of
from plans import queries as plan_queries
from plans.models import PlaybookEntry, PlaybookVersion, Question
from plans.models.playbook import Answer
from plans.playbook import queries
from plans.playbook.records import About, EntryFields, QuestionFields, entry_fields
from plans.playbook.rules import Action, State, after, allowed, names_in
from plans.playbook.shipped import entries as shipped_entries
from plans.services._shared import can_here, changed_fields, stale
from workflow import ownership

TIME_FOR_ANOTHER = 8
"""Working hours that someone gets at least who is asked in another's place."""


# Questions ----------------------------------------------------------------------------------------
@transaction.atomic
def ask(
    *,
    organization: Organization,
    by: Membership,
    fields: QuestionFields,
    about: About,
    now: datetime,
) -> Question:
    """A new question. Without anyone asked it is unowned: no one answers this."""
    if not can_here(by, Perm.ASK, organization):
        raise NotAllowed(_("Only members, managers and administrators ask questions here."))
    if about.plan is not None and not plan_queries.may_see(by, about.plan):
        raise NotAllowed(_("You cannot see what the question is about."))
    if fields.asked is not None:
        _check_asked(organization, fields.asked, about)
    if fields.asked == by:
        raise Refused(_("Choose someone other than yourself."))
    question = Question.objects.create(
        organization=organization,
        asked_by=by,
        title=fields.title,
        body=fields.body,
        plan=about.plan,
        subject=about.subject,
        review=about.review,
        snapshot=about.snapshot[:300],
        asked_at=now,
        answer_by=add_working_hours(now, fields.hours, calendar_of(organization)),
        owner=fields.asked,
        unowned_since=None if fields.asked else now,
        unowned_reason="" if fields.asked else _("new"),
    )
    asked = fields.asked.pk if fields.asked else None
    _record(question, by, "question.asked", question.title, asked=asked)
    return question


def _check_asked(organization: Organization, asked: Membership, about: About) -> None:
    """`Refused` unless they may answer here, and see what it is about."""
    list(Membership.objects.select_for_update(no_key=True).filter(pk=asked.pk))
    if not queries.answerers(organization).filter(pk=asked.pk).exists():
        raise Refused(_("%(name)s cannot be asked here: choose someone else.") % {"name": asked})
    if about.plan is not None and not plan_queries.may_see(asked, about.plan):
        raise Refused(
            _("%(name)s cannot see this confidential plan. Add them to its readers first.")
            % {"name": asked}
        )


@transaction.atomic
def answer(*, question: Question, by: Membership, body: str, now: datetime) -> Answer:
    """Answer it. Whoever answers what nobody owned has taken it."""
    question = _lock(question, by)
    if not can(by, Perm.ANSWER, question):
        raise NotAllowed(_("Viewers read here; they do not answer."))
    if question.owner_id is None and question.state == State.ASKED:
        question = ownership.claim(row=question, by=by)
    _move(question, Action.ANSWER, now, has_answers=True)
    question.save(update_fields=["state", "closed_at"])
    given = Answer.objects.create(
        organization=question.organization,
        question=question,
        author=by,
        body=body,
        created_at=now,
    )
    _record(question, by, "question.answered", question.title, answer=given.pk)
    return given


@transaction.atomic
def edit_answer(
    *, answer: Answer, by: Membership, version: int, body: str, now: datetime
) -> Answer:
    """Its author changes their words; what stood there before is kept in the record.

    `Stale` if they changed it elsewhere meanwhile. Refused once it is accepted.
    """
    question = _lock(answer.question, by)
    row = Answer.objects.select_for_update().get(pk=answer.pk)
    row.organization = question.organization
    if row.author_id != by.pk:
        raise NotAllowed(_("Only who wrote an answer can change it."))
    if not allowed(question.state, Action.EDIT_ANSWER):
        raise Refused(_("This question is settled, and its answers stand as they are."))
    if row.version != version:
        raise stale(row, question.organization, row.body)
    if row.body == body:
        return row
    before, row.body = row.body, body
    row.version += 1
    row.edited_at = now
    row.save(update_fields=["body", "version", "edited_at"])
    record(
        organization=question.organization,
        actor=by,
        verb="answer.edited",
        subject=row,
        plan_id=question.plan_id,
        text=before,
        question=question.pk,
        version=row.version,
    )
    return row


def may_settle(by: Membership, question: Question) -> bool:
    """Whether `by` may accept an answer, close and reopen: the asker, a manager, an admin."""
    return by.pk == question.asked_by_id or can(by, Perm.ASSIGN)


@transaction.atomic
def accept(*, answer: Answer, by: Membership, now: datetime) -> Question:
    """The asker takes this answer; the question is settled. Done already: nothing changes."""
    question = _lock(answer.question, by)
    _demand_settle(by, question)
    row = Answer.objects.select_for_update().get(pk=answer.pk)
    if row.accepted_at is not None:
        return question
    _move(question, Action.ACCEPT, now, has_answers=True)
    question.save(update_fields=["state", "closed_at"])
    row.accepted_at = now
    row.save(update_fields=["accepted_at"])
    _record(question, by, "question.accepted", question.title, answer=row.pk)
    return question


@transaction.atomic
def close(*, question: Question, by: Membership, now: datetime) -> Question:
    """It needs no answer any more. Done already: nothing changes."""
    question = _lock(question, by)
    _demand_settle(by, question)
    if question.state != State.CLOSED:
        _move(question, Action.CLOSE, now, has_answers=False)
        question.save(update_fields=["state", "closed_at"])
        _record(question, by, "question.closed", question.title)
    return question


@transaction.atomic
def reopen(*, question: Question, by: Membership, now: datetime) -> Question:
    """Ask again: no answer is accepted any more. Done already: nothing changes.

    If nothing was answered, whoever is asked has the usual time anew.
    """
    question = _lock(question, by)
    _demand_settle(by, question)
    if question.state in queries.OPEN:
        return question
    given = Answer.objects.filter(organization=question.organization, question=question)
    _move(question, Action.REOPEN, now, has_answers=given.exists())
    given.filter(accepted_at__isnull=False).update(accepted_at=None)
    question.answer_by = _time_anew(question, now)
    question.save(update_fields=["state", "closed_at", "answer_by"])
    _record(question, by, "question.reopened", question.title)
    return ownership.release_if_gone(question)


@transaction.atomic
def take(*, question: Question, by: Membership, now: datetime) -> Question:
    """`by` answers for it where nobody does. `Refused` if someone was faster."""
    return _with_time(ownership.claim(row=question, by=by), now)


@transaction.atomic
def ask_another(*, question: Question, to: Membership, by: Membership, now: datetime) -> Question:
    """The asker, a manager or the champion asks someone else instead."""
    if to.pk == question.asked_by_id:
        raise Refused(_("%(name)s asked this. Choose someone else.") % {"name": to})
    return _with_time(ownership.assign(row=question, to=to, by=by), now)


def _with_time(question: Question, now: datetime) -> Question:
    """Nobody is late the moment they are asked."""
    question.answer_by = _time_anew(question, now)
    question.save(update_fields=["answer_by"])
    return question


def _time_anew(question: Question, now: datetime) -> datetime:
    calendar = calendar_of(question.organization)
    return max(question.answer_by, add_working_hours(now, TIME_FOR_ANOTHER, calendar))


def _lock(question: Question, by: Membership) -> Question:
    """The question as it is now, locked; `NotAllowed` for who may not see it."""
    row = (
        Question.objects.select_for_update(of=("self",))
        .select_related("organization", "owner__user", "plan", "asked_by__user")
        .get(pk=question.pk)
    )
    sees = row.plan is None or plan_queries.may_see(by, row.plan)
    if by.organization_id != row.organization_id or not sees:
        raise NotAllowed(_("You cannot see this question."))
    return row


def _demand_settle(by: Membership, question: Question) -> None:
    if not may_settle(by, question):
        raise NotAllowed(_("Only who asked, or a manager, can settle a question."))


def _move(question: Question, action: Action, now: datetime, *, has_answers: bool) -> None:
    """By the one transition table; `Refused` where it does not have the step."""
    if not allowed(question.state, action):
        raise Refused(
            _("This question is %(state)s, so that is not possible now.")
            % {"state": question.get_state_display().lower()}
        )
    question.state = after(question.state, action, has_answers=has_answers)
    is_over = question.state in (State.ACCEPTED, State.CLOSED)
    question.closed_at = now if is_over else None


# The playbook -------------------------------------------------------------------------------------
@transaction.atomic
def create_entry(
    *,
    organization: Organization,
    by: Membership,
    fields: EntryFields,
    now: datetime,
    source: Question | None = None,
) -> PlaybookEntry:
    """Publish to the playbook, which everyone here reads; also from a question that was answered.

    `Refused` where a confidential plan is named.
    """
    if not can_here(by, Perm.PLAYBOOK_PUBLISH, organization):
        raise NotAllowed(_("Experts, managers and administrators publish to the playbook."))
    if source is not None:
        source = _lock(source, by)
        if not allowed(source.state, Action.PUBLISH):
            raise Refused(_("Only a question that was answered can be published."))
    _refuse_secrets(by, fields, source)
    entry = PlaybookEntry.objects.create(
        organization=organization,
        title=fields.title,
        body=fields.body,
        topics=fields.topics,
        language=_language(),
        source_question=source,
        author=by,
        created_at=now,
        updated_at=now,
    )
    _keep(entry, by, now)
    _record_entry(entry, by, "playbook.published", question=source.pk if source else None)
    return entry


@transaction.atomic
def edit_entry(
    *, entry: PlaybookEntry, by: Membership, version: int, fields: EntryFields, now: datetime
) -> PlaybookEntry:
    """Change an entry; how it read before stays in its history.

    `Stale` (with what is there now) if it is no longer at `version`.
    """
    row = _lock_entry(entry, by)
    current = entry_fields(row)
    if row.version != version:
        raise stale(row, row.organization, current)
    changed = changed_fields(current.words(), fields.words())
    if not changed:
        return row
    _refuse_secrets(by, fields, row.source_question)
    row.title, row.body, row.topics = fields.title, fields.body, fields.topics
    row.version += 1
    row.updated_at = now
    row.save(update_fields=["title", "body", "topics", "version", "updated_at"])
    _keep(row, by, now)
    _record_entry(row, by, "playbook.edited", fields=changed, version=row.version)
    return row


@transaction.atomic
def archive_entry(*, entry: PlaybookEntry, by: Membership, now: datetime) -> PlaybookEntry:
    """Put it away: nobody finds it any more. Done already: nothing changes."""
    row = _lock_entry(entry, by)
    if row.archived_at is None:
        row.archived_at = now
        row.save(update_fields=["archived_at"])
        _record_entry(row, by, "playbook.archived")
    return row


@transaction.atomic
def restore_entry(*, entry: PlaybookEntry, by: Membership) -> PlaybookEntry:
    """Take it out of the archive. Done already: nothing changes."""
    row = _lock_entry(entry, by)
    if row.archived_at is not None:
        row.archived_at = None
        row.save(update_fields=["archived_at"])
        _record_entry(row, by, "playbook.restored")
    return row


@transaction.atomic
def give_shipped(organization: Organization, founder: Membership | None = None) -> None:
    """The shipped entries, of those the organization does not have yet; for a new organization."""
    have = set(
        PlaybookEntry.objects.filter(organization=organization).values_list(
            "shipped_key", flat=True
        )
    )
    rows = PlaybookEntry.objects.bulk_create(
        PlaybookEntry(
            organization=organization,
            title=shipped.title,
            body=shipped.body,
            topics=shipped.topics,
            shipped_key=shipped.key,
            created_at=organization.created_at,
            updated_at=organization.created_at,
        )
        for shipped in shipped_entries()
        if shipped.key not in have
    )
    PlaybookVersion.objects.bulk_create(_version(row, None, row.created_at) for row in rows)


def _lock_entry(entry: PlaybookEntry, by: Membership) -> PlaybookEntry:
    row = (
        PlaybookEntry.objects.select_for_update(of=("self",))
        .select_related("organization", "source_question__plan")
        .defer("search", "vocabulary")
        .get(pk=entry.pk)
    )
    if not can(by, Perm.PLAYBOOK_PUBLISH, row):
        raise NotAllowed(_("Experts, managers and administrators edit the playbook."))
    return row


def _refuse_secrets(by: Membership, fields: EntryFields, source: Question | None) -> None:
    """No name of a confidential plan reaches those who may not know of it (rule 6)."""
    names = set(queries.confidential_names(by.organization, by))
    if source is not None and source.plan is not None and source.plan.is_confidential:
        names.add(source.plan.name)
    found = names_in(" ".join(fields.words().values()), sorted(names))
    if found:
        raise Refused(
            _(
                "“%(name)s” is a confidential plan, and everyone here reads the playbook. "
                "Take the name out first."
            )
            % {"name": found[0]}
        )


def _language() -> str:
    """In which language the words of this entry are stemmed."""
    english = (get_language() or "en").startswith("en")
    return PlaybookEntry.Language.ENGLISH if english else PlaybookEntry.Language.OTHER


def _version(entry: PlaybookEntry, by: Membership | None, at: datetime) -> PlaybookVersion:
    return PlaybookVersion(
        organization=entry.organization,
        entry=entry,
        number=entry.version,
        title=entry.title,
        body=entry.body,
        topics=entry.topics,
        by=by,
        at=at,
    )


def _keep(entry: PlaybookEntry, by: Membership, at: datetime) -> None:
    """How the entry reads now, for its history."""
    _version(entry, by, at).save(force_insert=True)


def _record(question: Question, by: Membership, verb: str, text: str, **facts: Any) -> None:
    record(
        organization=question.organization,
        actor=by,
        verb=verb,
        subject=question,
        plan_id=question.plan_id,
        text=text,
        **facts,
    )


def _record_entry(entry: PlaybookEntry, by: Membership, verb: str, **facts: Any) -> None:
    record(
        organization=entry.organization,
        actor=by,
        verb=verb,
        subject=entry,
        text=entry.title,
        **facts,
    )
