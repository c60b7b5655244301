"""What a guardian can do for a child, and what each of two hears (LINK-8c, LINK-9)."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._usecases.choose_communication import ChoiceRefused, ChooseCommunication, Chosen, NotChosen
from eszkola_core._usecases.help_child import (
    ChildAccess,
    CredentialMade,
    HelpChild,
    HelpRefused,
    NotHelped,
    RecoverySent,
)
from eszkola_core._usecases.issue_codes import CodeIssued, IssueCodes
from eszkola_core._usecases.redeem_code import RedeemCode, Redeemed
from eszkola_core._usecases.restrict_links import RestrictLinks
from eszkola_core._usecases.sign_in import MustAct, SignInRefused
from eszkola_core.domain.accounts import State
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.claims import DecisionKind
from eszkola_core.domain.communication import LEAST, Category, Level, is_sent
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.passwords import ViolationCode
from eszkola_core.testing.notation import reading

CONSOLE = Actor.console("console:test")
BORN = date(2012, 3, 1)
PASSWORD = "Zielony-Dom-7"


class Home:
    """A region with one family in it: a child of a known age, and guardians with codes."""

    def __init__(self, a_region, *guardians, child="Ala", mail="ala", born=BORN, profile="easistent"):
        self.region = region = a_region(profile)
        world = {"storage": region.storage, "tenant": region.tenant, "clock": region.clock}
        self.issuing = IssueCodes(**world, secrets=region.secrets)
        self.redeeming = RedeemCode(**world, secrets=region.secrets)
        self.restricting = RestrictLinks(**world, secrets=region.secrets)
        self.choosing = ChooseCommunication(**world)
        self.helping = HelpChild(**world, secrets=region.secrets, hasher=region.hasher)
        self.born = born
        listed = "".join(f", g {each} - {each.lower()}" for each in guardians or ("Jan",))
        self.take(f"A/1: s {child} - {mail}{listed}")

    def take(self, line):
        """Import the one record, with the child's birth date in it where it is known."""
        stated = reading(line)
        (roster,) = stated.rosters
        (record,) = roster.records
        student, *others = record.people
        dated = evolve(student, birth_date=self.born)
        records = (evolve(record, people=(dated, *others)),)
        self.region.take(evolve(stated, rosters=(evolve(roster, records=records),)))
        self.region.letters()

    def id(self, name):
        """Return somebody's number."""
        return self.region.person(name).id

    def verifies(self, name="Jan", own=Level.MINIMAL, child=Level.MINIMAL):
        """Let a guardian redeem a code, set a password if there is none, and return a session."""
        issued = self.issuing.issue(CONSOLE, "A", "1", f"{name} Lis")
        assert isinstance(issued, CodeIssued), issued
        done = self.redeeming.redeem(issued.code.reveal(), self.born, own=own, children={1: child})
        assert isinstance(done, Redeemed), done
        if done.token is not None:
            self.region.access.complete(done.token.reveal(), PASSWORD)
        elif not self.region.person(name).is_activated:
            return self.region.enters(name)
        self.region.letters()
        return self.region.signs_in(done.login)


@pytest.fixture
def home(a_region):
    """Return the maker of homes."""
    return lambda *guardians, **how: Home(a_region, *guardians, **how)


@pytest.mark.rule("LINK-9")
def test_a_verified_guardian_sees_the_login_and_gets_the_child_in(home):
    """A new credential for a child without a password: it must be changed, and the child is told."""
    here = home()
    key = here.verifies()
    assert here.helping.see(key, here.id("Ala")) == ChildAccess("ala.lis", has_password=False, has_signed_in=False)

    made = here.helping.renew(key, here.id("Ala"))

    assert isinstance(made, CredentialMade)
    outcome = here.region.signing_in.attempt(made.login, made.password.reveal())
    assert isinstance(outcome, MustAct)
    (letter,) = here.region.letters(to="ala")
    assert (letter.kind, letter.data["guardian"]) == (MessageKind.GUARDIAN_HELPED, "Jan Lis")
    assert made.password.reveal() not in repr(letter) + repr(made)


