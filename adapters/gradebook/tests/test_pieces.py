"""Texts that come piece by piece: wherever they are cut, they are what they are as a whole."""

from __future__ import annotations

import codecs
import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.blobs import Blob
from eszkola_gradebook.encodings import encoding_of
from eszkola_gradebook.rows import End
from eszkola_gradebook.tables import Table

POLISH = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
HOME = POLISH | frozenset("čšžćđČŠŽĆĐ")
AROUND = frozenset("áéíýúäöüßňřěťďůôëľĺÁÉÍÝÚÄÖÜŇŘĚŤĎŮÔËĽĹ§°«»…—–\N{NO-BREAK SPACE}„”“‘’‚")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


LETTERS = ("a;\r\n\n\r", "aąćęłńóśźż;\n", "ačšžćđ;\n", "ąš;\n", "é–„a\n", "Иa", "a\ufffdł\x85\x01\0😀")


class Refused(Exception):
    """A text that is refused, under the code of the refusal."""


def strictly(data, encoding):
    """Return the text of all of *data*, None where it is not in *encoding*, and whether it ends within a character."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        text = decoder.decode(data)
    except UnicodeDecodeError:
        return None, False
    return text, bool(decoder.getstate()[0])


def unchecked(data):
    """Return the text of all of *data* at once, its encoding, and whether it is guessed and torn: the rules in full."""
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            text, torn = strictly(data[len(mark) :], encoding)
            if text is None:
                raise Refused("wrong-encoding")
            return text, encoding, False, torn
    if b"\0" in data:
        raise Refused("binary-file")
    text, torn = strictly(data, "utf-8")
    if text is not None and not (torn and not set(text) & (HOME | AROUND)):
        return text, "utf-8", False, torn
    nearly = data.decode("utf-8", "replace")
    if sum(sign in HOME for sign in nearly) > nearly.count("\ufffd"):
        raise Refused("wrong-encoding")
    encoding = "cp1250" if any(0x80 <= byte < 0xA0 for byte in data) else voted({byte for byte in data if byte >= 0x80})
    text = encoding and strictly(data, encoding)[0]
    signs = [sign for sign in text or "" if not sign.isascii()]
    if not text or sum(sign not in HOME | AROUND for sign in signs) > sum(sign in HOME for sign in signs):
        raise Refused("wrong-encoding")
    return text, encoding, True, False


def voted(high):
    """Return which of the old encodings gives letters of the region for the bytes in which the two differ."""
    both = {byte: (bytes([byte]).decode("cp1250"), bytes([byte]).decode("iso-8859-2")) for byte in high}
    differing = [pair for pair in both.values() if pair[0] != pair[1]]
    windows = any(one in HOME and other not in HOME for one, other in differing)
    iso = any(other in HOME and one not in HOME for one, other in differing)
    if differing and not windows and not iso:
        company = {one for one, other in both.values() if one == other}
        windows, iso = bool(company & set("ęłńżĘŁŃŻ")), bool(company & set("čđČĐ"))
    if not differing:
        return "cp1250"
    return None if windows == iso else "cp1250" if windows else "iso-8859-2"


def as_whole(data):
    """Return what there is to know of a text that is in memory as a whole."""
    if not data:
        return "empty-file"
    try:
        text, encoding, guessed, torn = unchecked(data)
    except Refused as refused:
        return str(refused)
    if CONTROLS.search(text):
        return "binary-file"
    if torn or (text.endswith("\r") and "\r\n" in text):
        return text, encoding, guessed, torn, End.TORN
    return text, encoding, guessed, torn, End.LINE if text.endswith(("\n", "\r")) else End.FILE


def in_pieces(pieces):
    """Return the same of a text that comes in pieces."""
    try:
        found = encoding_of(iter(pieces), "a.csv")
    except UnreadableSource as refused:
        return refused.code
    with found.text(iter(pieces)) as text:
        return text.read(), found.name, found.guessed, found.torn, found.end


@st.composite
def written(draw):
    """Draw the bytes of texts as offices write them and as they are spoilt: cut, with a bit of another, or no text."""
    letters = draw(
        st.sampled_from(["a;\r\n\n\r", "aąćęłńóśźż;\n", "ačšžćđ;\n", "ąš;\n", "é–„a\n", "Иa", "a\ufffdł\x85\x01\0😀"])
    )
    text = draw(st.text(st.sampled_from(letters + "a;")) | st.text(st.sampled_from(letters), max_size=4))
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1250", "iso-8859-2", "cp1251"]))
    data = text.encode(encoding, "ignore")
    if draw(st.booleans()):
        data = data[: draw(st.integers(0, len(data)))] + draw(st.binary(max_size=3))
    if draw(st.booleans()):
        data = draw(st.sampled_from(["", "Żółć\n", "Špela\n"])).encode() + data
    return data


@st.composite
def cut(draw, texts):
    """Draw a text, and the pieces of it that come one by one; some of them may be empty."""
    data = draw(texts)
    at = sorted(draw(st.lists(st.integers(0, len(data)), max_size=8) | st.just(range(len(data)))))
    return data, [data[one:other] for one, other in pairwise([0, *at, len(data)])]


@pytest.mark.rule("SYNC-7a")
@settings(max_examples=1000)
@example((b"\xef\xbb\xbfa", [b"\xef", b"\xbb", b"\xbfa"]))
@example((b"a\n\xc4", [b"a\n", b"\xc4"]))
@example((b"\xc4a", [b"\xc4", b"a"]))
@example((b"\xc4\x85\xc4\x85\xb3\xc4", [b"\xc4", b"\x85\xc4\x85\xb3", b"\xc4"]))
@example((b"\xe6\x9c\xe3", [b"\xe6\x9c", b"\xe3"]))
@given(cut(written() | st.binary(max_size=8)))
def test_pieces_are_decided_as_the_whole_is(both):
    """Encoding, guess, refusal and text do not depend on where a text is cut into pieces."""
    data, pieces = both
    assert in_pieces(pieces) == as_whole(data)


@pytest.mark.rule("SYNC-7a")
@given(cut(written() | st.sampled_from(['"a\nb";c\r\rd;"', "sep=;\r\na;b\n\n1;2", "sep=,\n"]).map(str.encode)))
def test_pieces_have_the_rows_of_the_whole(both):
    """Delimiter, header, rows, their lines and their ends do not depend on where a text is cut into pieces."""
    data, pieces = both

    def table(parts):
        blob = Blob("a.csv", "a", "", named=True, fetch=lambda: iter(parts))
        try:
            found = Table.of_csv(blob)
        except UnreadableSource as refused:
            return refused.code
        return found.delimiter, found.header, found.findings, list(found.rows())

    assert table(pieces) == table([data])


def test_text_that_changes_between_two_walks_is_refused():
    """Whoever walks the rows of a file that is being written anew gets to its end, and then the refusal."""
    states = iter([b"a;b\n1;2\n", b"a;b\n1;2\n", b"a;b\n1;2\n", b"a;b\n1;\xff\n"])
    table = Table.of_csv(Blob("a.csv", "a", "", named=True, fetch=lambda: iter([next(states)])))
    with pytest.raises(UnreadableSource) as refused:
        list(table.rows())
    assert refused.value.code == "file-changed"
