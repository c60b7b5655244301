"""Options of an adapter as a configuration file states them, read one by one; every complaint names its key."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from eszkola_core.domain.hidden import Secret
from eszkola_core.errors import InvalidValue

LARGEST: Final = 86400
"""No option needs a larger number: the seconds of a day, and more than there are ports."""


def check_keys(options: Mapping[str, object], known: Collection[str]) -> None:
    """Raise InvalidValue when *options* has a key that nobody reads."""
    for key in options:
        if key not in known:
            raise InvalidValue(f"{key}: no such option; there are {', '.join(sorted(known))}", code="unknown-option")


def text(options: Mapping[str, object], key: str) -> str:
    """Return the text that must stand at *key*."""
    value = optional_text(options, key)
    if value is None:
        raise InvalidValue(f"{key}: this option is needed", code="missing-option")
    return value


def optional_text(options: Mapping[str, object], key: str) -> str | None:
    """Return the text at *key*, or None where there is none."""
    value = options.get(key)
    if value is not None and (not isinstance(value, str) or not value.strip() or "\0" in value):
        raise InvalidValue(f"{key}: a text in quotation marks, not empty and without U+0000", code="wrong-option")
    return value


def number(options: Mapping[str, object], key: str, default: float) -> float:
    """Return the number at *key*, which is above zero and at most `LARGEST`."""
    value = options.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= LARGEST:
        raise InvalidValue(f"{key}: a number above zero, at most {LARGEST}, without quotes", code="wrong-option")
    return value


def secret(options: Mapping[str, object], key: str, *, base: Path) -> Secret | None:
    """
    Return the secret that ``<key>_env`` or ``<key>_file`` leads to, or None where there is neither.

    A secret never stands in the configuration itself, which is copied, shown and versioned. Of a file one final line
    end is taken off; a relative path starts at *base*.
    """
    in_environment, in_file = f"{key}_env", f"{key}_file"
    variable, path = optional_text(options, in_environment), optional_text(options, in_file)
    if variable is not None and path is not None:
        raise InvalidValue(f"{in_environment} and {in_file}: give one of the two", code="wrong-option")
    if variable is not None:
        return _found(os.environ.get(variable, ""), f"{in_environment}: the environment has no {variable}")
    if path is not None:
        try:
            content = (base / path).read_text(encoding="utf-8")
        except (OSError, ValueError):
            raise InvalidValue(f"{in_file}: {base / path} cannot be read as text", code="missing-secret") from None
        return _found(content.removesuffix("\n").removesuffix("\r"), f"{in_file}: {base / path} is empty")
    return None


def _found(content: str, complaint: str) -> Secret:
    if not content:
        raise InvalidValue(complaint, code="missing-secret")
    return Secret(content)
