"""The keyring: made once, for its owner only, and never overwritten."""

from __future__ import annotations

import json
import stat

import pytest

from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_sqlalchemy.keyring import Keyring


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


def damaged(**changes):
    """Return a keyring's text with *changes*."""
    key = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
    return json.dumps({"version": 1, "data": {"1": key}, "index": key, "digest": key} | changes)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        "{",
        damaged(version=2),
        damaged(data={}),
        damaged(data=["x"]),
        damaged(data={"0": "QUFBQQ=="}),
        damaged(data={"one": "QUFBQQ=="}),
        damaged(index="QUFBQQ=="),
        damaged(index="canary!"),
        damaged(digest=7),
        damaged(digest=None),
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


def test_the_sound_pattern_of_the_damaged_ones_loads(path):
    """The examples above are damaged by what they change alone."""
    path.write_text(damaged(), encoding="utf-8")
    path.chmod(0o600)

    assert Keyring.load(path).index == b"A" * 32
