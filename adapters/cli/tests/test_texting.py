"""`eszkola sms` and what `eszkola outbox` does with text messages: for people, for programs, and with bad files."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eszkola_core import ConfiguredPlatform, configuration, from_config
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.sms_ledger import ChargeState
from eszkola_core.domain.sms_segments import segmentation
from eszkola_core.domain.text_messages import SmsRequest
from eszkola_core.testing.gateways import GatewayAnswer, MemoryGateway, MemorySmsCourier
from eszkola_core.testing.strategies import sms_texts

KEYS = ["text", "encoding", "units", "segments", "cost", "currency", "tariff", "messages"]
POLISH = "Zażółć gęślą jaźń " * 5


@pytest.fixture
def bare(run, tmp_path, monkeypatch):
    """Run the command where there is no configuration."""
    monkeypatch.chdir(tmp_path)
    return run


def lines(told):
    """Return the JSON objects that a command printed."""
    return [json.loads(line) for line in told.out.splitlines()]


@pytest.mark.rule("SMS-3")
def test_a_quote_shows_both_costs(bare):
    """For programs in the keys that scripts rely on, for people in a table; without any configuration."""
    told = bare("sms", "quote", POLISH, "--tariff", "by-segment", "--json").json
    assert list(told) == [*KEYS, "transliterated"]
    assert [told[key] for key in KEYS[1:]] == ["UCS-2", 90, 2, "0.10", "EUR", "by-segment", 2]
    assert list(told["transliterated"]) == KEYS
    assert [told["transliterated"][key] for key in KEYS[1:5]] == ["GSM-7", 90, 1, "0.05"]

    shown = bare("sms", "quote", POLISH, "--tariff", "by segment")
    assert shown.code == 0
    assert "0.10 EUR" in shown.out
    assert "Zazolc gesla jazn" in shown.out


@pytest.mark.rule("SMS-1")
def test_the_tariffs_are_those_of_the_configuration(installed):
    """By prefix and day; the setting says which counts where none is named."""
    house = installed()
    path = house.folder / configuration.FILE
    path.write_text(
        path.read_text("utf-8")
        + '[tariffs.ours]\ncounting = "by-segment"\nprices = [{ price = "0.16 PLN", prefix = "+48" }, '
        '{ price = "0.9 PLN", prefix = "+48", first_day = 2999-01-01 }]\n',
        "utf-8",
    )
    house.choose('sms_tariff = "ours"')

    told = house.run("sms", "quote", "ż" * 71, "--to", "601 234 567", "--json").json
    assert (told["cost"], told["currency"], told["tariff"]) == ("0.32", "PLN", "ours")
    assert house.run("sms", "quote", "a", "--tariff", "literal", "--json").json["cost"] == "0.05"
    for arguments, said in (
        (["--to", "+386 40 123 456"], "no price for this number"),
        ([], "no price for all numbers"),
        (["--to", "12"], "not a telephone number"),
        (["--tariff", "theirs"], "by-segment, literal, ours"),
    ):
        told = house.run("sms", "quote", "a", *arguments)
        assert (told.code, said in told.err, told.out) == (1, True, "")


@pytest.mark.rule("SMS-2")
def test_a_file_gets_one_result_a_row_in_order(bare, tmp_path):
    """By the column `text`, wherever it stands; a row that cannot be quoted says why, and the end is 1."""
    texts = ["a" * 161, "Ala, ma „kota”\r\ni psa", "", '"', "😀"]
    table = StringIO()
    writer = csv.writer(table)
    writer.writerows([["id", "Text "], *([at, each] for at, each in enumerate(texts))])
    (tmp_path / "t.csv").write_text(table.getvalue(), "utf-8-sig", newline="")

    told = bare("sms", "quote", "--file", tmp_path / "t.csv", "--json")

    assert told.code == 1
    assert [each["text"] for each in lines(told)] == texts
    assert [each["segments"] for each in lines(told)] == [2, 1, None, 1, 1]
    assert lines(told)[2]["refused"] == "empty-text"
    shown = bare("sms", "quote", "--file", "-", stdin=table.getvalue())
    assert (shown.code, "4 together" in shown.out, "line 5" in shown.err) == (1, True, True)


@pytest.mark.rule("SMS-2")
@given(st.lists(sms_texts(), max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
def test_whatever_stands_in_a_file_is_counted(run, texts):
    """As it is outside of one, through quotes, commas and line ends."""
    table = StringIO()
    csv.writer(table).writerows([["text"], *([each] for each in texts)])

    told = run("--config", "/nowhere", "sms", "quote", "--file", "-", "--json", stdin=table.getvalue())

    assert told.code == 0
    assert [(each["text"], each["units"], each["segments"]) for each in lines(told)] == [
        (each, *segmentation(each)[1:]) for each in texts
    ]


def test_the_only_column_may_be_called_anything(bare):
    """Its heading is told, in case that it was meant as a text."""
    told = bare("sms", "quote", "--file", "-", "--json", stdin="tresc\nwitaj\n")

    assert (told.code, [each["text"] for each in lines(told)]) == (0, ["witaj"])
    assert "'tresc'" in told.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"text\n\xb1\n", "line 2: this is not UTF-8"),
        (b"", "no heading"),
        (b"a,b\n1,2\n", "none of the 2 columns"),
        (b"text,b\nx\n", "line 2: 1 cells where the heading has 2"),
        (b"text\na, b\n", "line 2: 2 cells where the heading has 1"),
        (b'text\n"a\n', "no table by RFC 4180"),
        (b'text\n"a"b\n', "no table by RFC 4180"),
    ],
)
def test_a_bad_file_is_told_with_line_and_remedy(bare, content, said):
    """And nothing is quoted of it."""
    told = bare("sms", "quote", "--file", "-", stdin=content)

    assert (told.code, told.out, said in told.err) == (1, "", True)


@pytest.mark.parametrize("arguments", [[], ["a", "--file", "-"]])
def test_a_text_or_a_file_is_wanted(bare, arguments):
    """Not none, and not both."""
    assert bare("sms", "quote", *arguments).code == 2


def test_a_text_may_come_by_standard_input(bare):
    """Without its one final line end."""
    assert bare("sms", "quote", "-", "--json", stdin="Hasło\n").json["text"] == "Hasło"


# With messages


@pytest.fixture
def texting(installed):
    """Return an installation, and a function that lets messages of a school wait in it."""
    house = installed()
    assert house.run("school", "add", "sp1", "--name", "Jedynka").code == 0

    def queue(*keys, **more):
        inside = from_config(house.folder)
        known = {"school": "sp1", "to": PhoneNumber("+48601234567"), "text": "Twoje hasło: żółw-7"}
        for key in keys:
            inside.deliver_sms.queue(SmsRequest(**{"key": key, **known, **more}))
        inside.close()

    return house, queue


@pytest.fixture
def gateway(monkeypatch):
    """Put a gateway of the kit in the place of the configured one."""
    made = MemoryGateway(lambda: datetime.now(UTC))
    monkeypatch.setattr(ConfiguredPlatform, "sms", MemorySmsCourier(made))
    return made


def month():
    """Return the present month of the tenant; nobody runs tests in its last minutes."""
    return (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m")


@pytest.mark.rule("SMS-4")
def test_the_dispatcher_sends_texts_too(texting):
    """By default into a folder; it says what became of them, and the status counts them."""
    house, queue = texting
    queue("a", "b")
    assert house.run("outbox", "status", "--json").json["sms"]["counts"]["quoted"] == 2

    done = house.run("outbox", "dispatch", "--json").json["sms"]

    assert (done["charged"], done["in_doubt"], done["warned"], done["trouble"]) == (2, 0, [], "")
    (first, _) = sorted((house.folder / "outbox-sms").glob("*.json"))
    assert json.loads(first.read_text("utf-8"))["text"] == "Twoje hasło: żółw-7"
    status = house.run("outbox", "status", "--json").json["sms"]
    assert (status["counts"]["charged"], status["oldest_waiting_at"]) == (2, None)
    assert "charged" in house.run("outbox", "status").out


@pytest.mark.rule("SMS-4")
def test_a_budget_that_is_used_up_is_told(texting):
    """Whose it is, and what is left of it."""
    house, queue = texting
    house.choose('sms_school_budget = "0.05 EUR"')
    queue("a", "b")

    told = house.run("outbox", "dispatch")

    assert told.code == 0
    assert "1 wait for a budget" in told.out
    assert "0.05 EUR for school sp1" in told.out


def test_a_gateway_out_of_reach_ends_with_three(texting, gateway):
    """And the sentence says why."""
    house, queue = texting
    queue("a")
    gateway.is_closed = True

    told = house.run("outbox", "dispatch")

    assert (told.code, "the gateway is closed" in told.err) == (3, True)


@pytest.mark.rule("SMS-5")
def test_a_statement_tells_the_month(texting, gateway, tmp_path):
    """For people, for programs, and as a table that no spreadsheet takes for formulas."""
    house, queue = texting
    queue("=cmd", "b", "c")
    gateway.answers = [GatewayAnswer.ACCEPTS, GatewayAnswer.LOSES_THE_ANSWER]
    house.run("outbox", "dispatch")
    path = tmp_path / "out.csv"

    told = house.run("sms", "statement", "--school", "sp1", "--month", month(), "--csv", path, "--json").json

    assert told["charged"] == [{"amount": "0.10", "currency": "EUR"}]
    assert told["reserved"] == [{"amount": "0.05", "currency": "EUR"}]
    assert told["counts"] == {"in-doubt": 1, "charged": 2}
    assert [each["key"] for each in told["messages"]] == ["=cmd", "b", "c"]
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["key"] for row in rows] == ["'=cmd", "b", "c"]
    shown = house.run("sms", "statement", "--school", "sp1", "--month", month())
    assert (shown.code, "Of the budget of 20.00 EUR, 0.15 EUR is spent" in shown.out) == (0, True)
    assert house.run("sms", "statement", "--month", month(), "--json").json["messages"] == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--school", "sp1", "--month", "2026-13"], 1, "2026-09"),
        (["--school", "sp9", "--month", "2026-09"], 1, "no school"),
        (["--school", "sp1"], 2, "--month"),
        (["--school", "sp1", "--month", "2026-09", "--csv", "/nowhere/x.csv"], 1, "cannot be written"),
    ],
)
def test_a_statement_of_nothing_is_refused(texting, arguments, code, said):
    """A month or school that there is not, a place where nothing can be written."""
    house, _ = texting
    told = house.run("sms", "statement", *arguments)

    assert (told.code, said in told.err) == (code, True)


@pytest.mark.rule("SMS-5")
@pytest.mark.parametrize("form", ["csv", "semicolons", "json"])
def test_a_list_closes_what_is_in_doubt(texting, gateway, form):
    """A table with commas or semicolons, or SMSAPI's own answer; what nobody can book is told, and the end is 1."""
    house, queue = texting
    queue("a", "b")
    gateway.answers = [GatewayAnswer.LOSES_THE_ANSWER, GatewayAnswer.ACCEPTS]
    house.run("outbox", "dispatch")
    now = int(datetime.now(UTC).timestamp())
    if form == "json":
        rows = [{"id": "g1", "idx": "a", "points": 0.07, "date_sent": now}, {"id": "g2", "points": None}, {"id": "x"}]
        content = json.dumps({"count": 3, "list": rows})
    else:
        at = "," if form == "csv" else ";"
        price = "0.07" if form == "csv" else "0,07"
        content = f"ID{at}idx{at}points{at}date\r\ng1{at}a{at}{price}{at}{now}\r\ng2{at}{at}{at}\r\nx{at}{at}{at}\r\n"
    path = house.write("list", content)

    told = house.run("sms", "reconcile", path, "--json")

    assert told.code == 1
    assert told.json["matched"] == 2
    assert [(each["difference"], each["line"]) for each in told.json["differences"]] == [
        ("was-sent", 1 if form == "json" else 2),
        ("not-ours", 3 if form == "json" else 4),
    ]
    assert told.json["differences"][0]["theirs"] == {"amount": "0.07", "currency": "EUR"}
    again = house.run("sms", "reconcile", path)
    assert "no message of ours" in again.out
    status = house.run("outbox", "status", "--json").json["sms"]["counts"]
    assert (status["charged"], status["in-doubt"]) == (2, 0)
    deeds = house.run("audit", "show", "--json")
    assert "sms-reconciled" in deeds.out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a;b\n1;2\n", "no column names the message"),
        ("id,points\n1\n", "line 2: 1 cells"),
        ("id,points\n1,x\n", "line 2: write an amount"),
        ("id,points\n1,-1\n", "line 2: a price is not below zero"),
        ("id,currency,points\n1,zl,1\n", "line 2: write a currency"),
        ("id,date\n1,yesterday\n", "line 2: write when it was sent"),
        ("id,date\n1,0001-01-01T00:00:00\n", "line 2: write when it was sent"),
        ("id,date\n1,9999-12-31T23:59:59-14:00\n", "line 2: write when it was sent"),
        ("id,points\n,1\n", "line 2: nothing names the message"),
        ("{", "this is not JSON"),
        ("[1]", "a list of messages is wanted"),
        ('{"error": 101}', "a list of messages is wanted"),
        ("[" * 100_000, "this is not JSON"),
        (b"\xff", "not UTF-8"),
    ],
    ids=range(14),
)
def test_a_bad_list_is_told_with_line_and_remedy(texting, content, said):
    """And nothing is booked."""
    house, _ = texting
    path = house.write("list", content)

    told = house.run("sms", "reconcile", path)

    assert (told.code, told.out, said in told.err) == (1, "", True)


