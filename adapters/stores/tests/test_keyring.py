"""The keyring: made once, for its owner only, and never overwritten."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from eszkola_core.domain.keys import KeyKind
from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_stores.files import drafted
from eszkola_stores.keyring import Keyring
from eszkola_stores.keyring_changes import held

NOW = datetime(2026, 9, 1, 6, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    """Return where a keyring may be made."""
    return tmp_path / "eszkola.keyring"


def test_a_keyring_comes_back_as_it_was_made(path):
    """Loading gives the keys that were written, and each keyring has others."""
    made = Keyring.create(path)

    assert Keyring.load(path) == made
    assert Keyring.create(path.with_name("other")) != made


def test_only_the_owner_can_read_a_keyring(path):
    """The file has mode 0600 from the start, and no draft of it is left behind."""
    Keyring.create(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_keyring_is_never_overwritten(path):
    """A second one at the same place is refused, and the first stays as it is."""
    Keyring.create(path)
    before = path.read_bytes()

    with pytest.raises(InvalidValue) as refused:
        Keyring.create(path)
    assert refused.value.code == "already-there"
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_keyring_that_others_can_reach_is_refused(path, mode):
    """Whoever else can read or write the file has the keys, or gives others."""
    Keyring.create(path)
    path.chmod(mode)

    with pytest.raises(InvalidValue) as refused:
        Keyring.load(path)
    assert refused.value.code == "keyring-exposed"
    assert "chmod 600" in str(refused.value)


def test_a_missing_keyring_is_unavailable(path):
    """Somebody must bring it back; the error names the path."""
    with pytest.raises(Unavailable) as refused:
        Keyring.load(path)
    assert refused.value.code == "keyring-unreachable"
    assert str(path) in str(refused.value)


def test_a_keyring_cannot_be_made_without_its_folder(tmp_path):
    """The error says why, and nothing is half made."""
    with pytest.raises(Unavailable):
        Keyring.create(tmp_path / "nowhere" / "eszkola.keyring")


KEY = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="


def damaged(**changes):
    """Return a keyring's text with *changes*."""
    keys = {"1": {"key": KEY, "made": "2026-09-01T06:00:00+00:00"}}
    return json.dumps({"version": 2, "data": keys, "index": keys, "digest": keys} | changes)


def damaged_first(**changes):
    """Return the text of a keyring in the first layout with *changes*: one index key and one digest key."""
    return json.dumps({"version": 1, "data": {"1": KEY}, "index": KEY, "digest": KEY} | changes)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        "{",
        damaged()[:-1],
        damaged()[:150],
        damaged(version=1),
        damaged(version=3),
        damaged(version="2"),
        damaged(index={}),
        damaged(index={"65536": {"key": KEY}}),
        damaged(digest={"1": {"key": "QUFBQQ=="}}),
        damaged(digest={"1": {"made": "2026-09-01"}}),
        damaged(data={"1": {"key": KEY, "made": "yesterday"}}),
        damaged(data={"1": KEY}),
        damaged_first(version=2),
        damaged_first(data={}),
        damaged_first(data=["x"]),
        damaged_first(data={"0": "QUFBQQ=="}),
        damaged_first(data={"one": "QUFBQQ=="}),
        damaged_first(index="QUFBQQ=="),
        damaged_first(index="canary!"),
        damaged_first(digest=7),
        damaged_first(digest=None),
        "\ud7ff".encode().decode("latin-1"),
    ],
)
def test_what_is_no_keyring_is_refused_without_its_content(path, content):
    """The error names the file; what stands in it may be half a key."""
    path.write_text(content, encoding="latin-1")
    path.chmod(0o600)

    with pytest.raises(InvalidValue) as refused:
        Keyring.load(path)
    assert refused.value.code == "keyring-damaged"
    assert str(path) in str(refused.value)
    assert "canary" not in str(refused.value)
    assert refused.value.__context__ is None


@pytest.mark.rule("LAW-5a")
@pytest.mark.parametrize("content", [damaged(), damaged_first()])
def test_the_sound_patterns_of_the_damaged_ones_load(path, content):
    """The examples above are damaged by what they change alone; the layout of earlier versions is read as ever."""
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)

    assert {kind: Keyring.load(path).of(kind) for kind in KeyKind} == {kind: {1: b"A" * 32} for kind in KeyKind}


@pytest.mark.rule("LAW-5a")
@pytest.mark.parametrize("kind", KeyKind)
def test_a_key_is_added_to_those_that_are_there(path, kind):
    """It has the next number and its day; the others stay, also of a keyring in the first layout."""
    path.write_text(damaged_first(), encoding="utf-8")
    path.chmod(0o600)
    before = Keyring.load(path)
    with held(path) as changes:
        assert changes.add(kind, NOW) == 2
    after = Keyring.load(path)

    assert after.of(kind).items() > before.of(kind).items()
    assert after.made == {(kind, 2): NOW}
    assert after.without(kind, 2) == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.rule("LAW-5a")
@pytest.mark.parametrize("step", ["open", "write", "fsync", "replace"])
def test_a_change_that_fails_leaves_the_keyring_as_it_was(path, monkeypatch, step):
    """Whatever step the disk refuses: no key is lost, and no draft is left behind that has one."""
    Keyring.create(path)
    before = path.read_bytes()

    def refuse(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    with held(path) as changes:
        owner = {"open": os, "write": Keyring, "fsync": os, "replace": Path}[step]
        monkeypatch.setattr(owner, "text" if step == "write" else step, refuse)
        with pytest.raises(Unavailable) as refused:
            changes.add(KeyKind.DATA, NOW)
    monkeypatch.undo()

    assert refused.value.code == "keyring-unreachable"
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.rule("LAW-5a")
def test_keys_that_are_added_at_once_are_all_kept(path):
    """Whoever changes the keyring waits for whoever does so already."""
    Keyring.create(path)

    def add(number):
        with held(path) as changes:
            return changes.add(list(KeyKind)[number % 3], NOW)

    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(add, range(60)))

    assert sorted(added) == sorted([*range(2, 22)] * 3)
    assert all(Keyring.load(path).of(kind).keys() == set(range(1, 22)) for kind in KeyKind)


@pytest.mark.rule("LAW-5a")
def test_a_keyring_behind_a_link_is_changed_where_it_lies(path):
    """The link stays one."""
    Keyring.create(path)
    link = path.with_name("link")
    link.symlink_to(path)
    with held(link) as changes:
        changes.add(KeyKind.INDEX, NOW)

    assert link.is_symlink()
    assert Keyring.load(link).index.keys() == {1, 2}


@pytest.mark.rule("LAW-5a")
def test_what_somebody_was_killed_over_is_tidied_away(path):
    """A draft has keys in it: whoever changes the keyring next takes it away, and nothing else."""
    left = drafted(path, Keyring.create(path).text())
    other = path.with_name(f".{path.name}.note")
    other.touch()
    with held(path):
        assert not left.exists()
    assert other.exists()
