"""What is said of somebody with two accounts is what the door does, merged and parted again (WHY-2, ID-7)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core._usecases.merge_people import Merged, MergePeople, Parted
from eszkola_core._usecases.recover_access import Completed
from eszkola_core._usecases.sign_in import SignedIn
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.causes import CauseCode
from eszkola_core.domain.merging import MergePlan
from eszkola_core.domain.permissions import Actor
from eszkola_core.testing.doubles import CountingSecrets

CONSOLE = Actor.console("console:test")
LOGINS = ("jan.lis", "jan.lis2")
ADDRESSES = ("jan", "janek")


class Father:
    """Somebody with two accounts, the passwords that he has set for each, and what can happen to them."""

    def __init__(self, region, number):
        self.region = region
        self.lines = (f"A/1: s Ala 1 ala, g Jan {number} jan", "B/1: s Ola 2 ola, g Jan - janek")
        region.take(*self.lines)
        self.accounts = [region.person(login).id for login in LOGINS]
        self.merging = MergePeople(region.storage, region.tenant, region.clock, CountingSecrets("merging"))
        self.merged = None
        self.passwords: dict[PersonId, str] = {}
        self.count = 0

    def go(self, deed, which):
        """Let one thing happen to one of the accounts, or to both."""
        getattr(self, deed)(which)

    def enters(self, which):
        """He sets a password by the link that comes to an address, if one does."""
        links = [each.token for each in self.region.asks(f"{ADDRESSES[which]}@example.com") if "link" in each.data]
        for link in links[:1]:
            self.count += 1
            password = f"Zielony-Domek-{self.count:04}"
            done = self.region.access.complete(link, password)
            if isinstance(done, Completed):
                self.passwords[self.region.person(done.login).id] = password

    def lock(self, which):
        """Somebody locks an account."""
        self.region.locking.lock(CONSOLE, self.accounts[which], why="a doubt")

    def unlock(self, which):
        """Somebody lifts that."""
        self.region.locking.unlock(CONSOLE, self.accounts[which])

    def leaves(self, which):
        """One of the two schools no longer names him."""
        self.region.take(self.lines[which].partition(", g")[0])

    def returns(self, which):
        """It does again."""
        self.region.take(self.lines[which])

    def waits(self, which):
        """A month passes, or two."""
        self.region.wait(days=31 * (which + 1))

    def merge(self, _which):
        """The two become one."""
        plan = self.merging.plan(CONSOLE, *self.accounts)
        if isinstance(plan, MergePlan):
            done = self.merging.merge(CONSOLE, *self.accounts, plan_id=plan.id, reason="one father")
            assert isinstance(done, Merged)
            self.merged = done

    def part(self, _which):
        """They are two again."""
        done = self.merged
        if done is not None:
            parted = self.merging.undo(CONSOLE, done.plan.survivor, done.decision, reason="father and son")
            self.merged = None if isinstance(parted, Parted) else done

    def opens(self, login, password):
        """Return whose session a password opens now, or None; whatever is written by trying is taken back."""
        storage = self.region.storage._storage  # noqa: SLF001 - a test turns time back
        before = storage._state.copied()  # noqa: SLF001
        outcome = self.region.signing_in.attempt(login, password)
        found = self.region.signing_in.person_of(outcome.key.reveal()) if isinstance(outcome, SignedIn) else None
        storage._state = before  # noqa: SLF001
        return found.id if found is not None else None


deeds = st.sampled_from(["enters", "enters", "lock", "unlock", "leaves", "returns", "waits", "merge", "merge", "part"])


@pytest.mark.rule("WHY-2")
@pytest.mark.rule("ID-7c")
@pytest.mark.rule("ID-7f")
@settings(max_examples=60, deadline=None)
@given(number=st.sampled_from(["8", "-"]), steps=st.lists(st.tuples(deeds, st.integers(0, 1)), max_size=8))
def test_what_is_said_of_either_account_is_what_the_door_does(a_region, number, steps):
    """By either login, after whatever happened; the absorbed account's own password opens nothing."""
    father = Father(a_region(), number)
    for step in steps:
        father.go(*step)
        absorbed = father.merged.plan.absorbed if father.merged is not None else None
        for login, account in zip(LOGINS, father.accounts, strict=True):
            owner = father.merged.plan.survivor if father.merged is not None else account
            diagnosis = father.region.diagnosing.of(CONSOLE, login)
            assert diagnosis.person == owner
            opened = father.opens(login, father.passwords.get(owner, "x"))
            assert opened == (None if diagnosis.blocks else owner), [each.code for each in diagnosis.causes]
            own = father.region.diagnosing.of_person(account)
            assert (CauseCode.MERGED in {each.code for each in own.causes if each.blocks}) == (account == absorbed)
            if account == absorbed:
                assert father.opens(login, father.passwords.get(account, "x")) is None


@pytest.mark.rule("WHY-1a")
@pytest.mark.rule("ID-7f")
def test_after_a_merge_was_undone_each_is_told_to_recover_access(a_region):
    """Both passwords are worth nothing until then; then both doors open, each for its own account."""
    father = Father(a_region(), "8")
    for deed, which in (("enters", 0), ("enters", 1), ("merge", 0), ("part", 0)):
        father.go(deed, which)
    for login in LOGINS:
        causes = father.region.diagnosing.of(CONSOLE, login).causes
        assert [each.code for each in causes if each.blocks] == [CauseCode.RECOVERY_REQUIRED]

    father.enters(0)
    father.enters(1)

    for login, account in zip(LOGINS, father.accounts, strict=True):
        assert not father.region.diagnosing.of(CONSOLE, login).blocks
        assert father.opens(login, father.passwords[account]) == account
