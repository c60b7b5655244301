"""What guardians see, and what a school still has to do (LINK-1, LINK-2, ID-4, WHY-3)."""

from __future__ import annotations

from collections import Counter

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._usecases.check_readiness import ReadinessRow, Standing
from eszkola_core._usecases.restrict_links import RestrictLinks
from eszkola_core.domain.accounts import State
from eszkola_core.domain.causes import CauseCode
from eszkola_core.domain.children import Schooling
from eszkola_core.domain.national_ids import PESEL
from eszkola_core.domain.permissions import NotPermitted
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import StatedId
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.notation import pesel, reading
from eszkola_core.testing.region import CONSOLE

_NAMES = ("Ala", "Ola", "Ewa")


def children(region, guardian):
    """Return the first names of the children that a guardian sees."""
    return [each.name.first for each in region.children.of(region.person(guardian).id)]


def standings(readiness):
    """Return who stands where, and why."""
    return {(row.school, row.name, row.role): (row.standing, row.reasons) for row in readiness.rows}


@pytest.mark.rule("LINK-1a")
@given(
    records=st.lists(
        st.tuples(
            st.sampled_from("AB"),
            st.sampled_from(range(3)),
            st.sets(st.sampled_from(["Jan 8", "Iza 9"])),
        ),
        max_size=6,
        unique_by=lambda each: each[:2],
    )
)
def test_guardians_see_exactly_the_children_in_whose_records_they_stand(a_region, records):
    """In whatever schools: one list of persons, each once, with every school that names both; and nobody else."""
    region = a_region("open")
    lines = []
    for school, child, guardians in records:
        listed = "".join(f", g {guardian} mail{guardian[-1]}" for guardian in sorted(guardians))
        lines.append(f"{school}/{child}: s {_NAMES[child]} {child + 1} child{child}{listed}")
    if lines:
        region.take(*lines)

    for guardian in ("Jan 8", "Iza 9"):
        name = guardian.split()[0]
        expected: dict[str, set[Schooling]] = {}
        for school, child, guardians in records:
            if guardian in guardians:
                expected.setdefault(_NAMES[child], set()).add(Schooling(school, ""))
        if f"{name.lower()}.lis" not in region.people():
            assert expected == {}
            continue
        seen = region.children.of(region.person(name).id)
        assert {each.name.first: set(each.schoolings) for each in seen} == expected
        assert [each.name for each in seen] == sorted(each.name for each in seen)
        assert len(seen) == len(expected)


@pytest.mark.rule("LINK-1a")
def test_an_address_alone_never_links(a_region):
    """A guardian of the same address in another record is another person, who sees none of the first one's children."""
    region = a_region("open")
    region.take("A/1: s Ala 1 ala, g Jan 8 both", "A/2: s Ola 2 ola, g Iza 9 both")

    assert (children(region, "Jan"), children(region, "Iza")) == (["Ala"], ["Ola"])


@pytest.mark.rule("LINK-1a")
def test_a_child_is_seen_from_the_import_on_until_the_record_ends(a_region):
    """The link is two places of one record: it begins with them and ends at once with either."""
    region = a_region("open")
    region.take("A/1: s Ala 1 ala, g Jan 8 jan", "A/2: s Ola 2 ola, g Jan 8 jan")
    assert children(region, "Jan") == ["Ala", "Ola"]

    region.take("A/1: s Ala 1 ala", "A/2: s Ola 2 ola, g Jan 8 jan")
    assert children(region, "Jan") == ["Ola"]

    region.take("A/1: s Ala 1 ala, g Jan 8 jan")
    assert children(region, "Jan") == ["Ala"]


@pytest.mark.rule("LINK-1a")
@pytest.mark.parametrize("other", ["Zoe_Kot -", "Ala_Kot 2"])
def test_a_guardian_who_comes_with_another_child_does_not_see_the_former_one(a_region, other):
    """A record key that is used again, perhaps for another child, shows nothing until somebody has looked."""
    region = a_region("open")
    region.take("A/1: s Ala 1 ala, g Jan 8 jan", "A/2: s Ola 3 ola, g Iza 9 iza")

    done = region.take(f"A/1: s {other} zoe, g Iza 9 iza, g Ewa 7 ewa", "A/2: s Ola 3 ola, g Iza 9 iza")

    assert done.plan.counts.held == 3
    assert children(region, "Iza") == ["Ola"]
    assert "ewa.lis" not in region.people()
    region.take("A/1: s Ala 1 ala, g Jan 8 jan, g Ewa 7 ewa", "A/2: s Ola 3 ola, g Iza 9 iza")
    assert (children(region, "Jan"), children(region, "Ewa"), children(region, "Iza")) == (["Ala"], ["Ala"], ["Ola"])


