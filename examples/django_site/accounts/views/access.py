"""First access and recovery, which are one: ask for a link, and set a password with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe
from django.views.generic import FormView

from accounts.forms import AccessForm, NewPasswordForm
from accounts.links import let_go, take_from_address, token_called
from accounts.platform import platform, source_of
from accounts.trouble import said
from accounts.words import WORDS, errors
from eszkola_core import Completed, CompletionRefused


@method_decorator(sensitive_post_parameters("identifier"), name="dispatch")
class AskForAccess(FormView):
    """Takes the request down. Who it is about is looked up later: the answer is one, and as quick for everybody."""

    form_class = AccessForm
    template_name = "accounts/form.html"
    extra_context = {  # noqa: RUF012 - as Django has it
        "title": gettext_lazy("First access, or a forgotten password"),
        "text": gettext_lazy("We send a link to the private e-mail address that your school has for you."),
        "button": gettext_lazy("Send the link"),
    }

    def form_valid(self, form: AccessForm) -> HttpResponse:
        """Take it down."""
        platform().recover_access.request(form.cleaned_data["identifier"], source=source_of(self.request))
        return redirect("access-asked")


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """Say the same to everybody."""
    text = _(
        "If there is such an account, a message is on its way to its address. Does none come within a few minutes, look"
        " into the folder for unwanted mail, or ask your school which address it has for you."
    )
    return said(request, _("Look into your mailbox"), text)


@require_safe
def open_link(request: HttpRequest) -> HttpResponse:
    """Take the token out of the link."""
    return take_from_address(request, "set-password") or _dead(request)


def _dead(request: HttpRequest) -> HttpResponse:
    text = str(WORDS[CompletionRefused.TOKEN_NOT_LIVE])
    return said(request, _("This link does not work"), text, status=410)


@method_decorator(sensitive_post_parameters("new", "again"), name="dispatch")
class SetPassword(FormView):
    """The page behind the link; nothing is asked of the token before a password comes with it."""

    form_class = NewPasswordForm
    template_name = "accounts/form.html"
    extra_context = {  # noqa: RUF012 - as Django has it
        "title": gettext_lazy("Set your password"),
        "button": gettext_lazy("Set the password"),
    }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 - as Django has it
        """Ask for a password, if this browser has opened the link."""
        return super().get(request, *args, **kwargs) if token_called(request, kwargs["name"]) else _dead(request)

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        """Set it, or say what is wrong with it: then the link is still good."""
        name = self.kwargs["name"]
        outcome = platform().recover_access.complete(token_called(self.request, name), form.cleaned_data["new"])
        if isinstance(outcome, Completed):
            let_go(self.request, name)
            told = _("Your password is set. Sign in with the login %(login)s.") % {"login": outcome.login}
            messages.success(self.request, told)
            return redirect("sign-in")
        if outcome.reason is CompletionRefused.PASSWORD_NOT_ACCEPTED:
            form.add_error("new", errors(outcome.violations))
            return self.form_invalid(form)
        return _dead(self.request)
