"""What must stand in the settings, or sessions that are over would go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

_BEFORE: Final = "django.contrib.auth.middleware.AuthenticationMiddleware"
_OURS: Final = "accounts.sessions.PlatformSession"


@register(Tags.security)
def check_middleware(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:  # noqa: ANN401, ARG001
    """Say so where nothing asks the platform whether a session is still open."""
    order = [each for each in settings.MIDDLEWARE if each in (_BEFORE, _OURS)]
    if order == [_BEFORE, _OURS]:
        return []
    hint = f"Put {_OURS!r} behind {_BEFORE!r} in MIDDLEWARE."
    return [Error("Nothing ends the sessions that the platform has ended.", hint=hint, id="accounts.E001")]
