"""The pages of questions and of the playbook, through the browser's eyes."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from plans.models import PlaybookEntry, Question
from plans.models.playbook import Answer
from plans.playbook import services
from tests import factories
from tests.plans.playbook.conftest import ask, publish

EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def at(name: str, **kwargs: Any) -> str:
    return reverse(name, kwargs={"organization": "northlake", **kwargs})


def text(answer: Any) -> str:
    words = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return html.unescape(re.sub(r"\s+", " ", words))


@pytest.fixture
def asked(cast: Any) -> Question:
    return ask(cast, now=timezone.now())


@pytest.fixture
def answer(cast: Any, asked: Question) -> Answer:
    body = "Yes.\n\n- quietly\n- [how](https://a.example/)"
    return services.answer(question=asked, by=cast.expert, body=body, now=timezone.now())


# Asking -------------------------------------------------------------------------------------------
def test_a_question_is_asked_from_a_plan(cast: Any, client_of: Any) -> None:
    plan = factories.make_plan(cast.organization, name="Spring", owner=cast.colleague)
    client = client_of(cast.member)
    link = at("question-new") + f"?plan={plan.pk}"
    assert f'href="{link}"' in client.get(at("plan", plan_id=plan.pk)).content.decode()
    page = client.get(link)
    assert "About: Spring" in text(page)
    # The expert is chosen already; experts stand apart from colleagues.
    assert f'<option value="{cast.expert.pk}" selected' in page.content.decode()
    data = {"title": "How often?", "body": "", "asked": cast.expert.pk, "time": "d2"}
    assert client.post(link, data).status_code == 302
    question = Question.objects.get()
    assert (question.plan, question.asked_by, question.owner) == (plan, cast.member, cast.expert)
    assert question.snapshot.endswith("Champion: Cole Colleague.")
    assert "Champion: Cole Colleague." in text(client.get(at("question", question_id=question.pk)))


def test_a_story_and_its_approval_lead_to_asking(cast: Any, client_of: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.colleague)
    story = factories.make_story(plan, owner=cast.member, copy="Come.")
    factories.make_template(cast.organization)
    review = factories.make_review(story, by=cast.member)
    page = client_of(cast.member).get(at("story", item_id=story.pk)).content.decode()
    assert f"/questions/new/?subject={story.subject_id}" in page
    assert f"/questions/new/?review={review.pk}" in page
    seen = client_of(cast.viewer).get(at("story", item_id=story.pk)).content.decode()
    assert "/questions/new/" not in seen


def test_what_is_hidden_cannot_be_asked_about(cast: Any, client_of: Any, secret: Any) -> None:
    story = factories.make_story(secret.plan, owner=cast.member)
    theirs = factories.make_plan(cast.other_organization)
    client = client_of(cast.colleague)
    for query in (
        f"plan={secret.plan.pk}",
        f"subject={story.subject_id}",
        f"plan={theirs.pk}",
        "review=999999",
        "subject=abc",
        f"plan={10**30}",
    ):
        assert client.get(at("question-new") + f"?{query}").status_code == 404
        data = {"title": "What is it?", "time": "d1"}
        assert client.post(at("question-new") + f"?{query}", data).status_code == 404
    assert not Question.objects.exists()


def test_a_question_without_words_loses_nothing(cast: Any, client_of: Any) -> None:
    data = {"title": " ", "body": "I tried it.", "asked": cast.expert.pk, "time": "h4"}
    page = client_of(cast.member).post(at("question-new"), data)
    assert page.status_code == 422
    assert "Ask in one sentence" in text(page)
    assert "I tried it." in page.content.decode()
    data = {"title": "How?", "asked": cast.outsider.pk, "time": "h4"}
    assert client_of(cast.member).post(at("question-new"), data).status_code == 422


def test_the_playbook_is_looked_into_while_one_asks(cast: Any, client_of: Any, shelf: Any) -> None:
    client, url = client_of(cast.member), at("question-new")
    data = {"title": "when does the embrago lift", "body": "Kept?", "time": "d1", "look": "1"}
    fragment = client.post(url, data, headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content
    assert "Working with an <mark>embargo</mark>" in fragment.content.decode()
    assert "“embargo” was looked for instead" in text(fragment)
    # Without JavaScript the whole page answers, and nothing typed is lost or asked.
    page = client.post(url, data)
    assert page.status_code == 200
    assert "Working with an embargo" in text(page).replace(" embargo ", " embargo ")
    assert "Kept?" in page.content.decode()
    assert "invalid-feedback" not in page.content.decode()
    nothing = client.post(url, {**data, "title": "xylophone", "body": ""})
    assert "says nothing about this yet" in text(nothing)
    assert not Question.objects.exists()


# Reading and answering ----------------------------------------------------------------------------
def test_it_is_answered_accepted_and_published(cast: Any, client_of: Any, asked: Question) -> None:
    expert, member = client_of(cast.expert), client_of(cast.member)
    url = at("question", question_id=asked.pk)
    assert "answers by" in text(member.get(url))
    assert (
        expert.post(at("question-answer", question_id=asked.pk), {"body": "Yes."}).status_code
        == 302
    )
    given = Answer.objects.get()
    page = member.get(url).content.decode()
    accept = at("answer-accept", question_id=asked.pk, answer_id=given.pk)
    assert f'action="{accept}"' in page
    assert accept not in client_of(cast.viewer).get(url).content.decode()
    assert client_of(cast.colleague).post(accept).status_code == 403
    assert member.post(accept).status_code == 302
    assert "This answered it" in text(member.get(url))
    publishing = at("question-publish", question_id=asked.pk)
    assert publishing in expert.get(url).content.decode()
    assert publishing not in member.get(url).content.decode()
    draft = expert.get(publishing)
    assert "A branch opens next week." in draft.content.decode()
    data = {"title": "Quiet periods", "body": "Yes.", "topics": "Compliance,  compliance"}
    assert expert.post(publishing, data).status_code == 302
    entry = PlaybookEntry.objects.get()
    assert (entry.topics, entry.source_question) == ("compliance", asked)
    assert "In the playbook" in text(member.get(url))
    read = client_of(cast.viewer).get(at("playbook-entry", entry_id=entry.pk))
    assert "From a question that Maya Member asked" in text(read)


def test_an_empty_answer_and_a_closed_question_say_why(
    cast: Any, client_of: Any, asked: Question
) -> None:
    expert = client_of(cast.expert)
    url = at("question-answer", question_id=asked.pk)
    page = expert.post(url, {"body": " "})
    assert page.status_code == 422 and "Write your answer first" in text(page)
    client_of(cast.member).post(at("question-state", question_id=asked.pk), {"to": "closed"})
    page = expert.post(url, {"body": "Kept words."})
    assert page.status_code == 422
    assert "This question is closed" in text(page)
    assert not Answer.objects.exists()
    assert "Ask again" in text(client_of(cast.member).get(at("question", question_id=asked.pk)))


def test_an_answer_that_crossed_shows_both(cast: Any, client_of: Any, answer: Answer) -> None:
    client = client_of(cast.expert)
    url = at("answer-edit", question_id=answer.question_id, answer_id=answer.pk)
    assert client.get(url).status_code == 200
    assert client.post(url, {"body": "First.", "version": 1}).status_code == 302
    page = client.post(url, {"body": "Second.", "version": 1})
    assert page.status_code == 409
    assert "Second." in page.content.decode() and "First." in page.content.decode()
    assert client.post(url, {"body": "Second.", "version": 2}).status_code == 302
    assert client_of(cast.manager).get(url).status_code == 403


def test_who_was_slower_is_told(cast: Any, client_of: Any) -> None:
    question = ask(cast, asked=None, now=timezone.now())
    url = at("question-take", question_id=question.pk)
    page = client_of(cast.expert).get(at("question", question_id=question.pk))
    assert "No one answers this" in text(page) and url in page.content.decode()
    assert client_of(cast.expert).post(url).status_code == 302
    slower = client_of(cast.manager).post(url)
    assert slower.status_code == 409 and "Emil Expert took it a moment ago." in text(slower)


def test_the_asker_asks_someone_else(cast: Any, client_of: Any, asked: Question) -> None:
    url = at("question-other", question_id=asked.pk)
    assert client_of(cast.colleague).post(url, {"asked": cast.manager.pk}).status_code == 403
    assert client_of(cast.member).post(url, {"asked": cast.outsider.pk}).status_code == 409
    assert client_of(cast.member).post(url, {"asked": cast.manager.pk}).status_code == 302
    asked.refresh_from_db()
    assert asked.owner == cast.manager


def test_late_ones_are_marked_and_can_be_filtered(cast: Any, client_of: Any) -> None:
    ask(cast, title="Old one", now=timezone.now() - timedelta(days=9))
    ask(cast, title="New one", now=timezone.now())
    page = client_of(cast.viewer).get(at("questions"))
    assert "late" in text(page) and "New one" in text(page)
    late = text(client_of(cast.viewer).get(at("questions") + "?state=late"))
    assert "Old one" in late and "New one" not in late
    none = text(client_of(cast.viewer).get(at("questions") + "?show=mine"))
    assert "You asked nothing yet" in none


def test_my_work_shows_what_i_am_asked(cast: Any, client_of: Any, secret: Any) -> None:
    old = timezone.now() - timedelta(days=9)
    ask(cast, title="Old one", now=old)
    page = client_of(cast.expert).get(at("my-work"))
    assert "Asked of you" in text(page) and "Old one" in text(page)
    assert "One question asks for your advice." in text(page)
    assert "Asked of you" not in text(client_of(cast.member).get(at("my-work")))
    ask(cast, title="Zephyr", about=secret, asked=None, now=old)
    for member, seen in ((cast.member, True), (cast.manager, False)):
        assert ("Zephyr" in text(client_of(member).get(at("my-work")))) is seen
        assert ("Zephyr" in text(client_of(member).get(at("unowned")))) is seen


def test_a_question_about_a_hidden_plan_is_a_404(cast: Any, client_of: Any, secret: Any) -> None:
    question = ask(cast, about=secret, asked=None, now=timezone.now())
    url = at("question", question_id=question.pk)
    assert client_of(cast.member).get(url).status_code == 200
    for member in (cast.admin, cast.manager, cast.expert):
        assert client_of(member).get(url).status_code == 404
        assert question.title not in text(client_of(member).get(at("questions")))


# The playbook -------------------------------------------------------------------------------------
def test_search_says_what_it_found_and_why_it_did_not(
    cast: Any, client_of: Any, shelf: Any
) -> None:
    client = client_of(cast.viewer)
    found = client.get(at("playbook"), {"q": "acessibility"})
    assert "“accessibility” was looked for instead" in text(found)
    assert "Alt text" in text(found)
    none = text(client.get(at("playbook"), {"q": "xylophone"}))
    assert "Nothing in the playbook speaks of “xylophone”" in none
    assert "Looked for: xylophone" in none
    assert "only signs" in text(client.get(at("playbook"), {"q": "???"}))
    by_topic = text(client.get(at("playbook"), {"topic": "accessibility"}))
    assert "Alt text" in by_topic and "Launch days" not in by_topic


def test_an_empty_playbook_says_what_comes_next(cast: Any, client_of: Any) -> None:
    assert "The playbook is empty" in text(client_of(cast.viewer).get(at("playbook")))
    archived = client_of(cast.manager).get(at("playbook") + "?show=archived")
    assert "Nothing is archived" in text(archived)


def test_an_entry_is_edited_kept_archived_and_restored(
    cast: Any, client_of: Any, shelf: Any
) -> None:
    client, pk = client_of(cast.expert), shelf["title"].pk
    edit = at("playbook-edit", entry_id=pk)
    data = {"title": "Embargo", "body": "One **instant**.", "topics": "media", "version": 1}
    assert client.post(edit, data).status_code == 302
    crossed = client.post(edit, {**data, "body": "Another."})
    assert crossed.status_code == 409
    assert "One" in crossed.content.decode() and "Another." in crossed.content.decode()
    assert client.post(edit, {**data, "body": " "}).status_code == 422
    many = {**data, "topics": "a,b,c,d,e,f,g", "version": 2}
    assert "6 topics at most" in text(client.post(edit, many))
    entry = client.get(at("playbook-entry", entry_id=pk))
    assert "<strong>instant</strong>" in entry.content.decode()
    history = text(client.get(at("playbook-history", entry_id=pk)))
    assert "Version 2" in history and "The first version." in history
    client.post(at("playbook-archive", entry_id=pk))
    assert "This entry is archived" in text(client.get(at("playbook-entry", entry_id=pk)))
    assert "Embargo" not in text(client.get(at("playbook")))
    client.post(at("playbook-restore", entry_id=pk))
    assert "Embargo" in text(client.get(at("playbook")))


def test_publishing_from_a_confidential_plan_warns_and_refuses_its_name(
    cast: Any, client_of: Any, secret: Any
) -> None:
    type(secret.plan).objects.filter(pk=secret.plan.pk).update(owner=cast.manager)
    secret.plan.refresh_from_db()
    question = ask(cast, by=cast.manager, about=secret, asked=None, now=timezone.now())
    services.answer(question=question, by=cast.manager, body="Wait.", now=timezone.now())
    client, url = client_of(cast.manager), at("question-publish", question_id=question.pk)
    assert "This came from a confidential plan" in text(client.get(url))
    data = {"title": "Openings", "body": "As with Project Harbor: wait.", "topics": ""}
    page = client.post(url, data)
    assert page.status_code == 422
    assert "Take the name out first" in text(page) and "As with Project Harbor" in text(page)
    assert not PlaybookEntry.objects.exists()


def test_nothing_that_people_write_runs(cast: Any, client_of: Any) -> None:
    question = ask(cast, title=f"Evil {EVIL}"[:160], body=EVIL, now=timezone.now())
    services.answer(question=question, by=cast.expert, body=EVIL, now=timezone.now())
    entry = publish(cast, f"Evil {EVIL}"[:160], f"evil {EVIL}", f"{EVIL}"[:200])
    client = client_of(cast.manager)
    pages = [
        at("questions"),
        at("question", question_id=question.pk),
        at("question-publish", question_id=question.pk),
        at("playbook"),
        at("playbook") + "?q=evil",
        at("playbook") + "?q=" + "%3Cscript%3Ealert(1)%3C/script%3E",
        at("playbook-entry", entry_id=entry.pk),
        at("playbook-history", entry_id=entry.pk),
        at("playbook-edit", entry_id=entry.pk),
    ]
    for page in pages:
        content = client.get(page).content.decode()
        assert "<script>alert" not in content and "<img src=x" not in content, page


@pytest.mark.parametrize(
    "path", ["questions", "playbook", "playbook?q=embargo", "question-new", "my-work"]
)
def test_the_lists_cost_the_same_for_one_and_for_many(cast: Any, client_of: Any, path: str) -> None:
    name, _mark, query = path.partition("?")
    client = client_of(cast.manager)

    def cost() -> int:
        with CaptureQueriesContext(connection) as made:
            assert client.get(at(name) + (f"?{query}" if query else "")).status_code == 200
        return len(made)

    def fill(number: int) -> None:
        for _row in range(number):
            ask(cast, by=cast.colleague, asked=cast.manager, now=timezone.now())
            publish(cast, "Working with an embargo")

    fill(1)
    cost()
    one = cost()
    fill(20)
    assert cost() == one
    assert one <= 12
