"""What an installation takes unless it brings its own: clock, secrets, hasher, list of common passwords."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from base64 import b64encode
from collections import Counter
from datetime import UTC, date, timedelta
from importlib.resources import files
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._defaults import (
    CHEAPEST_FOR_TESTS,
    PROFILE_2026,
    Argon2Hasher,
    BuiltInCompromisedPasswords,
    SystemClock,
    SystemSecrets,
    _words,
)
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.names import fold
from eszkola_core.errors import BrokenPromise, InvalidValue

ROWS = json.loads((Path(__file__).parent / "data/passwords/passlib_hashes.json").read_text(encoding="utf-8"))["rows"]
CORRECT = [row for row in ROWS if row["kind"] == "correct"]
UNKNOWN = [row["hash"] for row in ROWS if row["kind"] != "correct"]
DJANGO = "pbkdf2_sha256$1$salt$" + b64encode(hashlib.pbkdf2_hmac("sha256", b"Haslo 1", b"salt", 1)).decode()

HASHER = Argon2Hasher(CHEAPEST_FOR_TESTS)
BUILT_IN = BuiltInCompromisedPasswords()

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


class TestSystem:
    """The clock and the secrets of the machine."""

    @pytest.mark.rule("DAY-1c")
    def test_the_clock_tells_aware_instants_in_utc(self):
        """Each instant carries the offset zero, and the next is not earlier."""
        first, second = SystemClock().now(), SystemClock().now()

        assert first.tzinfo is UTC
        assert first <= second
        assert second.utcoffset() == timedelta(0)

    @given(st.integers(0, 200))
    def test_token_bytes_are_as_many_as_asked_for(self, count):
        """No more and no fewer, of the type of bytes."""
        assert len(SystemSecrets().token_bytes(count)) == count

    def test_no_two_tokens_are_alike(self):
        """A hundred draws of sixteen bytes differ."""
        assert len({SystemSecrets().token_bytes(16) for _ in range(100)}) == 100

    @given(st.integers(1, 10**30))
    def test_a_random_number_is_below_its_limit(self, limit):
        """From zero up to but not the limit."""
        assert 0 <= SystemSecrets().below(limit) < limit

    def test_every_number_below_the_limit_comes_up(self):
        """Four thousand draws among four leave none out, which chance alone does once in 10^500."""
        assert set(Counter(SystemSecrets().below(4) for _ in range(4000))) == {0, 1, 2, 3}


class TestHashing:
    """What the hasher makes itself (CRED-8)."""

    @pytest.mark.rule("CRED-8a")
    @given(texts, texts)
    def test_a_password_matches_its_own_encoding_only(self, password, other):
        """Whatever was hashed verifies; anything else does not, and is no error."""
        encoded = HASHER.hash(Secret(password))

        assert HASHER.verify(encoded, Secret(password))
        assert HASHER.verify(encoded, Secret(other)) == (password == other)

    @pytest.mark.rule("CRED-8a")
    def test_two_encodings_of_a_password_differ(self):
        """Each has a salt of its own, and neither holds the password."""
        one, other = HASHER.hash(Secret("Haslo-123")), HASHER.hash(Secret("Haslo-123"))

        assert one != other
        assert "Haslo" not in one + other

    @pytest.mark.rule("CRED-8a")
    def test_the_profile_of_the_year_is_argon2id_with_what_asvs_asks(self):
        """At least 47,104 KiB with one pass, 16 bytes of salt and 32 of hash; the encoding says so."""
        encoded = Argon2Hasher().hash(Secret("Haslo-123"))

        assert PROFILE_2026.first_day == date(2026, 1, 1)
        assert (PROFILE_2026.memory_kib, PROFILE_2026.time_cost, PROFILE_2026.parallelism) == (47104, 2, 1)
        assert re.fullmatch(r"\$argon2id\$v=19\$m=47104,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}", encoded)

    @pytest.mark.rule("CRED-8a")
    @pytest.mark.parametrize(
        "change",
        [
            {"time_cost": 2},
            {"memory_kib": 16},
            {"parallelism": 2, "memory_kib": 16},
            {"salt_bytes": 17},
            {"hash_bytes": 33},
        ],
    )
    def test_an_encoding_of_another_profile_is_rehashed(self, change):
        """A raised profile renews old encodings at the next sign-in; until then they still verify."""
        raised = Argon2Hasher(attrs.evolve(CHEAPEST_FOR_TESTS, **change))
        old, new = HASHER.hash(Secret("Haslo-123")), raised.hash(Secret("Haslo-123"))

        assert (HASHER.needs_rehash(old), raised.needs_rehash(old)) == (False, True)
        assert (HASHER.needs_rehash(new), raised.needs_rehash(new)) == (True, False)
        assert raised.verify(old, Secret("Haslo-123"))

    @pytest.mark.parametrize(
        "change",
        [
            {"time_cost": 0},
            {"memory_kib": 7},
            {"memory_kib": 262145},
            {"memory_kib": 262144, "time_cost": 17},
            {"parallelism": 65, "memory_kib": 1000},
            {"salt_bytes": 7},
            {"hash_bytes": 3},
        ],
    )
    def test_a_profile_that_could_not_be_verified_is_refused(self, change):
        """Nobody finds out at the first sign-in that the numbers were impossible."""
        with pytest.raises(InvalidValue, match="CHEAPEST_FOR_TESTS: take at least") as refused:
            Argon2Hasher(attrs.evolve(CHEAPEST_FOR_TESTS, **change))

        assert refused.value.code == "unusable-profile"

    def test_the_least_that_argon2_can_do_is_a_profile(self):
        """Eight bytes of salt and four of hash verify, although nobody should take them."""
        least = Argon2Hasher(attrs.evolve(CHEAPEST_FOR_TESTS, salt_bytes=8, hash_bytes=4))

        assert least.verify(least.hash(Secret("Haslo-123")), Secret("Haslo-123"))

    @pytest.mark.rule("ACCESS-5a")
    @pytest.mark.parametrize("profile", [PROFILE_2026, CHEAPEST_FOR_TESTS], ids=lambda profile: profile.name)
    def test_the_decoy_costs_what_a_real_encoding_costs(self, profile):
        """It has the parameters and lengths of the profile, needs no rehash, and is the same at every start."""
        hasher = Argon2Hasher(profile)
        real = hasher.hash(Secret("Haslo-123"))

        assert hasher.decoy.split("$")[:4] == real.split("$")[:4]
        assert [len(part) for part in hasher.decoy.split("$")] == [len(part) for part in real.split("$")]
        assert not hasher.needs_rehash(hasher.decoy)
        assert hasher.decoy == Argon2Hasher(profile).decoy

    @pytest.mark.rule("ACCESS-5a")
    @given(texts)
    def test_no_password_matches_the_decoy(self, password):
        """An unknown login is refused whatever is typed."""
        assert not HASHER.verify(HASHER.decoy, Secret(password))


class TestForeignEncodings:
    """What other systems hashed (CRED-8)."""

    @pytest.mark.rule("CRED-8b")
    @pytest.mark.parametrize("row", CORRECT, ids=lambda row: row["hash"][:28])
    def test_an_encoding_from_elsewhere_verifies_once_and_is_rehashed(self, row):
        """Every published example matches its password, matches no other, and is to be replaced."""
        assert HASHER.verify(row["hash"], Secret(row["password"]))
        assert not HASHER.verify(row["hash"], Secret("x" + row["password"]))
        assert HASHER.needs_rehash(row["hash"])

    @pytest.mark.rule("CRED-8b")
    @pytest.mark.parametrize(
        ("prefix", "scheme"),
        [("bcrypt$", "bcrypt"), ("argon2", "argon2")],
    )
    def test_the_wrappings_of_django_are_taken_off(self, prefix, scheme):
        """Django writes its own name of the algorithm in front of what bcrypt and Argon2 give."""
        row = next(row for row in CORRECT if row["scheme"] == scheme)

        assert HASHER.verify(prefix + row["hash"], Secret(row["password"]))
        assert HASHER.needs_rehash(prefix + row["hash"])

    @pytest.mark.rule("CRED-8b")
    @pytest.mark.parametrize("encoded", UNKNOWN)
    def test_what_cannot_be_verified_is_refused_without_being_shown(self, encoded):
        """Damaged and unknown encodings are told from a wrong password, before they are kept as well as after."""
        for ask in (HASHER.needs_rehash, lambda text: HASHER.verify(text, Secret("Haslo-123"))):
            with pytest.raises(BrokenPromise) as refused:
                ask(encoded)
            assert encoded not in str(refused.value)
            assert refused.value.__cause__ is None

    @pytest.mark.rule("CRED-8b")
    @pytest.mark.parametrize(
        "encoded",
        [
            "",
            "!" + "x" * 40,
            "Haslo-123",
            DJANGO + "\n",
            DJANGO[:-3],
            DJANGO.replace("$1$", "$٣$"),
            DJANGO.replace("sha256", "md5"),
            HASHER.decoy.replace("p=1", "p=0"),
            HASHER.decoy.replace("t=1", "t=0"),
            HASHER.decoy + "AA",
            re.sub(r"\$[^$]*$", "$AAAA", HASHER.decoy),
            re.sub(r"\$[^$]*\$([^$]*)$", r"$AAAA$\1", HASHER.decoy),
        ],
    )
    def test_a_damaged_encoding_is_refused_before_it_is_kept(self, encoded):
        """An unusable password of Django's, a cut end, a foreign digit, a parameter that cannot be: each is told."""
        for ask in (HASHER.needs_rehash, lambda text: HASHER.verify(text, Secret("Haslo 1"))):
            with pytest.raises(BrokenPromise) as refused:
                ask(encoded)
            assert refused.value.code == "unknown-password-encoding"

    @pytest.mark.rule("CRED-8b")
    @pytest.mark.parametrize(
        "encoded",
        [
            HASHER.decoy.replace("m=8", "m=4000000"),
            HASHER.decoy.replace("m=8", "m=262144").replace("t=1", "t=17"),
            HASHER.decoy.replace("m=8", "m=1000").replace("p=1", "p=65"),
            DJANGO.replace("$1$", "$5000001$"),
            "$2b$16$" + "." * 53,
        ],
    )
    def test_an_encoding_that_would_exhaust_the_machine_is_refused(self, encoded):
        """Whoever can slip in an encoding cannot stop the sign-in of everybody else with it."""
        for ask in (HASHER.needs_rehash, lambda text: HASHER.verify(text, Secret("Haslo-123"))):
            with pytest.raises(BrokenPromise) as refused:
                ask(encoded)
            assert refused.value.code == "costly-password-encoding"

    @pytest.mark.rule("CRED-8b")
    @pytest.mark.parametrize(
        "encoded",
        [
            HASHER.decoy.replace("m=8", "m=262144").replace("t=1", "t=16"),
            HASHER.decoy.replace("m=8", "m=1000").replace("p=1", "p=64"),
            DJANGO.replace("$1$", "$5000000$"),
            "$2b$15$" + "." * 53,
        ],
    )
    def test_what_a_sign_in_can_just_afford_is_kept(self, encoded):
        """The bounds themselves are inside."""
        assert HASHER.needs_rehash(encoded)

    @pytest.mark.rule("CRED-8b")
    @given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1), st.integers(1, 3), texts)
    def test_every_pbkdf2_of_django_verifies(self, salt, rounds, password):
        """Whatever the salt and the rounds, the encoding matches the password it was made of."""
        salt = salt.replace("$", "s")
        for name in ("sha1", "sha256"):
            digest = b64encode(hashlib.pbkdf2_hmac(name, password.encode(), salt.encode(), rounds)).decode()

            assert HASHER.verify(f"pbkdf2_{name}${rounds}${salt}${digest}", Secret(password))
            assert not HASHER.verify(f"pbkdf2_{name}${rounds + 1}${salt}${digest}", Secret(password))


