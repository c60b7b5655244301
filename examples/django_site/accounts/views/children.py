"""What a guardian sees: the children, and one of them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.platform import platform
from accounts.sessions import user_of


@require_safe
@login_required
def children(request: HttpRequest) -> HttpResponse:
    """List the children of whoever is signed in, as the records say today."""
    listed = platform().see_children.of(user_of(request).person_id)
    return render(request, "accounts/children.html", {"title": _("Your children"), "children": listed})


@require_safe
@login_required
def child(request: HttpRequest, person: int) -> HttpResponse:
    """
    Show one child of whoever is signed in.

    A child of others and no child at all are told alike: who tries numbers learns nothing.
    """
    for each in platform().see_children.of(user_of(request).person_id):
        if each.person == person:
            return render(request, "accounts/child.html", {"title": str(each.name), "child": each})
    raise Http404
