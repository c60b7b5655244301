"""What people decided, what they reported, and who works alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import OWNS_ADDRESS, Decision, DecisionKind, Reservation
from eszkola_core.domain.leases import Lease, Work
from eszkola_core.domain.reports import Report, ReportedBy
from eszkola_core.testing.strategies.identities import email_addresses, mailboxes
from eszkola_core.testing.strategies.times import chosen, instants

_PEOPLE = st.integers(1, 99).map(PersonId)
_WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
_SPANS = st.timedeltas(timedelta(minutes=1), timedelta(days=60))

OF_TWO: Final = frozenset(
    {DecisionKind.RESTRICTED, DecisionKind.GUARDIAN_ADMITTED, DecisionKind.LINK_VERIFIED, DecisionKind.CONSENTED}
)
"""Kinds that are about a pair of people."""


@st.composite
def decisions(
    draw: st.DrawFn,
    *,
    kinds: SearchStrategy[DecisionKind] | None = None,
    subjects: SearchStrategy[PersonId] | None = None,
    objects: SearchStrategy[PersonId] | None = None,
) -> Decision:
    """
    Yield decisions of *kinds*, some of them withdrawn: those about two name another, those about an address have one.

    A decision whose kind keeps a value of its own comes from the domain's own class for it, such as `corrections`.
    """
    kind = draw(chosen(kinds, st.sampled_from(sorted(OF_TWO | OWNS_ADDRESS))))
    subject, at = draw(chosen(subjects, _PEOPLE)), draw(instants())
    withdrawn = draw(st.booleans())
    return Decision(
        kind=kind,
        subject=subject,
        object=draw(chosen(objects, _PEOPLE).filter(lambda each: each != subject)) if kind in OF_TWO else None,
        address=draw(email_addresses()) if kind in OWNS_ADDRESS else None,
        author=draw(_WORDS),
        reason=draw(_WORDS),
        at=at,
        withdrawn_at=at + draw(_SPANS) if withdrawn else None,
        withdrawn_by=draw(_WORDS) if withdrawn else "",
        withdrawn_why=draw(_WORDS) if withdrawn else "",
    )


def reservations() -> SearchStrategy[Reservation]:
    """Yield addresses that are kept for whoever left them."""
    return st.builds(Reservation, mailbox=mailboxes(), person=_PEOPLE, until=instants())


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Yield reports of disclosure, with who was told and who could not be."""
    way = draw(st.sampled_from(ReportedBy))
    told = draw(st.permutations(["region", "data-protection-officer", "school:A"]))
    cut = draw(st.integers(0, len(told)))
    return Report(
        person=draw(_PEOPLE),
        at=draw(instants()),
        way=way,
        by=draw(_PEOPLE),
        words=draw(_WORDS),
        told=tuple(told[:cut]),
        untold=tuple(told[cut:]),
    )


@st.composite
def leases(draw: st.DrawFn, *, works: SearchStrategy[Work] | None = None) -> Lease:
    """Yield leases, each until after it was taken."""
    since = draw(instants())
    return Lease(
        work=draw(chosen(works, st.sampled_from(Work))),
        holder=draw(_WORDS),
        fence=draw(st.integers(1, 9)),
        since=since,
        until=since + draw(_SPANS),
    )
