"""Everything of one person, in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, MutableMapping
from typing import Any

from attrs import define, evolve

from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Place, PlaceKey
from eszkola_core.domain.dossiers import Traces, emptied, mailboxes, spellings, stays
from eszkola_core.domain.messages import Message
from eszkola_core.domain.runs import RecordState
from eszkola_core.domain.sms_ledger import without
from eszkola_core.memory.sms import MemorySmsLedger
from eszkola_core.memory.state import State


@define
class MemoryDossiers:
    """Keeps `Dossiers` over all dictionaries."""

    _state: State

    def traces(self, person: PersonId, places: Collection[PlaceKey] = ()) -> Traces:
        state = self._state

        def theirs(kept: Mapping[Any, Any]) -> tuple[Any, ...]:
            return tuple(each for _, each in sorted(kept.items()) if each.person == person)

        return Traces(
            tokens=theirs(state.tokens),
            sessions=theirs(state.sessions),
            messages=tuple(self._messages(person, places)),
            events=theirs(state.events),
            text_messages=tuple(MemorySmsLedger(state).of_person(person)),
            requests=tuple(each for _, each in sorted(state.requests.items()) if self._asks(person, each)),
            earlier=tuple(
                kept
                for (_, key), (kept, _) in sorted(state.images.items(), key=lambda each: (each[0][0], repr(each[0][1])))
                if not isinstance(kept, RecordState) and self._is_of(person, places, key, kept)
            ),
        )

    def erase(self, person: PersonId, places: Collection[PlaceKey] = ()) -> None:
        state = self._state
        _drop(state.requests, lambda each: self._asks(person, each))
        letters = {each.id for each in self._messages(person, places)}
        _drop(state.messages, lambda each: each.id in letters)
        for name in ("tokens", "sessions", "events", "devices", "licences", "acknowledgements"):
            _drop(getattr(state, name), lambda each: each.person == person)
        state.sms.update({key: without(each) for key, each in state.sms.items() if each.person == person})
        _drop(state.codes, lambda each: each.guardian == person)
        state.credentials.pop(person, None)
        state.contacts.pop(person, None)
        merged = state.aliases.members(person)
        _drop(state.decisions, lambda each: person in each.people and not stays(each))
        state.aliases = Aliases.of(state.decisions.values())
        state.marks = frozenset(each for each in state.marks if each[0] in state.decisions)
        state.reservations = frozenset(each for each in state.reservations if each.person != person)
        for number, report in list(state.reports.items()):
            if report.person == person:
                state.reports[number] = evolve(report, words="")
        for number, each in list(state.applications.items()):
            if person in (each.applied_by, each.guardian, each.child):
                state.applications[number] = emptied(each)
        for at in [at for at, image in state.images.items() if self._is_of(person, places, at[1], image[0])]:
            del state.images[at]
        gone = frozenset(places)
        state.conflicts = frozenset(each for each in state.conflicts if not gone & {each.place, each.other})
        over = {*gone, *(key.record for key in gone if not key.who)}
        _drop(state.cases, lambda each: not over.isdisjoint(each.subject.keys))
        state.cases.update({number: each.without(person) for number, each in state.cases.items()})
        for key in gone:
            state.places.pop(key, None)
            state.writers.pop(key, None)
        state.found.update({each: keys - gone for each, keys in state.found.items() if keys & gone})
        state.touch(merged)

    def _messages(self, person: PersonId, places: Collection[PlaceKey]) -> list[Message]:
        state = self._state
        decisions = [each for each in state.decisions.values() if person in each.people]
        held = [state.places[key] for key in places if key in state.places]
        kept = [each for each in state.reservations if each.person == person]
        known = mailboxes(state.people.get(person), decisions, held, kept)
        return [
            each
            for _, each in sorted(state.messages.items())
            if each.person == person or (each.person is None and each.to.mailbox in known)
        ]

    def _asks(self, person: PersonId, request: Any) -> bool:  # noqa: ANN401 - a request
        known = self._state.people.get(person)
        return known is not None and request.identifier.reveal().strip().casefold() in spellings(known)

    @staticmethod
    def _is_of(person: PersonId, places: Collection[PlaceKey], key: object, kept: object) -> bool:
        if isinstance(kept, Place):
            return key in places or kept.person == person
        return isinstance(kept, Person) and kept.id == person


def _drop(table: MutableMapping[Any, Any], which: Callable[[Any], bool]) -> None:
    for key in [key for key, each in table.items() if which(each)]:
        del table[key]
