"""
Hypothesis strategies for the values of the domain.

Each is named for what it yields, takes strategies by keyword, and yields the widest domain that is valid unless it is
narrowed. National ids are generated, so that none is copied from a person; what is born is born by `TODAY`.
"""

from __future__ import annotations

import string
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain import national_ids as ids
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.claims import Claims, Place, PlaceKey, RecordKey, RosterKey, World
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import EMSO, PESEL, NationalId
from eszkola_core.domain.passwords import OPOLSKA_2018, Owner, PasswordPolicy, prepare, violations
from eszkola_core.domain.roles import IMPORTABLE, Role
from eszkola_core.domain.settings import PROFILES, SETTINGS, Settings
from eszkola_core.domain.stated import (
    Field,
    RosterKind,
    Sex,
    StatedId,
    StatedPerson,
    StatedRecord,
    StatedRoster,
)
from eszkola_core.domain.tenants import LOCALES, Tenant

T = TypeVar("T")

TODAY: Final = date(2026, 9, 1)
"""The day on which generated values are valid."""

_FIRST_BIRTH: Final = date(1800, 1, 1)
_CENTURIES: Final = {18: 80, 19: 0, 20: 20, 21: 40, 22: 60}
_PESEL_WEIGHTS: Final = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
_EMSO_WEIGHTS: Final = (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def _chosen(given: SearchStrategy[T] | None, otherwise: SearchStrategy[T]) -> SearchStrategy[T]:
    """Return the strategy that was handed in, or what stands in for it."""
    return otherwise if given is None else given


def days(*, first: date = date.min, last: date = date.max) -> SearchStrategy[date]:
    """Yield days from *first* to *last*, both inside."""
    return st.dates(first, last)


def instants(
    *,
    first: datetime = datetime(1970, 1, 1, tzinfo=UTC),
    last: datetime = datetime(2200, 1, 1, tzinfo=UTC),
) -> SearchStrategy[datetime]:
    """Yield instants in UTC, to the microsecond."""
    return st.integers(0, (last - first) // timedelta(microseconds=1)).map(
        lambda count: first + timedelta(microseconds=count)
    )


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
    day = draw(_chosen(born, birth_dates()))
    sex = draw(_chosen(sexes, st.sampled_from(Sex)))
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
    day = draw(_chosen(born, birth_dates()))
    sex = draw(_chosen(sexes, st.sampled_from(Sex)))
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


_KEY_TEXTS: Final = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=12)
_CLASS_NAMES: Final = st.sampled_from(["", "1a", "3 B", "VIIIc", "Ż"])


def roster_keys(*, schools: SearchStrategy[str] | None = None) -> SearchStrategy[RosterKey]:
    """Yield lists of schools: students, and each kind of staff that a gradebook may name."""
    lists = ["students", *sorted(role.value for role in IMPORTABLE - {Role.STUDENT, Role.GUARDIAN})]
    return st.builds(RosterKey, _chosen(schools, _KEY_TEXTS), _KEY_TEXTS, st.sampled_from(lists))


def record_keys(*, rosters: SearchStrategy[RosterKey] | None = None) -> SearchStrategy[RecordKey]:
    """Yield records of *rosters*."""
    return st.builds(RecordKey, _chosen(rosters, roster_keys()), _KEY_TEXTS)


@st.composite
def place_keys(draw: st.DrawFn, *, records: SearchStrategy[RecordKey] | None = None) -> PlaceKey:
    """Yield places that *records* can have: a student and guardians, or one of staff."""
    record = draw(_chosen(records, record_keys()))
    if record.roster.list != "students":
        return PlaceKey(record, Role(record.roster.list))
    role = draw(st.sampled_from([Role.STUDENT, Role.GUARDIAN]))
    return PlaceKey(record, role, "" if role is Role.STUDENT else draw(_KEY_TEXTS))


