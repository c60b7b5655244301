"""What the platform's answers say to a person, in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.platform import platform
from eszkola_core import LOCALES, AddressRefused, ChangeRefused, CompletionRefused, Refusal, Violation, describe

WORDS: Final[dict[str, str | Promise]] = {
    Refusal.WRONG_LOGIN_OR_PASSWORD: _(
        "That did not work. Check login and password. If it goes on, recover your access below, or ask your school: an"
        " account that is locked or no longer in use answers just like this."
    ),
    Refusal.TICKET_NOT_LIVE: _("That took too long, or was done already. Please sign in again."),
    Refusal.ANOTHER_ACT_FIRST: _("Something else comes first. Please sign in again."),
    Refusal.NOTICE_CHANGED: _("The text has changed in the meantime. Please read it again."),
    CompletionRefused.TOKEN_NOT_LIVE: _(
        "This link does not work any more: it was used, replaced by a newer one, or is too old. Ask for another one."
    ),
    ChangeRefused.WRONG_PASSWORD: _("This is not your present password."),
    ChangeRefused.NO_SESSION: _("Your session is over. Please sign in again."),
    AddressRefused.ADDRESS_TAKEN: _("This address belongs to another account. Yours is as it was."),
}
"""By the reason; reasons that read alike in two operations mean the same."""


def locale() -> str:
    """Return the language of the page as the platform names it."""
    language = (get_language() or "")[:2]
    return language if language in LOCALES else platform().tenant.locale


def errors(violations: Iterable[Violation]) -> list[ValidationError]:
    """Return what is wrong with a password, each in a sentence of its own."""
    return [ValidationError(describe(each, locale()), code=each.code) for each in violations]
