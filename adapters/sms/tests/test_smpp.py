"""What an SMPP gateway answers, in whatever order, and what is made of it; and the receipts that wait there."""

from __future__ import annotations

import logging
import socket
import struct
from contextlib import closing, suppress
from threading import Thread

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.text_messages import Delivery, SmsOutcome, SmsReport
from eszkola_core.errors import Unavailable
from eszkola_core.testing.contracts.sms_couriers import an_sms
from eszkola_core.testing.strategies import sms_texts
from eszkola_sms.smpp import _pieces
from eszkola_sms.smpp_reports import report_of

NUMBER = an_sms(1).to.e164[1:]
O = SmsOutcome  # noqa: E741 - the outcomes are the example
UNDELIVERED = "id:id-9 sub:001 dlvrd:000 submit date:2611281200 done date:2611281201 stat:UNDELIV err:012 text:x"


def test_segments_travel_with_their_header_and_coding(smpp_servers, smpp_courier_to):
    """Septets or UCS-2; a report is asked for once; sender and number are told apart."""
    server = smpp_servers()
    list(smpp_courier_to(server.port).send([an_sms(1, "€" * 80 + "a"), an_sms(2, "ż"), an_sms(3, "a")]))

    first, second, ucs, plain = [each for each in server.heard() if "message" in each]
    assert [each["message"] for each in (first, second)] == ["€" * 76, "€€€€a"]
    assert [each["esm_class"] for each in (first, second, ucs, plain)] == [0x40, 0x40, 0, 0]
    assert [each["coding"] for each in (first, second, ucs, plain)] == [0, 0, 8, 0]
    assert [each["report"] for each in (first, second, ucs, plain)] == [1, 0, 1, 1]
    assert (first["from"], first["ton"], first["to"]) == ("eSzkola", [5, 1], NUMBER)


@given(sms_texts())
def test_no_segment_is_too_long_for_the_protocol(text):
    """With its header at most 160 octets of septets, 140 of UCS-2: what fits a short message."""
    pieces = list(_pieces(an_sms(1, text)))

    assert max(map(len, pieces)) <= 160
    headers = [each[:6] for each in pieces]
    assert len(pieces) == 1 or [(each[4], each[5]) for each in headers] == [
        (len(pieces), at) for at in range(1, len(pieces) + 1)
    ]


def test_a_message_that_was_half_taken_is_in_doubt(smpp_servers, smpp_courier_to):
    """Its beginning is billed, and its end was refused."""
    server = smpp_servers()
    server.order(to=NUMBER, do="refuse", status=0x14, part=2)

    receipts = list(smpp_courier_to(server.port).send([an_sms(1, "a" * 161), an_sms(2)]))

    assert [(each.outcome, each.code) for each in receipts] == [(O.UNKNOWN, "partly-taken"), (O.ACCEPTED, "")]


@pytest.mark.parametrize(
    ("status", "outcome"), [(0x0B, O.REFUSED_FOR_GOOD), (0x58, O.REFUSED_FOR_NOW), (0x0A, O.REFUSED_FOR_NOW)]
)
def test_a_status_is_for_now_unless_it_is_about_the_message(smpp_servers, smpp_courier_to, status, outcome):
    """A wrong sender is the operator's to mend, not the message's end."""
    server = smpp_servers()
    server.order(to=NUMBER, do="refuse", status=status)

    (receipt,) = smpp_courier_to(server.port).send([an_sms(1)])

    assert (receipt.outcome, receipt.code) == (outcome, f"smpp-{status}")


@pytest.mark.parametrize(
    ("fault", "code"), [("hang", "timeout"), ("die", "connection-lost"), ("garble", "connection-lost")]
)
def test_whatever_breaks_leaves_one_message_in_doubt(smpp_servers, smpp_courier_to, fault, code):
    """The gateway is silent, cuts the connection, or sends what is no PDU; the next message goes over a new one."""
    server = smpp_servers()
    server.order(to=NUMBER, do=fault)
    courier = smpp_courier_to(server.port, **({"timeout": smpp_courier_to(1).quiet} if fault == "hang" else {}))

    receipts = list(courier.send([an_sms(1), an_sms(2)]))

    assert [(each.outcome, each.code) for each in receipts] == [(O.UNKNOWN, code), (O.ACCEPTED, "")]
    assert [each["bound"] for each in server.heard() if "bound" in each] == ["transmitter"] * 2


def test_a_pdu_that_breaks_off_within_breaks_the_connection(smpp_courier_to):
    """A gateway that sends half a parameter is one that broke off: what it was asked for is in doubt, no more."""
    deliver, cut = 0x00000005, b"\0" * 17 + b"\x04\x27\0"
    heard = []

    def answer(raw):
        with suppress(OSError), closing(raw):
            for _ in range(2):
                length, command, _, sequence = struct.unpack(">LLLL", raw.recv(16, socket.MSG_WAITALL))
                heard.append(raw.recv(length - 16, socket.MSG_WAITALL))
                if command == 0x00000002:
                    raw.sendall(struct.pack(">LLLL", 17, 0x80000002, 0, sequence) + b"\0")
            raw.sendall(struct.pack(">LLLL", 16 + len(cut), deliver, 0, 1) + cut)

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        asked = Thread(target=lambda: answer(listening.accept()[0]))
        asked.start()
        courier = smpp_courier_to(listening.getsockname()[1])
        receipt = next(iter(courier.send([an_sms(1)])))
        asked.join(60)

    assert (receipt.outcome, receipt.code) == (O.UNKNOWN, "connection-lost")
    assert len(heard) == 2


