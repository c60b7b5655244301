"""The Slovene register's documents: what they state, and what none of them may do to us."""

from __future__ import annotations

import itertools
import re
import tracemalloc
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field, Sex, StatedId
from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.archives import Limits
from eszkola_gradebook.blobs import find
from eszkola_gradebook.documents import table_of
from eszkola_gradebook.gradebook import FileGradebook

EMSO = "0103012500004"
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=12).map(str.strip)


def participant(key="1001", emso=EMSO, first="Žiga", last="Čeh", more=""):
    """Return one participant."""
    told = f"<emso>{emso}</emso>" if emso is not None else ""
    return (
        f"<udelezenec>\n<udelezenec_id>7</udelezenec_id>\n<opravilna_st>{key}</opravilna_st>\n{told}\n"
        f"<ime>{first}</ime>\n<priimek>{last}</priimek>{more}</udelezenec>\n"
    )


def document(*participants, version="1.4", encoding="utf-8", before=""):
    """Return a whole document."""
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n{before}<ceuviz_uvoz {XSI}>\n<verzija>{version}</verzija>\n'
        f"<udelezenci>\n{''.join(participants)}</udelezenci>\n</ceuviz_uvoz>\n"
    )


def students(reading):
    """Return the records of the only list."""
    (roster,) = reading.rosters
    assert (roster.list, roster.origin, roster.school) == ("students", "ceuviz", "os1")
    return list(roster.records)


@pytest.fixture
def read(read_files):
    """Read one document."""

    def one(content, **options):
        return read_files({"ceuviz.xml": content}, school="os1", **options)

    return one


@pytest.fixture
def refused(read):
    """Return what one document is refused with."""

    def one(content):
        with pytest.raises(UnreadableSource) as error:
            read(content)
        assert error.value.hint
        assert error.value.source.endswith("ceuviz.xml")
        return error.value

    return one


def test_a_participant_is_a_student(read):
    """The register's elements are a student's record; what it has no element for is silent."""
    more = "<datum_rojstva>2012-03-01T00:00:00</datum_rojstva><spol>M</spol><oddelek>1. a</oddelek>"
    reading = read(document(participant(more=more)))
    (record,) = students(reading)
    (student,) = record.people
    assert (reading.format, reading.findings) == ("ceuviz", ())
    assert (record.key, record.line) == ("1001", 5)
    assert (student.role, student.first_name, student.last_name) == (Role.STUDENT, "Žiga", "Čeh")
    assert student.ids == (StatedId(EMSO, "si.emso"),)
    assert (str(student.birth_date), student.sex, student.class_name) == ("2012-03-01", Sex.MALE, "1. a")
    assert student.silent == {Field.DAYS, Field.EMAIL, Field.PHONE}
    assert reading.rosters[0].silent_roles == {Role.GUARDIAN}
    assert reading.rosters[0].complete


def test_the_example_in_the_reference_is_a_register(read):
    """What the reference of formats shows is read as it says."""
    page = (Path(__file__).parents[3] / "docs" / "reference" / "formats.md").read_text("utf-8")
    (example,) = re.findall(r"```xml\n(.*?)```", page, re.DOTALL)
    (record,) = students(read(example))
    assert (record.key, record.people[0].last_name, record.problems) == ("1001", "Čeh", ())


def test_it_may_be_named_packed_or_in_a_folder(read, read_files, packed):
    """The same is stated by the file itself, with its format named, in an archive, and under any name."""
    content = document(participant())
    plain = students(read(content))[0].people
    assert students(read(content, format="ceuviz"))[0].people == plain
    for files, only in (
        ({"izvoz.zip": packed({"ceuviz.xml": content})}, None),
        ({"izvoz.zip": packed({"a/b.xml": content})}, ["izvoz.zip"]),
        ({"izvoz.dat": content}, ["izvoz.dat"]),
    ):
        assert students(read_files(files, only=only, school="os1"))[0].people == plain


