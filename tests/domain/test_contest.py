"""Who gets an address that several want: fair, and the same in any order (MAIL-5c, MAIL-5d)."""

from __future__ import annotations

from itertools import product

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core.domain.contest import Asker, Rank, contest, separated

ADDRESSES = ("x", "y", "z")
NEVER = st.just(value=False)


def asker(  # noqa: PLR0913 - all that a rank is made of
    who, present=None, *wishes, activated=False, precedence=0, dormant=False, reserved=(), household=None
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
    return Asker(who, present, wishes, ranks, is_activated=activated, household=household)


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


@pytest.mark.rule("MAIL-5c")
def test_whoever_gets_none_of_the_wishes_keeps_what_is_had_before_a_second_best():
    """What they have comes right after the first wish; a newcomer goes on to the last wish."""
    holders = [asker(8, "y"), asker(9, "z")]

    assert outcome(asker(1, "x", "y", "w"), *holders) == ["x", "y", "z"]
    assert outcome(asker(1, None, "y", "z", "w"), *holders) == ["w", "y", "z"]


@pytest.mark.rule("MAIL-5d")
def test_who_must_wait_for_one_address_gets_the_next():
    """Whether it is reserved for somebody, or an activated account leaves it in this very contest."""
    newcomer = asker(1, None, "x", "z")

    assert outcome(newcomer, reserved={"x": 9}) == ["z"]
    assert outcome(newcomer, asker(2, "x", "y", activated=True)) == ["z", "y"]


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


# Households


@st.composite
def family_markets(draw):
    """Small markets of up to five askers in up to three households, some of whom share an address already."""
    size = draw(st.integers(1, 5))
    reserved = draw(st.dictionaries(st.sampled_from(ADDRESSES), st.integers(0, size), max_size=1))
    found = {}
    for who in draw(st.permutations(range(size))):
        wishes = draw(st.lists(st.sampled_from(ADDRESSES), max_size=3, unique=True))
        kept = {address for address, person in reserved.items() if person == who}
        found[who] = asker(
            who,
            draw(st.sampled_from([*ADDRESSES, None, None])),
            *wishes,
            activated=draw(st.booleans()),
            precedence=draw(st.integers(0, 2)),
            reserved=kept,
            household=draw(st.sampled_from([None, "A", "B"])),
        )
    return found, reserved


@pytest.mark.rule("MAIL-5b")
@settings(max_examples=200)
@given(market=family_markets())
def test_whoever_comes_to_an_address_is_of_one_household_with_all_who_have_it(market):
    """Those who had it may stay together, whatever became of their household; a newcomer joins no stranger."""
    askers, reserved = market
    got = contest(askers, reserved)

    for who, address in got.items():
        if address is not None and askers[who].present != address:
            together = {each for each, theirs in got.items() if theirs == address}
            assert {askers[each].home for each in together} == {askers[who].home}


@pytest.mark.rule("MAIL-5b")
@settings(max_examples=200)
@given(market=family_markets())
def test_nobody_of_a_household_loses_what_they_had(market):
    """Leave to share is asked of newcomers alone: everybody keeps what they had, or gets what they rather wanted."""
    askers, reserved = market
    got = contest(askers, reserved)

    for who, each in askers.items():
        if each.present is not None:
            wanted = [*each.wishes] if each.present in each.wishes else [*each.wishes[:1], each.present]
            assert wanted.index(got[who]) <= wanted.index(each.present)


@pytest.mark.rule("SYNC-4b")
@settings(max_examples=100)
@given(market=family_markets(), data=st.data())
def test_a_contest_of_households_depends_on_no_order(market, data):
    """In whatever order people ask, each gets the same."""
    askers, reserved = market
    shuffled = dict(data.draw(st.permutations(list(askers.items()))))

    assert contest(askers, reserved) == contest(shuffled, reserved)


@pytest.mark.rule("MAIL-5b")
@pytest.mark.parametrize(("household", "expected"), [("A", ["x", "x", "x"]), (None, ["x", None, None])])
def test_a_household_shares_and_others_do_not(household, expected):
    """Three who want one address all get it at home; of strangers the holder has it alone."""
    together = [asker(1, "x", household=household), *(asker(each, None, "x", household=household) for each in (2, 3))]

    assert outcome(*together) == expected


@pytest.mark.rule("MAIL-5b")
def test_an_address_goes_to_the_household_of_the_one_whom_it_prefers():
    """An activated account's household comes before two who never signed in; both of the household get it."""
    first = [asker(1, None, "x", household="A"), asker(2, None, "x", household="A")]
    second = [asker(3, None, "x", household="B"), asker(4, None, "x", activated=True, precedence=2, household="B")]

    assert outcome(*first, *second) == [None, None, "x", "x"]


@pytest.mark.rule("MAIL-5b")
def test_a_household_moves_into_what_a_stranger_leaves_but_not_beside_one():
    """Where the holder moves away the whole household comes; where another sharer stays nobody does."""
    newcomers = [asker(2, None, "x", household="A"), asker(3, None, "x", household="A")]

    assert outcome(asker(1, "x", "y"), *newcomers) == ["y", "x", "x"]
    assert outcome(asker(1, "x", "y", household="A"), asker(4, "x", household="B"), *newcomers) == [
        *("y", "x"),
        *(None, None),
    ]


@pytest.mark.rule("MAIL-5b")
def test_those_who_have_an_address_together_keep_it_and_nobody_comes_beside_them():
    """They are no household any more: neither a stranger nor one of their own joins, who goes on to the next wish."""
    sharing = [asker(1, "x", household="A"), asker(2, "x", household="B")]
    third = asker(3, None, "x", "y", household="A")
    leaving = asker(4, "y", "w", activated=True)

    assert outcome(*sharing, asker(3, None, "x", activated=True)) == ["x", "x", None]
    assert outcome(*sharing, asker(3, None, "x", household="A"), asker(4, None, "z")) == ["x", "x", None, "z"]
    assert outcome(*sharing, third) == ["x", "x", "y"]
    assert outcome(*sharing, third, leaving) == ["x", "x", None, "w"]


@pytest.mark.rule("MAIL-5c")
def test_several_who_are_long_dormant_yield_to_a_stranger():
    """It takes one living claim, however many have had the address together."""
    gone = [asker(1, "x", household="A", dormant=True), asker(2, "x", household="B", dormant=True)]

    assert outcome(*gone, asker(3, None, "x")) == [None, None, "x"]


@pytest.mark.rule("MAIL-5d")
def test_whoever_leaves_an_address_leaves_it_to_the_household_at_once():
    """For strangers it is kept; those at home need not wait, and may take what is reserved for one of theirs."""
    leaving = asker(1, "x", "y", activated=True, household="A")
    home, stranger = asker(2, None, "x", household="A"), asker(3, None, "x", household="B")

    assert outcome(leaving, stranger) == ["y", None]
    assert outcome(leaving, home) == ["y", "x"]
    assert outcome(asker(1, "y", household="A"), home, stranger, reserved={"x": 1}) == ["y", "x", None]


@pytest.mark.rule("MAIL-5f")
def test_separating_leaves_an_address_with_the_one_whom_it_prefers():
    """Of those who shared it the activated account keeps it; the others have nothing, or what else they state."""
    sharing = {
        1: asker(1, "x", household="A"),
        2: asker(2, "x", activated=True, precedence=2, household="A"),
        3: asker(3, "x", "x", "y", household="A"),
        4: asker(4, "z"),
    }
    alone = {who: evolve(each, household=None) for who, each in separated(sharing).items()}

    assert contest(alone, {}) == {1: None, 2: "x", 3: "y", 4: "z"}
