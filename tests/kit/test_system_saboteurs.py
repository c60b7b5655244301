"""For every clause of clocks, secrets, hashers and lists of common passwords one with a lie, which is found out."""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from hmac import compare_digest
from itertools import count
from time import sleep

import pytest

from eszkola_core.domain.names import fold
from eszkola_core.errors import BrokenPromise
from eszkola_core.ports.passwords import CompromisedPasswords, PasswordHasher
from eszkola_core.ports.system import Clock, Secrets
from eszkola_core.testing.contracts.system import (
    ClockContract,
    CompromisedPasswordsContract,
    PasswordHasherContract,
    SecretsContract,
)

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
A_MOMENT = 0.0005
"""Long enough for another thread to come in between."""


# Clocks


class Ticking:
    """A clock that moves a second with every look at it."""

    def __init__(self) -> None:
        self.looks = count()

    def now(self):
        """Return the next instant."""
        return NOON + timedelta(seconds=next(self.looks))


class Naive(Ticking):
    """CK1: does not say where."""

    def now(self):
        """Return what a wall shows."""
        return super().now().replace(tzinfo=None)


class Local(Ticking):
    """CK1: is aware, and not in UTC."""

    def now(self):
        """Return the right instant, as Warsaw writes it."""
        return super().now().astimezone(timezone(timedelta(hours=2)))


class Nervous(Ticking):
    """CK2: goes back now and then."""

    def now(self):
        """Return an instant around the right one."""
        told = super().now()
        return told - timedelta(minutes=1) if told.second % 7 == 0 else told


# Secrets


class Dice:
    """Honest randomness."""

    def token_bytes(self, count):
        """Return random bytes."""
        return secrets.token_bytes(count)

    def below(self, limit):
        """Return a random number."""
        return secrets.randbelow(limit)


class Stingy(Dice):
    """SR1: gives a byte less."""

    def token_bytes(self, count):
        """Return nearly enough."""
        return super().token_bytes(max(count - 1, 0))


class Stuck(Dice):
    """SR1: gives the same again."""

    def token_bytes(self, count):
        """Return what was given before."""
        return b"\x07" * count


class Legible(Dice):
    """SR1: gives only what can be printed."""

    def token_bytes(self, count):
        """Return seven bits of each byte."""
        return bytes(each & 0x7F for each in super().token_bytes(count))


class Generous(Dice):
    """SR1: gives the limit itself."""

    def below(self, limit):
        """Count from 0 to *limit*."""
        return super().below(limit + 1)


class Loaded(Dice):
    """SR1: gives low numbers oftener."""

    def below(self, limit):
        """Throw twice."""
        return min(super().below(limit), super().below(limit))


class Hurried(Dice):
    """SR2: two who ask at once get the same."""

    def __init__(self) -> None:
        self.given = 0

    def token_bytes(self, count):
        """Look, then write."""
        number = self.given
        sleep(A_MOMENT)
        self.given = number + 1
        return sha256(number.to_bytes(8)).digest()[:count]


class Boastful(Dice):
    """SR3: shows what it gave last."""

    last = b""

    def token_bytes(self, count):
        """Remember it."""
        self.last = super().token_bytes(count)
        return self.last

    def __repr__(self) -> str:
        return f"Boastful({self.last!r})"


class Logging(Dice):
    """SR3: writes down what it gives."""

    def token_bytes(self, count):
        """Log it."""
        given = super().token_bytes(count)
        logging.getLogger(__name__).debug("gave %s", given.hex())
        return given


# Hashers


class Mill:
    """A hasher of a few lines, honest: ``$mill$work$salt$digest``, of which work 1 is the present."""

    work = "1"

    @property
    def decoy(self):
        """Return what nothing matches."""
        return f"$mill${self.work}${'0' * 16}${'0' * 64}"

    def hash(self, prepared):
        """Return a new encoding."""
        salt = self.salt()
        return f"$mill${self.work}${salt}${self.digest(salt, prepared)}"

    def verify(self, encoded, prepared):
        """Compare."""
        _, salt, digest = self.parts(encoded)
        return compare_digest(digest, self.digest(salt, prepared))

    def needs_rehash(self, encoded):
        """Return whether it is of other work."""
        return self.parts(encoded)[0] != self.work

    def salt(self):
        """Return something that no other encoding has."""
        return secrets.token_hex(8)

    def digest(self, salt, prepared):
        """Return what the password comes to."""
        return sha256(salt.encode() + self.text(prepared).encode()).hexdigest()

    def text(self, prepared):
        """Return what of the password counts."""
        return prepared.reveal()

    def parts(self, encoded):
        """Return work, salt and digest."""
        begin, name, work, salt, digest = (encoded.split("$") + [""] * 5)[:5]
        if (begin, name) != ("", "mill") or work not in {"0", "1"} or len(salt) != 16 or len(digest) != 64:
            raise BrokenPromise("this is no encoding of the mill's")
        return work, salt, digest


