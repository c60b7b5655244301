"""Keys by the command: listed, changed, and taken away when nothing needs them."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.rule("LAW-5a")


def needed(house):
    """Return what is told of the keys."""
    return {(each["kind"], each["number"]): each for each in house.run("keys", "list", "--json").json["keys"]}


@pytest.mark.parametrize("kind", ["data", "index"])
def test_keys_are_changed_by_three_commands(lived_in, kind):
    """The new one is in use, the old one needed by nothing and then gone; people are found as before."""
    before = needed(lived_in)
    shown = lived_in.run("person", "show", "mama1@dom.example", "--json").json
    assert {key: each["in_use"] for key, each in before.items()} == {
        (of, 1): True for of in ("data", "index", "digest")
    }
    refused = lived_in.run("keys", "forget", kind, "1")
    assert refused.code == 1
    assert "newest" in refused.err

    done = lived_in.run("keys", "rotate", kind, "--json").json
    assert (done["kind"], done["number"]) == (kind, 2)
    assert sum(done["done"].values()) >= 24
    after = needed(lived_in)
    assert after[kind, 2]["in_use"]
    assert after[kind, 2]["made_at"] is not None
    assert not after[kind, 1]["needed_by"]
    assert "nothing" in lived_in.run("keys", "list").out
    assert lived_in.run("keys", "forget", kind, "1").code == 0

    assert needed(lived_in).keys() == {*before, (kind, 2)} - {(kind, 1)}
    assert lived_in.run("person", "show", "mama1@dom.example", "--json").json == shown
    assert lived_in.run("db", "check").code == 0
    assert lived_in.run("audit", "verify").code == 0
    journal = lived_in.run("audit", "show", "--json").json["entries"]
    assert [(each["deed"], each["detail"]) for each in journal[-2:]] == [
        ("key-taken-into-use", {"kind": kind, "key": "2"}),
        ("key-forgotten", {"kind": kind, "key": "1"}),
    ]


@pytest.mark.rule("LAW-5b")
def test_a_digest_key_is_changed_and_the_journal_keeps_the_older_one(lived_in):
    """The journal holds across the change; the older key stays until nothing of it is left in the journal."""
    before = needed(lived_in)["digest", 1]["needed_by"]
    done = lived_in.run("keys", "rotate", "digest")
    assert "digest key 2 is in use" in done.out
    assert before["audit"] > 0

    refused = lived_in.run("keys", "forget", "digest", "1")
    assert refused.code == 1
    assert "in audit" in refused.err
    assert lived_in.run("audit", "verify").code == 0
    assert lived_in.run("db", "check").code == 0
    journal = lived_in.run("audit", "show", "--json").json["entries"]
    assert (journal[-1]["deed"], journal[-1]["detail"]) == ("key-taken-into-use", {"kind": "digest", "key": "2"})


def test_progress_is_told_and_a_second_change_takes_another_key(lived_in):
    """A line for each page, with how much is done; what is told has no key in it."""
    keyring = json.loads((lived_in.folder / "eszkola.keyring").read_bytes())
    first, second = lived_in.run("keys", "rotate", "data"), lived_in.run("keys", "rotate", "data")

    assert "place: " in first.out
    assert "data key 2 is in use" in first.out
    assert "data key 3 is in use" in second.out
    told = first.out + second.out + lived_in.run("keys", "list").out + lived_in.run("keys", "list", "--json").out
    assert all(each["1"]["key"] not in told for each in (keyring["data"], keyring["index"], keyring["digest"]))


def test_a_school_may_not(lived_in):
    """Nobody changes keys with the rights of an account that has none to do so."""
    for command in (("list",), ("rotate", "data"), ("forget", "data", "1")):
        refused = lived_in.run("--as", "anna.los", "keys", *command)
        assert refused.code == 1
        assert "allows this" in refused.err
