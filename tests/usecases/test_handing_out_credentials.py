"""Initial credentials, from the preview to the first sign-in (INIT-1 to INIT-6)."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core._usecases.forget_old import ForgetOld
from eszkola_core._usecases.hand_out_credentials import HandOutCredentials, NotSent, Order, Printed, Sent
from eszkola_core._usecases.hand_over_credential import (
    HandedBy,
    HandedOver,
    HandingRefused,
    HandOverCredential,
    NotHandedOver,
)
from eszkola_core._usecases.help_child import CredentialMade, HelpChild, HelpRefused, NotHelped
from eszkola_core._usecases.issue_codes import IssueCodes
from eszkola_core._usecases.recover_access import Completed, NotCompleted
from eszkola_core._usecases.redeem_code import RedeemCode
from eszkola_core._usecases.restrict_links import RestrictLinks
from eszkola_core._usecases.sign_in import MustAct, SignInRefused
from eszkola_core.domain.accounts import State
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.address_books import HOUSEHOLD, AddressBook
from eszkola_core.domain.bounces import BounceKind
from eszkola_core.domain.communication import Level
from eszkola_core.domain.credential_channels import ClosedBecause, CredentialChannel
from eszkola_core.domain.handing_out import Deed, Nothing, SendingRefused
from eszkola_core.domain.letters import LetterKind, PostalAddress
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.permissions import NotPermitted
from eszkola_core.domain.replacements import Proof
from eszkola_core.domain.roles import Role
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.notation import pesel

C = CredentialChannel
BORN = date(2014, 5, 17)
CONSOLE = Actor.console("console:test")
ALA, OLA, IGA, KOT = (pesel(number, born=BORN) for number in (1, 2, 3, 4))
LINES = (
    f"A/1: s Ala {ALA} ala 601234561, g Jan 8 jan 601234568, g Ewa 7 ewa 601234567",
    f"A/2: s Ola {OLA} - 601234562, g Ewa 7 ewa 601234567",
    f"A/3: s Iga {IGA} -, g Pia 6 - -",
    "A/9: s Max 9 -",
    "A/y: y Zofia 90 zofia",
    "A/t: t Tom 91 tom",
    f"B/1: s Obca {KOT} obca",
)
HOME = PostalAddress(street="Polna 1", postal_code="45-064", city="Opole")
FAR = PostalAddress(street="Leśna 2", postal_code="1000", city="Ljubljana", country="Slovenija")


class School:
    """A region with a school that hands out credentials."""

    def __init__(self, a_region, *lines, **how):
        settings = how.pop("settings", {})
        self.region = region = a_region("open", **settings)
        world = {"storage": region.storage, "tenant": region.tenant, "clock": region.clock}
        self.handing = HandOutCredentials(**world, secrets=region.secrets, hasher=region.hasher, **how)
        self.desk = HandOverCredential(**world)
        self.restricting = RestrictLinks(**world, secrets=region.secrets)
        self.helping = HelpChild(**world, secrets=region.secrets, hasher=region.hasher)
        self.issuing = IssueCodes(**world, secrets=region.secrets)
        self.redeeming = RedeemCode(**world, secrets=region.secrets)
        self.forgetting = ForgetOld(**world)
        region.take(*(lines or LINES))
        region.letters()

    def order(self, **how):
        """Return an order for school A."""
        channels = how.pop("channels", CredentialChannel)
        return Order(school="A", channels=frozenset(channels), **how)

    def rows(self, by=CONSOLE, **how):
        """Return the rows of a preview, by first name."""
        return {each.name.split()[-1]: each for each in self.handing.preview(by, self.order(**how)).rows}

    def sends(self, by=CONSOLE, **how):
        """Send what a preview says, and return what was done."""
        order = self.order(**how)
        sent = self.handing.send(by, order, self.handing.preview(by, order).id)
        assert isinstance(sent, Sent), sent
        return sent

    def prints(self, **how):
        """Print, and return the passwords by login."""
        printed = self.handing.print(CONSOLE, self.order(**how))
        assert isinstance(printed, Printed)
        return {each.login: each.password.reveal() for each in printed.listed.rows if each.password is not None}

    def only(self, *names):
        """Return the numbers of some people."""
        return frozenset(self.region.person(name).id for name in names)

    def verifies(self, guardian, record="1"):
        """Let a guardian redeem a code and set a password, and return a session of theirs."""
        issued = self.issuing.issue(CONSOLE, "A", record, f"{guardian} Lis")
        done = self.redeeming.redeem(issued.code.reveal(), BORN, own=Level.MINIMAL)
        if done.token is not None:
            self.region.access.complete(done.token.reveal(), "Zielony-Dom-7")
        else:
            return self.region.enters(guardian)
        self.region.letters()
        return self.region.signs_in(done.login)


@pytest.fixture(scope="session")
def school(a_region):
    """Return the maker of schools."""
    return lambda *lines, **how: School(a_region, *lines, **how)


def book(**lines):
    """Return addresses by ``record`` or ``record_name``."""
    return AddressBook.of(
        {
            (key.strip("r").partition("_")[0], f"{key.partition('_')[2]} Lis" if "_" in key else HOUSEHOLD): address
            for key, address in lines.items()
        }
    )


@pytest.mark.rule("INIT-1")
@pytest.mark.rule("INIT-5")
def test_a_preview_says_who_gets_what_and_who_nothing_and_why(school):
    """By the cheapest open way; nothing is changed by looking."""
    here = school()
    here.region.enters("Ala")
    before = here.region.journal()
    rows = here.rows(addresses=book(r3=HOME))

    assert {name: (row.nothing, row.channel) for name, row in rows.items()} == {
        "Ala": (Nothing.HAS_OWN_PASSWORD, None),
        "Ola": (None, C.SMS),
        "Iga": (None, C.LETTER),
        "Max": (Nothing.NO_CHANNEL, None),
    }
    assert rows["Max"].closed[C.LETTER] is ClosedBecause.NO_POSTAL_ADDRESS
    assert rows["Ola"].closed[C.EMAIL] is ClosedBecause.NO_ADDRESS
    assert here.region.journal() == before
    assert here.region.letters() == []
    assert here.region.credential("Ola") is None


@pytest.mark.rule("INIT-1")
@given(activated=st.sets(st.sampled_from(["Ala", "Jan", "Ewa"])), renew=st.booleans())
@settings(max_examples=10)
def test_no_bulk_run_reaches_an_owner_with_a_password(school, activated, renew):
    """Whatever is sent or printed, and whatever is renewed: their passwords, sessions and credentials stay."""
    here = school()
    keys = {name: here.region.enters(name) for name in activated}
    before = {name: here.region.credential(name) for name in activated}
    roles = frozenset({Role.STUDENT, Role.GUARDIAN})
    here.sends(roles=roles, renew=renew, addresses=book(r1=HOME))
    printed = here.prints(roles=roles, renew=renew)

    assert {name: here.region.credential(name) for name in activated} == before
    assert all(here.region.is_open(key) for key in keys.values())
    assert not {f"{name.lower()}.lis" for name in activated} & printed.keys()


@pytest.mark.rule("INIT-5")
@pytest.mark.rule("INIT-6")
@pytest.mark.rule("CRED-5a")
def test_what_is_sent_by_e_mail_opens_the_account_once(school):
    """It holds login and password, must be changed, and is wiped with that."""
    here = school()
    sent = here.sends(only=here.only("Ala"))
    (letter,) = here.region.letters()
    login, password = letter.data["login"], letter.data["password"]

    assert (letter.kind, letter.to, sent.letters) == (MessageKind.INITIAL_CREDENTIAL, "ala@example.com", ())
    assert here.region.credential("Ala").sealed.reveal() == password
    outcome = here.region.signing_in.attempt(login, password)
    assert isinstance(outcome, MustAct)
    here.region.signing_in.change_password(outcome.ticket.reveal(), "Zielony-Dom-7")
    assert here.region.credential("Ala").sealed is None
    assert isinstance(here.region.signing_in.attempt(login, password), SignInRefused)
    assert here.rows()["Ala"].nothing is Nothing.HAS_OWN_PASSWORD
    assert here.region.done_to("Ala", "credentials-sent")[0].detail == {"school": "A", "channel": "e-mail"}


@pytest.mark.rule("INIT-2")
def test_the_same_is_sent_again_while_it_is_there(school):
    """The same password; a new one stops the old at once, and a message with the old that still waits never leaves."""
    here = school()
    here.sends(only=here.only("Ala"))
    (first,) = here.region.letters()
    here.region.wait(minutes=1)
    here.sends(only=here.only("Ala"))
    (second,) = here.region.letters()

    assert first.data["password"] == second.data["password"]
    here.region.wait(minutes=1)
    here.sends(only=here.only("Ala"))
    here.region.wait(minutes=1)
    here.sends(only=here.only("Ala"), renew=True)
    (third,) = here.region.letters()

    assert third.data["password"] != first.data["password"]
    assert isinstance(here.region.signing_in.attempt("ala.lis", first.data["password"]), SignInRefused)
    assert isinstance(here.region.signing_in.attempt("ala.lis", third.data["password"]), MustAct)


@pytest.mark.rule("INIT-2")
@pytest.mark.rule("INIT-3")
@pytest.mark.parametrize("is_wiped", [False, True])
def test_what_has_expired_or_was_wiped_is_not_sent_again(school, is_wiped):
    """It is wiped by whoever forgets what is old; a new one is made only where that is asked for."""
    here = school()
    here.sends(only=here.only("Ala"))
    here.region.letters()
    here.region.wait(days=30)
    if is_wiped:
        assert here.forgetting.run().credentials == 1
        assert here.region.credential("Ala").sealed is None
    row = here.rows()["Ala"]

    assert (row.nothing, row.deed) == (Nothing.EXPIRED, None)
    assert here.sends(only=here.only("Ala")).preview.rows == (row,)
    assert here.region.letters() == []
    assert here.rows(renew_expired=True)["Ala"].deed is Deed.MAKE
    here.sends(only=here.only("Ala"), renew_expired=True)
    (letter,) = here.region.letters()
    assert isinstance(here.region.signing_in.attempt("ala.lis", letter.data["password"]), MustAct)


@pytest.mark.rule("INIT-5")
@pytest.mark.rule("SMS-3")
def test_a_text_message_waits_in_the_ledger_as_it_was_quoted(school):
    """In the school's name and at its cost, in plain letters where that was ordered; both costs were shown."""
    here = school(settings={"sms_tariff": "by-segment"})
    order = here.order(only=here.only("Ola"), channels=[C.SMS])
    dear = here.handing.preview(CONSOLE, order)
    cheap = here.handing.preview(CONSOLE, evolve(order, plain_letters=True))
    sent = here.handing.send(CONSOLE, evolve(order, plain_letters=True), cheap.id)

    assert isinstance(sent, Sent)
    assert dear.in_plain_letters == cheap.cost == cheap.in_plain_letters
    assert dear.cost.amount > cheap.cost.amount
    with here.region.storage.snapshot() as unit:
        (entry,) = unit.sms.known(
            [f"initial-credential:{here.region.person('Ola').id}:{here.region.clock.now().isoformat()}"]
        )
    assert (entry.cost, entry.payer, entry.to.e164) == (cheap.cost, "A", "+48601234562")
    assert entry.text.reveal().isascii()
    assert here.region.credential("Ola").sealed.reveal() in entry.text.reveal()
    assert entry.useful_until == here.region.credential("Ola").expires_at


