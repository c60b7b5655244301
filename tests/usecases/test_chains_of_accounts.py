"""Accounts that were merged one into another, and parted: whom one of them was kept from, all are (LINK-3, ID-7)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from eszkola_core._usecases.check_permission import CheckPermission
from eszkola_core._usecases.merge_people import Merged, MergePeople, Parted
from eszkola_core._usecases.restrict_links import Lifted, Restricted
from eszkola_core._usecases.who_sees import WhoSees
from eszkola_core.domain.merging import MergePlan
from eszkola_core.domain.permissions import Action
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import CONSOLE, Region

SCHOOLS = "ABCDEFGHI"


def of_a_father(near):
    """Return accounts of one father, each of a school; the child is Ala where *near* says so, else another."""
    return [
        f"{school}/1: s {'Ala 1 a' if is_near else f'Ola{school} - o{school}'}, g Jan{school} - j{school}"
        for school, is_near in zip(SCHOOLS, near, strict=False)
    ]


def of_a_child(near):
    """Return accounts of one child, each of a school; the guardian is Jan where *near* says so, else another."""
    return [
        f"{school}/1: s Ala{school} - a{school}, g {'Jan 8 j' if is_near else f'Ewa{school} - e{school}'}"
        for school, is_near in zip(SCHOOLS, near, strict=False)
    ]


class Chain:
    """One human with several accounts, somebody else, and what is believed of all of them."""

    def __init__(self, lines, *, is_the_child):
        self.is_the_child = is_the_child
        self.standing, self.bound = [], []
        self.region = region = Region()
        region.take(*lines)
        many, one = ("s", "g") if is_the_child else ("g", "s")
        other = "Jan 8" if is_the_child else "Ala 1"
        self.accounts = [region.account(f"{line[:3]} {many}").id for line in lines]
        near = [(line[:3], number) for line, number in zip(lines, self.accounts, strict=True) if other in line]
        self.other = region.account(f"{near[0][0]} {one}").id
        self.near = {number for _, number in near}
        world = (region.storage, region.tenant, region.clock)
        self.merging = MergePeople(*world, CountingSecrets("merging"))
        self.seeing, self.remembering = WhoSees(*world), CheckPermission(*world)

    # what is done

    def merge(self, one, other):
        """Make one of those who are read as two of the accounts."""
        pair = [self.survivor(self.accounts[each]) for each in (one, other)]
        plan = self.merging.plan(CONSOLE, *pair)
        if isinstance(plan, MergePlan):
            done = self.merging.merge(CONSOLE, *pair, plan_id=plan.id, reason="one")
            assert isinstance(done, Merged)
            self.standing.append((done.decision, done.plan.survivor, done.plan.absorbed))

    def part(self, which):
        """Part two again, where that may be."""
        if self.standing:
            merge = self.standing[which % len(self.standing)]
            if isinstance(self.merging.undo(CONSOLE, merge[1], merge[0], reason="two"), Parted):
                self.standing.remove(merge)

    def restrict(self, which):
        """Keep the human, or one of the accounts, from the other."""
        number = self.accounts[which % len(self.accounts)]
        pair = (self.other, number) if self.is_the_child else (number, self.other)
        if isinstance(self.region.restricting.restrict(CONSOLE, *pair, reason="order"), Restricted):
            self.bound.append(self.members(number))

    def lift(self, which):
        """Lift whatever keeps the human, by one of the accounts, from the other."""
        number = self.accounts[which % len(self.accounts)]
        pair = (self.other, number) if self.is_the_child else (number, self.other)
        done = self.region.restricting.lift(CONSOLE, *pair, reason="appeal")
        assert isinstance(done, Lifted) == self.is_kept_apart(number)
        self.bound = [each for each in self.bound if self.members(number).isdisjoint(each)]

    # what is believed

    def survivor(self, number):
        """Return who an account is read as."""
        into = {absorbed: survivor for _, survivor, absorbed in self.standing}
        while number in into:
            number = into[number]
        return number

    def members(self, number):
        """Return all accounts that are read as the same human."""
        return frozenset(each for each in self.accounts if self.survivor(each) == self.survivor(number))

    def is_kept_apart(self, number):
        """Return whether a restriction binds an account: one made of it, or of who is the same human now."""
        return any(not self.members(number).isdisjoint(each) for each in self.bound)

    def linked(self):
        """Return the accounts by which the human and the other one are guardian and child."""
        human = {self.survivor(each) for each in self.near}
        return {each for each in human if not self.is_kept_apart(each)}

    # what holds

    def check(self):
        """Compare what every account may with what is believed."""
        region, linked = self.region, self.linked()
        pairs = [(self.other, each) if self.is_the_child else (each, self.other) for each in self.accounts]
        expected = {pair for pair in pairs if not linked.isdisjoint(pair)}
        checking = CheckPermission(region.storage, region.tenant, region.clock)
        lists = {each: {one.person for one in region.children_seen_by(each)} for each, _ in pairs}
        seen = {child: {one.person for one in self.seeing.of(CONSOLE, child)} for _, child in pairs}
        assert {pair for pair in pairs if pair[1] in lists[pair[0]]} == expected
        assert {pair for pair in pairs if checking.may(pair[0], Action.VIEW, pair[1])} == expected
        assert {pair for pair in pairs if self.remembering.may(pair[0], Action.VIEW, pair[1])} == expected
        assert {pair for pair in pairs if pair[0] in seen[pair[1]]} == expected


@st.composite
def deeds(draw, size):
    """Yield what is done to a chain: neighbours become one in any order, a restriction, partings, perhaps a lifting."""
    neighbours = list(pairwise(range(size)))
    # The older stays: where the youngest become one first, each merge adds a link to the chain.
    merges = draw(st.just(neighbours[::-1]) | st.permutations(neighbours))
    done = [("merge", each) for each in merges]
    which, whenever = st.integers(0, size - 1), st.just(len(merges)) | st.integers(len(merges) // 2, len(merges))
    for _ in range(draw(st.integers(1, 2))):
        done.insert(draw(whenever), ("restrict", (draw(which),)))
    done += [("part", (draw(st.sampled_from([-1, -1, -1, 0, 1])),)) for _ in range(size)]
    if draw(st.booleans()):
        done.insert(draw(st.integers(len(merges), len(done))), ("lift", (draw(which),)))
    return size, draw(st.just({size - 1}) | st.sets(which, min_size=1, max_size=2)), done


def told_to(chain, done):
    """Do all of it, and compare after each deed."""
    for name, how in done:
        chain.region.clock.advance(timedelta(minutes=1))
        getattr(chain, name)(*how)
        chain.check()


def apart_again(size):
    """Return a chain as long as that, whose last account alone has to do with the other, restricted and parted."""
    merges = [("merge", each) for each in list(pairwise(range(size)))[::-1]]
    return size, {size - 1}, [*merges, ("restrict", (0,)), *[("part", (-1,))] * len(merges)]


@pytest.mark.rule("LINK-3d")
@pytest.mark.rule("ID-7d")
@pytest.mark.parametrize("is_the_child", [False, True])
@settings(max_examples=15)
@given(drawn=st.sampled_from([2, 3, 5, 6, 7]).flatmap(deeds))
@example(drawn=apart_again(5))
@example(drawn=apart_again(9))
def test_a_restriction_binds_every_account_of_a_chain(is_the_child, drawn):
    """Whoever it named and however they were merged and parted, by permission, by list and by who sees."""
    size, near, done = drawn
    lines = (of_a_child if is_the_child else of_a_father)([each in near for each in range(size)])
    told_to(Chain(lines, is_the_child=is_the_child), done)
