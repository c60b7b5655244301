"""Another password, by an owner who is signed in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from accounts.forms import ChangePasswordForm
from accounts.platform import platform, source_of
from accounts.sessions import key_of
from accounts.words import WORDS, errors
from eszkola_core import ChangeRefused, PasswordChanged


@method_decorator(sensitive_post_parameters("current", "new", "again"), name="dispatch")
class ChangePassword(LoginRequiredMixin, FormView):
    """Keeps the session in which it is done; all others of the owner end."""

    form_class = ChangePasswordForm
    template_name = "accounts/form.html"
    extra_context = {  # noqa: RUF012 - as Django has it
        "title": gettext_lazy("Change the password"),
        "text": gettext_lazy("Wherever else you are signed in you will be signed out."),
        "button": gettext_lazy("Change it"),
    }

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:
        """Change it, or say why not."""
        given = form.cleaned_data
        outcome = platform().change_password.change(
            key_of(self.request), given["current"], given["new"], source=source_of(self.request)
        )
        if isinstance(outcome, PasswordChanged):
            messages.success(self.request, _("Your password is changed."))
            return redirect("children")
        if outcome.reason is ChangeRefused.PASSWORD_NOT_ACCEPTED:
            form.add_error("new", errors(outcome.violations))
        else:
            form.add_error("current", str(WORDS[outcome.reason]))
        return self.form_invalid(form)