@pytest.mark.rule("LINK-9")
@pytest.mark.rule("ACCESS-8")
def test_a_child_with_an_own_password_gets_a_link_at_its_own_address(home):
    """The guardian sees no password; until the child sets another one the old one works."""
    here = home()
    key = here.verifies()
    here.region.access.complete(here.region.token_for("ala@example.com"), PASSWORD)
    here.region.letters()

    assert here.helping.renew(key, here.id("Ala")) == RecoverySent("ala.lis")

    letters = {letter.kind: letter for letter in here.region.letters(to="ala")}
    assert set(letters) == {MessageKind.RECOVERY, MessageKind.GUARDIAN_HELPED}
    here.region.signs_in("ala.lis")
    here.region.access.complete(letters[MessageKind.RECOVERY].token, "Nowe-Haslo-99")
    here.region.signs_in("ala.lis", "Nowe-Haslo-99")


@pytest.mark.rule("LINK-9")
@pytest.mark.rule("ACCESS-8")
def test_a_child_without_an_address_gets_a_credential_in_any_case(home):
    """Then the password of its own stops at once, with every session."""
    here = home(mail="-")
    key = here.verifies()
    first = here.helping.renew(key, here.id("Ala"))
    ticket = here.region.signing_in.attempt(first.login, first.password.reveal())
    session = here.region.signing_in.change_password(ticket.ticket.reveal(), PASSWORD).key.reveal()

    second = here.helping.renew(key, here.id("Ala"))

    assert isinstance(second, CredentialMade)
    assert not here.region.is_open(session)
    assert isinstance(here.region.signing_in.attempt("ala.lis", PASSWORD), SignInRefused)
    assert isinstance(here.region.signing_in.attempt("ala.lis", second.password.reveal()), MustAct)


@pytest.mark.rule("LINK-9")
@pytest.mark.parametrize(("own", "deed"), [(False, "child-credential-made"), (True, "child-recovery-sent")])
def test_both_are_in_the_journal(home, own, deed):
    """Who had what made for whom, in a session; no password."""
    here = home()
    key = here.verifies()
    if own:
        here.region.enters("Ala")
    made = here.helping.renew(key, here.id("Ala"))
    with here.region.storage.snapshot() as unit:
        (entry,) = [each for each in unit.audit.entries() if each.deed.startswith("child-")]
    assert (entry.deed, entry.by, entry.on, entry.where) == (deed, here.id("Jan"), (here.id("Ala"),), "session")
    assert own or made.password.reveal() not in repr(entry)


@pytest.mark.rule("CRED-4b")
def test_no_credential_that_a_guardian_had_made_becomes_the_childs_own(home):
    """Neither the last one nor one before it."""
    here = home()
    key = here.verifies()
    first, second = (here.helping.renew(key, here.id("Ala")).password.reveal() for _ in range(2))
    ticket = here.region.signing_in.attempt("ala.lis", second).ticket.reveal()

    for former in (first, second):
        refused = here.region.signing_in.change_password(ticket, former)
        assert ViolationCode.REUSED in {each.code for each in refused.violations}


@pytest.mark.rule("CRED-5b")
def test_what_a_guardian_gets_for_a_child_does_not_hold_the_childs_name(home):
    """A child that is called like a word of it gets another one, out of the same chances."""

    def made(name):
        here = home(child=name)
        return here.helping.renew(here.verifies(), here.id(name)).password.reveal().casefold()

    word = made("Ala").partition("-")[0]

    assert word not in made(word.capitalize())


def refused(here, key, child="Ala"):
    """Return why neither seeing nor renewing works; both give one reason, and nothing happens."""
    before = here.region.credential(child) if child == "Ala" else None
    seen, renewed = here.helping.see(key, here.id(child)), here.helping.renew(key, here.id(child))
    assert seen == renewed
    assert isinstance(seen, NotHelped)
    assert child != "Ala" or here.region.credential(child) == before
    return seen.reason


@pytest.mark.rule("LINK-9")
def test_who_is_not_verified_can_do_nothing(home):
    """A link in the gradebook is not enough: the school must have made sure."""
    here = home()
    key = here.region.enters("Jan")

    assert refused(here, key) is HelpRefused.NOT_VERIFIED
    assert refused(here, "no session") is HelpRefused.NO_SESSION


