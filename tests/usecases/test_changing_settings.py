"""A change of what one signs in with, or of who shares, is planned first, and lists who loses (MAIL-5f)."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core._usecases.change_settings import ChangeSettings, SettingsChanged, SettingsKept
from eszkola_core.domain.accounts import State
from eszkola_core.domain.choices import Choice, LossKind
from eszkola_core.domain.permissions import Actor
from eszkola_core.domain.runs import RunKind
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.settings import LoginScheme, Sharing
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import CONSOLE, Region

FAMILY = "A/1: s Ala 1 box, g Ewa 8 box, g Jan 9 box"


def changing(region):
    """Return the use case under the settings of the moment."""
    return ChangeSettings(region.storage, region.tenant, region.clock, CountingSecrets("settings"))


def losses(plan):
    """Return who would lose what."""
    return [(each.name, each.kind) for each in plan.losses]


def a_family(*lines):
    """Return a region whose families share, and whose choices are in force."""
    region = Region(sharing=Sharing.FAMILY)
    changing(region).check()
    region.take(*lines or (FAMILY,))
    return region


@pytest.mark.rule("MAIL-5f")
def test_choices_that_nobody_planned_are_refused():
    """As long as nobody is there they simply hold; once somebody is, another one must be planned, or taken back."""
    region = Region()
    changing(region).check()
    region.choose(sharing=Sharing.FAMILY)
    changing(region).check()
    region.take(FAMILY)

    region.choose(sharing=Sharing.FORBID)
    with pytest.raises(InvalidValue) as refused:
        changing(region).check()
    assert refused.value.code == "settings-not-planned"
    assert str(refused.value) == (
        "settings.login_scheme or settings.sharing was changed, and nobody looked who would lose: see "
        "'eszkola settings plan', then apply it, or change them back"
    )
    region.choose(login_scheme=LoginScheme.EMAIL)
    with pytest.raises(InvalidValue, match="settings plan"):
        changing(region).check()
    region.choose(sharing=Sharing.FAMILY, login_scheme=LoginScheme.ISSUED)
    changing(region).check()


@pytest.mark.rule("MAIL-5f")
def test_a_plan_lists_who_would_lose_a_shared_address():
    """Of those who share it one keeps it, whom the address prefers: here the account that was activated."""
    region = a_family(FAMILY, "B/1: s Iga 3 iga")
    region.activate("A/1 g Jan")
    region.choose(sharing=Sharing.FORBID)

    plan = changing(region).plan(CONSOLE)

    assert (plan.before.sharing, plan.after.sharing) == (Sharing.FAMILY, Sharing.FORBID)
    assert losses(plan) == [("Ala Lis", LossKind.ADDRESS), ("Ewa Lis", LossKind.ADDRESS)]
    assert {each.schools for each in plan.losses} == {("A",)}
    assert region.central("A/1 s") == "box"


@pytest.mark.rule("MAIL-5f")
def test_a_plan_lists_who_could_not_sign_in_any_more():
    """With addresses as logins, whoever has none, and whoever would lose a shared one; whoever shares nothing else."""
    region = a_family(FAMILY, "B/1: s Iga 3 -", "B/2: s Olek 4 olek")
    region.choose(sharing=Sharing.FORBID, login_scheme=LoginScheme.EMAIL)

    assert losses(changing(region).plan(CONSOLE)) == [
        ("Ala Lis", LossKind.ADDRESS),
        ("Ala Lis", LossKind.SIGN_IN),
        ("Jan Lis", LossKind.ADDRESS),
        ("Jan Lis", LossKind.SIGN_IN),
        ("Iga Lis", LossKind.SIGN_IN),
    ]


@pytest.mark.rule("MAIL-5f")
def test_to_allow_more_takes_nothing_from_anybody():
    """From *forbid* to *family*, and from addresses to issued logins, nobody loses."""
    region = Region(login_scheme=LoginScheme.EMAIL)
    changing(region).check()
    region.take(FAMILY, "B/1: s Iga 3 -")
    region.choose(sharing=Sharing.FAMILY, login_scheme=LoginScheme.ISSUED)

    plan = changing(region).plan(CONSOLE)

    assert (losses(plan), plan.is_empty) == ([], False)


@pytest.mark.rule("MAIL-5f")
def test_applying_does_what_the_plan_said_and_no_more():
    """The losers' address is gone, the keeper has it alone; then the choices are in force, and the journal has it."""
    region = a_family(FAMILY, "B/1: s Iga 3 iga")
    region.choose(sharing=Sharing.FORBID)
    plan = changing(region).plan(CONSOLE)

    assert changing(region).apply(CONSOLE, plan.id) == SettingsChanged(plan)

    assert [region.central(at) for at in ("A/1 s", "A/1 g Ewa", "A/1 g Jan", "B/1 s")] == [None, "box", None, "iga"]
    assert not region.account("A/1 g Ewa").sharing
    changing(region).check()
    assert changing(region).plan(CONSOLE).is_empty
    with region.storage.snapshot() as unit:
        (entry,) = [each for each in unit.audit.entries() if each.deed == "settings-changed"]
        assert unit.choices.current() == Choice(login_scheme=LoginScheme.ISSUED, sharing=Sharing.FORBID)
        (newest,) = unit.runs.newest(1)
    assert (newest.kind, newest.author, newest.schools) == (RunKind.DECISION, CONSOLE.name, ())
    assert set(entry.on) == {each.person for each in plan.losses}
    assert entry.detail == {"login-scheme": "issued", "sharing": "forbid"}
    region.take(FAMILY)
    assert region.central("A/1 s") is None


