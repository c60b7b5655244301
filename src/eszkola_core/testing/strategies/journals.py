"""Entries of the journal."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.audit import AuditEntry
from eszkola_core.testing.strategies.times import instants


def audit_entries() -> SearchStrategy[AuditEntry]:
    """Yield entries that are not sealed yet, of people and of the console, about any number of people."""
    people = st.integers(1, 2**40).map(PersonId)
    texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    slugs = st.sampled_from(["role-granted", "rosters-applied", "session-opened", "school", "przerwa"])
    details: SearchStrategy[Mapping[str, str]] = st.dictionaries(slugs, texts, max_size=3)
    return st.builds(
        AuditEntry,
        at=instants(),
        by=st.none() | people,
        console=texts,
        deed=slugs,
        on=st.lists(people, max_size=4, unique=True).map(tuple),
        where=texts,
        why=texts,
        detail=details,
    )
