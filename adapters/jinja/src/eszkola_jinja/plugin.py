"""What the plug-in group ``eszkola.renderer`` finds here: a renderer made from a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from eszkola_core.errors import InvalidValue
from eszkola_jinja.renderer import JinjaRenderer


def renderer(options: Mapping[str, object], *, base: Path) -> JinjaRenderer:
    """
    Return a renderer with the texts that ship, or with those of the folder ``overrides`` in their place.

    A relative folder starts at *base*.

    Raises:
        InvalidValue: an option is unknown or wrong, or a text in the folder is; key or file are named.
    """
    for key in options:
        if key != "overrides":
            raise InvalidValue(f"{key}: no such option; there is overrides", code="unknown-option")
    folder = options.get("overrides")
    if folder is None:
        return JinjaRenderer()
    if not isinstance(folder, str) or not folder.strip():
        raise InvalidValue("overrides: a folder in quotation marks, not empty", code="wrong-option")
    return JinjaRenderer(base / folder)
