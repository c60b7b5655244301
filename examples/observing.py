"""
How a service watches the platform: a line of a structured log for each operation, a metric, and a span.

Run it where the adapters are installed, and two libraries that the platform does without: ``python3 -m pip install
structlog opentelemetry-sdk``, then ``python examples/observing.py``. An observation holds codes and counts only, so all
of it may go to wherever logs and metrics go.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import structlog
from opentelemetry.metrics import Meter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer
from structlog.typing import FilteringBoundLogger

from eszkola_core import PROFILES, Observation, Observer, Platform, Tenant
from eszkola_sqlalchemy.plugin import storage

_NANOSECONDS: Final = 1_000_000_000


def to_structlog(log: FilteringBoundLogger) -> Observer:
    """Return an observer that writes a line for each operation; one that ended in an exception is an error."""

    def observe(seen: Observation) -> None:
        write = log.error if seen.is_error else log.info
        write(
            f"{seen.use_case}.{seen.operation}",
            tenant=seen.tenant,
            outcome=seen.outcome,
            reason=seen.reason or None,
            milliseconds=round(seen.seconds * 1000, 1),
            **seen.counts,
        )

    return observe


def to_metrics(meter: Meter) -> Observer:
    """Return an observer that keeps how long operations take, what they come to, and how much they did."""
    seconds = meter.create_histogram("eszkola.operation.duration", unit="s", description="How long operations took.")
    items = meter.create_counter("eszkola.operation.items", description="What operations did, by what was counted.")

    def observe(seen: Observation) -> None:
        labels = _labels(seen)
        seconds.record(seen.seconds, labels)
        for what, many in seen.counts.items():
            items.add(many, {**labels, "eszkola.counted": what})

    return observe


def to_spans(tracer: Tracer) -> Observer:
    """
    Return an observer that makes a span of each operation.

    The span is made when the operation has ended, in the thread that ran it: it lies within the request's own span.
    """

    def observe(seen: Observation) -> None:
        end = time.time_ns()
        span = tracer.start_span(
            f"{seen.use_case}.{seen.operation}",
            kind=SpanKind.INTERNAL,
            start_time=end - round(seen.seconds * _NANOSECONDS),
            attributes={**_labels(seen), **{f"eszkola.count.{what}": many for what, many in seen.counts.items()}},
        )
        if seen.is_error:
            span.set_status(Status(StatusCode.ERROR, seen.reason or seen.outcome))
        span.end(end)

    return observe


def all_of(*observers: Observer) -> Observer:
    """Return an observer that lets each of *observers* hear."""

    def observe(seen: Observation) -> None:
        for each in observers:
            each(seen)

    return observe


def _labels(seen: Observation) -> dict[str, str]:
    """Return by what operations are told apart: few values each, so that metrics stay few too."""
    labels = {
        "eszkola.tenant": seen.tenant,
        "eszkola.operation": f"{seen.use_case}.{seen.operation}",
        "eszkola.outcome": seen.outcome,
    }
    if seen.reason:
        labels["eszkola.reason"] = seen.reason
    return labels


def main() -> None:
    """Let somebody fail to sign in, and show what was seen of it."""
    spans, numbers = InMemorySpanExporter(), InMemoryMetricReader()
    tracing, metering = TracerProvider(), MeterProvider([numbers])
    tracing.add_span_processor(SimpleSpanProcessor(spans))
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer(ensure_ascii=False)],
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
    )
    tenant = Tenant(
        key="opole",
        name="Opole",
        base_url="https://konto.example.org",
        platform_domain="eszkola.example.org",
        settings=PROFILES["uonet"],
    )
    observer = all_of(
        to_structlog(structlog.get_logger()),
        to_metrics(metering.get_meter("eszkola")),
        to_spans(tracing.get_tracer("eszkola")),
    )
    with TemporaryDirectory() as place:
        administration = storage({}, base=Path(place), tenant=tenant.key)
        administration.create()
        with Platform(tenant, administration=administration, observer=observer) as platform:
            platform.sign_in.attempt("jan.kowalski", "Wiosna-2026!")
            platform.recover_access.answer_waiting()
    for span in spans.get_finished_spans():
        print("span:  ", span.name, dict(span.attributes or {})["eszkola.outcome"])
    metrics = numbers.get_metrics_data()
    for metric in metrics.resource_metrics[0].scope_metrics[0].metrics if metrics is not None else ():
        print("metric:", metric.name, len(metric.data.data_points), "rows")
    tracing.shutdown()
    metering.shutdown()


if __name__ == "__main__":
    main()
