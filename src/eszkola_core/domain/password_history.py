"""Which passwords an account may not have again (CRED-4)."""

from __future__ import annotations

from attrs import evolve, field, frozen

from eszkola_core.domain.passwords import PasswordPolicy


@frozen
class PasswordHistory:
    """
    The encodings of an account's passwords, newest first.

    ``own`` are those that the owner chose, ``given`` those that somebody else made. A given one is never accepted as an
    own one, however long ago it was, and takes no place among the last four (CRED-4); nor is one that was disclosed.
    Encodings are salted, so that only the hasher can tell whether a new password is among them.
    """

    own: tuple[str, ...] = field(default=(), repr=False)
    given: tuple[str, ...] = field(default=(), repr=False)

    def forbidden(self, policy: PasswordPolicy) -> tuple[str, ...]:
        """Return the encodings that a new password must match none of, the current one included."""
        return tuple(dict.fromkeys((*self.own[: policy.history], *self.given)))

    def after_own(self, encoded: str, policy: PasswordPolicy) -> PasswordHistory:
        """Return the history once the owner chose a password: what no policy asks for goes, the current one stays."""
        return evolve(self, own=(encoded, *self.own)[: max(1, policy.history)])

    def after_given(self, encoded: str) -> PasswordHistory:
        """Return the history once somebody else made a credential."""
        return evolve(self, given=(encoded, *self.given))

    def after_disclosure(self, encoded: str) -> PasswordHistory:
        """Return the history once the present password is known to others: nobody may ever choose it again (LAW-2)."""
        return self if encoded in self.given else self.after_given(encoded)

    def after_rehash(self, old: str, new: str) -> PasswordHistory:
        """Return the history with the same password in a newer encoding (CRED-8)."""
        return PasswordHistory(
            own=tuple(new if encoded == old else encoded for encoded in self.own),
            given=tuple(new if encoded == old else encoded for encoded in self.given),
        )
