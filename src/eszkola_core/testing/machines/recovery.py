"""First access and recovery, in whatever order links are asked for, used, and left lying (ACCESS-4, ACCESS-6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, rule

from eszkola_core._usecases.recover_access import Completed, NotCompleted, RecoverAccess
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.doubles import Compromised, CountingHasher, CountingSecrets
from eszkola_core.testing.machines._mailbox import Mailbox
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.region import Region


class RecoveryMachine(RuleBasedStateMachine):
    """
    One account, and the links that come to its mailbox.

    A link sets a password once, while it is the newest and has not expired; a password that is refused spends nothing.
    """

    fresh_storage: ClassVar[Callable[[], Storage]] = MemoryStorage
    links = Bundle("links")

    @initialize()
    def begin(self) -> None:
        """Open a tenant with one student in it."""
        self.region = Region("open", storage=type(self).fresh_storage())
        self.region.choose(requests_here=20, requests_anywhere=50)
        self.region.take("A/1: s Ala 1 ala")
        world = (self.region.storage, self.region.tenant, self.region.clock)
        self.recovering = RecoverAccess(*world, CountingSecrets("links"), CountingHasher(), Compromised(()))
        self.mailbox = Mailbox(self.region)
        self.newest: str | None = None
        self.until = self.region.clock.now()
        self.number = 0

    @rule(target=links)
    def ask(self) -> object:
        """Ask for a link: the newest is the only one that works."""
        self.mailbox.links()
        self.recovering.request("ala@example.com")
        self.recovering.answer_waiting()
        links = self.mailbox.links()
        if not links:
            return multiple()
        self.newest = links[-1]
        settings = self.region.tenant.settings
        lifetime = settings.password_reset_lifetime if self.number else settings.first_access_lifetime
        self.until = self.region.clock.now() + lifetime
        return links[-1]

    @rule(link=links, good=st.booleans())
    def use(self, link: str, *, good: bool) -> None:
        """Use some link that ever came, with a good password or one that is refused."""
        works = link == self.newest and self.region.clock.now() < self.until
        outcome = self.recovering.complete(link, f"Zielony-Domek-{self.number:04}" if good else "x")
        assert isinstance(outcome, Completed if works and good else NotCompleted)
        if works and good:
            self.newest, self.number = None, self.number + 1

    @rule(hours=st.sampled_from([1, 23, 24, 24 * 14]))
    def wait(self, hours: int) -> None:
        """Let hours pass."""
        self.region.clock.advance(timedelta(hours=hours))
