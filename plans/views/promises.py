"""Pages of promises: make, change, end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from people.errors import Stale
from people.http import MemberRequest, member_view
from people.permissions import Perm
from people.views.shared import now_and_today
from plancraft.lib.dates import Period
from plans import queries, services
from plans.forms import EndPromiseForm, PromiseForm, promise_initial
from plans.models import Commitment, Plan
from plans.records import PROMISE_LABELS, terms_in_words, terms_of
from plans.rows import promise_row
from plans.rules import Terms, doubts
from plans.services.promises import seen_of
from plans.views import _shared
from plans.views._shared import Attempt, opened, page, tried
from plans.views.plans import editable_plan
from plans.wording import doubt_words, promise_words


def _back(request: MemberRequest, plan: Plan) -> HttpResponse:
    return redirect(reverse("plan", args=[request.organization.slug, plan.pk]) + "#promises")


def _asks(form: PromiseForm, plan: Plan, others: Sequence[Commitment]) -> list[str]:
    """What may be odd about the promise, unless the person has seen just that and went on."""
    terms = form.record()
    if form.cleaned_data["understood"] == seen_of(terms):
        return []
    period = Period(plan.starts_on, plan.ends_on)
    found = doubts(terms, period, [terms_of(other) for other in others])
    return [doubt_words(doubt, terms) for doubt in found]


def _show(
    request: MemberRequest, attempt: Attempt, plan: Plan, asks: Sequence[str] = (), **context: Any
) -> HttpResponse:
    organization, membership = request.organization, request.membership
    elsewhere = [p for p in queries.promises_on(organization, membership) if p.plan_id != plan.pk]
    return page(
        request,
        "plans/promise_form.html",
        attempt,
        plan=plan,
        asks=asks,
        elsewhere=[promise_row(promise) for promise in elsewhere],
        **context,
    )


def _ask_first(attempt: Attempt, terms: Terms) -> None:
    """The form is shown again with what may be odd; sending it once more keeps it as typed."""
    attempt.form.carry(understood=seen_of(terms))
    attempt.status = 422


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PLAN_EDIT)
def promise_new(request: MemberRequest, plan_id: int) -> HttpResponse:
    """Promise posts on a channel."""
    organization = request.organization
    plan = editable_plan(request, plan_id)
    form = PromiseForm(
        request.POST if request.method == "POST" else None,
        channels=list(queries.channels(organization)),
        initial={"channel": request.GET.get("channel", "")},
    )
    attempt = opened(form)
    asks: list[str] = []
    if form.is_bound and form.is_valid():
        terms, channel = form.record(), form.cleaned_data["channel"]
        own = [p for p in queries.promises(organization, plan) if p.channel_id == channel.pk]
        asks = _asks(form, plan, own)
        if asks:
            _ask_first(attempt, terms)
        elif tried(
            attempt,
            lambda: services.make_promise(
                plan=plan, by=request.membership, channel=channel, terms=terms
            ),
        ):
            said = _("Promised on %(channel)s: %(promise)s.")
            words = {"channel": channel.name, "promise": promise_words(terms)}
            messages.success(request, said % words)
            return _back(request, plan)
    return _show(request, attempt, plan, asks)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PLAN_EDIT)
def promise_edit(request: MemberRequest, plan_id: int, promise_id: int) -> HttpResponse:
    """Change a promise, from today on or from its beginning."""
    organization = request.organization
    plan = editable_plan(request, plan_id)
    promise = queries.get_promise(organization, plan, promise_id)
    today = now_and_today(organization)[1]
    before = terms_of(promise)
    effective = before.effective(Period(plan.starts_on, plan.ends_on))
    form = PromiseForm(
        request.POST if request.method == "POST" else None,
        asks_from_when=effective is not None and effective.start < today <= effective.end,
        initial=promise_initial(before, seen_of(before)),
    )
    attempt = opened(form)
    asks: list[str] = []
    if form.is_bound and form.is_valid():
        own = [
            p
            for p in queries.promises(organization, plan)
            if p.channel_id == promise.channel_id and p.pk != promise.pk
        ]
        # Someone who sees what is there now decides anew, so an edit that crossed is told first.
        if form.cleaned_data["seen"] == seen_of(before):
            asks = _asks(form, plan, own)
        if asks:
            _ask_first(attempt, form.record())
        elif _changed(request, attempt, form, promise):
            messages.success(request, _("The promise is changed."))
            return _back(request, plan)
    return _show(request, attempt, plan, asks, promise=promise, row=promise_row(promise, today))


def _changed(
    request: MemberRequest, attempt: Attempt, form: PromiseForm, promise: Commitment
) -> bool:
    """Whether the change was saved; else the attempt says why not."""
    terms = form.record()
    from_today = form.cleaned_data.get("applies") == "today"
    try:
        saved = tried(
            attempt,
            lambda: services.change_promise(
                promise=promise,
                by=request.membership,
                seen=form.cleaned_data["seen"],
                terms=terms,
                from_day=now_and_today(request.organization)[1] if from_today else None,
            ),
        )
    except Stale as error:
        current, typed = terms_in_words(error.current), terms_in_words(terms)
        seen = seen_of(error.current)
        _shared.crossed(attempt, error, PROMISE_LABELS, current=current, typed=typed, seen=seen)
        return False
    return saved is not None


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PLAN_EDIT)
def promise_end(request: MemberRequest, plan_id: int, promise_id: int) -> HttpResponse:
    """Let a promise end; what was promised until then stays measured."""
    plan = editable_plan(request, plan_id)
    promise = queries.get_promise(request.organization, plan, promise_id)
    today = now_and_today(request.organization)[1]
    form = EndPromiseForm(
        request.POST if request.method == "POST" else None, initial={"last_day": today}
    )
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        last_day = form.cleaned_data["last_day"]
        tried(
            attempt,
            lambda: services.end_promise(promise=promise, by=request.membership, last_day=last_day),
        )
        if attempt.status == 200:
            return _back(request, plan)
    row = promise_row(promise, today)
    return page(request, "plans/promise_end.html", attempt, plan=plan, promise=promise, row=row)
