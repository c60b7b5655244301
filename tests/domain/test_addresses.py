"""E-mail addresses: the plain path agrees with email-validator, and mailboxes are compared as they are delivered."""

from __future__ import annotations

import email_validator
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from eszkola_core.domain.addresses import ONE_MAILBOX_DOMAINS, EmailAddress, ascii_domain
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.strategies import email_addresses

plain_ish = st.from_regex(
    r"[A-Za-z0-9_.+-]{1,12}@([A-Za-z0-9-]{1,8}\.){1,3}(pl|si|COM|test|invalid|local|example|x|1a|xn--p1ai)",
    fullmatch=True,
)
hostile = st.text(st.sampled_from("ab.@-_+ \t\n\"'<>()[]\\,;:żŻ王\u200d\u0301\x00xn-1"), max_size=30)
long_ones = st.builds(
    lambda local, label, count: f"{'a' * local}@{'.'.join(['b' * label] * count)}.pl",
    st.integers(60, 68),
    st.integers(60, 66),
    st.integers(1, 4),
)


def expected(text):
    """Return what email-validator makes of *text*: the local part, and the domain in ASCII; or None."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=True)
    except EmailNotValidError:
        return None
    return (found.local_part, found.ascii_domain) if found.local_part.isascii() else None


def parsed(text):
    """Return the address that *text* spells, or None."""
    try:
        return EmailAddress.parse(text)
    except InvalidValue:
        return None


@pytest.mark.rule("MAIL-8")
@given(plain_ish | hostile | long_ones)
@example(f"{'a' * 64}@b.pl")
@example(f"{'a' * 65}@b.pl")
@example(f"a@{'b' * 63}.pl")
@example(f"a@{'b' * 64}.pl")
@example(f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 58}.pl")
@example(f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 59}.pl")
@example("a@b--c.pl")
@example("a@xn--c.pl")
@example("a@b.c")
@example("a@b.co\n")
@example("a..b@c.pl")
@example(".a@c.pl")
@example("a@-c.pl")
@example("a@c-.pl")
@example("a@localhost")
@example("a@x.test")
@example("a@x.example.com")
@example("a@test.com")
@example("a@invalid.pl")
@example("a@ab--cd.pl")
def test_texts_are_judged_as_email_validator_judges_them(text):
    """Plain ones, which the short code decides, and hostile ones, which it must leave alone."""
    wanted, found = expected(text), parsed(text)

    assert (found is None) == (wanted is None)
    if wanted is not None:
        local, domain = wanted
        assert found.mailbox == f"{local.casefold()}@{ONE_MAILBOX_DOMAINS.get(domain.lower(), domain.lower())}"


@pytest.mark.rule("MAIL-8")
@pytest.mark.parametrize(
    "text",
    [
        "ala.lis+szkola@Example.com",
        f"{'a' * 64}@b.pl",
        f"a@{'b' * 63}.pl",
        f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 58}.pl",
    ],
)
def test_a_plain_address_never_waits_for_the_library(monkeypatch, text):
    """A roster holds thousands of them, up to the greatest lengths: email-validator is asked about oddities alone."""
    monkeypatch.setattr(email_validator, "validate_email", None)

    assert EmailAddress.parse(text).mailbox == text.lower()


@pytest.mark.rule("MAIL-8")
@given(email_addresses())
def test_the_spelling_is_kept_and_case_does_not_matter(address):
    """For sending the owner's spelling, for comparing the mailbox; spaces around are not part of it."""
    typed = f" {address.spelling}\t"

    assert EmailAddress.parse(typed).spelling == address.spelling
    assert EmailAddress.parse(typed) == address
    assert EmailAddress.parse(address.spelling.upper()) == EmailAddress.parse(address.spelling.lower())
    assert EmailAddress.parse(address.mailbox) == address
    assert hash(EmailAddress.parse(address.mailbox)) == hash(address)
    assert address != address.mailbox


def test_what_is_far_too_long_is_refused_unread(monkeypatch):
    """The library would compose all of it first, and marks without end take it very long."""
    monkeypatch.delattr(email_validator, "validate_email")
    with pytest.raises(InvalidValue) as refused:
        EmailAddress.parse("a" + "\N{COMBINING ACUTE ACCENT}" * 1016 + "@example.org")

    assert refused.value.code == "invalid-email"


