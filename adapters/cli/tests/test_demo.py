"""`eszkola demo` plays the whole main job, and what it tells is what has happened."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from eszkola_cli.region import Region, make_region
from eszkola_core._defaults import SystemClock


@pytest.fixture(scope="module")
def played(tmp_path_factory, run):
    """Play the demonstration once; return where, and what it said."""
    folder: Path = tmp_path_factory.mktemp("demo") / "region"
    told = run("demo", "--dir", folder)
    assert told.code == 0, told.err
    return folder, told.out


@pytest.fixture(scope="module")
def region() -> Region:
    """Return the region that is played with."""
    return make_region(today=SystemClock().now().date())


def test_it_opens_accounts_and_tells_everybody_once(played):
    """As many messages as accounts lie in the folder before anybody has asked for anything."""
    _, out = played

    accounts = int(re.search(r"Applied as run 1 in [\d.]+ s: (\d+) accounts", out)[1])
    messages = int(re.search(r"✓ (\d+) messages are in", out)[1])
    assert accounts > 1000
    assert messages == accounts


def test_a_guardian_sees_children_in_two_schools(played, region):
    """The list of the guardian in the story names both children, each with the school."""
    _, out = played

    told = out[out.index(f"{region.cast.guardian.name} is signed in") :]
    for child in region.cast.guardian.children:
        assert re.search(rf"{child.name}\s+{child.place.school}\b", told)
    assert len({child.place.school for child in region.cast.guardian.children}) == 2


def test_a_change_in_one_school_is_a_conflict_and_moves_nothing(played, region):
    """The next day's conflict is told, and the central address is still the first."""
    folder, out = played

    assert re.search(rf"A conflict: {region.cast.mover.name} · address-conflict: i•••@mail\.example\.net", out)
    left = [path for path in (folder / "outbox").glob("*.eml") if region.cast.new_address in path.read_text("utf-8")]
    assert left == []


def test_what_was_planted_is_found(played):
    """Every kind of mistake that stands in the files is told with what became of it, none as *no finding*."""
    _, out = played

    for code in ("wrong-checksum", "disagrees-with-id", "zeros-restored", "zeros-lost", "key-twice", "row-short"):
        assert code in out
    for code in ("name-mismatch", "address-taken", "platform-address", "invalid-email", "address-conflict"):
        assert code in out
    assert "no finding" not in out


def test_no_national_id_and_no_token_is_told(played, region):
    """What a person reads on the screen holds neither."""
    _, out = played

    assert not re.search(r"\d{11}", out)
    assert "token=" not in out
    for person in (region.cast.guardian, region.cast.student, region.cast.teacher, region.cast.mover):
        assert person.national_id not in out


def test_what_it_leaves_is_an_ordinary_installation(played, run):
    """The commands it ends with work on the folder."""
    folder, _ = played

    checked = run("--config", folder, "db", "check", "--json")
    again = run("--config", folder, "roster", "apply", folder / "day-2" / "si4-ucenci.csv", "--school", "SI4", "--json")

    assert json.loads(checked.out) == {"ok": True, "problems": []}
    assert (again.code, json.loads(again.out)["run"]) == (0, None)


def test_a_folder_that_holds_something_is_left_alone(tmp_path, run):
    """Nothing is overwritten."""
    (tmp_path / "mine.txt").write_text("mine")

    told = run("demo", "--dir", tmp_path)

    assert told.code == 1
    assert "not empty" in told.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
