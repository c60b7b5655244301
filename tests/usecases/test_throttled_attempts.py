"""Throttled attempts to sign in and to get a message: silently, and alike for all (ACCESS-2, ACCESS-7)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._usecases.forget_old import ForgetOld
from eszkola_core._usecases.recover_access import Completed, Requested
from eszkola_core._usecases.sign_in import Busy, Refusal, SignedIn, SignInRefused
from eszkola_core.domain.accounts import State
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.settings import LoginScheme
from eszkola_core.errors import Unavailable
from eszkola_core.ports.passwords import BUSY
from eszkola_core.testing.doubles import CountingHasher
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.saboteurs import state

ALA = "A/1: s Ala 1 ala"
PASSWORD = "Zielony-Dom-7"
WRONG = SignInRefused(Refusal.WRONG_LOGIN_OR_PASSWORD)
STANDINGS = (
    "known",
    "unknown",
    "locked",
    "closed",
    "recovery-required",
    "dormant",
    "throttled",
    "held",
    "mute",
    "fresh",
)


@pytest.fixture
def region(a_region):
    """Return a region of the usual numbers in which Ala has a password."""
    region = a_region("open", failures_here=5, failures_anywhere=20, requests_here=3, requests_anywhere=5)
    region.take(ALA)
    region.enters("Ala")
    region.wait(days=1)
    return region


def guesses(region, count, *, source="thief", login="ala.lis"):
    """Try wrong passwords from one place."""
    for number in range(count):
        assert region.signing_in.attempt(login, f"Niebieski-Most-{number}", source=source) == WRONG


@pytest.mark.rule("ACCESS-7a")
def test_a_throttled_attempt_is_refused_whatever_its_password(region):
    """After five wrong ones from a place the right one is wrong there too, until the wait is over."""
    guesses(region, 5)

    assert region.signing_in.attempt("ala.lis", PASSWORD, source="thief") == WRONG
    region.wait(seconds=5)
    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD, source="thief"), SignedIn)


@pytest.mark.rule("ACCESS-7b")
def test_the_owner_gets_in_from_elsewhere_meanwhile(region):
    """A thief throttled at one place is in nobody's way at another; other spellings of the login are no way round."""
    for login in ("ala.lis", "ALA.LIS", " Ala.Lis "):
        guesses(region, 2, login=login)
    assert region.signing_in.attempt("ala.lis", PASSWORD, source="thief") == WRONG

    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD, source="home"), SignedIn)


@pytest.mark.rule("ACCESS-7b")
def test_the_right_password_works_again_by_itself(region):
    """Nobody unlocks anything: after the longest wait the owner is in, and earlier slips are forgotten."""
    for _ in range(20):
        guesses(region, 1, source="home")
        region.wait(minutes=5)
    region.wait(minutes=15)

    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD, source="home"), SignedIn)
    guesses(region, 4, source="home")
    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD, source="home"), SignedIn)


@pytest.mark.rule("ACCESS-7a")
def test_an_unknown_login_is_counted_like_a_known_one(a_region):
    """Whoever tries names that nobody has is throttled there all the same, also with somebody's right password."""
    region = a_region("open", failures_of_place=20)
    region.take(ALA)
    region.enters("Ala")
    for number in range(20):
        guesses(region, 1, login=f"nobody{number}")

    assert region.signing_in.attempt("ala.lis", PASSWORD, source="thief") == WRONG
    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD, source="elsewhere"), SignedIn)


class _Watching(CountingHasher):
    """A hasher that notes what passwords were compared with."""

    def __init__(self):
        super().__init__()
        self.compared = []

    def verify(self, encoded, prepared):
        """Note and compare."""
        self.compared.append(encoded)
        return super().verify(encoded, prepared)