def test_a_wrong_password_is_told_and_shown_nowhere(smpp_servers, smpp_courier_to, caplog):
    """Neither it nor a text or number stands in what is said, or in any log."""
    caplog.set_level(logging.DEBUG)
    server = smpp_servers()
    courier = smpp_courier_to(server.port, password=Secret("canary"))

    with pytest.raises(Unavailable, match="let us in") as refused:
        list(courier.send([an_sms(1, "canary-text")]))
    list(smpp_courier_to(server.port).send([an_sms(1, "canary-text")]))

    assert refused.value.code == "smpp-bind-14"
    shown = f"{refused.value} {courier!r} {caplog.text}"
    hidden = ("canary", b"canary".hex(), NUMBER, NUMBER.encode().hex())
    assert [each for each in hidden if each in shown] == []


def test_receipts_that_wait_are_fetched_and_acknowledged(smpp_servers, smpp_courier_to):
    """By their parameters or by their text; what is no receipt is acknowledged and says nothing."""
    server = smpp_servers()
    base = {"source_addr": NUMBER, "destination_addr": "eSzkola", "esm_class": 4, "short_message": UNDELIVERED}
    server.order(receipt=base)
    server.order(receipt={**base, "receipted_message_id": "id-1", "message_state": 2, "short_message": ""})
    server.order(receipt={**base, "esm_class": 0, "short_message": "Dziekuje id:id-1 stat:DELIVRD"})

    found = list(smpp_courier_to(server.port).collect())

    assert found == [
        SmsReport(gateway_id="id-9", delivery=Delivery.NOT_DELIVERED),
        SmsReport(gateway_id="id-1", delivery=Delivery.DELIVERED),
    ]
    assert [each for each in server.heard() if "acknowledged" in each] == [{"acknowledged": 0}] * 3


def test_a_receipt_is_acknowledged_only_once_it_was_taken(smpp_servers, smpp_courier_to):
    """Whoever falls over in between gets it again."""
    server = smpp_servers()
    server.order(receipt={"source_addr": NUMBER, "esm_class": 4, "short_message": UNDELIVERED})
    collecting = smpp_courier_to(server.port).collect()
    next(collecting)
    collecting.close()

    assert [each for each in server.heard() if "acknowledged" in each] == []
    assert len(list(smpp_courier_to(server.port).collect())) == 1


@frozen
class Pdu:
    """A receipt as the library hands it over."""

    short_message: bytes = b""
    receipted_message_id: bytes | None = None
    message_state: int | None = None


@pytest.mark.parametrize(
    ("pdu", "report"),
    [
        (Pdu(b"id:7 sub:001 dlvrd:001 stat:DELIVRD err:000"), SmsReport(gateway_id="7", delivery=Delivery.DELIVERED)),
        (Pdu(b"ID: 7 STAT: rejectd"), SmsReport(gateway_id="7", delivery=Delivery.NOT_DELIVERED)),
        (Pdu(b"id:7 stat:ACCEPTD"), SmsReport(gateway_id="7")),
        (Pdu(b"id:7 stat:ENROUTE", message_state=1), SmsReport(gateway_id="7")),
        (Pdu(b"", b"8\0", 5), SmsReport(gateway_id="8", delivery=Delivery.NOT_DELIVERED)),
        (Pdu(b"id:7 stat:UNDELIV", b"8\0", 2), SmsReport(gateway_id="8", delivery=Delivery.DELIVERED)),
        (Pdu(b"stat:DELIVRD"), None),
        (Pdu(b""), None),
    ],
)
def test_a_receipt_says_of_which_message_and_what(pdu, report):
    """Parameters count for more than text; what is not final is not known."""
    assert report_of(pdu) == report


@given(st.binary(max_size=100), st.none() | st.binary(max_size=70), st.none() | st.integers(0, 255))
def test_nothing_is_raised_whatever_a_receipt_holds(text, name, state):
    """Gateways write what they like."""
    report_of(Pdu(text, name, state))


def test_nobody_there_is_unavailable(smpp_courier_to):
    """Neither to send to nor to collect from; the sentence names the place."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    for doing in (lambda: smpp_courier_to(port).send([an_sms(1)]), smpp_courier_to(port).collect):
        with pytest.raises(Unavailable, match=f"127.0.0.1:{port}: no SMPP gateway"):
            list(doing())


def test_a_name_on_a_certificate_is_looked_at(smpp_courier_to):
    """A gateway that shows another name gets neither password nor message."""
    trustme = pytest.importorskip("trustme", reason="certificates for these tests are made by trustme")
    import ssl  # noqa: PLC0415 - only here

    authority = trustme.CA()
    ours, theirs = ssl.create_default_context(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.configure_trust(ours)
    authority.issue_cert("another.example").configure_cert(theirs)
    heard = []

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def answer():
            raw, _ = listening.accept()
            with suppress(OSError), closing(raw), theirs.wrap_socket(raw, server_side=True) as secured:
                heard.append(secured.recv(9))

        asked = Thread(target=answer)
        asked.start()
        with pytest.raises(Unavailable) as refused:
            list(smpp_courier_to(listening.getsockname()[1], ssl_context=ours).send([an_sms(1)]))
        asked.join(60)
    assert (refused.value.code, [each for each in heard if each]) == ("smpp-tls", [])
