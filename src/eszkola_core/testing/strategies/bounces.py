"""What comes back of messages, and the addresses that cannot be used since."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.bounces import Bounce, BounceKind, UnusableAddress
from eszkola_core.testing.strategies.identities import email_addresses
from eszkola_core.testing.strategies.times import chosen, instants

_PROOFS = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=39, max_size=39)


def bounces(
    *, kinds: SearchStrategy[BounceKind] | None = None, proofs: SearchStrategy[str] | None = None
) -> SearchStrategy[Bounce]:
    """Yield reports of every kind, with none or some of *proofs*; without these they are forgeries."""
    some = st.lists(chosen(proofs, _PROOFS), max_size=3, unique=True).map(tuple)
    return st.builds(Bounce, kind=chosen(kinds, st.sampled_from(BounceKind)), proofs=some)


def unusable_addresses(*, addresses: SearchStrategy[EmailAddress] | None = None) -> SearchStrategy[UnusableAddress]:
    """Yield marks of *addresses*, after a hard bounce or a complaint."""
    return st.builds(
        UnusableAddress,
        address=chosen(addresses, email_addresses()),
        why=st.sampled_from([BounceKind.HARD, BounceKind.COMPLAINT]),
        since=instants(),
    )
