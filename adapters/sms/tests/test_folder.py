"""Text messages as files: whole, private, and once."""

from __future__ import annotations

import json
import stat
import sys

import pytest

from eszkola_core.testing.contracts.sms_couriers import an_sms
from eszkola_sms import FolderSmsCourier


def test_a_file_says_all_that_a_gateway_would_be_told(tmp_path):
    """And how it would travel; nothing else lies in the folder."""
    list(FolderSmsCourier(tmp_path / "sms").send([an_sms(1, "ż" * 71)]))

    (path,) = (tmp_path / "sms").iterdir()
    assert json.loads(path.read_text("utf-8")) == {
        "reference": "initial:1",
        "to": "+48601000001",
        "text": "ż" * 71,
        "encoding": "UCS-2",
        "units": "71",
        "segments": "2",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_only_the_owner_reads_it(tmp_path):
    """Neither file nor folder is open to others."""
    list(FolderSmsCourier(tmp_path / "sms").send([an_sms(1)]))

    modes = {stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "sms", *(tmp_path / "sms").iterdir())}
    assert [oct(mode) for mode in modes if mode & 0o077] == []
