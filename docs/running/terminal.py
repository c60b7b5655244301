"""
What stands in a block of `console` is typed: the blocks of a page one after the other, in a folder that it has alone.

What follows a command is what it has to print, with … for whatever it may be; where nothing follows, it has to succeed.
What a reader need not see stands in comments of HTML:

``<!-- invisible-code-block: console``
    A block that is typed and not shown, to prepare what the page takes for granted. ``$ source a-school`` makes an
    installation with a school, ``$ source a-database`` a PostgreSQL server; see the folder ``school``.
``<!-- not run: REASON -->``
    Before a block: it is not typed here. Each of them is counted in ``tests/house/test_blocks.py``.
``<!-- saved as students.csv -->``
    Before a block of `text`: the file that a reader makes of it, in the page's folder.
``<!-- here: /backups is $PWD/backups -->``
    A word of the page that stands for another one here.
``<!-- another each time: 4fb9e526 12:9f1c -->``
    Words that every run gives differently: what is printed in the place of one is typed in its place afterwards.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from select import select
from tempfile import mkdtemp
from typing import IO, TYPE_CHECKING, Any, Final, Self

from attrs import define, field

if TYPE_CHECKING:
    from sybil import Example

HERE: Final = Path(__file__).parent
SCHOOL: Final = HERE / "school"
OURS: Final = "the terminal"
"""Where a page's names hold its terminal: no Python can be called so."""

