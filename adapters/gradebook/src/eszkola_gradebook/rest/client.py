"""A service that knows who asks: OAuth 2 client credentials, and what its refusals mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote_plus, urlsplit

from eszkola_core.domain.hidden import Secret
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.rest.answers import Answer
from eszkola_gradebook.rest.service import Service
from eszkola_gradebook.rest.transport import Transport

_SCOPE: Final = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
ROSTER: Final = f"{_SCOPE}roster-core.readonly"
DEMOGRAPHICS: Final = f"{_SCOPE}roster-demographics.readonly"
_OK, _UNAUTHORISED, FORBIDDEN, NOT_FOUND = 200, 401, 403, 404
_SPARE: Final = 30.0
"""Seconds before its end in which a token is not used any more."""
_VISIBLE: Final = re.compile(r"[\x21-\x7e]+")
_REFUSALS: Final[Mapping[int, tuple[str, str, str]]] = {
    400: ("query-refused", "does not take the question", "set bare = true for this service, or a smaller page_size"),
    401: ("service-refused", "does not accept the client", "check client_id, its secret and token_url"),
    403: ("scope-missing", "does not let this client read", f"let the service grant it the scope {ROSTER}"),
    404: (
        "address-wrong",
        "has nothing at this address",
        "check url: it mostly ends with /ims/oneroster/rostering/v1p2",
    ),
}
_TOKEN_ERRORS: Final[Mapping[object, str]] = {
    "invalid_scope": "let the service grant this client the scopes that it asks for, or set demographics = false",
    "unauthorized_client": "let the service allow client credentials to this client",
    "unsupported_grant_type": "let the service allow client credentials to this client",
}


class Client:
    """Asks one service in the name of its client."""

    def __init__(self, service: Service, transport: Transport) -> None:
        self._service = service
        self._transport = transport
        self._secret = service.secret()
        self._token: Secret | None = None
        self._ends = 0.0

    def source(self, path: str) -> str:
        """Return how findings and errors name *path* behind the service's address."""
        return self._transport.source(self._service.url + path)

    def ask(
        self, path: str, question: Mapping[str, str] | None = None, *, may_be: frozenset[int] = frozenset()
    ) -> Answer:
        """
        Return the answer to *question* at *path*, with a fresh token where the service takes the old one no more.

        Args:
            path: what stands behind the service's address, or a whole address of the same service.
            question: what stands behind the question mark.
            may_be: refusals that the caller knows what to do with.

        Raises:
            UnreadableSource: the service refuses.
            Unavailable: it cannot be reached, or is too busy.
        """
        url = path if "://" in path else self._service.url + path
        answer = self._transport.get(url, question or {}, self._authorised())
        if answer.status == _UNAUTHORISED:
            self._token = None
            answer = self._transport.get(url, question or {}, self._authorised())
        if answer.status != _OK and answer.status not in may_be:
            raise _refusal(answer)
        return answer

    def leads_here(self, url: str) -> bool:
        """Return whether *url* is of the same service, so that the token may travel there."""
        try:
            there = urlsplit(url)
            port = there.port
        except ValueError:
            return False
        here = urlsplit(self._service.url)
        return (there.scheme, there.hostname, port) == (here.scheme, here.hostname, here.port)

    def _authorised(self) -> Secret:
        """Return a token that is good for a while yet."""
        if self._token is None or self._transport.monotonic() >= self._ends:
            self._token = self._fresh()
        return self._token

    def _fresh(self) -> Secret:
        service = self._service
        form = {
            "grant_type": "client_credentials",
            "scope": f"{ROSTER} {DEMOGRAPHICS}" if service.demographics else ROSTER,
        }
        begun = self._transport.monotonic()
        # RFC 6749 §2.3.1: both are encoded as a form is, before they become a name and a password.
        password = Secret(quote_plus(self._secret.reveal()))
        answer = self._transport.post(service.token_url, form, quote_plus(service.client_id), password)
        if answer.status != _OK:
            raise _token_refusal(answer)
        found = answer.json()
        content: Mapping[str, Any] = found if isinstance(found, dict) else {}
        token, kind = content.get("access_token"), content.get("token_type")
        bearer = isinstance(kind, str) and kind.casefold() == "bearer"
        if not isinstance(token, str) or not _VISIBLE.fullmatch(token) or not bearer:
            raise UnreadableSource(
                f"{answer.source} answers without a bearer token",
                code="token-missing",
                source=answer.source,
                hint="check token_url: it is the address that gives OAuth 2 tokens to clients",
            )
        self._ends = begun + _lifetime(content.get("expires_in"))
        return Secret(token)


def _lifetime(stated: object) -> float:
    """Return for how many seconds a token may be used; one whose end nobody states, until it is refused."""
    try:
        seconds = float(stated) if isinstance(stated, int | float | str) else float("inf")
    except (ValueError, OverflowError):
        seconds = float("inf")
    # A token that is almost over is used for one request at least: the clock of the service may not be ours.
    return max(seconds - min(_SPARE, seconds / 2), 0.0) if seconds > 0 else 0.0


def _refusal(answer: Answer) -> UnreadableSource:
    """Return the error of a service that does not give what it was asked for."""
    code, what, hint = _REFUSALS.get(
        answer.status,
        ("service-moved", "sends elsewhere", "write the address that it sends to into the configuration")
        if 300 <= answer.status < 400  # noqa: PLR2004 - the class of redirections
        else ("answer-unexpected", "does not give its list", "ask whoever runs the service; its log tells more"),
    )
    source = answer.source
    return UnreadableSource(f"{source} {what} ({answer.status})", code=code, source=source, hint=hint)


def _token_refusal(answer: Answer) -> UnreadableSource:
    """Return the error of a service that gives no token: by the code of the standard, where it states one."""
    try:
        found = answer.json()
    except UnreadableSource:
        found = None
    stated = found.get("error") if isinstance(found, dict) else None
    hint = _TOKEN_ERRORS.get(stated) if isinstance(stated, str) else None
    known = {400: _UNAUTHORISED, FORBIDDEN: _UNAUTHORISED}.get(answer.status, answer.status)
    refusal = _REFUSALS.get(known)
    return UnreadableSource(
        f"{answer.source} gives no token ({answer.status})",
        code=refusal[0] if refusal else "answer-unexpected",
        source=answer.source,
        hint=hint or ("check token_url" if known == NOT_FOUND else "check client_id, its secret and token_url"),
    )
