"""
Lay out what the site is built from: the pages of ``docs``, those that stand elsewhere, a page for each public module.

On a forge the pages lie where they are looked for: a README beside its code, the list of changes at the top. On the
site they lie in one tree, so their links are turned while they are copied. A link to a file that is no page leads to a
page that shows the file.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from attrs import field, frozen

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"

NAVIGATION: Final[Mapping[str, tuple[str, ...]]] = {
    "Begin": ("overview", "tutorial", "examples/*"),
    "How to": (
        "how-to/set-up-a-service",
        "how-to/run-a-tenant",
        "how-to/import-a-region",
        "how-to/mend-conflicts",
        "how-to/hand-out-credentials",
        "how-to/let-guardians-in",
        "how-to/help-somebody-in",
        "how-to/print-letters",
        "how-to/send-by-smtp",
        "how-to/send-sms",
        "how-to/write-an-adapter",
        "how-to/*",
    ),
    "Understand": ("explanation/*", "security", "privacy", "quality", "equivalent-mutants", "benchmarks"),
    "Look up": (
        "glossary",
        "rules",
        "reference/command-line",
        "reference/configuration",
        "reference/lifecycles",
        "reference/contracts",
        "reference/*",
        "api/index",
    ),
    "Adapters": ("adapters/*",),
    "The project": ("contributing", "changelog", "licence"),
}
"""What stands where in the menu; a page is listed once, where it is named first."""

SHORT: Final[Mapping[str, str]] = {
    "overview": "What it is",
    "tutorial": "Tutorial",
    "equivalent-mutants": "Mutants that nobody can tell",
    "examples/django_site": "Django site",
    "examples/fastapi_portal": "FastAPI portal",
    "examples/lmdb_store": "LMDB store",
    "api/index": "The code",
}
"""What a page is called in the menu, where that is not its title; adapters go by their own names."""

ROOMS: Final[Mapping[str, tuple[str, str]]] = {
    "eszkola_core": ("The core", "What a service imports, and what can go wrong."),
    "eszkola_core.domain": ("The domain", "Nouns and rules: frozen values and pure functions."),
    "eszkola_core.ports": ("The ports", "Promises: what is wanted of the world, clause by clause."),
    "eszkola_core.testing": ("The kit", "Doubles, strategies, machines, and a contract for every port."),
    "adapters": ("The adapters", "What each distribution offers; its options stand in its own page."),
}
"""The pages of the reference that is made from docstrings, each with its title and a sentence."""

WHOLE: Final = tuple(f"eszkola_core.testing.{name}" for name in ("machines", "memory", "strategies"))
"""Packages that are used as one module, and whose modules have no pages of their own."""

ADAPTERS: Final = (
    "eszkola_sqlalchemy.plugin",
    "eszkola_smtp",
    "eszkola_smtp.plugin",
    "eszkola_sms",
    "eszkola_sms.plugin",
    "eszkola_jinja",
    "eszkola_jinja.plugin",
    "eszkola_letters",
    "eszkola_letters.plugin",
    "eszkola_gradebook.gradebook",
    "eszkola_gradebook.plugin",
)
"""What adapters offer by a public name; how they do it is theirs."""

_LINK: Final = re.compile(r"(\]\()([^)\s#]+)(#[^)\s]*)?(\))")
_LANGUAGES: Final = {".py": "python", ".toml": "toml", ".csv": "text", ".html": "html", ".json": "json"}


@frozen
class Module:
    """A public module, the first sentence of its docstring, and what it says is public."""

    name: str
    summary: str
    offered: tuple[str, ...] = ()
    """The names in its ``__all__``; empty where it has none."""
    taken: Mapping[str, str] = field(factory=dict)
    """Those of them that it only passes on, each with the module and the name that it is from."""

    @property
    def room(self) -> str:
        """The room that it stands in."""
        if self.name in ADAPTERS:
            return "adapters"
        return next((room for room in reversed(tuple(ROOMS)) if f"{self.name}.".startswith(f"{room}.")), "")


@frozen
class Stage:
    """A folder that the site is built from."""

    folder: Path
    shown: dict[Path, str] = field(factory=dict, init=False)
    """Files that pages link to, each with the page that shows it."""

    def lay_out(self) -> None:
        """Write everything anew."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(Path(__file__).parent / "static", self.folder / "static")
        pages = own_pages()
        for path, name in pages.items():
            self._write(name, self.turned(path.read_text("utf-8"), path.parent, name, pages))
        self._write_modules()
        for path, name in self.shown.items():
            self._write(name, shown(path))
        with (self.folder / "index.md").open("a", encoding="utf-8") as index:
            index.write(menu(set(self._names())))

    def _names(self) -> Iterator[str]:
        for path in self.folder.rglob("*.md"):
            yield path.relative_to(self.folder).with_suffix("").as_posix()

    def _write(self, name: str, text: str, suffix: str = ".md") -> None:
        path = self.folder / f"{name}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def turned(self, text: str, home: Path, name: str, pages: Mapping[Path, str]) -> str:
        """Return *text* from a folder, with its relative links leading from *name* to where the pages lie here."""

        def turn(link: re.Match[str]) -> str:
            target = (home / link[2]).resolve()
            if "://" in link[2] or not target.exists():
                return link[0]  # of what is not there the build complains
            if target / "README.md" in pages:
                target /= "README.md"
            page = pages.get(target) or self.shown.setdefault(target, f"files/{target.relative_to(ROOT).as_posix()}")
            return f"{link[1]}{os.path.relpath(f'{page}.md', Path(name).parent)}{link[3] or ''}{link[4]}"

        return _LINK.sub(turn, text)

    def _write_modules(self) -> None:
        rows = "\n".join(f"| [{title}]({room}.md) | {sentence} |" for room, (title, sentence) in ROOMS.items())
        self._write("api/index", _API.format(rows=rows, entries="\n".join(ROOMS)))
        modules = [*core_modules(), *map(described, ADAPTERS)]
        told = {each.name for each in modules}
        for each in modules:
            self._write(f"api/modules/{each.name}", page_of(each, told), ".rst")
        for room, (title, sentence) in ROOMS.items():
            own = [each for each in modules if each.room == room]
            lines = "\n".join(f"| [`{each.name}`](modules/{each.name}.rst) | {each.summary} |" for each in own)
            self._write(
                f"api/{room}", f"# {title}\n\n{sentence}\n\n| module | what it is about |\n|---|---|\n{lines}\n"
            )