@pytest.mark.rule("ACCESS-7a")
def test_of_many_guesses_at_once_few_are_compared(region):
    """Thirty at the same instant: five are looked at, as if they had come one after the other."""
    region.hasher = _Watching()
    region.wire()
    start = Barrier(30)

    def guess(number):
        start.wait()
        return region.signing_in.attempt("ala.lis", f"Niebieski-Most-{number}", source="thief")

    with ThreadPoolExecutor(30) as threads:
        outcomes = list(threads.map(guess, range(30)))

    assert outcomes == [WRONG] * 30
    assert len(region.hasher.compared) == 30
    assert len([each for each in region.hasher.compared if each != region.hasher.decoy]) == 5


def of_standing(a_region, standing, scheme):
    """Return a region with one account in a standing, and the login to try."""
    region = a_region("open", login_scheme=scheme, failures_here=3, requests_here=1)
    line = "A/1: s Ala 1 -" if standing == "mute" else ALA
    region.take(line)
    if standing not in ("unknown", "mute", "fresh"):
        region.enters("Ala")
    if standing in ("locked", "closed", "recovery-required"):
        region.become("Ala", state=State(standing))
    if standing == "dormant":
        region.take(empty=("A",))
    if standing == "held":
        region.take("A/1: s Ala 2 ala")
    login = "ala@example.com" if scheme is LoginScheme.EMAIL else "ala.lis"
    login = login.replace("ala", "nobody") if standing == "unknown" else login
    if standing == "throttled":
        guesses(region, 3, source="", login=login)
        for _ in range(3):
            region.access.request(login)
        region.access.answer_waiting()
    return region, login


@pytest.mark.rule("ACCESS-2")
@pytest.mark.rule("ACCESS-5a")
@pytest.mark.parametrize("scheme", LoginScheme)
@pytest.mark.parametrize("standing", STANDINGS)
@given(right=st.booleans(), source=st.sampled_from(["", "elsewhere"]))
def test_a_refused_sign_in_is_the_same_work_for_everybody(a_region, standing, scheme, right, source):
    """Equal answer, equal calls in equal order, one comparison; also with the right password of a shut account."""
    region, login = of_standing(a_region, standing, scheme)
    region.storage.trace.clear()
    work = region.hasher.work

    outcome = region.signing_in.attempt(login, PASSWORD if right else "Niebieski-Most-8", source=source)

    if right and (standing in ("known", "held") or (standing == "throttled" and source)):
        assert isinstance(outcome, SignedIn)
        return
    looked_up = "by_central" if scheme is LoginScheme.EMAIL else "by_login"
    assert outcome == WRONG
    assert region.hasher.work == work + 1
    assert region.storage.trace == [
        ("storage", "unit"),
        ("maintenances", "newest"),
        ("people", looked_up),
        ("credentials", "get"),
        ("rosters", "gather"),
        *[("storage", "pseudonym")] * 4,
        ("attempts", "tallies"),
        ("attempts", "put"),
    ]


@pytest.mark.rule("ACCESS-2")
@pytest.mark.parametrize("scheme", LoginScheme)
@pytest.mark.parametrize("standing", STANDINGS)
@given(kind=st.sampled_from(["id", "login", "e-mail"]))
def test_a_request_is_the_same_work_for_everybody(a_region, standing, scheme, kind):
    """Equal answer, equal calls, no hash, whatever is asked by and whatever becomes of it."""
    region, _ = of_standing(a_region, standing, scheme)
    known = standing != "unknown"
    identifier = {
        "id": pesel(1 if known else 9),
        "login": "ala.lis" if known else "nobody",
        "e-mail": "ala@example.com" if known else "nobody@example.com",
    }[kind]
    region.storage.trace.clear()
    work = region.hasher.work

    assert region.access.request(identifier) == Requested()

    assert region.hasher.work == work
    assert region.storage.trace == [("storage", "pseudonym"), ("storage", "unit"), ("outbox", "ask")]


