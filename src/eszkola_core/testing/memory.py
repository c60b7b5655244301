"""
Storage in memory: small enough to read, and held to the same contract as the real ones.

It is what tests of rules run on, and what other adapters are compared with.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING

from eszkola_core.domain.hidden import Fingerprint
from eszkola_core.errors import InvalidValue
from eszkola_core.memory import MemoryUnit, State
from eszkola_core.ports.storage import Unit

if TYPE_CHECKING:
    from eszkola_core.ports.storage import Storage


class MemoryStorage:
    """
    A `Storage` that forgets everything when the process ends; one thread writes at a time.

    ``digest_keys`` are the numbers of its digest keys, the newest last: add one, and digests are by that from then on;
    take one away, and what it made is recognised no more (LAW-5b).
    """

    def __init__(self, tenant: str = "memory") -> None:
        self.digest_keys = [1]
        self._tenant = tenant.encode()
        self._state = State()
        self._turn = RLock()

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Open a unit that writes."""
        with self._turn:
            draft = self._state.copied()
            yield MemoryUnit(draft)
            self._state = draft

    @contextmanager
    def snapshot(self) -> Iterator[Unit]:
        """Open a unit that only looks."""
        yield MemoryUnit(self._state.copied())

    def fingerprint(self, data: bytes, *, context: str) -> bytes:
        """Return a keyed digest; the key is the tenant's name, which is enough for a memory that nobody shares."""
        return self._digest(self.digest_keys[-1], data, context)

    @property
    def fingerprints(self) -> Sequence[Fingerprint]:
        """The keyed digests that are recognised."""
        return tuple(partial(self._digest, number) for number in reversed(self.digest_keys))

    def pseudonym(self, text: str) -> str:
        """Return what stands for a text."""
        data = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(data, digest_size=16, key=self._key("pseudonym")).hexdigest()

    def seal(self, data: bytes, *, context: str) -> bytes:
        """Return *data* behind a seal; whoever reads the sources can break it, but nothing leaves the memory."""
        mac = hmac.digest(self._key(context), data, "sha256")
        return mac + self._masked(data, mac, context)

    def opened(self, sealed: bytes, *, context: str) -> bytes:
        """Return what was sealed."""
        mac, data = sealed[:32], self._masked(sealed[32:], sealed[:32], context)
        if not hmac.compare_digest(mac, hmac.digest(self._key(context), data, "sha256")):
            raise InvalidValue("this was not sealed here, or for another purpose", code="wrong-seal")
        return data

    def _digest(self, number: int, data: bytes, context: str) -> bytes:
        return hashlib.blake2b(data, digest_size=16, key=self._key(context), salt=number.to_bytes(16)).digest()

    def _masked(self, data: bytes, mac: bytes, context: str) -> bytes:
        stream = hashlib.shake_256(self._key(context) + mac).digest(len(data))
        return bytes(a ^ b for a, b in zip(data, stream, strict=True))

    def _key(self, context: str) -> bytes:
        return hashlib.sha256(self._tenant + b"\x00" + context.encode()).digest()


if TYPE_CHECKING:
    _kept: type[Storage] = MemoryStorage

__all__ = ["MemoryStorage", "MemoryUnit"]
