"""What comes back is read, whatever shape it has, and brings back the proof that our e-mail left with."""

from __future__ import annotations

from base64 import encodebytes
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import compat32

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eszkola_core.domain.bounces import BounceKind, proof_of, proved_message
from eszkola_core.ports.messages import RenderedEmail
from eszkola_core.testing.contracts.bounces import complaint, delivery_report
from eszkola_core.testing.memory import MemoryStorage
from eszkola_smtp import read_bounce
from eszkola_smtp.mime import internet_message, parse_sender

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
SENDER = parse_sender("eSzkoła Opolska <konta@eszkola.example>")
STORAGE = MemoryStorage()


def fingerprint(data, context):
    """Return the digest that proofs are made with here."""
    return STORAGE.fingerprint(data, context=context)


def an_email(proof=""):
    """Return an e-mail of ours."""
    return RenderedEmail(
        reference="recovery:7:a", to="anna@example.com", subject="Hasło", text="Dzień dobry!\n", html="<p>", proof=proof
    )


def returned(email):
    """Return an e-mail of ours as somebody's server has it, with the line ends of text."""
    return internet_message(email, SENDER, NOW).decode("ascii").replace("\r\n", "\n")


@pytest.mark.rule("MAIL-9b")
@given(number=st.integers(0, 2**63 - 1))
@pytest.mark.parametrize(
    "kind", ["message/rfc822", "text/rfc822-headers", "text/rfc822-headers\nContent-Transfer-Encoding: base64"]
)
def test_what_left_comes_back_with_its_proof(kind, number):
    """Whole, as headers alone, or as headers that somebody encoded: the message's number is known again."""
    text = returned(an_email(proof_of(number, fingerprint)))
    if "base64" in kind:
        text = encodebytes(text.encode()).decode()
    for octets in (delivery_report(("failed", "5.1.1"), returned=text, kind=kind), complaint(returned=text, kind=kind)):
        found = read_bounce(octets)
        assert found is not None
        assert {proved_message(each, fingerprint) for each in found.proofs} - {None} == {number}


@pytest.mark.rule("MAIL-9b")
def test_an_email_without_a_proof_proves_nothing():
    """Its Message-ID looks like none."""
    found = read_bounce(delivery_report(("failed", "5.1.1"), returned=returned(an_email())))
    assert found is not None
    assert found.proofs == ()


@given(octets=st.binary(max_size=400))
@example(b"Content-Type: multipart/report; boundary=a\n\n--a\nContent-Type: message/delivery-status\n\n")
@example(b"Content-Type: message/feedback-report\nContent-Transfer-Encoding: base64\n\n////")
@example(b"Content-Type: text/plain; charset=\xff\nContent-Transfer-Encoding: x-uuencode\n\nbegin\n")
@example(b"".join(b"Content-Type: multipart/x; boundary=b%d\n\n--b%d\n" % (each, each) for each in range(3000)))
@example(b"Content-Type: message/rfc822\n\n" * 3000)
def test_no_bytes_upset_the_reader(octets):
    """Broken parts, coding that is none, ten thousand layers: what is no report is nothing."""
    assert read_bounce(octets) is None


@given(cut=st.integers(0, 1000), noise=st.binary(max_size=20), at=st.integers(0, 1000))
def test_a_damaged_report_is_read_or_not_and_never_made_worse(cut, noise, at):
    """Cut anywhere, with any bytes in it: what is read of a soft one is never hard, and nothing is raised."""
    whole = delivery_report(("failed", "4.2.2"))
    damaged = (whole[:at] + noise + whole[at:])[: len(whole) - cut]
    found = read_bounce(damaged)
    assert found is None or found.kind in {BounceKind.SOFT, BounceKind.HARD if b"5." in noise else BounceKind.SOFT}


def test_a_report_that_returns_a_huge_email_is_read():
    """What stands behind the first mebibyte is not looked at."""
    found = read_bounce(delivery_report(("failed", "5.1.1"), returned="Subject: x\n\n" + "x" * 70 + "\n" * (3 << 20)))
    assert found is not None
    assert found.kind is BounceKind.HARD


def test_an_answer_that_quotes_a_report_is_none():
    """Somebody who forwards a report as text reports nothing."""
    quoted = b"> ".join(delivery_report(("failed", "5.1.1")).splitlines(keepends=True))
    octets = b"From: a@b.pl\nSubject: Fwd\n\n> " + quoted
    assert message_from_bytes(octets, policy=compat32).get_content_type() == "text/plain"
    assert read_bounce(octets) is None
