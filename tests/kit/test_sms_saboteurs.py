"""For every clause of the ledger of text messages a storage with one lie, which its contract finds out."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.money import Money
from eszkola_core.domain.sms_ledger import ChargeState
from eszkola_core.ports.storage import SmsLedger
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.saboteurs import Lie, state

PART = "sms"


def twice(real, entries):
    """Keep an entry whose key is known beside the other."""
    kept = state(real)
    for entry in entries:
        number = kept.next("sms")
        kept.sms[number] = evolve(entry, id=number)


def unwritten(real, limit, *, now, until, doubtful_below=0):
    """Hand out without noting it."""
    before = dict(state(real).sms)
    found = real(limit, now=now, until=until, doubtful_below=doubtful_below)
    state(real).sms = before
    return found


def doubtful(real, limit, *, now, until, doubtful_below=0):  # noqa: ARG001 - what it ignores
    """Hand out what is in doubt too, as if it had not been sent."""
    return real(limit, now=now, until=until, doubtful_below=99)


def never_doubtful(real, limit, *, now, until, doubtful_below=0):  # noqa: ARG001 - what it ignores
    """Hand nothing out that is in doubt."""
    return real(limit, now=now, until=until)


def unlimited(real, entry, month, *, cap):
    """Look at no cap."""
    return real(entry, month, cap=Money(cap.amount + 1000, cap.currency))


def unwiped(real, before, after):
    """Keep the number and the text."""
    done = real(before, after)
    if done:
        state(real).sms[before.id] = after
    return done


def overwritten(real, before, after):
    """Write over what somebody has changed since."""
    kept = state(real).sms.get(before.id)
    return False if kept is None else real(kept, after)


def as_reserved(real, payer, month, currency):
    """Count what was charged as if it were what was reserved."""
    kept = [each for each in state(real).sms.values() if (each.payer, each.month) == (payer, month)]
    sums = [each.cost.micros for each in kept if each.state is not ChargeState.RELEASED]
    return Money.of_micros(sum(sums), currency) if currency == "EUR" else real(payer, month, currency)


LIES = [
    Lie("SL1", "added twice", PART, {"add": twice}),
    Lie("SL1", "the last ones only", PART, {"add": lambda real, entries: real(entries[1:])}),
    Lie("SL2", "handed out again", PART, {"lease": unwritten}),
    Lie("SL2", "the newest first", PART, {"lease": lambda real, *limit, **when: real(*limit, **when)[::-1]}),
    Lie("SL2", "sent again by itself", PART, {"lease": doubtful}),
    Lie("SL3", "never again", PART, {"lease": never_doubtful}),
    Lie("SL4", "past the cap", PART, {"reserve": unlimited}),
    Lie("SL4", "nothing at all", PART, {"reserve": lambda _real, _entry, _month, *, cap: None}),  # noqa: ARG005
    Lie("SL5", "written over", PART, {"change": overwritten}),
    Lie("SL5", "forgotten", PART, {"change": lambda _real, _before, _after: True}),
    Lie("SL6", "as reserved", PART, {"booked": as_reserved}),
    Lie("SL7", "kept", PART, {"change": unwiped}),
    Lie("SL8", "by key only", PART, {"known": lambda real, keys, ids=(): real(keys) if ids is not None else []}),
    Lie("SL8", "for ever", PART, {"handed_between": lambda real, first, last: real(first, last.replace(year=2999))}),
    Lie("SL8", "the newest first", PART, {"of_month": lambda real, payer, month: real(payer, month)[::-1]}),
    Lie("SL9", "all but the first", PART, {"counts": lambda real: dict(list(real().items())[1:])}),
    Lie("SL9", "nothing waits", PART, {"oldest_waiting": lambda _real: None}),
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_about_text_messages_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(StorageContract, lie.clause, {"fresh_storage": lie.storage}) is not None


def test_no_clause_of_text_messages_lacks_a_saboteur(bench):
    """The lies and the clauses name the same."""
    assert {each.clause for each in LIES} == set(bench.clauses(SmsLedger))
