"""Text messages into a folder: for trials, for tests, and for a phone that somebody reads them from."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import TYPE_CHECKING, Final

from attrs import frozen

from eszkola_core.domain.sms_segments import segmentation
from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.ports.text_messages import RenderedSms, SmsOutcome, SmsReceipt

if TYPE_CHECKING:
    from eszkola_core.ports.text_messages import SmsCourier

_TRY_AGAIN: Final = timedelta(minutes=1)


@frozen
class FolderSmsCourier:
    """
    Writes each text message as a ``.json`` file that only the owner of the process may read.

    A file is named by the reference, so the same message taken again is the same file (SC8). It appears whole or not at
    all, and is on the disk when the receipt says *accepted* (SC3).
    """

    folder: Path
    deduplicates: bool = True

    def send(self, messages: Iterable[RenderedSms]) -> Iterator[SmsReceipt]:
        """
        Write *messages*, one after the other.

        Raises:
            Unavailable: the folder cannot be made or written to; no message was asked for since.
        """
        waiting = iter(messages)
        while True:
            self._look()
            sms = next(waiting, None)
            if sms is None:
                return
            yield self._attempt(sms)

    def _attempt(self, sms: RenderedSms) -> SmsReceipt:
        """Write one message and return what became of it."""
        name = sha256(sms.reference.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        try:
            self._write(sms, self.folder / f"{name}.json")
        except InvalidValue as wrong:
            return SmsReceipt(reference=sms.reference, outcome=SmsOutcome.REFUSED_FOR_GOOD, code=wrong.code)
        except OSError:
            return SmsReceipt(reference=sms.reference, outcome=SmsOutcome.REFUSED_FOR_NOW, code="folder-unwritable")
        return SmsReceipt(reference=sms.reference, outcome=SmsOutcome.ACCEPTED, gateway_id=name)

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

    def _write(self, sms: RenderedSms, target: Path) -> None:
        encoding, units, segments = segmentation(sms.text)
        if target.is_file():
            return
        told = {"reference": sms.reference, "to": sms.to.e164, "text": sms.text}
        told |= {"encoding": encoding.value, "units": str(units), "segments": str(segments)}
        content = json.dumps(told, ensure_ascii=False, indent=1).encode()
        with NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as part:
            draft = Path(part.name)
            try:
                part.write(content)
                part.flush()
                os.fsync(part.fileno())
                part.close()  # some systems move no open file
                draft.replace(target)
                _settle(self.folder)
            finally:
                draft.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Have the name of what was moved into *folder* on the disk, where the system can be asked for that."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


if TYPE_CHECKING:
    _kept: type[SmsCourier] = FolderSmsCourier