@pytest.mark.rule("LINK-1a")
@pytest.mark.parametrize("role", [Role.STUDENT, Role.GUARDIAN])
def test_a_link_is_in_force_while_both_roles_are(a_region, role):
    """The last day of either is the last day of the link."""
    region = a_region("open")
    region.take_until("A/1: s Ala 1 ala, g Jan 8 jan", region.clock.now().date(), role)

    assert children(region, "Jan") == ["Ala"]
    region.wait(days=1)
    assert children(region, "Jan") == []


@pytest.mark.rule("LINK-1a")
def test_a_child_without_an_account_is_on_the_list(a_region):
    """A guardian sees a child whose account waits for a national id; and a child is nobody's guardian."""
    region = a_region("uonet")
    region.take("A/1: s Ala - ala, g Jan 8 jan", "A/2: s Ola 2 ola")

    (child,) = region.children.of(region.person("Jan").id)

    assert (child.name.first, child.person, child.has_signed_in) == ("Ala", None, False)
    assert children(region, "Ola") == []


@pytest.mark.rule("LINK-1b")
def test_another_tenants_children_are_never_seen(a_region):
    """Each tenant is a world of its own: the same guardian there has other children."""
    here, there = a_region("open"), a_region("open")
    here.take("A/1: s Ala 1 ala, g Jan 8 jan")
    there.take("A/1: s Ola 2 ola, g Jan 8 jan")

    assert (children(here, "Jan"), children(there, "Jan")) == (["Ala"], ["Ola"])


@pytest.mark.rule("LINK-2")
def test_the_list_flags_each_child_that_has_not_signed_in_yet(a_region):
    """Setting a password is not signing in; the flag goes with the first session, also one through *must act*."""
    region = a_region("open")
    region.take(*(f"A/{number}: s {name} {number} {name}, g Jan 8 jan" for number, name in enumerate(_NAMES, 1)))
    jan = region.person("Jan").id
    region.access.complete(region.token_for("ala@example.com"), "Zielony-Dom-7")
    given = region.gives("Ola")
    must_act = region.signing_in.attempt(given.login, given.password.reveal())

    def flags():
        return {each.name.first: each.has_signed_in for each in region.children.of(jan)}

    assert flags() == {"Ala": False, "Ola": False, "Ewa": False}
    region.signs_in("ala.lis")
    assert flags() == {"Ala": True, "Ola": False, "Ewa": False}
    region.signing_in.change_password(must_act.ticket.reveal(), "Zielony-Dom-7")
    assert flags() == {"Ala": True, "Ola": True, "Ewa": False}


@pytest.mark.rule("LINK-2")
def test_a_second_sign_in_is_not_the_first(a_region):
    """When somebody first signed in is kept, and stays."""
    region = a_region("open")
    region.take("A/1: s Ala 1 ala")
    region.enters("Ala")
    first = region.person("Ala").first_signed_in_at
    region.wait(days=1)

    region.signs_in("ala.lis")

    assert region.person("Ala").first_signed_in_at == first


_LACKING = [
    ("opolska", "s Ala 1 ala", Standing.AWAITING, ()),
    ("opolska", "s Ala - ala", Standing.NOT_OPENED, ("missing-national-id",)),
    ("opolska", "s Ala 1 -", Standing.NOT_OPENED, ("missing-e-mail",)),
    ("opolska", "t Ala - -", Standing.NOT_OPENED, ("missing-national-id", "missing-e-mail")),
    ("uonet", "t Ala 1 -", Standing.NOT_OPENED, ("missing-e-mail",)),
    ("easistent", "s Ala - -", Standing.AWAITING, ("no-address",)),
    ("easistent", "t Ala - -", Standing.AWAITING, ("no-address",)),
]


