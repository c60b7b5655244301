"""The one place where everything ends that lets somebody into an account without asking for the password anew."""

from __future__ import annotations

from eszkola_core._usecases._post import Post
from eszkola_core.domain.accounts import Person
from eszkola_core.domain.devices import DeviceEnd
from eszkola_core.domain.sessions import SessionEnd


def end_everything(post: Post, person: Person, end: SessionEnd) -> None:
    """
    End the sessions of *person*, the live tokens, the messages that carry one, pairings and devices.

    So it is with a report, a lock, and a replaced password (ACCESS-4, ACCESS-8, ACCESS-9, LAW-2, DEV-3).

    Disputes of an address outlive it: else whoever took an account over could silence its owner by a report of their
    own.
    """
    post.unit.sessions.end_all(person.id, end=end, now=post.now)
    post.unit.devices.end_all(person.id, end=DeviceEnd(end.value), now=post.now)
    post.cancel_tokens(person)
