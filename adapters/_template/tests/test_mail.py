"""The courier of e-mails keeps every clause of its port."""

from __future__ import annotations

from datetime import datetime

import pytest
from worlds import World

from eszkola_core.testing.contracts.couriers import Arrived, EmailCourierContract
from eszkola_template.mail import GatewayEmailCourier


class PostOffice(World):
    def courier(self):
        return GatewayEmailCourier(self.gateway, "Szkoła <szkola@example.com>")

    def arrived(self):
        return [
            Arrived(**{name: each[name] for name in FIELDS}, date=_date(each["date"])) for each in self.taken.values()
        ]

    def refused(self, email, *, for_good):
        self.fate(email.reference, for_good=for_good)
        return email


FIELDS = ("to", "subject", "text", "html", "message_id")


def _date(text):
    return None if text is None else datetime.fromisoformat(text)


class TestMail(EmailCourierContract):
    @pytest.fixture
    def fresh_post_office(self, opened):
        return lambda: opened(PostOffice())
