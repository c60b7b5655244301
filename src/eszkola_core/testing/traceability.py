"""
Rules, the tests that hold them, and the modules that keep them, in one table.

::

    python -m eszkola_core.testing.traceability --catalogue catalogue.toml --page rules.md --tests tests --sources src

A catalogue is a TOML file with a section for every area: ``title``, and a sentence for each clause. The section
``not-yet-due`` names clauses that nothing holds yet, each with the piece of work that brings it. Tests cite clauses by
``@pytest.mark.rule("CRED-3a")``, modules by naming them in a docstring. Nothing is imported: the sources are read.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeGuard

from attrs import frozen

from eszkola_core.errors import InvalidValue

_CLAUSE: Final = re.compile(r"\b[A-Z]{2,}-\d+[a-z]?\b")
_NOT_YET_DUE: Final = "not-yet-due"
_SHOWN_TESTS: Final = 4
_HEAD: Final = """\
# The rules

Every clause with what it says, the modules that name it, and the tests that fail when it is broken. This page is
written by `nox -s rules -- --write` from [the catalogue](catalogue.toml), the marks of the tests and the docstrings.
"""


@frozen
class Catalogue:
    """The clauses by section, and those that are not yet due with the work that brings them."""

    titles: Mapping[str, str]
    clauses: Mapping[str, str]
    not_yet_due: Mapping[str, str]

    @classmethod
    def read(cls, path: Path) -> Catalogue:
        """
        Return the catalogue in the file at *path*.

        Raises:
            InvalidValue: a clause stands in another section, or is called not yet due without being one.
        """
        sections = tomllib.loads(path.read_text(encoding="utf-8"))
        due = sections.pop(_NOT_YET_DUE, {})
        titles = {name: str(section.pop("title", name)) for name, section in sections.items()}
        clauses = {clause: says for section in sections.values() for clause, says in section.items()}
        for name, section in sections.items():
            if strangers := [clause for clause in section if not re.fullmatch(rf"{name}-\d+[a-z]?", clause)]:
                raise InvalidValue(f"{path.name}: in section {name} stands {strangers[0]}", code="wrong-section")
        if unknown := sorted(due.keys() - clauses.keys()):
            raise InvalidValue(f"{path.name}: not yet due, and no clause: {unknown[0]}", code="unknown-clause")
        return cls(titles, clauses, due)


def rule_of(clause: str) -> str:
    """
    Return the rule that a clause is part of.

    >>> rule_of("CRED-3a")
    'CRED-3'
    """
    return clause.rstrip("abcdefghijklmnopqrstuvwxyz")


def marks(folders: Iterable[Path]) -> Mapping[str, Sequence[str]]:
    """Return the tests that cite each clause, as ``file::test``, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in _modules(folders):
        for name, clause in _marks_in(ast.parse(path.read_text(encoding="utf-8"))):
            test = f"{path.as_posix()}::{name}"
            if test not in found[clause]:
                found[clause].append(test)
    return found


