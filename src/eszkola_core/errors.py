"""
Everything that can go wrong, on one screen.

::

    EszkolaError              carries a stable ``code``; holds no personal data
    ├── InvalidValue          the caller handed us something that cannot be right
    │   ├── UnreadableSource  a file or folder that cannot be read as a roster
    │   └── UnprintableSign   a sign in what is to be printed that no font has
    ├── Conflict              the world moved on: look again, then decide again
    ├── Unavailable           an adapter cannot reach its world just now
    └── BrokenPromise         an adapter or plugin breaks its port: a bug, never the user's

A refusal is not an error: a wrong password or a spent token is a returned value, because an exception inside a
storage unit would undo what the unit has counted.
"""

from __future__ import annotations

import unicodedata
from datetime import timedelta


class EszkolaError(Exception):
    """
    The root of the tree; never raised itself.

    ``code`` is a stable slug that programs may compare. The text is for people and names no person.
    """

    code = "error"

    def __init__(self, text: str, *, code: str | None = None) -> None:
        if type(self) is EszkolaError:
            raise TypeError("raise one of the errors below EszkolaError, which say what the caller can do")
        super().__init__(text)
        if code is not None:
            self.code = code


class InvalidValue(EszkolaError, ValueError):
    """What was handed in cannot be right: the text says what is expected instead, without repeating the value."""

    code = "invalid-value"


class UnreadableSource(InvalidValue):
    """
    A source that cannot be read as a roster at all, so that nothing of it may be applied (SYNC-7).

    ``source`` names the file, ``line`` the place in it where that is known, ``hint`` the remedy. ``others`` are what
    else is wrong with it, where more was found in one look.
    """

    code = "unreadable-source"

    def __init__(self, text: str, *, code: str, source: str, hint: str, line: int | None = None) -> None:
        super().__init__(text, code=code)
        self.others: tuple[UnreadableSource, ...] = ()
        self.source = source
        self.line = line
        self.hint = hint


class UnprintableSign(InvalidValue):
    """
    A sign in what is to be printed that no font at hand has.

    ``number`` is the place of the letter, or of the row of a list, counted from nought; ``sign`` is the one sign.
    """

    def __init__(self, number: int, sign: str) -> None:
        named = f"U+{ord(sign):04X} ({unicodedata.name(sign, 'without a name')})"
        super().__init__(
            f"no font here has the sign {named}: spell it otherwise in the gradebook, or add a font that has it",
            code="unprintable-sign",
        )
        self.number = number
        self.sign = sign


class Conflict(EszkolaError):
    """The world moved between looking and saving: load again and decide again."""

    code = "conflict"


class Unavailable(EszkolaError):
    """
    An adapter cannot reach its world: a locked file, a server that is gone.

    ``retry_after`` says when it is worth trying again; None means that somebody must mend something first.
    """

    code = "unavailable"

    def __init__(self, text: str, *, code: str | None = None, retry_after: timedelta | None = None) -> None:
        super().__init__(text, code=code)
        self.retry_after = retry_after


class BrokenPromise(EszkolaError):
    """An adapter or a plugin does not do what its port promises."""

    code = "broken-promise"
