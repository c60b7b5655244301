"""For every clause of events a storage with one lie, which its contract finds out."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.events import EVENT_FINAL
from eszkola_core.ports.storage import Events
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.saboteurs import Lie, state


def queued_again(real, events):
    """Queue what was heard as if it were new."""
    kept = state(real).events
    done = {key: kept.pop(key) for key in [key for key, each in kept.items() if each.state in EVENT_FINAL]}
    real(events)
    kept.update(done)


def queued_for_one(real, events):
    """Take a key for the same event whoever is to hear it."""
    known = {each.key: each for each in [*state(real).events.values(), *events][::-1]}
    real([each for each in events if known[each.key] is each])


def unheld(real, subscriber, limit, *, now, until):
    """Hand out what is in somebody's hands."""
    kept = state(real).events
    kept.update({key: evolve(each, leased_until=None) for key, each in kept.items()})
    return real(subscriber, limit, now=now, until=until)


def settled_late(real, event, *, held_until):  # noqa: ARG001 - it looks at nothing
    """Write whatever anybody says."""
    real(event, held_until=state(real).events[event.id].leased_until)


def settled_with_data(real, event, *, held_until):
    """Write the state and forget the rest."""
    data = state(real).events[event.id].data
    real(event, held_until=held_until)
    state(real).events[event.id] = evolve(state(real).events[event.id], data=data)


LIES = [
    Lie("EV1", "heard is forgotten", "events", {"add": queued_again}),
    Lie("EV1", "one for all", "events", {"add": queued_for_one}),
    Lie("EV2", "two are faster", "events", {"lease": unheld}),
    Lie("EV2", "the youngest first", "events", {"lease": lambda real, *who, **how: real(*who, **how)[::-1]}),
    Lie(
        "EV3",
        "only once",
        "events",
        {"lease": lambda real, *who, **how: [each for each in real(*who, **how) if each.attempts == 1]},
    ),
    Lie("EV4", "whoever comes last", "events", {"settle": settled_late}),
    Lie("EV5", "who knows what it is good for", "events", {"settle": settled_with_data}),
    Lie(
        "EV6",
        "what waits",
        "events",
        {
            "counts": lambda real: {
                name: {kind: many for kind, many in states.items() if kind not in EVENT_FINAL}
                for name, states in real().items()
            }
        },
    ),
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_about_events_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(StorageContract, lie.clause, {"fresh_storage": lie.storage}) is not None


def test_no_clause_of_events_lacks_a_saboteur(bench):
    """The lies and the clauses name the same."""
    assert {each.clause for each in LIES} == set(bench.clauses(Events))
