"""The courier against a real mail server: every fate that an e-mail can meet."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from eszkola_core.domain.hidden import Secret
from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.ports.messages import Outcome, Receipt
from eszkola_smtp import SmtpCourier

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
SENT, FOR_NOW, FOR_GOOD = Outcome.SENT, Outcome.FAILED_FOR_NOW, Outcome.FAILED_FOR_GOOD


def collect(receipts, sending):
    """Add what is yielded, so that it is known when an error comes."""
    for each in sending:
        receipts.append(each)


def fates(courier, emails):
    """Return what became of *emails*, without their references."""
    receipts = list(courier.send(emails))
    assert [receipt.reference for receipt in receipts] == [email.reference for email in emails]
    return [(receipt.outcome, receipt.code) for receipt in receipts]


@pytest.mark.clause("EC1")
@pytest.mark.clause("EC2")
def test_a_batch_arrives_over_one_connection(serve, courier_to, an_email):
    """Each e-mail reaches its own recipient alone, in order, and its receipt says so."""
    box, port = serve()
    emails = [an_email(number) for number in range(1, 4)]

    assert fates(courier_to(port), emails) == [(SENT, "")] * 3
    assert [mail.rcpt_tos for mail in box.mails] == [[email.to] for email in emails]
    assert {mail.mail_from for mail in box.mails} == {"konta@eszkola.example"}
    assert len(box.sessions) == 1


@pytest.mark.clause("EC1")
def test_a_receipt_comes_as_soon_as_its_email_is_gone(serve, courier_to, an_email):
    """Whoever stops after the first receipt has sent one e-mail, and left no connection open."""
    box, port = serve()
    receipts = iter(courier_to(port).send([an_email(1), an_email(2)]))

    assert next(receipts) == Receipt(an_email(1).reference, SENT)
    assert len(box.mails) == 1
    receipts.close()
    assert len(box.mails) == 1


def test_nothing_to_send_needs_no_server(courier_to):
    """An empty batch opens no connection."""
    assert fates(courier_to(1), []) == []


def test_what_arrives_is_what_was_written(serve, courier_to, an_email):
    """Lines that begin with a dot, letters of three languages and long links survive the way."""
    box, port = serve()
    text = f".\r\n..\r\nZażółć gęślą jaźń, čšž\r\n\r\nhttps://eszkola.example/{'x' * 300}\r\n.\r\n"
    email = an_email(text=text, html=None)

    assert fates(courier_to(port), [email]) == [(SENT, "")]
    mail = message_from_bytes(box.mails[0].content, policy=policy.default)
    assert mail.get_content() == text


@pytest.mark.clause("EC6")
def test_an_email_sent_twice_is_one_for_the_mail_program(serve, courier_to, an_email):
    """After a doubtful end the second copy bears the first one's Message-ID."""
    box, port = serve()
    for _ in range(2):
        assert fates(courier_to(port), [an_email()]) == [(SENT, "")]

    first, second = (message_from_bytes(mail.content)["Message-ID"] for mail in box.mails)
    assert first == second


REFUSALS = {
    "450 4.2.0 try person2@example.com again": (FOR_NOW, "smtp-450"),
    "452 4.2.2 full": (FOR_NOW, "smtp-452"),
    "550 5.1.1 no person2@example.com here": (FOR_GOOD, "smtp-550"),
    "554 5.7.1 spam": (FOR_GOOD, "smtp-554"),
    "350 nobody knows what this means here": (FOR_NOW, "smtp-protocol"),
}


@pytest.mark.clause("EC3")
@pytest.mark.clause("EC4")
@pytest.mark.parametrize("command", ["RCPT", "DATA"])
@pytest.mark.parametrize("reply", REFUSALS)
def test_a_refused_email_leaves_the_others_alone(serve, courier_to, an_email, command, reply):
    """4xx is for now and 5xx for good, without the server's words; the e-mails before and behind are sent."""
    box, port = serve()
    box.replies[command, "person2@example.com"] = reply

    assert fates(courier_to(port), [an_email(number) for number in range(1, 4)]) == [
        (SENT, ""),
        REFUSALS[reply],
        (SENT, ""),
    ]
    assert [mail.rcpt_tos for mail in box.mails] == [["person1@example.com"], ["person3@example.com"]]


@pytest.mark.clause("EC4")
def test_an_email_that_cannot_be_made_leaves_the_others_alone(serve, courier_to, an_email):
    """An address that is none fails for good, and nothing of it reaches the server."""
    box, port = serve()
    emails = [an_email(1), an_email(2, to="two@example.com\r\nDATA"), an_email(3, text="\ud800"), an_email(4)]

    assert fates(courier_to(port), emails) == [
        (SENT, ""),
        (FOR_GOOD, "invalid-email"),
        (FOR_GOOD, "unencodable-text"),
        (SENT, ""),
    ]
    assert len(box.mails) == 2


