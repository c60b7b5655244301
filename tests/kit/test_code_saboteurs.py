"""For every clause of the security codes a storage with one lie, which its contract finds out."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.security_codes import CodeState
from eszkola_core.ports.storage import Codes
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.saboteurs import Lie, state


def added_only(real, code):
    """Keep a code beside the live one."""
    state(real).codes[code.digest] = code


def spent_again(real, digest, *, now):
    """Redeem whatever was redeemed before."""
    found = state(real).codes.get(digest)
    return found if found is not None and found.state is CodeState.REDEEMED else real(digest, now=now)


def never_killed(real, digest, *, limit, now):
    """Count without an end."""
    return real(digest, limit=limit + 99, now=now)


def counted_after_the_end(real, digest, *, limit, now):
    """Count against codes that have ended, too."""
    kept = state(real).codes
    if digest in kept and kept[digest].state is not CodeState.LIVE:
        return kept[digest]
    return real(digest, limit=limit, now=now)


def cancelled_all(real, guardian):
    """End what has ended in another way, too."""
    kept = state(real).codes
    for digest, code in kept.items():
        if code.guardian == guardian and code.state is CodeState.REDEEMED:
            kept[digest] = evolve(code, state=CodeState.CANCELLED)
    return real(guardian)


LIES = [
    Lie("CO1", "no receipts", "codes", {"add": lambda real, code: real(evolve(code, hand_overs=()))}),
    Lie(
        "CO1",
        "newest receipt first",
        "codes",
        {"peek": lambda real, digest: (found := real(digest)) and evolve(found, hand_overs=found.hand_overs[::-1])},
    ),
    Lie("CO2", "two at a time", "codes", {"add": added_only}),
    Lie("CO3", "redeemed for ever", "codes", {"redeem": spent_again}),
    Lie("CO4", "everybody wins", "codes", {"redeem": spent_again}),
    Lie("CO5", "never killed", "codes", {"wrong_date": never_killed}),
    Lie("CO5", "counted after the end", "codes", {"wrong_date": counted_after_the_end}),
    Lie("CO6", "everything ends", "codes", {"cancel": cancelled_all}),
    Lie("CO7", "newest first", "codes", {"of": lambda real, guardians: real(guardians)[::-1]}),
    Lie("CO7", "live ones only", "codes", {"of": lambda real, who: [c for c in real(who) if c.school == "sp1"]}),
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_about_codes_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(StorageContract, lie.clause, {"fresh_storage": lie.storage}) is not None


def test_no_clause_of_the_codes_lacks_a_saboteur(bench):
    """The lies and the clauses name the same."""
    assert {each.clause for each in LIES} == set(bench.clauses(Codes))
