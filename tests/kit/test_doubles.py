"""The doubles, and what ships as the default, keep the contracts of their ports; and do what a test tells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._defaults import (
    CHEAPEST_FOR_TESTS,
    Argon2Hasher,
    BuiltInCompromisedPasswords,
    SystemClock,
    SystemSecrets,
)
from eszkola_core.domain.emails import Outcome, Receipt
from eszkola_core.domain.hidden import Secret
from eszkola_core.errors import Conflict, InvalidValue, Unavailable
from eszkola_core.testing.contracts.couriers import an_email
from eszkola_core.testing.contracts.renderer import MessageRendererContract
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.system import (
    ClockContract,
    CompromisedPasswordsContract,
    PasswordHasherContract,
    SecretsContract,
)
from eszkola_core.testing.doubles import (
    Compromised,
    CountingHasher,
    CountingSecrets,
    FailingCourier,
    FrozenClock,
    MemoryCourier,
    PlainRenderer,
    RecordingStorage,
)
from eszkola_core.testing.memory import MemoryStorage

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


class TestSystemClock(ClockContract):
    """The machine's clock."""

    @pytest.fixture
    def clock(self):
        """Return it."""
        return SystemClock()


class TestFrozenClock(ClockContract):
    """The clock that stands still."""

    @pytest.fixture
    def clock(self):
        """Return it."""
        return FrozenClock(NOON)

    def test_it_advances_as_told(self, clock):
        """And by nothing else; the new present is returned."""
        assert clock.advance(timedelta(hours=1)) == clock.now() == NOON + timedelta(hours=1)

    def test_it_is_neither_naive_nor_set_back(self, clock):
        """An instant without an offset and a step backwards are refused."""
        with pytest.raises(InvalidValue):
            FrozenClock(NOON.replace(tzinfo=None))
        with pytest.raises(ValueError, match="advance"):
            clock.advance(timedelta(seconds=-1))


class TestSystemSecrets(SecretsContract):
    """The machine's randomness."""

    @pytest.fixture
    def secrets(self):
        """Return it."""
        return SystemSecrets()


class TestCountingSecrets(SecretsContract):
    """Secrets that a test can foresee are spread like any others."""

    @pytest.fixture
    def secrets(self):
        """Return them."""
        return CountingSecrets()

    def test_a_second_run_gives_the_same_ones(self):
        """Equal seeds count alike, other seeds do not."""
        first, again, other = CountingSecrets("x"), CountingSecrets("x"), CountingSecrets("y")

        assert [first.token_bytes(8), first.below(1000)] == [again.token_bytes(8), again.below(1000)]
        assert first.token_bytes(8) != other.token_bytes(8)

    def test_there_is_no_number_below_one(self):
        """A limit of nothing is a mistake of the caller's."""
        with pytest.raises(ValueError, match="below 1"):
            CountingSecrets().below(0)


class TestArgon2Hasher(PasswordHasherContract):
    """The hasher that ships, at its cheapest."""

    costly = ("$argon2id$v=19$m=4194304,t=9,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g",)
    known_elsewhere = (("pbkdf2_sha256$1$salt$mctGPG3x2tMJXXx63T13saEVU5/gzfkLfBXei+59yDE=", "haslo"),)

    @pytest.fixture
    def hasher(self):
        """Return it."""
        return Argon2Hasher(CHEAPEST_FOR_TESTS)


class TestCountingHasher(PasswordHasherContract):
    """The hasher that counts."""

    @pytest.fixture
    def hasher(self):
        """Return it."""
        return CountingHasher()

    def test_each_hash_and_each_verification_is_work(self, hasher):
        """What only looks at an encoding is none."""
        encoded = hasher.hash(Secret("a"))
        hasher.verify(encoded, Secret("b"))
        hasher.needs_rehash(encoded)

        assert hasher.work == 2


class TestBuiltInCompromisedPasswords(CompromisedPasswordsContract):
    """The list that ships."""

    listed = "qwertyuiop"

    @pytest.fixture
    def compromised(self):
        """Return it."""
        return BuiltInCompromisedPasswords()


class TestCompromised(CompromisedPasswordsContract):
    """A list of a test's own."""

    @pytest.fixture
    def compromised(self):
        """Return it."""
        return Compromised({"Zażółć-Haslo"})


class TestPlainRenderer(MessageRendererContract):
    """The renderer that writes down what it was given."""

    @pytest.fixture
    def fresh_renderer(self):
        """Return what makes it."""
        return PlainRenderer


class TestRecordingStorage(StorageContract):
    """A storage that is looked over the shoulder keeps every clause."""

    @pytest.fixture
    def fresh_storage(self):
        """Return what makes one over memory."""
        return lambda: RecordingStorage(MemoryStorage())

    @pytest.fixture
    def fresh_tenants(self):
        """Return what makes two."""
        return lambda: (RecordingStorage(MemoryStorage("a")), RecordingStorage(MemoryStorage("b")))

    def test_every_call_is_noted_in_order(self):
        """With its part and method, whatever it answers; arguments are left out."""
        storage = RecordingStorage(MemoryStorage())
        with storage.unit() as unit:
            unit.tokens.peek(b"x")
            with pytest.raises(Conflict):
                unit.people.save(a.person(9))
        with storage.snapshot() as seen:
            seen.outbox.counts()
        storage.opened(storage.seal(storage.fingerprint(b"x", context="c"), context="c"), context="c")

        assert storage.trace == [
            ("storage", "unit"),
            ("tokens", "peek"),
            ("people", "save"),
            ("storage", "snapshot"),
            ("outbox", "counts"),
            ("storage", "fingerprint"),
            ("storage", "seal"),
            ("storage", "opened"),
        ]


@given(st.lists(st.sampled_from(Outcome), max_size=5))
def test_a_failing_courier_does_as_it_is_told(outcomes):
    """Each address meets its own fate; what is sent is kept, and every e-mail has its receipt."""
    emails = [an_email(number) for number in range(len(outcomes))]
    courier = FailingCourier({each.to: outcome for each, outcome in zip(emails, outcomes, strict=True)})

    assert [each.outcome for each in courier.send(emails)] == outcomes
    assert courier.sent == [each for each, fate in zip(emails, outcomes, strict=True) if fate is Outcome.SENT]


def test_a_failing_courier_can_go_away_in_the_middle():
    """After as many e-mails as it was told it is unavailable."""
    courier = FailingCourier(unavailable=True, after=1)
    sending = iter(courier.send([an_email(1), an_email(2)]))

    assert next(sending) == Receipt(an_email(1).reference, Outcome.SENT)
    with pytest.raises(Unavailable):
        next(sending)
    assert courier.sent == [an_email(1)]


def test_a_memory_courier_keeps_what_it_was_given():
    """In order, with a receipt for each."""
    courier = MemoryCourier()

    assert [each.outcome for each in courier.send([an_email(1), an_email(2)])] == [Outcome.SENT] * 2
    assert courier.sent == [an_email(1), an_email(2)]


def test_no_double_shows_what_it_was_told():
    """Seed, password and address stand in no repr."""
    shown = repr(
        [CountingSecrets("nasiono"), Compromised({"haslo"}), FailingCourier({"ola@example.com": Outcome.SENT})]
    )

    assert "nasiono" not in shown
    assert "haslo" not in shown
    assert "ola@" not in shown