@pytest.mark.rule("ID-4b")
@pytest.mark.parametrize(("profile", "who", "standing", "reasons"), _LACKING)
def test_what_an_account_needs_is_what_its_profile_says(a_region, profile, who, standing, reasons):
    """Without it no account opens, and readiness names what is missing; with it the account is there."""
    region = a_region(profile)
    region.take(f"A/1: {who}")

    ((found, why),) = standings(region.readiness.of(CONSOLE, "A")).values()

    assert (found, why) == (standing, reasons)
    assert ("ala.lis" in region.people()) == (standing is Standing.AWAITING)


@pytest.mark.rule("ID-4a")
@pytest.mark.parametrize(
    ("profile", "schools", "who", "opens"),
    [
        ("uonet", frozenset(), "g Jan - jan", True),
        ("uonet", frozenset(), "g Jan 8 -", False),
        ("uonet", frozenset({"A"}), "g Jan - jan", False),
        ("uonet", frozenset({"A"}), "g Jan 8 jan", True),
        ("uonet", frozenset({"B"}), "g Jan - jan", True),
        ("opolska", frozenset(), "g Jan 8 jan", False),
        ("easistent", frozenset(), "g Jan - -", True),
    ],
)
def test_what_a_guardian_needs_a_school_may_only_add_to(a_region, profile, schools, who, opens):
    """An e-mail, and the national id where the school asks; under the Opolska profile an application."""
    region = a_region(profile, guardian_national_id_schools=schools)
    region.take(f"A/1: s Ala 1 ala, {who}")

    assert opens == ("jan.lis" in region.people())


@pytest.mark.rule("ID-4c")
def test_an_account_once_opened_stays_when_its_record_lacks_something(a_region):
    """The need gates opening: whoever is in stays in, and readiness goes on counting them."""
    region = a_region("uonet")
    region.take("A/1: s Ala 1 ala")
    key = region.enters("Ala")

    region.take("A/1: s Ala - -")

    assert region.is_open(key)
    ((standing, reasons),) = standings(region.readiness.of(CONSOLE, "A")).values()
    assert (standing, reasons) == (Standing.ACTIVE, ("address-unstated",))


@pytest.mark.rule("WHY-3")
def test_readiness_says_how_far_everybody_has_come(a_region):
    """One of each standing, counted; by school, by class of all schools, and for the whole tenant."""
    region = a_region("uonet")
    names = ("Awaits", "Active", "Given", "Locked", "Lacks", "Held")
    ids = {name: "-" if name == "Lacks" else str(number) for number, name in enumerate(names, 1)}
    lines = [f"A/{name}: s {name} {ids[name]} {name}" for name in names]
    region.take(*lines, "B/1: s Other 9 other")
    region.enters("Active")
    region.gives("Given")
    region.become("Locked", state=State.LOCKED)
    lines[-1] = "A/Held: s Held 8 Held"
    region.take(*lines)

    readiness = region.readiness.of(CONSOLE, "A")

    assert standings(readiness) == {
        ("A", "Awaits Lis", "student"): (Standing.AWAITING, ()),
        ("A", "Active Lis", "student"): (Standing.ACTIVE, ()),
        ("A", "Given Lis", "student"): (Standing.CHANGE_DUE, ()),
        ("A", "Locked Lis", "student"): (Standing.SHUT, ()),
        ("A", "Lacks Lis", "student"): (Standing.NOT_OPENED, ("missing-national-id",)),
        ("A", "Held Lis", "student"): (Standing.HELD, ("id-correction",)),
    }
    assert readiness.counts == dict.fromkeys(Standing, 1)
    assert len(region.readiness.of(CONSOLE).rows) == 7
    with pytest.raises(InvalidValue, match="there are: A, B"):
        region.readiness.of(CONSOLE, "C")
    with pytest.raises(InvalidValue, match="class"):
        region.readiness.of(CONSOLE, "A", "9z")


