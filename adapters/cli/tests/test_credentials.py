"""`eszkola credentials`: from the preview to the printed page, by the command."""

from __future__ import annotations

import csv
import json
import stat

import pypdfium2
import pytest

from eszkola_cli.address_table import read_addresses
from eszkola_core.domain.names import PersonName
from eszkola_core.errors import InvalidValue

SCHOOL = ("--school", "sp1")


@pytest.fixture
def office(installed, rows, table):
    """Return an installation of the eAsistent profile with a school of three; one has no address, one a password."""
    house = installed("easistent")
    listed = rows(3)
    listed[1]["E-mail ucznia"] = ""
    assert house.run("roster", "apply", house.write("uczniowie.csv", table(listed)), "--school", "sp1").code == 0
    house.run("outbox", "dispatch")
    house.run("access", "request", "uczen3@dom.example")
    house.run("access", "request", listed[2]["PESEL"])
    house.run("outbox", "dispatch")
    done = house.run(
        "access", "complete", house.link_for("uczen3@dom.example"), "--password-stdin", stdin="Zielony-7-Dom"
    )
    assert done.code == 0
    return house


@pytest.fixture
def addresses(office):
    """Return a table with the address of one household."""
    return office.write("adresy.csv", "Nr kartoteki;Ulica;Kod pocztowy;Miejscowość\n102;Polna 1;45-064;Opole\n")


def pages_of(path):
    """Return the text of each page of a document."""
    with pypdfium2.PdfDocument(path.read_bytes()) as document:
        texts = []
        for number in range(len(document)):
            page = document[number]
            text = page.get_textpage()
            texts.append(text.get_text_range())
            text.close()
            page.close()
        return texts


def told_by(found):
    """Return what a preview's JSON says of each, by login."""
    return {each["login"]: each for each in found.json["rows"]}


@pytest.mark.rule("INIT-5")
def test_a_preview_is_sent_as_it_was_shown(office, addresses, tmp_path):
    """E-mail to one, a letter to another, nothing to whoever has a password; a costly one needs its id, and once."""
    how = (*SCHOOL, "--addresses", addresses)
    seen = office.run("credentials", "preview", *how, "--json")
    rows = told_by(seen)

    assert {login: (each["channel"], each["nothing"]) for login, each in rows.items()} == {
        "jan.los": ("e-mail", None),
        "jan.was": ("letter", None),
        "jan.ges": (None, "has-own-password"),
    }
    assert seen.json["cost"] == {"amount": "1.00", "currency": "EUR"}
    assert rows["jan.was"]["closed"]["e-mail"] == "no-address"
    shown = office.run("credentials", "preview", *how)
    assert (shown.code, f"--preview {seen.json['preview']}" in shown.out) == (0, True)

    out = tmp_path / "listy.pdf"
    assert office.run("credentials", "send", *how, "--json").code == 2
    unsaid = office.run("credentials", "send", *how, "--out", out)
    assert (unsaid.code, out.exists(), "this costs 1.00 EUR" in unsaid.err) == (1, False, True)
    sent = office.run("credentials", "send", *how, "--out", out, "--preview", seen.json["preview"], "--json")
    assert (sent.code, sent.json["letters"]) == (0, 1)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    (page,) = pages_of(out)
    assert "Anna Wąs" in page
    assert "45-064 Opole" in page
    office.run("outbox", "dispatch")
    mails = [
        each
        for each in office.mails()
        if each["Subject"].startswith("Podatki za prvo prijavo") or "pierwszego logowania" in each["Subject"]
    ]
    assert [each["To"] for each in mails] == ["uczen1@dom.example"]
    again = office.run("credentials", "send", *how, "--out", tmp_path / "b.pdf", "--preview", seen.json["preview"])
    assert (again.code, "not those of that preview any more" in again.err) == (1, True)


