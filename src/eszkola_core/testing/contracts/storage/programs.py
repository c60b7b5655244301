"""The calls that random programs are made of: every method of every part, over few values, so that they meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import combinations
from typing import Any, Final

from attrs import evolve, field, frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.applications import ApplicationState
from eszkola_core.domain.bounces import BounceFate, BounceKind
from eszkola_core.domain.choices import Choice
from eszkola_core.domain.claims import (
    Claims,
    DecisionKind,
    Evidence,
    EvidenceKind,
    Mark,
    Reservation,
    RosterKey,
    Seeds,
    Side,
)
from eszkola_core.domain.conflicts import CONFLICT_LIFECYCLE, CaseHappening, CaseKind
from eszkola_core.domain.credentials import CredentialKind
from eszkola_core.domain.devices import DEVICE_LIFECYCLE, DeviceEnd
from eszkola_core.domain.events import EventState
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.leases import Work
from eszkola_core.domain.licences import LicenceState
from eszkola_core.domain.logins import Login
from eszkola_core.domain.messages import MessageState
from eszkola_core.domain.money import Money
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.notices import NoticeKind
from eszkola_core.domain.roles import STAFF, Role
from eszkola_core.domain.runs import Changes, Opening, Undone
from eszkola_core.domain.security_codes import CodeChannel
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.settings import LoginScheme, Sharing
from eszkola_core.domain.settlement import ConflictKind, OpenConflict
from eszkola_core.domain.sms_ledger import SMS_LIFECYCLE, ChargeState
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
    Evidence.of_phone(a.PHONE),
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
    lambda ids, email, phone, class_name: a.claims(ids=ids, email=email, phone=phone, class_name=class_name),
    _ids,
    _maybe_address,
    st.none() | st.just(a.PHONE),
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


def _change(  # noqa: PLR0913 - what changes
    person: PersonId, central: EmailAddress | None, ids: tuple[NationalId, ...], step: int, *, run: bool, sharing: bool
) -> Call:
    def does(unit: Unit) -> None:
        found = unit.people.get_many([person])[person]
        changed = evolve(found, central=central, sharing=sharing, ids=ids, revision=found.revision + step)
        if run:
            a.save(unit, people=[changed])
        else:
            unit.people.save(changed)

    return Call(
        f"{'rosters' if run else 'people'}.save({person}, {central}, {sharing=}, {ids}, revision + {step})", does
    )


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


def _remove(record: Any, who: str) -> Call:  # noqa: ANN401 - as above
    key = a.place(who, key=record).key
    return Call(f"rosters.save(removal of {record.key}/{who!r})", lambda unit: a.save(unit, removed_places=[key]))


def _undo(back: int) -> Call:
    """Take back the records and places of a run, as whoever undoes it would."""

    def does(unit: Unit) -> object:
        runs = unit.runs.newest(back + 1)
        written = unit.runs.written(runs[-1].id)
        records, places = written.records, written.places
        a.save(
            unit,
            undoes=runs[-1].id,
            records=[each.before for each in records.values() if each.before is not None],
            ended_records=[key for key, each in records.items() if each.before is None],
            places=[each.before for each in places.values() if each.before is not None],
            removed_places=[key for key, each in places.items() if each.before is None],
        )
        return written

    return Call(f"rosters.save(undoing the run {back} before the newest)", does)


def _forget(before: datetime) -> Call:
    return Call(f"runs.forget({before:%H:%M})", lambda unit: unit.runs.forget(before))


def _take_back(record: Any, contents: frozenset[str], *, again: bool) -> Call:  # noqa: ANN401 - as above
    undone = [Undone(record, each.encode()) for each in sorted(contents)]
    return Call(
        f"rosters.save(undone {record.key} {sorted(contents)}, redone {again})",
        lambda unit: a.save(unit, undone=undone, redone=[record] if again else []),
    )


def _stamp(rosters: Sequence[RosterKey], source: str) -> Call:
    stamps = dict.fromkeys(rosters, a.digest(source))
    listed = ", ".join(f"{each.school}/{each.list}" for each in rosters)
    return Call(f"rosters.stamp({listed}: {source})", lambda unit: unit.rosters.stamp(stamps))


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


def _mark(decision: int, evidence: Evidence, side: Side) -> Call:
    def does(unit: Unit) -> None:
        known = {each.id for person in PEOPLE for each in unit.people.decisions(PersonId(person))}
        unit.people.mark({Mark(decision, side, evidence)} if decision in known else ())

    return Call(f"people.mark({decision}, {evidence}, {side})", does)


def _wipe_expired(instant: datetime) -> Call:
    return Call(f"credentials.wipe_expired({instant:%H:%M})", lambda unit: unit.credentials.wipe_expired(instant))


def _put_credential(person: PersonId, at: datetime, *, own: bool) -> Call:
    kind = CredentialKind.OWN if own else CredentialKind.GIVEN
    ends = {} if own else {"expires_at": at, "sealed": Secret("Kamu-7dep")}
    made = a.credential(person, kind=kind, set_at=at, **ends)
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


def _queue(text: str, due_at: datetime, tokens: list[str], person: PersonId | None) -> Call:
    carried, run = tuple(map(a.digest, tokens)), None if person is None else 7
    made = a.message(text, due_at=due_at, created_at=due_at, tokens=carried, person=person, run=run)
    return Call(f"outbox.add({text}, {due_at:%H:%M}, {tokens=}, to {person})", lambda unit: unit.outbox.add([made]))


def _touch(text: str, seen_after: datetime, now: datetime) -> Call:
    return Call(
        f"sessions.touch({text}, after {seen_after:%H:%M}, {now:%H:%M})",
        lambda unit: unit.sessions.touch(a.digest(text), seen_after=seen_after, now=now),
    )


def _prune_sessions(before: datetime) -> Call:
    return Call(f"sessions.prune({before:%H:%M})", lambda unit: unit.sessions.prune(before))


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


def _cancel_of(people: frozenset[PersonId]) -> Call:
    return Call(f"outbox.cancel_of(7, {sorted(people)})", lambda unit: unit.outbox.cancel_of(7, people))


def _ask(text: str) -> Call:
    return Call(f"outbox.ask({text})", lambda unit: unit.outbox.ask(a.request(text)))


def _take(limit: int) -> Call:
    return Call(f"outbox.take_requests({limit})", lambda unit: unit.outbox.take_requests(limit))


def _peeked(subscriber: str, unit: Unit) -> object:
    return [unit.events.peek(subscriber, each) for each in _TEXTS]


def _choose(scheme: LoginScheme, sharing: Sharing) -> Call:
    made = Choice(login_scheme=scheme, sharing=sharing)
    return Call(f"choices.put({scheme}, {sharing})", lambda unit: unit.choices.put(made))


def _happens(text: str, subscriber: str, person: PersonId, due_at: datetime) -> Call:
    made = a.event(text, subscriber=subscriber, person=person, due_at=due_at, happened_at=due_at)
    return Call(f"events.add({text}, for {subscriber}, {due_at:%H:%M})", lambda unit: unit.events.add([made]))


def _hear(subscriber: str, limit: int, now: datetime) -> Call:
    return Call(
        f"events.lease({subscriber}, {limit}, {now:%H:%M}, an hour)",
        lambda unit: unit.events.lease(subscriber, limit, now=now, until=now + a.HOUR),
    )


def _heard(text: str, subscriber: str, state: EventState, *, late: bool) -> Call:
    def does(unit: Unit) -> None:
        found = unit.events.peek(subscriber, text)
        if found is not None and found.leased_until is not None:
            held_until = found.leased_until - a.HOUR if late else found.leased_until
            unit.events.settle(found.moved(state), held_until=held_until)

    return Call(f"events.settle({text}, {subscriber}, {state}, {late=})", does)


def _name_school(school: str, name: str) -> Call:
    return Call(
        f"rosters.add_schools({school} {name!r})", lambda u: u.rosters.add_schools([StatedSchool(school, name)])
    )


def _note(person: PersonId, step: int) -> Call:
    def does(unit: Unit) -> None:
        unit.audit.add(a.audit_entry(unit.audit.head().count + step, by=person))

    return Call(f"audit.add(by {person}, number + {step})", does)


def _replace_prefix(number: int) -> Call:
    return Call(f"audit.replace_prefix(up to {number})", lambda unit: unit.audit.replace_prefix(a.checkpoint(number)))


def _publish(version: str, kind: NoticeKind) -> Call:
    made = a.notice(version, kind=kind)
    return Call(f"acknowledgements.publish({kind} {version})", lambda unit: unit.acknowledgements.publish(made))


def _acknowledge(person: PersonId, version: str, at: datetime) -> Call:
    made = a.acknowledgement(person, notice=a.notice(version), at=at)
    return Call(f"acknowledgements.add({person}, {version}, {at:%H:%M})", lambda unit: unit.acknowledgements.add(made))


def _count(text: str, at: datetime, *, failing: bool) -> Call:
    made = a.tally(touched_at=at, failed_at=at if failing else None, clear_at=at + a.HOUR if failing else None)
    return Call(f"attempts.put({text}, {at:%H:%M}, {failing=})", lambda unit: unit.attempts.put({a.digest(text): made}))


def _prune(before: datetime) -> Call:
    return Call(f"attempts.prune({before:%H:%M})", lambda unit: unit.attempts.prune(before))


def _begin_pairing(text: str, person: PersonId) -> Call:
    def does(unit: Unit) -> None:
        if unit.devices.find(a.digest(text)) is None:
            unit.devices.add(a.device(text, person))

    return Call(f"devices.add({text}, {person})", does)


def _change_device(person: PersonId, step: str, *, late: bool) -> Call:
    def does(unit: Unit) -> object:
        found = [each for each in unit.devices.of(person) if DEVICE_LIFECYCLE[each.state]]
        if not found:
            return None
        before = evolve(found[0], wrong_pins=9) if late else found[0]
        if step == "end":
            return unit.devices.change(before, found[0].ended(DeviceEnd.REVOKED, a.NOW))
        if step == "pair":
            return unit.devices.change(before, found[0].paired(Secret(f"{person} {found[0].wrong_pins}"), step, a.NOW))
        return unit.devices.change(before, evolve(found[0], wrong_pins=found[0].wrong_pins + 1))

    return Call(f"devices.change(the oldest of {person} that lasts, {step}, {late=})", does)


def _end_devices(person: PersonId, now: datetime) -> Call:
    return Call(
        f"devices.end_all({person}, {now:%H:%M})",
        lambda unit: unit.devices.end_all(person, end=DeviceEnd.LOCKED, now=now),
    )


def _put_pool(key: str, seats: int) -> Call:
    return Call(f"licences.put_pool({key}, {seats})", lambda unit: unit.licences.put_pool(a.pool(key, seats)))


def _assign(person: PersonId, pool: str) -> Call:
    return Call(f"licences.assign({person}, {pool})", lambda unit: unit.licences.assign(a.licence(person, pool)))


def _change_licence(person: PersonId, state: LicenceState, *, late: bool) -> Call:
    def does(unit: Unit) -> object:
        found = list(unit.licences.of(person))
        if not found:
            return None
        before = evolve(found[-1], grace_until=a.NOW - a.HOUR) if late else found[-1]
        return unit.licences.change(before, evolve(found[-1], state=state))

    return Call(f"licences.change(the newest of {person}, {state}, {late=})", does)


def _text(key: str, person: PersonId, due_at: datetime, payer: str) -> Call:
    made = a.sms(key, person=person, due_at=due_at, payer=payer)
    return Call(f"sms.add({key} of {person}, due at {due_at:%H:%M}, {payer!r})", lambda unit: unit.sms.add([made]))


def _lease_texts(limit: int, now: datetime, below: int) -> Call:
    until = now + a.HOUR
    return Call(
        f"sms.lease({limit}, {now:%H:%M}, doubtful_below={below})",
        lambda unit: unit.sms.lease(limit, now=now, until=until, doubtful_below=below),
    )


def _reserve_text(key: str, month: str, room: int, *, late: bool) -> Call:
    def does(unit: Unit) -> object:
        found = unit.sms.known([key])
        before = [evolve(each, revision=each.revision - late) for each in found]
        return [unit.sms.reserve(each, month, cap=a.cap(room)) for each in before]

    return Call(f"sms.reserve({key}, {month}, {room}, {late=})", does)


def _change_text(key: str, step: str, cents: int, *, late: bool) -> Call:
    def does(unit: Unit) -> object:
        found = [each for each in unit.sms.known([key]) if step in SMS_LIFECYCLE[each.state]]
        if not found:
            return None
        before, cost = found[0], Money.of_micros(cents * 10000, "EUR")
        if step == ChargeState.CHARGED:
            after = before.charged_with(cost, gateway_id=f"g{cents}")
        elif step == ChargeState.IN_DOUBT:
            after = before.handed_over(a.NOW + cents * a.HOUR, deduplicated=cents > 1)
        else:
            after = before.moved(ChargeState(step))
        return unit.sms.change(evolve(before, revision=before.revision - late), after)

    return Call(f"sms.change({key}, {step}, {cents}, {late=})", does)


def _apply(person: PersonId, at: datetime, state: ApplicationState) -> Call:
    made = a.application(applied_by=person, begun_at=at, state=state)
    return Call(f"applications.add(by {person}, {at:%H:%M}, {state})", lambda unit: unit.applications.add(made))


def _decide_application(person: PersonId, state: ApplicationState, step: int) -> Call:
    def does(unit: Unit) -> None:
        for each in unit.applications.of_school("sp1")[:1]:
            changed = evolve(each, state=state, guardian=person, child=person, revision=each.revision + step)
            unit.applications.save(changed)

    return Call(f"applications.save(the first, {state} for {person}, revision + {step})", does)


def _issue_code(text: str, person: PersonId, school: str, expires_at: datetime) -> Call:
    def does(unit: Unit) -> None:
        if unit.codes.peek(a.digest(text)) is None:
            unit.codes.add(a.code(text, number=person, school=school, expires_at=expires_at))

    return Call(f"codes.add({text}, {person}, {school}, {expires_at:%H:%M})", does)


def _redeem(text: str, now: datetime) -> Call:
    return Call(f"codes.redeem({text}, {now:%H:%M})", lambda unit: unit.codes.redeem(a.digest(text), now=now))


def _wrong_date(text: str, limit: int, now: datetime) -> Call:
    return Call(
        f"codes.wrong_date({text}, {limit=}, {now:%H:%M})",
        lambda unit: unit.codes.wrong_date(a.digest(text), limit=limit, now=now),
    )


def _hand_over(text: str, channel: CodeChannel) -> Call:
    def does(unit: Unit) -> None:
        if unit.codes.peek(a.digest(text)) is not None:
            unit.codes.hand_over(a.digest(text), a.handed_over(channel, known_by="Łucja"))

    return Call(f"codes.hand_over({text}, {channel})", does)


def _cancel_codes(person: PersonId) -> Call:
    return Call(f"codes.cancel({person})", lambda unit: unit.codes.cancel(person))


def _own(person: PersonId, ask_at: datetime) -> Call:
    made = a.own_contacts(person, ask_at=ask_at)
    return Call(f"contacts.put({person}, {ask_at:%H:%M})", lambda unit: unit.contacts.put(made))


def _due_contacts(now: datetime, limit: int) -> Call:
    return Call(f"contacts.due({now:%H:%M}, {limit=})", lambda unit: unit.contacts.due(now, limit=limit))


def _unmoved(since: datetime, limit: int) -> Call:
    return Call(
        f"applications.unmoved({since:%H:%M}, {limit=})", lambda unit: unit.applications.unmoved(since, limit=limit)
    )


def _take_work(holder: str, now: datetime) -> Call:
    return Call(f"leases.take({holder}, {now:%H:%M}, an hour)", lambda unit: a.lease(unit, holder, now=now))


def _renew(until: datetime, behind: int) -> Call:
    def does(unit: Unit) -> object:
        lease = unit.leases.current(Work.IMPORT)
        return lease and unit.leases.renew(evolve(lease, fence=lease.fence - behind), until=until)

    return Call(f"leases.renew(the lease {behind} before, {until:%H:%M})", does)


def _release(behind: int) -> Call:
    def does(unit: Unit) -> None:
        lease = unit.leases.current(Work.IMPORT)
        if lease is not None:
            unit.leases.release(evolve(lease, fence=lease.fence - behind))

    return Call(f"leases.release(the lease {behind} before)", does)


def _report(person: PersonId) -> Call:
    made = a.report(person)
    return Call(f"reports.add(about {person})", lambda unit: unit.reports.add(made))


def _begin_maintenance(at: datetime) -> Call:
    made = a.maintenance(begun_at=at)
    return Call(f"maintenances.begin({at:%H:%M})", lambda unit: unit.maintenances.begin(made))


def _end_maintenance(at: datetime) -> Call:
    return Call(f"maintenances.end({at:%H:%M})", lambda unit: unit.maintenances.end(at))


def _mark_unusable(address: EmailAddress, why: BounceKind, since: datetime) -> Call:
    made = a.unusable(address.spelling, why=why, since=since)
    return Call(f"unusable.mark({address}, {why}, {since:%H:%M})", lambda unit: unit.unusable.mark(made))


def _clear_unusable(address: EmailAddress) -> Call:
    return Call(f"unusable.clear({address})", lambda unit: unit.unusable.clear(address.mailbox))


def _count_bounce(fate: BounceFate) -> Call:
    return Call(f"unusable.count({fate})", lambda unit: unit.unusable.count(fate))


def _bounced(text: str) -> Call:
    def does(unit: Unit) -> object:
        found = unit.outbox.peek(text)
        return found and unit.outbox.bounce(found.id)

    return Call(f"outbox.bounce({text})", does)


def _open_case(record: Any, other: Any, kind: CaseKind, schools: frozenset[str]) -> Call:  # noqa: ANN401 - as above
    at = record if kind is CaseKind.RECORD_HELD else a.place(key=record).key
    made = a.case(at, kind=kind, other=other and a.place("g", key=other).key, schools=tuple(sorted(schools)))
    says = f"cases.add({kind} about {record.roster.school}/{record.key}, {made.subject.other}, {sorted(schools)})"
    return Call(says, lambda unit: unit.cases.add([made]))


def _move_case(nth: int, happening: CaseHappening, at: datetime, person: PersonId, *, late: bool) -> Call:
    def does(unit: Unit) -> object:
        cases = [*unit.cases.listed(), *unit.cases.listed(closed=True)]
        if not cases:
            return None
        case = cases[nth % len(cases)]
        if happening not in CONFLICT_LIFECYCLE[case.state]:
            return None
        if happening is CaseHappening.ASSIGNED:
            moved = case.assigned(person)
        elif happening is CaseHappening.HANDED_BACK:
            moved = case.handed_back()
        elif happening is CaseHappening.CAME_BACK:
            moved = case.come_back(at, ("sp2",))
        else:
            moved = case.closed(happening, at)
        unit.cases.change([evolve(moved, revision=moved.revision - late)])
        return moved

    return Call(f"cases.change(the {nth}th is {happening} by {person}, {at:%H:%M}, {late=})", does)


def _forget_cases(before: datetime) -> Call:
    return Call(f"cases.forget({before:%H:%M})", lambda unit: unit.cases.forget(before))


_yes_or_no = st.booleans()
_due = st.sampled_from([a.NOW + hours * a.HOUR for hours in range(-2, 3)])

_subscribers = st.sampled_from(["dziennik", "poczta"])

_MAKERS: Final[Sequence[tuple[Callable[..., Call], tuple[Any, ...], dict[str, Any]]]] = (
    (_open, (st.integers(4, 6), _maybe_address, _ids, st.integers(1, 3)), {}),
    (
        _change,
        (_people, _maybe_address, _ids, st.sampled_from([1, 1, 1, 0, 2])),
        {"run": _yes_or_no, "sharing": _yes_or_no},
    ),
    (_swap, (_people, _people), {}),
    (
        _put,
        (_records, _whose, st.none() | _claims, _claims, st.none() | _people),
        {"gone": _yes_or_no, "held": _yes_or_no},
    ),
    (_end, (_records,), {}),
    (_remove, (_records, _whose), {}),
    (_undo, (st.integers(0, 2),), {}),
    (_forget, (_instants,), {}),
    (_take_back, (_records, st.frozensets(_texts, max_size=2)), {"again": _yes_or_no}),
    (_stamp, (st.sets(st.sampled_from(_ROSTERS), min_size=1).map(sorted), _texts), {}),
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
    (_mark, (st.integers(1, 3), st.sampled_from(_EVIDENCE), st.sampled_from(Side)), {}),
    (_put_credential, (_people, _instants), {"own": _yes_or_no}),
    (_wipe_expired, (_instants,), {}),
    (_set_before, (_instants, st.integers(1, 3), st.none() | _people), {}),
    (_add_token, (_texts, _people, _purposes, _instants), {}),
    (_spend, (_texts, _some_purposes, _instants), {}),
    (_cancel_tokens, (_people, st.none() | _some_purposes, st.none() | _instants), {}),
    (_add_session, (_texts, _people), {}),
    (_end_session, (_texts, _instants), {}),
    (_end_sessions, (_people, _instants, st.none() | _texts), {}),
    (_touch, (_texts, _instants, _instants), {}),
    (_prune_sessions, (_instants,), {}),
    (_queue, (_texts, _due, st.lists(_texts, max_size=2, unique=True), st.none() | _people), {}),
    (_lease, (st.integers(1, 3), _due), {}),
    (_settle, (_texts, st.sampled_from([MessageState.SENT, MessageState.FAILED_FOR_NOW]), _due), {"late": _yes_or_no}),
    (_cancel_messages, (st.frozensets(_texts, min_size=1),), {}),
    (_choose, (st.sampled_from(LoginScheme), st.sampled_from(Sharing)), {}),
    (_happens, (_texts, _subscribers, _people, _due), {}),
    (_hear, (_subscribers, st.integers(1, 3), _due), {}),
    (
        _heard,
        (_texts, _subscribers, st.sampled_from([EventState.DELIVERED, EventState.FAILED_FOR_NOW])),
        {"late": _yes_or_no},
    ),
    (_cancel_of, (st.frozensets(_people),), {}),
    (_ask, (_texts,), {}),
    (_take, (st.integers(1, 2),), {}),
    (_report, (_people,), {}),
    (_bounced, (_texts,), {}),
    (_mark_unusable, (_addresses, st.sampled_from([BounceKind.HARD, BounceKind.COMPLAINT]), _instants), {}),
    (_clear_unusable, (_addresses,), {}),
    (_count_bounce, (st.sampled_from(BounceFate),), {}),
    (
        _open_case,
        (
            _records,
            st.none() | _records,
            st.sampled_from([CaseKind.POSSIBLE_DUPLICATE, CaseKind.RENAMED, CaseKind.RECORD_HELD]),
            st.frozensets(st.sampled_from(["sp1", "sp2"]), min_size=1),
        ),
        {},
    ),
    (_move_case, (st.integers(0, 5), st.sampled_from(CaseHappening), _instants, _people), {"late": _yes_or_no}),
    (_forget_cases, (_instants,), {}),
    (_publish, (_texts, st.sampled_from(NoticeKind)), {}),
    (_acknowledge, (_people, _texts, _instants), {}),
    (_apply, (_people, _instants, st.sampled_from(a.APPLICATION_STATES)), {}),
    (_decide_application, (_people, st.sampled_from(a.APPLICATION_STATES), st.sampled_from([1, 1, 0, 2])), {}),
    (_issue_code, (_texts, _people, st.sampled_from(["sp1", "sp2"]), _instants), {}),
    (_redeem, (_texts, _instants), {}),
    (_wrong_date, (_texts, st.integers(1, 3), _instants), {}),
    (_hand_over, (_texts, st.sampled_from(CodeChannel)), {}),
    (_cancel_codes, (_people,), {}),
    (_own, (_people, _instants), {}),
    (_due_contacts, (_instants, st.integers(1, 3)), {}),
    (_unmoved, (_instants, st.integers(1, 3)), {}),
    (_take_work, (_texts, _instants), {}),
    (_renew, (_instants, st.sampled_from([0, 0, 1])), {}),
    (_release, (st.sampled_from([0, 0, 1]),), {}),
    (_note, (_people, st.sampled_from([1, 1, 1, 0, 2])), {}),
    (_replace_prefix, (st.integers(1, 4),), {}),
    (_count, (_texts, _instants), {"failing": _yes_or_no}),
    (_prune, (_instants,), {}),
    (_begin_maintenance, (_instants,), {}),
    (_end_maintenance, (_instants,), {}),
    (_begin_pairing, (_texts, _people), {}),
    (_change_device, (_people, st.sampled_from(["end", "pair", "mistake"])), {"late": _yes_or_no}),
    (_end_devices, (_people, _instants), {}),
    (_put_pool, (st.sampled_from("pq"), st.integers(0, 2)), {}),
    (_assign, (_people, st.sampled_from("pq")), {}),
    (_change_licence, (_people, st.sampled_from(LicenceState)), {"late": _yes_or_no}),
    (_text, (_texts, _people, _instants, st.sampled_from(["sp1", ""])), {}),
    (_lease_texts, (st.integers(1, 3), _instants, st.integers(0, 2)), {}),
    (_reserve_text, (_texts, st.sampled_from(["2026-09", "2026-10"]), st.integers(0, 3)), {"late": _yes_or_no}),
    (_change_text, (_texts, st.sampled_from([*ChargeState]), st.integers(0, 9)), {"late": _yes_or_no}),
    (_name_school, (st.sampled_from(["sp1", "sp2"]), st.sampled_from(["", "Jedynka", "Dwójka"])), {}),
)


def _decide(person: PersonId) -> Call:
    other = PersonId(1 + person % len(PEOPLE)) if person > 1 else None
    made = a.decision(person, object=other)
    return Call(f"people.decide(about {person} and {other})", lambda unit: unit.people.decide(made))


def _merge(survivor: PersonId, absorbed: PersonId) -> Call:
    made = a.decision(survivor, object=absorbed, kind=DecisionKind.MERGED)
    return Call(f"people.decide({absorbed} is merged into {survivor})", lambda unit: unit.people.decide(made))


CHECKS: Final = (
    *(_decide(PersonId(number)) for number in PEOPLE),
    # The lesser number survives, so that no two are merged into each other.
    *(_merge(PersonId(one), PersonId(other)) for one, other in combinations(PEOPLE, 2)),
    Call("people.get_many", lambda unit: unit.people.get_many([PersonId(each) for each in range(1, 9)])),
    Call("people.decisions", lambda unit: [unit.people.decisions(PersonId(each)) for each in PEOPLE]),
    Call("people.by_login", lambda unit: [unit.people.by_login(each) for each in ("JAN.kot2", "zofia.lis1", "x")]),
    Call("people.by_central", lambda unit: [unit.people.by_central(each.mailbox) for each in _ADDRESSES]),
    Call("people.by_national_id", lambda unit: [unit.people.by_national_id(each) for each in _IDS]),
    Call("people.reserved", lambda unit: [unit.people.reserved(each.mailbox, a.NOW) for each in _ADDRESSES]),
    *(Call(f"events.peek for {who}", partial(_peeked, who)) for who in ("dziennik", "poczta")),
    Call("choices.current", lambda unit: unit.choices.current()),
    Call("events.counts", lambda unit: unit.events.counts()),
    Call("rosters.records", lambda unit: [list(unit.rosters.records(each)) for each in _ROSTERS]),
    Call("rosters.states", lambda unit: unit.rosters.states(_RECORDS)),
    Call("rosters.gather", lambda unit: unit.rosters.gather(Seeds(frozenset(_RECORDS)))),
    Call("rosters.census", lambda unit: unit.rosters.census(["sp1", "sp2"], a.TODAY)),
    Call("rosters.places", lambda unit: [list(unit.rosters.places(each)) for each in ("sp1", "sp2")]),
    Call("rosters.places of 1a", lambda unit: list(unit.rosters.places("sp1", "1a"))),
    Call("rosters.conflicts", lambda unit: list(unit.rosters.conflicts())),
    Call("rosters.conflicts of sp2", lambda unit: list(unit.rosters.conflicts(["sp2"]))),
    Call("cases.listed", lambda unit: [list(unit.cases.listed()), list(unit.cases.listed(closed=True))]),
    Call("cases.listed of sp2", lambda unit: list(unit.cases.listed(["sp2"]))),
    Call(
        "cases.about", lambda unit: list(unit.cases.about([*_RECORDS, *(a.place(key=each).key for each in _RECORDS)]))
    ),
    Call("cases.get", lambda unit: [unit.cases.get(each) for each in range(1, 5)]),
    Call("rosters.unsettled", lambda unit: unit.rosters.unsettled()),
    Call("rosters.stamps", lambda unit: [(each, each.stamp) for each in unit.rosters.stamps()]),
    Call("rosters.stamps of some", lambda unit: list(unit.rosters.stamps([a.digest(each) for each in _TEXTS[:1]]))),
    Call("rosters.login_numbers", lambda unit: unit.rosters.login_numbers(["jan.kot", "zofia.lis", "x"])),
    Call("people.has_marks", lambda unit: unit.people.has_marks()),
    Call("rosters.holders", lambda unit: unit.rosters.holders(set(Role), {"sp1"}) | unit.rosters.holders(STAFF)),
    Call("rosters.schools", lambda unit: [list(unit.rosters.schools()), list(unit.rosters.schools(["sp1", "x"]))]),
    Call("credentials.get_many", lambda unit: sorted(unit.credentials.get_many([*map(PersonId, PEOPLE)]).items())),
    Call("credentials.get", lambda unit: [unit.credentials.get(PersonId(each)) for each in PEOPLE]),
    Call("tokens.peek", lambda unit: [unit.tokens.peek(a.digest(each)) for each in _TEXTS]),
    Call("sessions.get", lambda unit: [unit.sessions.get(a.digest(each)) for each in _TEXTS]),
    Call("sessions.of", lambda unit: [unit.sessions.of(PersonId(each)) for each in PEOPLE]),
    Call("outbox.peek", lambda unit: [unit.outbox.peek(each) for each in _TEXTS]),
    Call("outbox.of_run", lambda unit: unit.outbox.of_run(7)),
    Call("outbox.counts", lambda unit: unit.outbox.counts()),
    Call("acknowledgements.of", lambda unit: [unit.acknowledgements.of(PersonId(each)) for each in PEOPLE]),
    Call("acknowledgements.notices", lambda unit: unit.acknowledgements.notices()),
    Call("acknowledgements.notice", lambda u: [u.acknowledgements.notice(a.notice(each).digest) for each in _TEXTS]),
    Call("maintenances.newest", lambda unit: unit.maintenances.newest()),
    Call("attempts.tallies", lambda unit: unit.attempts.tallies([*map(a.digest, _TEXTS)])),
    Call("audit.checkpoint", lambda unit: unit.audit.checkpoint()),
    Call("runs.newest", lambda unit: unit.runs.newest(9)),
    Call("runs.written", lambda unit: [unit.runs.written(each.id) for each in unit.runs.newest(9)]),
    Call("runs.undone", lambda unit: [unit.runs.undone(each) for each in _ROSTERS]),
    Call("runs.writers", lambda unit: sorted(unit.runs.writers([PersonId(each) for each in range(1, 9)]))),
    Call("leases.current", lambda unit: unit.leases.current(Work.IMPORT)),
    Call("reports.entries", lambda unit: [unit.reports.entries(), unit.reports.entries(about=PersonId(1))]),
    Call("audit.head", lambda unit: unit.audit.head()),
    Call("audit.entries", lambda unit: list(unit.audit.entries())),
    Call("audit.entries about 1", lambda unit: list(unit.audit.entries(about=PersonId(1)))),
    Call("devices.of", lambda unit: [unit.devices.of(PersonId(each)) for each in PEOPLE]),
    Call("devices.find", lambda unit: [unit.devices.find(a.digest(each)) for each in _TEXTS]),
    Call("licences.pools", lambda unit: unit.licences.pools()),
    Call("licences.held", lambda unit: [unit.licences.held(each) for each in "pq"]),
    Call("licences.of", lambda unit: [unit.licences.of(PersonId(each)) for each in PEOPLE]),
    Call("codes.of", lambda unit: list(unit.codes.of([PersonId(each) for each in PEOPLE]))),
    Call("codes.peek", lambda unit: [unit.codes.peek(a.digest(each)) for each in _TEXTS]),
    Call("contacts.get", lambda unit: [unit.contacts.get(PersonId(each)) for each in PEOPLE]),
    Call("applications.of_school", lambda unit: list(unit.applications.of_school("sp1"))),
    Call("applications.about", lambda unit: [list(unit.applications.about(PersonId(each))) for each in PEOPLE]),
    Call("unusable.among", lambda unit: unit.unusable.among([each.mailbox for each in _ADDRESSES])),
    Call("unusable.counts", lambda unit: unit.unusable.counts()),
    Call("sms.known", lambda unit: [unit.sms.known([each]) for each in _TEXTS]),
    Call("sms.known by the gateway", lambda unit: unit.sms.known(["a"], ["g1", "g2", "g3", ""])),
    Call("sms.handed_between", lambda unit: unit.sms.handed_between(a.NOW + a.HOUR, a.NOW + 4 * a.HOUR)),
    Call("sms.of_month", lambda unit: [unit.sms.of_month(each, "2026-09") for each in ("sp1", "")]),
    Call("sms.booked", lambda unit: [unit.sms.booked(each, "2026-09", "EUR") for each in ("sp1", "")]),
    Call("sms.counts", lambda unit: [unit.sms.counts(), unit.sms.oldest_waiting()]),
    Call("outbox.oldest_waiting", lambda unit: unit.outbox.oldest_waiting()),
)
"""Calls without a choice; together they show whatever is kept, so every program ends with all of them."""
