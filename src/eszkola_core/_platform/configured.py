"""A platform as a configuration file describes it: each adapter by its name, loaded when it is first needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any

from eszkola_core import _plugins as plugins
from eszkola_core._platform.lazily import lazily
from eszkola_core._platform.platform import Platform
from eszkola_core.configuration import FILE, Adapter, Config, find, load
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.administration import StorageAdministration
from eszkola_core.ports.events import EventSubscriber
from eszkola_core.ports.gradebook import GradebookSource
from eszkola_core.ports.letters import LetterRenderer
from eszkola_core.ports.messages import EmailCourier, MessageRenderer
from eszkola_core.ports.passwords import PasswordHasher
from eszkola_core.ports.system import Clock, Secrets
from eszkola_core.ports.telemetry import Observer
from eszkola_core.ports.text_messages import SmsCourier


class ConfiguredPlatform(Platform):
    """A platform whose adapters are the plug-ins that ``config`` names."""

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock | None = None,
        secrets: Secrets | None = None,
        hasher: PasswordHasher | None = None,
        observer: Observer | None = None,
    ) -> None:
        super().__init__(config.tenant, clock=clock, secrets=secrets, hasher=hasher, observer=observer)
        self.config = config
        self._named = {
            "storage": config.storage,
            "email": config.email,
            "sms": config.sms,
            "renderer": config.texts,
            "letters": config.letters,
            "gradebook": config.gradebook,
        }

    @lazily
    def administration(self) -> StorageAdministration:
        """Who looks after the storage."""
        tenant = self.tenant.key
        made: StorageAdministration = self._made("storage", plugins.STORAGE, self.config.storage, tenant=tenant)
        return made

    @lazily
    def gradebook(self) -> GradebookSource:
        """What reads rosters."""
        made: GradebookSource = self._made("gradebook", plugins.GRADEBOOK, self.config.gradebook)
        return made

    @lazily
    def renderer(self) -> MessageRenderer:
        """What words messages."""
        made: MessageRenderer = self._made("texts", plugins.RENDERER, self.config.texts)
        return made

    @lazily
    def letters(self) -> LetterRenderer:
        """What sets letters and lists in type."""
        made: LetterRenderer = self._made("letters", plugins.LETTERS, self.config.letters)
        return made

    @lazily
    def email(self) -> EmailCourier:
        """What takes e-mails away."""
        made: EmailCourier = self._made("email", plugins.EMAIL, self.config.email, sender=self.config.sender)
        return made

    @lazily
    def sms(self) -> SmsCourier:
        """What takes text messages away."""
        made: SmsCourier = self._made("sms", plugins.SMS, self.config.sms)
        return made

    @lazily
    def subscribers(self) -> Mapping[str, EventSubscriber]:
        """What hands events to the services that subscribed, by their names."""
        return {
            name: self._made(f"events.{name}", plugins.EVENTS, adapter) for name, adapter in self.config.events.items()
        }

    def _made(self, table: str, group: str, adapter: Adapter, **more: object) -> Any:  # noqa: ANN401 - the group says
        """Return what the plug-in that a table names makes of its options."""
        with _table(table):
            return plugins.load(group, adapter.name)(adapter.options, base=self.config.base, **more)

    def has(self, adapter: str) -> bool:
        """Return whether there is an *adapter* of that name: each has a plug-in that is taken where none is named."""
        return adapter == "administration" or adapter in self._named

    def called(self, adapter: str) -> str:
        """Return what the *adapter* is called in the configuration."""
        return repr(self._named[adapter].name)


def from_config(
    path: str | PathLike[str] = ".",
    *,
    clock: Clock | None = None,
    secrets: Secrets | None = None,
    hasher: PasswordHasher | None = None,
    observer: Observer | None = None,
) -> ConfiguredPlatform:
    """
    Return the platform that the configuration at *path* describes: a file, or the folder that has an `eszkola.toml`.

    The file is read and checked here; an adapter is loaded when it is first needed, and the storage opened.

    Raises:
        InvalidValue: there is no such file, or it has a mistake; the text names the key and the remedy.
    """
    config = load(find(Path(path)))
    return ConfiguredPlatform(config, clock=clock, secrets=secrets, hasher=hasher, observer=observer)


@contextmanager
def _table(name: str) -> Iterator[None]:
    """Say in which table of the configuration an adapter found something wrong."""
    try:
        yield
    except InvalidValue as wrong:
        raise InvalidValue(f"{FILE}, table [{name}]: {wrong}", code=wrong.code) from None
