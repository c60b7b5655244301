"""
The platform's password policy, for every form of the project that asks for a new password.

The views of this application need no validator: what sets a password on the platform judges it by itself.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from accounts.platform import platform
from accounts.words import errors
from eszkola_core import PersonId


class PlatformPolicy:
    """An entry of AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ANN401 - a user of any project
        """
        Refuse what the policy of *user*, or of everybody, does not take.

        Raises:
            ValidationError: all that is wrong, at once.
        """
        found = platform().judge_password.of(password, _number_of(user))
        if found:
            raise ValidationError(errors(found))

    def get_help_text(self) -> str:
        """Return what the policy asks for, to show beside the field."""
        policy = platform().judge_password.policy()
        least = ngettext("At least %(count)d character", "At least %(count)d characters", policy.min_length)
        asked = [least % {"count": policy.min_length}]
        if policy.need_upper:
            asked.append(_("a capital letter"))
        if policy.need_lower:
            asked.append(_("a small letter"))
        if policy.need_digit_or_special:
            asked.append(_("a digit or another character"))
        return _("%(asked)s; nothing that belongs to you or that everybody tries first.") % {"asked": ", ".join(asked)}


def _number_of(user: object) -> PersonId | None:
    return user.person_id if isinstance(user, Account) else None
