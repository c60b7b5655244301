"""Signing in: straight into a session, or by way of what has to be done first."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import FormView

from accounts.forms import NewPasswordForm, SignInForm
from accounts.platform import platform, source_of
from accounts.trouble import busy, in_maintenance
from accounts.words import WORDS, errors, locale
from eszkola_core import Act, Busy, InMaintenance, MustAct, Refusal, SignedIn, SignInRefused

_TICKET: Final = "eszkola_ticket"
_NEXT: Final = "next"


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class SignIn(FormView):
    """Login and password, and the way to recover access."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"
    extra_context = {"title": gettext_lazy("Sign in"), "button": gettext_lazy("Sign in")}  # noqa: RUF012 - as Django has it

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 - as Django has it
        """Send on whoever is signed in: two accounts at once do not fit into one browser."""
        return redirect("children") if request.user.is_authenticated else super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: SignInForm) -> HttpResponse:
        """Go where the outcome leads, or say why no session opens."""
        given = form.cleaned_data
        outcome = platform().sign_in.attempt(given["login"], given["password"], source=source_of(self.request))
        if isinstance(outcome, Busy):
            return busy(self.request, outcome.retry_after)
        if isinstance(outcome, InMaintenance):
            return in_maintenance(self.request, outcome)
        if isinstance(outcome, SignInRefused):
            form.add_error(None, str(WORDS[outcome.reason]))
            return self.form_invalid(form)
        self.request.session[_NEXT] = self.request.GET.get("next", "")
        return go_on(self.request, outcome)


def go_on(request: HttpRequest, outcome: SignedIn | MustAct) -> HttpResponse:
    """Open the session, or lead to the first thing that has to be done before."""
    if isinstance(outcome, MustAct):
        request.session[_TICKET] = outcome.ticket.reveal()
        return redirect("choose-first" if outcome.acts[0] is Act.CHANGE_PASSWORD else "acknowledge")
    user = authenticate(request, signed_in=outcome)
    wanted = request.session.pop(_NEXT, "")
    request.session.pop(_TICKET, None)
    login(request, user)
    is_here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return redirect(wanted if is_here else resolve_url("children"))


def _begin_again(request: HttpRequest, reason: Refusal) -> HttpResponse:
    """
    Send back to where it began.

    The session stays as it is: this may be the second of two clicks, and the first one's answer has signed in.
    """
    messages.info(request, str(WORDS[reason]))
    return redirect("sign-in")


@method_decorator(sensitive_post_parameters("new", "again"), name="dispatch")
class ChooseFirst(FormView):
    """A password of one's own, in the stead of one that was given or has expired."""

    form_class = NewPasswordForm
    template_name = "accounts/form.html"
    extra_context = {  # noqa: RUF012 - as Django has it
        "title": gettext_lazy("Choose a password of your own"),
        "text": gettext_lazy("The one that you signed in with is good for nothing else."),
        "button": gettext_lazy("Set the password"),
    }

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        """Set it and go on, or say what is wrong with it."""
        ticket = self.request.session.get(_TICKET, "")
        outcome = platform().sign_in.change_password(ticket, form.cleaned_data["new"])
        if not isinstance(outcome, SignInRefused):
            return go_on(self.request, outcome)
        if outcome.reason is not Refusal.PASSWORD_NOT_ACCEPTED:
            return _begin_again(self.request, outcome.reason)
        form.add_error("new", errors(outcome.violations))
        return self.form_invalid(form)


@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Show what has to be known first, and keep that it was acknowledged: what was shown, and nothing newer."""
    ticket = request.session.get(_TICKET, "")
    if request.method == "POST":
        shown = [bytes.fromhex(each) for each in request.POST.getlist("digest") if _is_digest(each)]
        outcome = platform().sign_in.acknowledge(ticket, shown, locale=locale())
        if not isinstance(outcome, SignInRefused):
            return go_on(request, outcome)
        if outcome.reason is not Refusal.NOTICE_CHANGED:
            return _begin_again(request, outcome.reason)
        messages.info(request, str(WORDS[outcome.reason]))
    notices = platform().sign_in.to_acknowledge(ticket)
    if not notices:
        return _begin_again(request, Refusal.TICKET_NOT_LIVE)
    texts = [(each.digest.hex(), each.text(locale())) for each in notices]
    return render(request, "accounts/acknowledge.html", {"title": _("Please read this first"), "notices": texts})


def _is_digest(text: str) -> bool:
    """Return whether *text* may have been written by the page: anybody can send anything."""
    return len(text) == 64 and set(text) <= set("0123456789abcdef")  # noqa: PLR2004 - 32 bytes


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, here and on the platform."""
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("sign-in")