@pytest.mark.rule("ACCESS-7c")
def test_a_throttled_request_neither_sends_nor_cancels(region):
    """By whatever one asks, it is one account: three are answered, and the last link lives through all that follow."""
    asking = [pesel(1), "ala.lis", "ala@example.com"]
    letters = [letter for identifier in asking for letter in region.asks(identifier)]
    assert [each.kind for each in letters] == [MessageKind.RECOVERY] * 3

    assert [region.asks(identifier) for identifier in asking] == [[]] * 3

    assert isinstance(region.access.complete(letters[-1].token, "Szary-Kamień-9"), Completed)


@pytest.mark.rule("ACCESS-7c")
def test_a_throttled_request_leaves_a_waiting_letter_alone(region):
    """Ten requests before anything is sent: one letter leaves, with a link that works."""
    for _ in range(10):
        region.access.request("ala.lis")
    region.access.answer_waiting()
    region.access.request("ala.lis")
    region.access.answer_waiting()

    (letter,) = region.letters(MessageKind.RECOVERY)
    assert isinstance(region.access.complete(letter.token, "Szary-Kamień-9"), Completed)


@pytest.mark.rule("ACCESS-7c")
def test_from_wherever_a_mailbox_is_not_flooded(region):
    """Each request from another place: five are answered, and later ones after a while."""
    letters = []
    for number in range(30):
        region.access.request("ala.lis", source=f"place {number}")
        region.access.answer_waiting()
        letters += region.letters()
    assert len(letters) == 5

    region.wait(minutes=15)
    assert len(region.asks("ala.lis")) == 1


@pytest.mark.rule("ACCESS-7c")
def test_requests_are_judged_by_when_they_were_made(region):
    """A dispatcher that comes late throttles nobody who asked in good time, nor those who ask then."""
    for _ in range(6):
        region.access.request("ala.lis")
        region.wait(hours=1)
    asked = region.access.answer_waiting()

    assert asked == 6
    assert region.letters() != []
    assert len(region.asks("ala.lis")) == 1


@pytest.mark.rule("ACCESS-7a")
def test_no_place_and_no_name_is_kept(region):
    """What is remembered of attempts are instants, under fingerprints that nobody without the key can make."""
    region.storage = MemoryStorage()
    region.wire()
    guesses(region, 1, source="192.0.2.7", login="ktos.obcy")
    region.access.request("ktos.obcy", source="192.0.2.7")
    with region.storage.unit() as unit:
        kept = state(unit.attempts.put).attempts
        (asked,) = unit.outbox.take_requests(1)

    assert len(kept) == 3
    for secret in ("192.0.2.7", "ktos.obcy"):
        assert secret not in repr(kept)
        assert secret not in repr(asked)
        assert secret.encode() not in asked.place


@pytest.mark.rule("ACCESS-7a")
def test_what_is_remembered_is_forgotten_in_the_end(region):
    """After as long as the tenant remembers without another attempt nothing is left."""
    memory = region.tenant.settings.throttle_memory
    forgetting = ForgetOld(region.storage, region.tenant, region.clock)
    region.clock.advance(memory)
    assert forgetting.run().attempts == 6  # Ala's request and sign-in, a day earlier
    guesses(region, 3)
    region.clock.advance(memory)
    assert forgetting.run().attempts == 0

    region.clock.advance(timedelta(microseconds=1))

    assert forgetting.run().attempts == 3
    assert forgetting.run().attempts == 0


class _Crowded(CountingHasher):
    """A hasher at which too many wait."""

    def verify(self, *_what):
        """Say so."""
        raise Unavailable("too many", code=BUSY, retry_after=timedelta(seconds=3))


@pytest.mark.rule("CRED-10")
@pytest.mark.rule("ACCESS-7a")
def test_a_busy_platform_gives_a_throttled_thief_nothing_back(region):
    """What was not counted is not taken back: the wait is as long as it was."""
    guesses(region, 5)
    hasher, region.hasher = region.hasher, _Crowded()
    region.wire()
    for _ in range(5):
        assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD, source="thief"), Busy)

    region.hasher = hasher
    region.wire()
    assert region.signing_in.attempt("ala.lis", PASSWORD, source="thief") == WRONG


