"""All three couriers keep every promise of the port: into a folder, to SMSAPI, and to a real SMPP server."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve

from eszkola_core.ports.text_messages import RenderedSms, SmsCourier
from eszkola_core.testing.contracts.sms_couriers import ArrivedSms, SmsCourierContract
from eszkola_sms import FolderSmsCourier


@define
class Folder:
    """A folder that text messages are written into."""

    path: Path
    is_closed: bool = False

    def courier(self) -> SmsCourier:
        """Return a courier into the folder."""
        return FolderSmsCourier(self.path)

    def arrived(self) -> Sequence[ArrivedSms]:
        """Read the files, wherever they have gone."""
        folder = self._elsewhere if self.is_closed else self.path
        told = [json.loads(each.read_text("utf-8")) for each in folder.glob("*.json") if each.is_file()]
        return [ArrivedSms(each["to"], each["text"]) for each in told]

    def refused(self, sms: RenderedSms, *, for_good: bool) -> RenderedSms:
        """Leave nothing to say, or put something in the place of the file that can be taken away again."""
        if for_good:
            return evolve(sms, text="")
        self.path.mkdir(exist_ok=True)
        (receipt,) = FolderSmsCourier(self.path / "elsewhere").send([sms])
        (self.path / f"{receipt.gateway_id}.json").mkdir()
        return sms

    def close(self) -> None:
        """Move the folder away, and a file into its place, so that no other can be made there."""
        self.is_closed = True
        self.path.mkdir(exist_ok=True)
        self.path.rename(self._elsewhere)
        self.path.touch()

    @property
    def _elsewhere(self) -> Path:
        return self.path.with_name(f"{self.path.name}-moved")


class TestFolderSmsCourier(SmsCourierContract):
    """The courier into a folder."""

    answers = False

    @pytest.fixture
    def fresh_gateway(self, tmp_path):
        """Return what opens a folder of its own each time."""
        folders = iter(range(100))
        return lambda: Folder(tmp_path / f"sms{next(folders)}")


@define
class LikeSmsapi:
    """A server that speaks like SMSAPI."""

    box: Any
    address: str
    courier_to: Callable[..., SmsCourier]
    stop: Callable[[str], None]

    def courier(self) -> SmsCourier:
        """Return a courier to the server."""
        return self.courier_to(self.address)

    def arrived(self) -> Sequence[ArrivedSms]:
        """Return what the server would send."""
        return [ArrivedSms(f"+{each['to']}", each["message"]) for each in self.box.taken.values()]

    def refused(self, sms: RenderedSms, *, for_good: bool) -> RenderedSms:
        """Answer that the number is none, or that there are too many requests."""
        code = 13 if for_good else 203
        self.box.answers[sms.to.e164[1:]] = 200, {"error": code, "message": f"no {sms.to.e164}", "invalid_numbers": []}
        return sms

    def unanswered(self, sms: RenderedSms) -> RenderedSms:
        """Take it, and cut the connection."""
        self.box.answers[sms.to.e164[1:]] = "lose"
        return sms

    def close(self) -> None:
        """Stop the server."""
        self.stop(self.address)


class TestSmsapiCourier(SmsCourierContract):
    """The courier to SMSAPI."""

    @pytest.fixture
    def fresh_gateway(self, serve, courier_to, stop):
        """Return what starts a server of its own each time."""

        def start() -> LikeSmsapi:
            box, address = serve()
            return LikeSmsapi(box, address, courier_to, stop)

        return start


@define
class Smsc:
    """An SMPP server."""

    server: Any
    courier_to: Callable[..., SmsCourier]

    def courier(self) -> SmsCourier:
        """Return a courier to the server."""
        return self.courier_to(self.server.port)

    def arrived(self) -> Sequence[ArrivedSms]:
        """Put together what the server took, by the headers of the segments."""
        told = [each for each in self.told() if "message" in each]
        whole: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for at, each in enumerate(told):
            header = bytes.fromhex(each["udh"][0])[-3:] if each["udh"] else b""
            name = header[:2].hex() if header else f"alone {at}"
            whole.setdefault((each["to"], name), []).append((header[2] if header else 1, each["message"]))
        return [ArrivedSms(f"+{to}", "".join(text for _, text in sorted(parts))) for (to, _), parts in whole.items()]

    def told(self) -> Any:
        """Return all that the server told, also after it was stopped."""
        return self.server.told if self.server.process.poll() is not None else self.server.heard()

    def refused(self, sms: RenderedSms, *, for_good: bool) -> RenderedSms:
        """Answer that the destination is wrong, or that the queue is full."""
        self.server.order(to=sms.to.e164[1:], do="refuse", status=0x0B if for_good else 0x14)
        return sms

    def unanswered(self, sms: RenderedSms) -> RenderedSms:
        """Take it, and cut the connection."""
        self.server.order(to=sms.to.e164[1:], do="die")
        return sms

    def close(self) -> None:
        """Stop the server."""
        self.server.end()


class TestSmppCourier(SmsCourierContract):
    """The courier to an SMPP gateway."""

    @pytest.fixture
    def fresh_gateway(self, smpp_servers, smpp_courier_to):
        """Return what starts a server of its own each time."""
        return lambda: Smsc(smpp_servers(), smpp_courier_to)
