"""Account mails that are not allauth's. They are sent at once and kept nowhere."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from people.models import Membership
from people.services import Offer
from plancraft.lib.addresses import leads_nowhere

log = logging.getLogger(__name__)


def invitation_link(offer: Offer) -> str:
    """The address that whoever is invited opens, below the configured one."""
    return settings.BASE_URL + reverse("invitation-accept", args=[offer.token])


def send_invitation(offer: Offer, by: Membership) -> bool:
    """Mail the link to the invited address; False where the mail server would not take it."""
    invitation = offer.invitation
    if leads_nowhere(invitation.email) and has_mail_server():
        log.info("invitation %s was kept: the address leads nowhere", invitation.pk)
        return False
    facts = {"invitation": invitation, "by": by, "link": invitation_link(offer)}
    subject = render_to_string("people/email/invitation_subject.txt", facts)
    body = render_to_string("people/email/invitation_message.txt", facts)
    try:
        send_mail(" ".join(subject.split()), body, None, [invitation.email])
    except (SMTPException, OSError) as error:
        log.error("invitation %s was not sent: %s", invitation.pk, type(error).__name__)
        return False
    return True


def has_mail_server() -> bool:
    """Whether mails leave this machine; without one they go to the server's log."""
    return "console" not in settings.EMAIL_BACKEND
