"""
Files as they come in real life: broken, cut, in the wrong encoding, packed as a trap.

Whatever comes, the report says where and what to do, the database stays as it was unless whole rows were good, and
whoever could sign in still can.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum.si.emso import calc_check_digit

BORN_WITH_A_ZERO = date(2009, 3, 1)


def packed(files):
    """Pack files into an archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def sheet(name, header):
    """Make a workbook with one sheet of this name, whose only row is *header*."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in header)
    return packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
            "_rels/.rels": (
                f'<Relationships xmlns="{package}/relationships">'
                f'<Relationship Id="w" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
            ),
            "xl/workbook.xml": (
                f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="{name}" sheetId="1" r:id="r1"/>'
                "</sheets></workbook>"
            ),
            "xl/_rels/workbook.xml.rels": (
                f'<Relationships xmlns="{package}/relationships">'
                f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
            ),
            "xl/worksheets/sheet1.xml": (
                f'<worksheet xmlns="{main}"><sheetData><row>{cells}</row></sheetData></worksheet>'
            ),
        }
    )


# What is made of the text of a good table; under which name; the code and the line of what is then said of it.
REFUSED = {
    "empty": (lambda _: b"", "a.csv", "empty-file", 0),
    "picture": (lambda _: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "a.csv", "binary-file", 0),
    "noise": (lambda _: bytes(range(1, 256)) * 4, "a.csv", "wrong-encoding", 0),
    "utf-16 unmarked": (lambda text: text.encode("utf-16-le"), "a.csv", "binary-file", 0),
    "utf-8 taken for latin-1": (lambda text: text.encode().decode("latin-1").encode(), "a.csv", "binary-file", 0),
    "ą or š": (lambda _: "Nr;Nazwisko;Imie;Klasa\n7;Bąk;Jan;1\n".encode("cp1250"), "a.csv", "wrong-encoding", 0),
    "one damaged byte": (
        lambda _: "Nr;Nazwisko;Imie;Klasa\n7;Źdźbło;Jan;1\n8;Ślaz;".encode() + b"Ol\xff;1\n",
        "a.csv", "wrong-encoding", 0,
    ),
    "half a character": (
        lambda text: text.replace("Ło", "Ł\ud800o").encode("utf-8", "surrogatepass"), "a.csv", "wrong-encoding", 0,
    ),
    "a NUL": (lambda text: text.replace("Łoś", "Ło\0ś"), "a.csv", "binary-file", 0),
    "a terminal's colours": (lambda text: text.replace("Łoś", "Ło\x1b[31mś"), "a.csv", "binary-file", 0),
    "no header": (lambda text: text.partition("\r\n")[2], "a.csv", "no-header", 1),
    "in German": (lambda text: text.replace("Nazwisko;Imię", "Name;Vorname", 1), "a.csv", "header-not-recognised", 1),
    "pipes": (lambda text: text.replace(";", "|"), "a.csv", "header-not-recognised", 1),
    "a web page": (lambda _: "<html><table><tr><td>Nazwisko</td></tr></table>", "a.xls", "header-not-recognised", 1),
    "another sheet": (lambda _: sheet("Oceny", ("Uczeń", "Matematyka")), "a.xlsx", "header-not-recognised", 1),
    "no workbook": (lambda _: packed({"xl/workbook.xml": "<x/>"}), "a.xlsx", "binary-file", 0),
    "bomb": (lambda _: packed({"a.csv": b"Nazwisko" + b" " * (20 << 20)}), "a.zip", "archive-bomb", 0),
    "broken archive": (lambda text: packed({"a.csv": text})[:-30], "a.zip", "archive-damaged", 0),
    "archive in an archive": (lambda text: packed({"a.zip": packed({"a.csv": text})}), "a.zip", "archive-nested", 0),
    "way out of the archive": (lambda text: packed({"../a.csv": text}), "a.zip", "archive-path", 0),
    "archive of letters": (lambda text: packed({"a.txt": text}), "a.zip", "archive-without-tables", 0),
}  # fmt: skip


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize("what", REFUSED)
def test_a_file_in_doubt_changes_nothing(lived_in, signs_in, rows, table, what):
    """The report names the file, the line where there is one, and the remedy; nothing is written, nobody locked out."""
    broken, name, code, line = REFUSED[what]
    source = lived_in.write(name, broken(table(rows())))
    before = lived_in.dump()
    for command in ("plan", "apply"):
        told = lived_in.run("roster", command, source, "--school", "sp1", "--json")
        (finding,) = told.json["findings"]
        assert told.code == 1
        assert (finding["source"], finding["code"], finding["line"]) == (name, code, line)
        assert finding["hint"]
        spoken = lived_in.run("roster", command, source, "--school", "sp1")
        assert (spoken.code, spoken.out) == (1, "")
        assert name in spoken.err
        assert code in spoken.err
        assert finding["hint"] in spoken.err.replace("\n", " ")
        assert spoken.err.endswith("Nothing was changed.\n")
    assert lived_in.dump() == before
    assert signs_in(lived_in)


@pytest.mark.rule("SYNC-7b")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("NOWHERE.csv", "--school", "sp1"), "path-missing"),
        (("EMPTY",), "folder-without-tables"),
        (("GOOD.csv", "GOOD.csv", "--school", "sp1"), "same-file-twice"),
        (("GOOD.csv",), "school-missing"),
        (("GOOD.csv", "--school", "sp1", "--format", "dziennik"), "format-unknown"),
        (("GOOD.csv", "--school", "sp1", "--format", "sds-v1"), "header-not-recognised"),
        (("GOOD.csv", "--school", "sp1", "--format", "NOWHERE.toml"), "mapping-unreadable"),
        (("GOOD.csv", "--school", "sp1", "--format", "BROKEN.toml"), "mapping-not-toml"),
        (("GOOD.csv", "--school", "sp1", "--format", "HALF.toml"), "mapping-missing-key"),
    ],
)
def test_a_wrong_word_on_the_command_line_changes_nothing(  # noqa: PLR0913, PLR0917 - fixtures
    lived_in, signs_in, rows, table, arguments, code
):
    """A path, a format or a mapping that is none is named with its remedy."""
    lived_in.write("GOOD.csv", table(rows()))
    lived_in.write("BROKEN.toml", 'format = "ours')
    lived_in.write("HALF.toml", 'format = "ours"\n')
    (lived_in.folder.parent / "EMPTY").mkdir()
    before = lived_in.dump()
    words = [lived_in.folder.parent / word if word.split(".")[0].isupper() else word for word in arguments]
    for command in ("plan", "apply"):
        told = lived_in.run("roster", command, *words, "--json")
        (finding,) = told.json["findings"]
        assert (told.code, finding["code"]) == (1, code)
        assert finding["hint"]
        spoken = lived_in.run("roster", command, *words)
        assert (spoken.code, spoken.out) == (1, "")
        assert code in spoken.err
    assert lived_in.dump() == before
    assert signs_in(lived_in)


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_an_empty_word_is_no_folder(lived_in, command):
    """A script's variable that was never set must not import whatever lies in the present folder."""
    told = lived_in.run("roster", command, "", "--school", "sp1")
    assert (told.code, told.out) == (2, "")
    assert "an empty text names no file" in told.err


