"""What the page on adapters says is so: its commands, its trees, its tables, and what red looks like."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from eszkola_core.testing.new_adapter import main

PAGE = (Path(__file__).parents[2] / "docs/how-to/write-an-adapter.md").read_text("utf-8")


def blocks(language):
    """Return the blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def adapter(tmp_path, monkeypatch):
    """Return a function that makes an adapter by the line of the page that has a text in it."""

    def make(text):
        (line,) = [each for each in "".join(blocks("console")).splitlines() if "new_adapter" in each and text in each]
        _, arguments = line.split("new_adapter ")
        monkeypatch.chdir(tmp_path)
        assert main(arguments.split()) == 0
        monkeypatch.syspath_prepend(tmp_path / "eszkola-acme/src")
        return tmp_path / "eszkola-acme"

    return make


def test_the_tree_is_the_one_that_is_made(adapter):
    """Every file that the page shows is there, and no other."""
    (tree,) = [each for each in blocks("text") if each.startswith("eszkola-acme")]
    shown = {line.split("── ")[1].split()[0] for line in tree.splitlines()[1:]}
    folder = adapter("--only sms")

    assert {each.name for each in folder.rglob("*")} == shown


def test_red_looks_as_shown(adapter, pytester):
    """The lie that the page tells of gives those lines."""
    (red,) = [each for each in blocks("text") if "FAILED" in each]
    folder = adapter("--only sms")
    courier = folder / "src/eszkola_acme/sms.py"
    courier.write_text(courier.read_text("utf-8").replace("SmsOutcome.UNKNOWN", "SmsOutcome.REFUSED_FOR_NOW"), "utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(folder / "src"))
        patched.chdir(folder)
        told = pytester.runpytest_subprocess(
            "--rootdir",
            str(folder),
            "-c",
            str(folder / "pyproject.toml"),
            str(folder / "tests/test_sms.py"),
            "-k",
            "lost",
        )
    lines = [re.sub(r"FAILED .*tests/", "FAILED tests/", line) for line in told.outlines]

    assert [each for each in red.splitlines() if not any(line.startswith(each) for line in lines)] == []


def test_its_tables_are_taken(tmp_path, monkeypatch):
    """Each table that names the adapter holds options that its plug-in knows."""
    monkeypatch.setenv("ACME_TOKEN", "secret")
    monkeypatch.syspath_prepend(tmp_path / "all/src")
    assert main(["eszkola-acme", str(tmp_path / "all")]) == 0
    tables = [table for each in blocks("toml") if "entry-points" not in each for table in tomllib.loads(each).items()]

    assert [name for name, _ in tables] == ["sms", "storage"]
    for name, table in tables:
        more = {"tenant": "main"} if name == "storage" else {}
        assert table.pop("adapter") == "acme"
        assert import_module(f"eszkola_acme.{name}").plugin(table, base=tmp_path, **more)
    (points,) = [tomllib.loads(each) for each in blocks("toml") if "entry-points" in each]
    assert points["project"]["entry-points"] == {"eszkola.sms": {"acme": "eszkola_acme.sms:plugin"}}


def test_the_test_file_for_pages_works(adapter, pytester):
    """With the imports that the page names, over the folder of the template."""
    (shown,) = [each for each in blocks("text") if "TestPages" in each]
    folder = adapter("--only storage")
    head = """
        from uuid import uuid4
        import pytest
        from eszkola_core.testing.contracts.pages import PagesContract
        from eszkola_stores.testing import PagedStorageContract
        from eszkola_acme.storage import FolderPages as AcmePages
    """
    lines = [line.strip() for line in head.splitlines()]
    file = folder / "tests/test_shown.py"
    file.write_text("\n".join(lines) + shown.replace("pages.folder", "pages.root"), "utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(folder / "src"))
        told = pytester.runpytest_subprocess(
            *("-c", str(folder / "pyproject.toml"), str(file)),
            *("-k", "byte_for_byte or no_byte or out_of_reach or another_process or outlives"),
        )

    told.assert_outcomes(passed=told.parseoutcomes()["passed"], deselected=told.parseoutcomes()["deselected"])
    assert told.parseoutcomes()["passed"] > 4
