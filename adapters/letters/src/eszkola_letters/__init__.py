"""Letters and lists set in type by typst."""

from __future__ import annotations

from eszkola_letters.renderer import TypstLetters

__all__ = ["TypstLetters"]
