"""E-mail into a folder: for trials, for tests, and for a mail program to open."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from eszkola_core import InvalidValue, SystemClock, Unavailable
from eszkola_core.ports.messages import Bounce, Outcome, Receipt, RenderedEmail
from eszkola_smtp.bounces import read_bounce
from eszkola_smtp.mime import Sender, identity, internet_message, parse_sender

if TYPE_CHECKING:
    from eszkola_core.ports.messages import BounceReader, EmailCourier

_TRY_AGAIN: Final = timedelta(minutes=1)


@frozen
class FolderCourier:
    """
    Writes each e-mail as an ``.eml`` file that only the owner of the process may read.

    A file is named as its Message-ID, so the same e-mail taken again is the same file (EC6). It appears whole or not at
    all, and is on the disk when the receipt says *sent* (EC2).
    """

    folder: Path
    sender: Sender = field(kw_only=True, converter=parse_sender)
    now: Callable[[], datetime] = field(kw_only=True, factory=lambda: SystemClock().now, repr=False)

    def send(self, emails: Sequence[RenderedEmail]) -> Iterator[Receipt]:
        """
        Write *emails*, yielding what became of each once all of them are on the disk.

        Raises:
            Unavailable: the folder cannot be made or written to; nothing was written.
        """
        if not emails:
            return
        self._look()
        receipts = [self._attempt(email) for email in emails]
        # One wait for the disk serves the whole batch; a crash before it repeats files that are the same.
        _settle(self.folder)
        yield from receipts

    @staticmethod
    def bounce(octets: bytes) -> Bounce | None:
        """Return what a message that came back reports, or None where it reports nothing."""
        return read_bounce(octets)

    def _attempt(self, email: RenderedEmail) -> Receipt:
        """Write one e-mail and return what became of it."""
        try:
            self._write(email)
        except InvalidValue as wrong:
            return Receipt(email.reference, Outcome.FAILED_FOR_GOOD, wrong.code)
        except OSError:
            return Receipt(email.reference, Outcome.FAILED_FOR_NOW, "folder-unwritable")
        return Receipt(email.reference, Outcome.SENT)

    def _look(self) -> None:
        """Make sure of a folder that files can be made in."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise Unavailable(
                f"{self.folder}: no file can be written there; make it a folder with room, and this program's own",
                code="folder-unwritable",
                retry_after=_TRY_AGAIN,
            ) from error

    def _write(self, email: RenderedEmail) -> None:
        message = internet_message(email, self.sender, self.now())
        target = self.folder / f"{identity(email, self.sender)}.eml"
        if target.is_file():  # a folder of that name would be no e-mail (EC2)
            return
        with NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as part:
            draft = Path(part.name)
            try:
                part.write(message)
                part.close()  # some systems move no open file
                draft.replace(target)
            finally:
                draft.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Have everything that was written to *folder* on the disk, where the system can be asked for that."""
    if os.name == "posix":
        os.sync()
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


if TYPE_CHECKING:
    _kept: type[EmailCourier] = FolderCourier
    _reads: type[BounceReader] = FolderCourier
