"""Where everything is found. The paths of `accounts` are those that the platform's messages link to."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("language/", include("django.conf.urls.i18n")),
]
