"""For every clause of devices and of licences a storage with one lie, which its contract finds out."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.licences import Licence, LicenceState
from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Devices, Licences
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.saboteurs import Lie, state, unmerged


def written_over(real, before, after):
    """Look at the number only."""
    kept = state(real).devices
    if before.id not in kept:
        return False
    kept[before.id] = after
    return True


def kept_token(real, before, after):
    """Let the code go on working."""
    return real(before, evolve(after, digest=before.digest))


def ended_again(real, person, *, end, now):
    """End what has ended."""
    count = real(person, end=end, now=now)
    for number, each in state(real).devices.items():
        if each.person == person:
            state(real).devices[number] = evolve(each, end=end, ended_at=now)
    return count


def shrunk(real, pool):
    """Take seats away from those who sit."""
    try:
        real(pool)
    except Conflict:
        state(real).pools[pool.key] = pool


def oversold(real, licence):
    """Sell without counting."""
    kept = evolve(licence, id=len(state(real).licences) + 1)
    state(real).licences[kept.id] = kept
    return kept


def one_more(real, licence):
    """Count wrongly by one."""
    pool = state(real).pools.get(licence.pool)
    if pool is None:
        return None
    state(real).pools[pool.key] = evolve(pool, seats=pool.seats + 1)
    kept = real(licence)
    state(real).pools[pool.key] = pool
    return kept


def seated_again(real, before, after):
    """Let a withdrawn licence come back."""
    kept = state(real).licences
    if kept.get(before.id) != before:
        return False
    kept[before.id] = after
    return True


def every_state(real, pool):
    """Count those without a seat too."""
    return [*real(pool), *(e for e in state(real).licences.values() if e.state is LicenceState.WITHDRAWN)]


DEVICE_LIES = [
    Lie("DE1", "no names", "devices", {"add": lambda real, device: real(evolve(device, name=""))}),
    Lie("DE2", "the code goes on", "devices", {"change": kept_token}),
    Lie("DE3", "written over", "devices", {"change": written_over}),
    Lie("DE4", "newest first", "devices", {"of": lambda real, person: list(real(person))[::-1]}),
    Lie("DE5", "ended twice", "devices", {"end_all": ended_again}),
    *(Lie("DE6", f"{way} of one of two", "devices", {way: unmerged}) for way in ("find", "of", "change")),
    Lie("DE5", "nothing ends", "devices", {"end_all": lambda _real, _person, *, end, now: 2}),  # noqa: ARG005
]
LICENCE_LIES = [
    Lie("LI1", "shrunk", "licences", {"put_pool": shrunk}),
    Lie("LI1", "for everybody", "licences", {"pools": lambda real: [evolve(e, roles=frozenset()) for e in real()]}),
    Lie("LI2", "oversold", "licences", {"assign": oversold}),
    Lie("LI3", "one more", "licences", {"assign": one_more}),
    Lie("LI4", "seated again", "licences", {"change": seated_again}),
    Lie("LI4", "nothing changes", "licences", {"change": lambda _real, _before, _after: True}),
    Lie("LI5", "every state", "licences", {"held": every_state}),
    *(Lie("LI6", f"{way} of one of two", "licences", {way: unmerged}) for way in ("of", "held", "assign", "change")),
    Lie("LI5", "newest first", "licences", {"of": lambda real, person: list[Licence](real(person))[::-1]}),
]


@pytest.mark.parametrize("lie", [*DEVICE_LIES, *LICENCE_LIES], ids=str)
def test_a_lie_about_devices_or_licences_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(StorageContract, lie.clause, {"fresh_storage": lie.storage}) is not None


@pytest.mark.parametrize(("port", "lies"), [(Devices, DEVICE_LIES), (Licences, LICENCE_LIES)])
def test_no_clause_lacks_a_saboteur(bench, port, lies):
    """The lies and the clauses name the same."""
    assert {each.clause for each in lies} == set(bench.clauses(port))
