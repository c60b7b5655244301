"""`eszkola person`: the file that is handed out, and an erasure from the refusal to the last byte."""

from __future__ import annotations

import json
import stat

import pytest

WHY = ("--why", "letter 12")


@pytest.mark.rule("LAW-4a")
def test_a_copy_is_written_for_its_owner_alone(lived_in, tmp_path):
    """Readable by nobody else, never on the screen unasked, never over another file."""
    out = tmp_path / "anna.json"
    told = lived_in.run("person", "export", "anna.los", "--out", out)
    assert told.code == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    content = json.loads(out.read_text("utf-8"))
    (number,) = content["parts"]["account"][0]["ids"]
    assert number["number"] not in told.out + told.err
    assert lived_in.run("person", "export", "anna.los", "--out", out).code == 1
    assert lived_in.run("person", "export", "anna.los").code == 2
    read = lived_in.run("person", "export", "anna.los", "--stdout", "--lang", "pl").out
    assert number["number"] in read
    assert "imię: Anna" in read
    assert lived_in.run("--as", "ola.was", "person", "export", "anna.los", "--stdout").out == ""


@pytest.mark.rule("LAW-4b")
def test_an_erasure_goes_from_the_refusal_to_the_last_byte(lived_in, rows, table):
    """While a record names the mother it is refused; afterwards her address is in no file."""
    refused = lived_in.run("person", "erase", "anna.los", *WHY, "--json")
    assert refused.code == 1
    assert json.loads(refused.out)["records"] == [{"school": "sp1", "list": "students", "record": "101"}]
    assert "record 101" in lived_in.run("person", "erase", "anna.los", *WHY).out
    first, *others = rows()
    alone = {name: "" if name.startswith("Opiekun") else value for name, value in first.items()}
    source = lived_in.write("bez.csv", table([alone, *others]))
    lived_in.run("roster", "apply", source, "--school", "sp1", "--allow-removals")
    for place in lived_in.folder.glob("outbox/*"):
        place.unlink()

    assert "--plan" in lived_in.run("person", "erase", "anna.los", *WHY).out
    plan = lived_in.run("person", "erase", "anna.los", *WHY, "--json").json["plan"]
    assert lived_in.run("person", "erase", "anna.los", *WHY, "--plan", "0").code == 1
    done = lived_in.run("person", "erase", "anna.los", *WHY, "--plan", plan, "--json").json
    assert done == {"erased": True, "restrictions": 0, "swept": True}
    files = [each.read_bytes() for each in lived_in.folder.glob("eszkola.sqlite*")]
    assert not any(b"mama1@" in each for each in files)
    assert any(b"mama2@" in each for each in files)
    assert lived_in.run("person", "erase", "anna.los", *WHY, "--plan", plan).code == 1
    assert lived_in.run("audit", "verify").code == 0
