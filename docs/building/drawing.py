"""
Draw a lifecycle: a column for each state, a line for each thing that happens, from where it may to where it leads.

The text is Mermaid's, as forges draw it; only what `eszkola_core.testing.lifecycles` writes is understood. A graph of
nine states and forty transitions is a tangle. Here what may happen in six states is one line with six dots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final

from attrs import frozen

_STATE: Final = re.compile(r"(\w+) : (.+)")
_EDGE: Final = re.compile(r"(\w+) --> (\w+|\[\*\])(?: : (.+))?")
_COLUMN: Final = 81
_HEAD: Final = 38
_ROW: Final = 36
_MARGIN: Final = 6
_LETTER: Final = 6
"""About what a letter above a line is wide."""
_LONG: Final = 11
"""A name of so many letters takes two lines."""


@frozen
class Line:
    """One thing that happens: in each of *sources* it may, and leads to each of *targets*."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    happening: str


@frozen
class Chart:
    """A lifecycle: the states in their order, those that nothing follows, and what happens."""

    states: Mapping[str, str]
    finals: frozenset[str]
    edges: tuple[tuple[str, str, str], ...]

    @classmethod
    def read(cls, text: str) -> Chart:
        """Read a state diagram in Mermaid's words; what is not understood raises ``ValueError``."""
        first, *lines = (line.strip() for line in text.strip().splitlines())
        if first != "stateDiagram-v2":
            raise ValueError(f"only state diagrams are drawn, not {first}")
        states: dict[str, str] = {}
        finals: set[str] = set()
        edges: list[tuple[str, str, str]] = []
        for line in lines:
            if found := _EDGE.fullmatch(line):
                before, after, happening = found.groups(default="")
                if after == "[*]":
                    finals.add(before)
                else:
                    edges.append((before, after, happening))
            elif found := _STATE.fullmatch(line):
                states[found[1]] = found[2]
            else:
                raise ValueError(f"not understood: {line}")
        return cls(states, frozenset(finals), tuple(edges))

    def lines(self) -> Iterator[Line]:
        """Yield what happens, each with all states from which it leads to the same ones, in the order of the table."""
        leads: dict[tuple[str, str], list[str]] = {}
        for before, after, happening in self.edges:
            leads.setdefault((happening, before), []).append(after)
        joined: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for (happening, before), afters in leads.items():
            for each in [tuple(afters)] if happening else [(after,) for after in afters]:
                joined.setdefault((happening, each), []).append(before)
        for (happening, targets), sources in joined.items():
            yield Line(tuple(sources), targets, happening)

    def svg(self, title: str) -> str:
        """Return the drawing; its colours are those of the page around it."""
        lines = list(self.lines())
        width = _COLUMN * len(self.states)
        height = _HEAD + _ROW * len(lines) + 2 * _MARGIN + 10
        x = {state: _COLUMN * number + _COLUMN // 2 for number, state in enumerate(self.states)}
        parts = [*self._columns(x, height)]
        for number, line in enumerate(lines):
            parts += _drawn(line, x, _HEAD + _MARGIN + _ROW * (number + 1) - 8, width)
        return (
            f'<svg class="lifecycle" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>{"".join(parts)}</svg>'
        )

    def _columns(self, x: Mapping[str, int], height: int) -> Iterator[str]:
        for state, name in self.states.items():
            half = _COLUMN // 2 - 3
            words = _on_two_lines(name)
            yield f'<line class="life" x1="{x[state]}" x2="{x[state]}" y1="{_HEAD + _MARGIN}" y2="{height - 2}"/>'
            kind = "state final" if state in self.finals else "state"
            yield f'<rect class="{kind}" x="{x[state] - half}" y="2" width="{2 * half}" height="{_HEAD}" rx="7"/>'
            for number, each in enumerate(words):
                y = _HEAD // 2 + 6 + 14 * number - 7 * (len(words) - 1)
                yield f'<text class="name" x="{x[state]}" y="{y}">{escape(each)}</text>'

    def told(self) -> Sequence[tuple[str, str, str]]:
        """Return the rows of a table: from where, what happens, to where."""
        return [
            (_listed(self.states, line.sources), line.happening, _listed(self.states, line.targets))
            for line in self.lines()
        ]


def _drawn(line: Line, x: Mapping[str, int], y: int, width: int) -> Iterator[str]:
    """Yield a line with a dot for each source, an arrow's head for each target, and above it what happens."""
    start = min(x[each] for each in (*line.sources, *line.targets))
    end = max(x[each] for each in (*line.sources, *line.targets))
    yield f'<line class="way" x1="{start}" x2="{end}" y1="{y}" y2="{y}"/>'
    for each in line.sources:
        yield f'<circle class="from" cx="{x[each]}" cy="{y}" r="4"/>'
    for each in line.targets:
        at, own = x[each], each in line.sources
        if own:
            yield f'<path class="loop" d="M{at},{y} c26,-4 26,14 4,10"/>'
            yield f'<path class="to" d="M{at + 2},{y + 10} l8,-4 l0,8 z"/>'
        for side, come in (
            (-1, any(x[source] < at for source in line.sources)),
            (1, any(x[source] > at for source in line.sources)),
        ):
            if come:
                yield f'<path class="to" d="M{at + side * (5 if own else 1)},{y} l{side * 9},-5 l0,10 z"/>'
    if line.happening:
        left = max(0, min(start + 8, width - _LETTER * len(line.happening)))
        yield f'<text class="what" x="{left}" y="{y - 7}">{escape(line.happening)}</text>'


def _on_two_lines(name: str) -> list[str]:
    """Return a name in one piece or, where it is long, in two that meet at a hyphen."""
    before, hyphen, after = name.rpartition("-")
    return [name] if len(name) < _LONG or not hyphen else [before + hyphen, after]


def _listed(states: Mapping[str, str], some: Sequence[str]) -> str:
    return ", ".join(states[each] for each in some)