@st.composite
def claims(
    draw: st.DrawFn,
    *,
    names: SearchStrategy[PersonName] | None = None,
    ids: SearchStrategy[NationalId] | None = None,
    emails: SearchStrategy[EmailAddress] | None = None,
) -> Claims:
    """Yield what a record can say of a person, an id of each kind at most, and a birth date that agrees with them."""
    born, sex = draw(birth_dates()), draw(st.sampled_from(Sex))
    agreeing = pesels(born=st.just(born), sexes=st.just(sex)) | emsos(born=st.just(born), sexes=st.just(sex))
    drawn = draw(st.lists(_chosen(ids, agreeing), max_size=2, unique_by=lambda each: each.kind))
    first, last = sorted(draw(st.tuples(st.dates(), st.dates())))
    return Claims(
        name=draw(_chosen(names, person_names())),
        ids=tuple(drawn),
        email=draw(st.none() | (_chosen(emails, email_addresses()))),
        birth_date=draw(st.sampled_from([None, born])) if ids is None else None,
        sex=draw(st.sampled_from([None, sex])) if ids is None else None,
        class_name=draw(_CLASS_NAMES),
        first_day=draw(st.sampled_from([None, first])),
        last_day=draw(st.sampled_from([None, last])),
    )


@st.composite
def places(
    draw: st.DrawFn,
    *,
    keys: SearchStrategy[PlaceKey] | None = None,
    contents: SearchStrategy[Claims] | None = None,
) -> Place:
    """Yield places as an import leaves them before recognition: nobody is bound, the newest content may be pending."""
    content = _chosen(contents, claims())
    accepted = draw(st.none() | content)
    pending = draw(content if accepted is None else st.none() | content)
    since, gone = sorted(draw(st.tuples(days(last=TODAY), days(last=TODAY))))
    return Place(
        key=draw(_chosen(keys, place_keys())),
        accepted=accepted,
        pending=pending,
        own_key=draw(st.none() | _KEY_TEXTS),
        since=since,
        gone=draw(st.sampled_from([None, gone])),
        email_since=draw(st.none() | days(last=TODAY)),
    )


def worlds(*, places: SearchStrategy[Place] | None = None, size: int = 8) -> SearchStrategy[World]:
    """Yield worlds of up to *size* places in which nobody has an account yet: all is there, so each is closed."""
    drawn = st.lists(_chosen(places, _some_places()), max_size=size, unique_by=lambda each: each.key)
    return drawn.map(lambda found: World({each.key: each for each in found}))


def _some_places() -> SearchStrategy[Place]:
    """Yield places that often share a name, an id or an address: strangers have nothing to be recognised by."""
    return st.shared(
        st.tuples(
            st.lists(person_names(), min_size=1, max_size=3),
            st.lists(pesels(), min_size=1, max_size=3),
            st.lists(email_addresses(), min_size=1, max_size=3),
        ),
        key="what the places of a world share",
    ).flatmap(
        lambda pool: places(
            contents=claims(
                names=st.sampled_from(pool[0]),
                ids=st.sampled_from(pool[1]),
                emails=st.sampled_from(pool[2]),
            )
        )
    )


_CELLS: Final = st.text(st.characters(exclude_categories=["C"]), max_size=12).map(str.strip)


def stated_people(*, roles: SearchStrategy[Role] | None = None) -> SearchStrategy[StatedPerson]:
    """Yield what a gradebook can state of a person, right and wrong values alike."""
    stated_ids = st.builds(
        StatedId,
        national_ids().map(NationalId.reveal) | _CELLS,
        st.sampled_from(["", PESEL, EMSO]),
    )
    return st.builds(
        StatedPerson,
        role=_chosen(roles, st.sampled_from(sorted(IMPORTABLE))),
        key=st.none() | _KEY_TEXTS,
        first_name=_name_texts() | _CELLS,
        last_name=_name_texts() | _CELLS,
        ids=st.lists(stated_ids, max_size=2).map(tuple),
        email=email_addresses().map(lambda address: address.spelling) | _CELLS,
        birth_date=st.none() | st.dates(),
        sex=st.none() | st.sampled_from(Sex),
        class_name=_CLASS_NAMES,
        first_day=st.none() | st.dates(),
        last_day=st.none() | st.dates(),
        silent=st.frozensets(st.sampled_from(Field)),
    )