class Deaf(Mill):
    """PH1: great and small letters are one."""

    def text(self, prepared):
        """Return it small."""
        return super().text(prepared).lower()


class Tidy(Mill):
    """PH1: space around a password does not count."""

    def text(self, prepared):
        """Return it without."""
        return super().text(prepared).strip()


class Short(Mill):
    """PH1: what comes after 72 letters does not count."""

    def text(self, prepared):
        """Return its beginning."""
        return super().text(prepared)[:72]


class Unsalted(Mill):
    """PH2: equal passwords have equal encodings."""

    def salt(self):
        """Return the same for all."""
        return "5a1f" * 4


class Frank(Mill):
    """PH2: the encoding holds the password."""

    def hash(self, prepared):
        """Return it, with a hint."""
        return f"{super().hash(prepared)}${prepared.reveal()}"


class Hasty(Mill):
    """PH3, PH4: the decoy is nothing that has to be compared in full."""

    decoy = "$mill$1$"


class Stale(Mill):
    """PH4: the decoy is of an earlier profile."""

    decoy = f"$mill$0${'0' * 16}${'0' * 64}"


class Ajar(Mill):
    """PH4: a password matches the decoy."""

    decoy = f"$mill$1${'0' * 16}${sha256(b'0' * 16 + b'decoy').hexdigest()}"


class Satisfied(Mill):
    """PH5: what is from elsewhere may stay for ever."""

    def needs_rehash(self, encoded):
        """Be content with anything that can be verified."""
        self.parts(encoded)
        return False


class Restless(Mill):
    """PH5: nothing is ever good enough."""

    def needs_rehash(self, encoded):
        """Ask for more of anything that can be verified."""
        self.parts(encoded)
        return True


class Polite(Mill):
    """PH6: what is damaged matches nothing, and that is that."""

    def verify(self, encoded, prepared):
        """Make no fuss."""
        try:
            return super().verify(encoded, prepared)
        except BrokenPromise:
            return False


class Hoping(Mill):
    """PH6: what is damaged is to be replaced, some day."""

    def needs_rehash(self, encoded):
        """Make no fuss."""
        try:
            return super().needs_rehash(encoded)
        except BrokenPromise:
            return True


class Patient(Mill):
    """PH6: takes any work upon itself."""

    def parts(self, encoded):
        """Take nine for one."""
        return super().parts(encoded.replace("$mill$9$", "$mill$1$"))


class Quoting(Mill):
    """PH7: the error repeats the encoding."""

    def parts(self, encoded):
        """Say what is wrong with what."""
        try:
            return super().parts(encoded)
        except BrokenPromise:
            raise BrokenPromise(f"{encoded} is no encoding") from None


class Chained(Mill):
    """PH7: behind the error stands the password."""

    def verify(self, encoded, prepared):
        """Fail with everything at hand."""
        try:
            return super().verify(encoded, prepared)
        except BrokenPromise as error:
            raise error from ValueError(prepared.reveal())


class Scatterbrained(Mill):
    """PH8: remembers only what was asked last."""

    def verify(self, encoded, prepared):
        """Put it down, and take up whatever lies there."""
        self.asked = encoded, prepared
        sleep(A_MOMENT)
        return super().verify(*self.asked)


class MillContract(PasswordHasherContract):
    """The contract with an encoding of earlier work, and one of too much."""

    costly = (f"$mill$9${'0' * 16}${'0' * 64}",)
    known_elsewhere = ((f"$mill$0${'ab' * 8}${sha256(b'ab' * 8 + b'haslo').hexdigest()}", "haslo"),)


# Lists of common passwords


class Listed:
    """An honest list of one."""

    def contains(self, prepared):
        """Return whether it is that one."""
        return self.folded(prepared.reveal()) == self.folded("zażółć-haslo")

    def folded(self, text):
        """Return what counts of a text."""
        return fold(text)


class Literal(Listed):
    """CP1: great letters make another password."""

    def folded(self, text):
        """Keep the case."""
        return text