def test_an_instant_without_an_offset_is_the_tenants(texting, gateway):
    """As the gateway's page showed it to whoever saved it."""
    house, queue = texting
    queue("a")
    gateway.answers = [GatewayAnswer.LOSES_THE_ANSWER]
    house.run("outbox", "dispatch")
    here = datetime.now(configuration.load(house.folder / configuration.FILE).tenant.zone).replace(
        tzinfo=None, microsecond=0
    )
    path = house.write("list.csv", f"number,date_sent\n+48 601 234 567,{here}\n")

    assert house.run("sms", "reconcile", path, "--json").json["matched"] == 1


def test_a_folder_gets_no_callbacks(texting):
    """Nobody is there who would report."""
    house, _ = texting
    told = house.run("sms", "report", "-", stdin="MsgId=1&status=404")

    assert (told.code, "'folder'" in told.err) == (1, True)


@pytest.mark.rule("SMS-4")
def test_reports_are_recorded(texting, monkeypatch, tmp_path):
    """Each by what it led to."""
    house, queue = texting
    queue("a", "b")
    made = MemoryGateway(lambda: datetime.now(UTC), answers=[GatewayAnswer.LOSES_THE_ANSWER, GatewayAnswer.ACCEPTS])
    with monkeypatch.context() as patched:
        patched.setattr(ConfiguredPlatform, "sms", MemorySmsCourier(made))
        house.run("outbox", "dispatch")
    (tmp_path / "token").write_text("x")
    path = house.folder / configuration.FILE
    path.write_text(path.read_text("utf-8") + f'[sms]\nadapter = "smsapi"\ntoken_file = "{tmp_path}/token"\n', "utf-8")
    body = "MsgId=g1,g2,g9&status=404,405,404&idx=a,b,c"

    told = house.run("sms", "report", "-", "--json", stdin=body).json
    assert told == {"closed": 1, "noted": 1, "nothing_new": 0, "unknown": 1}
    again = house.run("sms", "report", house.write("callback", body)).out
    assert ("2 said nothing new" in again, "1 named no message" in again) == (True, True)
    assert "Nothing there is a report" in house.run("sms", "report", "-", stdin="hello").out
    with from_config(path).storage.snapshot() as unit:
        assert [each.state for each in unit.sms.known(["a", "b"])] == [ChargeState.CHARGED] * 2


