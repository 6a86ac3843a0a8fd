"""Pages of the playbook: search, read, write, publish from a question, history, archive."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.errors import NotAllowed, Refused, Stale
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from plans.models import PlaybookEntry, Question
from plans.playbook import markup, queries, services
from plans.playbook.forms import EntryForm, entry_initial
from plans.playbook.records import ENTRY_LABELS, EntryFields, entry_fields
from plans.playbook.rows import draft_of, entry_row, version_rows
from plans.playbook.rules import Action, allowed
from plans.playbook.search import search
from plans.views._shared import Attempt, crossed, opened, page, tried

PER_PAGE = 30
TOPICS = 14


def _back(request: MemberRequest, entry: PlaybookEntry) -> HttpResponse:
    return redirect("playbook-entry", request.organization.slug, entry.pk)


@require_safe
@member_view(Perm.READ)
def playbook(request: MemberRequest) -> HttpResponse:
    """The playbook: search it, or read it by topic."""
    organization, me = request.organization, request.membership
    asked = request.GET.get("q", "").strip()
    found = search(organization, asked) if asked else None
    topics = queries.topics(organization)
    topic = request.GET.get("topic", "")
    topic = topic if topic in {name for name, _count in topics} else ""
    archived = request.GET.get("show") == "archived"
    rows = None
    if found is None:
        kept = queries.entries(organization, archived=archived)
        listed = [e for e in kept if topic in e.topic_list] if topic else kept
        rows = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "plans/playbook/playbook.html",
        q=asked,
        found=found,
        topics=[pair for n, pair in enumerate(topics) if n < TOPICS or pair[0] == topic],
        topic=topic,
        archived=archived,
        pages=rows,
        rows=[entry_row(entry) for entry in rows] if rows is not None else [],
        may_publish=can(me, Perm.PLAYBOOK_PUBLISH),
        may_ask=can(me, Perm.ASK),
    )


@require_safe
@member_view(Perm.READ)
def entry_page(request: MemberRequest, entry_id: int) -> HttpResponse:
    """One entry."""
    return _show(request, queries.get_entry(request.organization, entry_id))


def _show(request: MemberRequest, entry: PlaybookEntry, problem: str = "") -> HttpResponse:
    response = page(
        request,
        "plans/playbook/entry.html",
        entry=entry,
        html=markup.render(entry.body),
        source=queries.source_of(entry, request.membership),
        may_edit=can(request.membership, Perm.PLAYBOOK_PUBLISH),
        may_ask=can(request.membership, Perm.ASK),
        problem=problem,
    )
    if problem:
        response.status_code = 409
    return response


@require_safe
@member_view(Perm.READ)
def entry_history(request: MemberRequest, entry_id: int) -> HttpResponse:
    """How the entry came to read as it does."""
    entry = queries.get_entry(request.organization, entry_id)
    rows = version_rows(queries.versions(entry))
    return page(request, "plans/playbook/history.html", entry=entry, rows=rows)


# Writing ------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PLAYBOOK_PUBLISH)
def entry_new(request: MemberRequest) -> HttpResponse:
    """Write an entry of one's own."""
    return _publish(request, None, EntryFields("", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PLAYBOOK_PUBLISH)
def question_publish(request: MemberRequest, question_id: int) -> HttpResponse:
    """Publish what was answered: first as a draft that one edits, with a warning of names."""
    question = queries.get_question(request.organization, request.membership, question_id)
    if not allowed(question.state, Action.PUBLISH):
        messages.warning(request, _("Only a question that was answered can be published."))
        return redirect("question", request.organization.slug, question.pk)
    return _publish(request, question, draft_of(question, queries.answers(question)))


def _publish(request: MemberRequest, source: Question | None, draft: EntryFields) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = EntryForm(data, initial=dict(draft.words()))
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        entry = tried(
            attempt,
            lambda: services.create_entry(
                organization=request.organization,
                by=request.membership,
                fields=form.record(),
                source=source,
                now=timezone.now(),
            ),
        )
        if entry is not None:
            messages.success(request, _("Published. Everyone here finds it from now on."))
            return _back(request, entry)
    return page(request, "plans/playbook/entry_form.html", attempt, source=source)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PLAYBOOK_PUBLISH)
def entry_edit(request: MemberRequest, entry_id: int) -> HttpResponse:
    """Change an entry; two who edit at once are told (409), and lose nothing."""
    entry = queries.get_entry(request.organization, entry_id)
    data = request.POST if request.method == "POST" else None
    form = EntryForm(data, initial=entry_initial(entry_fields(entry), entry.version))
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        saved = _try_edit(request, entry, attempt, form)
        if saved is not None:
            return _back(request, saved)
    return page(request, "plans/playbook/entry_form.html", attempt, entry=entry)


def _try_edit(
    request: MemberRequest, entry: PlaybookEntry, attempt: Attempt, form: EntryForm
) -> PlaybookEntry | None:
    fields, version = form.record(), form.cleaned_data["version"] or 0
    try:
        return tried(
            attempt,
            lambda: services.edit_entry(
                entry=entry,
                by=request.membership,
                version=version,
                fields=fields,
                now=timezone.now(),
            ),
        )
    except Stale as error:
        latest = queries.get_entry(request.organization, entry.pk).version
        words = error.current.words()
        typed = fields.words()
        crossed(attempt, error, ENTRY_LABELS, current=words, typed=typed, version=latest)
        return None


@require_POST
@member_view(Perm.PLAYBOOK_PUBLISH)
def entry_archive(request: MemberRequest, entry_id: int) -> HttpResponse:
    """Put it away."""
    entry = queries.get_entry(request.organization, entry_id)
    by, now = request.membership, timezone.now()
    return _act(request, entry, lambda: services.archive_entry(entry=entry, by=by, now=now))


@require_POST
@member_view(Perm.PLAYBOOK_PUBLISH)
def entry_restore(request: MemberRequest, entry_id: int) -> HttpResponse:
    """Take it out of the archive."""
    entry = queries.get_entry(request.organization, entry_id)
    by = request.membership
    return _act(request, entry, lambda: services.restore_entry(entry=entry, by=by))


def _act(request: MemberRequest, entry: PlaybookEntry, what: Callable[[], object]) -> HttpResponse:
    try:
        what()
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except Refused as error:
        return _show(request, entry, str(error))
    return _back(request, entry)
