"""
Text messages through a gateway that speaks SMPP 3.4, by the library smpplib.

The library's own table and splitter are not used: it cuts surrogate pairs and escapes in two. What comes back is read
here one PDU at a time, so that it is known of each message whether the gateway took it.
"""

from __future__ import annotations

import logging
import socket
import ssl
import struct
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen
from smpplib import client as smpp_client
from smpplib import consts, exceptions, smpp

from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.sms_segments import is_gsm, segments, septets, utf_16
from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.ports.text_messages import RenderedSms, SmsOutcome, SmsReceipt, SmsReport
from eszkola_sms.smpp_reports import is_receipt, report_of

if TYPE_CHECKING:
    from eszkola_core.ports.text_messages import SmsCourier, SmsReportCollector

_TRY_AGAIN: Final = timedelta(minutes=1)
_OF_MESSAGE: Final = frozenset(
    {
        consts.SMPP_ESME_RINVMSGLEN,
        consts.SMPP_ESME_RINVDSTADR,
        consts.SMPP_ESME_RINVDSTTON,
        consts.SMPP_ESME_RINVDSTNPI,
        consts.SMPP_ESME_RX_P_APPN,
        consts.SMPP_ESME_RX_R_APPN,
    }
)
"""Refusals that are about this text or number: trying again helps nobody."""

_ABC, _INTERNATIONAL, _ISDN, _UNKNOWN = 5, 1, 1, 0
_GSM, _UCS_2 = 0x00, 0x08
_HAS_HEADER: Final = 0x40
_WANTS_REPORT: Final = 0x01

# What the library lets out when the other side breaks off, or sends what is no PDU.
_BROKEN: Final = (
    exceptions.ConnectionError,
    exceptions.PDUError,
    exceptions.UnknownCommandError,
    struct.error,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
)

_SILENT: Final = logging.getLogger("eszkola.sms.smpp")
# The library logs every PDU in full, with the password of the bind and the text of each message.
_SILENT.disabled = True


class _Client(smpp_client.Client):  # type: ignore[misc] # the library has no types
    """The library's client, which checks the name of a server that it speaks TLS with, and keeps no log."""

    def __init__(self, host: str, port: int, timeout: float, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=timeout, allow_unknown_opt_params=True, logger_name=_SILENT.name)
        self._context = context

    def connect(self) -> None:
        """Connect, by whichever of IPv4 and IPv6 there is."""
        raw = socket.create_connection((self.host, self.port), timeout=self.timeout)
        try:
            context = self._context
            self._socket = raw if context is None else context.wrap_socket(raw, server_hostname=self.host)
        except BaseException:
            raw.close()
            raise
        self.state = consts.SMPP_CLIENT_STATE_OPEN


