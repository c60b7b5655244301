"""Bytes to text: no name is ever spoilt by a silent guess."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.encodings import decode

POLISH = "Nazwisko;Imię\nŚwiątek;Łucja\nWąs;Józef\n"
SLOVENE = "Priimek;Ime\nŽnidaršič;Špela\nČeh;Žan\n"


@pytest.mark.rule("SYNC-7b")
@pytest.mark.parametrize("text", [POLISH, SLOVENE])
@pytest.mark.parametrize("encoding", ["cp1250", "iso-8859-2"])
def test_both_old_encodings_of_the_region_are_told_apart(text, encoding):
    """Polish and Slovene texts come back whole from cp1250 and from ISO-8859-2, and the guess is owned up to."""
    decoded = decode(text.encode(encoding), "a.csv")
    assert (decoded.text, decoded.encoding, decoded.guessed) == (text, encoding, True)


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize("text", [POLISH, SLOVENE, "Nr;Nazwisko\n7;Źdźbło\n8;Ślaz\n"])
def test_one_damaged_byte_makes_no_other_encoding_of_utf_8(text):
    """Read as cp1250 every letter would come out as two wrong ones, some of which the region has."""
    with pytest.raises(UnreadableSource) as refused:
        decode(text.encode() + b"9;Ola\xff\n", "a.csv")
    assert refused.value.code == "wrong-encoding"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_proves_itself_is_no_guess(encoding):
    """UTF-8 with and without a mark, and UTF-16 with one, are read without a guess."""
    decoded = decode(POLISH.encode(encoding), "a.csv")
    assert (decoded.text, decoded.guessed) == (POLISH, False)


def test_a_polish_letter_shared_by_both_is_told_by_its_company():
    """The byte B9 is ą beside ę and ł, and š beside č: its neighbours decide which encoding it is."""
    assert decode("Imię;Wąs\n".encode("cp1250"), "a.csv").text == "Imię;Wąs\n"
    assert decode("Tomšič\n".encode("iso-8859-2"), "a.csv").text == "Tomšič\n"


@pytest.mark.rule("SYNC-7b")
@pytest.mark.parametrize(
    "data",
    [
        b"W\xb9s\n",
        b"\xb9 \xbc\xa5\n",
        "Иванов;Пётр\n".encode("cp1251"),
        "Иванов;Пётр\n".encode("koi8-r"),
        b"caf\xe9\x81\n",
        codecs.BOM_UTF8 + "Wąs".encode("cp1250"),
    ],
    ids=["only B9", "signs of both", "cyrillic cp1251", "cyrillic koi8", "undefined byte", "mark that lies"],
)
def test_what_cannot_be_told_is_refused(data):
    """Bytes that no encoding of the region explains for certain are refused and not half-read."""
    with pytest.raises(UnreadableSource) as refused:
        decode(data, "a.csv")
    assert refused.value.code == "wrong-encoding"
    assert refused.value.hint


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0", b"a;b\0c\n", b"\x01\x02\x03", b"%PDF-1.7\n\x05"])
def test_a_binary_file_is_no_table(data):
    """Control characters say that a file is no text."""
    with pytest.raises(UnreadableSource) as refused:
        decode(data, "a.csv")
    assert refused.value.code == "binary-file"


def test_no_bytes_are_an_empty_file():
    """A file of no bytes has a code of its own."""
    with pytest.raises(UnreadableSource) as refused:
        decode(b"", "a.csv")
    assert refused.value.code == "empty-file"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_a_file_that_ends_within_a_character_is_torn(encoding):
    """The half of a last character is left out and noticed."""
    mark = codecs.BOM_UTF16_LE if encoding == "utf-16-le" else b""
    decoded = decode(mark + "Łucja;Wąsę".encode(encoding)[:-1], "a.csv")
    assert (decoded.text, decoded.torn) == ("Łucja;Wąs", True)


def is_utf8(data):
    """Return whether *data* happens to be UTF-8, which a few letters in a row may be by chance."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.rule("SYNC-7a")
@given(st.data())
def test_old_text_is_never_misread(data):
    """Whatever Polish or Slovene text is written in an old encoding comes back as it was, or is refused."""
    letters = data.draw(st.sampled_from(["ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "čšžČŠŽ"]))
    text = data.draw(st.text(st.sampled_from(letters + "abcXYZ ;\n"), min_size=1))
    for encoding in ("cp1250", "iso-8859-2"):
        written = text.encode(encoding)
        if is_utf8(written) and not written.isascii():
            continue
        try:
            assert decode(written, "a.csv").text == text
        except UnreadableSource as refused:
            assert refused.code == "wrong-encoding"  # noqa: PT017 - one of two right answers
