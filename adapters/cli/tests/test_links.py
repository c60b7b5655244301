"""Links by the command: who is kept from whom, who sees a student, and what a grown-up student consents to."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from eszkola_core.domain.coming_of_age import OF_AGE


@pytest.fixture
def mother(rows):
    """Return the national id of the mother who can sign in, and that of her child."""
    row = rows(1)[0]
    return row["Opiekun 1 PESEL"], row["PESEL"]


@pytest.mark.rule("LINK-3a")
def test_a_restriction_is_made_shown_and_lifted(lived_in, mother, signs_in):
    """The mother does not see the child any more, until it is lifted; nothing shows a national id."""
    human, child = mother
    assert signs_in(lived_in)

    made = lived_in.run("link", "restrict", human, child, "--reason", "III Nsm 7/26")

    assert made.code == 0
    assert not signs_in(lived_in)
    (seen,) = lived_in.run("link", "list", "anna.los", "--json").json["links"]
    assert (seen["guardian"], seen["child"], seen["state"]) == ("Anna Łoś", "Jan Łoś", "restricted")
    assert [each["reason"] for each in seen["restrictions"]] == ["III Nsm 7/26"]
    assert "III Nsm 7/26" in lived_in.run("link", "list", child).out
    again = lived_in.run("link", "restrict", human, child, "--reason", "x")
    assert (again.code, again.out) == (1, "")
    assert "already" in again.err
    assert lived_in.run("link", "lift", human, child, "--reason", "uchylone").code == 0
    assert signs_in(lived_in)
    assert "no restriction" in lived_in.run("link", "lift", human, child, "--reason", "x").err
    for number in mother:
        assert number not in made.out + made.err + again.err


@pytest.mark.rule("LINK-3d")
def test_a_guardian_lifts_nothing(lived_in, mother):
    """Whoever it concerns is refused with a sentence, and so is who gives no reason."""
    human, child = mother
    lived_in.run("link", "restrict", human, child, "--reason", "III Nsm 7/26")

    refused = lived_in.run("--as", "anna.los", "link", "lift", human, child, "--reason", "proszę")

    assert refused.code == 1
    assert "restriction" in refused.err
    assert lived_in.run("link", "lift", human, child).code == 2
    assert lived_in.run("link", "lift", human, child, "--reason", " ").code == 1


@pytest.mark.rule("WHY-4")
def test_who_sees_a_student_is_told_with_what_they_see_by(lived_in, mother):
    """The child and the mother see the child; a mother of another is told nothing."""
    _, child = mother
    other = lived_in.run("--as", "anna.was", "who-sees", child)

    told = lived_in.run("who-sees", child, "--json").json["viewers"]

    assert [(each["name"], each["through"]) for each in told] == [("Anna Łoś", "link"), ("Jan Łoś", "self")]
    assert "guardian" in lived_in.run("who-sees", child).out
    assert (other.code, other.out) == (1, "")


@pytest.mark.rule("LINK-4")
def test_a_student_of_age_consents_in_a_session(installed, rows, table, pesel, password):
    """The mother waits for it, sees the student with it, and no more once it is taken back."""
    today = datetime.now(UTC).date()
    born = date(today.year - OF_AGE - 1, today.month, min(today.day, 28))
    row = rows(1)[0] | {"PESEL": pesel(1, born), "Data urodzenia": born.isoformat()}
    house = installed()
    house.choose('guardians_open_by = "gradebook"\nlinks_when_of_age = "need-consent"')
    assert house.run("roster", "apply", house.write("u.csv", table([row])), "--school", "sp1").code == 0
    house.run("access", "request", row["PESEL"])
    house.run("outbox", "dispatch")
    house.run("access", "complete", house.link_for(row["E-mail ucznia"]), "--password-stdin", stdin=password)

    def state():
        (seen,) = house.run("link", "list", "anna.los", "--json").json["links"]
        return seen["state"]

    def consents(*more, typed=password):
        return house.run("link", "consent", "jan.los", "anna.los", *more, "--password-stdin", stdin=typed)

    assert state() == "awaiting-consent"
    assert consents(typed="Inne-haslo-1").code == 1
    assert (consents("--withdraw").code, state()) == (1, "awaiting-consent")
    assert (consents().code, state()) == (0, "claimed")
    assert consents().code == 1
    assert (consents("--withdraw").code, state()) == (0, "awaiting-consent")
