"""What is to be acknowledged, and that it was."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.notices import Acknowledgement, Channel, Notice, NoticeKind
from eszkola_core.domain.tenants import LOCALES
from eszkola_core.testing.strategies.times import chosen, instants

_TEXTS: Final = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=40).filter(str.strip)


def notices(
    *, kinds: SearchStrategy[NoticeKind] | None = None, schools: SearchStrategy[str] | None = None
) -> SearchStrategy[Notice]:
    """Yield notices of a school, or of everybody, in one language or several."""
    return st.builds(
        Notice,
        kind=chosen(kinds, st.sampled_from(NoticeKind)),
        school=chosen(schools, st.just("") | _TEXTS),
        version=_TEXTS,
        texts=st.dictionaries(st.sampled_from(LOCALES), _TEXTS, min_size=1),
    )


def acknowledgements(
    *, notices: SearchStrategy[Notice] | None = None, people: SearchStrategy[PersonId] | None = None
) -> SearchStrategy[Acknowledgement]:
    """Yield that somebody of *people* acknowledged one of *notices*, in any language that it has."""
    return st.builds(
        Acknowledgement.of,
        chosen(notices, _any_notices()),
        chosen(people, st.integers(1, 2**31).map(PersonId)),
        locale=st.sampled_from(LOCALES),
        at=instants(),
        channel=st.sampled_from(Channel),
    )


_any_notices = notices
