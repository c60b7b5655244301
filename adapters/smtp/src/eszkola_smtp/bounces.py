"""What a mail server or a mailbox provider sends back: delivery reports (RFC 3464) and complaints (RFC 5965)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from typing import Final

from eszkola_core.domain.bounces import Bounce, BounceKind, proofs_in

_LARGEST: Final = 1 << 20
"""Reports are small: what stands behind the first mebibyte of one is the e-mail that it returns."""

_MOST_PROOFS: Final = 100
_STATUS: Final = re.compile(r"\s*(?P<digit>[245])\.\d{1,3}\.\d{1,3}(?!\d)")
_FAILURES: Final = frozenset({"failed", "delayed"})
_COMPLAINTS: Final = frozenset({"abuse", "fraud", "virus", "other"})
# What the standard library's parser lets out for input that nobody ever meant to be mail.
_NO_MAIL: Final = (LookupError, RecursionError, TypeError, ValueError, AttributeError)


def read_bounce(octets: bytes) -> Bounce | None:
    """Return what *octets* report of an e-mail, with all in it that may be a proof; None where they report nothing."""
    try:
        # The plain policy: the newer one raises on headers that others get wrong.
        message = message_from_bytes(octets[:_LARGEST], policy=compat32)
        kind = _kind(message)
        return None if kind is None else Bounce(kind=kind, proofs=_proofs(message))
    except _NO_MAIL:
        return None


def _kind(message: Message) -> BounceKind | None:
    """Return what the first report in a message says."""
    for part in message.walk():
        match part.get_content_type():
            case "message/delivery-status":
                return _of_deliveries(_blocks(part))
            case "message/feedback-report":
                types = {_word(block, "Feedback-Type") for block in _blocks(part)}
                return BounceKind.COMPLAINT if types & _COMPLAINTS else None
            case _:
                continue
    return None


def _of_deliveries(blocks: Iterable[Message]) -> BounceKind | None:
    """
    Return what became of a delivery.

    An e-mail of ours has one recipient, who may be several further on: while one of them may get it, the address works.
    """
    fates = [each for each in blocks if "Action" in each]
    failures = [each for each in fates if _word(each, "Action") in _FAILURES]
    if not failures:
        return None
    is_hard = all(_word(each, "Action") == "failed" and _class(each) == "5" for each in fates)
    return BounceKind.HARD if is_hard else BounceKind.SOFT


def _blocks(part: Message) -> Iterator[Message]:
    """Yield the groups of fields in a report."""
    payload = part.get_payload()
    yield from (each for each in payload if isinstance(each, Message)) if isinstance(payload, list) else ()


def _word(fields: Message, name: str) -> str:
    """Return the value of a field that is one word."""
    return str(fields.get(name, "")).strip().lower()


def _class(fields: Message) -> str:
    """Return the class of a status: 2, 4 or 5; nothing where it has none (RFC 3463)."""
    found = _STATUS.match(str(fields.get("Status", "")))
    return found["digit"] if found is not None else ""


def _proofs(message: Message) -> tuple[str, ...]:
    """Return what may be a proof, in the headers of the report and of all within it, and in parts that are text."""
    found = dict.fromkeys(each for text in _texts(message) for each in proofs_in(text))
    return tuple(found)[:_MOST_PROOFS]


def _texts(message: Message) -> Iterator[str]:
    """Yield every header, and every part that is text, of a message and of those within it."""
    for part in message.walk():
        yield from map(str, part.values())
        if part.get_content_maintype() == "text":
            content = part.get_payload(decode=True)
            yield content.decode("ascii", "replace") if isinstance(content, bytes) else ""
