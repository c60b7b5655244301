"""What a staff row says of roles: the words in its cell, and the classes of a homeroom teacher."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Problem
from eszkola_gradebook.bound import BoundEach, BoundJoin, Context, Ref
from eszkola_gradebook.cells import shown
from eszkola_gradebook.mapping import ABOVE, OTHER
from eszkola_gradebook.words import folded

_BETWEEN: Final = re.compile(r"[,;/+]")


@frozen
class RolesRead:
    """The roles that words give; ``above`` holds words, fit to be shown."""

    roles: frozenset[Role] = frozenset()
    above: tuple[str, ...] = ()
    problem: Problem | None = None


def roles_in(text: str, words: Mapping[str, str]) -> RolesRead:
    """
    Return what the words in *text* say.

    A word that nobody listed is a doubt about the whole row: its writer may have meant any role (SYNC-7).
    """
    phrases = [text] if folded(text) in words else [part for part in _BETWEEN.split(text) if part.strip()]
    meanings = {phrase.strip(): words.get(folded(phrase)) for phrase in phrases}
    unknown = tuple(sorted(shown(phrase) for phrase, meaning in meanings.items() if meaning is None))
    doubt: Problem | None = None
    if unknown:
        doubt = Problem(None, "role-unknown", ", ".join(unknown), "add the word to the mapping file, under words.role")
    return RolesRead(
        roles=frozenset(Role(meaning) for meaning in meanings.values() if meaning not in {None, ABOVE, OTHER}),
        above=tuple(sorted(shown(phrase) for phrase, meaning in meanings.items() if meaning == ABOVE)),
        problem=doubt,
    )


@frozen
class BoundHomerooms:
    """The rows of another table that name a teacher's own classes."""

    each: BoundEach
    label: Ref
    joins: tuple[BoundJoin, ...]


@frozen
class ClassesRead:
    """The classes of a homeroom teacher; ``problem`` where one of them cannot be found out."""

    labels: tuple[str, ...] = ()
    problem: Problem | None = None


def classes_of(ref: Ref | None, homerooms: BoundHomerooms | None, rows: Context, *, keyed: bool) -> ClassesRead:
    """
    Return the classes of which the row's person is the homeroom teacher, each once and in order.

    One cell may name several; without a record key they could not be told apart and stay together.
    """
    text = ref.of(rows) if ref else ""
    found = {part.strip() for part in (_BETWEEN.split(text) if keyed else [text])}
    problem: Problem | None = None
    if homerooms is not None:
        for context in homerooms.each.rows(rows):
            for join in homerooms.joins:
                problem = join.follow(context) or problem
            found.add(homerooms.label.of(context))
    return ClassesRead(tuple(sorted(found - {""})), problem)
