"""
What ``st.from_type`` makes of the domain's types, as soon as Hypothesis is imported beside the core.

Every frozen class of the domain can be drawn, from fields that are valid by themselves: instants are aware, numbers of
people positive. Classes whose fields depend on each other have a strategy of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import datetime
from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType, NoneType
from typing import Any, Final, TypeVar, get_args, get_type_hints

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import eszkola_core.domain
from eszkola_core.domain.accounts import Lock, Person, PersonId
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.applications import Application
from eszkola_core.domain.claims import Claims, Decision, Place, PlaceKey, RecordKey, RosterKey, World
from eszkola_core.domain.contacts import OwnContacts
from eszkola_core.domain.credential_channels import GuardianReach, Reach
from eszkola_core.domain.credentials import Credential
from eszkola_core.domain.devices import Device
from eszkola_core.domain.events import EVENT_FIELDS, Event, EventKind
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.leases import Lease
from eszkola_core.domain.letters import ClassList, Letter, PostalAddress
from eszkola_core.domain.licences import Licence, Pool
from eszkola_core.domain.messages import FIELDS, Message, MessageKind
from eszkola_core.domain.money import Money
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.notices import Acknowledgement, Notice
from eszkola_core.domain.passwords import PasswordPolicy
from eszkola_core.domain.reports import Report
from eszkola_core.domain.security_codes import SecurityCode
from eszkola_core.domain.sessions import Session
from eszkola_core.domain.settings import Settings
from eszkola_core.domain.sms_ledger import SmsEntry
from eszkola_core.domain.stated import Reading, StatedPerson, StatedRecord, StatedRoster
from eszkola_core.domain.tariffs import Price, Tariff
from eszkola_core.domain.tenants import LOCALES, Tenant
from eszkola_core.domain.tokens import Token
from eszkola_core.testing.strategies.accounts import credentials, locks, people, sessions, tokens
from eszkola_core.testing.strategies.applications import applications
from eszkola_core.testing.strategies.belongings import devices, licences, pools
from eszkola_core.testing.strategies.codes import own_contacts, security_codes
from eszkola_core.testing.strategies.costs import money, prices, sms_entries, tariffs
from eszkola_core.testing.strategies.decisions import decisions, leases, reports
from eszkola_core.testing.strategies.handing_out import (
    class_lists,
    guardian_reaches,
    postal_addresses,
    printed_letters,
    reaches,
)
from eszkola_core.testing.strategies.identities import email_addresses, national_ids, person_names
from eszkola_core.testing.strategies.notices import acknowledgements, notices
from eszkola_core.testing.strategies.passwords import password_policies
from eszkola_core.testing.strategies.places import claims, place_keys, places, record_keys, roster_keys, worlds
from eszkola_core.testing.strategies.statements import readings, stated_people, stated_records, stated_rosters
from eszkola_core.testing.strategies.tenancies import settings_, tenants
from eszkola_core.testing.strategies.times import chosen, instants


def people_numbers() -> SearchStrategy[PersonId]:
    """Yield numbers that people can have."""
    return st.integers(1, 2**31 - 1).map(PersonId)


@st.composite
def messages(draw: st.DrawFn, *, kinds: SearchStrategy[MessageKind] | None = None) -> Message:
    """Yield messages that wait, with the data that their kind asks for."""
    kind = draw(chosen(kinds, st.sampled_from(MessageKind)))
    return Message(
        key=draw(st.text(min_size=1, max_size=20)),
        kind=kind,
        to=draw(email_addresses()),
        person=draw(st.none() | people_numbers()),
        locale=draw(st.sampled_from(LOCALES)),
        data={name: draw(st.text(max_size=10)) for name in sorted(FIELDS[kind] | {"name"})},
        created_at=draw(instants()),
        due_at=draw(instants()),
    )


@st.composite
def events(draw: st.DrawFn, *, kinds: SearchStrategy[EventKind] | None = None) -> Event:
    """Yield events that wait for a subscriber, with the data that their kind asks for."""
    kind = draw(chosen(kinds, st.sampled_from(EventKind)))
    fixed = {"kind": st.just(kind), "data": st.fixed_dictionaries({name: st.text() for name in EVENT_FIELDS[kind]})}
    return draw(st.builds(Event, **{**_fields(Event), **fixed}))


DEDICATED: Final[Mapping[type, Callable[[], SearchStrategy[Any]]]] = MappingProxyType(
    {
        Acknowledgement: acknowledgements,
        Application: applications,
        Claims: claims,
        ClassList: class_lists,
        Credential: credentials,
        Decision: decisions,
        Device: devices,
        EmailAddress: email_addresses,
        Event: events,
        GuardianReach: guardian_reaches,
        Lease: leases,
        Letter: printed_letters,
        Licence: licences,
        Lock: locks,
        Message: messages,
        Money: money,
        NationalId: national_ids,
        Notice: notices,
        OwnContacts: own_contacts,
        PasswordPolicy: password_policies,
        Person: people,
        PersonName: person_names,
        Place: places,
        PlaceKey: place_keys,
        PostalAddress: postal_addresses,
        Pool: pools,
        Price: prices,
        Reach: reaches,
        Reading: readings,
        RecordKey: record_keys,
        Report: reports,
        RosterKey: roster_keys,
        Secret: lambda: st.text().map(Secret),
        SecurityCode: security_codes,
        Session: sessions,
        Settings: settings_,
        SmsEntry: sms_entries,
        StatedPerson: stated_people,
        StatedRecord: stated_records,
        StatedRoster: stated_rosters,
        Tariff: tariffs,
        Tenant: tenants,
        Token: tokens,
        World: worlds,
    }
)
"""Types whose fields depend on each other, each with its strategy."""


def domain_types() -> Iterator[type]:
    """Yield every public frozen class of the domain."""
    for module in iter_modules(eszkola_core.domain.__path__):
        found = import_module(f"eszkola_core.domain.{module.name}")
        for name, each in vars(found).items():
            is_ours = isinstance(each, type) and attrs.has(each) and each.__module__ == found.__name__
            if is_ours and not name.startswith("_"):
                yield each


def register() -> None:
    """Let ``st.from_type`` know every type of the domain; Hypothesis calls this when it is imported."""
    for each in domain_types():
        st.register_type_strategy(each, _ignoring(DEDICATED.get(each) or partial(_built, each)))


def _ignoring(strategy: Callable[[], SearchStrategy[Any]]) -> Callable[[type], SearchStrategy[Any]]:
    return lambda _: strategy()


def _built(cls: type) -> SearchStrategy[Any]:
    """Return instances of *cls* from fields that are valid by themselves."""
    return st.builds(cls, **_fields(cls))


def _fields(cls: type) -> dict[str, SearchStrategy[Any]]:
    hints = get_type_hints(cls)
    return {each.alias: _of(hints[each.name]) for each in attrs.fields(cls) if each.init and each.alias}


def _of(hint: Any) -> SearchStrategy[Any]:  # noqa: ANN401 - a type hint is anything
    """Return the values of a field."""
    if hint is datetime:
        return instants()
    if hint is PersonId:
        return people_numbers()
    if hint in (Any, object, Hashable) or isinstance(hint, TypeVar):
        return st.text()  # anything would do, and a text is easily read
    options = get_args(hint)
    if NoneType in options:
        return st.none() | st.one_of(*(_of(each) for each in options if each is not NoneType))
    return st.from_type(hint)
