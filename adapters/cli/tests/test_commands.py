"""Every command on its good day: what it says, its JSON, and its exit code."""

from __future__ import annotations

import json

import click
import pytest
from every_command import BY_PATH as EVERY  # type: ignore[import-not-found]  # found by pytest, from beside this file

COUNTS = ["created", "changed", "ended", "held", "conflicts", "unchanged"]
FINDING = ["source", "line", "record", "field", "code", "value", "hint"]


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_command_explains_itself(run, path):
    """`--help` says in a sentence what a command does, and each option has its own."""
    told = run(*path, "--help")
    assert told.code == 0
    assert told.err == ""
    assert EVERY[path].help.strip().split("\n")[0].endswith(".")
    silent = [each.name for each in EVERY[path].params if isinstance(each, click.Option) and not each.help]
    assert silent == []


@pytest.mark.parametrize("group", sorted({path[:-1] for path in EVERY}))
def test_a_list_of_commands_breaks_off_no_sentence(run, group):
    """What a list says of a command fits beside its name."""
    assert "...\n" not in run(*group, "--help").out.partition("Commands:")[2]


def test_the_commands_are_those_that_scripts_rely_on():
    """No command is renamed or goes away without somebody noticing."""
    assert {" ".join(path) for path in EVERY} == {
        "access complete", "access request", "account lock", "account report", "account reset", "account tidy",
        "account unlock", "application approve", "application confirm", "application list", "application reject",
        "application return", "application submit", "application withdraw", "audit checkpoint", "audit head",
        "audit show", "audit verify", "codes hand-over", "codes issue", "codes print", "codes redeem",
        "codes status",
        "conflict assign", "conflict list", "conflict release", "conflict show",
        "credentials hand-over", "credentials preview", "credentials print", "credentials send", "db backup",
        "db check", "db create", "db restore", "db upgrade", "demo", "device complete", "device list", "device pair",
        "device revoke", "diagnose", "init", "keys forget", "keys list", "keys rotate", "licence assign",
        "licence export", "licence list", "licence pool", "licence review", "licence withdraw", "link admit",
        "link consent", "link lift", "link list", "link restrict", "maintenance begin", "maintenance end",
        "maintenance show", "outbox bounce", "outbox clear", "outbox dispatch", "outbox status", "password check",
        "person another", "person distinct", "person erase", "person export", "person held", "person merge",
        "person same", "person show", "person unmerge", "policy conformance", "policy show", "readiness",
        "role appoint", "role grant", "role list", "role withdraw", "roster apply", "roster plan", "roster runs",
        "roster undo", "rules acknowledge", "rules publish", "rules show", "school add", "school list",
        "settings apply", "settings plan", "signin", "sms quote", "sms reconcile", "sms report", "sms statement",
        "who-sees",
    }  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nothing",),
        ("roster", "plan"),
        ("roster", "apply"),
        ("roster", "apply", "a.csv", "--plan", "b"),
        ("roster", "apply", "--plan", "b", "--allow-removals"),
        ("roster", "apply", "--plan", "b", "--school", "sp1"),
        ("roster", "plan", "a.csv", "--shcool", "sp1"),
        ("readiness", "--class", "1a"),
        ("init",),
        ("init", "x", "--profile", "closed"),
        ("password", "check", "--policy", "NONE"),
        ("access", "request"),
        ("signin",),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_two(lived_in, arguments):
    """What the command does not understand is explained on standard error, with exit code 2."""
    told = lived_in.run(*arguments)
    assert (told.code, told.out) == (2, "")
    assert "Usage: eszkola" in told.err


def test_a_plan_says_what_would_happen_and_writes_nothing(installed, rows, table):
    """A plan counts first, then names what is missing with its remedy, and leaves the database as it was."""
    house = installed()
    listed = rows()
    listed[0]["E-mail ucznia"] = ""
    source = house.write("uczniowie.csv", table(listed))
    before = house.dump()
    told = house.run("roster", "plan", source, "--school", "sp1")
    assert (told.code, told.err) == (0, "")
    assert told.out.index("created") < told.out.index("What needs a person")
    assert "New in sp1, by class: 1a 12, 1b 12" in told.out
    assert "1 × missing e-mail" in told.out
    assert "→ enter a private e-mail address that nobody else uses; without it no account opens" in told.out
    assert "uczniowie.csv, line 2, record 101, email" in told.out
    assert "12 × missing application" in told.out
    assert "Nothing is written yet" in told.out
    assert house.dump() == before


