"""What a configuration says becomes an adapter, or a complaint that names the key."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

from eszkola_core.errors import InvalidValue

OURS = [each for each in entry_points(name="lmdb") if each.group == "eszkola.storage"]


def test_it_is_made_by_its_name(tmp_path):
    """With the options that it needs, and refused with one that nobody reads."""
    (entry,), options = OURS, {"folder": "pages", "keyring": "keyring"}
    made = entry.load()

    assert repr(str(tmp_path / "pages")) in repr(made(options, base=tmp_path, tenant="a"))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InvalidValue, match=r"^colour: "):
        made({**options, "colour": "blue"}, base=tmp_path, tenant="a")
