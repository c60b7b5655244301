"""The subscriber keeps every clause of its port."""

from __future__ import annotations

import pytest
from worlds import World

from eszkola_core.testing.contracts.subscribers import EventSubscriberContract, HeardOf
from eszkola_template.events import GatewaySubscriber


class Service(World):
    def subscriber(self):
        return GatewaySubscriber(self.gateway)

    def heard(self):
        return [HeardOf(key=each["key"], kind=each["kind"], data=each["data"]) for each in self.taken.values()]

    def refused(self, event, *, for_good):
        self.fate(event.key, for_good=for_good)
        return event


class TestEvents(EventSubscriberContract):
    @pytest.fixture
    def fresh_service(self, opened):
        return lambda: opened(Service())