def test_the_json_of_an_import_has_the_keys_that_scripts_rely_on(installed, rows, table):
    """Run, the six counts and findings of seven keys are there; `opened` and `stopped` come beside them."""
    house = installed()
    listed = rows()
    listed[0]["E-mail ucznia"] = "nobody"
    source = house.write("uczniowie.csv", table(listed))
    planned = house.run("roster", "plan", source, "--school", "sp1", "--json").json
    applied = house.run("roster", "apply", source, "--school", "sp1", "--json").json
    assert {**planned, "run": 1} == applied
    assert set(applied) == {"run", *COUNTS, "findings", "opened", "stopped"}
    assert {name: applied[name] for name in COUNTS} == dict(zip(COUNTS, (24, 0, 0, 0, 0, 0), strict=True))
    assert applied["opened"] == 11
    assert applied["stopped"] == []
    assert applied["findings"][0] == {
        "source": "uczniowie.csv",
        "line": 2,
        "record": "101",
        "field": "",
        "code": "missing-application",
        "value": "",
        "hint": "the guardian hands in an access application; or set guardians_open_by to gradebook",
    }
    assert {tuple(each) for each in applied["findings"]} == {tuple(FINDING)}


def test_every_claim_is_counted_once(lived_in, rows, table):
    """Created, changed, held and unchanged add up to everybody named; ended counts those that are gone."""
    listed = rows()
    listed[0]["E-mail ucznia"] = "nowy@dom.example"
    listed[1]["PESEL"] = listed[1]["PESEL"][:-1] + str((int(listed[1]["PESEL"][-1]) + 1) % 10)
    del listed[11]
    listed += rows(1, first=20)
    source = lived_in.write("uczniowie.csv", table(listed))
    told = lived_in.run("roster", "apply", source, "--school", "sp1", "--json").json
    assert {name: told[name] for name in COUNTS} == {
        "created": 2, "changed": 1, "ended": 2, "held": 0, "conflicts": 0, "unchanged": 21,
    }  # fmt: skip
    assert [(each["line"], each["field"], each["code"]) for each in told["findings"]] == [
        (3, "national_id", "wrong-checksum")
    ]


def test_applying_says_the_run(lived_in, rows, table):
    """Each import that writes has a number, and one that changes nothing says so."""
    source = lived_in.write("uczniowie.csv", table(rows(13)))
    assert lived_in.run("roster", "apply", source, "--school", "sp1").out.endswith("Applied as run 2.\n")
    assert lived_in.run("roster", "apply", source, "--school", "sp1").out.endswith("Nothing was changed.\n")
    assert lived_in.run("roster", "plan", source, "--school", "sp1").out.endswith("Nothing would change.\n")


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_strict_turns_findings_into_a_failure(lived_in, rows, table, command):
    """With --strict a report with something to look at ends with 1, and one without it with 0."""
    fine = lived_in.write("fine.csv", table(rows()))
    listed = rows()
    listed[0]["E-mail ucznia"] = "nobody"
    odd = lived_in.write("odd.csv", table(listed))
    assert lived_in.run("roster", command, fine, "--school", "sp1", "--strict").code == 0
    assert lived_in.run("roster", "plan", odd, "--school", "sp1").code == 0
    assert lived_in.run("roster", command, odd, "--school", "sp1", "--strict").code == 1


def test_several_schools_get_a_row_each_and_one_together(installed, rows):
    """The counts of all schools of a run stand above those of the run."""
    house = installed("open")
    told = house.run("roster", "plan", *two_schools(house, rows), "--format", "table")
    words = [line.split() for line in told.out.splitlines()]
    assert ["sp1", "3", "0", "0", "0", "0", "0", "3"] in words
    assert ["sp2", "2", "0", "0", "0", "0", "0", "2"] in words
    assert ["together", "5", "0", "0", "0", "0", "0", "5"] in words


def two_schools(house, rows):
    """Write a table that names two schools."""
    lines = ["Szkoła;Nazwisko;Imię;PESEL;Klasa"]
    lines += [
        f"{school};{row['Nazwisko']};{row['Imię']};{row['PESEL']};1a"
        for school, row in zip(("sp1", "sp1", "sp1", "sp2", "sp2"), rows(5), strict=True)
    ]
    return [house.write("region.csv", "\n".join(lines) + "\n")]


