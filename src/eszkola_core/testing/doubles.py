"""
Doubles: adapters that do exactly what a test tells them, and keep what they were told.

They stand beside `MemoryStorage` and pass the contracts of their ports, but for those that are made to fail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from attrs import define, field

from eszkola_core._defaults import CHEAPEST_FOR_TESTS, Argon2Hasher
from eszkola_core.domain.days import aware
from eszkola_core.domain.emails import Outcome, Receipt, RenderedEmail
from eszkola_core.domain.hidden import Fingerprint, Secret
from eszkola_core.domain.messages import Message
from eszkola_core.domain.names import fold
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import Unavailable
from eszkola_core.ports.storage import Storage, Unit

if TYPE_CHECKING:
    from eszkola_core.ports.messages import EmailCourier, MessageRenderer
    from eszkola_core.ports.pages import Pages
    from eszkola_core.ports.passwords import CompromisedPasswords
    from eszkola_core.ports.system import Clock, Secrets

T = TypeVar("T")


class FrozenClock:
    """A `Clock` that stands still until it is told to advance."""

    def __init__(self, at: datetime) -> None:
        self._at = aware(at)

    def now(self) -> datetime:
        """Return the instant at which the clock stands."""
        return self._at

    def advance(self, by: timedelta) -> datetime:
        """Move on, and return the new present; a clock is never set back."""
        if by < timedelta():
            raise ValueError("a clock that is set back shows a test what no rule promises; advance it")
        self._at += by
        return self._at


class CountingSecrets:
    """`Secrets` that count: no two answers of 16 bytes or more are alike, and a second run gives the same ones."""

    def __init__(self, seed: str = "") -> None:
        self._seed = seed.encode()
        self._given = 0
        self._turn = Lock()

    def token_bytes(self, count: int) -> bytes:
        """Return the next *count* bytes."""
        with self._turn:
            self._given += 1
            number = self._given
        return hashlib.shake_256(self._seed + number.to_bytes(8)).digest(count)

    def below(self, limit: int) -> int:
        """Return the next number from 0 up to but not *limit*."""
        if limit < 1:
            raise ValueError("there is no number below 1 to choose")
        return int.from_bytes(self.token_bytes(16)) % limit


@define
class MemoryCourier:
    """An `EmailCourier` that keeps what it was given."""

    sent: list[RenderedEmail] = field(factory=list)

    def send(self, emails: Sequence[RenderedEmail]) -> Iterable[Receipt]:
        """Keep *emails*, one receipt each."""
        for email in emails:
            self.sent.append(email)
            yield Receipt(email.reference, Outcome.SENT)


@define
class FailingCourier:
    """
    An `EmailCourier` that fails as it is told, and keeps what it was given in spite of that.

    ``outcomes`` says what becomes of e-mails to an address, `Outcome.SENT` where nothing is said; ``unavailable`` makes
    it raise, once ``after`` e-mails have gone.
    """

    outcomes: dict[str, Outcome] = field(factory=dict, repr=False)
    unavailable: bool = False
    after: int = 0
    sent: list[RenderedEmail] = field(factory=list)

    def send(self, emails: Sequence[RenderedEmail]) -> Iterable[Receipt]:
        """Yield what was ordered."""
        for number, email in enumerate(emails):
            if self.unavailable and number >= self.after:
                raise Unavailable("the post office is closed", code="closed", retry_after=timedelta(minutes=1))
            outcome = self.outcomes.get(email.to, Outcome.SENT)
            if outcome is Outcome.SENT:
                self.sent.append(email)
            yield Receipt(email.reference, outcome, "" if outcome is Outcome.SENT else "as-ordered")


class MemoryPages:
    """`Pages` that forget everything when the process ends; those of one *shelf* are the same pages."""

    def __init__(
        self, shelf: dict[int, bytes] | None = None, *, turn: Lock | None = None, patience: float = 10
    ) -> None:
        self.shelf = {} if shelf is None else shelf
        self._turn = turn or Lock()
        self._adding = Lock()
        self._patience = patience

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Be the only writer."""
        if not self._turn.acquire(timeout=self._patience):
            raise Unavailable("somebody else writes, and does not come to an end", code="no-turn")
        try:
            yield
        finally:
            self._turn.release()

    def after(self, number: int) -> Iterable[tuple[int, bytes]]:
        """Yield the pages above *number*."""
        return [(each, page) for each, page in sorted(self.shelf.items()) if each > number]

    def add(self, number: int, page: bytes) -> bool:
        """Keep a page above the newest."""
        with self._adding:
            if number <= max(self.shelf, default=0):
                return False
            self.shelf[number] = page
            return True

    def drop(self, below: int) -> None:
        """Take away the pages below a number, but for the newest."""
        with self._adding:
            newest = max(self.shelf, default=0)
            for number in [each for each in self.shelf if each < min(below, newest)]:
                del self.shelf[number]

    def close(self) -> None:
        """Hold nothing."""


class PlainRenderer:
    """A `MessageRenderer` that writes down what it was given: the kind, then each field on a line of its own."""

    def email(self, message: Message, tenant: Tenant) -> RenderedEmail:
        """Return *message* as a plain e-mail."""
        lines = [f"{name}: {_on_one_line(value)}" for name, value in sorted(message.data.items())]
        return RenderedEmail(
            reference=message.key,
            to=message.to.spelling,
            subject=_on_one_line(f"{message.kind} ({message.locale}, {tenant.name})"),
            text="\n".join([message.locale, *lines, ""]),
            locale=message.locale,
        )


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