@frozen(kw_only=True)
class SmppCourier:
    """
    A courier to one SMPP gateway.

    *source* is the sender that is shown: a name of up to eleven letters and digits, or a number. *quiet* is how long no
    report may come before `collect` ends. No SMPP gateway promises to know a message again.
    """

    host: str
    port: int = 2775
    system_id: str
    password: Secret
    source: str = ""
    system_type: str = ""
    ssl_context: ssl.SSLContext | None = field(default=None, repr=False)
    timeout: timedelta = timedelta(seconds=30)
    quiet: timedelta = timedelta(seconds=5)
    deduplicates: bool = False

    def send(self, messages: Iterable[RenderedSms]) -> Iterator[SmsReceipt]:
        """
        Send *messages* over one connection, and over another where that breaks.

        Raises:
            Unavailable: nobody answers, or lets us in; no message was asked for since.
        """
        waiting = iter(messages)
        client: _Client | None = None
        try:
            while True:
                client = client or self._bound("bind_transmitter", self.timeout)
                sms = next(waiting, None)
                if sms is None:
                    return
                receipt, is_sound = self._attempt(client, sms)
                if not is_sound:
                    _close(client)
                    client = None
                yield receipt
        finally:
            if client is not None:
                _close(client, politely=True)

    def collect(self) -> Iterator[SmsReport]:
        """
        Yield the reports that wait; each is acknowledged once the next is asked for.

        Raises:
            Unavailable: nobody answers, or lets us in.
        """
        client = self._bound("bind_receiver", self.quiet)
        try:
            while True:
                try:
                    pdu = client.read_pdu()
                except _BROKEN:  # silence, or the end of the connection
                    return
                if pdu.command == "enquire_link":
                    _answer(client, "enquire_link_resp", pdu)
                elif pdu.command == "deliver_sm":
                    if is_receipt(pdu) and (report := report_of(pdu)) is not None:
                        yield report
                    _answer(client, "deliver_sm_resp", pdu)
        except _BROKEN:
            return
        finally:
            _close(client, politely=True)

    def _bound(self, command: str, patience: timedelta) -> _Client:
        """Return a client that the gateway has let in."""
        client = _Client(self.host, self.port, self.timeout.total_seconds(), self.ssl_context)
        why, code = "no SMPP gateway answers there", "smpp-unreachable"
        try:
            client.connect()
            more = {"system_type": self.system_type} if self.system_type else {}
            getattr(client, command)(system_id=self.system_id, password=self.password.reveal(), **more)
            client._socket.settimeout(patience.total_seconds())  # noqa: SLF001 - the library has no other way
        except exceptions.PDUError as refused:
            status = refused.args[1] if len(refused.args) > 1 else 0
            why, code = f"the gateway does not let us in (status {status})", f"smpp-bind-{status}"
        except ssl.SSLError:
            why, code = "the gateway's certificate is not trusted", "smpp-tls"
        except _BROKEN:
            pass
        else:
            return client
        _close(client)
        raise Unavailable(f"{self.host}:{self.port}: {why}", code=code, retry_after=_TRY_AGAIN) from None

    def _attempt(self, client: _Client, sms: RenderedSms) -> tuple[SmsReceipt, bool]:
        """
        Send one message, all its segments; return its receipt, and whether the connection is still good.

        A message of which the gateway took the beginning and refused the rest is neither taken nor refused.
        """
        try:
            pieces = list(_pieces(sms))
        except InvalidValue as wrong:
            return _receipt(sms, SmsOutcome.REFUSED_FOR_GOOD, wrong.code), True
        taken = ""
        for number, piece in enumerate(pieces):
            try:
                client.send_pdu(pdu := self._submission(client, sms, piece, wants_report=number == 0))
                answer = self._answer_to(client, pdu.sequence)
            except TimeoutError:
                return _receipt(sms, SmsOutcome.UNKNOWN, "timeout", taken), False
            except _BROKEN:
                return _receipt(sms, SmsOutcome.UNKNOWN, "connection-lost", taken), False
            if answer.status:
                if number:
                    return _receipt(sms, SmsOutcome.UNKNOWN, "partly-taken", taken), True
                is_final = answer.status in _OF_MESSAGE
                outcome = SmsOutcome.REFUSED_FOR_GOOD if is_final else SmsOutcome.REFUSED_FOR_NOW
                return _receipt(sms, outcome, f"smpp-{answer.status}"), True
            taken = taken or (answer.message_id or b"").decode("ascii", "replace")
        return _receipt(sms, SmsOutcome.ACCEPTED, gateway_id=taken), True

    def _submission(self, client: _Client, sms: RenderedSms, piece: bytes, *, wants_report: bool) -> Any:  # noqa: ANN401 - the library has no types
        """Return the PDU that submits one segment."""
        is_name = not self.source.lstrip("+").isdigit()
        kinds = (_ABC, _UNKNOWN) if is_name and self.source else (_INTERNATIONAL, _ISDN)
        return smpp.make_pdu(
            "submit_sm",
            client=client,
            source_addr_ton=kinds[0] if self.source else _UNKNOWN,
            source_addr_npi=kinds[1] if self.source else _UNKNOWN,
            source_addr=self.source.lstrip("+"),
            dest_addr_ton=_INTERNATIONAL,
            dest_addr_npi=_ISDN,
            destination_addr=sms.to.e164.lstrip("+"),
            esm_class=_HAS_HEADER if piece.startswith(b"\x05\x00\x03") else 0,
            data_coding=_GSM if is_gsm(sms.text) else _UCS_2,
            registered_delivery=_WANTS_REPORT if wants_report else 0,
            short_message=piece,
        )

    def _answer_to(self, client: _Client, sequence: int) -> Any:  # noqa: ANN401 - the library has no types
        """Return the gateway's answer to one PDU, for as long as patience lasts; what else it says is answered."""
        until = time.monotonic() + self.timeout.total_seconds()
        while time.monotonic() < until:
            pdu = client.read_pdu()
            if pdu.command == "submit_sm_resp" and pdu.sequence == sequence:
                return pdu
            if pdu.command == "generic_nack" and pdu.sequence == sequence:
                return pdu
            if pdu.command == "enquire_link":
                _answer(client, "enquire_link_resp", pdu)
            elif pdu.command == "unbind":
                _answer(client, "unbind_resp", pdu)
                raise exceptions.ConnectionError("the gateway unbinds")
        raise TimeoutError


def _pieces(sms: RenderedSms) -> Iterator[bytes]:
    """Yield the segments as they travel; several have a header by which the telephone puts them together."""
    is_plain = is_gsm(sms.text)
    parts = segments(sms.text)
    name = sha256(sms.reference.encode("utf-8", "surrogatepass")).digest()[0]
    for number, part in enumerate(parts, 1):
        header = bytes([5, 0, 3, name, len(parts), number]) if len(parts) > 1 else b""
        yield header + (septets(part) if is_plain else utf_16(part))


def _answer(client: _Client, command: str, pdu: Any) -> None:  # noqa: ANN401 - the library has no types
    answer = smpp.make_pdu(command, client=client)
    answer.sequence = pdu.sequence
    client.send_pdu(answer)


def _close(client: _Client, *, politely: bool = False) -> None:
    """End a connection, whatever state it is in."""
    if client._socket is None:  # noqa: SLF001 - nothing was opened
        return
    try:
        if politely:
            client.unbind()
    except _BROKEN:
        pass
    finally:
        client.disconnect()


def _receipt(sms: RenderedSms, outcome: SmsOutcome, code: str = "", gateway_id: str = "") -> SmsReceipt:
    return SmsReceipt(reference=sms.reference, outcome=outcome, code=code, gateway_id=gateway_id)


if TYPE_CHECKING:
    _kept: type[SmsCourier] = SmppCourier
    _collects: type[SmsReportCollector] = SmppCourier
