"""How passwords become encodings that can be kept, and which passwords everybody tries first."""

from __future__ import annotations

from typing import Final, Protocol

from eszkola_core.domain.hidden import Secret

BUSY: Final = "busy"
"""The code of `Unavailable` where too many wait for a hash (CRED-10)."""


class PasswordHasher(Protocol):
    """
    Turns prepared passwords into encodings and tells whether one matches (CRED-8).

    PH1. `verify` of what `hash` made is True for the same prepared password and False for every other.
    PH2. Two encodings of one password differ, and none holds the password in clear.
    PH3. `verify` takes the same work whether the password matches or not, and however much of it is right.
    PH4. No password matches `decoy`; verifying against it takes the work of the present profile, so that an unknown
         login costs what a known one does.
    PH5. `needs_rehash` is False for what `hash` makes now and True for every other encoding that `verify` knows: one of
         an earlier profile, or from elsewhere.
    PH6. An encoding that `verify` does not know, that is damaged, or whose work no sign-in can afford raises
         `BrokenPromise`, from `verify` and from `needs_rehash` alike: it should never have been kept. So whoever takes
         over accounts asks `needs_rehash` before keeping an encoding.
    PH7. No password and no part of an encoding stands in an error, a repr or a log.
    PH8. Any number of threads may ask at once. A hasher that lets only some of them hash raises `Unavailable` with the
         code ``busy``, before it has done any work, where too many wait.
    """

    @property
    def decoy(self) -> str:
        """An encoding that no password matches (PH4)."""

    def hash(self, prepared: Secret) -> str:
        """
        Return a new encoding of *prepared* (PH1, PH2).

        Raises:
            Unavailable: too many wait (PH8).
        """

    def verify(self, encoded: str, prepared: Secret) -> bool:
        """
        Return whether *prepared* is the password behind *encoded* (PH1, PH3).

        Raises:
            BrokenPromise: *encoded* is nothing that can be verified (PH6).
            Unavailable: too many wait (PH8).
        """

    def needs_rehash(self, encoded: str) -> bool:
        """
        Return whether *encoded* should be replaced at the next sign-in (PH5).

        Raises:
            BrokenPromise: *encoded* is nothing that can be verified (PH6).
        """


class CompromisedPasswords(Protocol):
    """
    Knows the passwords that everybody tries first (CRED-6).

    CP1. A password of the list is known in whatever case it is written, and with or without marks on its letters.
    CP2. The same password is answered alike until the list is replaced.
    CP3. The password leaves the process in no form that gives it away, and stands in no error, repr or log.
    """

    def contains(self, prepared: Secret) -> bool:
        """
        Return whether *prepared* is too common to be safe (CP1).

        Raises:
            Unavailable: the list cannot be asked just now; an adapter never guesses.
        """
