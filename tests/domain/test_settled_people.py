"""What settling leaves of people: whose word counts, what is kept for whom, and in which order it is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId, State
from eszkola_core.domain.claims import (
    GIVEN_ROLES,
    PLATFORM,
    Decision,
    DecisionKind,
    Hold,
    PlaceKey,
    RecordKey,
    Reservation,
    RosterKey,
    World,
)
from eszkola_core.domain.corrections import Correction
from eszkola_core.domain.days import day_of
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settings import PROFILES, Sharing, WhenOfAge
from eszkola_core.domain.settlement import ConflictKind, Lack, OpenConflict, bound, settle
from eszkola_core.domain.stated import Field
from eszkola_core.domain.tenants import Tenant
from eszkola_core.testing.contracts.storage import samples as a

OPEN = PROFILES["open"]
TENANT = Tenant(
    key="t", name="Test", base_url="https://konto.example.org", platform_domain="eszkola.example.org", settings=OPEN
)
SHARING = evolve(TENANT, settings=evolve(OPEN, sharing=Sharing.FAMILY))
NOW = a.NOW
TODAY = day_of(NOW, TENANT.zone)
DAY = timedelta(days=1)
GRACE = OPEN.removal_grace
JAN, OLA = PersonName("Jan", "Lis"), PersonName("Ola", "Kot")
X, Y, Z = (a.address(f"{each}@example.com") for each in "xyz")
PHONE, OTHER_PHONE = PhoneNumber("+48601234567"), PhoneNumber("+48602345678")


def key(school, record="1", role=Role.TEACHER, who=""):
    """Return the key of a place in a school's list."""
    return PlaceKey(RecordKey(RosterKey(school, "uonet", "list"), record), role, who)


def place(at, *, name=JAN, person=None, since=TODAY, **more):
    """Return a place whose content is applied; what a place itself has not is its claims'."""
    own = {each: more.pop(each) for each in ("gone", "pending", "hold", "email_since") if each in more}
    return a.place(key=at.record, role=at.role, accepted=a.claims(name=name, **more), since=since, person=person, **own)


def account(number, **more):
    """Return an account of Jan's."""
    return a.person(number, **{"name": JAN, **more})


def world(*known, decisions=(), reservations=(), marks=(), unusable=()):
    """Return a closed world of these places and people."""
    return World(
        {each.key: each for each in known if hasattr(each, "key")},
        {each.id: each for each in known if hasattr(each, "login")},
        frozenset(decisions),
        frozenset(reservations),
        frozenset(marks),
        frozenset(unusable),
    )


def decided(kind, subject, number=1, **more):
    """Return a decision about somebody."""
    return Decision(id=number, kind=kind, subject=PersonId(subject), author="ola.kot", **{"at": NOW, **more})


def chosen(number, address):
    """Return that somebody chose an address."""
    return decided(DecisionKind.ADDRESS_CHOSEN, number, number, address=address)


def merged(survivor, absorbed, *, at=NOW, **more):
    """Return the merge of one account into another."""
    return decided(DecisionKind.MERGED, survivor, 90, object=PersonId(absorbed), at=at, **more)


def settled(known, *, tenant=TENANT, **how):
    """Return what follows for everybody, by number or place."""
    return {each.who: each for each in settle(known, tenant, NOW, **how).people}


def addresses(known, *, tenant=TENANT, **how):
    """Return the central address of everybody who lasts, in the order of the numbers."""
    found = settled(known, tenant=tenant, **how)
    return [found[number].central for number in sorted(known.people) if number in found]


def told(known, tenant=TENANT):
    """Return kind and facts of all conflicts, in their order."""
    return [(each.kind, each.facts) for each in settle(known, tenant, NOW).conflicts]


# Whose word counts


@pytest.mark.rule("MAIL-4a")
def test_a_removed_place_has_a_say_until_its_grace_is_over():
    """On the last day it still keeps the others from being unanimous; on the next it votes no more."""
    jan = account(1, central=X)
    present = place(key("A"), person=jan.id, email=Y)

    def with_gone(days):
        gone = place(key("B"), person=jan.id, email=X, since=TODAY - 100 * DAY, gone=TODAY - GRACE + days)
        return addresses(world(jan, present, gone))

    assert with_gone(DAY) == [X]
    assert with_gone(0 * DAY) == [Y]


