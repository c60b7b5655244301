"""Who may do what: a remembered answer is as good as a fresh one, and who sees is who may (ROLE-4, WHY-4)."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases.check_permission import CheckPermission
from eszkola_core._usecases.merge_people import Merged, MergePeople
from eszkola_core._usecases.who_sees import WhoSees
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.merging import MergePlan
from eszkola_core.domain.permissions import Action, Ground
from eszkola_core.domain.restrictions import pairs_kept_apart
from eszkola_core.domain.settings import WhenOfAge
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.doubles import CountingSecrets, RecordingStorage
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.notation import pesel, reading
from eszkola_core.testing.region import CONSOLE, Region

GROWN = pesel(5, born=date(2008, 11, 25))
ACTIONS = (Action.VIEW, Action.DIAGNOSE, Action.CORRECT_GUARDIAN_DATA, Action.RESTRICT)

among = st.sampled_from
ids = among(["-", "1", "2", GROWN])
children = st.builds("s {} {} {}".format, among(["Ala", "Ola"]), ids, among("ab-"))
guardians = st.builds("g {} {} {}".format, among(["Jan", "Ewa"]), among("-89"), among("je"))
staff = st.builds("{} {} {} {}".format, among("thy"), among(["Jan", "Zofia"]), among("-8"), among("jz"))


@st.composite
def rosters(draw):
    """Yield the lists of two schools: families of one child or more, and staff."""
    lines = []
    for school in "AB":
        for number in range(draw(st.integers(0, 2))):
            family = draw(st.lists(guardians, max_size=2, unique_by=lambda each: each.split()[1]))
            lines.append(f"{school}/{number}: {', '.join([draw(children), *family])}")
        lines += [
            f"{school}/{each[0]}1: {each}" for each in draw(st.lists(staff, max_size=2, unique_by=lambda e: e[0]))
        ]
    return tuple(lines)


@frozen
class Merge:
    """Two of those who are there become one."""

    one: int
    other: int


@frozen
class Part:
    """Two who were merged are two again."""

    which: int


class Walk:
    """A region in which things happen, and one who has been asked who may do what from the beginning."""

    def __init__(self, rule):
        self.region = Region(links_when_of_age=rule)
        self.checking = CheckPermission(self.region.storage, self.region.tenant, self.region.clock)
        self.merging = MergePeople(
            self.region.storage, self.region.tenant, self.region.clock, CountingSecrets("merging")
        )
        self.merged = []

    def go(self, step):
        """Let one thing happen: an import, a night, a merge or its end, or a restriction of two who are there."""
        if isinstance(step, int):
            self.region.later(step)
            return
        if isinstance(step, Merge):
            self.merge(step)
            return
        if isinstance(step, Part):
            self.part(step)
            return
        if len(step) and isinstance(step[0], str):
            self.region.take(*step)
            return
        restricts, human, child = step or (True, 0, 0)
        people = self.people()
        if len(people) > 1:
            who, whom = people[human % len(people)], people[child % len(people)]
            act = self.region.restricting.restrict if restricts else self.region.restricting.lift
            act(CONSOLE, who, whom, reason="order")

    def merge(self, step):
        """Make one account of two, where that may be."""
        people = self.people()
        if people:
            self.join(people[step.one % len(people)], people[step.other % len(people)])

    def join(self, *pair):
        """Make one account of two whose numbers are given."""
        plan = self.merging.plan(CONSOLE, *pair)
        if isinstance(plan, MergePlan):
            done = self.merging.merge(CONSOLE, *pair, plan_id=plan.id, reason="one")
            assert isinstance(done, Merged)
            self.merged.append(done)

    def part(self, step):
        """Part two again, where they are not part of a later merge."""
        if self.merged:
            done = self.merged.pop(step.which % len(self.merged))
            self.merging.undo(CONSOLE, done.plan.survivor, done.decision, reason="two")

    def people(self):
        """Return the numbers of all who have an account."""
        return sorted(self.region.world().people)

    def fresh(self, unit, person, action, target):
        """Return what a use case of staff would be told."""
        acting = Acting(unit, self.region.storage, self.region.tenant, self.region.clock.now())
        return acting.permission(Actor(name="", person=person), action, acting.target(target))


numbers = st.integers(0, 5)
merges = st.builds(Merge, numbers, numbers)
steps = st.lists(
    st.one_of(
        rosters(),
        st.integers(1, 4),
        st.tuples(st.booleans(), numbers, numbers),
        merges,
        st.builds(Part, st.integers(0, 1)),
    ),
    max_size=5,
)


@pytest.mark.rule("ROLE-4b")
@settings(max_examples=20)
@given(first=rosters(), further=steps, rule=st.sampled_from(WhenOfAge))
def test_a_remembered_answer_is_a_fresh_one(first, further, rule):
    """After whatever happened to either side, and on whichever day."""
    walk = Walk(rule)
    for step in (first, *further):
        walk.go(step)
        with walk.region.storage.snapshot() as unit:
            for person in walk.people():
                for target in walk.people():
                    for action in ACTIONS:
                        assert walk.checking.may(person, action, target) == walk.fresh(unit, person, action, target)


@pytest.mark.rule("WHY-4")
@pytest.mark.rule("LINK-1a")
@settings(max_examples=20)
@given(first=rosters(), further=steps, rule=st.sampled_from(WhenOfAge))
def test_who_sees_is_exactly_who_may_view(first, further, rule):
    """Each with what decided it; and whom a guardian has on the list is whom the guardian sees by a link."""
    walk = Walk(rule)
    for step in (first, *further):
        walk.go(step)
    region, everybody = walk.region, walk.people()
    seeing = WhoSees(region.storage, region.tenant, region.clock)
    with region.storage.snapshot() as unit:
        for student in everybody:
            answers = {each: walk.fresh(unit, each, Action.VIEW, student) for each in everybody}
            found = seeing.of(CONSOLE, student)
            assert {each.person: each.permission for each in found} == {who: yes for who, yes in answers.items() if yes}
            by_link = {who for who, yes in answers.items() if yes.ground is Ground.LINK}
            lists = {who: {child.person for child in region.children_seen_by(who)} for who in everybody}
            assert by_link <= {who for who, listed in lists.items() if student in listed}
            assert all(answers[who] for who, listed in lists.items() if student in listed)


@pytest.mark.rule("WHY-4")
@pytest.mark.rule("ROLE-4b")
@pytest.mark.rule("ID-7f")
@settings(max_examples=30)
@given(among(["8", "-"]), st.lists(among(["merge", "part", "restrict", "import"]), max_size=6))
def test_who_has_two_accounts_sees_by_the_one_that_stays(number, deeds):
    """Two accounts of a father, each of one child: merged he sees both by one, and by the other nobody; then again."""
    walk = Walk(WhenOfAge.STAY)
    lines = (f"A/1: s Ala 1 a, g Jan {number} j", "B/1: s Ola 2 o, g Jan - k")
    region = walk.region
    region.take(*lines)
    fathers, children = ([region.account(f"{school}/1 {at}").id for school in "AB"] for at in ("g Jan", "s"))
    seeing = WhoSees(region.storage, region.tenant, region.clock)
    for deed in deeds:
        {
            "merge": lambda: walk.join(*fathers),
            "part": lambda: walk.part(Part(0)),
            "restrict": lambda: region.restricting.restrict(CONSOLE, fathers[0], children[0], reason="order"),
            "import": lambda: region.take(*lines),
        }[deed]()
        kept = pairs_kept_apart(region.world().decisions)
        for child, father in zip(children, fathers, strict=True):
            reader = fathers[0] if walk.merged else father
            seen_by = {child} if (reader, child) in kept else {child, reader}
            assert {each.person for each in seeing.of(CONSOLE, child)} == seen_by
            assert {each for each in fathers if walk.checking.may(each, Action.VIEW, child)} == seen_by - {child}
            assert {each for each in fathers if child in _listed(region, each)} == seen_by - {child}


def _listed(region, guardian):
    """Return whom a guardian has on the list."""
    return {each.person for each in region.children_seen_by(guardian)}


@pytest.fixture
def school():
    """Return a region with a family and two who work there, and a count of what is asked of its storage."""
    region = Region(storage=RecordingStorage(MemoryStorage()))
    region.take("A/1: s Ala 1 a, g Jan 8 j", "A/2: s Ola 2 o, g Ewa 9 e", "A/t: t Zofia 6 z", "B/y: y Maria 7 m")
    return region


@pytest.mark.rule("ROLE-4b")
def test_a_remembered_answer_costs_one_look(school):
    """Nothing but the versions of both sides is read, and only together with the answer."""
    jan, ala = school.account("A/1 g Jan").id, school.account("A/1 s").id
    checking = CheckPermission(school.storage, school.tenant, school.clock)
    assert checking.may(jan, Action.VIEW, ala).ground is Ground.LINK
    before = len(school.storage.trace)

    assert checking.may(jan, Action.VIEW, ala).ground is Ground.LINK

    assert school.storage.trace[before:] == [("storage", "snapshot"), ("people", "versions")]


@pytest.mark.rule("ROLE-4b")
def test_who_was_never_merged_is_looked_at_in_three_steps(school):
    """Those asked about, their records, and who is beside them: only a former merge leads further."""
    jan, ala = school.account("A/1 g Jan").id, school.account("A/1 s").id
    school.restrict("A/2 g Ewa", "A/1 s")
    before = len(school.storage.trace)

    assert CheckPermission(school.storage, school.tenant, school.clock).may(jan, Action.VIEW, ala)

    assert school.storage.trace[before:].count(("rosters", "gather")) == 3


@pytest.mark.rule("ROLE-4b")
def test_a_remembered_answer_is_of_its_day(school):
    """What a student consents to is asked for from the birthday on, though nothing was written that night."""
    school.choose(links_when_of_age=WhenOfAge.NEED_CONSENT)
    school.take(f"A/3: s Iga {GROWN} i, g Jan 8 j")
    jan, iga = school.account("A/3 g Jan").id, school.account("A/3 s").id
    checking = CheckPermission(school.storage, school.tenant, school.clock)
    answers = []
    for _ in range(4):
        answers.append(bool(checking.may(jan, Action.VIEW, iga)))
        school.later(1)

    assert answers == [True, True, False, False]


@pytest.mark.rule("ROLE-4b")
def test_a_remembered_answer_knows_what_changed_beside_both(school):
    """A guardian is in the classes of the children: the teacher of a class loses the guardian with the child."""

    def in_class(name, *lines):
        stated = reading(*lines)
        rosters = []
        for roster in stated.rosters:
            people = [(evolve(each.people[0], class_name=name), *each.people[1:]) for each in roster.records]
            records = tuple(evolve(record, people=those) for record, those in zip(roster.records, people, strict=True))
            rosters.append(evolve(roster, records=records))
        return evolve(stated, rosters=tuple(rosters))

    school.take(in_class("1a", "A/h: h Ida 5 h", "A/1: s Ala 1 a, g Jan 8 j"))
    ida, jan = school.account("A/h h").id, school.account("A/1 g Jan").id
    checking = CheckPermission(school.storage, school.tenant, school.clock)
    assert checking.may(ida, Action.CORRECT_GUARDIAN_DATA, jan)

    school.take(in_class("1b", "A/1: s Ala 1 a, g Jan 8 j"))

    assert not checking.may(ida, Action.CORRECT_GUARDIAN_DATA, jan)


@pytest.mark.rule("ROLE-4a")
def test_nobody_may_nothing(school):
    """A number that nobody has sees nobody, and is seen by nobody."""
    jan = school.account("A/1 g Jan").id
    checking = CheckPermission(school.storage, school.tenant, school.clock)

    assert not checking.may(PersonId(99), Action.VIEW, jan)
    assert not checking.may(jan, Action.VIEW, PersonId(99))


@pytest.mark.rule("WHY-4")
def test_only_who_may_look_into_it_is_told_who_sees(school):
    """The guardian and the teacher's office are; a stranger and another school are not; nobody is an error."""
    seeing = WhoSees(school.storage, school.tenant, school.clock)
    ala = school.account("A/1 s").id

    told = seeing.of(school.actor("A/1 g Jan"), ala)
    assert [str(each.name) for each in told] == ["Ala Lis", "Jan Lis", "Zofia Lis"]
    for at in ("A/2 g Ewa", "B/y y"):
        assert isinstance(seeing.of(school.actor(at), ala), NotPermitted)
    with pytest.raises(InvalidValue, match="nobody"):
        seeing.of(CONSOLE, PersonId(99))
