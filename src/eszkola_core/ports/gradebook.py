"""Where rosters come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from eszkola_core.domain.stated import Reading


class GradebookSource(Protocol):
    """
    Reads files or folders of a gradebook into what they state.

    GB1. It translates and never decides: no rule of RULES is kept here, but those of SYNC-0 and SYNC-7 about files.
    GB2. Whatever cannot be read as a roster at all raises `UnreadableSource` with file, line and remedy; then nothing
         is returned.
    GB3. A cell that cannot be read becomes a `Problem` of its field; a row whose record key cannot be read makes its
         roster incomplete.
    GB4. The order of paths, of files in a folder and of rows in a file does not matter to what is stated.
    GB5. A national id, a password or a token never stands in a finding, a problem or an error in clear.
    GB6. Reading the same bytes again states the same.
    GB7. Where the caller names a school no file states anything of another: one that says itself that it is of another
         raises `UnreadableSource` (SYNC-6d).
    GB8. What the caller knows by its stamp is not looked into: it comes back unopened, and states when it is opened
         what it would have stated. Where anything in a source, or in the ways of reading it, is different, its stamp
         is another. An adapter may give no stamps.
    """

    def read(
        self,
        paths: Sequence[Path],
        *,
        format: str | None = None,  # noqa: A002 - the command line calls it so, and so does everybody
        school: str | None = None,
        known: Callable[[bytes], bool] | None = None,
    ) -> Reading:
        """
        Return what *paths* state.

        Args:
            paths: files, folders or ZIP archives; an adapter may also know names of services, such as ``service:NAME``.
            format: the name of a format, or the path of a mapping file; None to recognise it.
            school: the school's key, for a table that does not name its school, or to make sure of it.
            known: whether a source with a stamp need not be opened; None where nobody keeps stamps.

        Raises:
            UnreadableSource: one of them cannot be read at all.
            Unavailable: a service cannot be reached, or is too busy just now.
        """
