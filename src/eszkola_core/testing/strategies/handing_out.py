"""Letters, where they go, and how people can be reached."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.communication import Level
from eszkola_core.domain.credential_channels import GuardianReach, Reach
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.letters import (
    LETTER_FIELDS,
    ClassList,
    ClassListRow,
    Letter,
    LetterKind,
    PostalAddress,
    one_line,
)
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.tenants import LOCALES
from eszkola_core.testing.strategies.identities import email_addresses, person_names, phone_numbers
from eszkola_core.testing.strategies.times import days as all_days

_Texts = st.SearchStrategy[str]
_LINES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(one_line)


def postal_addresses(*, lines: _Texts = _LINES, countries: _Texts | None = None) -> st.SearchStrategy[PostalAddress]:
    """Return addresses; *lines* are what stands in each of their parts."""
    abroad = st.just("") | lines if countries is None else countries
    return st.builds(PostalAddress, street=lines, postal_code=lines, city=lines, country=abroad)


@st.composite
def printed_letters(  # noqa: PLR0913 - what a letter has
    draw: st.DrawFn,
    *,
    kinds: st.SearchStrategy[LetterKind] | None = None,
    locales: st.SearchStrategy[str] | None = None,
    texts: _Texts = _LINES,
    addresses: st.SearchStrategy[PostalAddress | None] | None = None,
    days: st.SearchStrategy[date] | None = None,
) -> Letter:
    """Return letters of every kind, with and without an address."""
    kind = draw(st.sampled_from(LetterKind) if kinds is None else kinds)
    day = draw(all_days() if days is None else days)
    data = {name: draw(texts) for name in sorted(LETTER_FIELDS[kind])}
    data |= {"until": day.isoformat()} if "until" in data else {}
    return Letter(
        kind=kind,
        locale=draw(st.sampled_from(LOCALES) if locales is None else locales),
        to=draw(texts),
        address=draw(st.none() | postal_addresses() if addresses is None else addresses),
        owner=draw(texts),
        school=draw(texts),
        reference=draw(texts),
        day=day,
        data=data,
    )


def class_list_rows(*, texts: _Texts = _LINES) -> st.SearchStrategy[ClassListRow]:
    """Return rows of lists, with and without a password."""
    password = st.none() | st.builds(Secret, texts)
    return st.builds(ClassListRow, name=texts, reference=texts, login=texts, password=password)


def class_lists(*, rows: st.SearchStrategy[ClassListRow] | None = None) -> st.SearchStrategy[ClassList]:
    """Return lists of at least one."""
    each = class_list_rows() if rows is None else rows
    return st.builds(
        ClassList,
        locale=st.sampled_from(LOCALES),
        school=_LINES,
        class_name=_LINES,
        day=all_days(),
        rows=st.lists(each, min_size=1, max_size=5),
    )


def guardian_reaches(
    *,
    emails: st.SearchStrategy[EmailAddress] | None = None,
    phones: st.SearchStrategy[PhoneNumber] | None = None,
    addresses: st.SearchStrategy[PostalAddress] | None = None,
) -> st.SearchStrategy[GuardianReach]:
    """Return how guardians with an active link can be reached."""
    return st.builds(
        GuardianReach,
        person=st.integers(1, 9).map(PersonId),
        name=person_names().map(str),
        email=st.none() | (email_addresses() if emails is None else emails),
        phone=st.none() | (phone_numbers() if phones is None else phones),
        address=st.none() | (postal_addresses() if addresses is None else addresses),
        verified=st.booleans(),
        sees=st.booleans(),
    )


@st.composite
def reaches(
    draw: st.DrawFn,
    *,
    emails: st.SearchStrategy[EmailAddress] | None = None,
    phones: st.SearchStrategy[PhoneNumber] | None = None,
    addresses: st.SearchStrategy[PostalAddress] | None = None,
) -> Reach:
    """Return how students, guardians and staff can be reached; only a student can be a minor, or restricted."""
    email = email_addresses() if emails is None else emails
    phone = phone_numbers() if phones is None else phones
    address = postal_addresses() if addresses is None else addresses
    is_student = draw(st.booleans())
    is_restricted = is_student and draw(st.booleans())
    guardians = guardian_reaches(emails=email, phones=phone, addresses=address)
    own = draw(st.none() | email)
    return Reach(
        name=str(draw(person_names())),
        is_student=is_student,
        is_guardian=not is_student and draw(st.booleans()),
        is_minor=is_student and draw(st.booleans()),
        has_link=draw(st.booleans()),
        email=own,
        email_unusable=own is not None and draw(st.booleans()),
        email_shared=own is not None and draw(st.booleans()),
        phone=draw(st.none() | phone),
        level=draw(st.none() | st.sampled_from(Level)),
        address=draw(st.none() | address),
        guardians=tuple(draw(st.lists(guardians, max_size=2, unique_by=lambda each: each.person)))
        if is_student
        else (),
        is_restricted=is_restricted,
        barred_phones=draw(st.frozensets(phone, max_size=2)) if is_restricted else frozenset(),
        barred_mailboxes=frozenset(
            draw(st.lists(email.map(lambda each: each.mailbox), max_size=2)) if is_restricted else ()
        ),
        barred_addresses=draw(st.frozensets(address, max_size=2)) if is_restricted else frozenset(),
    )
