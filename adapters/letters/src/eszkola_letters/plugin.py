"""What the plug-in group ``eszkola.letters`` finds here: a renderer made from a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from eszkola_core.errors import InvalidValue
from eszkola_letters.renderer import TypstLetters

_OPTIONS: Final = ("overrides", "fonts")


def letters(options: Mapping[str, object], *, base: Path) -> TypstLetters:
    """
    Return a renderer; ``overrides`` is a folder of texts and layouts of one's own, ``fonts`` one of further fonts.

    A relative folder starts at *base*.

    Raises:
        InvalidValue: an option is unknown or wrong, or what a folder holds is; key or file are named.
    """
    for key in options:
        if key not in _OPTIONS:
            raise InvalidValue(f"{key}: no such option; there are {' and '.join(_OPTIONS)}", code="unknown-option")
    folders = {key: _folder(key, options.get(key), base) for key in _OPTIONS}
    return TypstLetters(folders["overrides"], fonts=folders["fonts"])


def _folder(key: str, value: object, base: Path) -> Path | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise InvalidValue(f"{key}: a folder in quotation marks, not empty", code="wrong-option")
    return base / value