@pytest.mark.rule("INIT-5")
def test_what_costs_needs_a_preview_and_what_moved_is_refused(school):
    """Nothing is sent, made or written down; what holds now is told."""
    here = school()
    order = here.order(addresses=book(r3=HOME))
    preview = here.handing.preview(CONSOLE, order)
    unsaid = here.handing.send(CONSOLE, order)
    here.region.enters("Ala")
    moved = here.handing.send(CONSOLE, order, preview.id)

    assert unsaid == NotSent(SendingRefused.NEEDS_PREVIEW, preview)
    assert (moved.reason, moved.preview) == (SendingRefused.PREVIEW_MOVED, here.handing.preview(CONSOLE, order))
    assert here.region.credential("Ola") is None
    assert here.region.journal("credentials-sent") == []
    elsewhere = evolve(order, addresses=book(r3=FAR))
    assert here.handing.send(CONSOLE, elsewhere, moved.preview.id).reason is SendingRefused.PREVIEW_MOVED
    assert isinstance(here.handing.send(CONSOLE, order, moved.preview.id), Sent)
    assert isinstance(here.handing.send(CONSOLE, here.order(channels=[C.EMAIL])), Sent)


@pytest.mark.rule("INIT-5")
def test_what_got_dearer_is_refused_and_what_got_cheaper_is_not(school):
    """The cost that was shown is the most that is spent."""
    here = school()
    order = here.order(addresses=book(r3=HOME), channels=[C.LETTER])
    said = here.handing.preview(CONSOLE, order).id

    def priced(price):
        changed = evolve(here.region.tenant, settings=evolve(here.region.tenant.settings, letter_price=price))
        return evolve(here.handing, tenant=changed)

    price = here.region.tenant.settings.letter_price
    assert priced(price.times(2)).send(CONSOLE, order, said).reason is SendingRefused.DEARER
    sent = priced(evolve(price, amount=price.amount / 2)).send(CONSOLE, order, said)
    assert isinstance(sent, Sent)
    assert sent.preview.cost.amount * 2 == price.amount