@pytest.mark.rule("LINK-9")
@pytest.mark.rule("LINK-3a")
def test_who_is_kept_from_the_child_or_no_longer_named_can_do_nothing(home):
    """From the next call on."""
    here = home("Jan", "Iza")
    key, other = here.verifies("Jan"), here.verifies("Iza")
    here.restricting.restrict(CONSOLE, here.id("Jan"), here.id("Ala"), reason="sąd")

    assert refused(here, key) is HelpRefused.NO_SUCH_CHILD
    assert isinstance(here.helping.see(other, here.id("Ala")), ChildAccess)
    here.take("A/1: s Ala - ala, g Jan - jan")
    assert here.helping.see(other, here.id("Ala")) in (
        NotHelped(HelpRefused.NO_SESSION),
        NotHelped(HelpRefused.NO_SUCH_CHILD),
    )
    assert refused(here, key, "Iza") is HelpRefused.NO_SUCH_CHILD


@pytest.mark.rule("LINK-9")
@pytest.mark.parametrize(
    ("born", "instant", "helps"),
    [
        (date(2008, 11, 26), "2026-11-25T23:59:59+01:00", True),
        (date(2008, 11, 26), "2026-11-26T00:00:00+01:00", False),
        (date(2012, 2, 29), "2030-02-27T23:59:59+01:00", True),
        (date(2012, 2, 29), "2030-02-28T00:00:00+01:00", False),
    ],
)
def test_it_ends_as_the_child_comes_of_age(home, born, instant, helps):
    """At the beginning of the eighteenth birthday in the tenant's zone; of 29 February on the 28th."""
    here = home(born=born)
    here.region.clock.advance(datetime.fromisoformat(instant) - here.region.clock.now())
    key = here.verifies()

    assert isinstance(here.helping.see(key, here.id("Ala")), ChildAccess) == helps
    if not helps:
        assert refused(here, key) is HelpRefused.OF_AGE


@pytest.mark.rule("LINK-9")
def test_whose_birth_date_is_not_known_may_be_of_age(home):
    """A sibling without one is helped by the school; the code needed only the other's date."""
    here = home()
    stated = reading("A/1: s Ala - ala, g Jan - jan", "A/2: s Ola - ola, g=k Jan - jan")
    (roster,) = stated.rosters
    first, second = roster.records
    dated = evolve(first, people=(evolve(first.people[0], birth_date=BORN), *first.people[1:]))
    here.region.take(evolve(stated, rosters=(evolve(roster, records=(dated, second)),)))
    key = here.verifies()

    assert here.helping.see(key, here.id("Ola")) == NotHelped(HelpRefused.NO_BIRTH_DATE)


@pytest.mark.rule("LINK-9")
def test_a_locked_account_stays_locked(home):
    """A guardian does not unlock what somebody locked."""
    here = home()
    key = here.verifies()
    here.region.become("Ala", state=State.LOCKED)

    assert refused(here, key) is HelpRefused.ACCOUNT_SHUT


@pytest.mark.rule("LINK-9")
def test_another_child_named_later_needs_a_code_of_its_own(home):
    """A mistaken record gives nobody power over a stranger's account."""
    here = home()
    key = here.verifies()
    here.region.take("A/2: s Ola 2 ola, g Jan - jan", "A/1: s Ala - ala, g Jan - jan")
    names = [each.name.first for each in here.region.children.of(here.id("Jan"))]

    assert names == ["Ala", "Ola"]
    assert refused(here, key, "Ola") is HelpRefused.NOT_VERIFIED


LEVELS = st.none() | st.sampled_from(Level)


