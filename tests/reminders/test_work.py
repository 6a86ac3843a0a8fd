"""What is told of tasks, key dates, questions and events, over real rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from plans.models import KeyDateAnswer, PlanReader, TaskCandidate
from plans.playbook import services as playbook
from plans.schedule import services as schedule
from plans.schedule.preview import Build, MoveTo
from plans.schedule.queries import preview
from plans.work import services as work
from reminders import delivery, planner, queries, truth
from reminders.models import Message, Obligation, Preference
from reminders.planner import ALWAYS_MAILED
from tests import factories
from tests.plans.playbook.conftest import ask
from tests.support.smtp import Ledger, smtp_server
from workflow import ownership

MONDAY = datetime(2027, 3, 8, 10, tzinfo=UTC)
TODAY = MONDAY.date()
DAY = timedelta(days=1)


@pytest.fixture
def ledger(settings: Any) -> Any:
    with smtp_server(settings) as server:
        yield server


@pytest.fixture
def plan(cast: Any) -> Any:
    return factories.make_plan(
        cast.organization, owner=cast.manager, name="Spring", ends_on=date(2028, 12, 31)
    )


def told() -> set[tuple[str, str]]:
    rows = Obligation.objects.select_related("recipient__user")
    return {(row.rule, row.recipient.user.name.split()[0]) for row in rows}


def run(cast: Any, now: datetime) -> set[tuple[str, str]]:
    """What a pass at `now` adds."""
    before = set(Obligation.objects.values_list("pk", flat=True))
    planner.plan(cast.organization, now)
    rows = Obligation.objects.exclude(pk__in=before).select_related("recipient__user")
    return {(row.rule, row.recipient.user.name.split()[0]) for row in rows}


def mail_to(member: Any) -> Message:
    return Message.objects.filter(recipient=member).latest("pk")


# Tasks -------------------------------------------------------------------------------------------
def test_the_owner_of_a_task_is_told_before_and_after_its_day(cast: Any, plan: Any) -> None:
    factories.make_task(plan, title="Brief the branches", owner=cast.member, due=TODAY)
    factories.make_task(plan, owner=cast.member, due=TODAY, state="done")
    factories.make_task(plan, owner=cast.colleague, due=TODAY + 30 * DAY)
    assert run(cast, MONDAY) == {("due_soon", "Maya")}
    soon = mail_to(cast.member)
    assert soon.subject == "Due soon: Brief the branches"
    assert "Mon 8 March" in soon.text
    assert "You own this task, and it is not done yet." in soon.text
    assert "Done: http" in soon.text
    assert run(cast, MONDAY + DAY) == {("overdue", "Maya")}
    assert mail_to(cast.member).subject == "Late: Brief the branches"


def test_nobody_can_switch_off_that_their_task_is_overdue(cast: Any, plan: Any) -> None:
    everything = [rule for rule, _label in Obligation._meta.get_field("rule").choices]
    Preference.objects.create(
        organization=cast.organization, member=cast.member, in_app_only=everything
    )
    factories.make_task(plan, owner=cast.member, due=TODAY)
    factories.make_task(plan, owner=cast.member, due=TODAY - 3 * DAY)
    assert run(cast, MONDAY) == {("overdue", "Maya")}


def test_a_task_that_was_done_meanwhile_is_not_mailed(cast: Any, plan: Any, ledger: Ledger) -> None:
    task = factories.make_task(plan, title="Design", owner=cast.member, due=TODAY)
    factories.make_task(plan, title="Print", owner=cast.member, due=TODAY)
    other = factories.make_task(plan, owner=cast.colleague, due=TODAY)
    planner.plan(cast.organization, MONDAY)
    work.finish_task(task=task, by=cast.member, at=MONDAY)
    type(other).objects.filter(pk=other.pk).update(due=TODAY + DAY)
    assert delivery.drain(lambda: MONDAY) == {"sent": 1}
    (mail,) = ledger.mails
    assert mail["Subject"] == "Due soon: Print"
    assert Message.objects.get(recipient=cast.colleague).state == "cancelled"


@pytest.mark.parametrize("kind", ["task", "key_date", "question", "stakeholder"])
def test_what_nobody_owns_climbs_from_fallback_to_managers(cast: Any, plan: Any, kind: str) -> None:
    type(plan).objects.filter(pk=plan.pk).update(owner=cast.colleague)
    plan.refresh_from_db()
    if kind == "task":
        stream = factories.make_stream(plan, owner=cast.member)
        factories.make_task(plan, title="Launch", stream=stream, unowned_since=MONDAY)
    elif kind == "key_date":
        factories.make_key_date(plan, title="Launch", date=TODAY + 90 * DAY, unowned_since=MONDAY)
    elif kind == "stakeholder":
        factories.make_stakeholder(
            cast.organization, name="Launch", plan=plan, unowned_since=MONDAY
        )
    else:
        ask(cast, "Launch", asked=None, now=MONDAY)
    first = {"task": "Maya", "key_date": "Cole", "question": "Ines", "stakeholder": "Cole"}[kind]
    assert run(cast, MONDAY) == {("no_owner", first)}
    assert "No one owns this: Launch" in Message.objects.get().subject
    if kind != "question":  # it has no plan, so nobody but the managers
        assert run(cast, MONDAY + 2 * DAY) == {("no_owner", "Cole")}
    assert run(cast, MONDAY + 8 * DAY) == {("no_owner", "Ines")}


def test_candidates_are_asked_once_then_champion_and_managers_decide(cast: Any, plan: Any) -> None:
    type(plan).objects.filter(pk=plan.pk).update(owner=cast.admin)
    task = factories.make_task(
        plan, title="Film the opening", unowned_since=MONDAY, decide_by=TODAY + DAY
    )
    for member in (cast.member, cast.colleague):
        TaskCandidate.objects.create(organization=cast.organization, task=task, member=member)
    decide = {"decide_by"}
    assert {row for row in run(cast, MONDAY) if row[0] in decide} == {
        ("decide_by", "Maya"),
        ("decide_by", "Cole"),
    }
    asked = mail_to(cast.member)
    assert asked.subject == "Who owns this? Film the opening"
    assert "Decide by Tue 9 March" in asked.text
    assert "I’ll take it" in asked.text
    assert run(cast, MONDAY + DAY) == set()
    assert run(cast, MONDAY + 2 * DAY) == {("decide_by", "Ada")}
    assert "You champion the plan: the decision is yours." in mail_to(cast.admin).text
    assert {row for row in run(cast, MONDAY + 4 * DAY) if row[0] in decide} == {
        ("decide_by", "Ines")
    }


# Key dates ---------------------------------------------------------------------------------------
def test_the_owner_of_a_key_date_hears_of_undone_steps(cast: Any, plan: Any) -> None:
    near = factories.make_key_date(plan, title="Launch", owner=cast.member, date=TODAY + 4 * DAY)
    ready = factories.make_key_date(plan, owner=cast.colleague, date=TODAY + 4 * DAY)
    for n in range(2):
        factories.make_task(plan, key_date=near, owner=cast.expert, due=TODAY + (20 + n) * DAY)
    factories.make_task(plan, key_date=ready, owner=cast.expert, due=TODAY, state="done")
    assert run(cast, MONDAY) == {("key_date_ahead", "Maya")}
    mail = mail_to(cast.member)
    assert mail.subject == "Almost here: Launch"
    assert "2 steps before it are not done yet" in mail.text
    assert "Fri 12 March" in mail.text


@pytest.fixture
def launch(cast: Any, plan: Any) -> Any:
    """A launch built back: three steps, of which Maya owns two and Cole one."""
    now = timezone.now()
    key_date = factories.make_key_date(
        plan, title="Product launch", owner=cast.manager, date=now.date() + 60 * DAY
    )
    version = factories.make_back_schedule(cast.organization)
    apply(cast, key_date, Build(version, key_date.date))
    owners = [cast.member, cast.member, cast.colleague]
    for task, owner in zip(key_date.tasks.order_by("pk"), owners, strict=True):
        type(task).objects.filter(pk=task.pk).update(owner=owner, unowned_since=None)
    return key_date


def apply(cast: Any, key_date: Any, change: Any) -> None:
    today = timezone.now().date()
    token = preview(key_date, change, today).token
    schedule.apply_change(
        key_date=key_date, change=change, by=cast.manager, token=token, today=today
    )


def move(cast: Any, key_date: Any, days: int) -> date:
    key_date.refresh_from_db()
    to: date = key_date.date + days * DAY
    apply(cast, key_date, MoveTo(to))
    return to


def test_each_owner_is_told_once_what_moved(cast: Any, launch: Any) -> None:
    was, to = launch.date, move(cast, launch, 14)
    now = timezone.now()
    assert run(cast, now) == {("schedule_changed", "Maya"), ("schedule_changed", "Cole")}
    mail = mail_to(cast.member)
    assert mail.subject == f"Product launch: moved from {was:%a %-d %B} to {to:%a %-d %B}"
    assert "Your 2 steps moved." in mail.text
    assert mail.text.count(" → ") == 2
    assert "Your step moved." in mail_to(cast.colleague).text
    for hours in (1, 25, 100):
        assert run(cast, now + timedelta(hours=hours)) == set()


def test_who_was_built_for_and_called_off_is_told(cast: Any, launch: Any) -> None:
    now = timezone.now()
    assert run(cast, now) == {("schedule_changed", "Maya"), ("schedule_changed", "Cole")}
    assert "2 steps are yours." in mail_to(cast.member).text
    launch.refresh_from_db()
    schedule.cancel_key_date(key_date=launch, by=cast.manager, at=now)
    assert run(cast, now + DAY) == {("schedule_changed", "Maya"), ("schedule_changed", "Cole")}
    assert mail_to(cast.member).subject == "Product launch: called off"


def test_of_two_moves_only_the_last_is_told_and_what_was_overtaken_is_not_sent(
    cast: Any, launch: Any, ledger: Ledger
) -> None:
    move(cast, launch, 7)
    now = timezone.now()
    planner.plan(cast.organization, now)
    to = move(cast, launch, 7)
    assert delivery.drain(lambda: timezone.now() + DAY) == {}
    assert ledger.mails == []
    assert run(cast, now + DAY) == {("schedule_changed", "Maya"), ("schedule_changed", "Cole")}
    assert f"to {to:%a %-d %B}" in mail_to(cast.member).subject
    later = now + 2 * DAY
    assert delivery.drain(lambda: later) == {"sent": 2}


def test_who_moves_their_own_work_is_not_told(cast: Any, launch: Any) -> None:
    launch.tasks.update(owner=cast.manager)
    move(cast, launch, 7)
    assert run(cast, timezone.now()) == set()


def test_a_task_given_or_moved_by_another_is_told_to_its_owner(cast: Any, plan: Any) -> None:
    far = timezone.now().date() + 60 * DAY
    one = factories.make_task(plan, title="Poster", unowned_since=timezone.now(), due=far)
    two = factories.make_task(plan, title="Flyer", owner=cast.colleague, due=far)
    work.assign_tasks(
        organization=cast.organization, tasks=[one.pk], to=cast.member, by=cast.manager
    )
    work.move_tasks(
        organization=cast.organization, tasks=[two.pk], by=cast.manager, to=far + 7 * DAY
    )
    now = timezone.now()
    assert run(cast, now) == {("assigned", "Maya"), ("schedule_changed", "Cole")}
    assert mail_to(cast.member).subject == "Given to you: Poster"
    assert "Ines Manager gave this to you: you own it now." in mail_to(cast.member).text
    assert mail_to(cast.colleague).subject.startswith("Flyer: moved from")
    assert run(cast, now + DAY) == set()


def test_what_was_given_and_taken_back_is_not_told(cast: Any, plan: Any) -> None:
    task = factories.make_task(plan, owner=cast.colleague)
    ownership.assign(row=task, to=cast.member, by=cast.manager)
    planner.plan(cast.organization, timezone.now())
    (message,) = Message.objects.select_related("recipient__user", "recipient__organization")
    assert truth.make_true([message], timezone.now()) == {message.pk}
    ownership.undo_assign(row=task, by=cast.manager, now=timezone.now())
    assert truth.make_true([message], timezone.now()) == set()


# People asking people ----------------------------------------------------------------------------
def test_who_is_mentioned_is_told_what_was_said(cast: Any, plan: Any) -> None:
    task = factories.make_task(plan, title="Poster", owner=cast.colleague)
    row = work.comment(task=task, by=cast.colleague, text="@Maya Member is the blue right?")
    now = timezone.now()
    assert run(cast, now) == {("mentioned", "Maya")}
    mail = mail_to(cast.member)
    assert mail.subject == "You were mentioned: Poster"
    assert "is the blue right?" in mail.text
    assert f"#comment-{row.pk}" in mail.text
    work.remove_comment(comment=row, by=cast.colleague, at=now)
    message = Message.objects.select_related("recipient__user", "recipient__organization").get()
    assert truth.make_true([message], now) == set()


def test_a_question_is_told_when_asked_when_late_and_when_answered(cast: Any) -> None:
    question = ask(cast, "May we post?", hours=2.0, now=MONDAY)
    assert run(cast, MONDAY) == {("question_asked", "Emil")}
    assert mail_to(cast.expert).subject == "You were asked: May we post?"
    assert "Maya Member hopes for an answer from you." in mail_to(cast.expert).text
    assert run(cast, MONDAY + DAY) == {("overdue", "Emil")}
    assert mail_to(cast.expert).subject == "Your answer is late: May we post?"
    assert run(cast, MONDAY + 2 * DAY) == {("answer_late", "Ines")}
    assert "waits for an answer of Emil Expert’s" in mail_to(cast.manager).text
    now = MONDAY + 3 * DAY
    playbook.answer(question=question, by=cast.expert, body="Not before the results.", now=now)
    assert run(cast, now) == {("question_answered", "Maya")}
    assert mail_to(cast.member).subject == "Answered: May we post?"


def test_who_takes_a_question_is_not_told_that_they_were_asked(cast: Any) -> None:
    now = timezone.now()
    question = ask(cast, asked=None, now=now)
    ownership.claim(row=question, by=cast.expert)
    assert run(cast, timezone.now()) == set()


def test_a_department_that_has_not_answered_is_chased(cast: Any, plan: Any) -> None:
    retail = factories.make_department(cast.organization, name="Retail")
    type(cast.member).objects.filter(pk__in=[cast.member.pk, cast.viewer.pk]).update(
        department=retail
    )
    event = factories.make_key_date(
        plan, title="Open day", owner=cast.manager, date=TODAY + 60 * DAY
    )
    answer = KeyDateAnswer.objects.create(
        organization=cast.organization, key_date=event, department=retail, asked_at=MONDAY
    )
    assert run(cast, MONDAY + DAY) == set()
    assert run(cast, MONDAY + 2 * DAY) == {("event_unanswered", "Maya")}
    mail = mail_to(cast.member)
    assert mail.subject == "Does it concern you? Open day"
    assert "Retail was asked how it stands to this, and has not answered." in mail.text
    assert run(cast, MONDAY + 4 * DAY) == {("event_unanswered", "Ines")}
    KeyDateAnswer.objects.filter(pk=answer.pk).update(answer="informed", answered_at=MONDAY)
    rows = Message.objects.select_related("recipient__user", "recipient__organization")
    assert truth.make_true(list(rows), MONDAY + 4 * DAY) == set()


# Stakeholders ------------------------------------------------------------------------------------
def test_who_owns_a_contact_hears_that_its_rhythm_is_broken(cast: Any) -> None:
    contact = factories.make_stakeholder(
        cast.organization, name="Lena Ruiz", owner=cast.member, held_since=TODAY - 40 * DAY
    )
    factories.make_stakeholder(cast.organization, owner=cast.member, held_since=TODAY)
    assert run(cast, MONDAY) == {("lapsed_stakeholder", "Maya")}
    mail = mail_to(cast.member)
    assert mail.subject == "Speak with them again: Lena Ruiz"
    assert "Nobody has spoken with them since Wed 27 January." in mail.text
    factories.make_touchpoint(contact, cast.member, day=TODAY)
    rows = Message.objects.select_related("recipient__user", "recipient__organization")
    assert truth.make_true(list(rows), MONDAY) == set()
    assert run(cast, MONDAY + 7 * DAY) == set()


# All of it together ------------------------------------------------------------------------------
def make_everything(cast: Any, plan: Any, now: datetime) -> None:
    """One of each kind that a pass at `now` has to tell."""
    today = now.date()
    factories.make_task(plan, owner=cast.member, due=today)
    factories.make_task(plan, owner=cast.member, due=today - 5 * DAY)
    undecided = factories.make_task(plan, unowned_since=now - DAY, decide_by=today + 3 * DAY)
    TaskCandidate.objects.create(
        organization=cast.organization, task=undecided, member=cast.colleague
    )
    key_date = factories.make_key_date(plan, owner=cast.member, date=today + DAY)
    factories.make_task(plan, key_date=key_date, owner=cast.expert)
    task = factories.make_task(plan, owner=cast.colleague)
    work.comment(task=task, by=cast.colleague, text="@Maya Member?")
    ownership.assign(row=task, to=cast.admin, by=cast.manager)
    moved = factories.make_task(plan, owner=cast.colleague, due=today + 50 * DAY)
    work.move_tasks(
        organization=cast.organization, tasks=[moved.pk], by=cast.manager, working_days=3
    )
    ask(cast, "Asked?", now=now)
    ask(cast, "Late?", now=now - 14 * DAY)
    answered = ask(cast, "Answered?", now=now)
    playbook.answer(question=answered, by=cast.expert, body="Yes.", now=now)
    retail = factories.make_department(cast.organization)
    type(cast.viewer).objects.filter(pk=cast.colleague.pk).update(department=retail)
    factories.make_stakeholder(cast.organization, owner=cast.admin, held_since=today - 40 * DAY)
    event = factories.make_key_date(plan, owner=cast.manager, date=today + 60 * DAY)
    KeyDateAnswer.objects.create(
        organization=cast.organization, key_date=event, department=retail, asked_at=now - 5 * DAY
    )


EVERYTHING = {
    "due_soon", "overdue", "decide_by", "key_date_ahead", "mentioned", "assigned",
    "schedule_changed", "question_asked", "question_answered", "event_unanswered", "no_owner",
    "lapsed_stakeholder",
}  # fmt: skip


def test_a_second_pass_writes_nothing_whatever_there_is_to_tell(cast: Any, plan: Any) -> None:
    now = timezone.now()
    make_everything(cast, plan, now)
    later = timezone.now() + timedelta(seconds=1)
    dry = planner.plan(cast.organization, later, dry_run=True)
    first = planner.plan(cast.organization, later)
    assert first.rows == dry.rows
    assert {rule for rule, _name in told()} >= EVERYTHING
    assert planner.plan(cast.organization, later).written == 0
    assert planner.plan(cast.organization, later + timedelta(minutes=1)).written == 0
    assert Message.objects.values("recipient").distinct().count() == Message.objects.count()


def test_what_was_just_written_is_still_true(cast: Any, plan: Any) -> None:
    now = timezone.now()
    make_everything(cast, plan, now)
    later = timezone.now() + timedelta(seconds=1)
    planner.plan(cast.organization, later)
    rows = Obligation.objects.select_related("recipient__user", "recipient__organization")
    verdicts = truth.judge(list(rows), later)
    assert {row.rule for row in rows if not verdicts[row.pk].is_true} == set()


def test_the_queries_stay_as_few_however_much_there_is(cast: Any, plan: Any) -> None:
    def count(what: Any) -> int:
        with CaptureQueriesContext(connection) as found:
            what()
        return len(found)

    def judged() -> Any:
        rows = Obligation.objects.select_related("recipient__user", "recipient__organization")
        duties = list(rows)
        return lambda: truth.judge(duties, later)

    now = timezone.now()
    make_everything(cast, plan, now)
    later = timezone.now() + timedelta(seconds=1)
    planner.plan(cast.organization, later)
    facts, judging = count(lambda: queries.facts(cast.organization, later)), count(judged())
    for _ in range(4):
        make_everything(cast, plan, now)
    later = timezone.now() + timedelta(seconds=2)
    planner.plan(cast.organization, later)
    assert count(lambda: queries.facts(cast.organization, later)) == facts <= 32
    assert count(judged()) == judging


def test_of_a_confidential_plan_only_who_may_see_it_is_told(
    cast: Any, plan: Any, ledger: Ledger
) -> None:
    factories.make_task(plan, title="The merger", owner=cast.member, due=TODAY)
    factories.make_task(plan, title="The merger", owner=cast.colleague, due=TODAY)
    planner.plan(cast.organization, MONDAY)
    type(plan).objects.filter(pk=plan.pk).update(is_confidential=True)
    PlanReader.objects.create(organization=cast.organization, plan=plan, member=cast.member)
    rows = list(Message.objects.all())
    assert queries.confidential(cast.admin, rows) == {row.pk for row in rows}
    assert delivery.drain(lambda: MONDAY) == {"sent": 1}
    assert ledger.mails[0]["To"] == cast.member.user.email
    factories.make_task(plan, owner=cast.colleague, due=TODAY - DAY)
    assert run(cast, MONDAY) == set()


def test_each_kind_can_be_chosen_but_what_is_overdue(cast: Any, client_of: Any) -> None:
    page = client_of(cast.member).get("/o/northlake/reminders/").content.decode()
    for words in ("You were mentioned", "Your dates changed", "You were asked a question"):
        assert words in page
    assert {"overdue", "taken_over"} == ALWAYS_MAILED


def test_a_body_that_says_too_much_is_written_anew(cast: Any, plan: Any) -> None:
    task = factories.make_task(plan, title="Poster", owner=cast.colleague)
    work.comment(task=task, by=cast.colleague, text="@Maya Member see this")
    due = factories.make_task(plan, title="Flyer", owner=cast.member, due=timezone.now().date())
    now = timezone.now()
    planner.plan(cast.organization, now)
    message = Message.objects.select_related(
        "recipient__user", "recipient__organization", "organization"
    ).get()
    assert "Flyer" in message.text
    work.finish_task(task=due, by=cast.member)
    assert truth.make_true([message], now) == {message.pk}
    assert "Flyer" not in message.text
    assert "see this" in message.text
