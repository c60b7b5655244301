"""What one person types or one cell holds: ids, names, addresses, numbers, codes, tokens, days, passwords."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import Final

from eszkola_core.domain import national_ids
from eszkola_core.domain.addresses import EmailAddress, ascii_domain
from eszkola_core.domain.bounces import proofs_in, proved_message
from eszkola_core.domain.devices import device_name, token_in
from eszkola_core.domain.hidden import Secret, masked, without_numbers
from eszkola_core.domain.logins import stem_of
from eszkola_core.domain.money import Money
from eszkola_core.domain.names import PersonName, fold, parts, to_ascii
from eszkola_core.domain.passwords import prepare
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.security_codes import read_code, shown_code
from eszkola_core.domain.stated import Field, StatedId
from eszkola_core.domain.tokens import digest_of
from eszkola_core.testing.memory import MemoryStorage
from eszkola_gradebook.cells import read_date, read_id, read_sex, safe_key, shown
from fuzz.held import hide, refusing, require
from fuzz.parts import flagged, text_of

WORDS: Final = (
    "44051401359", "02070803628", "0103012500002", "a@example.org", "zażółć@example.org", "a@ąę.pl",
    '"a b"@example.org', "a@[127.0.0.1]", "xn--", "+48 77 400 30 20", "+386 1 234 56 78", "77 400 30 20 wew. 3", "(0)",
    "٠١٢", "\uff11\uff12\uff13", "0000 0000 0003", "CERT#https://a#b#ENDCERT", "Zażółć", "Đorđe", "O'Brien-Łoś",
    "Олена", "Ελλάδα", "İ", "ß", "ﬀ", "2012-03-01", "1.3.2012", "2012-03-01T00:00:00Z", "0.05 EUR", "\u200d", "\u202e",
    "😀", "e\u0301",
)  # fmt: skip
SCHEMES: Final = (
    national_ids.PESEL, national_ids.EMSO, "hr.oib", "cz.rc", "sk.rc", "de.idnr", "it.codicefiscale", "es.dni",
    "lt.asmens", "ee.ik", "bg.egn", "ro.cnp", "fr.nir", "at.tin", "hu.anum", "ua.rntrc", "by.unp", "be.nn", "dk.cpr",
    "fi.hetu", "se.personnummer", "no.fodselsnummer", "nl.bsn", "pt.nif", "mk.edb", "rs.pib", "ba.jmbg", "me.iban",
)  # fmt: skip
"""Schemes that a tenant may name; python-stdnum has all of them."""
_TODAY: Final = date(2026, 11, 28)
_COUNTRIES: Final = ("PL", "SI", "UA", "US")
_FORMS: Final = ("DD.MM.YYYY", "D/M/YYYY", "MM-DD-YYYY")


def check(data: bytes) -> None:
    """Put one text to one of them; what it takes it takes again as it writes it."""
    flag, content = flagged(data)
    with refusing():
        CHECKS[flag % len(CHECKS)](text_of(content))


def _national_id(text: str) -> None:
    schemes = (national_ids.PESEL, national_ids.EMSO)
    national_ids.may_be_one(text, schemes=schemes)
    national_ids.looks_like_one(text, schemes=schemes)
    if found := national_ids.restored(text, schemes=schemes, born=date(2002, 7, 8), today=_TODAY):
        require(found.reveal().endswith(text), "another number was put back")
    _taken_again(text, schemes)


def _id_elsewhere(text: str) -> None:
    first, _, rest = text.partition(" ")
    scheme = SCHEMES[sum(map(ord, first)) % len(SCHEMES)]
    _taken_again(rest, (scheme,))


def _taken_again(text: str, schemes: tuple[str, ...]) -> None:
    found = national_ids.parse(text, schemes=schemes, today=_TODAY)
    require(found.reveal().isascii(), "an id is not ASCII")
    require(found.birth_date is None or found.birth_date <= _TODAY, "a birth date is to come")
    _ = found.sex
    hide(f"{found}{found!r}{found.masked}")
    require(national_ids.parse(found.reveal(), schemes=schemes, today=_TODAY) == found, "an id is not taken again")


def _document(text: str) -> None:
    country, _, number = text.partition(" ")
    found = national_ids.document(country, "passport", number)
    require(national_ids.document(country, "passport", found.reveal()) == found, "a document is not taken again")
    hide(repr(found))


def _email(text: str) -> None:
    found = EmailAddress.parse(text)
    require(EmailAddress.parse(found.spelling) == found, "an address is not taken again")
    require(EmailAddress.parse(found.mailbox) == found, "a mailbox is another's")
    require("\n" not in found.spelling and "\r" not in found.spelling, "an address holds a line end")
    _ = found.masked, found.lies_in("example.org")


def _domain(text: str) -> None:
    found = ascii_domain(text)
    require(ascii_domain(found) == found, "a domain is not taken again")


def _phone(text: str) -> None:
    country = _COUNTRIES[len(text) % len(_COUNTRIES)]
    found = PhoneNumber.parse(text, country=country)
    require(found.e164.isascii(), "a number is not ASCII")
    require(PhoneNumber.parse(found.e164, country=country) == found, "a number is not taken again")
    hide(found.masked)


def _code(text: str) -> None:
    found = read_code(text)
    if found is not None:
        hide(f"{found}{found!r}")
        require(read_code(shown_code(found)) == found, "a code is not taken again")


def _token(text: str) -> None:
    found = token_in(text)
    require(digest_of(found) == digest_of(Secret(f" {found.reveal()}\n")), "blanks around a token matter")
    require(text == "" or repr(text) not in repr(found), "a token shows")
    require(token_in(found.reveal()).reveal().strip() == token_in(found.reveal()).reveal(), "a token has blanks")
    proofs = proofs_in(text)
    require(all(proved_message(each, _fingerprint) is None for each in proofs), "somebody forged a proof")


def _name(text: str) -> None:
    first, _, last = text.partition(" ")
    require(fold(fold(text)) == fold(text), "folding twice is another")
    plain = to_ascii(text)
    require(plain.isascii() and to_ascii(plain) == plain, "plain letters are not plain")
    name, turned = PersonName(first, last), PersonName(last, first)
    require(name.key == turned.key, "the order of a name matters")
    require(not name.differs_wholly_from(turned), "a turned name is another")
    require(name.resembles(name) or not parts(text), "a name does not resemble itself")
    require(stem_of(name).isascii(), "a login is not ASCII")


def _password(text: str) -> None:
    found = prepare(text)
    require(prepare(found.reveal()) == found, "a prepared password is prepared to another")
    require(repr(found) == "Secret(•••)", "a password shows")


def _cells(text: str) -> None:
    told = [read_date(text, _FORMS, Field.BIRTH_DATE), read_sex(text, {"k": "female"}), read_id(text)]
    require(not isinstance(told[2], StatedId) or told[2].text in text, "an id is not what stood there")
    hide(f"{told}\n{shown(text)}\n{safe_key(text)}")
    require(len(shown(text)) <= max(40, len(text)), "more is shown than there is")


def _sentence(text: str) -> None:
    hide(without_numbers(text))
    require(len(masked(text)) == len(text), "a mask has another length")
    device_name(text)


def _money(text: str) -> None:
    found = Money.parse(text)
    require(Money.parse(str(found)) == found, "an amount is not taken again")
    require(Money.of_micros(found.micros, found.currency) == found, "an amount is not its millionths")


def _fingerprint(data: bytes, context: str) -> bytes:
    return _storage().fingerprint(data, context=context)


@cache
def _storage() -> MemoryStorage:
    return MemoryStorage()


CHECKS: Final[Sequence[Callable[[str], None]]] = (
    _national_id, _id_elsewhere, _document, _email, _domain, _phone, _code, _token, _name, _password, _cells, _sentence,
    _money,
)  # fmt: skip
