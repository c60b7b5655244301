"""What a configuration says becomes an adapter, or a complaint that names the key."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

from eszkola_core.errors import InvalidValue

OPTIONS = {
    "eszkola.storage": {"folder": "pages", "keyring": "keyring"},
    "eszkola.gradebook": {},
}
MORE = {"eszkola.storage": {"tenant": "a"}, "eszkola.email": {"sender": "szkola@example.com"}}
OURS = [each for each in entry_points(name="template") if each.group.startswith("eszkola.")]


@pytest.mark.parametrize("entry", OURS, ids=lambda entry: entry.group)
def test_each_is_made_by_its_name(entry, tmp_path):
    """With the options that it needs, and refused with one that nobody reads."""
    (tmp_path / "token").write_text("secret\n")
    options = OPTIONS.get(entry.group, {"url": "https://gateway.example/v1", "token_file": "token"})
    made, more = entry.load(), MORE.get(entry.group, {})

    assert "secret" not in repr(made(options, base=tmp_path, **more))
    with pytest.raises(InvalidValue, match="colour"):
        made({**options, "colour": "blue"}, base=tmp_path, **more)


def test_all_are_announced():
    """An adapter that is not installed, or whose entry point is misspelt, has none."""
    assert OURS