@pytest.mark.rule("INIT-2")
def test_one_person_gets_a_new_one(office):
    """The others get nothing; a person with a password is left to the reset."""
    first = office.run("credentials", "send", *SCHOOL, "--channel", "e-mail", "--json")
    assert first.json["channels"]["e-mail"] == 1
    new = office.run("credentials", "send", *SCHOOL, "--new", "-", "--channel", "e-mail", "--json", stdin="jan.los")
    assert told_by(new).keys() == {"jan.los"}
    assert told_by(new)["jan.los"]["deed"] == "make"
    owner = office.run("credentials", "preview", *SCHOOL, "--new", "jan.ges", "--json")
    assert told_by(owner)["jan.ges"]["nothing"] == "has-own-password"


@pytest.mark.rule("INIT-3")
@pytest.mark.rule("INIT-4")
def test_letters_and_lists_are_printed(office, addresses, tmp_path):
    """Letters one a page, for those without a password; the list names everybody, with a blank."""
    letters, listed = tmp_path / "listy.pdf", tmp_path / "wykaz.pdf"
    told = office.run(
        "credentials", "print", *SCHOOL, "--addresses", addresses, "--lang", "pl", "--out", letters, "--json"
    )
    assert told.json == {"printed": 2, "unprintable": 0}
    assert office.run("credentials", "print", *SCHOOL, "--list", "--lang", "pl", "--out", listed).code == 0
    pages, (page,) = pages_of(letters), pages_of(listed)

    assert len(pages) == 2
    assert [each in page for each in ("jan.los", "jan.was", "jan.ges")] == [True] * 3
    passwords = [line for text in pages for line in text.splitlines() if line.count("-") == 4]
    assert len(passwords) == 2
    assert all(each.strip() in page.replace("\r\n", "") or each.strip() in page for each in passwords)
    signed = office.run("signin", "jan.was", "--password-stdin", stdin=passwords[1].strip())
    assert signed.code == 1
    assert office.run(
        "credentials", "print", *SCHOOL, "--first-access", "--out", tmp_path / "c.pdf", "--json"
    ).json == {
        "printed": 1,
        "unprintable": 0,
    }
    assert (
        office.run("credentials", "print", *SCHOOL, "--list", "--first-access", "--out", tmp_path / "d.pdf").code == 2
    )
    assert office.run("credentials", "print", *SCHOOL, "--out", letters).code == 1
    wrong = office.run("credentials", "print", *SCHOOL, "--class", "9z", "--out", tmp_path / "e.pdf")
    assert (wrong.code, "nobody in school 'sp1' is in a class '9z'" in wrong.err) == (1, True)
    assert not (tmp_path / "e.pdf").exists()


@pytest.mark.rule("INIT-5")
@pytest.mark.rule("INIT-6")
def test_one_is_handed_over_with_a_receipt(office, tmp_path):
    """To the owner or to a guardian; the journal has the entry that the command names, and not the password."""
    office.run("credentials", "print", *SCHOOL, "--out", tmp_path / "a.pdf")
    told = office.run(
        "credentials", "hand-over", "jan.was", "--by", "hand", "--proof", "school-card", "--to", "anna.was", "--show"
    )
    login, password, entry = told.out.splitlines()

    assert (told.code, login) == (0, "jan.was")
    journal = office.run("audit", "show", "--json").out
    assert "credential-handed-over" in journal
    assert password not in journal
    assert "journal" in entry
    words = ("credentials", "hand-over", "jan.was", "--by", "phone", "--proof")
    kept = tmp_path / "haslo.txt"
    assert office.run(*words, "called-back", "--out", kept).code == 0
    assert kept.read_text("utf-8").splitlines() == [login, password]
    assert office.run(*words, "school-card", "--show").code == 1
    assert office.run(*words, "called-back").code == 2
    gone = tmp_path / "nic.txt"
    assert (
        office.run("credentials", "hand-over", "jan.ges", "--by", "hand", "--proof", "passport", "--out", gone).code
        == 1
    )
    assert not gone.exists()


