"""Passwords: preparation, policies, violations (CRED-1, CRED-2, CRED-6, CRED-7, CRED-9)."""

from __future__ import annotations

import json
import traceback
import unicodedata
from datetime import date, timedelta
from pathlib import Path

import attrs
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.names import fold
from eszkola_core.domain.passwords import (
    LONGEST,
    NIST_800_63B_4,
    OPOLSKA_2018,
    POLICIES,
    Owner,
    PasswordPolicy,
    Violation,
    ViolationCode,
    as_violation,
    prepare,
    violations,
)
from eszkola_core.errors import InvalidValue

DATA = Path(__file__).parents[1] / "data" / "passwords"
GOLDEN = json.loads((DATA / "opaque_string.json").read_text(encoding="utf-8"))["rows"]
NOBODY = Owner()

letters = st.sampled_from("aąbcćdeęłńóśźżčšžđ")
typed = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn")), min_size=1, max_size=40)


def prepared(text):
    """Return what *text* becomes, or skip the example where it is no password at all."""
    try:
        return prepare(text)
    except InvalidValue:
        assume(False)  # noqa: FBT003 - hypothesis asks for a bare condition
        raise


def codes(text, policy=OPOLSKA_2018, **facts):
    """Return the codes of all violations of *text*; what is not said is not so."""
    known = {"owner": NOBODY, "compromised": False, "reused": False, **facts}
    return [violation.code for violation in violations(prepare(text), policy, **known)]


class TestPreparing:
    """How a password takes its one form (CRED-2)."""

    @pytest.mark.rule("CRED-2")
    @pytest.mark.parametrize("row", GOLDEN, ids=lambda row: ascii(row["input"])[:20])
    def test_preparing_agrees_with_the_golden_rows(self, row):
        """Every row of the OpaqueString vectors comes out as the vectors say, or is refused where they refuse."""
        if row["error"] is None:
            assert row["output"] == prepare(row["input"]).reveal()
        else:
            with pytest.raises(InvalidValue):
                prepare(row["input"])

    @pytest.mark.rule("CRED-2")
    @given(typed)
    @example("Ą" * LONGEST)
    @example("ΐ" * LONGEST)
    def test_every_spelling_of_a_password_is_the_same_password(self, text):
        """What was set composed, decomposed or as typed signs in in each of these spellings."""
        secret = prepared(text)

        assert secret == prepare(unicodedata.normalize("NFD", text)) == prepare(unicodedata.normalize("NFC", text))

    @pytest.mark.rule("CRED-2")
    @given(typed)
    def test_a_prepared_password_is_in_its_last_form(self, text):
        """Preparing again changes nothing."""
        secret = prepared(text)

        assert secret == prepare(secret.reveal())

    @pytest.mark.rule("CRED-2")
    @given(st.integers(1, 3 * LONGEST), st.sampled_from("aĄ\u1f82\U0001f600"))
    def test_exactly_the_longest_passwords_are_refused_for_length(self, length, letter):
        """128 code points are enough for nobody to be refused, 129 are too many, however they are spelled."""
        for form in ("NFC", "NFD"):
            text = unicodedata.normalize(form, letter * length)
            if length <= LONGEST:
                assert len(prepare(text).reveal()) == length
            else:
                with pytest.raises(InvalidValue) as refused:
                    prepare(text)
                assert refused.value.code == ViolationCode.TOO_LONG

    @pytest.mark.rule("CRED-2")
    def test_a_text_beyond_every_spelling_is_refused_unread(self):
        """What no spelling of a permitted password reaches is not even looked at: its tabs go unnoticed."""
        with pytest.raises(InvalidValue) as refused:
            prepare("\t" * (4 * LONGEST + 1))

        assert refused.value.code == ViolationCode.TOO_LONG

    @pytest.mark.rule("CRED-2")
    @pytest.mark.parametrize(
        ("text", "code", "params"),
        [
            ("", ViolationCode.EMPTY, ()),
            ("tab\there", ViolationCode.FORBIDDEN_CHARACTER, ()),
            ("line\nend", ViolationCode.FORBIDDEN_CHARACTER, ()),
            ("zero\u200cwidth", ViolationCode.FORBIDDEN_CHARACTER, ()),
            ("\ud800", ViolationCode.FORBIDDEN_CHARACTER, ()),
            ("a" * 129, ViolationCode.TOO_LONG, (("max", 128),)),
        ],
    )
    def test_what_cannot_be_a_password_is_refused_by_a_code(self, text, code, params):
        """Empty, too long and forbidden texts are told apart, and each can be shown as a violation."""
        with pytest.raises(InvalidValue) as refused:
            prepare(text)

        assert refused.value.code == code
        assert as_violation(refused.value) == Violation(code, params)

    @pytest.mark.rule("CRED-2")
    def test_a_refused_text_is_in_no_part_of_the_error(self):
        """Neither arguments, nor cause, nor context, nor the printed traceback know what was typed."""
        typed_in = "Tajem" + "nica\t1"  # in two pieces, because a traceback quotes this line
        with pytest.raises(InvalidValue) as refused:
            prepare(typed_in)

        assert "Tajemnica" not in repr(refused.value.args)
        assert refused.value.__cause__ is None
        assert refused.value.__context__ is None
        assert "Tajemnica" not in "".join(traceback.format_exception(refused.value))

    def test_bytes_are_no_password(self):
        """Bytes would be decoded by guess; they are refused with a remedy."""
        with pytest.raises(InvalidValue, match="decode") as refused:
            prepare(b"Haslo-123")  # type: ignore[arg-type]

        assert refused.value.code == "not-a-text"

    def test_a_prepared_password_does_not_show_itself(self):
        """Its repr, its text and its place in a message are covered."""
        secret = prepare("Tajemnica 1")

        assert "Tajemnica" not in f"{secret} {secret!r} {secret:>40}"


