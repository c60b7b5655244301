"""
Every block on the pages is run, or read by what reads it: none is only looked at.

What runs is run by the session of the documents. Here stands what has to be so without it: no block escapes, whatever
is not run is counted, and every command is one, also those.
"""

from __future__ import annotations

import ast
import json
import re
import shlex
import shutil
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import click
import pytest
from attrs import frozen
from defusedxml import ElementTree
from terminal import NOT_RUN, steps

import eszkola_core
from eszkola_cli.main import eszkola
from eszkola_core import Platform, from_config
from eszkola_letters.fonts import SHIPPED

ROOT = Path(__file__).parents[2]
FOLDERS = ("docs/**", "adapters/*", "examples/*")
PAGES = sorted([*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in ROOT.glob(f"{folder}/*.md"))])
WALKED = {ROOT / "examples/fastapi_portal/WALK.md"}
"""Pages whose commands are run, all of them, by a test of their own."""
NOT_TYPED = Counter(
    {
        "it asks a service on the net": 1,
        "it asks for the password on a terminal": 1,
        "it goes on until somebody stops it": 1,
        "it installs packages": 17,
        "it installs packages; the session `adapters` does": 1,
        "it takes a quarter of a minute": 1,
        "they run for minutes": 2,
    }
)
"""How many blocks of commands are not run on their pages, and why; `try_out` holds them against the program."""
LEAST = {
    "tenant": 'key = "main"\nname = "eSzkoła"\nprofile = "open"\nbase_url = "https://konto.example.org"\n'
    'platform_domain = "eszkola.example.org"\n',
    "storage": 'path = "eszkola.sqlite"\n',
    "email": 'adapter = "folder"\nfolder = "outbox"\n',
}
"""What a configuration cannot do without."""
MADE = {
    "storage": "administration",
    "email": "email",
    "sms": "sms",
    "texts": "renderer",
    "letters": "letters",
    "gradebook": "gradebook",
    "events": "subscribers",
}
"""What is made of which table of a configuration."""
ELSEWHERE = {"acme", "lmdb", "template"}
"""Adapters that are not among those of the house."""
OVERRIDES = {"credential": ("letters", "en"), "hello": ("texts", "pl")}
"""What texts of one's own are recognised by, which table names their folder, and of which language they are."""
READERS = {
    "docs/how-to/write-an-adapter.md": "integrators",
    "docs/how-to/property-test-your-rules.md": "whoever tests",
    "docs/how-to/set-up-a-service.md": "a service, and its tests",
    "docs/reference/sms.md": "whoever wants to know how it is counted, where that is done",
}
"""Pages that take names from below `eszkola_core`, and who they are for; all the others are for services."""
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
    before: str
    """All of the page that stands before it."""

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page."""
    text = page.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(page, line, found[3].strip(), found[4], text[: found.start()])


EVERY = [each for page in PAGES for each in blocks(page)]


def in_language(*names: str) -> pytest.MarkDecorator:
    """Run a test for every block in one of the languages, but for those that are run elsewhere."""
    found = [each for each in EVERY if each.language in names and each.page not in WALKED]
    return pytest.mark.parametrize("block", found, ids=str)


def test_no_language_is_only_looked_at():
    """A block is run (python, console), read (toml, json, xml), drawn, or plain text."""
    known = {"python", "console", "toml", "json", "xml", "text"}

    assert [str(each) for each in EVERY if each.language not in known and each.page not in GENERATED] == []
    assert {each.language for page in GENERATED for each in blocks(page)} == {"mermaid"}


def test_no_python_is_left_out(root):
    """Pages whose Python runs are those that the session of the examples names; none of them skips any."""
    others = [each for each in EVERY if each.language == "python" and each.page.parent.parent == root / "examples"]
    hidden = re.compile(r"<!--+\s*(skip|invisible-code-block: (?!console))")
    skipped = [each for each in PAGES if hidden.search(each.read_text(encoding="utf-8"))]

    assert others == []
    assert skipped == []


def of_services() -> list[Path]:
    """Return the pages whose examples a service is to copy from."""
    found = [ROOT / "README.md", ROOT / "docs/tutorial.md"]
    found += [path for folder in ("how-to", "reference") for path in sorted((ROOT / "docs" / folder).glob("*.md"))]
    return [path for path in found if str(path.relative_to(ROOT)) not in READERS]


@pytest.mark.parametrize("page", of_services(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_for_services_takes_every_name_from_the_core_itself(page):
    """Nothing below `eszkola_core` is shown to a service, but for the storage in memory that stands for a database."""
    code = "\n".join(each.text for each in EVERY if each.page == page and each.language == "python")
    modules = {
        module
        for node in ast.walk(ast.parse(code))
        for module in ([node.module or ""] if isinstance(node, ast.ImportFrom) else names(node))
    }

    assert {each for each in modules if each.startswith("eszkola_core.")} <= {"eszkola_core.testing.memory"}


def names(node: ast.AST) -> list[str]:
    """Return the modules that an `import` names."""
    return [each.name for each in node.names] if isinstance(node, ast.Import) else []


def test_what_is_not_typed_is_counted():
    """A command that cannot run on a page says why, on the page; the list gets shorter, and never longer."""
    found = [NOT_RUN.search(each.before) for each in EVERY if each.language == "console" and each.page not in WALKED]

    assert Counter(each[1] for each in found if each) == NOT_TYPED


def test_what_a_page_says_of_its_commands_is_understood():
    """A comment of HTML on a page is one of those that the terminal knows, and stands where it means something."""
    comments = [
        (page, text)
        for page in PAGES
        for text in re.findall(r"<!--.*?(?:-->|$)", page.read_text("utf-8"), re.MULTILINE)
    ]
    known = re.compile(
        r"<!-- (not run: .+ -->|saved as \S+ -->|here: \S+ is .+ -->|another each time: .+ -->"
        r"|invisible-code-block: console)"
    )

    assert [(page, text) for page, text in comments if not known.fullmatch(text)] == []
    assert sum("not run" in text for _, text in comments) == NOT_TYPED.total()


@in_language("toml")
def test_toml_is_read_by_what_reads_it(block, tmp_path, monkeypatch):
    """Tables of `eszkola.toml` make a platform and its adapters; texts make what words messages and letters."""
    content = tomllib.loads(block.text)
    reader = OVERRIDES.get(next(iter(content)))
    if "project" in content:
        return  # what an integrator's own pyproject.toml holds
    if reader is not None:
        table, locale = reader
        (tmp_path / "own").mkdir()
        (tmp_path / f"own/{locale}.toml").write_text(block.text, "utf-8")
        content, text = {table: {"overrides": "own"}}, f'[{table}]\noverrides = "own"\n'
    else:
        text = block.text
        for name in named(content, "folder", "fonts", "overrides"):
            (tmp_path / name).mkdir(exist_ok=True)
        for name in named(content, "fonts"):
            shutil.copy(next(SHIPPED.glob("**/*.ttf")), tmp_path / name)
        for name in named(content, "token_file", "client_secret_file"):
            (tmp_path / name).write_text("from a safe place")
            (tmp_path / name).chmod(0o600)
        for name in named(content, "token_env", "password_env"):
            monkeypatch.setenv(name, "from a safe place")
    rest = [f"[{table}]\n{lines}" for table, lines in LEAST.items() if table not in content]
    (tmp_path / "eszkola.toml").write_text("\n".join([text, *rest]), "utf-8")

    with from_config(tmp_path) as platform:
        for table, attribute in MADE.items():
            if table in content and ELSEWHERE.isdisjoint(named(content[table], "adapter")):
                assert getattr(platform, attribute) is not None


def named(content: object, *keys: str) -> Iterator[str]:
    """Yield what stands under one of the keys, however deep."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield from [value] if key in keys and isinstance(value, str) else named(value, *keys)


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
    """Return what is typed, not what is answered."""
    return [command for command, _ in steps(block.text)]


