"""The instructions under a security code, in every language (LINK-7f)."""

from __future__ import annotations

from datetime import date

import pytest

from eszkola_core.domain.code_texts import instructions
from eszkola_core.domain.tenants import LOCALES


def sheet(locale):
    """Return the lines of one sheet."""
    return instructions(
        locale,
        name="Žiga {Ćwiek}",
        school="SP nr 1",
        children=["Ala", "Ola"],
        link="https://konto.example/codes",
        until=date(2026, 9, 1),
    )


DAYS = {"pl": "01.09.2026", "sl": "1. 9. 2026", "en": "1 September 2026"}


@pytest.mark.rule("LINK-7f")
@pytest.mark.parametrize("locale", LOCALES)
def test_the_sheet_says_whose_the_code_is_and_what_to_do(locale):
    """Guardian, school, children, where, until when in the language's way; as many lines in each language."""
    lines = sheet(locale)
    text = "\n".join(lines)

    for word in ("Žiga {Ćwiek}", "SP nr 1", "Ala, Ola", "https://konto.example/codes", DAYS[locale]):
        assert word in text
    assert len(lines) == len(sheet("en"))
    assert all(line.strip() == line and line.endswith((".", "?", "Ćwiek}")) for line in lines)


@pytest.mark.rule("LINK-7f")
def test_each_language_has_words_of_its_own():
    """No line is the same in two."""
    lines = [line for locale in LOCALES for line in sheet(locale)]

    assert len(lines) == len(set(lines))
