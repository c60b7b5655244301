"""The courier into a folder."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from eszkola_core.errors import Unavailable
from eszkola_core.ports.messages import Outcome, Receipt
from eszkola_smtp import FolderCourier

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@pytest.fixture
def courier(tmp_path):
    """Return a courier into a folder that is not there yet."""
    return FolderCourier(tmp_path / "mail" / "out", sender="eSzkoła <konta@eszkola.example>", now=lambda: NOW)


@pytest.mark.clause("EC1")
@pytest.mark.clause("EC2")
def test_each_email_becomes_a_file_that_a_mail_program_opens(courier, an_email):
    """The folder is made, and holds one whole message for each e-mail and nothing else."""
    emails = [an_email(1), an_email(2)]

    assert list(courier.send(emails)) == [Receipt(email.reference, Outcome.SENT) for email in emails]

    files = sorted(courier.folder.iterdir())
    mails = [message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default) for path in files]
    assert [path.suffix for path in files] == [".eml"] * 2
    assert {str(mail["To"]) for mail in mails} == {email.to for email in emails}
    assert all("Dzień dobry" in str(next(mail.iter_parts()).get_content()) for mail in mails)
    assert [f"<{path.stem}@eszkola.example>" for path in files] == [mail["Message-ID"] for mail in mails]


@pytest.mark.clause("EC6")
def test_the_same_email_is_one_file_however_often_it_is_sent(courier, an_email):
    """A second attempt is sent as well, and changes no byte of what lies there."""
    list(courier.send([an_email()]))
    (file,) = courier.folder.iterdir()
    before = file.read_bytes()
    later = FolderCourier(
        courier.folder, sender="eSzkoła <konta@eszkola.example>", now=lambda: NOW + timedelta(hours=1)
    )

    assert [receipt.outcome for receipt in later.send([an_email(), an_email()])] == [Outcome.SENT] * 2
    assert list(courier.folder.iterdir()) == [file]
    assert file.read_bytes() == before


def test_one_reference_of_two_tenants_is_two_files(courier, an_email):
    """Two tenants may number their messages alike and share a folder: nobody's message is lost."""
    list(courier.send([an_email(), an_email(to="somebody.else@example.com")]))

    assert len(list(courier.folder.iterdir())) == 2


@pytest.mark.skipif(os.name != "posix", reason="only POSIX systems have these permissions")
def test_only_the_owner_may_read_what_holds_a_token(courier, an_email):
    """Neither the folder nor a file is open to others."""
    list(courier.send([an_email()]))

    for path in (courier.folder, *courier.folder.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


@pytest.mark.clause("EC5")
def test_a_folder_that_cannot_be_is_unavailable(tmp_path, an_email):
    """Where a file stands in the way nothing is written, and the error names the place."""
    (tmp_path / "file").touch()
    courier = FolderCourier(tmp_path / "file" / "mail", sender="konta@eszkola.example")

    with pytest.raises(Unavailable, match="mail: no file can be written") as stopped:
        next(courier.send([an_email()]))

    assert stopped.value.code == "folder-unwritable"
    assert stopped.value.retry_after == timedelta(minutes=1)


@pytest.mark.clause("EC3")
@pytest.mark.clause("EC4")
def test_a_file_that_cannot_be_written_leaves_the_others_alone(courier, an_email, monkeypatch):
    """A disk that is full for one e-mail fails it for now, and leaves no half of it behind."""
    rename, calls = Path.replace, []

    def second_fails(path: Path, target: Path) -> Path:
        calls.append(path)
        if len(calls) == 2:
            raise OSError
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", second_fails)
    receipts = list(courier.send([an_email(number) for number in range(1, 4)]))

    assert [(receipt.outcome, receipt.code) for receipt in receipts] == [
        (Outcome.SENT, ""),
        (Outcome.FAILED_FOR_NOW, "folder-unwritable"),
        (Outcome.SENT, ""),
    ]
    assert [path.suffix for path in courier.folder.iterdir()] == [".eml"] * 2


@pytest.mark.clause("EC4")
def test_an_email_to_nowhere_leaves_the_others_alone(courier, an_email):
    """An address that is none fails for good."""
    receipts = list(courier.send([an_email(1, to="nowhere"), an_email(2)]))

    assert [(receipt.outcome, receipt.code) for receipt in receipts] == [
        (Outcome.FAILED_FOR_GOOD, "invalid-email"),
        (Outcome.SENT, ""),
    ]


def test_nothing_to_send_makes_no_folder(courier):
    """An empty batch leaves no trace."""
    assert list(courier.send([])) == []
    assert not courier.folder.exists()


def test_the_date_is_the_machines_when_no_clock_is_given(tmp_path, an_email):
    """A courier made without a clock takes the machine's."""
    courier = FolderCourier(tmp_path, sender="konta@eszkola.example")
    list(courier.send([an_email()]))
    (file,) = tmp_path.iterdir()

    date = message_from_bytes(file.read_bytes(), policy=policy.default)["Date"].datetime
    assert abs(datetime.now(UTC) - date) < timedelta(hours=1)
