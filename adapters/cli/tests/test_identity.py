"""`eszkola person held`, `same`, `another`, `distinct` and `eszkola link admit`: what recognition leaves to people."""

from __future__ import annotations

import pytest

from eszkola_cli import identity, links, merging
from eszkola_core._usecases._restricting import RestrictionRefused
from eszkola_core._usecases.see_held import ANSWERS
from eszkola_core._usecases.settle_identity import IdentityRefused
from eszkola_core.domain.claims import Hold
from eszkola_core.domain.merging import MergeRefused


@pytest.fixture
def take(lived_in, table):
    """Import students of a school; return nothing."""

    def apply(*rows, school="sp1"):
        source = lived_in.write(f"{school}.csv", table(rows))
        assert lived_in.run("roster", "apply", source, "--school", school, "--allow-removals").code == 0

    return apply


@pytest.fixture
def held(lived_in):
    """Return whoever is held, by name."""

    def found(*more):
        listed = lived_in.run("person", "held", "--json", *more).json["held"]
        return {each["name"]: each for each in listed}

    return found


@pytest.fixture
def corrected(rows, take, pesel):
    """Import the mother who can sign in under another national id; return the new id and the former one."""
    new = pesel(77)
    take(rows(1)[0] | {"Opiekun 1 PESEL": new}, *rows()[1:])
    return new, rows(1)[0]["Opiekun 1 PESEL"]


@pytest.mark.rule("ID-6e")
def test_another_national_id_is_the_accounts_after_a_yes(lived_in, corrected, held, signs_in):
    """It is listed without either number; after the yes the new one finds the account, and the former one nobody."""
    new, former = corrected
    shown = lived_in.run("person", "held")
    place = held()["Anna Łoś"]
    assert place == {
        "place": place["place"], "school": "sp1", "class": "1a", "list": "students", "record": "101",
        "role": "guardian", "name": "Anna Łoś", "code": "id-correction",
        "meant": {"name": "Anna Łoś", "login": "anna.los"}, "who": "secretary", "answers": ["same"],
    }  # fmt: skip
    assert place["place"].startswith("sp1/101/")
    assert place["place"] in shown.out
    assert "eszkola person same PLACE" in shown.out

    done = lived_in.run("person", "same", place["place"], "--reason", "dowód osobisty")

    assert (done.code, "corrected" in done.out) == (0, True)
    assert held() == {}
    assert lived_in.run("person", "show", new).code == 0
    assert lived_in.run("person", "show", former).code == 1
    assert signs_in(lived_in)
    assert [number for number in corrected if number in shown.out + done.out + str(place)] == []


@pytest.mark.rule("ID-6e")
@pytest.mark.usefixtures("corrected")
def test_a_no_to_another_national_id_is_mended_in_the_gradebook(lived_in, held):
    """The command says so, and nothing has changed; nor has it without a reason."""
    place = held()["Anna Łoś"]["place"]
    before = lived_in.dump()

    for word, reason, says in (("another", "literówka", "gradebook"), ("same", " ", "--reason")):
        done = lived_in.run("person", word, place, "--reason", reason)
        assert (done.code, done.out, says in done.err) == (1, "", True)

    assert lived_in.dump() == before
    assert lived_in.run("person", "same", place).code == 2


@pytest.mark.rule("ID-6e")
def test_an_id_that_another_account_has_is_no_correction(lived_in, rows, take, held):
    """The command leads to the merge."""
    take(rows(1)[0] | {"Opiekun 1 PESEL": rows(2)[1]["Opiekun 1 PESEL"]}, *rows()[1:])

    done = lived_in.run("person", "same", held()["Anna Łoś"]["place"], "--reason", "dowód osobisty")

    assert (done.code, "person merge" in done.err) == (1, True)


@pytest.mark.rule("ID-8b")
@pytest.mark.parametrize("word", ["same", "another"])
def test_a_record_under_another_name_is_whose_somebody_says(lived_in, rows, take, held, word):
    """With a yes the account has the name, with a no there is a new one; nobody is asked again either way."""
    renamed = rows(1)[0] | {"Imię": "Zoja", "Nazwisko": "Kret", "PESEL": ""}
    take(renamed, *rows()[1:])
    place = held()["Zoja Kret"]
    assert (place["code"], place["meant"]["login"], place["answers"]) == ("renamed", "jan.los", ["same", "another"])

    done = lived_in.run("person", word, place["place"], "--reason", "akt urodzenia")
    take(renamed, *rows()[1:])

    assert (done.code, "Zoja Kret" in done.out, "jan.los" in done.out) == (0, True, True)
    assert held() == {}
    (seen,) = (e for e in lived_in.run("link", "list", "anna.los", "--json").json["links"] if e["state"] == "claimed")
    assert seen["child"] == "Zoja Kret"
    assert (lived_in.run("person", "show", "jan.los", "--json").out.count("Zoja") > 0) is (word == "same")


