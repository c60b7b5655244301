"""What whoever reads or fetches a gateway's reports promises, as tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import pytest

from eszkola_core.domain.text_messages import Delivery, SmsReport
from eszkola_core.errors import Unavailable
from eszkola_core.ports.text_messages import SmsReportCollector, SmsReportReader

D = Delivery

Writer = Callable[[Mapping[str, Delivery]], bytes]
"""Writes what a gateway sends of messages, by its ids, each with what became of it."""


class SmsReportReaderContract:
    """Holds an `SmsReportReader` to every clause of its port."""

    @pytest.fixture
    def reader(self) -> SmsReportReader:
        """Return what reads reports."""
        pytest.fail("override the fixture `reader`: return what reads the reports of your gateway")

    @pytest.fixture
    def written(self) -> Writer:
        """Return a function that writes one report of several messages, as your gateway does."""
        pytest.fail("override the fixture `written`: return a function that writes a report as your gateway does")

    @pytest.mark.clause("RR1")
    def test_every_message_that_is_named_comes_out(self, reader: SmsReportReader, written: Writer) -> None:
        """In order, each by its name and with what is said of it."""
        said = {"A1": D.DELIVERED, "A2": D.NOT_DELIVERED, "A3": D.DELIVERED}

        found = reader.reports(written(said))

        assert [(each.gateway_id or each.reference, each.delivery) for each in found] == list(said.items())

    @pytest.mark.clause("RR2")
    def test_what_is_on_its_way_is_not_told_as_the_end(self, reader: SmsReportReader, written: Writer) -> None:
        """That it was sent, or waits, is known of it and no more."""
        (found,) = reader.reports(written({"A1": D.NOT_KNOWN}))

        assert (found.gateway_id or found.reference, found.delivery) == ("A1", D.NOT_KNOWN)

    @pytest.mark.clause("RR3")
    def test_anything_else_is_no_report(self, reader: SmsReportReader, written: Writer) -> None:
        """Nothing, noise, the beginning of a report: nothing is read of it, and nothing raised."""
        whole = written({"A1": D.DELIVERED})
        for octets in (b"", b"\x00\xff" * 99, b"=&=&=", b"{", b"\xd8\x00", "żółw".encode()):
            assert list(reader.reports(octets)) == []
        for end in range(len(whole)):
            reader.reports(whole[:end])


class ReportingGateway(Protocol):
    """The world that reports are fetched from, as the test of an adapter plays it."""

    def collector(self) -> SmsReportCollector:
        """Return what fetches reports from here."""

    def has(self, gateway_id: str) -> None:
        """Let a report wait: a telephone got the message."""

    def close(self) -> None:
        """Be out of reach from now on."""


class SmsReportCollectorContract:
    """Holds an `SmsReportCollector` to every clause of its port."""

    @pytest.fixture
    def fresh_reports(self) -> Callable[[], ReportingGateway]:
        """Return a function that opens a gateway where no report waits."""
        pytest.fail("override the fixture `fresh_reports`: return a function that makes a `ReportingGateway` of yours")

    @pytest.mark.clause("RC1")
    def test_each_report_is_handed_out_until_it_was_taken(self, fresh_reports: Callable[[], ReportingGateway]) -> None:
        """Whoever falls over with one in hand finds it again; what was taken is gone."""
        gateway = fresh_reports()
        for name in ("g1", "g2", "g3"):
            gateway.has(name)
        collecting = iter(gateway.collector().collect())
        assert next(collecting) == SmsReport(gateway_id="g1", delivery=D.DELIVERED)
        assert next(collecting).gateway_id == "g2"
        collecting.close()  # type: ignore[attr-defined] # whoever collects yields

        assert [each.gateway_id for each in gateway.collector().collect()] == ["g2", "g3"]
        assert list(gateway.collector().collect()) == []

    @pytest.mark.clause("RC2")
    def test_it_ends_where_nothing_waits(self, fresh_reports: Callable[[], ReportingGateway]) -> None:
        """Without a report, by itself."""
        assert list(fresh_reports().collector().collect()) == []

    @pytest.mark.clause("RC3")
    def test_a_gateway_out_of_reach_is_unavailable(self, fresh_reports: Callable[[], ReportingGateway]) -> None:
        """That nobody answers is not that nothing waits."""
        gateway = fresh_reports()
        collector = gateway.collector()
        gateway.close()

        with pytest.raises(Unavailable):
            list(collector.collect())
