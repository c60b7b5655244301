"""Lifecycles are drawn as their tables have them."""

from __future__ import annotations

import pytest
from drawing import Chart

from eszkola_core.testing.lifecycles import diagram, edges, lifecycles


@pytest.mark.parametrize("name", lifecycles())
def test_a_drawing_says_what_its_table_says(name):
    """Each transition is on exactly one line, with its source, its target and what happens; no line says more."""
    table = lifecycles()[name]
    text = diagram(table).removeprefix("```mermaid\n").removesuffix("```")
    chart = Chart.read(text)
    drawn = [
        (chart.states[before], chart.states[after], line.happening)
        for line in chart.lines()
        for before in line.sources
        for after in line.targets
    ]

    assert sorted(drawn) == sorted(edges(table))
    assert chart.svg(name).count("<circle") == sum(len(line.sources) for line in chart.lines())


def test_what_cannot_be_drawn_is_an_error():
    """A diagram of another kind, or in words that are not understood, does not vanish silently."""
    with pytest.raises(ValueError, match="only state diagrams"):
        Chart.read("flowchart LR\n a --> b")
    with pytest.raises(ValueError, match="not understood"):
        Chart.read("stateDiagram-v2\n  note left of a")