@pytest.mark.rule("INIT-4")
def test_letters_go_to_the_guardian_of_a_minor(school):
    """To the guardian's own address, else the household's; an adult's to themselves; one page each, with all data."""
    here = school()
    sent = here.sends(channels=[C.LETTER], addresses=book(r1=HOME, r2_Ewa=FAR, r9=HOME))
    letters = {each.owner: each for each in sent.letters}

    assert {owner: (each.to, each.address) for owner, each in letters.items()} == {
        "Ala Lis": ("Ewa Lis", HOME),
        "Ola Lis": ("Ewa Lis", FAR),
        "Max Lis": ("Max Lis", HOME),
    }
    for letter in sent.letters:
        person = letter.owner.split()[0]
        assert letter.kind is LetterKind.CREDENTIAL
        assert letter.data["password"] == here.region.credential(person).sealed.reveal()
        assert date.fromisoformat(letter.data["until"]) < here.region.credential(person).expires_at.date()
        assert letter.data["link"] == here.region.tenant.base_url
    assert here.rows()["Iga"].nothing is Nothing.NO_CHANNEL


@pytest.mark.rule("INIT-3")
@pytest.mark.rule("INIT-4")
def test_a_print_out_lists_everybody(school):
    """With a blank for whoever has a password, and for whoever has none that works; a second one is the same."""
    here = school()
    here.region.enters("Ala")
    printed = here.handing.print(CONSOLE, here.order())
    again = here.handing.print(CONSOLE, here.order())

    assert [(row.name, row.login, row.password is None) for row in printed.listed.rows] == [
        ("Lis Ala", "ala.lis", True),
        ("Lis Iga", "iga.lis", False),
        ("Lis Max", "max.lis", False),
        ("Lis Ola", "ola.lis", False),
    ]
    assert again == printed
    assert {each.owner for each in printed.letters} == {"Iga Lis", "Max Lis", "Ola Lis"}
    assert [each.address for each in printed.letters] == [None] * 3
    passwords = here.prints()
    assert isinstance(here.region.signing_in.attempt("max.lis", passwords["max.lis"]), MustAct)
    assert len(here.region.done_to("Iga", "credentials-printed")) == 3
    here.region.wait(days=31)
    assert here.prints() == {}
    assert set(here.prints(renew_expired=True)) == {"iga.lis", "max.lis", "ola.lis"}


