"""Every block on the pages is run, held against the program, or read: none is only looked at."""

from __future__ import annotations

import ast
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import click
import pytest
from attrs import frozen
from defusedxml import ElementTree

import eszkola_core
from eszkola_cli.main import eszkola
from eszkola_core import Platform

ROOT = Path(__file__).parents[2]
FOLDERS = ("docs/**", "adapters/*", "examples/*")
PAGES = sorted([*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in ROOT.glob(f"{folder}/*.md"))])
WALKED = {ROOT / "examples/fastapi_portal/WALK.md"}
"""Pages whose commands are run, all of them, by a test of their own."""
GENERATED = {ROOT / "docs/reference/lifecycles.md"}

FENCE = re.compile(r"^( *)(`{3,}|~{3,})([^\n]*)\n(.*?)^\1\2 *$", re.MULTILINE | re.DOTALL)
OTHERS = {
    "cd": "moves",
    "cp": "copies",
    "createdb": "PostgreSQL's",
    "createuser": "PostgreSQL's",
    "editor": "whichever one likes",
    "install": "makes a file that nobody else reads",
    "pg_dump": "PostgreSQL's",
    "pg_restore": "PostgreSQL's",
}
"""Commands that are not ours, and cannot be held against anything here."""


@frozen
class Block:
    """A block of a page, in which language, and from which line on."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page."""
    text = page.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        yield Block(page, text.count("\n", 0, found.start()) + 1, found[3].strip(), found[4])


EVERY = [each for page in PAGES for each in blocks(page)]


def in_language(*names: str) -> pytest.MarkDecorator:
    """Run a test for every block in one of the languages, but for those that are run elsewhere."""
    found = [each for each in EVERY if each.language in names and each.page not in WALKED]
    return pytest.mark.parametrize("block", found, ids=str)


def test_no_language_is_only_looked_at():
    """A block is run (python), held against the program (console), read (toml, json, xml), drawn, or plain text."""
    known = {"python", "console", "toml", "json", "xml", "text"}

    assert [str(each) for each in EVERY if each.language not in known and each.page not in GENERATED] == []
    assert {each.language for page in GENERATED for each in blocks(page)} == {"mermaid"}


def test_no_python_is_left_out(root):
    """Pages whose Python runs are those that the session of the examples names; none of them skips any."""
    others = [each for each in EVERY if each.language == "python" and each.page.parent.parent == root / "examples"]
    skipped = [each for each in PAGES if re.search(r"<!--+\s*(skip|invisible)", each.read_text(encoding="utf-8"))]

    assert others == []
    assert skipped == []


@in_language("toml")
def test_toml_can_be_read(block):
    """What is to be written into a file is TOML."""
    assert tomllib.loads(block.text)


@in_language("json")
def test_json_can_be_read(block):
    """What a program would read is JSON, one document or one a line."""
    assert json.loads(block.text)


@in_language("xml")
def test_xml_can_be_read(block):
    """What a register would hand over is XML."""
    assert len(ElementTree.fromstring(block.text)) > 0


@in_language("console")
def test_every_command_is_one(block):
    """What a reader is told to type is a command that is there, with options and choices that it has."""
    assert typed(block), "a block of console shows what is typed after a `$ `"
    for words in commands(typed(block)):
        try_out(words)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_operation_on_a_page_is_one(page):
    """Where a page names what a use case does, such as `sign_in.attempt(…)`, a platform has it."""
    named = re.findall(r"`(?:platform\.)?(\w+)\.(\w+)\(", page.read_text(encoding="utf-8"))
    use_cases = {name: vars(Platform)[name] for name, _ in named if name in vars(Platform)}

    assert [f"{name}.{what}" for name, what in named if name in use_cases and not is_operation(name, what)] == []


def is_operation(name: str, what: str) -> bool:
    """Return whether the use case that is called *name* can do *what*."""
    title = "".join(word.capitalize() for word in name.split("_"))
    return hasattr(getattr(eszkola_core, title), what)


def test_every_subject_of_the_command_line_has_a_how_to():
    """Whoever has something to do finds a page that does it, and need not read the reference through."""
    shown = [each for each in EVERY if each.language == "console" and each.page.parent.name == "how-to"]
    used = {words[1] for each in shown for words in commands(typed(each)) if words[0] == "eszkola" and words[1:]}

    assert set(eszkola.commands) - used == {"demo"}


def typed(block: Block) -> list[str]:
    """Return the lines that are typed, not those that are answered."""
    return [line for line in block.text.splitlines() if line.startswith(("$ ", "> "))]


def commands(lines: list[str]) -> Iterator[list[str]]:
    """Yield the words of each command; what stands far to the right of it says what it does."""
    text = "\n".join(re.split(r" {3,}", line[2:])[0] for line in lines)
    lexer = shlex.shlex(text, posix=True, punctuation_chars="|&;<>\n")
    lexer.whitespace = " \t"
    lexer.whitespace_split = True
    words: list[str] = []
    is_target = False
    for word in lexer:
        if set(word) <= set("<>"):
            is_target = True
        elif set(word) <= set("|&;\n"):
            yield from [words] if words else []
            words, is_target = [], False
        elif is_target:
            is_target = False
        elif words or word not in {"do", "done", "then"}:
            words.append(word)
    yield from [words] if words else []


def try_out(words: list[str]) -> None:
    """Hold a command against what it is a command of."""
    match words:
        case ["eszkola", *rest]:
            parse(eszkola, rest)
        case ["nox", *rest]:
            names = [after for before, after in pairwise(rest) if before == "-s"]
            assert {name.partition("-")[0] for name in names} <= sessions()
        case ["python3" | "python", "-m", "pip", "install", *targets]:
            assert {each for each in targets if each.startswith("eszkola")} <= {f"eszkola-core[{e}]" for e in extras()}
            assert [each for each in targets if each.startswith(".") and not (ROOT / each).is_dir()] == []
        case ["python3" | "python", "-m", module, *_]:
            assert module in {"build", "pytest"} or find_spec(module) is not None
        case ["for", *_] | ["echo", *_]:
            pass
        case [name, *_]:
            assert name in OTHERS


def parse(command: click.Command, words: list[str]) -> None:
    """Let click read the words without doing anything; files that they name need not be there."""
    options, rest, _ = command.make_parser(click.Context(command)).parse_args(list(words))
    for each in command.params:
        value = options.get(each.name or "")
        assert value is not None or not each.required, f"{each.name} is missing"
        if isinstance(each.type, click.Choice) and value is not None:
            chosen = value if isinstance(value, list | tuple) else [value]
            assert {str(one).partition("=")[0] for one in chosen} <= set(map(str, each.type.choices))
    if isinstance(command, click.Group) and rest:
        assert rest[0] in command.commands, f"there is no command {rest[0]}"
        parse(command.commands[rest[0]], rest[1:])
    else:
        assert rest == []


def sessions() -> set[str]:
    """Return the names of nox's sessions."""
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list}


def extras() -> set[str]:
    """Return the names of the extras of the root distribution."""
    return set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"])


@pytest.mark.parametrize(
    "wrong",
    [
        "eszkola rooster plan x.csv",
        "eszkola roster plan x.csv --skool SP1",
        "eszkola credentials hand-over a --by pigeon --proof school-card",
        "nox -s dance",
        "python3 -m pip install 'eszkola-core[magic]'",
        "frobnicate",
    ],
)
def test_a_command_that_is_none_is_noticed(wrong):
    """A command, option, choice, session or extra that is not there does not pass."""
    (words,) = commands([f"$ {wrong}"])

    with pytest.raises((AssertionError, click.UsageError)):
        try_out(words)