class TestComposition:
    """Length and kinds of characters (CRED-1)."""

    @pytest.mark.rule("CRED-1")
    @pytest.mark.parametrize(
        "text", ["Abcdefg1", "Abcdefg!", "Abcd efg", "Ǆabcdef1", "ǅabcdef1", "Żółw-łąk", "Abcdefg٣"]
    )
    def test_the_regional_policy_accepts(self, text):
        """Eight code points with an upper-case, a lower-case letter and a digit, a sign or a space are enough."""
        assert codes(text) == []

    @pytest.mark.rule("CRED-1")
    @pytest.mark.parametrize(
        ("text", "lacking"),
        [
            ("Abcdef1", [ViolationCode.TOO_SHORT]),
            ("abcdefg1", [ViolationCode.NO_UPPER]),
            ("ABCDEFG1", [ViolationCode.NO_LOWER]),
            ("Abcdefgh", [ViolationCode.NO_DIGIT_OR_SPECIAL]),
            ("Abcdefgx\u0323\u0307", [ViolationCode.NO_DIGIT_OR_SPECIAL]),
            ("ABCDEFGʰ", [ViolationCode.NO_LOWER, ViolationCode.NO_DIGIT_OR_SPECIAL]),
            ("Z\u0307o\u0301łw-1a", [ViolationCode.TOO_SHORT]),
        ],
    )
    def test_the_regional_policy_misses(self, text, lacking):
        """A mark or a letter without case is no special character; marks that melt into letters are not counted."""
        assert codes(text) == lacking

    @pytest.mark.rule("CRED-1")
    @given(typed)
    def test_composition_is_what_the_categories_of_unicode_say(self, text):
        """The three demands are exactly Lu or Lt, Ll, and anything that is no letter and no mark."""
        kinds = [unicodedata.category(character) for character in prepared(text).reveal()]
        lacking = set(codes(text))

        assert (ViolationCode.TOO_SHORT in lacking) == (len(kinds) < 8)
        assert (ViolationCode.NO_UPPER in lacking) == (kinds.count("Lu") + kinds.count("Lt") == 0)
        assert (ViolationCode.NO_LOWER in lacking) == (kinds.count("Ll") == 0)
        assert (ViolationCode.NO_DIGIT_OR_SPECIAL in lacking) == (not [kind for kind in kinds if kind[0] not in "LM"])

    @pytest.mark.rule("CRED-9a")
    def test_the_nist_policy_asks_length_only(self):
        """Fifteen lower-case letters do; eight do beside a second factor; one less does not."""
        assert codes("abcdefghijklmno", NIST_800_63B_4) == []
        assert codes("abcdefghijklmn", NIST_800_63B_4) == [ViolationCode.TOO_SHORT]
        assert codes("abcdefgh", NIST_800_63B_4, second_factor=True) == []
        assert codes("abcdefg", NIST_800_63B_4, second_factor=True) == [ViolationCode.TOO_SHORT]

    def test_a_second_factor_eases_only_the_policy_that_says_so(self):
        """The regional policy asks the same eight characters of everybody."""
        assert codes("Abcde-1", second_factor=True) == [ViolationCode.TOO_SHORT]


