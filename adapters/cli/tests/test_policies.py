"""`eszkola policy`, and the policies in the configuration file."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from eszkola_core import configuration
from eszkola_core.configuration import POLICY_KEYS
from eszkola_core.domain.conformance import ASVS, NIST
from eszkola_core.domain.passwords import OPOLSKA_2018
from eszkola_core.domain.roles import Role

YESTERDAY = date.today() - timedelta(days=1)  # noqa: DTZ011 - the day of the machine that the command runs on
OWN = f"""
[[password_policies]]
policy = "NIST_800_63B_4"
first_day = {YESTERDAY}
roles = ["teacher", "secretary"]
name = "Zasady dla pracowników"
min_length = 16

[[password_policies]]
policy = "OPOLSKA_2018"
first_day = 2099-09-01
lifetime = "never"
"""


@pytest.fixture
def introduce(installed):
    """Return what adds to the configuration file of a new installation, and the installation."""
    house = installed()

    def add(text):
        path = house.folder / configuration.FILE
        path.write_text(path.read_text("utf-8") + text, "utf-8")
        return house

    return add


@pytest.mark.rule("CRED-9b")
def test_the_departures_of_a_policy_are_told(run):
    """With the standard, its requirement and level, what the policy does and the remedy; none for that of NIST."""
    told = run("policy", "conformance", "--policy", "OPOLSKA_2018", "--lang", "pl", "--json").json
    assert (told["policy"], told["ok"]) == ("OPOLSKA_2018", False)
    assert [(each["standard"], each["requirement"], each["level"]) for each in told["departures"]] == [
        (ASVS, "6.2.5", "L1"),
        (ASVS, "6.2.10", "L2"),
        *((NIST, "3.1.1.2", level) for level in ("SHALL", "SHALL NOT", "SHALL NOT")),
    ]
    assert all(each["asks"] and each["does"] and each["remedy"] for each in told["departures"])

    shown = run("policy", "conformance", "--policy", "OPOLSKA_2018", "--strict")
    assert shown.code == 1
    assert "✗ OWASP ASVS 5.0, 6.2.10 (L2): A password is good until it is disclosed." in shown.out
    fine = run("policy", "conformance", "--policy", "NIST_800_63B_4", "--strict")
    assert (fine.code, fine.out) == (0, "✓ NIST_800_63B_4 departs from neither standard.\n")


@pytest.mark.rule("CRED-9a")
def test_policies_of_roles_and_of_later_days_are_shown(introduce):
    """Everybody's of today, everybody's from a day on, and those of the roles that have their own."""
    house = introduce(OWN)
    found = house.run("policy", "show", "--json").json["policies"]

    assert [
        (each["for"], each["name"], each["in_force"]) for each in found if each["for"] in ("everybody", "teacher")
    ] == [
        ("everybody", "OPOLSKA_2018", True),
        ("everybody", "OPOLSKA_2018, 2099-09-01", False),
        ("teacher", "OPOLSKA_2018", False),
        ("teacher", "Zasady dla pracowników", True),
    ]
    assert {each["for"] for each in found} == {"everybody", "teacher", "secretary"}
    shown = house.run("policy", "show").out
    assert all(word in shown for word in ("everybody", "teacher", "Zasady", "pracowników", "2099-09-01", "never"))
    assert house.run("policy", "conformance", "--json").json["policy"] == "OPOLSKA_2018"


@pytest.mark.rule("CRED-9a")
def test_the_configuration_gives_the_tenant_its_timelines(introduce):
    """By role and day, with the own numbers."""
    policies = configuration.load(introduce(OWN).folder / configuration.FILE).tenant.policies

    assert policies.on(YESTERDAY, {Role.TEACHER}).min_length == 16
    assert policies.on(YESTERDAY - timedelta(days=1), {Role.TEACHER}).min_length == 8
    assert policies.on(YESTERDAY, {Role.STUDENT}).min_length == 8
    assert policies.on(date(2099, 9, 1), {Role.STUDENT}).lifetime is None
    assert policies.on(YESTERDAY, {Role.STUDENT}).lifetime == OPOLSKA_2018.lifetime


BEGUN = '[[password_policies]]\npolicy = "OPOLSKA_2018"\nfirst_day = 2027-09-01\n'


@pytest.mark.rule("CRED-9a")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[password_policies]\n", "write each as a table, [[password_policies]]"),
        ("[[password_policies]]\nfirst_day = 2027-09-01\n", "password_policies[1].policy: it is missing"),
        ('[[password_policies]]\npolicy = "OPOLSKA_2018"\n', "password_policies[1].first_day: it is missing"),
        (
            '[[password_policies]]\npolicy = "MINE"\nfirst_day = 2027-09-01\n',
            "[1].policy: one of NIST_800_63B_4, OPOLSKA_2018",
        ),
        (
            '[[password_policies]]\npolicy = "OPOLSKA_2018"\nfirst_day = "2027-09-01"\n',
            "[1].first_day: write a day without",
        ),
        (
            '[[password_policies]]\npolicy = "OPOLSKA_2018"\nfirst_day = 2027-09-01T10:00:00\n',
            "[1].first_day: write a day without",
        ),
        (
            BEGUN + "min_lenght = 12\n",
            "password_policies[1].min_lenght: there is no such key; perhaps min_length is meant",
        ),
        (BEGUN + "min_length = 7\n", "password_policies[1].min_length: at least 8 (CRED-1)"),
        (BEGUN + "min_length = 65\n", "password_policies[1].min_length: at most 64 (CRED-1)"),
        (BEGUN + 'min_length = "12"\n', "password_policies[1].min_length: write a number without quotation marks"),
        (BEGUN + 'lifetime = "29 days"\n', "password_policies[1].lifetime: at least 30 days (CRED-3a)"),
        (BEGUN + 'lifetime = "for ever"\n', "password_policies[1].lifetime: write a span"),
        (BEGUN + 'grace = "13 days"\n', "password_policies[1].grace: at least 14 days (CRED-3c)"),
        (BEGUN + 'roles = ["dyrektor"]\n', "password_policies[1].roles: a list of"),
        (BEGUN + "roles = []\n", "password_policies[1].roles: a list of"),
        (BEGUN + 'need_upper = "no"\n', "password_policies[1].need_upper: write true or false"),
        (BEGUN + "warn_days = [14, -1]\n", "password_policies[1].warn_days: write a list of days"),
        (BEGUN + "warn_days = [60]\n", "password_policies[1]: warn_days must be fewer"),
        (BEGUN + 'name = ""\n', "password_policies[1].name: write a text"),
        (BEGUN + BEGUN, "two policies for the same people begin on one day"),
    ],
)
def test_a_mistake_in_a_policy_names_its_table_and_key(introduce, text, told):
    """It ends every command with 1 and a sentence."""
    refused = introduce(f"\n{text}").run("policy", "show")

    assert refused.code == 1
    assert told in refused.err


@pytest.mark.rule("CRED-9a")
def test_every_key_of_a_policy_is_taken(introduce):
    """As the reference page shows them."""
    more = """need_upper = false