def citations(folders: Iterable[Path]) -> Mapping[str, Sequence[str]]:
    """Return the modules that name each clause or rule in a docstring, also of an attribute or a table, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in _modules(folders):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        documented = (each.value for each in nodes if isinstance(each, ast.Expr))
        texts = [each.value for each in documented if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        for clause in {clause for text in texts for clause in _CLAUSE.findall(text)}:
            found[clause].append(path.as_posix())
    return found


def faults(
    catalogue: Catalogue, marked: Mapping[str, Sequence[str]], cited: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """Yield what does not fit together, a sentence each; nothing where every clause is held and kept."""
    for clause in catalogue.clauses:
        due = catalogue.not_yet_due.get(clause)
        if due is None and not marked.get(clause):
            yield f"{clause} has no test: mark one, or list it under [{_NOT_YET_DUE}] with the work that brings it"
        elif due is not None and marked.get(clause):
            yield f"{clause} is listed as not yet due, and {marked[clause][0]} holds it: take it off the list"
        elif due is None and not _keepers(clause, cited):
            yield f"{clause} is kept by no module: name it in the docstring of the one that does"
    for clause in sorted(marked.keys() - catalogue.clauses.keys()):
        yield f"{marked[clause][0]} is marked {clause}, which is no clause of the catalogue"


def page(catalogue: Catalogue, marked: Mapping[str, Sequence[str]], cited: Mapping[str, Sequence[str]]) -> str:
    """Return the table as a page."""
    lines = [_HEAD]
    for section, title in catalogue.titles.items():
        lines += [
            f"## {section}: {title.lower()}\n",
            "| clause | what it says | kept by | held by |",
            "|---|---|---|---|",
        ]
        for clause, says in catalogue.clauses.items():
            if clause.rpartition("-")[0] != section:
                continue
            due = catalogue.not_yet_due.get(clause)
            held = f"*not yet due: {due}*" if due else _told(marked.get(clause, ()))
            kept = ", ".join(f"`{_short(module)}`" for module in _keepers(clause, cited)[:_SHOWN_TESTS])
            lines.append(f"| {clause} | {says} | {kept} | {held} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Check or write the page, and return the exit code."""
    parser = argparse.ArgumentParser(prog="traceability", description="Hold rules, tests and modules together.")
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("--page", type=Path, required=True)
    parser.add_argument("--tests", type=Path, nargs="+", required=True)
    parser.add_argument("--sources", type=Path, nargs="+", required=True)
    parser.add_argument("--write", action="store_true", help="write the page anew")
    given = parser.parse_args(arguments)
    catalogue = Catalogue.read(given.catalogue)
    marked, cited = marks(given.tests), citations(given.sources)
    text = page(catalogue, marked, cited)
    if given.write:
        given.page.write_text(text, encoding="utf-8")
    found = list(faults(catalogue, marked, cited))
    if not given.page.exists() or given.page.read_text(encoding="utf-8") != text:
        found.append(f"{given.page} is not what follows from catalogue, tests and modules: write it anew with --write")
    for each in found:
        sys.stderr.write(f"{each}\n")
    held = sum(bool(marked.get(clause)) for clause in catalogue.clauses)
    sys.stdout.write(
        f"{len(catalogue.clauses)} clauses: {held} held by tests, {len(catalogue.not_yet_due)} not yet due, "
        f"{len(found)} faults\n"
    )
    return 1 if found else 0


def _modules(folders: Iterable[Path]) -> list[Path]:
    return sorted(path for folder in folders for path in ([folder] if folder.is_file() else folder.rglob("*.py")))


def _marks_in(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the name of each test of a module with a clause that it cites, class by class."""
    of_all = _own_marks(tree.body)
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            of_class = [*of_all, *_rules(node.decorator_list), *_own_marks(node.body)]
            for member in filter(_is_test, node.body):
                yield from (
                    (f"{node.name}.{member.name}", each) for each in (*of_class, *_rules(member.decorator_list))
                )
        elif _is_test(node):
            yield from ((node.name, each) for each in (*of_all, *_rules(node.decorator_list)))
        elif isinstance(node, ast.Assign):
            # A machine becomes a test by assignment, and is marked by another one.
            name = ast.unparse(node.targets[0]).removesuffix(".pytestmark")
            if name.startswith("Test"):
                yield from ((name, each) for each in _rules([node.value]))


def _is_test(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")


def _own_marks(body: Iterable[ast.stmt]) -> list[str]:
    """Return the clauses of ``pytestmark = …``."""
    return [
        clause
        for node in body
        if isinstance(node, ast.Assign) and any(ast.unparse(each) == "pytestmark" for each in node.targets)
        for clause in _rules([node.value])
    ]


def _rules(nodes: Iterable[ast.expr]) -> list[str]:
    """Return the clauses in every ``….mark.rule("…")`` below *nodes*."""
    return [
        str(argument.value)
        for root in nodes
        for node in ast.walk(root)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.rule")
        for argument in node.args
        if isinstance(argument, ast.Constant)
    ]


def _keepers(clause: str, cited: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return the modules that name the clause, or else its rule as a whole."""
    return cited.get(clause) or cited.get(rule_of(clause)) or ()


def _short(module: str) -> str:
    """Return a module as a reader looks for it: below its source folder."""
    return module.rpartition("src/")[2].removesuffix(".py")


def _told(tests: Sequence[str]) -> str:
    """Return the first tests in words, and how many more there are."""
    words = [each.rpartition("::")[2].rpartition(".")[2].removeprefix("test_").replace("_", " ") for each in tests]
    more = f"; and {len(words) - _SHOWN_TESTS} more" if len(words) > _SHOWN_TESTS else ""
    return "; ".join(words[:_SHOWN_TESTS]) + more


if __name__ == "__main__":
    sys.exit(main())
