"""Every cause has a row in the table and words in three languages."""

from __future__ import annotations

import string

import pytest

from eszkola_core.domain.cause_texts import how, says
from eszkola_core.domain.causes import CAUSES, Cause, CauseCode, cause
from eszkola_core.domain.claims import Hold
from eszkola_core.domain.devices import DeviceEnd
from eszkola_core.domain.duplicates import Likeness
from eszkola_core.domain.notices import NoticeKind
from eszkola_core.domain.tenants import LOCALES
from eszkola_core.errors import InvalidValue

EVERY_FACT = {
    name: f"<{name}>"
    for name in (
        *("school", "record", "reason", "since", "until", "at", "what", "first_day", "central", "stated"),
        *("schools", "likeness", "name"),
    )
}


@pytest.mark.rule("WHY-1a")
def test_every_cause_says_who_can_mend_it_and_where():
    """The table misses none."""
    assert set(CAUSES) == set(CauseCode)


@pytest.mark.rule("WHY-1a")
@pytest.mark.parametrize("code", CauseCode)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_cause_has_words_in_every_language(code, locale):
    """What is the matter, and what to do; all facts of one language stand in the others too."""
    found = Cause(code, tuple(EVERY_FACT.items()))

    def facts(which):
        text = which(found, locale)
        return {name for name, mark in EVERY_FACT.items() if mark in text}

    assert says(found, locale).endswith(".")
    assert how(found, locale).endswith(".")
    assert not {"{", "}"} & {*says(found, locale), *how(found, locale)}
    assert facts(says) == {name for name, mark in EVERY_FACT.items() if mark in says(found, "en")}
    assert facts(how) == set()


@pytest.mark.rule("WHY-1a")
@pytest.mark.parametrize("locale", ["pl", "sl"])
@pytest.mark.parametrize("code", [*Hold, *DeviceEnd, *Likeness, *NoticeKind])
def test_no_code_is_left_in_a_text(code, locale):
    """A reason that is a code among the facts is told in words, in every language but English."""
    if code in (DeviceEnd.REPLACED, DeviceEnd.TOO_MANY_PINS):
        return  # pairings that came to nothing are told to nobody
    told = says(cause(CauseCode.DEVICE_ENDED, name="x", at="y", reason=code.value), locale)

    assert code.value not in told


@pytest.mark.rule("WHY-1a")
def test_a_code_is_told_in_plain_words_in_english_and_other_facts_as_they_stand():
    """Hyphens of a school's key stay; those of a code do not."""
    held = Cause(CauseCode.HELD, (("reason", "name-mismatch"), ("record", "12-a"), ("school", "SP-1")))

    assert says(held, "en") == "What record 12-a (SP-1) says waits for a decision: name mismatch."


@pytest.mark.rule("WHY-1a")
@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("pl", "z dokumentem: zasady bezpiecznego korzystania, zobowiązanie."),
        ("sl", "z dokumentom: pravila varne uporabe, zaveza."),
        ("en", "before a session opens: safety rules, commitment."),
    ],
)
def test_each_of_several_codes_is_told_in_words(locale, told):
    """A fact may name some at once; a text of somebody's own with commas in it stays as it is."""
    found = cause(CauseCode.MUST_ACKNOWLEDGE, what="safety-rules, commitment")
    typed = cause(CauseCode.MUST_ACKNOWLEDGE, what="SP-1,  LO-2 i inne")

    assert says(found, locale).endswith(told)
    assert says(typed, locale).endswith(": SP-1,  LO-2 i inne.")


def test_another_language_is_refused():
    """With those that there are."""
    with pytest.raises(InvalidValue, match="pl, sl, en"):
        says(cause(CauseCode.UNKNOWN), "de")


def test_facts_come_in_the_order_of_their_names():
    """Two causes with the same facts are equal, however they were given."""
    assert cause(CauseCode.HELD, school="A", record="1") == cause(CauseCode.HELD, record="1", school="A")
    assert set(string.ascii_lowercase) > {"a"}