def test_a_package_that_names_no_school_is_said_to(lived_in):
    """Not an empty table but a sentence stands where nothing was counted."""
    source = lived_in.write("a.zip", packed({"manifest.csv": "propertyName,value\noneroster.version,1.2\n"}))
    told = lived_in.run("roster", "apply", source)
    assert told.code == 0
    assert told.out.split("\n")[0] == "These sources name no list of any school."


@pytest.mark.rule("SYNC-7b")
def test_all_that_is_wrong_with_a_package_is_said_at_once(lived_in):
    """A person sees as much as one mends at a time and how much more there is; a program sees everything."""
    users = "".join(f"u{at},,,yes,{'x,' * 13}x\n" for at in range(9))
    header = "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
    header += "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n"
    listed = ["academicSessions", "categories", "classes", "classResources", "courseResources", "courses"]
    listed += ["demographics", "enrollments", "lineItems", "orgs", "resources", "results"]
    manifest = "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.users,bulk\n"
    manifest += "".join(f"file.{name},absent\n" for name in listed)
    source = lived_in.write("a.zip", packed({"manifest.csv": manifest, "users.csv": header + users}))
    told = lived_in.run("roster", "plan", source, "--format", "oneroster-strict", "--json")
    assert told.code == 1
    assert {each["code"] for each in told.json["findings"]} == {"invalid-boolean", "invalid-enum", "invalid-list"}
    assert [each["line"] for each in told.json["findings"] if each["code"] == "invalid-boolean"] == [*range(2, 11)]
    spoken = lived_in.run("roster", "plan", source, "--format", "oneroster-strict")
    assert (spoken.code, spoken.out, spoken.err.count("eszkola:")) == (1, "", 5)
    assert f"… and {len(told.json['findings']) - 5} more; --json lists all" in spoken.err


