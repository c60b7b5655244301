"""What clocks, secrets, hashers and lists of common passwords promise, as tests."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import ClassVar

import pytest

from eszkola_core.domain.hidden import Secret
from eszkola_core.errors import BrokenPromise
from eszkola_core.ports.passwords import CompromisedPasswords, PasswordHasher
from eszkola_core.ports.system import Clock, Secrets

MANY = 2000
THREADS = 16


class ClockContract:
    """Holds a `Clock` to every clause of its port."""

    @pytest.fixture
    def clock(self) -> Clock:
        """Return a clock."""
        pytest.fail("override the fixture `clock`: return a clock of yours")

    @pytest.mark.clause("CK1")
    def test_instants_are_aware_and_in_utc(self, clock: Clock) -> None:
        """What it tells has the offset zero."""
        assert clock.now().utcoffset() == timedelta(0)

    @pytest.mark.clause("CK2")
    def test_no_instant_is_earlier_than_the_one_before(self, clock: Clock) -> None:
        """However often it is asked."""
        told = [clock.now() for _ in range(MANY)]

        assert told == sorted(told)


class SecretsContract:
    """Holds `Secrets` to every clause of its port."""

    @pytest.fixture
    def secrets(self) -> Secrets:
        """Return a source of secrets."""
        pytest.fail("override the fixture `secrets`: return a source of secrets of yours")

    @pytest.mark.clause("SR1")
    def test_bytes_are_as_many_as_asked_for_and_never_the_same(self, secrets: Secrets) -> None:
        """Of two thousand tokens no two are alike, and every byte occurs."""
        tokens = [secrets.token_bytes(32) for _ in range(MANY)]

        assert {len(each) for each in tokens} == {32}
        assert len(set(tokens)) == MANY
        assert len(set(b"".join(tokens))) == 256  # noqa: PLR2004 - every byte there is
        assert secrets.token_bytes(0) == b""

    @pytest.mark.clause("SR1")
    def test_numbers_below_a_limit_are_equally_likely(self, secrets: Secrets) -> None:
        """Each comes up, none much oftener than its share, and the limit itself never does."""
        for limit in (1, 2, 3, 10):
            counts = Counter(secrets.below(limit) for _ in range(MANY))
            share = MANY / limit

            assert sorted(counts) == list(range(limit))
            # Seven deviations: chance alone passes them once in a hundred thousand million runs.
            assert all(abs(each - share) <= 7 * share**0.5 for each in counts.values())

    @pytest.mark.clause("SR2")
    def test_any_number_of_threads_may_ask_at_once(self, secrets: Secrets) -> None:
        """Sixteen threads get no token twice."""
        with ThreadPoolExecutor(THREADS) as pool:
            tokens = list(pool.map(lambda _: secrets.token_bytes(16), range(MANY)))

        assert len(set(tokens)) == MANY

    @pytest.mark.clause("SR3")
    def test_values_do_not_show(self, secrets: Secrets, caplog: pytest.LogCaptureFixture) -> None:
        """Neither in the repr of what gave them nor in a log."""
        with caplog.at_level(0):
            token = secrets.token_bytes(8)
        for shown in (repr(secrets), str(secrets), caplog.text):
            assert token.hex() not in shown
            assert repr(token) not in shown


class PasswordHasherContract:
    """Holds a `PasswordHasher` to every clause of its port."""

    damaged: ClassVar[Sequence[str]] = (
        "",
        "hunter2",
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ",
        "$argon2id$v=19$m=8,t=1,p=1$!!!!$????",
        "pbkdf2_sha256$",
        "md5$salt$0123456789abcdef0123456789abcdef",
        "!",
    )
    """Encodings that nothing can verify; add those that your own schemes could be mistaken for."""

    costly: ClassVar[Sequence[str]] = ()
    """Encodings that ask for more work than a sign-in can afford, where the schemes have such."""

    known_elsewhere: ClassVar[Sequence[tuple[str, str]]] = ()
    """Encodings from elsewhere that it verifies, each with its password."""

    @pytest.fixture
    def hasher(self) -> PasswordHasher:
        """Return a hasher, as cheap as it can be made."""
        pytest.fail("override the fixture `hasher`: return a hasher of yours, as cheap as it can be made")

    @pytest.mark.clause("PH1")
    def test_a_password_matches_its_own_encoding_only(self, hasher: PasswordHasher) -> None:
        """Any text with any letters, and nothing that is nearly it."""
        for text in ("Zażółć gęślą 1", "a", " odstęp ", "x" * 128, "emoji 🐢", "Zażółć\u0301"):
            encoded = hasher.hash(Secret(text))

            assert hasher.verify(encoded, Secret(text)) is True
            for other in (text + " ", text[:-1], text.swapcase(), ""):
                assert hasher.verify(encoded, Secret(other)) is False

    @pytest.mark.clause("PH2")
    def test_two_encodings_differ_and_hide_the_password(self, hasher: PasswordHasher) -> None:
        """Each has its own salt, so equal passwords do not show."""
        first, second = hasher.hash(Secret("Jawne-haslo-1")), hasher.hash(Secret("Jawne-haslo-1"))

        assert first != second
        assert "Jawne-haslo-1" not in first + second

    @pytest.mark.clause("PH3")
    @pytest.mark.clause("PH4")
    def test_the_decoy_is_an_encoding_like_any_other_that_nothing_matches(self, hasher: PasswordHasher) -> None:
        """It has the length and the parameters of what is hashed now, so that verifying against it is the same work."""
        encoded = hasher.hash(Secret("Haslo-1"))

        assert len(hasher.decoy) == len(encoded)
        assert hasher.needs_rehash(hasher.decoy) is False
        for text in ("", "decoy", "Haslo-1", hasher.decoy):
            assert hasher.verify(hasher.decoy, Secret(text)) is False

    @pytest.mark.clause("PH5")
    def test_what_is_hashed_now_needs_no_rehash_and_what_is_from_elsewhere_does(self, hasher: PasswordHasher) -> None:
        """Encodings from elsewhere verify their own password, and are to be replaced."""
        assert hasher.needs_rehash(hasher.hash(Secret("Haslo-1"))) is False
        for encoded, text in self.known_elsewhere:
            assert hasher.verify(encoded, Secret(text)) is True
            assert hasher.verify(encoded, Secret(text + "x")) is False
            assert hasher.needs_rehash(encoded) is True

    @pytest.mark.clause("PH6")
    @pytest.mark.clause("PH7")
    def test_what_cannot_be_verified_is_a_broken_promise_that_shows_nothing(self, hasher: PasswordHasher) -> None:
        """`verify` and `needs_rehash` refuse alike; neither password nor encoding stands in the error or behind it."""
        whole = hasher.hash(Secret("Haslo-1"))
        for encoded in (*self.damaged, *self.costly, whole[:-9] + "!!", "x" + whole):
            for ask in (lambda e: hasher.verify(e, Secret("Tajne-haslo-9")), hasher.needs_rehash):
                told = _told_by_the_error(ask, encoded)

                assert "Tajne-haslo-9" not in told
                assert len(encoded) < len(whole) or encoded not in told

    @pytest.mark.clause("PH8")
    def test_any_number_of_threads_may_ask_at_once(self, hasher: PasswordHasher) -> None:
        """Each gets the answer to its own question."""
        encodings = [hasher.hash(Secret(str(number))) for number in range(4)]

        def ask(number: int) -> bool:
            return hasher.verify(encodings[number % 4], Secret(str(number % 8)))

        with ThreadPoolExecutor(THREADS) as pool:
            answers = list(pool.map(ask, range(64)))

        assert answers == [number % 8 < 4 for number in range(64)]  # noqa: PLR2004 - the four that are kept


def _told_by_the_error(ask: Callable[[str], object], encoded: str) -> str:
    """Return all that is shown of the error that *ask* raises, its causes and contexts included."""
    with pytest.raises(BrokenPromise) as refused:
        ask(encoded)
    shown = traceback.format_exception(refused.value)
    return "".join([*(line for line in shown if not line.lstrip().startswith("File ")), repr(refused.value)])


class CompromisedPasswordsContract:
    """Holds `CompromisedPasswords` to every clause of its port."""

    listed: ClassVar[str] = "zażółć-haslo"
    """A password of the list, in lower case, with letters whose marks can be left out."""

    unlisted: ClassVar[str] = "Kamu-7dep-rasi-3ket-bina"
    """A password that is not."""

    @pytest.fixture
    def compromised(self) -> CompromisedPasswords:
        """Return a list of compromised passwords."""
        pytest.fail("override the fixture `compromised`: return a list of yours in which `listed` stands")

    @pytest.mark.clause("CP1")
    def test_a_listed_password_is_known_in_any_case_and_without_marks(self, compromised: CompromisedPasswords) -> None:
        """However it is written; and what is not listed is not known."""
        bare = self.listed.translate(str.maketrans("ąćęłńóśźżčšž", "acelnoszzcsz"))
        for text in (self.listed, self.listed.upper(), self.listed.title(), bare, bare.upper()):
            assert compromised.contains(Secret(text)) is True
        assert compromised.contains(Secret(self.unlisted)) is False

    @pytest.mark.clause("CP2")
    def test_the_same_password_is_answered_alike(self, compromised: CompromisedPasswords) -> None:
        """However often, and whatever was asked in between."""
        answers = [compromised.contains(Secret(text)) for text in [self.listed, self.unlisted] * 50]

        assert answers == [True, False] * 50

    @pytest.mark.clause("CP3")
    def test_what_is_asked_does_not_show(
        self, compromised: CompromisedPasswords, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Neither in a log nor in the repr of the list."""
        with caplog.at_level(0):
            compromised.contains(Secret(self.unlisted))

        assert self.unlisted not in caplog.text + repr(compromised)
