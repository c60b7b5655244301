"""How what changes is printed: by school and class, the same of many people in one line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final

from eszkola_cli.screen import Screen, in_words
from eszkola_core import PlanLine, Step

_SHOWN_LINES: Final = 25
_SHOWN_SCHOOLS: Final = 10
_ORDER: Final = tuple(Step)
_MANY: Final = 4
"""From how many people on the same step is one line."""

_NUMBER: Final = re.compile(r"(\d+)")
_STEPS: Final[Mapping[Step, str]] = {
    Step.OPEN: "account opens",
    Step.CREATE: "new",
    Step.CHANGE: "changes",
    Step.END: "ends",
    Step.RETURN: "comes back",
    Step.CLOSE: "account closes",
    Step.HOLD: "held",
    Step.MOVE_ADDRESS: "new address",
    Step.KEEP_ADDRESS: "address stays",
    Step.CONFLICT: "conflict",
}

_COUNTED: Final[Mapping[Step, str]] = {
    Step.CREATE: "new",
    Step.CHANGE: "change",
    Step.END: "end",
    Step.RETURN: "come back",
    Step.CLOSE: "close",
    Step.HOLD: "held",
    Step.MOVE_ADDRESS: "move address",
    Step.KEEP_ADDRESS: "keep address",
    Step.CONFLICT: "in conflict",
}


def show_lines(screen: Screen, lines: Sequence[PlanLine], *, everything: bool = False) -> None:
    """
    Print the steps of each school: how many of each kind, how many are new in each class, then the others.

    Where there are many, the first of each school are printed and the others counted, unless *everything* is asked for.
    """
    told = [line for line in lines if line.step is not Step.OPEN]
    schools = [(school, list(group)) for school, group in groupby(told, key=lambda line: line.school)]
    for school, group in schools if everything else schools[:_SHOWN_SCHOOLS]:
        _show_school(screen, school, group, everything=everything)
    rest = [] if everything else schools[_SHOWN_SCHOOLS:]
    if rest:
        number = sum(len(group) for _, group in rest)
        screen.say()
        screen.say(f"… and {number:,} lines of {len(rest):,} more schools; --all prints them")


def _show_school(screen: Screen, school: str, lines: Sequence[PlanLine], *, everything: bool) -> None:
    """Print what happens in one school."""
    steps = Counter(line.step for line in lines)
    screen.heading(
        f"In {school}: " + ", ".join(f"{steps[step]:,} {words}" for step, words in _COUNTED.items() if steps[step])
    )
    others = lines
    if not everything:
        news = Counter(line.class_name for line in lines if line.step is Step.CREATE)
        others = [line for line in lines if line.step is not Step.CREATE]
        if news:
            in_none = news.pop("", 0)
            classes = [f"{name} {news[name]}" for name in sorted(news, key=_natural)]
            classes += [f"no class {in_none}"] * bool(in_none)
            screen.bullet(f"New in {school}, by class: {', '.join(classes)}", indent=0)
    single = everything or len(others) <= _SHOWN_LINES
    rows = list(_rows(others, from_=len(others) + 1 if single else _MANY))
    if rows:
        screen.table(["class", "who", "role", "what", "why"], rows if everything else rows[:_SHOWN_LINES])
    if len(rows) > _SHOWN_LINES and not everything:
        screen.say(f"… and {len(rows) - _SHOWN_LINES:,} more lines of {school}; --all prints them")


def _rows(lines: Sequence[PlanLine], *, from_: int) -> Iterable[tuple[str, ...]]:
    """Yield a row a step, in the order of classes; *from_* so many people on, the same of them is one row."""
    ordered = sorted(lines, key=lambda line: (*_alike(line), line.person, line.record))
    for (_, _, step, role, reason), group in groupby(ordered, key=_alike):
        members = list(group)
        class_name, what = members[0].class_name, (role, _STEPS[_ORDER[step]], _reason(reason))
        if len(members) < from_:
            yield from ((class_name, line.person, *what) for line in members)
        else:
            yield class_name, f"{members[0].person} and {len(members) - 1:,} more", *what


def _alike(line: PlanLine) -> tuple[list[tuple[int, str]], str, int, str, str]:
    return _natural(line.class_name), line.class_name, _ORDER.index(line.step), line.role, line.reason


def _natural(name: str) -> list[tuple[int, str]]:
    """Return what sorts class 10a behind class 9b."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _NUMBER.split(name)]


def _reason(reason: str) -> str:
    """Return why a step is taken; what stands before a colon there is a code."""
    code, colon, facts = reason.partition(":")
    return in_words(code) + colon + facts