@pytest.mark.rule("SYNC-7a")
@pytest.mark.rule("SYNC-7c")
def test_a_register_that_lost_a_zero_or_its_end_ends_nobody(installed):
    """Zeros are put back where the birth date confirms them; a document that breaks off takes nobody's role."""
    house = installed("easistent")
    numbers = [f"0103012500{at:02d}" for at in range(8)]
    numbers = [number + calc_check_digit(number) for number in numbers]

    def register(emsos):
        told = "".join(
            f"<udelezenec><opravilna_st>{at}</opravilna_st><emso>{emso}</emso><ime>{name}</ime><priimek>Čeh</priimek>"
            "<datum_rojstva>2012-03-01</datum_rojstva></udelezenec>\n"
            for at, (emso, name) in enumerate(zip(emsos, "ABCDEFGH", strict=True))
        )
        return f"<ceuviz_uvoz><verzija>1.4</verzija><udelezenci>\n{told}</udelezenci></ceuviz_uvoz>"

    def applied(content):
        return house.run("roster", "apply", house.write("c.xml", content), "--school", "os1", "--json").json

    whole = register(numbers)
    assert applied(whole)["opened"] == 8
    eaten = applied(register([number[1:] if at == 3 else number for at, number in enumerate(numbers)]))
    assert (eaten["unchanged"], [each["code"] for each in eaten["findings"]]) == (8, ["zeros-restored"])
    cut = applied(whole[: len(whole) // 2])
    assert (cut["ended"], cut["held"]) == (0, 1)
    assert {each["code"] for each in cut["findings"]} == {"file-cut", "row-cut"}
    assert applied(whole)["unchanged"] == 8


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
def test_a_file_cut_short_ends_nobody(lived_in, signs_in, rows, table, share):
    """The row that broke off is held, those before it count, and absence behind it says nothing."""
    content = table(rows()).encode()
    source = lived_in.write("a.csv", content[: content.index(b";", int(len(content) * share))])
    told = lived_in.run("roster", "apply", source, "--school", "sp1", "--json")
    assert told.code == 0
    assert told.json["ended"] == 0
    assert told.json["held"] == 1
    codes = {each["code"]: each for each in told.json["findings"]}
    assert {"file-cut", "row-cut"} <= codes.keys()
    assert codes["row-cut"]["line"] == content[: int(len(content) * share)].count(b"\n") + 1
    assert signs_in(lived_in)
    assert lived_in.run("readiness", "--json").json["counts"]["awaiting-first-access"] == 23


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize("left", [["Nr kartoteki"], ["Nr kartoteki", "Opiekun 1 nazwisko", "Opiekun 1 imię"]])
def test_a_row_with_emptied_cells_ends_no_student(lived_in, rows, table, left):
    """A row that still has its number, but no student any more, is held: nothing says that the student left."""
    listed = rows()
    listed[4] = {name: text if name in left else "" for name, text in listed[4].items()}
    source = lived_in.write("a.csv", table(listed))
    told = lived_in.run("roster", "apply", source, "--school", "sp1", "--json").json
    assert told["held"] == 1
    assert (6, "name-missing") in {(each["line"], each["code"]) for each in told["findings"]}
    standing = {(row["record"], row["role"]) for row in lived_in.run("readiness", "--json").json["rows"]}
    assert (rows()[4]["Nr kartoteki"], "student") in standing


@pytest.mark.rule("SYNC-7a")
def test_a_quotation_that_never_ends_ends_nobody(lived_in, signs_in, rows, table):
    """One stray quotation mark swallows the rest of the file: it counts as cut there."""
    listed = rows()
    listed[3]["Nazwisko"] = '"' + listed[3]["Nazwisko"]
    told = lived_in.run("roster", "apply", lived_in.write("a.csv", table(listed)), "--school", "sp1", "--json")
    assert (told.code, told.json["ended"]) == (0, 0)
    assert "file-cut" in {each["code"] for each in told.json["findings"]}
    assert signs_in(lived_in)


@pytest.mark.rule("SYNC-6a")
@pytest.mark.parametrize("kept", [0, 1, 7])
def test_a_school_that_would_lose_too_many_is_stopped(lived_in, signs_in, rows, table, kept):
    """A header without rows, or with a few of them, is stopped with its counts until somebody says that it is right."""
    source = lived_in.write("a.csv", table(rows(kept)))
    before = lived_in.dump()
    for command in ("plan", "apply"):
        told = lived_in.run("roster", command, source, "--school", "sp1", "--json")
        assert told.code == 1
        ending = {each["kind"]: (each["ending"], each["active"]) for each in told.json["stopped"]}
        assert ending == dict.fromkeys(("student", "guardian", "link"), (12 - kept, 12))
        spoken = lived_in.run("roster", command, source, "--school", "sp1")
        assert spoken.code == 1
        assert f"{12 - kept} of 12 students" in spoken.out
        assert "--allow-removals" in spoken.out
    assert lived_in.dump() == before
    assert signs_in(lived_in)
    allowed = lived_in.run("roster", "apply", source, "--school", "sp1", "--allow-removals", "--json")
    assert (allowed.code, allowed.json["ended"]) == (0, 24 - 2 * kept)


@pytest.mark.rule("SYNC-6d")
def test_the_file_of_another_school_is_stopped(lived_in, signs_in, rows, table):
    """One of nine students is known here, the others are nobody whom the school knows."""
    there = [{**row, "Nr kartoteki": f"7{row['Nr kartoteki']}"} for row in rows(8, 13)]
    source = lived_in.write("a.csv", table([*rows(1), *there]))
    before = lived_in.dump()
    for command in ("plan", "apply"):
        told = lived_in.run("roster", command, source, "--school", "sp1", "--json")
        assert (told.code, told.json["run"]) == (1, None)
        assert {"school": "sp1", "kind": "unknown-records", "known": 1, "stated": 9} in told.json["stopped"]
        spoken = lived_in.run("roster", command, source, "--school", "sp1")
        assert "it knows 1 of these 9 records" in spoken.out
        assert "--allow-removals" in spoken.out
    assert lived_in.dump() == before
    assert signs_in(lived_in)


@pytest.mark.rule("SYNC-6d")
def test_a_file_that_names_another_school_is_refused(lived_in, signs_in, rows):
    """A table with a column for the school is not taken for the one that the caller names."""
    lines = [f"sp2;{row['Nazwisko']};{row['Imię']};{row['PESEL']}\n" for row in rows()]
    source = lived_in.write("a.csv", "Szkoła;Nazwisko;Imię;PESEL\n" + "".join(lines))
    before = lived_in.dump()
    told = lived_in.run("roster", "apply", source, "--school", "sp1", "--json")
    assert (told.code, [each["code"] for each in told.json["findings"]]) == (1, ["school-differs"])
    assert lived_in.dump() == before
    assert signs_in(lived_in)


@pytest.mark.rule("SYNC-6a")
def test_a_few_may_leave(lived_in, signs_in, rows, table):
    """Four of twelve leave without a permission: below five the share is not looked at."""
    told = lived_in.run("roster", "apply", lived_in.write("a.csv", table(rows(8))), "--school", "sp1", "--json")
    assert (told.code, told.json["ended"], told.json["stopped"]) == (0, 8, [])
    assert signs_in(lived_in)


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize("length", [3, 25, 60, 150])
def test_a_header_cut_short_ends_nobody(lived_in, signs_in, table, length):
    """A file that breaks off in its header is refused, stopped as an empty list, or taken for another list's."""
    source = lived_in.write("a.csv", table([]).encode()[:length])
    before = lived_in.dump()
    told = lived_in.run("roster", "apply", source, "--school", "sp1", "--json")
    assert told.json["run"] is None
    assert lived_in.dump() == before
    assert signs_in(lived_in)


@pytest.mark.rule("SYNC-6a")
def test_a_first_file_without_rows_stops_nothing(installed, table):
    """Where nobody is known, an empty list ends nobody: the import is done."""
    house = installed()
    told = house.run("roster", "apply", house.write("a.csv", table([])), "--school", "sp1", "--json")
    assert (told.code, told.json["stopped"], told.json["run"]) == (0, [], None)


@pytest.mark.rule("SYNC-7b")
@pytest.mark.parametrize("encoding", ["cp1250", "iso-8859-2", "utf-16", "utf-8-sig"])
def test_an_encoding_that_can_be_told_gives_the_same_names(lived_in, rows, table, encoding):
    """The same table in another encoding changes nobody's name; what had to be guessed is said."""
    source = lived_in.write("a.csv", table(rows()).encode(encoding))
    told = lived_in.run("roster", "apply", source, "--school", "sp1", "--json").json
    assert (told["run"], told["unchanged"]) == (None, 24)
    guessed = [each["value"] for each in told["findings"] if each["code"] == "encoding-guessed"]
    assert guessed == ([encoding] if encoding in {"cp1250", "iso-8859-2"} else [])


@pytest.fixture
def eaten(installed, rows, table, pesel):
    """Import a student whose PESEL begins with a zero, then the same without that zero, with or without birth date."""

    def again(stated):
        house = installed()
        house.choose('guardians_open_by = "gradebook"')
        (row,) = rows(1)
        row |= {"PESEL": pesel(7, BORN_WITH_A_ZERO), "Data urodzenia": BORN_WITH_A_ZERO.isoformat()}
        house.run("roster", "apply", house.write("a.csv", table([row])), "--school", "sp1")
        whole = row["PESEL"]
        row |= {"PESEL": whole.lstrip("0"), "Data urodzenia": stated}
        source = house.write("a.csv", table([row]))
        return house.run("roster", "apply", source, "--school", "sp1", "--json"), whole

    return again


@pytest.mark.rule("SYNC-7c")
def test_zeros_that_a_spreadsheet_ate_are_put_back_with_proof(eaten):
    """Where the birth date agrees the PESEL is whole again, which is reported without showing it."""
    told, whole = eaten("2009-03-01")
    assert [(each["line"], each["field"], each["code"]) for each in told.json["findings"]] == [
        (2, "national_id", "zeros-restored")
    ]
    assert told.json["unchanged"] == 2
    assert whole.lstrip("0") not in told.out


@pytest.mark.rule("SYNC-7c")
@pytest.mark.parametrize("stated", ["", "2010-03-01"])
def test_zeros_without_proof_stay_eaten(eaten, stated):
    """Without a birth date that agrees the value is held, and what was known of the student stands."""
    told, whole = eaten(stated)
    assert "zeros-lost" in {each["code"] for each in told.json["findings"]}
    assert told.json["ended"] == 0
    assert all(each["hint"] for each in told.json["findings"])
    assert whole.lstrip("0") not in told.out


ODD_NAMES = {
    "right to left": "\u202eŁoś\u202c\u200f",
    "combining marks": "Lo\u0301s\u0301",
    "emoji": "Łoś😀",
    "invisible": "Ło\u200bś\ufeff",
    "line in a cell": '"Ło\r\nś"',
    "very long": "Ł" * 100_000,
    "markup": "[bold red]Łoś[/]",
    "formula": "=cmd|' /C calc'!A0",
}


@pytest.mark.rule("SYNC-7a")
@pytest.mark.parametrize("what", ODD_NAMES)
def test_an_odd_name_harms_nobody_else(lived_in, signs_in, rows, table, what):
    """A name with signs that nobody expects is taken or held; other rows count, and the terminal is not steered."""
    listed = rows()
    listed[5]["Nazwisko"] = ODD_NAMES[what]
    source = lived_in.write("a.csv", table(listed))
    planned = lived_in.run("roster", "plan", source, "--school", "sp1")
    assert planned.code == 0
    assert not set("\u202e\u202c\u200f\x1b") & set(planned.out)
    assert len(planned.out) < 10_000
    told = lived_in.run("roster", "apply", source, "--school", "sp1", "--json").json
    assert (told["created"] + told["changed"] + told["held"] + told["unchanged"], told["unchanged"] >= 22) == (24, True)
    assert signs_in(lived_in)
    assert lived_in.run("readiness").code == 0
    assert lived_in.run("outbox", "dispatch").code == 0


@given(content=st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.rule("SYNC-7a")
def test_no_bytes_bring_the_command_down(lived_in, content):
    """Whatever a file holds, the command ends with 0 or 1 and one line of JSON, and nothing is applied of noise."""
    before = lived_in.dump()
    told = lived_in.run("roster", "apply", lived_in.write("a.csv", content), "--school", "sp1", "--json")
    assert told.code in {0, 1}
    assert told.json["run"] is None
    assert lived_in.dump() == before


@given(data=st.data())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.rule("SYNC-7a")
def test_no_damage_behind_a_row_locks_its_people_out(lived_in, signs_in, rows, table, data):
    """Whatever is cut out of a good export or put in behind the row of a mother who can sign in: she still can."""
    content = bytearray(table(rows()).encode())
    start = data.draw(st.integers(content.index(b"\n102;") + 1, len(content) - 1))
    length = data.draw(st.integers(0, 60) | st.just(len(content)))
    content[start : start + length] = data.draw(st.binary(max_size=20))
    told = lived_in.run("roster", "apply", lived_in.write("a.csv", bytes(content)), "--school", "sp1", "--json")
    assert told.code in {0, 1}
    assert all(each["hint"] for each in told.json["findings"])
    assert signs_in(lived_in)


@pytest.mark.parametrize("option", ["--config", "SOURCE"])
def test_a_path_that_no_terminal_can_show_is_only_shown_oddly(lived_in, option):
    """A file name that is no text ends in a sentence like any other."""
    name = "szko\udcb3a"
    words = ("roster", "plan", name, "--school", "sp1") if option == "SOURCE" else ("--config", name, "db", "check")
    told = lived_in.run(*words)
    assert told.code == 1
    assert "szko\\udcb3a" in told.err
    if option == "SOURCE":
        assert lived_in.run(*words, "--json").json["findings"][0]["source"] == name


def test_a_row_without_a_key_is_told_of_once(installed, rows, table):
    """The source says so, and nobody repeats it."""
    house = installed("opolska")
    row = rows(1)[0] | {"Nr kartoteki": "", "PESEL": "", "Data urodzenia": ""}
    told = house.run("roster", "plan", house.write("a.csv", table([row])), "--school", "sp1", "--json").json
    assert [each["code"] for each in told["findings"]].count("record-key-missing") == 1


def test_a_missing_argument_comes_before_a_missing_configuration(run, tmp_path):
    """Whoever types half a command hears of the half that is missing."""
    told = run("--config", tmp_path, "roster", "plan")
    assert (told.code, "name at least one file" in told.err) == (2, True)
