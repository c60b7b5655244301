"""`eszkola outbox bounce` and `eszkola outbox clear`: what came back, told and mended."""

from __future__ import annotations

import pytest

from eszkola_core.testing.contracts.bounces import complaint, delivery_report

NONE = {"marked": 0, "for_now": 0, "known": 0, "unproved": 0, "no_report": 0}


@pytest.fixture
def sent(lived_in):
    """Return an installation that has just sent a recovery to a mother, and that e-mail."""
    lived_in.run("outbox", "dispatch")
    before = {each["Message-ID"] for each in lived_in.mails()}
    lived_in.run("access", "request", "mama1@dom.example")
    lived_in.run("outbox", "dispatch")
    (mail,) = [each for each in lived_in.mails() if each["Message-ID"] not in before]
    return lived_in, mail.as_bytes().decode("ascii").replace("\r\n", "\n")


@pytest.mark.rule("MAIL-9a")
def test_what_came_back_makes_an_address_unusable_until_it_is_cleared(sent):
    """Reports from a folder, a file or standard input; readiness, diagnosis, status and recovery show what follows."""
    house, mail = sent
    folder = house.folder.parent / "bounces"
    folder.mkdir()
    (folder / "1.eml").write_bytes(delivery_report(("failed", "4.2.2"), returned=mail))
    (folder / "2.eml").write_bytes(delivery_report(("failed", "5.1.1"), returned=mail))
    (folder / "notes.txt").write_bytes(b"not looked at")
    answer = house.write("answer.eml", mail)

    told = house.run("outbox", "bounce", folder, answer, "--json")
    assert (told.code, told.json) == (0, NONE | {"marked": 1, "for_now": 1, "no_report": 1})
    assert house.run("outbox", "bounce", folder / "2.eml").out == "1 said nothing new\n"

    status = house.run("outbox", "status", "--json").json
    assert status["bounces"] == {"marked": 1, "for-now": 1, "known": 1, "unproved": 0}
    assert status["counts"]["bounced"] == 1
    assert "came back" in house.run("outbox", "status").out
    codes = [each["code"] for each in house.run("diagnose", "anna.los", "--json").json["findings"]]
    assert "address-unusable" in codes
    assert "address unusable" in house.run("readiness", "--school", "sp1").out
    house.run("account", "lock", "anna.los", "--why", "x")
    assert house.run("outbox", "dispatch", "--json").json["kept_back"] == 1

    assert house.run("outbox", "clear", "-", "--why", "works again", stdin="mama1@dom.example").code == 0
    again = house.run("outbox", "clear", "mama1@dom.example", "--why", "works again")
    assert (again.code, again.out) == (1, "")
    house.run("account", "unlock", "anna.los")
    house.run("account", "lock", "anna.los", "--why", "y")
    assert house.run("outbox", "dispatch", "--json").json["sent"] == 1


@pytest.mark.rule("MAIL-9b")
def test_a_forged_report_is_counted_and_changes_nothing(sent):
    """A complaint about an e-mail that was never ours, from standard input as a mail server hands it over."""
    house, mail = sent
    forged = f"Message-ID: <{'a' * 39}@eszkola.example>\n\n"

    told = house.run("outbox", "bounce", "-", stdin=complaint(returned=forged))

    assert told.out == "1 proved no message of ours: nothing changes\n"
    assert house.run("outbox", "status", "--json").json["bounces"]["unproved"] == 1
    assert house.run("outbox", "bounce", "-", "--json", stdin=complaint(returned=mail)).json == NONE | {"marked": 1}


def test_bad_input_is_told(sent):
    """A file that is not there is wrong usage, no address and no right are refusals, and no reason is wrong usage."""
    house, _ = sent
    assert house.run("outbox", "bounce", house.folder / "nothing.eml").code == 2
    assert house.run("outbox", "bounce").code == 2
    assert house.run("outbox", "clear", "mama1@dom.example").code == 2
    assert house.run("outbox", "clear", "mama", "--why", "x").code == 1
    refused = house.run("--as", "anna.los", "outbox", "clear", "mama1@dom.example", "--why", "x")
    assert (refused.code, refused.out) == (1, "")


def test_an_adapter_that_reads_nothing_says_so(sent, monkeypatch):
    """Whoever brings a courier of their own reads bounces elsewhere, and is told that."""
    house, _ = sent
    monkeypatch.setattr("eszkola_core._platform.configured.ConfiguredPlatform.email", object())
    told = house.run("outbox", "bounce", "-", stdin=b"x")
    assert told.code == 1
    assert "cannot read what comes back" in told.err