@pytest.mark.rule("MAIL-3b")
def test_what_a_removed_place_states_is_no_conflict():
    """It keeps the address from moving, and there is nobody who could mend it."""
    jan = account(1, central=X)
    gone = place(key("B"), person=jan.id, email=Y, name=OLA, since=TODAY - DAY, gone=TODAY)

    assert told(world(jan, place(key("A"), person=jan.id, email=X), gone)) == []


@pytest.mark.rule("MAIL-4a")
@pytest.mark.parametrize(
    ("ended", "since", "moves"),
    [(X, -DAY, False), (X, 0 * DAY, True), (X, DAY, True), (Y, -DAY, True), (None, -DAY, True)],
)
def test_an_address_moves_only_if_it_was_stated_since_another_claim_ended(ended, since, moves):
    """On the day of the ending at the earliest; an ending moves nothing, unless it stated the same or none."""
    jan, gone_on = account(1, central=X), TODAY - 50 * DAY
    gone = place(key("B"), person=jan.id, email=ended, since=TODAY - 100 * DAY, gone=gone_on)
    present = place(key("A"), person=jan.id, email=Y, since=TODAY - 90 * DAY, email_since=gone_on + since)

    assert addresses(world(jan, present, gone)) == [Y if moves else X]


@pytest.mark.rule("MAIL-4a")
def test_of_several_spellings_of_an_address_the_least_keys_counts():
    """Records that state one mailbox agree; a holder's spelling stays as it was given."""
    spelt = [a.address("Jan@example.com"), a.address("JAN@example.com")]
    places = [place(key(school), email=each) for school, each in zip("AB", spelt, strict=True)]
    new = settle(world(*places), TENANT, NOW).people

    assert {each.central.spelling for each in new} == {"Jan@example.com"}

    jan = account(1, central=a.address("jan@Example.com"))
    kept = addresses(world(jan, *(evolve(each, person=jan.id) for each in places)))
    assert [each.spelling for each in kept] == [jan.central.spelling]


@pytest.mark.rule("ROLE-2a")
def test_a_given_role_says_nothing_of_the_person():
    """Neither name nor address come from it, and it disagrees with nobody."""
    jan = account(1, central=X, phone=PHONE)
    given = PlaceKey(RecordKey(RosterKey("A", PLATFORM, GIVEN_ROLES), "1"), Role.TEACHER)
    lent = place(given, person=jan.id, name=OLA, email=Y, phone=OTHER_PHONE)
    own = place(key("A"), person=jan.id, email=X, phone=PHONE)

    (found,) = settle(world(jan, own, lent), TENANT, NOW).people

    assert (found.name, found.central, found.phone) == (JAN, X, PHONE)


@pytest.mark.rule("MAIL-9a")
def test_what_cannot_be_used_has_no_vote_and_stays_with_whoever_has_it():
    """Nobody moves to it; where it is central that is said once, and so is what a record states of it."""
    jan = account(1, central=X)
    known = world(jan, place(key("A"), person=jan.id, email=Y), unusable=[Y.mailbox])
    assert addresses(known) == [X]
    assert told(known) == [
        (ConflictKind.ADDRESS_UNSTATED, ("x•••@example.com",)),
        (ConflictKind.ADDRESS_UNUSABLE, ("y•••@example.com",)),
    ]

    known = world(jan, place(key("A"), person=jan.id), unusable=[X.mailbox])
    assert addresses(known) == [X]
    assert told(known) == [
        (ConflictKind.ADDRESS_UNSTATED, ("x•••@example.com",)),
        (ConflictKind.ADDRESS_UNUSABLE, ("x•••@example.com",)),
    ]

    (new,) = settle(world(place(key("A"), email=Y), unusable=[Y.mailbox]), TENANT, NOW).people
    assert (new.name, new.central) == (JAN, None)


@pytest.mark.rule("ID-4c")
def test_who_lasts_unopened_was_given_nothing_yet():
    """Name and address follow from the claims until the account opens, whatever is written under the number."""
    named = account(1, state=State.UNOPENED, opened_at=None, name=OLA, central=X, phone=PHONE)

    (found,) = settle(world(named, place(key("A"), person=named.id, email=Y)), TENANT, NOW).people

    assert (found.person, found.opens, found.name, found.central, found.phone) == (None, True, JAN, Y, None)


