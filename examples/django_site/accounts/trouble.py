"""What people are told while something is busy or away: a page, a status, and when to come again."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.platform import platform
from accounts.words import locale
from eszkola_core import Conflict, InMaintenance, Unavailable


class Trouble:
    """Turns what an operation could not do just now into a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page of *error*; what is no trouble of the platform goes on."""
        if isinstance(error, Unavailable):
            return unavailable(request, error)
        if isinstance(error, Conflict):
            text = _("Somebody changed the same at this very moment. Nothing was saved; please try again.")
            return said(request, _("Please try again"), text, status=409)
        return None


def said(request: HttpRequest, title: str, text: str, *, status: int = 200) -> HttpResponse:
    """Return a page that says one thing."""
    return render(request, "accounts/said.html", {"title": title, "text": text}, status=status)


def unavailable(request: HttpRequest, error: Unavailable) -> HttpResponse:
    """Return the page for a platform that cannot be reached, or is too busy."""
    return busy(request, error.retry_after)


def busy(request: HttpRequest, retry_after: timedelta | None) -> HttpResponse:
    """Return the page that asks people to come again, and tells programs when."""
    text = _("The platform is very busy just now. Nothing was changed.")
    if retry_after is None:
        return said(request, _("Please try again later"), text, status=503)
    seconds = max(1, math.ceil(retry_after.total_seconds()))
    again = ngettext("Please try again in a second.", "Please try again in %(seconds)d seconds.", seconds)
    response = said(request, _("Please try again"), f"{text} {again % {'seconds': seconds}}", status=503)
    response.headers["Retry-After"] = str(seconds)
    return response


def in_maintenance(request: HttpRequest, outcome: InMaintenance) -> HttpResponse:
    """Return the page that says what is going on, and when it may be over."""
    maintenance = outcome.maintenance
    context = {
        "title": _("Maintenance"),
        "text": maintenance.text(locale()),
        "expected_end_at": maintenance.expected_end_at,
    }
    response = render(request, "accounts/said.html", context, status=503)
    if maintenance.expected_end_at is not None:
        left = maintenance.expected_end_at - platform().clock.now()
        response.headers["Retry-After"] = str(max(1, math.ceil(left.total_seconds())))
    return response
