"""What importing promises for every roster: order, repetition, splitting (SYNC-4, ID-2, ID-6, ID-9, MAIL-4, MAIL-5)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core.domain.names import PersonName
from eszkola_core.domain.recognition import recognise
from eszkola_core.domain.settings import PROFILES
from eszkola_core.domain.settlement import ConflictKind, settle
from eszkola_core.domain.stated import RosterKind
from eszkola_core.testing.crowds import lines, mails, names, rosters, runs
from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import Region

profiles = st.sampled_from(sorted(PROFILES))


def after(runs, *, profile="open", waiting=0):
    """Return a region that has taken all of *runs*, with days in between."""
    region = Region(profile)
    for stated in runs:
        region.take(stated)
        region.later(waiting)
    return region


def with_versions(stated, version):
    """Return the same under another version of mapping and parser, which makes every record be read."""
    return evolve(stated, rosters=tuple(evolve(each, version=version) for each in stated.rosters))


def partition(region):
    """Return who is one person with whom, as sets of places."""
    found = defaultdict(set)
    for key, place in region.world().places.items():
        if place.person is not None and place.is_present:
            found[place.person].add(key)
    return set(map(frozenset, found.values()))


def ids_of_whoever_stands_in(region, keys):
    """Return the ids of everybody who stands in one of the places, whichever of theirs states them."""
    groups = recognise(region.world(), region.clock.now().date()).groups
    return {each for group in groups if keys & {place.key for place in group.places} for each in group.ids}


# Repetition and order


@pytest.mark.rule("SYNC-4a")
@settings(max_examples=50)
@given(ground=runs(min_size=0, max_size=2), stated=rosters(), profile=profiles, waiting=st.sampled_from([0, 40]))
def test_the_same_rosters_again_change_nothing(ground, stated, profile, waiting):
    """What was imported once, on any ground, is unchanged when it is imported again, and nothing is written."""
    region = after(ground, profile=profile, waiting=waiting)
    region.take(stated)
    before = region.seen()

    again = region.take(stated)

    assert before == region.seen()
    assert again.run is None
    counts = again.plan.counts
    assert (counts.created, counts.changed, counts.ended, counts.opened) == (0, 0, 0, 0)


@pytest.mark.rule("SYNC-4a")
@pytest.mark.rule("ID-8b")
def test_a_name_that_comes_in_beside_a_newcomer_vouches_for_it_at_once():
    """And not on the second day only: Ala Kot is a stranger to Jan Lis, but not to Ala Lis, whose id he has too."""
    region = Region()
    region.take("A/1: s Ala 1+p1 -")
    region.take("A/1: s Jan p1 -", kind=RosterKind.DELTA)
    again = "A/2: s Ala - -, g Ala 1 -, g Jan - -", "A/3: s Ala_Kot 1+p1 -"
    assert region.take(*again).plan.counts.held == 0
    before = region.seen()

    assert region.take(*again).run is None
    assert region.seen() == before


@pytest.mark.rule("SYNC-4a")
@settings(max_examples=50)
@given(ground=runs(), profile=profiles, waiting=st.sampled_from([0, 7, 40]))
def test_settling_what_is_settled_changes_nothing(ground, profile, waiting):
    """Settling the remembered values gives the remembered values."""
    region = after(ground, profile=profile)
    region.later(waiting)
    region.take(empty=("Z",))
    world = region.world()

    settled = settle(world, region.tenant, region.clock.now())

    assert {key: each for key, each in settled.places.items() if key in world.places} == dict(world.places)
    assert not any(each.opens for each in settled.people)
    if not waiting:
        for each in settled.people:
            if each.person is not None:
                assert (each.person.central, each.person.ids) == (each.central, each.ids)


@pytest.mark.rule("SYNC-4a")
@settings(max_examples=40)
@given(ground=runs(), profile=profiles)
def test_another_schools_empty_list_changes_nothing(ground, profile):
    """A run that says nothing of anybody leaves everybody as they are, remembered values too."""
    region = after(ground, profile=profile)
    before = region.seen()

    done = region.take(empty=("Z",))

    assert region.seen() == before
    assert done.run is None


@pytest.mark.rule("SYNC-4b")
@settings(max_examples=50)
@given(data=st.data(), ground=runs(min_size=0, max_size=2), stated=rosters(), profile=profiles)
def test_no_order_within_a_run_matters(data, ground, stated, profile):
    """Records, guardians in a record, and rosters in any order give the same state, on any ground."""

    def people_mixed(entry):
        return evolve(entry, people=(entry.people[0], *data.draw(st.permutations(entry.people[1:]))))

    def records_mixed(roster):
        return evolve(roster, records=tuple(map(people_mixed, data.draw(st.permutations(roster.records)))))

    straight, shuffled = after(ground, profile=profile), after(ground, profile=profile)
    straight.take(stated)
    shuffled.take(evolve(stated, rosters=tuple(map(records_mixed, data.draw(st.permutations(stated.rosters))))))

    assert straight.seen() == shuffled.seen()
    logins = [{key: p.login for key, p in region.world().people.items()} for region in (straight, shuffled)]
    assert logins[0] == logins[1]


@pytest.mark.rule("SYNC-4d")
@settings(max_examples=50)
@given(stated=runs(min_size=2), profile=profiles)
def test_reading_only_what_changed_is_as_good_as_reading_everything(stated, profile):
    """A region where each run's digests are new, so that every record is read, comes out the same."""
    quick, thorough = after(stated, profile=profile), Region(profile)
    for number, each in enumerate(stated):
        thorough.take(with_versions(each, f"version {number}"))

    assert quick.seen() == thorough.seen()


