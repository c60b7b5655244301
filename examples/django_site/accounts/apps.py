"""The application as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Brings users of the platform into a project."""

    name = "accounts"

    def ready(self) -> None:
        """Connect what listens to signals, and what checks the settings."""
        from accounts import checks, sessions  # noqa: F401, PLC0415 - models are there from here on