@pytest.mark.rule("INIT-5")
@pytest.mark.rule("LINK-9")
def test_a_guardian_is_told_and_sees_it(school):
    """Where the link is verified: the message holds no password, the guardian's own page does, the child is told."""
    here = school()
    key = here.verifies("Ewa", "2")
    ola = here.region.person("Ola").id
    assert here.helping.initial(key, ola) == NotHelped(HelpRefused.NO_CREDENTIAL)
    assert here.rows()["Ola"].channel is C.GUARDIAN
    here.sends(only=here.only("Ola"))
    (letter,) = here.region.letters()
    shown = here.helping.initial(key, ola)

    assert (letter.kind, letter.to) == (MessageKind.CHILD_CREDENTIAL, "ewa@example.com")
    assert letter.data["child"] == "Ola Lis"
    assert isinstance(shown, CredentialMade)
    assert shown.password.reveal() not in str(letter.data)
    assert isinstance(here.region.signing_in.attempt(shown.login, shown.password.reveal()), MustAct)
    assert here.region.done_to("Ola", "child-credential-shown")
    assert here.helping.initial(key, here.region.person("Iga").id) == NotHelped(HelpRefused.NO_SUCH_CHILD)


@pytest.mark.rule("INIT-5")
@pytest.mark.rule("LINK-3c")
def test_nothing_goes_where_somebody_is_who_is_kept_away(school):
    """After a restriction neither the parent's letter box nor the household's; the other guardian's own still does."""
    here = school()
    jan, ala = here.region.person("Jan").id, here.region.person("Ala").id
    here.restricting.restrict(CONSOLE, jan, ala, reason="court")
    here.region.letters()
    both = book(r1=HOME, r1_Jan=FAR)
    assert here.rows(addresses=both)["Ala"].channel is C.EMAIL
    row = here.rows(addresses=both, channels=[C.LETTER])["Ala"]

    assert row.closed[C.LETTER] is ClosedBecause.RESTRICTION
    safe = here.rows(addresses=book(r1=HOME, r1_Ewa=HOME), channels=[C.LETTER])["Ala"].priced.route
    assert (safe.to, safe.address) == ("Ewa Lis", HOME)
    assert here.rows(addresses=book(r1_Ewa=FAR, r1_Jan=FAR), channels=[C.LETTER])["Ala"].nothing is Nothing.NO_CHANNEL


