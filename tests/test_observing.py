"""What an observer hears: every operation, by codes and counts, and nothing of any person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from importlib import import_module
from itertools import count
from pkgutil import walk_packages
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import eszkola_core
from eszkola_core import (
    CHEAPEST_FOR_TESTS,
    Actor,
    Argon2Hasher,
    Completed,
    EszkolaError,
    InvalidValue,
    KeyKind,
    KeyStep,
    MustAct,
    Observation,
    PersonId,
    Platform,
    RecoverAccess,
    SignedIn,
    SignIn,
)
from eszkola_core.testing.doubles import CountingSecrets, FrozenClock, MemoryCourier, PlainRenderer
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.public_api import cases
from eszkola_core.testing.region import CONSOLE, START, Region

PASSWORD = "Zielony-Dom-7"


class Watched:
    """A small region whose platform is watched, with a stopwatch that goes on by a second at each look."""

    def __init__(self, *lines, observer=None, storage=None):
        self.seen: list[Observation] = []
        self.region = Region("open", storage=storage)
        self.courier = MemoryCourier()
        self.platform = Platform(
            self.region.tenant,
            storage=self.region.storage,
            email=self.courier,
            renderer=PlainRenderer(),
            clock=self.region.clock,
            secrets=CountingSecrets("watched"),
            hasher=Argon2Hasher(CHEAPEST_FOR_TESTS),
            observer=observer or self.seen.append,
            timer=count().__next__,
        )
        if lines:
            self.region.take(*lines)

    def token(self):
        """Return the token in the newest letter that has one."""
        texts = [each.text for each in self.courier.sent]
        return next(found[1] for text in reversed(texts) if (found := re.search(r"token=([\w-]+)", text)))


@pytest.fixture
def watched():
    """Return a region with a family."""
    return Watched("A/1: s Ala 1 ala, g Jan 8 jan")


def test_an_operation_is_told_by_its_name_outcome_and_time(watched):
    """What the caller wrote, what came of it and why, and how long it took by the stopwatch."""
    watched.platform.sign_in.attempt("nobody", "nothing")

    assert watched.seen[-1] == Observation(
        tenant="t",
        use_case="sign_in",
        operation="attempt",
        outcome="sign-in-refused",
        reason="wrong-login-or-password",
        seconds=1,
    )


def test_a_run_is_told_with_its_number_and_its_counts(watched):
    """As the report has them; a plan has counts too, and no run."""
    reading = import_module("eszkola_core.testing.notation").reading("A/2: s Ola 2 ola")
    watched.platform.import_rosters.plan(reading)
    done = watched.platform.import_rosters.apply(reading, actor=CONSOLE)
    plan, applied = watched.seen[-2:]

    assert (plan.outcome, plan.run, applied.outcome, applied.run) == ("plan", None, "applied", done.run.id)
    assert plan.counts == applied.counts
    assert (applied.counts["created"], applied.counts["opened"]) == (1, 1)


def test_numbers_that_are_returned_are_counts(watched):
    """Of how many requests were answered, and how many letters went out."""
    watched.platform.recover_access.request("ala@example.com")
    watched.platform.recover_access.answer_waiting()
    watched.platform.deliver_messages.all_due()

    assert [(each.outcome, dict(each.counts)) for each in watched.seen[-2:]] == [
        ("done", {"count": 1}),
        ("delivered", {"sent": 3, "failed_for_now": 0, "abandoned": 0, "kept_back": 0}),
    ]


def test_an_operation_that_calls_another_is_told_once(watched):
    """What a use case does for itself is part of what was asked for."""
    watched.platform.deliver_messages.all_due()

    assert [each.operation for each in watched.seen].count("next_batch") == 0


def test_an_exception_is_told_by_its_kind_and_code_and_goes_on(watched, monkeypatch):
    """One of ours by its code; any other by its class; never by its text."""
    error = KeyError("Jan Kowalski")
    with pytest.raises(InvalidValue):
        watched.platform.diagnose.of_person(PersonId(999))
    monkeypatch.setattr(SignIn, "sign_out", lambda *_: (_ for _ in ()).throw(error))
    fresh = Watched()
    with pytest.raises(KeyError) as raised:
        fresh.platform.sign_in.sign_out("key")

    assert raised.value is error
    told = watched.seen[-1]
    assert (told.outcome, told.reason, told.is_error) == ("invalid-value", "unknown-person", True)
    assert (fresh.seen[-1].outcome, fresh.seen[-1].reason, fresh.seen[-1].is_error) == ("key-error", "", True)


class Keeper:
    """What looks after keys, in three steps, and may break."""

    def __init__(self, *, breaks=False):
        self.breaks = breaks

    def open(self):
        """Open a storage."""
        return MemoryStorage()

    def close(self):
        """Close it."""

    def all_keys(self, *, at):  # noqa: ARG002 - the port's
        """Return none."""
        return ()

    def renew(self, kind, *, at, note):  # noqa: ARG002 - the port's
        """Yield three steps, or break after the first."""
        yield KeyStep(2, "accounts", 0)
        if self.breaks:
            raise InvalidValue("broken", code="no-key")
        yield KeyStep(2, "accounts", 1)
        yield KeyStep(2, "accounts", 2)

    def forget(self, kind, number, *, at, note):
        """Forget a key."""


@pytest.mark.parametrize(
    ("breaks", "steps", "told"),
    [(False, 9, ("done", "", 3)), (False, 1, ("left-off", "", 1)), (True, 9, ("invalid-value", "no-key", 1))],
)
def test_what_goes_step_by_step_is_told_at_its_end(breaks, steps, told):
    """With the steps that were made, whether it came to its end, was left off or broke."""
    seen: list[Observation] = []
    keeper: Any = Keeper(breaks=breaks)
    platform = Platform(Region().tenant, administration=keeper, clock=FrozenClock(START), observer=seen.append)
    going: Any = platform.rotate_keys.renew(CONSOLE, KeyKind.DATA)
    assert [each.use_case for each in seen] == ["change_settings"]
    with suppress(InvalidValue):
        for number, _ in enumerate(going, 1):
            if number == steps:
                break
    going.close()

    assert [(each.outcome, each.reason, each.counts["steps"]) for each in seen[1:]] == [told]


def test_an_observer_that_breaks_breaks_nothing_else(caplog):
    """The caller gets the outcome, the observer's mistake goes to the log, and the next operation is told again."""
    told = []

    def breaks(observation):
        told.append(observation)
        raise RuntimeError("out of paper")

    watched = Watched(observer=breaks)
    for _ in range(2):
        assert watched.platform.sign_in.attempt("nobody", "nothing").reason == "wrong-login-or-password"

    assert len([each for each in told if each.operation == "attempt"]) == 2
    assert {each.name for each in caplog.records} == {"eszkola_core"}
    assert "out of paper" in caplog.text