class Marked(Listed):
    """CP1: marks make another password."""

    def folded(self, text):
        """Keep the marks."""
        return text.casefold()


class Suspicious(Listed):
    """CP1: every password is too common."""

    def contains(self, prepared):  # noqa: ARG002 - the lie
        """Trust none."""
        return True


class Learning(Listed):
    """CP2: what was asked before is common from then on."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def contains(self, prepared):
        """Remember what is asked."""
        known = prepared.reveal() in self.asked or super().contains(prepared)
        self.asked.add(prepared.reveal())
        return known


class Telling(Listed):
    """CP3: writes down what it is asked."""

    def contains(self, prepared):
        """Log it."""
        logging.getLogger(__name__).info("asked for %s", prepared.reveal())
        return super().contains(prepared)


class Recalling(Listed):
    """CP3: shows what it was asked last."""

    last = ""

    def contains(self, prepared):
        """Remember it."""
        self.last = prepared.reveal()
        return super().contains(prepared)

    def __repr__(self) -> str:
        return f"Recalling({self.last})"


CONTRACTS = {
    Clock: (ClockContract, "clock"),
    Secrets: (SecretsContract, "secrets"),
    PasswordHasher: (MillContract, "hasher"),
    CompromisedPasswords: (CompromisedPasswordsContract, "compromised"),
}

SABOTEURS = [
    (Clock, "CK1", Naive),
    (Clock, "CK1", Local),
    (Clock, "CK2", Nervous),
    (Secrets, "SR1", Stingy),
    (Secrets, "SR1", Stuck),
    (Secrets, "SR1", Legible),
    (Secrets, "SR1", Generous),
    (Secrets, "SR1", Loaded),
    (Secrets, "SR2", Hurried),
    (Secrets, "SR3", Boastful),
    (Secrets, "SR3", Logging),
    (PasswordHasher, "PH1", Deaf),
    (PasswordHasher, "PH1", Tidy),
    (PasswordHasher, "PH1", Short),
    (PasswordHasher, "PH2", Unsalted),
    (PasswordHasher, "PH2", Frank),
    (PasswordHasher, "PH3", Hasty),
    (PasswordHasher, "PH4", Hasty),
    (PasswordHasher, "PH4", Stale),
    (PasswordHasher, "PH4", Ajar),
    (PasswordHasher, "PH5", Satisfied),
    (PasswordHasher, "PH5", Restless),
    (PasswordHasher, "PH6", Polite),
    (PasswordHasher, "PH6", Hoping),
    (PasswordHasher, "PH6", Patient),
    (PasswordHasher, "PH7", Quoting),
    (PasswordHasher, "PH7", Chained),
    (PasswordHasher, "PH8", Scatterbrained),
    (CompromisedPasswords, "CP1", Literal),
    (CompromisedPasswords, "CP1", Marked),
    (CompromisedPasswords, "CP1", Suspicious),
    (CompromisedPasswords, "CP2", Learning),
    (CompromisedPasswords, "CP3", Telling),
    (CompromisedPasswords, "CP3", Recalling),
]


class TestTicking(ClockContract):
    """A clock without a lie passes."""

    @pytest.fixture
    def clock(self):
        """Return it."""
        return Ticking()


class TestDice(SecretsContract):
    """Secrets without a lie pass."""

    @pytest.fixture
    def secrets(self):
        """Return them."""
        return Dice()


class TestMill(MillContract):
    """A hasher without a lie passes."""

    @pytest.fixture
    def hasher(self):
        """Return it."""
        return Mill()


class TestListed(CompromisedPasswordsContract):
    """A list without a lie passes."""

    @pytest.fixture
    def compromised(self):
        """Return it."""
        return Listed()


@pytest.mark.parametrize(("port", "clause", "kind"), SABOTEURS)
def test_a_lie_about_a_clause_is_found_out(bench, caplog, port, clause, kind):
    """What breaks one clause turns a test red that cites this very clause."""
    contract, fixture = CONTRACTS[port]

    assert bench.first_red(contract, clause, {fixture: kind(), "caplog": caplog}) is not None


@pytest.mark.parametrize("port", CONTRACTS)
def test_no_clause_of_these_ports_lacks_a_saboteur(bench, port):
    """The table of lies and the clauses of the ports name the same."""
    assert {clause for of, clause, _ in SABOTEURS if of is port} == set(bench.clauses(port))
