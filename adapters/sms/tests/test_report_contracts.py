"""What SMSAPI calls back, and what waits at an SMPP gateway, is read as the ports promise."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import define

from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.text_messages import Delivery
from eszkola_core.testing.contracts.sms_reports import SmsReportCollectorContract, SmsReportReaderContract
from eszkola_sms import SmsapiCourier

STATUS = {Delivery.DELIVERED: "404", Delivery.NOT_DELIVERED: "405", Delivery.NOT_KNOWN: "403"}


class TestReadingCallbacks(SmsReportReaderContract):
    """SMSAPI's callbacks."""

    @pytest.fixture
    def reader(self):
        """Return the courier, which goes nowhere for it."""
        return SmsapiCourier(token=Secret("x"))

    @pytest.fixture
    def written(self):
        """Return what writes a callback of several messages."""
        return lambda said: f"MsgId={','.join(said)}&status={','.join(STATUS[each] for each in said.values())}".encode()


@define
class Smsc:
    """An SMPP server with receipts."""

    server: Any
    courier_to: Any

    def collector(self):
        """Return a courier to the server."""
        return self.courier_to(self.server.port)

    def has(self, gateway_id):
        """Let a receipt wait."""
        text = f"id:{gateway_id} sub:001 dlvrd:001 submit date:2611281200 done date:2611281201 stat:DELIVRD err:000"
        self.server.order(receipt={"source_addr": "48601000001", "esm_class": 4, "short_message": text})

    def close(self):
        """Stop the server."""
        self.server.end()


class TestCollecting(SmsReportCollectorContract):
    """SMPP's receipts."""

    @pytest.fixture
    def fresh_reports(self, smpp_servers, smpp_courier_to):
        """Return what starts a server of its own each time."""
        return lambda: Smsc(smpp_servers(), smpp_courier_to)
