"""
Bytes to text, never by a silent guess.

UTF-8 proves itself and UTF-16 says so. What is left in Polish and Slovene offices is cp1250 or ISO-8859-2, which differ
in the letters ą ś ź š ž only: a wrong choice looks almost right, and would put wrong names into accounts. So the choice
is made from those letters alone, is reported, and is refused where they do not decide it (SYNC-7).
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from attrs import field, frozen

from eszkola_core.errors import UnreadableSource

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_POLISH: Final = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
_SLOVENE: Final = frozenset("čšžćđČŠŽĆĐ")
_HOME: Final = _POLISH | _SLOVENE
_ONLY_POLISH: Final = frozenset("ęłńżĘŁŃŻ")
_ONLY_SLOVENE: Final = frozenset("čđČĐ")
_AROUND: Final = frozenset(
    "áéíýúäöüßňřěťďůôëľĺÁÉÍÝÚÄÖÜŇŘĚŤĎŮÔËĽĹ§°«»…—\N{EN DASH}\N{NO-BREAK SPACE}„”“"
    "\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\N{SINGLE LOW-9 QUOTATION MARK}",
)
"""Letters of neighbours, and marks that any text may hold."""
_CP1250_ONLY: Final = range(0x80, 0xA0)


@frozen
class Decoded:
    """
    A file's text; ``torn`` is True when it ends in the middle of a character.

    ``guessed`` is True when nothing in the bytes names the encoding.
    """

    text: str = field(repr=False)
    encoding: str
    guessed: bool = False
    torn: bool = False


def decode(data: bytes, name: str) -> Decoded:
    """
    Return the text of *data*.

    Raises:
        UnreadableSource: it is empty, binary, or in an encoding that cannot be told for certain.
    """
    if not data:
        raise UnreadableSource(
            f"{name} is empty",
            code="empty-file",
            source=name,
            hint="export it again: not even a header is there",
        )
    decoded = _by_mark(data, name) or _utf8(data) or _legacy(data, name)
    if _CONTROLS.search(decoded.text):
        raise _binary(name)
    return decoded


def _by_mark(data: bytes, name: str) -> Decoded | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text, torn = _strictly(data[len(mark) :], encoding)
            if text is None:
                raise _unclear(name, f"says that it is {encoding} but is not")
            return Decoded(text, encoding, torn=torn)
    if b"\0" in data:
        raise _binary(name)
    return None


def _utf8(data: bytes) -> Decoded | None:
    text, torn = _strictly(data, "utf-8")
    if text is None or (torn and not set(text) & (_HOME | _AROUND)):
        # With no letter of the region before it, half a character at the end says nothing for UTF-8.
        return None
    return Decoded(text, "utf-8", torn=torn)


def _strictly(data: bytes, encoding: str) -> tuple[str | None, bool]:
    """Return the text, None if it is not in *encoding*, and whether the last character is cut in two."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        text = decoder.decode(data)
    except UnicodeDecodeError:
        return None, False
    return text, bool(decoder.getstate()[0])


def _legacy(data: bytes, name: str) -> Decoded:
    """Choose between cp1250 and ISO-8859-2 by the letters in which they differ."""
    # One damaged byte does not make another encoding of UTF-8: its letters would come out as two wrong ones each.
    nearly = data.decode("utf-8", "replace")
    if sum(sign in _HOME for sign in nearly) > nearly.count("\N{REPLACEMENT CHARACTER}"):
        raise _unclear(name, "is in UTF-8, but some of its characters are damaged")
    high = {byte for byte in data if byte >= _CP1250_ONLY.start}
    encoding = "cp1250" if any(byte in _CP1250_ONLY for byte in high) else _voted(high)
    if encoding is None:
        raise _unclear(name, "is in cp1250 or in ISO-8859-2, and its letters do not tell which")
    text, _ = _strictly(data, encoding)
    signs = [sign for sign in text or "" if not sign.isascii()]
    foreign = sum(sign not in _HOME and sign not in _AROUND for sign in signs)
    home = sum(sign in _HOME for sign in signs)
    if text is None or foreign > home:
        raise _unclear(name, "is in no encoding that gives Polish or Slovene words")
    return Decoded(text, encoding, guessed=True)


def _voted(high: set[int]) -> str | None:
    """Return the encoding under which the bytes that differ are letters of the region; None if that is not clear."""
    windows = {byte: bytes([byte]).decode("cp1250", "replace") for byte in high}
    iso = {byte: bytes([byte]).decode("iso-8859-2") for byte in high}
    differing = [byte for byte in high if windows[byte] != iso[byte]]
    if not differing:
        return "cp1250"
    for_windows = any(windows[byte] in _HOME and iso[byte] not in _HOME for byte in differing)
    for_iso = any(iso[byte] in _HOME and windows[byte] not in _HOME for byte in differing)
    if for_windows == for_iso and not for_windows:
        # Only B9 is a letter of the region in both: ą in cp1250, š in ISO-8859-2. The company it keeps decides.
        shared = {windows[byte] for byte in high} & {iso[byte] for byte in high}
        for_windows, for_iso = bool(shared & _ONLY_POLISH), bool(shared & _ONLY_SLOVENE)
    if for_windows == for_iso:
        return None
    return "cp1250" if for_windows else "iso-8859-2"


def _binary(name: str) -> UnreadableSource:
    return UnreadableSource(
        f"{name} is no text table",
        code="binary-file",
        source=name,
        hint="save it as CSV in UTF-8, or as .xlsx",
    )


def _unclear(name: str, what: str) -> UnreadableSource:
    return UnreadableSource(f"{name} {what}", code="wrong-encoding", source=name, hint="save it as CSV in UTF-8")
