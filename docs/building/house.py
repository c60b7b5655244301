"""
What Sphinx does not know by itself: the house's docstrings, its rules and clauses as links, and its drawings.

Docstrings stay as they are written. A line such as "LE1. A promise" becomes a paragraph that can be linked to; wherever
the number of a clause or of a rule stands in a text, it leads there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from html import escape
from typing import Any, Final

from docutils import nodes
from drawing import Chart
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

_CLAUSE: Final = re.compile(r"([A-Z]{2,3}\d+)\. (.*)")
_NUMBER: Final = re.compile(r"\b[A-Z]{2,7}-\d+[a-z]?\b|\b[A-Z]{2,3}\d+\b")
_RULE: Final = re.compile(r"([A-Z]+-\d+)[a-z]?")
_LISTS: Final = ("reference/public-api", "reference/contracts")
_NO_LINKS_IN: Final = (nodes.reference, nodes.title, nodes.literal_block, nodes.literal, nodes.raw)


def adapt(_app: Sphinx, what: str, _name: str, found: object, _options: object, lines: list[str]) -> None:
    """Give numbered clauses a place to be linked to, and say which values an enumeration has."""
    lines[:] = _with_clauses(lines)
    if what == "class" and isinstance(found, type) and issubclass(found, Enum) and len(found):
        lines += ["", "Values: " + ", ".join(f"``{each.name}``" for each in found) + ".", ""]


def _with_clauses(lines: list[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        if found := _CLAUSE.fullmatch(line):
            inside = True
            yield from ("", f".. _{found[1]}:", "", f"**{found[1]}.** {found[2]}")
        else:
            inside = inside and bool(line.strip())
            yield line.strip() if inside else line


def unsigned(_app: Sphinx, what: str, _name: str, found: object, *_rest: object) -> tuple[str, str] | None:
    """Neither a protocol nor an enumeration is called, so they have no arguments to show."""
    uncalled = getattr(found, "_is_protocol", False) or (isinstance(found, type) and issubclass(found, Enum))
    return ("", "") if what == "class" and uncalled else None


def find_elsewhere(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, text: nodes.Element
) -> nodes.reference | None:
    """Let a name lead to the one class, error, function or constant of that name, wherever in the house it stands."""
    name = node.get("reftarget", "")
    if node.get("refdomain") != "py" or name not in (told := told_by_name(env)):
        return None
    return make_refnode(app.builder, node["refdoc"], *told[name], text, name)


@cache
def told_by_name(env: BuildEnvironment) -> Mapping[str, tuple[str, str]]:
    """Return the page and the place of each class, error, function and constant that shares its name with no other."""
    found: dict[str, list[tuple[str, str]]] = {}
    for full, each in env.domains["py"].data["objects"].items():
        if each.objtype in {"class", "exception", "function", "data"}:
            found.setdefault(full.rpartition(".")[2], []).append((each.docname, each.node_id))
    # a word in small letters alone is an argument more often than anything else
    plain = {name for name in found if name.isalpha() and name.islower()}
    return {name: places[0] for name, places in found.items() if len(places) == 1 and name not in plain}


def leave_out(_app: Sphinx, _what: str, name: str, _found: object, _skip: object, _options: object) -> bool | None:
    """Leave the tests of a contract out: the page of contracts lists them clause by clause."""
    return True if name.startswith("test_") else None


def name_rules(app: Sphinx, document: nodes.document) -> None:
    """Let every row of the table of rules be linked to, by its clause and the first of them by the rule."""
    if app.env.docname != "rules":
        return
    labels = app.env.domains["std"].data["anonlabels"]
    for row in document.findall(nodes.row):
        cell = row[0]
        if found := _RULE.fullmatch(cell.astext()):
            place = nodes.make_id(f"rule-{found[0]}")
            cell["ids"].append(place)
            labels[found[0].lower()] = ("rules", place)
            labels.setdefault(found[1].lower(), ("rules", place))


def draw(app: Sphinx, document: nodes.document) -> None:
    """Put a drawing, and the same as a table, in the place of each state diagram in Mermaid's words."""
    for block in list(document.findall(nodes.literal_block)):
        if block.get("language") != "mermaid":
            continue
        section = block.parent
        title = section[0].astext() if isinstance(section, nodes.section) else app.config.project
        chart = Chart.read(block.astext())
        rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in chart.told())
        table = (
            "<details class='lifecycle'><summary>The same as a table</summary><table class='docutils'><thead>"
            "<tr><th>from</th><th>what happens</th><th>to</th></tr></thead>"
            f"<tbody>{rows}</tbody></table></details>"
        )
        picture = f'<div class="lifecycle" tabindex="0">{chart.svg(f"Lifecycle: {title}")}</div>'
        block.replace_self(nodes.raw("", picture + table, format="html"))


class LinkNumbers(SphinxPostTransform):
    """
    Links what is told elsewhere: the number of a rule, such as CRED-2, that of a clause, such as LE1, and a module.

    On pages that list names, each name leads to its docstring.
    """

    default_priority = 900

    def run(self, **_options: Any) -> None:  # noqa: ANN401 - as Sphinx has it
        """Look through all texts of the page."""
        labels = self.env.domains["std"].data["anonlabels"]
        for text in list(self.document.findall(nodes.Text)):
            if any(isinstance(above, _NO_LINKS_IN) for above in _above(text)):
                continue
            parts: list[nodes.Node] = []
            done = 0
            for found in _NUMBER.finditer(text):
                page, place = labels.get(found[0].lower(), ("", ""))
                if not page or self._is_at(text, place):
                    continue
                parts += [nodes.Text(text[done : found.start()]), self._link(found[0], page, place)]
                done = found.end()
            if parts:
                text.parent.replace(text, [*parts, nodes.Text(text[done:])])
        for literal in list(self.document.findall(nodes.literal)):
            self._link_name(literal)

    def _link_name(self, literal: nodes.literal) -> None:
        """Let the name of a module lead to its page and, on a page that lists names, any name to its docstring."""
        name = literal.astext()
        page = "api/modules/" + name.replace("/", ".")
        if any(isinstance(above, nodes.reference | nodes.title) for above in _above(literal)):
            return
        if page in self.env.all_docs and page != self.env.docname:
            place = ""
        elif self.env.docname in _LISTS and name in told_by_name(self.env):
            page, place = told_by_name(self.env)[name]
        else:
            return
        literal.replace_self(make_refnode(self.app.builder, self.env.docname, page, place, literal.deepcopy(), name))

    def _link(self, name: str, page: str, place: str) -> nodes.reference:
        return make_refnode(self.app.builder, self.env.docname, page, place, nodes.inline("", name, classes=["number"]))

    @staticmethod
    def _is_at(text: nodes.Text, place: str) -> bool:
        """Return whether the text stands where the link would lead to."""
        return any(place in above.get("ids", ()) for above in _above(text) if isinstance(above, nodes.Element))


def _above(node: nodes.Node) -> Iterator[nodes.Element]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def setup(app: Sphinx) -> dict[str, Any]:
    """Join Sphinx."""
    app.connect("autodoc-process-docstring", adapt)
    app.connect("autodoc-process-signature", unsigned)
    app.connect("missing-reference", find_elsewhere)
    app.connect("autodoc-skip-member", leave_out)
    app.connect("doctree-read", name_rules)
    app.connect("doctree-read", draw)
    app.add_post_transform(LinkNumbers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
