"""Parts of a platform: each is made when it is first asked for, once, whatever thread asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeVar, overload

from eszkola_core._platform.observing import observed

if TYPE_CHECKING:
    from eszkola_core._platform.platform import Platform

T_co = TypeVar("T_co", covariant=True)

LOCK: Final = "_lock"
"""Where an instance keeps the lock that holds back a second thread."""


class lazily(Generic[T_co]):  # noqa: N801 - a decorator, like `property`
    """An attribute that is made when it is first asked for, and stays; what fails to be made is tried again."""

    def __init__(self, make: Callable[[Any], T_co]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T_co: ...

    def __get__(self, instance: Any, owner: type) -> Self | T_co:
        """Return what this is of *instance*; later it stands in the instance's own dictionary."""
        if instance is None:
            return self
        with vars(instance)[LOCK]:
            if self._name not in instance.__dict__:
                instance.__dict__[self._name] = self.made_for(instance)
        made: T_co = instance.__dict__[self._name]
        return made

    def made_for(self, instance: Any) -> T_co:  # noqa: ANN401 - the class that has this attribute
        """Return what this is of *instance*."""
        return self._make(instance)


class use_case(lazily[T_co]):  # noqa: N801 - the same
    """A use case of a platform, whose operations the platform's observer hears of."""

    def __init__(self, make: Callable[[Platform], T_co]) -> None:
        super().__init__(make)

    def made_for(self, instance: Platform) -> T_co:
        """Return the use case as *instance* has it."""
        return observed(self._name, super().made_for(instance), instance.tenant.key, instance.observer, instance.timer)
