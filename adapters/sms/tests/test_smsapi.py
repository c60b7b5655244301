"""What SMSAPI answers, and what is made of it; what it sends of its own accord."""

from __future__ import annotations

import json
import logging
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.money import Money
from eszkola_core.domain.text_messages import Delivery, RenderedSms, SmsOutcome, SmsReport
from eszkola_core.errors import Unavailable
from eszkola_core.testing.contracts.sms_couriers import an_sms
from eszkola_sms import SmsapiCourier
from eszkola_sms.smsapi import idx_of

NUMBER = an_sms(1).to.e164[1:]
O = SmsOutcome  # noqa: E741 - the outcomes are the example
PRICE = Money.parse("0.16 PLN")
READER = SmsapiCourier(token=Secret("x"), currency="PLN")


def sent(courier, *messages):
    """Return the receipts, and the code of what ended the batch."""
    receipts = []
    sending = courier.send(messages or [an_sms(1)])
    while True:
        try:
            receipts.append(next(sending))
        except StopIteration:
            return receipts, ""
        except Unavailable as gone:
            return receipts, gone.code


def test_a_message_is_asked_for_as_the_interface_wants_it(serve, courier_to):
    """International digits, UTF-8, our reference with the order to look at it, no more parts than were quoted."""
    box, address = serve()
    (receipt,), _ = sent(courier_to(address, sender="eSzkola"), an_sms(1, "ż" * 71))

    assert box.asked == [
        {
            "to": NUMBER,
            "message": "ż" * 71,
            "encoding": "utf-8",
            "idx": "initial:1",
            "check_idx": "1",
            "max_parts": "2",
            "from": "eSzkola",
            "format": "json",
        }
    ]
    assert (receipt.outcome, receipt.cost) == (O.ACCEPTED, Money.parse("0.32 PLN"))
    assert box.heads == 1


@pytest.mark.parametrize(
    ("points", "cost"),
    [
        (0.1, "0.1"),
        (1, "1"),
        ("0.1600", "0.16"),
        ("0,16", "0.16"),
        (0, "0"),
        (None, None),
        ("", None),
        ("free", None),
        (True, None),
        (-1, None),
        ("1e-7", None),
    ],
)
def test_points_come_in_every_kind(serve, courier_to, points, cost):
    """A number, a text, null, nothing: what is missing is not nought; and without a currency they are no money."""
    box, address = serve()
    box.points = float(points) if points == 0.1 else points
    (receipt,), _ = sent(courier_to(address))
    (again,), _ = sent(courier_to(address, currency=None), an_sms(2))

    assert (receipt.outcome, again.outcome, again.cost) == (O.ACCEPTED, O.ACCEPTED, None)
    assert receipt.cost == (None if cost is None else Money(Decimal(cost), "PLN"))


