"""Sent mail for administrators, and each person's own reminder settings."""

from __future__ import annotations

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people.errors import Refused
from people.http import MemberRequest, member_view
from people.permissions import Perm
from reminders import queries, services
from reminders.forms import PreferenceForm, SentMailFilter
from reminders.models import Message
from reminders.models.outbox import Rule
from reminders.planner import ALWAYS_MAILED

PAGE = 50


@require_GET
@member_view(Perm.SENT_MAIL)
def sent_mail(request: MemberRequest) -> HttpResponse:
    """Every reminder of the organization with its end state, newest first; never account mails."""
    form = SentMailFilter(request.GET)
    state, before = form.wanted()
    rows = queries.messages(request.organization, [state] if state else [])
    found = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    counts = queries.message_counts(request.organization)
    secret = queries.confidential(request.membership, found[:PAGE])
    for row in found[:PAGE]:
        row.is_secret = row.pk in secret  # type: ignore[attr-defined]
    context = {
        "form": form,
        "state": state,
        "rows": found[:PAGE],
        "next_before": found[PAGE - 1].pk if len(found) > PAGE else None,
        "counts": [(s, label, counts.get(s, 0)) for s, label in Message.State.choices],
        "undelivered": sum(counts.get(s, 0) for s in ("failed", "dead", "unknown")),
        "total": sum(counts.values()),
        "has_server": services.has_mail_server(),
    }
    return render(request, "reminders/sent_mail.html", context)


@require_GET
@member_view(Perm.SENT_MAIL)
def sent_message(request: MemberRequest, message_id: int) -> HttpResponse:
    """One message: its text as it was or will be sent, and every attempt."""
    message = queries.get_message(request.organization, message_id)
    context = {
        "message": message,
        "is_secret": bool(queries.confidential(request.membership, [message])),
        "tries": list(message.tries.all()),
        "duties": list(message.obligations.order_by("id")),
        "can_send_again": message.state in services.RESENDABLE,
        "has_server": services.has_mail_server(),
    }
    return render(request, "reminders/sent_message.html", context)


@require_POST
@member_view(Perm.SENT_MAIL)
def send_again(request: MemberRequest, message_id: int) -> HttpResponse:
    """Put a message back into the queue."""
    message = queries.get_message(request.organization, message_id)
    try:
        services.send_again(message=message, by=request.membership, now=timezone.now())
    except Refused as refusal:
        notices.warning(request, str(refusal))
    else:
        notices.success(request, _("The message is sent again within a minute."))
    return redirect("sent-message", request.organization.slug, message_id)


@require_http_methods(["GET", "POST"])
@member_view(Perm.OWN_SETTINGS)
def reminder_settings(request: MemberRequest) -> HttpResponse:
    """What I am mailed, and when not."""
    if request.method == "POST":
        form = PreferenceForm(request.POST)
        if form.is_valid():
            services.choose(
                member=request.membership,
                in_app_only=form.cleaned_data["in_app_only"],
                quiet_from=form.cleaned_data["quiet_from"],
                quiet_to=form.cleaned_data["quiet_to"],
            )
            notices.success(request, _("Your reminders are as you chose."))
            return redirect("reminder-settings", request.organization.slug)
    else:
        current = queries.preference_of(request.membership)
        form = PreferenceForm(
            initial={
                "mailed": [rule for rule in Rule.values if rule not in current.in_app_only],
                "quiet_from": current.quiet_from,
                "quiet_to": current.quiet_to,
            }
        )
    always = [label for value, label in Rule.choices if value in ALWAYS_MAILED]
    context = {"form": form, "always": always, "zone": request.user.time_zone}
    status = 422 if form.is_bound else 200
    return render(request, "reminders/settings.html", context, status=status)