@pytest.mark.rule("SYNC-7b")
@settings(max_examples=50)
@given(ground=runs(min_size=0, max_size=2), stated=rosters(), profile=profiles)
def test_every_claim_is_counted_once(ground, stated, profile):
    """Created, changed, held and unchanged are together the people whom the sources name, in total and by school."""
    done = after(ground, profile=profile).take(stated)

    named: Counter[str] = Counter()
    for roster in stated.rosters:
        for entry in roster.records:
            if not entry.ended:
                guardians = {each.key or PersonName(each.first_name, each.last_name).key for each in entry.people[1:]}
                named[roster.school] += 1 + len(guardians)
    counted = {
        school: counts.created + counts.changed + counts.held + counts.unchanged
        for school, counts in done.plan.counts_by_school.items()
    }
    assert {school: count for school, count in counted.items() if count} == +named
    total = done.plan.counts
    assert total.created + total.changed + total.held + total.unchanged == named.total()


# Who is who


@pytest.mark.rule("ID-2")
@settings(max_examples=40)
@given(stated=runs(max_size=4))
def test_one_person_has_one_account_whatever_comes_in_whatever_order(stated):
    """No two accounts ever hold one national id."""
    region = after(stated)

    held = Counter(each for person in region.world().people.values() for each in person.ids)
    assert all(count == 1 for count in held.values())


@pytest.mark.rule("ID-6b")
@settings(max_examples=50)
@given(stated=runs(min_size=2, max_size=4))
def test_a_place_that_is_bound_stays_bound(stated):
    """A place once bound to an account stays with it, unless its record passed to somebody of another name and id."""
    region = Region()
    for each in stated:
        before = region.world()
        region.take(each)
        now = region.world()
        for key, place in before.places.items():
            found = now.places.get(key)
            if place.person is not None and found is not None and found.person != place.person:
                assert place.accepted.name.differs_wholly_from(found.newest.name)
                assert found.newest.ids


@pytest.mark.rule("ID-6d")
@settings(max_examples=50)
@given(stated=runs(min_size=2, max_size=4), profile=profiles)
def test_no_import_merges_or_forgets_anybody(stated, profile):
    """Every account stays, with its login, platform address and ids; it only learns (SYNC-4c)."""
    region = Region(profile)
    for each in stated:
        before = region.world().people
        region.take(each)
        now = region.world().people
        for number, person in before.items():
            assert (now[number].login, now[number].platform_address) == (person.login, person.platform_address)
            assert set(person.ids) <= set(now[number].ids)


@pytest.mark.rule("ID-6c")
@settings(max_examples=50)
@given(stated=runs(max_size=2))
def test_two_of_one_record_are_never_one_person(stated):
    """No group holds two present places of one record, or two ids of one kind."""
    region = after(stated)

    for group in recognise(region.world(), region.clock.now().date()).groups:
        records = [place.key.record for place in group.places if place.is_present]
        assert len(set(records)) == len(records)
        assert len({each.kind for each in group.ids}) == len(group.ids)


@pytest.mark.rule("ID-9")
@settings(max_examples=40)
@given(stated=st.lists(lines(), min_size=1, max_size=3))
def test_nothing_hangs_on_an_address(stated):
    """Fresh addresses in the stead of all leave people, places and links as they were."""

    def fresh(line):
        return re.sub(r" ([xyz])(?=,|$)", r" new\1", line)

    region, other = Region(), Region()
    for each in stated:
        region.take(*each)
        other.take(*map(fresh, each))

    graph = {key: place.person for key, place in region.world().places.items()}
    assert graph == {key: place.person for key, place in other.world().places.items()}


# Addresses


@pytest.mark.rule("MAIL-5a")
@settings(max_examples=50)
@given(stated=runs(max_size=4), profile=st.sampled_from(["uonet", "open"]), waiting=st.sampled_from([0, 20, 40]))
def test_no_address_is_two_accounts_central_address(stated, profile, waiting):
    """In *forbid* an address belongs to one account, also when the former holder has long been gone."""
    region = Region(profile)
    for each in stated:
        region.take(each)
        region.later(waiting)
        central = [person.central.mailbox for person in region.world().people.values() if person.central]
        assert len(set(central)) == len(central)