@pytest.mark.rule("MAIL-5f")
def test_a_plan_that_others_would_lose_by_is_not_applied():
    """Somebody has come to share since: nothing is changed, and the new plan is shown."""
    region = a_family("A/1: s Ala 1 box, g Ewa 8 box")
    region.choose(sharing=Sharing.FORBID)
    plan = changing(region).plan(CONSOLE)
    region.choose(sharing=Sharing.FAMILY)
    region.take(FAMILY)
    region.choose(sharing=Sharing.FORBID)

    kept = changing(region).apply(CONSOLE, plan.id)

    assert isinstance(kept, SettingsKept)
    assert len(losses(kept.plan)) == len(losses(plan)) + 1
    assert region.central("A/1 g Jan") == "box"
    assert isinstance(changing(region).apply(CONSOLE, kept.plan.id), SettingsChanged)


@pytest.mark.rule("MAIL-5f")
@pytest.mark.rule("MAIL-6c")
def test_whoever_loses_an_address_is_signed_out_and_gets_no_link_to_it_back(a_region):
    """Sessions and links of the losers end as with every move; nobody can dispute it, as another reads that mailbox."""
    region = a_region("open", sharing=Sharing.FAMILY)
    region.take(FAMILY)
    keys = {name: region.enters(name) for name in ("Ala", "Ewa")}
    region.tenant = evolve(region.tenant, settings=evolve(region.tenant.settings, sharing=Sharing.FORBID))
    plan = changing(region).plan(CONSOLE)
    region.letters()

    changing(region).apply(CONSOLE, plan.id)

    assert [region.end_of(keys[name]) for name in ("Ala", "Ewa")] == [SessionEnd.ADDRESS_CHANGED, None]
    assert region.letters() == []


@pytest.mark.rule("MAIL-5f")
def test_who_may_not_change_settings_changes_none():
    """A teacher who knows the plan's name is refused; so is whoever has no role. Nor do they see who would lose."""
    region = a_family(FAMILY, "A/k: t Iza 7 iza")
    region.choose(sharing=Sharing.FORBID)
    plan = changing(region).plan(CONSOLE)

    for at in ("A/k t", "A/1 s"):
        assert not changing(region).plan(region.actor(at)).permission.allowed
        assert not changing(region).apply(region.actor(at), plan.id).permission.allowed
    assert not changing(region).apply(Actor(name="nobody"), plan.id).permission.allowed
    assert region.central("A/1 s") == "box"


@pytest.mark.rule("MAIL-5f")
def test_an_account_that_is_shut_loses_nothing():
    """Who cannot come back is not on the list."""
    region = Region()
    region.take("A/1: s Ala 1 -", "A/2: s Ola 2 -")
    with region.storage.unit() as unit:
        unit.people.save(region.account("A/1 s").changed(state=State.CLOSED))
    region.choose(login_scheme=LoginScheme.EMAIL)

    assert losses(changing(region).plan(CONSOLE)) == [("Ola Lis", LossKind.SIGN_IN)]


@pytest.mark.rule("MAIL-5f")
@settings(max_examples=40)
@given(
    rows=st.lists(
        st.tuples(*(st.sampled_from(["box", "x", "-"]) for _ in range(3)), st.booleans()), min_size=1, max_size=3
    )
)
def test_whoever_loses_was_on_the_list_and_whoever_is_on_it_loses(rows):
    """For any families: the plan names exactly those whose address is another one after it was applied."""
    region = Region(sharing=Sharing.FAMILY)
    changing(region).check()
    region.take(
        *(f"A/{at}: s Ala {at}1 {a}, g Ewa {at}2 {b}, g Jan {at}3 {c}" for at, (a, b, c, _) in enumerate(rows, 1))
    )
    for at, (*_, activated) in enumerate(rows, 1):
        if activated:
            region.activate(f"A/{at} s")
    region.choose(sharing=Sharing.FORBID)
    before = region.world().people
    plan = changing(region).plan(CONSOLE)

    changing(region).apply(CONSOLE, plan.id)

    now = region.world().people
    assert {number for number in now if now[number].central != before[number].central} == {
        each.person for each in plan.losses
    }
    assert not any(each.sharing for each in now.values())
    held = [each.central.mailbox for each in now.values() if each.central]
    assert len(held) == len(set(held))
