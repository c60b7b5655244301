"""During a maintenance nobody signs in, and everything else goes on (ACCESS-10)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eszkola_core._usecases._acting import NotPermitted
from eszkola_core._usecases.announce_maintenance import AnnounceMaintenance, Begun, Ended, UnderWayAlready
from eszkola_core._usecases.change_password import PasswordChanged
from eszkola_core._usecases.recover_access import Completed
from eszkola_core._usecases.sign_in import InMaintenance, SignedIn
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.messages import MessageKind
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.region import CONSOLE

PASSWORD, NEW = "Zielony-Dom-7", "Szary-Kamień-9"


@pytest.fixture
def region(a_region):
    """Return a region in which Ala can sign in."""
    region = a_region("open")
    region.take("A/1: s Ala 1 ala", "A/y: y Zofia 2 zofia")
    region.enters("Ala")
    return region


def announcing(region):
    """Return the use case."""
    return AnnounceMaintenance(region.storage, region.tenant, region.clock)


@pytest.mark.rule("ACCESS-10")
@pytest.mark.parametrize("login", ["ala.lis", "nobody"])
@pytest.mark.parametrize("password", [PASSWORD, "Niebieski-Most-8"])
def test_whoever_signs_in_is_told_of_it(region, login, password):
    """With text and expected end, alike for all, and nothing is compared or counted; after it all is as before."""
    expected = region.clock.now() + timedelta(hours=2)
    begun = announcing(region).begin(CONSOLE, texts={"pl": "Wracamy o szóstej."}, expected_end_at=expected)
    assert isinstance(begun, Begun)
    work = region.hasher.work
    region.storage.trace.clear()

    outcomes = [region.signing_in.attempt(login, password) for _ in range(30)]

    assert outcomes == [InMaintenance(begun.maintenance)] * 30
    assert outcomes[0].maintenance.text("pl") == "Wracamy o szóstej."
    assert outcomes[0].maintenance.expected_end_at == expected
    assert region.hasher.work == work
    assert set(region.storage.trace) == {("storage", "unit"), ("maintenances", "newest")}
    assert isinstance(announcing(region).end(CONSOLE), Ended)
    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD), SignedIn)


@pytest.mark.rule("ACCESS-10")
def test_it_lasts_until_somebody_ends_it(region):
    """Whenever it was expected to end: nobody is let into a house that is still being mended."""
    announcing(region).begin(CONSOLE, expected_end_at=region.clock.now() + timedelta(hours=2))
    region.wait(days=3)

    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD), InMaintenance)


@pytest.mark.rule("ACCESS-10")
def test_everything_else_goes_on(region):
    """Sessions stay open, passwords are changed and recovered, imports run, messages leave."""
    key = region.signs_in("ala.lis")
    announcing(region).begin(CONSOLE)

    assert region.is_open(key)
    assert region.passwords.change(key, PASSWORD, NEW) == PasswordChanged()
    region.take("A/1: s Ala 1 ala", "A/2: s Ola 3 ola", "A/y: y Zofia 2 zofia")
    assert MessageKind.ACCOUNT_OPENED in {each.kind for each in region.letters()}
    assert isinstance(region.access.complete(region.token_for(pesel(1)), "Biały-Most-3"), Completed)


@pytest.mark.rule("ACCESS-10")
def test_one_maintenance_at_a_time(region):
    """A second one changes nothing; one that ended is the last one until the next begins."""
    first = announcing(region).begin(CONSOLE)
    assert announcing(region).begin(CONSOLE, texts={"pl": "inna"}) == UnderWayAlready(first.maintenance)
    region.wait(hours=1)

    ended = announcing(region).end(CONSOLE).maintenance

    assert ended.ended_at == region.clock.now()
    assert announcing(region).newest() == ended
    assert announcing(region).end(CONSOLE) == Ended(None)
    assert isinstance(announcing(region).begin(CONSOLE), Begun)


@pytest.mark.rule("ACCESS-10")
def test_only_the_region_and_the_console_announce(region):
    """A secretary does neither begin nor end one; what was done stands in the journal, once each."""
    zofia = region.person("Zofia")
    secretary = Actor(name=zofia.login, person=zofia.id)
    assert isinstance(announcing(region).begin(secretary), NotPermitted)
    assert announcing(region).newest() is None
    announcing(region).begin(CONSOLE)
    assert isinstance(announcing(region).end(secretary), NotPermitted)
    announcing(region).end(CONSOLE)
    announcing(region).end(CONSOLE)

    with region.storage.snapshot() as unit:
        deeds = [each.deed for each in unit.audit.entries() if each.deed.startswith("maintenance")]
    assert deeds == ["maintenance-begun", "maintenance-ended"]


@pytest.mark.rule("ACCESS-10")
def test_a_text_in_another_language_begins_nothing(region):
    """It is refused as a value that cannot be right."""
    with pytest.raises(InvalidValue):
        announcing(region).begin(CONSOLE, texts={"de": "Wartung"})
    assert announcing(region).newest() is None
