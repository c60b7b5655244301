"""
Text messages through SMSAPI, by its official client.

Errors arrive with the status 200, and only some of them are about the message. Our reference goes along as ``idx`` with
``check_idx``, so that the gateway knows a message again: whatever is unclear may be sent again, and error 53 then means
that it was taken the first time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

import requests
from attrs import field, frozen
from smsapi.client import Client
from smsapi.exception import EndpointException, SendException
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.money import Money, parse_amount
from eszkola_core.domain.sms_segments import segmentation
from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.ports.text_messages import Delivery, RenderedSms, SmsOutcome, SmsReceipt, SmsReport

if TYPE_CHECKING:
    from eszkola_core.ports.text_messages import SmsCourier, SmsReportReader

DOMAIN: Final = "https://api.smsapi.pl/"

_TRY_AGAIN: Final = timedelta(minutes=5)
_ALREADY_ACCEPTED: Final = 53
_OF_MESSAGE: Final = frozenset({11, 12, 13, 17, 57, 59, 76, 94, 112})
"""Errors that are about this text or number: trying again helps nobody."""

_OF_ACCOUNT: Final = frozenset({101, 102, 103, 105, 110, 1000, 1001})
"""Errors that are about the account: every other message would get the same, so somebody must mend it first."""

_OF_GATEWAY: Final = frozenset({8, 201, 666, 999})
"""The gateway's own failures, which do not say whether it took the message."""

_IDX: Final = re.compile(r"[A-Za-z0-9._:/-]{1,255}")
_FINAL: Final = {
    "404": Delivery.DELIVERED,
    "402": Delivery.NOT_DELIVERED,
    "405": Delivery.NOT_DELIVERED,
    "406": Delivery.NOT_DELIVERED,
    "407": Delivery.NOT_DELIVERED,
}
_NOT_FOUND: Final = "401"
_STATUS: Final = re.compile(r"4\d\d", re.ASCII)
_LARGEST: Final = 1 << 16

# What the client raises, and what it trips over when an answer is nonsense.
_FAILURES: Final = (
    EndpointException, requests.RequestException, AttributeError, TypeError, ValueError, LookupError,
)  # fmt: skip

_Fate = tuple[SmsReceipt, Unavailable | None]
"""What became of a message, and why no other can be sent."""