def test_two_documents_are_one_list(read_files):
    """Files of one folder give one list, whatever their order."""
    files = {"1.xml": document(participant("1")), "2.xml": document(participant("2"))}
    assert [record.key for record in students(read_files(files, school="os1"))] == ["1", "2"]


def test_an_empty_register_states_an_empty_list(read):
    """A document without participants says that there are none."""
    assert students(read(document())) == []


@given(
    st.lists(
        st.tuples(TEXTS.filter(bool), TEXTS, TEXTS, st.booleans()),
        max_size=6,
        unique_by=lambda each: each[0].casefold(),
    )
)
def test_every_text_comes_out_as_it_went_in(read_files, people):
    """Names with any letters and signs, escaped or as character data, are read to the letter."""

    def written(text, *, raw):
        return f"<![CDATA[{text}]]>" if raw and "]]>" not in text else escape(text)

    body = [
        participant(escape(key), first=written(first, raw=raw), last=written(last, raw=not raw))
        for key, first, last, raw in people
    ]
    records = students(read_files({"c.xml": document(*body)}, school="os1"))
    stated = {(record.key, record.people[0].first_name, record.people[0].last_name) for record in records}
    wanted = {(key, first, last) for key, first, last, _ in people if "\ufffd" not in key}
    assert {each for each in stated if each[0]} == wanted
    assert len(records) == len(people)


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize("missing", ["", "<emso/>", "<emso>  </emso>"])
def test_a_participant_without_emso_is_held(read, missing):
    """Nobody is left out for want of an EMŠO: the record counts as there, and says what it lacks."""
    content = document(participant("1"), participant("2", emso=None, more=missing))
    whole, held = students(read(content))
    assert whole.people
    assert (held.key, held.people, held.source.endswith("ceuviz.xml"), held.line) == ("2", (), True, 11)
    (problem,) = held.problems
    assert (problem.field, problem.code) == (None, "cell-missing")
    assert "emso" in problem.hint


def test_a_document_in_which_nobody_has_an_emso_is_still_read(read):
    """The elements that every participant must have are there even where none has them."""
    assert [len(record.problems) for record in students(read(document(participant(emso=None))))] == [1]


@pytest.mark.rule("SYNC-7c")
def test_an_emso_that_lost_its_zero_is_stated_as_it_stands(read):
    """A spreadsheet's loss is for the rules to mend, which look at the birth date beside it."""
    (record,) = students(read(document(participant(emso=EMSO[1:], more="<datum_rojstva>1.3.2012</datum_rojstva>"))))
    assert record.people[0].ids == (StatedId(EMSO[1:], "si.emso"),)
    assert str(record.people[0].birth_date) == "2012-03-01"


@pytest.mark.rule("SYNC-0c")
def test_a_participant_without_a_key_ends_nobody(read):
    """One who cannot be told from others is held, and the list ends nobody by absence."""
    reading = read(document(participant("1"), participant(""), "<udelezenec/>"))
    assert [record.key for record in students(reading)].count(None) == 2
    assert not reading.rosters[0].complete


def test_an_element_that_says_of_itself_that_it_is_nobody_is_nobody(read):
    """An element marked as nil is no participant; one that is marked and holds something is."""
    body = participant("2").replace("<udelezenec>", '<udelezenec xsi:nil="true">')
    reading = read(document('<udelezenec xsi:nil="true"/>', participant("1"), body))
    assert [record.key for record in students(reading)] == ["1", "2"]
    assert reading.rosters[0].complete


def test_an_element_that_says_two_things_holds_its_record(read):
    """Two different texts under one name are a doubt about the record; the same text twice is none."""
    twice, same = students(
        read(document(participant("1", more="<ime>Janez</ime>"), participant("2", more="<ime>Žiga</ime>")))
    )
    assert [problem.code for problem in twice.problems] == ["element-twice"]
    assert same.people[0].first_name == "Žiga"


