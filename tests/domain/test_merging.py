"""What a merge writes, and what each of two accounts has after it was undone (ID-7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import Happening, PersonId, State
from eszkola_core.domain.claims import Decision, DecisionKind
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.merging import merge, parted
from eszkola_core.testing.contracts.storage import samples as a

OLA, JAN = a.address("Ola@Example.com"), a.address("jan@example.com")
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
    one, other = a.person(1, central=OLA), a.person(2, central=JAN)

    assert merged(one, other) == (
        Decision(
            kind=DecisionKind.MERGED,
            subject=PersonId(1),
            object=PersonId(2),
            address=JAN,
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
    one, other = a.person(1), a.person(2, central=JAN, sharing=sharing)
    decision, survivor, absorbed = merged(one, other)

    assert decision.value == Secret("")
    assert survivor == evolve(one, central=JAN, sharing=sharing, revision=1)
    assert absorbed == evolve(other.after(Happening.MERGED), central=None, sharing=False)


def test_somebody_without_an_account_takes_no_address():
    """Nor is there one to take from who has none."""
    unopened = a.person(1, state=State.UNOPENED, opened_at=None)

    assert merged(unopened, a.person(2, central=JAN))[1:] == (
        unopened,
        a.person(2, central=JAN).after(Happening.MERGED),
    )
    assert merged(a.person(1), a.person(2))[1] == a.person(1)


@pytest.mark.rule("ID-7f")
def test_after_an_undoing_each_has_their_own_address():
    """What the survivor took goes back, with whoever shares it; two who had the same one share it."""
    survivor, absorbed = back(a.person(1, central=OLA, sharing=True), a.person(2, central=JAN))
    assert (survivor.central, survivor.sharing) == (OLA, True)
    assert (absorbed.central, absorbed.sharing) == (JAN, False)

    survivor, absorbed = back(a.person(1), a.person(2, central=JAN, sharing=True))
    assert (survivor.central, survivor.sharing) == (None, False)
    assert (absorbed.central, absorbed.sharing) == (JAN, False)

    survivor, absorbed = back(a.person(1, central=OLA, sharing=True), a.person(2, central=OLA, sharing=True))
    assert (survivor.central, survivor.sharing) == (OLA, True)
    assert (absorbed.central, absorbed.sharing) == (OLA, True)

    survivor, absorbed = back(a.person(1, central=OLA), a.person(2))
    assert (survivor.central, absorbed.central) == (OLA, None)


@pytest.mark.rule("ID-7f")
def test_an_address_that_somebody_else_has_by_now_is_given_back_to_share_or_not_at_all():
    """Whoever shares it lets others in; whoever has it alone keeps it."""
    one, other = a.person(1, central=OLA), a.person(2, central=JAN)

    for sharing, found in ((True, (JAN, True)), (False, (JAN, False))):
        _, absorbed = back(one, other, a.person(3, central=JAN, sharing=sharing))
        assert (absorbed.central, absorbed.sharing) == found


@pytest.mark.rule("ID-7f")
def test_an_address_that_somebody_else_took_meanwhile_stays_theirs():
    """The survivor keeps what it took, and the absorbed account comes back without one."""
    decision, survivor, absorbed = merged(a.person(1), a.person(2, central=JAN))
    taken = a.person(3, central=JAN)

    survivor, absorbed = parted(survivor, absorbed, decision, (survivor, taken))
    assert (survivor.central, absorbed.central) == (JAN, None)


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
        locked = former.locked(a.lock(why="lost"))
        survivor, _ = back(locked, a.person(2))
        assert survivor == evolve(locked, lock=evolve(locked.lock, former=after), revision=locked.revision + 1)