@pytest.mark.rule("ID-4c")
def test_who_lasts_unopened_and_stands_nowhere_has_no_name_and_does_not_open():
    """Nothing is known of them but the decision that names them."""
    (found,) = settle(world(account(1, state=State.UNOPENED, opened_at=None)), TENANT, NOW).people

    assert (found.who, found.name, found.opens, found.lacks) == (1, PersonName("", ""), False, ())


@pytest.mark.rule("ID-4c")
def test_an_open_account_lacks_nothing():
    """Whatever was needed to open it, and although nothing of that is there any more."""
    tenant = evolve(TENANT, settings=PROFILES["uonet"])
    jan, at = account(1), key("A", role=Role.STUDENT)

    assert settled(world(jan, place(at, person=jan.id)), tenant=tenant)[1].lacks == ()
    assert settled(world(place(at)), tenant=tenant)[at].lacks == (Lack.NATIONAL_ID, Lack.EMAIL)


@pytest.mark.rule("ID-4a")
def test_what_is_lacking_is_told_for_the_least_place_of_those_that_ask_least():
    """A teacher and a student lack one thing each: the first of the two in the order of the places is told."""
    tenant = evolve(TENANT, settings=PROFILES["opolska"])
    guardian, teacher = place(key("A", role=Role.GUARDIAN), email=X), place(key("B"), email=X)

    (found,) = settle(world(guardian, teacher), tenant, NOW).people
    assert found.lacks == (Lack.APPLICATION,)
    assert not found.opens


@pytest.mark.rule("ID-6e")
def test_former_ids_stay_former_and_whoever_states_one_is_told():
    """A school that still has the wrong id in its record hears of it, once a school."""
    jan = account(1, ids=(a.national_id(1),), former_ids=(a.national_id(2),))
    places = [place(key(school), person=jan.id, ids=(a.national_id(2),)) for school in "BA"]

    (found,) = settle(world(jan, *places), TENANT, NOW).people

    assert (found.ids, found.former_ids) == ((a.national_id(1),), (a.national_id(2),))
    assert told(world(jan, *places)) == [(ConflictKind.FORMER_ID_STATED, ("A", "B"))]


# The telephone number


@pytest.mark.rule("PHONE-1b")
@pytest.mark.parametrize(
    ("before", "stated", "by_owner", "role", "expected"),
    [
        (PHONE, (OTHER_PHONE, OTHER_PHONE), None, Role.TEACHER, OTHER_PHONE),
        (PHONE, (OTHER_PHONE, PHONE), None, Role.TEACHER, PHONE),
        (PHONE, (None, None), None, Role.TEACHER, PHONE),
        (None, (OTHER_PHONE, PHONE), None, Role.TEACHER, OTHER_PHONE),
        (PHONE, (PHONE, PHONE), OTHER_PHONE, Role.TEACHER, OTHER_PHONE),
        (None, (PHONE, PHONE), OTHER_PHONE, Role.TEACHER, OTHER_PHONE),
        (PHONE, (OTHER_PHONE, OTHER_PHONE), None, Role.SECRETARY, PHONE),
        (None, (OTHER_PHONE, OTHER_PHONE), None, Role.SECRETARY, OTHER_PHONE),
    ],
)
def test_a_number_is_the_owners_choice_or_what_all_claims_agree_on(before, stated, by_owner, role, expected):
    """Else it stays; above homeroom teacher no record moves it."""
    jan = account(1, phone=before)
    places = [
        place(key(school, role=role), person=jan.id, phone=each) for school, each in zip("AB", stated, strict=True)
    ]
    choice = [] if by_owner is None else [decided(DecisionKind.PHONE_CHOSEN, 1, value=Secret(by_owner.e164))]

    assert settled(world(jan, *places, decisions=choice))[1].phone == expected


# Merged accounts


