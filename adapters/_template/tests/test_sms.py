"""The courier of text messages keeps every clause of its port."""

from __future__ import annotations

import pytest
from worlds import LOST, World

from eszkola_core.testing.contracts.sms_couriers import ArrivedSms, SmsCourierContract
from eszkola_template.sms import GatewaySmsCourier


class Telephones(World):
    def courier(self):
        return GatewaySmsCourier(self.gateway)

    def arrived(self):
        return [ArrivedSms(each["to"], each["text"]) for each in self.taken.values()]

    def refused(self, sms, *, for_good):
        self.fate(sms.reference, for_good=for_good)
        return sms

    def unanswered(self, sms):
        self.fates[sms.reference] = LOST
        return sms


class TestSms(SmsCourierContract):
    @pytest.fixture
    def fresh_gateway(self, opened):
        return lambda: opened(Telephones())
