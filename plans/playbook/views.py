"""Pages of questions: list, ask, read, answer, take, settle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.errors import NotAllowed, Refused, Stale
from people.http import MemberRequest, member_view
from people.models import Membership
from people.permissions import Perm, can
from plans.models import Question
from plans.playbook import markup, queries, services
from plans.playbook.about import about, context_of
from plans.playbook.forms import AnotherForm, AnswerForm, AskForm
from plans.playbook.queries import Wanted
from plans.playbook.rows import answer_rows, question_may, question_row
from plans.playbook.search import search
from plans.views._shared import Attempt, crossed, opened, page, tried

PER_PAGE = 30
SUGGESTED = 4
SHOWS = ("all", "mine", "asked")
ANSWER_LABELS = {"body": gettext_lazy("Answer")}


def back(request: MemberRequest, question: Question, place: str = "") -> HttpResponse:
    """To the question's page."""
    return redirect(reverse("question", args=[request.organization.slug, question.pk]) + place)


@require_safe
@member_view(Perm.READ)
def question_list(request: MemberRequest) -> HttpResponse:
    """Questions: all, those one asked, those one is asked; the most urgent first."""
    organization, me = request.organization, request.membership
    now = timezone.now()
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWS else "all"
    state = request.GET.get("state", "")
    state = state if state in (*Question.State.values, "late") else ""
    wanted = Wanted(shown, "" if state == "late" else state, state == "late")
    rows = queries.question_rows(organization, me, wanted, now)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "plans/playbook/questions.html",
        rows=[question_row(question, now) for question in found],
        found=found,
        shown=shown,
        state=state,
        counts=queries.question_counts(organization, me),
        filters=[_state_filter(state)],
        may_ask=can(me, Perm.ASK),
    )


def _state_filter(state: str) -> dict[str, Any]:
    choices = [("late", _("Late")), *Question.State.choices]
    return {"name": "state", "label": _("Every state"), "choices": choices, "value": state}


# Asking -------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.ASK)
def question_new(request: MemberRequest) -> HttpResponse:
    """Ask; with `look`, nothing is asked yet: what the playbook says stands beside the form."""
    organization, me, now = request.organization, request.membership, timezone.now()
    subject = about(me, request.GET, now)
    asked = _others(request)
    looks = request.method == "POST" and "look" in request.POST
    typed = f"{request.POST.get('title', '')} {request.POST.get('body', '')}".strip()[:600]
    found = search(organization, typed, SUGGESTED) if typed else None
    if looks and request.htmx:
        context = {"suggested": found, "looked": True}
        return render(request, "plans/playbook/_suggestions.html", context)
    if looks:
        attempt = opened(AskForm(asked=asked, initial=request.POST.dict()))
    else:
        attempt = opened(AskForm(request.POST if request.method == "POST" else None, asked=asked))
    form: Any = attempt.form
    if form.is_bound and form.is_valid():
        question = tried(
            attempt,
            lambda: services.ask(
                organization=organization,
                by=me,
                fields=form.record(organization),
                about=subject,
                now=now,
            ),
        )
        if question is not None:
            messages.success(request, _asked_words(question))
            return back(request, question)
    return page(
        request,
        "plans/playbook/question_form.html",
        attempt,
        about=subject,
        suggested=found,
        looked=looks,
    )


def _others(request: MemberRequest) -> list[Membership]:
    """Who may be asked: everyone who answers but the person who asks."""
    answerers = queries.answerers(request.organization)
    return [member for member in answerers if member.pk != request.membership.pk]


def _asked_words(question: Question) -> str:
    if question.owner is None:
        return _("Asked. No one answers this yet; whoever knows can take it.")
    return _("Asked. %(name)s is asked to answer.") % {"name": question.owner.name}


# One question -------------------------------------------------------------------------------------
def _question(request: MemberRequest, question_id: int) -> Question:
    return queries.get_question(request.organization, request.membership, question_id)


@require_safe
@member_view(Perm.READ)
def question_page(request: MemberRequest, question_id: int) -> HttpResponse:
    """The question with what it is about, its answers, and what one may do."""
    return _show(request, _question(request, question_id), Attempt(AnswerForm()))


