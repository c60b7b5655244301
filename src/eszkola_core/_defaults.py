"""
What an installation takes unless it brings its own: clock, secrets, Argon2, common passwords, and notices.

Heavy imports wait until they are used, so that this module costs next to nothing.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import pbkdf2_hmac, sha256, shake_256
from hmac import compare_digest
from threading import Event, Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from attrs import frozen

from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.names import fold
from eszkola_core.domain.notices import Notice, NoticeKind
from eszkola_core.errors import BrokenPromise, InvalidValue, Unavailable
from eszkola_core.ports.passwords import BUSY

if TYPE_CHECKING:
    from eszkola_core.ports.passwords import CompromisedPasswords, PasswordHasher
    from eszkola_core.ports.system import Clock, Secrets


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC)


class SystemSecrets:
    """The randomness of the operating system."""

    def token_bytes(self, count: int) -> bytes:
        """Return *count* random bytes."""
        from secrets import token_bytes  # noqa: PLC0415 - brings `random` with it, which few programs need

        return token_bytes(count)

    def below(self, limit: int) -> int:
        """Return a random number from 0 up to but not *limit*."""
        from secrets import randbelow  # noqa: PLC0415 - as above

        return randbelow(limit)


@frozen(kw_only=True)
class Argon2Profile:
    """How much work one password is worth from a day on (CRED-8); ``memory_kib`` is taken for each hash at work."""

    name: str
    first_day: date
    time_cost: int
    memory_kib: int
    parallelism: int
    salt_bytes: int = 16
    hash_bytes: int = 32


PROFILE_2026: Final = Argon2Profile(
    name="PROFILE_2026",
    first_day=date(2026, 1, 1),
    time_cost=2,
    memory_kib=47104,
    parallelism=1,
)
"""
Argon2id with 46 MiB and two passes, 0.1 s on one core: twice the least that OWASP ASVS 5.0 (appendix C) accepts.

