"""Who gets an address that several want: fair, and the same in any order (MAIL-5c, MAIL-5d)."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core.domain.contest import Asker, Rank, contest

ADDRESSES = ("x", "y", "z")
NEVER = st.just(value=False)


def asker(  # noqa: PLR0913 - all that a rank is made of
    who, present=None, *wishes, activated=False, precedence=0, dormant=False, reserved=()
):
    """Return somebody who asks; among equals the lesser number has the lesser claim."""
    ranks = {
        each: Rank(
            yields=dormant,
            is_no_holder=each != present,
            is_not_reserved_for=each not in reserved,
            is_not_activated=not activated,
            precedence=precedence,
            claim=who,
        )
        for each in {*wishes, present} - {None}
    }
    return Asker(who, present, wishes, ranks, is_activated=activated)


def outcome(*askers, reserved=None):
    """Return what each gets, in the order of the arguments."""
    got = contest({each.who: each for each in askers}, reserved or {})
    return [got[each.who] for each in askers]


def preferences(who, reserved):
    """Return what somebody may get, best first: the wish, what they have unless it is itself wished for, the rest."""
    ordered = list(who.wishes)
    if who.present is not None and who.present not in ordered:
        ordered.insert(1, who.present)
    return [each for each in ordered if each == who.present or reserved.get(each, who.who) == who.who]


def is_stable(askers, got, reserved):
    """Return whether no address is given twice and no asker and address would both rather have each other."""
    given_out = [each for each in got.values() if each is not None]
    if len(given_out) != len(set(given_out)):
        return False
    holder = {address: who for who, address in got.items() if address is not None}
    for who, each in askers.items():
        wanted = preferences(each, reserved)
        better = wanted[: wanted.index(got[who])] if got[who] is not None else wanted
        for address in better:
            if address not in holder or each.ranks[address] < askers[holder[address]].ranks[address]:
                return False
    return True


@st.composite
def markets(draw, *, activated=NEVER):
    """Small markets: up to four askers, three addresses, some of them reserved."""
    size = draw(st.integers(1, 4))
    held = draw(st.permutations([*ADDRESSES, None, None, None]))[:size]
    numbers = draw(st.permutations(range(size)))
    reserved = draw(st.dictionaries(st.sampled_from(ADDRESSES), st.integers(0, size), max_size=1))
    found = {}
    for who, present in zip(numbers, held, strict=True):
        wishes = draw(st.lists(st.sampled_from(ADDRESSES), max_size=3, unique=True))
        kept = {address for address, person in reserved.items() if person == who}
        found[who] = asker(
            who, present, *wishes, activated=draw(activated), precedence=draw(st.integers(0, 2)), reserved=kept
        )
    return found, reserved


@pytest.mark.rule("MAIL-5c")
@settings(max_examples=80)
@given(market=markets())
def test_everybody_gets_the_best_that_any_stable_outcome_gives_them(market):
    """Of all outcomes that leave no two who would rather have each other, it is the askers' best: so it is unique."""
    askers, reserved = market
    options = {who: [*preferences(each, reserved), None] for who, each in askers.items()}
    stable = [
        got
        for chosen in product(*options.values())
        if is_stable(askers, got := dict(zip(options, chosen, strict=True)), reserved)
    ]

    best = {who: min((got[who] for got in stable), key=options[who].index) for who in askers}

    assert contest(askers, reserved) == best


@pytest.mark.rule("SYNC-4b")
@settings(max_examples=60)
@given(market=markets(activated=st.booleans()), data=st.data())
def test_a_contest_depends_on_no_order(market, data):
    """In whatever order people ask, each gets the same."""
    askers, reserved = market
    shuffled = dict(data.draw(st.permutations(list(askers.items()))))

    assert contest(askers, reserved) == contest(shuffled, reserved)


@pytest.mark.rule("MAIL-5c")
@settings(max_examples=80)
@given(market=markets(activated=st.booleans()))
def test_nobody_loses_what_they_had(market):
    """Whoever had an address keeps it or gets one that they asked for first; nobody shares."""
    askers, reserved = market
    got = contest(askers, reserved)

    given_out = [each for each in got.values() if each is not None]
    assert len(given_out) == len(set(given_out))
    for who, each in askers.items():
        if each.present is not None:
            wanted = preferences(each, reserved)
            assert wanted.index(got[who]) <= wanted.index(each.present)


