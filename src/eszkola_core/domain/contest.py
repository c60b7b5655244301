"""
Who gets an address that several want (MAIL-5c, MAIL-5d).

People ask, addresses choose: deferred acceptance (Gale and Shapley, 1962). The outcome is unique and depends on no
order; swaps and chains of moves work; whoever gets nothing new keeps what they had.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

from attrs import field, frozen

W = TypeVar("W", bound=Hashable)


@frozen(order=True)
class Rank:
    """
    How much an address prefers somebody, the least first (MAIL-5c).

    The present holder; then whom it is reserved for; then an activated account; then staff, guardian, student; then the
    least key of the claim that states it. A holder who has been dormant longer than the grace comes after the living.
    """

    yields: bool
    is_no_holder: bool
    is_not_reserved_for: bool
    is_not_activated: bool
    precedence: int
    claim: Hashable = field(eq=True)


@frozen
class Asker(Generic[W]):
    """
    One who asks: for ``wishes`` in this order, keeping ``present`` rather than having none.

    ``ranks`` says how each address in ``wishes`` and ``present`` ranks this asker.
    """

    who: W
    present: str | None
    wishes: tuple[str, ...]
    ranks: Mapping[str, Rank]
    is_activated: bool = False


def contest(askers: Mapping[W, Asker[W]], reserved: Mapping[str, W]) -> Mapping[W, str | None]:
    """
    Return which address each asker gets, or None.

    Args:
        askers: everybody who wants or holds one of the addresses.
        reserved: addresses kept for somebody who left them; nobody else may take them (MAIL-5d).

    An address that an activated account leaves is reserved for it, so who would move into it waits; unless all of the
    moves close a circle, where everybody's former address has gone to one of them.
    """
    barred: set[tuple[W, str]] = set()
    while True:
        got = _accept(askers, reserved, barred)
        waiting = _must_wait(askers, got)
        if not waiting:
            return got
        barred |= waiting


def _accept(
    askers: Mapping[W, Asker[W]],
    reserved: Mapping[str, W],
    barred: set[tuple[W, str]],
) -> dict[W, str | None]:
    """Return the outcome of one deferred acceptance."""
    holder: dict[str, W] = {}
    got: dict[W, str | None] = dict.fromkeys(askers)
    turn = dict.fromkeys(askers, 0)
    asking = list(askers)
    while asking:
        who = asking.pop()
        asker = askers[who]
        wishes = [*asker.wishes]
        if asker.present is not None and asker.present not in wishes:
            wishes.insert(1 if wishes and wishes[0] != asker.present else 0, asker.present)
        while turn[who] < len(wishes):
            address = wishes[turn[who]]
            turn[who] += 1
            kept_for_another = reserved.get(address, who) != who
            if (who, address) in barred or (kept_for_another and asker.present != address):
                continue
            rival = holder.get(address)
            if rival is not None:
                if askers[rival].ranks[address] < asker.ranks[address]:
                    continue
                got[rival] = None
                asking.append(rival)
            holder[address] = who
            got[who] = address
            break
    return got


def _must_wait(askers: Mapping[W, Asker[W]], got: Mapping[W, str | None]) -> set[tuple[W, str]]:
    """Return the moves into an address that an activated account leaves in this very contest, circles left out."""
    left_by = {
        asker.present: who for who, asker in askers.items() if asker.present is not None and got[who] != asker.present
    }
    waiting: set[tuple[W, str]] = set()
    for who, address in got.items():
        former = left_by.get(address) if address is not None else None
        if address is None or former is None or not askers[former].is_activated:
            continue
        if not _closes_a_circle(who, got, left_by):
            waiting.add((who, address))
    return waiting


def _closes_a_circle(start: W, got: Mapping[W, str | None], left_by: Mapping[str, W]) -> bool:
    """Return whether following addresses to those who left them leads back to *start*."""
    seen = {start}
    who = left_by.get(got[start] or "")
    while who is not None and who not in seen:
        seen.add(who)
        who = left_by.get(got[who] or "")
    return who == start
