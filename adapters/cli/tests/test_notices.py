"""`eszkola rules`: what is shown, what is written down, and what a sign-in then asks for."""

from __future__ import annotations

import pytest

PASSWORD = "Wiosna?Deszcz-71"


@pytest.mark.rule("LAW-1")
@pytest.mark.parametrize(("lang", "says"), [("pl", "Zasady"), ("sl", "Pravila"), ("en", "Rules")])
def test_the_rules_are_shown_in_three_languages(installed, lang, says):
    """All three notices with their versions, or one alone."""
    house = installed()
    told = house.run("rules", "show", "--lang", lang)
    assert told.code == 0
    assert says in told.out
    assert [f"{kind} · version" in told.out for kind in ("safety-rules", "data-protection", "commitment")] == [True] * 3
    (only,) = house.run("rules", "show", "--kind", "commitment", "--json").json["notices"]
    assert (only["kind"], only["school"], len(only["digest"])) == ("commitment", "", 64)


@pytest.mark.rule("LAW-1")
def test_a_school_s_own_rules_stand_before_those_that_ship(lived_in):
    """There and nowhere else; the same version again is refused, and so is a file that is none."""
    file = lived_in.write("zasady.toml", 'version = "2026-09"\npl = "Zasady naszej szkoły"\n')
    publish = ("rules", "publish", file, "--kind", "safety-rules", "--school", "sp1")
    assert lived_in.run(*publish).code == 0
    assert "Zasady naszej szkoły" in lived_in.run("rules", "show", "--school", "sp1").out
    assert "Zasady naszej szkoły" not in lived_in.run("rules", "show").out
    assert lived_in.run(*publish).code == 1
    for content in ("", "version", 'version = "1"\nde = "Regeln"', 'version = 7\npl = "Zasady"', b"\xff"):
        broken = lived_in.write("inne.toml", content)
        assert lived_in.run("rules", "publish", broken, "--kind", "commitment").code == 1
    assert lived_in.run("rules", "publish", lived_in.folder / "none.toml", "--kind", "commitment").code == 1


@pytest.mark.rule("LAW-1")
def test_a_sign_in_asks_for_what_must_be_acknowledged(lived_in, signs_in):
    """Without anybody to ask it ends there; somebody who agrees is let in, and once it is on paper nobody is asked."""
    lived_in.choose('acknowledge_first = ["safety-rules", "commitment"]')
    assert not signs_in(lived_in)
    refused = lived_in.run("signin", "anna.los", stdin=f"{PASSWORD}\nn\n")
    assert (refused.code, "18. " in refused.out) == (1, True)
    agreed = lived_in.run("signin", "anna.los", stdin=f"{PASSWORD}\ny\nn\n")
    assert (agreed.code, "18. " in agreed.out, "Oświadczam" in agreed.out) == (1, True, True)
    told = lived_in.run("rules", "acknowledge", "mama1@dom.example", "--kind", "commitment")
    assert (told.code, told.out) == (0, "✓ anna.los: commitment, version 2026-1\n")
    assert signs_in(lived_in)


def test_who_is_unknown_or_not_permitted_is_told_in_a_sentence(lived_in):
    """Nobody has the login; or the one who acts has no role for it."""
    for identifier in ("nobody", "nobody@example.com", "@", "44051401359"):
        told = lived_in.run("rules", "acknowledge", identifier)
        assert (told.code, told.out) == (1, "")
        assert "nobody has this" in told.err
    denied = lived_in.run("--as", "anna.los", "rules", "acknowledge", "jan.was")
    assert denied.code == 1
    assert "no role" in denied.err


@pytest.mark.rule("LAW-1")
def test_a_notice_that_is_not_whole_is_refused_by_its_file(lived_in):
    """What is wrong is told with the name of the file; nothing is published."""
    file = lived_in.write("regulamin.toml", b'pl = "Nie podawaj nikomu hasla."\n')
    refused = lived_in.run("rules", "publish", file, "--kind", "safety-rules")
    assert refused.code == 1
    assert str(file) in refused.err
    assert "version" in refused.err
    assert "Traceback" not in refused.err
