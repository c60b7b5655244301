"""Headers of every page: nothing is kept, nothing is loaded from elsewhere, nothing runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Headers:
    """Sets what `SecurityMiddleware` does not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through, and say how browsers are to treat the answer."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        add_never_cache_headers(response)
        return response