@pytest.mark.rule("MAIL-5d")
@settings(max_examples=80)
@given(market=markets(activated=st.booleans()))
def test_what_an_activated_account_leaves_waits(market):
    """Nobody moves into it in the same contest, but where moves close a circle; nor into what is kept for others."""
    askers, reserved = market
    got = contest(askers, reserved)

    left = {each.present: who for who, each in askers.items() if each.present not in (None, got[who])}
    for who, address in got.items():
        if address is None or address == askers[who].present:
            continue
        assert reserved.get(address, who) == who
        if address in left and askers[left[address]].is_activated:
            step, seen = left[address], set()
            while step != who:
                assert step not in seen
                seen.add(step)
                step = left[got[step]]


@pytest.mark.rule("MAIL-5c")
def test_moves_follow_each_other_in_a_chain():
    """Jan takes what Ewa leaves in the same run, and Ewa what Ola leaves."""
    assert outcome(asker(1, "x", "y"), asker(2, "y", "z"), asker(3, "z", "w")) == ["y", "z", "w"]


@pytest.mark.rule("MAIL-5c")
def test_a_chain_that_ends_at_a_holder_moves_nobody():
    """Where the last keeps the address, everybody before keeps theirs."""
    assert outcome(asker(1, "x", "y"), asker(2, "y", "z"), asker(3, "z")) == ["x", "y", "z"]


@pytest.mark.rule("MAIL-5c")
@pytest.mark.parametrize("activated", [True, False])
def test_two_may_swap_and_three_may_close_a_circle(activated):
    """Where everybody's former address goes to one of them, nobody's mail is left to a stranger."""

    def moving(who, present, wish):
        return asker(who, present, wish, activated=activated)

    assert outcome(moving(1, "x", "y"), moving(2, "y", "x")) == ["y", "x"]
    assert outcome(moving(1, "x", "y"), moving(2, "y", "z"), moving(3, "z", "x")) == ["y", "z", "x"]


@pytest.mark.rule("MAIL-5c")
def test_among_newcomers_activation_precedence_and_claim_decide_in_this_order():
    """An activated student comes before a teacher who never was; a teacher before a guardian; then the least claim."""
    assert outcome(asker(1, None, "x"), asker(2, None, "x", activated=True, precedence=2)) == [None, "x"]
    assert outcome(asker(1, None, "x", precedence=1), asker(2, None, "x", precedence=0)) == [None, "x"]
    assert outcome(asker(2, None, "x"), asker(1, None, "x")) == [None, "x"]


@pytest.mark.rule("MAIL-5c")
def test_the_present_holder_comes_first_unless_long_dormant():
    """A student who has the address keeps it against staff; one gone for longer than the grace does not."""
    newcomer = asker(1, None, "x", activated=True)

    assert outcome(newcomer, asker(2, "x", precedence=2)) == [None, "x"]
    assert outcome(newcomer, asker(2, "x", precedence=2, dormant=True)) == ["x", None]


@pytest.mark.rule("MAIL-5c")
def test_who_is_refused_the_first_wish_gets_the_next():
    """A newcomer who states two addresses gets the second where the first is taken."""
    assert outcome(asker(1, None, "x"), asker(2, None, "x", "y")) == ["x", "y"]


@pytest.mark.rule("MAIL-5d")
def test_an_address_that_an_activated_account_leaves_waits_for_a_week():
    """In the run of the move nobody gets it; one that was never activated is taken over at once."""
    assert outcome(asker(1, "x", "y", activated=True), asker(2, None, "x")) == ["y", None]
    assert outcome(asker(1, "x", "y"), asker(2, None, "x")) == ["y", "x"]


@pytest.mark.rule("MAIL-5d")
def test_a_reserved_address_is_only_for_whom_it_is_kept():
    """A stranger waits; whoever left it may return at once, even before an activated stranger."""
    stranger, owner = asker(1, None, "x", activated=True), asker(2, "y", "x", reserved=("x",))

    assert outcome(stranger, reserved={"x": 2}) == [None]
    assert outcome(stranger, owner, reserved={"x": 2}) == [None, "x"]


def test_nobody_asking_gets_nothing():
    """An empty contest is over at once, and who wants and has nothing gets nothing."""
    assert contest({}, {}) == {}
    assert outcome(asker(1)) == [None]
