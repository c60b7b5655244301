"""What the two mailboxes of merged accounts hear, and what a plan counts (ID-7)."""

from __future__ import annotations

import pytest

from eszkola_core._usecases.merge_people import Merged, MergePeople, Parted
from eszkola_core.domain.merging import MergePlan
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.roles import Role
from eszkola_core.testing.region import CONSOLE


def merged(region, first, second):
    """Merge two by their logins, and return the use case and what was done."""
    merging = MergePeople(region.storage, region.tenant, region.clock, region.secrets)
    pair = region.person(first).id, region.person(second).id
    plan = merging.plan(CONSOLE, *pair)
    assert isinstance(plan, MergePlan), plan
    region.letters()
    done = merging.merge(CONSOLE, *pair, plan_id=plan.id, reason="one mother")
    assert isinstance(done, Merged), done
    return merging, done


@pytest.mark.rule("ID-7e")
def test_both_mailboxes_hear_of_a_merge(a_region):
    """Each owner may be somebody who should say that the two are not one, and reads by which login it goes on."""
    region = a_region("open")
    region.take("A/1: t Jan 8 jan", "B/1: t Ewa - ewa")
    merged(region, "Jan", "Ewa")

    told = region.letters(MessageKind.ACCOUNTS_MERGED)
    assert sorted((each.to, each.data["login"], each.data["other"]) for each in told) == [
        ("ewa@example.com", "jan.lis", "ewa.lis"),
        ("jan@example.com", "jan.lis", "ewa.lis"),
    ]


@pytest.mark.rule("ID-7b")
def test_a_plan_counts_what_comes_now_and_not_what_was(a_region):
    """A role that the absorbed account had at another school once comes with nothing."""
    region = a_region("open")
    lines = ("A/1: t Jan 8 jan", "B/1: t Ewa p9 ewa", "C/2: t Ola 2 ola")
    region.take(*lines, "C/1: t Ewa p9 ewa")
    region.take(*lines)

    _, done = merged(region, "Jan", "Ewa")

    assert (done.plan.survivor_login, done.plan.places) == ("jan.lis", (("B", Role.TEACHER),))


@pytest.mark.rule("ID-7f")
def test_an_address_that_came_with_a_merge_goes_back(a_region):
    """The survivor had none before, and has none after the two are parted."""
    region = a_region("open")
    region.take("A/1: t Jan 8 -", "B/1: t Ewa - ewa")
    merging, done = merged(region, "Jan", "Ewa")
    assert region.person("Jan").central.spelling == "ewa@example.com"

    parted = merging.undo(CONSOLE, done.plan.survivor, done.decision, reason="they are two")

    assert isinstance(parted, Parted)
    assert {login: each.central and each.central.spelling for login, each in region.people().items()} == {
        "jan.lis": None,
        "ewa.lis": "ewa@example.com",
    }