@pytest.mark.rule("ID-7c")
@pytest.mark.parametrize(
    ("own", "choices", "expected"),
    [
        (Y, {2: X}, Y),
        (X, {2: X}, X),
        (None, {2: X}, X),
        (Y, {1: Y, 2: X}, Y),
        (None, {1: Z, 2: X}, Z),
        (None, {}, X),
        (None, {3: Z}, Z),
        (None, {2: X, 3: Z}, X),
    ],
)
def test_what_was_chosen_under_an_absorbed_account_counts_where_the_survivor_had_none(own, choices, expected):
    """The survivor's own choice and address come first; of several absorbed accounts the least number's choice."""
    people = [account(1, central=own), account(2, central=X, state=State.MERGED), account(3, state=State.MERGED)]
    decisions = [chosen(number, address) for number, address in choices.items()]
    decisions += [merged(1, 2), evolve(merged(1, 3), id=91)]

    assert settled(world(*people, decisions=decisions))[1].central == expected


@pytest.mark.rule("ID-7d")
@pytest.mark.parametrize(
    ("age", "withdrawn", "kept"),
    [(timedelta(), None, True), (OPEN.merge_undo - DAY, None, True), (OPEN.merge_undo, None, False)],
)
def test_the_address_of_an_absorbed_account_is_nobodys_until_the_merge_is_final(age, withdrawn, kept):
    """A stranger who states it waits; later it is the stranger's, and the absorbed account has it no more."""
    survivor, absorbed = account(1, central=Y), account(2, central=X, sharing=True, state=State.MERGED)
    stranger = account(3, name=OLA)
    known = world(
        *(survivor, absorbed, stranger, place(key("A"), name=OLA, person=stranger.id, email=X)),
        decisions=[merged(1, 2, at=NOW - age, withdrawn_at=withdrawn)],
    )
    found = settle(known, TENANT, NOW)

    assert settled(known)[3].central == (None if kept else X)
    assert found.absorbed == (absorbed if kept else evolve(absorbed, central=None, sharing=False),)


@pytest.mark.rule("ID-7d")
def test_only_a_merge_that_stands_keeps_an_address():
    """One that was undone makes nobody another, and its address is each one's own."""
    people = [account(1, central=Y), account(2, central=X)]
    stands, undone = merged(1, 2), merged(1, 2, withdrawn_at=NOW)

    assert [each.id for each in settle(world(*people, decisions=[stands]), TENANT, NOW).absorbed] == [2]
    assert settle(world(*people, decisions=[undone]), TENANT, NOW).absorbed == ()
    assert addresses(world(*people, decisions=[undone])) == [Y, X]


@pytest.mark.rule("ID-7d")
def test_ids_of_an_absorbed_account_stay_its_own():
    """The survivor is known by both, and has its own."""
    one, other = account(1, ids=(a.national_id(1),)), account(2, ids=(a.national_id(2),), state=State.MERGED)

    assert settled(world(one, other, decisions=[merged(1, 2)]))[1].ids == (a.national_id(1),)


# Restrictions


def kept_apart(human, child, **more):
    """Return that somebody is kept from a child."""
    return decided(DecisionKind.RESTRICTED, human, 80, object=PersonId(child), **more)


@pytest.mark.rule("LINK-3c")
def test_a_child_leaves_what_somebody_reads_who_is_kept_from_it():
    """It is as if nobody stated it: not the record, not the account, not a choice; and the school is told."""
    father = account(1, central=X)
    child = account(2, name=OLA, central=X, ids=(a.national_id(1),))
    student = place(key("A", role=Role.STUDENT), name=OLA, person=child.id, email=X, ids=child.ids)
    parted = [kept_apart(1, 2)]
    for choices in ([], [chosen(2, X)]):
        known = world(father, child, student, decisions=[*parted, *choices])
        assert addresses(known) == [X, None]
        assert told(known)[:1] == [(ConflictKind.ADDRESS_BARRED, ("x•••@example.com · A",))]
    assert settled(known)[2].is_detached
    assert settled(known)[2].barred == {X.mailbox}

    chooses = world(father, child, student, decisions=[*parted, chosen(2, Y)])
    assert addresses(chooses) == [X, Y]


