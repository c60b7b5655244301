"""Events leave with `eszkola outbox dispatch`, to the services that the configuration names (MAIL-7)."""

from __future__ import annotations

import json

import pytest

SERVICE = '\n[events.messenger]\nadapter = "folder"\nfolder = "events"\nkinds = ["address-changed"]\n'


def subscribe(house, table=SERVICE):
    """Write a service into the configuration."""
    path = house.folder / "eszkola.toml"
    path.write_text(path.read_text("utf-8") + table, "utf-8")


@pytest.mark.rule("MAIL-7")
def test_a_change_of_address_reaches_the_folder_of_a_service(lived_in, rows, table):
    """A line of JSON with both addresses, once; the report counts it, and the database keeps nothing of it."""
    subscribe(lived_in)
    changed = table(rows()).replace("mama2@dom.example", "nowa@dom.example")
    lived_in.run("roster", "apply", lived_in.write("zmiana.csv", changed), "--school", "sp1")
    assert lived_in.run("outbox", "status", "--json").json["events"] == {"messenger": {"queued": 1}}

    told = lived_in.run("outbox", "dispatch", "--json").json
    again = lived_in.run("outbox", "dispatch", "--json").json

    assert [each["events"]["delivered"] for each in (told, again)] == [1, 0]
    (line,) = (lived_in.folder / "events" / "events.jsonl").read_text("utf-8").splitlines()
    heard = json.loads(line)
    assert (heard["kind"], heard["data"]["old"], heard["data"]["new"]) == (
        *("address-changed", "mama2@dom.example"),
        "nowa@dom.example",
    )
    assert [row[6] for row in lived_in.dump()["event"]] == [None]
    assert "messenger" in lived_in.run("outbox", "status").out


@pytest.mark.rule("MAIL-7")
def test_a_service_out_of_reach_is_told_and_waited_for(lived_in, rows, table):
    """Something else lies where the folder should: exit code 3, the place, and the event goes later."""
    subscribe(lived_in)
    (lived_in.folder / "events").touch()
    changed = table(rows()).replace("mama2@dom.example", "nowa@dom.example")
    lived_in.run("roster", "apply", lived_in.write("zmiana.csv", changed), "--school", "sp1")
    lived_in.run("outbox", "dispatch")

    told = lived_in.run("outbox", "status", "--json").json

    assert told["events"] == {"messenger": {"failed-for-now": 1}}
    assert told["counts"]["failed-for-now"] == 0


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("\n[events]\nmessenger = 7\n", "events.messenger: write it as a table"),
        (SERVICE.replace('"address-changed"', '"birthday"'), "kinds: a list of accounts-merged, address-changed, "),
        (SERVICE.replace('adapter = "folder"', "adapter = 7"), "events.messenger.adapter: write a text"),
    ],
)
def test_a_mistake_in_a_service_is_named(installed, table, says):
    """With the table and the key, before anything is done."""
    house = installed()
    subscribe(house, table)

    told = house.run("readiness")

    assert told.code == 1
    assert says in " ".join(told.err.split())
