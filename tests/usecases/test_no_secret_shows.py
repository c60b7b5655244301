"""No national id, password, token or key shows itself in what use cases return, keep or raise (ID-10)."""

from __future__ import annotations

import logging

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.access_requests import AccessRequest
from eszkola_core.domain.hidden import MASK
from eszkola_core.domain.settings import LoginScheme
from eszkola_core.errors import EszkolaError, Unavailable
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.region import CONSOLE

_ALA = "A/1: s Ala 1 ala, g Jan 8 jan"
_PASSWORDS = ("Zielony-Dom-7", "Szary-Kamień-9", "Biały-Most-3", "Niebieski-Most-8")


class Canaries:
    """All that may not show, collected while people go about their business."""

    def __init__(self):
        self.secrets = {pesel(1), pesel(8), *_PASSWORDS}
        self.seen = []

    def hides(self, *texts):
        """Remember secrets."""
        self.secrets.update(texts)

    def sees(self, *values):
        """Note what anybody could log of values, and return the last of them."""
        self.seen += [form(value) for value in values for form in (repr, str, "{}".format)]
        return values[-1]

    def sang(self):
        """Return every secret that shows somewhere."""
        text = "\n".join(self.seen)
        return sorted(secret for secret in self.secrets if secret in text)


def everything_kept(region):
    """Yield the state of a unit and its parts, as somebody who debugs would print them."""
    real = region.storage._storage  # noqa: SLF001 - what lies behind the recorder
    with real.unit() as unit:
        yield unit
        for part in ("rosters", "people", "credentials", "tokens", "sessions", "outbox"):
            yield getattr(unit, part)
        yield from unit.outbox.lease(100, now=region.clock.now(), until=region.clock.now())
        yield from unit.people.get_many(range(1, 10)).values()


def a_year_in_the_life(region, canary):
    """Let people ask, enter, change, move, dispute, fail; show every outcome to *canary*."""
    first, second, third, wrong = _PASSWORDS
    canary.sees(region.take(_ALA))
    for identifier in (pesel(1), pesel(8), "ala@example.com", first):
        canary.sees(region.access.request(identifier), *everything_kept(region))
    region.access.answer_waiting()
    canary.sees(*everything_kept(region))
    letters = {each.to: each for each in region.letters() if "token=" in each.data["link"]}
    token = letters["ala@example.com"].token
    canary.hides(*(each.token for each in letters.values()))
    canary.sees(*region.courier.sent, *letters.values())

    canary.sees(region.access.complete(token, f"ala.lis{pesel(1)}"), region.access.complete(token, first))
    canary.sees(region.signing_in.attempt("ala.lis", wrong))
    opened = canary.sees(region.signing_in.attempt("ala.lis", first))
    key = opened.key.reveal()
    canary.hides(key)
    canary.sees(region.passwords.change(key, wrong, second), region.passwords.change(key, first, second))
    region.letters()
    canary.sees(region.addresses.request(key, second, "new@example.com"), *everything_kept(region))
    (confirmation,) = (each.token for each in region.letters())
    canary.hides(confirmation)
    canary.sees(region.addresses.confirm(confirmation))
    (dispute,) = (each.token for each in region.letters() if "token=" in each.data["link"])
    canary.hides(dispute)
    canary.sees(region.addresses.dispute(dispute), *everything_kept(region))

    given = canary.sees(region.giving.to(region.person("Jan").id))
    canary.hides(given.password.reveal())
    must_act = canary.sees(region.signing_in.attempt(given.login, given.password.reveal()))
    canary.hides(must_act.ticket.reveal())
    canary.sees(*everything_kept(region))
    canary.sees(region.signing_in.change_password(must_act.ticket.reveal(), third))
    canary.sees(region.credential("Ala"), region.credential("Jan"), *region.people().values())
    canary.sees(region.readiness.of(CONSOLE), region.children.of(region.person("Jan").id), *everything_kept(region))
    use_cases = (region.access, region.signing_in, region.passwords, region.addresses, region.giving, region.delivering)
    canary.sees(*use_cases)


