"""
Requests to a service: tried again where that may help, and bounded in time and size.

What a service says in words is never repeated, and no error of the HTTP library goes further than this module: a
careless service puts tokens or persons into the one, and the other holds the request with its token (ID-10).
"""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, Self
from urllib.parse import urljoin, urlsplit

import httpx2

from eszkola_core.domain.hidden import Secret
from eszkola_core.errors import InvalidValue, Unavailable, UnreadableSource
from eszkola_gradebook.cells import safe_key
from eszkola_gradebook.rest.answers import Answer
from eszkola_gradebook.rest.patience import Patience, asked_for
from eszkola_gradebook.rest.service import Service

_LOG: Final = logging.getLogger("httpx2")
_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOST_BYTES: Final = 64 << 20
_SLOWEST: Final = 10
"""How many times the time-out of one step a whole answer may take."""


class Transport:
    """Sends the requests of one service; use it in a ``with``."""

    def __init__(self, service: Service, patience: Patience, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._patience = patience
        self.monotonic = monotonic
        self._http = _client(service)

    def __enter__(self) -> Self:
        _LOG.addFilter(_without_numbers)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._http.close()
        _LOG.removeFilter(_without_numbers)

    def source(self, url: str) -> str:
        """Return how findings and errors name an address: the service and the path; a user's key may be an id."""
        return f"{self._service.name}:{safe_key(urlsplit(url).path)}"

    def get(self, url: str, question: Mapping[str, str], token: Secret) -> Answer:
        """
        Return the answer to *question*.

        Raises:
            Unavailable: there is none, or it is put off again and again.
            UnreadableSource: it is larger than any honest one.
        """
        headers = {"Authorization": f"Bearer {token.reveal()}"}
        address = str(httpx2.URL(url).copy_merge_params(question)) if question else url
        return self._answer(lambda: self._http.build_request("GET", address, headers=headers), None)

    def post(self, url: str, form: Mapping[str, str], user: str, password: Secret) -> Answer:
        """Return the answer to *form*, which *user* hands in; it may raise what `get` raises."""
        auth = httpx2.BasicAuth(user, password.reveal())
        return self._answer(lambda: self._http.build_request("POST", url, data=dict(form)), auth)

    def _answer(self, request: Callable[[], httpx2.Request], auth: httpx2.BasicAuth | None) -> Answer:
        done = 0
        while True:
            done += 1
            outcome = self._tried(self._built(request), auth)
            if isinstance(outcome, Answer):
                return outcome
            self._patience.wait(done, *outcome)

    def _built(self, request: Callable[[], httpx2.Request]) -> httpx2.Request:
        """Return the request, unless its address is none."""
        try:
            return request()
        except (httpx2.InvalidURL, ValueError):
            pass
        raise self._nowhere()

    def _nowhere(self) -> UnreadableSource:
        return UnreadableSource(
            f"{self._service.name} is at no address that can be asked",
            code="address-wrong",
            source=self._service.name,
            hint="check url and token_url, and the links that the service names as the next page",
        )

    def _tried(self, request: httpx2.Request, auth: httpx2.BasicAuth | None) -> Answer | tuple[float | None, str]:
        """Return an answer that trying again would not change; else what the service asks for, and the complaint."""
        source = self.source(str(request.url))
        try:
            answer = self._http.send(request, auth=auth, stream=True)
            body = self._body(answer, source)
        except httpx2.TimeoutException:
            return None, f"{source} does not answer in time"
        except httpx2.DecodingError:
            return None, f"{source} sends what cannot be unpacked"
        except UnicodeError:
            untrusted = None  # no name of a computer can be made of it
        except httpx2.TransportError as lost:
            untrusted = _is_untrusted(lost)
        else:
            if answer.status_code in _AGAIN:
                asked = asked_for(answer.headers.get("retry-after"), answer.headers.get("date"))
                return asked, f"{source} answers {answer.status_code}"
            return Answer(
                str(request.url),
                source,
                answer.status_code,
                body,
                answer.headers.get("x-total-count", ""),
                _following(answer),
            )
        if untrusted is None:
            raise self._nowhere()
        if untrusted:
            raise Unavailable(
                f"{source}: the certificate of the server is not trusted; name its authority with ca_file",
                code="service-untrusted",
            )
        return None, f"{source} cannot be reached, or the connection was cut"

    def _body(self, answer: httpx2.Response, source: str) -> bytes:
        """Return the whole body, unless it is larger or slower than any honest one."""
        ends = self.monotonic() + _SLOWEST * self._service.timeout
        body = bytearray()
        try:
            for chunk in answer.iter_bytes():
                body += chunk
                if self.monotonic() > ends:
                    raise httpx2.ReadTimeout("the answer does not end")
                if len(body) > _MOST_BYTES:
                    raise UnreadableSource(
                        f"{source} sends more than {_MOST_BYTES >> 20} MiB at once",
                        code="answer-too-large",
                        source=source,
                        hint="set a smaller page_size for this service",
                    )
        finally:
            answer.close()
        return bytes(body)


def _client(service: Service) -> httpx2.Client:
    """Return the HTTP client; no proxy of the environment stands between this computer and itself."""
    trust = _trust(service)
    try:
        return httpx2.Client(
            verify=trust,
            timeout=service.timeout,
            mounts=dict.fromkeys(
                ("all://localhost", "all://127.0.0.1", "all://[::1]"), httpx2.HTTPTransport(verify=trust)
            ),
            headers={"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "eszkola-gradebook"},
        )
    except (httpx2.InvalidURL, ValueError):
        pass
    raise InvalidValue(
        f"service {service.name}: the environment names a proxy (HTTPS_PROXY, ALL_PROXY) that is no address",
        code="wrong-proxy",
    )


def _without_numbers(record: logging.LogRecord) -> bool:
    """Mask what the library logs of addresses: a key in one may be a national id (ID-10)."""
    if isinstance(record.args, tuple):
        record.args = tuple(safe_key(str(each)) if isinstance(each, httpx2.URL) else each for each in record.args)
    return True


def _following(answer: httpx2.Response) -> str:
    """Return the address of the next page, or an empty text where none is named."""
    try:
        url = answer.links.get("next", {}).get("url", "")
        return urljoin(str(answer.url), url) if url else ""
    except ValueError:
        return ""


def _is_untrusted(lost: BaseException | None) -> bool:
    """Return whether a connection was not made because nobody vouches for the server."""
    while lost is not None:
        if isinstance(lost, ssl.SSLCertVerificationError):
            return True
        lost = lost.__cause__ or lost.__context__
    return False


def _trust(service: Service) -> ssl.SSLContext:
    """Return whom to trust: the authority in ``ca_file``, or the system's own."""
    try:
        return ssl.create_default_context(cafile=service.ca_file)
    except OSError:
        raise InvalidValue(
            f"service {service.name}: ca_file: {service.ca_file} cannot be read as PEM certificates",
            code="wrong-option",
        ) from None
