"""For every clause of reading bounces and of unusable addresses a liar, whom its contract finds out."""

from __future__ import annotations

import re

import pytest
from attrs import evolve, frozen

from eszkola_core.domain.bounces import Bounce, BounceFate, BounceKind, proofs_in
from eszkola_core.ports.messages import BounceReader
from eszkola_core.ports.storage import UnusableAddresses
from eszkola_core.testing.contracts.bounces import BounceReaderContract
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.saboteurs import Lie, state

# Readers


@frozen
class Plain:
    """Reads bounces with two patterns: enough for what the contract writes."""

    def kind(self, text):
        """Return what a report says."""
        feedback = re.search(r"^Feedback-Type: (\S+)", text, re.MULTILINE)
        if feedback is not None:
            return None if feedback[1] == "not-spam" else BounceKind.COMPLAINT
        fates = [
            (action.lower(), digit)
            for action, digit in re.findall(r"^Action: (\w+)\nStatus: ?(\d?)", text, re.MULTILINE)
        ]
        if not {"failed", "delayed"} & {action for action, _ in fates}:
            return None
        return BounceKind.HARD if set(fates) == {("failed", "5")} else BounceKind.SOFT

    def proofs(self, text):
        """Return what looks like a proof."""
        return proofs_in(text)

    def bounce(self, octets):
        """Return what is read, where the report is whole."""
        text = octets.decode("utf-8", "replace")
        kind = self.kind(text)
        return None if kind is None or "--between--" not in text else Bounce(kind=kind, proofs=self.proofs(text))


class Gloomy(Plain):
    """BR1: whatever fails fails for good."""

    def kind(self, text):
        """Return no hope."""
        found = super().kind(text)
        return BounceKind.HARD if found is BounceKind.SOFT else found


class Deaf(Plain):
    """BR2: a complaint is none."""

    def kind(self, text):
        """Return what is no complaint."""
        found = super().kind(text)
        return None if found is BounceKind.COMPLAINT else found


class Narrow(Plain):
    """BR3: only a Message-ID is looked at."""

    def proofs(self, text):
        """Return what stands there."""
        return proofs_in(" ".join(re.findall(r"^Message-ID: (.*)", text, re.MULTILINE)))


class Nervous(Plain):
    """BR4: whatever comes is a bounce."""

    def bounce(self, octets):
        """Return something."""
        return super().bounce(octets) or Bounce(kind=BounceKind.SOFT)


READERS = [("BR1", Gloomy), ("BR2", Deaf), ("BR3", Narrow), ("BR4", Nervous)]


class TestPlainReader(BounceReaderContract):
    """A reader without a lie passes."""

    @pytest.fixture
    def reader(self):
        """Return it."""
        return Plain()


@pytest.mark.parametrize(("clause", "kind"), READERS)
def test_a_lie_about_a_report_is_found_out(bench, clause, kind):
    """A reader that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(BounceReaderContract, clause, {"reader": kind()}) is not None


def test_no_clause_of_readers_lacks_a_saboteur(bench):
    """The table of lies and the clauses of the port name the same."""
    assert {clause for clause, _ in READERS} == set(bench.clauses(BounceReader))


# Storages


def marked_again(real, unusable):
    """Overwrite a mark that is there."""
    is_new = real(unusable)
    state(real).unusable[unusable.mailbox] = unusable
    return is_new


def spelt_plainly(real, mailboxes):
    """Forget how an address was spelt."""
    found = real(mailboxes)
    return {key: evolve(each, address=evolve(each.address, spelling=key)) for key, each in found.items()}


def cleared_all(real, mailbox):
    """Clear whatever is marked."""
    found = real(mailbox)
    state(real).unusable.clear()
    return found


LIES = [
    Lie("UA1", "the last mark stands", "unusable", {"mark": marked_again}),
    Lie("UA1", "always new", "unusable", {"mark": lambda real, unusable: real(unusable) or True}),
    Lie("UA2", "as it is compared", "unusable", {"among": spelt_plainly}),
    Lie("UA2", "all there are", "unusable", {"among": lambda real, _: dict(state(real).unusable)}),
    Lie("UA3", "all at once", "unusable", {"clear": cleared_all}),
    Lie("UA3", "cleared for show", "unusable", {"clear": lambda real, mailbox: mailbox in state(real).unusable}),
    Lie("UA4", "every fate is there", "unusable", {"counts": lambda real: dict.fromkeys(BounceFate, 0) | real()}),
    Lie("UA4", "forgeries are not counted", "unusable", {"count": lambda real, fate: fate == "unproved" or real(fate)}),
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_about_unusable_addresses_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(StorageContract, lie.clause, {"fresh_storage": lie.storage}) is not None


def test_no_clause_of_unusable_addresses_lacks_a_saboteur(bench):
    """The lies and the clauses name the same."""
    assert {each.clause for each in LIES} == set(bench.clauses(UnusableAddresses))