@pytest.mark.rule("INIT-5")
def test_consent_closes_electronic_ways(school):
    """A guardian who chose no electronic messages for the child gets none about it, however cheap."""
    here = school()
    issued = here.issuing.issue(CONSOLE, "A", "2", "Ewa Lis")
    here.redeeming.redeem(issued.code.reveal(), BORN, own=Level.FULL, children={})
    here.redeeming.redeem(here.issuing.issue(CONSOLE, "A", "2", "Ewa Lis").code.reveal(), BORN, own=Level.NONE)
    here.region.letters()
    row = here.rows(channels=[C.EMAIL, C.SMS], roles=frozenset({Role.GUARDIAN}))["Ewa"]

    assert row.closed[C.EMAIL] is ClosedBecause.NO_ELECTRONIC_COMMUNICATION
    assert row.closed[C.SMS] is ClosedBecause.NO_ELECTRONIC_COMMUNICATION


@pytest.mark.rule("INIT-5")
@pytest.mark.rule("MAIL-9a")
def test_nothing_is_sent_to_an_address_that_came_back(school):
    """The next open way is taken."""
    here = school()
    here.sends(only=here.only("Ala"))
    here.region.comes_back("ala", BounceKind.HARD)
    row = here.rows()["Ala"]

    assert row.closed[C.EMAIL] is ClosedBecause.UNUSABLE_ADDRESS
    assert row.channel is C.SMS


def test_without_a_gateway_no_text_message_is_promised(school):
    """And a tariff without a price for a number, or in another currency than letters, closes the channel too."""
    assert school(sends_sms=False).rows()["Ola"].closed[C.SMS] is ClosedBecause.NO_GATEWAY


@pytest.mark.rule("INIT-5")
@pytest.mark.rule("ROLE-6a")
def test_each_may_give_to_those_below(school):
    """A secretary gives to students; a teacher does not; nobody gives to those who are out of reach."""
    here = school()
    zofia = here.region.actor("Zofia")
    rows = here.rows(by=zofia, roles=frozenset(Role))

    assert rows["Ola"].channel is C.SMS
    assert rows["Zofia"].nothing is Nothing.NOT_PERMITTED
    assert isinstance(here.handing.preview(here.region.actor("Tom"), here.order()), NotPermitted)
    assert isinstance(here.handing.send(here.region.actor("Tom"), here.order()), NotPermitted)
    assert isinstance(here.handing.print(here.region.actor("Tom"), here.order()), NotPermitted)
    assert isinstance(here.handing.invitations(here.region.actor("Tom"), here.order()), NotPermitted)
    with pytest.raises(InvalidValue, match="there is no school"):
        here.handing.preview(CONSOLE, Order(school="X"))
    with pytest.raises(InvalidValue, match="has no such role in school 'A' today"):
        here.handing.send(CONSOLE, here.order(only=here.only("Ola", "Obca")))
    assert here.region.credential("Ola") is None


