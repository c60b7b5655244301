"""
Django's session and the platform's, kept together.

Signing in keeps the platform's key in the session; signing out ends both. A session that the platform has ended, for
whatever reason (signed out elsewhere, idle, a changed address, a lock, a role that is over), is over here at the next
request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.platform import platform
from accounts.trouble import unavailable
from eszkola_core import Unavailable

_KEY: Final = "eszkola_session"


def key_of(request: HttpRequest) -> str:
    """Return the key of the platform's session, for operations of its owner; it is never shown."""
    return str(request.session.get(_KEY, ""))


def user_of(request: HttpRequest) -> Account:
    """Return who is signed in, for views that nobody else reaches."""
    if not isinstance(request.user, Account):
        raise TypeError("guard the view with login_required")
    return request.user


class PlatformSession:
    """Asks the platform at each request whether the session is still open; stands after `AuthenticationMiddleware`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through, with its user signed out where the session is over."""
        user = request.user
        if isinstance(user, Account):
            try:
                user.owner = platform().sign_in.person_of(key_of(request))
            except Unavailable as away:
                return unavailable(request, away)
            if user.owner is None or user.owner.id != user.person:
                logout(request)
                messages.info(request, _("Your session is over. Please sign in again."))
        return self.get_response(request)


@receiver(user_logged_in)
def keep_key(request: HttpRequest, user: Any, **_: Any) -> None:  # noqa: ANN401 - as Django sends it
    """Keep the key of the session that was opened; without one, the next request signs out again."""
    if isinstance(user, Account) and user.opened is not None:
        request.session[_KEY] = user.opened.key.reveal()


@receiver(user_logged_out)
def end_session(request: HttpRequest, **_: Any) -> None:  # noqa: ANN401 - as Django sends it
    """End the platform's session with Django's, wherever that is ended."""
    if key_of(request):
        platform().sign_in.sign_out(key_of(request))