class TestOwner:
    """What belongs to the owner (CRED-6)."""

    owner = Owner(
        login="jnowak17",
        emails=("j.zielona@poczta.example", "sekretariat@sp1.example"),
        national_ids=("0123456789-X",),
        names=("Józefina Ewa", "Nowak-Žagar", "O'Neill"),
    )

    @pytest.mark.rule("CRED-6a")
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("x-JNowak17-Y", ViolationCode.CONTAINS_LOGIN),
            ("Mam J.Zielona!", ViolationCode.CONTAINS_EMAIL),
            ("j.zielona@poczta.exampleX", ViolationCode.CONTAINS_EMAIL),
            ("Sekretariat 1", ViolationCode.CONTAINS_EMAIL),
            ("Moj 0123456789x", ViolationCode.CONTAINS_NATIONAL_ID),
            ("Moj 0123 4567 89-x", ViolationCode.CONTAINS_NATIONAL_ID),
            ("Moj\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19x", ViolationCode.CONTAINS_NATIONAL_ID),
            ("JOZEFINA-1a", ViolationCode.CONTAINS_NAME),
            ("xxŻagar11", ViolationCode.CONTAINS_NAME),
            ("1-O'Neill-1", ViolationCode.CONTAINS_NAME),
            ("1-ONEILLo-1", ViolationCode.CONTAINS_NAME),
        ],
    )
    def test_what_is_the_owners_own_may_not_stand_inside(self, text, code):
        """Login, address, local part, national id and name parts are found in any case, with or without marks."""
        assert code in codes(text, owner=self.owner)

    @pytest.mark.rule("CRED-6a")
    def test_a_short_name_part_may_stand_inside(self):
        """Three letters of a name are chance; four are the name."""
        assert codes("Brewka-77", owner=Owner(names=("Ewa",))) == []
        assert codes("Brewka-77", owner=Owner(names=("Rewk",))) == [ViolationCode.CONTAINS_NAME]

    @pytest.mark.rule("CRED-6a")
    @given(typed, typed, st.text(letters, min_size=4, max_size=12))
    def test_no_name_hides_in_a_password(self, before, after, name):
        """Whatever stands around a name of four letters or more, and in whatever case, it is found."""
        for spelling in (name, name.upper(), fold(name), unicodedata.normalize("NFD", name)):
            text = prepared(f"{before}-{spelling}-{after}").reveal()

            assert ViolationCode.CONTAINS_NAME in codes(text, owner=Owner(names=(name,)))

    @pytest.mark.rule("CRED-6a")
    @given(typed)
    def test_who_has_nothing_is_refused_nothing(self, text):
        """Empty logins, names and addresses are not found in every password."""
        prepared(text)

        assert codes(text, owner=Owner(emails=("",), national_ids=("", "-"), names=("", "-"))) == codes(text)

    def test_an_owner_does_not_show_itself(self):
        """Its repr names nobody."""
        assert repr(self.owner) == "Owner()"


class TestViolations:
    """How violations are told (CRED-7)."""

    @pytest.mark.rule("CRED-7")
    def test_all_violations_are_told_at_once(self):
        """A password that breaks every demand hears of every one, with the numbers of the policy, in a fixed order."""
        owner = Owner(login="ŻA", emails=("za@x.example",), national_ids=("a",), names=())
        found = violations(Secret("ŻA"), OPOLSKA_2018, owner=owner, compromised=True, reused=True)

        assert found == (
            Violation(ViolationCode.TOO_SHORT, (("min", 8),)),
            Violation(ViolationCode.NO_LOWER),
            Violation(ViolationCode.NO_DIGIT_OR_SPECIAL),
            Violation(ViolationCode.CONTAINS_LOGIN),
            Violation(ViolationCode.CONTAINS_EMAIL),
            Violation(ViolationCode.CONTAINS_NATIONAL_ID),
            Violation(ViolationCode.TOO_COMMON),
            Violation(ViolationCode.REUSED, (("history", 4),)),
        )

    @pytest.mark.rule("CRED-7")
    @given(typed, st.booleans(), st.booleans(), st.sampled_from(list(POLICIES.values())))
    def test_violations_come_in_the_order_of_their_codes(self, text, compromised, reused, policy):
        """The order never depends on the password, no code comes twice, and every violation can be hashed."""
        order = list(ViolationCode)
        owner = Owner(login=text[:3], names=(text,))
        found = violations(prepared(text), policy, owner=owner, compromised=compromised, reused=reused)
        places = [order.index(violation.code) for violation in found]

        assert places == sorted(set(places))
        assert len(set(found)) == len(found)

    @pytest.mark.rule("CRED-6b")
    def test_a_policy_without_a_blocklist_hears_of_none(self):
        """The blocklist is the policy's choice."""
        lax = attrs.evolve(OPOLSKA_2018, blocklist=False)

        assert codes("Wyspa-71", compromised=True) == [ViolationCode.TOO_COMMON]
        assert codes("Wyspa-71", lax, compromised=True) == []


