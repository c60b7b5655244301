"""What changes is printed like a diff that one reads: by school and class, and never more than can be read."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from eszkola_cli.diffs import show_lines
from eszkola_cli.screen import Screen
from eszkola_core.domain.plans import PlanLine, Step


def line(person, *, class_name="1a", step=Step.CHANGE, reason="e-mail", **other):
    """Return a line of a plan."""
    other = {"school": "sp1", "role": "student", "record": "1"} | other
    return PlanLine(class_name=class_name, step=step, person=person, reason=reason, **other)


def shown(lines, width=120, **how):
    """Return what is printed, without empty lines and rules."""
    file = io.StringIO()
    out = Console(file=file, width=width, _environ={})
    show_lines(Screen(out, out), sorted(lines, key=lambda each: each.school), **how)
    text = file.getvalue()
    return [" ".join(each.split()) for each in text.splitlines() if each.strip(" ─")]


def test_each_school_begins_with_its_numbers():
    """How many come, change and end; accounts that open are counted above, and are no lines."""
    lines = [
        line("Ala", step=Step.CREATE),
        line("Ala", step=Step.OPEN),
        line("Jan", step=Step.END, reason="the record is gone"),
        line("Ewa"),
        line("Iga", school="sp2", step=Step.CONFLICT, reason="address-taken: x•••@dom.example"),
    ]
    assert shown(lines) == [
        "In sp1: 1 new, 1 change, 1 end",
        "New in sp1, by class: 1a 1",
        "class who role what why",
        "1a Ewa student changes e-mail",
        "1a Jan student ends the record is gone",
        "In sp2: 1 in conflict",
        "class who role what why",
        "1a Iga student conflict address taken: x•••@dom.example",
    ]


def test_classes_come_in_the_order_in_which_one_counts():
    """Class 10a comes behind class 9b, and whoever is in none comes first."""
    names = ["10a", "9b", "", "1a", "9a"]
    found = shown([line("Ala", class_name=name) for name in names])
    assert [each.partition(" ")[0] for each in found[2:]] == ["Ala", "1a", "9a", "9b", "10a"]
    news = shown([line("Ala", class_name=name, step=Step.CREATE) for name in names])
    assert news[1] == "New in sp1, by class: 1a 1, 9a 1, 9b 1, 10a 1, no class 1"


def test_what_becomes_of_many_is_one_line():
    """A class that moves up, or leaves, is told by one name and a number, unless everything is asked for."""
    moving = [line(f"Jan {number:02}", class_name="2a", reason="class 1a → 2a") for number in range(24)]
    leaving = [
        line(f"Ola {number:02}", class_name="8a", step=Step.END, reason="the record is gone") for number in range(3)
    ]
    assert shown([*moving, *leaving])[2:] == [
        "2a Jan 00 and 23 more student changes class 1a → 2a",
        "8a Ola 00 student ends the record is gone",
        "8a Ola 01 student ends the record is gone",
        "8a Ola 02 student ends the record is gone",
    ]
    assert len(shown([*moving, *leaving], everything=True)) == 2 + 27
    assert len(shown([*moving[:22], *leaving])) == 2 + 25


@pytest.mark.parametrize("width", [80, 120])
def test_hundreds_of_changes_stay_readable(width):
    """Of each school some lines, of many schools some; how much more there is is said, and how to see it."""
    lines = [
        line(f"Jan {number:03}", school=f"sp{school:02}", reason=f"name (was Jan {number:04})", record=str(number))
        for school in range(12)
        for number in range(100)
    ]
    found = shown(lines, width)
    assert len(found) == 10 * (2 + 25 + 1) + 1
    assert found.count("… and 75 more lines of sp00; --all prints them") == 1
    assert found[-1] == "… and 200 lines of 2 more schools; --all prints them"
    assert len(shown(lines, width, everything=True)) == 12 * 102
