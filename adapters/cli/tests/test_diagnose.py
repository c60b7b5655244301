"""The help page at the command line."""

from __future__ import annotations

import pytest


@pytest.mark.rule("WHY-1a")
def test_a_diagnosis_is_told_in_three_languages(lived_in):
    """What blocks first, with who can mend it; the tenant's language where none is asked for."""
    told = lived_in.run("diagnose", "jan.los")
    assert told.code == 0
    assert told.out.startswith("✗ Hasło nie zostało jeszcze ustawione.\n")
    assert "Geslo še ni nastavljeno." in lived_in.run("diagnose", "jan.los", "--lang", "sl").out
    assert "No password has been set yet." in lived_in.run("diagnose", "jan.los", "--lang", "en").out


@pytest.mark.rule("WHY-1a")
def test_programs_get_codes_facts_and_who_can_mend_it(lived_in):
    """One object; a guardian who can sign in has nothing that blocks."""
    found = lived_in.run("diagnose", "anna.los", "--json").json["findings"]

    assert [each["code"] for each in found if each["blocks"]] == []
    (elsewhere,) = [each for each in found if each["code"] == "child-elsewhere"]
    assert elsewhere["facts"] == {"schools": "sp1"}
    assert (elsewhere["who"], elsewhere["where"]) == ("secretary", "gradebook")
    assert "✓ Nic nie stoi na przeszkodzie." in lived_in.run("diagnose", "anna.los").out


@pytest.mark.rule("WHY-1a")
@pytest.mark.rule("ID-10a")
def test_somebody_is_found_by_number_on_standard_input(lived_in, rows):
    """The number is not printed; nobody known is a finding and no error."""
    number = rows(1)[0]["PESEL"]
    told = lived_in.run("diagnose", "-", stdin=number)

    assert told.code == 0
    assert number not in told.out + told.err
    (unknown,) = lived_in.run("diagnose", "nikt.taki", "--json").json["findings"]
    assert (unknown["code"], unknown["blocks"]) == ("unknown", True)


@pytest.mark.rule("WHY-1a")
def test_a_student_may_not_diagnose_another(lived_in):
    """Acting as somebody without the right ends in a sentence."""
    told = lived_in.run("--as", "jan.los", "diagnose", "anna.los")

    assert (told.code, told.out) == (1, "")


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("en", "The account is locked until somebody lifts the lock."),
        ("pl", "Konto jest zablokowane, dopóki ktoś nie zdejmie blokady."),
        ("sl", "Račun je zaklenjen, dokler nekdo ne odklene."),
    ],
)
def test_a_lock_without_an_end_is_told_as_such(lived_in, lang, says):
    """No dash stands where a day would."""
    assert lived_in.run("account", "lock", "anna.los", "--why", "x").code == 0
    told = lived_in.run("diagnose", "anna.los", "--lang", lang).out
    assert says in " ".join(told.split())
