"""A child leaves every address that somebody reads who is kept from it, and what went there is worthless (LINK-3c)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core._usecases.change_address import AddressKept, AddressRefused, ConfirmationSent
from eszkola_core._usecases.recover_access import CompletionRefused, NotCompleted
from eszkola_core._usecases.restrict_links import Restricted, RestrictLinks
from eszkola_core._usecases.sign_in import SignInRefused
from eszkola_core.domain.days import day_of
from eszkola_core.domain.kept_apart import barred_mailboxes, kept_apart
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.permissions import Actor
from eszkola_core.domain.recognition import recognise
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.settlement import ConflictKind
from eszkola_core.testing.region import Region as World

CONSOLE = Actor.console("console:test")
PASSWORD = "Zielony-Dom-7"
SHARED = "A/1: s Ala 1 x, g Jan 8 x"


@pytest.fixture
def family(a_region):
    """Return a region in which Ala has the address that Jan's record has come to state too."""
    region = a_region()
    region.take("A/1: s Ala 1 x, g Jan 8 j")
    region.letters()
    return region


def restrict(region):
    """Keep Jan from Ala."""
    use = RestrictLinks(region.storage, region.tenant, region.clock, region.secrets)
    done = use.restrict(CONSOLE, region.person("Jan").id, region.person("Ala").id, reason="court order")
    assert isinstance(done, Restricted)


@pytest.mark.rule("LINK-3c")
def test_the_child_leaves_an_address_that_the_guardian_reads(family):
    """Sessions end, the waiting link is dead, nothing is sent there, and the secretary finds out why."""
    key = family.enters("Ala")
    family.take(SHARED)
    token = family.token_for("x@example.com")

    restrict(family)

    assert family.person("Ala").central is None
    assert family.end_of(key) is SessionEnd.ADDRESS_CHANGED
    assert family.access.complete(token, "Inny-Dom-77") == NotCompleted(CompletionRefused.TOKEN_NOT_LIVE)
    assert {each.data["name"] for each in family.letters()} == {"Jan Lis"}
    with family.storage.snapshot() as unit:
        assert ConflictKind.ADDRESS_BARRED in {each.kind for each in unit.rosters.conflicts()}


@pytest.mark.rule("LINK-3c")
@pytest.mark.rule("PHONE-1c")
@pytest.mark.parametrize("left", ["x", "y"], ids=["the guardian reads it", "nobody else reads it"])
def test_no_word_of_the_childs_number_goes_to_the_guardian(a_region, left):
    """The number changes as the address is left: who has read there ever since the same run is told of neither."""
    region = a_region()
    region.take("A/1: s Ala 1 x 601234567, g Jan 8 j")
    restrict(region)
    region.letters()

    region.take(f"A/1: s Ala 1 new 601234568, g Jan 8 {left}")

    told = {each.to for each in region.letters(MessageKind.PHONE_CHANGED)}
    assert told == ({"new@example.com"} if left == "x" else {"x@example.com"})


@pytest.mark.rule("LINK-3c")
def test_tokens_that_went_to_a_former_address_die_too(family):
    """Ala had moved away from it; the link by which that could have been taken back is worthless."""
    key = family.enters("Ala")
    moved = family.moves(key, "y")
    (notice,) = [each for each in moved if each.kind is MessageKind.ADDRESS_LEFT]
    family.take("A/1: s Ala 1 x, g Jan 8 x")

    restrict(family)

    refused = AddressKept(AddressRefused.TOKEN_NOT_LIVE)
    assert family.addresses.dispute(notice.token) == refused
    assert family.person("Ala").central.spelling == "y@example.com"


@pytest.mark.rule("LINK-3c")
def test_a_token_dies_where_the_guardian_comes_to_read_its_mailbox(family):
    """The address that Ala left after the restriction becomes Jan's: whoever reads it takes nothing back."""
    restrict(family)
    moved = family.moves(family.enters("Ala"), "y")
    (notice,) = [each for each in moved if each.kind is MessageKind.ADDRESS_LEFT]
    family.take("A/1: s Ala 1 x, g Jan 8 x")

    assert family.addresses.dispute(notice.token) == AddressKept(AddressRefused.TOKEN_NOT_LIVE)
    assert family.person("Ala").central.spelling == "y@example.com"


@pytest.mark.rule("LINK-3c")
def test_a_credential_that_was_handed_out_dies(family):
    """It was made for the child, and Jan may have it; Ala's own password is nobody else's."""
    given_to_ala = family.gives("Ala")
    restrict(family)

    refused = family.signing_in.attempt("ala.lis", given_to_ala.password.reveal())

    assert isinstance(refused, SignInRefused)
    assert family.credential("Ala").sealed is None


@pytest.mark.rule("LINK-3c")
def test_an_import_gives_the_child_no_such_address(family):
    """Not the one that Jan has, and not the one that his record comes to state: hers is taken away then."""
    restrict(family)
    family.take("A/1: s Ala 1 j, g Jan 8 k")
    assert family.person("Ala").central.spelling == "x@example.com"

    family.take("A/1: s Ala 1 x, g Jan 8 x")

    assert family.person("Ala").central is None
    assert {each.to for each in family.letters() if each.data["name"] == "Ala Lis"} == set()


@pytest.mark.rule("LINK-3c")
def test_the_child_cannot_choose_such_an_address(family):
    """Whoever asks in Ala's name to move to what Jan reads is sent nothing that helps."""
    restrict(family)
    family.moves(family.enters("Jan"), "own")
    family.take("A/1: s Ala 1 x, g Jan 8 k")
    key = family.enters("Ala")

    for address in ("j", "k", "own"):
        assert family.addresses.request(key, PASSWORD, f"{address}@example.com") == ConfirmationSent()

    assert [each for each in family.letters() if each.data["name"] == "Ala Lis"] == []


mails = st.sampled_from(["-", "x", "y", "z"])


@pytest.mark.rule("LINK-3c")
@settings(max_examples=60)
@given(steps=st.lists(st.tuples(mails, mails, mails, st.booleans()), min_size=1, max_size=5), chosen=mails)
def test_the_child_never_has_an_address_that_the_guardian_reads(steps, chosen):
    """Over any imports, choices and waits after a restriction."""
    region = World()
    region.take("A/1: s Ala 1 x, g Jan 8 y")
    region.restrict("A/1 g Jan", "A/1 s")
    if chosen != "-":
        region.decide_address("A/1 g Jan", chosen)

    for child, guardian, elsewhere, activates in steps:
        region.take(f"A/1: s Ala 1 {child}, g Jan 8 {guardian}, g Ewa 9 z", f"B/2: s Ola 2 -, g Jan 8 {elsewhere}")
        if activates:
            region.activate("A/1 s")
        world = region.world()
        recognised = recognise(world, day_of(region.clock.now(), region.tenant.zone))
        ala = region.account("A/1 s")
        barred = barred_mailboxes(world, recognised.groups, kept_apart(world, recognised.groups))[ala.id]
        assert ala.central is None or ala.central.mailbox not in barred
        region.later(3)
