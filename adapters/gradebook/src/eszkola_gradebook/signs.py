"""What an encoding is told by, gathered while the bytes go by: the characters that are not plain, and how many."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, final

from eszkola_gradebook.rows import End

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LONGEST_MARK: Final = max(len(mark) for mark, _ in _MARKS)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_ASCII: Final = 0x80
_PLAIN: Final = bytes(byte for byte in range(_ASCII) if not _CONTROLS.match(chr(byte)))
REPLACED: Final = "\N{REPLACEMENT CHARACTER}"


@final
class Signs:
    """The characters in bytes that come piece by piece, in the encoding that their mark says, or else in UTF-8."""

    def __init__(self) -> None:
        self.many: Counter[str] = Counter()
        """How many there are of each; the replacement character stands where the bytes are none."""
        self.bytes: Counter[int] = Counter()
        """How many there are of each byte, once it is known that they are in another encoding."""
        self.fit = True
        self.mark = b""
        self.encoding = ""
        self._last = ""
        self._by_two = False
        """Whether lines end with two characters."""
        self._decoder: codecs.IncrementalDecoder = codecs.getincrementaldecoder("utf-8")("strict")

    @property
    def torn(self) -> bool:
        """Whether the bytes end in the middle of a character."""
        return bool(self._half)

    @property
    def end(self) -> End:
        """What stands at the end, in an encoding that has the line ends of ASCII; half a line end is a cut as well."""
        if self._half or self._last not in {"\r", "\n"}:
            return End.FILE
        return End.TORN if self._last == "\r" and self._by_two else End.LINE

    @property
    def replaced(self) -> int:
        """How often the bytes are no character."""
        return self.many[REPLACED] + self.torn

    @property
    def controls(self) -> bool:
        """Whether there are characters that no text holds, in this encoding or in one that has those of ASCII."""
        signs = self.many if self.fit else (chr(byte) for byte in self.bytes if byte < _ASCII)
        return any(map(_CONTROLS.match, signs))

    @property
    def _half(self) -> bytes:
        return self._decoder.getstate()[0]

    def take(self, pieces: Iterable[bytes]) -> None:
        """Look at all bytes."""
        for piece in _gathered(pieces):
            if self.encoding:
                self._take(piece)
            else:
                self.mark, self.encoding = next((each for each in _MARKS if piece.startswith(each[0])), (b"", "utf-8"))
                self._decoder = codecs.getincrementaldecoder(self.encoding)("strict")
                self._take(piece[len(self.mark) :])

    def misfit(self) -> None:
        """Take the bytes for those of another encoding from now on."""
        self.fit = False
        for sign, times in self.many.items():
            for byte in sign.encode():
                self.bytes[byte] += times
        self.bytes.update(self._half)

    def _take(self, piece: bytes) -> None:
        half = self._half
        try:
            text = self._decoder.decode(piece)
        except UnicodeDecodeError:
            self.misfit()
            self._decoder = codecs.getincrementaldecoder(self.encoding)("replace")
            text = self._decoder.decode(half + piece)
        if self.fit and self.encoding == "utf-8":
            # What was decoded need not be encoded again.
            written = half + piece
            written = written[: len(written) - len(self._half)]
        else:
            written = text.encode()
        self.many.update(written.translate(None, _PLAIN).decode())
        if not self.fit:
            self.bytes.update(piece.translate(None, _PLAIN))
        self._by_two = self._by_two or "\r\n" in text or (self._last == "\r" and text[:1] == "\n")
        self._last = text[-1:] or self._last


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield *pieces*, of which the first holds the whole of a mark."""
    first: bytes | None = b""
    for piece in pieces:
        if first is None:
            yield piece
        else:
            first += piece
            if len(first) >= _LONGEST_MARK:
                yield first
                first = None
    if first:
        yield first