@pytest.mark.clause("EC3")
@pytest.mark.parametrize(
    ("reply", "fate"),
    [
        ("550 5.7.1 konta@eszkola.example may not send", (FOR_NOW, "smtp-550")),
        ("530 5.7.0 sign in first", (FOR_NOW, "smtp-530")),
        ("552 5.3.4 too large", (FOR_GOOD, "smtp-552")),
        ("451 4.3.0 later", (FOR_NOW, "smtp-451")),
    ],
)
def test_a_refused_sender_costs_no_message(serve, courier_to, an_email, reply, fate):
    """That the platform may not send is for the operator to mend, so its e-mails wait; only size is their own fault."""
    box, port = serve()
    box.replies["MAIL", "konta@eszkola.example"] = reply

    assert fates(courier_to(port), [an_email(1), an_email(2)]) == [fate, fate]


@pytest.mark.clause("EC2")
@pytest.mark.clause("EC4")
@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_a_lost_connection_fails_one_email_alone(serve, courier_to, an_email, command):
    """The e-mail on its way failed for now; those behind it go over a new connection."""
    box, port = serve()
    box.replies[command, "person2@example.com"] = "die"

    assert fates(courier_to(port), [an_email(number) for number in range(1, 5)]) == [
        (SENT, ""),
        (FOR_NOW, "connection-lost"),
        *[(SENT, "")] * 2,
    ]
    assert len(box.sessions) == 2


@pytest.mark.clause("EC5")
@pytest.mark.parametrize("reply", ["die", "hang", "421 4.3.2 shutting down"])
def test_a_server_that_never_answers_counts_as_out_of_reach(serve, courier_to, an_email, reply):
    """After two lost connections in a row nothing more is tried: what has no receipt was not sent."""
    box, port = serve()
    emails = [an_email(number) for number in range(1, 10)]
    for number in (2, 4, 5, 6):
        box.replies["RCPT", f"person{number}@example.com"] = reply

    receipts: list[Receipt] = []
    with pytest.raises(Unavailable) as stopped:
        collect(receipts, courier_to(port).send(emails))

    assert (stopped.value.code, stopped.value.retry_after) == ("smtp-unreachable", timedelta(minutes=1))
    assert [each.outcome for each in receipts] == [SENT, FOR_NOW, SENT, FOR_NOW, FOR_NOW]
    assert [mail.rcpt_tos for mail in box.mails] == [["person1@example.com"], ["person3@example.com"]]


@pytest.mark.clause("EC6")
def test_an_email_that_a_server_took_and_did_not_say_is_sent_again_as_it_was(serve, courier_to, an_email):
    """The server dies when it has the whole of it: that is no receipt, and what comes later is the same octets."""
    box, port = serve()
    box.replies["DATA", "person1@example.com"] = "take and die"
    email = an_email(written_at=NOW - timedelta(days=3))
    assert fates(courier_to(port), [email]) == [(FOR_NOW, "connection-lost")]

    box.replies.clear()
    assert fates(courier_to(port, now=lambda: NOW + timedelta(hours=1)), [email]) == [(SENT, "")]

    first, second = box.mails
    assert first.content == second.content
    assert message_from_bytes(first.content, policy=policy.default)["Date"].datetime == NOW - timedelta(days=3)


@pytest.mark.clause("EC2")
@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_a_server_that_hangs_is_given_up(serve, courier_to, an_email, command):
    """Silence ends at the timeout; whether the e-mail was taken is unknown, so it is not called sent."""
    box, port = serve()
    box.replies[command, "person2@example.com"] = "hang"

    assert fates(courier_to(port), [an_email(number) for number in range(1, 4)]) == [
        (SENT, ""),
        (FOR_NOW, "timeout"),
        (SENT, ""),
    ]


@pytest.mark.clause("EC3")
def test_a_server_that_ends_a_session_is_asked_for_another(serve, courier_to, an_email):
    """After *421*, which some say when a session had its share, what is behind goes over a new connection."""
    box, port = serve()
    box.replies["RCPT", "person1@example.com"] = "421 4.3.2 shutting down"

    assert fates(courier_to(port), [an_email(1), an_email(2)]) == [(FOR_NOW, "smtp-421"), (SENT, "")]


def test_starttls_and_sign_in(serve, secure_courier_to, an_email, secured):
    """The usual way: the connection is secured, then the password is shown, then the e-mail is handed over."""
    box, port = serve(**secured)
    courier = secure_courier_to(port, username="eszkola", password=Secret("pa55word-of-the-platform"))

    assert fates(courier, [an_email()]) == [(SENT, "")]
    assert len(box.mails) == 1


def test_tls_from_the_first_octet(serve, secure_courier_to, an_email, certified):
    """Implicit TLS needs no command (RFC 8314)."""
    box, port = serve(ssl_context=certified("127.0.0.1"), server_hostname="127.0.0.1")

    assert fates(secure_courier_to(port, security="tls"), [an_email()]) == [(SENT, "")]
    assert len(box.mails) == 1


def unavailable(courier, emails):
    """Return the error that *courier* stops with before any receipt."""
    with pytest.raises(Unavailable) as stopped:
        next(iter(courier.send(emails)))
    return stopped.value


