"""A new adapter is the template under another name, with nothing of it left over."""

from __future__ import annotations

import compileall
import re
import tomllib

import pytest

from eszkola_core.errors import InvalidValue
from eszkola_core.testing.new_adapter import KINDS, main, new_adapter


def all_text(folder):
    """Return all that was written, names of files included, but for the licence."""
    files = [each for each in folder.rglob("*") if each.is_file() and each.name != "LICENSE"]
    return "\n".join([f"{each.relative_to(folder)}\n{each.read_text('utf-8')}" for each in files])


def test_everything_bears_the_new_name(tmp_path):
    """The distribution, its package and its entry points; the word template stands nowhere any more."""
    new_adapter("eszkola-acme-sms", tmp_path / "acme")
    project = tomllib.loads((tmp_path / "acme/pyproject.toml").read_text("utf-8"))["project"]

    assert project["name"] == "eszkola-acme-sms"
    assert {group: set(each) for group, each in project["entry-points"].items()} == {
        group: {"acme-sms"} for group in KINDS.values()
    }
    assert (tmp_path / "acme/src/eszkola_acme_sms/py.typed").is_file()
    assert "template" not in all_text(tmp_path / "acme").lower()
    assert compileall.compile_dir(tmp_path / "acme", quiet=1)


@pytest.mark.parametrize("kind", KINDS)
def test_one_kind_alone_is_whole(kind, tmp_path):
    """Only its module, its tests and its entry point are left; nothing asks for what is gone."""
    assert main(["acme", str(tmp_path / "acme"), "--only", kind]) == 0
    project = tomllib.loads((tmp_path / "acme/pyproject.toml").read_text("utf-8"))["project"]
    modules = {path.stem for path in (tmp_path / "acme/src/acme").glob("*.py")}
    imported = set(re.findall(r"from acme\.(\w+) import", all_text(tmp_path / "acme")))

    readme = (tmp_path / "acme/README.md").read_text("utf-8")
    (table,) = re.findall(r"^```toml\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)

    assert project["entry-points"] == {KINDS[kind]: {"acme": f"acme.{kind}:plugin"}}
    assert list(tomllib.loads(table)) == [KINDS[kind].removeprefix("eszkola.")]
    assert modules - {"__init__", "gateway"} == {kind}
    assert imported <= modules
    assert ("eszkola-stores>=0.1,<0.2" in project["dependencies"]) == (kind == "storage")
    assert ("gateway" in modules) == (kind in {"sms", "mail", "events"})


@pytest.mark.parametrize(
    ("name", "kinds", "code"),
    [
        ("Acme", "sms", "wrong-name"),
        ("acme_sms", "sms", "wrong-name"),
        ("../acme", "sms", "wrong-name"),
        ("acme", "sms,fax", "unknown-kind"),
    ],
)
def test_what_cannot_be_is_refused(name, kinds, code, tmp_path, capsys):
    """By a sentence, and nothing is written."""
    with pytest.raises(InvalidValue) as refused:
        new_adapter(name, tmp_path / "new", only=kinds.split(","))
    assert refused.value.code == code
    assert main([name, str(tmp_path / "new"), "--only", kinds]) == 2
    assert capsys.readouterr().err.strip() == str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path):
    """A folder that is there stays as it is."""
    (tmp_path / "precious").write_text("precious")
    with pytest.raises(InvalidValue):
        new_adapter("acme", tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["precious"]
