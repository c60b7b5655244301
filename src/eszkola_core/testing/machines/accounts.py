"""The life of one account: whatever is done to it, in whatever order (RULES: States; ACCESS-5, ACCESS-9, INIT-1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eszkola_core._usecases.close_dormant import CloseDormant
from eszkola_core._usecases.give_initial_credential import GiveInitialCredential, Given
from eszkola_core._usecases.lock_account import LockAccount, Locked, Unlocked
from eszkola_core._usecases.recover_access import Completed, RecoverAccess
from eszkola_core._usecases.report_disclosure import ReportDisclosure, Reported
from eszkola_core._usecases.sign_in import MustAct, SignedIn, SignIn, SignInRefused
from eszkola_core.domain.accounts import FORMER, LIFECYCLE, Happening, Person, State
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.doubles import Compromised, CountingHasher, CountingSecrets
from eszkola_core.testing.machines._mailbox import Mailbox
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.region import CONSOLE, Region

_RECORD = "A/1: s Ala 1 ala"
_BYSTANDER = "A/2: s Ola 2 ola"
_SIGNS_IN = frozenset({State.ACTIVE, State.CHANGE_DUE})


class AccountMachine(RuleBasedStateMachine):
    """
    One student's account, with a model that knows its table, its password, and whether a record names the student.

    After each step the account is in the state that `LIFECYCLE` makes of what happened (RULES: States); what was given
    to it is the same (SYNC-4c); an own password once set is never forgotten to have been set (INIT-1); its sessions are
    open while the account may be used, and over for ever once it was locked, reported or given another password
    (ACCESS-9). The right password opens a session where it should and nowhere else (ACCESS-5).
    """

    fresh_storage: ClassVar[Callable[[], Storage]] = MemoryStorage

    @initialize()
    def begin(self) -> None:
        """Open a tenant with two students in it."""
        self.region = Region("open", storage=type(self).fresh_storage())
        self.region.choose(requests_here=20, requests_anywhere=50, failures_here=20, failures_anywhere=100)
        self.region.choose(session_idle=timedelta(hours=12), session_limit=timedelta(days=30))
        self.region.choose(dormant_retention=timedelta(days=30))
        self.region.take(_RECORD, _BYSTANDER)
        self.first = self.person()
        world = (self.region.storage, self.region.tenant, self.region.clock)
        secrets, hasher = CountingSecrets("accounts"), CountingHasher()
        judging = (hasher, Compromised(()))
        self.recovering = RecoverAccess(*world, secrets, *judging)
        self.signing_in = SignIn(*world, secrets, *judging, ())
        self.giving = GiveInitialCredential(*world, secrets, hasher)
        self.locking = LockAccount(*world)
        self.reporting, self.closing = ReportDisclosure(*world), CloseDormant(*world)
        self.mailbox = Mailbox(self.region)
        self.state, self.former, self.locked_until = self.first.state, None, None
        self.is_there, self.left_on = True, self.region.today
        self.password, self.given_until, self.is_own = "", self.now, False
        self.open: list[str] = []
        self.over: list[str] = []
        self.number = 0

    state: State
    former: State | None
    locked_until: datetime | None
    is_still_locked: bool = False

    @property
    def now(self) -> datetime:
        """The instant at which the world stands."""
        return self.region.clock.now()

    def person(self) -> Person:
        """Return the student, as the account is kept."""
        return self.region.account_named("Ala").at(self.region.clock.now())

    def happen(self, happening: Happening) -> None:
        """Move the model as the table has it."""
        row, before = LIFECYCLE[self.state], self.state
        if happening not in row:
            return
        following = row[happening]
        if following is FORMER:
            following, self.former = self.former, None
        elif happening is Happening.LOCKED and before is not State.LOCKED:
            self.former = before
        elif happening is Happening.DISCLOSED and before is State.LOCKED:
            self.former = State.RECOVERY_REQUIRED
        assert following is not None
        if happening is Happening.RESTORED and self.is_still_locked:
            following, self.former = State.LOCKED, following
        self.is_still_locked = following is State.LOCKED or (following is State.CLOSED and before is State.LOCKED)
        self.state = following

    def end_sessions(self) -> None:
        """Remember that no session is open any more."""
        self.over += self.open
        self.open = []

    # the steps

    @rule(there=st.booleans())
    def import_roster(self, *, there: bool) -> None:
        """Import the roster, with the student or without."""
        if self.is_there and not there:
            # What becomes of them when the record returns is the account's affair; until then they open nothing.
            self.over, self.open, self.left_on = [], [], self.region.today
        if there and self.state is State.CLOSED:
            self.happen(Happening.RESTORED)
            self.is_own = False
        self.is_there = there
        self.region.take(*([_RECORD] if there else []), _BYSTANDER)

    @rule()
    def close_dormant(self) -> None:
        """Close whatever has rested for long enough: who comes back before that finds all as it was (ROLE-5)."""
        self.closing.run()
        if not self.is_there and (self.region.today - self.left_on).days >= 30:  # noqa: PLR2004 - what was chosen above
            self.happen(Happening.CLOSED)

    @rule()
    def give(self) -> None:
        """Make an initial credential: for whoever has never set an own password, where the table allows it."""
        given = self.giving.to(self.first.id)
        may = not self.is_own and Happening.CREDENTIAL_GIVEN in LIFECYCLE[self.state]
        assert isinstance(given, Given) == may
        if isinstance(given, Given):
            self.happen(Happening.CREDENTIAL_GIVEN)
            self.password = given.password.reveal()
            self.given_until = self.now + self.region.tenant.settings.initial_credential_lifetime

    @rule()
    def recover(self) -> None:
        """Ask for a link and set a password by it: it comes where the account may be used, and nowhere else."""
        self.mailbox.links()
        self.number += 1
        self.recovering.request("ala@example.com", source=f"home {self.number}")
        self.recovering.answer_waiting()
        links = self.mailbox.links()
        may = self.is_there and Happening.PASSWORD_SET in LIFECYCLE[self.state]
        assert bool(links) == may
        if links:
            password = self.new_password()
            assert isinstance(self.recovering.complete(links[-1], password), Completed)
            self.end_sessions()
            self.set_own(password)

    @rule(right=st.booleans(), goes_on=st.booleans())
    def sign_in(self, *, right: bool, goes_on: bool) -> None:
        """Sign in with the password or a wrong one, and change it where it was made by somebody else."""
        self.number += 1
        password = self.password if right and self.password else f"Wrong-{self.number:04}"
        outcome = self.signing_in.attempt(self.first.login, password, source=f"somewhere {self.number}")
        fresh = self.is_own or self.now < self.given_until
        may = password == self.password and fresh and self.is_there and self.state in _SIGNS_IN
        assert isinstance(outcome, SignInRefused) != may
        if isinstance(outcome, MustAct) and not self.is_own and goes_on:
            password = self.new_password()
            outcome = self.signing_in.change_password(outcome.ticket.reveal(), password)
            assert isinstance(outcome, SignedIn)
            self.set_own(password)
        if isinstance(outcome, SignedIn):
            assert self.is_own, "a password that somebody else made opened a session"
            self.open.append(outcome.key.reveal())

    @rule()
    def come_in(self) -> None:
        """Recover and sign in, one after the other: there is more to lose where a session is open."""
        self.recover()
        self.sign_in(right=True, goes_on=True)

    @rule(days=st.none() | st.integers(1, 3))
    def lock(self, days: int | None) -> None:
        """Lock the account for some days, or until somebody unlocks it."""
        until = self.now + timedelta(days=days) if days is not None else None
        done = self.locking.lock(CONSOLE, self.first.id, why="a doubt", until=until)
        assert isinstance(done, Locked) == (Happening.LOCKED in LIFECYCLE[self.state])
        if isinstance(done, Locked):
            self.happen(Happening.LOCKED)
            self.locked_until = until
            self.end_sessions()

    @rule()
    def unlock(self) -> None:
        """Lift the lock, where there is one."""
        done = self.locking.unlock(CONSOLE, self.first.id)
        assert isinstance(done, Unlocked) == (self.state is State.LOCKED)
        self.happen(Happening.UNLOCKED)

    @rule()
    def report(self) -> None:
        """Report that somebody else knows the password."""
        done = self.reporting.by_staff(CONSOLE, self.first.id, "somebody watched")
        assert isinstance(done, Reported) == (self.state is not State.CLOSED)
        self.happen(Happening.DISCLOSED)
        self.end_sessions()

    @rule(hours=st.sampled_from([1, 24, 24 * 29]))
    def wait(self, hours: int) -> None:
        """Let time pass: sessions end by it, and so do locks."""
        self.region.clock.advance(timedelta(hours=hours))
        if hours > 1:
            self.end_sessions()
        if self.is_still_locked and self.locked_until is not None and self.locked_until <= self.now:
            self.happen(Happening.UNLOCKED)
            self.is_still_locked = False

    def new_password(self) -> str:
        """Return a password that nobody has had."""
        self.number += 1
        return f"Zielony-Domek-{self.number:04}"

    def set_own(self, password: str) -> None:
        """Remember that the owner set a password."""
        self.happen(Happening.PASSWORD_SET)
        self.password, self.is_own = password, True

    # what holds

    @invariant()
    def the_state_is_what_the_table_says(self) -> None:
        """Whatever happened (RULES: States)."""
        if hasattr(self, "first"):
            assert self.person().state is self.state

    @invariant()
    def what_was_given_stays(self) -> None:
        """Number, login, platform address and opening, and that a password of the owner's own was ever set."""
        if hasattr(self, "first"):
            person = self.person()
            for name in ("id", "login", "platform_address", "ids", "central", "opened_at"):
                assert getattr(person, name) == getattr(self.first, name), name
            assert person.is_activated == self.is_own

    @invariant()
    def sessions_are_open_while_the_account_may_be_used(self) -> None:
        """Those that ended stay so, whatever happens later (ACCESS-9)."""
        if hasattr(self, "first"):
            assert all(self.signing_in.person_of(key) is not None for key in self.open)
            assert all(self.signing_in.person_of(key) is None for key in self.over)