def test_readiness_counts_and_lists(lived_in):
    """Readiness says how many have come how far, for all, one school, or one class; an unknown one has nobody."""
    every = lived_in.run("readiness", "--json").json
    assert set(every) == {"counts", "rows"}
    assert every["counts"] == {
        "active": 1, "awaiting-first-access": 23, "change-due": 0, "shut": 0, "not-opened": 0, "held": 0,
    }  # fmt: skip
    assert set(every["rows"][0]) == {"school", "class_name", "name", "role", "record", "standing", "reasons"}
    one = lived_in.run("readiness", "--school", "sp1", "--class", "1a", "--json").json
    assert {row["class_name"] for row in one["rows"]} == {"1a"}
    assert len(one["rows"]) == 12
    unknown = lived_in.run("readiness", "--school", "sp9", "--json")
    assert (unknown.code, unknown.out) == (1, "")
    assert "there are: sp1" in unknown.err
    assert "awaits first access" in lived_in.run("readiness").out


def test_readiness_names_what_is_missing(installed, rows, table):
    """Whoever has no account yet is listed with the reason, and --strict fails for it."""
    house = installed()
    house.run("roster", "apply", house.write("uczniowie.csv", table(rows(2))), "--school", "sp1")
    told = house.run("readiness", "--strict")
    assert told.code == 1
    assert ["missing application" in line for line in told.out.splitlines() if "Anna" in line] == [True, True]


@pytest.mark.parametrize(
    ("text", "policy", "codes"),
    [
        ("Wiosna?Deszcz-71", "OPOLSKA_2018", []),
        ("wiosna", "OPOLSKA_2018", ["too-short", "no-upper-case-letter", "no-digit-or-special-character"]),
        ("Haslo2024", "OPOLSKA_2018", ["too-common"]),
        ("Krótkie-1", "NIST_800_63B_4", ["too-short"]),
        ("", "OPOLSKA_2018", None),
    ],
)
def test_a_password_is_judged_whole(run, text, policy, codes):
    """`password check` lists all violations with code, parameters and message; one line end does not count."""
    told = run("password", "check", "--policy", policy, "--json", stdin=text + "\n")
    assert told.code == 0
    assert set(told.json) == {"ok", "violations"}
    if codes is None:
        assert not told.json["ok"]
        return
    assert told.json["ok"] is (codes == [])
    assert [each["code"] for each in told.json["violations"]] == codes
    assert all(set(each) == {"code", "params", "message"} for each in told.json["violations"])
    assert run("password", "check", "--policy", policy, "--strict", stdin=text).code == (1 if codes else 0)


def test_a_second_line_end_belongs_to_the_password(run):
    """Only one final line end is taken off: what is left of two is a control character."""
    one, two = (run("password", "check", "--json", stdin=f"Wiosna?Deszcz-71{end}").json for end in ("\r\n", "\n\n"))
    assert one["ok"]
    assert not two["ok"]


def test_a_password_that_is_no_text_is_refused(run):
    """Bytes that are no UTF-8 are a violation, not an accident."""
    told = run("password", "check", "--json", stdin=b"Wiosna?\xff\xfeDeszcz-71")
    assert told.code == 0
    assert not told.json["ok"]


def test_messages_are_in_the_language_that_is_asked_for(run):
    """The same violation is told in Polish, Slovene and English."""
    told = {run("password", "check", "--lang", lang, stdin="wiosna").out for lang in ("pl", "sl", "en")}
    assert len(told) == 3


def test_the_configured_policy_counts_where_none_is_named(lived_in):
    """`password check` takes the policy of the installation it is called in."""
    assert lived_in.run("password", "check", "--json", stdin="Wiosna?7").json["ok"]
    lived_in.choose('password_policy = "NIST_800_63B_4"')
    assert not lived_in.run("password", "check", "--json", stdin="Wiosna?7").json["ok"]


