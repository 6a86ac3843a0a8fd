"""Pages of channels and of the days on which they stay quiet."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people import activity
from people import queries as people
from people.errors import NotAllowed, Stale
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from people.views.shared import now_and_today
from plancraft.lib.changes import fingerprint
from plancraft.lib.dates import local_day
from plans import queries, services
from plans.forms import BlackoutForm, ChannelForm, channel_initial
from plans.models import Channel
from plans.records import CHANNEL_LABELS, channel_fields
from plans.rows import blackout_row, channel_groups, promise_row
from plans.services.channels import may_black_out
from plans.views import _shared
from plans.views._shared import Attempt, opened, page, tried

FEED = 12


@require_safe
@member_view(Perm.READ)
def channel_list(request: MemberRequest) -> HttpResponse:
    """Every channel by department, with its owner; archived ones below."""
    organization, membership = request.organization, request.membership
    rows = list(queries.channel_rows(organization, membership))
    in_use = [channel for channel in rows if channel.archived_at is None]
    return page(
        request,
        "plans/channels.html",
        groups=channel_groups(in_use),
        channel_count=len(in_use),
        archived=[channel for channel in rows if channel.archived_at is not None],
        may_create=can(membership, Perm.CHANNEL_CREATE),
        may_claim=can(membership, Perm.CLAIM),
    )


@require_safe
@member_view(Perm.READ)
def channel_page(request: MemberRequest, channel_id: int) -> HttpResponse:
    """The channel: what is promised on it, by which plan, and its quiet days."""
    organization, membership = request.organization, request.membership
    channel = queries.get_channel(organization, channel_id)
    today = local_day(timezone.now(), ZoneInfo(channel.time_zone or organization.time_zone))
    blackouts = queries.blackouts(organization, channel)
    return page(
        request,
        "plans/channel.html",
        channel=channel,
        zone=channel.time_zone or organization.time_zone,
        promises=[
            promise_row(promise, today)
            for promise in queries.promises_on(organization, membership, [channel.pk])
        ],
        blackouts=[
            blackout_row(
                blackout,
                today,
                may_remove=may_black_out(membership, blackout.channel, organization),
            )
            for blackout in blackouts
            if blackout.ends_on >= today
        ],
        feed=activity.feed(
            people.activity_of(organization, channel._meta.label, channel.pk)[:FEED]
        ),
        may_edit=can(membership, Perm.CHANNEL_EDIT, channel),
        may_archive=can(membership, Perm.CHANNEL_CREATE),
        may_claim=can(membership, Perm.CLAIM, channel),
        may_assign=can(membership, Perm.ASSIGN, channel),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.CHANNEL_CREATE)
def channel_new(request: MemberRequest) -> HttpResponse:
    """Add a channel."""
    organization = request.organization
    form = ChannelForm(
        request.POST if request.method == "POST" else None,
        organization=organization,
        departments=_shared.departments(organization),
        owners=_shared.owners(organization),
    )
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        channel = tried(
            attempt,
            lambda: services.create_channel(
                organization=organization,
                by=request.membership,
                fields=form.record(),
                owner=form.cleaned_data["owner"],
            ),
        )
        if channel is not None:
            return redirect("channel", organization.slug, channel.pk)
    return page(request, "plans/channel_form.html", attempt)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.CHANNEL_EDIT)
def channel_edit(request: MemberRequest, channel_id: int) -> HttpResponse:
    """Change a channel; its owner may too."""
    organization = request.organization
    channel = queries.get_channel(organization, channel_id)
    if not can(request.membership, Perm.CHANNEL_EDIT, channel):
        raise PermissionDenied
    current = channel_fields(channel)
    form = ChannelForm(
        request.POST if request.method == "POST" else None,
        organization=organization,
        departments=_shared.departments(organization),
        initial=channel_initial(current, fingerprint(current.words())),
    )
    attempt = opened(form)
    if form.is_bound and form.is_valid() and _saved(request, attempt, form, channel):
        messages.success(request, _("Saved."))
        return redirect("channel", organization.slug, channel.pk)
    return page(request, "plans/channel_form.html", attempt, channel=channel)


def _saved(request: MemberRequest, attempt: Attempt, form: ChannelForm, channel: Channel) -> bool:
    """Whether the change was saved; else the attempt says why not."""
    fields = form.record()
    try:
        saved = tried(
            attempt,
            lambda: services.edit_channel(
                channel=channel,
                by=request.membership,
                seen=form.cleaned_data["seen"],
                fields=fields,
            ),
        )
    except Stale as error:
        now, typed = error.current.words(), fields.words()
        seen = fingerprint(now)
        _shared.crossed(attempt, error, CHANNEL_LABELS, current=now, typed=typed, seen=seen)
        return False
    return saved is not None


@require_POST
@member_view(Perm.CHANNEL_CREATE)
def channel_archive(request: MemberRequest, channel_id: int) -> HttpResponse:
    """Put a channel away; what is promised on it ends today."""
    organization = request.organization
    channel = queries.get_channel(organization, channel_id)
    now = timezone.now()
    services.archive_channel(
        channel=channel,
        by=request.membership,
        at=now,
        today=local_day(now, ZoneInfo(channel.time_zone or organization.time_zone)),
    )
    messages.success(request, _("The channel is archived. What was planned on it stays visible."))
    return redirect("channel", organization.slug, channel.pk)


@require_POST
@member_view(Perm.CHANNEL_CREATE)
def channel_restore(request: MemberRequest, channel_id: int) -> HttpResponse:
    """Use a channel again."""
    channel = queries.get_channel(request.organization, channel_id)
    services.restore_channel(channel=channel, by=request.membership, at=timezone.now())
    messages.success(request, _("The channel is in use again. Nothing is promised on it yet."))
    return redirect("channel", request.organization.slug, channel.pk)


# Quiet days --------------------------------------------------------------------------------------
def _blackout_form(request: MemberRequest) -> BlackoutForm:
    """The form with the channels for which this member may ask for quiet days."""
    membership = request.membership
    everywhere = can(membership, Perm.CHANNEL_CREATE)
    organization = request.organization
    channels = [
        channel
        for channel in queries.channels(organization)
        if may_black_out(membership, channel, organization)
    ]
    data = request.POST if request.method == "POST" else None
    return BlackoutForm(data, channels=channels, everywhere=everywhere)


def _show_blackouts(request: MemberRequest, attempt: Attempt) -> HttpResponse:
    organization, membership = request.organization, request.membership
    today = now_and_today(organization)[1]
    rows = [
        blackout_row(
            blackout, today, may_remove=may_black_out(membership, blackout.channel, organization)
        )
        for blackout in queries.blackouts(organization)
    ]
    form = attempt.form
    return page(
        request,
        "plans/blackouts.html",
        attempt,
        rows=[row for row in rows if not row.is_past],
        past=[row for row in rows if row.is_past],
        may_add=bool(form.fields["channel"].choices),  # type: ignore[attr-defined]
    )


@require_safe
@member_view(Perm.READ)
def blackout_list(request: MemberRequest) -> HttpResponse:
    """The days on which channels stay quiet."""
    return _show_blackouts(request, Attempt(_blackout_form(request)))


@require_POST
@member_view(Perm.CHANNEL_EDIT)
def blackout_new(request: MemberRequest) -> HttpResponse:
    """Ask for quiet days."""
    form = _blackout_form(request)
    if not form.fields["channel"].choices:  # type: ignore[attr-defined]
        raise PermissionDenied
    attempt = opened(form)
    added = None
    if form.is_valid():
        added = tried(
            attempt,
            lambda: services.add_blackout(
                organization=request.organization, by=request.membership, **form.cleaned_data
            ),
        )
    if added:
        return redirect("blackouts", request.organization.slug)
    return _show_blackouts(request, attempt)


@require_POST
@member_view(Perm.CHANNEL_EDIT)
def blackout_remove(request: MemberRequest, blackout_id: int) -> HttpResponse:
    """Let posts be welcome on those days again."""
    blackout = queries.get_blackout(request.organization, blackout_id)
    try:
        services.remove_blackout(blackout=blackout, by=request.membership)
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    return redirect("blackouts", request.organization.slug)
