"""The form of an e-mail: what its headers say, and that nothing of the data becomes one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.messages import RenderedEmail
from eszkola_core.testing.strategies import email_addresses
from eszkola_smtp.mime import internet_message, one_line, parse_sender, recipient

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
SENDER = parse_sender("eSzkoła Opolska <konta@eszkola.example>")
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
]
texts = st.text(st.characters(exclude_categories=["Cs"]))


def made(*, now=NOW, sender=SENDER, **values):
    """Return the octets of an e-mail with *values*."""
    plain = {"reference": "recovery:7:a", "to": "anna@example.com", "subject": "Hasło", "text": "Dzień dobry!\n"}
    return internet_message(RenderedEmail(**(plain | values)), sender, now)


def read(octets) -> EmailMessage:
    """Return an e-mail as a mail program reads it."""
    return message_from_bytes(octets, EmailMessage, policy=policy.default)


def body(mail):
    """Return what a part says, with line ends as Python writes them."""
    return mail.get_content().replace("\r\n", "\n")


def test_an_email_says_who_to_what_when_and_that_a_program_sent_it(an_email):
    """All headers that a mail program shows or acts on are there, once each, and readable."""
    mail = read(internet_message(an_email(html="<p>Zażółć</p>"), SENDER, NOW))

    assert sorted(mail.keys()) == sorted(HEADERS)
    assert mail["From"] == "eSzkoła Opolska <konta@eszkola.example>"
    assert mail["To"] == "person1@example.com"
    assert mail["Subject"] == "Pierwsze logowanie – zażółć"
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "pl"


def test_text_and_html_stand_side_by_side_the_better_one_last():
    """A mail program that shows HTML finds it behind the text (RFC 2046, 5.1.4)."""
    parts = list(read(made(text="Zażółć\n", html="<p>Gęślą</p>")).iter_parts())

    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert body(parts[0]) == "Zażółć\n"
    assert body(parts[1]) == "<p>Gęślą</p>\n"


def test_an_email_without_html_is_plain_text():
    """No part is made for HTML that is not there."""
    mail = read(made())

    assert mail.get_content_type() == "text/plain"
    assert body(mail) == "Dzień dobry!\n"


@pytest.mark.clause("EC6")
@given(reference=st.text(), later=st.timedeltas(timedelta(), timedelta(days=3650)))
@example("half a character \ud800", timedelta())
def test_the_same_email_bears_the_same_message_id_whenever_it_is_sent(reference, later):
    """The Message-ID depends on no clock and no chance; all else but the Date is equal too."""
    first = made(reference=reference, html="<p>a</p>")
    again = made(reference=reference, html="<p>a</p>", now=NOW + later)

    assert read(first)["Message-ID"] == read(again)["Message-ID"]
    assert [line for line in first.splitlines() if not line.startswith(b"Date:")] == [
        line for line in again.splitlines() if not line.startswith(b"Date:")
    ]


@pytest.mark.clause("EC6")
@given(later=st.timedeltas(timedelta(), timedelta(days=3650)))
def test_an_email_that_says_when_it_was_written_is_the_same_whenever_it_is_sent(later):
    """Byte for byte, its date included."""
    first, again = (made(html="<p>a</p>", written_at=NOW, now=NOW + wait) for wait in (timedelta(), later))

    assert first == again
    assert read(first)["Date"].datetime == NOW


@given(email_addresses())
@example(EmailAddress.parse("jan.nowak+szkola@example.com"))
@example(EmailAddress.parse(f"{'a' * 58}@example.com"))
@example(EmailAddress.parse(f"{'a' * 64}@example.com"))
@example(EmailAddress.parse("o'neil@example.com"))
def test_the_recipient_is_written_as_the_email_package_writes_it(address):
    """Whether or not an address is clear enough to be written without asking it."""
    made_with = recipient(RenderedEmail(reference="a", to=address.spelling, subject="", text=""))
    expected = SMTP.header_factory("To", str(Address(addr_spec=made_with))).fold(policy=SMTP)

    assert b"\r\n" + expected.encode() in made(to=address.spelling)


@pytest.mark.clause("EC6")
def test_different_emails_bear_different_message_ids():
    """Neither two references, nor one reference of two tenants to two people, are taken for one e-mail."""
    known = {read(made(**values))["Message-ID"] for values in ({}, {"reference": "b"}, {"to": "jan@example.com"})}

    assert len(known) == 3
    assert all(name.endswith("@eszkola.example>") for name in known)


def test_a_message_id_does_not_tell_the_reference():
    """What the platform calls a message inside is not for every server on the way."""
    assert b"recovery:7" not in made()


def test_a_long_domain_leaves_the_message_id_whole():
    """A Message-ID is never folded or encoded, because servers compare it by letter."""
    domain = f"{'a' * 60}.{'b' * 60}.example"
    octets = made(sender=parse_sender(f"konta@{domain}"))

    assert read(octets)["Message-ID"].endswith(f"@{domain}>")
    assert b"=?" not in octets.partition(b"Message-ID:")[2].partition(b"Auto-Submitted")[0]


@given(subject=texts, locale=texts)
@example("Hi\r\nBcc: all@example.com", "pl\nBcc: all@example.com")
@example("=?utf-8?q?Hi=0D=0ABcc:_all@example.com?=", "=?utf-8?b?DQpCY2M6IHg=?=")
@example("a\x85Bcc: all@example.com", "a\u2028Bcc: all@example.com")
@example("=\n?utf-8?q?=0D=0ABcc:_x?=", "=\x00?utf-8?q?=0D=0ABcc:_x?=")
@example("very long " * 100, "x" * 300)
def test_no_header_can_be_smuggled_in(subject, locale):
    """Whatever stands in the data, the e-mail has the headers that it should have, and no other."""
    mail = read(made(subject=subject, locale=locale))

    assert sorted(mail.keys()) == sorted([*HEADERS, "Content-Transfer-Encoding"])
    assert mail["To"] == "anna@example.com"
    assert body(mail) == "Dzień dobry!\n"


@given(text=texts, html=texts)
@example(f"--=_{'0' * 32}--\r\n\r\nFrom x\r\n.\r\n", "\r\n--=_\r\nContent-Type: text/html")
def test_the_octets_are_short_lines_of_ascii_in_two_parts(text, html):
    """No body, whatever it holds, breaks a line limit, a boundary, or a server that knows seven bits only."""
    octets = made(text=text, html=html)
    mail = read(octets)

    assert octets.isascii()
    assert max(map(len, octets.split(b"\r\n"))) <= 78
    assert octets.count(b"\n") == octets.count(b"\r\n") == octets.count(b"\r")
    assert len(list(mail.iter_parts())) == 2
    assert not mail.defects


@given(subject=st.text(st.sampled_from('aąb żc,;:"()<>@=?_.-łz'), max_size=200))
def test_a_subject_is_read_as_it_was_written(subject):
    """However long it is and whatever signs it holds, a mail program shows the subject that was meant."""
    assert str(read(made(subject=subject))["Subject"]).strip() == one_line(subject)


@pytest.mark.rule("MAIL-8")
def test_a_domain_with_other_letters_is_sent_to_in_ascii():
    """The spelling is kept before the @, and the domain behind it in IDNA form."""
    assert read(made(to="Anna.K@żółw.pl"))["To"] == "Anna.K@xn--w-uga1v8h.pl"


@pytest.mark.parametrize("to", ["", "anna", "a@b.pl\r\nBcc: c@example.com", "a@b.pl, c@d.pl", "A <a@b.pl>", "ąę@b.pl"])
def test_what_is_no_address_gets_no_email(to):
    """An address that servers would not take is refused, and the refusal does not repeat it."""
    with pytest.raises(InvalidValue) as refusal:
        made(to=to)

    assert refusal.value.code in {"invalid-email", "undeliverable-email"}
    assert "b.pl" not in str(refusal.value)


def test_half_a_character_is_refused_without_a_trace_of_the_text():
    """Python's own error would carry the whole body, token and all."""
    with pytest.raises(InvalidValue, match="half a character") as refusal:
        made(text="token=abc \ud800")

    assert refusal.value.code == "unencodable-text"
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__


