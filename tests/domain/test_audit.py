"""The journal's chain: whatever is done to it afterwards is found (LAW-3)."""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager
from datetime import UTC, timedelta

import pytest
from attrs import evolve, fields
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.audit import AuditEntry, Broken, Checkpoint, Damage, Head, broken, old_enough, sealed
from eszkola_core.domain.days import zone
from eszkola_core.errors import InvalidValue
from eszkola_core.testing import strategies as s


def keyed(key):
    """Return the keyed digest of a storage."""
    return lambda data, context: hashlib.blake2b(data, digest_size=16, key=key, person=context.encode()).digest()


OURS, THEIRS = keyed(b"ours"), keyed(b"theirs")


def chained(entries, fingerprint=OURS):
    """Return the journal of these entries, and its head."""
    head, chain = Head(), []
    for entry in entries:
        chain.append(sealed(entry, head, fingerprint))
        head = Head(chain[-1].number, chain[-1].seal)
    return chain, head


def journals(least=1):
    """Yield journals with their heads."""
    return st.lists(s.audit_entries(), min_size=least, max_size=8).map(chained)


@contextmanager
def machine_in(name):
    """Let the machine's own zone be another one for a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", name)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.rule("LAW-3b")
@given(st.lists(s.audit_entries(), max_size=8))
def test_a_journal_that_nobody_touched_is_whole(entries):
    """Its entries are numbered from one on, it goes through every head that it ever had, and keeps what was written."""
    chain, head = chained(entries)

    assert [each.number for each in chain] == list(range(1, len(entries) + 1))
    assert [evolve(each, number=0, seal=b"") for each in chain] == entries
    assert broken(chain, (OURS,)) == ()
    for known in (Head(), head, *(Head(each.number, each.seal) for each in chain)):
        assert broken(chain, (OURS,), head=known) == ()


@pytest.mark.rule("LAW-3b")
@given(journals(), st.data())
def test_a_changed_entry_is_found(journal, data):
    """Whichever value of whichever entry was changed."""
    chain, _ = journal
    at = data.draw(st.integers(0, len(chain) - 1))
    names = [each.name for each in fields(AuditEntry)]
    name = data.draw(st.sampled_from(names))
    kept = getattr(chain[at], name)
    others = {
        "number": st.integers(0, 20),
        "seal": st.binary(min_size=16, max_size=16),
        "at": s.instants(),
        "by": st.none() | st.integers(1, 9),
        "on": st.lists(st.integers(1, 9), max_size=3).map(tuple),
        "detail": st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
    }
    value = data.draw(others.get(name, st.text(max_size=5)).filter(lambda drawn: drawn != kept))
    chain[at] = evolve(chain[at], **{name: value})

    assert broken(chain, (OURS,))


@pytest.mark.rule("LAW-3b")
@given(journals(least=2), st.data())
def test_a_missing_entry_is_found(journal, data):
    """A gap anywhere but at the end shows by itself."""
    chain, _ = journal
    at = data.draw(st.integers(0, len(chain) - 2))
    del chain[at]

    assert broken(chain, (OURS,))[0].reason is Damage.GAP
    assert broken(chain, (OURS,))[0].number == at + 1


@pytest.mark.rule("LAW-3b")
@given(journals(), st.data())
def test_a_tail_that_was_cut_off_is_found_by_whoever_knows_the_head(journal, data):
    """What is left looks whole; only the head that was kept outside shows that there was more."""
    chain, head = journal
    rest = chain[: data.draw(st.integers(0, len(chain) - 1))]

    assert broken(rest, (OURS,)) == ()
    (found,) = broken(rest, (OURS,), head=head)
    assert (found.number, found.reason) == (head.count, Damage.CUT)


@pytest.mark.rule("LAW-3b")
@given(journals(least=2), st.data())
def test_entries_in_another_order_are_found(journal, data):
    """Also where they were numbered anew."""
    chain, _ = journal
    one, other = data.draw(st.lists(st.integers(0, len(chain) - 1), min_size=2, max_size=2, unique=True))
    chain[one], chain[other] = chain[other], chain[one]
    assert broken(chain, (OURS,))

    renumbered = [evolve(each, number=at) for at, each in enumerate(chain, 1)]
    assert broken(renumbered, (OURS,))


@pytest.mark.rule("LAW-3b")
@given(journals(), s.audit_entries())
def test_nobody_without_the_key_can_go_on_or_write_it_anew(journal, entry):
    """Neither an entry that a stranger adds, nor a whole journal of a stranger's making, passes."""
    chain, head = journal

    assert broken([*chain, sealed(entry, head, THEIRS)], (OURS,))
    assert broken(chained(chain, THEIRS)[0], (OURS,))


@pytest.mark.rule("LAW-3b")
@given(journals(), st.lists(s.audit_entries(), min_size=1, max_size=3))
def test_a_tail_that_was_written_anew_is_found_by_whoever_knows_the_head(journal, others):
    """Even by somebody who has the key: the chain no longer goes through the head that was published."""
    chain, head = journal
    before = Head(chain[-2].number, chain[-2].seal) if len(chain) > 1 else Head()
    tail: list[AuditEntry] = []
    for entry in others:
        last = Head(tail[-1].number, tail[-1].seal) if tail else before
        tail.append(sealed(entry, last, OURS))
    rewritten = [*chain[:-1], *tail]

    if tail[0].seal != head.seal:
        assert broken(rewritten, (OURS,)) == ()
        assert [each.reason for each in broken(rewritten, (OURS,), head=head)] == [Damage.OTHER_HISTORY]