class TestCommonPasswords:
    """The list that is built in (CRED-6)."""

    @pytest.mark.rule("CRED-6b")
    @pytest.mark.parametrize(
        "text",
        [
            "password",
            "PassWord",
            "pássword",
            "123456",
            "1q2w3e4r",
            "Password1",
            "qwerty!!12",
            "Haslo2024",
            "Szkoła1!",
            "love12!!",
        ],
    )
    def test_what_is_guessed_first_is_too_common(self, text):
        """Listed passwords in any case, and common words with a few characters around them."""
        assert BUILT_IN.contains(Secret(text))

    @pytest.mark.rule("CRED-6b")
    @pytest.mark.parametrize(
        "text",
        [
            "Kamu-7dep-rasi-3ket-bina",
            "password-password",
            "Hasło77-77!",
            "Wz8#kq!L",
            "zielony rower na dachu",
            "12ab34",
            "sex-74-",
        ],
    )
    def test_what_is_not_guessed_first_is_left_alone(self, text):
        """Several words, five characters around a word, random letters."""
        assert not BUILT_IN.contains(Secret(text))

    @pytest.mark.rule("CRED-6b")
    @given(st.data(), st.text("0123456789!?-. ", max_size=2), st.text("0123456789!?-. ", max_size=2))
    def test_a_common_word_with_up_to_four_characters_around_it_is_too_common(self, data, before, after):
        """Whatever word of letters is listed, and however its case is changed."""
        word = data.draw(st.sampled_from(["dragon", "monkey", "qwerty", "hasło", "kocham", "szkoła"]))
        text = "".join(data.draw(st.sampled_from([letter, letter.upper()])) for letter in word)

        assert BUILT_IN.contains(Secret(before + text + after))

    @pytest.mark.rule("CRED-6b")
    @given(before=st.text("0123456789!?.-", max_size=2), after=st.text("0123456789!?.-", max_size=2), data=st.data())
    def test_a_word_of_the_platform_is_too_common(self, data, before, after):
        """Words of every platform of schools, and those of this one where they are given."""
        word = data.draw(st.sampled_from(["Dziennik", "eSzkoła", "Wychowawca", "Redovalnica", "Gradebook", "Zagłębie"]))
        text = Secret(f"{before}{word}{after}")

        assert BUILT_IN.contains(text) == (word != "Zagłębie")
        assert BuiltInCompromisedPasswords(frozenset({"zaglebie"})).contains(text)

    def test_the_words_of_platforms_are_folded_and_in_order(self):
        """Each once, in small letters, and none so short that it means nothing."""
        words = (files("eszkola_core") / "data" / "platform_words.txt").read_text(encoding="ascii").split()

        assert words == sorted(set(words))
        assert all(word == fold(word) and word.isalpha() and len(word) >= 4 for word in words)

    @pytest.mark.rule("CRED-6b")
    def test_the_list_is_a_real_one(self):
        """Nearly twenty thousand passwords; the three thousand that ASVS asks for are the least."""
        assert len(_words("common_passwords")) == 19640
        assert len(_words("polish_words")) == 3000

    def test_the_lists_are_what_their_sources_say(self, vectors):
        """Nothing was added, and nothing was left out but what the data folder's README tells."""
        common = (vectors / "passwords/django_common_passwords.txt").read_text(encoding="utf-8").split("\n")
        polish = (vectors / "passwords/pl_common_words.txt").read_text(encoding="utf-8").split()
        frequent = dict.fromkeys(fold(word) for word in polish if len(word) >= 4 and word.isalpha())

        assert _words("common_passwords") == {fold(line) for line in common if line}
        assert _words("polish_words") == set(list(frequent)[:3000])

    def test_the_lists_ship_with_their_licences(self):
        """Whoever installs the core has the notices beside the data."""
        data = files("eszkola_core") / "data"

        assert "Django Software Foundation" in (data / "LICENSE.django").read_text(encoding="utf-8")
        assert "@zxcvbn-ts" in (data / "LICENSE.zxcvbn-ts").read_text(encoding="utf-8")


@pytest.mark.parametrize("module", ["eszkola_core._defaults", "eszkola_core.domain.passwords"])
def test_importing_costs_no_cryptography(module):
    """Programs that never see a password do not load Argon2, bcrypt, the PRECIS tables or the word lists."""
    program = f"import {module}, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603

    assert module in done.stdout.split()
    assert {"argon2", "bcrypt", "precis_i18n", "gzip", "secrets"}.isdisjoint(done.stdout.split())
