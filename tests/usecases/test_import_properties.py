"""What importing promises for every roster: order, repetition, splitting (SYNC-4, ID-2, ID-6, ID-9, MAIL-4, MAIL-5)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from eszkola_core.domain.claims import Seeds, World
from eszkola_core.domain.recognition import recognise
from eszkola_core.domain.settings import PROFILES
from eszkola_core.domain.settlement import settle
from eszkola_core.domain.stated import Reading
from eszkola_core.domain.tenants import Tenant
from eszkola_core.testing.doubles import CountingSecrets, FrozenClock
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.notation import reading
from eszkola_core.usecases.import_rosters import ImportRosters

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)

ids = st.sampled_from(["-", "-", "1", "2", "3"])
mails = st.sampled_from(["-", "x", "y", "z"])
names = st.sampled_from(["Ala", "Jan", "Jan", "Ewa", "Ala_Kot"])
guardians = st.builds("g {} {} {}".format, names, ids, mails)
students = st.builds("s {} {} {}".format, names, ids, mails)
staff = st.builds("t {} {} {}".format, names, ids, mails)
schools = st.sampled_from(["A", "B", "C"])


@st.composite
def rosters(draw: st.DrawFn, *, sizes: st.SearchStrategy[int] = st.integers(1, 6)) -> tuple[str, ...]:  # noqa: B008
    """Rosters of a few people with very few names, ids and addresses, so that everything collides."""
    lines = {}
    for _ in range(draw(sizes)):
        if draw(st.integers(0, 3)):
            people = [draw(students), *draw(st.lists(guardians, max_size=2, unique_by=lambda each: each.split()[1]))]
        else:
            people = [draw(staff)]
        place = (draw(schools), people[0][0], draw(st.sampled_from("123")))
        lines[place] = f"{place[0]}/{place[2]}: {', '.join(people)}"
    return tuple(lines.values())


class Region:
    """A tenant in memory, with what a test wants to see of it."""

    def __init__(self, profile="open", **settings):
        chosen = evolve(PROFILES[profile], **settings)
        self.tenant = Tenant(
            key="t",
            name="Test",
            base_url="https://konto.example.org",
            platform_domain="eszkola.example.org",
            settings=chosen,
        )
        self.clock = FrozenClock(NOW)
        self.storage = MemoryStorage()
        self.importing = ImportRosters(self.storage, self.tenant, self.clock, CountingSecrets())

    def take(self, *lines, removals=None, **how):
        """Import and return what was done; the guard lets everything through unless a test asks for it."""
        stated = lines[0] if lines and isinstance(lines[0], Reading) else reading(*lines, **how)
        return self.importing.apply(stated, author="test", allow_removals=removals)

    def world(self):
        """Return everything that is kept."""
        with self.storage.snapshot() as unit:
            schools = [each.key for each in unit.rosters.schools()]
            places = {place.key: place for school in schools for place in unit.rosters.places(school)}
            people = frozenset(range(1, unit.rosters.next_person()))
            return World(places) | unit.rosters.gather(Seeds(people=people))

    def seen(self):
        """Return the state with people named by their sets of places, so that numbers do not matter."""
        world = self.world()
        named = {
            person: frozenset(key for key, place in world.places.items() if place.person == person)
            for person in world.people
        }
        places = {
            key: (repr(place.accepted), repr(place.pending), place.hold, place.evidence(), place.gone)
            for key, place in world.places.items()
        }
        accounts = {
            named[number]: (person.name, person.ids, person.central, person.state)
            for number, person in world.people.items()
        }
        with self.storage.snapshot() as unit:
            return places, accounts, tuple(unit.rosters.conflicts())


@pytest.mark.rule("SYNC-4a")
@given(lines=rosters(), profile=st.sampled_from(sorted(PROFILES)))
def test_the_same_rosters_again_change_nothing(lines, profile):
    """What was imported once is unchanged when it is imported again, and nothing is written."""
    region = Region(profile)
    region.take(*lines)
    before = region.seen()

    again = region.take(*lines)

    assert before == region.seen()
    assert again.run is None
    assert (0, 0, 0, 0) == (again.plan.counts.created, again.plan.counts.changed, again.plan.counts.ended, again.plan.counts.opened)


@pytest.mark.rule("SYNC-4b")
@given(data=st.data(), first=rosters(), second=rosters(), profile=st.sampled_from(sorted(PROFILES)))
def test_no_order_within_a_run_matters(data, first, second, profile):
    """Records, people in a record, and rosters in any order give the same state, on any ground."""
    straight, shuffled = Region(profile), Region(profile)
    for region in (straight, shuffled):
        region.take(*first)

    straight.take(*second)
    mixed = reading(*data.draw(st.permutations(second)))
    order = data.draw(st.permutations(mixed.rosters))
    shuffled.take(evolve(mixed, rosters=tuple(order)))

    assert straight.seen() == shuffled.seen()
    assert {p.login for p in straight.world().people.values()} == {p.login for p in shuffled.world().people.values()}


@pytest.mark.rule("ID-2")
@given(runs=st.lists(rosters(), min_size=1, max_size=4))
def test_one_person_has_one_account_whatever_comes_in_whatever_order(runs):
    """No two accounts ever hold one national id."""
    region = Region()
    for lines in runs:
        region.take(*lines)

    held = Counter(each for person in region.world().people.values() for each in person.ids)
    assert all(count == 1 for count in held.values())


@pytest.mark.rule("ID-6b")
@given(runs=st.lists(rosters(), min_size=2, max_size=4))
def test_a_place_that_is_bound_stays_bound(runs):
    """A place once bound to an account stays with it, unless its record passed to somebody of another name and id."""
    region = Region()
    for lines in runs:
        before = region.world()
        region.take(*lines)
        after = region.world()
        for key, place in before.places.items():
            now = after.places.get(key)
            if place.person is not None and now is not None and now.person != place.person:
                assert place.accepted.name.differs_wholly_from(now.newest.name)
                assert now.newest.ids


@pytest.mark.rule("MAIL-5a")
@given(runs=st.lists(rosters(), min_size=1, max_size=4), profile=st.sampled_from(["uonet", "open"]))
def test_no_address_is_two_accounts_central_address(runs, profile):
    """In *forbid* an address belongs to one account."""
    region = Region(profile)
    for lines in runs:
        region.take(*lines)
        central = [person.central.mailbox for person in region.world().people.values() if person.central]
        assert len(set(central)) == len(central)


@pytest.mark.rule("MAIL-4a")
@given(runs=st.lists(rosters(), min_size=2, max_size=4))
def test_a_central_address_moves_only_where_all_say_the_same(runs):
    """A present account's central address is as before, or what every claim of theirs states."""
    region = Region("uonet")
    for lines in runs:
        before = region.world().people
        region.take(*lines)
        world = region.world()
        for number, person in before.items():
            after = world.people[number]
            if person.central is not None and after.central != person.central:
                stated = {
                    place.accepted.email
                    for place in world.places.values()
                    if place.person == number and place.accepted.email is not None
                }
                assert stated == {after.central}