@pytest.mark.clause("EC5")
@pytest.mark.parametrize("why", ["unknown authority", "other name"])
def test_a_server_that_cannot_prove_its_name_gets_nothing(serve, secure_courier_to, an_email, certified, why):
    """Neither an unknown authority nor another's certificate is good enough, and trying again would not help."""
    name, context = (
        ("127.0.0.1", ssl.create_default_context()) if why == "unknown authority" else ("other.example", None)
    )
    box, port = serve(tls_context=certified(name), require_starttls=True)
    trusting = {"ssl_context": context} if context else {}

    error = unavailable(secure_courier_to(port, **trusting), [an_email()])

    assert (error.code, error.retry_after) == ("smtp-tls", None)
    assert box.mails == []


@pytest.mark.clause("EC5")
def test_a_server_without_starttls_gets_nothing(serve, courier_to, an_email):
    """Nobody between can talk the courier out of security."""
    box, port = serve()

    error = unavailable(courier_to(port, security="starttls"), [an_email()])

    assert (error.code, error.retry_after) == ("smtp-unsupported", None)
    assert box.mails == []


@pytest.mark.clause("EC5")
@pytest.mark.rule("ID-10a")
def test_a_wrong_password_stops_the_batch_and_is_not_shown(serve, secure_courier_to, an_email, secured):
    """The error names the server and the remedy; neither it nor what it came from holds the password."""
    box, port = serve(**secured)
    wrong = Secret("canary-pa55word")
    courier = secure_courier_to(port, username="eszkola", password=wrong)

    error = unavailable(courier, [an_email()])

    assert (error.code, error.retry_after) == ("smtp-535", None)
    assert f"127.0.0.1:{port}" in str(error)
    assert "canary" not in f"{error!r} {error.__cause__!r} {courier!r}"
    assert error.__suppress_context__
    assert box.mails == []


@pytest.mark.clause("EC5")
def test_a_server_that_is_too_busy_to_sign_in_is_tried_again(serve, secure_courier_to, an_email, secured):
    """A temporary refusal of the sign-in says when to come back."""
    _, port = serve(**secured)
    courier = secure_courier_to(port, username="eszkola", password=Secret("busy"))

    error = unavailable(courier, [an_email()])

    assert (error.code, error.retry_after) == ("smtp-454", timedelta(minutes=1))


@pytest.mark.clause("EC5")
def test_a_server_that_is_not_there_is_tried_again(courier_to, an_email):
    """A refused connection raises, with a time to come back."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

        error = unavailable(courier_to(port), [an_email()])

    assert (error.code, error.retry_after) == ("smtp-unreachable", timedelta(minutes=1))


@pytest.mark.clause("EC5")
@pytest.mark.parametrize("greeting", [b"", b"554 5.3.2 no mail here\r\n", b"421 4.3.2 busy\r\n"])
def test_a_server_that_does_not_welcome_us_gets_nothing(courier_to, an_email, greeting):
    """A silent greeting ends at the timeout; a refusing one says whether coming back helps."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        courier = courier_to(port)
        if not greeting:
            error = unavailable(courier, [an_email()])
            assert (error.code, error.retry_after) == ("smtp-unreachable", timedelta(minutes=1))
            return
        error = greeted(courier, [an_email()], listening, greeting)

    assert error.code == f"smtp-{greeting[:3].decode()}"
    assert (error.retry_after is None) is greeting.startswith(b"5")


def greeted(courier, emails, listening, greeting):
    """Return what the courier stops with when the server says *greeting* and no more."""
    from threading import Thread  # noqa: PLC0415 - only here

    def welcome() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(greeting)

    thread = Thread(target=welcome)
    thread.start()
    try:
        return unavailable(courier, emails)
    finally:
        thread.join()


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "::1"])
def test_this_machine_needs_no_encryption(host):
    """What never leaves the machine may be plain."""
    assert SmtpCourier(host, 25, sender="a@b.example", security="none").security == "none"


@pytest.mark.parametrize("host", ["mail.example.com", "10.0.0.1", "0.0.0.0", "localhost.example.com", ""])  # noqa: S104
def test_no_other_machine_is_written_to_in_plain(host):
    """Tokens and passwords cross no network unprotected."""
    with pytest.raises(InvalidValue, match="starttls or tls") as refusal:
        SmtpCourier(host, 25, sender="a@b.example", security="none")

    assert refusal.value.code == "insecure-server"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"security": "ssl"}, "unknown-security"),
        ({"port": 0}, "invalid-port"),
        ({"port": 65536}, "invalid-port"),
        ({"timeout": timedelta()}, "invalid-timeout"),
        ({"username": "eszkola"}, "half-a-login"),
        ({"password": Secret("canary")}, "half-a-login"),
        ({"username": "eszkola", "password": Secret("canary-ż")}, "login-not-ascii"),
        ({"sender": "nobody"}, "invalid-sender"),
    ],
)
def test_a_courier_that_could_not_work_is_not_made(wrong, code):
    """What is certain to fail is told at the start, without the secret."""
    values = {"host": "mail.example.com", "port": 587, "sender": "a@b.example"} | wrong

    with pytest.raises(InvalidValue) as refusal:
        SmtpCourier(values.pop("host"), values.pop("port"), **values)

    assert refusal.value.code == code
    assert "canary" not in str(refusal.value)
