"""
Who gets an address that several want (MAIL-5b, MAIL-5c, MAIL-5d).

People ask, addresses choose: deferred acceptance (Gale and Shapley, 1962). An address chooses a household, and ranks it
by the best of its members, whether they ask in the end or not: so the outcome is unique and depends on no order. Swaps
and chains of moves work; whoever gets nothing new keeps what they had.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

from attrs import evolve, field, frozen

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

    ``ranks`` says how each address in ``wishes`` and ``present`` ranks this asker; ``household`` with whom they may
    have one, which is nobody where it is None.
    """

    who: W
    present: str | None
    wishes: tuple[str, ...]
    ranks: Mapping[str, Rank]
    is_activated: bool = False
    household: Hashable = None

    @property
    def home(self) -> Hashable:
        """The household, or the asker alone."""
        return ("alone", self.who) if self.household is None else self.household


def contest(askers: Mapping[W, Asker[W]], reserved: Mapping[str, W]) -> Mapping[W, str | None]:
    """
    Return which address each asker gets, or None; only those of one household get the same.

    Args:
        askers: everybody who wants or holds one of the addresses.
        reserved: addresses kept for somebody who left them; nobody else's household may take them (MAIL-5d).

    Those who have one address already keep it together, whatever became of their household; whoever joins them must be
    of one household with them all. An address that an activated account leaves is reserved for it, so who would move
    into it waits; unless all of the moves close a circle, where everybody's former address has gone to one of them.
    """
    market = _Market(askers, reserved)
    barred: set[tuple[W, str]] = set()
    while True:
        got = market.accepted(barred)
        waiting = market.must_wait(got) | market.must_not_join(got)
        if not waiting:
            return got
        barred |= waiting


def separated(askers: Mapping[W, Asker[W]]) -> Mapping[W, Asker[W]]:
    """Return the same askers where nobody keeps an address with others: it stays with whom it prefers (MAIL-5f)."""
    holders: dict[str, list[W]] = defaultdict(list)
    for who, asker in askers.items():
        if asker.present is not None:
            holders[asker.present].append(who)
    keeping = {min(together, key=lambda each: askers[each].ranks[address]) for address, together in holders.items()}
    return {who: asker if who in keeping else evolve(asker, present=None) for who, asker in askers.items()}


class _Market(Generic[W]):
    """Who asks for what, and how addresses rank the parties that ask."""

    def __init__(self, askers: Mapping[W, Asker[W]], reserved: Mapping[str, W]) -> None:
        self._askers = askers
        self._reserved = reserved
        self._holders: dict[str, list[W]] = defaultdict(list)
        for who, asker in askers.items():
            if asker.present is not None:
                self._holders[asker.present].append(who)
        self._parties: dict[tuple[str, Hashable], Rank] = {}
        for who, asker in askers.items():
            for address, rank in asker.ranks.items():
                key = (address, self._party(who, address))
                self._parties[key] = min(rank, self._parties.get(key, rank))

    def _party(self, who: W, address: str) -> Hashable:
        """Return with whom somebody asks for an address: the household, and all who have it where one of those does."""
        home = self._askers[who].home
        homes = {self._askers[each].home for each in self._holders.get(address, ())}
        return "those who have it" if home in homes else home

    def _is_kept_for_another(self, who: W, address: str) -> bool:
        """Return whether an address is reserved, and not for somebody of the asker's household."""
        owner = self._reserved.get(address, who)
        if owner == who:
            return False
        return owner not in self._askers or self._askers[owner].home != self._askers[who].home

    def accepted(self, barred: set[tuple[W, str]]) -> dict[W, str | None]:
        """Return the outcome of one deferred acceptance."""
        holding: dict[str, list[W]] = {}
        got: dict[W, str | None] = dict.fromkeys(self._askers)
        turn = dict.fromkeys(self._askers, 0)
        asking = list(self._askers)
        while asking:
            who = asking.pop()
            asker = self._askers[who]
            wishes = [*asker.wishes]
            if asker.present is not None and asker.present not in wishes:
                wishes.insert(1, asker.present)
            while turn[who] < len(wishes):
                address = wishes[turn[who]]
                turn[who] += 1
                if (who, address) in barred:
                    continue
                if asker.present != address and self._is_kept_for_another(who, address):
                    continue
                rivals = holding.setdefault(address, [])
                party = self._party(who, address)
                if rivals and self._party(rivals[0], address) != party:
                    theirs = self._parties[address, self._party(rivals[0], address)]
                    if theirs < self._parties[address, party]:
                        continue
                    got.update(dict.fromkeys(rivals))
                    asking += rivals
                    rivals.clear()
                rivals.append(who)
                got[who] = address
                break
        return got

    def must_not_join(self, got: Mapping[W, str | None]) -> set[tuple[W, str]]:
        """Return the moves to an address beside people of another household: those who had it, or a better one's."""
        staying: dict[str, list[W]] = defaultdict(list)
        joining: dict[str, list[W]] = defaultdict(list)
        for who, address in got.items():
            if address is not None:
                (staying if self._askers[who].present == address else joining)[address].append(who)
        waiting: set[tuple[W, str]] = set()
        for address, newcomers in joining.items():
            first = min(newcomers, key=lambda each: self._askers[each].ranks[address])
            homes = {self._askers[each].home for each in staying[address] or [first]}
            waiting |= {(each, address) for each in newcomers if homes != {self._askers[each].home}}
        return waiting

    def must_wait(self, got: Mapping[W, str | None]) -> set[tuple[W, str]]:
        """Return the moves into an address that activated accounts leave in this very contest, circles left out."""
        left_by: dict[str | None, list[W]] = {
            address: holders
            for address, holders in self._holders.items()
            if all(got[each] != address for each in holders)
        }
        waiting: set[tuple[W, str]] = set()
        for who, address in got.items():
            if address is None or address not in left_by:
                continue
            former = left_by[address]
            strangers = {self._askers[each].home for each in former} != {self._askers[who].home}
            reserved = any(self._askers[each].is_activated for each in former)
            if strangers and reserved and not _closes_a_circle(who, got, left_by):
                waiting.add((who, address))
        return waiting


def _closes_a_circle(start: W, got: Mapping[W, str | None], left_by: Mapping[str | None, list[W]]) -> bool:
    """Return whether following addresses to the one who left each leads back to *start*."""
    seen = {start}
    who = _only(left_by.get(got[start]))
    while who is not None and who not in seen:
        seen.add(who)
        who = _only(left_by.get(got[who]))
    return who == start


def _only(holders: list[W] | None) -> W | None:
    """Return the one who left an address; where several did, nobody can be followed."""
    return holders[0] if holders is not None and len(holders) == 1 else None