@pytest.mark.rule("INIT-5")
def test_whoever_is_shut_or_has_no_account_gets_nothing(school):
    """And the reason is told."""
    here = school(*LINES, "A/5: s Bez ~ -", settings={"students_need": frozenset()})
    here.region.become("Ola", state=State.RECOVERY_REQUIRED)
    here.region.become("Iga", state=State.LOCKED)
    rows = here.rows()

    assert rows["Iga"].nothing is Nothing.ACCOUNT_SHUT


def test_letters_of_first_access_hold_no_secret(school):
    """They go to whoever has a usable address and no password yet; nothing is made for that."""
    here = school()
    letters = here.handing.invitations(CONSOLE, here.order(addresses=book(r1=HOME)))

    assert [(each.kind, each.owner, each.data) for each in letters] == [
        (
            LetterKind.FIRST_ACCESS,
            "Ala Lis",
            {"login": "ala.lis", "link": "https://konto.example.org/eszkola/access"},
        )
    ]
    assert here.region.credential("Ala") is None


@pytest.mark.rule("INIT-5")
@pytest.mark.rule("INIT-6")
def test_a_credential_is_handed_over_with_a_receipt(school):
    """To the owner or a minor's guardian; the journal says to whom and on what proof, and no password."""
    here = school()
    passwords = here.prints()
    ola, ewa, jan = (here.region.person(name).id for name in ("Ola", "Ewa", "Jan"))
    done = here.desk.hand_over(CONSOLE, ola, by=HandedBy.PHONE, proof=Proof.CALLED_BACK, to=ewa)

    assert isinstance(done, HandedOver)
    assert (done.login, done.password.reveal()) == ("ola.lis", passwords["ola.lis"])
    (entry,) = here.region.done_to("Ola", "credential-handed-over")
    assert entry.detail == {"by": "phone", "proof": "called-back", "to": str(ewa)}
    assert (done.receipt.entry, done.receipt.collected_by) == (entry.number, ewa)
    assert passwords["ola.lis"] not in repr(done)

    def refused(name, **how):
        found = here.desk.hand_over(CONSOLE, here.region.person(name).id, **how)
        assert isinstance(found, NotHandedOver)
        return found.reason

    by_hand = {"by": HandedBy.HAND, "proof": Proof.SCHOOL_CARD}
    assert refused("Ola", **by_hand, to=jan) is HandingRefused.NO_ACTIVE_LINK
    assert refused("Max", **by_hand, to=ewa) is HandingRefused.OF_AGE
    assert refused("Ola", by=HandedBy.PHONE, proof=Proof.SCHOOL_CARD) is HandingRefused.UNKNOWN_VOICE
    assert refused("Tom", by=HandedBy.PHONE, proof=Proof.CALLED_BACK) is HandingRefused.NOT_BY_PHONE
    assert refused("Ewa", **by_hand) is HandingRefused.NO_CREDENTIAL
    here.region.enters("Jan")
    assert refused("Jan", **by_hand) is HandingRefused.HAS_OWN_PASSWORD
    assert isinstance(here.desk.hand_over(here.region.actor("Tom"), ola, **by_hand), NotPermitted)
    here.restricting.restrict(CONSOLE, ewa, ola, reason="court")
    assert refused("Ola", **by_hand, to=ewa) is HandingRefused.NO_ACTIVE_LINK


@pytest.mark.rule("ACCESS-4d")
def test_a_credential_ends_the_links_that_were_on_their_way(school):
    """Whoever gets one needs no link of first access; and an own password ends a credential that still waits."""
    here = school()
    token = here.region.token_for(ALA)
    here.sends(only=here.only("Ala"))
    assert isinstance(here.region.access.complete(token, "Zielony-Dom-7"), NotCompleted)
    again = here.region.token_for(ALA)
    here.region.wait(minutes=1)
    here.sends(only=here.only("Ala"))
    assert isinstance(here.region.access.complete(again, "Zielony-Dom-7"), Completed)
    assert here.region.letters(MessageKind.INITIAL_CREDENTIAL) == []
