"""The whole road: from nothing to a mother who sees her children in two schools, through every command on the way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from eszkola_core._defaults import PROFILE_2026

COMMAND = [sys.executable, "-c", "from eszkola_cli.main import main; main()"]
GOOD, OTHER = "Wiosna?Deszcz-71", "Jesien#Mgla-408"
SAME_ANSWER = "If there is such an account, a message is on its way to its private address.\n"


@pytest.fixture
def house(installed, rows, table):
    """Return an installation with two schools that share a family: the mother of one student has one in each."""
    house = installed()
    house.choose('guardians_open_by = "gradebook"')
    first, second = rows(3), rows(3, first=13)
    for key in ("Opiekun 1 nazwisko", "Opiekun 1 imię", "Opiekun 1 PESEL", "Opiekun 1 e-mail"):
        second[0][key] = first[0][key]
    for school, listed in (("sp1", first), ("lo2", second)):
        house.run("roster", "apply", house.write(f"{school}.csv", table(listed)), "--school", school)
    return house


def test_the_whole_road(house, rows):
    """Import, first access by PESEL, a weak password refused, a good one set once, sign-in, children of two schools."""
    mother = rows(1)[0]
    assert house.run("outbox", "dispatch", "--json").json["sent"] == 11
    assert {mail["To"] for mail in house.mails()} >= {mother["Opiekun 1 e-mail"]}
    assert all("token" not in str(mail.get_body(("plain",)).get_content()) for mail in house.mails())

    asked = house.run("access", "request", mother["Opiekun 1 PESEL"])
    assert (asked.code, asked.out, asked.err) == (0, SAME_ANSWER, "")
    assert house.run("outbox", "dispatch", "--json").json["sent"] == 1
    link = house.link_for(mother["Opiekun 1 e-mail"])
    assert link.startswith("https://konto.eszkola.example.org/access/complete?token=")

    weak = house.run("access", "complete", link, "--password-stdin", stdin="krotkie")
    assert weak.code == 1
    assert weak.out.count("✗") == 3
    done = house.run("access", "complete", link, "--password-stdin", stdin=f"{GOOD}\n")
    assert (done.code, done.out) == (0, "The password is set. Sign in as anna.los\n")
    again = house.run("access", "complete", link, "--password-stdin", stdin=OTHER)
    assert (again.code, again.out) == (1, "")
    assert "this link has been used" in again.err

    signed_in = house.run("signin", "anna.los", "--password-stdin", stdin=GOOD)
    assert signed_in.code == 0
    assert "Anna Łoś is signed in (anna.los@eszkola.example.org)" in signed_in.out
    told = [line.split() for line in signed_in.out.splitlines()]
    assert ["Jan", "Łoś", "sp1", "1a", "not", "yet"] in told
    assert ["Ola", "Łoś", "lo2", "1a", "not", "yet"] in told
    for login, password in (("anna.los", OTHER), ("anna.los", ""), ("nobody", GOOD), ("", GOOD)):
        refused = house.run("signin", login, "--password-stdin", stdin=password)
        assert (refused.code, refused.out) == (1, "")
        assert "the login or the password is wrong" in refused.err
    assert house.run("readiness", "--json").json["counts"]["active"] == 2


@pytest.mark.parametrize("given", ["PESEL", "e-mail", "login", "nobody", "nonsense"])
def test_the_answer_is_the_same_for_everybody(house, rows, given):
    """Known or unknown, on the command line or on standard input: the same sentence, the same exit code."""
    mother = rows(1)[0]
    identifier = {
        "PESEL": mother["Opiekun 1 PESEL"],
        "e-mail": mother["Opiekun 1 e-mail"],
        "login": "anna.los",
        "nobody": "nobody@dom.example",
        "nonsense": "\udcff" * 2000,
    }[given]
    on_the_line = house.run("access", "request", "--", identifier)
    from_input = house.run("access", "request", "-", stdin=identifier.encode("utf-8", "surrogateescape") + b"\n")
    assert (on_the_line.code, on_the_line.out, on_the_line.err) == (0, SAME_ANSWER, "")
    assert from_input == on_the_line
    assert house.run("outbox", "dispatch").code == 0


def test_an_identifier_on_standard_input_opens_the_same_door(house, rows):
    """'-' reads the PESEL where other users of the computer do not see it; the later request replaces the former."""
    mother = rows(1)[0]
    house.run("access", "request", "-", stdin=mother["Opiekun 1 PESEL"] + "\n")
    house.run("outbox", "dispatch")
    link = house.link_for(mother["Opiekun 1 e-mail"])
    done = house.run("access", "complete", "-", "--password-stdin", stdin=f"{link}\n{GOOD}\n")
    assert done.code == 0
    assert house.run("signin", "-", "--password-stdin", stdin=f"anna.los\r\n{GOOD}").code == 0


def test_passwords_can_be_typed(house, rows):
    """Without --password-stdin the password is asked for, twice where it is new, and not shown."""
    mother = rows(1)[0]
    house.run("access", "request", mother["Opiekun 1 PESEL"])
    house.run("outbox", "dispatch")
    link = house.link_for(mother["Opiekun 1 e-mail"])
    done = house.run("access", "complete", link, stdin=f"{GOOD}\n{OTHER}\n{GOOD}\n{GOOD}\n")
    assert done.code == 0
    assert "New password" in done.err
    assert GOOD not in done.out + done.err
    assert house.run("signin", "anna.los", stdin=f"{GOOD}\n").code == 0
    assert house.run("signin", "anna.los", stdin="").code == 1


@pytest.mark.parametrize(
    "token", ["", "x", "https://[", "https://konto.example.org/access/complete?token=", "\udcff", "A" * 5000]
)
def test_a_token_that_is_none_is_refused(house, token):
    """Whatever stands in its place is a link that does not work, and no more is said."""
    told = house.run("access", "complete", "--password-stdin", "--", token, stdin=GOOD)
    assert (told.code, told.out) == (1, "")
    assert "ask for access again" in told.err


def started(*arguments, stdin=b"", env=None):
    """Run the command in a process of its own."""
    environment = {
        key: text for key, text in os.environ.items() if key not in {"ESZKOLA_CONFIG", "NO_COLOR", "FORCE_COLOR"}
    }
    words = [os.fsencode(each) for each in arguments]
    return subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, *words], input=stdin, capture_output=True, check=False, env={**environment, **(env or {})}
    )


def test_a_real_process_goes_the_same_road(tmp_path, rows, table):
    """As people run it, with the hash of every installation: each step its own process, nothing on standard error."""
    folder = tmp_path / "real"
    source = tmp_path / "uczniowie.csv"
    source.write_text(table(rows(1)), "utf-8")

    def step(*arguments, stdin=b""):
        done = started("--config", folder, *arguments, stdin=stdin)
        assert done.stderr == b""
        return done.returncode, done.stdout.decode()

    assert step("init", folder, "--profile", "uonet")[0] == 0
    assert step("roster", "apply", source, "--school", "sp1")[0] == 0
    assert step("access", "request", "-", stdin=rows(1)[0]["Opiekun 1 PESEL"].encode())[1] == SAME_ANSWER
    assert step("outbox", "dispatch") == (0, "3 sent, 0 to be tried again, 0 abandoned\n")
    (link,) = {
        word
        for path in (folder / "outbox").iterdir()
        for word in _text_of(path).split()
        if "/access/complete?token=" in word
    }
    assert step("access", "complete", link, "--password-stdin", stdin=GOOD.encode())[0] == 0
    code, told = step("signin", "mama1@dom.example", "--password-stdin", stdin=GOOD.encode())
    assert code == 0
    assert "Jan Łoś" in told
    encoded = f"$argon2id$v=19$m={PROFILE_2026.memory_kib},t={PROFILE_2026.time_cost},p={PROFILE_2026.parallelism}$"
    assert PROFILE_2026.memory_kib >= 19456  # what OWASP asks for at two passes
    assert encoded.encode() in (folder / "eszkola.sqlite").read_bytes() + _beside(folder / "eszkola.sqlite-wal")


def _text_of(path):
    body = message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def _beside(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--version",), 0), (("roster", "plan", "nowhere.csv"), 1), (("nothing",), 2), (("outbox", "status"), 3)],
    ids=["done", "refused", "wrong usage", "unavailable"],
)
def test_a_real_process_ends_with_the_documented_codes(installed, arguments, code):
    """What a script sees: 0 done, 1 refused, 2 wrong usage, 3 unavailable, and no traceback in developer's mode."""
    house = installed()
    if code == 3:
        (house.folder / "eszkola.sqlite").unlink()
    done = started("--config", house.folder, *arguments, env={"PYTHONDEVMODE": "1"})
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    assert bool(done.stdout) is (code == 0)


def test_the_installed_script_is_the_command():
    """`eszkola` itself is on the path of whoever installed it, and starts."""
    script = shutil.which("eszkola", path=str(Path(sys.executable).parent))
    if script is None:
        pytest.skip("the scripts of this environment are elsewhere")
    assert subprocess.run([script, "--help"], capture_output=True, check=True).stdout.startswith(b"Usage: eszkola")  # noqa: S603