@frozen(kw_only=True)
class SmsapiCourier:
    """
    A courier to SMSAPI, or to whoever speaks like it at *domain*.

    What a message cost is told in points; where *currency* says what one is worth, they are taken for the cost.
    """

    token: Secret
    domain: str = field(default=DOMAIN)
    sender: str | None = None
    currency: str | None = None
    timeout: timedelta = timedelta(seconds=30)
    only_tried: bool = False
    deduplicates: bool = True

    def send(self, messages: Iterable[RenderedSms]) -> Iterator[SmsReceipt]:
        """
        Send *messages*, one request each.

        Raises:
            Unavailable: nobody answers, or the account cannot send; no message was asked for since.
        """
        client = Client(self.domain, access_token=self.token.reveal())
        waiting = iter(messages)
        self._look()
        while (sms := next(waiting, None)) is not None:
            receipt, trouble = self._attempt(client, sms)
            yield receipt
            if trouble is not None:
                raise trouble

    def reports(self, octets: bytes) -> Sequence[SmsReport]:
        """Return what a callback reports: its body, or the query of its address; several messages may share one."""
        text = octets[:_LARGEST].decode("utf-8", "replace").strip()
        found = {name: values[-1].split(",") for name, values in parse_qs(text.rpartition("?")[2]).items()}
        names, statuses = found.get("MsgId", []), found.get("status", [])
        if len(names) != len(statuses) or not all(map(_STATUS.fullmatch, statuses)):
            return ()
        references = found.get("idx", [])
        points = found.get("points", [])
        return [
            SmsReport(
                gateway_id=name.strip(),
                reference=references[at].strip() if len(references) == len(names) else "",
                delivery=_FINAL.get(status, Delivery.NOT_KNOWN),
                cost=self._cost(points[at]) if len(points) == len(names) else None,
            )
            for at, (name, status) in enumerate(zip(names, statuses, strict=True))
            if name.strip() and status != _NOT_FOUND
        ]

    def _look(self) -> None:
        """Make sure that somebody answers, whatever they say, before a message is put in doubt."""
        try:
            requests.head(self.domain, timeout=self.timeout.total_seconds(), allow_redirects=False)
        except requests.RequestException:
            raise self._gone() from None

    def _attempt(self, client: Any, sms: RenderedSms) -> _Fate:  # noqa: ANN401 - the client has no types
        """Send one message; return its receipt, and why no other can be sent."""
        try:
            answer = self._ask(client, sms)
        except InvalidValue as wrong:
            return _receipt(sms, SmsOutcome.REFUSED_FOR_GOOD, wrong.code), None
        except _FAILURES as failure:
            return self._by_failure(sms, failure)
        rows = [each for each in answer.results if each.id]
        if len(rows) != 1 or rows[0].error:
            return _receipt(sms, SmsOutcome.UNKNOWN, "smsapi-protocol"), None
        done = _receipt(sms, SmsOutcome.ACCEPTED, gateway_id=str(rows[0].id), cost=self._cost(rows[0].points))
        return done, None

    def _ask(self, client: Any, sms: RenderedSms) -> Any:  # noqa: ANN401 - the client has no types
        """Return what SMSAPI answers to one message; it may not take more segments than are reserved for."""
        more = {"from_": self.sender} if self.sender else {}
        if self.only_tried:
            more["test"] = "1"
        return client.sms.send(
            to=sms.to.e164.lstrip("+"),
            message=sms.text,
            encoding="utf-8",
            idx=idx_of(sms.reference),
            check_idx=1,
            max_parts=segmentation(sms.text).segments,
            timeout=self.timeout.total_seconds(),
            **more,
        )

    def _by_failure(self, sms: RenderedSms, failure: Exception) -> _Fate:
        """Return what a failure of the client means."""
        match failure:
            case SendException():  # it is an EndpointException too, with other numbers
                return self._by_error(sms, failure.code)
            case EndpointException():
                return self._by_status(sms, failure.code)
            case requests.RequestException() if _never_connected(failure):
                return _receipt(sms, SmsOutcome.REFUSED_FOR_NOW, "smsapi-unreachable"), self._gone()
            case requests.RequestException():
                return _receipt(sms, SmsOutcome.UNKNOWN, "connection-lost"), None
            case _:
                return _receipt(sms, SmsOutcome.UNKNOWN, "smsapi-protocol"), None

    def _by_error(self, sms: RenderedSms, code: object) -> _Fate:
        """Return what an error of the interface means, which comes with the status 200."""
        if not isinstance(code, int):
            return _receipt(sms, SmsOutcome.UNKNOWN, "smsapi-protocol"), None
        slug = f"smsapi-{code}"
        if code == _ALREADY_ACCEPTED:
            return _receipt(sms, SmsOutcome.ACCEPTED, slug), None
        if code in _OF_MESSAGE:
            return _receipt(sms, SmsOutcome.REFUSED_FOR_GOOD, slug), None
        if code in _OF_GATEWAY:
            return _receipt(sms, SmsOutcome.UNKNOWN, slug), None
        return _receipt(sms, SmsOutcome.REFUSED_FOR_NOW, slug), self._barred(slug) if code in _OF_ACCOUNT else None

    def _by_status(self, sms: RenderedSms, status: object) -> _Fate:
        """Return what a status other than success means: who refuses us took nothing, whose server failed may have."""
        if not isinstance(status, int) or not HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return _receipt(sms, SmsOutcome.UNKNOWN, "smsapi-http"), None
        slug = f"smsapi-http-{status}"
        barred = self._barred(slug) if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) else None
        return _receipt(sms, SmsOutcome.REFUSED_FOR_NOW, slug), barred

    def _cost(self, points: object) -> Money | None:
        """Return points as money: they come as a number, a text, null or nothing, and none is not nought."""
        if self.currency is None or points is None or isinstance(points, bool):
            return None
        try:
            amount: Decimal = parse_amount(str(points))
            return Money(amount, self.currency) if amount >= 0 else None
        except InvalidValue:
            return None

    def _gone(self) -> Unavailable:
        return Unavailable(
            f"{self.domain}: SMSAPI does not answer there; look at the network and the option domain",
            code="smsapi-unreachable",
            retry_after=_TRY_AGAIN,
        )

    @staticmethod
    def _barred(slug: str) -> Unavailable:
        return Unavailable(
            f"SMSAPI lets this account send nothing ({slug}); look at its token, its points and its allowed addresses",
            code=slug,
            retry_after=_TRY_AGAIN,
        )


def idx_of(reference: str) -> str:
    """Return what a message is known by at SMSAPI: its reference, or a digest of one that could not stand there."""
    if _IDX.fullmatch(reference):
        return reference
    return sha256(reference.encode("utf-8", "surrogatepass")).hexdigest()


def _never_connected(broken: requests.RequestException) -> bool:
    """Return whether nothing can have been sent: no connection came about, or its certificate was not believed."""
    reason = getattr(broken.args[0] if broken.args else None, "reason", None)
    if isinstance(broken, requests.exceptions.SSLError):
        return "CERTIFICATE_VERIFY_FAILED" in str(reason)
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _receipt(
    sms: RenderedSms, outcome: SmsOutcome, code: str = "", *, gateway_id: str = "", cost: Money | None = None
) -> SmsReceipt:
    return SmsReceipt(reference=sms.reference, outcome=outcome, code=code, gateway_id=gateway_id, cost=cost)


if TYPE_CHECKING:
    _kept: type[SmsCourier] = SmsapiCourier
    _reads: type[SmsReportReader] = SmsapiCourier
