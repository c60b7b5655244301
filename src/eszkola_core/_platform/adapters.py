"""What a platform stands on: a tenant's adapters, handed over or taken from what ships, and missed by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import RLock
from time import perf_counter
from types import MappingProxyType
from typing import Any, Final

from eszkola_core._defaults import (
    Argon2Hasher,
    BoundedHasher,
    BuiltInCompromisedPasswords,
    SystemClock,
    SystemSecrets,
    shipped_notices,
)
from eszkola_core._platform.lazily import lazily, use_case
from eszkola_core._usecases.change_settings import ChangeSettings
from eszkola_core.domain.notices import Notice
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.administration import StorageAdministration
from eszkola_core.ports.events import EventSubscriber
from eszkola_core.ports.gradebook import GradebookSource
from eszkola_core.ports.keys import KeyKeeper
from eszkola_core.ports.letters import LetterRenderer
from eszkola_core.ports.messages import BounceReader, EmailCourier, MessageRenderer
from eszkola_core.ports.passwords import CompromisedPasswords, PasswordHasher
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock, Secrets
from eszkola_core.ports.telemetry import Observer
from eszkola_core.ports.text_messages import SmsCourier, SmsReportReader

_WANTED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "administration": "StorageAdministration",
        "storage": "Storage",
        "email": "EmailCourier",
        "sms": "SmsCourier",
        "renderer": "MessageRenderer",
        "letters": "LetterRenderer",
        "gradebook": "GradebookSource",
    }
)


class Adapters:
    """
    The adapters of one tenant.

    Only what a use case needs has to be there: one that asks for an adapter that was not handed over raises
    `InvalidValue`, which names it. ``administration`` opens the storage and closes it again; ``storage`` alone is one
    that somebody else opened. What hashes is bounded by the tenant's settings; hand over a `BoundedHasher` of your own
    to share one bound among the tenants of a process.
    """

    def __init__(  # noqa: PLR0913 - an adapter each
        self,
        tenant: Tenant,
        *,
        storage: Storage | None = None,
        administration: StorageAdministration | None = None,
        email: EmailCourier | None = None,
        sms: SmsCourier | None = None,
        renderer: MessageRenderer | None = None,
        letters: LetterRenderer | None = None,
        gradebook: GradebookSource | None = None,
        subscribers: Mapping[str, EventSubscriber] | None = None,
        clock: Clock | None = None,
        secrets: Secrets | None = None,
        hasher: PasswordHasher | None = None,
        compromised: CompromisedPasswords | None = None,
        notices: tuple[Notice, ...] | None = None,
        observer: Observer | None = None,
        timer: Callable[[], float] = perf_counter,
    ) -> None:
        self._lock = RLock()
        self.tenant = tenant
        self.observer, self.timer = observer, timer
        self.clock: Clock = clock or SystemClock()
        self.secrets: Secrets = secrets or SystemSecrets()
        self.hasher = hasher if isinstance(hasher, BoundedHasher) else _bounded(hasher or Argon2Hasher(), tenant)
        self.compromised: CompromisedPasswords = compromised or BuiltInCompromisedPasswords(tenant.words)
        self._given: Mapping[str, Any] = {
            "administration": administration,
            "storage": storage,
            "email": email,
            "sms": sms,
            "renderer": renderer,
            "letters": letters,
            "gradebook": gradebook,
            "subscribers": subscribers,
            "notices": notices,
        }

    @lazily
    def administration(self) -> StorageAdministration:
        """Who looks after the storage."""
        made: StorageAdministration = self._handed_over("administration")
        return made

    @property
    def key_keeper(self) -> KeyKeeper:
        """
        Who keeps the storage's keys.

        Raises:
            InvalidValue: the adapter has none.
        """
        keeper = self.administration
        if not isinstance(keeper, KeyKeeper):
            raise InvalidValue(f"the storage adapter {self.called('storage')} keeps no keys", code="keeps-no-keys")
        return keeper

    @lazily
    def storage(self) -> Storage:
        """
        The open storage.

        Raises:
            InvalidValue: the tenant's settings take something from people, and nobody planned that.
        """
        self.change_settings.check()
        return self.unchecked_storage

    @lazily
    def unchecked_storage(self) -> Storage:
        """The open storage, for whoever plans what the settings change."""
        if self._given["storage"] is None and self.has("administration"):
            return self.administration.open()
        made: Storage = self._handed_over("storage")
        return made

    # The one use case that works while the settings are not planned yet.
    change_settings = use_case(lambda p: ChangeSettings(p.unchecked_storage, p.tenant, p.clock, p.secrets))

    @lazily
    def gradebook(self) -> GradebookSource:
        """What reads rosters."""
        made: GradebookSource = self._handed_over("gradebook")
        return made

    @lazily
    def renderer(self) -> MessageRenderer:
        """What words messages."""
        made: MessageRenderer = self._handed_over("renderer")
        return made

    @lazily
    def letters(self) -> LetterRenderer:
        """What sets letters and lists in type."""
        made: LetterRenderer = self._handed_over("letters")
        return made

    @lazily
    def email(self) -> EmailCourier:
        """What takes e-mails away."""
        made: EmailCourier = self._handed_over("email")
        return made

    @property
    def bounces(self) -> BounceReader:
        """
        What reads what came back: whoever takes e-mails away.

        Raises:
            InvalidValue: the adapter reads nothing.
        """
        courier = self.email
        if not isinstance(courier, BounceReader):
            name = self.called("email")
            raise InvalidValue(f"the e-mail adapter {name} cannot read what comes back", code="reads-no-bounces")
        return courier

    @lazily
    def sms(self) -> SmsCourier:
        """What takes text messages away."""
        made: SmsCourier = self._handed_over("sms")
        return made

    @property
    def sms_reports(self) -> SmsReportReader:
        """
        What reads a gateway's callbacks: whoever takes text messages away.

        Raises:
            InvalidValue: the adapter reads none.
        """
        courier = self.sms
        if not isinstance(courier, SmsReportReader):
            name = self.called("sms")
            raise InvalidValue(f"the adapter {name} for text messages gets no callbacks", code="reads-no-reports")
        return courier

    @lazily
    def subscribers(self) -> Mapping[str, EventSubscriber]:
        """What hands events to the services that subscribed, by their names."""
        given: Mapping[str, EventSubscriber] | None = self._given["subscribers"]
        return given or {}

    @lazily
    def notices(self) -> tuple[Notice, ...]:
        """What people acknowledge: what ships, unless the tenant brings its own."""
        given: tuple[Notice, ...] | None = self._given["notices"]
        return shipped_notices() if given is None else given

    def has(self, adapter: str) -> bool:
        """Return whether there is an *adapter* of that name."""
        return self._given[adapter] is not None

    def called(self, adapter: str) -> str:
        """Return what the *adapter* is called, for whoever has to mend something."""
        return type(getattr(self, "administration" if adapter == "storage" else adapter)).__name__

    def close(self) -> None:
        """Let go of everything that was opened; nothing of the platform may be used any more."""
        if "administration" in self.__dict__:
            self.administration.close()

    def _handed_over(self, name: str) -> Any:  # noqa: ANN401 - an adapter of any kind
        given = self._given[name]
        if given is None:
            either = "administration=… or storage" if name == "storage" else name
            raise InvalidValue(
                f"this needs a {_WANTED[name]}, and the platform was given none: write Platform(…, {either}=…)",
                code="adapter-missing",
            )
        return given


def _bounded(hasher: PasswordHasher, tenant: Tenant) -> BoundedHasher:
    """Return *hasher* within the bounds of the tenant's settings (CRED-10)."""
    settings = tenant.settings
    return BoundedHasher(
        hasher, at_once=settings.hashes_at_once, waiting=settings.hashes_waiting, retry_after=settings.busy_pause
    )