def stated_records() -> SearchStrategy[StatedRecord]:
    """Yield entries of students with up to two guardians, and entries of staff."""
    guardians = st.lists(stated_people(roles=st.just(Role.GUARDIAN)), max_size=2)
    families = st.tuples(stated_people(roles=st.just(Role.STUDENT)), guardians).map(lambda each: (each[0], *each[1]))
    staff = stated_people(roles=st.sampled_from(sorted(IMPORTABLE - {Role.STUDENT, Role.GUARDIAN})))
    return st.builds(
        StatedRecord,
        key=st.none() | _KEY_TEXTS,
        people=families | staff.map(lambda each: (each,)),
        source=st.just("roster.csv"),
        line=st.integers(1, 10**6),
        ended=st.booleans(),
    )


def stated_rosters(*, records: SearchStrategy[StatedRecord] | None = None) -> SearchStrategy[StatedRoster]:
    """Yield lists of schools; each holds entries of its own kind only."""
    return roster_keys().flatmap(
        lambda key: st.builds(
            StatedRoster,
            school=st.just(key.school),
            origin=st.just(key.origin),
            list=st.just(key.list),
            records=st.lists(
                (_chosen(records, stated_records())).filter(lambda each: _is_of(each, key.list)), max_size=4
            ).map(tuple),
            kind=st.sampled_from(RosterKind),
            complete=st.booleans(),
            shared_keys=st.booleans(),
        )
    )


def _is_of(record: StatedRecord, listed: str) -> bool:
    role = record.people[0].role.value if record.people else listed
    return role == ("student" if listed == "students" else listed)


def passwords(*, policies: SearchStrategy[PasswordPolicy] | None = None) -> SearchStrategy[Secret]:
    """Yield prepared passwords that keep *policies*, whoever owns them and whatever is on a list."""
    return (_chosen(policies, st.just(OPOLSKA_2018))).flatmap(_passwords_for)


def _passwords_for(policy: PasswordPolicy) -> SearchStrategy[Secret]:
    typed = st.text(
        st.characters(
            min_codepoint=32, max_codepoint=0x17F, categories=["Lu", "Ll", "Nd", "P", "S", "Zs"], exclude_characters="·"
        ),
        min_size=max(policy.min_length - 3, 1),
        max_size=60,
    )
    every_kind = st.tuples(_one_of("ABCŁŻ"), typed, _one_of("abcłż"), _one_of("0123456789!?"))
    return every_kind.map("".join).map(prepare).filter(lambda made: _keeps(made, policy))


def _one_of(letters: str) -> SearchStrategy[str]:
    return st.sampled_from(letters)


def _keeps(password: Secret, policy: PasswordPolicy) -> bool:
    return not violations(password, policy, owner=Owner(), compromised=False, reused=False)


def settings_(*, profiles: Collection[str] = tuple(PROFILES)) -> SearchStrategy[Settings]:
    """Yield settings: choices of *profiles*, and every number and span between its floor and its ceiling."""
    bounded: dict[str, SearchStrategy[Any]] = {}
    for name, row in SETTINGS.items():
        if isinstance(row.default, timedelta):
            bounded[name] = st.timedeltas(row.floor, row.ceiling)
        elif isinstance(row.default, int):
            bounded[name] = st.integers(row.floor, row.ceiling)
    chosen = st.sampled_from([PROFILES[name] for name in profiles])
    unbounded = [name for name in SETTINGS if name not in bounded]
    return st.tuples(chosen, st.fixed_dictionaries(bounded)).map(
        lambda drawn: Settings(**{name: getattr(drawn[0], name) for name in unbounded}, **drawn[1])
    )


def tenants(*, settings: SearchStrategy[Settings] | None = None) -> SearchStrategy[Tenant]:
    """Yield tenants in every language, in zones of both hemispheres."""
    return st.builds(
        Tenant,
        key=st.from_regex(r"[a-z][a-z0-9-]{0,11}", fullmatch=True),
        name=_name_texts(),
        base_url=st.sampled_from(["https://eszkola.example", "https://eszkola.example/app/", "http://localhost:8000"]),
        platform_domain=st.sampled_from(["uczen.example", "šola.example"]),
        time_zone=st.sampled_from(
            ["Europe/Warsaw", "Europe/Ljubljana", "UTC", "Pacific/Kiritimati", "America/St_Johns"]
        ),
        locale=st.sampled_from(LOCALES),
        settings=_chosen(settings, settings_()),
    )
