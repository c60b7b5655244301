"""Delivery receipts of SMPP: by the optional parameters of 3.4, or by the text that its appendix B describes."""

from __future__ import annotations

import re
from typing import Any, Final

from eszkola_core.ports.text_messages import Delivery, SmsReport

_KIND: Final = 0x3C
_RECEIPT: Final = 0x04
_ID: Final = re.compile(rb"\bid:\s*(\S{1,65})", re.IGNORECASE)
_STATE: Final = re.compile(rb"\bstat:\s*([A-Z]{5,13})", re.IGNORECASE)
_BY_WORD: Final = {
    b"DELIVRD": Delivery.DELIVERED,
    b"EXPIRED": Delivery.NOT_DELIVERED,
    b"DELETED": Delivery.NOT_DELIVERED,
    b"UNDELIV": Delivery.NOT_DELIVERED,
    b"REJECTD": Delivery.NOT_DELIVERED,
}
_BY_NUMBER: Final = {
    2: Delivery.DELIVERED,
    3: Delivery.NOT_DELIVERED,
    4: Delivery.NOT_DELIVERED,
    5: Delivery.NOT_DELIVERED,
    8: Delivery.NOT_DELIVERED,
}


def is_receipt(pdu: Any) -> bool:  # noqa: ANN401 - the library has no types
    """Return whether a delivered PDU is a receipt, and not somebody's message."""
    return (pdu.esm_class or 0) & _KIND == _RECEIPT


def report_of(pdu: Any) -> SmsReport | None:  # noqa: ANN401 - the library has no types
    """Return what a receipt says, or None where it does not say of which message."""
    text = pdu.short_message or b""
    name = (getattr(pdu, "receipted_message_id", None) or b"").rstrip(b"\0")
    written = _ID.search(text)
    if not name and written is None:
        return None
    identity = name or (written[1] if written is not None else b"")
    state = getattr(pdu, "message_state", None)
    word = _STATE.search(text)
    delivery = _BY_NUMBER.get(state) if isinstance(state, int) else None
    if delivery is None and word is not None:
        delivery = _BY_WORD.get(word[1].upper())
    return SmsReport(gateway_id=identity.decode("ascii", "replace"), delivery=delivery or Delivery.NOT_KNOWN)
