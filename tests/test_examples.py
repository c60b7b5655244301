"""The examples run as they stand, and do what their words say."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
import structlog
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from eszkola_core import Observation

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))
PASSWORD = "Dež-na-strehi-7"


@pytest.fixture(scope="module")
def told():
    """Return a function that runs an example as a newcomer does, and returns what it prints."""

    def run(path):
        command = [sys.executable, "-X", "utf8", "-W", "error", str(path)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)  # noqa: S603
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return run


def test_what_serves_in_the_background_ends_with_the_example():
    """Who has not installed the client of OneRoster is told so at once, and waits for no server's thread."""
    page = (EXAMPLES[0].parents[1] / "docs/how-to/read-from-oneroster-rest.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    without = f"import sys\nsys.modules['httpx2'] = None\n{block}"
    command = [sys.executable, "-c", without]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=30)  # noqa: S603

    assert done.returncode == 1
    assert "eszkola-core[rest]" in done.stderr.splitlines()[-1]


def as_module(name):
    """Return an example as a module."""
    (path,) = (each for each in EXAMPLES if each.stem == name)
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def embedded():
    """Return the example of a service."""
    return as_module("embedded")


@pytest.fixture
def observing():
    """Return the example of observers."""
    return as_module("observing")


@pytest.fixture
def roster(tmp_path, embedded):
    """Return the file of the example's roster."""
    path = tmp_path / "ucenci.csv"
    path.write_text(embedded.ROSTER, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_without_a_complaint(told, path):
    """It ends well, says something, and shows no token, key or password."""
    said = told(path)

    assert said
    assert re.findall(r"[\w-]{43}", said) == []
    assert PASSWORD not in said


def test_a_first_day_ends_with_a_mother_who_sees_her_children(told):
    """From two records to one guardian who signs in and has both children on her list."""
    (path,) = (each for each in EXAMPLES if each.stem == "embedded")

    assert told(path).splitlines()[-1] == "signed: 200 ['Ana Žagar', 'Luka Žagar']"


def test_a_service_that_starts_again_finds_what_it_kept(embedded, tmp_path, roster):
    """The first start makes the platform, the second opens it; the same roster changes nothing."""
    for created in (4, 0):
        with embedded.open_platform(tmp_path) as platform:
            assert embedded.every_night(platform, roster)["created"] == created


def test_requests_are_answered_as_a_service_should(embedded, tmp_path, roster):
    """Known or not, the answer is one; a token is spent once; a wrong password says no more than that."""
    with embedded.open_platform(tmp_path) as platform:
        embedded.every_night(platform, roster)
        known, unknown = (
            embedded.post_access(platform, {"identifier": each}) for each in ("mojca@example.com", "nihce@example.com")
        )
        embedded.every_minute(platform)
        form = {"token": embedded.token_in(tmp_path / "outbox"), "password": PASSWORD}
        first, again = (embedded.post_password(platform, form) for _ in range(2))
        login = first[1]["login"]
        right, wrong = (
            embedded.post_session(platform, {"login": login, "password": each}) for each in (PASSWORD, "Dež")
        )

    assert known == unknown
    assert (first[0], again) == (200, (422, {"reason": "token-not-live", "violations": []}))
    assert right[1]["children"] == ["Ana Žagar", "Luka Žagar"]
    assert right[1]["session"]
    assert wrong == (401, {"reason": "wrong-login-or-password"})


SIGNED_IN = Observation(
    tenant="t",
    use_case="sign_in",
    operation="attempt",
    outcome="sign-in-refused",
    reason="account-locked",
    seconds=0.25,
)
SENT = Observation(
    tenant="t", use_case="deliver_messages", operation="all_due", outcome="delivered", seconds=2, counts={"sent": 3}
)
BROKEN = Observation(
    tenant="t", use_case="sign_in", operation="attempt", outcome="unavailable", reason="busy", is_error=True, seconds=0
)


def test_a_log_has_a_line_for_each_operation(observing):
    """With its outcome and counts; an exception is an error."""
    with structlog.testing.capture_logs() as lines:
        observe = observing.to_structlog(structlog.get_logger())
        for each in (SENT, BROKEN):
            observe(each)

    assert [(each["event"], each["log_level"], each["outcome"]) for each in lines] == [
        ("deliver_messages.all_due", "info", "delivered"),
        ("sign_in.attempt", "error", "unavailable"),
    ]
    assert (lines[0]["sent"], lines[0]["milliseconds"], lines[1]["reason"]) == (3, 2000, "busy")


def test_metrics_keep_how_long_and_how_much(observing):
    """Seconds by operation, outcome and reason; and what was counted."""
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    observe = observing.to_metrics(provider.get_meter("test"))
    for each in (SIGNED_IN, SIGNED_IN, SENT):
        observe(each)
    found = {
        metric.name: metric.data.data_points
        for metric in reader.get_metrics_data().resource_metrics[0].scope_metrics[0].metrics
    }
    provider.shutdown()
    refused, sent = found["eszkola.operation.duration"]
    (items,) = found["eszkola.operation.items"]

    assert (refused.count, refused.sum, refused.attributes["eszkola.reason"]) == (2, 0.5, "account-locked")
    assert sent.attributes["eszkola.operation"] == "deliver_messages.all_due"
    assert (items.value, items.attributes["eszkola.counted"]) == (3, "sent")


def test_a_span_lies_within_the_span_of_the_request(observing):
    """As long as the operation was, a child of what the service had begun, in error where an exception came of it."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("test")
    observe = observing.to_spans(tracer)
    with tracer.start_as_current_span("POST /session"):
        observe(SENT)
        observe(BROKEN)
    provider.shutdown()
    spans: Any = exporter.get_finished_spans()
    sent, broken, request = spans

    assert (sent.name, sent.end_time - sent.start_time) == ("deliver_messages.all_due", 2_000_000_000)
    assert sent.attributes["eszkola.count.sent"] == 3
    assert (sent.status.is_ok, broken.status.is_ok, broken.status.description) == (True, False, "busy")
    assert {each.parent.span_id for each in (sent, broken)} == {request.context.span_id}
