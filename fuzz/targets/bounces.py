"""What comes back of e-mails: delivery reports, complaints, and whatever else lands in that mailbox."""

from __future__ import annotations

from functools import cache
from typing import Final

from eszkola_core.domain.bounces import proof_of, proved_message
from eszkola_core.testing.memory import MemoryStorage
from eszkola_smtp.bounces import read_bounce
from fuzz.held import hide, refusing, require
from fuzz.parts import flagged

WORDS: Final = (
    "Content-Type: multipart/report; report-type=delivery-status; boundary=a\n\n", "--a\n", "--a--\n",
    "Content-Type: message/delivery-status\n\n", "Content-Type: message/feedback-report\n\n",
    "Content-Type: message/rfc822\n\n", "Content-Type: text/rfc822-headers\n\n", "Action: failed\n",
    "Action: delayed\n", "Status: 5.1.1\n", "Status: 4.2.2\n", "Feedback-Type: abuse\n", "Message-ID: <",
    "Content-Transfer-Encoding: base64\n", "Content-Transfer-Encoding: quoted-printable\n",
    "Content-Transfer-Encoding: x-uuencode\n", "boundary=", "charset=", "=?utf-8?q?", "?=", "\n\n", "\r\n", "*0*=",
    "Reporting-MTA: dns; a\n\n", "Original-Recipient: rfc822;a@b\n",
)  # fmt: skip
_NUMBER: Final = 7
_PLACE: Final = b"PROOF"


def check(data: bytes) -> None:
    """
    Read one message, in which the word PROOF is the proof of a message of ours.

    Whatever it says, it proves that message or none; without the proof it proves nothing.
    """
    flag, content = flagged(data)
    proof = proof_of(_NUMBER, _fingerprint).encode()
    octets = content.replace(_PLACE, proof) if flag % 2 else content
    with refusing():
        found = read_bounce(octets)
        require(found == read_bounce(octets), "the same message says something else")
        if found is not None:
            proved = {proved_message(each, _fingerprint) for each in found.proofs} - {None}
            require(proved <= ({_NUMBER} if flag % 2 else set()), "somebody forged a proof")
            hide(repr(found))


def _fingerprint(data: bytes, context: str) -> bytes:
    return _storage().fingerprint(data, context=context)


@cache
def _storage() -> MemoryStorage:
    return MemoryStorage()