def test_a_watched_use_case_is_one_to_everybody_else(watched):
    """It is of its class, shows itself as it does, and has its fields."""
    assert isinstance(watched.platform.recover_access, RecoverAccess)
    assert repr(watched.platform.see_children).startswith("SeeChildren(")
    assert watched.platform.see_children.tenant is watched.region.tenant
    assert watched.platform.sign_in.attempt.__doc__ == SignIn.attempt.__doc__


# Nothing of any person


def marks(letters):
    """Words that stand in no code of the house, and in one another only where they share letters."""
    return st.text(letters, min_size=6, max_size=10)


def vocabulary():
    """Return every code that an observation may be made of: names of classes, and words of enumerations."""
    words = {"", "done", "none", "left-off"}
    for info in walk_packages(eszkola_core.__path__, "eszkola_core."):
        if info.name.startswith("eszkola_core.testing"):
            continue
        for found in vars(import_module(info.name)).values():
            if isinstance(found, type):
                words.add(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", found.__name__).lower())
                words |= {each.value for each in found} if issubclass(found, StrEnum) else set()
    return words


WORDS = vocabulary()


def a_day_among(watched, name, mail, password, reason):
    """Let people with that name and mailbox do what people do, wrongly too."""
    platform, address = watched.platform, f"{mail}@example.com"
    watched.region.take(f"A/1: s {name} 1 {mail}, g {name}ek 8 {mail}b", f"A/2: y {name}ska 5 {mail}c")
    for identifier in (address, pesel(1), name, reason):
        platform.recover_access.request(identifier, source=reason)
    platform.recover_access.answer_waiting()
    platform.deliver_messages.all_due()
    done = platform.recover_access.complete(watched.token(), password)
    platform.recover_access.complete(password, name)
    assert isinstance(done, Completed), done
    session = platform.sign_in.attempt(done.login, password, source=reason)
    platform.sign_in.attempt(name, reason)
    person = watched.region.account("A/1 s").id
    key = session.key.reveal() if isinstance(session, SignedIn) else password
    if isinstance(session, MustAct):
        platform.sign_in.change_password(session.ticket.reveal(), reason)
    stranger = Actor(name=name, person=person, where=reason)
    for actor in (CONSOLE, stranger):
        platform.lock_account.lock(actor, person, why=reason)
        platform.lock_account.unlock(actor, person, why=reason)
        platform.who_sees.of(actor, person)
        platform.see_links.of(actor, person)
        platform.see_sources.of(actor, person)
        platform.export_person.of(actor, person)
        platform.see_conflicts.of(actor)
        platform.see_held.of(actor)
        platform.see_contacts.of(actor, "A", name)
        platform.restrict_links.restrict(actor, watched.region.account("A/1 g").id, person, reason=reason)
        platform.merge_people.plan(actor, person, watched.region.account("A/1 g").id)
        platform.erase_person.request(actor, person, why=reason)
        platform.report_disclosure.by_staff(actor, person, reason)
    with suppress(EszkolaError):
        platform.diagnose.of(CONSOLE, reason)
    with suppress(EszkolaError):
        platform.change_address.request(key, password, reason)
    with suppress(EszkolaError):
        platform.change_phone.change(key, password, reason)
    platform.sign_in.person_of(key)
    platform.look_after_sessions.list(key)
    platform.pair_device.begin(key)
    platform.see_children.of(person)
    platform.check_readiness.of(CONSOLE, "A")
    platform.read_journal.show(CONSOLE)
    platform.sign_in.sign_out(key)


@given(name=marks("ąćęłń"), mail=marks("qxw"), password=marks("óśź"), reason=marks("żv"))
@settings(max_examples=15)
def test_nothing_of_any_person_is_ever_told(name, mail, password, reason):
    """Whatever people are called and type: observations are made of the house's own words, and of numbers."""
    name, password = name.capitalize(), f"{password.upper()}-Dom-7"
    watched = Watched()
    a_day_among(watched, name, mail, password, reason)
    told = repr(watched.seen)

    assert len(watched.seen) > 10
    assert [each for each in (name, mail, password, reason, pesel(1), pesel(8)) if each.lower() in told.lower()] == []
    for each in watched.seen:
        assert {each.outcome, each.reason} <= WORDS or re.fullmatch(r"[a-z]+(-[a-z]+)*", each.reason), each
        assert each.outcome in WORDS, each
        assert (each.tenant, each.use_case in cases(), each.seconds >= 0) == ("t", True, True)
        assert isinstance(each.counts, Mapping)
        assert all(re.fullmatch(r"[a-z_]+", name) and type(many) is int for name, many in each.counts.items())
