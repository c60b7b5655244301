"""An e-mail as it leaves, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen


@frozen(kw_only=True)
class RenderedEmail:
    """
    An e-mail as it is sent: plain text always, HTML beside it where there is one.

    ``reference`` is the message's key: the same message sent again bears the same Message-ID. ``to`` is an address as
    its owner spells it; bodies may hold a token and are hidden. ``proof`` is what a bounce must bring back (MAIL-9b).
    ``written_at`` is the date that it bears, so that it is the same whenever it leaves.
    """

    reference: str
    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str | None = field(default=None, repr=False)
    locale: str = "en"
    proof: str = field(default="", repr=False)
    written_at: datetime | None = None


class Outcome(StrEnum):
    """What became of one attempt to send."""

    SENT = "sent"
    FAILED_FOR_NOW = "failed-for-now"
    FAILED_FOR_GOOD = "failed-for-good"


@frozen
class Receipt:
    """What became of one e-mail; ``code`` is a stable slug for monitoring: no address, and no server's text."""

    reference: str
    outcome: Outcome
    code: str = ""