class Compromised:
    """`CompromisedPasswords` of a given set."""

    def __init__(self, passwords: Iterable[str] = ()) -> None:
        self._folded = frozenset(map(fold, passwords))

    def contains(self, prepared: Secret) -> bool:
        """Return whether *prepared* is one of them, in whatever case and with or without marks."""
        return fold(prepared.reveal()) in self._folded


class CountingHasher(Argon2Hasher):
    """An Argon2 hasher of the cheapest profile that counts its work (ACCESS-2: equal hash count)."""

    def __init__(self) -> None:
        super().__init__(CHEAPEST_FOR_TESTS)
        self.work = 0

    def hash(self, prepared: Secret) -> str:
        """Return a new encoding."""
        self.work += 1
        return super().hash(prepared)

    def verify(self, encoded: str, prepared: Secret) -> bool:
        """Return whether *prepared* is the password behind *encoded*."""
        self.work += 1
        return super().verify(encoded, prepared)


_PARTS: Final = tuple(name for name, each in vars(Unit).items() if isinstance(each, property))


class RecordingStorage:
    """
    A `Storage` that notes every call before it passes it on.

    ``trace`` holds pairs such as ``("tokens", "spend")``, and ``("storage", "unit")`` where one opens; arguments are
    left out, so that two traces are equal when the same work was done for different people (ACCESS-2).
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.trace: list[tuple[str, str]] = []

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Open a unit that writes."""
        self.trace.append(("storage", "unit"))
        with self._storage.unit() as unit:
            yield self._recorded(unit)

    @contextmanager
    def snapshot(self) -> Iterator[Unit]:
        """Open a unit that only looks."""
        self.trace.append(("storage", "snapshot"))
        with self._storage.snapshot() as unit:
            yield self._recorded(unit)

    def fingerprint(self, data: bytes, *, context: str) -> bytes:
        """Return what stands for *data*."""
        self.trace.append(("storage", "fingerprint"))
        return self._storage.fingerprint(data, context=context)

    @property
    def fingerprints(self) -> Sequence[Fingerprint]:
        """The keyed digests that are recognised."""
        self.trace.append(("storage", "fingerprints"))
        return self._storage.fingerprints

    def pseudonym(self, text: str) -> str:
        """Return what stands for a text."""
        self.trace.append(("storage", "pseudonym"))
        return self._storage.pseudonym(text)

    def seal(self, data: bytes, *, context: str) -> bytes:
        """Return *data* encrypted."""
        self.trace.append(("storage", "seal"))
        return self._storage.seal(data, context=context)

    def opened(self, sealed: bytes, *, context: str) -> bytes:
        """Return what was sealed."""
        self.trace.append(("storage", "opened"))
        return self._storage.opened(sealed, context=context)

    def _recorded(self, unit: Unit) -> Unit:
        return cast("Unit", _Recorded({name: _Part(name, getattr(unit, name), self.trace) for name in _PARTS}))


class Killed(BaseException):
    """The process is no more: nothing that it would still do happens."""


class _Life(list[tuple[str, str]]):
    """The calls that were made, as long as there may be more."""

    def __init__(self, lives: int) -> None:
        super().__init__()
        self._lives = lives

    def append(self, call: tuple[str, str]) -> None:
        """Note a call, or die of it."""
        if len(self) >= self._lives:
            raise Killed
        super().append(call)


class MortalStorage(RecordingStorage):
    """
    A `Storage` of a process that is killed once it has made so many calls: the next one, and each after it, is none.

    The end of a unit that writes is a call too. What other ports give, such as the clock, counts where they are made
    mortal as well (SYNC-5).
    """

    def __init__(self, storage: Storage, lives: int) -> None:
        super().__init__(storage)
        self.trace = _Life(lives)

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Open a unit that writes, if its end is lived to see."""
        with super().unit() as unit:
            yield unit
            self.trace.append(("storage", "kept"))

    def mortal(self, name: str, port: T) -> T:
        """Return another port of the same process."""
        return cast("T", _Part(name, port, self.trace))


class _Recorded:
    """A unit whose parts note their calls."""

    def __init__(self, parts: dict[str, _Part]) -> None:
        vars(self).update(parts)


class _Part:
    """One part of a unit that notes its calls."""

    def __init__(self, name: str, part: object, trace: list[tuple[str, str]]) -> None:
        self._name = name
        self._part = part
        self._trace = trace

    def __getattr__(self, method: str) -> Any:  # noqa: ANN401 - whatever the part has
        found = getattr(self._part, method)
        if not isinstance(found, (MethodType, FunctionType)):
            return found

        def call(*args: object, **named: object) -> Any:  # noqa: ANN401 - the same
            self._trace.append((self._name, method))
            return found(*args, **named)

        return call


if TYPE_CHECKING:
    _clock: type[Clock] = FrozenClock
    _secrets: type[Secrets] = CountingSecrets
    _courier: type[EmailCourier] = MemoryCourier
    _failing: type[EmailCourier] = FailingCourier
    _pages: type[Pages] = MemoryPages
    _renderer: type[MessageRenderer] = PlainRenderer
    _compromised: type[CompromisedPasswords] = Compromised
    _storage: type[Storage] = RecordingStorage
    _mortal: type[Storage] = MortalStorage