@pytest.mark.rule("LINK-3c")
def test_an_absorbed_account_brings_no_barred_address():
    """What the child had under another account is no better where the father reads it."""
    father, child = account(1, central=X), account(2, name=OLA)
    former = account(3, name=OLA, central=X, state=State.MERGED)
    other = account(4, name=OLA, central=Y, state=State.MERGED)
    merges = [merged(2, 3), evolve(merged(2, 4), id=91)]

    known = world(father, child, former, other, decisions=[kept_apart(1, 2), *merges])
    assert settled(known)[2].central == Y


@pytest.mark.rule("MAIL-5d")
def test_what_is_kept_for_somebody_ends_where_it_is_anothers_or_barred():
    """It stays for whoever left it, also while they are back at it; what has run out is gone."""
    father = account(1, central=X, activated_at=NOW, name=OLA)
    child, third = account(2, name=PersonName("Iga", "Lis")), account(3, name=PersonName("Ewa", "Lis"))
    until = NOW + DAY
    back, free = Reservation(X.mailbox, father.id, until), Reservation(Z.mailbox, third.id, until)
    barred, over = Reservation(X.mailbox, child.id, until), Reservation(Y.mailbox, third.id, NOW)
    kept = [back, free, barred, over, Reservation(X.mailbox, third.id, until)]
    known = world(father, child, third, decisions=[kept_apart(1, 2)], reservations=kept)

    assert settle(known, TENANT, NOW).reservations == {back, free}


@pytest.mark.rule("MAIL-5d")
def test_what_an_activated_account_leaves_is_kept_for_it_as_long_as_the_setting_says():
    """One that was never activated leaves it to anybody."""
    for activated_at, kept in ((NOW, True), (None, False)):
        jan = account(1, central=X, activated_at=activated_at)
        found = settle(world(jan, place(key("A"), person=jan.id, email=Y)), TENANT, NOW).reservations
        until = NOW + OPEN.freed_address_reserved
        assert found == ({Reservation(X.mailbox, jan.id, until)} if kept else frozenset())


@pytest.mark.rule("MAIL-5d")
def test_a_reservation_that_has_run_out_keeps_nobody_away():
    """Until its instant nobody gets the address; from then on whoever states it does."""
    stranger = account(1)
    for until, expected in ((NOW + DAY, None), (NOW, X)):
        kept = Reservation(X.mailbox, PersonId(9), until)
        known = world(stranger, place(key("A"), person=stranger.id, email=X), reservations=[kept])
        assert addresses(known) == [expected]


# Sharing


@pytest.mark.rule("MAIL-5b")
@pytest.mark.rule("MAIL-5f")
def test_who_shares_is_told_so_and_separating_leaves_it_to_one():
    """Mother and child share, a stranger does not; separated it stays with the one whom the address prefers."""
    mother, child, stranger = account(1, central=X), account(2, name=OLA, central=X), account(3, central=Y)
    family = [
        place(key("A", role=Role.STUDENT), name=OLA, person=child.id),
        evolve(place(key("A", role=Role.GUARDIAN), person=mother.id), key=key("A", role=Role.GUARDIAN, who="m")),
    ]
    known = world(mother, child, stranger, *family)

    together = settled(known, tenant=SHARING)
    assert [together[each].sharing for each in (1, 2, 3)] == [True, True, False]
    assert addresses(known, tenant=SHARING) == [X, X, Y]
    assert addresses(known, tenant=SHARING, separating=True) == [X, None, Y]


@pytest.mark.rule("MAIL-5b")
def test_a_child_joins_the_address_of_its_household_and_no_stranger_does():
    """Where sharing is forbidden nobody joins; where it is allowed those do whom an open link joins."""
    mother, child, stranger = account(1, central=X), account(2, name=OLA), account(3, name=PersonName("Ewa", "Lis"))
    known = world(
        *(mother, child, stranger),
        place(key("A", role=Role.STUDENT), name=OLA, person=child.id, email=X),
        evolve(place(key("A", role=Role.GUARDIAN), person=mother.id), key=key("A", role=Role.GUARDIAN, who="m")),
        place(key("B", role=Role.STUDENT), name=stranger.name, person=stranger.id, email=X),
    )

    assert addresses(known) == [X, None, None]
    assert addresses(known, tenant=SHARING) == [X, X, None]