need_lower = true
need_digit_or_special = false
min_length_beside_second_factor = 10
lifetime = "90 days"
warn_days = [7, 14]
history = 6
grace = "20 days"
name = "Wszystko"
roles = ["guardian"]
min_length = 12
"""
    house = introduce(f"\n{BEGUN}{more}")
    policy = configuration.load(house.folder / configuration.FILE).tenant.policies.on(date(2027, 9, 1), {Role.GUARDIAN})

    assert set(POLICY_KEYS) == {line.split(" = ")[0] for line in (BEGUN + more).splitlines()[1:]}
    assert (policy.name, policy.min_length, policy.shortest(second_factor=True)) == ("Wszystko", 12, 10)
    assert (policy.need_upper, policy.need_lower, policy.need_digit_or_special) == (False, True, False)
    assert (policy.lifetime, policy.warn_days, policy.history, policy.grace) == (
        timedelta(days=90),
        (14, 7),
        6,
        timedelta(days=20),
    )


def test_the_reference_page_names_every_key_of_a_policy(root_page):
    """With its bounds."""
    table = root_page.partition("## [[password_policies]]")[2].partition("\n## ")[0]

    for key in POLICY_KEYS:
        assert f"`{key}`" in table


@pytest.fixture
def root_page(request):
    """Return the page of the configuration file."""
    return (request.config.rootpath / "docs/reference/configuration.md").read_text("utf-8")