@pytest.mark.rule("WHY-3")
@given(people=st.lists(st.tuples(st.sampled_from("stg"), st.sampled_from("-123"), st.sampled_from("-xyz")), max_size=6))
def test_readiness_has_one_row_a_place_and_counts_add_up(a_region, people):
    """Whatever a school states, everybody in it has a row, and an account is there exactly where the row says so."""
    region = a_region("uonet")
    lines = []
    for number, (role, own, mail) in enumerate(people):
        line = f"A/{number}: {role} P{number} {own} {mail}"
        lines.append(line if role != "g" else f"A/{number}: s Child - -, g P{number} {own} {mail}")
    if lines:
        region.take(*lines)

    readiness = region.readiness.of(CONSOLE)

    with region.storage.snapshot() as unit:
        places = [place for school in unit.rosters.schools() for place in unit.rosters.places(school.key)]
    assert sum(readiness.counts.values()) == len(readiness.rows) == len(places)
    assert readiness.counts == Counter(row.standing for row in readiness.rows)
    unopened = sum(row.standing in (Standing.NOT_OPENED, Standing.HELD) for row in readiness.rows)
    assert unopened == sum(place.person is None or place.hold is not None for place in places)
    for row in readiness.rows:
        assert bool(row.reasons) or row.standing not in (Standing.NOT_OPENED, Standing.HELD)


@pytest.mark.rule("WHY-3")
def test_a_row_has_school_class_name_role_record_and_standing(a_region):
    """A guardian's class is the student's of the same record; of teachers only who has a class is in one."""
    region = a_region("uonet")
    stated = reading("A/1: s Ala 1 ala, g Jan 8 -", "A/h: h Ida 7 ida", "A/t: t Ewa 9 ewa")
    classes = {"1": "1a", "h": "1b", "t": ""}

    def in_class(record):
        first, *others = record.people
        return evolve(record, people=(evolve(first, class_name=classes[record.key]), *others))

    rosters = tuple(evolve(each, records=tuple(map(in_class, each.records))) for each in stated.rosters)
    region.take(evolve(stated, rosters=rosters))

    assert region.readiness.of(CONSOLE, "A").rows == (
        ReadinessRow("A", "", "Ewa Lis", "teacher", "t", Standing.AWAITING),
        ReadinessRow("A", "1a", "Ala Lis", "student", "1", Standing.AWAITING),
        ReadinessRow("A", "1a", "Jan Lis", "guardian", "1", Standing.NOT_OPENED, ("missing-e-mail",)),
        ReadinessRow("A", "1b", "Ida Lis", "homeroom-teacher", "h", Standing.AWAITING),
    )


@pytest.mark.rule("WHY-3")
@pytest.mark.parametrize(
    ("lines", "asked", "text", "code"),
    [
        ((), ("C",), "there is no school 'C'; there are: none yet", "unknown-school"),
        (("A/1: s Ala 1 ala",), ("C",), "there is no school 'C'; there are: A", "unknown-school"),
        (("A/1: s Ala 1 ala",), ("A", "9z"), "nobody in school 'A' is in a class '9z'", "unknown-class"),
    ],
)
def test_a_school_or_class_that_is_not_there_is_named(a_region, lines, asked, text, code):
    """With the schools that are."""
    region = a_region()
    if lines:
        region.take(*lines)
    with pytest.raises(InvalidValue) as wrong:
        region.readiness.of(CONSOLE, *asked)
    assert (str(wrong.value), wrong.value.code) == (text, code)


def with_a_slip(stated):
    """Return what is stated with a digit of every national id mistyped."""
    (roster,), right = stated.rosters, pesel(1)
    wrong = f"{right[:-1]}{(int(right[-1]) + 1) % 10}"
    records = tuple(
        evolve(each, people=tuple(evolve(who, ids=(StatedId(wrong, PESEL),)) for who in each.people))
        for each in roster.records
    )
    return evolve(stated, rosters=(evolve(roster, records=records),))


@pytest.mark.rule("WHY-3")
def test_what_cannot_be_read_is_told_for_as_long_as_it_stands_there(a_region):
    """A finding is told once; whoever asks later still learns that a number is there, and is wrong."""
    region = a_region("uonet")
    wrong = with_a_slip(reading("A/1: s Ala 1 ala"))
    assert [each.code for each in region.take(wrong).plan.findings] == ["missing-national-id", "wrong-checksum"]

    assert region.take(wrong).plan.findings == ()
    (row,) = region.readiness.of(CONSOLE, "A").rows
    assert (row.standing, row.reasons) == (Standing.NOT_OPENED, ("missing-national-id", "wrong-checksum"))
    (cause,) = [each for each in region.diagnosing.of(CONSOLE, "A/1").causes if each.blocks]
    assert cause.code is CauseCode.WRONG_NATIONAL_ID

    region.take("A/1: s Ala 1 ala")
    (row,) = region.readiness.of(CONSOLE, "A").rows
    assert (row.standing, row.reasons) == (Standing.AWAITING, ())


