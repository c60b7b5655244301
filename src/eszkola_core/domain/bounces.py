"""
What comes back of e-mails, and how it proves that it answers one of ours (MAIL-9).

Anybody can write a report that an address does not work. Ours is believed only where it brings back the proof that its
Message-ID was made of: a keyed digest of the message's number, with the number hidden under it. Whoever has no key
makes none; whoever got one message can speak of that message alone, which went to their own mailbox.
"""

from __future__ import annotations

import re
from base64 import b32decode, b32encode
from datetime import datetime
from enum import StrEnum
from hmac import compare_digest
from typing import Final

from attrs import field, frozen

from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.hidden import Fingerprint

_CONTEXT: Final = "bounce"
_HIDING: Final = "bounce number"
_TAG_BYTES: Final = 16
_NUMBER_BYTES: Final = 8
_LETTERS: Final = 39
_PROOF: Final = re.compile(rf"(?<![a-z0-9])[a-z2-7]{{{_LETTERS}}}(?![a-z0-9])", re.IGNORECASE)


class BounceKind(StrEnum):
    """What came back: it never works, it did not work this time, or the reader does not want it."""

    HARD = "hard"
    SOFT = "soft"
    COMPLAINT = "complaint"


class BounceFate(StrEnum):
    """What a bounce led to: an unusable address, or nothing: it may work yet, was known, or lacks a proof."""

    MARKED = "marked"
    FOR_NOW = "for-now"
    KNOWN = "known"
    UNPROVED = "unproved"


@frozen(kw_only=True)
class Bounce:
    """What one report says, and all in it that may be a proof."""

    kind: BounceKind
    proofs: tuple[str, ...] = field(default=(), repr=False)


@frozen(kw_only=True)
class UnusableAddress:
    """An address to which nothing is sent, why, and since when; it is so for all who share it."""

    address: EmailAddress = field(repr=False)
    why: BounceKind
    since: datetime

    @property
    def mailbox(self) -> str:
        """What the address is compared as."""
        return self.address.mailbox


def proof_of(message: int, fingerprint: Fingerprint) -> str:
    """Return the proof of the message with that number: 39 letters and digits, the same every time."""
    number = message.to_bytes(_NUMBER_BYTES)
    tag = fingerprint(number, _CONTEXT)[-_TAG_BYTES:]
    return b32encode(tag + _hidden(number, tag, fingerprint)).decode("ascii").rstrip("=").lower()


def proved_message(text: str, fingerprint: Fingerprint) -> int | None:
    """Return the number of the message that *text* is the proof of; None where nobody with the key made it."""
    if _PROOF.fullmatch(text) is None:
        return None
    octets = b32decode(text.upper() + "=")
    number = int.from_bytes(_hidden(octets[_TAG_BYTES:], octets[:_TAG_BYTES], fingerprint))
    return number if compare_digest(proof_of(number, fingerprint), text.lower()) else None


def proofs_in(text: str) -> tuple[str, ...]:
    """Return whatever in *text* looks like a proof, each once; whether it is one only the key can tell."""
    return tuple(dict.fromkeys(each.lower() for each in _PROOF.findall(text)))


def _hidden(number: bytes, tag: bytes, fingerprint: Fingerprint) -> bytes:
    """Return a number under what its tag hides it by, or the number again of what is hidden."""
    cover = fingerprint(tag, _HIDING)[-_NUMBER_BYTES:]
    return bytes(one ^ other for one, other in zip(number, cover, strict=True))