_API: Final = """\
# The code, by its docstrings

Everything that a service, an integrator or a test may use. A name that begins with an underscore may change on any day;
so may whatever has no page here.

| room | what lives there |
|---|---|
{rows}

```{{toctree}}
:hidden:

{entries}
```
"""


def own_pages() -> Mapping[Path, str]:
    """Return every page that stands in the repository, by its file, and what it is called on the site."""
    found = {path: path.relative_to(DOCS).with_suffix("").as_posix() for path in sorted(DOCS.rglob("*.md"))}
    found[DOCS / "README.md"] = "index"
    found |= {
        ROOT / "README.md": "overview",
        ROOT / "CONTRIBUTING.md": "contributing",
        ROOT / "CHANGELOG.md": "changelog",
    }
    for path in sorted([*ROOT.glob("adapters/*/README.md"), *ROOT.glob("examples/*/README.md")]):
        found[path] = f"{path.parent.parent.name}/{path.parent.name.strip('_')}"
    return found


def shown(path: Path) -> str:
    """Return a page that shows a file, or what lies in a folder."""
    title = path.relative_to(ROOT).as_posix()
    if path.is_dir():
        inside = "\n".join(
            f"- `{each.relative_to(path).as_posix()}`" for each in sorted(path.rglob("*")) if each.is_file()
        )
        return f"---\norphan: true\n---\n\n# `{title}/`\n\n{inside}\n"
    language = _LANGUAGES.get(path.suffix, "text")
    return f"---\norphan: true\n---\n\n# `{title}`\n\n````````{language}\n{path.read_text('utf-8')}\n````````\n"


