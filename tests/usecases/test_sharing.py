"""One private address for a household: who may have it, who keeps it, and how it is recovered by (MAIL-5)."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core._usecases.change_address import AddressChanged, AddressKept, AddressRefused, ConfirmationSent
from eszkola_core._usecases.recover_access import Completed, CompletionRefused, NotCompleted, Requested
from eszkola_core.domain.messages import MessageKind, MessageState
from eszkola_core.domain.roles import STAFF, Role
from eszkola_core.domain.settings import PROFILES, LoginScheme, Sharing
from eszkola_core.domain.settlement import ConflictKind, settle
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.notation import pesel, reading
from eszkola_core.testing.region import Region

PASSWORD = "Zielony-Dom-7"
FAMILY = "A/1: s Ala 1 box, g Ewa 8 box, g Jan 9 box"


def a_family(*lines, **chosen):
    """Return a region in which households may share, that has taken *lines*."""
    region = Region(sharing=Sharing.FAMILY, **chosen)
    region.take(*lines or (FAMILY,))
    return region


def centrals(region, *places):
    """Return the central address at each place."""
    return [region.central(at) for at in places]


def kinds(region):
    """Return the kinds of open conflicts."""
    return sorted({each.kind for each in region.conflicts()})


# Who may have it


@pytest.mark.rule("MAIL-5b")
def test_parents_and_child_may_have_one_address():
    """All three get it, nothing is in conflict, and each knows that it is shared."""
    region = a_family()

    assert centrals(region, "A/1 s", "A/1 g Ewa", "A/1 g Jan") == ["box"] * 3
    assert [region.account(at).sharing for at in ("A/1 s", "A/1 g Ewa", "A/1 g Jan")] == [True] * 3
    assert region.conflicts() == ()


@pytest.mark.rule("MAIL-5b")
def test_a_household_reaches_as_far_as_its_links():
    """Brother, sister, and a father who stands in the sister's record alone: one address is everybody's."""
    region = a_family("A/1: s Ala 1 box, g Ewa 8 box", "B/1: s Olek 2 box, g Ewa 8 box, g Jan 9 box")

    assert centrals(region, "A/1 s", "B/1 s", "B/1 g Jan", "A/1 g Ewa") == ["box"] * 4


@pytest.mark.rule("MAIL-5b")
def test_whom_no_link_joins_has_no_part_in_it():
    """A schoolmate who states the same address does not get it; roles and links stay."""
    region = a_family(FAMILY, "A/2: s Iga 3 box, g Ola 7 ola")

    assert centrals(region, "A/1 s", "A/2 s", "A/2 g Ola") == ["box", None, "ola"]
    assert kinds(region) == [ConflictKind.ADDRESS_TAKEN]
    assert region.children("A/2 g Ola") == ("Iga Lis",)


@pytest.mark.rule("MAIL-5b")
@pytest.mark.parametrize("role", "thy")
def test_staff_never_share(role):
    """A mother who works for a school has her address alone, and joins nobody: father and child share without her."""
    region = a_family(FAMILY, f"B/k: {role} Ewa 8 box")

    holders = [at for at in ("A/1 s", "A/1 g Ewa", "A/1 g Jan") if region.central(at) == "box"]
    assert holders == ["A/1 g Ewa"]
    assert not region.account("A/1 g Ewa").sharing

    other = a_family("A/1: s Ala 1 box, g Ewa 8 ewa, g Jan 9 box", f"B/k: {role} Ewa 8 ewa")
    assert centrals(other, "A/1 s", "A/1 g Jan", "A/1 g Ewa") == ["box", "box", "ewa"]


@pytest.mark.rule("MAIL-5a")
def test_where_sharing_is_forbidden_a_family_has_one_holder():
    """The same rows under *forbid*: the guardian with the least key gets it, the others wait for one of their own."""
    region = Region()
    region.take(FAMILY)

    assert sorted(centrals(region, "A/1 s", "A/1 g Ewa", "A/1 g Jan"), key=str) == [None, None, "box"]
    assert centrals(region, "A/1 g Ewa") == ["box"]


@pytest.mark.rule("MAIL-5b")
def test_an_owner_may_move_to_the_address_of_the_household_and_to_no_other(a_region):
    """Ala moves to her mother's; Iga, who is nobody's child here, asks for it and no letter goes there."""
    region = a_region("open", sharing=Sharing.FAMILY)
    region.take("A/1: s Ala 1 ala, g Ewa 8 ewa", "A/2: s Iga 3 iga")
    ala, iga = region.enters("Ala"), region.enters("Iga")

    region.moves(ala, "ewa")
    assert region.addresses.request(iga, PASSWORD, "ewa@example.com") == ConfirmationSent()

    assert region.letters(MessageKind.CONFIRM_ADDRESS) == []
    assert [region.person(name).central.spelling for name in ("Ala", "Ewa")] == ["ewa@example.com"] * 2


@pytest.mark.rule("MAIL-5b")
def test_a_confirmation_is_good_for_nothing_once_the_link_is_gone(a_region):
    """Leave to share is asked when the address is taken, not when it was asked for."""
    region = a_region("open", sharing=Sharing.FAMILY)
    region.take("A/1: s Ala 1 ala, g Ewa 8 ewa")
    token = region.asks_to_move(region.enters("Ala"), "ewa")
    region.take("A/1: s Ala 1 ala", "A/2: s Olek 2 -, g Ewa 8 ewa")

    assert region.addresses.confirm(token) == AddressKept(AddressRefused.ADDRESS_TAKEN)


# Who keeps it


@pytest.mark.rule("MAIL-5b")
def test_a_link_that_ends_takes_nothing_away():
    """Jan is no guardian there any more: both keep the address, and he cannot be joined by others of either home."""
    region = a_family("A/1: s Ala 1 box, g Jan 9 box", "B/1: s Olek 2 -, g Jan 9 box")

    region.take("A/1: s Ala 1 box", "B/1: s Olek 2 box, g Jan 9 box")

    assert centrals(region, "A/1 s", "B/1 g Jan", "B/1 s") == ["box", "box", None]
    assert kinds(region) == [ConflictKind.ADDRESS_TAKEN]


@pytest.mark.rule("MAIL-5b")
def test_a_waiting_claim_is_taken_when_the_stranger_has_left():
    """Once Ala has an address of her own, Olek joins his father by himself."""
    region = a_family("A/1: s Ala 1 box, g Jan 9 box", "B/1: s Olek 2 -, g Jan 9 box")
    region.take("A/1: s Ala 1 box", "B/1: s Olek 2 box, g Jan 9 box")

    region.take("A/1: s Ala 1 ala")

    assert centrals(region, "A/1 s", "B/1 g Jan", "B/1 s") == ["ala", "box", "box"]
    assert not region.account("A/1 s").sharing


@pytest.mark.rule("MAIL-5b")
@pytest.mark.rule("LINK-3c")
def test_a_restriction_takes_the_address_away_at_once():
    """The child is off the address that the restricted father reads, whoever else of the household has it."""
    region = a_family()

    region.restrict("A/1 g Jan", "A/1 s")

    assert centrals(region, "A/1 s", "A/1 g Ewa", "A/1 g Jan") == [None, "box", "box"]
    region.take(FAMILY)
    assert centrals(region, "A/1 s") == [None]
    region.take("A/1: s Ala 1 ewa, g Ewa 8 ewa, g Jan 9 box")
    assert centrals(region, "A/1 s", "A/1 g Ewa", "A/1 g Jan") == ["ewa", "ewa", "box"]


@pytest.mark.rule("MAIL-5b")
@pytest.mark.rule("MAIL-5d")
def test_the_household_need_not_wait_for_what_one_of_it_left(a_region):
    """Ewa moves away: Ala may have the address at once, which is kept for Ewa against strangers."""
    region = a_region("open", sharing=Sharing.FAMILY)
    region.take("A/1: s Ala 1 ala, g Ewa 8 ewa", "A/2: s Iga 3 iga")
    region.moves(region.enters("Ewa"), "new")
    region.take("A/1: s Ala 1 ewa, g Ewa 8 ewa", "A/2: s Iga 3 ewa")

    assert [region.person(name).central.spelling for name in ("Ala", "Ewa", "Iga")] == [
        *("ewa@example.com", "new@example.com", "iga@example.com"),
    ]


@pytest.mark.rule("MAIL-5f")
def test_to_forbid_sharing_by_itself_takes_nothing_from_anybody():
    """Those who share go on until somebody separates them; nobody joins them any more."""
    region = a_family()
    region.choose(sharing=Sharing.FORBID)

    region.take("A/1: s Ala 1 box, g Ewa 8 box, g Jan 9 box, g Ola 7 box")

    assert centrals(region, "A/1 s", "A/1 g Ewa", "A/1 g Jan", "A/1 g Ola") == ["box", "box", "box", None]


@pytest.mark.rule("MAIL-5f")
def test_an_address_that_is_a_login_is_not_shared():
    """The two choices do not go together, whichever is made first."""
    for profile in PROFILES.values():
        with pytest.raises(InvalidValue, match="sharing"):
            evolve(profile, login_scheme=LoginScheme.EMAIL, sharing=Sharing.FAMILY)


# For every roster

ids = st.sampled_from(["-", "-", "1", "2", "3"])
mails = st.sampled_from(["-", "~", "x", "x", "x", "y", "z"])
names = st.sampled_from(["Ala", "Jan", "Ewa", "Ola"])
people = {role: st.builds(f"{role} {{}} {{}} {{}}".format, names, ids, mails) for role in "sgt"}


@st.composite
def lines(draw):
    """Families and a few of staff in two schools, who have three addresses among them."""
    found = {}
    for _ in range(draw(st.integers(1, 5))):
        if draw(st.integers(0, 4)):
            guardians = draw(st.lists(people["g"], max_size=2, unique_by=lambda each: each.split()[1]))
            entry = [draw(people["s"]), *guardians]
        else:
            entry = [draw(people["t"])]
        place = (draw(st.sampled_from("AB")), entry[0][0], draw(st.sampled_from("12")))
        found[place] = f"{place[0]}/{place[2]}: {', '.join(entry)}"
    return reading(*found.values())


runs = st.lists(lines(), min_size=1, max_size=3)


def linked(world, today):
    """Return the households, worked out again from places alone: pairs in one record, staff left out."""
    staff = {each.person for each in world.places.values() if each.role in STAFF and each.is_present and each.accepted}
    home = {person: {person} for person in world.people}
    for child in world.places.values():
        for guardian in world.places.values():
            pair = {child.person, guardian.person}
            if (
                (child.role, guardian.role, child.key.record) == (Role.STUDENT, Role.GUARDIAN, guardian.key.record)
                and child.is_in_force(today)
                and guardian.is_in_force(today)
                and None not in pair
                and not pair & staff
            ):
                together = set().union(*(home[each] for each in pair))
                home.update(dict.fromkeys(together, together))
    return home


@pytest.mark.rule("MAIL-5b")
@settings(max_examples=80)
@given(stated=runs)
def test_whoever_takes_an_address_that_others_have_is_linked_with_them_all(stated):
    """Of those who have one address together, whoever came last is of one household with all; sharing is noted."""
    region = Region(sharing=Sharing.FAMILY)
    for each in stated:
        before = region.world().people
        region.take(each)
        world = region.world()
        home = linked(world, region.clock.now().date())
        together = defaultdict(set)
        for person in world.people.values():
            if person.central is not None:
                together[person.central.mailbox].add(person.id)
        for mailbox, holders in together.items():
            assert {world.people[number].sharing for number in holders} == {len(holders) > 1}
            for number in holders:
                had = before[number].central if number in before else None
                if had is None or had.mailbox != mailbox:
                    assert holders <= home[number]


@pytest.mark.rule("SYNC-4a")
@settings(max_examples=80)
@given(ground=st.lists(lines(), max_size=2), stated=lines(), waiting=st.sampled_from([0, 40]))
def test_the_same_families_again_change_nothing(ground, stated, waiting):
    """Households included, what was imported once is unchanged when it is imported again, remembered values too."""
    region = Region(sharing=Sharing.FAMILY)
    for each in ground:
        region.take(each)
        region.later(waiting)
    region.take(stated)
    before = region.seen()

    assert region.take(stated).run is None
    assert region.seen() == before
    settled = settle(region.world(), region.tenant, region.clock.now())
    assert all(each.person is None or each.person.central == each.central for each in settled.people)


@pytest.mark.rule("SYNC-4b")
@settings(max_examples=60)
@given(data=st.data(), ground=st.lists(lines(), max_size=2), stated=lines())
def test_no_order_within_a_run_of_families_matters(data, ground, stated):
    """Records, guardians and rosters in any order give every address to the same household."""

    def mixed(roster):
        entries = [
            evolve(each, people=(each.people[0], *data.draw(st.permutations(each.people[1:]))))
            for each in data.draw(st.permutations(roster.records))
        ]
        return evolve(roster, records=tuple(entries))

    shuffled = evolve(stated, rosters=tuple(map(mixed, data.draw(st.permutations(stated.rosters)))))
    straight, other = Region(sharing=Sharing.FAMILY), Region(sharing=Sharing.FAMILY)
    for each in ground:
        straight.take(each)
        other.take(each)
    straight.take(stated)
    other.take(shuffled)

    assert straight.seen() == other.seen()


@pytest.mark.rule("MAIL-5b")
@settings(max_examples=60)
@given(stated=runs, sharing=st.sampled_from(Sharing))
def test_no_import_takes_an_address_from_whoever_has_it(stated, sharing):
    """Whoever had one has one, whether the tenant allows sharing by now or not."""
    region = Region(sharing=Sharing.FAMILY)
    for each in stated:
        before = region.world().people
        region.take(each)
        region.choose(sharing=sharing)
        world = region.world()
        assert all(world.people[number].central for number, person in before.items() if person.central is not None)


# Recovery


def tokens_in(letter):
    """Return the token of each account that a letter lists, in its order."""
    return re.findall(r"token=(\S+)", letter.data["accounts"])


def sharers(a_region, **chosen):
    """Return a region in which Ala and her parents share an address; all of them have entered."""
    region = a_region("open", sharing=Sharing.FAMILY, **chosen)
    region.take(FAMILY)
    for name in ("Ala", "Ewa", "Jan"):
        region.enters(name)
    return region


@pytest.mark.rule("MAIL-5e")
def test_recovery_by_a_shared_address_is_one_letter_with_a_token_for_each(a_region):
    """It names each account and its login; each token sets its own account's password, and no other's."""
    region = sharers(a_region)

    (letter,) = region.asks("box@example.com")

    assert (letter.kind, letter.to) == (MessageKind.SHARED_ACCESS, "box@example.com")
    tokens = tokens_in(letter)
    logins = []
    for number, token in enumerate(tokens):
        done = region.access.complete(token, f"Inne-Haslo-{number}")
        assert isinstance(done, Completed), done
        logins.append(done.login)
        assert region.signs_in(done.login, f"Inne-Haslo-{number}")
    assert logins == ["ala.lis", "ewa.lis", "jan.lis"]
    assert [name in letter.data["accounts"] for name in ("Ala Lis", "Ewa Lis", "jan.lis")] == [True] * 3


@pytest.mark.rule("MAIL-5e")
@pytest.mark.rule("ACCESS-2")
def test_whoever_asks_sees_nothing_of_who_shares(a_region):
    """The answer is the same for a shared address, another one, and one that nobody has."""
    region = sharers(a_region)
    region.take(FAMILY, "A/2: s Iga 3 iga")

    answers = {region.access.request(f"{name}@example.com") for name in ("box", "iga", "nobody")}

    assert answers == {Requested()}


@pytest.mark.rule("MAIL-5e")
def test_by_login_or_national_id_the_letter_is_about_one_account(a_region):
    """Whoever says who they are gets one token, at the same address."""
    region = sharers(a_region)

    for identifier in ("ewa.lis", pesel(8)):
        (letter,) = region.asks(identifier)
        assert (letter.kind, letter.to) == (MessageKind.RECOVERY, "box@example.com")


@pytest.mark.rule("MAIL-5e")
def test_who_was_never_there_is_listed_only_where_the_address_is_enough(a_region):
    """First access asks for the national id: those get the advice, the others their links; else all get links."""
    region = a_region("uonet", sharing=Sharing.FAMILY, login_scheme=LoginScheme.ISSUED, first_access_by="national-id")
    region.take(FAMILY)
    for name in ("Ewa", "Jan"):
        region.enters(name)
    advice, letter = sorted(region.asks("box@example.com"), key=lambda each: each.kind, reverse=True)
    assert (advice.kind, letter.kind) == (MessageKind.USE_NATIONAL_ID, MessageKind.SHARED_ACCESS)
    assert (advice.data["name"], "Ala" in letter.data["accounts"]) == ("Ala Lis", False)

    other = a_region("open", sharing=Sharing.FAMILY)
    other.take(FAMILY)
    other.enters("Ewa")
    (letter,) = other.asks("box@example.com")
    tokens = tokens_in(letter)
    done = [other.access.complete(token, f"Inne-Haslo-{number}") for number, token in enumerate(tokens)]
    assert [type(each) for each in done] == [Completed] * 3


@pytest.mark.rule("MAIL-5e")
@pytest.mark.rule("MAIL-6b")
def test_a_letter_about_several_dies_with_any_of_its_tokens(a_region):
    """Ala moves away before it left: it carries her token, so it is not sent; the others ask again."""
    region = sharers(a_region)
    token = region.asks_to_move(region.signs_in("ala.lis"), "ala")
    region.access.request("box@example.com")
    region.access.answer_waiting()

    assert region.addresses.confirm(token) == AddressChanged()

    assert region.letters(MessageKind.SHARED_ACCESS) == []
    assert region.delivering.status().counts[MessageState.CANCELLED] == 1
    (letter,) = region.asks("box@example.com")
    assert "Ala" not in letter.data["accounts"]


@pytest.mark.rule("MAIL-5e")
def test_a_restricted_fathers_letter_holds_no_token_of_the_child(a_region):
    """What was sent to the shared address before is dead, and what comes later does not name the child."""
    region = sharers(a_region)
    (letter,) = region.asks("box@example.com")
    restricting = Region()
    restricting.tenant, restricting.clock, restricting.storage = region.tenant, region.clock, region.storage

    restricting.restrict("A/1 g Jan", "A/1 s")

    tokens = tokens_in(letter)
    assert region.access.complete(tokens[0], PASSWORD) == NotCompleted(CompletionRefused.TOKEN_NOT_LIVE)
    region.letters()
    region.wait(hours=1)
    (later,) = region.asks("box@example.com")
    assert "Ala" not in later.data["accounts"]