@pytest.mark.parametrize(
    ("answer", "outcome", "code"),
    [
        ((200, {"error": 13, "message": "No correct phone numbers", "invalid_numbers": []}), O.REFUSED_FOR_GOOD, 13),
        ((200, {"error": 11, "message": "x"}), O.REFUSED_FOR_GOOD, 11),
        ((200, {"error": 59, "message": "x"}), O.REFUSED_FOR_GOOD, 59),
        ((200, {"error": 14, "message": "Invalid from field"}), O.REFUSED_FOR_NOW, 14),
        ((200, {"error": 52, "message": "x"}), O.REFUSED_FOR_NOW, 52),
        ((200, {"error": 202, "message": "x"}), O.REFUSED_FOR_NOW, 202),
        ((200, {"error": 201, "message": "Internal"}), O.UNKNOWN, 201),
        ((200, {"error": 53, "message": "idx"}), O.ACCEPTED, 53),
        ((200, {"error": "invalid_request_data", "message": "x", "errors": []}), O.UNKNOWN, "protocol"),
        ((404, "gone"), O.REFUSED_FOR_NOW, "http-404"),
        ((429, "slow down"), O.REFUSED_FOR_NOW, "http-429"),
        ((502, "<html>bad gateway</html>"), O.UNKNOWN, "http"),
        ((503, ""), O.UNKNOWN, "http"),
        ((200, "OK:1:0.16:48601000001"), O.UNKNOWN, "protocol"),
        ((200, ""), O.UNKNOWN, "protocol"),
        ((200, "[]"), O.UNKNOWN, "protocol"),
        ((200, "null"), O.UNKNOWN, "protocol"),
        ((200, {"count": 0, "list": []}), O.UNKNOWN, "protocol"),
        ((200, {"count": 1, "list": [{"points": 0.16}]}), O.UNKNOWN, "protocol"),
        ((200, {"count": 1, "list": [None]}), O.UNKNOWN, "protocol"),
        ((200, {"count": 1, "list": "x"}), O.UNKNOWN, "protocol"),
        ((200, {"count": 2, "list": [{"id": "1"}, {"id": "2"}]}), O.UNKNOWN, "protocol"),
        ((200, {"count": 1, "list": [{"id": "1", "error": 13}]}), O.UNKNOWN, "protocol"),
    ],
    ids=str,
)
def test_an_answer_is_taken_for_what_it_proves(serve, courier_to, answer, outcome, code):
    """Errors come with status 200; one about the message is for good, one of the gateway's own says nothing."""
    box, address = serve()
    box.answers[NUMBER] = answer

    (first, second), ended = sent(courier_to(address), an_sms(1), an_sms(2))

    assert (first.outcome, first.code) == (outcome, f"smsapi-{code}")
    assert (second.outcome, ended) == (O.ACCEPTED, "")


@pytest.mark.parametrize("answer", [(200, {"error": code, "message": "x"}) for code in (101, 103, 105)] + [(401, "no")])
def test_what_bars_the_account_ends_the_batch(serve, courier_to, answer):
    """The message is refused for now, and no other is asked for: it would get the same."""
    box, address = serve()
    box.answers[NUMBER] = answer

    receipts, ended = sent(courier_to(address), an_sms(1), an_sms(2))

    assert [each.outcome for each in receipts] == [O.REFUSED_FOR_NOW]
    assert (ended, len(box.asked)) == (receipts[0].code, 1)


def test_a_wrong_token_is_told_and_shown_nowhere(serve, courier_to, caplog):
    """Neither the token nor a text or number stands in what is said, or in any log."""
    caplog.set_level(logging.DEBUG)
    _, address = serve()
    courier = courier_to(address, token=Secret("canary-token"))

    with pytest.raises(Unavailable, match="token") as barred:
        list(courier.send([an_sms(1, "canary-text")]))

    shown = f"{barred.value} {courier!r} {caplog.text}"
    assert [each for each in ("canary", "60100") if each in shown] == []


def test_a_cut_before_anything_was_taken_is_unknown_too(serve, courier_to):
    """From here it looks the same; sent again it arrives once."""
    box, address = serve()
    box.answers[NUMBER] = "die"
    (first,), _ = sent(courier_to(address))
    box.answers.clear()
    (second,), _ = sent(courier_to(address))

    assert (first.outcome, first.code, second.outcome) == (O.UNKNOWN, "connection-lost", O.ACCEPTED)


def test_a_server_that_went_away_in_between_took_nothing(serve, courier_to, stop):
    """The message that found nobody is refused for now, and the batch ends."""
    _, address = serve()
    sending = courier_to(address).send([an_sms(1), an_sms(2), an_sms(3)])
    assert next(sending).outcome is O.ACCEPTED
    stop(address)

    assert next(sending).outcome is O.REFUSED_FOR_NOW
    with pytest.raises(Unavailable):
        next(sending)


def test_a_try_sends_nothing(serve, courier_to):
    """With the option the gateway answers as ever, and keeps nothing."""
    box, address = serve()
    (receipt,), _ = sent(courier_to(address, only_tried=True))

    assert (receipt.outcome, box.asked[0]["test"], box.taken) == (O.ACCEPTED, "1", {})


def test_a_text_that_cannot_be_sent_is_refused(serve, courier_to):
    """Half a character, or nothing at all; nobody is asked."""
    box, address = serve()
    receipts, _ = sent(courier_to(address), an_sms(1, "\ud83d"), an_sms(2, ""))

    assert [(each.outcome, each.code) for each in receipts] == [
        (O.REFUSED_FOR_GOOD, "unencodable-text"),
        (O.REFUSED_FOR_GOOD, "empty-text"),
    ]
    assert box.asked == []


