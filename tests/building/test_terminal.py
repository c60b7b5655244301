"""A page's commands are typed as a reader types them, and what is not as the page says is told."""

from __future__ import annotations

import shutil

import pytest
from terminal import Terminal, Terminals, steps

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")

PAGE = """
<!-- here: /backups is $PWD/of-mine -->
<!-- another each time: 4fb9 12:9f1c -->
"""


@pytest.fixture
def terminal(tmp_path):
    """Yield the terminal of a page."""
    folder = tmp_path / "page"
    folder.mkdir()
    terminal = Terminal.open(folder, PAGE)
    yield terminal
    terminal.close()


def test_what_a_command_leaves_the_next_one_finds(terminal):
    """Files, variables, functions and the folder one went to."""
    for command in ("mkdir away", "cd away", "NAME=Ala", "greet() { echo Hello, $1; }", 'greet "$NAME" > said'):
        assert terminal.fault(command) is None

    assert terminal.fault("cat said; pwd", "Hello, Ala\n…/page/away") is None


def test_what_ends_with_another_code_than_none_is_a_fault(terminal):
    """A command that fails is told with what it printed, and the next one is typed all the same."""
    assert terminal.fault("echo oh; false") == "$ echo oh; false\noh\nended with 1"
    assert terminal.fault("true") is None


def test_what_is_printed_has_to_be_what_the_page_says(terminal):
    """To the letter, on both streams, but for … and the ends of lines; where nothing follows, it may be anything."""
    assert terminal.fault("echo one; echo two >&2", "one\ntwo") is None
    assert terminal.fault("printf 'one  \n\ntwo\n\n'", "one\n\ntwo") is None
    assert terminal.fault("echo one two three", "one…three") is None
    assert terminal.fault("echo one") is None
    assert terminal.fault("echo one", "on") is not None
    assert terminal.fault("echo one", "one\ntwo") is not None
    assert terminal.fault("echo axb", "a.b") is not None


def test_a_word_that_differs_each_time_is_typed_as_it_was_printed(terminal):
    """The page shows one run, the reader sees another: the word means the same from then on."""
    assert terminal.fault("echo the plan 77aa of 77aa", "the plan 4fb9 of 4fb9") is None
    assert terminal.fault("echo --plan 4fb9", "--plan 4fb9") is None
    assert terminal.fault("[ 4fb9 = 77aa ]") is None
    assert terminal.fault("echo 88bb", "4fb9") is not None
    assert terminal.fault("echo 3:1 and 3:2", "12:9f1c and 12:9f1c") is not None


def test_a_word_may_stand_for_another_one_here(terminal):
    """A page names folders that are not to be made on whoever's computer it runs."""
    assert terminal.fault("mkdir /backups && echo into /backups/a", "into /backups/a") is None
    assert (terminal.folder / "of-mine").is_dir()


def test_who_asks_finds_nobody(terminal):
    """Standard input is empty, and there is no terminal to ask on."""
    assert terminal.fault("cat", "") is None
    assert terminal.fault("read answer < /dev/tty") is not None


def test_a_shell_that_is_left_is_told_of(terminal):
    """No command of a page ends it for those behind it."""
    with pytest.raises(AssertionError, match="the shell is gone"):
        terminal.fault("exit")


def test_eszkola_runs_in_the_folder_of_the_page():
    """In a process that is forked for it, with its streams, its environment, and its exit code."""
    pytest.importorskip("sybil", reason="only the session of the documents runs pages")
    terminals = Terminals()
    terminal = terminals.open("page", "")
    try:
        assert terminal.fault("eszkola init region --profile open", "region/eszkola.toml is made, …") is None
        assert terminal.fault("echo Wiosna | eszkola password check - 2> said") is not None
        assert terminal.fault("ESZKOLA_CONFIG=region eszkola outbox dispatch", "0 sent, …") is None
        assert terminal.fault("(cd region && eszkola outbox status --json | grep -c queued)", "1") is None
        assert terminal.fault("eszkola outbox; [ $? = 2 ]", "…Usage: eszkola outbox…") is None
    finally:
        terminal.close()
        terminals.close()


def test_a_block_is_taken_apart_into_commands_and_what_they_print():
    """A command may go on in further lines, and a word far to the right says what it does."""
    block = "$ date      says when it is\n$ for each in *; do\n>     echo $each\n> done\none\n> two\n"

    assert list(steps(block)) == [("date", ""), ("for each in *; do\n    echo $each\ndone", "one\n> two")]