@pytest.mark.rule("LINK-8b")
@pytest.mark.rule("LINK-8c")
@given(
    own=st.tuples(LEVELS, LEVELS),
    child=st.tuples(LEVELS, LEVELS),
    category=st.sampled_from(Category),
)
def test_each_of_two_guardians_hears_their_own_and_of_the_child_by_the_more_restrained(a_region, own, child, category):
    """Whatever both chose, in whatever order: a choice not made lets nothing through but what protects the account."""
    here = Home(a_region, "Jan", "Iza")
    ala = here.id("Ala")
    for name, mine, childs in zip(("Jan", "Iza"), own, child, strict=True):
        if (mine or childs) is not None:
            key = here.verifies(name)
            levels = {ala: childs} if childs is not None else {}
            here.choosing.choose(key, own=mine, children=levels)
    order = list(Level)

    # Whoever redeemed a code has chosen for both: minimal, where nothing else was chosen since.
    chosen = {
        name: (mine or Level.MINIMAL, childs or Level.MINIMAL)
        for name, mine, childs in zip(("Jan", "Iza"), own, child, strict=True)
        if (mine or childs) is not None
    }
    restrained = min((childs for _, childs in chosen.values()), key=order.index, default=None)
    for name in ("Jan", "Iza"):
        mine, about = (chosen[name][0], restrained) if name in chosen else (None, None)
        assert here.choosing.is_sent(category, here.id(name)) == is_sent(category, mine)
        assert here.choosing.is_sent(category, here.id(name), about=ala) == is_sent(category, about)
    assert here.choosing.is_sent(category, ala, about=ala) == is_sent(category, restrained)


@pytest.mark.rule("LINK-8c")
def test_only_those_who_stand_by_the_child_are_counted_and_told(home):
    """A guardian who is kept from the child neither hears of it nor restrains anybody; a stranger never does."""
    here = home("Jan", "Iza")
    here.verifies("Jan", Level.FULL, Level.NONE)
    here.verifies("Iza", Level.FULL, Level.FULL)
    ala, jan, iza = here.id("Ala"), here.id("Jan"), here.id("Iza")
    assert not here.choosing.is_sent(Category.GRADES, iza, about=ala)

    here.restricting.restrict(CONSOLE, jan, ala, reason="sąd")

    assert here.choosing.is_sent(Category.GRADES, iza, about=ala)
    assert not here.choosing.is_sent(Category.GRADES, jan, about=ala)
    assert here.choosing.is_sent(Category.PROTECTION, jan, about=ala)
    assert not here.choosing.is_sent(Category.OFFICIAL, iza, about=jan)
    assert LEAST[Category.OFFICIAL] is Level.MINIMAL


@pytest.mark.rule("LINK-8a")
def test_a_guardian_chooses_again_for_own_verified_children_only(home):
    """And for nobody else's; what is left out stays."""
    here = home()
    key = here.verifies("Jan", Level.MINIMAL, Level.FULL)
    ala = here.id("Ala")

    assert here.choosing.choose(key, own=Level.FULL) == Chosen(Level.FULL, {ala: Level.FULL})
    assert here.choosing.choose(key, children={ala: Level.NONE}) == Chosen(Level.FULL, {ala: Level.NONE})
    assert here.choosing.choose(key, children={here.id("Jan"): Level.FULL}) == NotChosen(ChoiceRefused.NO_SUCH_CHILD)
    assert here.choosing.choose("x", own=Level.FULL) == NotChosen(ChoiceRefused.NO_SESSION)
    here.region.take("A/2: s Ola 2 ola, g Jan - jan", "A/1: s Ala - ala, g Jan - jan")
    refused = here.choosing.choose(key, children={here.id("Ola"): Level.FULL})
    assert refused == NotChosen(ChoiceRefused.NOT_VERIFIED)


@pytest.mark.rule("LINK-8c")
@pytest.mark.rule("LAW-3a")
def test_a_choice_is_noted_and_replaces_the_former_one(home):
    """Whose it is, and which level for whom; the former choice was withdrawn by the same guardian."""
    here = home()
    key = here.verifies("Jan", Level.MINIMAL, Level.FULL)
    jan, ala = here.id("Jan"), here.id("Ala")

    here.choosing.choose(key, own=Level.FULL, children={ala: Level.NONE})

    (entry,) = here.region.journal("communication-chosen")
    assert (entry.by, entry.where, entry.on, entry.why) == (jan, "session", (jan, ala), "")
    assert entry.detail == {"own": "full", str(ala): "none"}
    with here.region.storage.snapshot() as unit:
        chosen = [each for each in unit.people.decisions(jan) if each.kind is DecisionKind.LEVEL_CHOSEN]
    assert [(each.object, each.value.reveal(), each.author, each.withdrawn_by) for each in chosen] == [
        (None, "minimal", chosen[0].author, "jan.lis"),
        (ala, "full", chosen[0].author, "jan.lis"),
        (None, "full", "jan.lis", ""),
        (ala, "none", "jan.lis", ""),
    ]
