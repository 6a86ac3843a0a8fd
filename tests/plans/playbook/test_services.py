"""What one can do with questions, answers and entries; success and refusal side by side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from people.errors import NotAllowed, Refused, Stale
from people.models import Activity
from plans.models import PlanReader, PlaybookEntry, PlaybookVersion, Question
from plans.models.playbook import Answer
from plans.playbook import queries, services
from plans.playbook.about import about, context_of
from plans.playbook.queries import Wanted
from plans.playbook.records import EntryFields
from tests import factories
from tests.plans.playbook.conftest import MONDAY, ask, publish
from workflow import ownership
from workflow.queries import responsible_for, unowned

TUESDAY = MONDAY + timedelta(days=1)


def answered(cast: Any, question: Question, by: Any = None, body: str = "Yes, quietly.") -> Answer:
    return services.answer(question=question, by=by or cast.expert, body=body, now=MONDAY)


# Asking -------------------------------------------------------------------------------------------
def test_the_one_asked_answers_for_it_within_working_hours(cast: Any, question: Any) -> None:
    assert (question.owner, question.unowned_since) == (cast.expert, None)
    assert question.answer_by == datetime(2027, 3, 9, 12, tzinfo=UTC)  # a working day later
    over_weekend = ask(cast, now=datetime(2027, 3, 12, 16, tzinfo=UTC), hours=2)
    assert over_weekend.answer_by == datetime(2027, 3, 15, 10, tzinfo=UTC)


def test_asked_of_nobody_it_is_unowned_and_listed(cast: Any) -> None:
    question = ask(cast, asked=None)
    assert question.is_unowned and question.unowned_since == MONDAY
    (row,) = unowned(cast.organization, cast.viewer)
    assert (row.pk, row.title) == (question.pk, question.title)
    assert responsible_for(question) == [cast.manager]


def test_who_cannot_ask_or_be_asked(cast: Any) -> None:
    for by in (cast.expert, cast.viewer, cast.outsider):
        with pytest.raises(NotAllowed):
            ask(cast, by=by, asked=cast.manager)
    for asked in (cast.viewer, cast.deactivated, cast.outsider):
        with pytest.raises(Refused, match="cannot be asked"):
            ask(cast, asked=asked)
    with pytest.raises(Refused, match="other than yourself"):
        ask(cast, asked=cast.member)
    assert not Question.objects.exists()


def test_a_confidential_plan_is_asked_about_among_its_readers(cast: Any, secret: Any) -> None:
    with pytest.raises(Refused, match="Add them to its readers"):
        ask(cast, about=secret)
    with pytest.raises(NotAllowed):
        ask(cast, by=cast.colleague, about=secret, asked=None)
    PlanReader.objects.create(organization=cast.organization, plan=secret.plan, member=cast.expert)
    question = ask(cast, about=secret)
    for member in (cast.member, cast.expert):
        assert question in queries.visible_questions(cast.organization, member)
    for member in (cast.admin, cast.manager, cast.colleague, cast.outsider):
        assert question not in queries.visible_questions(cast.organization, member)
    with pytest.raises(NotAllowed):
        services.close(question=question, by=cast.manager, now=MONDAY)


def test_what_it_is_about_is_frozen_with_it(cast: Any) -> None:
    plan = factories.make_plan(cast.organization, name="Spring", owner=cast.colleague)
    story = factories.make_story(plan, title="Open day", owner=cast.member, copy="Come.")
    factories.make_template(cast.organization)
    review = factories.make_review(story, by=cast.member)
    found = about(cast.member, {"review": str(review.pk)}, MONDAY)
    assert (found.plan, found.subject, found.title) == (plan, story.subject, "Open day")
    assert found.snapshot.startswith("In review. Revision 1, submitted Mon 1 March.")
    question = ask(cast, about=found)
    type(story).objects.filter(pk=story.pk).update(title="Closed day")
    question = queries.get_question(cast.organization, cast.viewer, question.pk)
    lines = [(str(line.label), line.title) for line in context_of(cast.viewer, question)]
    assert lines == [("Story", "Closed day"), ("Approval", "Revision 1"), ("Plan", "Spring")]
    assert question.snapshot == found.snapshot


# Answering ----------------------------------------------------------------------------------------
def test_an_expert_answers_and_the_asker_takes_it(cast: Any, question: Any) -> None:
    answer = answered(cast, question)
    question.refresh_from_db()
    assert question.state == "answered"
    with pytest.raises(NotAllowed):
        services.accept(answer=answer, by=cast.colleague, now=TUESDAY)
    settled = services.accept(answer=answer, by=cast.member, now=TUESDAY)
    assert (settled.state, settled.closed_at) == ("accepted", TUESDAY)
    services.accept(answer=answer, by=cast.member, now=TUESDAY)
    assert Activity.objects.filter(verb="question.accepted").count() == 1


def test_a_viewer_does_not_answer(cast: Any, question: Any) -> None:
    for by in (cast.viewer, cast.outsider):
        with pytest.raises(NotAllowed):
            answered(cast, question, by)
    assert not Answer.objects.exists()


def test_whoever_answers_what_no_one_answers_has_taken_it(cast: Any) -> None:
    question = ask(cast, asked=None)
    answered(cast, question)
    question.refresh_from_db()
    assert (question.owner, question.unowned_since) == (cast.expert, None)
    assert Activity.objects.filter(verb="ownership.claimed", subject_id=question.pk).exists()


def test_only_one_answer_can_be_accepted(cast: Any, question: Any) -> None:
    first, second = answered(cast, question), answered(cast, question, cast.colleague)
    services.accept(answer=first, by=cast.member, now=MONDAY)
    with pytest.raises(Refused):
        services.accept(answer=second, by=cast.member, now=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(pk=second.pk).update(accepted_at=MONDAY)


def test_an_answer_changes_until_it_is_accepted_and_its_words_are_kept(
    cast: Any, question: Any
) -> None:
    answer = answered(cast, question)

    def edit(by: Any, version: int, body: str) -> Answer:
        return services.edit_answer(answer=answer, by=by, version=version, body=body, now=TUESDAY)

    with pytest.raises(NotAllowed):
        edit(cast.manager, 1, "Something else.")
    assert (edit(cast.expert, 1, "No.").version, edit(cast.expert, 2, "No.").version) == (2, 2)
    kept = Activity.objects.get(verb="answer.edited")
    assert kept.text.text == "Yes, quietly."
    with pytest.raises(Stale) as caught:
        edit(cast.expert, 1, "Perhaps.")
    assert caught.value.current == "No."
    services.accept(answer=answer, by=cast.member, now=TUESDAY)
    with pytest.raises(Refused, match="settled"):
        edit(cast.expert, 2, "Perhaps.")


def test_closing_and_asking_again(cast: Any, question: Any) -> None:
    services.close(question=question, by=cast.member, now=MONDAY)
    with pytest.raises(Refused, match="closed"):
        answered(cast, question)
    with pytest.raises(NotAllowed):
        services.reopen(question=question, by=cast.colleague, now=TUESDAY)
    again = services.reopen(question=question, by=cast.manager, now=TUESDAY)
    assert (again.state, again.closed_at) == ("asked", None)
    assert again.answer_by == TUESDAY + timedelta(days=1)  # eight working hours anew
    answer = answered(cast, question)
    services.accept(answer=answer, by=cast.member, now=MONDAY)
    assert services.reopen(question=question, by=cast.member, now=MONDAY).state == "answered"
    answer.refresh_from_db()
    assert answer.accepted_at is None


def test_someone_else_is_asked_with_time_of_their_own(cast: Any, question: Any) -> None:
    with pytest.raises(NotAllowed):
        services.ask_another(question=question, to=cast.manager, by=cast.colleague, now=TUESDAY)
    with pytest.raises(Refused, match="asked this"):
        services.ask_another(question=question, to=cast.member, by=cast.member, now=TUESDAY)
    late = TUESDAY + timedelta(days=2)
    moved = services.ask_another(question=question, to=cast.colleague, by=cast.member, now=late)
    assert moved.owner == cast.colleague and moved.answer_by > late
    with pytest.raises(Refused):
        services.ask_another(question=question, to=cast.viewer, by=cast.member, now=late)


def test_an_expert_takes_what_no_one_answers_and_a_viewer_cannot(cast: Any) -> None:
    question = ask(cast, asked=None)
    with pytest.raises(Refused):
        services.take(question=question, by=cast.viewer, now=MONDAY)
    assert services.take(question=question, by=cast.expert, now=MONDAY).owner == cast.expert
    with pytest.raises(Refused, match="a moment ago"):
        services.take(question=question, by=cast.manager, now=MONDAY)


def test_what_a_leaver_was_asked_is_unowned_unless_it_was_answered(
    cast: Any, question: Any
) -> None:
    done = ask(cast, title="Done already")
    answered(cast, done)
    assert ownership.vacate_everything_of(cast.expert, "left", cast.admin) == 1
    for row in (question, done):
        row.refresh_from_db()
    assert question.is_unowned and done.owner == cast.expert


def test_waiting_answers_are_those_that_nobody_gave(cast: Any, question: Any, secret: Any) -> None:
    nobody = ask(cast, asked=None, hours=1)
    hidden = ask(cast, about=secret, asked=None, hours=40)
    answered(cast, ask(cast, title="Answered"))
    assert list(queries.waiting_answers(cast.organization)) == [nobody, question, hidden]
    assert not queries.waiting_answers(cast.other_organization).exists()


def test_the_list_narrows_and_puts_the_urgent_first(cast: Any, question: Any) -> None:
    soon = ask(cast, by=cast.colleague, hours=1)
    done = ask(cast, title="Done")
    answered(cast, done)

    def listed(viewer: Any, now: datetime = MONDAY, **wanted: Any) -> list[Question]:
        rows = queries.question_rows(cast.organization, viewer, Wanted(**wanted), now)
        return list(rows)

    assert listed(cast.viewer) == [soon, question, done]
    assert listed(cast.member, show="mine") == [question, done]
    assert listed(cast.expert, show="asked") == [soon, question, done]
    assert listed(cast.viewer, state="answered") == [done]
    assert listed(cast.viewer, MONDAY + timedelta(hours=2), late=True) == [soon]
    assert listed(cast.outsider) == []
    counts = queries.question_counts(cast.organization, cast.expert)
    assert counts == {"mine": 0, "asked": 3, "all": 3, "waiting": 2}


# The playbook -------------------------------------------------------------------------------------
def test_an_answer_is_published_and_found(cast: Any, question: Any) -> None:
    with pytest.raises(Refused, match="answered"):
        publish(cast, "Too early", source=question)
    answered(cast, question)
    entry = publish(cast, "The quiet period", "Nothing on trading.", "compliance", source=question)
    assert queries.source_of(entry, cast.viewer) == question
    assert queries.entries_from(question) == [entry]
    (version,) = queries.versions(entry)
    assert (version.number, version.title, version.by) == (1, "The quiet period", cast.manager)


def test_members_and_viewers_publish_nothing(cast: Any) -> None:
    for by in (cast.member, cast.viewer, cast.outsider):
        with pytest.raises(NotAllowed):
            publish(cast, "Mine", by=by)
    assert publish(cast, "Advice", by=cast.expert).author == cast.expert


def test_the_name_of_a_confidential_plan_is_refused(cast: Any, secret: Any) -> None:
    PlanReader.objects.create(organization=cast.organization, plan=secret.plan, member=cast.manager)
    question = ask(cast, about=secret, asked=cast.manager)
    answered(cast, question, cast.manager)
    with pytest.raises(Refused, match="confidential plan"):
        publish(cast, "About PROJECT HARBOR", source=question)
    with pytest.raises(Refused, match="confidential plan"):
        publish(cast, "Openings", "As in project harbor’s case.", source=question)
    entry = publish(cast, "Openings", "Ask early.", source=question)
    assert queries.source_of(entry, cast.viewer) is None
    with pytest.raises(Refused, match="confidential plan"):
        services.edit_entry(
            entry=entry,
            by=cast.manager,
            version=1,
            fields=EntryFields("Openings", "See Project Harbor.", ""),
            now=MONDAY,
        )
    assert PlaybookEntry.objects.count() == PlaybookVersion.objects.count() == 1


def test_an_edit_keeps_what_was_there_and_crossing_edits_are_told(cast: Any) -> None:
    entry = publish(cast, "Embargo", "One instant.")

    def edit(body: str, version: int, by: Any = cast.expert) -> PlaybookEntry:
        fields = EntryFields("Embargo", body, "media")
        return services.edit_entry(entry=entry, by=by, version=version, fields=fields, now=TUESDAY)

    assert (edit("Two.", 1).version, edit("Two.", 2).version) == (2, 2)
    with pytest.raises(Stale) as caught:
        edit("Three.", 1, cast.manager)
    assert caught.value.current == EntryFields("Embargo", "Two.", "media")
    assert [(v.number, v.body) for v in queries.versions(entry)] == [
        (2, "Two."),
        (1, "One instant."),
    ]
    with pytest.raises(NotAllowed):
        edit("Mine.", 2, cast.member)


def test_the_archive_holds_and_gives_back(cast: Any) -> None:
    entry = publish(cast, "Embargo")
    for _again in range(2):
        services.archive_entry(entry=entry, by=cast.expert, now=TUESDAY)
    assert not queries.entries(cast.organization).exists()
    assert list(queries.entries(cast.organization, archived=True)) == [entry]
    for _again in range(2):
        services.restore_entry(entry=entry, by=cast.expert)
    assert list(queries.entries(cast.organization)) == [entry]
    verbs = Activity.objects.filter(verb__startswith="playbook.").order_by("pk")
    assert [a.verb for a in verbs] == [
        "playbook.published",
        "playbook.archived",
        "playbook.restored",
    ]
    with pytest.raises(NotAllowed):
        services.archive_entry(entry=entry, by=cast.member, now=TUESDAY)


def test_a_version_cannot_be_rewritten(cast: Any) -> None:
    publish(cast, "Embargo")
    for statement in (
        "UPDATE plans_playbookversion SET body = ''",
        "DELETE FROM plans_playbookversion",
    ):
        with pytest.raises(Exception, match=r"permission denied"), transaction.atomic():
            connection.cursor().execute(statement)
