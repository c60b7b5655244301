"""The platform of this process: made once, for all threads, from the file that the settings name."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.http import HttpRequest

from eszkola_core import Platform, from_config


@cache
def platform() -> Platform:
    """Return the platform; its adapters are loaded, and its storage opened, when they are first needed."""
    return from_config(settings.ESZKOLA_CONFIG, **settings.ESZKOLA_OPTIONS)


def source_of(request: HttpRequest) -> str:
    """
    Return where a request comes from, by which failures are throttled.

    Behind a proxy let the server put the client's address here, from the one header that the proxy itself sets:
    whoever can write that header can try passwords from as many places as they like.
    """
    return str(request.META.get("REMOTE_ADDR", ""))


def in_templates(_: HttpRequest) -> dict[str, str]:
    """Return what every page may name."""
    return {"tenant": platform().tenant.name}
