"""The forms: what is asked, and how browsers and password managers may help."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext_lazy as _


def _password(autocomplete: str, **options: Any) -> forms.CharField:  # noqa: ANN401 - those of the field
    """Return a field that takes a password as it is typed: a space at its end belongs to it."""
    return forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"}), **options
    )


def _text(autocomplete: str, **options: Any) -> forms.CharField:  # noqa: ANN401 - those of the field
    """Return a field that nothing corrects while it is typed."""
    attributes = {"autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"}
    return forms.CharField(max_length=320, widget=forms.TextInput(attrs=attributes), **options)


class SignInForm(forms.Form):
    """Who, and with what password."""

    login = _text("username", label=_("Login"))
    password = _password("current-password", label=_("Password"))


class AccessForm(forms.Form):
    """By what somebody is known to the school."""

    identifier = _text(
        "username", label=_("National id number (PESEL, EMŠO), e-mail address or login"), help_text=_("One will do.")
    )


class NewPasswordForm(forms.Form):
    """A password that is to be set; the platform judges it."""

    new = _password("new-password", label=_("New password"))
    again = _password("new-password", label=_("The same again"))

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **options)
        self.fields["new"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        given = super().clean() or {}
        if "new" in given and "again" in given and given["new"] != given["again"]:
            self.add_error("again", _("This is not the same password."))
        return given


class ChangePasswordForm(NewPasswordForm):
    """Another password, by an owner who knows the present one."""

    current = _password("current-password", label=_("Present password"))
    field_order = ("current", "new", "again")