@pytest.mark.rule("MAIL-5f")
def test_of_equals_who_are_separated_the_one_with_the_least_place_keeps_the_address():
    """No claim states it any more, and neither was ever activated."""
    one, other = account(1, central=X), account(2, central=X, name=OLA)
    known = world(one, other, place(key("B"), person=one.id), place(key("A"), person=other.id, name=OLA))
    assert addresses(known, separating=True) == [None, X]

    kept = evolve(known, reservations=frozenset({Reservation(X.mailbox, one.id, NOW + DAY)}))
    assert addresses(kept, separating=True) == [X, None]


@pytest.mark.rule("SYNC-4b")
def test_of_those_who_stand_nowhere_the_least_number_keeps_an_address():
    """In whatever order they are found."""
    people = [account(1, central=X), account(2, central=X, name=OLA)]

    assert addresses(world(*people), separating=True) == [X, None]
    assert addresses(world(*reversed(people)), separating=True) == [X, None]


@pytest.mark.rule("MAIL-5c")
def test_who_stood_somewhere_however_long_ago_comes_before_who_never_did():
    """Both are dormant, and share what none of them needs any more."""
    one, other = account(1, central=X), account(2, central=X, name=OLA)
    gone = place(key("A"), person=other.id, name=OLA, since=TODAY - 400 * DAY, gone=TODAY - 300 * DAY)

    assert addresses(world(one, other, gone), separating=True) == [None, X]


@pytest.mark.rule("MAIL-5c")
def test_staff_come_before_students_whatever_the_order_of_their_places():
    """Both state the address, and neither has one."""
    student, teacher = account(1), account(2, name=OLA)
    known = world(
        *(student, teacher),
        place(key("A", role=Role.STUDENT), person=student.id, email=X),
        place(key("B"), person=teacher.id, name=OLA, email=X),
    )

    assert addresses(known) == [None, X]


# What is told


def fact(text):
    """Return what is shown of an address, which the first letter of *text* names, and of the school that states it."""
    return text and f"{text[0]}•••@example.com" + (f" · {text[1]}" if text[1:] else "")


@pytest.mark.rule("MAIL-3b")
@pytest.mark.parametrize(
    ("central", "stated", "choice", "role", "expected"),
    [
        (X, (Y, X), None, Role.TEACHER, ("address-conflict", "x", "yA")),
        (X, (Y, Y), X, Role.TEACHER, ("address-conflict", "x", "yA", "yB")),
        (X, (Y, Y), None, Role.SECRETARY, ("address-conflict", "x", "yA", "yB")),
        (X, (Y, Z), None, Role.TEACHER, ("address-conflict", "x", "yA", "zB")),
        (X, (None, None), None, Role.TEACHER, ("address-unstated", "x")),
        (X, (X, None), None, Role.TEACHER, None),
        (X, (Z, Z), None, Role.TEACHER, ("address-taken", "x", "zA", "zB")),
        (None, (Z, None), None, Role.TEACHER, ("address-taken", "", "zA")),
    ],
)
def test_what_records_say_beside_the_central_address_is_told(central, stated, choice, role, expected):
    """As a conflict, as refused where another has it, or as stated by nobody; masked, with the schools."""
    jan, holder = account(1, central=central), account(2, name=OLA, central=Z)
    places = [
        place(key(school, role=role), person=jan.id, email=each) for school, each in zip("AB", stated, strict=True)
    ]
    held = place(key("C"), name=OLA, person=holder.id, email=Z)
    known = world(jan, holder, held, *places, decisions=[chosen(1, choice)] if choice else [])

    assert told(known) == ([(expected[0], tuple(map(fact, expected[1:])))] if expected else [])
    assert addresses(known)[0] == central


@pytest.mark.rule("MAIL-4b")
@pytest.mark.parametrize(
    ("choice", "stated", "role", "asked"),
    [
        (X, (Y, Y), Role.TEACHER, Y),
        (X, (X, X), Role.TEACHER, None),
        (X, (Y, X), Role.TEACHER, None),
        (X, (Y, Y), Role.SECRETARY, None),
        (None, (Y, Y), Role.TEACHER, None),
    ],
)
def test_the_owner_is_asked_about_an_address_that_all_records_state_beside_the_chosen_one(choice, stated, role, asked):
    """Not where nothing was chosen, where they disagree, or where the address is the owner's alone."""
    jan = account(1, central=X)
    places = [
        place(key(school, role=role), person=jan.id, email=each) for school, each in zip("AB", stated, strict=True)
    ]

    found = settled(world(jan, *places, decisions=[chosen(1, choice)] if choice else []))[1]

    assert found.asks_confirmation == asked