NOT_RUN: Final = re.compile(r"<!-- not run: (.+) -->\s*\Z")
_SAVED: Final = re.compile(r"<!-- saved as (\S+) -->\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HERE: Final = re.compile(r"<!-- here: (\S+) is (.+) -->")
_ANOTHER: Final = re.compile(r"<!-- another each time: (.+) -->")
_SAYS: Final = re.compile(r"(?<=\S) {3,}.*")
"""What stands far to the right of a command, and says what it does."""
_PATIENCE: Final = 60.0
"""Seconds after which a command is given up."""
_PRELUDE: Final = 'eszkola() { "$ESZKOLA_PYTHON" -IS "$ESZKOLA_CALL" "$@"; }; export -f eszkola'


def steps(block: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a block, and what it is to print."""
    typed: list[str] = []
    printed: list[str] = []
    for line in [*block.splitlines(), "$ "]:
        if line.startswith("$ "):
            if typed:
                yield "\n".join(typed), "\n".join(printed)
            typed, printed = [_SAYS.sub("", line[2:])], []
        elif line.startswith("> ") and not printed:
            typed.append(_SAYS.sub("", line[2:]))
        else:
            printed.append(line)


@define
class Terminal:
    """The shell of one page."""

    folder: Path
    shell: subprocess.Popen[str] = field(repr=False)
    here: dict[str, str]
    """Words of the page, and what the shell is to make of them."""
    others: dict[str, str | None]
    """Words that differ in each run, with what they were in this one as soon as that is known."""

    @classmethod
    def open(cls, folder: Path, page: str, **environment: str) -> Self:
        """Return a terminal in a folder, in which the words of *page* mean what they mean here."""
        shell = subprocess.Popen(  # noqa: S603 - the pages' own commands
            [shutil.which("bash") or "bash", "--noprofile", "--norc"],
            cwd=folder,
            env={"HOME": str(folder), "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,  # nobody sits before it: who asks finds nobody
        )
        others = [word for line in _ANOTHER.findall(page) for word in line.split()]
        return cls(folder, shell, dict(_HERE.findall(page)), dict.fromkeys(others))

    def type(self, command: str) -> tuple[int, str]:
        """Type a command; return its exit code and what it printed."""
        printed = self.folder.with_suffix(".printed")
        keys, answer = pipes(self.shell)
        keys.write(f"{{ {command}\n}} > '{printed}' 2>&1 < /dev/null; echo $?\n")
        keys.flush()
        is_answered, _, _ = select([answer], [], [], _PATIENCE)
        code = answer.readline() if is_answered else ""
        if not code:
            self.shell.kill()
            raise AssertionError(f"{command}: the shell is gone, or the command waits for what does not come")
        lines = printed.read_text("utf-8", "replace").splitlines()
        return int(code), "\n".join(line.rstrip() for line in lines).strip("\n")

    def fault(self, command: str, expected: str = "") -> str | None:
        """Type a command of the page; return what is wrong with what became of it."""
        for word, meant in self.here.items():
            if word in command + expected:
                is_here = self.type(f'echo "{meant}"')[1]
                command, expected = command.replace(word, is_here), expected.replace(word, is_here)
        for word, now in self.others.items():
            command = command.replace(word, now or word)
        code, printed = self.type(command)
        told = f"$ {command}\n{printed}\n"
        if code:
            return f"{told}ended with {code}"
        expected = "\n".join(line.rstrip() for line in expected.splitlines()).strip("\n")
        found = re.fullmatch(self._pattern(expected), printed, re.DOTALL)
        if found is None and expected:
            return f"{told}was printed, where the page says\n{expected}"
        if found is not None:
            words = list(self.others)
            self.others |= {words[int(name[1:])]: text for name, text in found.groupdict().items()}
        return None

    def _pattern(self, expected: str) -> str:
        """Return the pattern of what may be printed: … is anything, and a word that differs each time any word."""
        pattern = ".*".join(map(re.escape, expected.split("…")))
        for number, (word, now) in enumerate(self.others.items()):
            once = rf"(?P<w{number}>[\w:./-]+)" if now is None else re.escape(now)
            again = rf"(?P=w{number})" if now is None else once
            pattern = pattern.replace(re.escape(word), once, 1).replace(re.escape(word), again)
        return pattern

    def close(self) -> None:
        """Leave the shell."""
        shut(self.shell)


class Terminals:
    """Who gives each page its terminal, and runs `eszkola` for all of them."""

    def __init__(self) -> None:
        self._room: Path | None = None
        self._server: subprocess.Popen[str] | None = None

    def run(self, example: Example) -> str | None:
        """Type the commands of a block; return what is wrong with the first one that is not as the page says."""
        page = example.document.text
        if sys.platform != "linux":
            return None  # the pages are written for GNU tools, and the server of the tests is for Linux only
        if NOT_RUN.search(page, 0, example.region.start):
            return None
        terminal: Terminal = example.namespace.get(OURS) or self.open(Path(example.path).stem, page)
        example.namespace[OURS] = terminal
        for name, content in _SAVED.findall(page, 0, example.region.start):
            if not (terminal.folder / name).exists():
                (terminal.folder / name).write_text(content, "utf-8")
        faults = (terminal.fault(command, expected) for command, expected in steps(str(example.parsed)))
        return next(filter(None, faults), None)

    def leave(self, namespace: MutableMapping[str, Any]) -> None:
        """Close the terminal of a page, where it had one."""
        if OURS in namespace:
            namespace.pop(OURS).close()

    def close(self) -> None:
        """Stop, and leave nothing behind."""
        if self._server is not None:
            self._server.terminate()
            shut(self._server)
        if self._room is not None:
            shutil.rmtree(self._room)

    def open(self, name: str, page: str) -> Terminal:
        """Return a terminal in a fresh folder."""
        room = self._open()
        terminal = Terminal.open(
            Path(mkdtemp(prefix=f"{name}-", dir=room)),
            page,
            ESZKOLA_CALL=str(HERE / "call.py"),
            ESZKOLA_DOOR=str(room / "door"),
            ESZKOLA_PYTHON=sys.executable,
            HOME=str(room),
            PATH=os.pathsep.join([str(Path(sys.executable).parent), str(SCHOOL), os.environ["PATH"]]),
            SCHOOL=str(SCHOOL),
            PYTHONPATH=str(HERE.parents[1] / "adapters/sqlalchemy/tests"),
        )
        terminal.type(_PRELUDE)
        return terminal

    def _open(self) -> Path:
        """Return the room in which the door is, and behind it who runs `eszkola`."""
        if self._room is None:
            self._room = Path(mkdtemp(prefix="pages-"))
            self._server = subprocess.Popen(  # noqa: S603 - our own
                [sys.executable, str(HERE / "forking.py"), str(self._room / "door")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
            if pipes(self._server)[1].readline() != "open\n":
                raise AssertionError("nobody is there to run `eszkola`")
        return self._room


def pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    """Return what is written to a process, and what it answers."""
    if process.stdin is None or process.stdout is None:
        raise AssertionError("the process was started without pipes")
    return process.stdin, process.stdout


def shut(process: subprocess.Popen[str]) -> None:
    """Say nothing more to a process, and wait until it has ended."""
    for pipe in pipes(process):
        pipe.close()
    process.wait()
