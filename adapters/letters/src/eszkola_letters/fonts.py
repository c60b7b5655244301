"""The fonts that letters are set in, and which signs they have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import fontpkg_noto_sans
from fontTools.ttLib import TTCollection, TTFont, TTLibError

from eszkola_core.errors import InvalidValue

FAMILY: Final = "Noto Sans"
"""The family that everything is set in; what it lacks comes from other fonts, where the installation has any."""

SHIPPED: Final = Path(fontpkg_noto_sans.ROOT) / "files"
_KINDS: Final = frozenset({".ttf", ".otf", ".ttc", ".otc"})
_COLLECTIONS: Final = frozenset({".ttc", ".otc"})


class Fonts:
    """The fonts that ship, and those of a folder beside them."""

    def __init__(self, folder: Path | None = None) -> None:
        """
        Read what signs there are.

        Raises:
            InvalidValue: there is no such folder, it holds no font, or one that cannot be read.
        """
        self.folders: Sequence[Path] = (SHIPPED,) if folder is None else (SHIPPED, folder)
        paths = [path for each in self.folders for path in _fonts_in(each)]
        self._signs = frozenset(sign for path in paths for sign in _signs_of(path))

    def missing(self, texts: Iterable[str]) -> str | None:
        """Return the first sign in *texts* that no font has, or None."""
        return next((sign for text in texts for sign in text if ord(sign) not in self._signs), None)


def _fonts_in(folder: Path) -> Sequence[Path]:
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _KINDS) if folder.is_dir() else []
    if not found:
        raise InvalidValue(f"{folder}: there is no folder of that name with fonts in it", code="no-fonts")
    return found


def _signs_of(path: Path) -> frozenset[int]:
    """Return the numbers of the signs that every font of a file has."""
    try:
        with path.open("rb") as opened:
            is_collection = path.suffix.lower() in _COLLECTIONS
            fonts = TTCollection(opened, lazy=True) if is_collection else [TTFont(opened, lazy=True)]
            return frozenset(sign for font in fonts for sign in font.getBestCmap() or ())
    except (TTLibError, OSError, ValueError, KeyError):
        raise InvalidValue(f"{path}: this font cannot be read", code="broken-font") from None
