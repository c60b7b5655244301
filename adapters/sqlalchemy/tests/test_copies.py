"""Copies of a SQLite file into a folder that takes none."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from eszkola_core.errors import Unavailable
from eszkola_sqlalchemy import copies


@pytest.fixture
def source(tmp_path):
    """Return a database with nothing in it."""
    path = tmp_path / "source.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (a)")
    return path


@pytest.fixture
def read_only(tmp_path, monkeypatch):
    """Return a folder of a file system that is mounted for reading only: nothing is made there, nor taken away."""
    folder = tmp_path / "read-only"
    folder.mkdir()
    really_open, really_unlink = os.open, Path.unlink

    def refuse(path):
        if Path(path).parent == folder:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    def opened(path, *arguments, **named):
        refuse(path)
        return really_open(path, *arguments, **named)

    def unlinked(path, *arguments, **named):
        refuse(path)
        return really_unlink(path, *arguments, **named)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(Path, "unlink", unlinked)
    return folder


def test_a_folder_that_takes_no_copy_is_named_with_the_reason(source, read_only):
    """What cannot be tidied up there hides no reason."""
    with pytest.raises(Unavailable, match=r"read-only: Read-only file system$"):
        copies.copy(source, read_only / "b.sqlite")


def test_a_copy_that_fails_leaves_nothing_behind(source, tmp_path):
    """Neither a draft nor a log."""
    source.write_bytes(b"no database at all, but as long as the heading of one would be" * 20)
    before = set(tmp_path.iterdir())
    with pytest.raises(Exception, match="is no database"):
        copies.copy(source, tmp_path / "b.sqlite")
    assert set(tmp_path.iterdir()) == before