@pytest.mark.rule("LINK-4")
@pytest.mark.parametrize(
    ("role", "when", "born", "expected"),
    [
        (Role.STUDENT, WhenOfAge.STAY, None, []),
        (Role.STUDENT, WhenOfAge.END, None, [(ConflictKind.BIRTH_DATE_UNKNOWN, ())]),
        (Role.STUDENT, WhenOfAge.END, TODAY - 4000 * DAY, []),
        (Role.TEACHER, WhenOfAge.END, None, []),
    ],
)
def test_a_student_whose_age_decides_links_and_is_unknown_is_told(role, when, born, expected):
    """Nobody else's birth date is asked for, and nowhere where links stay."""
    tenant = evolve(TENANT, settings=evolve(OPEN, links_when_of_age=when))

    assert told(world(place(key("A", role=role), birth_date=born)), tenant) == expected


@pytest.mark.rule("ROLE-3b")
def test_a_correction_that_the_source_does_not_say_yet_is_told_while_the_record_is_there():
    """With the field; where the record is gone there is nobody to tell."""
    jan = account(1)
    correction = decided(DecisionKind.CORRECTED, 1, value=Correction(key("A"), Field.PHONE, PHONE.e164).written())
    here = place(key("A"), person=jan.id)

    assert told(world(jan, here, decisions=[correction])) == [(ConflictKind.CORRECTED_HERE, ("phone",))]
    assert told(world(jan, evolve(here, gone=TODAY), decisions=[correction])) == []


@pytest.mark.rule("ID-6d")
def test_conflicts_are_told_by_kind_then_place_then_the_other_place():
    """Whatever their facts say: the phone that Jan shares at B comes before the address that he shares at C."""
    at = [key(school) for school in "ABC"]
    people = [account(number) for number in (1, 2, 3)]
    places = [
        place(at[0], person=people[0].id, email=X, phone=PHONE),
        place(at[1], person=people[1].id, phone=PHONE),
        place(at[2], person=people[2].id, email=X),
    ]

    assert settle(world(*people, *places), TENANT, NOW).conflicts == (
        OpenConflict(ConflictKind.ADDRESS_TAKEN, at[2], None, ("", "x•••@example.com · C")),
        OpenConflict(ConflictKind.POSSIBLE_DUPLICATE, at[0], at[1], ("same-name-and-phone",)),
        OpenConflict(ConflictKind.POSSIBLE_DUPLICATE, at[0], at[2], ("same-name-and-address",)),
    )


@pytest.mark.rule("SYNC-4b")
def test_people_are_settled_by_their_least_places_and_then_whoever_stands_nowhere_by_number():
    """Whoever has no account yet is told by the place."""
    people = [account(number, name=PersonName(f"Jan {number}", "Lis")) for number in (7, 2, 5)]
    known = world(*people, place(key("B"), person=PersonId(5), name=people[2].name), place(key("C"), name=OLA))

    assert [each.who for each in settle(known, TENANT, NOW).people] == [5, key("C"), 2, 7]


@pytest.mark.rule("ID-6b")
def test_a_place_that_is_held_as_the_second_of_its_record_stays_bound():
    """What differs from the world comes in the order of the keys, bound to whoever it is, or to whoever opens now."""
    jan = account(1)
    first, second, new = key("A", role=Role.TEACHER, who="a"), key("A", role=Role.TEACHER, who="b"), key("C")
    places = [evolve(place(each, person=jan.id), key=each) for each in (second, first)]
    known = world(jan, *places, place(new, name=OLA))

    changed = bound(settle(known, TENANT, NOW), {new: PersonId(2)}, known)

    assert [(each.key, each.person, each.hold) for each in changed] == [
        (second, 1, Hold.TWICE_IN_RECORD),
        (new, 2, None),
    ]