def test_elements_that_are_not_read_are_named(read):
    """Elements that hold others are passed over, once in words."""
    more = "<naslov><ulica>Cesta 1</ulica></naslov><vpis>x<oddelek>1.a</oddelek></vpis>"
    reading = read(
        document(participant(more=more)).replace("<udelezenci>", "<zavod><id>1</id></zavod><udelezenci><x/>")
    )
    assert [(found.code, found.value) for found in reading.findings] == [
        ("elements-not-read", "naslov, vpis, x, zavod")
    ]
    assert Field.CLASS in students(reading)[0].people[0].silent


@pytest.mark.parametrize("version", ["1.3", "", "2.0"])
def test_another_version_is_said(read, version):
    """A version that is not known is read as the known one, and said."""
    reading = read(document(participant(), version=version))
    assert [(found.code, found.field) for found in reading.findings] == [("version-unknown", "verzija")]
    assert students(reading)[0].people


def test_prefixes_of_a_namespace_mean_nothing(read):
    """The elements may stand in a namespace, under any prefix."""
    content = re.sub(r"<(/?)(?=[a-z])", r"<\1c:", document(participant()))
    content = content.replace(XSI, 'xmlns:c="urn:x"')
    assert students(read(content))[0].people[0].first_name == "Žiga"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1250", "iso-8859-2"])
def test_the_encoding_is_the_one_that_the_document_names(read, encoding):
    """Slovene letters come out right in every encoding that the first line names, and nothing is guessed."""
    named = "utf-8" if encoding == "utf-8-sig" else encoding
    reading = read(document(participant(first="Žiga", last="Šćeđ"), encoding=named).encode(encoding))
    assert students(reading)[0].people[0].last_name == "Šćeđ"
    assert reading.findings == ()


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (document(participant()).encode("windows-1250"), "document-damaged"),
        (document(participant(), encoding="klingon").encode(), "wrong-encoding"),
        (document(participant(), encoding="shift_jis").encode(), "wrong-encoding"),
        (document(participant(), encoding="base64").encode(), "wrong-encoding"),
        (document(participant(first="a & b")), "document-damaged"),
        (document(participant(first="&eacute;")), "document-damaged"),
        (document(participant(first="<b>x</c>")), "document-damaged"),
        (document(participant(first="\x01")), "document-damaged"),
        (document(participant()) + "<x/>", "document-damaged"),
        ("<?xml version='1.0'?>\n", "document-damaged"),
        ("", "empty-file"),
        ("<!DOCTYPE HTML>\n<html><table><tr><td>Priimek<td>Ime</table>", "web-page"),
        ("<a><b/></a>", "header-not-recognised"),
    ],
)
def test_a_document_that_is_not_sound_is_refused(read_files, content, code):
    """What cannot be believed as a whole changes nothing; the error says where."""
    with pytest.raises(UnreadableSource) as error:
        read_files({"ceuviz.xml": content}, only=["ceuviz.xml"], school="os1")
    assert error.value.code == code
    assert error.value.hint


@pytest.mark.rule("SYNC-7b")
def test_a_damage_is_said_with_its_line(refused):
    """The error names the file and the line."""
    error = refused(document(participant("1"), participant("2", first="a & b")))
    assert (error.line, str(error)) == (15, "eksport/ceuviz.xml is no sound XML")


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
ATTACKS = {
    "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>',
    "quadratic blowup": f'<!DOCTYPE x [<!ENTITY a "{"a" * 100_000}">]>',
    "a file of ours": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "a server inside": '<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:1/">]>',
    "a parameter entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/"> %p;]>',
    "a grammar elsewhere": '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">',
    "a public grammar": '<!DOCTYPE x PUBLIC "-//X//X//SL" "x.dtd">',
    "attributes by default": '<!DOCTYPE x [<!ATTLIST ceuviz_uvoz a CDATA "b">]>',
    "an unparsed entity": '<!DOCTYPE x [<!NOTATION n SYSTEM "n"><!ENTITY a SYSTEM "a" NDATA n>]>',
    "nothing at all": "<!DOCTYPE x>",
}


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_grammar_of_its_own_is_refused(refused, attack):
    """Whatever a document type definition is for, it is refused before anything of it is expanded or fetched."""
    error = refused(document(participant(first="&l11;&a;"), before=ATTACKS[attack] + "\n"))
    assert (error.code, error.line) == ("document-unsafe", 2)
    assert "root:" not in f"{error}{error.hint}{error.__cause__}"