@given(text=st.text())
def test_one_line_is_one_line(text):
    """Nothing that any program takes for a line end is left, and nothing that looks encoded."""
    line = one_line(text)

    assert len(line.splitlines()) <= 1
    assert "=?" not in line
    assert one_line(line) == line


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("konta@eszkola.example", "", "konta@eszkola.example"),
        ("<konta@eszkola.example>", "", "konta@eszkola.example"),
        ("eSzkoła <konta@eszkola.example>", "eSzkoła", "konta@eszkola.example"),
        ('"Szkoły, Opole" <konta@eszkola.example>', "Szkoły, Opole", "konta@eszkola.example"),
        ("Szkoły, Opole <konta@Szkoła.pl>", "Szkoły, Opole", "konta@xn--szkoa-n7a.pl"),
        ("root@localhost", "", "root@localhost"),
        ('Szkoła "Nowa" <konta@eszkola.example>', 'Szkoła "Nowa"', "konta@eszkola.example"),
        ("Szkoła <nowa>, \\ <konta@eszkola.example>", "Szkoła <nowa>, \\", "konta@eszkola.example"),
        ("eSzkoła\nBcc: a@b.pl <konta@eszkola.example>", "eSzkoła Bcc: a@b.pl", "konta@eszkola.example"),
    ],
)
def test_a_sender_is_a_name_and_an_address(text, name, address):
    """A sender reads as people write it, commas and letters of any kind included."""
    sender = parse_sender(text)

    assert (sender.name, sender.address) == (name, address)
    (read_back,) = read(made(sender=sender))["From"].addresses
    assert (read_back.display_name, read_back.addr_spec) == (name, address)


@pytest.mark.parametrize(
    "text",
    ["", "eSzkoła", "a@", "@b.pl", "ą@b.pl", "a@b.pl, c@d.pl", "x <a@b.pl> y", "a@b.pl\nBcc: c@d.pl", "a@b_c", "a@..."],
)
def test_what_is_no_sender_is_refused(text):
    """A configuration with an unusable sender is told so before anything is sent."""
    with pytest.raises(InvalidValue, match="sender"):
        parse_sender(text)