@given(st.text(min_size=1))
def test_a_reference_is_known_by_a_name_that_the_interface_takes(reference):
    """Never longer than it may be, nor with the stroke that would make two of it; the same for the same only."""
    name = idx_of(reference)

    assert len(name) <= 255
    assert not set(name) & set("|,&\n ")
    assert idx_of(reference) == name != idx_of(f"{reference}x")


@pytest.mark.parametrize(
    ("octets", "reports"),
    [
        (
            b"MsgId=A1&status=404&idx=initial%3A1&points=0.16&to=48601000001",
            [
                SmsReport(
                    gateway_id="A1", reference="initial:1", delivery=Delivery.DELIVERED, cost=Money.parse("0.16 PLN")
                )
            ],
        ),
        (
            b"https://e.example/dlr?MsgId=A1,A2&status=405,403&idx=a,b",
            [
                SmsReport(gateway_id="A1", reference="a", delivery=Delivery.NOT_DELIVERED),
                SmsReport(gateway_id="A2", reference="b"),
            ],
        ),
        (b"MsgId=A1,A2&status=404,401", [SmsReport(gateway_id="A1", delivery=Delivery.DELIVERED)]),
        (b"MsgId=A1&status=408&idx=a,b&points=", [SmsReport(gateway_id="A1")]),
        (b"MsgId=A1&status=404,405", []),
        (b"MsgId=A1&status=delivered", []),
        (b"MsgId=&status=404", []),
        (b"status=404", []),
        (b"", []),
        (b'{"MsgId": "A1"}', []),
        (b"MsgId=A1&status=\xd9\xa4\xd9\xa0\xd9\xa4", []),
    ],
)
def test_a_callback_is_read(octets, reports):
    """One message or several; what is not about one of theirs, or no report at all, says nothing."""
    assert list(READER.reports(octets)) == reports


@given(st.binary(max_size=200))
def test_nothing_is_raised_whatever_comes(octets):
    """Anybody may call."""
    READER.reports(octets)
    READER.reports(b"MsgId=" + octets + b"&status=404&points=" + octets)


@pytest.mark.parametrize("name", ["send", "send_fast", "send_to_invalid_number", "send_to_many_recipients"])
def test_the_answers_of_the_official_clients_tests_are_understood(vectors, serve, courier_to, name):
    """As its own tests have them: taken with a price, no number; two rows where one was asked for are unclear."""
    told = json.loads((vectors / f"smsapi/python-client/sms/{name}.json").read_text("utf-8"))
    box, address = serve()
    box.answers[NUMBER] = told["status_code"], told["response"]
    (receipt,), _ = sent(courier_to(address))

    wanted = {"send_to_invalid_number": O.REFUSED_FOR_GOOD, "send_to_many_recipients": O.UNKNOWN}
    assert receipt.outcome is wanted.get(name, O.ACCEPTED)
    assert receipt.cost == (Money.parse("0.1 PLN") if receipt.outcome is O.ACCEPTED else None)


def test_every_error_that_is_known_is_sorted(vectors, serve, courier_to):
    """None of the public table is taken for a message that was sent, but the one that says that it was."""
    box, address = serve()
    accepted = []
    for row in json.loads((vectors / "smsapi/error_codes.json").read_text("utf-8")):
        box.answers[NUMBER] = 200, {"error": row["code"], "message": row["meaning"]}
        (receipt,), ended = sent(courier_to(address))
        accepted += [row["code"]] if receipt.outcome is O.ACCEPTED else []
        assert (row["family_in_java_client"] == "client") == bool(ended)
        assert (row["family_in_java_client"] == "host") == (receipt.outcome is O.UNKNOWN)
    assert accepted == [53]


def test_a_message_shows_neither_number_nor_text():
    """Wherever it is printed."""
    shown = repr(RenderedSms(reference="r", to=an_sms(1).to, text="canary"))

    assert "canary" not in shown
    assert "601" not in shown