@pytest.mark.rule("CRED-10")
@pytest.mark.parametrize("login", ["ala.lis", "nobody"])
def test_a_busy_platform_tries_nothing_and_counts_nothing(region, login):
    """However often somebody hears that it is busy: afterwards the right password signs in, and slips are few."""
    hasher, crowded = region.hasher, _Crowded()
    region.hasher = crowded
    region.wire()
    traces = []
    for _ in range(30):
        region.storage.trace.clear()
        assert region.signing_in.attempt(login, PASSWORD, source="home") == Busy(timedelta(seconds=3))
        traces.append(tuple(region.storage.trace))
    assert len(set(traces)) == 1

    region.hasher = hasher
    region.wire()

    guesses(region, 4, source="home", login=login)
    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD, source="home"), SignedIn)


@pytest.mark.rule("CRED-10")
def test_a_hasher_that_is_gone_is_not_busy(region):
    """Only too many who wait are an outcome; what else cannot be reached is raised as ever."""

    class Gone(CountingHasher):
        def verify(self, *_what):
            raise Unavailable("no memory")

    region.hasher = Gone()
    region.wire()

    with pytest.raises(Unavailable):
        region.signing_in.attempt("ala.lis", PASSWORD)


GUESSING = {
    "password": lambda region, key, text, **how: region.passwords.change(key, text, "Szary-Kamień-9", **how),
    "address": lambda region, key, text, **how: region.addresses.request(key, text, "new@example.com", **how),
    "phone": lambda region, key, text, **how: region.phones.change(key, text, "+48 601 234 567", **how),
}


@pytest.mark.rule("ACCESS-7a")
@pytest.mark.parametrize("what", GUESSING)
def test_a_stolen_session_guesses_no_faster(region, what):
    """Where the present password is asked for, five wrong ones throttle that place, at the sign-in as well."""
    guess = GUESSING[what]
    key = region.signs_in("ala.lis")
    work = region.hasher.work
    for number in range(5):
        assert guess(region, key, f"Niebieski-Most-{number}", source="thief").reason == "wrong-password"

    assert guess(region, key, PASSWORD, source="thief").reason == "wrong-password"

    assert region.hasher.work == work + 6
    assert region.signing_in.attempt("ala.lis", PASSWORD, source="thief") == WRONG
    assert not hasattr(guess(region, key, PASSWORD, source="home"), "reason")


@pytest.mark.rule("ACCESS-7b")
@pytest.mark.parametrize("what", GUESSING)
def test_the_right_password_in_a_session_forgets_slips(region, what):
    """Whoever mistypes it four times and then knows it has five new tries at the door."""
    key = region.signs_in("ala.lis")
    for number in range(4):
        GUESSING[what](region, key, f"Niebieski-Most-{number}", source="home")
    assert not hasattr(GUESSING[what](region, key, PASSWORD, source="home"), "reason")
    password = "Szary-Kamień-9" if what == "password" else PASSWORD

    guesses(region, 4, source="home")

    assert isinstance(region.signing_in.attempt("ala.lis", password, source="home"), SignedIn)


@pytest.mark.rule("CRED-10")
def test_a_busy_platform_counts_nothing_in_a_session(region):
    """Who is told to try again later has not guessed."""
    key, hasher = region.signs_in("ala.lis"), region.hasher
    region.hasher = _Crowded()
    region.wire()
    for _ in range(20):
        with pytest.raises(Unavailable):
            region.passwords.change(key, PASSWORD, "Szary-Kamień-9", source="home")
    region.hasher = hasher
    region.wire()

    guesses(region, 4, source="home")
    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD, source="home"), SignedIn)