@given(st.builds(Head, st.integers(0, 10**18 - 1), st.binary()))
def test_a_head_comes_back_from_its_text(head):
    """It is written down outside, and read from there."""
    assert Head.parse(str(head)) == head
    assert Head.parse(f"  {head}\n") == head


@pytest.mark.parametrize("text", ["", "1", ":00", "1:0", "1:zz", "-1:00", "x:00", "١:00", "1:00:00", "1 2:00", "1:0 0"])
def test_what_is_no_head_is_refused(text):
    """With a text that says how one is written."""
    with pytest.raises(InvalidValue, match="count and seal"):
        Head.parse(text)


@pytest.mark.rule("LAW-3a")
@given(journals(), st.data())
def test_verification_goes_on_from_a_checkpoint(journal, data):
    """What is left after it is whole, and damage there is found as before; so is a change of the checkpoint itself."""
    chain, head = journal
    at = data.draw(st.integers(1, len(chain)))
    found = Checkpoint.sign(Head(at, chain[at - 1].seal), OURS, now=data.draw(s.instants()))
    rest = chain[at:]

    assert broken(rest, (OURS,), checkpoint=found, head=head) == ()
    assert broken(rest, (OURS,), checkpoint=found, head=found.head) == ()
    assert broken(rest, (OURS,), checkpoint=found, head=Head()) == (), "who knows of nothing denies nothing"
    if rest:
        assert broken(rest, (OURS,))[0].reason is Damage.GAP
        assert broken(rest[1:], (OURS,), checkpoint=found, head=head)
        assert broken([evolve(rest[0], deed="nothing at all"), *rest[1:]], (OURS,), checkpoint=found)
    forgeries = [
        evolve(found, head=Head(at, chain[at - 1].seal[::-1] + b"x")),
        evolve(found, head=Head(at + 1, chain[at - 1].seal)),
        evolve(found, at=found.at + timedelta(seconds=1)),
        Checkpoint.sign(found.head, THEIRS, now=found.at),
    ]
    for forged in forgeries:
        assert broken(rest, (OURS,), checkpoint=forged)[0].reason is Damage.FORGED_CHECKPOINT


@pytest.mark.rule("LAW-3b")
@given(journals(least=2))
def test_a_head_from_before_the_checkpoint_is_told_to_be_too_old(journal):
    """It can neither be confirmed nor denied, so it is not passed over in silence."""
    chain, _ = journal
    found = Checkpoint.sign(Head(2, chain[1].seal), OURS, now=chain[1].at)

    (told,) = broken(chain[2:], (OURS,), checkpoint=found, head=Head(1, chain[0].seal))
    assert (told.number, told.reason) == (1, Damage.OLDER_THAN_CHECKPOINT)


@pytest.mark.rule("LAW-3a")
@given(journals(), s.instants())
def test_only_a_beginning_that_is_old_enough_may_go(journal, until):
    """All that goes is older; the first that stays is not, whatever comes after it."""
    chain, _ = journal
    head = old_enough(chain, until)
    going = chain[: head.count] if head is not None else []

    assert all(each.at < until for each in going)
    assert len(going) == len(chain) or chain[len(going)].at >= until
    assert head is None or head.seal == going[-1].seal


@pytest.mark.rule("LAW-3a")
@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system's zone cannot be changed for a test")
@given(journals(), s.instants(), st.sampled_from(["Europe/Warsaw", "America/Sao_Paulo", "UTC"]))
def test_a_checkpoint_is_genuine_in_whatever_zone_it_is_looked_at(journal, now, name):
    """The signature stands for the instant: neither the zone that it is written in nor the machine's matters."""
    _, head = journal
    found = Checkpoint.sign(head, OURS, now=now)

    with machine_in(name):
        assert found.is_genuine((OURS,))
        assert evolve(found, at=now.astimezone(zone("Europe/Ljubljana"))).is_genuine((OURS,))


@pytest.mark.rule("LAW-3b")
@given(s.audit_entries(), st.sampled_from(["Europe/Warsaw", "America/Lima"]))
def test_an_entry_is_sealed_as_of_its_instant(entry, name):
    """It is kept and sealed in UTC: neither the zone that it was told in nor the machine's matters."""
    plain = sealed(entry, Head(), OURS)

    with machine_in(name):
        kept = sealed(evolve(entry, at=entry.at.astimezone(zone(name))), Head(), OURS)
    assert kept == plain
    assert kept.at.isoformat() == plain.at.isoformat() == entry.at.astimezone(UTC).isoformat()


@pytest.mark.rule("LAW-3b")
@given(s.audit_entries())
def test_half_a_letter_is_sealed_too(entry):
    """Half of a surrogate pair that somebody pasted stops no deed, and no other may stand in its stead."""
    kept = sealed(evolve(entry, why="Al\ud800"), Head(), OURS)

    assert broken([kept], (OURS,)) == ()
    assert broken([evolve(kept, why="Al\ud801")], (OURS,)) == (Broken(1, Damage.CHANGED),)
