"""The calls that random programs are made of: every method of every part, over few values, so that they meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import evolve, field, frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.claims import Claims, Evidence, EvidenceKind, Reservation, RosterKey, Seeds
from eszkola_core.domain.credentials import CredentialKind
from eszkola_core.domain.logins import Login
from eszkola_core.domain.messages import MessageState
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.notices import NoticeKind
from eszkola_core.domain.runs import Changes, Opening
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.settlement import ConflictKind, OpenConflict
from eszkola_core.domain.stated import StatedSchool
from eszkola_core.domain.tokens import Purpose
from eszkola_core.ports.storage import Unit
from eszkola_core.testing.contracts.storage import samples as a


@frozen
class Call:
    """One call of a program: what it says when it is printed, and what it does."""

    says: str
    does: Callable[[Unit], object] = field(eq=False, repr=False)

    def __repr__(self) -> str:
        return self.says


PEOPLE: Final = (1, 2, 3)
"""Whose accounts every program finds open."""

_ROSTERS: Final = (a.STUDENTS, RosterKey("sp2", "uonet", "students"))
_RECORDS: Final = tuple(a.record(key, roster=roster) for roster in _ROSTERS for key in ("1", "Ż"))
_ADDRESSES: Final = tuple(map(a.address, ("ola@example.com", "OLA@Example.com", "ewa@example.com", "jan@example.com")))
_IDS: Final = tuple(map(a.national_id, (1, 2, 3)))
_TEXTS: Final = ("a", "b", "c", "d")
_EVIDENCE: Final = (
    *map(Evidence.of_id, _IDS),
    *map(Evidence.of_mailbox, _ADDRESSES),
    Evidence(EvidenceKind.OWN_KEY, "k"),
)

_people = st.sampled_from(PEOPLE).map(PersonId)
_records = st.sampled_from(_RECORDS)
_addresses = st.sampled_from(_ADDRESSES)
_maybe_address = st.none() | _addresses
_ids = st.lists(st.sampled_from(_IDS), max_size=2, unique=True).map(tuple)
_texts = st.sampled_from(_TEXTS)
_instants = st.integers(-3, 6).map(lambda hours: a.NOW + hours * a.HOUR)
_purposes = st.sampled_from([Purpose.RECOVERY, Purpose.FIRST_ACCESS, Purpose.DISPUTE_ADDRESS])
_some_purposes = st.frozensets(_purposes, min_size=1)
_claims = st.builds(
    lambda ids, email, class_name: a.claims(ids=ids, email=email, class_name=class_name),
    _ids,
    _maybe_address,
    st.sampled_from(["1a", "1b"]),
)
_whose = st.sampled_from(["", "g", "h"])


def calls() -> SearchStrategy[Call]:
    """Yield calls of every part."""
    return st.one_of(
        *(st.builds(make, *arguments, **named) for make, arguments, named in _MAKERS),
        st.sampled_from(CHECKS),
    )


def _open(person: int, central: EmailAddress | None, ids: tuple[NationalId, ...], number: int) -> Call:
    login = Login("jan.kot", number)
    opening = Opening(person=a.person(person, login=str(login), central=central, ids=ids), login=login)
    return Call(
        f"rosters.save(opening of {person} as {login}, {central}, {ids})",
        lambda unit: a.save(unit, openings=[opening]),
    )


def _change(
    person: PersonId, central: EmailAddress | None, ids: tuple[NationalId, ...], step: int, *, run: bool
) -> Call:
    def does(unit: Unit) -> None:
        found = unit.people.get_many([person])[person]
        changed = evolve(found, central=central, ids=ids, revision=found.revision + step)
        if run:
            a.save(unit, people=[changed])
        else:
            unit.people.save(changed)

    return Call(f"{'rosters' if run else 'people'}.save({person}, {central}, {ids}, revision + {step})", does)


def _swap(one: PersonId, other: PersonId) -> Call:
    def does(unit: Unit) -> object:
        found = unit.people.get_many([one, other])
        first, second = found[one], found[other]
        people = [first.changed(central=second.central), second.changed(central=first.central)]
        return a.save(unit, people=people if one != other else people[:1])

    return Call(f"rosters.save({one} and {other} swap addresses)", does)


def _put(  # noqa: PLR0913 - what a place has
    record: Any,  # noqa: ANN401 - a RecordKey; hypothesis hands it in
    who: str,
    accepted: Claims | None,
    pending: Claims,
    person: PersonId | None,
    *,
    gone: bool,
    held: bool,
) -> Call:
    place = a.place(
        who,
        key=record,
        accepted=accepted,
        pending=pending if held or accepted is None else None,
        person=person,
        gone=a.TODAY if gone else None,
        own_key="k" if who == "h" else None,
    )
    state = a.record_state(record, unsettled=held)
    says = (
        f"rosters.save(place {record.roster.school}/{record.key}/{who!r} of {person}, {accepted}, {pending}, {gone=})"
    )
    return Call(says, lambda unit: a.save(unit, places=[place], records=[state]))


def _end(record: Any) -> Call:  # noqa: ANN401 - as above
    return Call(f"rosters.save(end of {record.key})", lambda unit: a.save(unit, ended_records=[record]))


def _stale_run() -> Call:
    return Call(
        "rosters.save(after an older run)",
        lambda unit: unit.rosters.save(a.run(), Changes(after_run=unit.rosters.newest_run() - 1)),
    )


def _conflict(record: Any, other: Any, fact: str, *, about: bool) -> Call:  # noqa: ANN401 - as above
    places = a.place(key=record).key, None if other is None else a.place("g", key=other).key
    conflict = OpenConflict(ConflictKind.POSSIBLE_DUPLICATE, *places, (fact,))
    return Call(
        f"rosters.save({conflict}, {about=})",
        lambda unit: a.save(
            unit, conflicts=[conflict], conflicts_about=frozenset({places[0]}) if about else frozenset()
        ),
    )


def _reserve(address: EmailAddress, person: PersonId, until: datetime, *, run: bool) -> Call:
    kept = Reservation(address.mailbox, person, until)

    def does(unit: Unit) -> None:
        if run:
            a.save(unit, reservations=[kept], reservations_about=frozenset({kept.mailbox}))
        else:
            unit.people.reserve(kept)

    return Call(f"{'rosters.save' if run else 'people.reserve'}({kept})", does)


def _gather(records: frozenset[Any], people: frozenset[PersonId], evidence: frozenset[Evidence]) -> Call:
    seeds = Seeds(records, people, evidence)
    return Call(
        f"rosters.gather({len(records)} records, {people}, {evidence})", lambda unit: unit.rosters.gather(seeds)
    )


def _withdraw(person: PersonId, at: datetime) -> Call:
    def does(unit: Unit) -> None:
        standing = [each for each in unit.people.decisions(person) if each.withdrawn_at is None]
        for each in standing[:1]:
            unit.people.withdraw(each.id, at)

    return Call(f"people.withdraw(the oldest of {person} that stands, {at:%H:%M})", does)


def _put_credential(person: PersonId, at: datetime, *, own: bool) -> Call:
    kind = CredentialKind.OWN if own else CredentialKind.GIVEN
    made = a.credential(person, kind=kind, set_at=at)
    return Call(f"credentials.put({person}, {kind}, {at:%H:%M})", lambda unit: unit.credentials.put(made))


def _set_before(instant: datetime, limit: int, after: PersonId | None) -> Call:
    return Call(
        f"credentials.set_before({instant:%H:%M}, {limit=}, {after=})",
        lambda unit: unit.credentials.set_before(instant, limit=limit, after=after),
    )


def _add_token(text: str, person: PersonId, purpose: Purpose, expires_at: datetime) -> Call:
    def does(unit: Unit) -> None:
        if unit.tokens.peek(a.digest(text)) is None:
            unit.tokens.add(a.token(text, number=person, purpose=purpose, expires_at=expires_at))

    return Call(f"tokens.add({text}, {person}, {purpose}, {expires_at:%H:%M})", does)


def _spend(text: str, purposes: frozenset[Purpose], now: datetime) -> Call:
    return Call(
        f"tokens.spend({text}, {sorted(purposes)}, {now:%H:%M})",
        lambda unit: unit.tokens.spend(a.digest(text), purposes=purposes, now=now),
    )


def _cancel_tokens(person: PersonId, purposes: frozenset[Purpose] | None, since: datetime | None) -> Call:
    return Call(
        f"tokens.cancel({person}, {purposes}, {since})",
        lambda unit: unit.tokens.cancel(person, purposes=purposes, since=since),
    )


def _add_session(text: str, person: PersonId) -> Call:
    def does(unit: Unit) -> None:
        if unit.sessions.get(a.digest(text)) is None:
            unit.sessions.add(a.session(text, number=person))

    return Call(f"sessions.add({text}, {person})", does)


def _end_session(text: str, now: datetime) -> Call:
    return Call(
        f"sessions.end({text}, {now:%H:%M})",
        lambda unit: unit.sessions.end(a.digest(text), end=SessionEnd.SIGNED_OUT, now=now),
    )


def _end_sessions(person: PersonId, now: datetime, kept: str | None) -> Call:
    except_for = None if kept is None else a.digest(kept)
    return Call(
        f"sessions.end_all({person}, {now:%H:%M}, but {kept})",
        lambda unit: unit.sessions.end_all(person, end=SessionEnd.REPORTED, now=now, except_for=except_for),
    )


def _queue(text: str, due_at: datetime, token: str | None) -> Call:
    made = a.message(text, due_at=due_at, created_at=due_at, token=None if token is None else a.digest(token))
    return Call(f"outbox.add({text}, {due_at:%H:%M}, {token=})", lambda unit: unit.outbox.add([made]))


def _lease(limit: int, now: datetime) -> Call:
    return Call(
        f"outbox.lease({limit}, {now:%H:%M}, an hour)",
        lambda unit: unit.outbox.lease(limit, now=now, until=now + a.HOUR),
    )


def _settle(text: str, state: MessageState, due_at: datetime, *, late: bool) -> Call:
    def does(unit: Unit) -> None:
        found = unit.outbox.peek(text)
        if found is not None and found.leased_until is not None:
            settled = evolve(found.moved(state), due_at=due_at)
            unit.outbox.settle(settled, held_until=found.leased_until - a.HOUR if late else found.leased_until)

    return Call(f"outbox.settle({text}, {state}, {due_at:%H:%M}, {late=})", does)


def _cancel_messages(texts: frozenset[str]) -> Call:
    return Call(f"outbox.cancel({sorted(texts)})", lambda unit: unit.outbox.cancel([*map(a.digest, texts)]))


def _ask(text: str) -> Call:
    return Call(f"outbox.ask({text})", lambda unit: unit.outbox.ask(a.request(text)))


def _take(limit: int) -> Call:
    return Call(f"outbox.take_requests({limit})", lambda unit: unit.outbox.take_requests(limit))


def _name_school(school: str, name: str) -> Call:
    return Call(
        f"rosters.add_schools({school} {name!r})", lambda u: u.rosters.add_schools([StatedSchool(school, name)])
    )


def _note(person: PersonId, step: int) -> Call:
    def does(unit: Unit) -> None:
        unit.audit.add(a.audit_entry(unit.audit.head().count + step, by=person))

    return Call(f"audit.add(by {person}, number + {step})", does)


def _publish(version: str, kind: NoticeKind) -> Call:
    made = a.notice(version, kind=kind)
    return Call(f"acknowledgements.publish({kind} {version})", lambda unit: unit.acknowledgements.publish(made))


def _acknowledge(person: PersonId, version: str, at: datetime) -> Call:
    made = a.acknowledgement(person, notice=a.notice(version), at=at)
    return Call(f"acknowledgements.add({person}, {version}, {at:%H:%M})", lambda unit: unit.acknowledgements.add(made))


_yes_or_no = st.booleans()
_due = st.sampled_from([a.NOW + hours * a.HOUR for hours in range(-2, 3)])

_MAKERS: Final[Sequence[tuple[Callable[..., Call], tuple[Any, ...], dict[str, Any]]]] = (
    (_open, (st.integers(4, 6), _maybe_address, _ids, st.integers(1, 3)), {}),
    (_change, (_people, _maybe_address, _ids, st.sampled_from([1, 1, 1, 0, 2])), {"run": _yes_or_no}),
    (_swap, (_people, _people), {}),
    (
        _put,
        (_records, _whose, st.none() | _claims, _claims, st.none() | _people),
        {"gone": _yes_or_no, "held": _yes_or_no},
    ),
    (_end, (_records,), {}),
    (_stale_run, (), {}),
    (_conflict, (_records, st.none() | _records, _texts), {"about": _yes_or_no}),
    (_reserve, (_addresses, _people, _instants), {"run": _yes_or_no}),
    (
        _gather,
        (
            st.frozensets(_records, max_size=2),
            st.frozensets(_people, max_size=2),
            st.frozensets(st.sampled_from(_EVIDENCE), max_size=3),
        ),
        {},
    ),
    (_withdraw, (_people, _instants), {}),
    (_put_credential, (_people, _instants), {"own": _yes_or_no}),
    (_set_before, (_instants, st.integers(1, 3), st.none() | _people), {}),
    (_add_token, (_texts, _people, _purposes, _instants), {}),
    (_spend, (_texts, _some_purposes, _instants), {}),
    (_cancel_tokens, (_people, st.none() | _some_purposes, st.none() | _instants), {}),
    (_add_session, (_texts, _people), {}),
    (_end_session, (_texts, _instants), {}),
    (_end_sessions, (_people, _instants, st.none() | _texts), {}),
    (_queue, (_texts, _due, st.none() | _texts), {}),
    (_lease, (st.integers(1, 3), _due), {}),
    (_settle, (_texts, st.sampled_from([MessageState.SENT, MessageState.FAILED_FOR_NOW]), _due), {"late": _yes_or_no}),
    (_cancel_messages, (st.frozensets(_texts, min_size=1),), {}),
    (_ask, (_texts,), {}),
    (_take, (st.integers(1, 2),), {}),
    (_publish, (_texts, st.sampled_from(NoticeKind)), {}),
    (_acknowledge, (_people, _texts, _instants), {}),
    (_note, (_people, st.sampled_from([1, 1, 1, 0, 2])), {}),
    (_name_school, (st.sampled_from(["sp1", "sp2"]), st.sampled_from(["", "Jedynka", "Dwójka"])), {}),
)


def _decide(person: PersonId) -> Call:
    other = PersonId(1 + person % len(PEOPLE)) if person > 1 else None
    made = a.decision(person, object=other)
    return Call(f"people.decide(about {person} and {other})", lambda unit: unit.people.decide(made))


CHECKS: Final = (
    *(_decide(PersonId(number)) for number in PEOPLE),
    Call("people.get_many", lambda unit: unit.people.get_many([PersonId(each) for each in range(1, 9)])),
    Call("people.decisions", lambda unit: [unit.people.decisions(PersonId(each)) for each in PEOPLE]),
    Call("people.by_login", lambda unit: [unit.people.by_login(each) for each in ("JAN.kot2", "zofia.lis1", "x")]),
    Call("people.by_central", lambda unit: [unit.people.by_central(each.mailbox) for each in _ADDRESSES]),
    Call("people.by_national_id", lambda unit: [unit.people.by_national_id(each) for each in _IDS]),
    Call("people.reserved", lambda unit: [unit.people.reserved(each.mailbox, a.NOW) for each in _ADDRESSES]),
    Call("rosters.records", lambda unit: [list(unit.rosters.records(each)) for each in _ROSTERS]),
    Call("rosters.states", lambda unit: unit.rosters.states(_RECORDS)),
    Call("rosters.gather", lambda unit: unit.rosters.gather(Seeds(frozenset(_RECORDS)))),
    Call("rosters.census", lambda unit: unit.rosters.census(["sp1", "sp2"], a.TODAY)),
    Call("rosters.places", lambda unit: [list(unit.rosters.places(each)) for each in ("sp1", "sp2")]),
    Call("rosters.places of 1a", lambda unit: list(unit.rosters.places("sp1", "1a"))),
    Call("rosters.conflicts", lambda unit: list(unit.rosters.conflicts())),
    Call("rosters.conflicts of sp2", lambda unit: list(unit.rosters.conflicts(["sp2"]))),
    Call("rosters.unsettled", lambda unit: unit.rosters.unsettled()),
    Call("rosters.login_numbers", lambda unit: unit.rosters.login_numbers(["jan.kot", "zofia.lis", "x"])),
    Call("rosters.schools", lambda unit: list(unit.rosters.schools())),
    Call("credentials.get", lambda unit: [unit.credentials.get(PersonId(each)) for each in PEOPLE]),
    Call("tokens.peek", lambda unit: [unit.tokens.peek(a.digest(each)) for each in _TEXTS]),
    Call("sessions.get", lambda unit: [unit.sessions.get(a.digest(each)) for each in _TEXTS]),
    Call("outbox.peek", lambda unit: [unit.outbox.peek(each) for each in _TEXTS]),
    Call("outbox.counts", lambda unit: unit.outbox.counts()),
    Call("acknowledgements.of", lambda unit: [unit.acknowledgements.of(PersonId(each)) for each in PEOPLE]),
    Call("acknowledgements.notices", lambda unit: unit.acknowledgements.notices()),
    Call("acknowledgements.notice", lambda u: [u.acknowledgements.notice(a.notice(each).digest) for each in _TEXTS]),
    Call("audit.head", lambda unit: unit.audit.head()),
    Call("audit.entries", lambda unit: list(unit.audit.entries())),
    Call("audit.entries about 1", lambda unit: list(unit.audit.entries(about=PersonId(1)))),
    Call("outbox.oldest_waiting", lambda unit: unit.outbox.oldest_waiting()),
)
"""Calls without a choice; together they show whatever is kept, so every program ends with all of them."""
