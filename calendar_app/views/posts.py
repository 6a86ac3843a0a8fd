"""Pages of one post: adding, words, time, cancelling."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from calendar_app import fields, queries, services, story_page
from calendar_app.filters import whole_number
from calendar_app.forms import MoveForm, OnePostForm, PostEditForm
from calendar_app.models import Placement
from calendar_app.views.shared import asked_why, attempt, carry
from people.errors import Refused
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from plancraft.lib.dates import parse_day


def _story(request: MemberRequest, item_id: int) -> HttpResponse:
    return redirect("story", request.organization.slug, item_id)


@member_view(Perm.STORY_EDIT)
def post_new(request: MemberRequest, item_id: int) -> HttpResponse:
    """One more post of a story."""
    item = queries.get_story(request.organization, request.membership, item_id)
    kept: dict[str, Any] = {
        "organization": request.organization,
        "channels": list(queries.open_channels(request.organization)),
    }
    form = OnePostForm(
        initial={
            "channel": whole_number(request.GET.get("channel", "")),
            "day": parse_day(request.GET.get("date", "")),
            "clock": story_page.USUAL_TIME,
        },
        **kept,
    )
    status = 200
    if request.method == "POST":
        form, status = OnePostForm(request.POST, **kept), 422
        if form.is_valid():
            new = form.new_post()
            assert new is not None  # the form demands a channel
            post, status = attempt(
                form, lambda: services.add_post(item=item, post=new, by=request.membership)
            )
            if post is not None:
                if over := story_page.past_words([post.scheduled_at], timezone.now()):
                    messages.warning(request, over)
                return _story(request, item.pk)
    context = {"form": form, "item": item, "title": _("Add a post"), "button": _("Add the post")}
    return render(request, "calendar_app/post_form.html", context, status=status)


@member_view(Perm.STORY_EDIT)
def post_edit(request: MemberRequest, post_id: int) -> HttpResponse:
    """Channel and words of a post; who saves second is shown what differs."""
    post = queries.get_post(request.organization, request.membership, post_id)
    channels = list(queries.open_channels(request.organization))
    if post.channel not in channels:
        channels.append(post.channel)
    if request.method != "POST":
        form = PostEditForm(initial=PostEditForm.initial_of(post), channels=channels)
        return _edit_page(request, post, form)
    form = PostEditForm(request.POST, channels=channels)
    if not form.is_valid():
        return _edit_page(request, post, form, status=422)
    saved, status = attempt(
        form,
        lambda: services.edit_post(
            post=post,
            by=request.membership,
            version=form.cleaned_data["version"] or 0,
            seen=form.cleaned_data["seen"],
            changes=form.changes(),
        ),
    )
    return (
        _edit_page(request, post, form, status) if saved is None else _story(request, post.item_id)
    )


def _edit_page(
    request: MemberRequest, post: Placement, form: PostEditForm, status: int = 200
) -> HttpResponse:
    crossed = getattr(form, "crossed", None)
    if crossed is not None:
        post = queries.get_post(request.organization, request.membership, post.pk)
        carry(form, version=post.item.version, seen=fields.post_fingerprint(post))
    context = {
        "form": form,
        "item": post.item,
        "title": _("Words for %(channel)s") % {"channel": post.channel.name},
        "button": _("Save"),
        "story_copy": post.item.copy,
        "crossed": crossed,
        "page_url": reverse("story", args=[request.organization.slug, post.item_id]),
    }
    return render(request, "calendar_app/post_form.html", context, status=status)


@member_view(Perm.POST_MOVE)
def post_move(request: MemberRequest, post_id: int) -> HttpResponse:
    """Another day or time, a first one, or none yet. Approvals stay."""
    post = queries.get_post(request.organization, request.membership, post_id)
    form = MoveForm(initial=MoveForm.initial_of(post))
    status = 200
    if request.method == "POST":
        form, status = MoveForm(request.POST), 422
        if form.is_valid():
            to = form.instant(post.channel.zone(request.organization), post.scheduled_at)
            seen = form.cleaned_data["seen"]
            moved, status = attempt(
                form,
                lambda: services.move_post(post=post, to=to, by=request.membership, seen=seen),
            )
            if moved is not None:
                messages.success(request, story_page.moved_words(moved, timezone.now()))
                return _story(request, post.item_id)
    if not can(request.membership, Perm.POST_MOVE, post):
        raise PermissionDenied
    return _move_page(request, post, form, status)


def _move_page(
    request: MemberRequest, post: Placement, form: MoveForm, status: int
) -> HttpResponse:
    crossed = getattr(form, "crossed", None)
    if crossed is not None:
        post = queries.get_post(request.organization, request.membership, post.pk)
        carry(form, seen=fields.when_seen(post))
    context = {
        **story_page.move_context(post, form),
        "crossed": crossed,
        "page_url": reverse("story", args=[request.organization.slug, post.item_id]),
    }
    return render(request, "calendar_app/post_move.html", context, status=status)


@member_view(Perm.POST_MOVE)
def post_cancel(request: MemberRequest, post_id: int) -> HttpResponse:
    """Asks first, then takes one post out of the calendar."""
    post = queries.get_post(request.organization, request.membership, post_id)
    form, status = asked_why(
        request,
        lambda why: services.cancel_post(post=post, by=request.membership, reason=why),
    )
    if status == HTTPStatus.FOUND:
        return _story(request, post.item_id)
    if not can(request.membership, Perm.POST_MOVE, post):
        raise PermissionDenied
    context = story_page.cancel_post_context(post, form)
    return render(request, "components/confirm_page.html", context, status=status)


@require_POST
@member_view(Perm.POST_MOVE)
def post_restore(request: MemberRequest, post_id: int) -> HttpResponse:
    """Brings a cancelled post back."""
    post = queries.get_post(request.organization, request.membership, post_id)
    if not can(request.membership, Perm.POST_MOVE, post):
        raise PermissionDenied
    try:
        services.restore_post(post=post, by=request.membership)
    except Refused as error:
        messages.error(request, str(error))
    return _story(request, post.item_id)
