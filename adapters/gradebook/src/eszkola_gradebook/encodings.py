"""
Bytes to text, never by a silent guess.

UTF-8 proves itself and UTF-16 says so. What is left in Polish and Slovene offices is cp1250 or ISO-8859-2, which differ
in the letters ą ś ź š ž only: a wrong choice looks almost right, and would put wrong names into accounts. So the choice
is made from those letters alone, is reported, and is refused where they do not decide it (SYNC-7). It takes one look at
bytes that go by: no text is ever in memory as a whole.
"""

from __future__ import annotations

import io
from collections.abc import Generator, Iterable
from typing import Final, final

from attrs import field, frozen

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.rows import End
from eszkola_gradebook.signs import REPLACED, Signs

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
_BUFFER: Final = 1 << 16


@frozen
class Encoding:
    """
    How a text is written: all that it takes to read it piece by piece.

    ``guessed`` is True when nothing in the bytes names the encoding, ``torn`` when they end in the middle of a
    character. ``end`` is what stands at their end, and ``mark`` how many bytes stand before the text.
    """

    name: str
    end: End
    guessed: bool = False
    torn: bool = False
    mark: int = 0

    def text(self, pieces: Iterable[bytes]) -> io.TextIOWrapper:
        """
        Return the text in *pieces*, line ends as they are, and without the half of a last character.

        Bytes that are no characters are left out: the text was looked at before, and whoever yields others says so.
        """
        stream = io.BufferedReader(_Pieces(pieces), _BUFFER)
        stream.read(self.mark)
        return io.TextIOWrapper(stream, self.name, "ignore", newline="")


@final
class _Pieces(io.RawIOBase):
    """Bytes that come piece by piece, as a file."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        super().__init__()
        self._pieces = iter(pieces)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill *buffer* as far as one piece goes."""
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        many = min(len(buffer), len(self._left))
        buffer[:many] = self._left[:many]
        self._left = self._left[many:]
        return many

    def close(self) -> None:
        """Let go of where the bytes come from."""
        if isinstance(self._pieces, Generator):
            self._pieces.close()
        super().close()


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
    Return the text of *data*, for whom it is small enough to be had at once.

    Raises:
        UnreadableSource: as `encoding_of`.
    """
    found = encoding_of((data,), name)
    return Decoded(found.text((data,)).read(), found.name, found.guessed, found.torn)


def encoding_of(pieces: Iterable[bytes], name: str) -> Encoding:
    """
    Return how the text in *pieces* is written.

    Raises:
        UnreadableSource: it is empty, binary, or in an encoding that cannot be told for certain.
    """
    signs = Signs()
    signs.take(pieces)
    if not signs.encoding:
        raise UnreadableSource(
            f"{name} is empty",
            code="empty-file",
            source=name,
            hint="export it again: not even a header is there",
        )
    found = _by_mark(signs, name) or _utf8(signs) or _legacy(signs, name)
    if signs.controls:
        raise _binary(name)
    return found


def _by_mark(signs: Signs, name: str) -> Encoding | None:
    if signs.mark:
        if not signs.fit:
            raise _unclear(name, f"says that it is {signs.encoding} but is not")
        return Encoding(signs.encoding, End.TORN if signs.torn else signs.end, torn=signs.torn, mark=len(signs.mark))
    if "\0" in signs.many:
        raise _binary(name)
    return None


def _utf8(signs: Signs) -> Encoding | None:
    if not signs.fit or (signs.torn and not signs.many.keys() & (_HOME | _AROUND)):
        # With no letter of the region before it, half a character at the end says nothing for UTF-8.
        return None
    return Encoding("utf-8", End.TORN if signs.torn else signs.end, torn=signs.torn)


def _legacy(signs: Signs, name: str) -> Encoding:
    """Choose between cp1250 and ISO-8859-2 by the letters in which they differ."""
    # One damaged byte does not make another encoding of UTF-8: its letters would come out as two wrong ones each.
    if sum(signs.many[sign] for sign in _HOME) > signs.replaced:
        raise _unclear(name, "is in UTF-8, but some of its characters are damaged")
    if signs.fit:
        signs.misfit()
    high = {byte: times for byte, times in signs.bytes.items() if byte >= _CP1250_ONLY.start}
    encoding = "cp1250" if any(byte in _CP1250_ONLY for byte in high) else _voted(set(high))
    if encoding is None:
        raise _unclear(name, "is in cp1250 or in ISO-8859-2, and its letters do not tell which")
    many = {bytes([byte]).decode(encoding, "replace"): times for byte, times in high.items()}
    foreign = sum(times for sign, times in many.items() if sign not in _HOME and sign not in _AROUND)
    home = sum(times for sign, times in many.items() if sign in _HOME)
    if REPLACED in many or foreign > home:
        raise _unclear(name, "is in no encoding that gives Polish or Slovene words")
    return Encoding(encoding, signs.end, guessed=True)


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