def test_the_outbox_is_counted_and_sent(installed, rows, table):
    """What waits is counted by state, leaves once, and is counted as sent."""
    house = installed()
    house.run("roster", "apply", house.write("uczniowie.csv", table(rows(3))), "--school", "sp1")
    waiting = house.run("outbox", "status", "--json").json
    assert set(waiting) == {"bounces", "counts", "events", "oldest_waiting_at", "oldest_waiting_seconds", "sms"}
    assert waiting["counts"]["queued"] == 3
    assert waiting["oldest_waiting_at"] is not None
    assert waiting["oldest_waiting_seconds"] >= 0
    assert house.run("outbox", "dispatch", "--json").json == {
        "sent": 3,
        "failed_for_now": 0,
        "abandoned": 0,
        "kept_back": 0,
        "trouble": "",
        "sms": {
            **dict.fromkeys(("charged", "refused", "failed_for_now", "in_doubt", "no_budget", "too_late"), 0),
            "trouble": "",
            "warned": [],
        },
        "events": {"delivered": 0, "failed_for_now": 0, "abandoned": 0, "trouble": ""},
    }
    assert house.run("outbox", "dispatch").out == "0 sent, 0 to be tried again, 0 abandoned\n"
    after = house.run("outbox", "status", "--json").json
    assert (after["counts"]["queued"], after["counts"]["sent"], after["oldest_waiting_at"]) == (0, 3, None)
    assert "Nothing waits." in house.run("outbox", "status").out
    assert len(house.mails()) == 3


def test_the_database_is_whole(lived_in):
    """`db check` finds nothing wrong, and `db upgrade` has nothing to do."""
    assert lived_in.run("db", "check", "--json").json == {"ok": True, "problems": []}
    assert lived_in.run("db", "check").out == "✓ The database is whole and up to date.\n"
    assert lived_in.run("db", "upgrade").out == "The database is up to date.\n"


def test_a_storage_is_made_where_there_is_none(lived_in):
    """`db create` makes what the configuration names; what is there stays as it is."""
    before = lived_in.dump()
    refused = lived_in.run("db", "create")
    assert refused.code == 1
    assert "is there already" in refused.err
    assert lived_in.dump() == before
    config = lived_in.folder / "eszkola.toml"
    config.write_text(config.read_text("utf-8").replace("eszkola.sqlite", "other.sqlite"), "utf-8")
    (lived_in.folder / "eszkola.keyring").rename(lived_in.folder / "old.keyring")

    assert lived_in.run("db", "create").out == "✓ The storage is made, and empty.\n"
    assert lived_in.run("db", "check").code == 0
    assert lived_in.run("readiness").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("roster", "plan", "SOURCE", "--school", "sp1"),
        ("roster", "apply", "SOURCE", "--school", "sp1"),
        ("readiness",),
        ("outbox", "dispatch"),
        ("outbox", "status"),
        ("db", "check"),
        ("password", "check"),
    ],
    ids=" ".join,
)
def test_json_is_one_line_and_nothing_else(lived_in, rows, table, arguments):
    """Whoever reads standard output finds one line of JSON, also where the terminal has no letter but ASCII's."""
    source = lived_in.write("uczniowie.csv", table(rows(2, first=30)))
    words = [source if each == "SOURCE" else each for each in arguments]
    told = (
        lived_in.run(*words, "--json", "--allow-removals") if "SOURCE" in arguments else lived_in.run(*words, "--json")
    )
    assert told.json


def test_the_configuration_may_be_named_by_file_folder_or_environment(lived_in, run):
    """All three ways lead to the same installation."""
    file = run("--config", lived_in.folder / "eszkola.toml", "db", "check")
    folder = run("--config", lived_in.folder, "db", "check")
    environment = run("db", "check", env={"ESZKOLA_CONFIG": str(lived_in.folder)})
    assert {file, folder, environment} == {folder}
    assert folder.code == 0


def test_the_version_is_told(run):
    """`--version` names the program."""
    assert run("--version").out.startswith("eszkola")


@pytest.mark.rule("DAY-1a")
def test_a_plan_is_made_for_the_day_of_the_tenant(installed, rows, table):
    """The day in a saved plan is the day in the tenant's zone, which may be another than here."""
    days = {}
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):  # 25 hours apart: never the same day
        house = installed(PROFILE_OF[zone])
        path = house.folder / "eszkola.toml"
        path.write_text(path.read_text("utf-8").replace("Europe/Warsaw", zone), "utf-8")
        source = house.write("uczniowie.csv", table(rows(1)))
        saved = house.folder / "plan.json"
        assert house.run("roster", "plan", source, "--school", "sp1", "--save", saved).code == 0
        days[zone] = json.loads(saved.read_bytes())["day"]
    assert days["Pacific/Kiritimati"] > days["Pacific/Pago_Pago"]


PROFILE_OF = {"Pacific/Kiritimati": "opolska", "Pacific/Pago_Pago": "open"}
