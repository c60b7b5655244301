"""`eszkola settings`: what takes something from people is looked at before it is in force."""

from __future__ import annotations

import pytest


def choosing(house, **chosen):
    """Write settings into the configuration in the stead of those that stand there."""
    path = house.folder / "eszkola.toml"
    lines = [line for line in path.read_text("utf-8").splitlines() if line.partition(" = ")[0] not in chosen]
    at = lines.index("[settings]") + 1
    lines[at:at] = [f'{name} = "{value}"' for name, value in chosen.items()]
    path.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.mark.rule("MAIL-5f")
def test_a_change_that_takes_something_waits_for_its_plan(lived_in):
    """Everything else is refused; the plan names who loses; once it was applied everything goes on."""
    choosing(lived_in, sharing="family")
    refused = lived_in.run("readiness")
    assert (refused.code, "eszkola settings plan" in refused.err) == (1, True)

    told = lived_in.run("settings", "plan", "--json").json
    assert (told["before"]["sharing"], told["after"]["sharing"], told["losses"]) == ("forbid", "family", [])
    applied = lived_in.run("settings", "apply", "--plan", told["plan"], "--json").json

    assert applied["applied"] is True
    assert lived_in.run("readiness").code == 0
    assert "nothing would change" in lived_in.run("settings", "plan").out


@pytest.mark.rule("MAIL-5f")
def test_who_would_lose_is_named_with_school_and_login(lived_in, rows, table):
    """Whoever has no address could not sign in with it: the table says who, where, and what."""
    source = lived_in.write("more.csv", table(rows(13)).replace("uczen13@dom.example", ""))
    lived_in.choose('students_need = ["national-id"]')
    assert lived_in.run("roster", "apply", source, "--school", "sp1", "--json").json["opened"] == 2
    choosing(lived_in, login_scheme="e-mail")

    plan = lived_in.run("settings", "plan")
    told = lived_in.run("settings", "plan", "--json").json

    assert [(each["schools"], each["kind"]) for each in told["losses"]] == [(["sp1"], "sign-in")]
    assert told["losses"][0]["login"] in plan.out
    assert f"settings apply --plan {told['plan']}" in " ".join(plan.out.split())


@pytest.mark.rule("MAIL-5f")
def test_a_plan_of_another_day_is_not_applied(lived_in):
    """An id that is not this plan's changes nothing, and shows what would be lost by now."""
    choosing(lived_in, sharing="family")

    done = lived_in.run("settings", "apply", "--plan", "0" * 32)

    assert (done.code, "nothing was changed" in done.err) == (1, True)
    assert lived_in.run("readiness").code == 1


@pytest.mark.rule("MAIL-5f")
def test_only_who_may_change_settings_applies_a_plan(lived_in):
    """A mother is refused, and told why."""
    choosing(lived_in, sharing="family")
    plan = lived_in.run("settings", "plan", "--json").json["plan"]

    done = lived_in.run("--as", "anna.los", "settings", "apply", "--plan", plan)

    assert done.code == 1
    assert lived_in.run("readiness").code == 1


@pytest.mark.rule("MAIL-5f")
def test_an_address_as_login_is_not_shared(installed):
    """The two settings together are refused when the configuration is read."""
    house = installed()
    choosing(house, sharing="family", login_scheme="e-mail")

    told = house.run("settings", "plan")

    assert (told.code, "settings.sharing" in told.err) == (1, True)