One lane and not the four of RFC 9106: a server has other sign-ins for its other cores, and memory is what it runs out
of when a whole school signs in at eight.
"""

CHEAPEST_FOR_TESTS: Final = Argon2Profile(
    name="CHEAPEST_FOR_TESTS",
    first_day=date(1970, 1, 1),
    time_cost=1,
    memory_kib=8,
    parallelism=1,
)
"""Only for tests: protects nobody."""

# What a sign-in can afford of somebody else's choice: some seconds of work and a quarter of a gibibyte.
_MOST_MEMORY_KIB: Final = 256 * 1024
_MOST_ARGON2_WORK: Final = 16 * _MOST_MEMORY_KIB
_MOST_LANES: Final = 64
_MOST_PBKDF2_ROUNDS: Final = 5_000_000
_MOST_BCRYPT_COST: Final = 15

_LEAST_SALT_BYTES: Final = 8
_LEAST_HASH_BYTES: Final = 4
_BCRYPT_BYTES: Final = 72
_DIGEST_BYTES: Final[Mapping[str, int]] = MappingProxyType({"sha1": 20, "sha256": 32, "sha512": 64})


class Argon2Hasher:
    """
    Hashes with Argon2id, and verifies what other systems hashed until its owner next signs in (CRED-8).

    Beside Argon2 in PHC form these are known: Django's ``pbkdf2_sha256``, ``pbkdf2_sha1``, ``bcrypt``,
    ``bcrypt_sha256`` and ``argon2``; bcrypt as ``$2a$``, ``$2b$`` and ``$2y$``; and passlib's ``$pbkdf2$``,
    ``$pbkdf2-sha256$`` and ``$pbkdf2-sha512$``.
    """

    def __init__(self, profile: Argon2Profile = PROFILE_2026) -> None:
        """
        Hash with *profile* from now on.

        Raises:
            InvalidValue: the profile asks for less than Argon2 can do, or for more than `verify` accepts.
        """
        self.profile = profile
        # A fixed text for a fixed profile: 256 bits of it would have to come out by chance for a password to match.
        self.decoy = self._opening + "$".join(
            _unpadded(shake_256(f"decoy {part} {profile.name}".encode()).digest(size))
            for part, size in (("salt", profile.salt_bytes), ("hash", profile.hash_bytes))
        )
        try:
            _scheme(self.decoy)
        except BrokenPromise:
            raise InvalidValue(
                f"{profile.name}: take at least one pass, 8 KiB for each lane, 8 bytes of salt and 4 of hash; "
                f"at most {_MOST_LANES} lanes and {_MOST_MEMORY_KIB} KiB, 16 times over",
                code="unusable-profile",
            ) from None

    @property
    def _opening(self) -> str:
        cost = self.profile
        return f"$argon2id$v=19$m={cost.memory_kib},t={cost.time_cost},p={cost.parallelism}$"

    def hash(self, prepared: Secret) -> str:
        """Return a new encoding of *prepared*, by the present profile."""
        from argon2 import PasswordHasher as Argon2  # noqa: PLC0415 - costs 25 ms, and only some programs hash

        return Argon2(
            time_cost=self.profile.time_cost,
            memory_cost=self.profile.memory_kib,
            parallelism=self.profile.parallelism,
            hash_len=self.profile.hash_bytes,
            salt_len=self.profile.salt_bytes,
        ).hash(prepared.reveal())

    def verify(self, encoded: str, prepared: Secret) -> bool:
        """
        Return whether *prepared* is the password behind *encoded*.

        Raises:
            BrokenPromise: *encoded* is unknown, damaged, or too costly to verify.
        """
        return _scheme(encoded)(prepared.reveal().encode())

    def needs_rehash(self, encoded: str) -> bool:
        """
        Return whether *encoded* differs in anything from what `hash` makes now.

        A stronger encoding differs too: the work must be the same for every account, or the decoy would stand out.

        Raises:
            BrokenPromise: *encoded* is unknown, damaged, or too costly to verify.
        """
        _scheme(encoded)
        return not encoded.startswith(self._opening) or _lengths(encoded) != _lengths(self.decoy)


def _lengths(encoded: str) -> list[int]:
    return [len(part) for part in encoded.split("$")]


def _scheme(encoded: str) -> Callable[[bytes], bool]:
    """
    Return what verifies a password against *encoded*, or raise without showing any of it.

    All that can be told without hashing is told here, so that `needs_rehash` refuses what `verify` would.
    """
    for pattern, read in _SCHEMES:
        parsed = pattern.fullmatch(encoded)
        if parsed is not None:
            try:
                return read(parsed)
            except NotBase64:
                break
    raise _unknown()


def _unknown() -> BrokenPromise:
    return BrokenPromise(
        "a kept password has an encoding that cannot be verified: it is damaged, or of a kind that is not known; "
        "give its owner a new first access",
        code="unknown-password-encoding",
    )


def _too_costly() -> BrokenPromise:
    return BrokenPromise(
        "a kept password would take more work or memory to verify than a sign-in can afford; "
        "give its owner a new first access",
        code="costly-password-encoding",
    )


def _read_argon2(parsed: re.Match[str]) -> Callable[[bytes], bool]:
    memory, passes, lanes = (int(parsed[name]) for name in ("memory", "passes", "lanes"))
    salt, digest = _octets(parsed["salt"]), _octets(parsed["digest"])
    if len(salt) < _LEAST_SALT_BYTES or len(digest) < _LEAST_HASH_BYTES or not passes or not 0 < 8 * lanes <= memory:
        raise _unknown()
    if memory > _MOST_MEMORY_KIB or memory * passes > _MOST_ARGON2_WORK or lanes > _MOST_LANES:
        raise _too_costly()

    def verify(password: bytes) -> bool:
        from argon2.exceptions import VerificationError, VerifyMismatchError  # noqa: PLC0415 - only who hashes pays
        from argon2.low_level import Type, verify_secret  # noqa: PLC0415 - the same

        kind = {"i": Type.I, "d": Type.D, "id": Type.ID}[parsed["kind"]]
        try:
            return verify_secret(parsed["phc"].encode(), password, kind)
        except VerifyMismatchError:
            return False
        except VerificationError:
            raise _unknown() from None

    return verify


def _read_bcrypt(parsed: re.Match[str]) -> Callable[[bytes], bool]:
    if int(parsed["cost"]) > _MOST_BCRYPT_COST:
        raise _too_costly()

    def verify(password: bytes) -> bool:
        from bcrypt import checkpw  # noqa: PLC0415 - only old accounts need it

        text = sha256(password).hexdigest().encode() if parsed["sha256"] else password
        try:
            # Those who made these encodings never looked beyond 72 bytes; today's library refuses more.
            return checkpw(text[:_BCRYPT_BYTES], parsed["crypt"].encode())
        except ValueError:
            raise _unknown() from None

    return verify


def _read_django_pbkdf2(parsed: re.Match[str]) -> Callable[[bytes], bool]:
    return _pbkdf2(parsed["name"], parsed["rounds"], parsed["salt"].encode(), b64decode(parsed["digest"]))


def _read_passlib_pbkdf2(parsed: re.Match[str]) -> Callable[[bytes], bool]:
    salt, digest = (_octets(parsed[name].replace(".", "+")) for name in ("salt", "digest"))
    return _pbkdf2(parsed["name"] or "sha1", parsed["rounds"], salt, digest)


def _pbkdf2(name: str, rounds: str, salt: bytes, digest: bytes) -> Callable[[bytes], bool]:
    if len(digest) != _DIGEST_BYTES[name]:
        raise _unknown()
    if int(rounds) > _MOST_PBKDF2_ROUNDS:
        raise _too_costly()
    return lambda password: compare_digest(pbkdf2_hmac(name, password, salt, int(rounds)), digest)


def _octets(unpadded: str) -> bytes:
    return b64decode(unpadded + "=" * (-len(unpadded) % 4))


def _unpadded(octets: bytes) -> str:
    return b64encode(octets).decode().rstrip("=")


_SCHEMES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Callable[[bytes], bool]]], ...]] = (
    (
        re.compile(
            r"(?:argon2)?(?P<phc>\$argon2(?P<kind>id|i|d)\$(?:v=(?:16|19)\$)?"
            r"m=(?P<memory>[0-9]{1,10}),t=(?P<passes>[0-9]{1,10}),p=(?P<lanes>[0-9]{1,10})"
            r"\$(?P<salt>[A-Za-z0-9+/]+)\$(?P<digest>[A-Za-z0-9+/]+))",
        ),
        _read_argon2,
    ),
    (
        re.compile(
            r"(?:(?P<sha256>bcrypt_sha256)\$|bcrypt\$)?"
            r"(?P<crypt>\$2[aby]\$(?P<cost>0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53})",
        ),
        _read_bcrypt,
    ),
    (
        re.compile(
            r"pbkdf2_(?P<name>sha1|sha256)\$(?P<rounds>[1-9][0-9]{0,9})\$(?P<salt>[^$]+)"
            r"\$(?P<digest>[A-Za-z0-9+/]+={0,2})",
        ),
        _read_django_pbkdf2,
    ),
    (
        re.compile(
            r"\$pbkdf2(?:-(?P<name>sha256|sha512))?\$(?P<rounds>[1-9][0-9]{0,9})"
            r"\$(?P<salt>[./A-Za-z0-9]*)\$(?P<digest>[./A-Za-z0-9]+)",
        ),
        _read_passlib_pbkdf2,
    ),
)


class BoundedHasher:
    """
    Lets another hasher do so many hashes at once and no more: whoever comes later waits in order (CRED-10).

    Each hash takes its memory while it is at work, and a whole school signs in at eight. Past the number that may wait
    the caller gets `Unavailable` with the code ``busy``, and nothing was hashed. One object serves all threads of a
    process; what only looks at an encoding waits for nobody.
    """

    def __init__(
        self, hasher: PasswordHasher, *, at_once: int, waiting: int, retry_after: timedelta = timedelta(seconds=5)
    ) -> None:
        if at_once < 1 or waiting < 0:
            raise InvalidValue("at least one hash at once, and no fewer than none that wait", code="unusable-bounds")
        self._hasher = hasher
        self._free = at_once
        self._most_waiting = waiting
        self._retry_after = retry_after
        self._queue: deque[Event] = deque()
        self._counter = Lock()

    @property
    def decoy(self) -> str:
        """An encoding that no password matches."""
        return self._hasher.decoy

    @property
    def waiting(self) -> int:
        """How many wait just now."""
        return len(self._queue)

    def hash(self, prepared: Secret) -> str:
        """Return a new encoding of *prepared*, once it is this caller's turn."""
        with self._turn():
            return self._hasher.hash(prepared)

    def verify(self, encoded: str, prepared: Secret) -> bool:
        """Return whether *prepared* is the password behind *encoded*, once it is this caller's turn."""
        with self._turn():
            return self._hasher.verify(encoded, prepared)

    def needs_rehash(self, encoded: str) -> bool:
        """Return whether *encoded* should be replaced at the next sign-in."""
        return self._hasher.needs_rehash(encoded)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for a turn, and hand it to whoever has waited longest."""
        turn = Event()
        with self._counter:
            if self._free:
                self._free -= 1
                turn.set()
            elif len(self._queue) >= self._most_waiting:
                raise Unavailable(
                    "too many sign in or choose a password at this moment", code=BUSY, retry_after=self._retry_after
                )
            else:
                self._queue.append(turn)
        try:
            turn.wait()
            yield
        finally:
            self._leave(turn)

    def _leave(self, turn: Event) -> None:
        """Leave the queue, or hand the turn on; whoever is stopped while waiting leaves too."""
        with self._counter:
            if turn in self._queue:
                self._queue.remove(turn)
            elif self._queue:
                self._queue.popleft().set()
            else:
                self._free += 1


_SHORTEST_WORD: Final = 4
_MOST_AROUND_A_WORD: Final = 4


@frozen
class BuiltInCompromisedPasswords:
    """
    Knows some 20,000 of the passwords that are tried first, and the words that people put a year behind (CRED-6).

    A password is too common when it is one of the list, or when its letters are one, or one of the commonest Polish
    words, and at most four other characters stand around or between them: ``Haslo2024``, ``qwerty!1``. So it is with
    the words of every such platform, ``Dziennik1!``, and with *words*, those of this one: `Tenant.words`.
    """

    words: frozenset[str] = frozenset()

    def contains(self, prepared: Secret) -> bool:
        """Return whether *prepared* is too common to be safe, whatever its case and marks."""
        folded = fold(prepared.reveal())
        if folded in _words("common_passwords"):
            return True
        letters = "".join(filter(str.isalpha, folded))
        if len(letters) < _SHORTEST_WORD or len(folded) - len(letters) > _MOST_AROUND_A_WORD:
            return False
        lists = (self.words, _words("common_passwords"), _words("polish_words"), _platform_words())
        return any(letters in each for each in lists)


@cache
def _words(name: str) -> frozenset[str]:
    """Return the words of a list that ships; ``data/README.md`` says where they come from."""
    from gzip import decompress  # noqa: PLC0415 - only those who check passwords need it
    from importlib.resources import files  # noqa: PLC0415 - the same

    packed = files("eszkola_core").joinpath("data", f"{name}.txt.gz").read_bytes()
    return frozenset(decompress(packed).decode().splitlines())


@cache
def _platform_words() -> frozenset[str]:
    """Return the words that stand on every page of a platform of schools, folded."""
    from importlib.resources import files  # noqa: PLC0415 - as above

    return frozenset(files("eszkola_core").joinpath("data", "platform_words.txt").read_text("ascii").split())


@cache
def shipped_notices() -> tuple[Notice, ...]:
    """Return the notices that ship with the platform, one of each kind, in Polish, Slovene and English (LAW-1)."""
    from importlib.resources import files  # noqa: PLC0415 - as above
    from tomllib import loads  # noqa: PLC0415 - as above

    found = []
    for kind in NoticeKind:
        content = loads(files("eszkola_core").joinpath("data", "notices", f"{kind}.toml").read_text("utf-8"))
        version = content.pop("version")
        found.append(Notice(kind=kind, version=version, texts={each: text.strip() for each, text in content.items()}))
    return tuple(found)


if TYPE_CHECKING:
    _clock: type[Clock] = SystemClock
    _secrets: type[Secrets] = SystemSecrets
    _hasher: type[PasswordHasher] = Argon2Hasher
    _bounded: type[PasswordHasher] = BoundedHasher
    _compromised: type[CompromisedPasswords] = BuiltInCompromisedPasswords
