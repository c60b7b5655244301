"""A sample to try the API with: one school, two children and their father, none of whom exists."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from eszkola_core import Actor, Argon2Hasher, Platform, from_config
from portal.watching import observe

HERE: Final = Path(__file__).parents[2]
SOMEBODY: Final = "jan@example.com"
"""A father with two children, who has not signed in yet."""


def open_sample(folder: Path, *, address: str | None = None, hasher: Argon2Hasher | None = None) -> Platform:
    """
    Return the platform in *folder*; the first time it is made there, and the sample roster imported.

    Args:
        folder: where configuration, database, keys and messages lie.
        address: what links in messages begin with, in the stead of what the sample says.
        hasher: in the stead of the usual one; tests take one that costs nothing.
    """
    is_new = not (folder / "eszkola.toml").exists()
    if is_new:
        folder.mkdir(parents=True, exist_ok=True)
        text = (HERE / "eszkola.toml").read_text("utf-8")
        text = text if address is None else text.replace("http://127.0.0.1:8000", address)
        (folder / "eszkola.toml").write_text(text, "utf-8")
    platform = from_config(folder, hasher=hasher, observer=observe)
    if is_new:
        platform.administration.create()
        reading = platform.gradebook.read([HERE / "roster.csv"], school="SP1")
        platform.import_rosters.apply(reading, actor=Actor.console("sample"))
        platform.dispatch()
    return platform