# The configuration


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ('[tariffs.x]\ncounting = "words"\nprices = []', "tariffs.x.counting: one of by-segment, literal"),
        ('[tariffs.x]\ncounting = "literal"', "tariffs.x.prices: write a list"),
        ('[tariffs.x]\ncounting = "literal"\nprices = [1]', "tariffs.x.prices[1]: write it as"),
        ('[tariffs.x]\ncounting = "literal"\nprices = [{price = 0.05}]', "prices[1].price: write an amount"),
        ('[tariffs.x]\ncounting = "literal"\nprices = [{price = "1 EUR", prefix = 48}]', "prices[1].prefix"),
        ('[tariffs.x]\ncounting = "literal"\nprices = [{price = "1 EUR", prefix = "48"}]', "prices[1]: a prefix is +"),
        ('[tariffs.x]\ncounting = "literal"\nprices = [{price = "1 EUR", first_day = "x"}]', "prices[1].first_day"),
        ('[tariffs.x]\ncounting = "literal"\nprices = [{price = "1 EUR", from = 1}]', "prices[1].from: there is no"),
        ('[tariffs.x]\ncounting = "literal"\nprices = [{price = "1 EUR"}, {price = "2 EUR"}]', "tariffs.x.prices: two"),
        ("[tariffs]\nx = 1", "tariffs.x: write it as a table"),
        ('[tariffs.x]\nname = "x"', "tariffs.x.name: there is no such key"),
        ("[budgets]\nsp1 = 20", "budgets.sp1: write an amount"),
        ('[budgets]\nsp1 = "-1 EUR"', "budgets.sp1: a budget is not below zero"),
        ('[sms]\nadapter = "pigeon"\n', "no adapter 'pigeon'"),
        ("[sms]\nport = 1\n", "table [sms]: port"),
    ],
)
def test_a_mistake_in_the_configuration_is_named(texting, tables, said):
    """With its key, and what may stand there."""
    house, queue = texting
    queue("a")
    path = house.folder / configuration.FILE
    path.write_text(path.read_text("utf-8") + tables + "\n", "utf-8")

    told = house.run("outbox", "dispatch")

    assert (told.code, said in told.err) == (1, True)


@pytest.mark.parametrize("setting", ['sms_tariff = "none"', "sms_school_budget = 20", 'sms_tenant_budget = "-1 EUR"'])
def test_a_wrong_setting_is_named(texting, setting):
    """A tariff that there is not, an amount that is none or below zero."""
    house, _ = texting
    house.choose(setting)
    told = house.run("outbox", "status")

    assert (told.code, setting.split()[0] in told.err or "budget" in told.err) == (1, True)


def test_how_large_a_cell_may_be_elsewhere_stays_as_it_was(installed):
    """The limit is the whole process's: a gradebook's table that lost a quotation mark is told by it."""
    house, before = installed(), csv.field_size_limit()
    long = house.write("texts.csv", "text\n" + "a" * (before + 1) + "\n")
    assert house.run("sms", "quote", "--file", long, "--json").code == 0
    house.run("sms", "reconcile", house.write("list.csv", "idx,points\nk,1\n"))
    assert csv.field_size_limit() == before
