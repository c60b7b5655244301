"""So many hashes at once and no more, and the rest in order (CRED-10)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Lock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core import _defaults as defaults
from eszkola_core._defaults import CHEAPEST_FOR_TESTS, Argon2Hasher, BoundedHasher
from eszkola_core.domain.hidden import Secret
from eszkola_core.errors import BrokenPromise, InvalidValue, Unavailable
from eszkola_core.ports.passwords import BUSY
from eszkola_core.testing.contracts.system import PasswordHasherContract

A_MINUTE = 60


class TestBoundedHasher(PasswordHasherContract):
    """The hasher that lets few hash at once keeps the promises of the one behind it."""

    costly = ("$argon2id$v=19$m=4194304,t=9,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g",)
    known_elsewhere = (("pbkdf2_sha256$1$salt$mctGPG3x2tMJXXx63T13saEVU5/gzfkLfBXei+59yDE=", "haslo"),)

    @pytest.fixture
    def hasher(self):
        """Return one that lets two hash, and all others wait."""
        return BoundedHasher(Argon2Hasher(CHEAPEST_FOR_TESTS), at_once=2, waiting=100)


class Slow(Argon2Hasher):
    """A hasher that notes who comes to it, and works until it is told to go on."""

    def __init__(self):
        super().__init__(CHEAPEST_FOR_TESTS)
        self.came = []
        self.working = 0
        self.most = 0
        self._gates = {}
        self._note = Lock()

    def hash(self, prepared):
        """Note who it is, and wait to be told."""
        return self._work(prepared)

    def verify(self, encoded, prepared):
        """Note who it is, and wait to be told."""
        return encoded == self._work(prepared)

    def _work(self, prepared):
        who = prepared.reveal()
        with self._note:
            self._gates[who] = Event()
            self.came.append(who)
            self.working += 1
            self.most = max(self.most, self.working)
        assert self._gates[who].wait(A_MINUTE)
        with self._note:
            self.working -= 1
        if who == "broken":
            raise BrokenPromise("as ordered")
        return who

    def finish(self, who):
        """Let somebody's work end."""
        self._gates[who].set()


def until(true: Callable[[], bool]) -> None:
    """Wait for what other threads bring about; a test that waits in vain fails."""
    pause = Event()
    for _ in range(A_MINUTE * 1000):
        if true():
            return
        pause.wait(0.001)
    pytest.fail("waited in vain")


class Crowd:
    """People who come to a bounded hasher one after the other."""

    def __init__(self, *, at_once, waiting):
        self.slow = Slow()
        self.bounded = BoundedHasher(self.slow, at_once=at_once, waiting=waiting)
        self._pool = ThreadPoolExecutor(64)
        self.asked: list[Future[str]] = []

    def comes(self, who, *, verifies=False):
        """Let somebody come, and go on once they are at work, wait, or were sent away."""
        before = len(self.slow.came) + self.bounded.waiting
        asking = (self.bounded.verify, "", Secret(who)) if verifies else (self.bounded.hash, Secret(who))
        asked = self._pool.submit(*asking)
        self.asked.append(asked)
        until(lambda: bool(asked.done() or len(self.slow.came) + self.bounded.waiting > before))
        return asked

    def ends(self):
        """Let everybody who is at work or waits come to an end."""
        for number in range(len(self.asked)):
            if number < len(self.slow.came):
                self.slow.finish(self.slow.came[number])
                until(lambda: len(self.slow.came) > number + 1 or not self.bounded.waiting)  # noqa: B023 - called at once
        self._pool.shutdown()


@pytest.mark.rule("CRED-10")
@given(
    at_once=st.integers(1, 4),
    waiting=st.integers(0, 8),
    verifying=st.lists(st.booleans(), min_size=1, max_size=14),
    ending=st.randoms(use_true_random=False),
)
def test_few_hash_at_once_the_rest_in_order_and_past_a_limit_nobody(at_once, waiting, verifying, ending):
    """Whoever comes works, waits, or is told at once; whenever somebody ends, whoever waited longest begins."""
    crowd = Crowd(at_once=at_once, waiting=waiting)
    outcomes = [crowd.comes(str(number), verifies=verifies) for number, verifies in enumerate(verifying)]
    served = len(verifying[: at_once + waiting])
    assert crowd.slow.came == [str(number) for number in range(served)][:at_once]

    left = list(crowd.slow.came)
    for begun in range(len(left), served + 1):
        ended = left.pop(ending.randrange(len(left)))
        crowd.slow.finish(ended)
        assert outcomes[int(ended)].result(A_MINUTE) in (ended, False)
        if begun < served:
            until(lambda: len(crowd.slow.came) > begun)  # noqa: B023 - called at once
            assert crowd.slow.came[begun] == str(begun)
            left.append(str(begun))
    crowd.ends()

    assert crowd.slow.most == min(at_once, served)
    for sent_away in outcomes[served:]:
        refused = sent_away.exception()
        assert isinstance(refused, Unavailable)
        assert refused.code == BUSY
        assert refused.retry_after is not None
    assert crowd.bounded.waiting == 0


@pytest.mark.rule("CRED-10")
def test_a_hash_that_fails_gives_its_turn_back():
    """Whatever the hasher raises comes through, and the next one begins."""
    crowd = Crowd(at_once=1, waiting=1)
    broken, following = crowd.comes("broken"), crowd.comes("following")

    crowd.slow.finish("broken")

    assert isinstance(broken.exception(A_MINUTE), BrokenPromise)
    until(lambda: crowd.slow.came == ["broken", "following"])
    crowd.slow.finish("following")
    assert following.result(A_MINUTE) == "following"
    crowd.ends()


@pytest.mark.rule("CRED-10")
def test_whoever_is_stopped_while_waiting_leaves_the_queue(monkeypatch):
    """The turn goes to the next, and is not lost on somebody who went away."""
    crowd = Crowd(at_once=1, waiting=5)
    crowd.comes("working")
    crowd.comes("first")

    class Stopped(Event):
        def wait(self, *_timeout):
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(defaults, "Event", Stopped)
        with pytest.raises(KeyboardInterrupt):
            crowd.bounded.hash(Secret("stopped"))
    assert crowd.bounded.waiting == 1
    crowd.comes("second")

    for number, who in enumerate(("working", "first", "second"), 1):
        until(lambda: len(crowd.slow.came) >= number)  # noqa: B023 - called at once
        assert len(crowd.slow.came) == number
        assert crowd.slow.came[-1] == who
        crowd.slow.finish(who)
    crowd.ends()


@pytest.mark.rule("CRED-10")
def test_what_only_looks_waits_for_nobody():
    """While all turns are taken, an encoding can be looked at, and the decoy is there."""
    crowd = Crowd(at_once=1, waiting=0)
    crowd.comes("working")

    assert crowd.bounded.needs_rehash(crowd.bounded.decoy) is False

    crowd.ends()


@pytest.mark.rule("CRED-10")
@pytest.mark.parametrize(("at_once", "waiting"), [(0, 5), (-1, 5), (1, -1)])
def test_bounds_that_let_nobody_in_are_refused(at_once, waiting):
    """A hasher that lets nobody hash would let everybody wait for ever."""
    with pytest.raises(InvalidValue):
        BoundedHasher(Argon2Hasher(CHEAPEST_FOR_TESTS), at_once=at_once, waiting=waiting)
