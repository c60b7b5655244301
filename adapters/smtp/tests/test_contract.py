"""Both couriers keep every promise of the port: into a folder, and to a real mail server on loopback."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve

from eszkola_core.ports.messages import RenderedEmail
from eszkola_core.testing.contracts.bounces import BounceReaderContract
from eszkola_core.testing.contracts.couriers import Arrived, EmailCourierContract, PostOffice
from eszkola_smtp import FolderCourier, SmtpCourier
from eszkola_smtp.mime import identity

SENDER = "eSzkoła Opolska <konta@eszkola.example>"


def arrived(content: bytes) -> Arrived:
    """Return an e-mail as a mail program reads it."""
    mail = message_from_bytes(content, EmailMessage, policy=policy.default)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return Arrived(
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        text="" if text is None else text.get_content(),
        html=None if html is None else html.get_content(),
        message_id=str(mail["Message-ID"]),
        date=mail["Date"].datetime,
    )


@define
class Folder:
    """A folder that e-mails are written into."""

    path: Path
    is_closed: bool = False

    def courier(self) -> FolderCourier:
        """Return a courier into the folder."""
        return FolderCourier(self.path, sender=SENDER)

    def arrived(self) -> Sequence[Arrived]:
        """Read the files, wherever they have gone."""
        folder = self._elsewhere if self.is_closed else self.path
        return [arrived(each.read_bytes()) for each in folder.glob("*.eml") if each.is_file()]

    def refused(self, email: RenderedEmail, *, for_good: bool) -> RenderedEmail:
        """Address the e-mail to nobody, or put something in the place of its file that can be taken away again."""
        if for_good:
            return evolve(email, to="nobody")
        (self.path / f"{identity(email, self.courier().sender)}.eml").mkdir(parents=True)
        return email

    def close(self) -> None:
        """Move the folder away, and a file into its place, so that no other can be made there."""
        self.is_closed = True
        self.path.mkdir(exist_ok=True)
        self.path.rename(self._elsewhere)
        self.path.touch()

    @property
    def _elsewhere(self) -> Path:
        return self.path.with_name(f"{self.path.name}-moved")


class TestFolderCourier(EmailCourierContract):
    """The courier into a folder, which waits for the disk once for a whole batch."""

    one_by_one = False

    @pytest.fixture
    def fresh_post_office(self, tmp_path):
        """Return what opens a folder of its own each time."""
        folders = iter(range(100))
        return lambda: Folder(tmp_path / f"mail{next(folders)}")


class TestReadingBounces(BounceReaderContract):
    """What both couriers read of what came back."""

    @pytest.fixture(params=["folder", "server"])
    def reader(self, request, tmp_path, courier_to):
        """Return each of the two; neither goes anywhere for it."""
        return FolderCourier(tmp_path, sender=SENDER) if request.param == "folder" else courier_to(25)


@define
class Server:
    """A mail server of the tests."""

    box: Any
    port: int
    courier_to: Callable[..., SmtpCourier]
    stop: Callable[[int], None]

    def courier(self) -> SmtpCourier:
        """Return a courier to the server."""
        return self.courier_to(self.port)

    def arrived(self) -> Sequence[Arrived]:
        """Read what the server took."""
        return [arrived(each.content) for each in self.box.mails]

    def refused(self, email: RenderedEmail, *, for_good: bool) -> RenderedEmail:
        """Have the server answer that there is no such mailbox, or that it is full."""
        self.box.replies["RCPT", email.to] = "550 5.1.1 nobody here" if for_good else "452 4.2.2 full"
        return email

    def close(self) -> None:
        """Stop the server."""
        self.stop(self.port)


class TestSmtpCourier(EmailCourierContract):
    """The courier to a mail server."""

    @pytest.fixture
    def fresh_post_office(self, serve, courier_to, stop) -> Callable[[], PostOffice]:
        """Return what starts a server of its own each time."""

        def start() -> Server:
            box, port = serve()
            return Server(box, port, courier_to, stop)

        return start
