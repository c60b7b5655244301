"""Every command that does something, by the words that call it: what tests of all commands go over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click

from eszkola_cli.main import eszkola


def _commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _commands(inner, (*path, name))
    else:
        yield path, command


BY_PATH: Final = dict(_commands(eszkola))
EVERY: Final = {" ".join(path): command for path, command in BY_PATH.items()}