@pytest.mark.rule("SYNC-7a")
def test_a_grammar_of_its_own_in_an_archive_is_refused(read_files, packed):
    """An archive is no way around, and neither is another root, encoding or name."""
    content = document(participant(), before=ATTACKS["billion laughs"])
    utf16 = content.replace('"utf-8"', '"utf-16"').encode("utf-16")
    for files in (
        {"a.zip": packed({"c.xml": content})},
        {"a.zip": packed({"c.xml": content.replace("ceuviz_uvoz", "other"), "d.xml": document(participant())})},
        {"a.xml": utf16},
        {"a.csv": content},
    ):
        with pytest.raises(UnreadableSource) as error:
            read_files(files, school="os1")
        assert error.value.code == "document-unsafe"


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize(
    "content",
    [
        document("<a>" * 40 + "</a>" * 40),
        document("<a>" * 500_000),
        document(participant(first="a" * 140_000)),
        document(participant(more=f"<!-- {'a' * 2_500_000} -->")),
        document(participant(more=f"<a b='{'c' * 2_500_000}'/>")),
        document(f"<udelezenec>{''.join(f'<e{n}>1</e{n}>' for n in range(1100))}</udelezenec>"),
        document(*(f"<udelezenec><e{n}>1</e{n}></udelezenec>" for n in range(1100))),
    ],
    ids=["deep", "deeper", "text", "comment", "attribute", "names", "names of many"],
)
def test_a_document_without_measure_is_refused(refused, content):
    """Depth, texts, tags and names have limits far above any export."""
    error = refused(content)
    assert error.code == "document-bomb"
    assert error.line


@pytest.mark.rule("SYNC-7a")
def test_a_document_is_held_to_the_total(tmp_path, packed):
    """A document may be as large as an archive may unfold to, packed or not."""
    plain, zipped = tmp_path / "a.xml", tmp_path / "a.zip"
    plain.write_text(document(participant()), "utf-8")
    zipped.write_bytes(packed({"a.xml": document(participant())}))
    for path, code in ((plain, "document-bomb"), (zipped, "archive-bomb")):
        with pytest.raises(UnreadableSource) as error:
            FileGradebook(limits=Limits(total=100)).read([path], school="os1")
        assert error.value.code == code


def test_an_inclusion_is_a_text_like_any_other(read):
    """What other programs would fetch or follow is passed over: nothing is opened but the file."""
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    content = document(participant(more=f"<naslov>{include}</naslov>"), before="<?xml-stylesheet href='file:///x'?>\n")
    assert students(read(content))[0].people[0].first_name == "Žiga"


WHOLE = document(*(participant(str(n)) for n in range(1, 4))).encode()
ROOT = WHOLE.index(b"<verzija>")


@pytest.mark.rule("SYNC-7a")
@given(at=st.integers(ROOT, len(WHOLE.rstrip()) - 1))
def test_wherever_a_document_breaks_off_it_ends_nobody(read_files, at):
    """A cut document keeps the participants that are whole, holds the one it breaks off in, and ends nobody."""
    reading = read_files({"c.xml": WHOLE[:at]}, school="os1")
    (roster,) = reading.rosters
    assert (roster.cut, roster.complete) == (True, False)
    assert "file-cut" in [found.code for found in reading.findings]
    read = [record for record in roster.records if record.people]
    assert [record.key for record in read] == ["1", "2", "3"][: WHOLE[:at].count(b"</udelezenec>")]
    (torn,) = [record for record in roster.records if not record.people]
    assert torn.problems[0].code == "row-cut"
    assert torn.line


