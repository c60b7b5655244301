"""What gateways say of text messages: SMSAPI's callbacks, and SMPP's receipts as they come over the wire."""

from __future__ import annotations

import struct
from types import SimpleNamespace
from typing import Any, Final

from smpplib import smpp

from eszkola_core.domain.hidden import Secret
from eszkola_sms.smpp import _BROKEN
from eszkola_sms.smpp_reports import is_receipt, report_of
from eszkola_sms.smsapi import SmsapiCourier
from fuzz.held import refusing, require
from fuzz.parts import flagged

WORDS: Final = (
    "MsgId=", "&status=", "&idx=", "&points=", "&to=", "404", "402", "401", "%2C", ",", "?", "&", "=", "0.16", "-1",
    "1e9", "id:", " sub:001 dlvrd:001 submit date:2611281200 done date:2611281201 stat:", "DELIVRD", "UNDELIV",
    "err:000", "\x00\x1e\x00\x03abc", "\x04\x27\x00\x01\x02", "\x04\x24", "\x00\x00\x00\x05",
)  # fmt: skip
_DELIVER: Final = 5
_COURIER: Final = SmsapiCourier(token=Secret("t"), currency="PLN")


def check(data: bytes) -> None:
    """Read a callback, a receipt's text, or a PDU with it."""
    flag, content = flagged(data)
    with refusing():
        match flag % 4:
            case 0 | 1:
                _callback(content)
            case 2:
                name, _, text = content.partition(b"\n")
                state = name[0] if name else None
                _receipt(
                    SimpleNamespace(short_message=text, receipted_message_id=name[1:] or None, message_state=state)
                )
            case _:
                _pdu(content)


def _callback(content: bytes) -> None:
    found = _COURIER.reports(content)
    for each in found:
        require(bool(each.gateway_id), "a report is of no message")
        require(each.cost is None or each.cost.amount >= 0, "a message costs less than nothing")
    require(found == _COURIER.reports(content), "the same callback says something else")


def _receipt(pdu: Any) -> None:  # noqa: ANN401 - the library has no types
    found = report_of(pdu)
    require(found is None or bool(found.gateway_id), "a report is of no message")


def _pdu(content: bytes) -> None:
    octets = struct.pack(">LLLL", 16 + len(content), _DELIVER, 0, 1) + content
    try:
        pdu = smpp.parse_pdu(octets, client=_CLIENT, allow_unknown_opt_params=True)
    except _BROKEN:
        return  # the courier takes the connection for broken
    if is_receipt(pdu):
        _receipt(pdu)


class _Client:
    """The little that the library asks of a client."""

    sequence = 1

    def next_sequence(self) -> int:
        """Return a number."""
        return 1


_CLIENT: Final = _Client()