@pytest.mark.rule("SYNC-4a")
@given(runs=st.lists(rosters(), min_size=1, max_size=3), profile=st.sampled_from(sorted(PROFILES)))
def test_settling_what_is_settled_changes_nothing(runs, profile):
    """Settling the remembered values gives the remembered values."""
    region = Region(profile)
    for lines in runs:
        region.take(*lines)
    world = region.world()

    settled = settle(world, region.tenant, NOW)

    assert dict(world.places) == dict(settled.places)
    for each in settled.people:
        if each.person is not None:
            assert (each.person.central, each.person.ids) == (each.central, each.ids)
        assert not each.opens


@pytest.mark.rule("SYNC-4b")
@given(lines=rosters(sizes=st.integers(2, 7)))
def test_splitting_a_run_by_school_differs_only_in_what_accounts_were_given(lines):
    """School by school, the same claims stand, and whoever has an account at all has one, but for what SYNC-4c names."""
    together, apart = Region("uonet"), Region("uonet")
    together.take(*lines)
    for school in "ABC":
        part = [line for line in lines if line.startswith(school)]
        if part:
            apart.take(*part)

    whole, split = together.world().places, apart.world().places
    assert whole.keys() == split.keys()
    for key in whole:
        assert whole[key].newest == split[key].newest
        assert whole[key].evidence() == split[key].evidence()
    known = {each for person in together.world().people.values() for each in person.ids}
    known_apart = {each for person in apart.world().people.values() for each in person.ids}
    unheld = {
        each
        for place in (*whole.values(), *split.values())
        if place.hold is not None
        for each in place.newest.ids
    }
    refused = {conflict.place for region in (together, apart) for conflict in region.seen()[2]}
    contested = {each for key in refused for each in whole[key].newest.ids}
    assert known ^ known_apart <= unheld | contested


@pytest.mark.rule("ID-9")
@given(runs=st.lists(rosters(), min_size=1, max_size=3))
def test_nothing_hangs_on_an_address(runs):
    """Other addresses in every id-bearing record leave people, roles and links as they were."""
    def renamed(line):
        return " ".join(word if word not in ("x", "y", "z", "x,", "y,", "z,") else f"new{word}" for word in line.split(" "))

    region, other = Region(), Region()
    for lines in runs:
        region.take(*lines)
        other.take(*(renamed(line) for line in lines))

    graph = {key: place.person for key, place in region.world().places.items()}
    assert graph == {key: place.person for key, place in other.world().places.items()}


@pytest.mark.rule("ID-6c")
@given(lines=rosters(sizes=st.integers(1, 8)))
def test_two_of_one_record_are_never_one_person(lines):
    """No group holds two present places of one record."""
    region = Region()
    region.take(*lines)

    for group in recognise(region.world(), NOW.date()).groups:
        records = [place.key.record for place in group.places if place.is_present]
        assert len(set(records)) == len(records)


@pytest.mark.rule("SYNC-6")
@given(lines=rosters(sizes=st.integers(1, 8)), keys=st.permutations(["1", "2", "3"]))
def test_new_record_keys_end_nobody(lines, keys):
    """A new gradebook with new record keys is let through: it is people that the guard counts."""
    assume(all(" - " not in line for line in lines))
    region = Region()
    region.take(*lines)
    moved = dict(zip("123", ("7", "8", "9"), strict=True))
    again = [line.replace(f"/{line[2]}:", f"/{moved[line[2]]}:") for line in lines]
    held = any(place.hold for place in region.world().places.values())
    assume(not held)

    done = region.take(*again, removals=frozenset())

    assert done.plan.stops == ()