@given(at=st.integers(0, ROOT - 1))
def test_a_document_that_breaks_off_before_it_begins_is_refused(read_files, at):
    """Without its root nobody knows of which kind a document is; with it, it is cut."""
    content = WHOLE[:at]
    try:
        reading = read_files({"c.xml": content}, school="os1")
    except UnreadableSource as error:
        assert error.code in {"document-damaged", "empty-file", "header-not-recognised"}  # noqa: PT017
    else:
        assert reading.rosters[0].cut


def test_another_document_is_named_by_its_root(read_files):
    """A document of an unknown kind is refused if it is all there is, and passed over beside others."""
    other = "<oddelki><oddelek>1.a</oddelek></oddelki>"
    with pytest.raises(UnreadableSource, match="oddelki") as error:
        read_files({"o.xml": other}, school="os1")
    assert error.value.code == "header-not-recognised"
    reading = read_files({"o.xml": other, "c.xml": document(participant())}, school="os1")
    assert [(found.code, Path(found.source).name) for found in reading.findings] == [("file-not-used", "o.xml")]
    assert students(reading)


def test_a_table_with_the_same_headers_is_no_document(read_files):
    """The register is told by its root: a table that borrows its headers is a table."""
    text = "opravilna_st;emso;ime;priimek\n1;0103012500004;Žiga;Čeh\n"
    assert read_files({"c.csv": text}, school="os1").format == "table"


@pytest.mark.clause("GB5")
@pytest.mark.rule("ID-10a")
@given(
    element=st.sampled_from(["opravilna_st", "ime", "spol", "datum_rojstva", "oddelek", "verzija", "neznano"]),
    at=st.integers(ROOT, 800),
    broken=st.sampled_from(["", "&", "<b>", "\x01", "<emso>1</emso>"]),
)
def test_an_emso_shows_in_no_report(read_files, element, at, broken):
    """Wherever an EMŠO stands, as text or as an element's name, no finding, problem or error holds it."""
    more = f"<{element}>{EMSO}</{element}>{broken}<x{EMSO}><y/></x{EMSO}><spol>{EMSO}</spol>"
    content = document(participant(first=EMSO, more=more), version=EMSO)[:at]
    try:
        reading = read_files({"c.xml": content}, school="os1")
    except UnreadableSource as error:
        said = f"{error}{error.hint}{error.source}{error.__cause__}"
    else:
        records = list(itertools.chain.from_iterable(roster.records for roster in reading.rosters))
        people = [person for record in records for person in record.people]
        said = f"{reading.findings}{[r.problems for r in records]}{[(p.problems, p.ids) for p in people]}"
    assert EMSO not in said


@pytest.mark.clause("GB6")
def test_a_document_that_changes_under_our_eyes_is_noticed(tmp_path):
    """Records are read from the document as it was looked at, or not at all."""
    path = tmp_path / "c.xml"
    path.write_text(document(participant()), "utf-8")
    reading = FileGradebook().read([path], school="os1")
    path.write_text(document(participant(first="Jan")), "utf-8")
    with pytest.raises(UnreadableSource) as error:
        list(reading.rosters[0].records)
    assert error.value.code == "file-changed"


def test_memory_does_not_grow_with_the_document(tmp_path):
    """A document is looked at and walked in far less memory than it has bytes."""
    path = tmp_path / "c.xml"
    with path.open("w", encoding="utf-8") as file:
        file.write(document().removesuffix("</udelezenci>\n</ceuviz_uvoz>\n"))
        file.writelines(participant(str(number), more=f"<opomba>{'a' * 900}</opomba>") for number in range(9_000))
        file.write("</udelezenci>\n</ceuviz_uvoz>\n")
    (blob,) = find([path], Limits())
    tracemalloc.start()
    try:
        assert sum(1 for _ in table_of(blob, Limits()).rows()) == 9_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 8 << 20
    assert peak < 4 << 20
