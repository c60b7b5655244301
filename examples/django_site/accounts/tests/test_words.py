"""What is said, in three languages."""

from __future__ import annotations

import gettext
import re
from ast import literal_eval
from pathlib import Path

import pytest
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import override

from accounts.models import Account
from accounts.words import WORDS
from eszkola_core import AddressRefused, ChangeRefused, CompletionRefused, Refusal

pytestmark = pytest.mark.usefixtures("site")

LOCALE = Path(__file__).parents[1] / "locale"
ENTRY = re.compile(
    r'^msgid ((?:".*"\n)+)(?:msgid_plural (?:".*"\n)+)?((?:msgstr(?:\[\d\])? (?:".*"\n?)+)+)', re.MULTILINE
)

VARIABLE = re.compile(r"%\(\w+\)\w")


def entries(language):
    """Return the texts of a language as the file for translators has them: each with all its forms."""
    text = (LOCALE / language / "LC_MESSAGES/django.po").read_text("utf-8")

    def joined(lines):
        return "".join(map(literal_eval, re.findall(r'".*"', lines)))

    found = {joined(each[1]): re.split(r"msgstr(?:\[\d\])? ", each[2])[1:] for each in ENTRY.finditer(text)}
    return {text: [joined(form) for form in forms] for text, forms in found.items() if text}


@pytest.mark.parametrize("language", ["pl", "sl"])
def test_every_text_is_there_and_is_what_django_reads(language):
    """Nothing is left in English, the variables are the same, and the compiled file is made of the written one."""
    with (LOCALE / language / "LC_MESSAGES/django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    written = entries(language)

    assert len(written) > 50
    for text, forms in written.items():
        assert all(forms), text
        assert {tuple(VARIABLE.findall(form)) for form in forms} <= {tuple(VARIABLE.findall(text)), ("%(seconds)d",)}
        if len(forms) == 1:
            assert compiled.gettext(text) == forms[0]
        else:  # Polish has one for fractions, too
            assert {compiled.ngettext(text, text, number) for number in range(200)} >= set(forms[:3])


def test_both_languages_have_the_same_texts():
    """Whoever adds one adds both."""
    assert entries("pl").keys() == entries("sl").keys()


def test_every_reason_that_a_page_may_meet_has_words():
    """Those that come with violations have theirs from the platform."""
    met = {*Refusal, *ChangeRefused, *CompletionRefused, AddressRefused.TOKEN_NOT_LIVE, AddressRefused.ADDRESS_TAKEN}
    by_violation = {"password-not-accepted"}

    assert {str(each) for each in met} - {str(each) for each in WORDS} == by_violation


@pytest.mark.parametrize(
    ("language", "says"),
    [("pl", "Hasło jest za krótkie"), ("sl", "Geslo je prekratko"), ("en", "The password is too short")],
)
def test_a_form_of_the_project_hears_the_platforms_policy(language, says):
    """All that is wrong, with the codes of the platform, in the language of the page."""
    with override(language), pytest.raises(ValidationError) as refused:
        validate_password("ewa")

    assert says in refused.value.messages[0]
    assert {each.code for each in refused.value.error_list} >= {"too-short", "no-upper-case-letter"}


def test_what_belongs_to_its_owner_is_no_password(site):
    """For a user of the platform, that is; where nobody is known it may be anybody's."""
    ewa = Account(person=site.person("ewa@example.com"))

    validate_password("Gęślicka-2026-x")
    with pytest.raises(ValidationError) as refused:
        validate_password("Gęślicka-2026-x", ewa)

    assert [each.code for each in refused.value.error_list] == ["contains-name"]


def test_what_is_asked_for_is_said_beside_the_field():
    """From the policy, in the language of the page."""
    with override("en"):
        (told,) = password_validators_help_texts()
        assert told.startswith("At least 8 characters, a capital letter, a small letter, a digit or another character;")
    with override("pl"):
        assert password_validators_help_texts()[0].startswith("Co najmniej 8 znaków, wielka litera")