def commands(lines: list[str]) -> Iterator[list[str]]:
    """Yield the words of each command."""
    lexer = shlex.shlex("\n".join(lines), posix=True, punctuation_chars="|&;<>\n")
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
            assert [each for each in targets if each.startswith("eszkola")] == [], "nothing is published yet"
            for folder, _, extra in (each.partition("[") for each in targets if each.startswith(".")):
                assert (ROOT / folder / "pyproject.toml").is_file()
                assert {*extra.rstrip("]").split(",")} - {""} <= extras(folder)
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


def extras(folder: str = ".") -> set[str]:
    """Return the names of the extras of a distribution of the house."""
    text = (ROOT / folder / "pyproject.toml").read_text(encoding="utf-8")
    return set(tomllib.loads(text)["project"].get("optional-dependencies", ()))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_extra_that_a_page_names_is_one(page):
    """What is to be installed once it is published has the extras that the page says."""
    named = re.findall(r"eszkola-core\[([\w,-]+)\]", page.read_text(encoding="utf-8"))

    assert {extra for each in named for extra in each.split(",")} <= extras()


@pytest.mark.parametrize(
    "wrong",
    [
        "eszkola rooster plan x.csv",
        "eszkola roster plan x.csv --skool SP1",
        "eszkola credentials hand-over a --by pigeon --proof school-card",
        "nox -s dance",
        "python3 -m pip install 'eszkola-core[testing]'",
        "python3 -m pip install '.[magic]'",
        "python3 -m pip install ./adapters/magic",
        "frobnicate",
    ],
)
def test_a_command_that_is_none_is_noticed(wrong):
    """A command, option, choice, session or extra that is not there does not pass."""
    (words,) = commands([wrong])

    with pytest.raises((AssertionError, click.UsageError)):
        try_out(words)
