"""The table of rules finds every gap between catalogue, tests and modules."""

from __future__ import annotations

from pathlib import Path

import pytest

from eszkola_core.errors import InvalidValue
from eszkola_core.testing.traceability import Catalogue, citations, faults, main, marks, page, rule_of

CATALOGUE = """
[CRED]
title = "Passwords"
CRED-1 = "Long enough."
CRED-2a = "Prepared."
CRED-2b = "Never shown."

[SMS]
title = "Texts"
SMS-1 = "Priced."

[not-yet-due]
SMS-1 = "messages"
"""
TESTS = '''
import pytest

@pytest.mark.rule("CRED-1")
def test_short_ones_are_refused():
    """One."""

class TestPreparing:
    @pytest.mark.parametrize("each", [pytest.param(1, marks=pytest.mark.rule("CRED-2a"))])
    def test_it_is_prepared(self, each):
        """Two."""

class Machine:
    """No test by itself."""

TestMachine = Machine.TestCase
TestMachine.pytestmark = [pytest.mark.rule("CRED-2b")]
'''
MODULE = '"""Keeps passwords (CRED-1, CRED-2)."""\n'


@pytest.fixture
def house(tmp_path):
    """Return a folder with a catalogue, a test file and a module; each can be replaced."""

    def build(catalogue=CATALOGUE, tests=TESTS, module=MODULE):
        for name, text in (("catalogue.toml", catalogue), ("tests/test_it.py", tests), ("src/kept.py", module)):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return build


def found(folder: Path):
    """Return what does not fit together in a folder."""
    catalogue = Catalogue.read(folder / "catalogue.toml")
    return list(faults(catalogue, marks([folder / "tests"]), citations([folder / "src"])))


def test_nothing_is_wrong_where_every_clause_is_held_and_kept(house):
    """Marks on functions, in classes, on parameters and on machines all count."""
    assert found(house()) == []


@pytest.mark.parametrize("gone", ["CRED-1", "CRED-2a", "CRED-2b"])
def test_a_clause_without_a_test_is_a_fault(house, gone):
    """Whichever mark is taken away, its clause is named."""
    (fault,) = found(house(tests=TESTS.replace(f'"{gone}"', '"CRED-1"' if gone != "CRED-1" else '"CRED-2a"')))

    assert fault.startswith(f"{gone} has no test")


def test_a_listed_clause_that_is_held_is_a_fault(house):
    """The list of what is not yet due only gets shorter."""
    (fault,) = found(
        house(tests=TESTS.replace("CRED-1", "SMS-1"), catalogue=CATALOGUE.replace('CRED-1 = "Long enough."\n', ""))
    )

    assert fault.startswith("SMS-1 is listed as not yet due")


def test_a_mark_that_names_no_clause_is_a_fault(house):
    """A mistyped clause holds nothing."""
    faulty = found(house(tests=TESTS.replace('"CRED-1"', '"CRED-9"')))

    assert [each for each in faulty if "CRED-9" in each]


def test_a_clause_that_no_module_names_is_a_fault(house):
    """Somebody must keep what is tested."""
    assert [each.split()[0] for each in found(house(module='"""Keeps passwords (CRED-2)."""'))] == ["CRED-1"]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("CRED-1 =", "MAIL-1 =", "wrong-section"),
        ('SMS-1 = "messages"', 'SMS-7 = "messages"', "unknown-clause"),
    ],
)
def test_a_catalogue_with_a_slip_is_refused(house, before, after, code):
    """A clause in another's section, or one that is awaited and unknown."""
    with pytest.raises(InvalidValue) as refused:
        Catalogue.read(house(catalogue=CATALOGUE.replace(before, after)) / "catalogue.toml")

    assert refused.value.code == code


def test_the_page_is_checked_and_written(house, capsys):
    """An old page is a fault; written anew it holds each clause with module and test, or what it waits for."""
    folder = house()
    asked = ["--catalogue", str(folder / "catalogue.toml"), "--page", str(folder / "rules.md")]
    asked += ["--tests", str(folder / "tests"), "--sources", str(folder / "src")]

    assert main(asked) == 1
    assert "write it anew" in capsys.readouterr().err
    assert main([*asked, "--write"]) == 0
    assert main(asked) == 0
    assert "4 clauses: 3 held by tests, 1 not yet due, 0 faults" in capsys.readouterr().out
    text = (folder / "rules.md").read_text(encoding="utf-8")
    assert "| CRED-1 | Long enough. | `kept` | short ones are refused |" in text
    assert "| SMS-1 | Priced. |  | *not yet due: messages* |" in text


def test_a_page_tells_a_few_tests_and_counts_the_rest():
    """A clause with many tests does not fill the page."""
    many = {"CRED-1": [f"t.py::test_number_{number}" for number in range(9)]}
    text = page(Catalogue({"CRED": "Passwords"}, {"CRED-1": "Long."}, {}), many, {})

    assert "number 3; and 5 more" in text
    assert "number 4" not in text


def test_a_rule_is_its_clauses_without_the_letter():
    """A module may name the rule as a whole."""
    assert [rule_of(each) for each in ("LINK-7c", "LINK-7", "DAY-1d")] == ["LINK-7", "LINK-7", "DAY-1"]