@pytest.mark.rule("ID-10a")
@pytest.mark.parametrize("profile", ["open", "uonet"])
def test_nothing_that_happens_to_people_shows_a_secret(a_region, profile, caplog):
    """Whatever is returned, kept, queued, sent or logged: printed it holds no id, password, token or key."""
    caplog.set_level(logging.DEBUG)
    region, canary = a_region(profile, login_scheme=LoginScheme.ISSUED), Canaries()

    a_year_in_the_life(region, canary)

    canary.seen.append(caplog.text)
    assert len(canary.secrets) >= 11
    assert canary.sang() == []


@pytest.mark.rule("ID-10a")
def test_a_canary_that_shows_is_heard(a_region):
    """The test above is not deaf: a secret that is printed anywhere is found."""
    canary = Canaries()
    canary.sees(a_region("open"), pesel(8), f"… {_PASSWORDS[1]} …")

    assert canary.sang() == sorted((pesel(8), _PASSWORDS[1]))


@pytest.mark.rule("ID-10b")
def test_what_was_sent_is_wiped(a_region):
    """Once a letter has left, the outbox holds neither its token nor the person's name."""
    region = a_region("open")
    region.take(_ALA)
    token = region.token_for(pesel(1))

    real = region.storage._storage  # noqa: SLF001 - what lies behind the recorder
    data = [message.data for message in real._state.messages.values()]  # noqa: SLF001 - the same
    assert data == [{}] * len(data)
    assert token not in repr(vars(real))


class _Broken:
    """A hasher, blocklist or outbox that fails in the middle of its work."""

    decoy = "$decoy"

    def __init__(self, error):
        self._error = error

    def _fail(self, *_):
        raise self._error

    hash = verify = needs_rehash = contains = _fail


@pytest.mark.rule("ID-10a")
@pytest.mark.parametrize("broken", ["hasher", "common"])
def test_no_error_on_the_way_tells_what_was_typed(a_region, text_of, broken):
    """A blocklist or a hasher that cannot be asked ends in an error whose whole traceback holds no secret."""
    region, canary = a_region("open"), Canaries()
    region.take(_ALA)
    token = region.token_for(pesel(1))
    key = region.enters("Jan", _PASSWORDS[0])
    canary.hides(token, key)
    setattr(region, broken, _Broken(Unavailable("the list is out of reach", code="closed")))
    region.wire()

    for act in (
        lambda: region.access.complete(token, _PASSWORDS[1]),
        lambda: region.passwords.change(key, _PASSWORDS[0], _PASSWORDS[2]),
    ):
        with pytest.raises(Unavailable) as raised:
            act()
        canary.seen.append(text_of(raised.value))

    assert canary.sang() == []


@pytest.mark.rule("ID-10a")
def test_a_conflict_tells_no_secret(a_region, text_of):
    """Two change one account at once: the loser's error names neither the person nor the password."""
    region, canary = a_region("open"), Canaries()
    region.take(_ALA)
    token = region.token_for(pesel(1))
    canary.hides(token)
    real_hash = region.hasher.hash

    def meanwhile(prepared):
        region.become("Ala", name=region.person("Ala").name)
        return real_hash(prepared)

    region.hasher.hash = meanwhile
    with pytest.raises(EszkolaError) as raised:
        region.access.complete(token, _PASSWORDS[0])
    region.hasher.hash = real_hash

    canary.seen.append(text_of(raised.value))
    assert canary.sang() == []
    assert region.access.complete(token, _PASSWORDS[0]).login == "ala.lis"


@pytest.mark.rule("ID-10a")
@given(text=st.text(min_size=5, max_size=60))
def test_a_request_never_shows_what_was_typed(a_region, text):
    """People type passwords and ids into the wrong box: what waits to be looked up is covered."""
    region = a_region("open")
    region.access.request(f"{text}·canary")

    with region.storage.unit() as unit:
        (asked,) = unit.outbox.take_requests(10)

    assert isinstance(asked, AccessRequest)
    assert asked.identifier.reveal().endswith("·canary")
    assert all(
        "canary" not in shown and MASK in shown for shown in (repr(asked), str(asked), repr(evolve(asked, id=7)))
    )
