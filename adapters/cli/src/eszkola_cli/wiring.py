"""Puts the use cases together from the adapters that a configuration names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from eszkola_cli.config import FILE, Config
from eszkola_core import plugins
from eszkola_core.defaults import (
    Argon2Hasher,
    BuiltInCompromisedPasswords,
    SystemClock,
    SystemSecrets,
    shipped_notices,
)
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.administration import StorageAdministration
from eszkola_core.ports.gradebook import GradebookSource
from eszkola_core.ports.messages import EmailCourier, MessageRenderer
from eszkola_core.ports.passwords import CompromisedPasswords, PasswordHasher
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock, Secrets
from eszkola_core.usecases.acknowledge_notices import AcknowledgeNotices
from eszkola_core.usecases.change_address import ChangeAddress
from eszkola_core.usecases.check_readiness import CheckReadiness
from eszkola_core.usecases.deliver_messages import DeliverMessages
from eszkola_core.usecases.import_rosters import ImportRosters
from eszkola_core.usecases.recover_access import RecoverAccess
from eszkola_core.usecases.remind_of_expiry import RemindOfExpiry
from eszkola_core.usecases.see_children import SeeChildren
from eszkola_core.usecases.see_roles import SeeRoles
from eszkola_core.usecases.sign_in import SignIn


class House:
    """
    One tenant's platform, ready to use; each part is made when it is first needed.

    Tests and the demonstration give it another clock, other secrets, or another hasher.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock | None = None,
        secrets: Secrets | None = None,
        hasher: PasswordHasher | None = None,
    ) -> None:
        self.config = config
        self.tenant = config.tenant
        self.clock: Clock = clock or SystemClock()
        self.secrets: Secrets = secrets or SystemSecrets()
        self.hasher: PasswordHasher = hasher or Argon2Hasher()
        self.compromised: CompromisedPasswords = BuiltInCompromisedPasswords()

    @cached_property
    def administration(self) -> StorageAdministration:
        """Who looks after the storage."""
        adapter = self.config.storage
        with _table("storage"):
            factory = plugins.load(plugins.STORAGE, adapter.name)
            made: StorageAdministration = factory(adapter.options, base=self.config.base, tenant=self.tenant.key)
        return made

    @cached_property
    def storage(self) -> Storage:
        """The open storage."""
        return self.administration.open()

    @cached_property
    def gradebook(self) -> GradebookSource:
        """What reads rosters."""
        adapter = self.config.gradebook
        with _table("gradebook"):
            made: GradebookSource = plugins.load(plugins.GRADEBOOK, adapter.name)(adapter.options)
        return made

    @cached_property
    def renderer(self) -> MessageRenderer:
        """What words messages."""
        adapter = self.config.texts
        with _table("texts"):
            made: MessageRenderer = plugins.load(plugins.RENDERER, adapter.name)(adapter.options, base=self.config.base)
        return made

    @cached_property
    def courier(self) -> EmailCourier:
        """What takes e-mails away."""
        adapter = self.config.email
        with _table("email"):
            factory = plugins.load(plugins.EMAIL, adapter.name)
            made: EmailCourier = factory(adapter.options, base=self.config.base, sender=self.config.sender)
        return made

    @property
    def import_rosters(self) -> ImportRosters:
        """The use case of that name."""
        return ImportRosters(self.storage, self.tenant, self.clock, self.secrets)

    @property
    def recover_access(self) -> RecoverAccess:
        """The use case of that name."""
        return RecoverAccess(self.storage, self.tenant, self.clock, self.secrets, self.hasher, self.compromised)

    @property
    def sign_in(self) -> SignIn:
        """The use case of that name."""
        judging = self.hasher, self.compromised
        return SignIn(self.storage, self.tenant, self.clock, self.secrets, *judging, shipped_notices())

    @property
    def acknowledge_notices(self) -> AcknowledgeNotices:
        """The use case of that name."""
        return AcknowledgeNotices(self.storage, self.tenant, self.clock, shipped_notices())

    @property
    def change_address(self) -> ChangeAddress:
        """The use case of that name."""
        return ChangeAddress(self.storage, self.tenant, self.clock, self.secrets, self.hasher)

    @property
    def see_children(self) -> SeeChildren:
        """The use case of that name."""
        return SeeChildren(self.storage, self.tenant, self.clock)

    @property
    def see_roles(self) -> SeeRoles:
        """The use case of that name."""
        return SeeRoles(self.storage, self.tenant, self.clock)

    @property
    def check_readiness(self) -> CheckReadiness:
        """The use case of that name."""
        return CheckReadiness(self.storage, self.tenant, self.clock)

    @property
    def deliver_messages(self) -> DeliverMessages:
        """The use case of that name."""
        return DeliverMessages(self.storage, self.tenant, self.clock, self.renderer, self.courier)

    @property
    def remind_of_expiry(self) -> RemindOfExpiry:
        """The use case of that name."""
        return RemindOfExpiry(self.storage, self.tenant, self.clock)

    def close(self) -> None:
        """Let go of everything that was opened."""
        if "administration" in self.__dict__:
            self.administration.close()


@contextmanager
def _table(name: str) -> Iterator[None]:
    """Say in which table of the configuration an adapter found something wrong."""
    try:
        yield
    except InvalidValue as wrong:
        raise InvalidValue(f"{FILE}, table [{name}]: {wrong}", code=wrong.code) from None
