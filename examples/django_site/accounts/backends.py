"""Whoever the platform lets in is a user of Django."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.models import Account
from accounts.platform import platform, source_of
from eszkola_core import SignedIn


class PlatformBackend(BaseBackend):
    """
    Lets those in for whom the platform opened a session.

    A view that tells people what else came of their attempt asks the platform itself, and hands over what it got:
    ``authenticate(request, signed_in=outcome)``. What knows a name and a password only, such as other applications and
    the test client, gets in if nothing has to be done first.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        *,
        signed_in: SignedIn | None = None,
        **_: Any,  # noqa: ANN401 - the credentials of other backends
    ) -> Account | None:
        """Return whose session was opened, with the session's key for `login` to keep."""
        if signed_in is None and username is not None and password is not None:
            source = source_of(request) if request is not None else ""
            outcome = platform().sign_in.attempt(username, password, source=source)
            signed_in = outcome if isinstance(outcome, SignedIn) else None
        if signed_in is None:
            return None
        account, _created = Account.objects.get_or_create(person=signed_in.person)
        account.opened = signed_in
        return account

    def get_user(self, user_id: int) -> Account | None:
        """Return the user; whether the session is still open `PlatformSession` asks."""
        return Account.objects.filter(pk=user_id).first()
