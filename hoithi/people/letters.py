"""Letters to people of the desk. A letter is worth a try, never a failed page."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext, override

from hoithi.people.models import Invitation, User

_log = logging.getLogger(__name__)


def post(message: EmailMessage) -> bool:
    """Hand a letter to the mail server; whether it was taken. The log names nobody."""
    try:
        message.send()
    except (SMTPException, OSError) as error:
        _log.error("a letter was not sent: %s", type(error).__name__)
        return False
    return True


def invitation_link(token: str) -> str:
    """The address that opens an invitation, from anywhere."""
    return f"{settings.PUBLIC_URL}{reverse('people:invitation', args=[token])}"


def invitation_letter(invitation: Invitation, token: str) -> EmailMessage:
    """The letter to the person invited, in the language of the installation."""
    with override(settings.LANGUAGE_CODE):
        return EmailMessage(
            subject=settings.ACCOUNT_EMAIL_SUBJECT_PREFIX
            + gettext("Invitation to work on %(scope)s") % {"scope": invitation.scope_name},
            body=render_to_string(
                "people/letters/invitation.txt",
                {"invitation": invitation, "link": invitation_link(token)},
            ),
            to=[invitation.email],
        )


def second_factor_letter(user: User) -> EmailMessage:
    """The letter to somebody whose second factor was taken off at their request."""
    with override(settings.LANGUAGE_CODE):
        return EmailMessage(
            subject=settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + gettext("The second step is off"),
            body=render_to_string("people/letters/second_factor_off.txt"),
            to=[user.email],
        )
