"""What goes wrong in a folder has a code that stays, and a sentence with what mends it; it never passes for nothing."""

from __future__ import annotations

import resource
import signal

import pytest

from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_lmdb.storage import LmdbPages, plugin


@pytest.fixture
def pages(tmp_path):
    """Return pages of which two are kept, and for which there is a MiB."""
    made = LmdbPages(tmp_path / "pages", "a", patience=0.2, size_mib=1)
    assert made.add(1, b"first")
    assert made.add(2, b"second")
    return made


def data(pages):
    """Return the file in which they lie."""
    (found,) = pages.root.rglob("data.mdb")
    return found


def told(call):
    """Return code and text with which something is not done."""
    with pytest.raises(Unavailable) as refused:
        call()
    return refused.value.code, str(refused.value)


def test_a_full_map_names_the_option(pages):
    """Nothing of the page is kept, and with a larger map the same goes on."""
    code, text = told(lambda: pages.add(3, bytes(2 * 1024 * 1024)))

    assert (code, "raise `size_mib`" in text) == ("map-full", True)
    assert dict(pages.after(0)) == {1: b"first", 2: b"second"}
    larger = LmdbPages(pages.root, "a", size_mib=8)
    assert larger.add(3, bytes(2 * 1024 * 1024))
    larger.drop(3)
    assert [number for number, _ in pages.after(0)] == [3]


@pytest.mark.parametrize("change", [lambda pages: pages.add(3, bytes(500_000)), lambda pages: pages.drop(2)])
def test_a_full_disk_leaves_everything_as_it_was(pages, change):
    """A disk that takes no more is played by the limit of a file."""
    before = sorted(pages.root.rglob("*"))
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, limits[1]))
    try:
        code, text = told(lambda: change(pages))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)

    assert (code, "make room" in text) == ("disk-full", True)
    assert dict(pages.after(0)) == {1: b"first", 2: b"second"}
    assert sorted(pages.root.rglob("*")) == before
    assert pages.add(3, b"third")


@pytest.mark.parametrize("number", [1, 2])
def test_a_folder_that_is_gone_is_not_empty(pages, number):
    """To whoever has read a page there; nor can the next page be the first of a new one."""
    pages.root.rename(pages.root.with_name("elsewhere"))

    assert told(lambda: list(pages.after(number)))[0] == "pages-gone"
    assert told(lambda: pages.add(number + 1, b""))[0] == "folder-unreachable"


def test_another_writer_is_waited_for_in_vain(pages):
    """With the patience that there is; then it is said when to come back."""
    with pages._locked("adding"), pytest.raises(Unavailable, match="try again") as refused:  # noqa: SLF001
        pages.add(3, b"third")

    assert refused.value.code == "no-turn"
    assert refused.value.retry_after is not None


@pytest.mark.parametrize("kept", [b"", b"\0" * 16384, b"no store of ours " * 1000], ids=["empty", "zeros", "other"])
def test_another_file_in_its_place_is_damage(pages, kept):
    """Also an empty one, of which LMDB would make a new environment."""
    data(pages).write_bytes(kept)

    for call in (lambda: list(pages.after(0)), lambda: pages.add(3, b""), lambda: pages.drop(2)):
        code, text = told(call)
        assert (code, "eszkola db restore" in text) == ("damaged", True)
    assert data(pages).read_bytes() == kept


def test_a_file_cut_short_is_damage_and_kills_nobody(pages):
    """A process that reads behind the end of a mapped file would be gone."""
    assert pages.add(3, bytes(100_000))
    whole = data(pages).read_bytes()
    data(pages).write_bytes(whole[:-4096])

    assert told(lambda: list(pages.after(0)))[0] == "damaged"


def test_what_was_half_written_is_gone_with_the_next_drop(pages):
    """What a process that was killed left of a generation is never looked at."""
    folder = data(pages).parent.parent
    (folder / "draft-dead").mkdir()
    (folder / "draft-dead" / "data.mdb").write_bytes(b"half")

    assert dict(pages.after(0)) == {1: b"first", 2: b"second"}
    pages.drop(1)
    assert [each.name for each in folder.iterdir()] == ["1"]


@pytest.mark.parametrize("wrong", [{"size_mib": 0.5}, {"size_mib": "1"}, {"patience": 0}, {"folder": 1}])
def test_a_wrong_option_is_named(tmp_path, wrong):
    """Before anything is opened."""
    with pytest.raises(InvalidValue, match=f"^{next(iter(wrong))}: "):
        plugin({"folder": "pages", "keyring": "keyring", **wrong}, base=tmp_path, tenant="a")