@pytest.mark.rule("LINK-7f")
def test_codes_of_a_class_are_printed(office, addresses, tmp_path):
    """One letter a guardian, with the address; that it was printed is in the journal."""
    out = tmp_path / "kody.pdf"
    told = office.run("codes", "print", *SCHOOL, "--class", "1b", "--addresses", addresses, "--out", out, "--json")

    assert told.json == {"printed": 1, "verified": 0, "without": [], "unprintable": 0}
    (page,) = pages_of(out)
    assert "Polna 1" in page
    assert "Anna Wąs" in page
    deeds = json.loads(office.run("audit", "show", "--json").out)["entries"]
    assert "code-handed-over" in {each["deed"] for each in deeds}
    assert office.run("codes", "print", *SCHOOL, "--out", out).code == 1
    more = office.run("codes", "print", *SCHOOL, "--out", tmp_path / "b.pdf", "--lang", "sl")
    assert (more.code, "3 letters" in more.out) == (0, True)
    assert office.run("codes", "print", *SCHOOL, "--out", tmp_path / "c.pdf", "--lang", "de").code == 1


@pytest.mark.rule("INIT-4")
def test_a_name_that_no_font_has_keeps_nobody_elses_letter_back(installed, rows, table, tmp_path):
    """It is named by class and record; in the list there is a question mark."""
    house = installed("easistent")
    listed = rows(2)
    listed[0]["Imię"] = "\u05e9\u05dc\u05d5\u05dd"
    listed[0]["Opiekun 1 imię"] = "\u05e9\u05dc\u05d5\u05dd"
    assert house.run("roster", "apply", house.write("u.csv", table(listed)), "--school", "sp1").code == 0
    told = house.run("credentials", "print", *SCHOOL, "--out", tmp_path / "a.pdf")

    assert (told.code, "the letter 1a · 101 is left out" in told.err, "U+05E9" in told.err) == (0, True, True)
    assert len(pages_of(tmp_path / "a.pdf")) == 1
    told = house.run("credentials", "print", *SCHOOL, "--list", "--out", tmp_path / "b.pdf")
    assert (told.code, "question mark" in told.err) == (0, True)
    assert "????" in pages_of(tmp_path / "b.pdf")[0]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "line 1: there is no column 'record'"),
        ("record;street;city\n1;Polna 1;Opole\n", "there is no column 'postal_code'"),
        ("record;street;postal_code;city\n1;Tajna 77;;Opole\n", "line 2: the column 'postal_code' is empty"),
        ("record;street;postal_code;city\n;Tajna 77;1;Opole\n", "line 2: the column 'record' is empty"),
        ("record;street;postal_code;city\n1;Tajna 77;1;B\n1;Tajna 77;1;B\n", "line 3: the same record and name"),
        (f"record;street;postal_code;city\n1;{'Tajna' * 99};1;B\n", "line 2: a cell is too long"),
    ],
)
def test_a_mistake_in_the_table_of_addresses_is_named(tmp_path, text, complaint):
    """By line and column, and without the address itself."""
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidValue) as wrong:
        read_addresses(path)

    assert complaint in str(wrong.value)
    assert "Tajna" not in str(wrong.value)


def test_a_table_of_addresses_is_read_as_spreadsheets_write_it(tmp_path):
    """In three languages, with commas or semicolons, quotes and line ends within, and lines without an address."""
    path = tmp_path / "a.csv"
    slovene = (
        'Matična številka,Naslovnik,Naslov,Poštna številka,Pošta,Država\r\n7,,"Cesta 1,\r\nvrata 2",1000,Ljubljana,\r\n'
    )
    path.write_bytes(("\ufeff" + slovene + "8,Ana Čuk,Trg 3,2000,Maribor,Slovenija\r\n9,,,,,\r\n\r\n").encode())
    book = read_addresses(path)

    assert book.household("7").lines == ("Cesta 1, vrata 2", "1000 Ljubljana")
    assert book.own("8", PersonName("Ana", "Čuk")).lines == ("Trg 3", "2000 Maribor", "SLOVENIJA")
    assert (book.household("9"), read_addresses(None).household("7")) == (None, None)
    (tmp_path / "b.csv").write_bytes("record;street\n1;\xb3".encode("latin-1"))
    for name in ("b.csv", "c.csv"):
        with pytest.raises(InvalidValue, match="cannot be read as text"):
            read_addresses(tmp_path / name)
    assert csv.field_size_limit() > 0