@pytest.mark.rule("MAIL-8")
def test_domains_of_one_mailbox_are_one():
    """Those of the table are compared as one, and those alone; an address in IDNA form is the same as in letters."""
    assert EmailAddress.parse("Ola@tlen.pl") == EmailAddress.parse("ola@O2.pl")
    assert EmailAddress.parse("ola@o2.pl") != EmailAddress.parse("ola@o3.pl")
    assert EmailAddress.parse("ola@łódź.pl") == EmailAddress.parse(f"ola@{ascii_domain('łódź.pl')}")
    assert set(ONE_MAILBOX_DOMAINS.values()).isdisjoint(ONE_MAILBOX_DOMAINS)


@pytest.mark.rule("MAIL-8")
def test_letters_that_nobody_delivers_to_have_a_code_of_their_own():
    """An address with them before the @ is told from nonsense; neither error repeats it."""
    letters = "mail servers do not deliver to an address with such letters before the @"
    for text, code, told in (
        ("żółw@example.com", "undeliverable-email", letters),
        ("żółw", "invalid-email", "this is not an e-mail address"),
    ):
        with pytest.raises(InvalidValue) as refused:
            EmailAddress.parse(text)
        assert (refused.value.code, str(refused.value)) == (code, told)


@pytest.mark.rule("MAIL-2")
@given(email_addresses(), st.sampled_from(["", "a.", "b.c."]), st.booleans())
def test_an_address_lies_in_its_domain_and_in_those_above(address, below, shouted):
    """Also when it is spelled in letters or capitals; a domain that only ends alike is another."""
    domain = address.domain
    inside = EmailAddress.parse(f"x@{below}{domain}")

    assert inside.lies_in(domain.upper() if shouted else domain)
    assert inside.lies_in(domain.partition(".")[2])
    assert not inside.lies_in(f"x{domain}")
    assert not inside.lies_in(f"z.{below}{domain}")
    assert not EmailAddress.parse(f"x@q{domain}").lies_in(domain) or domain.startswith("xn--")


@pytest.mark.rule("MAIL-2")
def test_a_platform_domain_in_letters_is_compared_in_idna_form():
    """An address below a domain with Slovene letters lies in it."""
    assert EmailAddress.parse("ola@u.šola.si").lies_in("Šola.si")
    assert ascii_domain("ŠOLA.si.") == ascii_domain("šola.si") == EmailAddress.parse("ola@šola.si").domain
    with pytest.raises(InvalidValue) as refused:
        ascii_domain("š" * 70 + ".si")
    assert (str(refused.value), refused.value.code) == ("this is not a domain name", "invalid-domain")


@pytest.mark.rule("MAIL-8")
@pytest.mark.parametrize("root", ["", ".", ".\N{MONGOLIAN FREE VARIATION SELECTOR ONE}"])
@pytest.mark.parametrize(
    ("domain", "expected"),
    [("Example.MX", "example.mx"), ("ŠOLA.MX", "xn--ola-zza.mx"), ("šola.mx", "xn--ola-zza.mx")],
)
def test_a_domain_is_one_with_and_without_the_dot_of_the_root(domain, expected, root):
    """Written by the DNS with a dot at its end, in capitals or in letters of the country: one domain."""
    assert ascii_domain(domain + root) == expected


@given(email_addresses())
def test_a_masked_address_shows_one_letter_of_its_owner(address):
    """The first one; the domain is no secret."""
    local = address.masked.partition("@")[0]

    assert local == f"{address.spelling[0]}•••"
    assert address.mailbox not in repr(address) or address.spelling == address.mailbox


@pytest.mark.rule("MAIL-8")
@pytest.mark.parametrize("name", ["email_validator_syntax", "isemail_tests", "hapi_address"])
def test_known_addresses_are_judged_as_email_validator_judges_them(vectors, name):
    """Hundreds of oddities collected by others: the short code decides none of them otherwise."""
    rows = vectors(f"email/{name}.json")
    for row in rows:
        text = row.get("address")
        if isinstance(text, str):
            assert (parsed(text) is None) == (expected(text) is None), row
    assert len(rows) > 50