@pytest.mark.rule("ID-8b")
def test_a_strangers_name_under_an_id_gives_nothing_until_it_is_answered(lived_in, rows, take, held):
    """A no keeps it held, with the remedy; a yes takes that back, and the child shows."""
    row = rows(1, first=20)[0] | {"Opiekun 1 imię": "Adam", "Opiekun 1 nazwisko": "Sowa", "Opiekun 1 e-mail": ""}
    take(row | {"Opiekun 1 PESEL": rows(1)[0]["Opiekun 1 PESEL"]}, school="sp2")
    assert held("--school", "sp1") == {}
    place = held("--school", "sp2")["Adam Sowa"]
    assert (place["code"], place["meant"]["login"]) == ("name-mismatch", "anna.los")

    refused = lived_in.run("person", "another", place["place"], "--reason", "inna osoba")
    assert (refused.code, "gradebook" in refused.out) == (0, True)
    again = held()["Adam Sowa"]
    assert (again["code"], again["answers"]) == ("anothers-id", ["same"])
    assert lived_in.run("person", "same", place["place"], "--reason", "x").code == 1  # it is another question by now
    assert lived_in.run("person", "same", again["place"], "--reason", "pomyłka").code == 0

    assert held() == {}
    assert len(lived_in.run("link", "list", "anna.los", "--json").json["links"]) == 2


@pytest.mark.rule("LINK-3b")
def test_whoever_a_restriction_holds_is_admitted(lived_in, rows, take, held, signs_in):
    """The guardian sees the child then; the restriction stands, and what it does not hold is admitted nowhere."""
    lived_in.choose("guardians_need = []")
    row = rows(1)[0]
    restricted = lived_in.run("link", "restrict", "anna.los", "jan.los", "--reason", "III Nsm 7/26")
    assert "person held" in restricted.out
    newcomer = row | {"Opiekun 1 imię": "Adam", "Opiekun 1 PESEL": "", "Opiekun 1 e-mail": "adam@dom.example"}
    take(newcomer, *rows()[1:])
    place = held()["Adam Łoś"]
    assert (place["code"], place["who"], place["answers"]) == ("restriction", "administrator", ["admit"])
    assert "eszkola link admit PLACE" in lived_in.run("person", "held").out
    unasked = lived_in.run("person", "same", place["place"], "--reason", "x")
    assert (unasked.code, "does not wait for that" in unasked.err) == (1, True)
    assert lived_in.run("link", "admit", place["place"], "--reason", " ").code == 1

    done = lived_in.run("link", "admit", place["place"], "--reason", "dowód osobisty")

    assert (done.code, "Adam Łoś" in done.out) == (0, True)
    assert held() == {}
    (link,) = lived_in.run("link", "list", "adam.los", "--json").json["links"]
    assert (link["child"], link["state"]) == ("Jan Łoś", "claimed")
    assert not signs_in(lived_in)


@pytest.mark.rule("LINK-3b")
@pytest.mark.usefixtures("corrected")
def test_what_no_restriction_holds_is_not_admitted(lived_in, held):
    """The command says where to look; and whoever may not see a place cannot name it."""
    place = held()["Anna Łoś"]["place"]
    for words, says in (
        (("link", "admit", place), "no restriction holds"),
        (("link", "admit", place + "0"), "person held"),
        (("person", "same", "sp1"), "person held"),
        (("--as", "anna.los", "person", "same", place), "no role"),
        (("--as", "anna.los", "link", "admit", place), "no role"),
    ):
        done = lived_in.run(*words, "--reason", "x")
        assert (done.code, done.out, says in done.err) == (1, "", True)


@pytest.mark.rule("ROLE-4a")
@pytest.mark.usefixtures("corrected")
def test_the_list_is_for_those_who_look_after_a_school(lived_in):
    """A guardian sees none, an unknown school has none, and --strict ends with 1 while somebody is held."""
    assert lived_in.run("--as", "anna.los", "person", "held").code == 1
    unknown = lived_in.run("person", "held", "--school", "sp9")
    assert (unknown.code, "sp1" in unknown.err) == (1, True)
    assert (lived_in.run("person", "held").code, lived_in.run("person", "held", "--strict").code) == (0, 1)


def test_nobody_is_held_where_all_is_well(lived_in, rows, table, pesel):
    """The list says so, and an import that holds somebody leads to the list."""
    told = lived_in.run("person", "held", "--strict")
    assert (told.code, "Nobody is held" in told.out) == (0, True)
    mistaken = rows(1)[0] | {"Opiekun 1 PESEL": pesel(77)}
    source = lived_in.write("sp1.csv", table([mistaken, *rows()[1:]]))
    assert "'eszkola person held' lists" in lived_in.run("roster", "apply", source, "--school", "sp1").out


def test_every_refusal_and_every_reason_has_its_words():
    """No answer of the core ends in a code that nobody can read."""
    assert set(identity.KEPT) == set(IdentityRefused)
    assert set(links.KEPT) == set(RestrictionRefused)
    assert set(merging.KEPT) == set(MergeRefused)
    can_wait = set(Hold) - {Hold.RESTRICTION, Hold.ANOTHERS_ID}  # these two can always be answered
    assert set(identity.REASONS) == {(each, True) for each in ANSWERS} | {(each, False) for each in can_wait}