def test_letters_are_set_as_the_configuration_says(office, tmp_path):
    """A text of one's own stands on the page; a mistake in it names the file."""
    texts = office.folder / "teksty"
    texts.mkdir()
    (texts / "pl.toml").write_text('[letter]\nremark = "Z rąk do rąk"\n', encoding="utf-8")
    path = office.folder / "eszkola.toml"
    path.write_text(path.read_text("utf-8") + '\n[letters]\noverrides = "teksty"\n', "utf-8")
    assert office.run("credentials", "print", *SCHOOL, "--lang", "pl", "--out", tmp_path / "a.pdf").code == 0

    assert "Z rąk do rąk" in pages_of(tmp_path / "a.pdf")[0]
    (texts / "pl.toml").write_text("[letter]\nremark = 7\n", encoding="utf-8")
    told = office.run("credentials", "print", *SCHOOL, "--out", tmp_path / "b.pdf")
    assert (told.code, "pl.toml: letter.remark: here belongs one text" in told.err) == (1, True)
    assert not (tmp_path / "b.pdf").exists()


def test_a_printing_says_for_whom_it_is_and_who_could_get_one_too(installed, rows, table, tmp_path):
    """One letter is a letter; whoever has an account and was not asked for is counted, with the option to ask by."""
    house = installed("opolska")
    house.choose('guardians_open_by = "gradebook"')
    house.run("roster", "apply", house.write("uczniowie.csv", table(rows(2))), "--school", "sp1")
    first = ("credentials", "print", *SCHOOL, "--first-access")

    told = house.run(*first, "--out", tmp_path / "a.pdf").out
    assert told == (
        f"✓ 2 letters are in {tmp_path / 'a.pdf'}, for students.\n"
        "Left out, though their accounts are open: 2 guardians (--role guardian).\n"
    )
    told = house.run(*first, "--role", "guardian", "--class", "1a", "--out", tmp_path / "b.pdf").out
    assert told.startswith(f"✓ 1 letter is in {tmp_path / 'b.pdf'}, for guardians.\n")
    assert "1 student (--role student)" in told
    both = ("--role", "guardian", "--role", "student")
    assert "Left out" not in house.run(*first, *both, "--out", tmp_path / "c.pdf").out
    nowhere = house.run(*first, "--out", tmp_path / "nowhere" / "a.pdf")
    assert (nowhere.code, "cannot be written (No such file or directory)" in nowhere.err) == (1, True)


@pytest.mark.rule("ACCESS-5a")
def test_a_preview_shows_no_address_where_people_sign_in_with_it(installed, rows, table, tmp_path):
    """The account is named by the login that every command takes, and the address is masked; a printed list has it."""
    house = installed("uonet")
    house.run("roster", "apply", house.write("uczniowie.csv", table(rows(1))), "--school", "sp1")

    seen = house.run("credentials", "preview", *SCHOOL)
    assert (seen.code, "uczen1@dom.example" in seen.out, "u•••@dom.example" in seen.out) == (0, False, True)
    assert [each["login"] for each in house.run("credentials", "preview", *SCHOOL, "--json").json["rows"]] == [
        "jan.los"
    ]
    house.run("credentials", "print", *SCHOOL, "--list", "--out", tmp_path / "list.pdf")
    assert "uczen1@dom.example" in "".join(pages_of(tmp_path / "list.pdf")).replace("\r\n", "")