class TestPolicies:
    """The policies themselves (CRED-9)."""

    @pytest.mark.rule("CRED-9a")
    def test_the_regional_policy_is_what_the_region_published(self):
        """Eight characters of three kinds, sixty days, four last passwords, warnings 14, 7, 3 and 1 days ahead."""
        assert attrs.asdict(OPOLSKA_2018) == {
            "name": "OPOLSKA_2018",
            "first_day": date(2018, 5, 25),
            "min_length": 8,
            "min_length_beside_second_factor": None,
            "need_upper": True,
            "need_lower": True,
            "need_digit_or_special": True,
            "blocklist": True,
            "lifetime": timedelta(days=60),
            "warn_days": (14, 7, 3, 1),
            "history": 4,
            "grace": timedelta(days=14),
        }

    @pytest.mark.rule("CRED-9a")
    def test_the_nist_policy_has_no_composition_and_no_rotation(self):
        """What NIST took out of its guidelines is not in the policy; the blocklist is."""
        assert (NIST_800_63B_4.min_length, NIST_800_63B_4.min_length_beside_second_factor) == (15, 8)
        assert not any([NIST_800_63B_4.need_upper, NIST_800_63B_4.need_lower, NIST_800_63B_4.need_digit_or_special])
        assert (NIST_800_63B_4.lifetime, NIST_800_63B_4.warn_days, NIST_800_63B_4.history) == (None, (), 0)
        assert NIST_800_63B_4.blocklist
        assert NIST_800_63B_4.first_day == date(2025, 8, 1)

    @pytest.mark.rule("CRED-9a")
    def test_a_tenant_introduces_a_policy_on_its_own_day(self):
        """Only the first day changes."""
        day = date(2026, 9, 1)

        assert OPOLSKA_2018.starting(day) == attrs.evolve(OPOLSKA_2018, first_day=day)
        assert POLICIES[OPOLSKA_2018.name] is OPOLSKA_2018
        assert OPOLSKA_2018.max_length == LONGEST == 128

    @pytest.mark.parametrize(
        "numbers",
        [
            {"min_length": 1},
            {"min_length": 64, "min_length_beside_second_factor": 1},
            {"min_length": 8, "lifetime": timedelta(days=1)},
            {"min_length": 8, "lifetime": timedelta(days=15), "warn_days": (14, 7)},
            {"min_length": 8, "grace": timedelta(days=15)},
        ],
    )
    def test_a_policy_may_go_to_its_bounds(self, numbers):
        """The least and the most that is allowed is kept as it was written."""
        policy = PasswordPolicy(name="odd", first_day=date(2026, 1, 1), **numbers)

        assert numbers == {name: getattr(policy, name) for name in numbers}

    @pytest.mark.parametrize(
        "numbers",
        [
            {"min_length": 0},
            {"min_length": 65},
            {"min_length": 8, "history": -1},
            {"min_length": 8, "lifetime": timedelta(hours=1)},
            {"min_length": 8, "lifetime": timedelta(days=14), "warn_days": (7, 14)},
            {"min_length": 8, "grace": timedelta(days=13)},
        ],
    )
    def test_a_policy_that_cannot_be_kept_is_refused(self, numbers):
        """No length below one or beyond 64, no warning before the password is set, no grace under fourteen days."""
        with pytest.raises(ValueError, match="must"):
            PasswordPolicy(name="odd", first_day=date(2026, 1, 1), **numbers)
