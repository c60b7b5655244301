"""What a merge writes, and what each of two accounts has after it was undone (ID-7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import Happening, PersonId, State
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import Decision, DecisionKind
from eszkola_core.domain.duplicates import Group
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.kept_apart import Apart
from eszkola_core.domain.merging import MergeRefused, children_met_anew, merge, parted, refused, survivor_first
from eszkola_core.testing.contracts.storage import samples as a

OLAS, JANS = a.address("Ola@Example.com"), a.address("jan@example.com")
LATER = a.NOW + timedelta(days=1)


def merged(survivor, absorbed):
    """Return what a merge writes."""
    return merge(survivor, absorbed, author="anna.lis", reason="one mother", at=LATER)


def back(survivor, absorbed, *holders):
    """Return both as they are after a merge and its undoing."""
    decision, survivor, absorbed = merged(survivor, absorbed)
    return parted(survivor, absorbed, decision, (survivor, absorbed, *holders))


@pytest.mark.rule("ID-7f")
def test_a_merge_is_one_decision_with_both_addresses():
    """The absorbed account's openly, so that it is found; the survivor's as the value that only an undoing reads."""
    one, other = a.person(1, central=OLAS), a.person(2, central=JANS)

    assert merged(one, other) == (
        Decision(
            kind=DecisionKind.MERGED,
            subject=PersonId(1),
            object=PersonId(2),
            address=JANS,
            value=Secret("ola@example.com"),
            author="anna.lis",
            reason="one mother",
            at=LATER,
        ),
        one,
        other.after(Happening.MERGED),
    )


@pytest.mark.rule("ID-7a")
@pytest.mark.parametrize("sharing", [True, False])
def test_a_survivor_without_an_address_takes_the_others(sharing):
    """With the household that shares it; the decision says that the survivor had none."""
    one, other = a.person(1), a.person(2, central=JANS, sharing=sharing)
    decision, survivor, absorbed = merged(one, other)

    assert decision.value == Secret("")
    assert survivor == evolve(one, central=JANS, sharing=sharing, revision=1)
    assert absorbed == evolve(other.after(Happening.MERGED), central=None, sharing=False)


def test_somebody_without_an_account_takes_no_address():
    """Nor is there one to take from who has none."""
    unopened = a.person(1, state=State.UNOPENED, opened_at=None)

    assert merged(unopened, a.person(2, central=JANS))[1:] == (
        unopened,
        a.person(2, central=JANS).after(Happening.MERGED),
    )
    assert merged(a.person(1), a.person(2))[1] == a.person(1)


@pytest.mark.rule("ID-7f")
def test_after_an_undoing_each_has_their_own_address():
    """What the survivor took goes back, with whoever shares it; two who had the same one share it."""
    survivor, absorbed = back(a.person(1, central=OLAS, sharing=True), a.person(2, central=JANS))
    assert (survivor.central, survivor.sharing) == (OLAS, True)
    assert (absorbed.central, absorbed.sharing) == (JANS, False)

    survivor, absorbed = back(a.person(1), a.person(2, central=JANS, sharing=True))
    assert (survivor.central, survivor.sharing) == (None, False)
    assert (absorbed.central, absorbed.sharing) == (JANS, False)

    survivor, absorbed = back(a.person(1, central=OLAS, sharing=True), a.person(2, central=OLAS, sharing=True))
    assert (survivor.central, survivor.sharing) == (OLAS, True)
    assert (absorbed.central, absorbed.sharing) == (OLAS, True)

    survivor, absorbed = back(a.person(1, central=OLAS), a.person(2))
    assert (survivor.central, absorbed.central) == (OLAS, None)


@pytest.mark.rule("ID-7f")
def test_an_address_that_somebody_else_has_by_now_is_given_back_to_share_or_not_at_all():
    """Whoever shares it lets others in; whoever has it alone keeps it."""
    one, other = a.person(1, central=OLAS), a.person(2, central=JANS)

    for sharing, found in ((True, (JANS, True)), (False, (JANS, False))):
        _, absorbed = back(one, other, a.person(3, central=JANS, sharing=sharing))
        assert (absorbed.central, absorbed.sharing) == found


@pytest.mark.rule("ID-7f")
def test_an_address_that_somebody_else_took_meanwhile_stays_theirs():
    """The survivor keeps what it took, and the absorbed account comes back without one."""
    decision, survivor, absorbed = merged(a.person(1), a.person(2, central=JANS))
    taken = a.person(3, central=JANS)

    survivor, absorbed = parted(survivor, absorbed, decision, (survivor, taken))
    assert (survivor.central, absorbed.central) == (JANS, None)


@pytest.mark.rule("ID-7f")
@pytest.mark.parametrize("activated_at", [a.NOW, None])
def test_an_absorbed_account_comes_back_as_far_as_it_was_used(activated_at):
    """Who had a password of their own recovers access; who never had one gets the first access anew."""
    state = State.AWAITING if activated_at is None else State.ACTIVE
    _, absorbed = back(a.person(1), a.person(2, state=state, activated_at=activated_at))
    assert absorbed.state is (State.AWAITING if activated_at is None else State.RECOVERY_REQUIRED)

    _, absorbed = back(a.person(1), a.person(2, state=State.UNOPENED, opened_at=None))
    assert absorbed.state is State.UNOPENED


@pytest.mark.rule("ID-7f")
@pytest.mark.parametrize(
    ("state", "activated_at", "after"),
    [
        (State.ACTIVE, a.NOW, State.RECOVERY_REQUIRED),
        (State.CHANGE_DUE, a.NOW, State.RECOVERY_REQUIRED),
        (State.CHANGE_DUE, None, State.AWAITING),
        (State.RECOVERY_REQUIRED, a.NOW, State.RECOVERY_REQUIRED),
        (State.RECOVERY_REQUIRED, None, State.RECOVERY_REQUIRED),
        (State.AWAITING, None, State.AWAITING),
        (State.CLOSED, a.NOW, State.CLOSED),
    ],
)
def test_the_survivors_password_opens_nothing_after_an_undoing(state, activated_at, after):
    """Under a lock it is the same once the lock ends; either way the account has changed once."""
    former = a.person(1, state=state, activated_at=activated_at)
    survivor, _ = back(former, a.person(2))
    assert survivor == evolve(former, state=after, revision=1)

    if state is not State.CLOSED:
        locked = former.locked(a.lock())
        survivor, _ = back(locked, a.person(2))
        assert survivor == evolve(locked, lock=a.lock(former=after), revision=locked.revision + 1)


def groups(*people, **ids):
    """Return what recognition makes of people whose places are given; ids by the name of the place."""
    return [Group(who, tuple(places), ids.get(f"of_{who}", ())) for who, *places in people]


def place(record, who="", **more):
    """Return a place of a record: the student's, or with *who* a guardian's."""
    return a.place(who, key=a.record(record), **more)


NOBODY_APART = Apart()


@pytest.mark.rule("ID-7b")
def test_two_accounts_stay_two_for_the_first_reason_that_holds():
    """One account, a shut one, called distinct, kept apart, proven two, or named in one record."""
    one, other = a.person(1, ids=(a.national_id(1),)), a.person(2)
    apart = {pair: Apart(known={pair: ()}) for pair in ((one.id, other.id), (other.id, one.id), (one.id, PersonId(3)))}
    distinct = Aliases.of([a.decision(1, kind=DecisionKind.DISTINCT, object=other.id)])
    nobody = Aliases.of([])
    apart_places = groups(
        (PersonId(3), place("9", "x")),
        (one.id, place("1", "x")),
        (other.id, place("2", "x"), place("1", "y", gone=a.TODAY)),
    )
    two_ids = groups((one.id, place("1")), (other.id, place("2")), of_1=(a.national_id(1),), of_2=(a.national_id(2),))
    in_one = groups((one.id, place("1", "x")), (other.id, place("1", "y")))

    assert refused(one, other, apart_places, nobody, NOBODY_APART) is None
    assert refused(one, other, [], nobody, apart[one.id, PersonId(3)]) is None
    assert refused(one, one, in_one, nobody, NOBODY_APART) is MergeRefused.SAME_PERSON
    for state in State:
        found = refused(one, a.person(2, state=state), apart_places, nobody, NOBODY_APART)
        shut = state in {State.CLOSED, State.ERASED, State.MERGED}
        assert found is (MergeRefused.ACCOUNT_SHUT if shut else None)
    assert refused(one, other, apart_places, distinct, NOBODY_APART) is MergeRefused.CALLED_DISTINCT
    for pair in ((one.id, other.id), (other.id, one.id)):
        assert refused(one, other, two_ids, nobody, apart[pair]) is MergeRefused.KEPT_APART
    assert refused(one, other, two_ids, nobody, NOBODY_APART) is MergeRefused.DIFFERENT_IDS
    assert refused(one, other, in_one, nobody, NOBODY_APART) is MergeRefused.ONE_RECORD


@pytest.mark.rule("ID-7c")
def test_who_stays_is_whose_account_is_worth_more():
    """An opened one before all, then an id, then an own password, then the older one, then the lesser number."""
    least = a.person(9, opened_at=LATER)
    better = [
        evolve(least, id=PersonId(8)),
        evolve(least, opened_at=a.NOW),
        evolve(least, activated_at=LATER),
        evolve(least, ids=(a.national_id(1),)),
    ]
    in_order = [evolve(least, id=PersonId(10), opened_at=None, ids=(a.national_id(1),)), least, *better]
    for number, lesser in enumerate(in_order):
        for greater in in_order[number + 1 :]:
            assert survivor_first(lesser, greater) == survivor_first(greater, lesser) == (greater, lesser)


MUM, AUNT, OLA, IDA, DAD, KID, UNCLE = map(PersonId, range(1, 8))
UNKNOWN = place("3").key
FAMILY = (
    (MUM, place("1", "mum")),
    (AUNT, place("2", "aunt"), place("3", "aunt")),
    (OLA, place("1")),
    (IDA, place("2")),
    (UNKNOWN, place("3")),
    (DAD, place("4", "dad")),
    (KID, place("4")),
)


def _apart(kept):
    """Return that these are kept apart."""
    return Apart(known=dict.fromkeys(kept, ()))


def met(pair, kept, **ids):
    """Return who meets anew a guardian, in a family of whom *kept* are kept apart."""
    return children_met_anew(pair, groups(*FAMILY, **ids), _apart(kept))


@pytest.mark.rule("LINK-3b")
def test_a_child_whom_somebody_is_kept_from_meets_no_new_guardian_by_a_merge():
    """Whichever of the two it knew: the other one may be who is kept away, unless ids prove another."""
    for kept in ([(DAD, OLA)], [(DAD, IDA)], [(DAD, OLA), (DAD, IDA)]):
        assert met((MUM, AUNT), kept) == {child for _, child in kept}
    assert met((MUM, AUNT), [(DAD, UNKNOWN)]) == frozenset()
    assert met((MUM, AUNT), []) == frozenset()
    assert met((MUM, AUNT), [(UNCLE, KID), (DAD, MUM), (DAD, AUNT)]) == frozenset()
    assert met((MUM, DAD), [(AUNT, OLA), (AUNT, IDA), (AUNT, KID)]) == {OLA, KID}
    assert met((MUM, AUNT), [(DAD, OLA)], of_5=(a.national_id(5),), of_1=(a.national_id(1),)) == frozenset()
    proven = {"of_5": (a.national_id(5),), "of_2": (a.national_id(2),)}
    assert met((MUM, AUNT), [(DAD, OLA)], **proven) == frozenset()
    assert met((MUM, AUNT), [(DAD, OLA), (UNCLE, OLA)], **proven) == {OLA}


@pytest.mark.rule("LINK-3b")
def test_two_children_who_become_one_have_the_guardians_of_both():
    """Each guardian is judged by their own ids."""
    assert met((OLA, IDA), [(DAD, OLA)]) == {OLA}
    assert met((OLA, IDA), [(DAD, IDA)]) == {IDA}
    assert met((OLA, IDA), [(DAD, OLA)], of_2=(a.national_id(2),), of_5=(a.national_id(5),)) == frozenset()
    assert met((OLA, IDA), [(DAD, OLA)], of_1=(a.national_id(2),), of_5=(a.national_id(5),)) == {OLA}


@pytest.mark.rule("LINK-3b")
def test_who_meets_already_meets_nobody_anew():
    """And only places that stand and are applied let anybody meet."""
    kept = [(DAD, OLA)]
    both = groups((MUM, place("1", "mum")), (AUNT, place("1", "aunt")), (OLA, place("1")))
    assert children_met_anew((MUM, AUNT), both, _apart(kept)) == frozenset()
    for more in ({"gone": a.TODAY}, {"accepted": None, "pending": a.claims()}):
        family = groups((MUM, place("1", "mum", **more)), (AUNT, place("2", "aunt")), (OLA, place("1")))
        assert children_met_anew((MUM, AUNT), family, _apart(kept)) == frozenset()
        family = groups((MUM, place("1", "mum")), (AUNT, place("2", "aunt")), (OLA, place("1", **more)))
        assert children_met_anew((MUM, AUNT), family, _apart(kept)) == frozenset()
