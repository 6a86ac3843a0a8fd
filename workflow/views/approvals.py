"""Who says yes: submit, decide, withdraw, release, and the queue of what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.errors import NotAllowed, Refused, Stale
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from people.views.shared import found
from people.working_calendar import calendar_of
from workflow import filters as narrowing
from workflow import queries, registry, reviews
from workflow.clock import Clock, clock
from workflow.forms import ReasonForm, TicketForm
from workflow.models import Review, Subject
from workflow.queries import Waiting
from workflow.registry import Fields, SubjectFacts, kind_of
from workflow.views._shared import back, demand, next_url


@dataclass(frozen=True)
class QueueRow:
    """A review that waits, with what the approver decides on."""

    waiting: Waiting
    clock: Clock
    is_mine: bool
    fields: Fields
    changes: Sequence[queries.FieldChange]
    key: Any


@require_safe
@member_view(Perm.READ)
def approvals(request: MemberRequest) -> HttpResponse:
    """What waits for me, then for others, late ones first; the address narrows it."""
    me, organization, now = request.membership, request.organization, timezone.now()
    waiting, places = queries.queue(organization, me), registry.places(organization, me)
    known = narrowing.Known(places, me.pk, frozenset(m.pk for m in waiting.members))
    filters, ignored = narrowing.read(request.GET, known, narrowing.QUEUE_NAMES)
    rows = queue(request, [row for row in waiting.rows if filters.lets_wait(row, now)], now)
    page = reverse("approvals", args=[organization.slug])
    context = {
        "mine": [row for row in rows if row.is_mine],
        "others": [row for row in rows if not row.is_mine],
        "late": sum(row.waiting.is_late(now) for row in rows),
        "total": len(rows),
        "waiting": len(waiting.rows),
        "notices": ignored if waiting.rows else [],
        "filters": narrowing.queue_bar(filters, places, waiting.rows, waiting.members, me.pk),
        "narrowed": len(filters.given),
        "clear_url": page if filters.any else "",
        "may_change": can(me, Perm.WORKFLOW_EDIT),
    }
    return render(request, "workflow/approvals.html", context)


def queue(request: MemberRequest, waiting: Sequence[Waiting], now: datetime) -> list[QueueRow]:
    """These reviews as rows of the page, with what the approver decides on; constant queries."""
    me, organization = request.membership, request.organization
    calendar = calendar_of(organization)
    keys = queries.new_keys(len(waiting))
    read = queries.read_together(organization, waiting)
    return [
        QueueRow(
            waiting=row,
            clock=clock(row.review.opened_at, row.due_at, now, calendar),
            is_mine=row.waits_for(me),
            fields=content,
            changes=changed,
            key=key,
        )
        for row, key, (content, changed) in zip(waiting, keys, read, strict=True)
    ]


@require_POST
@member_view(Perm.SUBMIT)
def review_submit(request: MemberRequest, subject_id: int) -> HttpResponse:
    """Submit exactly what the page showed."""
    subject = _subject(request, subject_id)
    ticket = TicketForm(request.POST).ticket()
    if ticket is None:
        return _refused(request, subject, Refused(_("Open the page again, then submit.")))
    try:
        review = reviews.submit(
            subject=subject,
            by=request.membership,
            expected_hash=ticket[0],
            key=ticket[1],
            now=timezone.now(),
        )
    except Refused as refusal:
        return _refused(request, subject, refusal)
    number = review.revision.number
    messages.success(request, _("Submitted as revision %(number)s.") % {"number": number})
    return back(request, _url(subject))


@require_POST
@member_view(Perm.SUBMIT)
def review_release(request: MemberRequest, subject_id: int) -> HttpResponse:
    """Release exactly what the page showed, where no approval is needed."""
    subject = _subject(request, subject_id)
    ticket = TicketForm(request.POST).ticket()
    if ticket is None:
        return _refused(request, subject, Refused(_("Open the page again, then release it.")))
    try:
        reviews.release(subject=subject, by=request.membership, expected_hash=ticket[0])
    except Refused as refusal:
        return _refused(request, subject, refusal)
    messages.success(request, _("Released. The record says that nobody else approved it."))
    return back(request, _url(subject))


@require_POST
@member_view(Perm.DECIDE)
def review_decide(request: MemberRequest, review_id: int) -> HttpResponse:
    """Approve, request changes or reject (`decision`), with a comment for the latter two."""
    review = _review(request, review_id)
    ticket = TicketForm(request.POST).ticket()
    if ticket is None:
        return _refused(request, review.subject, Refused(_("Open the page again, then decide.")))
    try:
        decision = reviews.decide(
            review=review,
            by=request.membership,
            choice=request.POST.get("decision", ""),
            expected_hash=ticket[0],
            key=ticket[1],
            comment=request.POST.get("comment", "")[:5000],
        )
    except Refused as refusal:
        return _refused(request, review.subject, refusal, review)
    if request.htmx:
        context = {"decision": decision, "review": review, "title": _title(review.subject)}
        return render(request, "workflow/_decided_row.html", context)
    said = {
        "approve": _("Approved: %(title)s"),
        "changes": _("Changes requested: %(title)s"),
        "reject": _("Rejected: %(title)s"),
    }
    messages.success(request, said[decision.choice] % {"title": _title(review.subject)})
    return back(request, _url(review.subject))


@require_POST
@member_view(Perm.SUBMIT)
def review_withdraw(request: MemberRequest, review_id: int) -> HttpResponse:
    """Take the submission back."""
    review = _review(request, review_id)
    try:
        reviews.withdraw_submission(review=review, by=request.membership)
    except Refused as refusal:
        return _refused(request, review.subject, refusal)
    messages.info(request, _("Taken back. It is a draft again."))
    return back(request, _url(review.subject))


@require_http_methods(["GET", "POST"])
@member_view(Perm.WITHDRAW_APPROVAL)
def approval_withdraw(request: MemberRequest, approval_id: int) -> HttpResponse:
    """Withdraw an approval with a reason; after publication it is recorded as a recall."""
    approval = found(queries.get_approval(request.organization, approval_id))
    subject, facts = approval.subject, _facts(request, approval.subject)
    demand(can(request.membership, Perm.WITHDRAW_APPROVAL, approval))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            gone = reviews.withdraw_approval(
                approval=approval, by=request.membership, reason=form.cleaned_data["reason"]
            )
        except Refused as refusal:
            return _refused(request, subject, refusal)
        said = _("Recorded as a recall.") if gone.is_recall else _("The approval is withdrawn.")
        messages.info(request, said)
        return back(request, facts.url)
    context = {
        "form": form,
        "approval": approval,
        "title": facts.title,
        "cancel_url": next_url(request, facts.url),
    }
    status = 422 if form.is_bound else 200
    return render(request, "workflow/approval_withdraw.html", context, status=status)


@require_safe
@member_view(Perm.READ)
def revision(request: MemberRequest, revision_id: int) -> HttpResponse:
    """A revision exactly as it was, and what reads otherwise now."""
    shown = found(queries.get_revision(request.organization, revision_id))
    kind, thing = kind_of(shown.subject), _thing(request, shown.subject)
    then, now = kind.fields(request.organization, [shown.snapshot, kind.snapshot(thing)])
    facts = kind.facts(thing)
    context = {
        "revision": shown,
        "fields": then,
        "changes": queries.field_changes(then, now),
        "decisions": list(queries.decisions_on(shown)),
        "title": facts.title,
        "thing_url": facts.url,
    }
    return render(request, "workflow/revision.html", context)


def _subject(request: MemberRequest, subject_id: int) -> Subject:
    return _seen(request, found(queries.get_subject(request.organization, subject_id)))


def _review(request: MemberRequest, review_id: int) -> Review:
    review = found(queries.get_review(request.organization, review_id))
    _seen(request, review.subject)
    return review


def _seen(request: MemberRequest, subject: Subject) -> Subject:
    """404 for what the member may not know of, and for what was removed (an undone import)."""
    _thing(request, subject)
    return subject


def _thing(request: MemberRequest, subject: Subject) -> Any:
    kind = kind_of(subject)
    try:
        thing = kind.load(subject)
    except ObjectDoesNotExist as gone:
        raise Http404 from gone
    if not kind.visible(request.membership, thing):
        raise Http404
    return thing


def _facts(request: MemberRequest, subject: Subject) -> SubjectFacts:
    return kind_of(subject).facts(_thing(request, subject))


def _title(subject: Subject) -> str:
    return kind_of(subject).facts(queries.thing_of(subject)).title


def _url(subject: Subject) -> str:
    return kind_of(subject).facts(queries.thing_of(subject)).url


def _refused(
    request: MemberRequest, subject: Subject, refusal: Refused, review: Review | None = None
) -> HttpResponse:
    """The sentence, what differs, and what was typed; nothing was recorded.

    Without the right it is a 403.
    """
    if isinstance(refusal, NotAllowed):
        raise PermissionDenied(str(refusal)) from refusal
    changed: Sequence[queries.FieldChange] = ()
    if isinstance(refusal, Stale) and review is not None and refusal.current is not None:
        changed = queries.changes(
            request.organization, subject.kind, review.revision.snapshot, refusal.current
        )
    context = {
        "sentence": str(refusal),
        "changes": changed,
        "comment": request.POST.get("comment", ""),
        "title": _title(subject),
        "thing_url": _url(subject),
    }
    return render(request, "workflow/refused.html", context, status=409)