def menu(names: set[str]) -> str:
    """Return the hidden tables of contents that make the menu; a page that has no place in it is an error."""
    left = {name for name in names if name != "index" and not name.startswith(("files/", "api/"))} | {"api/index"}
    parts = []
    for title, patterns in NAVIGATION.items():
        listed: list[str] = []
        for pattern in patterns:
            listed += sorted(name for name in left if Path(name).match(pattern))
            left -= set(listed)
        parts.append(f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n" + "\n".join(map(entry, listed)) + "\n```\n")
    if left:
        raise SystemExit(f"no place in the menu: {', '.join(sorted(left))}; name them under NAVIGATION in {__file__}")
    return "".join(parts)


def entry(name: str) -> str:
    """Return the line of a page in the menu."""
    folder, _, last = name.rpartition("/")
    title = SHORT.get(name, last.replace("_", " ") if folder == "adapters" else None)
    return f"{title} <{name}>" if title else name


def is_public(name: str) -> bool:
    """Return whether a module is for others, and has a page of its own."""
    inside = name.startswith(tuple(f"{each}." for each in (*WHOLE, "eszkola_core.testing.contracts.storage")))
    return not inside and not any(part.startswith("_") for part in name.split("."))


def core_modules() -> Iterator[Module]:
    """Yield the public modules of the core."""
    for path in sorted((ROOT / "src/eszkola_core").rglob("*.py")):
        parts = path.relative_to(ROOT / "src").with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if is_public(name):
            module = described(name)
            if module.offered or name not in ROOMS:
                yield module


@cache
def described(name: str) -> Module:
    """Read what a module says of itself, without importing it."""
    places = [ROOT / "src", *sorted(ROOT.glob("adapters/*/src"))]
    files = [place.joinpath(*name.split(".")) for place in places]
    (path,) = [each for file in files for each in (file.with_suffix(".py"), file / "__init__.py") if each.exists()]
    tree = ast.parse(path.read_text("utf-8"))
    offered: tuple[str, ...] = ()
    taken: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            taken |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(each, ast.Name) and each.id == "__all__" for each in targets) and node.value:
                offered = tuple(ast.literal_eval(node.value))
    summary = " ".join((ast.get_docstring(tree) or "").partition("\n\n")[0].split())
    return Module(name, summary, offered, taken)


def page_of(module: Module, told: set[str]) -> str:
    """
    Return the page of a module: Sphinx fills it with the docstrings.

    What the module takes from one that has a page is linked to; what it takes from a private one is told here. *told*
    are the names that have a place, and grows by those.
    """
    heading = f"``{module.name}``"
    own = [name for name in module.offered if module.name in WHOLE or name not in module.taken]
    members = "" if module.offered and not own else f"   :members: {', '.join(own)}".rstrip() + "\n"
    parts = [
        f":orphan:\n\n{heading}\n{'=' * len(heading)}\n\nIn :doc:`{ROOMS[module.room][0]} </api/{module.room}>`.\n",
        f".. automodule:: {module.name}\n{members}",
    ]
    links = []
    for name in module.offered:
        if name in own:
            continue
        full = origin_of(module, name)
        origin = full.rpartition(".")[0]
        if origin in told or full in told:
            links.append(f"- :py:obj:`~{full}`")
        else:
            told.add(full)
            kind = "function" if name.islower() else "data" if name.isupper() else "class"
            parts.append(f".. auto{kind}:: {full}\n" + ("   :members:\n" if kind == "class" else ""))
    if links:
        parts.append("It offers, too:\n\n" + "\n".join(links) + "\n")
    return "\n".join(parts)


def origin_of(module: Module, name: str) -> str:
    """Return where a name is written down, and not only passed on."""
    while name in module.taken:
        origin, _, name = module.taken[name].rpartition(".")
        module = described(origin)
    return f"{module.name}.{name}"
