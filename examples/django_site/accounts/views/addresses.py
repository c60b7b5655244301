"""The links about a new private address: *it is mine*, and *this was not me*."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from accounts.links import let_go, take_from_address, token_called
from accounts.platform import platform
from accounts.trouble import said
from accounts.words import WORDS
from eszkola_core import AddressChanged, AddressKept, AddressRefused, CompletionRefused


class _Linked(View):
    """Asks once more, and does it when the button is pressed."""

    page: str
    title: str | Promise
    text: str | Promise
    button: str | Promise
    done: str | Promise

    def act(self, token: str) -> AddressChanged | AddressKept:
        """Do what the link is for."""
        raise NotImplementedError

    def get(self, request: HttpRequest, name: str = "", **_options: Any) -> HttpResponse:  # noqa: ANN401 - as Django has it
        """Take the token out of the link, or ask."""
        if not name:
            return take_from_address(request, self.page) or self._dead()
        if not token_called(request, name):
            return self._dead()
        return render(
            request, "accounts/form.html", {"title": self.title, "text": self.text, "button": self.button, "form": ""}
        )

    def post(self, request: HttpRequest, name: str = "", **_options: Any) -> HttpResponse:  # noqa: ANN401 - as Django has it
        """Do it."""
        outcome = self.act(token_called(request, name))
        if isinstance(outcome, AddressChanged):
            let_go(request, name)
            return said(request, str(self.title), str(self.done))
        if outcome.reason is AddressRefused.ADDRESS_TAKEN:
            return said(request, str(self.title), str(WORDS[outcome.reason]), status=409)
        return self._dead()

    def _dead(self) -> HttpResponse:
        text = str(WORDS[CompletionRefused.TOKEN_NOT_LIVE])
        return said(self.request, _("This link does not work"), text, status=410)


class ConfirmAddress(_Linked):
    """From the new mailbox: messages go there from now on."""

    page = "confirm-address"
    title = gettext_lazy("Your new address")
    text = gettext_lazy("From now on messages about your account go to this mailbox.")
    button = gettext_lazy("Yes, it is mine")
    done = gettext_lazy("The new address is in force. Please sign in again.")

    def act(self, token: str) -> AddressChanged | AddressKept:
        """Move to the new address."""
        return platform().change_address.confirm(token)


class DisputeAddress(_Linked):
    """From the old mailbox: somebody else moved the address away."""

    page = "dispute-address"
    title = gettext_lazy("This was not me")
    text = gettext_lazy("We take the change back and end all sessions; the password that is set now stops working.")
    button = gettext_lazy("Take the change back")
    done = gettext_lazy("It is as it was before. Now recover your access, and set a new password.")

    def act(self, token: str) -> AddressChanged | AddressKept:
        """Take the change back."""
        return platform().change_address.dispute(token)
