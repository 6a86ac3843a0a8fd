"""Recording that a post went out, and answering whether it did."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from calendar_app import fields, publishing, queries, story_page
from calendar_app.gap_forms import ConfirmForm, PublishForm, wall_clock
from calendar_app.models import ItemState, Placement
from calendar_app.snapshot import effective_copy
from calendar_app.views.shared import attempt, carry
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from people.views.shared import now_and_today


def _post(request: MemberRequest, post_id: int) -> Placement:
    post = queries.get_post(request.organization, request.membership, post_id)
    if not can(request.membership, Perm.PUBLISH, post):
        raise PermissionDenied
    return post


def _context(request: MemberRequest, post: Placement, form: Any) -> dict[str, Any]:
    zone = post.channel.zone(request.organization)
    at = post.scheduled_at
    return {
        "post": post,
        "item": post.item,
        "form": form,
        "copy": effective_copy(post.item, post),
        "planned": story_page.spoken(at.astimezone(zone)) if at else "",
        "zone": str(zone),
        "is_approved": post.state == ItemState.APPROVED,
        "is_published": post.state == ItemState.PUBLISHED,
        "is_cancelled": post.state == ItemState.CANCELLED,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PUBLISH)
def post_publish(request: MemberRequest, post_id: int) -> HttpResponse:
    """Words and link ready to paste; then when it went out and where it is."""
    post = _post(request, post_id)
    now, _today = now_and_today(request.organization)
    may_bypass = can(request.membership, Perm.BYPASS, post)
    kept: dict[str, Any] = {
        "zone": post.channel.zone(request.organization),
        "bypassing": may_bypass and post.state != ItemState.APPROVED,
    }
    form = PublishForm(initial={"published_at": wall_clock(now, post)}, **kept)
    status = 200
    if request.method == "POST":
        form, status = PublishForm(request.POST, **kept), 422
        if form.is_valid():
            done, status = attempt(form, lambda: _record(request, post, form))
            if done is not None:
                messages.success(request, _("Recorded. It counts as kept."))
                return redirect("story", request.organization.slug, post.item_id)
    context = _context(request, post, form) | {"may_bypass": may_bypass}
    return render(request, "calendar_app/post_publish.html", context, status=status)


def _record(request: MemberRequest, post: Placement, form: PublishForm) -> Any:
    at = form.instant("published_at")
    assert at is not None  # the form demands it
    return publishing.record_publication(
        post=post,
        by=request.membership,
        published_at=at,
        address=form.cleaned_data["address"],
        bypass_reason=form.cleaned_data.get("bypass_reason", ""),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.PUBLISH)
def post_confirm(request: MemberRequest, post_id: int) -> HttpResponse:
    """Did it go out? As planned, at another time, or no and what then."""
    post = _post(request, post_id)
    zone = post.channel.zone(request.organization)
    kept: dict[str, Any] = {"zone": zone, "planned": post.scheduled_at}
    planned = wall_clock(post.scheduled_at, post)
    form = ConfirmForm(initial={"published_at": planned, "seen": fields.when_seen(post)}, **kept)
    status = 200
    if request.method == "POST":
        form, status = ConfirmForm(request.POST, **kept), 422
        if form.is_valid():
            done, status = attempt(form, lambda: _confirm(request, post, form))
            if done is not None:
                messages.success(request, done)
                return redirect("story", request.organization.slug, post.item_id)
    return _confirm_page(request, post, form, status)


def _confirm_page(
    request: MemberRequest, post: Placement, form: ConfirmForm, status: int
) -> HttpResponse:
    crossed = getattr(form, "crossed", None)
    if crossed is not None:
        post = _post(request, post.pk)
        carry(form, seen=fields.when_seen(post))
    context = {
        **_context(request, post, form),
        "crossed": crossed,
        "page_url": reverse("story", args=[request.organization.slug, post.item_id]),
    }
    return render(request, "calendar_app/post_confirm.html", context, status=status)


def _confirm(request: MemberRequest, post: Placement, form: ConfirmForm) -> str:
    """Answers, and says what is known now."""
    fact = publishing.confirm(post=post, by=request.membership, **form.facts())
    if fact is not None:
        return _("Thank you. It is recorded that it went out.")
    return _("Thank you. It is recorded that it did not go out.")