@pytest.mark.rule("MAIL-4a")
@settings(max_examples=50)
@given(stated=runs(min_size=2, max_size=4), profile=st.sampled_from(["uonet", "open"]))
def test_a_central_address_moves_only_where_all_say_the_same(stated, profile):
    """A central address is as before, or what every claim states; nobody who had one is left with none."""
    region = Region(profile)
    for each in stated:
        before = region.world().people
        region.take(each)
        world = region.world()
        for number, person in before.items():
            now = world.people[number]
            if person.central is not None and now.central != person.central:
                claims = {
                    place.accepted.email
                    for place in world.places.values()
                    if place.person == number and place.accepted.email is not None
                }
                assert claims == {now.central}


@pytest.mark.rule("SYNC-8")
@settings(max_examples=40)
@given(stated=runs(), later=runs())
def test_a_chosen_address_stands_against_every_import(stated, later):
    """Whoever chose an address that nobody else has keeps it, whatever the records come to say."""
    region = after([reading("D/9: t Iga 9 w"), *stated])
    iga = region.decide_address("D/9 t", "chosen")

    for each in later:
        region.take(each)

    assert region.world().people[iga.id].central.spelling == "chosen@example.com"


# Splitting


@pytest.mark.rule("SYNC-4c")
@settings(max_examples=50)
@given(stated=lines(sizes=st.integers(2, 7)))
def test_splitting_a_run_by_school_differs_only_in_what_accounts_were_given(stated):
    """School by school, the same claims stand, and whoever has an account has one, but for what SYNC-4c names."""
    together, apart = Region("uonet"), Region("uonet")
    together.take(*stated)
    for school in "ABC":
        part = [line for line in stated if line.startswith(school)]
        if part:
            apart.take(*part)

    whole, split = together.world().places, apart.world().places
    assert whole.keys() == split.keys()
    for key in whole:
        assert whole[key].newest == split[key].newest
        assert whole[key].evidence() == split[key].evidence()
    known = {each for person in together.world().people.values() for each in person.ids}
    known_apart = {each for person in apart.world().people.values() for each in person.ids}
    held = {each for place in (*whole.values(), *split.values()) if place.hold is not None for each in place.newest.ids}
    refused = {conflict.place for region in (together, apart) for conflict in region.conflicts()}
    contested = {each for region in (together, apart) for each in ids_of_whoever_stands_in(region, refused)}
    assert known ^ known_apart <= held | contested


WITH_ID = {
    "students": st.builds("s {} {} {}".format, names, st.sampled_from("123"), mails),
    "guardians": st.builds("g {} {} {}".format, names, st.sampled_from("4567"), mails),
    "staff": st.builds("t {} {} {}".format, names, st.sampled_from("1234567"), mails),
}


@pytest.mark.rule("SYNC-4c")
@settings(max_examples=60)
@given(stated=lines(sizes=st.integers(2, 7), **WITH_ID), order=st.permutations("ABC"))
def test_where_everybody_has_an_id_splitting_changes_nobody(stated, order):
    """Ids leave nothing to remember: the same people come out, and the same addresses where nobody contests them."""
    together, apart = Region(), Region()
    together.take(*stated)
    for school in order:
        part = [line for line in stated if line.startswith(school)]
        if part:
            apart.take(*part)
    whole, split = together.world(), apart.world()
    if any(place.hold is not None for world in (whole, split) for place in world.places.values()):
        # Whose name fits depends on who came first, and a hold is how that shows (ID-8b).
        held = {each for world in (whole, split) for p in world.places.values() if p.hold for each in p.newest.ids}
    else:
        held = set()
        assert partition(together) == partition(apart)

    def central(world):
        return {person.ids: person.central for person in world.people.values() if held.isdisjoint(person.ids)}

    assert central(whole).keys() == central(split).keys()
    disputed = {
        whole.places[conflict.place].newest.ids
        for region in (together, apart)
        for conflict in region.conflicts()
        if conflict.kind in {ConflictKind.ADDRESS_CONFLICT, ConflictKind.ADDRESS_TAKEN}
    }
    if not disputed and not held:
        assert central(whole) == central(split)


# The guard


@pytest.mark.rule("SYNC-6a")
@settings(max_examples=50)
@given(
    stated=lines(sizes=st.integers(3, 9), **WITH_ID),
    keys=st.permutations("789"),
)
def test_new_record_keys_end_nobody(stated, keys):
    """A new gradebook with new record keys is let through: it is people that the guard counts."""
    region = Region()
    region.take(*stated)
    held = any(place.hold for place in region.world().places.values())
    moved = dict(zip("123", keys, strict=True))
    again = [line.replace(f"/{line[2]}:", f"/{moved[line[2]]}:") for line in stated]

    done = region.take(*again, removals=frozenset())

    assert held or done.plan.stops == ()