def test_a_value_that_cannot_be_read_beside_a_former_one_is_told_too(a_region):
    """The account stays as it is, and the office sees that the gradebook holds something else."""
    region = a_region("uonet")
    region.take("A/1: s Ala 1 ala")
    region.take(with_a_slip(reading("A/1: s Ala 1 ala")))

    (row,) = region.readiness.of(CONSOLE, "A").rows
    assert (row.standing, row.reasons) == (Standing.AWAITING, ("wrong-checksum",))


@pytest.fixture
def staffed(a_region):
    """Return a region with two classes, two schools, and staff of each kind."""
    region = a_region("uonet", guardians_open_by="gradebook")
    stated = reading(
        "A/1: s Ala 1 ala, g Jan 8 jan",
        "A/2: s Ola 2 ola",
        "A/h: h Ida 7 ida",
        "A/t: t Ewa 9 ewa",
        "A/w: t Iga 3 iga",
        "B/1: s Ula 4 ula",
        "B/z: t Zoe 5 zoe",
    )
    classes = {"1": "1a", "2": "1b", "h": "1a"}

    def in_class(record):
        first, *others = record.people
        return evolve(record, people=(evolve(first, class_name=classes.get(record.key, "")), *others))

    rosters = tuple(evolve(each, records=tuple(map(in_class, each.records))) for each in stated.rosters)
    region.take(evolve(stated, rosters=rosters))
    region.grants("iga", Role.SECRETARY)
    region.appoints("Rena")
    return region


SEEN = [
    ("ida", {"A": "not", "B": "not", "A/1a": "Ala Jan", "": "Ala Ida Jan"}),
    ("iga", {"A": "Ala Ewa Ida Iga Iga Jan Ola", "B": "not", "A/1b": "Ola", "": "Ala Ewa Ida Iga Iga Jan Ola"}),
    ("jan", {"A": "not", "A/1a": "not", "": "not"}),
    ("ala", {"A": "not", "A/1a": "not", "": "not"}),
    ("ewa", {"A": "not", "A/1a": "not", "": "not"}),
]


@pytest.mark.rule("ROLE-2a")
@pytest.mark.rule("WHY-3")
@pytest.mark.parametrize(("login", "seen"), SEEN, ids=[who for who, _ in SEEN])
def test_readiness_shows_everybody_what_the_table_lets_them_see(staffed, login, seen):
    """A homeroom teacher the class, an office the school; guardians, students and teachers nobody at all."""
    for asked, names in seen.items():
        found = staffed.readiness.of(staffed.actor(login), *(asked.split("/") if asked else ()))
        told = "not" if isinstance(found, NotPermitted) else " ".join(sorted(row.name.split()[0] for row in found.rows))
        assert (asked, told) == (asked, names)


@pytest.mark.rule("ROLE-2a")
def test_the_regional_administrator_sees_the_readiness_of_all_schools(staffed):
    """As the console does."""
    assert staffed.readiness.of(staffed.actor("rena")) == staffed.readiness.of(CONSOLE)


@pytest.mark.rule("LINK-3a")
def test_readiness_hides_a_child_from_whom_a_restriction_keeps(staffed):
    """Whatever the role: the child's record is not in the list, nor are its guardians."""
    iga, ala = staffed.person("iga").id, staffed.person("ala").id
    restricting = RestrictLinks(staffed.storage, staffed.tenant, staffed.clock, staffed.secrets)
    assert not isinstance(restricting.restrict(CONSOLE, iga, ala, reason="wyrok"), NotPermitted)
    rows = staffed.readiness.of(staffed.actor("iga"), "A").rows
    assert sorted(row.name.split()[0] for row in rows) == ["Ewa", "Ida", "Iga", "Iga", "Ola"]
