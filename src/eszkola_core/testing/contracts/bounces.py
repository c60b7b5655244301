"""What every reader of bounces promises, as tests."""

from __future__ import annotations

from typing import Final

import pytest

from eszkola_core.domain.bounces import Bounce, BounceKind
from eszkola_core.ports.messages import BounceReader

PROOF: Final = "abcdefghijklmnopqrstuvwxyz234567abcdefg"
"""What looks like a proof."""

_OURS: Final = f"""\
From: eSzkola <konta@eszkola.example>
To: osoba@example.com
Subject: =?utf-8?q?Has=C5=82o?=
Message-ID: <{PROOF}@eszkola.example>

Dzien dobry!
"""


def delivery_report(*fates: tuple[str, str], returned: str = _OURS, kind: str = "message/rfc822") -> bytes:
    """Return a report of RFC 3464: of each recipient the action and the status, and the e-mail that is *returned*."""
    blocks = "\n".join(
        f"Final-Recipient: rfc822; osoba{number}@example.com\nAction: {action}\nStatus: {status}\n"
        for number, (action, status) in enumerate(fates)
    )
    return _report("delivery-status", f"Reporting-MTA: dns; mx.example.com\n\n{blocks}", returned, kind)


def complaint(feedback: str = "abuse", *, returned: str = _OURS, kind: str = "message/rfc822") -> bytes:
    """Return a complaint of RFC 5965 about the e-mail that is *returned*."""
    fields = f"Feedback-Type: {feedback}\nUser-Agent: Provider/1.0\nVersion: 1\n"
    return _report("feedback-report", fields, returned, kind)


def _report(name: str, fields: str, returned: str, kind: str) -> bytes:
    parts = (
        "Content-Type: text/plain; charset=us-ascii\n\nYour e-mail came back.\n",
        f"Content-Type: message/{name}\n\n{fields}",
        f"Content-Type: {kind}\n\n{returned}",
    )
    head = (
        "From: Mail Delivery System <mailer-daemon@mx.example.com>\nTo: konta@eszkola.example\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type={name}; boundary="between"\n\n'
    )
    return (head + "".join(f"--between\n{part}\n" for part in parts) + "--between--\n").encode()


class BounceReaderContract:
    """Holds a `BounceReader` to every clause of its port."""

    @pytest.fixture
    def reader(self) -> BounceReader:
        """Return the reader under trial."""
        pytest.fail("override the fixture `reader`: return a `BounceReader` of yours")

    @pytest.mark.clause("BR1")
    def test_hard_is_what_failed_for_good_for_everybody(self, reader: BounceReader) -> None:
        """Class 5 for all whom a report names is hard; class 4, a delay, or one who may get it is soft."""
        for fates, expected in (
            ([("failed", "5.1.1")], BounceKind.HARD),
            ([("Failed", "5.2.0 (gone)")], BounceKind.HARD),
            ([("failed", "5.1.1"), ("failed", "5.7.1")], BounceKind.HARD),
            ([("failed", "4.4.7")], BounceKind.SOFT),
            ([("failed", "")], BounceKind.SOFT),
            ([("delayed", "4.2.2")], BounceKind.SOFT),
            ([("delayed", "5.2.2")], BounceKind.SOFT),
            ([("failed", "5.1.1"), ("failed", "4.2.2")], BounceKind.SOFT),
            ([("failed", "5.1.1"), ("delivered", "2.0.0")], BounceKind.SOFT),
        ):
            found = reader.bounce(delivery_report(*fates))
            assert found is not None
            assert found.kind is expected, fates

    @pytest.mark.clause("BR2")
    def test_a_complaint_is_read(self, reader: BounceReader) -> None:
        """Whatever a reader complains of; that something is no spam after all is no complaint."""
        for feedback in ("abuse", "fraud", "Virus", "other"):
            found = reader.bounce(complaint(feedback))
            assert found is not None
            assert found.kind is BounceKind.COMPLAINT
        assert reader.bounce(complaint("not-spam")) is None

    @pytest.mark.clause("BR3")
    def test_proofs_are_found_wherever_reports_have_them(self, reader: BounceReader) -> None:
        """In the e-mail that came back, in its headers alone, and in what the report says it answers."""
        answering = delivery_report(("failed", "5.1.1"), returned="Subject: x\n\n").replace(
            b"MIME-Version", f"In-Reply-To: <{PROOF.upper()}@eszkola.example>\nMIME-Version".encode(), 1
        )
        for octets in (
            delivery_report(("failed", "5.1.1")),
            delivery_report(("failed", "5.1.1"), kind="text/rfc822-headers"),
            complaint(),
            complaint(kind="text/rfc822-headers"),
            answering,
        ):
            found = reader.bounce(octets)
            assert found is not None
            assert PROOF in found.proofs
        nothing = reader.bounce(delivery_report(("failed", "5.1.1"), returned="Subject: x\n\n"))
        assert nothing == Bounce(kind=BounceKind.HARD)

    @pytest.mark.clause("BR4")
    def test_anything_else_is_no_bounce(self, reader: BounceReader) -> None:
        """Answers, good news, e-mails cut in the middle, and bytes that are no e-mail: nothing is read or raised."""
        for octets in (
            b"",
            b"\x00\xff" * 99,
            _OURS.encode(),
            delivery_report(("delivered", "2.0.0")),
            delivery_report(("relayed", "2.0.0")),
            delivery_report(),
            b"Content-Type: message/delivery-status",
            b"Content-Type: multipart/report; boundary=\n\n--\n",
            delivery_report(("failed", "5.1.1"))[:300],
        ):
            assert reader.bounce(octets) is None
