"""The pages; ``access``, ``access/complete`` and ``address/…`` are where the platform's messages link to."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from accounts.views import access, addresses, children, passwords, signing_in

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="children")),
    path("sign-in", signing_in.SignIn.as_view(), name="sign-in"),
    path("sign-in/password", signing_in.ChooseFirst.as_view(), name="choose-first"),
    path("sign-in/notices", signing_in.acknowledge, name="acknowledge"),
    path("sign-out", signing_in.sign_out, name="sign-out"),
    path("access", access.AskForAccess.as_view(), name="access"),
    path("access/asked", access.asked, name="access-asked"),
    path("access/complete", access.open_link, name="open-link"),
    path("access/complete/<slug:name>", access.SetPassword.as_view(), name="set-password"),
    path("address/confirm", addresses.ConfirmAddress.as_view()),
    path("address/confirm/<slug:name>", addresses.ConfirmAddress.as_view(), name="confirm-address"),
    path("address/dispute", addresses.DisputeAddress.as_view()),
    path("address/dispute/<slug:name>", addresses.DisputeAddress.as_view(), name="dispute-address"),
    path("password", passwords.ChangePassword.as_view(), name="password"),
    path("children", children.children, name="children"),
    path("children/<int:person>", children.child, name="child"),
]
