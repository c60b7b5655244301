"""Who people are: national ids, names, addresses."""

from __future__ import annotations

import string
from datetime import date
from typing import Final

import phonenumbers
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain import national_ids as ids
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import EMSO, PESEL, NationalId
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.stated import Sex
from eszkola_core.testing.strategies.times import TODAY, chosen

_FIRST_BIRTH: Final = date(1800, 1, 1)


_CENTURIES: Final = {18: 80, 19: 0, 20: 20, 21: 40, 22: 60}


_PESEL_WEIGHTS: Final = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)


_EMSO_WEIGHTS: Final = (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def birth_dates(*, today: date = TODAY) -> SearchStrategy[date]:
    """Yield days on which somebody in a register can be born: those that both PESEL and EMŠO encode, up to *today*."""
    return st.dates(_FIRST_BIRTH, today)


def sexes() -> SearchStrategy[Sex]:
    """Yield both."""
    return st.sampled_from(Sex)


@st.composite
def pesels(
    draw: st.DrawFn,
    *,
    born: SearchStrategy[date] | None = None,
    sexes: SearchStrategy[Sex] | None = None,
) -> NationalId:
    """Yield valid PESELs of people who are *born* and have *sexes* as asked; births from 1800 to `TODAY` by default."""
    day = draw(chosen(born, birth_dates()))
    sex = draw(chosen(sexes, st.sampled_from(Sex)))
    month = _CENTURIES[day.year // 100] + day.month
    serial = draw(st.integers(0, 999))
    last = 2 * draw(st.integers(0, 4)) + (sex is Sex.MALE)
    digits = f"{day.year % 100:02}{month:02}{day.day:02}{serial:03}{last}"
    return NationalId(PESEL, digits + str(-_weighed(digits, _PESEL_WEIGHTS) % 10))


@st.composite
def emsos(
    draw: st.DrawFn,
    *,
    born: SearchStrategy[date] | None = None,
    sexes: SearchStrategy[Sex] | None = None,
) -> NationalId:
    """Yield EMŠOs that python-stdnum accepts, of every region; births from 1800 to `TODAY` by default."""
    day = draw(chosen(born, birth_dates()))
    sex = draw(chosen(sexes, st.sampled_from(Sex)))
    region = draw(st.integers(0, 99))
    serial = draw(st.integers(0, 499)) + (0 if sex is Sex.MALE else 500)
    digits = f"{day.day:02}{day.month:02}{day.year % 1000:03}{region:02}{serial:03}"
    return NationalId(EMSO, digits + str(-_weighed(digits, _EMSO_WEIGHTS) % 11 % 10))


def _weighed(digits: str, weights: tuple[int, ...]) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True))


def documents() -> SearchStrategy[NationalId]:
    """Yield documents that stand in for a national id (ID-5)."""
    return st.builds(
        ids.document,
        st.text(string.ascii_uppercase, min_size=2, max_size=2),
        st.sampled_from(["", "passport", "identity card", "residence permit"]),
        st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=20),
    )


def national_ids() -> SearchStrategy[NationalId]:
    """Yield whatever an account can be bound to: PESELs, EMŠOs and documents."""
    return pesels() | emsos() | documents()


_LETTERS: Final = st.characters(categories=["Lu", "Ll", "Lt", "Lo", "Lm"])


_COMMON_LETTERS: Final = st.sampled_from("AaĄąBbCcĆćČčDdĐđEeĘęFGHIiJKLlŁłMmNnŃńOoÓóPRrSsŚśŠšTUuWwYyZzŹźŻżŽž")


_NAME_PARTS: Final = st.text(_COMMON_LETTERS | _LETTERS, min_size=1, max_size=12)


@st.composite
def _name_texts(draw: st.DrawFn) -> str:
    parts = draw(st.lists(_NAME_PARTS, min_size=1, max_size=3))
    text = parts[0]
    for part in parts[1:]:
        text += draw(st.sampled_from(" -'’")) + part
    return text


def person_names() -> SearchStrategy[PersonName]:
    """Yield whole names in any script, some of several parts."""
    whole = st.builds(PersonName, _name_texts(), _name_texts())
    return whole.filter(lambda name: name.is_whole)


_LOCAL_PARTS: Final = st.lists(
    st.text(string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~", min_size=1, max_size=15),
    min_size=1,
    max_size=3,
).map(".".join)


_LABELS: Final = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,10}(-[a-z0-9]{1,5})?", fullmatch=True).filter(
    lambda label: label[2:4] != "--" and label.casefold() not in {"test", "invalid", "local", "localhost", "arpa"},
) | st.sampled_from(["łódź", "šola", "школа", "MÜNCHEN", "o2", "tlen", "go2", "gmail", "googlemail", "icloud", "me"])


_TOPS: Final = st.sampled_from(["pl", "si", "com", "COM", "org", "edu.pl", "com.ua", "укр", "eu"])


def email_addresses() -> SearchStrategy[EmailAddress]:
    """Yield addresses that a message can be sent to, in any spelling, in domains of any script."""
    domains = st.tuples(_LABELS, _TOPS).map(".".join)
    return st.tuples(_LOCAL_PARTS, domains).map("@".join).map(EmailAddress.parse)


def mailboxes() -> SearchStrategy[str]:
    """Yield what addresses are compared as."""
    return email_addresses().map(lambda address: address.mailbox)


def phone_numbers(*, countries: SearchStrategy[str] | None = None) -> SearchStrategy[PhoneNumber]:
    """Yield numbers that somebody in one of *countries* can have: mobile and fixed, as their registers allow."""
    return chosen(countries, st.sampled_from(["PL", "SI", "UA", "DE", "GB"])).flatmap(_numbers_of)


def _numbers_of(country: str) -> SearchStrategy[PhoneNumber]:
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    samples = [phonenumbers.example_number_for_type(country, kind) for kind in kinds]
    # The last digits are the subscriber's own: nearly all are given to somebody.
    bodies = [phonenumbers.format_number(each, phonenumbers.PhoneNumberFormat.E164)[:-3] for each in samples if each]
    drawn = st.tuples(st.sampled_from(bodies), st.text("0123456789", min_size=3, max_size=3)).map("".join)
    return drawn.filter(_is_valid).map(PhoneNumber)


def _is_valid(text: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(text))