def _show(
    request: MemberRequest, question: Question, attempt: Attempt, problem: str = ""
) -> HttpResponse:
    me = request.membership
    answers = queries.answers(question)
    may = question_may(question, me)
    others = _asked_instead(request, question) if may.ask_another else []
    response = page(
        request,
        "plans/playbook/question.html",
        attempt,
        question=question,
        body_html=markup.render(question.body),
        row=question_row(question, timezone.now()),
        answers=answer_rows(question, answers, me),
        lines=context_of(me, question),
        may=may,
        other_form=AnotherForm(asked=others) if others else None,
        published=queries.entries_from(question),
        problem=problem,
    )
    if problem:
        response.status_code = 409
    return response


def _asked_instead(request: MemberRequest, question: Question) -> list[Membership]:
    not_these = {question.asked_by_id, question.owner_id}
    return [m for m in queries.answerers(request.organization) if m.pk not in not_these]


def act(request: MemberRequest, question: Question, what: Callable[[], object]) -> HttpResponse:
    """Do it and go back to the question; a refusal stands above it."""
    try:
        what()
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except Refused as error:
        return _show(request, _question(request, question.pk), Attempt(AnswerForm()), str(error))
    return back(request, question)


@require_POST
@member_view(Perm.ANSWER)
def question_answer(request: MemberRequest, question_id: int) -> HttpResponse:
    """Answer it; an empty answer loses nothing."""
    question = _question(request, question_id)
    attempt = opened(AnswerForm(request.POST))
    if attempt.form.is_valid():
        given = tried(
            attempt,
            lambda: services.answer(
                question=question,
                by=request.membership,
                body=attempt.form.cleaned_data["body"],
                now=timezone.now(),
            ),
        )
        if given is not None:
            return back(request, question, f"#answer-{given.pk}")
    return _show(request, question, attempt)


@require_POST
@member_view(Perm.ANSWER)
def question_take(request: MemberRequest, question_id: int) -> HttpResponse:
    """I'll take it: experts too."""
    question = _question(request, question_id)
    return act(
        request,
        question,
        lambda: services.take(question=question, by=request.membership, now=timezone.now()),
    )


@require_POST
@member_view(Perm.ASSIGN)
def question_another(request: MemberRequest, question_id: int) -> HttpResponse:
    """Ask someone else instead."""
    question = _question(request, question_id)
    if not can(request.membership, Perm.ASSIGN, question):
        raise PermissionDenied
    form = AnotherForm(request.POST, asked=_asked_instead(request, question))
    if not form.is_valid():
        return _show(request, question, Attempt(AnswerForm()), _("Choose whom to ask."))
    return act(
        request,
        question,
        lambda: services.ask_another(
            question=question,
            to=form.cleaned_data["asked"],
            by=request.membership,
            now=timezone.now(),
        ),
    )


@require_POST
@member_view(Perm.ASK)
def question_state(request: MemberRequest, question_id: int) -> HttpResponse:
    """Close it (`to=closed`), or open it again."""
    question = _question(request, question_id)
    step = services.close if request.POST.get("to") == "closed" else services.reopen
    return act(
        request,
        question,
        lambda: step(question=question, by=request.membership, now=timezone.now()),
    )


# One answer ---------------------------------------------------------------------------------------
@require_POST
@member_view(Perm.ASK)
def answer_accept(request: MemberRequest, question_id: int, answer_id: int) -> HttpResponse:
    """This answers it."""
    question = _question(request, question_id)
    answer = queries.get_answer(question, answer_id)
    return act(
        request,
        question,
        lambda: services.accept(answer=answer, by=request.membership, now=timezone.now()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.ANSWER)
def answer_edit(request: MemberRequest, question_id: int, answer_id: int) -> HttpResponse:
    """Its author changes the words, until it is accepted."""
    question = _question(request, question_id)
    answer = queries.get_answer(question, answer_id)
    if answer.author_id != request.membership.pk:
        raise PermissionDenied
    first = {"body": answer.body, "version": answer.version}
    data = request.POST if request.method == "POST" else None
    attempt = opened(AnswerForm(data, initial=first))
    form = attempt.form
    if form.is_bound and form.is_valid():
        body, version = form.cleaned_data["body"], form.cleaned_data["version"] or 0
        try:
            saved = tried(
                attempt,
                lambda: services.edit_answer(
                    answer=answer,
                    by=request.membership,
                    version=version,
                    body=body,
                    now=timezone.now(),
                ),
            )
        except Stale as error:
            now = {"body": str(error.current)}
            latest = queries.get_answer(question, answer_id).version
            crossed(
                attempt, error, ANSWER_LABELS, current=now, typed={"body": body}, version=latest
            )
        else:
            if saved is not None:
                return back(request, question, f"#answer-{answer.pk}")
    return page(request, "plans/playbook/answer_form.html", attempt, question=question)
