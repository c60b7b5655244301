"""After a whole life of an installation no secret stands anywhere that a stranger might look (ID-10)."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import evolve

WEAK, GOOD, WRONG = "kanarek-slaby", "Kanarek?Dobry-71", "Kanarek#Zly-408"
DOCUMENT = "KANAREK778899"


def spelt(secret):
    """Yield a secret as it could stand in a file: plain, wide, in hexadecimal, in base 64."""
    plain = secret.encode()
    yield from (plain, secret.encode("utf-16-le"), plain.hex().encode(), base64.b64encode(plain).rstrip(b"="))


@pytest.fixture(scope="module")
def life(install_in, rows, table, pesel, tmp_path_factory):
    """Live through everything that touches secrets; return the house, what everybody was told, and the secrets."""
    house = install_in(tmp_path_factory.mktemp("life"))
    house.choose('guardians_open_by = "gradebook"')
    listed = rows(6)
    # The student's own number is the record's key too, as in tables that have no other.
    listed[1]["Nr kartoteki"] = listed[1]["PESEL"]
    listed[2] |= {"PESEL": "", "Dokument": "paszport", "Nr dokumentu": DOCUMENT, "Kraj dokumentu": "UA"}
    mistyped = listed[3]["PESEL"][:-1] + str((int(listed[3]["PESEL"][-1]) + 1) % 10)
    eaten = pesel(5, date(2009, 3, 1)).lstrip("0")
    listed[3]["PESEL"], listed[4]["PESEL"] = mistyped, eaten
    listed[5]["E-mail ucznia"] = listed[0]["PESEL"]  # a number in the wrong column
    source = house.write("a.csv", table(listed))
    plan = house.folder / "plan.json"
    said = [
        house.run("roster", "plan", source, "--school", "sp1"),
        house.run("roster", "plan", source, "--school", "sp1", "--save", plan, "--json"),
        house.run("roster", "apply", "--plan", plan),
        house.run("roster", "apply", "--plan", plan, "--json"),
    ]
    listed[0]["PESEL"] = rows(1, first=7)[0]["PESEL"]  # another valid number in the same place: held (ID-6e)
    source = house.write("a.csv", table(listed))
    said += [house.run("roster", "apply", source, "--school", "sp1", *more) for more in ((), ("--json",))]
    mother = listed[0]
    said.append(house.run("access", "request", mother["Opiekun 1 PESEL"]))
    said.append(house.run("access", "request", "-", stdin=mother["Opiekun 1 PESEL"]))
    said.append(house.run("outbox", "dispatch"))
    links = {
        word
        for mail in house.mails()
        for word in mail.get_body(("plain",)).get_content().split()
        if "token" in parse_qs(urlsplit(word).query)
    }
    tokens = {parse_qs(urlsplit(link).query)["token"][0] for link in links}
    for link in sorted(links):
        said.append(house.run("access", "complete", link, "--password-stdin", stdin=WEAK))
        said.append(house.run("access", "complete", link, "--password-stdin", stdin=GOOD))
        said.append(house.run("access", "complete", link, "--password-stdin", stdin=WRONG))
    said.append(house.run("signin", "anna.los", "--password-stdin", stdin=GOOD))
    assert said[-1].code == 0
    said.append(house.run("signin", "anna.los", "--password-stdin", stdin=WRONG))
    said.append(house.run("password", "check", "--json", stdin=WEAK))
    said.append(house.run("access", "request", "anna.los"))  # left waiting
    said += [house.run(*words, *more) for words in (("readiness",), ("person", "held")) for more in ((), ("--json",))]
    assert "id-correction" in said[-1].out
    said += [house.run(*words) for words in (("outbox", "status", "--json"), ("outbox", "dispatch"), ("db", "check"))]
    numbers = {row[column] for row in listed for column in ("PESEL", "Opiekun 1 PESEL") if row[column]}
    return house, said, {*numbers, rows(1)[0]["PESEL"], mistyped, eaten, DOCUMENT, *tokens}, {WEAK, GOOD, WRONG}


@pytest.mark.rule("ID-10b")
def test_a_whole_life_leaves_no_secret_behind(life):
    """Database, its log, the saved plan and everything that was printed hold no id, document, token or password."""
    house, said, ids_and_tokens, passwords = life
    files = {
        path.name: path.read_bytes()
        for path in house.folder.iterdir()
        if path.is_file() and path.name not in {"eszkola.keyring", "eszkola.toml"}
    }
    assert {"eszkola.sqlite", "plan.json"} <= files.keys()
    assert b"anna.los" in files["eszkola.sqlite"]  # what is not secret is found, so the search works
    places = {**files, "said": "".join(each.out + each.err for each in said).encode()}
    secrets = ids_and_tokens | passwords
    assert len(secrets) > 15
    assert [
        (place, secret)
        for place, content in places.items()
        for secret in secrets
        if any(form in content for form in spelt(secret))
    ] == []


@pytest.mark.rule("ID-10a")
def test_messages_hold_no_id_and_no_password(life):
    """A message that left holds its link, which it is for, and neither a national id nor a password."""
    house, _, ids_and_tokens, passwords = life
    texts = [part.get_content() for mail in house.mails() for part in mail.walk() if not part.is_multipart()]
    heads = [f"{name}: {value}" for mail in house.mails() for name, value in mail.items()]
    numbers = {secret for secret in ids_and_tokens if secret.isdigit()} | {DOCUMENT}
    assert len(texts) > 10
    assert [secret for secret in numbers | passwords for text in (*texts, *heads) if secret in text] == []


@pytest.mark.rule("ID-10a")
@pytest.mark.parametrize("spoil", ["keyring", "database", "roster"])
def test_no_failure_of_a_real_process_speaks_a_secret(life, tmp_path, spoil):
    """In developer's mode, with everything that goes wrong told in full, no id stands on either output."""
    number = max(secret for secret in life[2] if secret.isdigit() and len(secret) == 11)
    shutil.copytree(life[0].folder, tmp_path / "life")
    house = evolve(life[0], folder=tmp_path / "life")
    source = house.write(
        "b.csv",
        "Nr kartoteki;Nazwisko;Imię;Oddział;PESEL;E-mail ucznia;Data urodzenia;Dokument;Nr dokumentu;Kraj dokumentu\n"
        f"{number};Łoś;Jan;1a;{number};{number};{number};{number};{number};{number}\n"
        f"x;Żuk;Jan;1a;{number[1:]};a@{number};2012-03-01;;;\n",
    )
    if spoil == "keyring":
        (house.folder / "eszkola.keyring").write_text("{}")
    if spoil == "database":
        (house.folder / "eszkola.sqlite").write_bytes(number.encode() * 100)
    program = "from eszkola_cli.main import main; main()"
    command = ["access", "request", number] if spoil != "roster" else ["roster", "plan", source, "--school", "lo9"]
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-X", "dev", "-c", program, "--config", house.folder, *command],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONFAULTHANDLER": "1"},
    )
    assert done.returncode == (0 if spoil == "roster" else 1 if spoil == "keyring" else 3)
    assert b"Traceback" not in done.stderr
    assert number.encode() not in done.stdout + done.stderr
